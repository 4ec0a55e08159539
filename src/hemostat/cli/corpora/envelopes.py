"""Further forms of the exchange: settings, mail and telephone, directories, messages of payers, labels and files."""

from .filling import Form

_SETTINGS = (
    Form(
        "yaml settings",
        notation="yaml",
        texts=("# rendered «tsz»\nservice: intake\nreplicas: «count»\n«record»\n",),
        holding=(
            'oncall:\n  primary: «s.name»\n  phone: "«s.phone»"\n  escalate_to: «t.email»\n',
            'fixtures:\n  - {mrn: «mrn», name: "«p.name»", dob: «p.born»}\n  - {mrn: «mrn», name: "«r.name»", dob: «r.born»}\n',
            "klaviyo:\n  private_key: «key.any»\nshopify:\n  access_token: «key.shopify»\n",
        ),
        clean=(
            "patient:\n  retention_days: «ms»\n  table: patient_v«count»\nimage: registry.example/care:«sha»\n",
            "thresholds:\n  p95_ms: «ms»\n  cutover: «iso»\n  sku_prefix: «sku»\n",
            "alerts:\n  owner: team-intake\n  runbook: /docs/street/patient-count.md\n  since: «tsz»\n",
        ),
    ),
    Form(
        "toml settings",
        holding=(
            '[payments]\nprovider = "stripe"\nsecret_key = "«key.stripe»"\nwebhook_tolerance = «ms»',
            '[seed.patient]\nfull_name = "«p.name»"\nbirth_date = "«p.born»"\nmedicare = "«mbi»"',
            "[magento]\nconsumer_key = «key.magento»\nconsumer_secret = «key.magento»\nversion = «version»",
            '[support]\nowner = "«s.name»"\nmail = "«s.email»"\nhost = "«ip4»"',
        ),
        clean=(
            '[payments]\nprovider = "stripe"\ncurrency = "USD"\nminimum = «price»\napi_version = "«iso»"',
            '[tool.poetry]\nname = "patient-portal"\nversion = "«version»"\ncontent-hash = "«sha»"',
            "[cache]\nttl = «ms»\nprefix = fh_«count»\nlicense = «plate»",
        ),
    ),
    Form(
        "environment",
        notation="env",
        texts=("PATH=/usr/local/bin:/usr/bin\nNODE_ENV=production\n«record»\nSHLVL=1",),
        holding=(
            (
                "$ printenv | grep -i key\nAWS_ACCESS_KEY_ID=«key.aws»\nAWS_SECRET_ACCESS_KEY=«key.aws_secret»\n"
                "AWS_REGION=us-east-1"
            ),
            "SMTP_FROM=«s.email»\nDD_API_KEY=«key.any»\nTWILIO_FROM=«s.e164»",
        ),
        clean=(
            "$ printenv | grep -i version\nNODE_VERSION=«version»\nYARN_VERSION=«version»\nGIT_COMMIT=«sha»\nBUILD_NUMBER=«id»",
            "CRON_PATIENT_SYNC=*/5 * * * *\nBATCH=«ms»\nPARCEL_ACCOUNT=«company»",
        ),
    ),
    Form(
        "plan output",
        holding=(
            '  ~ resource "aws_ssm_parameter" "shop" {\n      ~ value = "«key.shopify»" -> "«key.shopify»"\n    }',
            '  + environment {\n      + STRIPE_SECRET_KEY = "«key.stripe»"\n      + CLINIC_PHONE      = "«s.phone»"\n    }',
            '  + sns_subscription {\n      + endpoint = "«s.email»"\n      + protocol = "email"\n    }',
            '  ~ ingress {\n      ~ description = "home of «s.name»"\n      ~ cidr_blocks = ["«ip4»/32"]\n    }',
        ),
        clean=(
            (
                '  ~ resource "aws_instance" "patient_api" {\n      ~ ami = "ami-0«hex16»" -> "ami-0«hex16»"\n    }\nPlan: '
                "«count» to add, 0 to destroy."
            ),
            '  + tags = {\n      + "Release" = "«version»"\n      + "Ticket"  = "FH-«id»"\n    }',
            "aws_s3_bucket.exports: Refreshing state... [id=fh-exports-«id»]",
        ),
    ),
    Form(
        "cluster secret",
        notation="yaml",
        texts=("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: care-«hex16»\ndata:\n«record»\n",),
        holding=(
            "stringData:\n  api-key: «key.any»\n  storefront: «key.shopify»\n",
            (
                'kubectl -n care logs «pod» | tail -1\nlevel=warn msg="no coverage" member=«member.plain» payer=«payer» '
                "dob=«p.born»"
            ),
        ),
        clean=(
            (
                "  Warning  BackOff  «count»m (x«count» over «count»m)  kubelet  Back-off restarting failed container "
                "patient-api in pod «pod»"
            ),
            'metadata:\n  uid: «uuid»\n  resourceVersion: "«id»"\n  creationTimestamp: "«tsz»"\n',
        ),
    ),
)  # fmt: skip
_MAIL = (
    Form(
        "postfix log",
        holding=(
            (
                "«syslog» mx1 postfix/smtp[«pid»]: «hex16»: to=<«p.email»>, relay=mx.example[«ip4»]:25, delay=«float», "
                "dsn=2.0.0, status=sent (250 OK)"
            ),
            (
                "«syslog» mx1 postfix/cleanup[«pid»]: «hex16»: warning: header Subject: Refill of «drug» for «p.name» from "
                "localhost; from=<«s.email»>"
            ),
            "«syslog» mx1 postfix/qmgr[«pid»]: «hex16»: from=<«s.email»>, size=«bytes», nrcpt=1 (queue active)",
            (
                "«syslog» mx1 postfix/smtpd[«pid»]: NOQUEUE: reject: RCPT from unknown[«ip4»]: 550 5.1.1 <«p.email»>: Recipient "
                "address rejected"
            ),
        ),
        clean=(
            "«syslog» mx1 postfix/cleanup[«pid»]: «hex16»: message-id=<«ymd».«hex16»@mx1.internal>",
            "«syslog» mx1 postfix/qmgr[«pid»]: «hex16»: removed",
            "«syslog» mx1 opendkim[«pid»]: «hex16»: DKIM-Signature field added (s=mail«count», d=fernhollow.example)",
            "«syslog» mx1 postfix/anvil[«pid»]: statistics: max connection rate «count»/60s at «syslog», cache size «count»",
        ),
    ),
    Form(
        "mail headers",
        holding=(
            (
                'Received: from [«ip4»] (port=«port») by mx1.internal with esmtpsa id «hex16»\nFrom: "«p.comma»" <«p.email»>\n'
                "To: care desk <«s.email»>"
            ),
            "RCPT TO:<«p.email»>\n250 2.1.5 Ok\nDATA\nSubject: Your visit with Dr. «s.last»\n\nDear «p.name»,",
            "Subject: =?UTF-8?Q?Results?= - «p.any», DOB «p.dob»\nX-Mailer: PHPMailer «version»\nDate: «tss»",
        ),
        clean=(
            (
                "Received: by mx1.internal (Postfix, from userid «ms») id «hex16»; «tss»\nSubject: Your order «order» has "
                "shipped\nX-Priority: 3"
            ),
            "DKIM-Signature: v=1; a=rsa-sha256; d=fernhollow.example; s=k«count»; t=«unix»; bh=«mac»",
            "List-Unsubscribe: <https://fernhollow.example/u/«uuid»>\nX-Campaign: «brand»\nX-Batch: «luhn»",
        ),
    ),
    Form(
        "sip message",
        holding=(
            (
                "INVITE sip:«p.e164»@sip.example SIP/2.0\nVia: SIP/2.0/UDP «ip4»:5060;branch=z9hG4bK«hex16»\nCall-ID: «hex32»\n"
                "CSeq: «count» INVITE"
            ),
            (
                'From: "«p.name:upper»" <sip:«p.digits»@sip.example>;tag=«hex16»\nTo: <sip:900«count»@pbx.internal>\n'
                "Content-Length: 0"
            ),
            'P-Asserted-Identity: "«s.name»" <tel:«s.e164»>\nMax-Forwards: 70\nUser-Agent: FreeSWITCH «version»',
        ),
        clean=(
            (
                "SIP/2.0 486 Busy Here\nVia: SIP/2.0/TLS edge-«count».voice.example;branch=z9hG4bK«hex16»\nCall-ID: «hex32»\n"
                "CSeq: «count» INVITE"
            ),
            "OPTIONS sip:trunk-«count».voice.example SIP/2.0\nMax-Forwards: 70\nCSeq: «id» OPTIONS\nExpires: «ms»",
            "a=rtpmap:101 telephone-event/8000\na=ssrc:«id» cname:«hex16»\nm=audio «port» RTP/SAVPF 111 0 8 101",
        ),
    ),
    Form(
        "call record",
        holding=(
            (
                '"","«p.digits»","8«last4»","clinic-in","""«p.name»"" <«p.digits»>","PJSIP/trunk-0000«last4»","Queue","refills",'
                '"«tss»","«tss»",«ms»,«count»,"ANSWERED"'
            ),
            "call_sid=CA«hex32» from=«p.e164» to=«s.e164» direction=inbound duration=«ms» status=completed recording=RE«hex32»",
            "IVR step=verify_dob input=«p.mmddyyyy» result=match caller=«p.digits» chart=«mrn.plain»",
        ),
        clean=(
            '"","anonymous","8«last4»","clinic-in","","PJSIP/trunk-0000«last4»","Queue","refills","«tss»","",«ms»,0,"NO ANSWER"',
            (
                "call_sid=CA«hex32» from=withheld to=queue:refills direction=inbound duration=«ms» status=no-answer "
                "price=-0.0«count»"
            ),
            "IVR step=menu input=«count» result=ok node=«pod» elapsed=«float»",
        ),
    ),
)  # fmt: skip
_DIRECTORIES = (
    Form(
        "directory entry",
        holding=(
            (
                "dn: uid=«id»,ou=people,dc=fernhollow,dc=example\ncn: «s.name»\nsn: «s.last»\ngivenName: «s.first»\nmail: "
                "«s.email»\ntelephoneNumber: «s.phone»"
            ),
            (
                "dn: cn=«p.name»,ou=patients,dc=fernhollow,dc=example\nhomePostalAddress: «p.address»\nmobile: «p.phone»\n"
                "changetype: modify"
            ),
            'slapd[«pid»]: conn=«ms» op=1 SRCH base="dc=fernhollow,dc=example" scope=2 filter="(mail=«s.email»)"',
        ),
        clean=(
            (
                "dn: ou=patients,dc=fernhollow,dc=example\nobjectClass: organizationalUnit\nou: patients\nentryUUID: «uuid»\n"
                "entryCSN: «ymd»060000.«id»Z"
            ),
            "slapd[«pid»]: conn=«ms» op=«count» RESULT tag=101 err=0 nentries=«count» text=",
            "dn: cn=nurses,ou=groups,dc=fernhollow,dc=example\ngidNumber: «id»\nmodifyTimestamp: «hl7ts»Z",
        ),
    ),
    Form(
        "contact card",
        holding=(
            (
                "BEGIN:VCARD\nVERSION:3.0\nN:«p.semi»;;;\nFN:«p.name»\nTEL;TYPE=CELL:«p.phone»\nEMAIL:«p.email»\n"
                "BDAY:«p.yyyymmdd»\nEND:VCARD"
            ),
            (
                "BEGIN:VCARD\nVERSION:4.0\nFN:«s.name»\nORG:«company»\nTITLE:Pharmacist\nTEL;VALUE=uri:tel:«s.e164»\nADR;"
                "TYPE=work:;;«s.street»;;;;\nEND:VCARD"
            ),
        ),
        clean=(
            (
                "BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:«company»\nURL:https://«sku».example\nREV:«tsz»\nUID:urn:uuid:«uuid»\n"
                "END:VCARD"
            ),
            (
                "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Fernhollow//Export «version»//EN\nX-PATIENT-COUNT:«count»\nREV:«tsz»\n"
                "END:VCARD"
            ),
        ),
    ),
    Form(
        "calendar entry",
        holding=(
            (
                "BEGIN:VEVENT\nUID:«uuid»\nDTSTART:«ymd»T150000Z\nSUMMARY:«p.name» - «ill» follow-up\nATTENDEE;"
                'CN="«p.name»":mailto:«p.email»\nEND:VEVENT'
            ),
            (
                'ORGANIZER;CN="Dr. «s.name»":mailto:«s.email»\nDESCRIPTION:Call «p.phone» if not in the room. Refill «drug».\n'
                "STATUS:CONFIRMED"
            ),
            "SUMMARY:House call\nLOCATION:«p.address»\nDTSTAMP:«ymd»T090000Z\nSEQUENCE:«count»",
        ),
        clean=(
            (
                "BEGIN:VEVENT\nUID:«uuid»\nDTSTART:«ymd»T150000Z\nSUMMARY:Patient safety huddle\nRRULE:FREQ=WEEKLY;BYDAY=TU\n"
                "END:VEVENT"
            ),
            "SUMMARY:«brand» launch\nDESCRIPTION:Creative due «us», budget «price»\nLOCATION:Main Street room\nSEQUENCE:«count»",
            "BEGIN:VTODO\nDUE;VALUE=DATE:«ymd»\nSUMMARY:Renew contract with «company»\nPRIORITY:«count»\nEND:VTODO",
        ),
    ),
    Form(
        "provisioning",
        texts=(
            (
                '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"«id»","active":true,'
                '"urn:care:profile":«record»}'
            ),
        ),
        holding=(
            (
                '{"userName":"«s.email»","name":{"formatted":"«s.name»","givenName":"«s.first»","familyName":"«s.last»"},'
                '"phoneNumbers":[{"value":"«s.phone»","type":"work"}],"meta":{"resourceType":"User","created":"«tsz»"}}'
            ),
            (
                'PATCH /scim/v2/Users/«uuid» {"Operations":[{"op":"replace","path":"emails[type eq \\"work\\"].value",'
                '"value":"«s.email»"}]}'
            ),
        ),
        clean=(
            (
                '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Patient Access «count»",'
                '"id":"«uuid»","members":[]}'
            ),
            'PATCH /scim/v2/Users/«uuid» {"Operations":[{"op":"replace","path":"active","value":false}]} -> «status» in «ms» ms',
        ),
    ),
    Form(
        "sign-on assertion",
        holding=(
            (
                '<saml:Attribute Name="mail"><saml:AttributeValue '
                'xsi:type="xs:string">«s.email»</saml:AttributeValue></saml:Attribute><saml:Attribute '
                'Name="displayName"><saml:AttributeValue>«s.name:xml»</saml:AttributeValue></saml:Attribute>'
            ),
            (
                '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">«s.email»</saml:Name'
                "ID></saml:Subject>"
            ),
            (
                '<saml:SubjectLocality Address="«ip4»"/><saml:AttributeValue>«npi»</saml:AttributeValue><!-- attribute: '
                "provider npi -->"
            ),
        ),
        clean=(
            (
                '<samlp:Response ID="_«hex32»" IssueInstant="«tsz»" Version="2.0" '
                'InResponseTo="ONELOGIN_«hex32»"><saml:Issuer>idp</saml:Issuer>'
            ),
            '<saml:Attribute Name="role"><saml:AttributeValue>patient-access-clerk</saml:AttributeValue></saml:Attribute>',
            '<ds:DigestValue>«mac»</ds:DigestValue><saml:Conditions NotBefore="«tsz»" NotOnOrAfter="«tsz»"/>',
        ),
    ),
    Form(
        "curl call",
        holding=(
            "curl -sS https://api.fernhollow.example/v2/me -H 'Authorization: Bearer «jwt»' -H 'X-Request-Id: «uuid»'",
            (
                'curl -u :«key.stripe» https://api.pay.example/v1/customers -d email=«p.email:url» -d name="«p.name»" -d '
                "phone=«p.e164»"
            ),
            (
                '$ curl -X GET "https://fh.myshop.example/admin/api/2026-01/orders.json?email=«p.email:url»" -H '
                '"X-Shopify-Access-Token: «key.shopify»"'
            ),
            "curl --cookie 'PHPSESSID=«session.php»' https://shop.example/rest/V1/customers/«id» # «p.name», per ticket «id»",
        ),
        clean=(
            "curl -fsSL https://get.tools.example/v«version»/install.sh | sha256sum -c - # «sha»",
            (
                "$ curl -X POST https://fh.myshop.example/admin/api/2026-01/inventory_levels/set.json -d "
                "'{\"inventory_item_id\":«gid»,\"available\":«count»}'"
            ),
            "curl -w '%{http_code} %{time_total}\\n' -o /dev/null https://fernhollow.example/patients/login # «status» «float»",
        ),
    ),
)  # fmt: skip
_PAPERS = (
    Form(
        "claim acknowledgement",
        holding=(
            (
                "HL*4*3*PT~NM1*QC*1*«p.x12»****MI*«member.plain»~TRN*2*«control»~STC*A7:562:85*«ymd»*U*«price»~DTP*472*D8*«ymd»~"
                "SE*«count»*0001~"
            ),
            "HL*3*2*19*1~NM1*85*1*«s.x12»****XX*«npi»~TRN*1*0~STC*A1:19:PR**WQ*«ms»~",
            "IK3*DMG*«count»*2010BA*8~CTX*SITUATIONAL TRIGGER~IK4*2*1251*8*«p.yyyymmdd»~IK5*R*5~AK9*R*1*1*0~",
            "IK3*NM1*«count»*2010BA*8~IK4*9*67*7*«mbi»~IK5*E~ 837 subscriber «p.comma:upper»",
        ),
        clean=(
            "ST*999*0001*005010X231A1~AK1*HC*«count»*005010X222A1~AK2*837*«control»*005010X222A1~IK5*A~AK9*A*1*1*1~SE*6*0001~",
            "TA1*«control»*«ymd»*1200*A*000~IEA*0*«control»~",
            "BHT*0085*08*«control»*«ymd»*1635*TH~HL*1**20*1~NM1*PR*2*«company»*****46*«id»~QTY*90*«count»~AMT*YU*«price»~",
        ),
    ),
    Form(
        "resource stream",
        holding=(
            (
                '{"resourceType":"Patient","id":"«uuid»","identifier":[{"type":{"text":"MRN"},"value":"«mrn.plain»"}],'
                '"name":[{"family":"«p.last»","given":["«p.first»"]}],"birthDate":"«p.born»","telecom":[{"system":"phone",'
                '"value":"«p.phone»"}]}'
            ),
            (
                '{"resourceType":"Condition","id":"«id»","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm",'
                '"code":"«code»"}],"text":"«ill»"}}'
            ),
            (
                '{"resourceType":"MedicationRequest","status":"active","medicationCodeableConcept":{"text":"«drug»",'
                '"coding":[{"system":"http://hl7.org/fhir/sid/ndc","code":"«ndc.plain»"}]},"requester":{"display":"Dr. '
                '«s.name»"},"authoredOn":"«iso»"}'
            ),
            (
                '{"resourceType":"Coverage","subscriberId":"«member»","beneficiary":{"reference":"Patient/«uuid»",'
                '"display":"«p.name»"},"status":"active"}'
            ),
            (
                '{"resourceType":"RelatedPerson","relationship":[{"text":"mother"}],"name":[{"text":"«r.name»"}],'
                '"address":[{"line":["«r.street»"]}]}'
            ),
        ),
        clean=(
            (
                '{"resourceType":"Bundle","type":"searchset","total":«count»,"link":[{"relation":"next",'
                '"url":"/fhir/Patient?_page=«count»&_count=50"}]}'
            ),
            '{"resourceType":"Slot","id":"«uuid»","start":"«tsz»","status":"free","schedule":{"reference":"Schedule/«id»"}}',
            (
                '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing",'
                '"diagnostics":"Patient/«id» not found at «tsz»"}]}'
            ),
        ),
    ),
    Form(
        "object keys",
        holding=(
            "«tss»     «bytes» uploads/id-scans/«p.file»_DL_«license:dashed».jpg",
            "s3://fh-intake/«iso»/mrn=«mrn.plain»/consent_«p.name:dashed».pdf",
            "PUT /exports/«p.email»/chart-«ymd».zip HTTP/1.1 «status» «hex32» requester=«s.email»",
            "moved 'Scan - «p.comma» - DOB «p.born».tiff' to archive/«uuid»/page-«count».tiff",
        ),
        clean=(
            "«tss»     «bytes» uploads/products/«item»/«sha»_1200x«ms».webp",
            "s3://fh-lake/patients/dt=«iso»/part-0000«count»-«uuid».c000.snappy.parquet",
            "moved 'Main Street store plan v«count».pdf' to archive/«uuid»/page-«count».tiff",
            "PUT /exports/daily/orders-«ymd».zip HTTP/1.1 «status» «hex32» bytes=«bytes»",
        ),
    ),
    Form(
        "gateway dump",
        holding=(
            "<< 0200|F2=«pan.plain»|F3=000000|F4=0000000«cents»|F14=29«count»|F41=TERM«last4»|F42=FERNHOLLOW",
            (
                "x_card_num=«pan.plain»&x_exp_date=0«count»29&x_amount=«price»&x_first_name=«p.first:url»&"
                "x_last_name=«p.last:url»&x_address=«p.street:url»"
            ),
            (
                '{"createTransactionRequest":{"payment":{"creditCard":{"cardNumber":"«pan»","expirationDate":"2029-1«count»"}},'
                '"billTo":{"firstName":"«p.first»","lastName":"«p.last»"},"customerIP":"«ip4»"}}'
            ),
            (
                "<ACCT>«pan.plain»</ACCT><NAME>«p.name:xml»</NAME><STREET>«p.street:xml»</STREET><AMT>«price»</AMT><RESULT>12</R"
                "ESULT>"
            ),
        ),
        clean=(
            ">> 0210|F2=«masked»|F37=«luhn»|F38=«last4»|F39=00|F41=TERM«last4»",
            (
                '{"transactionResponse":{"responseCode":"1","authCode":"«sku»","transId":"«gid»","accountNumber":"XXXX«last4»",'
                '"refId":"«luhn»"}}'
            ),
            "settlement batch «luhn» closed «tss»: «ms» sales, «count» refunds, total «price», arn «luhn»«luhn»",
        ),
    ),
    Form(
        "parcel label",
        texts=(
            (
                '{"ShipmentRequest":{"Service":{"Code":"0«count»"},"Package":{"Weight":"«float»"},"ShipTo":«record»,'
                '"LabelKey":"«tracking»"}}'
            ),
        ),
        holding=(
            (
                '{"ShipTo":{"Name":"«p.name»","AttentionName":"«r.name»","Phone":{"Number":"«p.digits»"},'
                '"Address":{"AddressLine":["«p.street»"],"City":"Hilo","StateProvinceCode":"HI"}},'
                '"ReferenceNumber":{"Value":"«order»"}}'
            ),
            "^XA^FO40,60^A0N,36^FD«p.name:upper»^FS^FO40,100^FD«p.street:upper»^FS^FO40,400^BY3^BCN,120^FD«tracking»^FS^XZ",
            "DELIVER TO: «p.any»\n«p.block»\nPH «p.phone»\nREF1 «order» TRK# «tracking»",
        ),
        clean=(
            (
                '{"TrackResponse":{"InquiryNumber":"«tracking»","Activity":[{"Date":"«ymd»","Status":"In transit",'
                '"Location":"Hub «count»"}]}}'
            ),
            "^XA^FO40,60^A0N,36^FDFRAGILE^FS^FO40,400^BY3^BCN,120^FD«tracking»^FS^FO40,540^FDLOT «luhn»^FS^XZ",
            "MANIFEST «luhn» «ymd» PCS «count» WT «float» LB ZONE «count» SVC GROUND REF1 «order» TRK# «tracking»",
        ),
    ),
    Form(
        "fixed columns",
        texts=("«columns»",),
    ),
    Form(
        "sheet export",
        holding=(
            "Name;E-Mail;Telefon;Geburtsdatum\n«p.name»;«p.email»;«p.phone»;«p.dob»«next»\n«p.name»;«p.email»;«p.phone»;«p.dob»",
            (
                "Last\tFirst\tDOB\tMember #\tDx\n«p.last»\t«p.first»\t«p.bday»\t«member»\t«code»«next»\n"
                "«p.last»\t«p.first»\t«p.bday»\t«member»\t«code»"
            ),
            "sep=;\nOrder;Ship name;Street;Note\n«order»;«p.name:upper»;«p.street»;call «p.phone»",
            "MRN\tNDC\tDrug\tPrescriber NPI\n«mrn»\t«ndc»\t«drug»\t«npi»\n«mrn»\t«ndc»\t«drug»\t«npi»",
            'Passport;License;Holder\n«passport»;«license»;"«p.comma»"',
        ),
        clean=(
            "Item;GTIN;Price;On hand\n«sku»;«barcode»;«price»;«count»\n«sku»;«barcode»;«price»;«count»",
            "Week\tPatients\tVisits\tNo-shows\n«iso»\t«ms»\t«ms»\t«count»\n«iso»\t«ms»\t«ms»\t«count»",
            "sep=;\nOrder;Carrier ref;Vendor\n«order»;«tracking»;«company»\n«order»;«luhn»;«brand»",
        ),
    ),
    Form(
        "browser archive",
        texts=(
            (
                '{"startedDateTime":"«tsz»","time":«float»,"request":{"method":"POST","url":"https://care.example«path»",'
                '"postData":{"text":"«record:esc»"}}}'
            ),
        ),
        holding=(
            (
                '{"request":{"headers":[{"name":"authorization","value":"Bearer «jwt»"},{"name":"x-patient-mrn",'
                '"value":"«mrn»"}],"cookies":[]}}'
            ),
            '{"queryString":[{"name":"q","value":"«p.name»"},{"name":"dob","value":"«p.bday»"}],"serverIPAddress":"«ip4»"}',
        ),
        clean=(
            (
                '{"response":{"status":«status»,"content":{"size":«bytes»,"mimeType":"image/webp"}},"timings":{"wait":«float»,'
                '"receive":«float»}}'
            ),
            (
                '{"pages":[{"id":"page_«count»","title":"«brand»","pageTimings":{"onLoad":«float»}}],'
                '"creator":{"version":"«version»"}}'
            ),
        ),
    ),
    Form(
        "security event",
        holding=(
            (
                "«syslog» fw1 CEF:0|Fernhollow|Gate|«version»|«ms»|Login failed|5|src=«ip4» suser=«s.email» msg=bad password "
                "cnt=«count»"
            ),
            '<134>1 «tsz» «pod» dlp «pid» - - matched file=claims-«ymd».csv sample="«ssn» «p.comma»" action=block',
            'type=USER_AUTH msg=audit(«unix».«count»:«id»): acct="«s.email»" exe="/usr/sbin/sshd" addr=«ip4» res=failed',
        ),
        clean=(
            "«syslog» fw1 CEF:0|Fernhollow|Gate|«version»|«ms»|Policy updated|3|cs1=patient-zone cn1=«count» rt=«unixms»",
            "<134>1 «tsz» «pod» dlp «pid» - - scanned files=«ms» bytes=«bytes» matches=0 took=«float»",
            "type=SYSCALL msg=audit(«unix».«count»:«id»): arch=c000003e syscall=«ms» success=yes exit=0 a0=«hex16»",
        ),
    ),
)  # fmt: skip
FORMS = (*_SETTINGS, *_MAIL, *_DIRECTORIES, *_PAPERS)
"""The further forms."""
