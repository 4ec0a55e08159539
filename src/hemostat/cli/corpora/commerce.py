"""What web shops log and send: access lines, webhooks, payment debug lines, queries, exports; half of it about nobody."""

import base64
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from urllib.parse import quote, quote_plus

from .labelled import Labelled, Value, labelled

Piece = str | Value
Escape = Callable[[str], str]
Field = tuple[str, Piece, bool]  # key, value, and whether it is written bare


@cache
def _options(text: str) -> list[str]:
    """The items of a list; a semicolon before a space stands for itself."""
    return re.split(";(?! )", text)


_FIRST = _options(
    "María;José Luis;Guadalupe;Xiomara;Thảo;Minh;Ngọc Anh;Fatima;Abdulrahman;Yusuf;Aoife;Siobhán;Declan;Mary-Kate;Jean-Luc;"
    "Priya;Oluwaseun;Chidi;Wei;Hye-jin;Kateryna;Björn;Zoë;Tyrone;LaToya;Emily;Grant;Rose;Hunter;Will;Leilani;Mei Ling;Rajesh;"
    "Dariusz;Ximena;Nikolai;Shanice;Connor;Hannah;Tariq"
)
_LAST = _options(
    "Núñez;García Márquez;Hernández;Ybarra;Nguyễn;Trần;Phạm;Al-Sayed;El Masri;Haddad;O'Brien;O'Shaughnessy;McAllister;"
    "Smith-Okafor;van der Berg;de la Cruz;von Ahlefeld;Di Stefano;Okonkwo;Adebayo;Zhang;Park;Kowalczyk;Sørensen;Łukasik;Young;"
    "Baker;Pope;Long;Banks;Whitfield;Kealoha;Srinivasan;St. Clair;D'Angelo;Petrov;Washington;Kim;Castellanos;Mwangi"
)
_STREETS = _options(
    "Alder Creek;N Willow;SW 14th;Martin Luther King Jr;Camino del Rio;Old Mill;E 42nd;Paseo Verde;Saint Charles;Birchwood;"
    "County Road;Highland Park;Lakeshore;W Thunderbird"
)
_SUFFIXES = ("St", "Ave", "Blvd", "Road", "Dr", "Ln", "Ct.", "Street", "Terrace", "Pkwy")
_UNITS = ("", "", "", "", " Apt 4B", ", Unit 12", " #208", ", Ste 300", " Apt. 17", ", Floor 2")
_PLACES = _options(
    "Sacramento, CA 95814;Austin, TX 78704;Brooklyn, NY 11215;Saint Paul, MN 55104-2217;Coral Gables, FL 33134;Boise, ID 83702;"
    "Las Cruces, NM 88001;Coeur d'Alene, ID 83814;Winston-Salem, NC 27101;Worcester, MA 01608;Miami FL 33125"
)
_MAIL = ("mail.example", "inbox.example", "clinic.example", "post.example", "sub.provider.example", "care-rx.example")

_SETS = {
    "d": "0123456789", "h": "0123456789abcdef", "H": "0123456789ABCDEF", "A": "ABCDEFGHJKLMNPQRSTUVWXYZ", "N": "123456789",
    "l": "abcdefghijklmnopqrstuvwxyz0123456789", "w": "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789",
    "U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "m": "ACDEFGHJKMNPQRTUVWXY", "n": "ACDEFGHJKMNPQRTUVWXY0123456789",
}  # fmt: skip

