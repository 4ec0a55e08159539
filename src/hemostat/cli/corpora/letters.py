"""Further forms of the bedside: papers of pharmacies, payers and registries, and what people write where others read it."""

from .filling import Form

_PAPERS = (
    Form(
        "pharmacy counsel",
        holding=(
            "Counseled «who» on «drug»: take with food, avoid alcohol. Interaction w/ «drug» discussed. «by»",
            "RPh note: «p.name» «p.bday» declined counseling, NDC «ndc», Rx «id», prescriber DEA «dea»",
            "Pickup by «r.name», ID shown: driver license «license», for «p.name», NDC «ndc»",
        ),
        clean=(
            "Counseling declined, signature on file, Rx «id». «calm»",
            "RPh note: fridge log «float» C at «clock», unit «count», lot «luhn»",
        ),
    ),
    Form(
        "bottle label",
        holding=(
            "Rx# «id»  Dr. «s.last»\n«p.name:upper»\nTAKE 1 TABLET BY MOUTH DAILY\n«drug:upper» 20 MG TAB  QTY 30  NDC «ndc»",
            "«p.comma:upper» «p.street:upper»\n«drug» 0.5 mg/0.5 mL PEN\nDISCARD AFTER «us»",
        ),
        clean=(
            "Rx# «id»\nTAKE AS DIRECTED\nQTY 30  REFILLS «count»  LOT «item»\nDISCARD AFTER «us»",
            "STORE AT 20-25 C. KEEP OUT OF REACH. MFG «company» LOT «luhn» EXP «us» GTIN «barcode»",
        ),
    ),
    Form(
        "prior authorization",
        holding=(
            (
                "PR10R AUTH0RIZATI0N REQUEST\nPat1ent Narne: «p.comma:upper»   D0B: «p.bday»\nMernber lD: «member.plain»\nDrug: "
                "«drug»  lCD-10: «code»\nPrescriber NPl: «npi»"
            ),
            "PA REQ   Pt. «p.any»\n  Dx . «code»  «ill»\n  Tried / failed :  «drug» ,  «drug»\n  Ph «s.phone»   Fx «s.phone»",
            "Determination: DENIED. Enrollee «p.name», ID «member». «drug» not covered for «ill». Appeal by «us».",
        ),
        clean=(
            "PR10R AUTH0RIZATI0N F0RM  rev «us»\nPage 1 of «few»   Fax c0ver sheet requ1red\nRef «luhn»",
            "PA REQ   status . pending   ref «control»   rec'd «us»   pages «few»",
            "Determination letter template «item», plan «company», effective «us».",
        ),
    ),
    Form(
        "fax cover",
        holding=(
            "FAX TO: «s.name»  «s.phone»\nFROM: «t.name»  «t.phone»\nRE: «p.name»  «p.bday»\nPAGES: «few»",
            "TO «by» FROM Fernhollow RE: «ident» CONFIDENTIAL",
        ),
        clean=(
            "FAX  PAGES: «few»  DATE: «us»  TIME: «hour»\nRE: price list «version»\nCONFIDENTIAL",
            "TX REPORT job «id» «us» «clock» OK pages «few» ECM «bytes» bytes",
        ),
    ),
    Form(
        "questionnaire",
        holding=(
            (
                "Q: What is your full legal name?\nA: «p.name»\nQ: Date of birth?\nA: «p.dob»\nQ: Any medical conditions?\nA: "
                "«ill», «ill»\nQ: Current medications?\nA: «drug»"
            ),
            "Q: Best phone? A: «p.phone» Q: Email? A: «p.email» Q: Home address? A: «p.address»",
            (
                "1. Have you ever been told you have «ill»? [x] Yes\n2. Do you take «drug»? [x] Yes\n3. Emergency contact: "
                "«r.name» «r.phone»"
            ),
            "Q: Government ID? A: «license» Q: Insurance? A: «payer» «member»",
        ),
        clean=(
            "Q: How did you hear about us?\nA: podcast\nQ: Preferred time?\nA: after «hour»\nQ: Shirt size?\nA: M",
            "1. Page opened «tss»\n2. Step «count» of 9\n3. Abandoned after «float» s",
            "Q: Full legal name? A: (skipped) Q: Date of birth? A: (skipped) Q: Order? A: «order»",
        ),
    ),
    Form(
        "scanned identity card",
        holding=(
            "DRIVER LICENSE\nDL «license»\nLN «p.last:upper»\nFN «p.first:upper»\nDOB «p.bday»\n«p.block:upper»\nEXP «us»",
            (
                "PASSPORT  Type P  Passport No. «passport»\nSurname «p.last:upper»  Given names «p.first:upper»\nDate of birth "
                "«p.dob:upper»"
            ),
        ),
        clean=(
            "SCAN QUALITY 0.«count»  GLARE no  CROP ok  EXP «us»  template US-DL-«count»",
            "DOCUMENT CHECK «uuid» result=unreadable pages=«count» took «float» s",
        ),
    ),
    Form(
        "scanned plan card",
        holding=(
            "«payer»\nMEMBER: «p.name:upper»\nID: «member»\nRxBIN 00«last4»  RxPCN ADV  RxGRP FH«count»\nMember services «cell»",
            "MEDICARE HEALTH INSURANCE\n«p.name:upper»\n«mbi»\nPART A «us»",
        ),
        clean=(
            "«payer»\nRxBIN 00«last4»  RxPCN ADV  RxGRP FH«count»\nPLAN YEAR 2026  COPAY $«price»",
            "INSURANCE CARD BACK: send claims to payer «control», EDI «id», form «item»",
        ),
    ),
    Form(
        "consent form",
        holding=(
            "I, «p.name», born «p.dob», consent to treatment for «ill» by Dr. «s.name». Signed «us».",
            "Guardian: «r.name» («?mother|father|aunt») for minor «p.name», DOB «p.bday», tel «r.phone»",
        ),
        clean=(
            "I, the undersigned, consent to cookies and to the terms of «us», version «version».",
            "Guardian: ____________ for minor ____________, DOB __/__/____, form «item»",
        ),
    ),
    Form(
        "record release",
        holding=(
            "Please release records of «ident» to «s.name», «s.address». Former name: «r.name». SSN «ssn».",
            "ROI req: «p.any», «prove», wants notes on «ill» from «us» on. Mail to «p.block»",
        ),
        clean=(
            "Please release the hold on invoice «luhn» to «company». PO «order».",
            "ROI req template «item»: allow «count» business days, fee $«price», effective «us»",
        ),
    ),
    Form(
        "work letter",
        holding=(
            "To whom it may concern: «p.name» was under my care for «ill» from «us» to «us» and may return to work.\n«sign»",
            "School note: «p.first» («born») must take «drug» at noon. Parent: «r.name», «r.phone».",
        ),
        clean=(
            "To whom it may concern: the clinic is closed from «us» to «us». «desk»",
            "School program: flyer «item» goes out «us», «count» classes, contact the front desk.",
        ),
    ),
    Form(
        "travel letter",
        holding=(
            "This certifies that «p.name», passport «passport», carries «drug» for personal use due to «ill».\n«sign»",
            "Yellow card: «p.comma», born «p.dob», passport no. «passport», dose 1 «us» lot «item»",
        ),
        clean=(
            "Travel desk: flight «item» «us» «hour», gate «few», confirmation «control»",
            "Yellow card stock «count», lot «item», expires «us». «desk»",
        ),
    ),
    Form(
        "hiring form",
        holding=(
            "New hire: «s.name», RN, DEA «dea», NPI «npi», SSN «ssn», license on file",
            "I-9: «s.comma», DOB «s.dob», passport «passport», «s.address», «s.email»",
        ),
        clean=(
            "Req «id»: night nurse, $«price»/h, opens «us», posted by talent team. «desk»",
            "I-9 audit «us»: «count» forms complete, «count» missing page 2. «desk»",
        ),
    ),
)  # fmt: skip
_PUBLIC = (
    Form(
        "complaint letter",
        holding=(
            "To the manager: «i am», of «p.address». Your nurse «s.first» read my «ill» out loud in the lobby on «us»! «reach»",
            "I am appalled. Order «order» for «drug» was handed to my neighbor «r.name». «close»",
            "3rd complaint!! «take» and NOBODY calls back. «reach»",
        ),
        clean=(
            "To the manager: «parcel». I waited «count» minutes on «us»!",
            "I am appalled. Order «order» was handed to my neighbor. «parcel»",
            "3rd complaint!! «parcel» and NOBODY calls back.",
        ),
    ),
    Form(
        "product review",
        holding=(
            "5 stars - «have», and this cream is the first thing that helped. - «p.name»",
            "Reviewed by «p.first»: bought it with my «drug» refill, «parcel»",
            '★★☆☆☆ "made my «ill» worse" «p.first», verified buyer',
        ),
        clean=("5 stars - «praise»", "Reviewed on «us»: «praise» «praise»", '★★☆☆☆ "«praise»" verified buyer'),
    ),
    Form(
        "social post",
        holding=(
            "day «count» on «drug:lower» 💪 shoutout to «r.first» for driving me #«?newmeds|dayone|support» «have»",
            "so proud of my sister «r.name», «few» months strong after «ill»",
            "does anyone else with «ill» get this?? dm me or «p.email»",
        ),
        clean=(
            "day «count» of the plank challenge 💪 #«?gym|run|hike»",
            "so proud of our team, «few» months without a recall. «praise»",
            "does anyone else love the «brand»?? dm us, link in bio",
        ),
    ),
    Form(
        "survey comment",
        holding=(
            "NPS «?2|7|9»: «by» was great with my «ill». -«p.first»", "comment: cheaper «drug» pls. email ok: «p.email»",
            "Q7 other: «have»",
        ),
        clean=(
            "NPS «?2|7|9»: «praise»", "comment: cheaper shipping pls. «parcel»", "Q7 other: n/a, score «count», took «float» s",
        ),
    ),
    Form(
        "forum thread",
        holding=(
            "u/throwaway«id»: «have», anyone tried «drug» with «drug»?\nu/mod: hi, please remove your doctor's name («s.name»)",
            "Re: «ill» support group\n«p.first» in Ohio wrote: «take»",
        ),
        clean=("u/deals«id»: «praise»\nu/mod: locked, see rule «count»", "Re: coupon thread\nModerator wrote: «praise»"),
    ),
    Form(
        "subscription change",
        holding=(
            "Pause my «drug» until «us», «i am», order «order»", "pls cancel autoship for «p.email», «have» no more",
            "Swap «drug» for «drug»; new card «pan»; ship to «p.address»", "skip next box - in hospital w «ill» - «p.first»",
        ),
        clean=(
            "Pause my box until «us», order «order»", "pls cancel autoship, «parcel»",
            "Swap «brand» for «brand»; ship monthly; cap $«price»", "skip next box - on vacation til «us»",
        ),
    ),
    Form(
        "caregiver request",
        holding=(
            "Hi, «she». «plan». I'm her «?daughter|aide|POA», «p.name», «reach»",
            "writing for my son «r.name» (born «r.dob»): the school needs a note about his «ill» and «drug». «close»",
            "«she». «she». can we do a video visit «us»?",
        ),
        clean=(
            "Hi, writing for my mom, she can't open the jar of the «brand». «parcel»",
            "writing for my son: the school needs a receipt for $«price». «parcel»",
            "can my aunt pick up order «order» on «us»?",
        ),
    ),
    Form(
        "billing dispute",
        holding=(
            "I was billed $«price» for «ill» I don't have. Claim «control», «plan», «i am».",
            "acct «p.email»: EOB shows «code» but visit was for «ill». «close»",
        ),
        clean=(
            "I was billed $«price» twice. Statement «luhn», date «us».",
            "acct «id»: invoice «luhn» shows «count» units, ordered «count». «parcel»",
        ),
    ),
    Form(
        "insurance appeal",
        holding=(
            "Dear «payer», I appeal the denial of «drug» for my «ill». «plan». «born».\n«close»",
            "Level 2 appeal, enrollee «p.comma», ID «member», treating physician «s.name» (NPI «npi»)",
        ),
        clean=(
            "Dear vendor, we appeal the chargeback «luhn» of $«price». «parcel»",
            "Level 2 appeal window is «count» days from «us», form «item», payer «company»",
        ),
    ),
    Form(
        "order note",
        holding=(
            "Gift note: Get well soon «p.first», love «r.first» and the kids",
            "Leave with «r.name» at «p.street», gate code «last4», ring «p.phone»",
            "Note: pls no labels that say «drug», roommates!! - «p.first»",
        ),
        clean=(
            "Gift note: Get well soon, love from all of us in accounting", "Leave at side door, gate code «last4», ring twice",
            "Note: pls no plastic, and add the «brand» sample",
        ),
    ),
    Form(
        "courier note",
        holding=("«tracking» refused by «p.name», says moved to «r.address»", "POD «us» «clock» signed: «p.any» at «p.street»"),
        clean=(
            "«tracking» refused, crushed carton, back to depot «count»", "POD «us» «clock» signed: FRONT DESK, pieces «count»",
        ),
    ),
    Form(
        "return reason",
        holding=(
            "RMA «id»: developed «ill» after use. Buyer «p.any», «p.email»",
            "reason: doctor «s.last» took me off «drug»; refund card «pan»",
        ),
        clean=("RMA «id»: wrong size. «praise»", "reason: «parcel»; refund to card ending «last4»"),
    ),
    Form(
        "customer record note",
        holding=(
            "VIP. «p.name» prefers «p.phone» after 5. Wife «r.first» may ask on his behalf. Allergic to «drug».",
            "«us»: verified w/ «prove»; updated to «p.address»; lang=«?es|vi|so»",
        ),
        clean=(
            "VIP. prefers chat after 5. Ordered «brand» x«few».", "«us»: verified order «order»; updated size; lang=«?es|vi|so»",
        ),
    ),
    Form(
        "care team list",
        holding=(
            "PCP «s.name» «s.phone»\nCardiology «t.name» «t.phone»\nProxy: «r.name», «r.email»",
            "Care manager: «by»; pharmacy: «s.address»; pt: «p.name»",
        ),
        clean=(
            "PCP: unassigned\nCardiology: unassigned\nProxy: none on file, reviewed «us»",
            "Care manager: pool «count»; pharmacy: mail order; plan «item»",
        ),
    ),
)  # fmt: skip
_SERVICES = (
    Form(
        "sign-in help",
        holding=(
            "Patient can't open the magic link. URL ends in ?token=«jwt». Account «p.email», device sees «ip».",
            "she pasted the whole cookie lol: session=«session» - resetting «p.name:lower»'s login, «s.first:lower»",
            "Locked out: «i am», «born». Browser says my address is «ip». «reach»",
            "Kiosk error page prints the key «key.any» and session id «session.php»! photo from «s.name», client «ip4»",
        ),
        clean=(
            "Patient can't open the magic link. It expires after «few» minutes, error «status», request «uuid».",
            "she pasted the whole error lol: build «sha» version «version»",
            "Locked out after «few» tries, unlock at «hour», case «id».",
            "Kiosk error page prints «hex32» and «hex16»! photo from the lobby, kiosk «few»",
        ),
    ),
    Form(
        "prescription transfer",
        holding=(
            (
                "Transfer in: «p.any», «p.bday», «drug» NDC «ndc», last fill «us», prescriber «s.name» DEA «dea» NPI «npi». "
                "Taken by «t.first»."
            ),
            "xfer rx for «p.name» from pharmacy at «r.street» ph «r.phone», «drug:lower», 2 refills left",
        ),
        clean=(
            "Transfer in queue: «few» waiting, oldest since «hour», Rx «id», fax job «id».",
            "xfer form «item» v«few»: allow «few» business days, no controlled items after «hour»",
        ),
    ),
    Form(
        "medication list",
        holding=(
            "Current meds for «p.name» (DOB «p.bday»):\n- «drug» 10 mg daily\n- «drug» 5 mg at night\nStopped: «drug»",
            "MEDS: «drug» | «drug» | «drug»   ALLERGIES: «drug»   PROBLEMS: «ill»; «ill»   «ident»",
        ),
        clean=(
            "Current items:\n- «brand»\n- «brand»\nStopped: none",
            "MEDS: none   ALLERGIES: none known   PROBLEMS: none   reviewed «us» by intake bot v«version»",
        ),
    ),
    Form(
        "sign-up sheet",
        holding=(
            "Thursday walking group\n1. «p.name» «p.phone»\n«next»2. «p.name» «p.phone»\n«next»3. «p.any» «p.email»",
            "«ill» support circle: «p.first», «r.first», «t.first» (leader «s.name», «s.phone»)",
        ),
        clean=(
            "Thursday walking group\n1. ____________\n2. ____________\nlimit «few», room «few», from «us»",
            "cooking class: «few» seats left, bring an apron, meet at the Main Street door «hour»",
        ),
    ),
    Form(
        "clinic note",
        holding=(
            "Dental recall «us»: «p.name», takes «drug» (ask MD), hx «ill», BW x4, next «us». hyg: «s.first»",
            "PT eval «ident». Dx «code». Goals: stairs without rail. HEP given. «s.name», DPT",
            "Eye exam: «who», «ill», drops «drug» bid OU. Rx to «p.email».",
            "OB visit, G2P1, «p.name», «born», partner «r.name», h/o «ill». «calm»",
        ),
        clean=(
            "Dental recall template: BW x4, polish, next 6 mo, code D1110, fee $«price».",
            "PT gym: rail repaired «us», mats «item» x«few» ordered from «company».",
            "Eye exam lane «few»: bulb replaced, lens set «item», serial «luhn».",
            "OB tour «us» «hour», park at lot «few», limit «few» guests. «desk»",
        ),
    ),
    Form(
        "coverage call",
        holding=(
            "Called «payer» ref «control», spoke w/ «s.first». Member «member» active, «p.comma» «p.bday», ded met $«price».",
            "COB: primary «member», secondary Medicare «mbi», subscriber «r.name» born «r.dob»",
        ),
        clean=(
            "Called «payer» ref «control», «few»0 min hold, line dropped. Retry «us».",
            "COB form «item» mailed «us», batch «luhn», no reply yet",
        ),
    ),
    Form(
        "shared sheet comment",
        holding=(
            "@«s.email» is «p.name» the same as «p.comma»? both «p.bday»",
            "Cell F«count»: license «license» belongs to «r.name», not «p.name», pls fix - «t.first»",
            "Resolved by «s.name»: moved «p.email» to tab 'declined, «ill»'",
        ),
        clean=(
            "@ops is row «count» the same as row «count»? both «us»",
            "Cell F«count»: formula gives «float», should be «float», pls fix",
            "Resolved by automation: moved «order» to tab 'shipped'",
        ),
    ),
    Form(
        "mixed language",
        holding=(
            "Hola, soy «p.name», mi hijo «r.first» tiene «ill» y se acabó el «drug». «reach»",
            "Bonjour, je m'appelle «p.name», née le «p.dob», tél. «p.phone», j'habite «p.street»",
            "Guten Tag, «p.name» hier, geb. «p.dob», bitte «drug» an «p.address» schicken",
            "po «p.first» to, wala na po akong «drug:lower», eto number ko «p.phone» salamat",
            "merhaba ben «p.name», «ill» hastasiyim, mail «p.email»",
        ),
        clean=(
            "Hola, ¿cuándo llega el pedido «order»? Gracias", "Bonjour, où est mon colis «tracking» ? Merci",
            "Guten Tag, bitte Rechnung «luhn» vom «us» erneut schicken", "po nasaan na po ang order «order» salamat",
            "merhaba kargo «tracking» nerede, sipariş «order»",
        ),
    ),
    Form(
        "device letter",
        holding=(
            "Your meter reading: «p.first», 7.1 on «us», note: skipped «drug». Shared with Dr. «s.last».",
            "CPAP report «p.comma:upper» «p.bday» serial «luhn» usage 6.2 h, dx «code»",
        ),
        clean=(
            "Your meter reading: 7.1 on «us», battery «few»0%, firmware «version», serial «luhn»",
            "CPAP report template v«few», serial «luhn», usage 6.2 h, mask «item»",
        ),
    ),
)  # fmt: skip
FORMS = (*_PAPERS, *_PUBLIC, *_SERVICES)
"""The further forms."""
