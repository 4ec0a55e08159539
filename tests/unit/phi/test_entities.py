"""Each entity is found in the ways it is written, and not where something only looks like it."""

from pathlib import Path

import pytest

from hemostat.phi import Dictionary, Scanner
from hemostat.phi.match import ENTITIES, Value
from hemostat.phi.meaning import entities
from hemostat.phi.recognizers import RECOGNIZERS
from hemostat.phi.recognizers.jwt import Jwt
from hemostat.phi.recognizers.name import Name
from hemostat.phi.recognizers.npi import Npi

SCANNER = Scanner()


def found(text: str) -> list[tuple[str, str]]:
    """The entities and values that a scan tells, in order."""
    return [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]


def test_every_label_has_one_recognizer() -> None:
    """The labels are those of the table of entities, each once and in its order."""
    labels = [recognizer.entity for recognizer in RECOGNIZERS]

    assert labels == list(ENTITIES)
    assert labels == list(entities())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("from jane@clinic.example today", "jane@clinic.example"),
        ("<jane.o'neil+care@mail.clinic.example>,", "jane.o'neil+care@mail.clinic.example"),
        ("user jürgen@exämple.de wrote", "jürgen@exämple.de"),
        ("'jane@clinic.example'", "jane@clinic.example"),
        ("email=_j@x.example.", "_j@x.example"),
        ("mailto:jane@xn--bcher-kva.example?x", "jane@xn--bcher-kva.example"),
        ("to jane@éclair.fr", "jane@éclair.fr"),
        ("to jane@例子.com, now", "jane@例子.com"),
        ("用户@例子.公司", "用户@例子.公司"),
        ("रमेश@उदाहरण.भारत", "रमेश@उदाहरण.भारत"),
        ("file jane@x.example_old", "jane@x.example"),
    ],
)
def test_email_is_found(text: str, value: str) -> None:
    """An address is found whole and without what stands around it."""
    assert found(text) == [("EMAIL", value)]


@pytest.mark.parametrize(
    "text",
    [
        "logo@2x.png",
        "pkg@1.2.3",
        "a @b.example",
        "@handle",
        "ssh root@localhost",
        "https://u:pw@host.example/",
        "com.foo.Bar@1a2b3c4d",
        "x@@y.example",
        "user@-bad",
    ],
)
def test_email_is_not_found(text: str) -> None:
    """File names, versions, credentials in addresses and handles are no mailboxes."""
    assert "EMAIL" not in [entity for entity, _ in found(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("call (202) 555-0198 now", "(202) 555-0198"),
        ("call 202-555-0198", "202-555-0198"),
        ("202.555.0198", "202.555.0198"),
        ("+1 202 555 0198", "+1 202 555 0198"),
        ("+12025550198", "+12025550198"),
        ("1-202-555-0198", "1-202-555-0198"),
        ("tel 202 555 0198", "202 555 0198"),
        ("(202)555-0198 ext. 42", "(202)555-0198 ext. 42"),
        ("202/555-0198 phone", ""),
        ("dial 555-0143", "555-0143"),
        ("seen 555-0143", "555-0143"),
        ("phone=2025550198&x=1", "2025550198"),
        ("mobile: +44 20 7946 0958", "+44 20 7946 0958"),
        ("phone: 555-0123", "555-0123"),
        ("fax=0000000000", "0000000000"),
        ("phone: 12025550198 x3", "12025550198 x3"),
        ("202-555-0198_old", "202-555-0198"),
    ],
)
def test_phone_is_found(text: str, value: str) -> None:
    """Usual forms, the fictional range and numbers in fields are found; a form that mixes separators needs a word before it."""
    assert found(text) == ([("PHONE", value)] if value else [])