_SHAPES = {
    "icd": "E11.9;E11.65;F32.1;I10;J45.909;M54.50;F41.1;E66.01;L40.0;N52.9;G47.33;K21.9;F90.0;B35.1;N94.3;L64.9;F3181;S52.521A",
    "sku": "TEE-BLK-[A1][d2];24-MB0[d1];WS[d2]-XS-Red;[A2][d4]-[d2];9[d2]-[d2]-[d4];MH0[d1]-M-Blue;F[d2].1-BLK;[A3]-[d3]-[d3]",
    "member": "[A3][d9];W[d9];[A1][d8]-01;[d9]00;[N1][m1][n1][d1]-[m1][n1][d1]-[m2][d2];[N1][m1][n1][d1][m1][n1][d1][m2][d2]",
    "version": "2.4.6-p[N1];1.[d2].[d1];10.0.19045.3[d3];v[N1].[d1].[d2].[d1];7.4.33;2024.10.[N1];120.0.6099.[d3];16.7.[N1]",
    "app": "Klaviyo;Yotpo;ReCharge;Judge.me;Gorgias;Algolia;Adyen_Payment;Stripe_StripePayments;Amasty_Promo;Magento_Sales",
    "ssn": "9[d2]-[N1][N1]-[d3][N1];666-[N1][N1]-[d3][N1];9[d2][N1][N1][d3][N1];987-65-43[d2];9[d2] [N1][N1] [d3][N1]",
    "tracking": "1Z[A1][d2]W[d2][d10];9400[d18];[d12];JD01[d14];9261 2901 [d4] [d4] [d4] [d2];LX[d9]US;D[d14]", "hex64": "[h64]",
    "host": "web-[d1];ip-10-0-3-2[d1];shop-prod-[h9]-[l5];magento-cron-[d1];worker.[d1];lb[d1].edge.example", "hex40": "[h40]",
    "license": "[A1][d7];[A1][d3]-[d3]-[d2]-[d3]-0;[d8];[A1][d12];[A2][d6]C;S[d3]-[d4]-[d4]", "port": "8080;443;54[d3];3306;9200",
    "session": "[h32];[l26];[l32];s%3A[w32].[w43];[w40];[w22]-[w20];[H32];eyJpdiI6[w72]", "region": "us-east-1;iad;eu-west-1;sjc",
    "ndc": "[d5]-[d4]-[d2];[d5]-[d3]-[d2];[d4]-[d4]-[d2];00[d3]-[d4]-[d2];0[d10]", "orderid": "[N1][d12];4[d12];6[d12];[N1][d9]",
    "part": "[d5]-[d4]-[d2];[d5]-[d3]-[d2];[A2][d4]-[d4];PN [d4]-[d4]-[d2];2[d7]", "price": "[N1][d1].99;[N1]9.00;1[d2].50;0.00",
    "redacted": "[REDACTED];***;null;[FILTERED];xxxxx;<masked>;****-**-**;N/A", "license_name": "MIT;Apache-2.0;GPL-3.0;OSL-3.0",
    "carrier": "UPS Ground;USPS Priority;FedEx 2Day;DHL Express;local pickup", "status": "200;200;302;404;500;499;301;422;503",
    "flag": "new-checkout-v2;dob_gate_enabled;ssn-step;mrn_sync;icd10-picker", "ga": "GA1.1.[d9].17[d8];GA1.2.[d10].17[d8]",
    "increment": "0000[d5];1000[d5];20[d7]-1;#[N1][d3];#[N1][d4];SO-[d6]", "bin": "E11.[d1];M54.5;J45;B20;A0[d1]-[d2];I10;F32.0",
    "gift": "[U4]-[U4]-[U4]-[U4];GC[d12];[l16];BDAY0[N1]1[d1];SPRING[d2]", "coord": "[N1][d1].[d6];-12[d1].[d4];-[N1][d1].[d5]",
    "mrn": "00[d6];E[d7];[d8];[A2]-[d6];[d2]-[d2]-[d2];M[d9];[d7]", "bearer": "[l32];[w43];[h40];ya29.[w68];[h64];v2.local.[w60]",
    "goods": "new;used;refurbished;new-open-box;like_new;fair", "passport": "[d9];[A1][d8];C[d8];[A2][d7]", "bool": "true;false",
    "level": "debug;info;warning;error;notice", "secret": "[h32];[w40];[l48];[w28];[h64]", "uuid": "[h8]-[h4]-4[h3]-a[h3]-[h12]",
    "loop": "127.0.0.1;0.0.0.0;::1;localhost", "ms": "0.[d3];[N1].[d3];1[d1].[d3]", "memory": "0x0000[h8];0x7f[h10]",
    "int": "[N1];[N1][d1];[N1][d2]", "tier": "gold;silver;VIP;basic", "method": "GET;GET;POST;PUT", "size": "[N1][d3];[N1][d4]",
    "fbp": "fb.1.17[d11].[d10]", "big": "[N1][d4];[N1][d6]", "pid": "[N1][d3];[N1][d4]", "currency": "USD;EUR;CAD", "dig": "[N1]",
    "hex32": "[h32]", "hex16": "[h16]", "b64": "[w43]=", "hex8": "[h8]",
    "phone": "([p]) 555-[d4];[p]-555-[d4];+1[p]555[d4];+1 [p] 555 [d4];[p].555.[d4];[p]555[d4];1-[p]-555-[d4];"
    "([p]) 555-[d4] x[d3];[p]-555-[d4] ext. [d2];+1 ([p]) 555-[d4]",
    "ip": "192.0.2.[o];198.51.100.[o];203.0.113.[o];203.0.113.[o];10.[o].[o].[o];192.168.[o].[o];2001:db8::[h4];"
    "2001:db8:[h4]:[h4]::[h2];2001:db8:85a3::8a2e:370:[h4]",
    "apikey": "shpat_[h32];shpss_[h32];shpca_[h32];sk_live_[w24];rk_live_[w24];AKIA[U16];AIza[w35];SG.[w22].[w43];ghp_[w36];"
    "xoxb-[d12]-[d13]-[w24];sk_test_[w24];whsec_[w32];EAAA[w60];pk_[h32];key-[h32]",
    "condition": "type 2 diabetes;hypertension;erectile dysfunction;generalized anxiety disorder;migraine with aura;PCOS;asthma;"
    "hair loss;bipolar disorder;chronic back pain;hypothyroidism;genital herpes;opioid use disorder;psoriasis;ADHD;depression;"
    "insomnia;acid reflux;HIV;premature ejaculation;endometriosis;sleep apnea;rosacea;obesity",
    "medication": "Semaglutide;sildenafil 50 mg;Finasteride 1mg;tretinoin 0.05%;metformin 500 mg;Lisinopril;Zoloft;Wegovy;"
    "Adderall XR 20 mg;bupropion XL;Tirzepatide 2.5 mg/0.5 mL;valacyclovir 1 g;Ozempic;escitalopram;minoxidil 5%;Suboxone;"
    "spironolactone 100mg;tadalafil;Mounjaro;levothyroxine 75 mcg;estradiol;minoxidil 2.5 mg;clonazepam 0.5 mg",
    "product": "Jordan Low Top Sneaker;Victoria Ruffle Dress;Cancer Zodiac Pendant;Depression Glass Vase, 1934;"
    "Fever-Tree Tonic 8pk;Georgia Peach Candle;Savannah Linen Throw;Dr. Martens 1460;Stanley Quencher 40 oz;Cold Brew Kit;"
    "Harper Sofa 84 in;Chelsea Boot - Tan;Madison Desk Lamp;Austin Cargo Pants;Shock Absorber Kit;Florence Tote;Otis Dog Bed",
    "company": "Johnson & Sons Supply;Abbott Paper Co.;St. Mary's Clinic;Warby Parker;Harry's;Baker Tilly;Charles Schwab;"
    "Ben & Jerry's;Mitchell Freight LLC;Lane Bryant;Whitman Family Pharmacy;Lucas Oil",
    "path": "/;/checkout/cart/;/collections/all;/products/linen-throw-[d2];/rest/V1/carts/mine/items;/customer/section/load/;"
    "/catalogsearch/result/index/;/static/version17[d8]/frontend/Magento/luma/en_US/mage/requirejs/mixins.js;/cart.js;/graphql",
    "agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/12[d1].0.0.0 Safari/537.36;"
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_[d1] like Mac OS X) AppleWebKit/605.1.15 Version/17.[d1] Mobile/15E148 Safari/604.1;"
    "curl/8.4.0;GuzzleHttp/7;Shopify-Captain-Hook;python-requests/2.31.0",
}  # fmt: skip

_LABELS = {
    "ssn": "SSN", "mrn": "MRN", "npi": "NPI", "dea": "DEA", "member": "MEMBER_ID", "icd": "ICD10", "ndc": "NDC", "pan": "PAN",
    "email": "EMAIL", "phone": "PHONE", "dob": "DOB", "name": "NAME", "first": "NAME", "last": "NAME", "address": "ADDRESS",
    "place": "ADDRESS", "ip": "IP", "jwt": "JWT", "session": "SESSION_TOKEN", "bearer": "SESSION_TOKEN", "apikey": "API_KEY",
    "secret": "API_KEY", "passport": "PASSPORT", "license": "DRIVER_LICENSE", "condition": "CONDITION",
    "medication": "MEDICATION", "upper": "NAME", "reversed": "NAME", "middle": "NAME", "slug": "CONDITION",
}  # fmt: skip

_KEYS = {
    "member": "member id;subscriber id;insurance member id;health plan id;insurance id;policy member number;medicare id;mbi",
    "name": "name;full name;customer name;cardholder name;patient name;recipient name;ship to name;signed by;account holder",
    "ip": "ip;remote addr;client ip;browser ip;x forwarded for;remote ip;source ip;true client ip;user ip;upstream addr",
    "condition": "condition;diagnosis;health condition;reason for visit;medical condition;chief complaint;treating for",
    "medication": "medication;drug name;rx name;current medications;prescription;drug;medication requested;treatment",
    "license": "driver license;drivers license number;dl number;license no;driver licence;driving license id;dln",
    "address": "address1;street;address line 1;shipping street;billing address1;street address;addr1;line1",
    "email": "email;email address;customer email;contact email;user email;e mail;login;recipient;mail to",
    "dob": "dob;date of birth;birth date;birthday;customer dob;birthdate;patient dob;born;geburtsdatum",
    "phone": "phone;telephone;mobile;phone number;customer phone;sms number;contact phone;tel;cell;fax",
    "apikey": "api key;access token;stripe key;secret key;shopify token;key;aws access key id;apikey",
    "passport": "passport number;passport no;passport;passport num;travel document passport number",
    "place": "address;shipping address;full address;formatted address;home address;deliver to",
    "pan": "card number;cc number;pan;number;account number;credit card;cc num;payment card",
    "jwt": "id token;token;jwt;access token;authorization;session jwt;customer access token",
    "secret": "api secret;client secret;shared secret;api key;app secret;private key secret",
    "session": "session id;phpsessid;sid;session token;sessid;php session;jsessionid;sess",
    "bearer": "session token;bearer token;auth token;refresh token;customer session token",
    "first": "first name;firstname;given name;customer firstname;fname;nombre",
    "ssn": "ssn;social security number;patient ssn;social;ss num;tax id ssn", "npi": "npi;provider npi;prescriber npi;npi number",
    "last": "last name;lastname;surname;family name;customer lastname;lname", "ndc": "ndc;ndc code;drug ndc;ndc11;dispensed ndc",
    "icd": "icd10;diagnosis code;dx code;icd code;primary dx;icd 10 cm",
    "upper": "cardholder;name on card;ship name;cc owner;embossed name",
    "mrn": "mrn;medical record number;patient mrn;chart mrn;emr mrn", "reversed": "patient;name;sort name;patient name;customer",
    "middle": "customer;contact name;patient;billing name;attention",
    "dea": "dea;dea number;prescriber dea;dea no;dea registration",
}  # fmt: skip

