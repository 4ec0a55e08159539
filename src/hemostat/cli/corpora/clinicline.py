"""What people and machines of a company for telehealth write: visits, refills, faxes, calls, engines, messages and exports.

Written without a look at the recognizers. Rules of the labels: every name of a person counts, of patients, relatives and staff,
and so does a first name alone, without titles and degrees; a drug without its dose; a number without the words that announce
it. A street in a segment or field of its own is labelled without the city of the next one, and names in two fields are two
values. Ages, days on which nobody was born, plans, groups, claims, prescriptions, organizations and tests of a laboratory are
no values.
"""

from collections.abc import Iterator
from random import Random

from .filling import Form, line
from .labelled import Labelled
from .newcomers import cast

_TALK = (
    Form("visit chat", holding=(
        "[«clock»] patient: hi it's «p.first», still on «drug» for the «ill», ok to take «drug» with it?",
        "Dr. «s.doctor»: good «?morning|afternoon|evening» «p.first», i see «ill» on your chart. are you still taking «drug»?",
        "pt > my daughter «r.first» will join from «r.tel», she handles my meds. my bday is «p.day» if you need it",
    ), clean=(
        "[«clock»] SYSTEM: your provider is running «few» minutes late. You are number «few» in line.",
        "patient: can you hear me now? the camera froze «few» times, switching to the tablet",
        "provider: no rush at all, take your time, I'll stay on the line until «hour»",
    )),
    Form("captions", holding=(
        "WEBVTT\n\n00:«minute»:12.480 --> 00:«minute»:15.020\n<v «s.name»>How long have you had «ill», «p.first»?",
        "«count»\n00:01:«minute»,000 --> 00:01:59,500\nand so you started «drug» after the «ill» came back",
        '{"speaker":"ch_1","t":«float»,"text":"yeah this is «p.name:lower:esc» my date of birth is «p.day»"}',
    ), clean=(
        "WEBVTT\n\n00:«minute»:12.480 --> 00:«minute»:15.020\n<v Speaker 1>Okay, let me share my screen with you.",
        "«count»\n00:01:«minute»,000 --> 00:01:59,500\n[crosstalk] no, go ahead, I was just going to say the same",
        '{"speaker":"ch_0","t":«float»,"text":"um let me pull that up one second","conf":0.9«few»}',
    )),
    Form("after-visit summary", holding=(
        (
            "AFTER VISIT SUMMARY\nPatient: «p.comma»   MRN: «chart»   DOB: «p.bday»\nSeen by: «s.name», FNP-C\nDiagnosis: "
            "«ill» («dx»)"
        ),
        "Today we talked about your «ill». Start «drug» 1 tablet at bedtime, stop «drug». See «s.name», PA-C, in «few» weeks.",
        "Thank you for visiting us, «p.first»! Your provider was «s.name», NP. Medication list: «drug», «drug», «drug».",
    ), clean=(
        "AFTER VISIT SUMMARY (page «few» of 12)\nDrink water, rest, and message us in the app with any question.",
        "Your next video visit is on «day» at «hour». Please test your camera ten minutes before.",
        "Summary «version» generated «tsz» template=avs_en_us checksum=«sha»",
    )),
    Form("refill message", holding=(
        "Refill pls: «p.any» DOB «p.day», «drug» 20mg #30, pharmacy has my cell «p.tel»",
        "Hi, can I get my «drug» refilled early? Going to be at «r.first»'s place: «p.address». Thanks, «p.first»",
        "RE: renewal - pt on «drug» since 2019 for «ill». ok x3 refills per Dr. «s.last».",
    ), clean=(
        "Refill #«count» of your order is on its way. Rx number «id», «few» refills left, auto-renews «day».",
        "Your request was received and is usually reviewed within «few» business hours. Do not reply to this message.",
        "pharmacy queue depth «count», oldest «few» h, SLA 24 h, on track",
    )),
    Form("coaching message", holding=(
        "Coach «s.first» here! Great week, «p.first» - «?6,104|7,287|8,455» steps a day. How is the «drug» sitting with you?",
        "«p.first» told me she was dx'd with «ill» in spring and is nervous about «drug» injections. cc «s.name»",
        "text from «p.tel»: can't make 4pm, «r.first» is home sick w/ «ill»",
    ), clean=(
        "Great week! «?6,104|7,287|8,455» steps a day, «few» workouts, and the water streak is at «count» days. Keep it up!",
        "New lesson unlocked: Reading a nutrition label, part «few». It takes about «count» minutes.",
        "The «lookalike» challenge starts «day»: walk «few» miles with your team and win a «product».",
    )),
    Form("voicemail", holding=(
        'Voicemail from «p.tel» («count» sec): "Hi this is «p.name», date of birth «p.day», calling about my «drug»"',
        "vm transcript: hello my name is «p.typed» i need to talk to «s.first» about the «ill» results my number is «p.tel»",
        "Missed call, caller «p.comma:upper», «p.e164», left msg re: «drug» PA",
    ), clean=(
        'Voicemail («count» sec, low confidence): "hey just calling back, uh, no need to call me, I found it in the app, bye"',
        "vm transcript: this is an automated message about your appointment on «day» at «hour», press one to confirm",
        "mailbox «last4» is «count»% full, oldest message «few» days",
    )),
    Form("nurse line triage", holding=(
        "RN «s.name» spoke w/ «r.name», mother of «p.name» (age 7). Hx «ill». Allergic to «drug». Dispo: video visit.",
        "TRIAGE CALLBACK «p.tel» «p.any» dob «p.day» / pmh: «ill», «ill» / meds: «drug»",
        "S: pt reports missed doses of «drug» x«few» days. A: «ill», stable. P: resume. «s.initial», RN",
    ), clean=(
        "TRIAGE CALLBACK attempted x«few», no answer, mailbox full, will try again at «hour»",
        "Protocol adult-general «version» opened «clock», closed «clock», disposition: self care, no chart",
        "S: caller asked about hours. A: none. P: told we are open until «hour», weekdays and «month» weekends.",
    )),
    Form("care team note", holding=(
        "@«s.first» can you call «p.name» (MRN «chart»)? says the «drug» is too expensive, ins is «payer» member ID «plan»",
        "huddle: «p.initial» - «ill», A1c pending; «r.initial» - started «drug», f/u «few» wks. Lead «s.name»",
        "handoff to «t.name» @ «hour»: MRN «chart» awaiting prior auth for «drug», dx «dx»",
    ), clean=(
        "huddle: «count» open slots today, «few» no-shows yesterday, site «venue» covers overflow until «hour»",
        "handoff «hour»: nothing pending, printer at «venue» still jams, ticket INC0«control»",
        "reminder to all: chart closure within «few» h, please use the new template «version»",
    )),
    Form("group session board", holding=(
        (
            "«p.first»: my therapist «s.name» said «ill» can take years. I'm «few» months sober off «?pills|drinking», on "
            "«drug» now."
        ),
        "hello all, I'm «p.first» from Ohio, living with «ill» since 2011",
        "mod note («s.first»): «p.short» posted a phone number, «p.tel», please remove",
    ), clean=(
        "Welcome to the circle! House rules: be kind, what is said here stays here, no selling. Week «few» topic: routines.",
        "someone left the mic on, could everyone mute please? slide «count» coming up",
        "mod note: thread «ulid» locked after «count» replies, reason: off topic",
    )),
    Form("interpreter log", holding=(
        "Interpreter «s.name» (Spanish) for «p.name», visit «uuid», «count» min. Provider Dr. «t.doctor».",
        "LEP pt «p.comma» DOB «p.bday», rel. «r.name» declined interpreter, says cell is «p.tel»",
    ), clean=(
        "Interpreter requested: language vi, queue wait «count» s, vendor job «control», rate $«price»",
        "LEP report «month»: «count» visits, «few» languages, median connect «ms» s",
    )),
)  # fmt: skip
_PAPER = (
    Form("intake form", holding=(
        (
            "Full legal name: «p.name»\nDate of birth: «p.day»\nSSN: «ssn»\nHome address: «p.address»\nCurrent "
            "medications: «drug», «drug»"
        ),
        '{"q1_first":"«p.first»","q2_last":"«p.last»","q3_birthdate":"«p.born»","q9_conditions":["«ill:esc»","«ill:esc»"]}',
        "Emergency contact: «r.name» (spouse) «r.tel» | Driver's license # «license» | Primary ins. ID «plan»",
    ), clean=(
        "Full legal name: ______\nDate of birth: __/__/____\nSSN: ___-__-____\nForm FH-«last4» rev. «us»",
        '{"q1_goal":"more energy","q2_hours_sleep":«few»,"q3_coffee":"«few» cups","form_version":"«version»","page_id":"«uuid»"}',
        "Section «few» skipped by applicant. Time on page «ms» s. Device «hardware» (kiosk).",
    )),
    Form("referral fax", holding=(
        (
            "FAX RCVD «us» «hour»  PG «?01|02|03»\nREFERRAL  PT NAME: «p.comma:upper»  D0B: «p.bday»\nREF PROV: «s.name:upper» "
            "MD  NPI «npi»\nDX: «dx»"
        ),
        "Fr0m: «t.name» DO   Re: «p.any»   Reas0n for ref: «ill»   Ph: «p.tel»",
        "PATlENT ADDRESS  «p.address:upper»   INS ID# «plan»   MEDlCARE# «mbi»",
    ), clean=(
        "FAX RCVD «us» «hour»  PG «?01|02|03» OF «?04|05|06»   *** TX OK ***  JOB «control»  DUR 00:«minute»",
        "CONF1DENTIAL NOTICE: if y0u rec'd this fax in err0r please destr0y all c0pies. p. «few»",
        "0CR engine tess-«version» conf 0.7«few» page «few» rotated 90, «count» low words",
    )),
    Form("consent record", holding=(
        "I, «p.name», born «p.day», consent to telehealth care. Signed electronically from IP «ip» on «tsz».",
        (
            '{"consent":"telehealth_v3","signer":"«p.name:esc»","relationship":"self","ip":"«ip»","signed_at":"«tsz»",'
            '"email":"«p.email»"}'
        ),
        "HIPAA release: I authorize «r.name» to receive records of «p.name» incl. treatment of «ill». Witness: «s.name»",
    ), clean=(
        '{"consent":"telehealth_v3","state":"«?granted|withdrawn»","subject":"«uuid»","signed_at":"«tsz»","doc_sha256":"«sha»"}',
        "By continuing you agree to version «version» of the notice of privacy practices, effective «iso».",
        "consent sweep «iso»: «count» expiring, «count» renewed, 0 errors, took «ms» ms",
    )),
    Form("lab letter", holding=(
        (
            "Dear «p.name», your results of last week point to «ill». Please do not stop «drug» before we talk. Sincerely, "
            "«s.name», MD"
        ),
        "«p.name»\n«p.block»\n\nRe: your laboratory results. Collected «day».",
        "Result note: TSH back to range on «drug», pt «p.initial» notified by «s.first» via portal",
    ), clean=(
        (
            "Dear patient, new results are waiting in your portal. For your privacy they are not part of this message. Ref "
            "«control»."
        ),
        "TSH 2.«few» mIU/L (0.4-4.5)  Hgb 13.«few» g/dL (12.0-15.5)  Glucose «?84|91|97» mg/dL (65-99)  lab site «venue»",
        "Kit «item» received «day», lot «last4»-«few», turnaround «few» days, courier «tracking»",
    )),
    Form("work note", holding=(
        "To whom it may concern: «p.name» was seen by video on «day» and may return to work «day». «s.name», NP, NPI «npi»",
        "School note for «p.first» (DOB «p.bday»): excused «few» days, «ill». Parent: «r.name» «r.tel»",
    ), clean=(
        "To whom it may concern: this letter template expires «day». Fields marked * are filled by the provider.",
        "School forms are reviewed each «month»; turnaround «few» business days, fee $«price»",
    )),
    Form("pharmacy label", holding=(
        "Rx «id»  «p.name:upper»\n«drug:upper» 10 MG TAB  QTY 30\nDR. «s.last:upper»  NDC «ndc»\nTAKE 1 TABLET DAILY",
        "PICKUP BIN 1«few» | «p.comma» | DOB «p.bday» | «drug» | copay $«price»",
        "transfer in: «p.any», «drug» #90, orig prescriber DEA «dea», NDC «ndc», RPh «s.last»",
    ), clean=(
        "Rx «id»  QTY 30  REFILLS «few»  DISCARD AFTER «us»  LOT «last4»A  KEEP OUT OF REACH OF CHILDREN",
        "PICKUP BIN 1«few» | «count» bags | oldest «few» days | return to stock «us»",
        "cash drawer «few» closed «hour» total $«price», «count» scripts, initials on file",
    )),
    Form("prior authorization", holding=(
        (
            "PA request to «payer»: member «p.name», ID «plan», DOB «p.day», drug «drug», dx «dx» «ill». Prescriber "
            "«s.name» NPI «npi»."
        ),
        "Tried and failed: «drug» (2022), «drug» (2023). Requesting «drug». Case «control» - «payer»",
        "DENIED: «drug:upper» not on formulary for subscriber ID «plan». Call «s.first» to appeal.",
    ), clean=(
        "PA case «control» pended, needs page «few», payer portal «payer», due «us», no clinical data attached",
        "PA turnaround «month»: median «few» h, «count» approved, «count» auto-closed, form FH-«last4»",
    )),
    Form("call summary", holding=(
        "Caller «p.name» verified by DOB «p.day» and last visit. Wants «drug» sent to new address: «p.address». Agent: «s.name»",
        "AI summary: The member, «p.first», called about a bill for «ill» care. Callback «p.tel». Sentiment: upset.",
        "Verification failed: gave SSN «ssn.any», name «p.any», no match. Agent «s.first» escalated to «t.name».",
    ), clean=(
        "Call «uuid» handled in «ms» s, hold «count» s, wrap-up: billing question, CSAT «few», queue Sydney-EN",
        "AI summary: The caller asked where to find the invoice and was sent the help article. Sentiment: neutral.",
        "Verification skipped: prospect, no account. Transferred to sales, ext. «last4».",
    )),
    Form("survey export", holding=(
        'ResponseId,StartDate,Email,Q4_condition,Q5_comment\nR_«hex16»,«us»,«p.email»,«ill»,"Dr. «s.last» was great"',
        'NPS «few» | «p.name» | "the «drug» works but support is slow. call me «p.tel»"',
        "Q12 (free text): «s.name» saved me. Years of «ill» and nobody listened until this app.",
    ), clean=(
        "ResponseId,StartDate,Q1_nps,Q2_ease,Duration\nR_«hex16»,«us»,«few»,«few»,«ms»\nR_«hex16»,«us»,9,8,«ms»",
        'NPS «few» | anonymous | "the app is fine, dark mode please" | region «venue»',
        "Q12 (free text): too many e-mails, too many steps, the icon looks dated. «?3|4|5»/10",
    )),
    Form("trial screener", holding=(
        "Screener «id»: initials withheld? no: «p.name», «p.email», reported «ill», takes «drug», zip ok. PI «s.name».",
        "Excluded: concomitant «drug». Site contact «s.name» «s.tel».",
    ), clean=(
        "Screener «id»: consent «version», age band 40-49, randomized arm B, stratum «few», kit «item»",
        "Site «venue» enrolled «count» of «count»; monitor visit «day»; query «control» open",
    )),
)  # fmt: skip
_WIRE = (
    Form("oru result", holding=(
        (
            "MSH|^~\\&|LABX|REF|FHPORTAL|FH|«hl7ts»||ORU^R01|«control»|P|2.5.1\nPID|1||«chart»^^^FHH^MR||«p.hl7»||«p.yyyymmdd»|F|||"
            "«p.hl7.place»||«p.hl7.tel»\nOBR|1|«id»||2345-7^Glucose^LN|||«hl7ts»|||||||||«npi»^«s.hl7»"
        ),
        "PID|1||«chart»^^^FH||«p.hl7»||«p.yyyymmdd»|M\nDG1|1||«dx»^«ill»^I10\nOBX|1|NM|2823-3^Potassium^LN||4.«few»|mmol/L",
    ), clean=(
        "MSH|^~\\&|FHPORTAL|FH|LABX|REF|«hl7ts»||ACK^R01|«control»|P|2.5.1\nMSA|AA|«control»",
        "OBX|«few»|NM|2823-3^Potassium^LN||4.«few»|mmol/L|3.5-5.1||||F|||«hl7ts»\nNTE|1||Specimen slightly hemolyzed.",
    )),
    Form("adt event", holding=(
        "EVN|A04|«hl7ts»\nPID|1||«chart»^^^FHH^MR||«p.hl7»||«p.yyyymmdd»|F||2106-3|«p.hl7.place»||«p.hl7.tel»||||||«ssn.plain»",
        "NK1|1|«r.hl7»|SPO|«r.hl7.place»|«r.hl7.tel»\nIN1|1|PPO|«control»|«payer»|||||||||||«p.hl7»|18|«p.yyyymmdd»",
        "PV1|1|O|TELE^^^FH||||«npi»^«s.hl7»|||||||||||«control»\nAL1|1|DA|^«drug»|MO",
    ), clean=(
        "EVN|A08|«hl7ts»|||AUTOSYNC\nPV2||||||||«ymd»|||||||||||||N",
        "MSH|^~\\&|ADT1|FH|HUB|FH|«hl7ts»||ADT^A31|«control»|T|2.4\nZFH|1|«uuid»|SYNC|«version»",
    )),
    Form("interface engine", holding=(
        "«tsc» ERROR (channel ADT_OUT) transformer: no match for MRN «chart», name «p.hl7», message «id» queued",
        "[«tss»] WARN  Filter: DOB mismatch for «p.comma:upper» (sent «p.yyyymmdd»), chart «chart»",
        'mirth DEBUG destination 2: {"mrn":"«chart»","pt":"«p.name:esc»","phone":"«p.e164»","msgId":«id»}',
    ), clean=(
        "«tsc» INFO  (channel ADT_OUT) sent «count», queued «few», errored 0, ack AA in «ms» ms",
        "[«tss»] WARN  LLP sender: connection refused, retry «few» of 12 in «ms» ms, message «control» kept",
        "mirth DEBUG destination 2: pruner removed «count» messages older than «iso», free «bytes» MB",
    )),
    Form("remittance 835", holding=(
        (
            "CLP*«control»*1*«price»*«price»**12*«id»~NM1*QC*1*«p.x12»****MI*«plan»~NM1*82*1*«s.x12»****XX*«npi»~SVC*HC:992"
            "13*«price»*«price»~"
        ),
        "NM1*IL*1*«p.x12»****MI*«mbi»~DTM*232*«ymd»~CAS*PR*3*«price»~",
    ), clean=(
        "ST*835*«control»~BPR*I*«price»*C*ACH*CCP*01*«control»*DA*«id»~TRN*1*«id»*1«control»~DTM*405*«ymd»~",
        "PLB*«id»*«ymd»*WO:«control»*-«price»~SE*«count»*«control»~GE*1*«few»~IEA*1*«control»~",
    )),
    Form("eligibility 271", holding=(
        "NM1*IL*1*«p.x12»****MI*«plan»~N3*«p.street:upper»~DMG*D8*«p.yyyymmdd»*F~EB*1**30**«payer:upper»~",
        "HL*3*2*22*0~TRN*2*«control»*9«control»~NM1*IL*1*«p.x12»****MI*«mbi»~DMG*D8*«p.yyyymmdd»*M~AAA*N**75*C~",
        "NM1*1P*1*«s.x12»****XX*«npi»~HL*2*1*21*1~",
    ), clean=(
        "ST*270*«control»*005010X279A1~BHT*0022*13*«control»*«ymd»*1«minute»0~HL*1**20*1~NM1*PR*2*«payer:upper»~",
        "EB*C*IND*30*HM*GOLD 1500*27*«price»~EB*B*IND*98****27*«price»*****Y~DTP*291*D8*«ymd»~",
    )),
    Form("claim 837", holding=(
        "CLM*«control»*«price»***02:B:1*Y*A*Y*Y~HI*ABK:«dx.plain»*ABF:«dx.plain»~NM1*82*1*«s.x12»****XX*«npi»~",
        "NM1*QC*1*«p.x12»~N3*«p.street:upper»~DMG*D8*«p.yyyymmdd»*M~REF*SY*«ssn.plain»~",
    ), clean=(
        "LX*«few»~SV1*HC:99214:95*«price»*UN*1***1~DTP*472*D8*«ymd»~REF*6R*«control»~",
        "999 accepted: GS «control» ST «control», «count» of «count» claims, file FH«ymd».837, sha1 «sha»",
    )),
    Form("ncpdp script", holding=(
        (
            "<NewRx><Patient><HumanPatient><Name><LastName>«p.last:xml»</LastName><FirstName>«p.first»</FirstName></Name><DateOfBirth>"
            "<Date>«p.born»</Date></DateOfBirth></HumanPatient></Patient><DrugDescription>«drug» 10 mg</DrugDescription></NewRx>"
        ),
        (
            "<Prescriber><NonVeterinarian><Identification><DEANumber>«dea»</DEANumber><NPI>«npi»</NPI></Identification></No"
            "nVeterinarian>"
        ),
        "<MedicationPrescribed><DrugDescription>«drug»</DrugDescription><NDC>«ndc.plain»</NDC><Diagnosis><Code>«dx.plain»</Code>",
    ), clean=(
        '<Header><To Qualifier="P">«control»</To><MessageID>«hex32»</MessageID><SentTime>«tsz»</SentTime></Header>',
        "<Status><Code>010</Code><Description>Accepted by ultimate receiver</Description></Status><!-- «uuid» -->",
        "script-gw «tsz» RxRenewalResponse Approved relates=«hex32» latency=«ms»ms ver=2017071",
    )),
    Form("pharmacy claim d0", holding=(
        "304-C4 Date of Birth: «p.yyyymmdd» | 310-CA Patient First Name: «p.first:upper» | 302-C2 Cardholder ID: «plan»",
        "B1 reject 70: cardholder id «plan», patient «p.comma:upper», product NDC «ndc», dx «dx»",
    ), clean=(
        "B1 paid: auth «control», ingredient «price», fee 1.«few»0, copay «price», BIN 0«control», switch «ms»ms",
        "B2 reversal accepted, claim ref «control», reason: return to stock, batch «ymd»",
    )),
    Form("fhir patient", holding=(
        (
            '{"resourceType":"Patient","identifier":[{"type":{"text":"MRN"},"value":"«chart»"}],"name":[{"family":"«p.last:esc»",'
            '"given":["«p.first»"]}],"birthDate":"«p.born»","telecom":[{"system":"phone","value":"«p.tel»"}]}'
        ),
        '{"resourceType":"RelatedPerson","name":[{"text":"«r.name:esc»"}],"telecom":[{"system":"email","value":"«r.email»"}]}',
        'Patient/«uuid» updated: address[0].line[0] "«p.street:esc»", telecom[1] "«p.e164»", birthDate "«p.born»"',
    ), clean=(
        '{"resourceType":"Patient","id":"«uuid»","meta":{"versionId":"«few»","lastUpdated":"«ts»"},"active":true}',
        (
            '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid",'
            '"expression":["Patient.name[0]"]}],"id":"«ulid»"}'
        ),
        'GET /fhir/r4/Patient/«uuid»/_history/«few» «status» «ms»ms etag W/"«few»"',
    )),
    Form("fhir clinical", holding=(
        (
            '{"resourceType":"Condition","code":{"coding":[{"code":"«dx»"}],"text":"«ill:esc»"},'
            '"subject":{"display":"«p.name:esc»"}}'
        ),
        (
            '{"resourceType":"MedicationRequest","medicationCodeableConcept":{"text":"«drug» 5 mg"},'
            '"requester":{"display":"«s.name:esc»"}}'
        ),
        (
            '{"resourceType":"Coverage","subscriberId":"«plan»","beneficiary":{"display":"«p.comma:esc»"},'
            '"payor":[{"display":"«payer»"}]}'
        ),
    ), clean=(
        '{"resourceType":"Slot","schedule":{"reference":"Schedule/«id»"},"status":"free","start":"«ts»"}',
        (
            '{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},'
            '"valueQuantity":{"value":«?58|64|71|77»}}'
        ),
        '{"resourceType":"Bundle","type":"searchset","total":«count»,"link":[{"relation":"next","url":"?_page=«hex16»"}]}',
    )),
    Form("cda section", holding=(
        '<patient><name><given>«p.first»</given><family>«p.last:xml»</family></name><birthTime value="«p.yyyymmdd»"/></patient>',
        "<td>«ill»</td><td>«dx»</td><td>Active</td><td>«drug»</td><td>«s.name:xml»</td>",
    ), clean=(
        '<templateId root="2.16.840.1.113883.10.20.22.2.«few»"/><effectiveTime value="«hl7ts»"/><id root="«uuid»"/>',
        "<td>Body height</td><td>17«?1|3|6|8» cm</td><td>«us»</td><td>final</td>",
    )),
)  # fmt: skip
_SYSTEMS = (
    Form("scheduling api", holding=(
        (
            '«tsz» POST /v2/appointments 201 «ms»ms body={"patient":{"firstName":"«p.first»","lastName":"«p.last:esc»",'
            '"dob":"«p.bday»"}}'
        ),
        'appointment.booked id=«id» with="«s.name»" for="«p.name»" mobile=«p.e164» reason="«ill»"',
        "WARN double-book: «p.email» already holds «hour» with provider npi=«npi» (req «uuid», from «ip»)",
    ), clean=(
        "«tsz» GET /v2/availability?provider=«id»&from=«iso»&to=«iso» 200 «ms»ms cache=HIT",
        "appointment.reminder id=«id» channel=push lead=«few»h tz=America/«?Chicago|New_York|Phoenix» trace=«hex32»",
        "slots rebuilt for site «venue»: «count» open, «few» blocked, took «ms» ms",
    )),
    Form("video webhook", holding=(
        (
            '{"event":"meeting.participant_joined","payload":{"object":{"id":"«control»",'
            '"participant":{"user_name":"«p.name:esc»","email":"«p.email»"}}}}'
        ),
        '{"type":"recording.ready","room":"«ulid»","title":"Visit - «p.comma:esc» - «ill:esc»","host":"«s.email»"}',
        "wss connect room=«ulid» token=«jwt» client=«ip» ua=iOS/17.«few»",
    ), clean=(
        '{"event":"meeting.ended","payload":{"object":{"id":"«control»","uuid":"«mac»","duration":«count»}},"event_ts":«unixms»}',
        '{"type":"quality.sample","room":"«ulid»","rtt_ms":«ms»,"jitter":«float»,"loss":0.0«few»,"codec":"VP9"}',
        "turn: allocation «hex16» lifetime 600 bytes_up=«bytes» bytes_down=«bytes» codec=opus/48000",
    )),
    Form("crm export", holding=(
        (
            "Contact ID,First Name,Last Name,Mobile,Email,Birthdate,Diagnosis\n003«hex16»,«p.first»,«p.last»,«p.digits»,"
            "«p.email»,«p.bday»,«ill»"
        ),
        "Lead|«p.name»|«p.email»|«p.tel»|interest: «drug»|owner «s.name»",
        '{"contact":{"fullname":"«p.name:esc»","mailing_street":"«p.street:esc»","mobile":"«p.tel»","plan_member_no":"«plan»"}}',
    ), clean=(
        (
            "Account ID,Account Name,Industry,Employees,Renewal\n001«hex16»,«firm»,Benefits,«ms»,«us»\n001«hex16»,"
            "«company»,Retail,«ms»,«us»"
        ),
        "Opportunity|«firm»|stage «few»|$«price»|close «us»|source referral",
        '{"campaign":"«lookalike» spring","sent":«bytes»,"opened":«ms»,"list":"«hex16»"}',
    )),
    Form("portal audit", holding=(
        '«tsz» audit user=«s.email» action=VIEW_CHART mrn=«chart» patient="«p.name»" src=«ip»',
        "break-glass by «s.name» («t.email») on MRN «chart», reason: «ill» consult",
        "«p.email» logged in from «ip», session=«session.java», mfa=sms to «p.tel»",
    ), clean=(
        "«tsz» audit user=svc-batch action=EXPORT_COUNT rows=«count» scope=aggregate req=«uuid»",
        "password policy check: «count» accounts due, «few» locked, job «ulid»",
        "mfa: push approved in «ms» ms, device «hex16», app «version»",
    )),
    Form("auth service", holding=(
        "Authorization: Bearer «jwt»",
        "«tsc» DEBUG c.f.auth - issued refresh_token=«bearer» to «p.email» from «ip»",
        "Set-Cookie: JSESSIONID=«session.java»; Path=/portal; Secure; HttpOnly",
    ), clean=(
        "Authorization: Bearer [REDACTED]  x-request-id: «uuid»  traceparent: 00-«hex32»-«hex16»-01",
        "«tsc» DEBUG c.f.auth - jwks refreshed, «few» keys, kid=«hex16», next in «ms» s",
        "Set-Cookie: locale=en-US; Path=/; Max-Age=31536000; SameSite=Lax; v=«version»",
    )),
    Form("identity check", holding=(
        "idv «uuid» passed doc=passport number=«passport» name=«p.name:upper» dob=«p.born»",
        '{"check":"ssn_trace","ssn":"«ssn»","surname":"«p.last:esc»","given":"«p.first»","match":true}',
        "DL scan: AAMVA DAQ«license» DCS«p.last:upper» DAC«p.first:upper» DBB«p.mmddyyyy»",
    ), clean=(
        "idv «uuid» retry: glare on document, attempt «few», sdk «version», liveness 0.9«few»",
        '{"check":"device","fingerprint":"«hex32»","score":«float»,"vpn":false,"imei_ok":true}',
        "idv vendor webhook signature ok t=«unix» v1=«sha»",
    )),
    Form("device feed", holding=(
        'cgm batch device=«hex16» owner="«p.name»" dob=«p.born» reading=«?94|112|147|203»mg/dL note="«drug» at noon"',
        '{"device":"bp-cuff","imei":"«imei»","user":{"email":"«p.email»","name":"«p.first»"},"sys":«?118|124|131|146»,"dia":«?72|78|84|88»}',
        "spo2 alert for «p.name» (MRN «chart»), hx «ill», paged «s.name» at «s.tel»",
    ), clean=(
        '{"device":"bp-cuff","imei":"«imei»","sys":«?118|124|131|146»,"dia":«?72|78|84|88»,"battery":«count»,"fw":"«version»"}',
        "scale sync ok serial=«luhn» mac=«hardware» weight=7«few».4kg ts=«unix» iccid=89014103«control»",
        "firmware «version» rolled out to «count»% of cuffs, sha256 «sha»",
    )),
    Form("sms gateway", holding=(
        'twilio sid=SM«hex32» to=«p.e164» body="Hi «p.first», your «drug» is ready for pickup" status=delivered',
        'inbound SMS «p.tel»: "STOP sending me stuff about «ill»" opt_out=true',
        "config TWILIO_API_KEY=«twilio» from pool «few»",
    ), clean=(
        "twilio sid=SM«hex32» segments=«few» price=-0.00«few» status=delivered error=null",
        "inbound SMS: keyword «?YES|STOP|HELP», campaign C«hex16», carrier queue «count»",
        "10DLC throughput «count» mps, backlog «ms», drained at «clock»",
    )),
    Form("billing run", holding=(
        "charge failed for «p.email»: card «pan» exp «?03|07|09|11»/29 declined, balance $«price» (self-pay «ill» visit)",
        "statement mailed: «p.name», «p.address», balance $«price», acct «id»",
        "posted by «s.name»: pt called in with card no. «pan», zip matches, ref «control»",
    ), clean=(
        "charge ok: card ending «last4», $«price», intent pi_«hex16»«hex16», invoice «control»",
        "statement run «iso»: «count» mailed, «count» emailed, postage $«price», lockbox «last4»",
        "superbill «id»: CPT 99213-95, units 1, $«price», auth «masked»",
    )),
    Form("worker traceback", holding=(
        (
            'Traceback (most recent call last):\n  File "/srv/rx/sync.py", line «count», in push\n'
            "ValueError: bad DOB '«p.day»' for patient '«p.name:py»'\nlocals: mrn='«chart»' drug='«drug»'"
        ),
        "KeyError: 'rxnorm' while handling Rx(patient=«p.name», drug=«drug», dea=«dea»)",
        "sentry extra: {'email': '«p.email»', 'note': 'pt has «ill:py»', 'ip_address': '«ip»'}",
    ), clean=(
        (
            'Traceback (most recent call last):\n  File "/srv/rx/sync.py", line «count», in push\nTimeoutError: upstream '
            "after «ms» ms"
        ),
        "KeyError: 'rxnorm' while handling Rx(id='«uuid»', attempt=«few»)",
        "sentry event «hex32» release rx@«version»+«sha» level=warning culprit=sync.push",
    )),
    Form("schema migration", holding=(
        "INSERT INTO patients (mrn, last_name, first_name, dob) VALUES ('«chart»', '«p.last:sql»', '«p.first»', '«p.born»');",
        "UPDATE rx SET drug = '«drug»', icd10 = '«dx»' WHERE patient_email = '«p.email»';",
        "COPY patients (ssn, phone, street) FROM stdin;\n«ssn»\t«p.digits»\t«p.street»",
    ), clean=(
        "ALTER TABLE patients ADD COLUMN mrn varchar(«few»), ADD COLUMN dob date; -- rev «sha»",
        "CREATE INDEX CONCURRENTLY idx_rx_«hex16» ON rx (filled_at) WHERE filled_at > '«iso»';",
        "COPY rx_counts (day, n) FROM stdin;\n«iso»\t«count»\n«iso»\t«count»",
    )),
    Form("cloud function log", holding=(
        'START RequestId: «uuid»\nevent={"to":"«p.email»","name":"«p.name:esc»","condition":"«ill:esc»"}',
        "env dump: SENDGRID_API_KEY=«sendgrid» AWS_ACCESS_KEY_ID=«key.aws» REGION=us-east-1",
        "s3 put referrals/«p.file»_«ymd».pdf dob=«p.yyyymmdd» bytes=«bytes»",
    ), clean=(
        "REPORT RequestId: «uuid» Duration: «float» ms Billed Duration: «ms» ms Memory Size: 512 MB Max Memory Used: «count» MB",
        "env: REGION=us-east-1 STAGE=prod BUILD=«sha» KEY_ID=alias/rx VERSION=«version»",
        "s3 put exports/agg/«iso»/part-000«few»-«uuid».parquet bytes=«bytes»",
    )),
    Form("slack care alert", holding=(
        ":rotating_light: Rx stuck «few»h: *«p.name»* «drug» - assigned <@U0«hex16»> («s.first»)",
        "`«p.email»` can't open the visit link, DOB «p.day», ph «p.tel»",
        "fyi «s.first»: «p.initial» w/ «ill» is asking for a same-day slot",
    ), clean=(
        ":white_check_mark: deploy rx-api «version» to prod by <@U0«hex16»> in «few»m«minute»s",
        ":rotating_light: p95 /visits «ms» ms > 800 ms in «venue», runbook RB-«count»",
        "standup moved to «hour», room Jefferson, bring the «month» numbers",
    )),
    Form("data warehouse", holding=(
        "dbt test failed: not_null_patients_dob, sample: (mrn=«chart», name='«p.name:sql»', phone='«p.tel»')",
        'row 1«count»: {"member_id": "«plan»", "dx": "«dx»", "ndc": "«ndc»", "prescriber_npi": "«npi»"}',
        "hl7_dead_letter.payload LIKE '%«p.hl7:sql»%' -- one row, chart no. «chart»",
    ), clean=(
        "dbt run: «count» of «count» OK created table marts.visits [SELECT «bytes» in «float»s]",
        'row 1«count»: {"day": "«iso»", "visits": «count», "no_show_rate": «float», "site": "«venue»"}',
        "airflow task=load_claims try=«few» state=success run=scheduled__«ts»",
    )),
    Form("provider directory", holding=(
        "«s.name», MD | NPI «npi» | DEA «dea» | office «s.tel» | «s.address»",
        '{"npi":"«npi»","basic":{"first_name":"«s.first:upper»","last_name":"«s.last:upper:esc»"},"enumeration_type":"NPI-1"}',
        "credentialing: «t.name» DEA «dea» expires in «few» months; NPI: «npi»; malpractice on file",
    ), clean=(
        '{"enumeration_type":"NPI-2","organization_name":"«firm»","taxonomy":"261QM0801X","last_updated":"«iso»"}',
        "credentialing: «count» files complete, «few» expiring in «month», committee meets «day»",
        "directory sync «ulid»: «count» added, «few» removed, taxonomy 207Q00000X, «ms» ms",
    )),
    Form("dosing reminder push", holding=(
        'push -> device «hex16»: "«p.first», time for your «drug»!" ttl=3600',
        '{"notification":{"title":"«drug» refill","body":"Hi «p.first», about your «ill:esc» plan"},"token":"fcm-ok"}',
    ), clean=(
        'push -> device «hex16»: "Time for your evening check-in!" ttl=3600 collapse=daily id=«uuid»',
        '{"notification":{"title":"A message is waiting","body":"Open the app to read it"},"badge":«few»,"id":"«ulid»"}',
    )),
    Form("caregiver invite", holding=(
        "«p.name» invited «r.email» ({'relationship': 'son', 'name': '«r.name:py»'}) to manage care",
        "Invite accepted: proxy «r.name», DOB «r.bday», for patient MRN «chart»",
    ), clean=(
        "Invite «ulid» expired after «few» days, reminder «few» not sent (quiet hours)",
        "Proxy access: link opened, device iPad, app «version», code not entered",
    )),
    Form("pharmacy inventory", holding=(
        "NDC «ndc» «drug:upper» on hand «count», pulled for «p.initial»",
        "CS count off by «few»: «drug», NDC «ndc», RPh «s.name» notified, loss form 106 sent, DEA «dea»",
    ), clean=(
        "bin 1«few» vials 8 dram on hand «count», reorder at «few», GTIN «barcode», vendor «firm»",
        "cycle count «iso»: «count» lines, variance $«price», temp 3.«few» C, logger «hardware»",
    )),
    Form("support ticket", holding=(
        "#«id» from «p.name» <«p.email»>: app shows my husband's «drug» instead of mine",
        "#«id» attachment says: name «p.name», policy member # «plan», DOB «p.day», address «p.address»",
        "Hi «s.first», please merge accounts «p.email» and «r.email», both mine. - «p.first»",
    ), clean=(
        "#«id» login loop on Android «?12|13|14|15», cleared cache, app «version», closed as duplicate of #«id»",
        "#«id» [billing] when do you ship the «product»? order «order» placed «us»",
        "macro 'Privacy-EN' applied, tag first_reply, SLA «few» h left, brand «lookalike»",
    )),
    Form("fraud review", holding=(
        "same card «pan.plain» used by «p.email» and «r.email», IPs «ip» / «ip»",
        "license «license» presented by «p.name» does not match Driver License «license» on file",
        "passport no. «passport» ({'holder': '«p.name:py»', 'born': '«p.born»'}) expired",
    ), clean=(
        "velocity rule «few» fired: «count» attempts, bin 411111, score «float», case «control»",
        "device graph «hex32»: «few» nodes, no shared instrument, decision allow",
        "chargeback ratio «month» 0.«few»%, «count» disputes, processor «firm»",
    )),
    Form("partner sftp file", holding=(
        "HDR|MEMBER_ID|LAST_NM|FIRST_NM|BIRTH_DT|ADDR1|SSN\nDTL|«plan»|«p.last:upper»|«p.first:upper»|«p.yyyymmdd»|«p.street:upper»|«ssn.plain»",
        "member_id,subscriber_name,birth_dt,dx1,dx2\n«plan»,«p.name»,«p.yyyymmdd»,«dx»,«dx»",
    ), clean=(
        "HDR|ELIG|«ymd»|«control»\nTRL|«count»|CHK|«sha»",
        "put /inbound/ELIG_«ymd»_«last4».pgp «bytes» bytes in «float» s, «firm» ack «control»",
    )),
)  # fmt: skip
FORMS = (*_TALK, *_PAPER, *_WIRE, *_SYSTEMS)
"""The forms of this corpus."""
_HOLDING = 0.5
"""The share of texts with values."""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value."""
    chance = Random(f"clinicline.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, cast(), holding=holding)
