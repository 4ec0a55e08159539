"""How else the same values are written: in charts, on cards, in mails and by other systems; and what only looks so."""

import pytest

from hemostat.phi import Dictionary, Scanner

SCANNER = Scanner(Dictionary.complete())


def found(text: str, entity: str) -> list[str]:
    """The values of one kind that a scan tells, in order."""
    return [text[match.start : match.end] for match in SCANNER.scan(text) if match.entity == entity]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Member W000000017 active", ["W000000017"]),
        ("skipped: unknown plan for member 00000000173", ["00000000173"]),
        ("GET /api/eligibility?member=XQZ123A45678&dob=1980-02-03", ["XQZ123A45678"]),
        ('{"Patient":"Roe, Jane","Member":"W000000017"}', ["W000000017"]),
        ("my insurance is XQZ000000173 01 since May", ["XQZ000000173 01"]),
        ("Aetna W000000017", ["W000000017"]),
        ("BCBS of Ohio XQZ123A45678 is active", ["XQZ123A45678"]),
        ("Medicare Part B: H00000173", ["H00000173"]),
        ("Anthem\nMEMBER: JANE ROE\nID: H00000173\nRxBIN 000173", ["H00000173"]),
        ("enrollee Roe, Jane, ID 2025550143, says", ["2025550143"]),
        ("Claim 173, ID on the card: W000000017", ["W000000017"]),
        ("policy_number_member=W000000017", ["W000000017"]),
        ("Member #\tDOB\nW000000017\t01/02/1980", ["W000000017"]),
    ],
)
def test_numbers_of_members(text: str, values: list[str]) -> None:
    """A number of a plan's usual form is told by a word of members, by a payer before it, or as the ID of someone insured."""
    assert found(text, "MEMBER_ID") == values


@pytest.mark.parametrize(
    "text",
    [
        "member since 2019, order ID 10000000173",
        "ID: 10000000173",
        "called Aetna 2025550143",
        "Kaiser 12345",
        "team member 48213",
        'cluster {"member":"10000173","leader":true}',
        '{"member":"silver tier"}',
        "Member 1234-5678-90123 of the loyalty program",
        "member W000000017@shop.example",
    ],
)
def test_no_numbers_of_members(text: str) -> None:
    """Orders, employees, nodes and the telephone of a payer are no members' numbers."""
    assert found(text, "MEMBER_ID") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("DOB the 6th of September 1975", ["the 6th of September 1975"]),
        ("Date of birth THE 25TH OF OCTOBER 1984", ["THE 25TH OF OCTOBER 1984"]),
        ("geb. June 8th 1942, bitte", ["June 8th 1942"]),
        ("née le 11 May 1965, tél.", ["11 May 1965"]),
        ("date_naissance=17/05/1980", ["17/05/1980"]),
        ("fecha de nacimiento july 1 1959", ["july 1 1959"]),
        ("could not parse birth_date '05201936'", ["05201936"]),
        ("column 7 (birth_date): could not parse '02101996'; kept", ["02101996"]),
        ("AND dob = TO_DATE('1945-08-23')", ["1945-08-23"]),
        ('birth_date { value: "1977-08-10" }', ["1977-08-10"]),
        ("Q: Date of birth?\nA: december 28 1940", ["december 28 1940"]),
        ("your date of birth?\nVisitor: 12/6/79", ["12/6/79"]),
        ("ud[em]=j.roe%40mail.example&ud[db]=19740605&fbp=1", ["19740605"]),
        ("fbq('init', '1', {fn: 'Jane', ln: 'Roe', db: '19900722'});", ["19900722"]),
        ("step=verify_dob input=07081995 result=match", ["07081995"]),
    ],
)
def test_dates_of_birth(text: str, values: list[str]) -> None:
    """Dates of birth are found in other languages, in words, without separators, in calls of functions and in answers."""
    assert found(text, "DOB") == values