_NOISE = {
    "tracking number": "tracking", "passport strategy": "region", "acquirer reference": "near", "order number": "increment",
    "increment id": "increment", "date of birth": "redacted", "address validated": "bool", "memory address": "memory",
    "patient name": "redacted", "item condition": "goods", "license": "license_name", "card number": "redacted", "duration": "ms",
    "medication count": "int", "gift card code": "gift", "phone verified": "bool", "transaction id": "luhn", "request id": "uuid",
    "customer id": "orderid", "ssn collected": "bool", "warehouse zone": "bin", "variant id": "orderid", "total price": "price",
    "email opt in": "bool", "dob required": "bool", "currency": "currency", "order id": "orderid", "updated at": "stamp",
    "part number": "part", "bin location": "bin", "member since": "day", "member tier": "tier", "release date": "day",
    "form factor": "part", "condition": "goods", "version": "version", "carrier": "carrier", "token count": "int", "port": "port",
    "company": "company", "npi lookup": "bool", "trace id": "hex32", "created at": "iso", "checksum": "hex64", "title": "product",
    "vendor": "company", "latitude": "coord", "reference": "luhn", "expires": "epoch", "span id": "hex16", "name": "product",
    "ssn": "redacted", "commit": "hex40", "mrn": "redacted", "etag": "hex32", "build": "big", "host": "host", "flag": "flag",
    "gtin": "gtin", "sku": "sku", "qty": "int", "app": "app", "ip": "loop",
}  # fmt: skip

_TIMED, _CUT = 2, 3  # draws of what happens to a line
_BARE = {"orderid", "int", "big", "bool", "price", "epoch", "port", "ms", "coord"}
_TELLING = _options("email;phone;name;reversed;address;place;ip;jwt;apikey;pan;medication;condition;icd")  # without any key
_COMMON = _options(
    "email;email;email;phone;phone;name;name;first;last;address;place;ip;ip;dob;dob;condition;medication;session;apikey"
)