@pytest.mark.parametrize(
    "text",
    [
        "GET / 200 512 3456",
        "order 911-555-0198x",
        "call 911-555-0198",
        "911-155-0198",
        "version 202.555.0198.1",
        "a202-555-0198",
        "2.202.555.0198 build",
        "phone=2026-03-02",
        "phone=n/a",
        "phone=12",
        "order=555-0143",
        "x555-0143",
        "tracking 202-555-0198",
        "202-555-01989",
        "phone=123456789",
    ],
)
def test_phone_is_not_found(text: str) -> None:
    """Status and size, impossible area codes, versions and order numbers are no telephone numbers."""
    assert "PHONE" not in [entity for entity, _ in found(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("number 123-45-6789 seen", "123-45-6789"),
        ("ssn 900-12-3456", "900-12-3456"),
        ("ssn=666123456", "666123456"),
        ("SSN: 000-12-3456", "000-12-3456"),
        ("see 950-70-1234", "950-70-1234"),
        ("social for the client 666.12.3456", "666.12.3456"),
        ('"patientSsn":"123 45 6789"', "123 45 6789"),
        ("social security number is 901-22-3333", "901-22-3333"),
        ("tax form for her, 987-65-4321", "987-65-4321"),
        ("tin no. 912-00-3456", "912-00-3456"),
        ("ssn=123456789_old", "123456789"),
        ("at 123-45-6789_old", "123-45-6789"),
        ("old_123-45-6789", "123-45-6789"),
    ],
)
def test_ssn_is_found(text: str, value: str) -> None:
    """Numbers that can exist are found by their form, and those never issued too, as our own drills use them."""
    assert found(text) == [("SSN", value)]


@pytest.mark.parametrize(
    "text",
    [
        "123 45 6789",
        "123.45.6789",
        "part 123-45-6789",
        "000-12-3456",
        "123-45-67890",
        "a-123-45-6789",
        "inside=123456789",
        "123-00-6789",
        "ssn=12345",
    ],
)
def test_ssn_is_not_found(text: str) -> None:
    """Without dashes or a name, in a longer number, or named otherwise, nine digits are no social security number."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("card 4111 1111 1111 1111.", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", "4111-1111-1111-1111"),
        ("3782 822463 10005", "3782 822463 10005"),
        ("paid with 5555555555554444", "5555555555554444"),
        ("pan=6011111111111117", "6011111111111117"),
        ("cc=30569309025904", "30569309025904"),
        ("card_number: 3530111333300000", "3530111333300000"),
        ("mastercard 2221000000000009", "2221000000000009"),
        ("card 6200000000000005", "6200000000000005"),
        ("debit 30569309025904", "30569309025904"),
        ("card 4111111111111111_old", "4111111111111111"),
    ],
)
def test_pan_is_found(text: str, value: str) -> None:
    """Numbers of each brand are found, grouped or bare, where the check digit holds."""
    assert found(text) == [("PAN", value)]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "order_id=4111111111111111",
        "4111 11 111111 1111",
        "4111 1111 11111 111",
        "1700000000000000",
        "3056930902590",
        "pan=1234567812345670",
        "card=4111111111111112",
        "4111111111111111-abc",
        "30569309025904",
        "9999999999999995",
        "card=none",
    ],
)
def test_pan_is_not_found(text: str) -> None:
    """A wrong check digit, another use, odd groups, or a length of few brands without a word: no card."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dob=1980-02-03", "1980-02-03"),
        ('"date_of_birth":"1980-02-03T00:00:00Z"', "1980-02-03T00:00:00Z"),
        ("DOB 02/13/1980", "02/13/1980"),
        ("dob: 13.02.1980", "13.02.1980"),
        ("Date of Birth: Feb 3, 1980", "Feb 3, 1980"),
        ("born on 3rd of February 1980", "3rd of February 1980"),
        ("birthDate=19800203", "19800203"),
        ("birthday is 2/3/80", "2/3/80"),
        ("d.o.b. 1980/02/03", "1980/02/03"),
        ("dob: 3-Feb-1980", "3-Feb-1980"),
    ],
)
def test_dob_is_found(text: str, value: str) -> None:
    """A date after the words is found in the forms that people write."""
    assert found(text) == [("DOB", value)]


