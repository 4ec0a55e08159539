"""What a merchant of health on Shopify or Magento logs, sends and is told: webhooks, payments, logs, tickets, files, alerts.

Written without a look at the recognizers. Rules of the labels: a value is what its field or sentence says it is. Names in two
fields are two values, and a street in a field of its own is labelled without the city of the next one; a drug is labelled
without its dose. Where a notation escapes a character, the value is labelled as it stands. Organizations, products, masked
cards and their last digits, numbers of orders, parcels, customers and devices, hashes, and tokens of payment methods are no
values.
"""

from collections.abc import Iterator
from random import Random

from .filling import Form, line
from .labelled import Labelled
from .newcomers import cast

_HOOKS = (
    Form("order webhook", holding=(
        (
            '{"id":«gid»,"name":"#«order»","email":"«p.email»","shipping_address":{"first_name":"«p.first»",'
            '"last_name":"«p.last:esc»","address1":"«p.street:esc»"}}'
        ),
        (
            '{"topic":"orders/create","customer":{"first_name":"«p.first»","last_name":"«p.last:esc»","phone":"«p.e164»"},'
            '"note":"allergic to «drug»"}'
        ),
        (
            '{"order_number":«id»,"browser_ip":"«ip»","contact_email":"«p.email»","line_items":[{"title":"«drug» 30ct",'
            '"quantity":1}]}'
        ),
    ), clean=(
        (
            '{"id":«gid»,"name":"#«order»","total_price":"«price»","currency":"USD","financial_status":"paid",'
            '"tags":"vip, region:«venue»"}'
        ),
        '{"topic":"orders/updated","admin_graphql_api_id":"gid://shopify/Order/«gid»","processed_at":"«ts»","token":null}',
        '{"order_number":«id»,"line_items":[{"title":"«product»","sku":"«sku»","barcode":"«barcode»","grams":«count»}]}',
    )),
    Form("customer webhook", holding=(
        (
            '{"id":«gid»,"first_name":"«p.first»","last_name":"«p.last:esc»","email":"«p.email»",'
            '"default_address":{"phone":"«p.tel»"}}'
        ),
        '{"customer":{"displayName":"«p.name:esc»","metafield":{"key":"birth_date","value":"«p.born»"},"state":"enabled"}}',
        'customers/data_request «gid»: {"email":"«p.email»","phone":"«p.tel»"} requested by «s.name»',
    ), clean=(
        '{"id":«gid»,"orders_count":«count»,"total_spent":"«price»","verified_email":true,"updated_at":"«ts»"}',
        '{"customer":{"id":"gid://shopify/Customer/«gid»","tags":["wholesale","region:«venue»"],"taxExempt":false}}',
        "customers/redact «gid» acknowledged in «ms» ms, shop_id «id», delivery «uuid»",
    )),
    Form("metafield write", holding=(
        'metafieldsSet namespace=health key=conditions value=["«ill:esc»","«ill:esc»"] owner=«gid»',
        '{"namespace":"rx","key":"prescriber","type":"json","value":"{\\"npi\\":\\"«npi»\\",\\"dea\\":\\"«dea»\\"}"}',
        "rx.patient_dob (date) «p.born» -> customer «p.email»",
    ), clean=(
        'metafieldsSet namespace=specs key=materials value=["oak","steel"] owner=gid://shopify/Product/«gid»',
        '{"namespace":"custom","key":"care","type":"multi_line_text_field","value":"Wash cold. Line dry. Batch «id»."}',
        "specs.released_on (date) «iso» -> product sku «sku», definition «version»",
    )),
    Form("cart attributes", holding=(
        "POST /cart/update.js attributes[dob]=«p.born»&attributes[Patient+Name]=«p.name:url»&note=",
        '{"note_attributes":[{"name":"Date of birth","value":"«p.day»"},{"name":"Taking any meds?","value":"«drug»"}]}',
        'cart «hex32» gift_note="Get well soon from the «ill», «p.first»! Love, «r.first»"',
    ), clean=(
        "POST /cart/update.js attributes[delivery_date]=«iso»&attributes[gift_wrap]=yes&note=&sections=cart-«id»",
        '{"note_attributes":[{"name":"Delivery window","value":"«day»"},{"name":"Engraving?","value":"no"}],"cart":"«hex32»"}',
        'cart «hex32» merged, «few» lines, gift_note="Happy anniversary from all of us at «firm»!"',
    )),
    Form("subscription app", holding=(
        'subscription «id» for «p.name» <«p.email»> skipped: "doctor switched me to «drug»"',
        '{"contract":«gid»,"customer":{"email":"«p.email»"},"deliveryMethod":{"address1":"«p.street:esc»","phone":"«p.digits»"}}',
        "dunning step «few» sent to «p.email» (ship to «p.address»)",
    ), clean=(
        'subscription «id» renewed, cycle «count», next charge «iso», amount $«price», plan "Every «few» weeks"',
        '{"contract":«gid»,"status":"ACTIVE","nextBillingDate":"«tsz»","lines":[{"title":"«product»","sku":"«sku»"}]}',
        "churn sweep «iso»: «count» saved, «few» paused, cohort «month», model «version»",
    )),
    Form("checkout log", holding=(
        "[checkout «hex32»] contact step: email=«p.email» phone=«p.e164» optin=1",
        "[checkout «hex32»] shipping: «p.name», «p.address» (validated, residential)",
        "[checkout «hex32»] client «ip» age gate: entered birthday «p.bday», result pass",
    ), clean=(
        "[checkout «hex32»] rate shop: UPS Ground $«price», USPS $«price», chosen ups_ground eta «iso»",
        "[checkout «hex32»] discount «?GRACE|MADISON|AUSTIN|RUBY|HOLLY»15 applied, subtotal «price», tax «price», total «price»",
        "[checkout «hex32»] step=payment elapsed=«ms»ms ab=variant-«few» theme=«version»",
    )),
    Form("payment gateway", holding=(
        (
            "GATEWAY REQ x_card_num=«pan.plain»&x_exp_date=«?03|07|11»29&x_first_name=«p.first:url»&x_last_name=«p.last:url»&"
            "x_address=«p.street:url»"
        ),
        '{"pan":"«pan.plain»","cardholderName":"«p.name:upper:esc»","amount":«cents»,"ip":"«ip»"}',
        "stripe: invalid api key provided: «key.stripe» (mode live)",
    ), clean=(
        "GATEWAY RESP x_response_code=1&x_trans_id=«id»«last4»&x_avs_code=Y&x_cvv2_resp_code=M&x_account_number=XXXX«last4»",
        '{"card":{"brand":"visa","last4":"«last4»","fingerprint":"«hex16»"},"amount":«cents»,"id":"ch_«hex16»«hex16»"}',
        "stripe: payment_intent pi_«hex16»«hex16» succeeded, fee «price», balance txn_«hex16»",
    )),
    Form("graphql request", holding=(
        (
            'mutation customerUpdate {"input":{"id":"gid://shopify/Customer/«gid»","firstName":"«p.first»",'
            '"lastName":"«p.last:esc»","phone":"«p.e164»"}}'
        ),
        'X-Shopify-Access-Token: «key.shopify»\n{"query":"{ customers(query: \\"email:«p.email»\\") { nodes { id } } }"}',
        (
            'setShippingAddressesOnCart(input: {firstname: "«p.first»" lastname: "«p.last:esc»" street: ["«p.street:esc»"] '
            'telephone: "«p.tel»"})'
        ),
    ), clean=(
        'query { products(first: «count», query: "sku:«sku»") { nodes { id title totalInventory } } } # cost «few»',
        (
            '{"extensions":{"cost":{"requestedQueryCost":«count»,"throttleStatus":{"currentlyAvailable":«ms»}}},'
            '"requestId":"«uuid»"}'
        ),
        'addProductsToCart(cartId: "«hex32»", cartItems: [{sku: "«sku»" quantity: «few»}]) «ms» ms',
    )),
    Form("marketing pixel", holding=(
        "GET /tr?id=«control»&ev=Purchase&ud[em]=«p.email:pct»&ud[fn]=«p.first:pct»&cd[content_name]=«drug:pct» HTTP/2",
        'gtag("event","generate_lead",{"user_email":"«p.email»","user_phone":"«p.tel»","topic":"«ill:esc»"})',
        'dataLayer.push({"event":"quiz_done","condition":"«ill:esc»","birthdate":"«p.bday»"})',
    ), clean=(
        (
            "GET /tr?id=«control»&ev=PageView&dl=https%3A%2F%2Fshop.fernhollow.example%2Fcollections%2Fsleep&ts=«unixms»&"
            "ud[em]=«sha» HTTP/2"
        ),
        'gtag("event","view_item",{"currency":"USD","value":«float»,"items":[{"item_id":"«sku»","item_name":"«product»"}]})',
        'dataLayer.push({"event":"scroll","percent":«count»,"page_type":"collection","ab":"«hex16»"})',
    )),
    Form("e-mail tool", holding=(
        '{"profile":{"email":"«p.email»","first_name":"«p.first»","properties":{"Condition":"«ill:esc»","Birthday":"«p.born»"}}}',
        "klaviyo 401: Klaviyo-API-Key «klaviyo» cannot read list for «p.email»",
        "Subject: «p.first», your «drug» is running low\nTo: «p.name» <«p.email»>",
    ), clean=(
        "Subject: Softer nights start here: «product» is back\nX-Campaign: «lookalike» launch / «ulid»",
        '{"campaign":"«month» sale","recipients":«bytes»,"open_rate":«float»,"click_rate":0.0«few»,"id":"«hex16»"}',
        'flow "Welcome «version»" sent «count», bounced «few», suppressed «few», segment «hex16»',
    )),
)  # fmt: skip
_MAGENTO = (
    Form("magento print_r", holding=(
        (
            "main.DEBUG: Array\n(\n    [firstname] => «p.first»\n    [lastname] => «p.last»\n    [street] => «p.street»\n  "
            "  [telephone] => «p.tel»\n)\n"
        ),
        (
            "main.INFO: Array\n(\n    [customer_email] => «p.email»\n    [customer_dob] => «p.born» 00:00:00\n    "
            "[remote_ip] => «ip»\n)\n"
        ),
        "stdClass Object\n(\n    [cc_number] => «pan.plain»\n    [cc_owner] => «p.name»\n    [cc_exp_month] => «few»\n)\n",
    ), clean=(
        "main.DEBUG: Array\n(\n    [increment_id] => 00000«last4»\n    [quote_id] => «id»\n    [grand_total] => «price»\n)\n",
        "main.INFO: Array\n(\n    [sku] => «sku»\n    [ean] => «barcode»\n    [name] => «product»\n    [qty] => «few».0000\n)\n",
        "stdClass Object\n(\n    [cc_last_4] => «last4»\n    [cc_type] => VI\n    [last_trans_id] => «hex16»\n)\n",
    )),
    Form("magento var_export", holding=(
        (
            "array (\n  'prefix' => NULL,\n  'firstname' => '«p.first»',\n  'lastname' => '«p.last:py»',\n  'email' => "
            "'«p.email»',\n)"
        ),
        "array (\n  'rx_patient' => '«p.name:py»',\n  'rx_birth' => '«p.bday»',\n  'rx_drug' => '«drug»',\n)",
    ), clean=(
        (
            "array (\n  'entity_id' => «id»,\n  'attribute_set_id' => '«few»',\n  'name' => '«brand:py»',\n  'created_at' "
            "=> '«tss»',\n)"
        ),
        "array (\n  'carrier' => 'ups',\n  'number' => '«tracking»',\n  'title' => 'Ground',\n)",
    )),
    Form("magento exception", holding=(
        (
            '[«ts»] report.CRITICAL: No such entity with email = «p.email», websiteId = 1 {"exception":"[object] '
            '(NoSuchEntityException)"}'
        ),
        '[«ts»] main.CRITICAL: Invalid phone "«p.tel»" for customer «p.name» at Address/Validator.php:«count»',
        "[«ts»] main.ERROR: order 0000«last4»: «p.street» cannot be geocoded",
    ), clean=(
        (
            '[«ts»] main.CRITICAL: Unable to unserialize value, string is not valid JSON {"exception":"[object] '
            '(Serialize.php:«count»)"}'
        ),
        "[«ts»] report.ERROR: Cron Job indexer_reindex_all_invalid has an error: SQLSTATE[40001]: deadlock, «few» tries [] []",
        "[«ts»] main.WARNING: Session size of «bytes» exceeded allowed session max size of 256000.",
    )),
    Form("magento system log", holding=(
        "[«tss»] system.INFO: Customer «p.any» logged in, PHPSESSID «session.php», remote «ip»",
        '[«tss»] system.INFO: Newsletter signup «p.email» source=quiz concern="«ill»"',
        "[«tss»] system.DEBUG: admin «s.name» exported customers grid",
    ), clean=(
        "[«tss»] system.INFO: Cache type config flushed by cron, «count» tags, «ms» ms",
        "[«tss»] system.INFO: Item not found: «item», store view florence_en, fallback default",
        '[«tss»] system.DEBUG: Broken reference: the "jordan.container" element cannot be a child (layout «hex16»)',
    )),
    Form("magento import csv", holding=(
        (
            "email,firstname,lastname,dob,_address_street,_address_telephone\n«p.email»,«p.first»,«p.last»,«p.bday»,"
            '"«p.street»",«p.tel»'
        ),
        "email;name;dob;group\n«p.email»;«p.name»;«p.born»;General",
    ), clean=(
        'sku,name,price,qty,gtin\n«sku»,"«product»",«float»,«count»,«barcode»\n«sku»,"«product»",«float»,«few»,«barcode»',
        'sku,manufacturer,description\n«sku»,"«firm»","Soft. Family-run since «?March 3, 1952|06/12/1948|1961-09-30|May 1973»."',
    )),
    Form("magento rest call", holding=(
        (
            "GET /rest/V1/customers/search?searchCriteria[filter_groups][0][filters][0][value]=«p.email:pct» "
            "Authorization: Bearer «jwt»"
        ),
        (
            'POST /rest/V1/guest-carts/«hex32»/shipping-information {"firstname":"«p.first»","lastname":"«p.last:esc»",'
            '"telephone":"«p.tel»"}'
        ),
    ), clean=(
        "GET /rest/V1/products/WS«last4»-M/media «status» «ms»ms oauth_nonce=«hex32»",
        'POST /rest/V1/guest-carts/«hex32»/estimate-shipping-methods {"countryId":"US","region_id":«count»} «status»',
    )),
    Form("php stack trace", holding=(
        "#0 /app/code/Rx/Model/Sync.php(«count»): Rx\\Client->push('«p.email»', '«p.name:py»')\n#1 {main}",
        (
            "PHP Fatal error: Uncaught TypeError: fillDate(): $dob must be DateTime, string '«p.day»' given, drug '«drug»' "
            "in Fill.php:«count»"
        ),
    ), clean=(
        "#0 /app/vendor/magento/framework/App/Bootstrap.php(«count»): Magento\\Framework\\App\\Http->launch()\n#1 {main}",
        'PHP Warning: Undefined array key "carrier" in /app/code/Ship/Model/Rate.php on line «count» pid «pid» req «hex16»',
    )),
    Form("sql slow log", holding=(
        "# Query_time: «float»\nSELECT * FROM customer_entity WHERE email = '«p.email»' AND dob = '«p.born»';",
        "INSERT INTO rx_intake (full_name, ssn, phone, condition_txt) VALUES ('«p.name:sql»','«ssn»','«p.digits»','«ill:sql»');",
        "UPDATE sales_order_address SET street='«p.street:sql»', lastname='«p.last:sql»' WHERE entity_id=«id»;",
    ), clean=(
        (
            "# Query_time: «float» Lock_time: 0.000«count» Rows_sent: «few» Rows_examined: «bytes»\nSELECT COUNT(*) FROM "
            "quote WHERE updated_at < '«tss»';"
        ),
        "DELETE FROM report_event WHERE logged_at < '«tss»' LIMIT 1000; -- «bytes» rows",
        "UPDATE catalog_product_entity_varchar SET value='«brand:sql»' WHERE value_id=«id»;",
    )),
    Form("admin action log", holding=(
        "«tss» | «s.name» | «ip» | adminhtml_customer_edit | saved «p.name» («p.email»)",
        '«s.email» viewed order 0000«last4», prescription note: "«drug», hx «ill»"',
    ), clean=(
        "«tss» | role:catalog | catalog_product_save | «item» «brand» | success",
        "two-factor reset forced for «few» users, change CHG0«control», window «hour»",
    )),
    Form("rma record", holding=(
        'RMA «id»: «p.name», reason "opened, but my dr took me off «drug»", pickup at «p.address»',
        '{"rma":«id»,"customer_custom_email":"«p.email»","comment":"call «p.tel» before pickup"}',
    ), clean=(
        'RMA «id»: «product» (size M) exchanged for «item», reason "too small", label «tracking»',
        '{"rma":«id»,"status":"received","resolution":"refund","amount":"«price»","warehouse":"«venue»"}',
    )),
)  # fmt: skip
_PEOPLE = (
    Form("help-desk ticket", holding=(
        (
            "From: «p.name» <«p.email»>\nSubject: wrong item\nI ordered «drug» and got socks. Order #«order». My number is "
            "«p.tel». «p.first»"
        ),
        "internal: called «p.first» back, she has «ill» and needs it by friday. ship 2nd day to «p.address». -«s.first»",
        "pls change my card, new one is «pan» exp «?03|07|09|11»/30 thx «p.typed»",
    ), clean=(
        "Subject: wrong item\nI ordered the «product» in gray and got navy. Order #«order». Can I keep it for a discount?",
        "internal: carrier claim opened for «tracking», case «control», answer due «day»",
        "where is my order?? says delivered «us» at «hour» but nothing is here. #«order»",
    )),
    Form("live chat", holding=(
        "[«clock»] visitor: do you carry «drug»? my mom has «ill»\n[«clock»] «s.first»: Let me check for you!",
        "[«clock»] visitor: its under «p.typed», email «p.email»",
        "[«clock»] bot: What is your date of birth?\n[«clock»] visitor: «p.day»",
    ), clean=(
        "[«clock»] visitor: does the «product» come in queen size?\n[«clock»] bot: Yes, see item «item».",
        "[«clock»] bot: What is your order number?\n[«clock»] visitor: «order»",
        "[«clock»] system: visitor idle «few» min, chat «uuid» closed",
    )),
    Form("product review", holding=(
        "★★★★★ by «p.name»: After years of «ill» this is the only cushion that helps. My doctor «s.name» agrees!",
        "«p.initial» (verified buyer): tastes awful but easier on me than «drug» was",
        '{"reviewer":{"name":"«p.name:esc»","email":"«p.email»"},"rating":«few»,"body":"helped with my «ill:esc»"}',
    ), clean=(
        "★★★★☆ Verified buyer: The «product» is soft, ships fast, color a bit darker than the photo. «us»",
        "Anonymous: bought «few» of them, the zipper broke in week «few». Not like the old «brand».",
        '{"rating":4,"verified":true,"body":"nice box, nice smell","product_sku":"«sku»","id":"«uuid»"}',
    )),
    Form("quiz app", holding=(
        (
            'quiz.submit {"name":"«p.name:esc»","email":"«p.email»","dob":"«p.bday»","answers":{"diagnosed":["«ill:esc»"],'
            '"current_rx":"«drug»"}}'
        ),
        'quiz «ulid» free text: "was on «drug», got diagnosed w/ «ill» last fall" -> lead «p.tel»',
    ), clean=(
        'quiz.submit {"visit":"«uuid»","answers":{"skin":"combination","goal":"glow","budget":"$«count»"},"ms":«ms»}',
        "quiz «ulid» dropped at step «few», recommended «product»",
    )),
    Form("shipping label", holding=(
        "SHIP TO:\n«p.name:upper»\n«p.block:upper»\nTEL «p.tel»\nREF 1: «order»",
        "^XA^FO50,50^FD«p.name»^FS^FO50,90^FD«p.street»^FS^FO50,130^BCN^FD«tracking»^FS^XZ",
        '{"toAddress":{"name":"«p.name:esc»","street1":"«p.street:esc»","phone":"«p.digits»"},"parcel":{"weight":«count»}}',
    ), clean=(
        "UPS GROUND  TRACKING #: «tracking»  BILLING: P/P  WT «count» LBS  1 OF «few»  REF 1: «order»",
        "^XA^FO50,50^BY3^BCN,100,Y,N,N^FD«barcode»^FS^FO50,200^FD«item»^FS^XZ",
        '{"parcel":{"weight":«count»,"length":«few»},"rate":"«price»","tracking_code":"«tracking»","zone":«few»}',
    )),
    Form("returns desk", holding=(
        "Return by «p.comma» (DL «license» shown, driver license copied) of «drug» unopened, refund to card «pan»",
        "returned to sender: «p.name», «p.address», unit vacant",
    ), clean=(
        "Return «id» graded B, restocked to «item», photo «sha».jpg, clerk station «few»",
        "returned to sender: label damaged, parcel «tracking», bay «few»",
    )),
    Form("gift note", holding=(
        "Gift message: Dear «r.first», hope the «ill» clears soon. Hugs, «p.first»",
        "Gift recipient «r.name», phone «r.tel», deliver on «day»",
    ), clean=(
        "Gift message: Congratulations to the best team ever! From everyone at «firm».",
        "Gift wrap kraft, ribbon green, deliver on «day», no invoice in box, order «order»",
    )),
    Form("phone order", holding=(
        "phone order taken by «s.name»: «p.name», cell «p.tel», card «pan», ship «p.address»",
        "cust «p.comma:upper» callback «p.tel» re: Rx for «drug»",
    ), clean=(
        "phone order queue: «count» waiting, longest «few» min, line 4 down since «hour»",
        "cust asked for «brand» in blue, not stocked, offered «item»",
    )),
    Form("social comment", holding=(
        "@fernhollow my order never came, email is «p.email» please help - «p.name»",
        "DM from «p.name»: is the tea safe with «drug»? I have «ill»",
    ), clean=(
        "@fernhollow the «product» is everything!! use code «?GRACE|MADISON|AUSTIN|RUBY|HOLLY»10 #«count»days",
        "DM auto-reply «version»: we answer within «few» hours, weekdays until «hour»",
    )),
    Form("wholesale form", holding=(
        "Buyer: «p.name», «firm», resale contact «p.email», office «p.tel»",
        "Clinic account: Dr. «s.name», NPI «npi», ship to «s.address»",
    ), clean=(
        "Buyer account «firm», terms net «count», credit $«price», PO «control», freight prepaid",
        "Wholesale tier «few»: minimum $«price», «count» doors, rep region «venue»",
    )),
)  # fmt: skip
_PLANT = (
    Form("nginx access", holding=(
        '«ip» - - [«clf»] "GET /account/reset?email=«p.email:pct» HTTP/1.1" «status» «bytes» "-" "Mozilla/5.0"',
        '«ip» - «p.email» [«clf»] "POST /intake?dob=«p.born»&q=«ill:url» HTTP/2.0" 200 «bytes»',
        '«ip» - - [«clf»] "GET /search?q=«drug:url» HTTP/1.1" 200 «bytes» "-" "Chrome/12«few».0.0.0"',
    ), clean=(
        (
            '- - - [«clf»] "GET /static/version«unix»/frontend/«hex16».min.js HTTP/2.0" 200 «bytes» "-" '
            '"Chrome/12«few».0.0.0 Safari/537.36"'
        ),
        (
            '«clf» upstream timed out (110) while reading response header, '
            'request: "GET /catalog/ws«last4»-«?oak|navy|small».html", host: "shop.fernhollow.example"'
        ),
        '[«clf»] "GET /search?q=heated+blanket HTTP/1.1" 200 «bytes» rt=«float» cache=HIT rid=«hex32»',
    )),
    Form("varnish log", holding=(
        "-   ReqHeader      Cookie: PHPSESSID=«session.php»; mage-cache-storage={}",
        "-   ReqHeader      X-Forwarded-For: «ip»\n-   ReqURL         /customer/account/?email=«p.email:pct»",
    ), clean=(
        "-   ReqURL         /media/catalog/product/«hex16».jpg?width=«ms»\n-   VCL_call       HASH",
        "-   Timestamp      Resp: «unix».«last4» 0.000«count» 0.0000«few»\n-   BereqHeader    X-Varnish: «id»",
    )),
    Form("fastly log", holding=(
        '{"ts":"«tsz»","client_ip":"«ip»","url":"/rx/status?phone=«p.digits»&last=«p.last:url»","status":«status»}',
        '<134>«tsz» cache-ord1 waf: args matched "«p.email»" src=«ip» rule=«count»',
    ), clean=(
        '{"ts":"«tsz»","pop":"ORD","url":"/collections/all?page=«few»","status":«status»,"ttfb":«float»,"digest":"«sha»"}',
        "<134>«tsz» cache-ord1 purge surrogate-key=p-«id» soft=1 took «ms»us",
    )),
    Form("warehouse file", holding=(
        "H|«order»|«p.name»|«p.street»|«p.tel»\nD|«item»|«few»",
        "PICK «id» cold chain: «drug» NDC «ndc» for «p.comma»",
    ), clean=(
        "H|«order»|DOCK «few»|«firm»|«us»\nD|«item»|«few»|«barcode»",
        "PICK «id» tote «last4» zone Charlotte aisle «?E11|F32|J45|Z23|B20|K21» qty «count» scanned «clock»",
    )),
    Form("edi 940", holding=(
        "N1*ST*«p.name:upper»~N3*«p.street:upper»~PER*IC**TE*«p.digits»~",
        "W01*«few»*EA**ND*«ndc.plain»~G69*«drug:upper» TAB~",
    ), clean=(
        "W05*N*«control»*PO«id»~N1*WH*«firm:upper»*9*«control»~G62*10*«ymd»~",
        "W01*«count»*EA*«barcode»*VN*«item»~W76*«count»*«few»*LB~SE*«few»*«last4»~",
    )),
    Form("spreadsheet export", holding=(
        "Order\tCustomer\tE-mail\tPhone\tShip street\tItem\n«order»\t«p.name»\t«p.email»\t«p.tel»\t«p.street»\t«drug» 90 ct",
        "Name | Birth date | Diagnosis | Rx\n«p.comma» | «p.bday» | «ill» | «drug»\n«next»«p.comma» | «p.bday» | «ill» | «drug»",
        "customer,driver_license,passport_no\n«p.name»,«license»,«passport»",
    ), clean=(
        "Order\tPlaced\tItem\tQty\tNet\n«order»\t«us»\t«product»\t«few»\t«float»\n«order»\t«us»\t«brand»\t1\t«float»",
        "Vendor | PO | ETA | Cartons\n«firm» | «control» | «us» | «count»\n«company» | «control» | «us» | «count»",
        'isbn,title,stock\n«isbn»,"The Calm Kitchen",«count»\n«isbn»,"Walk With Emma, a Workbook",«few»',
    )),
    Form("terraform output", holding=(
        'shopify_admin_token = "«key.shopify»"\naws_access_key_id = "«key.aws»"',
        '+ oncall_email = "«s.email»"\n+ oncall_phone = "«s.e164»"\n+ office_ip = "«ip»/32"',
    ), clean=(
        "aws_cloudfront_distribution.shop: Modifications complete after «few»m«minute»s [id=E«hex16:upper»]",
        '~ engine_version = "8.0.3«few»" -> "8.4.«few»"\n~ snapshot_identifier = "shop-«ymd»-«hex16»"',
    )),
    Form("ci job", holding=(
        'fixtures/customers.json:«count»: "email": "«p.email»", "name": "«p.name:esc»"',
        "Error: leaked credential STRIPE_SECRET=«key.stripe» in step «few»",
        "fatal: could not read from https://x-access-token:«github»@git.example/shop/theme (run «id»)",
        "SLACK_BOT_TOKEN=«slack» printed by step «few», rotated by «s.first»",
        "npm ERR! auth //registry.example/:_authToken=«npm» (job «id»)",
    ), clean=(
        "Run actions/checkout@«sha» ok, cache key linux-node-«hex32», restored «bytes» kB",
        "npm warn deprecated «?glob|rimraf|uuid»@«version»: no longer supported, audited «ms» packages in «few»s",
        "integrity sha512-«mac» resolved lodash-4.17.2«few».tgz (job «id»)",
    )),
    Form("python traceback", holding=(
        (
            "  File \"/srv/hooks/orders.py\", line «count», in create\n    order = {'email': '«p.email»', 'phone': "
            "'«p.tel»'}\nKeyError: 'gid'"
        ),
        "pydantic ValidationError: birth_date input_value='«p.day»', name input_value='«p.name:py»'",
    ), clean=(
        (
            "  File \"/srv/hooks/orders.py\", line «count», in create\n    order = {'gid': «gid», 'total': "
            "'«price»'}\nKeyError: 'email'"
        ),
        "pydantic ValidationError: «few» errors for LineItem, sku input_value='«sku»', qty input_value=-1",
    )),
    Form("node error", holding=(
        (
            'UnhandledPromiseRejection: {"customer":{"first":"«p.first»","last":"«p.last:esc»","mobile":"«p.tel»"}} at '
            "sync.js:«count»"
        ),
        'AxiosError 422 POST /labels data={"recipient":"«p.name:esc»","line1":"«p.street:esc»"}',
        "session mismatch sid=«session» user=«p.email»",
    ), clean=(
        (
            "UnhandledPromiseRejection: TypeError: Cannot read properties of undefined (reading 'edges') at "
            "sync.js:«count»:«few» «uuid»"
        ),
        "AxiosError 429 POST /admin/api/2026-«?01|04|07»/graphql.json retry-after=«few» x-request-id=«uuid»",
        "heap used «count» MB of 512 MB, gc «ms» ms, pid «pid»",
    )),
    Form("java log", holding=(
        "«tsc» ERROR c.f.pay.Charge - Charge(holder=«p.name», pan=«pan.plain», amount=«price»)",
        "«tsc» DEBUG c.f.crm.Mapper - Member[memberId=«plan», birthDate=«p.born», lastName=«p.last»]",
        "«tsc» INFO c.f.auth.Filter - accepted apiKey=«key.any» from «ip»",
    ), clean=(
        "«tsc» ERROR c.f.pay.Charge - Charge(id=ch_«hex16», last4=«last4», amount=«price») timed out after «ms» ms",
        "«tsc» DEBUG o.h.SQL - select p1_0.sku from product p1_0 where p1_0.gtin=? [«barcode»]",
        "«tsc» INFO c.z.h.HikariDataSource - HikariPool-«few» - Start completed.",
    )),
    Form("slack shop alert", holding=(
        ":warning: 3 failed logins for *«p.email»* from «ip», ping «s.first»",
        ":moneybag: big order $«price» from «p.name», «p.tel»",
        "«s.first»: looks like «t.first» pasted a customer's SSN «ssn» in the channel, deleting",
    ), clean=(
        ":warning: stock of «product» («item») below «count», vendor «firm» notified",
        ":moneybag: best day of «month»: $«price», «ms» orders, AOV $«price»",
        ":ship: theme «version» live on florence store, commit «sha»",
    )),
    Form("fulfillment webhook", holding=(
        '{"destination":{"name":"«p.name:esc»","address1":"«p.street:esc»","phone":"«p.e164»"},"tracking_number":"«tracking»"}',
        'pickup point notified «p.tel»: "«p.first», your parcel is here"',
    ), clean=(
        '{"tracking_company":"USPS","tracking_number":"«tracking»","shipment_status":"in_transit","updated_at":"«ts»"}',
        "manifest «id» closed, «count» parcels, scale serial «luhn», carrier «firm»",
    )),
    Form("loyalty app", holding=(
        "points: «p.email» +«count» (birthday bonus, born «p.bday»)",
        '{"member":{"name":"«p.name:esc»","birthday":"«p.born»","phone":"«p.tel»"},"tier":"gold"}',
    ), clean=(
        "points: order «order» +«count», tier gold, expires «iso», balance «ms»",
        '{"reward":"«product»","cost":«ms»,"tier":"«?gold|silver»","code":"«hex16:upper»"}',
    )),
    Form("insurance card upload", holding=(
        "ocr ok: Member ID «plan» Subscriber «p.name:upper» Group 0«control» «payer»",
        '{"coverage":{"memberId":"«plan»","holder":"«p.name:esc»","dob":"«p.born»","payer":"«payer»"}}',
        "Medicare number «mbi» read from upload of «p.email»",
    ), clean=(
        "ocr retry «few»: blur 0.7«few», glare 0.«few», file «sha».jpg «bytes» bytes, «payer» logo found",
        '{"coverage":{"payer":"«payer»","planType":"PPO","copay":"«price»","verified":false},"id":"«uuid»"}',
    )),
    Form("hsa receipt", holding=(
        "HSA/FSA letter for «p.name», condition «ill» («dx»), provider «s.name», NPI «npi»",
        "LMN intake «uuid»: email «p.email», ICD-10 «dx», item «product»",
    ), clean=(
        "HSA/FSA eligible: «product» $«price», receipt «control», SIGIS category «count»",
        "LMN intake «uuid»: queue «few», reviewer pool B, median «ms» s",
    )),
    Form("rx app sync", holding=(
        "rx sync: patient «p.name» MRN «chart» drug «drug» NDC «ndc» prescriber «s.name» DEA «dea»",
        '{"rx":{"patientMrn":"«chart»","medication":"«drug»","icd10":"«dx»","writtenBy":"Dr. «s.name:esc»"}}',
        "transfer from pharmacy: NDC «ndc», MRN «chart», DOB «p.bday»",
    ), clean=(
        "rx sync: «count» pulled, «few» skipped, cursor «hex32», next «tsz»",
        '{"rx":{"id":"«uuid»","state":"needs_review","refills":«few»,"writtenOn":"«iso»"}}',
    )),
    Form("age verification", holding=(
        'agecheck: name="«p.name»" dob="«p.day»" dl="«license»" state=OH result=pass',
        "AgeID payload passport=«passport» surname=«p.last:upper» birth=«p.born»",
    ), clean=(
        "agecheck: order «order» skipped, category not restricted, sku «sku»",
        "AgeID vendor latency «ms» ms, pass rate «float», build «version»",
    )),
    Form("tax service", holding=(
        "W-9 received: «p.name», SSN «ssn.any», «p.address»",
        "1099-K prep: payee «p.comma:upper», taxpayer id (SSN) «ssn», e-mail «p.email»",
    ), clean=(
        "avalara: doc «control» committed, jurisdiction Jefferson County, rate 0.0«last4», tax «price»",
        "nexus report «month»: «few» states, «count» returns, filed «us», ref «hex16»",
    )),
    Form("session store", holding=(
        'redis SET sess:«session.java» "{\\"email\\":\\"«p.email»\\"}" EX 3600',
        "GET zc:k:«hex16» -> frontend cookie «session.node» user «p.email»",
    ), clean=(
        "redis EXPIRE zc:k:«hex16»_CONFIG 3600, keyspace hits «bytes», misses «count»",
        "memory fragmentation «float», evicted «count», slowlog id «id» «ms»us",
    )),
    Form("feature flags", holding=(
        'flag.eval user={"email":"«p.email»","name":"«p.name:esc»","ip":"«ip»"} flag=rx-upsell on',
        "targeting rule: email in [«p.email», «r.email»] -> variant b",
    ), clean=(
        "flag.eval anon=«uuid» flag=new-cart variant=«?a|b» «ms»us sdk=«version»",
        "targeting rule: country in [US, CA], percent «count», salt «hex16»",
    )),
    Form("calendar invite", holding=(
        "BEGIN:VEVENT\nSUMMARY:Fitting with «p.name»\nATTENDEE;CN=«s.name»:mailto:«s.email»\nLOCATION:«p.address»\nEND:VEVENT",
        "DTSTART:«hl7ts»\nDESCRIPTION:Call «p.first» at «p.tel» about «ill» support",
    ), clean=(
        "BEGIN:VEVENT\nUID:«uuid»\nSUMMARY:Inventory count at «venue»\nDTSTART:«ymd»T090000Z\nEND:VEVENT",
        "DTSTART:«ymd»\nRRULE:FREQ=WEEKLY;COUNT=«few»\nSUMMARY:Stock review at «venue»",
    )),
    Form("backup manifest", holding=(
        'restored row: customer_entity «id» email=«p.email» name="«p.name»" dob="«p.born»"',
        "dump head: -- contact «s.name», «s.tel»; secret «key.aws_secret» (aws_secret_access_key)",
    ), clean=(
        "«sha»  shop-«ymd».sql.zst  «bytes» MB  verified «tsz»",
        "restored «count» tables, «bytes» rows, point in time «ts», host db-«few», snapshot «hex16»",
    )),
)  # fmt: skip
FORMS = (*_HOOKS, *_MAGENTO, *_PEOPLE, *_PLANT)
"""The forms of this corpus."""
_HOLDING = 0.5
"""The share of texts with values."""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many texts, the same ones for the same seed; about half hold no value."""
    chance = Random(f"merchandise.{seed}")  # noqa: S311  # made-up lines, no secret
    for _ in range(count):
        form, holding = chance.choice(FORMS), chance.random() < _HOLDING
        yield line(form, chance, cast(), holding=holding)