_PEOPLE = """
nginx-access|«ip» - - [«clf»] "«method» «path»?«.email»=«email|q» HTTP/1.1" «status» «size» "-" "«agent»"
nginx-access|«ip» - - [«clf»] "«method» «path» HTTP/2.0" «status» «size» "https://shop.example/account?token=«jwt»" "«agent»"
nginx-access|«host» [«clf»] GET /account/reset?«.email»=«email|q»&«.session»=«session» HTTP/1.1 «status» «size»
nginx-error|«slash» [error] «pid»#0: *«big» FastCGI sent in stderr: "PHP message: PHP Notice: Undefined index: «.dob»" while
+ reading response header from upstream, client: «ip», server: shop.example, request: "POST «path» HTTP/1.1", upstream:
+ "fastcgi://127.0.0.1:9000", host: "shop.example"
apache-error|[Thu Mar 07 11:0«dig».482913 2024] [proxy_fcgi:error] [pid «pid»:tid 14012] [client «ip»:«pid»] AH01071: Got error
+ 'Primary script unknown', referer: https://s.example/i?«.first»=«first|form»&«.last»=«last|form»&«.dob»=«dob|form»
cloudfront|«day»\t09:14:2«dig»\tIAD89-C1\t«size»\t«ip»\tGET\td111111abcdef8.cloudfront.net\t«path»\t«status»\t-\t«agent|q»
+\t«.name»=«name|q»&«.phone»=«phone|q»\tPHPSESSID=«session»\tHit
cloudflare|{"ClientIP":"«ip»","ClientRequestHost":"shop.example","ClientRequestURI":"«path»?«.condition»=«condition|q»",
+"EdgeStartTimestamp":«epoch»,"RayID":"«hex16»","EdgeResponseStatus":«status»}
fastly|<134>«iso» cache-iad-«app» shoplog[«pid»]: «ip» "«method» «path»" «status» «size» (null) "«agent»" HIT
pino|{"level":30,"time":«epoch»123,"pid":«pid»,"hostname":"«host»","req":{"id":«int»,"method":"POST","url":"/intake/submit",
+"headers":{"cookie":"connect.sid=«session»","x-forwarded-for":"«ip»"},"body":{"«.first»":"«first»","«.last»":"«last»",
+"«.dob»":"«dob»"}},"msg":"request completed"}
winston|«iso» [checkout] «level»: tokenized card «pan» exp 0«dig»/27 for customer «orderid» → pm_1N«hex8»
structlog|«iso» [«level»    ] rx.created  [rx.service] «.name»='«name»' «.medication»='«medication»' «.icd»=«icd»
structlog|{"event":"eligibility_checked","«.member»":"«member»","«.name»":"«upper»","«.dob»":"«dob»","payer":"«company»",
+"timestamp":"«iso»","level":"info"}
monolog|[«iso»] main.CRITICAL: Invalid customer address for «email»: "«address»" {"exception":"[object] (Magento\\\\Framework
+\\\\Exception\\\\LocalizedException(code: 0): at /var/www/html/vendor/magento/module-customer/Model/Address.php:412)"} []
monolog|[«iso»] payment.DEBUG: array ( 'x_card_num' => '«pan»', 'x_exp_date' => '0«dig»27', 'x_first_name' => '«first|sq»',
+ 'x_last_name' => '«last|sq»', 'x_address' => '«address»', 'x_email' => '«email»', 'x_customer_ip' => '«ip»', ) [] []
monolog|[«iso»] report.INFO: Array ( [request] => Array ( [AMT] => «price» [ACCT] => «pan» [EMAIL] => «email» [BILLTONAME] =>
+ «name» [BILLTOSTREET] => «address» [BILLTOPHONENUM] => «phone» [CLIENTIP] => «ip» ) [response] => Array ( [RESULT] => 12
+ [RESPMSG] => Declined ) ) {"is_exception":false} []
php-session|a:4:{s:11:"customer_id";i:«big»;s:9:"firstname";«first|php»;s:8:"lastname";«last|php»;s:5:"email";«email|php»;}
php-session|customer_base|a:2:{s:3:"dob";«dob|php»;s:6:"taxvat";«ssn|php»;}checkout|a:1:{s:8:"quote_id";i:«big»;}
php-object|O:30:"Magento\\Sales\\Model\\Order\\Item":2:{s:4:"name";«medication|php»;s:3:"sku";«ndc|php»}
logback|2024-03-0«dig» 10:22:31.«big» [http-nio-8080-exec-«int»] INFO  c.e.rx.PrescriptionService - Rx for patient «reversed», MRN
+ «mrn», prescriber NPI «npi» DEA «dea»: «medication» NDC «ndc»
logback|2024-03-0«dig» 22:01:07.119 [scheduling-1] WARN c.e.claims.Edi270 - Rejected AAA*N**72: Invalid/Missing Subscriber/Insured
+ ID «member» for «name» «.dob»=«dob»
java-object|«level|up» OrderMapper - mapped Patient(id=«orderid», firstName=«first», lastName=«last», birthDate=«dob», mrn=«mrn»,
+ email=«email», address=Address(line1=«address», city=Boise, state=ID))
shopify-order|{"id":«orderid»,"admin_graphql_api_id":"gid://shopify/Order/«orderid»","browser_ip":"«ip»","contact_email":"«email»"
+,"created_at":"«iso»","currency":"USD","name":"#«pid»","phone":"«phone»","total_price":"«price»","billing_address":{"first_name":
+"«first»","address1":"«address»","phone":null,"city":"Austin","zip":"78704","last_name":"«last»","address2":null,"company":null,"
+name":"«name»","country_code":"US"},"line_items":[{"id":«orderid»,"title":"«medication»","sku":"«sku»","price":"«price»"}]}
shopify-order|{"order_status_url":"https://shop.example/«orderid»/orders/«hex32»","source_name":"web","note":"Pls leave w/
+ neighbor «other name», call «phone»","note_attributes":[{"name":"«.dob»","value":"«dob»"},{"name":"«.condition»",
+"value":"«condition»"},{"name":"gift","value":"no"}],"customer":{"id":«orderid»,"email":"«email»","first_name":"«first»",
+"last_name":"«last»","state":"enabled","tags":"rx, «tier»"}}
shopify-customer|{"id":«orderid»,"email":"«email»","created_at":"«iso»","first_name":"«first»","last_name":"«last»",
+"orders_count":«int»,"note":"Driver license «license» verified, DOB «dob»","verified_email":true,"phone":"«phone»",
+"default_address":{"address1":"«address»","city":"Boise","province":"Idaho","zip":"83702"},"sms_marketing_consent":null}
shopify-checkout|{"id":«orderid»,"abandoned_checkout_url":"https://shop.example/«big»/checkouts/ac/«hex32»/recover?key=«hex32»",
+"email":"«email»","shipping_address":{"name":"«name»","address1":"«address»","latitude":«coord»,"longitude":«coord»}}
shopify-metafield|{"metafields":[{"namespace":"rx","key":"prescriber",
+"value":"{\\"npi\\":\\"«npi»\\",\\"dea\\":\\"«dea»\\",\\"name\\":\\"«name»\\"}","type":"json"}]}
shopify-app|Using token «apikey» for rx.myshopify.com API 2024-01 (scopes read_orders,read_customers)
graphql|{"operationName":"customerCreate","variables":{"input":{"firstName":"«first»","lastName":"«last»","email":"«email»",
+"phone":"«phone»","password":"***"}},"query":"mutation customerCreate { id }"}
form-post|«.first»=«first|form»&«.last»=«last|form»&street%5B0%5D=«address|form»&telephone=«phone|form»&postcode=95814
form-post|utf8=%E2%9C%93&contact%5Bname%5D=«name|form»&contact%5Bemail%5D=«email|q»&
+contact%5Bbody%5D=I+take+«medication|form»+for+«condition|form»%2C+is+the+sampler+safe%3F
pixel|https://www.facebook.com/tr/?id=«orderid»&ev=Lead&dl=https%3A%2F%2Fshop.example%2Ftreatments%2F«slug»%3Femail%3D«email|qq»
pixel|GET /g/collect?v=2&tid=G-«hex8|up»&cid=«big».«epoch»&en=form_submit&ep.«.medication»=«medication|q»&ep.«.phone»=«phone|q»
pixel|https://analytics.example/i?e=ue&uid=«email|q»&ua_ip=«ip|q»&page=Quiz+-+«condition|form»&res=1920x1080&cx=«b64|q»
curl|curl https://api.stripe.com/v1/charges -u «apikey»: -d amount=2000 -d "card[number]=«pan»" -d "receipt_email=«email»"
headers|Host: shop.example\\r\\nAuthorization: Bearer «jwt»\\r\\nX-Forwarded-For: «ip», «ip»\\r\\nUser-Agent: «agent»
headers|{'Content-Type': 'application/json', 'X-Api-Key': '«secret»', 'CF-Connecting-IP': '«ip»', 'Accept-Encoding': 'gzip, br'}
headers|HTTP/1.1 200 OK Set-Cookie: «?PHPSESSID;frontend;laravel_session;JSESSIONID;_session_id»=«session»; path=/
cookie|_ga=«ga»; _fbp=«fbp»; mage-cache-sessid=true; PHPSESSID=«session»; private_content_version=«hex32»; section_data_ids={}
cookie|cart_currency=USD; localization=US; secure_customer_sig=; id_token=«jwt»; last_email=«email|q»; keep_alive=«uuid»
sql|2024-03-0«dig»T08:00:0«dig»Z «pid» Query UPDATE customer_entity SET firstname='«first|sql»', lastname='«last|sql»',
+ dob='«dob»' WHERE entity_id=«big»
sql|PG::UniqueViolation: Key (mrn, «.dob»)=(«mrn», «dob») already exists. : INSERT INTO "charts" ("mrn") VALUES ($1)
stack|#3 /app/code/Rx/Intake/Model/Verify.php(88): Rx\\Intake\\Model\\Verify->check('«ssn»', '«dob»', '«last|sq»') #4 {main}
stack|Traceback (most recent call last): File "/srv/app/idv.py", line 71, in verify raise IdvError(f"no match for {p}") IdvError:
+ no match for {'«.passport»': '«passport»', '«.name»': '«name|ascii»'}
stack|TypeError: Cannot read properties of undefined (reading 'zip') at normalize("«place»") (/app/src/address.ts:14:9)
stack|java.lang.IllegalArgumentException: bad DEA checksum '«dea»' for prescriber «npi» at c.e.rx.Dea.check(Dea.java:42)
logfmt|ts=«iso» level=«level» svc=idv event=document.read doc=passport number=«passport» holder="«upper»" dob="«dob»"
logfmt|time="«iso»" level=info msg="sms sent" to=«phone|dash» template=rx_ready drug="«medication»" sid=SM«hex32» price=-0.0075
logfmt|level=error msg="dl scan failed" vendor=persona inquiry=inq_«hex16» «.license»=«license» state=CA
syslog|<34>1 «iso» «host» sshd «pid» - - Failed password for root from «ip» port «pid» ssh2
syslog|Mar  7 03:15:1«dig» «host» magento: sales_email_order: "Your prescription for «medication» has shipped" → «name» <«email»>
queue|{"job":"App\\\\Jobs\\\\SendRefillReminder","data":{"command":"O:8:\\"Reminder\\":2:{s:4:\\"mail\\";«email|php2»;
+s:4:\\"drug\\";«medication|php2»;}"}}
queue|sidekiq: {"class":"PriorAuthJob","args":[{"«.member»":"«member»","«.icd»":"«icd»","«.ndc»":"«ndc»","«.npi»":"«npi»"}]}
queue|{"MessageId":"«uuid»","Body":"{\\"event\\":\\"idv.completed\\",\\"«.license»\\":\\"«license»\\",\\"«.passport»\\":\\"
+«passport»\\",\\"«.last»\\":\\"«last»\\"}","MD5OfBody":"«hex32»"}
flags|[LD] variation(new-checkout-v2) context={"kind":"user","key":"«email»","ip":"«ip»","custom":{"plan":"«tier»"}} → «bool»
search|{"event":"search","q":"«medication» side effects","hits":«int»,"took":«int»,"uid":"«hex16»"}
search|query="can i use «medication» with «condition»" results=0 index=products_en user=«email» latency=«int»ms
csv|#«pid»,«email»,paid,«iso»,fulfilled,«iso»,yes,USD,«price»,0.00,1,«medication»,«sku»,«name»,"«place»",«phone»,,
csv|"«increment»","«iso»","«reversed»","«email»","«address»","Austin","Texas","78704","«phone»","Visa","****","«price»"
csv|Order,Billing Name,Email,Phone,Notes\\n#«pid»,«name»,«email»,«phone»,«condition» - refill ok
csv|chart;last;first;birth date;dx;ndc;npi;fee\\n«mrn»;«last»;«first»;«dob»;«icd»;«ndc»;«npi»;«price»
note|Customer «name» called from «phone» re order «increment»: started «medication» for «condition», ship to «place».
note|[#support] «other name» (agent) → please update DOB for «email» to «dob», member ID «member», old address was «address».
note|Hola, soy «name», mi correo es «email» y mi teléfono «phone». Pedido «increment» no llegó.
note|Faxed Rx: «medication», NDC «ndc», dx «icd», Dr. «name», NPI «npi», DEA «dea», pt SSN «ssn», MRN «mrn».
note|ID check by hand: passport «passport» / DL «license», matches «name», born «dob». Card «pan» removed from file.
gateway|<createTransactionRequest><merchantAuthentication><name>rx</name><transactionKey>«secret»</transactionKey>
+</merchantAuthentication><payment><cardNumber>«pan»</cardNumber></payment><billTo><firstName>«first|xml»</firstName>
+<lastName>«last|xml»</lastName></billTo></createTransactionRequest>
env|[DEBUG] config dump: SHOPIFY_API_SECRET=«secret» AWS_SECRET_ACCESS_KEY=«secret» DB_HOST=«ip» APP_ENV=production
"""