@pytest.mark.parametrize(
    "text",
    [
        "1980-02-03",
        "dob=1980-13-32",
        "dob=1700-01-01",
        "adobe 1980-02-03",
        "dob=99/99/1980",
        "dob: soon",
        "dob=30 Feb 1980",
        "updated: 2026-03-02",
    ],
)
def test_dob_is_not_found(text: str) -> None:
    """A date alone, or one that never was, is no date of birth."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"first_name":"Jane","last_name":"O\'Neil"}', ["Jane", "O'Neil"]),
        ("first_name=Mary-Ann last_name=de", ["Mary-Ann", "de"]),
        ("full name: Jane Q. Doe logged in", ["Jane Q. Doe"]),
        ('patient="Doe, Jane"', ["Doe, Jane"]),
        ("Patient: Jane Doe, age 4", ["Jane Doe"]),
        ("customer_name=José+Núñez&x=1", ["José+Núñez"]),
        ('"given":["Jane","Quinn"],"family":"Fields"', ["Jane", "Quinn", "Fields"]),
        ('{"customer":{"id":1,"name":"Ludwig van Doe"}}', ["Ludwig van Doe"]),
        ("<lastName>Doe</lastName>", ["Doe"]),
        ('name="Jane Doe" email=none', ["Jane Doe"]),
        ("name: Dr. Jane Doe", ["Dr. Jane Doe"]),
        ("ship to: Jane Doe, 12 boxes", ["Jane Doe"]),
        ('{"name":"first_name","value":"Jane"}', ["Jane"]),
        ("{:first_name=>'Jane'}", ["Jane"]),
        (r'"first_name": "Jo\"hn", "x": 1', [r"Jo\"hn"]),
        ("full_name=Jane Doe status=ok", ["Jane Doe"]),
        ("Patient Name: Smith, John", ["Smith, John"]),
        ("Patient Name: van der Berg, Jan seen", ["van der Berg, Jan"]),
        ("Patient: Smith, Status: ok", ["Smith"]),
        ("Patient: Smith, Visit 3", ["Smith"]),
        ("Patient: Smith, John DOB: none", ["Smith, John"]),
        ("Patient: Smith, Account Number: 3", ["Smith"]),
        ("Patient: Smith, seen", ["Smith"]),
        ("first name: Jane, Last Name: Doe", ["Jane", "Doe"]),
        ("patient_name=Doe%2C+Jane", ["Doe%2C+Jane"]),
        ("patient_name=doe%2Cjane&x=1", ["doe%2Cjane"]),
        ("first_name=jane,last_name=doe", ["jane", "doe"]),
        ("GET /x?patient_name=jane+doe HTTP/1.1", ["jane+doe"]),
        ('"GET /x?patient_name=jane+doe" 200', ["jane+doe"]),
        ("full_name=jane%20%28janie%29%20doe%203rd&x", ["jane%20%28janie%29%20doe%203rd"]),
        ("last_name: van der Berg", ["van der Berg"]),
        ("last_name: van der berg logged in", ["van der berg"]),
        ("last_name=van+der+Berg", ["van+der+Berg"]),
        ("patient: Maria de los Angeles was seen", ["Maria de los Angeles"]),
        (r'{"full_name":"Anne-Marie \"Annie\" Smith"}', [r"Anne-Marie \"Annie\" Smith"]),
        (r'{"b":"{\"full_name\":\"Anne \\\"Annie\\\" Smith\"}"}', [r"Anne \\\"Annie\\\" Smith"]),
        ('"full_name":"Jane Doe; mother of Ann, see file "', ["Jane Doe; mother of Ann, see file"]),
        ('"contact_name":"Jane Doe (mother) 3/4"', ["Jane Doe (mother)"]),
        ('{"first_name":"李"}', ["李"]),
        ('{"first_name":"रमेश","last_name":"शर्मा"}', ["रमेश", "शर्मा"]),
        ('first_name="สมชาย"', ["สมชาย"]),
        ('first_name="Jose\u0301"', ["Jose\u0301"]),
        ("patient: रमेश शर्मा", ["रमेश शर्मा"]),
        ('{"full_name":"Jane (Janie) Doe"}', ["Jane (Janie) Doe"]),
        ("full_name: Jane (Janie) Doe", ["Jane (Janie) Doe"]),
        ('{"full_name":"Jane Doe 3rd"}', ["Jane Doe 3rd"]),
        ("full_name: Jane Doe 3rd", ["Jane Doe 3rd"]),
        ('{"customer":{"id":1,"name":"Jane (Janie) Doe 3rd"}}', ["Jane (Janie) Doe 3rd"]),
        ("full_name=" + "Ab" * 38 + " Jane", ["Ab" * 38]),
    ],
)
def test_name_is_found(text: str, values: list[str]) -> None:
    """Names are found by their fields, in JSON, key=value, query strings, XML and Ruby, and end where they end."""
    assert found(text) == [("NAME", value) for value in values]


@pytest.mark.parametrize(
    "text",
    [
        '"first_name":null',
        '"first_name":""',
        '"first_name":"unknown"',
        "first_name is required",
        "first_name=x",
        "name=nginx",
        '"name":"Blue Shirt"',
        '"name":"Qyra Vexley"',
        '"name":"#1001"',
        '"customer":{"name":"Standard Shipping"}',
        '"file_name":"Qyra Vexley"',
        "first_name=$1",
        "first_name=jane@",
        "last_name=required",
        '"customer":{"name":"jane doe"}',
        '"first_name":"12"',
        '"first_name":"' + "Ab " * 40 + '"',
        "patient: jane(2)",
        '"orders":{"name":"Qyra Vexley"}',
        '"first_name":"This must be at least 2 characters"',
        '"first_name":"Must not be longer than ever; and no less"',
        '"customer_name":"Order 1001"',
        '"customer":{"name":"Qyra Vexley 12"}',
        '"first_name":"J"',
    ],
)
def test_name_is_not_found(text: str) -> None:
    """Placeholders, things, and fields that many things have are no names of people."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MRN: 00123456", "00123456"),
        ("mrn=ABC-12345", "ABC-12345"),
        ("mrn#12345", "12345"),
        ("medical record number 4471-22", "4471-22"),
        ('"patient_id": 1234567', "1234567"),
        ('"mrn_number":"A1B2C3"', "A1B2C3"),
        ("Chart no. 99121", "99121"),
        ("mrn=00123456_old", "00123456_old"),
    ],
)
def test_mrn_is_found(text: str, value: str) -> None:
    """Record numbers are found after their label, whatever form a hospital gave them."""
    assert found(text) == [("MRN", value)]


