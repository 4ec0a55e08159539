"""What passes a merchant of care and a company for telehealth in one day: half of it people's words, half what machines write.

Rules of the labels: a value is what the field or the sentence says it is. First and last name that stand together are one span,
in two fields they are two; a title is no part of a name. A street with the city, state and ZIP code that follow is one span; in
a field of its own it is labelled alone, and a city alone is not. An illness is labelled in whatever connection it is named, a
drug without its dose. Where a notation escapes a character, the value is labelled as it stands. Names of products, companies and
places, masked numbers, the last digits of cards, numbers of orders, parcels, tickets, requests and devices, amounts, and dates
other than birthdays are no values.
"""

from collections.abc import Iterator
from random import Random

from .filling import Form, line
from .labelled import Labelled
from .wayfarers import troupe

_HOLDING = 0.48
"""The share of lines with values in them: about half, as some of the others name the machine of a caller."""

_TALK = (
    Form("portal chat", holding=(
        ("[«hour»] Patient: hi this is «p.name», dob «p.bday». my «drug.said» never shipped and i take it for «ill.said»\n"
         "[«hour»] Care team: Thanks «p.first», one moment while I open the order."),
        ("«p.first»: can somebody tell me if its ok to take «drug.said» together with «drug.said»?? i have «ill.said» and the "
         "label says nothing"),
        "You: my new cell is «p.tel», pls update. Also I moved to «p.post».\nAgent («s.first»): Done! Anything else?"), clean=(
        ("[«hour»] Patient: hi, order FH-«order» says delivered but nothing is here\n[«hour»] Care team: Sorry about that. "
         "Tracking «tracking» shows a scan at the «landmark»."),
        ("You: does the «thing» come in a bigger size? the chart only goes to «count»\nAgent: It does, look for item «sku» on "
         "page «minute»."))),
    Form("text reminder", holding=(
        "Fernhollow Health: «p.first», your refill of «drug» is ready. Pay by replying 1. Stop to end.",
        "FERNHOLLOW: Hi «p.name», video visit with Dr. «s.last» on «visit». Need to move it? Call «s.tel»",
        "Rx reminder for «p.name» (born «p.bday»): «drug» «count» mg, pick up by Friday. Reply HELP for help."), clean=(
        "Fernhollow Health: your code is «last4»«minute». It works for 10 minutes. We never ask for it by phone.",
        "Your parcel FH-«order» is on its way and comes «visit». Track it with «tracking». Reply STOP to end.")),
    Form("text reply", holding=(
        "From «p.tel» at «clock»: yes this is «p.first», still need the «drug.said» but change address to «p.post»",
        "inbound («p.tel»): WRONG PERSON. «r.name» had this number before me, I dont have «ill.said»",
        "«p.tel» >> stop sending, «r.first» passed in «month»"), clean=(
        "shortcode 88«last4» >> Y",
        "inbound #«gid» >> running «minute» min late, will park at the «landmark»")),
    Form("captions", holding=(
        ("WEBVTT\n\n00:00:«minute».000 --> 00:00:48.500\n<v Dr. «s.last»>So, «p.first», how long have you been on «drug»?\n\n"
         "00:00:48.600 --> 00:00:59.000\n<v «p.first»>Since they found the «ill», maybe two years."),
        ("WEBVTT\n\nNOTE visit «uuid»\n\n00:00:«minute».120 --> 00:00:58.400\n- My date of birth is «p.bday» and the last name "
         "is «p.last».\n- Great, and I see «ill» on the chart.")), clean=(
        ("WEBVTT\n\nNOTE clip «uuid»\n\n00:00:«minute».120 --> 00:00:58.400\n- Put the cuff two fingers above the elbow.\n- It "
         "should read «float» on page «count»."),
        "WEBVTT\n\n00:00:«minute».000 --> 00:00:48.500\nWelcome to the tour of the «landmark», part «count».")),
    Form("visit note", holding=(
        ("S: «p.name», «years» y/o, f/u for «ill» and «ill». Taking «drug» daily, stopped «drug» last month.\nO: BP 128/82, wt "
         "stable.\nA/P: «ill» («code»), continue «drug». RTC 3 mo.\nSigned: «s.name», NP"),
        ("CC: med check\nPt: «p.any»   MRN «chart»   DOB «p.bday»\nHPI: known «ill», well controlled on «drug». PMH: «ill», "
         "«ill». Meds: «drug», «drug».\nE-signed by Dr. «s.name» on «tss»"),
        ("Assessment: 1. «ill» - «code» 2. «ill» - «code». Plan: start «drug» «count» mg qhs, taper «drug», recheck labs in "
         "«few» weeks.")), clean=(
        ("S: Template «version». Fill in each part.\nO: vitals from the device, room «minute», reading «float».\nA/P: as "
         "discussed. RTC «count» mo.\nNote type «id», last edited «tss»."),
        "Addendum «tss»: wrong template used for visit «id»; see revision «count». No change to plan.")),
    Form("referral letter", holding=(
        ("«month» 4, 2026\n\nRe: «p.name», DOB «p.bday», MRN «chart»\n\nDear Dr. «s.last»,\n\nThank you for seeing this patient "
         "with «ill», treated with «drug» without relief. Kind regards,\n«t.name», MD\nNPI «npi»"),
        ("Dear colleague, please evaluate «p.name» (b. «p.bday») for possible «ill». History of «ill»; currently takes «drug» "
         "and «drug». Reach me at «t.tel» or «t.email». Dr. «t.name»")), clean=(
        ("Dear colleague, our referral form has changed (form «sku», rev. «version»). Please use it from «day» on and discard "
         "older copies."),
        ("«month» 4, 2026\n\nRe: contract «order», schedule B\n\nDear partner,\n\nThank you for the samples of lot «lot». We "
         "return pallet «count» to the «landmark» next week. Kind regards,\nFernhollow Health, Purchasing"))),
    Form("call summary", holding=(
        ("Summary (auto): Caller «p.name» asked about side effects of «drug». Confirmed birthday «p.bday» and phone «p.tel». Has "
         "«ill». Action: nurse «s.first» to call back."),
        "[Call «uuid»] «r.name» phoned on behalf of «p.name», who was told it is «ill». Wants «drug» sent to «p.post»."), clean=(
        ("Summary (auto): Caller asked when order «order» ships. Confirmed SKU «sku» and promised an update by «visit». Duration "
         "«ms» s. Mood: neutral."),
        "[Call «uuid»] Vendor phoned about invoice «id» for «price» USD. Action: accounts to match it with PO «order».")),
    Form("voicemail", holding=(
        ("hey its «p.name» calling back uh my number is «p.tel» and its about the «drug.said» refill for my «ill.said» okay "
         "thanks bye"),
        ('Voicemail from «p.tel» (0:«minute»): "Good morning this is Doctor «s.last» over at cardiology, I need the records for '
         '«p.name», date of birth «p.bday», M R N «chart»."')), clean=(
        'Voicemail 0:«minute» from unknown caller: "Hi uh I wanted to know if the «thing» is back in stock thank you bye"',
        "hey just calling about order number «order» uh the box came with two of the «thing» instead of one okay thanks")),
    Form("product review", holding=(
        '★★★★☆ "Works for me" by «p.name» - I bought this for my «ill.said» and it beats «drug.said». Shipping was slow.',
        "2 stars. My partner «r.first» has «ill.said» and the cream did nothing, back to «drug.said» for us",
        'Review #«id» | «p.email» | rating 5 | "Since «drug» I sleep through. Thank you «s.first» in support!"'), clean=(
        '★★★★☆ "Sturdy" - I bought the «thing» for the guest room and it beats the old one. Shipping took «count» days.',
        "1 star. the «namesake» looks nothing like the photo, zipper broke on day «count», box said lot «lot»")),
    Form("help desk ticket", holding=(
        ("Ticket #«id» [Urgent]\nRequester: «p.name» <«p.email»>\nSubject: charged twice for «drug»\nMy card «pan» was charged "
         "twice on «day». Please refund, I am on a fixed income with «ill»."),
        ("#«id» assigned to «s.name». Customer «p.name», phone «p.tel», says the «thing» arrived but the «drug» did not. Ship "
         "again to «p.post».")), clean=(
        ("Ticket #«id» [Low]\nSubject: tablet with SIM «luhn» charged twice\nMy card ending «last4» was charged twice, «price» "
         "each, on «day». Order FH-«order»."),
        ("#«id» merged into #«gid». Tags: shipping, late, «lot». Carrier claims delivery on «day», tracking «tracking». SLA "
         "«count» h."))),
    Form("mail thread", holding=(
        ("From: «p.name» <«p.email»>\nTo: «s.name» <«s.email»>\nDate: «day»\nSubject: Re: prior auth\n\nHi «s.first»,\nmy member "
         "number is «plan». The plan still says no to «drug». Please resend for «ill».\n«p.first»"),
        ("On «day», «s.name» wrote:\n> Hello «p.first», we got the labs. They point to «ill».\n> We would start «drug», see the "
         "attachment.\nThank you! You can reach me on «p.tel» after 5.")), clean=(
        ("Subject: Re: pallet «count»\n\nHi all,\nthe truck to the «landmark» left at «hour», seal «control». Papers are in "
         "folder «iso».\nThanks, the night shift"),
        ("Subject: [Fernhollow] Invoice «id» is due on «day»\n\nAmount: «price» USD, PO «order», VAT none. Questions? Use the "
         "portal and quote «gid»."))),
    Form("refund request", holding=(
        ("Please refund order «order». My name is «p.name», I paid with «pan», exp 04/29. The pharmacist said I cannot take "
         "«drug.said» with «ill.said»."),
        "Refund to be mailed: «p.name», «p.post». Reason: stopped «drug», now on «drug»."), clean=(
        "Please refund order «order», «price» USD. Paid with the card ending in «last4». The «thing» does not fit. RMA «part».",
        "Refund «intent» of «price» USD approved under policy «version», batch «control», posted on «day».")),
    Form("internal note", holding=(
        ("NOTE (private): cust «p.name» upset, says we mixed her up with «r.name». Both have «ill». Do not discuss «drug» on the "
         "phone until DOB «p.bday» is verified. -«s.first»"),
        "verified ID by DL «license» (state) and last name «p.last», ok to release «drug». ~«s.name»",
        "Agent note: spoke w «p.first» @ «p.tel», SSN on file «ssn» matches, unlocked portal"), clean=(
        "NOTE (private): keep the «thing» bundle at «price» until «day», then back to list. Macro «id».",
        "Agent note: warm transfer to billing, hold «ms» s, case «gid», no callback needed")),
    Form("bot handoff", holding=(
        ("Bot: What is your full name?\nVisitor: «p.any»\nBot: And your date of birth?\nVisitor: «p.bday»\nBot: What do you need "
         "help with?\nVisitor: refill «drug.said»"),
        "Bot: Which e-mail is on the account?\nVisitor: «p.email»\nBot: Thank you, «p.first»! Passing you to «s.first».",
        ("Bot: Member ID as printed on the card?\nVisitor: «plan»\nBot: And the condition this is for?\nVisitor: "
         "«ill.said»")), clean=(
        ("Bot: What is your order number?\nVisitor: «order»\nBot: And the item?\nVisitor: «thing»\nBot: Passing you on. Queue "
         "place «count»."),
        "Bot: Rate this chat from 1 to 5.\nVisitor: «few»\nBot: Thank you! Session closed after «ms» s, flow «version».")),
    Form("survey comment", holding=(
        'Q7 Anything else? -> "Dr. «s.last» listened when nobody believed my «ill.said». «drug.said» changed my life."',
        'NPS 9 / «p.email» / "ask «p.name» if you want a quote, I\'m happy to talk about «ill.said» publicly"',
        'Q3 Why did you cancel? -> "lost my job, cant pay for «drug.said», and «ill.said» came back anyway"'), clean=(
        'Q7 Anything else? -> "The «thing» page loads slowly, took «count» tries. Love the «namesake» though."',
        'NPS «few» / response «uuid» / "no" / completed «tss» / device iPhone«minute»,3')),
    Form("intake form", holding=(
        ("Full legal name: «p.any»\nDate of birth: «p.bday»\nHome address: «p.post»\nMobile: «p.tel»\nAllergic to: «drug»\nPast "
         "or current conditions: «ill», «ill»"),
        ("Insurance subscriber ID: «plan»\nSocial Security no.: «ssn»\nDriver's license: «license»\nEmergency contact: «r.name», "
         "«r.tel»\nCurrent medicines: «drug», «drug»")), clean=(
        ("Height: 5 ft «few» in\nWeight: 1«minute» lb\nPreferred pharmacy: Fernhollow Health, «landmark»\nForm ID: «sku» rev "
         "«version»\nSubmitted: «tss»"),
        ("Full legal name: ________\nDate of birth: __/__/____\nHome address: ________\nForm «sku», page «few» of 12, printed "
         "«day»"))),
    Form("prior authorization", holding=(
        ("PA request: «p.any» DOB «p.bday» Member ID «plan». Drug: «drug» NDC «ndc». Dx: «ill» («code»). Tried and failed: "
         "«drug», «drug». Prescriber «s.name», NPI «npi», DEA «dea»."),
        ("DENIED: «drug» for «p.name» (subscriber «plan»). Not covered for «ill» «code». Peer to peer: «t.tel», ask for Dr. "
         "«t.last».")), clean=(
        "PA queue: «count» open, «few» overdue. Oldest from «day». Payer turnaround «ms» h. Form «sku».",
        "APPROVED: request «id», «few» fills through «day». Fax batch «control», letter template «version».")),
    Form("fax cover", holding=(
        ("TO: Records, Fernhollow Health\nFROM: «s.name», RN\nRE: «p.any» / DOB «p.bday» / MRN «chart»\nPAGES: «few»\nAttached: "
         "note on «ill», last «drug» order"),
        ("FAX from «s.tel» «tss»\nPATIENT: «p.name», Medicare no. «mbi»\nMSG: please sign the «drug» order for «ill» and send "
         "back")), clean=(
        ("TO: All stores\nFROM: Central purchasing\nRE: recall of lot «lot»\nPAGES: «few»\nReturn the «thing» to the «landmark» "
         "by «day»."),
        'FAX JOB «id» «tss» pages=«few» result=OK duration=«ms»s speed=14400 header="Fernhollow Health"')),
    Form("pharmacy callback", holding=(
        "RPh «s.last» called prescriber Dr. «t.last» re interaction «drug»/«drug» for pt «p.any», OK to fill per MD, Rx #«gid»",
        "Left msg for «p.name» at «p.tel»: «drug» on backorder, offer «drug» instead? Takes it for «ill»."), clean=(
        "RPh on duty called wholesaler re backorder, ETA «day», allocation «count» units, line «lot»",
        "Partial fill: «few» of 12 boxes from shelf «shelf», owe slip printed «hour», bin «minute»")),
    Form("nurse line", holding=(
        "TRIAGE «tss» caller: «r.name» (mother) for «p.name», b. «p.bday». Hx «ill», on «drug». Advised urgent care. RN «s.name»",
        ("«s.name» RN: pt reports missed doses of «drug» x «few» days, hx «ill» and «ill», no new meds. Call back «p.tel» "
         "tomorrow.")), clean=(
        "TRIAGE «tss» test call by the vendor, line «few», audio ok, queue time «ms» s, disposition none",
        "Protocol update: cards «few» and 14 replaced by version «version», effective «day». Shred the old binders.")),
    Form("after visit message", holding=(
        ("Dear «p.name»,\nthank you for your visit. You were seen for «ill». Start «drug» tonight. If «ill» comes back, message "
         "Dr. «s.last»."),
        "Hola «p.name»: su cita fue con Dr. «s.name». Tome «drug» cada mañana. Preguntas: «s.tel»"), clean=(
        ("Thank you for your visit. Your summary (document «gid») is in the portal until «day». Please do not reply to this "
         "message."),
        "Gracias por su compra. Su pedido «order» llega el «day». Guía «tracking».")),
    Form("shift handover", holding=(
        ("Handover: rm 4 «p.name», «ill», «drug» given at «hour», next due in 6 h. «next»Rm 7 «p.name», waiting on PA for "
         "«drug». -«s.first»"),
        "to «s.first» from «t.first»: pls call «p.any» MRN «chart» back, the family says the «drug.said» ran out"), clean=(
        ("Handover: printer «few» jams, cold chain log «float» C at «hour», «count» parcels left for the «landmark». Keys in box "
         "«minute»."),
        "to nights from days: batch «control» held, waiting on lot «lot», pick list «order» is done except shelf «shelf»")),
    Form("team chat", holding=(
        "#rx-escalations  «s.name»  «hour»\n@here patient «p.name» («p.email») got «r.name»'s «drug». Opening an incident.",
        ("«s.first»: anyone know why «p.email» cant log in?\n«t.first»: her birthday is stored as «p.bday», mine shows a day "
         "later. tz bug")), clean=(
        "#ops-deploy  «hour»\ndeploy «sha» to prod done in «ms» s, canary at «few» percent, rollback tag «version»",
        "#warehouse  «hour»\nis the «landmark» closed on «day»? «count» boxes of «thing» stuck at dock «few»")),
    Form("order comment", holding=(
        "Order FH-«order» note: leave with neighbor «r.name» at «r.street», gate 4471. Contains «drug», needs ice.",
        'Customer note on «order»: "please put my married name «p.name» on the label, not «r.name»"',
        "Staff comment by «s.name»: pharmacist hold, «drug» + «drug» with «ill», waiting for Dr. «t.last»"), clean=(
        "Order FH-«order» note: leave at the back door, beware of goose. No ice needed. Weight «float» kg.",
        "Staff comment: split shipment, «few» parcels, «tracking», second one on «day» from the «landmark»")),
    Form("community post", holding=(
        "Posted by «p.first» in Living with «ill»: started «drug.said» in «month», anybody else? mail me at «p.email»",
        ("Re: switching meds - @«p.first» my doc («s.name») moved me from «drug.said» to «drug.said» and my «ill.said» is "
         "finally quiet")), clean=(
        "Posted in Shipping: has anybody got the «thing» yet? Mine was sent on «day», tracking «tracking» stands still",
        "Re: sizing - the «namesake» runs small, order «few» up. Washed it «count» times at 40, all good")),
    Form("appointment mail", holding=(
        "Confirmed: «p.name» with Dr. «s.name», «visit». Reason: follow-up «ill». Join with your phone «p.tel».",
        ("BEGIN:VEVENT\nSUMMARY:«p.name» - «ill» follow-up\nATTENDEE;CN=«s.name»:mailto:«s.email»\nDTSTART:«ymd»T150000Z\n"
         "UID:«uuid»\nEND:VEVENT")), clean=(
        "Confirmed: pickup «visit» at the «landmark», counter «few». Bring order «order».",
        "BEGIN:VEVENT\nSUMMARY:Stock count, «landmark»\nDTSTART:«ymd»T150000Z\nUID:«uuid»\nSEQUENCE:«few»\nEND:VEVENT")),
    Form("staff mail", holding=(
        "Team,\n«s.name» is out until Monday. For scripts call «t.name» at «t.tel» or write to «t.email».",
        "HR: welcome «s.name», RN (NPI «npi»), who joins on «day». Background check done, passport «passport» seen.",
        "Payroll query: «s.name», SSN «ssn», moved to «s.post»; W-4 updated on «day»."), clean=(
        "Team,\nthe office is closed on «day». Badge readers go to firmware «release» at «hour». Room «minute» stays open.",
        "Finance: close of period «few», journal «control», cost center «id», total «price» USD, approved on «day».")),
    Form("privacy report", holding=(
        ("INCIDENT «id»: mail meant for «p.name» <«p.email»> went to «r.email». It named «ill» and «drug». Reported by «s.name» "
         "on «tss»."),
        ("Data subject: «p.any», born «p.bday», MRN «chart». Disclosed: SSN «ssn», diagnosis «ill» «code». Contained at «clock» "
         "by «s.name».")), clean=(
        "INCIDENT «id»: a test mail went to «count» internal boxes. No personal data. Root cause: job «version», commit «sha».",
        "Quarterly review: «few» reports, 0 notifiable, median time to close «ms» h. Next audit «day».")),
    Form("complaint", holding=(
        ("I, «p.name» of «p.post», complain that your rep «s.first» told my boss I have «ill.said». My lawyer is «r.name», "
         "«r.tel»."),
        ("Again!! you sent «drug.said» to my OLD address «p.post» and now my neighbor knows about the «ill.said». "
         "«p.first»")), clean=(
        "this is the third time the «thing» comes broken. order «order», ticket «id», I want my «price» back",
        "I complain that your store at the «landmark» closed early on «day» although the site says «hour».")),
    Form("lab comment", holding=(
        "Result note: A1c 8.1, consistent with «ill». Dr. «s.last» to start «drug». Pt «p.any», chart # «chart».",
        "Called «p.first» w results, neg for «ill», pos for «ill». Rx «drug» sent. -«s.first», MA"), clean=(
        ("Result note: control run «control» in range («float»), analyzer fw «release», reagent lot «lot», operator on shift "
         "«few»"),
        "Specimen rejected: tube unlabeled, barcode «barcode», courier bag «order», picked up «hour»")),
    Form("caregiver message", holding=(
        ("I'm «r.name», POA for «p.name» (DOB «p.bday»). Because of the «ill.said» the «drug.said» comes in two doses, can you "
         "split the packs?"),
        "Good morning, «p.first»'s aide here. no «drug.said» since «visit», daughter «r.first» is at «r.tel»"), clean=(
        "Good morning, the aide service is booked until «day». Invoice «id» is «price». Key is in the box at the «landmark».",
        "can you split the packs in two, one for week «few» and one for week «minute»? order «order», thanks")),
    Form("therapy note", holding=(
        ("Session «few»: «p.first» describes a busy month, sleeps better on «drug». Working dx «ill» («code»). Spouse «r.first» "
         "joins next time. «s.name», LCSW"),
        "Client «p.name» disclosed a history of «ill»; safety plan made with sister «r.name» («r.tel»)."), clean=(
        "Session «few» of 12 completed, module «version», worksheet «few» assigned, next on «visit»",
        "Group room «minute» booked «day», «count» seats, video bridge «gid», no recording")),
    Form("card reading", holding=(
        "OCR front: MEMBER NAME «p.any:upper» ID NO «plan» RXBIN 610«minute»1 RXPCN ADV RXGRP RX«last4»",
        "OCR: MEDICARE HEALTH INSURANCE Name/Nombre «p.name:upper» Medicare Number/Número de Medicare «mbi» HOSPITAL (PART A)",
        "OCR: DRIVER LICENSE DLN «license» DOB «p.bday» LN «p.last:upper» FN «p.first:upper» ADD «p.post:upper»"), clean=(
        "OCR front: GIFT CARD BALANCE «price» VALID UNTIL 12/29 BATCH «lot» SCRATCH TO REVEAL",
        "OCR back: customer service hours «hour» to 9 pm, form «sku», printed «day», recyclable 0.«last4»")),
    Form("chargeback letter", holding=(
        ("Dispute «intent»: cardholder «p.name», PAN «pan», billing address «p.post», says «drug» was never ordered. Caller IP "
         "«ip4»."),
        ("Evidence: signed for by «r.name» at «p.street» on «day»; customer e-mail «p.email»; telehealth consent of "
         "«p.any».")), clean=(
        "Dispute «intent»: reason 13.1, amount «price», respond by «day». Evidence: tracking «tracking», order «order».",
        "Evidence: terms «version» accepted on «tss», masked card «masked», AVS Y, CVV M, 3DS «uuid».")),
    Form("meeting minutes", holding=(
        ("Present: «s.name», «t.name», «r.name» (by phone). 1. Complaint of «p.name» about «drug»: refund. 2. Dr. «s.last» asks "
         "for more slots."),
        "Action: «s.first» to call «p.name» re «ill» program by «day»; «t.first» writes the policy."), clean=(
        ("1. Sales of the «namesake» up «minute» percent. 2. Site moves to version «version» on «day». 3. Founded on March 3, "
         "1984: plan the party."),
        "Action: operations to count «thing» stock by «day»; finance books «price» under «order».")),
    Form("marketing copy", holding=(
        '"I got my life back," says «p.name», who lived with «ill» for «few» years before her doctor, «s.name», tried «drug».',
        "Subject: «p.first», your «drug» is now «minute»% off. Because living with «ill» is enough."), clean=(
        "Meet the «namesake»: soft as a Sunday, made for your favorite room. Now «minute»% off with code REST«minute».",
        ("New in «month»: the «thing», rated «few» out of 12 by our testers. Grace period of «count» days, no questions asked. "
         "Mark it in your diary!"))),
)  # fmt: skip
_MACHINES = (
    Form("order webhook", holding=(
        ('{"id":«gid»,"name":"#«order»","email":"«p.email»","customer":{"first_name":"«p.first»","last_name":"«p.last»",'
         '"phone":"«p.tel»"},"line_items":[{"title":"«drug» «count»mg","sku":"«sku»"}]}'),
        ('{"topic":"orders/paid","shipping_address":{"name":"«p.name»","address1":"«p.street»","city":null,"phone":"«p.e164»"},'
         '"note":"for «ill»","browser_ip":"«ip4»"}')), clean=(
        ('{"id":«gid»,"name":"#«order»","email":null,"customer":null,"total_price":"«price»","line_items":[{"title":"«thing»",'
         '"sku":"«sku»"}],"processed_at":"«tsz»"}'),
        ('{"topic":"inventory_levels/update","inventory_item_id":«gid»,"location_id":«id»,"available":«count»,"updated_at":"«tsz»'
         '","location":"«landmark»"}'))),
    Form("metafield", holding=(
        ('{"namespace":"intake","key":"«?conditions|diagnosis|medical_history»","type":"list.single_line_text_field",'
         '"value":"[\\"«ill»\\",\\"«ill»\\"]","owner_resource":"customer"}'),
        ('customer.metafields.rx.«?birth_date|dob»=«p.born» customer.metafields.rx.current_medications="«drug», «drug»" '
         'customer.metafields.rx.plan_member_id=«plan»')), clean=(
        ('{"namespace":"custom","key":"care_guide","type":"single_line_text_field","value":"«thing», wash at «few»0",'
         '"owner_resource":"product","id":«gid»}'),
        ('product.metafields.specs.release_date=«iso» product.metafields.specs.gtin=«barcode» product.metafields.specs.batch="'
         '«lot»"'))),
    Form("magento main log", holding=(
        ('[«ts»] main.CRITICAL: Unable to save shipping information for «p.email»: address "«p.post»" failed validation '
         '{"quote":«id»} []'),
        "[«ts»] main.INFO: Prescription upload by «p.any» matched drug «drug», customer dob «p.born», store 1 [] []"), clean=(
        '[«ts»] main.CRITICAL: Unable to save shipping information for quote «id»: region is required {"cart_items":«count»} []',
        "[«ts»] main.INFO: Reindex of catalogsearch_fulltext took «ms» ms, «count» rows, sim «luhn» [] []")),
    Form("payment log", holding=(
        ('«tss» DEBUG authorize.net request: {"cardNumber":"«pan»","expirationDate":"2029-04","billTo":{"firstName":"«p.first»",'
         '"lastName":"«p.last»","address":"«p.street»","zip":"*****"}}'),
        '«tsc» gateway[«pid»] AUTH pan=«pan.plain» amt=«cents» cur=USD name="«p.any»" ip=«ip4» rc=05 msg="Do not honor"'), clean=(
        ('«tss» DEBUG authorize.net response: {"transId":"«gid»","responseCode":"1","accountNumber":"XXXX«last4»","refTransHash":'
         '"«hex32»"}'),
        "«tsc» gateway[«pid»] CAPTURE id=«intent» amt=«cents» cur=USD card=«masked» rc=00 device=«imei» trace=«luhn»")),
    Form("print_r dump", holding=(
        ("Array\n(\n    [customer_email] => «p.email»\n    [customer_dob] => «p.born» 00:00:00\n    [customer_firstname] => "
         "«p.first»\n    [customer_lastname] => «p.last»\n    [remote_ip] => «ip4»\n)"),
        ("Array\n(\n    [street] => Array\n        (\n            [0] => «p.street»\n        )\n\n    [telephone] => «p.tel»\n   "
         " [rx_drug] => «drug»\n    [rx_reason] => «ill»\n)")), clean=(
        ("Array\n(\n    [sku] => «sku»\n    [qty_ordered] => «count».0000\n    [name] => «namesake»\n    [created_at] => «tss»\n "
         "   [ean] => «barcode»\n)"),
        ("Array\n(\n    [carrier_code] => ups\n    [track_number] => «tracking»\n    [title] => «thing»\n    [weight] => "
         "«float»\n)"))),
    Form("var_export dump", holding=(
        ("array (\n  'patient' => '«p.any:py»',\n  'ssn' => '«ssn»',\n  'phone_home' => '«p.tel»',\n  'meds' => \n  array (\n    "
         "0 => '«drug»',\n    1 => '«drug»',\n  ),\n)"),
        ("array (\n  'lastname' => '«p.last:py»',\n  'birthDate' => '«p.bday»',\n  'postal' => '«p.post:py»',\n  'problem_list' "
         "=> '«ill:py»',\n)")), clean=(
        ("array (\n  'increment_id' => '«order»',\n  'state' => 'processing',\n  'updated_at' => '«tss»',\n  'label' => "
         "'«thing»',\n)"),
        "array (\n  'module' => 'Fernhollow_Rewards',\n  'setup_version' => '«release»',\n  'checksum' => '«sha»',\n)")),
    Form("graphql request", holding=(
        ('{"query":"mutation($i:CustomerInput!){customerUpdate(customer:$i){customer{id}}}","variables":{"i":{"firstName":"'
         '«p.first»","lastName":"«p.last»","email":"«p.email»","phone":"«p.e164»","note":"dx «ill»"}}}'),
        ('mutation { setGuestEmailOnCart(input: {cart_id: "«few»", email: "«p.email»"}) { cart { email } } } # customerToken '
         '«jwt»')), clean=(
        ('{"query":"query($c:String){products(first:«few»,after:$c){edges{cursor node{id title}}}}","variables":{"c":null},'
         '"extensions":{"cost":{"requestedQueryCost":«ms»}}}'),
        'query { products(filter: {sku: {eq: "«sku»"}}) { items { name stock_status } } } # took «ms» ms, store view «few»')),
    Form("nginx access", holding=(
        '«ip4» - - [«clf»] "GET /account/search?q=«p.email:url»&dob=«p.born» HTTP/2.0" «status» «bytes» "-" "Mozilla/5.0"',
        ('«ip4» - - [«clf»] "POST /refill?drug=«drug:url»&patient_name=«p.name:url» HTTP/1.1" «status» «bytes» "https://shop.fern'
         'hollow.example/rx" "okhttp/«version»"')), clean=(
        'unix: - - [«clf»] "GET /static/version«unix»/frontend/«thing:url».jpg HTTP/2.0" «status» «bytes» "-" "Mozilla/5.0"',
        ('«pod» - - [«clf»] "GET /catalogsearch/result/?q=«namesake:url»&p=«few» HTTP/1.1" «status» «bytes» rt=«float» '
         'ua="curl/8.«few».0"'))),
    Form("cdn log", holding=(
        ('{"ClientIP":"«ip»","ClientRequestURI":"/apps/intake?step=3&condition=«ill:url»","EdgeStartTimestamp":"«tsz»",'
         '"RayID":"«hex16»","EdgeResponseStatus":«status»}'),
        '«tsz» cache-iad-«id» «ip» "GET" "/unsubscribe?e=«p.email:pct»&u=«uuid»" «status» MISS «bytes»'), clean=(
        ('{"ClientCountry":"us","ClientRequestURI":"/collections/all?sort_by=price","EdgeStartTimestamp":"«tsz»",'
         '"RayID":"«hex16»","EdgeResponseBytes":«bytes»}'),
        '«tsz» cache-iad-«id» "GET" "/assets/theme.«hex16».css" «status» HIT «bytes» etag=«etag»')),
    Form("hl7 adt", holding=(
        ("MSH|^~\\&|FHREG|FERNHOLLOW|EHR|CLINIC|«hl7ts»||ADT^A04|«control»|P|2.5.1\rPID|1||«chart»^^^FH^MR||«p.caret»||"
         "«p.yyyymmdd»|F|||«p.fields»||«p.digits»\rDG1|1||«code»^«ill»^I10"),
        ("PID|1||«chart»^^^FERN^MR~«ssn.plain»^^^SSA^SS||«p.caret»||«p.yyyymmdd»|M\rIN1|1|PPO|«id»|||||||||||||||||||||||||||||||"
         "||«plan»\rNK1|1|«r.caret»|SPO||«r.tel»")), clean=(
        "MSH|^~\\&|FHREG|FERNHOLLOW|EHR|CLINIC|«hl7ts»||ACK^A04|«control»|P|2.5.1\rMSA|AA|«control»|message accepted in «ms» ms",
        "FHS|^~\\&|FHREG|FERNHOLLOW|||«hl7ts»||batch.«ymd»||«control»\rBTS|«count»|nightly\rFTS|1")),
    Form("hl7 order", holding=(
        ("MSH|^~\\&|PORTAL|FH|LAB|REF|«hl7ts»||ORM^O01|«control»|T|2.3\rPID|||«chart»^^^^MR||«p.caret»\rOBR|1|«id»||80061^LIPID "
         "PANEL^CPT|||«hl7ts»|||||||||«npi»^«s.caret»^^^^^NPI"),
        "RXE|^^^«hl7ts»|«ndc.plain»^«drug:upper»^NDC|«few»||TAB\rRXR|PO\rZRX|prescriber DEA «dea»|«s.caret»"), clean=(
        ("MSH|^~\\&|LAB|REF|PORTAL|FH|«hl7ts»||ORU^R01|«control»|T|2.3\rOBX|1|NM|2345-7^GLU^LN||«count»|mg/dL|70-99||||F|||"
         "«hl7ts»"),
        "MFI|CDM^charge master^HL70175||UPD|«hl7ts»||AL\rMFE|MAD|«control»|«hl7ts»|«lot»^«thing:upper»")),
    Form("fhir patient", holding=(
        ('{"resourceType":"Patient","identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"«chart»"}],"name":[{"family":"'
         '«p.last»","given":["«p.first»"]}],"telecom":[{"system":"phone","value":"«p.tel»"}],"birthDate":"«p.born»",'
         '"address":[{"line":["«p.street»"]}]}'),
        ("GET /fhir/R4/Patient?family=«p.last:url»&given=«p.first:url»&birthdate=eq«p.born» «status» «ms»ms accept=application/fh"
         "ir+json")), clean=(
        ('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"No resource «uuid» '
         '(version «count»)"}]}'),
        "GET /fhir/R4/metadata «status» «ms»ms software=hapi/«version» fhirVersion=4.0.1 date=«iso» etag=«etag»")),
    Form("fhir medication", holding=(
        ('{"resourceType":"MedicationRequest","id":"«uuid»","medicationCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir'
         '/sid/ndc","code":"«ndc»"}],"text":"«drug»"},"subject":{"display":"«p.any»"},"requester":{"display":"Dr. «s.name»"},'
         '"reasonCode":[{"text":"«ill»"}]}'),
        ('<Condition xmlns="http://hl7.org/fhir"><code><coding><system value="http://hl7.org/fhir/sid/icd-10-cm"/><code '
         'value="«code»"/><display value="«ill»"/></coding></code><subject><display value="«p.name»"/></subject>'
         '</Condition>')), clean=(
        ('{"resourceType":"Bundle","type":"searchset","total":0,"timestamp":"«tsz»","link":[{"relation":"self","url":"https://ehr'
         '.fernhollow.example/fhir/Slot?start=ge«iso»"}]}'),
        ('<CapabilityStatement xmlns="http://hl7.org/fhir"><version value="«version»"/><date value="«iso»"/><software><name '
         'value="bridge"/></software></CapabilityStatement>'))),
    Form("x12 claim", holding=(
        ("ST*837*«control»*005010X222A1~NM1*IL*1*«p.star»****MI*«plan»~N3*«p.street:upper»~DMG*D8*«p.yyyymmdd»*F~"
         "HI*ABK:«code.bare»*ABF:«code.bare»~NM1*82*1*«s.star»****XX*«npi»~"),
        ("CLM*«id»*«price»***02:B:1*Y*A*Y*Y~REF*EA*«chart»~HI*ABK:«code.bare»~LIN**N4*«ndc.plain»~"
         "NM1*DN*1*«s.star»****XX*«npi»~")), clean=(
        ("ISA*00*          *00*          *ZZ*FERNHOLLOW     *ZZ*PAYER          *260«last4»*1200*^*00501*«control»*0*P*:~"
         "GS*HC*FERNHOLLOW*PAYER*«ymd»*1200*«count»*X*005010X222A1~"),
        ("ST*999*«control»*005010X231A1~AK1*HC*«count»*005010X222A1~AK2*837*«control»~IK5*A~AK9*A*«few»*«few»*«few»~"
         "SE*6*«control»~"))),
    Form("x12 eligibility", holding=(
        "NM1*IL*1*«p.star»****MI*«plan»~DMG*D8*«p.yyyymmdd»~DTP*291*D8*«ymd»~EQ*30~",
        ("HL*3*2*22*0~TRN*1*«control»*9«gid»~NM1*IL*1*«p.star»****MI*«mbi»~REF*SY*«ssn.plain»~N3*«p.street:upper»~"
         "EB*1*IND*30~")), clean=(
        "BHT*0022*13*«control»*«ymd»*1200~HL*1**20*1~NM1*PR*2*FERNHOLLOW PLAN*****PI*«last4»~EQ*30~SE*«few»*«control»~",
        "AAA*N**42*Y~TRN*2*«control»*9«id»~DTP*102*D8*«ymd»~MSG*unable to respond at current time, retry after «ms» s~")),
    Form("ncpdp script", holding=(
        ("<NewRx><Patient><HumanPatient><Name><LastName>«p.last»</LastName><FirstName>«p.first»</FirstName></Name><DateOfBirth>"
         "<Date>«p.born»</Date></DateOfBirth></HumanPatient></Patient><MedicationPrescribed><DrugDescription>"
         "«drug»</DrugDescription><ProductCode><Code>«ndc.plain»</Code><Qualifier>ND</Qualifier></ProductCode></MedicationPresc"
         "ribed></NewRx>"),
        ("<Prescriber><NonVeterinarian><Identification><NPI>«npi»</NPI><DEANumber>«dea»</DEANumber></Identification><Name>"
         "<LastName>«s.last»</LastName></Name><PrimaryTelephone><Number>«s.digits»</Number></PrimaryTelephone>"
         "</NonVeterinarian></Prescriber><Diagnosis><Primary><Code>«code.bare»</Code><Description>«ill»</Description>"
         "</Primary></Diagnosis>")), clean=(
        ('<Message version="2017071"><Header><MessageID>«hex32»</MessageID><SentTime>«tsz»</SentTime></Header><Body><Status>'
         '<Code>010</Code></Status></Body></Message>'),
        ("<Error><Code>900</Code><DescriptionCode>1000</DescriptionCode><Description>Transaction «uuid» timed out after «ms» s, "
         "build «release»</Description></Error>"))),
    Form("customer export", holding=(
        ('First Name,Last Name,Email,Accepts Marketing,Phone,Address1,Total Spent\n«p.first»,«p.last»,«p.email»,yes,«p.tel»,'
         '"«p.street»",«count».10\n«next»«p.first»,«p.last»,«p.email»,no,,"«p.street»",0.00'),
        "entity_id,email,firstname,lastname,dob,taxvat,rx_condition\n«id»,«p.email»,«p.first»,«p.last»,«p.born»,,«ill»"), clean=(
        ("Handle,Title,Vendor,Variant SKU,Variant Price,Barcode,Published\n«lot»,«namesake»,Fernhollow,«sku»,«count».99,"
         "«barcode»,TRUE\n«lot»,«thing»,Fernhollow,«sku»,«count».95,«barcode»,FALSE"),
        ("order_id,increment_id,created_at,grand_total,tracking\n«id»,«order»,«tss»,«count».50,«tracking»\n«id»,«order»,«tss»,"
         "«count».50,«tracking»"))),
    Form("appointment export", holding=(
        "appt_id;patient;birth_date;mrn;provider;provider_npi;reason\n«id»;«p.any»;«p.bday»;«chart»;«s.name»;«npi»;«ill»",
        ("visit_start\tpt_last\tpt_first\tmobile\tpayer_member_no\tdx\n"
         "«tss»\t«p.last»\t«p.first»\t«p.tel»\t«plan»\t«code»")), clean=(
        "slot_id;start;minutes;room;booked;modality\n«id»;«tss»;«minute»;«few»;0;video\n«gid»;«tss»;«minute»;«few»;1;phone",
        "device_serial\tfirmware\tlast_seen\tlot\n«imei»\t«release»\t«tss»\t«lot»\n«imei»\t«release»\t«tss»\t«lot»")),
    Form("sql statement", holding=(
        ("INSERT INTO `customer_entity` (`entity_id`,`email`,`firstname`,`lastname`,`dob`) VALUES («id»,'«p.email»',"
         "'«p.first:sql»','«p.last:sql»','«p.born»');"),
        ("UPDATE patients SET home_address = '«p.post:sql»', cell = '«p.tel»', primary_dx = '«code»' WHERE full_name = "
         "'«p.name:sql»' AND ssn = '«ssn»';")), clean=(
        ("INSERT INTO `sales_order_status_history` (`parent_id`,`status`,`created_at`,`entity_name`) VALUES («id»,'complete',"
         "'«tss»','order');"),
        ("UPDATE catalog_product_entity SET sku = '«sku»', updated_at = '«tss»' WHERE entity_id = «id» AND row_version = "
         "«count»;"))),
    Form("slow query", holding=(
        ("# Query_time: «float»  Rows_examined: «id»\nSELECT * FROM rx_history WHERE drug_name LIKE '%«drug»%' AND patient_email "
         "= '«p.email»' ORDER BY filled_on DESC;"),
        ("duration: «ms».«last4» ms  statement: SELECT id FROM members WHERE subscriber_id = '«plan»' AND lower(last_name) = "
         "'«p.last:sql»'")), clean=(
        ("# Query_time: «float»  Rows_examined: «id»\nSELECT COUNT(*) FROM quote WHERE updated_at < '«tss»' AND is_active = "
         "«few»;"),
        "duration: «ms».«last4» ms  statement: SELECT id FROM shipments WHERE tracking = '«tracking»' AND batch = «control»")),
    Form("python traceback", holding=(
        ('Traceback (most recent call last):\n  File "/srv/rx/refill.py", line «minute», in refill\n    patient = {\'name\': '
         '"«p.name»", \'dob\': \'«p.born»\', \'drug\': \'«drug»\'}\nKeyError: \'quantity\''),
        'locals: first_name="«p.first»" surname="«p.last»" diagnosis="«ill»" auth_header=\'Bearer «jwt»\' attempt=«few»'), clean=(
        ('Traceback (most recent call last):\n  File "/srv/shop/sync.py", line «minute», in sync\n    item = {\'sku\': \'«sku»\','
         ' \'qty\': «count»}\nKeyError: \'warehouse\''),
        'locals: sku="«sku»" batch="«lot»" cursor=\'«uuid»\' retry_after=«ms» attempt=«few» started=\'«tsz»\'')),
    Form("java exception", holding=(
        ("«tsc» ERROR [http-«few»] c.f.claims.ClaimService - reject: Member[name=«p.name», memberId=«plan», dob=«p.born», "
         "diagnosis=«ill»]\n\tat c.f.claims.Api.post(Api.java:«minute»)"),
        ("Caused by: org.hibernate.exception.ConstraintViolationException: Duplicate entry '«p.email»' for key 'uk_patient_email'"
         "\n\tat c.f.Dao.save(Dao.java:«ms»)")), clean=(
        ("«tsc» WARN [http-«few»] c.f.stock.StockService - reject: Item[sku=«sku», qty=«count», gtin=«barcode»]\n\tat "
         "c.f.stock.Api.post(Api.java:«minute»)"),
        ("Caused by: java.lang.IllegalStateException: Duplicate entry '«order»' for key 'uk_increment_id'\n\tat c.f.Dao.save(Dao."
         "java:«ms»)"))),
    Form("queue envelope", holding=(
        ('{"MessageId":"«uuid»","Body":"{\\"event\\":\\"visit.ended\\",\\"patient\\":\\"«p.name»\\",\\"dob\\":\\"«p.born»\\",'
         '\\"rx\\":\\"«drug»\\"}","Attributes":{"SentTimestamp":"«unixms»"}}'),
        ('{"specversion":"1.0","type":"profile.changed","id":"«uuid»","data":{"old":{"phone":"«p.tel»"},"new":{"phone":"«cell»"},'
         '"person":"«p.name»"}}')), clean=(
        ('{"MessageId":"«uuid»","Body":"{\\"event\\":\\"stock.moved\\",\\"sku\\":\\"«sku»\\",\\"to\\":\\"«landmark»\\"}",'
         '"Attributes":{"SentTimestamp":"«unixms»"}}'),
        ('{"specversion":"1.0","type":"build.finished","id":"«uuid»","time":"«tsz»","data":{"commit":"«sha»",'
         '"version":"«release»","ms":«ms»}}'))),
    Form("consumer log", holding=(
        ("«tsc» [rx-consumer-«few»] offset=«gid» key=«p.email» value={drug=«drug», ndc=«ndc», prescriber=«s.name», prescriberNpi="
         "«npi»}"),
        ('«tsc» dead letter topic=intake partition=«few» payload="«p.any» | «p.bday» | «ill» | «p.tel»" '
         'headers=birthday:col2')), clean=(
        "«tsc» [stock-consumer-«few»] offset=«gid» key=bin-«id» value={bin=«shelf», lot=«lot», counted=«count», on=«iso»}",
        "«tsc» rebalance topic=orders partitions=«count» generation=«id» member=consumer-«few»-«uuid» took=«ms»ms")),
    Form("crm export", holding=(
        ('Record ID,Contact,Email,Lifecycle,Owner,Last note\n«gid»,«p.name»,«p.email»,customer,«s.name»,"asked for «drug», has '
         '«ill»"'),
        ('{"vid":«gid»,"properties":{"firstname":{"value":"«p.first»"},"mobilephone":{"value":"«p.tel»"},"hs_health_concern":{"va'
         'lue":"«ill»"},"address":{"value":"«p.street»"}}}')), clean=(
        ('Record ID,Company,Stage,Amount,Close date\n«gid»,"Cooper, Grant & Mercy Imports",won,«count»00,«iso»\n«id»,Austin Lane '
         'Linens,lost,«count»00,«iso»'),
        ('{"dealId":«gid»,"properties":{"dealname":{"value":"«namesake» renewal"},"amount":{"value":"«price»"},"closedate":{"valu'
         'e":"«unixms»"}}}'))),
    Form("survey export", holding=(
        ('{"form_id":"«hex16»","answers":[{"field":{"ref":"full_name"},"text":"«p.any»"},{"field":{"ref":"email"},'
         '"email":"«p.email»"},{"field":{"ref":"which_condition"},"text":"«ill.said»"}]}'),
        ('"Submitted at","What is your birthday?","Which medicine do you take?","Cell"\n"«tss»","«p.bday»","«drug.said»",'
         '"«p.tel»"')), clean=(
        ('{"form_id":"«hex16»","answers":[{"field":{"ref":"score"},"number":«few»},{"field":{"ref":"color"},"choice":{"label":"oa'
         't"}}],"submitted_at":"«tsz»"}'),
        '"Submitted at","How did you hear of us?","Which product?","Score"\n"«tss»","radio","«namesake»","«few»"')),
    Form("video webhook", holding=(
        ('{"event":"meeting.participant_joined","payload":{"object":{"topic":"Visit «p.name» / Dr. «s.last»","participant":{"user'
         '_name":"«p.first»","email":"«p.email»","ip_address":"«ip»"}}}}'),
        ('{"event":"recording.transcript_completed","payload":{"object":{"host_email":"«s.email»","topic":"«ill» check-in with '
         '«p.name»","uuid":"«uuid»"}}}')), clean=(
        ('{"event":"meeting.ended","payload":{"object":{"topic":"Weekly stock review","duration":«few»,"uuid":"«uuid»",'
         '"start_time":"«tsz»"}}}'),
        "RoomSid=RM«hex32»&StatusCallbackEvent=room-created&RoomType=group&SequenceNumber=«few»&Timestamp=«tsz:url»")),
    Form("terraform output", holding=(
        ('  # aws_ssm_parameter.shop_token will be updated in-place\n  ~ resource "aws_ssm_parameter" "shop_token" {\n      ~ '
         'value = "«key.shopify»"\n    }'),
        ('module.db.aws_instance.bastion: Creation complete after «minute»s\nbastion_public_ip = "«ip4»"\nadmin_contact = '
         '"«s.email»"\naws_access_key_id = "«key.aws»"')), clean=(
        ('  # aws_s3_bucket.exports will be created\n  + resource "aws_s3_bucket" "exports" {\n      + id = (known after apply)\n'
         '      + etag = "«hex32»"\n    }'),
        ("Terraform «version» on linux_amd64\n+ provider registry.terraform.io/hashicorp/aws v«release»\nPlan: «few» to add, "
         "«count» to change"))),
    Form("build output", holding=(
        "«tsz» ##[debug]env: SLACK_TOKEN=«secret»\n«tsz» ##[error]Process completed with exit code «few».",
        "«tsz» seeding staging from prod: customer 1/«count» «p.name» <«p.email»>, reviewer «s.name» approved"), clean=(
        ("«tsz» ##[group]Run actions/checkout@v«few»\n«tsz» HEAD is now at «sha» Merge branch 'carson-city'\n«tsz» env: "
         "SLACK_TOKEN=***"),
        "«tsz» yarn install «version»: resolved «count» packages, integrity «integrity», «ms» ms")),
    Form("pixel call", holding=(
        ("GET /tr/?id=«gid»&ev=CompleteRegistration&ud[em]=«p.email:url»&ud[fn]=«p.first:url»&cd[content_name]=«ill:url»&"
         "ts=«unixms» HTTP/2"),
        ("https://analytics.example/g/collect?v=2&en=view_item&ep.med=«drug:url»&ep.user_phone=«p.e164:url»&dl=https%3A%2F%2Fshop"
         ".fernhollow.example%2Frx")), clean=(
        "GET /tr/?id=«gid»&ev=PageView&dl=https%3A%2F%2Fshop.fernhollow.example%2F&sw=1440&sh=900&v=«release»&ts=«unixms» HTTP/2",
        "https://analytics.example/g/collect?v=2&en=add_to_cart&ep.item=«namesake:url»&ep.value=«price»&_s=«few»&tid=G-«hex16»")),
    Form("mail event", holding=(
        ('[{"email":"«p.email»","timestamp":«unix»,"event":"open","sg_message_id":"«uuid»","ip":"«ip4»","category":["«drug»-refil'
         'l"]}]'),
        ('«syslog» mx1 postfix/smtp[«pid»]: «hex16»: to=<«p.email»>, relay=mx.webpost.example, status=bounced (user unknown), '
         'subject="Your «ill» results, «p.first»"')), clean=(
        ('[{"timestamp":«unix»,"event":"deferred","attempt":"«few»","sg_message_id":"«uuid»","category":["newsletter"],'
         '"response":"4.7.0 try later"}]'),
        "«syslog» mx1 postfix/qmgr[«pid»]: «hex16»: removed; size=«bytes», nrcpt=«few» (queue active)")),
    Form("sms log", holding=(
        "SmsSid=SM«hex32»&From=«p.e164:url»&Body=«?this+is|hi+its»+«p.first:url»+need+my+«drug:url»&NumMedia=0",
        ('{"sid":"SM«hex32»","to":"«p.e164»","status":"delivered","body":"«p.first», your «drug» ships «visit»","price":"-0.0079"'
         '}')), clean=(
        "AccountSid=AC«hex32»&SmsStatus=sent&ErrorCode=&NumSegments=«few»&ApiVersion=2010-04-01&Sequence=«gid»",
        ('{"sid":"SM«hex32»","to":null,"status":"failed","error_code":30«minute»«few»,"body":"code ****","date_created":"'
         '«tsz»"}'))),
    Form("error tracker", holding=(
        ('{"level":"error","user":{"email":"«p.email»","ip_address":"«ip»","username":"«p.name»"},"breadcrumbs":[{"category":"ui.'
         'input","message":"dob: «p.bday»"}],"release":"«version»"}'),
        ('{"exception":"ValidationError","extra":{"form":{"legal_name":"«p.any»","mailing_address":"«p.post»","insurance":{"subsc'
         'riber_id":"«plan»"},"passport_no":"«passport»"}}}')), clean=(
        ('{"level":"error","user":null,"breadcrumbs":[{"category":"ui.click","message":"button#buy-«gid»"}],'
         '"release":"«release»","event_id":"«hex32»"}'),
        ('{"exception":"TimeoutError","extra":{"host":"«pod»","elapsed_ms":«ms»,"sdk":"«version»","contexts":{"device":{"model":"'
         'Austin X«few»"}}}}'))),
    Form("login audit", holding=(
        '«syslog» idp[«pid»]: login ok user=«s.email» src=«ip» cn="«s.name»" session_token=«session»',
        ("dn: cn=«s.name»,ou=nurses,dc=fernhollow,dc=example\nmail: «s.email»\ntelephoneNumber: «s.tel»\ngivenName: «s.first»\n"
         "sn: «s.last»")), clean=(
        "«syslog» idp[«pid»]: policy «uuid» reloaded, «count» rules, revision «release», took «ms» ms",
        ("dn: cn=printers,ou=devices,dc=fernhollow,dc=example\nobjectClass: groupOfNames\nserialNumber: «part»\nmodifyTimestamp: "
         "«hl7ts»Z"))),
    Form("environment file", holding=(
        "# prod\nSTRIPE_SECRET_KEY=«key.stripe»\nSHOPIFY_ADMIN_TOKEN=«key.shopify»\nONCALL_PHONE=«s.tel»",
        ("apiVersion: v1\nkind: Secret\nmetadata:\n  name: mailer\nstringData:\n  SENDGRID_API_KEY: «secret»\n  ALERT_TO: "
         "«s.email»")), clean=(
        "# prod\nAPP_VERSION=«release»\nSTRIPE_SECRET_KEY=${STRIPE_SECRET_KEY}\nCACHE_TTL=«ms»\nBUILD_SHA=«sha»",
        ('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mailer\n  resourceVersion: "«gid»"\ndata:\n  IMAGE: mailer@sha256:'
         '«hex32»«hex32»'))),
    Form("request headers", holding=(
        ("GET /rest/V1/customers/me HTTP/1.1\r\nHost: shop.fernhollow.example\r\nAuthorization: Bearer «jwt»\r\nX-Forwarded-For: "
         "«ip»\r\nCookie: PHPSESSID=«session.php»"),
        ('POST /api/visits HTTP/1.1\r\nX-Api-Key: «secret»\r\nCookie: JSESSIONID=«session.java»; theme=oat\r\n\r\n'
         '{"patient":"«p.name»","reason":"«ill»"}')), clean=(
        ("GET /media/catalog/«lot».png HTTP/1.1\r\nHost: shop.fernhollow.example\r\nIf-None-Match: «etag»\r\nAuthorization: "
         "[FILTERED]\r\nX-Request-Id: «uuid»"),
        ('HTTP/1.1 «status»\r\nContent-Length: «bytes»\r\nETag: «etag»\r\nAge: «ms»\r\nVia: varnish/«version»\r\n\r\n<img '
         'src="«picture»">'))),
    Form("shipping label", holding=(
        ('{"object":"Shipment","to_address":{"name":"«p.any»","street1":"«p.street»","phone":"«p.digits»","email":"«p.email»"},'
         '"customs_info":{"contents_explanation":"«drug»"}}'),
        "^XA^FO50,50^FD«p.name:upper»^FS^FO50,90^FD«p.street:upper»^FS^FO50,170^FD«tracking»^FS^XZ"), clean=(
        ('{"object":"Tracker","tracking_code":"«tracking»","status":"in_transit","est_delivery_date":"«tsz»","carrier":"UPS",'
         '"weight":«float»}'),
        "^XA^FO50,50^FDLOT «lot»^FS^FO50,90^FDEXP «iso»^FS^FO50,170^BC^FD«luhn»^FS^XZ")),
    Form("soap message", holding=(
        ("<soapenv:Body><ws:VerifyIdentity><GivenName>«p.first»</GivenName><Surname>«p.last»</Surname><SSN>«ssn»</SSN><BirthDate>"
         "«p.born»</BirthDate><DLNumber>«license»</DLNumber></ws:VerifyIdentity></soapenv:Body>"),
        ('<ns2:provider npi="«npi»" deaNumber="«dea»"><ns2:fullName>«s.name»</ns2:fullName><ns2:officePhone>«s.tel»</ns2:officePh'
         'one></ns2:provider>')), clean=(
        ("<soapenv:Body><ws:GetQuoteResponse><rate>«price»</rate><zone>«few»</zone><transit>«count»</transit><ref>«uuid»</ref>"
         "</ws:GetQuoteResponse></soapenv:Body>"),
        '<ns2:catalog version="«release»" generated="«tsz»"><ns2:item gtin="«barcode»">«namesake»</ns2:item></ns2:catalog>')),
    Form("identity check", holding=(
        'kyc.vendor result=match name="«p.any»" passport=«passport» dob=«p.bday» score=«float»',
        ('{"document":{"type":"driving_license","number":"«license»","issuing_state":"WI"},"person":{"lastName":"«p.last»",'
         '"birthDate":"«p.born»"},"checkId":"«uuid»"}')), clean=(
        'kyc.vendor result=error code=E«last4» retries=«few» score=«float» image="«picture»" ms=«ms»',
        ('{"document":{"type":"utility_bill","pages":«few»,"sha256":"«hex32»«hex32»"},"checkId":"«uuid»","expires":"«iso»",'
         '"engine":"«release»"}'))),
)  # fmt: skip
FORMS = (*_TALK, *_MACHINES)


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value, and about half are by people."""
    chance = Random(f"crossroads.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(chance.choice((_TALK, _MACHINES))), chance.random() < _HOLDING
        yield line(form, chance, troupe(), holding=holding)