_NOBODY = """
nginx-access|127.0.0.1 - - [«clf»] "GET /health_check.php HTTP/1.1" 200 «size» "-" "«agent»"
nginx-access|- - - [«clf»] "«method» «path» HTTP/2.0" «status» «size» "https://shop.example/products/icon@2x.png?v=«epoch»"
nginx-access|shop.example "GET /media/catalog/product/cache/«hex32»/9/1/913-48-2201_1.jpg HTTP/1.1" «status» «size» "«agent»"
nginx-error|«slash» [error] «pid»#0: *«big» connect() failed (111: Connection refused) while connecting to upstream, client:
+ unix:, server: 0.0.0.0:80, upstream: "fastcgi://127.0.0.1:9000", host: "localhost"
cloudfront|«day»\t09:14:2«dig»\tIAD89-C1\t«size»\t-\tGET\td111111abcdef8.cloudfront.net\t«path»\t«status»\t-\t«agent|q»\tMiss
fastly|<134>«iso» cache-iad-kiad«big» shoplog[«pid»]: purge key=product_«big» soft=1 vcl=«big» surrogate="cat_c_«int»"
pino|{"level":50,"time":«epoch»900,"err":{"type":"Error","message":"connect ECONNREFUSED 127.0.0.1:6379","stack":"Error: at
+ TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)"},"msg":"race condition in inventory sync for variant «orderid»"}
winston|«iso» [inventory] «level»: moved «int» x «sku» (condition: «goods») from bin «bin» to E11.9, lot «day»
structlog|«iso» [«level»    ] stock.adjusted   [inventory] sku=«sku» title='«product»' delta=-«int» zone=«bin» part='«part»'
structlog|{"event":"webhook_verified","topic":"orders/create","hmac":"«b64»","webhook_id":"«uuid»","level":"debug"}
monolog|[«iso»] payment.DEBUG: array ( 'method' => 'authorizenet_acceptjs', 'amount' => '«price»', 'transId' => '«luhn»',
+ 'cc_number' => 'XXXX', 'cvv' => '***', 'avs' => 'Y', 'order' => '«increment»', ) [] []
monolog|[«iso»] report.DEBUG: Array ( [customer_id] => «big» [dob] => [taxvat] => [increment_id] => «increment» ) [] []
php-session|a:3:{s:8:"quote_id";i:«big»;s:4:"step";s:8:"shipping";s:10:"last_order";«increment|php»;}
php-object|O:34:"Magento\\Catalog\\Model\\Product\\Item":2:{s:4:"name";«product|php»;s:3:"sku";«sku|php»;}
shopify-order|{"id":«orderid»,"name":"#«pid»","order_number":«pid»,"number":«big»,"token":null,"note":null,"email":null,
+"phone":null,"browser_ip":null,"customer":null,"billing_address":null,"line_items":[{"id":«orderid»,"name":"«product»",
+"title":"«product»","vendor":"«company»","sku":"«sku»","grams":«int»}],"created_at":"«iso»"}
shopify-order|{"id":«orderid»,"fulfillments":[{"name":"#«pid».1","tracking_number":"«tracking»","tracking_company":"«carrier»",
+"receipt":{"authorization":"«orderid»"},"service":"manual"}],"note_attributes":[{"name":"gift_wrap","value":"yes"},{
+"name":"condition","value":"«goods»"}]}
shopify-product|{"id":«orderid»,"title":"«product»","vendor":"«company»","handle":"linen-throw","barcode":"«gtin»","variants":[{
+"sku":"«sku»","price":"«price»","barcode":"«gtin»","inventory_item_id":«orderid»}],"published_at":"«iso»"}
shopify-app|App «app» «version» installed on rx.myshopify.com (api 2024-01), webhook «uuid» registered for customers/redact
graphql|{"errors":[{"message":"Field '«?dateOfBirth;ssn;phone;mrn»' doesn't exist on type 'Customer'","line":«int»}]}
form-post|form_key=&product=«big»&super_attribute%5B93%5D=«int»&qty=«int»&sku=«sku|form»&coupon=«gift|form»
pixel|https://www.facebook.com/tr/?id=«orderid»&ev=ViewContent&cd[content_name]=«product|q»&cd[value]=«price»&ts=«epoch»&fbp=«fbp»
headers|HTTP/1.1 «status» OK\\r\\nETag: "«hex32»"\\r\\nX-Magento-Cache-Debug: HIT\\r\\nX-Varnish: «big» «big»
headers|X-Shopify-Topic: orders/paid X-Shopify-Hmac-Sha256: «b64» X-Shopify-Webhook-Id: «uuid» X-Shopify-API-Version: 2024-01
cookie|_ga=«ga»; _fbp=«fbp»; mage-cache-sessid=true; store=default; X-Magento-Vary=«hex40»; cookie_consent=1.«epoch»
sql|# Query_time: «ms»  Lock_time: 0.000«dig» SET timestamp=«epoch»; SELECT email, «?dob;firstname;taxvat» FROM customer_entity;
sql|ALTER TABLE `patients` ADD `«?ssn;dob;passport_no»` varchar(1«dig»), ADD KEY `idx_«?npi;mrn;dea»` (`«?npi;mrn»`);
stack|TypeError: Cannot read properties of null (reading '«?date_of_birth;ssn;street»') at Intake.render (Intake.tsx:«int»:«int»)
stack|npm ERR! peer react@"^18.2.0" from @shopify/polaris@12.«int».0 npm ERR! lodash@4.17.21 git@github.com:org/theme.git
stack|Segmentation fault at «memory» rip «memory» rsp 00007ffd«hex8» error 4 in php-fpm[«hex8»+3d2000] likely on CPU «int»
logfmt|ts=«iso» level=«level» svc=shipping msg="label created" carrier="«carrier»" tracking="«tracking»" zone=«bin»
logfmt|msg=config listen=0.0.0.0:«port» netmask=255.255.255.0 version=«version» commit=«hex40» license=«license_name»
syslog|<30>1 «iso» «host» dockerd «pid» - - level=info msg="image pulled" digest=sha256:«hex64»
flags|[LD] variation(«flag») context={"kind":"device","key":"«uuid»"} → «bool» reason=RULE_MATCH index=«int»
flags|feature «flag»: rollout «int»% → hash bucket «big», salt «hex32»
search|{"event":"search","q":"«product»","hits":«int»,"took":«int»,"index":"magento2_product_1_v«int»","request":"«hex16»"}
csv|#«pid»,,paid,«iso»,fulfilled,«iso»,no,USD,«price»,0.00,«int»,"«product»",«sku»,«tracking»,«gtin»,,
csv|Name,Email,Financial Status,Paid at,«?Billing Name,Billing Street;Phone,Notes;Tags,Risk Level»,Device ID,Tax 1 Name,SKU
csv|«part»;«product»;«company»;«bin»;«goods»;«int»;«price»;«gtin»
note|Restocked «product» by «company», PO «sku», arrives on «day» by «carrier» («tracking»). Condition: «goods».
note|Merchant asks why the date of birth field shows on checkout for order «increment»; theme «version», app «app», flag «flag».
note|Gift card «gift» worth $«price» was issued «day» and expires after 5 years; refund ref «luhn».
deploy|Deployed «hex8» (build «big», «version») to «region» at «iso»: bundle main.«hex8».js 413.2 kB, sha512-«b64»
erp|SAP IDoc «gtin» ORDERS05 → 64 (ready), partner LS «region», material «part», batch «sku», plant «bin», posting date «day»
geo|warehouse "«company»" geofence center=«coord»,«coord» radius=«int»m tile=12/«int»/«big» tz=America/Boise
"""