@pytest.mark.parametrize(
    "text",
    [
        "db=20240105 restored",
        "fn: 'dump', db: '20241399'",
        "db: postgres 1945-08-23",
        "dob=31021980",
        "geb 1980",
        "Date of birth?\nAgent: sorry, on 3 of May",
        "released the 6th of September 1975",
    ],
)
def test_no_dates_of_birth(text: str) -> None:
    """A backup of this year, a day that does not exist and a date without a word for birth are no dates of birth."""
    assert found(text, "DOB") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("cell 2025550143", ["2025550143"]),
        ("you can reach me at 2 0 2 5 5 5 0 1 4 3 thanks", ["2 0 2 5 5 5 0 1 4 3"]),
        ("Called Vernon Roe at 12025550143, left voicemail", ["12025550143"]),
        ("my husband picks up at 202 5550143", ["202 5550143"]),
        ("leave a message at 2025550143", ["2025550143"]),
        ("our number is 0161 496 0159", ["0161 496 0159"]),
        ("telephoneNumber: 202\u2013555\u20130143", ["202\u2013555\u20130143"]),
        ("mi número es 202 555 0143", ["202 555 0143"]),
        ("wa_id=2025550143", ["2025550143"]),
        ("caller=2025550143 chart=1", ["2025550143"]),
        ("+442079460430 is no US number", ["+442079460430"]),
        ("From: <sip:2025550143@sip.example>", ["2025550143"]),
        ("INVITE sip:+12025550143@sip.example SIP/2.0", ["+12025550143"]),
        ("Member services 12025550143", ["12025550143"]),
        ("conf by text 202/555-0143", ["202/555-0143"]),
        ('"phoneNumbers":[{"value":"12025550143"}]', ["12025550143"]),
        ('"Phone":{"Number":"2025550143"}', ["2025550143"]),
    ],
)
def test_telephone_numbers(text: str, values: list[str]) -> None:
    """Ten plain or spoken digits are a telephone number behind words of calling, and British ones are found there too."""
    assert found(text, "PHONE") == values


@pytest.mark.parametrize(
    "text",
    [
        "lot_number = 2025550143",
        "cell 2025550143@text.example",
        '"phoneModels":[{"value":"12025550143"}]',
        "order 2025550143 shipped",
        "customer 2025550143 saved",
        "call 1025550143",
        "cell 20255501431",
        "phone [PHONE] 2025550143",
        "0161 496 0159 units",
        "2 0 2 5 5 5 0 1 4 3",
        "202/555-0143 parts",
    ],
)
def test_no_telephone_numbers(text: str) -> None:
    """A run of digits without words of calling right before it is an order's, a lot's or nothing."""
    assert found(text, "PHONE") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("sent to RR 5 Box 558, Boise, ID 83702", ["RR 5 Box 558, Boise, ID 83702"]),
        ("Confirmed HC 21 Box 841 today", ["HC 21 Box 841"]),
        ("PSC 1234, Box 5678", ["PSC 1234, Box 5678"]),
        ("of Box 255 Murfreesboro, TN 37118, who", ["Box 255 Murfreesboro, TN 37118"]),
        ("Mail to 5499\u00bd Calhoun Ln", ["5499\u00bd Calhoun Ln"]),
        ("on 219 State Route 41 Xing, Bowling Green, KY 42140", ["219 State Route 41 Xing, Bowling Green, KY 42140"]),
        ("8969 County Road 214, Boise, ID 83814", ["8969 County Road 214, Boise, ID 83814"]),
        ("on 304 Farm to Market 1960 Blvd today", ["304 Farm to Market 1960 Blvd"]),
        ("the one on W908N46072 E 116th Street", ["W908N46072 E 116th Street"]),
        ("at 77048 W 9 1/2 Mile Cir now", ["77048 W 9 1/2 Mile Cir"]),
        ("at 561 Ponce de Leon Cir. Thanks", ["561 Ponce de Leon Cir."]),
        ("at 94 1ST CIR now", ["94 1ST CIR"]),
        ("LOCATION:204 Calhoun Rd Hilo HI 96758", ["204 Calhoun Rd Hilo HI 96758"]),
        ("at 46 Alberta Street Rear, Boise, ID 83702", ["46 Alberta Street Rear, Boise, ID 83702"]),
        ("at 9 Elm St, Bldg 7 Unit C, Boise, ID", ["9 Elm St, Bldg 7 Unit C, Boise, ID"]),
        ("at 32 Alberta St. 2nd Fl, Boise, ID", ["32 Alberta St. 2nd Fl, Boise, ID"]),
        ("10 S KEDZIE CIR\nFort Wayne IN 46813", ["10 S KEDZIE CIR\nFort Wayne IN 46813"]),
        ("address_1=Box 669, x", ["Box 669"]),
        ("at 57110 NINE MILE AVE. ph 202-555-0143", ["57110 NINE MILE AVE."]),
    ],
)
def test_addresses(text: str, values: list[str]) -> None:
    """Rural routes, boxes, fractions, grids, numbered roads and places on the next line are read to their end."""
    assert found(text, "ADDRESS") == values