@pytest.mark.parametrize(
    "text",
    ["00123456", "mrn=", "mrn missing", "patient_id=patient_abcdefgh23456722", "mrn: 2026-03-02", "patient id 12", "mrna 12345"],
)
def test_mrn_is_not_found(text: str) -> None:
    """Without a label, as a date or as one of our pseudonyms, a number is no record number."""
    assert found(text) == []


def test_a_kind_without_a_shape_is_seen_nowhere() -> None:
    """Where only a field tells, no place in a text does."""
    assert list(Npi().shaped("1234567893", 0, 10)) == []


def test_npi_needs_its_label_and_check_digit() -> None:
    """An NPI is found when it is named and its check digit holds (1234567893 is the example of the rule)."""
    assert found("NPI 1234567893") == [("NPI", "1234567893")]
    assert found('"npi":"1234567893"') == [("NPI", "1234567893")]
    assert found("npi=1234567894 1234567893 npi=3234567893") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seen by Dr. O'Neil and Ms Nguyễn", ["O'Neil", "Nguyễn"]),
        ("Spoke with Jane van Dyke. Pt off sertraline", ["Jane van Dyke"]),
        ("Hola, soy Ana Belén García", ["Ana Belén García"]),
        ("Pt: Søren Q. MacAuley | MRN", ["Søren Q. MacAuley"]),
        ("Signature: /s/ Niamh Castellanos Date:", ["Niamh Castellanos"]),
        ("caller = mother Jane S. Freeman; MRN", ["Jane S. Freeman"]),
        ("Dr. Martens 1460, Mrs. Meyers soap", []),
        ("12 Park Dr Springfield", []),
        ("patient portal Update available, this is Not a test", []),
        ("patient Jane", []),
        ("outpatient Qyra Vexley", []),
    ],
)
def test_names_in_running_text(text: str, values: list[str]) -> None:
    """After a title one word is a name, after words that announce a person two are; brands and streets are none."""
    assert [told for entity, told in found(text) if entity == "NAME"] == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('s:3:"dob";s:10:"1980-02-03";', [("DOB", "1980-02-03")]),
        ("[dob:protected] => 1980-02-03 [mrn:App\\Patient:private] => 447122", [("DOB", "1980-02-03"), ("MRN", "447122")]),
        ("UPDATE x SET `npi` = '1234567893'", [("NPI", "1234567893")]),
        ('<birthDate value="1980-02-03"/>', [("DOB", "1980-02-03")]),
        ('{"ref":"legal_first","text":"Jane"}', [("NAME", "Jane")]),
        (r"name=\"sessid\"\r\n\r\nk3j4h5g6f7d8s9a0q1w2\r\n--", [("SESSION_TOKEN", "k3j4h5g6f7d8s9a0q1w2")]),
        ("git@github.com:owner/name jane@x.example", [("EMAIL", "jane@x.example")]),
        ("EM*jane@x.example~N1", [("EMAIL", "jane@x.example")]),
        ("sid=SM67d6ae8f4cce129ec05fe58ec1383623", []),
        ("/cache/913-48-2201_1.jpg", []),
        ("key-ca29bfbaea03635406f97e773ffe5c96", [("API_KEY", "key-ca29bfbaea03635406f97e773ffe5c96")]),
    ],
)
def test_fields_as_programs_write_them(text: str, told: list[tuple[str, str]]) -> None:
    """PHP's dumps, SQL, attributes, answers of forms and parts of a form are fields; what only looks like a value is none."""
    assert found(text) == told


