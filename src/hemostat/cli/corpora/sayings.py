"""What people say at the bedside and at the counter: parts of texts, each drawn anew, with values in them and without."""

from collections.abc import Mapping

TELLING: Mapping[str, tuple[str, ...]] = {
    "i am": (
        "my name is «p.name»", "this is «p.any»", "«p.name» here", "It's «p.name»", "i'm «p.name:lower»", "name: «p.any»",
        "name on the account is «p.any»", "me llamo «p.name»", "(patient: «p.comma»)", "you have me as «p.name:upper»",
    ),
    "born": (
        "DOB «p.dob»", "dob: «p.dob»", "date of birth «p.dob»", "I was born «p.dob»", "born on «p.dob»", "birthday is «p.dob»",
        "D.O.B. «p.bday»", "my birthdate is «p.dob»", "bday «p.dob»", "fecha de nacimiento «p.dob»",
    ),
    "reach": (
        "call me back at «p.phone»", "my cell is «p.phone»", "you can text me on «p.phone»", "phone «p.phone»", "ph# «p.phone»",
        "best number «p.phone»", "my husband picks up at «p.phone»", "leave a message at «p.phone»", "tel. «p.phone»",
        "mi número es «p.phone»",
    ),
    "mail": (
        "email me at «p.email»", "my email is «p.email»", "(«p.email»)", "write to «p.email»", "the account is under «p.email»",
        "e-mail: «p.email»", "its «p.email» all lowercase",
    ),
    "live": (
        "I live at «p.address»", "please ship to «p.address»", "new address: «p.address»", "we moved to «p.address»",
        "mailing address is «p.address»", "drop it at «p.street», the blue door", "my place, «p.street»",
    ),
    "have": (
        "I have «ill»", "I was diagnosed with «ill» last year", "my «ill» is acting up again", "living with «ill» is hard",
        "they told me it's «ill»", "i got «ill.typo»", "I've had «ill» since college", "it turned out to be «ill»",
    ),
    "take": (
        "I take «drug» «?5|10|20|40» mg", "I've been on «drug» for «few» weeks", "«drug:lower» made me sleepy",
        "I'm out of «drug»", "can you refill my «drug»?", "started «drug» in March", "they switched me from «drug» to «drug»",
        "i need more «drug.typo»", "Do I take the «drug» with food?",
    ),
    "plan": (
        "member ID «member»", "my insurance number is «member»", "subscriber # «member»", "my Medicare number is «mbi»",
        "MBI «mbi»", "ID on the card: «member»", "group is on file, member no. «member»",
    ),
    "prove": (
        "SSN «ssn»", "my social is «ssn.any»", "chart number «mrn»", "MRN «mrn»", "driver's license «license»",
        "passport no. «passport»", "social security number: «ssn»", "record # «mrn»", "DL# «license»", "medical record «mrn»",
    ),
    "pay": (
        "put it on my card «pan»", "card number «pan» exp «?03|09|11»/29", "the visa is «pan»", "charge «pan» please",
        "new card: «pan»",
    ),
    "she": (
        "my «?daughter|son|mother|dad|wife|husband|grandson» «r.first» has «ill»", "«r.name», DOB «r.dob»",
        "it's for my «?daughter|son|mom|father-in-law», «r.name»", "«r.first» takes «drug» every morning",
        "«r.name» can't call herself, she has «ill»",
    ),
    "by": (
        "«s.name»", "Dr. «s.last»", "«s.first»", "«s.name», RN", "Dr. «s.name»", "nurse «s.first»", "«s.name», PharmD",
        "Mr. «s.last»",
    ),
    "who": (
        "«p.any»", "«p.name»", "«p.comma»", "Mr. «p.last»", "Ms. «p.last»", "Mrs. «p.last»", "«p.first»", "«p.name:upper»",
    ),
    "chart": (
        "Pt is a «?34|52|67|71» y/o «?M|F» with h/o «ill» and «ill».", "PMH: «ill», «ill». Meds: «drug», «drug».",
        "Hx «ill» (dx «?2014|2019|2022»), on «drug» «?10|25|50» mg «?qd|BID|qhs|PRN».",
        "Assessment: «ill» («code»), stable on «drug».", "Dx: «code» «ill».", "Continue «drug», recheck in «few» weeks.",
        "Allergic to «drug»; denies «ill».", "Fam hx: mother with «ill».", "r/o «ill». D/c «drug», start «drug».",
    ),
    "ident": (
        "«p.any» | «p.bday» | MRN «mrn»", "Patient: «p.comma»  DOB: «p.bday»  MRN: «mrn»", "Pt «p.name», DOB «p.dob»",
        "NAME: «p.comma:upper»   MR#: «mrn»", "«p.name» (MRN «mrn», born «p.born»)", "Re: «p.any», d.o.b. «p.dob»",
        "RE: Patient «p.name», Member «member»",
    ),
    "sign": (
        "«s.name», MD\nNPI «npi»", "«s.name», FNP-C | NPI: «npi» | DEA: «dea»", "Electronically signed by «s.name», DO",
        "Dictated by Dr. «s.name»", "«s.name», RPh", "/s/ «s.name»", "«s.first» «?(front desk)|from billing|at the pharmacy»",
        "Prescriber DEA# «dea», NPI# «npi»",
    ),
    "footer": (
        "\n--\n«s.name»\nPatient Care | Fernhollow Health\nT «s.phone»", "\n\nWarm regards,\n«s.name»\n«s.email»",
        "\n\nThanks,\n«s.first»", "\n\n«s.name», MSW\nOffice: «s.phone» | Fax: «s.phone»", "\n\nBest,\n«s.name»\n«s.block»",
    ),
    "close": (
        "Thanks, «p.first»", "Thank you!\n«p.name»", "- «p.first»", "Sincerely,\n«p.name»", "thx «p.first:lower»",
        "«p.name»\n«p.phone»",
    ),
}  # fmt: skip
"""Parts that hold values."""
QUIET: Mapping[str, tuple[str, ...]] = {
    "parcel": (
        "where is my order «order»?", "tracking «tracking» has not moved since «us»", "The «brand» arrived broken",
        "I paid $«price» twice for «order»", "box said «item» but the invoice says «item»",
        "it was due «us» and it's past «hour» now", "can I swap the «brand» for a bigger one?",
        "the code SAVE«count» does not work at checkout", "return label for «order» please",
        "UPS says delivered but nothing on the porch", "my confirmation is «order», placed «iso»",
        "does the «brand» ship to Canada?",
    ),
    "desk": (
        "Room «few» is free after «hour».", "Schedule is full until «us».", "Printer on floor «few» is out of toner.",
        "Forms version «version» replaces the one from «us».", "«few» no-shows this week, «few» walk-ins.",
        "Patient portal is down until «hour».", "Invoice «luhn» from «company» is due «us».",
        "Parking on Elm side only this week.", "Badge reader at the St. Luke's annex fixed, ticket FH-«id».",
        "Next staff meeting «us» at «hour».", "Please restock «brand», item «item».",
        "The Johns Hopkins webinar is «us» at «hour».", "Mayo and Mercy General send no couriers on «us».",
        "Joint Commission visit, binder «item», tab «few».", "New chairs in the Rose Garden lobby.",
        "Elevator inspection certificate «control» expires «iso».",
    ),
    "calm": (
        "Vitals within normal limits.", "BP 118/76, HR «?61|68|72», RR 16, SpO2 98%.", "Tolerated well, no concerns voiced.",
        "Education provided, verbalized understanding.", "Ambulating independently.", "Follow up in «?2|4|6» weeks.",
        "Labs from «us» reviewed, all in range.", "Skin warm, dry, intact.", "Diet as before. Sleep 7 h.",
        "No changes since «us».", "Braden 21, Morse 15.", "Foley out at «clock».", "Semi-Fowler position.", "Apgar 9/9.",
        "Hoyer lift x2 assist.", "Glasgow 15, Snellen 20/20.", "Wt 71.«count» kg, Ht 168 cm, BMI 25.1.",
        "Consent on file, form «item» v«version».", "Patient resting, call light within reach.",
    ),
    "bot": (
        "Thanks for contacting us! Your case is «id».", "You are number «count» in line.", "Order «order» ships on «us».",
        "I can help with that. One moment.", "Is there anything else?", "Your refund of $«price» was issued.",
        "The carrier reference is «tracking».", "This chat was closed after «count» minutes.",
    ),
    "team": (
        "deploy of «version» is out, watching p95 (now «ms» ms)", "anyone else seeing «status» on /patients/search?",
        "rolled back to «sha», see FH-«id»", "patient import took «float» s for «id» rows, nice",
        "who owns the «company» contract?", "standup moved to «hour»", "the «brand» landing page has a typo",
        "flag care_v«count» is at «few»0%", "PR #«id» needs a review", "batch «luhn» stuck again, retried at «clock»",
        "reminder: freeze starts «us»", "Jenkins is red again, build «id»", "Cassandra compaction on node «few» took «float» s",
        "the Julia notebook gives «float», the SQL gives «float»", "Brooks would laugh at «few» people on this",
        "moving the Charlotte cluster to «version» at «hour»",
    ),
    "praise": (
        "Soft, warm, and the «brand» looks just like the picture.", "Arrived «us», two days early. «few»/12.",
        "Bought «count» of these, size runs small.", "Shipping was $«price» which is steep, but the quality is there.",
        "Not as good as the «company» one.", "The May sale price was better. Will rich colors fade? We'll see.",
        "Grace period for returns is «count» days, plenty.", "Frank advice: wait for the «month» discount.",
    ),
}  # fmt: skip
"""Parts that hold none."""