def lines(count: int, *, seed: int) -> Iterator[Labelled]:
    """So many lines of web shops, one of each two about people, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # made-up logs, no secret
    dirty = False
    for number in range(count):
        # One of each two lines is clean, in a random order, so that the halves hold for any count.
        dirty = chance.choice((False, True)) if number % 2 == 0 else not dirty
        form, pieces = _text(_Line(chance), dirty=dirty)
        yield labelled(form, *pieces)


def _text(line: "_Line", *, dirty: bool) -> tuple[str, list[Piece]]:
    """A form and its pieces: a template, or a record of drawn fields in some notation."""
    if line.chance.random() < (0.42 if dirty else 0.3):
        form, pieces = _record(line, dirty=dirty)
    else:
        form, template = line.chance.choice(_templates(_PEOPLE if dirty else _NOBODY))
        pieces = line.fill(template)
    return _damaged(line.chance, form, pieces)


@cache
def _templates(text: str) -> list[tuple[str, str]]:
    """The templates of a list, each with its form; a line that begins with + goes on with the one before."""
    parts = (line.partition("|") for line in text.strip().replace("\n+", "").split("\n"))
    return [(form, template) for form, _, template in parts]


def _damaged(chance: random.Random, form: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """The line as a collector hands it on: mostly as it is, else with a prefix, in JSON once more, or cut off."""
    draw = chance.randrange(20)
    stamp = _Line(chance)
    if draw == 0:
        inner = [_through(piece, _FILTERS["json"]) for piece in pieces]
        return form, ['{"log":"', *inner, '\\n","stream":"stdout","time":"', stamp.value("iso"), '"}']
    if draw == 1:
        return form, [*stamp.fill("Mar  7 11:4«dig»:09 «host» app[«pid»]: "), *pieces]
    if draw == _TIMED:
        return form, [*stamp.fill("«iso» stdout F "), *pieces]
    if draw == _CUT:
        # Never within a value: what is left of one is neither a value nor none.
        first = next((place for place, piece in enumerate(pieces) if isinstance(piece, Value)), 0)
        rests = [(place, rest) for place, rest in enumerate(pieces) if place > first and isinstance(rest, str) and rest[1:]]
        if rests:
            place, rest = chance.choice(rests)
            return form, [*pieces[:place], rest[: chance.randrange(1, len(rest))]]
    return form, pieces


class _Line:
    """What one line draws: its person and another one, the spelling of its keys, and any values."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.spelled = chance.choice(_SPELLINGS)
        self._people = [(chance.choice(_FIRST), chance.choice(_LAST)) for _ in range(2)]

    def fill(self, template: str) -> list[Piece]:
        """The pieces of a template whose marks are «value», «value|filter», «.key» or «?one;or;another»."""
        pieces: list[Piece] = []
        for place, part in enumerate(re.split("«(.*?)»", template)):
            if place % 2 == 0:
                pieces.append(part)
            elif part.startswith("."):
                pieces.append(self.key(part[1:]))
            elif part.startswith("?"):
                pieces.append(self.chance.choice(part[1:].split(";")))
            else:
                name, _, how = part.partition("|")
                pieces += _filtered(self.piece(name), how)
        return [piece for piece in pieces if piece]

    def key(self, name: str) -> str:
        """How this line spells the key of a value."""
        return self.spelled(self.chance.choice(_options(_KEYS[name])))

    def piece(self, name: str) -> Piece:
        """A drawn value, with its label if it has one."""
        text = self.value(name)
        label = _LABELS.get(name.removeprefix("other "))
        return Value(text, label) if label else text

    def value(self, name: str) -> str:
        """The text of a drawn value."""
        base = name.removeprefix("other ")
        first, last = self._people[int(base != name)]
        if base in _SHAPES:
            return _shaped(self.chance, self.chance.choice(_options(_SHAPES[base])))
        if base in _MAKERS:
            return _MAKERS[base](self.chance)
        middle = self.chance.choice("ABJKLMRT")
        return {
            "place": f"{_MAKERS['address'](self.chance)}, {self.chance.choice(_PLACES)}", "first": first, "last": last,
            "name": f"{first} {last}", "upper": f"{first} {last}".upper(), "reversed": f"{last}, {first}",
            "middle": f"{first} {middle}. {last}", "email": _email(self.chance, first, last),
        }[base]  # fmt: skip


