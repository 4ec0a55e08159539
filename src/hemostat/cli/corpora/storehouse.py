"""Lines as engineers see them: logs, dumps, queries, requests, webhooks and exports of a store that sells care.

Rules of the labels: a value is what the field or the sentence says it is. A street in a field of its own is labelled without
the city in the next one; names in two fields are two values. Where a notation escapes a character, the value is labelled as it
stands there. Masked cards, their last four digits, signatures, numbers of requests and customers, tokens of payment methods,
and hosts are no values. Every form is written with values and without.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from urllib.parse import quote

from .fields import KINDS, NOISE_FIELDS, THEMES
from .filling import Field, Form, Part, Pieces, filled, json_text, line, phrase, rewritten, written
from .labelled import Labelled

_HOLDING = 0.47  # a few lines more hold an address of a caller and nothing else

_SAID = (
    "sent order confirmation to «email»",
    "SMS to «phone» failed: carrier rejected (30006)",
    "card «pan» declined: do_not_honor",
    "login failed for «email» from «ip»",
    "No patient found with MRN «mrn»",
    "possible duplicate patient: «name», DOB «dob»",
    "eligibility check failed for member «member» (payer «payer»)",
    "could not geocode address '«address»'",
    "prescriber NPI «npi» not enrolled",
    "DEA number «dea» failed validation",
    "invalid ICD-10 code «icd» on claim «order»",
    "NDC «ndc» is not on the formulary",
    "token «jwt» has expired",
    "calling Stripe with key «key.stripe»",
    "passport no. «passport» could not be read",
    "driver license «license» does not match the name on file",
    "SSN «ssn.any» already on file for customer «id»",
    "interaction: «medication» and «medication» for patient «mrn»",
    "triage: patient reports «condition», onset «count» days",
    "bounced: <«email»>: mailbox unavailable",
    "merged chart «mrn» into MRN «mrn»",
    "customer «name.plain» <«email»> requested erasure",
    "401 with X-Shopify-Access-Token: «key.shopify»",
    "session_id=«session» revoked",
    "uploaded label for «name.plain», «address»",
    "Medicare ID «mbi» not active on «iso»",
    "refill of «medication» for patient «name.plain»",
    "callback to «phone» scheduled at «hour»",
    "validation failed: dob='«dob»' is not a date",
    "peer «ip4»:«port» closed the connection",
    "Duplicate entry '«email»' for key 'CUSTOMER_EMAIL_WEBSITE_ID'",
    "AWS key «key.aws» used from «ip»",
    "patient «name» admitted",
    "api_key «key.any» is over its quota",
    "prior auth «order» denied: diagnosis «icd» (“«condition»”)",
    "cc_number=«pan.plain» exp=0«?2|7»/28",
)
_SAID_CLEAN = (
    "order #«order» placed, total «price»",
    "reindexed «bytes» products in «float» s",
    "webhook orders/create acknowledged in «ms» ms",
    "cache miss for key product_«gid»",
    "label created, tracking «tracking»",
    "inventory of «sku» adjusted by -«count»",
    "price rule «id» applied to «brand»",
    "deployed «sha» as «version»",
    "connection to mysql:3306 refused, retry «count» in «ms» ms",
    "patient portal build «version» started",
    "no patient context in scope, skipping",
    "queue depth «count», oldest «ms» s",
    "patient-service healthy, «count» replicas",
    "barcode «barcode» not found",
    "card ending in «last4» authorized for $«price»",
    "masked card «masked» saved",
    "scheduled maintenance on «day», window «hour»",
    "slow request: GET /rest/V1/products «ms» ms",
    "feature flag patient_intake_v2 is on for «count» %",
    "export of «count» rows written to s3://fh-exports/«iso»/part-«control».parquet",
    "signature mismatch: expected «mac»",
    "payment method pm_«hex16» attached to cus_«hex16»",
    "GTIN «barcode» is missing for «brand»",
    "vendor «company» feed imported, «count» skipped",
    "refund of $«price» on #«order» issued on «us»",
    "lot «luhn» expires «us»",
    "gift card «luhn» redeemed",
    "shipment «tracking» out for delivery",
    "job «ulid» took «float» s",
    "checksum «sha» does not match",
    "certificate expires on «day»",
    "migration «ymd»_add_patient_index applied",
    "Chrome/«id».0.0.0 is not supported",
    "pool 10/«count» busy",
    "tile maps/400-elm-street-«count».webp rendered",
    "theme «version» published by app",
    "SLA of «ms» ms missed by «count» requests",
    "upgraded from «version» to «version»",
    "doctor check finished: 0 problems",
    "diagnosis mode off",
    "prescription queue is empty",
    "no address validator configured, using default",
    "member pricing disabled for store «count»",
    "phone field is now optional",
    "pulled ghcr.io/fernhollow/cart@sha256:«sha»",
    "npm WARN deprecated @fernhollow/intake@«version»",
    "lease of «hardware» renewed for «bytes» s",
    "ISBN «isbn» imported from «company»",
    "warehouse at «place» is nearest, «float» km",
    "content-range: bytes «bytes»-«id»/«gid»",
    "loaded 1200-park-ave-hero.jpg and 4 others in «ms» ms",
    "dob column dropped, phone column hashed, «count» rows left",
    "redacted email=[REDACTED] ssn=***-**-**** in «ms» ms",
    "validation: ssn must have 9 digits, got «count»",
)

_ACCESS = (
    (
        '«client» - - [«clf»] "«?GET|POST» «path» HTTP/1.1" «?200|200|302|404|500» «bytes» '
        '"«?-|https://shop.fernhollow.example/»" "«agent»"'
    ),
    (
        '«client» - «?-|api|deploy» [«clf»] "GET «path» HTTP/2.0" 200 «bytes» "-" "«agent»" rt=«float» '
        'uct="0.00«count»" urt="«float»"'
    ),
    '«pod» «client» - - [«clf»] "PUT «path» HTTP/1.1" 204 0 «ms»ms',
)
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
    "Shopify-Captain-Hook",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "Klaviyo/1.0",
    "okhttp/4.12.0",
    "ELB-HealthChecker/2.0",
)
_PATHS = (
    "/«?account|checkout|rest/V1/customers/search|api/patients|intake/step-2|apps/rx»?«query»",
    "/«?api|graphql|track»?v=2&«query»&_=«unixms»",
)
_PATHS_CLEAN = (
    *_PATHS,
    "/products/«sku»",
    "/static/version«unix»/frontend/app.«hex16».js",
    "/collections/bath?page=«count»",
    "/healthz",
    "/rest/V1/orders/«id»/invoice",
    "/admin/api/2025-07/products/«gid».json",
    "/patients/new",
    "/track/«tracking»",
)

FORMS = (
    Form("nginx access", _ACCESS),
    Form("apache combined", ('«client» - - [«clf»] "GET «path» HTTP/1.1" 200 «bytes» "https://«pod»«path»" "«agent»"',)),
    Form(
        "cdn log",
        (
            "«tsz»\tIAD89-C«count»\t«bytes»\t«client»\tGET\t«pod»\t«path»\t200\t-\t«agent»\t-\tMiss\t«hex32»",
            (
                '{"ClientIP":"«client»","EdgeStartTimestamp":"«tsz»","ClientRequestURI":"«path»",'
                '"EdgeResponseStatus":200,"RayID":"«hex16»"}'
            ),
        ),
    ),
    Form(
        "load balancer",
        (
            (
                'https «ts» app/fh-web/«hex16» «caller»:«port» - «float» «float» 0.000 200 200 «bytes» 93 "GET '
                'https://«pod»:443«path» HTTP/1.1" "«agent»"'
            ),
        ),
    ),
    Form(
        "nginx error",
        (
            (
                '«tss» [error] «pid»#«pid»: *«id» FastCGI sent in stderr: "PHP message: «says»" while reading response, '
                'server: shop, request: "POST «path»"'
            ),
        ),
    ),
    Form(
        "pino",
        (
            '{"level":«?30|50»,"time":«unixms»,"pid":«pid»,"hostname":"«pod»","msg":"«says»","reqId":"«uuid»"}',
            (
                '{"level":30,"time":«unixms»,"pid":«pid»,"req":{"id":«id»,"method":"POST","url":"/api","body":«record»},'
                '"msg":"request completed"}'
            ),
        ),
    ),
    Form(
        "winston",
        (
            '{"level":"info","message":"«says»","service":"rx-api","timestamp":"«ts»"}',
            "«ts» [checkout] warn: validation failed «record»",
        ),
        "spaced",
    ),
    Form(
        "zap",
        (
            '{"level":"error","ts":«unix».«ms»,"caller":"«?orders|intake|eligibility»/handler.go:«ms»","msg":"«says»"}',
            "«ts»\tINFO\tintake/store.go:«ms»\tsaved\t«record»",
        ),
    ),
    Form(
        "logback",
        (
            "«tsc» [http-nio-8080-exec-«count»] «?INFO |WARN |ERROR» c.f.rx.IntakeService - «says»",
            "«tsc» DEBUG [main] o.f.claims.Mapper - mapping «?Customer|Patient|ClaimRequest»«record»",
        ),
        "java",
    ),
    Form(
        "structlog",
        ("«ts» [info     ] «?order.saved|intake.saved|call.made» «record» logger=fh.worker", "«ts» [warning  ] «says»"),
        "logfmt",
    ),
    Form("python logging", ("«tsc» - fernhollow.sync - DEBUG - payload: «record»", "WARNING:root:«says»"), "python"),
    Form(
        "monolog",
        (
            "[«ts»] main.«?INFO|CRITICAL|DEBUG»: «says» «record» []",
            '[«ts»] app.ERROR: «says» {"exception":"[object] (Error(code: 0))"}',
        ),
    ),
    Form(
        "serilog",
        (
            '{"@t":"«tsz»","@mt":"Handled {Command}","Command":«record»,"SourceContext":"Fh.Orders"}',
            "[«clock» INF] «says» <s:Fh.Web>",
        ),
    ),
    Form(
        "rails log",
        (
            'I, [«ts» #«pid»]  INFO -- : [«uuid»]   Parameters: {"utf8"=>"✓", "customer"=>«record»}',
            "D, [«ts» #«pid»] DEBUG -- : «says»",
        ),
        "ruby",
    ),
    Form(
        "logfmt",
        ('time=«tsz» level=«?info|error» msg="«says»" caller=main.go:«ms»', "ts=«tsz» level=debug component=api «record»"),
        "logfmt",
    ),
    Form(
        "magento exception.log",
        (
            (
                "[«ts»] main.CRITICAL: Exception: «says» in /var/www/vendor/magento/framework/DB/Statement.php:«ms»\nStac"
                "k trace:\n#0 {main}"
            ),
            '[«ts»] main.CRITICAL: «says» {"exception":"[object] (LocalizedException(code: 0): at /app/code/Rx.php:«ms»)"} []',
            "report.CRITICAL: Unable to save: array was «record»",
        ),
        "var_export",
    ),
    Form(
        "magento system.log",
        ("[«ts»] main.INFO: Cron Job sales_clean_quotes: «says» [] []", "[«ts»] main.DEBUG: quote data «record» [] []"),
        "spaced",
    ),
    Form(
        "magento payment debug",
        (
            "[«ts»] main.DEBUG: Array\n(\n    [request] => «record»    [response] => Array ( [x_response_code] => 1 )\n)",
            "[«ts»] payment.DEBUG: request «record»",
        ),
        "print_r",
    ),
    Form(
        "payment debug xml",
        (
            (
                '[«ts»] main.DEBUG: <?xml version="1.0"?><createTransactionRequest><refId>«id»</refId>'
                "«record»</createTransactionRequest>"
            ),
            (
                "<soapenv:Body><ns1:requestMessage><merchantReferenceCode>«order»</merchantReferenceCode>"
                "«record»</ns1:requestMessage></soapenv:Body>"
            ),
        ),
        "xml",
    ),
    Form("xml export", ('<order id="«order»" date="«iso»">«record»</order>',), "indented xml"),
    Form("xml attributes", ('<Record Type="«?Shipment|Customer|Claim»" Seq="«count»" «record» />',), "attributes"),
    Form(
        "java stack trace",
        (
            (
                "java.lang.IllegalStateException: «says»\n\tat com.fh.rx.Intake.save(Intake.java:«ms»)\n\tat "
                "java.base/java.lang.Thread.run(Thread.java:840)"
            ),
            "Caused by: org.postgresql.util.PSQLException: ERROR: invalid row (Customer«record») at position «ms»",
        ),
        "java",
    ),
    Form(
        "python stack trace",
        (
            (
                'Traceback (most recent call last):\n  File "/srv/app/sync.py", line «ms», in push\n    raise '
                "SyncError(row)\nSyncError: «says»"
            ),
            'KeyError: "no match in «record»"',
        ),
        "python",
    ),
    Form(
        "php trace",
        ("#«count» /app/code/Fh/Rx/Model/Push.php(«ms»): Fh\\Rx\\Push->send(«record», true)", "PHP Fatal error: «says»"),
        "var_export",
    ),
    Form(
        "node error", ("Error: «says»\n    at Order.save (/srv/app/order.js:«ms»:17)\n    at async Promise.all (index «count»)",)
    ),
    Form(
        "sql insert",
        (
            "INSERT INTO «?customer_entity|patients|claims|sales_order_address|rx_intake» «record»;",
            "«tsz» «pid» Query\tINSERT INTO `«?customers|patient|orders»` «record»",
        ),
        "insert",
    ),
    Form("mysql dump", ("INSERT INTO `«?customer_address_entity|patient_profile|quote_payment»` «record»;",), "quoted insert"),
    Form(
        "slow query log",
        (
            (
                "# Time: «tsz»\n# Query_time: «float»  Lock_time: 0.0 Rows_sent: «count»\nSET timestamp=«unix»;\nSELECT "
                "* FROM «?customer|patient» WHERE «record»;"
            ),
            "LOG:  duration: «float» ms  statement: SELECT id FROM profiles WHERE «record» LIMIT 1",
        ),
        "condition",
    ),
    Form("sql update", ("UPDATE `«?users|patients|sales_order»` SET «record» WHERE `id` = «id»;",), "assignments"),
    Form("psql output", ("«record»\n(«count» rows)",), "psql"),
    Form("mysql vertical", ("*************************** «count». row ***************************\n«record»",), "vertical"),
    Form(
        "graphql variables",
        (
            (
                '{"operationName":"«?CustomerCreate|PatientIntake|CheckoutUpdate»","query":"mutation M($input: Input!) { '
                'save(input: $input) { id } }","variables":{"input":«record»}}'
            ),
        ),
    ),
    Form(
        "graphql inline",
        ("mutation { «?createCustomer|setBillingAddress|submitIntake»(input: «record») { id errors { message } } }",),
        "graphql",
    ),
    Form(
        "form post",
        ("POST «?/customer/account/createpost|/checkout/payment|/intake» 200 body=«record»&form_step=2", "«record»"),
        "form",
    ),
    Form("nested form post", ("payload: utf8=%E2%9C%93&«record»&commit=Save",), "nested form"),
    Form("multipart", ("POST /upload HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=X9\r\n\r\n«record»",), "multipart"),
    Form(
        "json in json",
        (
            '{"time":"«ts»","stream":"stdout","log":"«escaped»\\n"}',
            '{"requestId":"«uuid»","statusCode":200,"body":"«escaped»"}',
        ),
    ),
    Form(
        "queue message",
        (
            (
                '{"Type":"Notification","MessageId":"«uuid»","TopicArn":"arn:aws:sns:us-east-1:000000000000:orders",'
                '"Message":"«escaped»"}'
            ),
            "[kafka] topic=fh.orders.v1 partition=«count» offset=«id» key=«uuid» value=«record»",
            "amqp delivery tag=«count» rk=rx.created body=«record»",
        ),
        clean=(
            '{"message":{"data":"«b64»","messageId":"«gid»","publishTime":"«tsz»"},"subscription":"projects/fh/subscriptions/orders"}',
        ),
    ),
    Form("json in a query", ("GET /pixel.gif?ev=«?Purchase|Lead»&data=«percent»&ts=«unixms» 200",)),
    Form("csv export", ("«record»",), "csv"),
    Form("csv with semicolons", ("«record»",), "semicolons"),
    Form("quoted csv export", ("«record»",), "quoted csv"),
    Form("tab-separated export", ("«record»",), "tsv"),
    Form("ndjson export", ("«record»\n«record»", '{"__parentId":"gid://shopify/Order/«gid»","node":«record»}')),
    Form("pretty json", ("Response body:\n«record»", "«record»"), "pretty"),
    Form(
        "http headers",
        (
            "GET «path» HTTP/1.1\r\nHost: «pod»\r\nUser-Agent: «agent»\r\nX-Request-Id: «uuid»\r\n«header»\r\nAccept: */*",
            (
                "> POST /graphql HTTP/2\n> host: shop.fernhollow.example\n> «header»\n> content-length: «bytes»\n< "
                "HTTP/2 200\n< etag: «hex32»"
            ),
        ),
    ),
    Form(
        "cookies",
        (
            "Cookie: _ga=GA1.1.«gid».«unix»; «cookie»; mage-cache-sessid=true; cart_currency=USD",
            "Set-Cookie: «cookie»; path=/; secure; HttpOnly",
        ),
    ),
    Form(
        "curl",
        (
            "curl -sS -X POST https://«pod»/api/v2/«?orders|patients» -H 'Content-Type: application/json' -H '«header»'",
            "$ curl https://shop.example/admin/api/2025-07/«?customers|draft_orders».json -d '«record»'",
        ),
    ),
    Form(
        "shopify webhook",
        (
            (
                '{"id":«gid»,"admin_graphql_api_id":"gid:\\/\\/shopify\\/Order\\/«gid»","created_at":"«tsz»",'
                '"currency":"USD","customer":«record»,"total_price":"«price»"}'
            ),
            (
                'X-Shopify-Topic: customers/update X-Shopify-Hmac-Sha256: «mac» body={"id":«gid»,"state":"enabled",'
                '"default_address":«record»}'
            ),
        ),
    ),
    Form(
        "stripe webhook",
        (
            (
                '{"id":"evt_«hex32»","object":"event","type":"charge.failed","data":{"object":{"id":"ch_«hex16»",'
                '"amount":«cents»,"billing_details":«record»}}}'
            ),
            'Stripe-Signature: t=«unix»,v1=«sha» {"type":"customer.created","data":{"object":«record»}}',
        ),
        "spaced",
    ),
    Form("message webhook", ("MessageStatus=«?delivered|failed»&SmsSid=SM«hex32»&AccountSid=AC«hex32»&«record»",), "form"),
    Form(
        "marketing event",
        (
            (
                '{"data":{"type":"event","attributes":{"metric":{"name":"Placed Order"},"time":"«tsz»",'
                '"profile":«record»,"value":«price»}}}'
            ),
        ),
    ),
    Form("syslog", ("<134>«syslog» «pod» rx-api[«pid»]: «says»", '<14>1 «ts» «pod» fh «pid» ID«id» [meta seq="«count»"] «says»')),
    Form(
        "kubernetes", ("«ts» stdout F «says»", 'E«pid» «clock».«ms»    1 controller.go:«ms»] "sync" err="«says»" pod="fh/«pod»"')
    ),
    Form("docker", ("checkout-api-1  | «tss» «says»", "worker_1 | DEBUG job=«ulid» args=«record»"), "python"),
    Form("go struct", ("2026/«?03|09»/1«count» «clock» decoded request: &«record»", "panic: «says» [recovered]"), "go"),
    Form("redis monitor", ('«unix».«ms» [0 unix:/run/redis.sock] "HSET" "cust:«id»" «record»',), "redis"),
    Form("environment", ("# .env.production\nAPP_ENV=production\n«record»", "printenv:\n«record»\nPATH=/usr/bin"), "env"),
    Form("yaml", ("---\n# «iso»\n«record»",), "yaml"),
    Form("html error page", ("<h1>Whoops</h1>«record»",), "html"),
)
"""The forms of this corpus, each as likely as the other."""

_HEADERS = (
    "Authorization: Bearer «jwt»",
    "X-Shopify-Access-Token: «key.shopify»",
    "X-Forwarded-For: «ip»",
    "x-api-key: «key.any»",
    "Cookie: PHPSESSID=«session.php»",
    "X-Customer-Email: «email»",
    "Authorization: Bearer «key.stripe»",
    "X-Session-Token: «session»",
    "CF-Connecting-IP: «ip»\r\nX-Patient-MRN: «mrn.plain»",
)
_HEADERS_CLEAN = (
    "X-Shopify-Hmac-Sha256: «mac»",
    'If-None-Match: "«sha»"',
    "Idempotency-Key: «uuid»",
    "X-Trace: «hex32»-«hex16»-01",
    "X-Shopify-Webhook-Id: «uuid»",
    "Stripe-Signature: t=«unix»,v1=«sha»",
    "X-Magento-Tags: cat_p,cat_p_«id»",
    "Retry-After: «count»",
)
_COOKIES = (
    "PHPSESSID=«session.php»",
    "JSESSIONID=«session.java»",
    "connect.sid=«session.node»",
    "sessionid=«session.php»",
    "session_token=«session»",
    "admin=«session.php»",
    "frontend=«session.php»",
    "id_token=«jwt»",
)
_COOKIES_CLEAN = (
    "_fbp=fb.1.«unixms».«id»",
    "section_data_ids=%7B%22cart%22%3A«unix»%7D",
    "theme=dark",
    "_landing_page=%2Fproducts%2F«sku»",
)
_ADDRESSED, _ADDRESSED_CLEAN = 0.8, 0.12  # how many lines of access logs show the caller


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value, or but the address of a caller."""
    chance = Random(f"storehouse.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, _parts(form.notation, holding=holding), holding=holding)


def _parts(notation: str, *, holding: bool) -> Mapping[str, Part]:
    """What fills the slots of a form whose records are in the notation, with values in them or without."""
    record = partial(_record, notation, holding=holding)
    parts: dict[str, Part] = {
        "record": record,
        "query": partial(_record, "form", holding=holding),
        "escaped": lambda chance: rewritten(_record("json", chance, holding=holding), json_text),
        "percent": lambda chance: rewritten(_record("json", chance, holding=holding), partial(quote, safe="")),
        "agent": phrase(_AGENTS, {}),
        "client": partial(_client, "«ip»", holding=holding),
        "caller": partial(_client, "«ip4»", holding=holding),
    }
    parts["says"] = phrase(_SAID if holding else _SAID_CLEAN, parts)
    parts["path"] = phrase(_PATHS if holding else _PATHS_CLEAN, parts)
    parts["header"] = phrase(_HEADERS if holding else _HEADERS_CLEAN, parts)
    parts["cookie"] = phrase(_COOKIES if holding else _COOKIES_CLEAN, parts)
    return parts


def _client(address: str, chance: Random, *, holding: bool) -> Pieces:
    """The caller in an access log: an address, or, mostly in lines without values, what a log writes in its place."""
    with_address = chance.random() < (_ADDRESSED if holding else _ADDRESSED_CLEAN)
    return filled(address if with_address else "«?-|unix:|edge-7.cdn.example|anon»", chance, {})


def _record(notation: str, chance: Random, *, holding: bool) -> Pieces:
    return written(_drawn(chance, holding=holding), notation, chance)


def _drawn(chance: Random, *, holding: bool) -> list[Field]:
    """Fields of one theme, in its order, among others that hold no value; no name occurs twice."""
    fields = chance.sample(NOISE_FIELDS, chance.randrange(2, 8))
    if holding:
        theme = chance.choice(THEMES)
        kept = set(chance.sample(theme, chance.randrange(1, len(theme) + 1)))
        place = chance.randrange(len(fields))
        fields[place:place] = [_field(kind, chance) for kind in theme if kind in kept]
    return list({field.key: field for field in fields}.values())


def _field(kind: str, chance: Random) -> Field:
    slots, names = KINDS[kind]
    return Field(chance.choice(names), chance.choice(slots))
