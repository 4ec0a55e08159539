"""The messages of care systems: HL7 v2, X12, FHIR, CDA and NCPDP, with people in them and without.

`«cr»` and `«~»` end the segments of HL7 v2 and X12: with or without a line of their own, but all of a text in the same way.
"""

from collections.abc import Mapping

from .filling import Form

SEGMENTS: Mapping[str, tuple[str, ...]] = {
    "PID": ("PID|1||«mrn.plain»^^^FHH^MR||«name.hl7»||«dob.plain»|«?F|M|U»|||«address.hl7»||«phone»|||«?S|M|»||«control»",),
    "MSH": ("MSH|^~\\&|«?EPICADT|FHPORTAL|LAB|RXHUB»|FHH|«?ADT|STORE|PHARM»|FH|«hl7ts»||",),
    "PV1": ("PV1|1|«?O|I|E»|«?CLIN^2^B|TELE|ER^04»^FHH||||«npi»^«name.hl7»^^^^^^NPI|||||||||||«control»",),
    "IN1": ("IN1|1|«sku»|«id»|«payer»||||||||||||«name.hl7»|18|«dob.plain»|«address.hl7»|||||||||||||||||«member.plain»",),
    "ISA": (
        (
            "ISA*00*          *00*          *ZZ*FHSUB          *ZZ*«control»      "
            "*«ymd»*1200*^*00501*«control»*0*P*:«~»GS*«?HS|HC|HP»*FH*PAY*«ymd»*1200*1*X*005010«~»"
        ),
    ),
    "IL": ("NM1*IL*1*«name.x12»****MI*«member.plain»«~»N3*«street»«~»DMG*D8*«dob.plain»*«?F|M|U»«~»",),
}
"""Segments that several messages of HL7 v2 and X12 begin with or hold."""

