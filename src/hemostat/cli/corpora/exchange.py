"""Lines that systems exchange, and tell their operators: events, payloads, change rows, spans, dumps, labels and files.

Written without a look at the recognizers. Rules of the labels: a value is what its field or sentence says it is; a street in a
field of its own is labelled without the city in the next; names in two fields are two values. Where a notation escapes a
character, the value is labelled as it stands. Hashes of values, masked cards, and identifiers of devices and carts are no values.
"""

from collections.abc import Iterator
from functools import partial
from random import Random
from typing import NamedTuple

from .envelopes import FORMS as ENVELOPES
from .filling import Form, Pieces, filled, line, phrase, written
from .labelled import Labelled
from .pipelines import FORMS as PIPELINES
from .records import fields
from .strangers import Scene

_HOLDING, _ADDRESSED, _ADDRESSED_CLEAN = 0.46, 0.7, 0.08  # how many lines hold values, and how many name the caller
_TRACKING = (
    Form(
        "segment track",
        texts=(
            (
                '{"type":"track","event":"«?Checkout Step Viewed|Intake Submitted|Product Added|Refill Started»",'
                '"messageId":"ajs-«hex32»","properties":«record»,"context":{"library":{"name":"analytics.js",'
                '"version":"«version»"},"page":{"path":"«path»"}}}'
            ),
            '{"type":"identify","userId":"«id»","traits":«record»,"sentAt":"«tsz»","context":{"ip":"«caller»"}}',
        ),
        holding=(
            (
                '{"type":"page","name":"Thank you",'
                '"properties":{"url":"https://shop.fernhollow.example/thanks?email=«p.email:pct»&rx=«drug:pct»","title":"Thanks,'
                ' «p.first»!"},"anonymousId":"«uuid»"}'
            ),
            'analytics.identify("«id»", {name: "«p.name»", email: "«p.email»", condition: "«ill»", plan: "«sku»"});',
        ),
        clean=(
            '{"type":"group","groupId":"«id»","traits":{"name":"«company»","plan":"«?gold|team|clinic»","employees":«count»}}',
            'analytics.track("Product Clicked", {product_id: «gid», name: "«brand»", price: «price», position: «count»});',
        ),
    ),
    Form(
        "ga4 collect",
        holding=(
            (
                "POST https://www.google-analytics.example/g/collect?v=2&tid=G-«sku»&cid=«id».«unix»&"
                "dl=https%3A%2F%2Ffernhollow.example%2Fquiz%3Femail%3D«p.email:pct»%26concern%3D«ill:pct»&dt=Quiz&_et=«ms»"
            ),
            (
                "/g/collect?v=2&en=form_submit&ep.form_id=intake&ep.email=«p.email:url»&ep.phone=«p.e164:pct»&epn.value=«price»&"
                "sid=«unix»"
            ),
            "ep.search_term=«drug:url»&ep.user_name=«p.name:url»&ep.dob=«p.born»&_s=«count»&uid=«id»",
        ),
        clean=(
            (
                "/g/collect?v=2&tid=G-«item»&gtm=45je«id»&_p=«unixms»&cid=«id».«unix»&ul=en-us&sr=1440x900&en=page_view&"
                "sid=«unix»&sct=«count»"
            ),
            "ep.search_term=«brand»&ep.items=«count»&epn.value=«price»&ep.list=best_sellers&ga_session_id=«unix»&_et=«ms»",
            (
                "gtag('event','purchase',{transaction_id:'«order»',value:«price»,currency:'USD',items:[{item_id:'«sku»',"
                "item_brand:'«company»'}]})"
            ),
        ),
    ),
    Form(
        "pixel request",
        holding=(
            (
                "https://pixel.ads.example/tr/?id=«gid»&ev=Lead&"
                "dl=https%3A%2F%2Fshop.example%2Fconsult%3Ffn%3D«p.first:pct»%26ln%3D«p.last:pct»&cd[content_name]=«ill:pct»&"
                "rl=&if=false&ts=«unixms»"
            ),
            "GET /tr?ev=SubmitApplication&ud[em]=«p.email:pct»&ud[ph]=«p.digits»&ud[db]=«p.yyyymmdd»&fbp=fb.1.«unixms».«id»",
            (
                "fbq('init', '«gid»', {em: '«p.email»', ph: '«p.e164»', fn: '«p.first:py»', ln: '«p.last:py»', db: "
                "'«p.yyyymmdd»'});"
            ),
        ),
        clean=(
            (
                "GET /tr?ev=Purchase&cd[value]=«price»&cd[content_ids]=%5B%22«sku»%22%5D&ud[em]=«hex32»«hex32»&"
                "fbp=fb.1.«unixms».«id»"
            ),
            (
                "https://pixel.ads.example/tr/?id=«gid»&ev=ViewContent&cd[content_name]=«brand»&ts=«unixms»&sw=390&sh=844&"
                "v=«version»"
            ),
            "fbq('track', 'AddToCart', {content_ids: ['«gid»'], value: «price», currency: 'USD'}, {eventID: '«uuid»'});",
        ),
    ),
    Form(
        "cookies",
        holding=(
            "Cookie: _ga=GA1.1.«id».«unix»; email=«p.email:pct»; cart=«hex32»; PHPSESSID=«session.php»",
            "Set-Cookie: connect.sid=«session.node»; Path=/; HttpOnly; Secure; SameSite=Lax",
            (
                "cookie: intercom-id=«uuid»; profile=%7B%22name%22%3A%22«p.name:pct»%22%2C%22phone%22%3A%22«p.e164:pct»%22%7D; "
                "tz=America%2FBoise"
            ),
            "Cookie: JSESSIONID=«session.java»; remember_dob=«p.bday:pct»; lang=en",
            "Set-Cookie: access_token=«jwt»; Domain=.fernhollow.example; Max-Age=3600",
        ),
        clean=(
            "Cookie: _ga=GA1.1.«id».«unix»; _gid=GA1.1.«id».«unix»; _fbp=fb.1.«unixms».«id»; cart_currency=USD; localization=US",
            "Set-Cookie: AWSALB=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
            "cookie: OptanonConsent=isGpcEnabled=0&datestamp=«tsz»&version=«version»&groups=C0001%3A1%2CC0002%3A0; ab=«count»",
            "Set-Cookie: keep_alive=«count»; Max-Age=«ms»; build=«sha»",
        ),
    ),
    Form(
        "access log",
        texts=(
            '«caller» - - [«clf»] "GET «path»?«query» HTTP/2.0" «status» «bytes» "-" "«agent»" rt=«float» cf-ray=«hex16»-ORD',
        ),
        holding=(
            (
                '«caller» - «p.email» [«clf»] "POST /api/v3/patients/mrn/«mrn.plain»/labs HTTP/1.1" «status» «bytes» "-" '
                '"okhttp/«version»"'
            ),
            '«ip» "GET /track-order/«order»/«p.email:pct» HTTP/1.1" «status» «bytes» «float»',
        ),
        clean=(
            '«caller» - - [«clf»] "GET /cdn/shop/files/«sku»_«count»x.jpg?v=«unix» HTTP/2.0" 304 0 "-" "«agent»"',
            "edge-«count» cache=HIT key=/collections/all?page=«count» ttl=«ms» age=«ms» tls=1.3 id=«uuid»",
        ),
    ),
)  # fmt: skip
_APPS = (
    Form(
        "help desk ticket",
        texts=(
            '{"ticket":{"id":«id»,"via":{"channel":"«?web|email|api»"},"custom_fields":«record»,"tags":["«?refund|late|vip»"]}}',
        ),
        holding=(
            (
                '{"ticket":{"subject":"Refill question","requester":{"name":"«p.any»","email":"«p.email»","phone":"«p.e164»"},'
                '"comment":{"body":"Hi, I ran out of «drug» and my «ill» is back. Born «p.dob». Thanks, «p.first»"},'
                '"assignee_id":«gid»}}'
            ),
            (
                '{"event":"comment_added","ticket_id":«id»,"author":"«s.name»","body":"Called «p.name» at «p.phone», left '
                'voicemail.","public":false}'
            ),
        ),
        clean=(
            (
                '{"ticket":{"id":«id»,"subject":"Where is my order «order»?","status":"«?open|solved»",'
                '"satisfaction":{"score":"«?good|bad»"}}}'
            ),
            (
                '{"event":"macro_applied","macro":"Late parcel","ticket_id":«id»,"sla":{"breach_at":"«tsz»","minutes":«ms»},'
                '"brand":"«company»"}'
            ),
        ),
    ),
    Form(
        "messenger conversation",
        notation="spaced",
        texts=(
            '{"type": "conversation", "id": "«gid»", "source": {"type": "conversation", "id": "«id»"}, "contact": «record»}',
        ),
        holding=(
            (
                '{"type": "conversation_part", "part_type": "comment", "body": "<p>my name is «p.name:xml» and my insurance id '
                'is «member»</p>", "author": {"type": "user", "email": "«p.email»"}}'
            ),
            (
                '{"type": "note", "body": "<p>Verified DOB «p.dob», moved to «p.address:xml»</p>", "author": {"type": "admin", '
                '"name": "«s.name»"}}'
            ),
        ),
        clean=(
            (
                '{"type": "conversation_part", "part_type": "assignment", "assigned_to": {"type": "team", "id": "«id»"}, '
                '"created_at": «unix»}'
            ),
            (
                '{"type": "conversation_part", "body": "<p>The «brand:xml» ships on «us», tracking «tracking»</p>", "author": '
                '{"type": "bot"}}'
            ),
        ),
    ),
    Form(
        "shop help desk",
        texts=('{"id":«id»,"channel":"«?email|chat|sms»","integrations":{"shopify":{"customer":«record»}},"spam":false}',),
        holding=(
            (
                '{"customer":{"id":«id»,"name":"«p.name»","channels":[{"type":"email","address":"«p.email»"},{"type":"phone",'
                '"address":"«p.e164»"}]}}'
            ),
            (
                '{"messages":[{"from_agent":false,"stripped_text":"pls send the «drug:lower» to «p.address» instead",'
                '"sender":{"email":"«p.email»"}}]}'
            ),
        ),
        clean=(
            (
                '{"id":«id»,"uri":"/api/tickets/«id»/","tags":[{"name":"ORDER-STATUS"}],"messages_count":«count»,'
                '"last_message_datetime":"«ts»"}'
            ),
            '{"messages":[{"from_agent":true,"stripped_text":"Your parcel «tracking» left on «iso».","rule_id":«id»}]}',
        ),
    ),
    Form(
        "marketing profile",
        texts=(
            (
                '{"data":{"type":"profile","id":"«ulid»","attributes":«record»,'
                '"links":{"self":"https://a.mail.example/api/profiles/«ulid»/"}}}'
            ),
        ),
        holding=(
            (
                '{"data":{"type":"event","attributes":{"metric":{"name":"Completed Quiz"},"profile":{"$email":"«p.email»",'
                '"$first_name":"«p.first»","$last_name":"«p.last»","$phone_number":"«p.e164»"},"properties":{"Goal":"«ill»",'
                '"Started":"«drug»"}}}}'
            ),
            (
                '{"attributes":{"email":"«p.email»","location":{"address1":"«p.street»","city":"Boise","ip":"«ip»"},'
                '"properties":{"Birthday":"«p.born»"}}}'
            ),
        ),
        clean=(
            (
                '{"data":{"type":"segment","id":"«ulid»","attributes":{"name":"Lapsed «count» days","profile_count":«id»,'
                '"updated":"«ts»"}}}'
            ),
            (
                '{"data":{"type":"flow-message","attributes":{"subject_line":"«brand» is back, from $«price»",'
                '"send_time":"«tsz»"}}}'
            ),
        ),
    ),
    Form(
        "text message event",
        texts=(
            (
                '{"type":"sms.«?subscribed|sent|inbound»","timestamp":«unixms»,"subscriber":«record»,'
                '"company":{"display_name":"«company»"}}'
            ),
        ),
        holding=(
            (
                '{"type":"sms.inbound_message","subscriber":{"phone":"«p.e164»","email":"«p.email»"},"message":{"text":"STOP '
                'texting me about «drug:lower»"}}'
            ),
            (
                'sms out to=«p.e164» sid=SM«hex32» body="«p.first», your «drug» is ready. Reply 1 to refill" segments=1 '
                "status=delivered"
            ),
        ),
        clean=(
            (
                'sms out to=REDACTED sid=SM«hex32» body="Order «order» shipped! 20% off with code SPRING«count»" segments=1 '
                "price=-0.0«count»"
            ),
            '{"type":"sms.campaign","id":«id»,"shortcode":"«last4»1","sent":«id»,"opt_outs":«count»,"window":["«iso»","«iso»"]}',
        ),
    ),
    Form(
        "subscription charge",
        notation="pretty",
        texts=(
            '"charge": «record»',
            '{"subscription":{"id":«id»,"order_interval_unit":"day","charge_interval_frequency":"30"},"owner":«record»}',
        ),
        holding=(
            (
                '{"address":{"first_name":"«p.first»","last_name":"«p.last»","address1":"«p.street»","zip":"83702",'
                '"phone":"«p.phone»"},"line_items":[{"title":"«drug» 30 ct","sku":"«sku»","quantity":1}]}'
            ),
            (
                '{"charge_id":«id»,"error_type":"CARD_DECLINED","email":"«p.email»","note":"card «pan» declined, customer '
                'called from «p.phone»"}'
            ),
        ),
        clean=(
            (
                '{"charge":{"id":«id»,"status":"queued","scheduled_at":"«iso»","total_price":"«price»",'
                '"line_items":[{"title":"«brand»","sku":"«sku»"}]}}'
            ),
            (
                '{"subscription":{"id":«id»,"next_charge_scheduled_at":"«iso»","price":«price»,"status":"ACTIVE","sku":"«sku»",'
                '"properties":[]}}'
            ),
        ),
    ),
    Form(
        "webhook retry",
        texts=(
            (
                "[«tss»] webhook «uuid» topic=«?customers/update|orders/create|rx/filled» attempt «?1|2|3|7»/8 -> «status» in "
                "«ms» ms body=«record»"
            ),
        ),
        holding=(
            (
                "WARN giving up on delivery «ulid» to https://hooks.partner.example/in after 8 tries; last body: "
                "email=«p.email:url»&mrn=«mrn.plain»"
            ),
            (
                'X-Shopify-Topic: customers/data_request\n\n{"shop_id":«id»,"customer":{"id":«gid»,"email":"«p.email»",'
                '"phone":"«p.digits»"}}'
            ),
        ),
        clean=(
            (
                "WARN delivery «ulid» to https://hooks.partner.example/in: timeout after «ms» ms, next try «tsz», "
                "X-Hmac-Sha256: «mac»"
            ),
            'X-Shopify-Topic: inventory_levels/update\n\n{"inventory_item_id":«gid»,"location_id":«gid»,"available":«count»}',
        ),
    ),
)  # fmt: skip
_OPERATIONS = (
    Form(
        "metrics",
        holding=(
            'login_failures_total{tenant="care",user="«p.email»",reason="locked"} «count» «unixms»',
            "rx.fill.time:«ms»|ms|#drug:«drug:dashed»,pharmacy:«few»,prescriber_npi:«npi»",
            'intake_latency_seconds_bucket{le="0.5",patient_mrn="«mrn.plain»"} «count»',
            "checkout,email=«p.email»,ip=«ip4» total=«price»,items=«few»i «unix»000000000",
        ),
        clean=(
            'http_requests_total{method="POST",path="/patients",code="«status»"} «id» «unixms»',
            "rx.fill.time:«ms»|ms|#pharmacy:«few»,version:«version»",
            'node_memory_bytes{instance="«pod»",device="sda«few»"} «luhn»',
            "checkout,store=us total=«price»,items=«few»i «unix»000000000",
        ),
    ),
    Form(
        "build log",
        holding=(
            "#«few» «float» + SHOPIFY_TOKEN=«key.shopify» ./deploy.sh --env production",
            'FAIL tests/e2e/intake.spec.ts:«ms» expected "«p.name»" to equal "«r.name»" (fixture copied from ticket FH-«id»)',
            "npm ERR! 401 Unauthorized - token «jwt» expired, sent by «s.email»",
            "seeding db: inserted patient «p.name» / «p.born» / «ssn»",
            "leak found: rule=aws-access-token secret=«key.aws» file=config/prod.env line=«few»",
        ),
        clean=(
            "#«few» «float» COPY --from=build /srv/patient-portal /srv DONE «float»s sha256:«sha»",
            "PASS tests/e2e/patient-search.spec.ts («float» s) «count» passed, «few» skipped",
            "npm WARN deprecated uuid@«version»: please upgrade", "seeding db: «id» rows in «ms» ms, seed «luhn»",
            "no leaks found: scanned «count» commits, «bytes» bytes, took «float»s",
        ),
    ),
    Form(
        "audit trail",
        texts=(
            (
                '{"eventTime":"«tsz»","eventName":"«?UpdateCustomer|ExportOrders|GetObject»","requestID":"«uuid»",'
                '"requestParameters":«record»}'
            ),
        ),
        holding=(
            (
                '{"actor":{"email":"«s.email»","profileId":"«gid»"},"ipAddress":"«ip»","events":[{"type":"acl_change",'
                '"name":"download","parameters":[{"name":"doc_title","value":"«p.name» intake.pdf"}]}]}'
            ),
            "«tss» | «s.name» | viewed chart | MRN «mrn» | «p.comma» | break-glass: covering for «t.name»",
            '«tss» staff=«s.email» action=export.customers rows=«id» filter="birthday=«p.born»" from=«ip»',
        ),
        clean=(
            '{"actor":{"type":"app","id":"«gid»"},"events":[{"type":"report_run","name":"patient_volume","duration_ms":«ms»}]}',
            "«tss» | system | rotated key | id «uuid» | patient_kms_«few» | ok",
            "«tss» staff=automation action=publish.theme theme=«gid» version=«version» from=scheduler",
        ),
    ),
    Form(
        "proxy log",
        holding=(
            (
                "«unix».«count» «ms» «ip4» TCP_MISS/«status» «bytes» GET https://portal.example/search?last=«p.last:pct»&"
                "dob=«p.bday:pct» - HIER_DIRECT -"
            ),
            (
                "«tss» WebFilter allow user=«s.email» src=«ip4» "
                "url=https://pharm.example/refill/«drug:dashed»?member=«member.plain»"
            ),
            "radius: Login OK: [«s.email»] (from client vpn-«few» port «port» cli «ip4»)",
        ),
        clean=(
            (
                "«unix».«count» «ms» - TCP_HIT/200 «bytes» GET https://cdn.example/js/patient-«hex16».js - HIER_NONE "
                "application/javascript"
            ),
            "«tss» WebFilter allow category=shopping url=https://«item».example/collections/main-street bytes=«bytes»",
            "radius: rlm_sql: Closing connection («few»): Hit idle_timeout, was idle for «ms» seconds",
        ),
    ),
    Form(
        "print queue",
        holding=(
            "label-printer-«few» «s.email» «id» [«clf»] 1 1 - localhost «p.file»_wristband.pdf iso_a6 -",
            'job «id» queued on RX-ZEBRA-«few»: title="«drug» «p.comma» DOB «p.bday»" pages=1',
        ),
        clean=(
            "label-printer-«few» svc-print «id» [«clf»] 1 1 - localhost packing_slip_«order».pdf iso_a6 -",
            'job «id» queued on RX-ZEBRA-«few»: title="shelf tags «item»" pages=«few»',
        ),
    ),
    Form(
        "import report",
        notation="csv",
        texts=("Import «uuid» finished with warnings. Offending rows:\n«record»",),
        holding=(
            'Row «ms»: "«p.phone»" is not a valid phone number for «p.name»\nRow «ms»: "«r.email»" has already been taken',
            (
                "line «id», column 7 (birth_date): could not parse '«p.mmddyyyy»'; line kept (mrn|name|birth_date|street): "
                "«mrn.plain»|«p.comma»|«p.mmddyyyy»|«p.street»"
            ),
            "skipped: unknown ICD-10 «code» for member «member», NPI «npi» not enrolled",
        ),
        clean=(
            'Row «ms»: "«price» USD" is not a number\nRow «ms»: SKU "«sku»" has already been taken',
            "line «id», column 7 (ship_date): could not parse '«us» 25:00'; line kept as is: «order»|«item»|«count»",
            "skipped: unknown GTIN «barcode» for vendor «company», lot «luhn»",
        ),
    ),
    Form(
        "journal",
        holding=(
            "«syslog» «pod» care-sync[«pid»]: MRN «mrn.plain» merged into MRN «mrn.plain» («p.comma»)",
            "«syslog» «pod» sshd[«pid»]: Accepted publickey for deploy from «ip4» port «port» ssh2: key comment «s.email»",
            '«syslog» «pod» sms-gw[«pid»]: <- +CMT: "«p.e164»" text="pls refill «drug:lower»"',
            "«syslog» «pod» eligibility[«pid»]: 270 sent for MBI «mbi», «p.name», «p.yyyymmdd»",
        ),
        clean=(
            "«syslog» «pod» care-sync[«pid»]: patient cache warmed, «id» entries in «ms» ms",
            "«syslog» «pod» kernel: [«id».«count»] eth0: link up, «count» Mbps, hwaddr «hardware»",
            "«syslog» «pod» systemd[1]: Started Patient Export Timer, next at «tsz»",
            "«syslog» «pod» chronyd[«pid»]: Selected source pool-«few».time.example, offset «float» s",
        ),
    ),
    Form(
        "flag evaluation",
        texts=('{"kind":"feature","key":"new-intake","variation":«few»,"context":«record»,"creationDate":«unixms»}',),
        holding=("evaluated flag refill-v«few» for user {key: «id», email: «p.email», name: «p.name»} -> true",),
        clean=("evaluated flag refill-v«few» for anonymous «uuid» -> false (rule «few», rollout «float»)",),
    ),
)  # fmt: skip
FORMS = (*_TRACKING, *_APPS, *_OPERATIONS, *PIPELINES, *ENVELOPES)
"""The forms of this corpus, each as likely as the other."""
_PATHS = ("/account/intakes/«id»", "/checkout/review", "/apps/care/quiz/«count»", "/rest/V1/orders/«id»", "/api/v2/visits/«uuid»")
_AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 Version/19.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36",
    "python-httpx/0.28.1",
    "Shopify-Captain-Hook",
)