def test_dea_needs_a_word_or_a_field() -> None:
    """A number whose check digit holds is found near a prescriber, and any in a field for it; alone it is an order's."""
    assert found("DEA number AB1234563, FA1234563") == [("DEA", "AB1234563"), ("DEA", "FA1234563")]
    assert found("prescriber Roe (AB1234563)") == [("DEA", "AB1234563")]
    assert found("dea: AB1234560") == [("DEA", "AB1234560")]
    assert found("order AB1234563, prescriber AB1234560, dea=none, dea=AB12345634") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("seen 1EG4-TE5-MK73 today", "1EG4-TE5-MK73"),
        ("Medicare 1EG4TE5MK73", "1EG4TE5MK73"),
        ("mbi=1eg4te5mk73", "1eg4te5mk73"),
        ('"member_id":"XYZ123456789"', "XYZ123456789"),
        ("subscriberId=W2345 6789 01&x", "W2345 6789 01"),
        ("insurance policy number: H-4471-220-9", "H-4471-220-9"),
        ("policy_number=000123456_old", ""),
        ("1EG4TE5MK73", ""),
        ("ref-1EG4-TE5-MK73", ""),
        ("1SG4-TE5-MK73 medicare", ""),
        ("member_id=patient_abcdefgh23456722", ""),
        ("member id: 2026-03-02", ""),
        ("member_id=12", ""),
    ],
)
def test_member_id(text: str, value: str) -> None:
    """Medicare's numbers are known by their form, with dashes or near a plan; those of other plans by their field."""
    assert found(text) == ([("MEMBER_ID", value)] if value else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ndc 0002-8215-01", "0002-8215-01"),
        ("drug 50580-449-05 dispensed", "50580-449-05"),
        ('"ndc":"50580044905"', "50580044905"),
        ("product_ndc=0002-8215", "0002-8215"),
        ("part 50580-449-05", ""),
        ("rx 50580-449-05-2", ""),
        ("ndc=123", ""),
    ],
)
def test_ndc(text: str, value: str) -> None:
    """A drug code is found near words of drugs with its dashes, and in its field in every form."""
    assert found(text) == ([("NDC", value)] if value else [])


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("passport no. 123456789", "PASSPORT", "123456789"),
        ("Passport: C01234567.", "PASSPORT", "C01234567"),
        ('"passportNumber":"AB 1234567"', "PASSPORT", "AB 1234567"),
        ("passport=1234567890", "", ""),
        ("passport: required", "", ""),
        ('"driversLicense": "D123-4567-8901"', "DRIVER_LICENSE", "D123-4567-8901"),
        ("driver's license number F255-921-50-094-0", "DRIVER_LICENSE", "F255-921-50-094-0"),
        ("DL no. 12345678", "DRIVER_LICENSE", "12345678"),
        ("license_number=D1234567", "DRIVER_LICENSE", "D1234567"),
        ("license_number=SW-2024-1111", "", ""),
        ("driver license: 2026-03-02", "", ""),
    ],
)
def test_documents_of_identity(text: str, entity: str, value: str) -> None:
    """Numbers of passports and of driver licenses are found by their fields alone; software has licenses too."""
    assert found(text) == ([(entity, value)] if entity else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"address1":"12 Elm Street","x":1', "12 Elm Street"),
        ('"street": "Flat 3, The Old Mill, Mill Lane 7"', "Flat 3, The Old Mill, Mill Lane 7"),
        ("lives at 1200 N. Main St Apt 4B, Springfield, IL 62701 now", "1200 N. Main St Apt 4B, Springfield, IL 62701"),
        ("ship to 99 Ocean Ave.", "99 Ocean Ave."),
        ("PO Box 1234, Austin, TX 78701", "PO Box 1234, Austin, TX 78701"),
        ("address=12+Elm+Street&zip=02110", "12+Elm+Street"),
        ("?shipping_address1=12%20Elm%20Street%20%234&x", "12%20Elm%20Street%20%234"),
        ("100 5th Avenue NW", "100 5th Avenue NW"),
        ('"address": "tcp://db:5432"', ""),
        ('"address": "0xfe12 34"', ""),
        ("HTTP/1.1 200 512 way", ""),
        ("12 items in a row", ""),
        ("address1=", ""),
    ],
)
def test_address(text: str, value: str) -> None:
    """A street with its number is found wherever it stands, with unit, city, state and ZIP code; a field tells other forms."""
    assert [told for entity, told in found(text) if entity == "ADDRESS"] == ([value] if value else [])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('203.0.113.9 - - [02/Mar/2026:14:04:00 +0000] "GET / HTTP/1.1" 200 5', ["203.0.113.9"]),
        ("x-forwarded-for: 10.0.0.4, 203.0.113.9", ["10.0.0.4", "203.0.113.9"]),
        ('"client_ip": "2001:db8::12:3"', ["2001:db8::12:3"]),
        ("from 2001:db8:85a3::8a2e:370:7334 ok", ["2001:db8:85a3::8a2e:370:7334"]),
        ("ip 203.0.113.9:443", ["203.0.113.9"]),
        ("listening on 127.0.0.1:8600, 0.0.0.0 and ::1", []),
        ("networks 203.0.113.64/26, 2001:db8:7::/48; ip=198.51.100.7/32", []),
        ("mask 255.255.255.0 of 10.1.2.0, group 224.0.0.1, link fe80::1:2:3", []),
        ("version 1.2.3.4, Chrome/136.0.4249.0, oid 1.3.6.1.4.1", []),
        ("12:34:56, 10:20:30:40, 00:1a:2b:3c:4d:5e, a::b, 1.2.3.400", []),
        ("std::vector::size, 203.0.113.9.example", []),
    ],
)
def test_ip(text: str, values: list[str]) -> None:
    """Addresses of both versions are found, but those that are nobody's, versions, clocks and names of programs."""
    assert found(text) == [("IP", value) for value in values]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"medications":["Lisinopril 10 mg","Unknownium"]', [("MEDICATION", "Lisinopril 10 mg"), ("MEDICATION", "Unknownium")]),
        ("medication=Sertraline+50mg&x=1", [("MEDICATION", "Sertraline+50mg")]),
        ('"diagnosis":"Major depressive disorder, recurrent"', [("CONDITION", "Major depressive disorder, recurrent")]),
        ("chief complaint: sore throat since Monday", [("CONDITION", "sore throat since Monday")]),
        ('"condition":"new"', []),
        ("drug=none", []),
        ("patient with type 2 diabetes on metformin", []),
        ("medication=patient_abcdefgh23456722", []),
        ('"symptoms":"E404"', []),
    ],
)
def test_health_in_fields(text: str, told: list[tuple[str, str]]) -> None:
    """What a field for conditions or medications says is found whatever the words; without a field words are left to terms."""
    assert found(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "patient with Type-2 Diabetes on metformin 500mg",
            [("CONDITION", "Type-2 Diabetes"), ("MEDICATION", "metformin 500mg")],
        ),
        ("Parkinson's disease, migraines", [("CONDITION", "Parkinson's disease"), ("CONDITION", "migraines")]),
        ("takesSertraline sertraline_refill", [("MEDICATION", "Sertraline"), ("MEDICATION", "sertraline")]),
        ("/products/sleep%20apnea?x", [("CONDITION", "sleep%20apnea")]),
        ("archive hive prozaco gouty", []),
        ("/products/hair-loss-serum", []),
        ("treatment for hair loss", [("CONDITION", "hair loss")]),
        ("anxiety, since the last visit", [("CONDITION", "anxiety")]),
        (
            "Adderall XR 20 mg, tirzepatide 2.5 mg/0.5 mL",
            [("MEDICATION", "Adderall XR 20 mg"), ("MEDICATION", "tirzepatide 2.5 mg/0.5 mL")],
        ),
    ],
)
def test_health_in_words(text: str, told: list[tuple[str, str]]) -> None:
    """The complete dictionary knows conditions and medications wherever they stand; words of every shop need one of care."""
    scanner = Scanner(Dictionary.complete())

    assert [(match.entity, text[match.start : match.end]) for match in scanner.scan(text)] == told


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("dx: E11.9, I10; F32.1", ["E11.9", "I10", "F32.1"]),
        ('"diagnoses":["E11.9","I10"]', ["E11.9", "I10"]),
        ("diagnosis_code=e119", ["e119"]),
        ("condition=F41.1", ["F41.1"]),
        ("assessment: anxious, see F41.1 above", ["F41.1"]),
        ('"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"E11.9"', ["E11.9"]),
        ("version A14.1 of E11.9.2", []),
        ("dx=none", []),
        ("condition=new", []),
        ("condition: " + ",".join(["E11.9"] * 60), ["E11.9"] * 60),
        ("dx U07.1", ["U07.1"]),
        ("diagnosis: C4A.9, C7B.02, Z3A.40, M1A.9XX0", ["C4A.9", "C7B.02", "Z3A.40", "M1A.9XX0"]),
        ("dx=c7b", ["c7b"]),
        ("dx: E11.9_old", ["E11.9"]),
        ('{"condition":"B2B"} {"dx":"Q3B"}', []),
        ('{"problem":"E404"}', []),
        ("condition: I10, E11.9", ["E11.9"]),
        ("diagnoses seen, condition=I10", ["I10"]),
        ("condition_code=I10", ["I10"]),
    ],
)
def test_icd10_needs_words_of_diagnosis(text: str, values: list[str]) -> None:
    """Codes are found in fields and after words for diagnoses; without such a word they are versions or models."""
    assert found(text)[:50] == [("ICD10", value) for value in values][:50]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("session_id=550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
        ("Authorization: Bearer abcDEF1234567890abcd", "abcDEF1234567890abcd"),
        ('"care_token":"k3j4h5g6f7d8s9a0q1w2"', "k3j4h5g6f7d8s9a0q1w2"),
        ("Cookie: a=b; PHPSESSID=k3j4h5g6f7d8s9a0q1w2; c=d", "k3j4h5g6f7d8s9a0q1w2"),
    ],
)
def test_session_token_is_found(text: str, value: str) -> None:
    """What lets its holder in as the patient is found by field and after Bearer."""
    assert found(text) == [("SESSION_TOKEN", value)]