def _shaped(chance: random.Random, shape: str) -> str:
    def drawn(mark: re.Match[str]) -> str:
        if mark[1] == "o":
            return str(chance.randrange(1, 255))
        if mark[1] == "p":
            return chance.choice(("415", "212", "305", "512", "651", "208", "787", "919"))
        return "".join(chance.choices(_SETS[mark[1]], k=int(mark[2])))

    return re.sub(r"\[([a-zA-Z])(\d*)\]", drawn, shape)


def _email(chance: random.Random, first: str, last: str) -> str:
    """An address made of a name as people and systems make them."""
    plain = unicodedata.normalize("NFD", f"{first}|{last}".translate(str.maketrans("đĐłŁøØ", "dDlLoO")))
    one, two = re.sub(r"[^a-z|]", "", plain.lower()).split("|")
    user = chance.choice((f"{one}.{two}", f"{one[0]}{two}{chance.randrange(100)}", f"{two}_{one}", f"{one}+rx", f"{two}{one[0]}"))
    return chance.choice((user, user, user, user.upper())) + "@" + chance.choice(_MAIL)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(_SETS["d"], k=count))


def _luhn(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(digits[::-1]))
    return digits + str(-total % 10)


def _pan(chance: random.Random) -> str:
    start, length = chance.choice((("4", 16), ("51", 16), ("2223", 16), ("6011", 16), ("37", 15), ("55", 16), ("3528", 16)))
    number = _luhn(start + _digits(chance, length - len(start) - 1))
    cuts = (0, 4, 10, 15) if length == 15 else (0, 4, 8, 12, 16)  # noqa: PLR2004  # the length of an Amex number
    groups = [number[begin:end] for begin, end in pairwise(cuts)]
    return chance.choice(("", "", "", " ", "-")).join(groups)


def _dea(chance: random.Random) -> str:
    digits = chance.choices(range(10), k=6)
    check = (sum(digits[0::2]) + 2 * sum(digits[1::2])) % 10
    return chance.choice("ABFM") + chance.choice(_SETS["A"]) + "".join(map(str, digits)) + str(check)


def _moment(chance: random.Random, notation: str) -> str:
    """A recent moment, which is no date of birth."""
    moment = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(90_000_000))
    return moment.strftime(notation)


def _jwt(chance: random.Random) -> str:
    claims = {"sub": str(chance.randrange(10**6)), "iat": chance.randrange(1_690_000_000, 1_720_000_000)}
    head = '{"alg":"HS256","typ":"JWT"}', json.dumps(claims, separators=(",", ":"))
    parts = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in head]
    return ".".join((*parts, "".join(chance.choices(_SETS["w"] + "-_", k=43))))


_BIRTHS = "%Y-%m-%d;%Y-%m-%d;%m/%d/%Y;%m/%d/%Y;%d.%m.%Y;%m-%d-%Y;%B %d, %Y;%d %b %Y;%Y%m%d;%m/%d/%y"
_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "pan": _pan, "dea": _dea, "jwt": _jwt, "gtin": lambda chance: _luhn("00" + _digits(chance, 11)),
    "dob": lambda chance: (date(1938, 1, 1) + timedelta(chance.randrange(25_000))).strftime(chance.choice(_options(_BIRTHS))),
    # The check digit of an NPI counts a prefix that is not written.
    "npi": lambda chance: _luhn("80840" + chance.choice("12") + _digits(chance, 8))[5:],
    "address": lambda chance: f"{chance.randrange(1, 20_000)} {' '.join(map(chance.choice, (_STREETS, _SUFFIXES)))}"
    + chance.choice(_UNITS), "slug": lambda chance: chance.choice(_options(_SHAPES["condition"])).lower().replace(" ", "-"),
    "luhn": lambda chance: _luhn(chance.choice("13789") + _digits(chance, 14)),
    # One off a check digit: like a card, yet none.
    "near": lambda chance: str(int(_luhn("4" + _digits(chance, 14))) ^ 1),
    "iso": lambda chance: _moment(chance, "%Y-%m-%dT%H:%M:%S") + chance.choice(("-05:00", ".000Z", "Z")),
    "day": lambda chance: _moment(chance, "%Y-%m-%d"), "clf": lambda chance: _moment(chance, "%d/%b/%Y:%H:%M:%S +0000"),
    "stamp": lambda chance: _moment(chance, "%Y-%m-%d %H:%M:%S"), "slash": lambda chance: _moment(chance, "%Y/%m/%d %H:%M:%S"),
    "epoch": lambda chance: str(chance.randrange(1_680_000_000, 1_750_000_000)),
}  # fmt: skip
_SPELLINGS: tuple[Escape, ...] = (
    lambda words: words.replace(" ", "_"), lambda words: words[0] + words.title().replace(" ", "")[1:],
    lambda words: words.title().replace(" ", ""), lambda words: words.replace(" ", "-"), lambda words: words.replace(" ", ""),
    lambda words: words.upper().replace(" ", "_"), lambda words: "cust_" + words.replace(" ", "_"),
    lambda words: words.replace(" ", "."), lambda words: words.replace(" ", "_"),
)  # fmt: skip


_FILTERS: dict[str, Escape] = {
    "": lambda text: text, "q": lambda text: quote(text, safe=""), "qq": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus, "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "twice": lambda text: json.dumps(json.dumps(text, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1],
    "jphp": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"), "ascii": lambda text: json.dumps(text)[1:-1],
    "sq": lambda text: text.replace("'", "\\'"), "sql": lambda text: text.replace("'", "''"),
    "sh": lambda text: text.replace("'", "'\\''"),
    "xml": lambda text: text.replace("'", "&apos;").replace("<", "&lt;").replace(">", "&gt;"),
    "cell": lambda text: text.replace('"', '""'), "logfmt": lambda text: text.replace('"', '\\"'),
    "dash": lambda text: text.replace(" ", "-"), "host": lambda text: re.sub("[^a-z]", "", text.lower()), "up": str.upper,
}  # fmt: skip


def _through(piece: Piece, escape: Escape) -> Piece:
    """The piece escaped, still with its label."""
    return Value(escape(piece.text), piece.entity) if isinstance(piece, Value) else escape(piece)


