"""Further forms of the exchange: queues, pipelines and databases, and what applications write of themselves."""

from .filling import Form

_PIPES = (
    Form(
        "kafka record",
        texts=(
            "[Consumer clientId=«pod», groupId=orders] offset=«id» partition=«count» key=«uuid» value=«record»",
            (
                'CreateTime:«unixms»\tPartition:«count»\tOffset:«id»\t«uuid»\t{"specversion":"1.0","type":"care.intake.v2",'
                '"data":«record»}'
            ),
        ),
        holding=("CreateTime:«unixms»\tKey:«p.email»\tHeaders:tenant=fernhollow,traceparent:00-«hex32»-«hex16»-01\tnull",),
        clean=(
            (
                "[GroupCoordinator «count»]: Preparing to rebalance group intake-sink in state PreparingRebalance with old "
                "generation «count»"
            ),
            "Resetting offset for partition orders.v1-«count» to position FetchPosition{offset=«id», epoch=«count»}",
        ),
    ),
    Form(
        "queue message",
        texts=(
            '{"Messages":[{"MessageId":"«uuid»","ReceiptHandle":"AQEB«sha»","MD5OfBody":"«hex32»","Body":"«record:esc»"}]}',
            '{"Type":"Notification","TopicArn":"arn:aws:sns:us-east-1:«id»:rx","Message":"«record:esc»","Timestamp":"«tsz»"}',
        ),
        holding=(
            (
                '{"Records":[{"messageId":"«uuid»","body":"{\\"to\\":\\"«p.email»\\",\\"name\\":\\"«p.name»\\",'
                '\\"dob\\":\\"«p.born»\\"}"}]}'
            ),
        ),
        clean=(
            (
                '{"Records":[{"eventSource":"aws:sqs","awsRegion":"us-east-2","messageId":"«uuid»",'
                '"attributes":{"SentTimestamp":"«unixms»"}}]}'
            ),
        ),
    ),
    Form(
        "change row",
        texts=(
            (
                '{"payload":{"before":null,"after":«record»,"source":{"version":"«version».Final","connector":"mysql",'
                '"file":"mysql-bin.000«count»","pos":«id»,"server_id":«id»},"op":"«?c|u|r»","ts_ms":«unixms»}}'
            ),
        ),
        holding=(
            (
                '{"before":{"id":«id»,"email":"«p.email»","ph":"«p.digits»"},"after":{"id":«id»,"email":"«r.email»",'
                '"ph":"«r.digits»"},"op":"u"}'
            ),
            (
                '{"op":"d","before":{"MRN_NBR":"«mrn.plain»","PAT_NM":"«p.comma:upper»","BRTH_DT":"«p.yyyymmdd»"},"after":null,'
                '"ts_ms":«unixms»}'
            ),
            (
                "UPDATE prod.patients [old: phone=«p.phone» addr='«p.street:sql»'] [new: phone=«r.phone» addr='«r.street:sql»'] "
                "scn=«id»"
            ),
        ),
        clean=(
            (
                '{"before":{"id":«id»,"state":"picked"},"after":{"id":«id»,"state":"packed","bin":"«sku»"},"op":"u",'
                '"ts_ms":«unixms»}'
            ),
            "UPDATE prod.inventory [old: qty=«count»] [new: qty=«count»] scn=«id» gtid=«uuid»:«id»",
        ),
    ),
    Form(
        "pipeline log",
        notation="python",
        texts=("[«ts»] {taskinstance.py:«ms»} INFO - op_kwargs: «record»",),
        holding=(
            (
                "«clock»  Failure in test unique_dim_patient_email (models/marts/schema.yml): Got «count» results, first: "
                "('«p.email»', «count»)"
            ),
            "[«ts»] {python.py:«ms»} ERROR - could not geocode '«p.address:py»' for patient MRN «mrn»",
            (
                '«clock»  Database Error in model stg_rx: invalid input syntax for type date: "«p.mmddyyyy»" (dob), row for '
                "«p.name»"
            ),
        ),
        clean=(
            (
                "«clock»  «count» of «ms» OK created sql table model analytics.fct_orders ................ [SELECT «id» in "
                "«float»s]"
            ),
            (
                "[«ts»] {taskinstance.py:«ms»} INFO - Marking task as SUCCESS. dag_id=daily_orders, task_id=load, "
                "execution_date=«ymd»T060000"
            ),
            "«clock»  Running with dbt=«version»; found «ms» models, «count» seeds, «ms» tests; target prod; sha «sha»",
        ),
    ),
    Form(
        "connector log",
        texts=(
            (
                '{"event":"«?record_skipped|write_to_table|sync_end»","created":"«tsz»","connector_id":"«?loud_fox|calm_reed»",'
                '"data":«record»}'
            ),
        ),
        holding=(
            'WARNING: value too long for column "address_1" (varchar 24): "«p.street»" source_id=«id»',
            (
                'SEVERE: row rejected {"_line":«id»,"Patient":"«p.comma»","Member":"«member.plain»","Dx":"«code»"} '
                "reason=schema_mismatch"
            ),
        ),
        clean=(
            (
                '{"event":"records_modified","data":{"schema":"shopify","table":"order_line",'
                '"operationType":"REPLACED_OR_INSERTED","count":«id»}}'
            ),
            "INFO: extract finished, «id» rows in «float» s, cursor «unixms», checksum «sha»",
        ),
    ),
    Form(
        "query history",
        holding=(
            (
                "select * from `fh-prod.care.patients` where lower(email) = '«p.email:lower»' or ssn in ('«ssn»', '«ssn»') -- "
                "job_«uuid», «bytes» bytes"
            ),
            (
                "QUERY_ID=«uuid» USER=LOOKER_SVC SELECT NAME, PHONE FROM PATIENTS WHERE MRN='«mrn.plain»' AND DOB = "
                "TO_DATE('«p.born»')"
            ),
            (
                "MERGE INTO dim_member t USING (SELECT '«member.plain»' AS member_id, '«p.last:sql»' AS last_name, "
                "'«p.first:sql»' AS first_name) s USING (member_id)"
            ),
            (
                "jobChange: DELETE FROM rx WHERE patient_name LIKE '«p.last:sql»%' AND drug ILIKE '«drug:lower»' AND filled_on "
                "> '«iso»'"
            ),
            "CALL sp_lookup_card(card_no => '«pan.plain»', dob => '«p.bday»'); -- elapsed «ms»ms, warehouse WH_«few»",
        ),
        clean=(
            (
                "select date_trunc(month, created_at), count(*) from `fh-prod.shop.orders` where created_at >= '«iso»' group by "
                "1 -- job_«uuid»"
            ),
            (
                "QUERY_ID=«uuid» USER=DBT_PROD CREATE OR REPLACE TABLE MARTS.FCT_PATIENT_COUNTS AS SELECT STATE, COUNT(*) FROM "
                "STG_PATIENTS GROUP BY 1"
            ),
            "SELECT sku, sum(qty) FROM order_lines WHERE sku IN ('«sku»', '«sku»') AND gtin = '«barcode»' LIMIT «count»",
            "COPY INTO RAW.SHIPMENTS FROM @stage/«ymd»/part-«count».parquet; -- «id» rows, «bytes» bytes, etag «hex32»",
        ),
    ),
    Form(
        "search bulk",
        texts=('{"index":{"_index":"«?customers|intakes|orders»-«ymd»","_id":"«gid»"}}\n«record»',),
        holding=(
            '{"query":{"bool":{"must":[{"match":{"full_name":"«p.name»"}},{"term":{"dob":"«p.born»"}}]}},"size":«count»}',
            (
                '{"took":«ms»,"hits":{"hits":[{"_id":"«id»","_source":{"email":"«p.email»","dx":["«code»","«code»"],'
                '"rx":["«drug»"]}}]}}'
            ),
        ),
        clean=(
            '{"query":{"bool":{"filter":[{"term":{"sku":"«sku»"}},{"range":{"price":{"lte":«price»}}}]}},"size":«count»}',
            (
                '{"took":«ms»,"timed_out":false,"_shards":{"total":«count»,"failed":0},"hits":{"total":{"value":«id»},'
                '"max_score":«float»}}'
            ),
        ),
    ),
    Form(
        "document profiler",
        notation="spaced",
        texts=(
            (
                '{"t":{"$date":"«ts»"},"s":"I","c":"COMMAND","id":51803,"ctx":"conn«id»","msg":"Slow query",'
                '"attr":{"ns":"care.«?leads|charts»","command":{"find":"charts","filter":«record»},"planSummary":"COLLSCAN",'
                '"durationMillis":«ms»}}'
            ),
        ),
        holding=('E11000 duplicate key error collection: care.users index: email_1 dup key: { email: "«p.email»" }',),
        clean=('E11000 duplicate key error collection: shop.carts index: cart_id_1 dup key: { cart_id: "«hex32»" }',),
    ),
    Form(
        "database refusal",
        holding=(
            (
                'ERROR:  duplicate key value violates unique constraint "«?customers|users»_email_key"\nDETAIL:  Key '
                "(email)=(«p.email») already exists."
            ),
            "DETAIL:  Key (last_name, first_name, dob)=(«p.last», «p.first», «p.born») already exists.",
            (
                'ERROR:  insert or update on table "rx" violates foreign key constraint\nDETAIL:  Key (mrn)=(«mrn.plain») is '
                'not present in table "charts".'
            ),
            (
                'ERROR:  null value in column "zip" of relation "patients" violates not-null constraint\nDETAIL:  Failing row '
                "contains («id», «p.name», «p.email», null, «p.born», «p.digits», «tss»)."
            ),
            "ERROR 1062 (23000): Duplicate entry '«ssn»' for key 'applicants.ssn_unique'",
            "DETAIL:  parameters: $1 = '«p.email»', $2 = '«p.phone»', $3 = '«p.address:sql»'",
        ),
        clean=(
            (
                'ERROR:  duplicate key value violates unique constraint "order_lines_pkey"\nDETAIL:  Key (order_id, '
                "line_no)=(«id», «count») already exists."
            ),
            "DETAIL:  Failing row contains («id», null, «price», «tss», «sha»).",
            (
                "ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction; thread «pid», query id "
                "«id»"
            ),
            "ERROR 1062 (23000): Duplicate entry '«sku»-«count»' for key 'stock_item.SKU_WEBSITE'",
        ),
    ),
    Form(
        "copy context",
        holding=(
            (
                'ERROR:  invalid input syntax for type date: "«p.mmddyyyy»"\nCONTEXT:  COPY patients, line «id», column '
                'birth_date: "«p.mmddyyyy»"'
            ),
            (
                'CONTEXT:  COPY members, line «ms»: "«member.plain»,«p.last»,«p.first»,«p.bday»,«p.digits»"\nSTATEMENT:  COPY '
                "members (member_id, last_name, first_name, dob, phone) FROM STDIN WITH CSV"
            ),
            (
                "ERROR:  value too long for type character varying(40)\nCONTEXT:  COPY customers, line «ms», column street: "
                '"«p.street»"'
            ),
        ),
        clean=(
            'ERROR:  invalid input syntax for type numeric: "N/A"\nCONTEXT:  COPY price_list, line «ms», column msrp: "N/A"',
            'CONTEXT:  COPY inventory, line «ms»: "«item»,«barcode»,«count»,«price»,«iso»"',
            'ERROR:  missing data for column "qty"\nCONTEXT:  COPY order_lines, line «id»: "«order»\t«sku»"',
        ),
    ),
    Form(
        "redis monitor",
        holding=(
            '«unix».«pid» [0 «ip4»:«port»] "SETEX" "pwreset:«p.email»" "900" "«hex32»"',
            '«unix».«pid» [0 lua] "HSET" "mrn:«mrn.plain»" "name" "«p.name»" "dob" "«p.born»" "rx" "«drug»"',
            '«unix».«pid» [2 unix:/run/redis.sock] "GET" "otp:«p.e164»"',
            '«unix».«pid» [0 «ip4»:«port»] "SET" "sess:«session.php»" "{\\"uid\\":«id»}" "EX" "1440"',
        ),
        clean=(
            '«unix».«pid» [0 lua] "ZADD" "delayed:jobs" "«unixms»" "«uuid»"',
            '«unix».«pid» [1 unix:/run/redis.sock] "HINCRBY" "stock:«sku»" "reserved" "«count»"',
            '«unix».«pid» [0 lua] "EXPIRE" "fpc:«sha»" "«ms»"',
        ),
    ),
)  # fmt: skip
_APPLICATIONS = (
    Form(
        "rails log",
        notation="ruby",
        texts=('I, [«ts» #«pid»]  INFO -- : [«uuid»]   Parameters: {"utf8"=>"✓", "intake"=>«record», "commit"=>"Save"}',),
        holding=(
            "I, [«ts» #«pid»]  INFO -- : Sent mail to «p.email» («float»ms)",
            (
                '  Patient Load («float»ms)  SELECT "patients".* FROM "patients" WHERE "patients"."mrn" = $1 LIMIT $2  [["mrn", '
                '"«mrn.plain»"], ["LIMIT", 1]]'
            ),
        ),
        clean=(
            (
                "I, [«ts» #«pid»]  INFO -- : Completed «status» in «ms»ms (Views: «float»ms | ActiveRecord: «float»ms | "
                "Allocations: «id»)"
            ),
            'I, [«ts» #«pid»]  INFO -- : Processing by Admin::PatientsController#index as HTML {"page"=>"«count»"}',
        ),
    ),
    Form(
        "laravel log",
        texts=(
            '[«tss»] production.ERROR: Undefined array key "dose" «record» {"exception":"[object] (ErrorException(code: 0))"}',
        ),
        holding=(
            '[«tss»] production.INFO: Password reset link requested {"email":"«p.email»","ip":"«ip»"}',
            (
                "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '«p.email»' (SQL: insert into `users` "
                "(`name`, `email`) values («p.name», «p.email»))"
            ),
        ),
        clean=(
            '[«tss»] production.WARNING: Slow job App\\Jobs\\SyncPatients took «ms» ms {"queue":"default","uuid":"«uuid»"}',
            "#«count» /var/www/app/Http/Controllers/Street/AddressController.php(«ms»): App\\Models\\Patient->save()",
        ),
    ),
    Form(
        "django report",
        notation="python",
        texts=("ERROR django.request «tss» Internal Server Error: «path»\nPOST: <QueryDict: «record»>",),
        holding=(
            (
                "django.db.utils.DataError: value too long for type character varying(20)\nlocal vars: name='«p.name:py»', "
                "phone='«p.phone»'"
            ),
            "Report at «path»\nUser: «s.email»\nGET: q = '«p.comma:py»'\nCOOKIES: sessionid = '«session.php»'",
        ),
        clean=(
            'File "/srv/app/patients/views.py", line «ms», in get_queryset\n    return Patient.objects.filter(clinic_id=«id»)',
            "WARNING django.request «tss» Not Found: /apple-touch-icon-«count».png\nGET: <QueryDict: {'v': ['«version»']}>",
        ),
    ),
    Form(
        "spring log",
        notation="java",
        texts=("«tsc»  INFO «pid» --- [nio-8080-exec-«count»] c.f.care.IntakeService : saved IntakeRequest«record»",),
        holding=(
            (
                "«tsc» DEBUG «pid» --- [main] o.h.type.descriptor.sql.BasicBinder : binding parameter [«count»] as [VARCHAR] - "
                "[«p.email»]"
            ),
            (
                "«tsc»  WARN «pid» --- [exec-«count»] c.f.rx.Router : no pharmacy for Prescription(drug=«drug», "
                "prescriberNpi=«npi», patient=«p.name»)"
            ),
        ),
        clean=(
            (
                "«tsc»  INFO «pid» --- [main] c.f.patient.PatientApplication : Started PatientApplication in «float» seconds "
                "(JVM running for «float»)"
            ),
            (
                "«tsc» DEBUG «pid» --- [exec-«count»] o.s.web.servlet.DispatcherServlet : Completed «status» OK, Order(id=«id», "
                "total=«price», sku=«sku»)"
            ),
        ),
    ),
    Form(
        "express log",
        texts=(
            '{"level":30,"time":«unixms»,"pid":«pid»,"hostname":"«pod»","req":{"method":"POST","url":"«path»"},"body":«record»}',
        ),
        holding=(
            "  console.log body { fullName: '«p.name:py»', dob: '«p.dob»', address: '«p.address:py»' }",
            'ValidationError: "phone" with value "«p.phone»" fails to match the required pattern; user «p.email»',
        ),
        clean=(
            (
                "  TypeError: Cannot read properties of undefined (reading 'patient')\n      at "
                "/app/src/routes/care.js:«ms»:«count»"
            ),
            '{"level":20,"time":«unixms»,"msg":"cache miss","key":"pdp:«sku»:«version»","ttl":«ms»}',
        ),
    ),
    Form(
        "graphql errors",
        notation="graphql",
        texts=('{"query":"mutation { intakeCreate(input: «record:esc») { id userErrors { field message } } }","ms":«ms»}',),
        holding=(
            (
                '{"errors":[{"message":"Variable $email got invalid value \\"«p.email»\\"","path":["customerUpdate"],'
                '"extensions":{"code":"BAD_USER_INPUT"}}]}'
            ),
            (
                '{"data":{"customers":{"edges":[{"node":{"displayName":"«p.name»","email":"«p.email»",'
                '"defaultAddress":{"address1":"«p.street»"}}}]}}}'
            ),
            (
                '{"operationName":"Chart","variables":{"mrn":"«mrn»","since":"«iso»"},'
                '"extensions":{"persistedQuery":{"sha256Hash":"«sha»"}}}'
            ),
        ),
        clean=(
            (
                '{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","cost":{"requestedQueryCost":«ms»,'
                '"currentlyAvailable":«count»}}}]}'
            ),
            (
                '{"data":{"products":{"edges":[{"node":{"title":"«brand»","id":"gid://shopify/Product/«gid»",'
                '"barcode":"«barcode»"}}]}}}'
            ),
        ),
    ),
    Form(
        "protobuf text",
        holding=(
            (
                'patient { given_name: "«p.first»" family_name: "«p.last»" birth_date { value: "«p.born»" } telecom { system: '
                'PHONE value: "«p.phone»" } }'
            ),
            "grpc-message: patient with MRN «mrn» not found; trailers {request-id: «uuid»}",
            (
                'prescription { drug_display: "«drug»" ndc: "«ndc.plain»" prescriber { npi: "«npi»" dea: "«dea»" } refills: '
                "«count» }"
            ),
            'rpc error: code = AlreadyExists desc = account for "«p.email»" already exists',
        ),
        clean=(
            'order { id: «id» sku: "«sku»" price { units: «ms» nanos: «id» } created { seconds: «unix» nanos: «id» } }',
            "rpc error: code = DeadlineExceeded desc = context deadline exceeded after «float»s; peer=«pod»",
            "patient_stream { shard: «count» lag_ms: «ms» watermark { seconds: «unix» } }",
        ),
    ),
    Form(
        "trace span",
        texts=(
            (
                '{"traceId":"«hex32»","spanId":"«hex16»","name":"POST «path»","kind":2,"attributes":«record»,'
                '"status":{"code":«count»}}'
            ),
            (
                "Span #«count»\n    Trace ID       : «hex32»\n    ID             : «hex16»\nAttributes:\n     -> http.target: "
                "Str(«path»?«query»)"
            ),
        ),
        holding=(
            (
                "     -> enduser.id: Str(«p.email»)\n     -> net.peer.ip: Str(«ip»)\n     -> db.statement: Str(SELECT 1 FROM rx "
                "WHERE ndc='«ndc»')"
            ),
        ),
        clean=(
            (
                "     -> http.status_code: Int(«status»)\n     -> k8s.pod.name: Str(«pod»)\n     -> messaging.message.id: "
                "Str(«uuid»)"
            ),
        ),
    ),
    Form(
        "error event",
        texts=(
            (
                '{"event_id":"«hex32»","level":"error","release":"storefront@«version»",'
                '"request":{"url":"https://fernhollow.example«path»","query_string":"«query»"},"extra":«record»}'
            ),
        ),
        holding=(
            (
                '{"user":{"id":"«id»","email":"«p.email»","ip_address":"«ip»","username":"«p.name»"},'
                '"breadcrumbs":{"values":[{"category":"console","message":"prefill dob=«p.dob» tel=«p.phone»"}]}}'
            ),
            (
                '{"breadcrumbs":[{"category":"xhr","data":{"url":"/api/eligibility?member=«member.plain»&dob=«p.born»",'
                '"status_code":«status»}}]}'
            ),
            '{"metaData":{"customer":{"name":"«p.any»","card":"«pan»"}},"severity":"warning","unhandled":false}',
        ),
        clean=(
            (
                '{"breadcrumbs":{"values":[{"category":"ui.click","message":"button#add-«sku» > span.price",'
                '"timestamp":«unix».«count»}]}}'
            ),
            (
                '{"exceptions":[{"errorClass":"PatientNotLoadedError","message":"chart is empty",'
                '"stacktrace":[{"file":"main.«sha».js","lineNumber":«ms»}]}]}'
            ),
        ),
    ),
    Form(
        "phone console",
        holding=(
            "«syslog» iPhone Fernhollow(UIKitCore)[«pid»] <Notice>: login ok user=«p.email» biometry=true",
            (
                "«iso» «clock».«count»  «pid»  «pid» D IntakeViewModel: state=Form(first=«p.first», last=«p.last», dob=«p.born»,"
                " allergy=none)"
            ),
            "«iso» «clock».«count»  «pid»  «pid» E OkHttp  : Authorization: Bearer «jwt»",
            (
                "FATAL EXCEPTION: main\nProcess: example.fernhollow.care, PID: «pid»\njava.lang.IllegalStateException: no slot "
                "for «p.name», reason «ill»"
            ),
            (
                "Application Specific Information:\nFatal error: Unexpectedly found nil while showing «drug» for «p.name» (MRN "
                "«mrn»)"
            ),
        ),
        clean=(
            "«syslog» iPhone Fernhollow(CFNetwork)[«pid»] <Notice>: Task <«uuid»>.<«count»> finished with «status» in «ms»ms",
            "«iso» «clock».«count»  «pid»  «pid» W PatientListAdapter: recycled «count» holders, imei slot 0, build «version»",
            (
                "Thread 0 Crashed:\n0   libswiftCore.dylib  0x«hex16» _assertionFailure + «ms»\n1   Fernhollow  0x«hex16» "
                "PatientView.body.getter + «ms»"
            ),
            (
                "FATAL EXCEPTION: DefaultDispatcher-worker-«count»\nProcess: example.fernhollow.care, PID: «pid»\n"
                "java.lang.OutOfMemoryError: «bytes» bytes"
            ),
        ),
    ),
)  # fmt: skip
FORMS = (*_PIPES, *_APPLICATIONS)
"""The further forms."""