@pytest.mark.parametrize(
    "text",
    [
        "550e8400-e29b-41d4-a716-446655440000",
        "token=token_abcdefgh23456722",
        "session=short",
        "session: https://clinic.example/a1B2",
        "token=please-sign-in-again-now",
        "token=aaaaaaaaaaaaaaaa1111",
        "side=k3j4h5g6f7d8s9a0q1w2",
        "sid=1234567890123456789",
    ],
)
def test_session_token_is_not_found(text: str) -> None:
    """Random words elsewhere, our pseudonyms, plain words and addresses are no tokens."""
    assert found(text) == []


def test_jwt_is_known_by_its_header() -> None:
    """Three parts are a JWT when the first is JSON that names an algorithm; also in a field for tokens."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def"

    assert found(f"x {token} y") == [("JWT", token)]
    assert found(f"token={token}") == [("JWT", token)]
    assert found("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.abc") == []
    assert found("eyJhbGciOiJIUzI1NiJ.eyJzdWIiOiIxIn0.abc") == []
    assert found("eyJhbGciOiJIUzI1NiJ9 alone") == []


@pytest.mark.parametrize(
    "key",
    [
        "shpat_0123456789abcdef0123456789abcdef",
        "shpss_0123456789abcdef0123456789abcdef",
        "shpca_0123456789abcdef0123456789abcdef",
        "shppa_0123456789abcdef0123456789abcdef",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "rk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "xoxb-" + "123456789012-abcdefghij",
        "AIza" + "a1B2c3D" * 5,
    ],
)
def test_api_key_is_known_by_its_prefix(key: str) -> None:
    """Keys whose makers gave them a prefix are found anywhere, but not within longer words."""
    assert found(f"using {key}, ok") == [("API_KEY", key)]
    assert found(f"x{key}") == []


def test_api_key_is_found_in_its_field() -> None:
    """Any long random word in a field for keys is a key."""
    assert found("api_key=9f8e7d6c5b4a39281706") == [("API_KEY", "9f8e7d6c5b4a39281706")]
    assert found("X-Api-Key: 9f8e7d6c5b4a39281706") == [("API_KEY", "9f8e7d6c5b4a39281706")]
    assert found("api_key=changeme") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ssn: 123456789, 987654321", ["123456789", "987654321"]),
        ('"ssn":[123456789, 987654321]', ["123456789", "987654321"]),
        ('"ssn":"123456789;987654321"', ["123456789", "987654321"]),
        ("ssn=123456789;987654321", ["123456789", "987654321"]),
        ("ssn=123456789%2C+987654321&x=1", ["123456789", "987654321"]),
        ("ssn=123456789+987654321&x=1", ["123456789", "987654321"]),
        ("mrn: 00123456, 00123457 and 00123458 seen", ["00123456", "00123457", "00123458"]),
        ("mrn: 00123456, 2026-03-02", ["00123456"]),
        ('{"patient_id": 1234567, "a1234": 5}', ["1234567"]),
        ("dob: 1980-02-03, 3 Feb 1981; 1982-02-03", ["1980-02-03", "3 Feb 1981", "1982-02-03"]),
        ("phone: 2025550198, 2025550199 / 2025550197", ["2025550198", "2025550199", "2025550197"]),
        ("phone=2025550198 2025550199", ["2025550198"]),
        ("npi: 1234567893, 1234567893", ["1234567893", "1234567893"]),
        ("pan: 4111111111111111, 5555555555554444", ["4111111111111111", "5555555555554444"]),
        ("ssn: " + ", ".join(["123456789"] * 3000), ["123456789"] * 3000),
    ],
)
def test_lists_are_read_to_their_end(text: str, values: list[str]) -> None:
    """Each number of a list in a field is found, however the list is written, and nothing that comes after it."""
    assert [value for _, value in found(text)] == values


def test_long_lists_are_read_to_a_bound() -> None:
    """Of a list in a field the first fifty values are read; what comes later stands for itself."""
    assert len(found('"given":[' + ",".join(['"Jane"'] * 60) + "]")) == 50


def test_a_kind_without_fields_or_shapes_finds_nothing_by_them() -> None:
    """A recognizer tells by fields or by shapes what it knows, and nothing by the other way."""
    value = Value(0, 4, quoted=True, weight=0.9, weak=False, name="jwt")

    assert list(Jwt().fielded("Jane", value)) == []
    assert list(Name().shaped("Jane", 0, 4)) == []


def test_own_fields_are_found(tmp_path: Path) -> None:
    """A name that a user adds is found in all its spellings, also one outside ASCII."""
    own = tmp_path / "fields.yaml"
    own.write_text("fields:\n  - {entity: NAME, names: [for navn, fødenavn]}\n", encoding="utf-8")
    scanner = Scanner(Dictionary.default().extended(Dictionary.read(own)))

    assert [match.entity for match in scanner.scan('{"forNavn":"Jane","fødenavn":"Anne","FOR_NAVN":"Ada"}')] == ["NAME"] * 3
    assert SCANNER.scan('{"forNavn":"Jane"}') == []


def test_own_fields_outside_ascii_are_compared(tmp_path: Path) -> None:
    """A field of the same length in the same script is another field."""
    own = tmp_path / "fields.yaml"
    own.write_text("fields:\n  - {entity: NAME, names: [имя]}\n", encoding="utf-8")
    scanner = Scanner(Dictionary.read(own))

    assert [match.entity for match in scanner.scan("имя: Анна, ИМЯ=Анна")] == ["NAME"] * 2
    assert scanner.scan("год: Москва") == []


def test_scores_end_at_one(tmp_path: Path) -> None:
    """A check digit adds nothing to a field that is certain."""
    own = tmp_path / "fields.yaml"
    own.write_text(
        "fields:\n  - {entity: NPI, names: [npi], weight: 1}\n  - {entity: PAN, names: [pan], weight: 1.0}\n", encoding="utf-8"
    )
    scanner = Scanner(Dictionary.read(own))

    assert [match.score for match in scanner.scan("npi=1234567893 pan=4111111111111111")] == [1.0, 1.0]
