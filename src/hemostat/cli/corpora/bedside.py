"""What people write and say about care: notes, letters, calls, chats, forms read by machines, posts, and threads among staff.

Written without a look at the recognizers. Rules of the labels: every name of a person counts, of patients, relatives and staff,
and so does a first name alone; titles and degrees are no part of it. A word for an illness or a drug counts, misspelled or not,
since each stands in a line about a person; ages, days of visits, doses and places of work do not.
"""

from collections.abc import Iterator, Mapping
from random import Random

from .filling import Form, Part, line, phrase
from .labelled import Labelled
from .letters import FORMS as LETTERS
from .sayings import QUIET, TELLING
from .strangers import Scene

_HOLDING = 0.48
_NOTES = (
    Form(
        "soap note",
        holding=(
            "S: «who» reports «ill» better since starting «drug». «calm»\nO: «calm»\nA: «ill» «code»\nP: «chart»\n«sign»",
            "«ident»\nSubjective: «chart»\nObjective: «calm»\nAssessment/Plan: continue «drug», RTC «us».",
            "S - here for refill. O - «calm» A - «code.plain». P - «drug» #30, RF 2. seen by «by»",
        ),
        clean=(
            "S: no new concerns.\nO: «calm»\nA: stable.\nP: «calm»",
            "Subjective: feels well. «calm»\nObjective: «calm»\nPlan: return «us» or sooner.",
        ),
    ),
    Form(
        "nursing note",
        holding=(
            "«clock» «who» up to chair with assist x1. «drug» given per order. «calm» - «by»",
            "«ident»  «tss» Received from ED, dx «ill». «calm» Report given to «by».",
            "0«?7|8|9»00 pt «p.first» refused «drug», Dr. «s.last» aware. Daughter «r.name» at bedside, ph «r.phone».",
        ),
        clean=("«clock» Pt up to chair with assist x1. «calm» «calm»", "Shift note «us»: «calm» «calm» Bed «few» alarm on."),
    ),
    Form(
        "triage line",
        holding=(
            "BED «few» | «p.comma:upper» | «p.bday» | «ill» | ESI «?2|3|4» | «by»",
            "ESI «?2|3» «?34|52»«?M|F» c/o flare of «ill», takes «drug», «born», chart «mrn»",
            "walk in «hour» «p.any» «p.dob» ?«ill» -> exam «few»",
        ),
        clean=(
            "BED «few» | VACANT | CLEANING | since «clock»", "ESI 4 adult, form check, «calm» acct pending",
            "census «clock»: «count» in, «count» out, «count» boarding",
        ),
    ),
    Form(
        "handoff",
        holding=(
            (
                "S: «who» in «count», «ill». B: h/o «ill», home meds «drug» and «drug». A: stable. R: call «by» at «s.phone» if "
                "BP drops."
            ),
            "I-PASS: illness severity watcher. «p.name», «chart» Next of kin «r.name» («r.phone»).",
        ),
        clean=(
            "S: unit calm. B: «count» beds open. A: stable. R: page charge if census > «count».",
            "I-PASS: no watchers tonight. «desk» «calm»",
        ),
    ),
    Form(
        "discharge letter",
        holding=(
            (
                "DISCHARGE SUMMARY\n«ident»\nAdmitted «us», discharged «us».\nPrincipal diagnosis: «ill» («code»).\nMedications "
                "on discharge: «drug», «drug».\n«sign»"
            ),
            (
                "Dear Dr. «t.last»,\n\nI am writing about «p.name» of «p.address», who left us on «us» after treatment for "
                "«ill».\n\n«sign»"
            ),
        ),
        clean=(
            (
                "DISCHARGE INSTRUCTIONS (general)\nKeep the dressing dry. «calm» Call the unit with questions. Form «item», "
                "rev. «us»."
            ),
            "Dear colleague,\n\nthe unit moved to floor «few» on «us». «desk»\n\nThe ward team",
        ),
    ),
    Form(
        "referral letter",
        holding=(
            (
                "Dear «by»,\nThank you for seeing «p.name», «born», with «ill». Current medication is «drug». Insurance: "
                "«payer», ID «member».\n«sign»"
            ),
            "REFERRAL  to: «s.name», NPI «npi»\nfor: «p.comma»  «p.phone»\nreason: «code» «ill»\nurgent: no",
        ),
        clean=(
            "REFERRAL PAD «item»: complete all fields, fax before «hour». «desk»",
            "Dear colleague,\nour referral hours change on «us». «desk» We now accept «payer» and «company».",
        ),
    ),
    Form(
        "lab call",
        holding=(
            "Critical called to «by» at «clock», read back. «ident». Confirms «ill».",
            "Spoke w/ «who» re: results positive for «ill»; rx «drug» sent to pharmacy on «p.street». «by»",
        ),
        clean=(
            "QC run «luhn» passed at «clock», lot «item». «desk»",
            "Courier picked up «count» tubes at «hour», batch «control». «calm»",
        ),
    ),
    Form(
        "therapy note",
        holding=(
            "Session «few» w/ «p.first». Discussed «ill» and conflict with partner «r.first». Taking «drug» as prescribed.",
            (
                "Intake: «p.name», «?they/them|she/her|he/him», referred by «by». Presenting: «ill». Emergency contact «r.name»,"
                " «r.phone»."
            ),
        ),
        clean=(
            "Group session «count», «few» attended. Topic: sleep routine. «calm»",
            "Supervision hour «us», «count» of «ms» logged. «desk»",
        ),
    ),
    Form(
        "diet log",
        holding=(
            "«p.first» - breakfast oats, lunch soup, took «drug:lower» late. goal: manage «ill». next call «us»",
            "Coach notes for «p.any» («p.email»): down 4 lb since «drug», next aim «ill»",
        ),
        clean=(
            "breakfast oats 320 kcal, lunch soup, walked 7,«?112|480|935» steps, slept 7h, day «count»",
            "Coach template v«version»: greet, review week «count», set goal, log in «company» app",
        ),
    ),
    Form(
        "minutes",
        holding=(
            "Present: «s.name», «t.name», «r.name». 1) Case of «p.name» (MRN «mrn»): «ill», discharge delayed. 2) «desk»",
            "M&M «us»: «ident». Received «drug» in error. Action: «s.first» to retrain, due «us».",
        ),
        clean=(
            "Present: charge nurse, two pharmacists, IT. 1) «desk» 2) «desk» Next «us».",
            "Quality board «us»: patient falls «float» per 1,000 days, target 2.5. «desk»",
        ),
    ),
)  # fmt: skip
_CALLS = (
    Form(
        "call note",
        holding=(
            "«hour» Incoming from «p.phone». «who» wants refill of «drug». Verified «born». Routed to «by».",
            "TC to pt «p.any», no answer x2, LM at «p.phone». Will try «r.phone» («?spouse|mother|sister» «r.first»).",
            "Caller says «have». Confirmed «p.address» and «mail». cb req before «hour»",
        ),
        clean=(
            "«hour» Incoming, caller hung up. «bot»", "TC to supplier, on hold «count» min. «parcel». Will try again «us».",
            "Caller asked: «parcel». Gave case «id».",
        ),
    ),
    Form(
        "voicemail",
        holding=(
            (
                "hi uh «i am» calling about my uh «drug:lower» prescription um you can reach me at «p.spoken» again thats "
                "«p.spoken» thank you"
            ),
            'Voicemail («few»3s): "Hello «s.first», «i am», «born». «take» Please «reach». Bye."',
            (
                "[transcribed] yes good morning this is «r.name» I'm calling for my mother «p.name» she «?needs|lost» her "
                "«drug» our number is «r.phone»"
            ),
        ),
        clean=(
            "[transcribed] yeah hi «parcel» um just call whenever okay bye",
            "Voicemail («few»3s): \"Hello, «parcel». I'll try the chat. Bye.\"",
            "hi uh this is a message about your car's extended warranty press one to speak to someone press two to be removed",
        ),
    ),
    Form(
        "captions",
        holding=(
            (
                "WEBVTT\n\n00:00:«minute».000 --> 00:00:«minute».500\n<v Dr. «s.last»>Good morning «p.first», how is the "
                "«ill»?\n\n<v «p.name»>Better. «take»"
            ),
            (
                "00:0«?1|2|3»:«minute» SPEAKER_01: «i am», «born». 00:04:«minute» SPEAKER_00: thank you, and «drug» twice a day "
                "still?"
            ),
            "[00:12:«minute»] Provider: can you confirm your address? [00:12:«minute»] Patient: «live»",
        ),
        clean=(
            (
                "WEBVTT\n\n00:00:«minute».000 --> 00:00:«minute».500\n<v Host>Welcome to the webinar, patient safety in «few» "
                "steps."
            ),
            "00:0«?1|2|3»:«minute» SPEAKER_01: can you hear me? 00:04:«minute» SPEAKER_00: yes, loud and clear. «calm»",
            "[00:12:«minute»] Provider: one moment, my screen froze. [00:12:«minute»] Patient: take your time",
        ),
    ),
    Form(
        "appointment desk",
        holding=(
            "«us» «hour» NEW PT «p.comma» «p.phone» «payer» «member» - «ill»",
            "resched «p.any» fr «us» to «us» w/ «by», conf by text «p.phone»",
            "No show: «p.name» (3rd). Letter sent to «p.address».", "check-in kiosk: «p.name:upper» «p.bday» copay «price»",
        ),
        clean=(
            "«us» «hour» BLOCKED - staff training. «desk»", "resched template «us» to «us», «few» slots opened, rm «few»",
            "No show rate «few»% in «month». «desk»",
        ),
    ),
    Form(
        "waitlist",
        holding=(
            "waitlist: 1. «p.name» «p.phone»«next» 2. «p.name» «p.phone»«next» 3. «p.any» (prefers email «p.email»)",
            "cancelled by pt «who», reason: hospital w/ «ill». offer slot to «r.name» «r.phone»",
        ),
        clean=(
            "waitlist: «count» open, next slot «us» «hour», room «few»",
            "cancelled by clinic, reason: provider out. «few» slots released «us»",
        ),
    ),
    Form(
        "payment call",
        holding=(
            "Pt pays by phone: «pay», name on card «p.name», zip on file. Receipt to «p.email». Amount $«price».",
            "agent note: caller read out «pan.plain» twice, DO NOT STORE. «reach»",
        ),
        clean=(
            "Paid by phone: card ending in «last4», auth «item», receipt «luhn». Amount $«price».",
            "agent note: terminal «control» offline, took it via link, ref «luhn»",
        ),
    ),
    Form(
        "interpreter request",
        holding=(
            (
                "Interpreter needed («?Somali|Hmong|Tagalog|Haitian Creole|Farsi») for «p.name», «born», visit «us» «hour». "
                "Caregiver «r.name» «r.phone»."
            ),
            "ASL terp booked for «who» - «ill» consult w/ «by»",
        ),
        clean=(
            "Interpreter line PIN changed on «us», access code «id». «desk»",
            "ASL terp agency «company» invoice «luhn», «count» hours at $«price»",
        ),
    ),
)  # fmt: skip
_THREADS = (
    Form(
        "live chat",
        holding=(
            (
                "Visitor: hi, «i am»\nAgent «s.first»: Hello «p.first», can I have your date of birth?\nVisitor: «p.dob»\nAgent "
                "«s.first»: Thank you. «bot»"
            ),
            "[«clock»] Customer: «take»\n[«clock»] «s.first»: Which address?\n[«clock»] Customer: «live»",
            "cust> «have» and «parcel»\ncust> «mail»\nbot> «bot»",
            "Patient: «plan», «born»\nSupport: got it! And the pharmacy?\nPatient: the one on «p.street»",
        ),
        clean=(
            "Visitor: hi, «parcel»\nAgent: «bot»\nVisitor: ok thx",
            "[«clock»] Customer: «parcel»\n[«clock»] Bot: «bot»\n[«clock»] Customer: «parcel»",
            "cust> «parcel»\nbot> «bot»\nbot> «bot»",
        ),
    ),
    Form(
        "text thread",
        holding=(
            "Fernhollow: Hi «p.first», time to refill «drug». Reply YES\nYES but ship to «p.address»\nFernhollow: Done!",
            "u up? forgot my «drug.typo» at «r.first»'s place, can u drive me. «have»",
            "me: is the dr in\nthem: Dr. «s.last» is out til «us», want «t.first» instead?\nme: ok its for «ill»",
            "(«p.phone») «i am». «take»",
        ),
        clean=(
            "Fernhollow: Your order «order» is out for delivery. Reply STOP to end\nSTOP\nFernhollow: You are unsubscribed.",
            "u up? forgot my charger at the gym, can u drive me",
            "me: is the shop open\nthem: til «hour», want us to hold the «brand»?\nme: ok",
        ),
    ),
    Form(
        "portal message",
        holding=(
            "To: Care team\n«have». «take» Should I worry?\n«close»",
            "From: «p.comma»\nSubject: «drug» refill\n«born». Pharmacy is at «r.street». «close»",
            "Re: results. Dear «p.first», your test shows «ill». Please start «drug». «by»",
        ),
        clean=(
            "To: Care team\nThe portal logs me out after «count» minutes. Version «version».",
            "Subject: newsletter\nOur «month» hours are new. «desk» The team",
            "Re: form. Please upload page «count» of form «item» again by «us».",
        ),
    ),
    Form(
        "patient mail",
        holding=(
            "Hello,\n\n«i am» and «have». «take» My order is «order».\n\n«close»",
            "Subject: wrong dose\n\nhi there, «take» but the bottle says something else?? «plan» «reach»\n\n«close»",
            "Buenos días, «i am», «born». Necesito más «drug» porque tengo «ill». Gracias",
            "hello i am «p.name:lower» my «?insuranse|insurrance» is «member» and i beleive my «ill.typo» is back pls «reach»",
        ),
        clean=(
            "Hello,\n\n«parcel». Can you check?\n\nThank you", "Subject: wrong size\n\nhi there, «parcel»?? also «parcel»",
            "Buenos días, ¿dónde está mi pedido «order»? Gracias",
            "hello i beleive i was charged twise, $«price» on «us», order «order»",
        ),
    ),
    Form(
        "staff mail",
        holding=(
            "Hi «t.first»,\n\ncan you look at «who» again? «chart»«footer»",
            "FYI «t.first», «p.name» («p.email») complained about the «drug» label.«footer»",
            "Team, new hire «r.name» starts «us».«footer»",
        ),
        clean=(
            "Hi all,\n\n«desk» «desk»\n\nThe front desk",
            "FYI, «desk» «team».\n\nFernhollow Health | Patient Care | Ticket FH-«id»", "Team, «team». «desk»",
        ),
    ),
    Form(
        "forwarded mail",
        holding=(
            "---------- Forwarded message ---------\nFrom: «p.name» <«p.email»>\nDate: «us»\nTo: «s.email»\n\n«have». «take»",
            "> On «us» «s.name» <«s.email»> wrote:\n> please confirm «r.name» is allowed to pick up «drug»\nconfirmed",
        ),
        clean=(
            "---------- Forwarded message ---------\nSubject: invoice «luhn»\nDate: «us»\n\n«desk» «desk»",
            "> On «us» the vendor wrote:\n> please confirm «order» ships from «company»\nconfirmed",
        ),
    ),
    Form(
        "work chat",
        holding=(
            "«s.first»  «hour»\ncan someone unlock «p.email»? MRN «mrn»\n«t.first»  «hour»\ndone :white_check_mark:",
            "@«s.first:lower» customer «p.name» on «p.phone» is furious, says the «drug» never came",
            "#rx-ops «t.name»: heads up, «p.any» has two charts (MRN «mrn» and MRN «mrn»), merge plz",
            "«s.first» 9:41 AM: pasting from prod so we can repro -> «ssn» / «p.bday» / «p.address»",
        ),
        clean=(
            "#eng-alerts «clock»\n«team»\n«team»", "@here «team»", "#rx-ops «hour»: heads up, «team»",
            "@channel pasting from prod so we can repro -> order «order» / «item» / «uuid»",
        ),
    ),
    Form(
        "meeting chat",
        holding=(
            (
                "[«hour»] «s.comma»\n«p.first»'s eligibility failed again, member «member», dob «p.bday»\n[«hour»] «t.comma»\n"
                "try the «payer» portal"
            ),
            "[«iso» «clock»] «s.name»: who is the prescriber? [«iso» «clock»] «t.name»: «r.name», NPI «npi»",
        ),
        clean=(
            "[«hour»] Meeting started\n[«hour»] Meeting ended: «few»0 min\n«team»",
            "[«iso» «clock»] bot: who is on call? [«iso» «clock»] bot: rotation «count», see «uuid»",
        ),
    ),
    Form(
        "incident ticket",
        holding=(
            (
                "FH-«id» P2: customer sees other people's charts. Steps: log in as «p.email», open /chart?mrn=«mrn.plain», "
                "shows «r.name» born «r.born»."
            ),
            "Escalation from «s.first»: key «key.shopify» found in a public repo, also «key.stripe». Rotated at «clock».",
            (
                "Repro on staging: header Authorization: Bearer «jwt» works after logout; cookie PHPSESSID=«session.php» too. "
                "Client «ip4»."
            ),
            "Support paste: user «p.name» tel «p.phone» cannot pay, card «pan», decline 05",
        ),
        clean=(
            "FH-«id» P2: patient search slow. Steps: open /charts, sort by date, wait «float» s. Build «version» («sha»).",
            "Escalation: cert for shop expires «iso», serial «luhn». Renewed at «clock».",
            "Repro on staging: trace «hex32», pod «pod», build «sha», GTIN «barcode» missing",
        ),
    ),
    Form(
        "partner mail",
        holding=(
            (
                "Subject: API access\n\nHi «t.first», your production key is «key.any» and the store token «key.shopify». Do "
                "not share.\n«s.name»"
            ),
            (
                "Subject: found on your site\n\nHello, with the session id «session» from your error page I could open the "
                "account of «p.email». «r.name»"
            ),
            "they mailed us AWS keys in plain text: access key «key.aws», secret key «key.aws_secret» - «s.first»",
            "per the vendor the callback still accepts token «jwt» from «ip4», raised with «t.name»",
            "Magento integration for the new clinic: access token «key.magento», questions to «s.email»",
        ),
        clean=(
            "Subject: API access\n\nHi, your sandbox moves to version «version» on «us». Keys stay the same.\nThe partner team",
            "Subject: found on your site\n\nHello, page «uuid» returns «status» since «us». Build «sha».",
            "they mailed us the certificate, fingerprint «sha», serial «luhn», valid to «iso»",
            "per the vendor the callback waits «ms» ms and then retries «few» times",
        ),
    ),
    Form(
        "page",
        holding=(
            "PAGE «clock» rm «few» «p.last:upper» K 6.1 on «drug» call «s.last» x«last4»",
            "ONCALL: callback «p.phone» «p.name» («?34|52»F) «ill» worse since noon",
        ),
        clean=(
            "PAGE «clock» rm «few» bed alarm, call x«last4»",
            "ONCALL: queue depth «id» > «ms» on «pod» since «clock», patient-sync lag «float» s",
        ),
    ),
)  # fmt: skip
FORMS = (*_NOTES, *_CALLS, *_THREADS, *LETTERS)
"""The forms of this corpus, each as likely as the other."""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value."""
    chance = Random(f"bedside.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, _scene(), holding=holding)


def _scene() -> Mapping[str, Part]:
    """The people of one text, and what they say."""
    scene = Scene()
    for name, templates in {**TELLING, **QUIET}.items():
        scene[name] = phrase(templates, scene)
    return scene