def _filtered(piece: Piece, how: str) -> list[Piece]:
    """The piece as a filter leaves it."""
    if how in {"php", "php2"}:
        text = piece.text if isinstance(piece, Value) else piece
        mark = '"' if how == "php" else '\\"'
        return [f"s:{len(text.encode())}:{mark}", piece, mark]
    return [_through(piece, _FILTERS[how])]


# A record's form, how it opens, a field, a bare field, what stands between fields, how it closes, and the filter of its values:
# %k key, %v value, %l and %n their lengths, %K all keys, %c their count.
_NOTATIONS = (
    ("json-log", '{"level":"«level»","ts":«epoch»,"ctx":{', '"%k":"%v"', '"%k":%v', ",", "}}", "json"),
    ("json-log", '{"at":"«iso»","data":{"«?customer;patient;payload;body»":{', '"%k": "%v"', '"%k": %v', ", ", "}}}", "json"),
    ("json-php", '[«iso»] main.DEBUG: request {"', '%k":"%v"', '%k":%v', ',"', "} []", "jphp"),
    ("json-in-json", '{"level":30,"pid":«pid»,"msg":"{', '\\"%k\\":\\"%v\\"', '\\"%k\\":%v', ",", '}"}', "twice"),
    ("print-r", "[«iso»] debug.DEBUG: Array ( ", "[%k] => %v", "[%k] => %v", " ", " )  [] []", ""),
    ("print-r", "stdClass Object ( [data] => Array ( ", "[%k:protected] => %v", "[%k] => %v", " ", " ) )", ""),
    ("var-export", "«stamp» payment: array ( ", "'%k' => '%v',", "'%k' => %v,", " ", " )", "sq"),
    ("php-array", 'request.INFO: params ["', '%k" => "%v"', '%k" => %v', ',"', "] [] []", ""),
    ("php-serialized", "a:%c:{", 's:%l:"%k";s:%n:"%v";', 's:%l:"%k";s:%n:"%v";', "", "}", ""),
    ("logfmt", "ts=«iso» level=«level» ", '%k="%v"', "%k=%v", " ", "", "logfmt"),
    ("query", "GET /«?intake;collect;cart/add;api/v1/lead;refill»?", "%k=%v", "%k=%v", "&", " HTTP/1.1 «status»", "q"),
    ("query", "https://px.example/b.gif?v=1&", "%k=%v", "%k=%v", "&", "&r=«big»", "form"),
    ("form-post", "POST «path» body=", "data%5B%k%5D=%v", "data%5B%k%5D=%v", "&", "", "form"),
    ("multipart", "------WebKitFormBoundary7MA4YWxkTrZu", '\\r\\nContent-Disposition: form-data; name="%k"\\r\\n\\r\\n%v',
        '\\r\\nContent-Disposition: form-data; name="%k"\\r\\n\\r\\n%v',
        "\\r\\n------WebKitFormBoundary7MA4YWxkTrZu", "\\r\\n------WebKitFormBoundary7MA4YWxkTrZu--", ""),
    ("csv", "", '"%v"', "%v", ",", "", "cell"),
    ("csv", "", "%v", "%v", ";", "", ""),
    ("csv", "", "%v", "%v", "\t", "", ""),
    ("csv-header", '{"file":"export_«big».csv","head":"%K\\n', '\\"%v\\"', "%v", ",", '\\n"}', "json"),
    ("sql", "UPDATE `«?intake;sales_order;leads»` SET ", "`%k` = '%v'", "`%k` = %v", ", ", " WHERE `id` = «big»", "sql"),
    ("sql", "INSERT INTO rx_orders (%K) VALUES (", "'%v'", "%v", ", ", ")", "sql"),
    ("graphql", '{"query":"mutation save($in: Input!) { id }","variables":{"in":{', '"%k":"%v"', '"%k":%v', ",", "}}}", "json"),
    ("rails", 'Parameters: {"', '%k"=>"%v"', '%k"=>"%v"', ', "', "}", ""),
    ("python", "«stamp» «level» intake saved {", "'%k': '%v'", "'%k': %v", ", ", "}", "sq"),
    ("structlog", "«iso» [«level»] form.submitted ", "%k='%v'", "%k=%v", " ", "", "sq"),
    ("java-object", "DEBUG c.e.shop.Mapper - Record(", "%k=%v", "%k=%v", ", ", ")", ""),
    ("xml", "<request id='«uuid»'>", "<%k>%v</%k>", "<%k>%v</%k>", "", "</request>", "xml"),
    ("note-attributes", '{"id":«orderid»,"note_attributes":[', '{"name":"%k","value":"%v"}', '{"name":"%k","value":"%v"}', ",",
        "]}", "json"),
    ("metafields", '{"metafields":[', '{"namespace":"custom","key":"%k","value":"%v","type":"string"}',
        '{"namespace":"custom","key":"%k","value":%v,"type":"number_integer"}', ",", "]}", "json"),
    ("note", "Form entry «?quiz;contact;refill;intake» — ", "%k: %v", "%k: %v", "; ", "", ""),
    ("note", "Ticket «big» | ", "%k = %v", "%k = %v", " | ", " | status open", ""),
    ("headers", "> POST «path» HTTP/1.1", "\\r\\n> X-%k: %v", "\\r\\n> X-%k: %v", "", "\\r\\n>", ""),
)  # fmt: skip


def _record(line: _Line, *, dirty: bool) -> tuple[str, list[Piece]]:
    """Drawn fields in a drawn notation."""
    chance = line.chance
    notation = chance.choice(_NOTATIONS)
    fields: dict[str, Field] = {}
    for _ in range(chance.choice((1, 1, 2, 3, 4, 5)) if dirty else 0):
        # Each kind of value as often as the next, and those that shops hold anyway more often.
        name = chance.choice(_TELLING if notation[0] == "csv" else [*_KEYS, *_COMMON])
        key = line.key(name)
        fields[key] = (key, line.piece(name), False)
    for words in chance.sample(sorted(_NOISE), chance.randrange(1, 5) if dirty else chance.randrange(3, 9)):
        key, name = line.spelled(words), _NOISE[words]
        fields.setdefault(key, (key, line.piece(name), name in _BARE))
    drawn = list(fields.values())
    chance.shuffle(drawn)
    return notation[0], _written(line, notation, drawn)


def _written(line: _Line, notation: tuple[str, ...], fields: list[Field]) -> list[Piece]:
    """The fields in the notation."""
    _, opening, field, plain, between, closing, how = notation
    keys = ",".join(key for key, _, _ in fields)
    pieces = line.fill(opening.replace("%K", keys).replace("%c", str(len(fields))))
    for number, (key, value, bare) in enumerate(fields):
        if number:
            pieces.append(between)
        length = len((value.text if isinstance(value, Value) else value).encode())
        for part in re.split("(%v)", plain if bare else field):
            if part == "%v":
                pieces.append(_through(value, _FILTERS[how]))
            else:
                pieces.append(part.replace("%k", key).replace("%l", str(len(key))).replace("%n", str(length)))
    pieces += line.fill(closing)
    return [piece for piece in pieces if piece]
