"""Texts as people and care systems write them: tickets, calls, refills, forms and letters, HL7, X12, FHIR, CDA, NCPDP, exports.

Rules of the labels: a name is a value whoever it names, without the title before it; a medication without its dose, a number
without the words that announce it. In a segment or field of its own a street is labelled without the city of the next one; in a
field with components, on one line, or over the lines of a label it is one value with city, state and ZIP code. Organizations,
plans, groups, claims, visits, prescriptions and codes of tests are no values, and neither are dates on which nobody was born.
"""

from collections.abc import Iterator, Mapping
from random import Random

from . import messages, phrases
from .filling import Form, Part, line, phrase
from .labelled import Labelled

_HOLDING = 0.51

FORMS = (
    *messages.FORMS,
    Form(
        "support ticket",
        holding=(
            "Ticket #«id» [«?open|pending»] Subject: «subject»\n«hi» this is «name.plain». «reach». «bye»",
            "Customer «name.plain» <«email»> wrote: «subject». «reach»",
            "«subject», «reach». Order «order». «ill». «bye»",
            "[#«id»] Requester: «name» | «email:» «email» | Tag: rx | «who»: «subject»",
        ),
        clean=("Ticket #«id» [«?open|solved»] Subject: «talk»", "[#«id»] «talk» Priority: normal, SLA «count» h", "«talk»"),
    ),
    Form(
        "live chat",
        holding=(
            "Visitor: «subject»\nAgent: May I have your date of birth?\nVisitor: «dob», and the last name is «name.last»",
            "[«clock»] Agent: can you verify? [«clock»] Customer: «name.plain», «address»",
            "Visitor: «ill», is that ok? «reach»",
            "Agent «name.first»: what is the card number?\nVisitor: «pan» exp 0«?3|9»/29",
            "Customer: my social is «ssn.any», do you need more?",
        ),
        clean=(
            "Visitor: «talk»\nAgent: One moment please.",
            "[«clock»] Bot: Type 1 for orders. [«clock»] Visitor: «talk»",
            "Customer: «talk»",
        ),
    ),
    Form(
        "reminder message",
        holding=(
            "«?Fernhollow Health|Reminder»: «name.first», your visit with «doctor» is on «us» at «hour». Reply C to confirm.",
            "Hi «name.first», your «medication» refill is ready. Questions? «phone»",
            "FH Rx: «name.plain», pick up «medication» by «us».",
            "Appt for «name.plain» «dob:» «dob.us» moved to «day» «hour». Call «phone»",
        ),
        clean=(
            "FH: your visit is on «us» at «hour». Reply C to confirm.",
            "Fernhollow Health: code «control». Do not share it.",
            "Order «order» shipped: «tracking»",
        ),
    ),
    Form(
        "message from a phone",
        holding=(
            "its «name.plain», can u resend my «medication»? new addr «address»",
            "pls call me «phone» re «condition»",
            "yes dob is «dob»",
            "this is «name.lower» mom of «name.first». «ill»",
            "my insurance id is «member»",
            "STOP texting, I am not «name.lower»",
        ),
        clean=("where r u? order «order»", "YES", "STOP", "ok thx, see you at «hour»", "code is «control»", "«talk»"),
    ),
    Form(
        "letter by mail",
        holding=(
            "«hi»\n\n«subject». «ill». My details: «who», «reach».\n\n«bye»",
            "«hi» «doctor» asked me to send you this: «ill». «bye»\n«address.block»",
            "To whom it may concern: I, «name.plain», born «dob», residing at «address», request my records. «bye»",
        ),
        clean=(
            "Hello,\n\n«talk».\n\nThank you!",
            "Dear customer,\n\n«copy» «copy»\n\nYour Fernhollow team",
            "Dear team,\n\n«office»",
        ),
    ),
    Form(
        "mail headers",
        holding=(
            "From: «name.plain» <«email»>\nTo: «email»\nDate: «clf»\nSubject: «subject»\nMessage-ID: <«uuid»>",
            'From: "«name.comma»" <«email»>\nSubject: RE: refill «medication»',
            "Received: from «pod» ([«ip»]) by mx; «clf»\nReturn-Path: <«email»>",
        ),
        clean=(
            "Subject: Invoice «order» from «company»\nDate: «clf»\nX-Mailer: FH «version»",
            "List-Id: <news.fernhollow.example>\nSubject: «copy»",
        ),
    ),
    Form(
        "call note",
        holding=(
            "«hour» Pt called, «who». «ill». Will call back «phone».",
            "Spoke w/ «name.plain» (spouse of «name.first»). «ill». - RN",
            "LM for «name» at «phone» re: labs. «mrn:» «mrn».",
            "Caller verified name «name.plain», DOB «dob», «address:» «address». «subject».",
            "Inbound: «doctor» re «who». «ill».",
        ),
        clean=(
            "«hour» Hang-up, no message.",
            "Vendor «company» called about PO «order», call back after «day».",
            "Wrong number. Call «id» closed after «count» s.",
            "«office»",
        ),
    ),
    Form(
        "voicemail",
        holding=(
            (
                "hi this is «name.lower» my date of birth is «dob» i need a refill on my «medication» you can call me at "
                "«phone» thanks"
            ),
            "[voicemail «count»s] Hello, «doctor» office calling for «name.plain», please return the call at «phone».",
        ),
        clean=(
            "hi uh i am calling about my order number «order» it still has not arrived thanks bye",
            "[voicemail «count»s] This is «company», regarding invoice «control».",
        ),
    ),
    Form(
        "refill request",
        holding=(
            "REFILL REQUEST «who» «drug:» «medication» «dose» Qty 30 RF 2 «ndc:» «ndc» Prescriber: «doctor» «dea:» «dea»",
            "Rx# «control» «medication.upper» «dose» #90. «name:» «name» «dob:» «dob». Last fill «us». «npi:» «npi»",
            "Please renew: «medication», «medication» and «medication». «name.plain», «phone»",
        ),
        clean=(
            "Refill queue: «count» waiting, oldest «hour».",
            "Rx# «control» already processed on «us».",
            "Refill requests are answered within «count» days.",
        ),
    ),
    Form(
        "pharmacy label",
        holding=(
            (
                "FERNHOLLOW PHARMACY  Rx «control»\n«name.plain»\n«address.block»\nTAKE ONE TABLET "
                "DAILY\n«medication.upper» «dose»  QTY 30\nNDC «ndc»\n«doctor»"
            ),
            "«name.comma»  «dob:» «dob.us»\n«medication» «dose»\nDiscard after «us» Lot «luhn»",
        ),
        clean=(
            "SHAKE WELL. KEEP REFRIGERATED. Lot «luhn» Exp «us»",
            "Rx label stock «sku», «count» rolls, printer «pod»",
            "Discard after «us»  UPC «barcode»",
        ),
    ),
    Form(
        "visit calendar",
        holding=(
            "«us» «hour» | «name.comma» | «mrn:» «mrn» | «doctor» | «condition» f/u",
            "«hour»  «name»  «dob.us»  «phone»  telehealth",
            "Today: «hour» «name.plain» (new, «condition»), «hour» «name.plain» (refill)",
        ),
        clean=(
            "«us» «hour» | HOLD - lunch",
            "«hour»  OPEN  30 min  room «count»",
            "Schedule template «version» active from «us», «count» slots",
        ),
    ),
    Form(
        "insurance note",
        holding=(
            "Verified w/ «payer» ref «control»: «name.plain», «member:» «member», «dob:» «dob», eff «us». Copay $«price».",
            "«payer» denied claim «order» for «who»: «dx:» «icd» not covered.",
            "Medicare «?MBI|ID|number» «mbi» on file for «name». «ill».",
            "COB: «name.plain» primary «payer» «member:» «member», secondary Medicare MBI «mbi»",
        ),
        clean=(
            "«payer» portal down until «hour», use form «sku».",
            "Fee schedule «payer» eff «us»: 99213 $«price», 99214 $«price».",
            "Batch «control» paid $«price» by «payer» on «day».",
        ),
    ),
    Form(
        "prior authorization form",
        holding=(
            (
                "PRIOR AUTHORIZATION REQUEST\nMember name: «name»\n«member:» «member»  «dob:» «dob.us»\nDrug requested: "
                "«medication» «dose»\n«dx:» «icd»\nPrescriber: «name.plain»  «npi:» «npi»  «dea:» «dea»\nPhone: «phone»  "
                "Fax: «phone»"
            ),
            (
                "PA #«control» | «name:» «name» | «medication» | tried and failed: «medication», «medication» | «dx:» "
                "«icd» | «npi:» «npi»"
            ),
        ),
        clean=(
            "PRIOR AUTHORIZATION REQUEST\nMember name: ________\nMember ID: ________\nForm rev. «us»",
            "PA #«control» status: pended, «count» of 3 pages received «us»",
        ),
    ),
    Form(
        "letter of need",
        holding=(
            (
                "RE: «name.plain»\n«dob:» «dob»\n«member:» «member»\nI am writing on behalf of my patient, who has "
                "«condition» («icd»). «medication» is medically necessary.\n«doctor»"
            ),
            (
                "To the medical director of «payer»: «who» has failed «medication» for «condition». Sincerely, "
                "«name.plain», MD, NPI «npi»"
            ),
        ),
        clean=(
            "RE: formulary change of «day»\nTo all network offices of «payer»: please use form «sku» from «us».",
            "To the medical director of «payer»: please send the current criteria, version «version».",
        ),
    ),
    Form(
        "telehealth captions",
        holding=(
            (
                "WEBVTT\n\n00:«minute»:01.000 --> 00:«minute»:04.000\n<v «name.plain»>I have been taking «medication» for "
                "my «condition»."
            ),
            "1\n00:00:0«?1|7»,200 --> 00:00:09,000\nOkay «name.first», and your date of birth is «dob»?",
        ),
        clean=(
            "WEBVTT\n\n00:00:0«?1|2».000 --> 00:00:04.000\nCan you hear me? The picture is frozen.",
            "2\n00:01:11,0 --> 00:01:12,500\nPlease press allow to share the camera.",
        ),
    ),
    Form(
        "transcript of a visit",
        holding=(
            "DR: Any medicines? PT: «medication», and «medication» at night. DR: And the «condition»? PT: About the same.",
            "Clinician: Good morning, Mr. «name.last». Patient: Call me «name.first». I stopped the «medication».",
            "Nurse: Is your address still «address»? Patient: Yes, and the phone is «phone».",
        ),
        clean=(
            "DR: Can you turn the camera? PT: Like this? DR: Perfect, thank you.",
            "Clinician: We are at «count» of 10 minutes. Patient: Okay.",
            "System: patient joined at «clock», left at «clock».",
        ),
    ),
    Form(
        "progress note",
        holding=(
            (
                "S: «?42|67|29» y/o with «condition». O: BP 128/7«?0|8». A: «condition» («icd»), stable. P: continue "
                "«medication» «dose», RTC 3 mo."
            ),
            (
                "«who». CC: follow-up. HPI: on «medication» «dose» for «condition». A/P: «icd» - start «medication». "
                "E-signed «name.plain», MD «us»"
            ),
            "Assessment & Plan: 1. «condition» - increase «medication» to «dose» 2. «condition» - labs. Seen by «doctor».",
        ),
        clean=(
            "Template: S: ___ O: ___ A: ___ P: ___ (rev «version»)",
            "Note not signed. Draft «uuid» expires «us».",
            "Dot phrase .fhnormal updated «us», «count» uses",
        ),
    ),
    Form(
        "discharge summary",
        holding=(
            (
                "DISCHARGE SUMMARY\n«name:» «name»   «mrn:» «mrn»   «dob:» «dob»\nAdmitted: «us»  Discharged: "
                "«us»\nPrincipal diagnosis: «condition» («icd»)\nDischarge meds: «medication» «dose»; «medication» "
                "«dose»\nAttending: «name.plain», MD"
            ),
            "Patient «name.plain» was admitted on «day» with «condition» and sent home on «medication».",
        ),
        clean=(
            "Discharge lounge opens at «hour». Beds free: «count».",
            "DISCHARGE SUMMARY TEMPLATE v«version»\nAdmitted: [date]  Discharged: [date]",
        ),
    ),
    Form(
        "lab report",
        holding=(
            (
                "«name:» «name»  «dob:» «dob»  «mrn:» «mrn»\nCollected «us» «hour»  Accession «control»\nHgb A1c 7.«?1|9»"
                " % (4.0-5.6) H\nOrdered by: «doctor»"
            ),
            "Specimen «control» for «name.comma» «dob.us»: positive for «condition».",
        ),
        clean=(
            "Specimen «control» rejected: unlabeled. Recollect.",
            "QC level 2, lot «luhn»: mean 5.«?1|4», SD 0.0«count», run «us» «hour»",
            "Analyzer «pod» serial «sku» calibrated «day»",
        ),
    ),
    Form(
        "medication list",
        holding=(
            "Current meds: «medication» «dose», «medication» «dose», «medication» PRN. Problems: «condition»; «condition».",
            "1) «medication» «dose»\n2) «medication» «dose»\nAllergic to: «medication»\n«name:» «name»",
        ),
        clean=("Current meds: none reported. Problems: none.", "Medication list printed «us» «hour», page 1 of «count»"),
    ),
    Form(
        "fax cover",
        holding=(
            "FAX  TO: «doctor»  FAX: «phone»  FROM: «name.plain»  PAGES: «count»\nRE: «name.comma» «dob:» «dob.us»  «ill»",
            "Transmission report «us» «hour» «phone» OK «count» pages. Re: «who»",
        ),
        clean=(
            "FAX  TO: Billing  FROM: Front desk  PAGES: «count»  RE: fee schedule «us»",
            "Transmission report «us» «hour» BUSY, job «control» 0/«count» pages",
        ),
    ),
    Form(
        "referral",
        holding=(
            (
                "Referral: «name.plain», «dob:» «dob», «phone:» «phone». Reason: «condition», ICD-10 «icd». From "
                "«doctor» «npi:» «npi». Auth «control»."
            ),
            "Thank you for seeing «who». «ill».\n«address:» «address»\nReferring: «name.plain», DO (NPI «npi»)",
        ),
        clean=(
            "Referral «control» closed: no slot before «us».",
            "Referral desk: use fax queue «count» from «day». Template «sku».",
        ),
    ),
    Form(
        "scanned form",
        holding=(
            "PAT1ENT NAME  «name.comma»   D0B  «dob.us»   SEX F\nSTREET «street»   PHONE «phone»\nINS. ID «member»   DX «icd»",
            "| Narne: «name.plain» | Date of B1rth: «dob.us» | SSN: «ssn» |",
            "Dea # «dea»   N P I «npi»   Rx : «medication.upper» «dose»",
        ),
        clean=(
            "PAT1ENT NAME  ________   D0B  __/__/____\nForrn «sku» rev «us»",
            "[illegible] page «count» of «count»  scan «control»  «us»",
        ),
    ),
    Form(
        "web form",
        holding=(
            (
                "First name: «name.first»\nLast name: «name.last»\n«email:» «email»\n«phone:» «phone»\nBirthday: "
                "«dob»\nHow can we help? «ill»"
            ),
            "Form submission «uuid»\nname = «name.plain»\ne-mail = «email»\nmessage = «subject», «reach»",
            "«name:» «name»; «address:» «address»; «ssn:» «ssn»",
        ),
        clean=(
            "Form submission «uuid»\nsubject = order\nmessage = «talk»",
            "Company: «company»\nSeats: «count»\nHow did you hear of us? podcast",
        ),
    ),
    Form(
        "intake questionnaire",
        holding=(
            (
                "Q1. Conditions you have: «condition», «condition»\nQ2. Medicines: «medication» «dose»\nQ3. «dob:» "
                "«dob»\nQ4. Emergency contact: «name.plain» «phone»"
            ),
            "Have you ever been treated for: [x] «condition» [ ] none. Signed «name.plain» «us»",
        ),
        clean=(
            "Q1. Preferred language: English\nQ2. How did you sleep? 7/10\nQ3. Cups of coffee a day: «count»",
            "Question 4 of «count» was skipped. Version «version».",
        ),
    ),
    Form(
        "consent",
        holding=(
            "I, «name.plain», born «dob», consent to the release of my records to «name.plain» of «company». Date: «us»",
            "Guardian: «name.plain» for minor «name.plain» («dob:» «dob»). DL# «license», checked «us».",
        ),
        clean=("I consent to the terms of «us», version «version».", "Consent text «sha» published «day», replaces «sha»"),
    ),
    Form(
        "identity check",
        holding=(
            "ID verified: «?driver license|Driver's license #|DL|driver's license no.» «license», name «name»",
            "Passport «?No.|number|#» «passport» issued to «name.plain», «dob:» «dob»",
            "Travel visit: passport «passport», expires «us». «who»",
            "Photo ID matches. License: «license» «address:» «address»",
            "«ssn:» «ssn.any» matches «name»",
        ),
        clean=(
            "ID check skipped: order under $«price».",
            "Photo upload failed, «bytes» bytes, ticket «id».",
            "License plate readers at gate «count» are offline until «hour».",
        ),
    ),
    Form(
        "payment by phone",
        holding=(
            "Took card over phone: «pan» exp 1«?1|2»/28 cvv ***, name on card «name.plain», ZIP 45402",
            "Cust read card # «pan.plain», declined. Try other card «pan»",
            "Balance $«price» for «who» paid w/ Visa «pan»",
        ),
        clean=(
            "Took payment over phone, card ending «last4», auth «control».",
            "Balance $«price» written off «us», batch «luhn».",
            "Terminal «sku» settled «count» sales, total $«price»",
        ),
    ),
    Form(
        "help desk",
        holding=(
            "User «name.plain» (IP «ip») cannot log in, cookie PHPSESSID=«session.php»",
            "She pasted her token: «jwt». Please revoke.",
            "Someone mailed the API key «key.stripe» to «email»",
            "our shopify token «key.shopify» is in the doc, AWS key «key.aws» too",
            "session token «session» still works after logout, user «email»",
            "Magento integration access token: «key.magento» (rotate!)",
            "api key: «key.any», found in a ticket",
        ),
        clean=(
            "Printer «pod» is jammed again, asset «control».",
            "Build «sha» fails since «hour», ticket «id».",
            "Reset done, link expires in «count» min. Request «uuid».",
            "Rotated all keys on «us», change «order».",
        ),
    ),
    Form(
        "escalation",
        holding=(
            "To engineering: «name.first» sees another cart. Her Authorization header is Bearer «jwt», browser at «ip».",
            "Repro: open /account with cookie JSESSIONID=«session.java» from «ip». id_token: «jwt»",
            "Screenshot shows sessionid=«session.php» and x-api-key: «key.any». Customer: «email»",
            "Partner «company» mailed us AWS access key id «key.aws» and secret access key «key.aws_secret» on «us».",
            "Agent pasted session token «session» into ticket «id»; JWT «jwt» is in the next comment.",
            "Visa desk: passport number «passport» of «name.plain» is visible in the upload of ticket «id».",
        ),
        clean=(
            "To engineering: cart «hex32» shows the wrong total, request id «uuid», build «sha».",
            "Repro: open /account on iOS «version», tap Reorder, wait «count» s. Trace «hex32».",
            "Escalated to «company», their case «control», answer due «us» «hour».",
        ),
    ),
    Form(
        "packing slip",
        holding=(
            "Ship to:\n«name.plain»\n«address.block»\nTel «phone»\nOrder «order»  «tracking»",
            "Order «order» → «name», «address», contents: «medication» «dose»",
        ),
        clean=(
            "Order «order»  1 x «brand»  «sku»  $«price»\nCarrier ref «tracking»",
            "Pallet «control»: «count» cartons «barcode», seal «sku»",
        ),
    ),
    Form(
        "benefits letter",
        holding=(
            (
                "EXPLANATION OF BENEFITS - THIS IS NOT A BILL\nMember: «name»  ID: «member.plain»\nClaim «control»  "
                "Service «us»  Billed $«price»\nProvider: «name.plain», MD"
            ),
            (
                "«name.plain»\n«address.block»\n\nDear «name.first»: your plan «payer» covers «medication» from «us». "
                "«member:» «member»"
            ),
        ),
        clean=(
            "EXPLANATION OF BENEFITS - GUIDE\nBilled: what the office asked for. Allowed: what we pay. Rev «us»",
            "Plan year starts «day». Deductible $«price».",
        ),
    ),
    Form(
        "review",
        holding=(
            "5 stars! «name.first» from support was lovely. The «medication» came in 2 days, my «condition» is better.",
            "As someone with «condition» I love it - «name.plain»",
        ),
        clean=(
            "5 stars! «brand» is soft and worth $«price».",
            "2 stars. The «brand» broke after «count» days, order «order».",
            "«copy»",
        ),
    ),
    Form(
        "wrap-up",
        holding=(
            "Disposition: resolved. Caller «name.plain», «phone». Reason: «subject». Note: «ill»",
            "AHT «ms»s; verified by DOB «dob»; «reach»",
        ),
        clean=("Disposition: resolved. AHT «ms»s, hold «count»s, queue rx-«count».", "CSAT 4.«count», macro «id» used, «copy»"),
    ),
    Form(
        "staff message",
        holding=(
            "@team «who» is in room «count», «ill»",
            "Can somebody call «name.plain» at «phone»? «ill»",
            "FYI «doctor» is out, move «name.comma» to «hour»",
        ),
        clean=("@team «office»", "@channel «office» «office»", "standup moved to «hour», room «count»"),
    ),
    Form(
        "calendar invitation",
        holding=(
            (
                "BEGIN:VEVENT\nUID:«uuid»\nDTSTART:«ymd»T140000Z\nSUMMARY:Visit «name.plain» - "
                "«condition»\nATTENDEE;CN=«name.plain»:mailto:«email»\nEND:VEVENT"
            ),
        ),
        clean=(
            "BEGIN:VEVENT\nUID:«uuid»\nDTSTART:«ymd»T140000Z\nSUMMARY:All hands\nEND:VEVENT",
            "BEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM",
        ),
    ),
    Form(
        "contact card",
        holding=("BEGIN:VCARD\nVERSION:3.0\nFN:«name.plain»\nTEL;TYPE=CELL:«phone»\nEMAIL:«email»\nBDAY:«dob.iso»\nEND:VCARD",),
        clean=("BEGIN:VCARD\nVERSION:3.0\nORG:«company»\nREV:«tsz»\nEND:VCARD",),
    ),
    Form(
        "patient list",
        holding=(
            (
                "MRN,Last Name,First Name,DOB,Phone,Email\n«mrn»,«name.last»,«name.first»,«dob.us»,«phone»,"
                "«email»\n«mrn»,«name.last»,«name.first»,«dob.us»,«phone»,«email»"
            ),
            "patient_name|birth_date|payer|member_id|dx\n«name.plain»|«dob.iso»|«payer»|«member»|«icd»",
            "PatNo;Name;Geburtsdatum;Telefon\n«mrn»;«name.plain»;«dob»;«phone»",
        ),
        clean=(
            "Location,Month,Patients,No-shows,Revenue\nNorth,«month»,«ms»,«count»,$«price»",
            "payer|claims|paid\n«payer»|«count»|«cents»\n«payer»|«count»|«cents»",
        ),
    ),
    Form(
        "dispensing export",
        holding=(
            (
                "rx_number,patient,drug,ndc,prescriber_npi,dea,fill_date\n«control»,«name.plain»,«medication» 10 MG,"
                "«ndc»,«npi»,«dea»,«iso»"
            ),
            "RXNBR\tNDC\tDRUG\tCARDHOLDER\n«control»\t«ndc.plain»\t«medication.upper»\t«member.plain»",
        ),
        clean=("bin,item,on_hand,reorder\n«sku»,gauze 4x4,«count»,«count»", "date,fills,reversals\n«iso»,«ms»,«count»"),
    ),
    Form(
        "paper archive",
        holding=(
            "Box «count», folder «id»: «name.comma», chart «mrn», «dob:» «dob.us», destroyed «us»",
            "Old charts: «name.comma» («mrn»), «name.comma» («mrn»)",
        ),
        clean=(
            "Box «count», folder «id»: purchase orders «day»",
            "Shredding by «company» on «us», «count» bins, certificate «control»",
        ),
    ),
    Form(
        "campaign text",
        holding=(
            "Because you asked about «condition»: «name.first», ask your doctor about «medication».",
            "«name.first», your «medication» plan renews on «us» with card on file.",
        ),
        clean=("«copy»", "«copy» «copy»", "Subject: «copy» Unsubscribe any time."),
    ),
)
"""The forms of this corpus, each as likely as the other."""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value."""
    chance = Random(f"frontdesk.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, _parts(chance), holding=holding)


def _parts(chance: Random) -> Mapping[str, Part]:
    """The phrases, and how the segments of a message end: the same all through a text."""
    ends = {"cr": chance.choice(("\r", "\n")), "~": chance.choice(("~", "~\n"))}
    parts: dict[str, Part] = {name: _fixed(end) for name, end in ends.items()}
    parts |= {name: phrase(templates, parts) for name, templates in phrases.PHRASES.items()}
    return parts


def _fixed(text: str) -> Part:
    return lambda _: [text]