@pytest.mark.parametrize(
    "text",
    ["Box 255 left in aisle 4", "12:30 Park Ave meeting", "RR 5 lines, 2 boxes", "state 3 of 4", "HC 21 units in the box"],
)
def test_no_addresses(text: str) -> None:
    """A box without a place, a time of day and counts are no addresses."""
    assert found(text, "ADDRESS") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("DRIVER LICENSE\nDL A1234567\nEXP", ["A1234567"]),
        ("uploads/Roe_Jane_DL_000123456.jpg", ["000123456"]),
        ("Roe_Jane_DL_d621-040-50-404-9.jpg", ["d621-040-50-404-9"]),
        ("DL# WDLABC12345D", ["WDLABC12345D"]),
        ("driver license WDLNCEDH725U, for", ["WDLNCEDH725U"]),
        ("license K7517 04910 20629 belongs", ["K7517 04910 20629"]),
        ("dl_number=B2562+54605+77409&x=1", ["B2562+54605+77409"]),
        ("Government ID? A: Y544-1613-0608", ["Y544-1613-0608"]),
        ("Passport;License\nA04415152;Q8117791", ["Q8117791"]),
    ],
)
def test_driver_licenses(text: str, values: list[str]) -> None:
    """A number of a state's form is told by DL or license before it."""
    assert found(text, "DRIVER_LICENSE") == values


@pytest.mark.parametrize(
    "text",
    ["DL 500 printer", "license G12345", "handle_DL_0001", "software license 4821-11", "license Apache-2.0", "DL 12345678.5"],
)
def test_no_driver_licenses(text: str) -> None:
    """Short numbers and licenses of software and of physicians are no drivers' licenses."""
    assert found(text, "DRIVER_LICENSE") == []


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        ("with the session id fa9dd5dd84f2c5f20795ba1a from", "SESSION_TOKEN", ["fa9dd5dd84f2c5f20795ba1a"]),
        ("session id in the header", "SESSION_TOKEN", []),
        ("your production key is nm8SRt2dUyG2JsnFdiw71qcmfrm8QwCRoChd and", "API_KEY", ["nm8SRt2dUyG2JsnFdiw71qcmfrm8QwCRoChd"]),
        ("prints the key c6946b22aa90b627c25cdba355b673aa", "API_KEY", ["c6946b22aa90b627c25cdba355b673aa"]),
        ("evicted cache key c6946b22aa90b627c25cdba355b673aa", "API_KEY", []),
        ("the key aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "API_KEY", []),
    ],
)
def test_secrets_in_sentences(text: str, entity: str, values: list[str]) -> None:
    """A long random word that a sentence calls a session or a key is found; that of a cache is not."""
    assert found(text, entity) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Graves' disease", ["Graves' disease"]),
        ("'graves'", []),
        ("history of 'herpes'", ["herpes"]),
        ("Ménière's disease again", ["Ménière's disease"]),
        ("i got depresion", ["depresion"]),
        ("h/o T2DM and thyroid cancer", ["T2DM", "thyroid cancer"]),
        ("denies stroke", ["stroke"]),
        ("sick with shingles", ["shingles"]),
        ("Presenting: shingles.", ["shingles"]),
        ("MEDS: none ALLERGIES: none known", []),
        ("a stroke of luck", []),
        ("signature hbBPH4PaIGZuE", []),
        ("hasHivInfectionNow", ["HivInfection"]),
        ("isHivPositiveNow", ["HivPositive"]),
        ("diagnosis: autism (B00.9).", ["autism"]),
    ],
)
def test_conditions(text: str, values: list[str]) -> None:
    """Conditions are found as charts and patients spell them; headings, tokens and figures of speech are none."""
    assert found(text, "CONDITION") == values