class _Column(NamedTuple):
    """A column of a flat file: its head, the slot that fills it, and how wide it is."""

    head: str
    slot: str
    width: int


_COLUMNS = (
    (
        _Column("LASTNAME", "p.last:upper", 20), _Column("FIRSTNAME", "p.first:upper", 14), _Column("BIRTHDT", "p.yyyymmdd", 9),
        _Column("SSN", "ssn.plain", 10), _Column("BATCH", "control", 10),
    ),
    (
        _Column("ORDERNO", "order", 12), _Column("SHIPNAME", "p.name:upper", 30), _Column("SHIPADDR1", "p.street:upper", 34),
        _Column("SHIPPHONE", "p.digits", 11), _Column("AMT", "price", 10),
    ),
    (
        _Column("PAT-MRN", "mrn.plain", 12), _Column("PAT-NAME", "p.comma", 28), _Column("PAT-DOB", "p.bday", 11),
        _Column("DIAG", "code.plain", 8), _Column("NDC", "ndc.plain", 12), _Column("DR-NAME", "s.name", 24),
    ),
    (
        _Column("MEMBER-ID", "member.plain", 16), _Column("MEMBER-NAME", "p.comma:upper", 30), _Column("SVC-DATE", "ymd", 9),
        _Column("PROV-NPI", "npi", 11), _Column("CHARGE", "cents", 8),
    ),
    (
        _Column("CARDNO", "pan.plain", 20), _Column("HOLDER", "p.name:upper", 30), _Column("EMAIL", "p.email:upper", 40),
        _Column("AUTH", "item", 10),
    ),
)  # fmt: skip
_COLUMNS_CLEAN = (
    (
        _Column("ORDERNO", "order", 12), _Column("ITEM", "sku", 14), _Column("GTIN", "barcode", 14), _Column("QTY", "count", 5),
        _Column("AMT", "price", 10), _Column("SHIPDT", "ymd", 9),
    ),
    (
        _Column("BATCH", "control", 10), _Column("VENDOR-NAME", "company", 28), _Column("REMIT-REF", "luhn", 20),
        _Column("DUE-DATE", "iso", 11), _Column("AMT", "cents", 8),
    ),
    (
        _Column("ITEM", "item", 14), _Column("DESCR", "brand", 34), _Column("QTY", "count", 5), _Column("BIN", "last4", 5),
        _Column("KEY", "plate", 32),
    ),
    (
        _Column("PATIENT-CT", "id", 12), _Column("SITE", "pod", 36), _Column("RUN-DATE", "ymd", 9),
        _Column("SERIAL", "imei", 16),
    ),
)  # fmt: skip
"""The layouts of flat files, with values and without."""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value, or but the address of a caller."""
    chance = Random(f"exchange.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, _scene(form.notation, holding=holding), holding=holding)


def _scene(notation: str, *, holding: bool) -> Scene:
    """The people of one line, and what stands around them in the notation of its form."""
    scene = Scene()
    scene["record"] = lambda chance: written(fields(chance, holding=holding), notation, chance, scene)
    scene["query"] = lambda chance: written(fields(chance, holding=holding), "form", chance, scene)
    scene["columns"] = partial(_columns, scene, holding=holding)
    scene["caller"] = partial(_caller, holding=holding)
    scene["path"] = phrase(_PATHS, scene)
    scene["agent"] = phrase(_AGENTS, scene)
    return scene


def _caller(chance: Random, *, holding: bool) -> Pieces:
    """The caller of a request: an address, or, mostly in lines without values, what stands in its place."""
    with_address = chance.random() < (_ADDRESSED if holding else _ADDRESSED_CLEAN)
    return filled("«ip»" if with_address else "«?-|unknown|0:0|edge.internal»", chance, {})


def _columns(scene: Scene, chance: Random, *, holding: bool) -> Pieces:
    """Two rows of a flat file below its heads, each column as wide as its system made it, or wider when a value is."""
    columns = chance.choice(_COLUMNS if holding else _COLUMNS_CLEAN)
    pieces: Pieces = [column.head.ljust(column.width) for column in columns]
    for _ in range(2):
        pieces.append("\n")
        for column in columns:
            content = filled(f"«{column.slot}»", chance, scene)
            text = "".join(piece if isinstance(piece, str) else piece.text for piece in content)
            pieces += [*content, " " * max(1, column.width - len(text))]
        filled("«next»", chance, scene)
    return pieces