FORMS = (
    Form(
        "HL7 ADT",
        holding=(
            (
                "«MSH»ADT^A28|«control»|P|2.4«cr»PID|||«mrn.plain»^^^FHH^MR~«ssn»^^^USA^SS||«name.hl7»^^^^L||"
                "«dob.plain»|«?F|M»||2106-3|«address.hl7»^USA^H||«phone»^PRN^PH~^NET^Internet^«email»"
            ),
            "«MSH»ADT^A03|«control»|P|2.5«cr»«PID»«cr»«PV1»«cr»DG1|1||«icd.plain»^«condition»^I10C|||F",
            "«MSH»ADT^A0«?1|4|8»|«control»|P|2.5.1«cr»EVN|A04|«hl7ts»«cr»«PID»«cr»«PV1»",
            (
                "«MSH»ADT^A08|«id»|P|2.3«cr»«PID»|«ssn.plain»«cr»NK1|1|«name.hl7»|SPO|«address.hl7»|«phone»«cr»«IN1»«cr»"
                "DG1|1||«icd»^«condition»^I10"
            ),
            "«PID»«cr»«IN1»",
        ),
        clean=(
            "«MSH»MFN^M02|«control»|P|2.5«cr»MFI|PRA|FH|UPD|||NE«cr»MFE|MAD|«control»|«hl7ts»",
            "«MSH»ADT^A04|«control»|T|2.5«cr»EVN|A04|«hl7ts»|||SYSTEM«cr»ZFH|1|test feed «version»|«uuid»",
            "«MSH»ACK^A04|«control»|P|2.5.1«cr»MSA|AA|«control»",
            "«MSH»ADT^A04|«control»|P|2.5.1«cr»MSA|AE|«control»|Required field missing: PID-3",
        ),
    ),
    Form(
        "HL7 ORU",
        holding=(
            (
                "«MSH»ORU^R01|«id»|P|2.3«cr»«PID»«cr»OBR|1||«control»|24323-8^CMP^LN|||«hl7ts»«cr»NTE|1||Patient on "
                "«medication», repeat in 4 weeks«cr»OBX|1|CE|11450-4^Problem^LN||«icd»^«condition»^I10"
            ),
            (
                "«MSH»ORU^R01|«control»|P|2.5.1«cr»«PID»«cr»OBR|1|«control»||4548-4^Hemoglobin A1c^LN|||«hl7ts»|||||||||"
                "«npi»^«name.hl7»«cr»OBX|1|NM|4548-4^Hemoglobin A1c^LN||7.2|%|4.0-5.6|H|||F"
            ),
            "«PID»«cr»OBX|2|ST|29308-4^Diagnosis^LN||«condition»||||||F",
        ),
        clean=(
            "MSA|AR|«control»|Duplicate message control ID«cr»ERR|||100^Segment sequence error^HL70357|E",
            "«MSH»ORU^R01|«control»|T|2.5.1«cr»OBX|1|NM|2345-7^Glucose^LN||9«?1|9»|mg/dL|70-99|N|||F",
            "OBX|1|ST|QC^Level^L||PASS||||||F|||«hl7ts»",
        ),
    ),
    Form(
        "HL7 RDE",
        holding=(
            "«PID»«cr»AL1|1|DA|^«medication.upper»|MO|«cr»RXO|^«medication.upper» «dose»|1||TAB",
            (
                "«MSH»RDE^O11^RDE_O11|«control»|P|2.5«cr»«PID»«cr»ORC|NW|«control»«cr»RXE|1^BID|"
                "«ndc.plain»^«medication.upper» 10 MG TAB^NDC|1||TAB|||||30||2|«dea»^«name.hl7»"
            ),
            "ORC|RF|«control»|||||||«hl7ts»|||«npi»^«name.hl7»«cr»RXE|1^QD|«ndc.plain»^«medication»^NDC|1||CAP",
        ),
        clean=(
            "RXD|«count»||«hl7ts»|30|TAB||RX«control»",
            "«MSH»QBP^Q11|«control»|P|2.5«cr»RCP|I|50^RD",
            "«MSH»RRE^O12|«control»|P|2.5«cr»MSA|AA|«control»|queued",
            "ORC|SC|«control»|«control»||CM||||«hl7ts»",
        ),
    ),
    Form(
        "HL7 SIU",
        holding=(
            (
                "«MSH»SIU^S15|«id»|P|2.4«cr»SCH|«id»|||||CANCEL^No show«cr»PID|1||«mrn.plain»||«name.hl7»||"
                "«dob.plain»|«?F|M»«cr»PV1|1|O|||||«npi»^«name.hl7»"
            ),
            (
                "«MSH»SIU^S12|«control»|P|2.3«cr»SCH|«id»|«id»|||||FU^Follow-up|OFFICE|30|m|^^30^«hl7ts»«cr»«PID»«cr»AIP|"
                "1||«npi»^«name.hl7»||||«hl7ts»"
            ),
        ),
        clean=(
            "«MSH»SRR^S01|«control»|P|2.4«cr»MSA|AA|«control»«cr»SCH|«id»|«id»",
            "«MSH»SIU^S12|«control»|P|2.3«cr»SCH|«id»||||||BLOCK^Lunch|OFFICE|30|m|^^30^«hl7ts»«cr»AIL|1||ROOM«count»^^^FHH",
        ),
    ),
    Form(
        "X12 270",
        holding=(
            (
                "NM1*1P*2*FERNHOLLOW HEALTH*****XX*«npi»«~»HL*3*2*22*0«~»NM1*IL*1*«name.x12»****MI*«mbi»«~»DMG*D8*"
                "«dob.plain»«~»EQ*1«~»"
            ),
            "«ISA»ST*270*0001*005010X279A1«~»NM1*1P*1*«name.x12»****XX*«npi»«~»«IL»EQ*30«~»SE*9*0001«~»",
            "HL*3*2*22*0«~»TRN*1*«control»*9FHH«~»«IL»DTP*291*D8*«ymd»«~»EQ*30«~»",
        ),
        clean=(
            (
                "ISA*00*          *00*          *ZZ*FH             *ZZ*PAYER          *«ymd»*0900*^*00501*«control»*1"
                "*T*:«~»IEA*0*«control»«~»"
            ),
            "ST*276*0001*005010X212«~»BHT*0010*13*«control»*«ymd»*1200«~»TRN*1*«control»«~»",
            "«ISA»ST*270*0001*005010X279A1«~»SE*2*0001«~»",
            "TA1*«control»*«ymd»*1200*A*000«~»",
        ),
    ),
    Form(
        "X12 271",
        holding=(
            ("NM1*IL*1*«name.x12»****MI*«mbi»«~»N3*«street»«~»DMG*D8*«dob.plain»*F«~»EB*1*IND*30*MA«~»HI*BK:«icd.plain»«~»"),
            "NM1*PR*2*«payer»*****PI*«control»«~»«IL»EB*1**30**GOLD PPO«~»EB*B**98****25«~»DTP*346*D8*«ymd»«~»",
            "HL*4*3*23*0«~»NM1*03*1*«name.x12»«~»REF*SY*«ssn.plain»«~»DMG*D8*«dob.plain»*M«~»INS*N*19«~»",
        ),
        clean=(
            "EB*1**30*HM*GOLD 500«~»MSG*CALL PLAN AFTER «ymd»«~»",
            "GE*1*1200«~»IEA*1*«control»«~»",
            "AAA*N**42*Y«~»",
            "NM1*PR*2*«payer»*****PI*«control»«~»EB*C*IND*30***29*«cents»«~»",
        ),
    ),
    Form(
        "X12 837",
        holding=(
            (
                "SBR*P*18*«sku»******CI«~»«IL»NM1*DN*1*«name.x12»****XX*«npi»«~»HI*ABK:«icd.plain»«~»LX*1«~»SV1*HC:99"
                "443*«cents»*UN*1«~»DTP*472*D8*«ymd»«~»"
            ),
            (
                "NM1*85*1*«name.x12»****XX*«npi»«~»«IL»CLM*«control»*«cents»***11:B:1*Y*A*Y*Y«~»"
                "HI*ABK:«icd.plain»*ABF:«icd.plain»«~»SV1*HC:99213*«cents»*UN*1***1«~»"
            ),
            (
                "CLM*«control»*«cents»***02:B:1«~»HI*ABK:«icd.plain»«~»NM1*82*1*«name.x12»****XX*«npi»«~»"
                "LIN**N4*«ndc.plain»«~»CTP****30*UN«~»"
            ),
        ),
        clean=(
            "STC*A1:19*«ymd»*WQ*«cents»«~»REF*1K*«control»«~»",
            "SE*«count»*0001«~»GE*1*«control»«~»",
            "«ISA»ST*837*0001*005010X222A1«~»BHT*0019*00*«control»*«ymd»*1200*CH«~»",
            "ST*999*0001«~»AK1*HC*1*005010X222A1«~»AK9*A*1*1*1«~»",
        ),
    ),
    Form(
        "X12 835",
        holding=(
            "NM1*74*1*«name.x12»****C*«mbi»«~»REF*1L*«control»«~»CAS*PR*3*25«~»NM1*82*1*«name.x12»****XX*«npi»«~»",
            (
                "CLP*«control»*1*«cents»*«cents»*0*12*«control»«~»NM1*QC*1*«name.x12»****MI*«member.plain»«~»"
                "NM1*82*1*«name.x12»****XX*«npi»«~»SVC*HC:99214*«cents»*«cents»«~»"
            ),
        ),
        clean=(
            "LX*1«~»TS3*«control»*11*«ymd»*«count»*«cents»«~»",
            "N1*PE*FERNHOLLOW HEALTH*FI*«control»«~»CUR*PR*USD«~»",
            "BPR*I*«cents»*C*ACH*CCP*01*«control»*DA*«control»«~»TRN*1*«control»*1«control»«~»N1*PR*«payer»«~»",
            "PLB*«control»*«ymd»*WO:«control»*«cents»«~»",
        ),
    ),
    Form(
        "FHIR Patient",
        holding=(
            (
                '{"resourceType":"Patient","name":[{"family":"«name.last»","given":["«name.first»"]}],"birthDate":"'
                '«dob.iso»","contact":[{"name":{"text":"«name.plain»"},"telecom":[{"system":"phone","value":"«phone»"'
                ',"use":"mobile"}]}],"generalPractitioner":[{"display":"Dr. «name.plain»"}]}'
            ),
            (
                '{"resourceType":"RelatedPerson","patient":{"display":"«name.comma»"},"name":[{"text":"«name.plain»"}'
                '],"telecom":[{"system":"email","value":"«email»"}],"address":[{"text":"«address»","period":{"start":'
                '"«iso»"}}]}'
            ),
            (
                '{"resourceType":"Patient","id":"«uuid»","identifier":[{"type":{"coding":[{"code":"MR"}]},'
                '"value":"«mrn.plain»"}],"name":[{"use":"official","family":"«name.last»","given":["«name.first»"]}],'
                '"telecom":[{"system":"phone","value":"«phone»"},{"system":"email","value":"«email»"}],'
                '"birthDate":"«dob.iso»","address":[{"text":"«address»"}]}'
            ),
            (
                '{"resourceType":"Patient","identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"«ssn»"}],'
                '"name":[{"text":"«name.plain»"}],"address":[{"line":["«street»"]}]}'
            ),
        ),
        clean=(
            ('{"resourceType":"Patient","id":"«uuid»","meta":{"versionId":"«count»","lastUpdated":"«tsz»"},"active":true}'),
            ('{"resourceType":"Group","type":"person","actual":true,"quantity":«count»,"name":"Flow study «month»"}'),
            ('{"resourceType":"Location","id":"«uuid»","name":"Room «count»","status":"active","physicalType":{"text":"Room"}}'),
            (
                '{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"relation":"self",'
                '"url":"/Patient?_lastUpdated=gt«iso»"}]}'
            ),
            '{"resourceType":"Organization","id":"«uuid»","active":true,"name":"«company»"}',
        ),
    ),
    Form(
        "FHIR Coverage",
        holding=(
            (
                '{"resourceType":"ExplanationOfBenefit","patient":{"display":"«name.plain»"},"insurance":[{"coverage"'
                ':{"identifier":{"value":"«member.plain»"}}}],"diagnosis":[{"diagnosisCodeableConcept":{"coding":[{"c'
                'ode":"«icd»"}]}}],"total":[{"amount":{"value":«price»}}]}'
            ),
            (
                '{"resourceType":"Coverage","status":"active","subscriberId":"«member.plain»",'
                '"beneficiary":{"reference":"Patient/«uuid»","display":"«name.plain»"},"payor":[{"display":"«payer»"}]}'
            ),
            (
                '{"resourceType":"Coverage","identifier":[{"system":"http://hl7.org/fhir/sid/us-mbi","value":"«mbi»"}],'
                '"subscriber":{"display":"«name.plain»"}}'
            ),
        ),
        clean=(
            (
                '{"resourceType":"Coverage","id":"«uuid»","status":"cancelled","class":[{"type":{"text":"group"},"val'
                'ue":"«sku»"}]}'
            ),
            ('{"resourceType":"PaymentNotice","id":"«id»","status":"active","paymentDate":"«iso»","amount":{"currency":"USD"}}'),
            ('{"resourceType":"Claim","id":"«uuid»","status":"draft","created":"«iso»","priority":{"text":"normal"}}'),
            '{"resourceType":"InsurancePlan","id":"«uuid»","status":"active","name":"«payer» Gold","period":{"start":"«iso»"}}',
        ),
    ),
    Form(
        "FHIR Observation",
        holding=(
            (
                '{"resourceType":"DiagnosticReport","status":"final","subject":{"reference":"Patient/«id»","display":'
                '"«name.comma»"},"conclusion":"Findings consistent with «condition».","performer":[{"display":"'
                '«name.plain», MD"}]}'
            ),
            (
                '{"resourceType":"Observation","status":"final","code":{"text":"Hemoglobin A1c"},'
                '"subject":{"display":"«name.plain»"},"effectiveDateTime":"«tsz»","valueQuantity":{"value":7.2,'
                '"unit":"%"}}'
            ),
            (
                '{"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm",'
                '"code":"«icd»","display":"«condition»"}]},"subject":{"reference":"Patient/«uuid»"}}'
            ),
        ),
        clean=(
            (
                '{"resourceType":"Observation","status":"final","code":{"text":"Device battery"},"device":{"reference'
                '":"Device/«uuid»"},"valueQuantity":{"value":«float»,"unit":"V"}}'
            ),
            '{"resourceType":"Specimen","id":"«control»","status":"unavailable","receivedTime":"«tsz»"}',
            (
                '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found",'
                '"diagnostics":"Resource «uuid» is not known"}]}'
            ),
            '{"resourceType":"DeviceMetric","id":"«uuid»","calibration":[{"time":"«tsz»"}]}',
        ),
    ),
    Form(
        "FHIR MedicationRequest",
        holding=(
            (
                '{"resourceType":"MedicationStatement","medicationCodeableConcept":{"text":"«medication» «dose»"},"su'
                'bject":{"reference":"Patient/«uuid»"},"dateAsserted":"«iso»"}'
            ),
            (
                '{"resourceType":"MedicationDispense","medicationReference":{"display":"«medication.upper»"},"subject'
                '":{"display":"«name.plain»"},"performer":[{"actor":{"identifier":{"value":"«npi»","system":"http://h'
                'l7.org/fhir/sid/us-npi"}}}]}'
            ),
            (
                '{"resourceType":"MedicationRequest","status":"active",'
                '"medicationCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/ndc","code":"«ndc»"}],'
                '"text":"«medication»"},"subject":{"display":"«name.comma»"},'
                '"requester":{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"«npi»"},'
                '"display":"«name.plain»"},"reasonCode":[{"text":"«condition»"}]}'
            ),
        ),
        clean=(
            (
                '{"resourceType":"MedicationRequest","id":"«uuid»","meta":{"lastUpdated":"«tsz»"},"status":"draft","i'
                'ntent":"proposal"}'
            ),
            ('{"resourceType":"SupplyDelivery","id":"«id»","status":"completed","suppliedItem":{"quantity":{"value":«count»}}}'),
            '{"resourceType":"Task","id":"«uuid»","status":"requested","intent":"order","authoredOn":"«tsz»"}',
            '{"resourceType":"CapabilityStatement","date":"«iso»","fhirVersion":"4.0.1"}',
        ),
    ),
    Form(
        "FHIR Encounter",
        holding=(
            (
                '{"resourceType":"Appointment","status":"booked","description":"«condition» follow-up","participant":'
                '[{"actor":{"display":"«name.plain»"}},{"actor":{"display":"Dr. «name.last»"}}],"start":"«tsz»"}'
            ),
            (
                '{"resourceType":"Encounter","class":{"code":"VR"},"subject":{"display":"«name.plain»"},'
                '"participant":[{"individual":{"display":"«name.plain»"}}],"reasonCode":[{"text":"«condition»"}],'
                '"period":{"start":"«tsz»"}}'
            ),
        ),
        clean=(
            ('{"resourceType":"Appointment","id":"«uuid»","status":"cancelled","start":"«tsz»","minutesDuration":30}'),
            (
                '{"resourceType":"AuditEvent","id":"«uuid»","recorded":"«tsz»","outcome":"0","source":{"observer":{"d'
                'isplay":"«pod»"}}}'
            ),
            ('{"resourceType":"Encounter","id":"«uuid»","status":"planned","class":{"code":"VR"},"period":{"start":"«tsz»"}}'),
            '{"resourceType":"Slot","id":"«id»","status":"free","start":"«tsz»","end":"«tsz»"}',
            '{"resourceType":"Schedule","id":"«uuid»","active":true}',
        ),
    ),
    Form(
        "FHIR XML",
        holding=(
            (
                '<Coverage xmlns="http://hl7.org/fhir"><subscriberId value="«member.plain»"/><beneficiary><display va'
                'lue="«name.plain»"/></beneficiary></Coverage>'
            ),
            (
                '<Condition xmlns="http://hl7.org/fhir"><code><coding><code value="«icd»"/></coding><text value="'
                '«condition»"/></code><subject><display value="«name.comma»"/></subject></Condition>'
            ),
            (
                '<Patient xmlns="http://hl7.org/fhir"><identifier><value value="«mrn.plain»"/></identifier><name><family '
                'value="«name.last»"/><given value="«name.first»"/></name><telecom><value value="«phone»"/></telecom>'
                '<birthDate value="«dob.iso»"/><address><line value="«street»"/></address></Patient>'
            ),
        ),
        clean=(
            ('<Slot xmlns="http://hl7.org/fhir"><id value="«uuid»"/><status value="busy"/><start value="«tsz»"/></Slot>'),
            '<Bundle xmlns="http://hl7.org/fhir"><type value="history"/><total value="«count»"/></Bundle>',
            (
                '<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="warning"/><diagnostics '
                'value="Unknown element at line «count»"/></issue></OperationOutcome>'
            ),
        ),
    ),
    Form(
        "CDA",
        holding=(
            (
                '<substanceAdministration classCode="SBADM"><manufacturedMaterial><code code="«ndc»" codeSystem="2.16'
                '.840.1.113883.6.69" displayName="«medication»"/></manufacturedMaterial></substanceAdministration>'
            ),
            (
                '<content ID="p1">«condition», treated with «medication» «dose»</content><legalAuthenticator><name>'
                "«name.plain», MD</name></legalAuthenticator>"
            ),
            (
                '<patientRole><id extension="«mrn.plain»" root="2.16.840.1.113883.19.5"/><addr><streetAddressLine>'
                '«street»</streetAddressLine></addr><telecom value="tel:«phone»"/><patient><name><given>'
                '«name.first»</given><family>«name.last»</family></name><birthTime value="«dob.plain»"/></patient>'
                "</patientRole>"
            ),
            (
                '<value xsi:type="CD" code="«icd»" codeSystem="2.16.840.1.113883.6.90" displayName="«condition»"/>'
                '<assignedAuthor><id root="2.16.840.1.113883.4.6" extension="«npi»"/></assignedAuthor>'
            ),
        ),
        clean=(
            (
                "<custodian><representedCustodianOrganization><name>Fernhollow Health</name></representedCustodianOrg"
                "anization></custodian>"
            ),
            ('<section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>None recorded</title></section>'),
            (
                '<relatedDocument typeCode="RPLC"><parentDocument><id root="«uuid»"/><versionNumber value="«count»"/>'
                "</parentDocument></relatedDocument>"
            ),
            (
                '<ClinicalDocument><templateId root="2.16.840.1.113883.10.20.22.1.2"/><id root="«uuid»"/><effectiveTime '
                'value="«hl7ts»"/></ClinicalDocument>'
            ),
        ),
    ),
    Form(
        "NCPDP SCRIPT",
        holding=(
            (
                "<RxRenewalRequest><Patient><Name><LastName>«name.last»</LastName><FirstName>«name.first»</FirstName>"
                "</Name><PrimaryTelephone><Number>«phone.plain»</Number></PrimaryTelephone></Patient><MedicationDispe"
                "nsed><DrugDescription>«medication.upper» TABLET</DrugDescription></MedicationDispensed><Diagnosis><P"
                "rimary><Code>«icd.plain»</Code></Primary></Diagnosis></RxRenewalRequest>"
            ),
            (
                "<NewRx><HumanPatient><Name><LastName>«name.last»</LastName><FirstName>«name.first»</FirstName></Name>"
                "<DateOfBirth><Date>«dob.iso»</Date></DateOfBirth><AddressLine1>«street»</AddressLine1></HumanPatient>"
                "<Prescriber><NPI>«npi»</NPI><DEANumber>«dea»</DEANumber></Prescriber><MedicationPrescribed>"
                "<DrugDescription>«medication» 10 MG</DrugDescription><ProductCode><Code>«ndc.plain»</Code><Qualifier>"
                "ND</Qualifier></ProductCode></MedicationPrescribed></NewRx>"
            ),
        ),
        clean=(
            (
                "<Body><Error><Code>900</Code><DescriptionCode>«id»</DescriptionCode><Description>Transaction rejecte"
                "d at «tsz»</Description></Error></Body>"
            ),
            (
                '<Header><To Qualifier="P">«control»</To><From Qualifier="D">«control»</From><RelatesToMessageID>'
                "«hex32»</RelatesToMessageID></Header>"
            ),
            (
                "<Message><Header><MessageID>«uuid»</MessageID><SentTime>«tsz»</SentTime></Header><Body><Status><Code>"
                "000</Code></Status></Body></Message>"
            ),
        ),
    ),
    Form(
        "NCPDP claim",
        holding=(
            (
                "AM04 C2=«member.plain» CC=«name.first» CD=«name.last» | AM07 D2=«control» E1=03 NDC «ndc.plain» | DX"
                " ICD-10 «icd.plain»"
            ),
            (
                "Claim reject 75 prior auth required: «medication.upper», cardholder ID «member», DOB «dob.plain», pr"
                "escriber DEA «dea»"
            ),
            (
                "BIN:0«last4»1 PCN:FH GRP:RX«count» | C2 Cardholder ID: «member.plain» | C4 DOB: «dob.plain» | CA First: "
                "«name.first» | CB Last: «name.last» | D7 NDC: «ndc.plain» | DB Prescriber NPI: «npi»"
            ),
        ),
        clean=(
            "Claim reject 88 DUR: see queue «count», control «control»",
            "AM01 BIN 0«last4»2 version D0 transaction B1 count 1 service date «ymd»",
            "BIN:0«last4»1 PCN:FH | AN Response: R | FB Reject: 70 | Help desk queue «count»",
            "AN Response: P | F5 copay: «price» | F3 auth: «control»",
        ),
    ),
)
"""Forms of messages."""
