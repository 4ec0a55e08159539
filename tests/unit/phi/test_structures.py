"""Messages whose fields have places: HL7, X12, and names and values of SQL that stand apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.phi import Scanner

SCANNER = Scanner()


def found(text: str) -> list[tuple[str, str]]:
    """The entities and values that a scan tells, in order."""
    return [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]


PATIENT = "PID|1||447122^^^CLINIC^MR~900-12-3456^^^USA^SS||Doe^Jane^Q||19800203|F|||12 Elm St^^Austin^TX||(202)555-0198"
IN_PATIENT = [
    ("MRN", "447122"),
    ("SSN", "900-12-3456"),
    ("NAME", "Doe"),
    ("NAME", "Jane"),
    ("DOB", "19800203"),
    ("ADDRESS", "12 Elm St"),
    ("PHONE", "(202)555-0198"),
]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PATIENT, IN_PATIENT),
        (
            f"log {PATIENT} | NK1|1|Roe^Mary|SPO||+12025550143",
            [*IN_PATIENT, ("NAME", "Roe"), ("NAME", "Mary"), ("PHONE", "+12025550143")],
        ),
        ("PID|1||" + "x" * 10, []),
        ("PID|1||447122\\rDG1|1||F32.1^Depression^I10", [("MRN", "447122"), ("ICD10", "F32.1"), ("CONDITION", "Depression")]),
        ("ORC|NW|RX1||||||||1234567893^ROE^MARY", [("NPI", "1234567893"), ("NAME", "ROE"), ("NAME", "MARY")]),
        ("RXE|1|00028215011^metformin 500 mg^NDC", [("NDC", "00028215011"), ("MEDICATION", "metformin 500 mg")]),
        ("IN1|1|PPO||||||||||||||Doe^Jane||19800203" + "|" * 18 + "XYZ12345678", [
            ("NAME", "Doe"), ("NAME", "Jane"), ("DOB", "19800203"), ("MEMBER_ID", "XYZ12345678"),
        ]),
        ("MSH|^~\\&|A|B|C|D|20260302||ADT^A01", []),
    ],
)  # fmt: skip
def test_segments_of_hl7(text: str, told: list[tuple[str, str]]) -> None:
    """What stands where in a segment is found by its place, also in the middle of a line and in a cut message."""
    assert found(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "ST*837*0001~NM1*IL*1*Doe*Jane****MI*XYZ123456789~N3*12 Elm St~DMG*D8*19800203*F~HI*ABK:F321*ABF:E119~",
            [
                ("NAME", "Doe"),
                ("NAME", "Jane"),
                ("MEMBER_ID", "XYZ123456789"),
                ("ADDRESS", "12 Elm St"),
                ("DOB", "19800203"),
                ("ICD10", "F321"),
                ("ICD10", "E119"),
            ],
        ),
        ("NM1*PR*2*ACME HEALTH*****PI*12345~", []),
        ("NM1*82*1*Roe*Mary****XX*1234567893~", [("NAME", "Roe"), ("NAME", "Mary"), ("NPI", "1234567893")]),
        (
            "AM01<FS>C419800203<FS>C52<FS>CAQYRA<FS>CBVEXLEY<FS>CQ2025550198",
            [("DOB", "19800203"), ("NAME", "QYRA"), ("NAME", "VEXLEY"), ("PHONE", "2025550198")],
        ),
        ("AM04\x1cC2XYZ123456789\x1cD765162010110", [("MEMBER_ID", "XYZ123456789"), ("NDC", "65162010110")]),
        ("REF*SY*900123456~REF*D9*17312345~PER*IC*X*EX*12*TE*2025550198", [("SSN", "900123456"), ("PHONE", "2025550198")]),
        ("LIN**N4*00028215011~", [("NDC", "00028215011")]),
        ("q=NM1%2AIL%2A1%2ADoe%2AJane~", [("NAME", "Doe"), ("NAME", "Jane")]),
        ("NM1*IL~DMG~N3*~HI*ABK~REF*SY~LIN~PER*IC", []),
    ],
)
def test_segments_of_x12(text: str, told: list[tuple[str, str]]) -> None:
    """People, numbers, dates and codes of a claim are found by their elements; companies are nobody."""
    assert found(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "INSERT INTO p (id, `first_name`, dob, ssn) VALUES (7, 'Jane', DATE '1980-02-03', '900123456'), (8, 'Zoë', NULL, 0);",
            [("NAME", "Jane"), ("DOB", "1980-02-03"), ("SSN", "900123456"), ("NAME", "Zoë")],
        ),
        ("Key (mrn, dob)=(447122, 1980-02-03) already exists", [("MRN", "447122"), ("DOB", "1980-02-03")]),
        ("(last_name) values ('O''Neil')", [("NAME", "O''Neil")]),
        ("(first_name, dob) VALUES ('Jane'", [("NAME", "Jane")]),
        ("(first_name) VALUES ('Jane', 'more', 7), ('Zoë')", [("NAME", "Jane")]),
        ("(ssn) VALUES " + ", ".join(["(900123456)"] * 60), [("SSN", "900123456")] * 50),
        ("f(x) = (y)", []),
        ("(first_name) VALUES (", []),
        ("() VALUES ('Jane')", []),
    ],
)
def test_names_and_values_apart(text: str, told: list[tuple[str, str]]) -> None:
    """The values of an insert belong to the names before it, row by row, also where the text ends early."""
    assert found(text) == told


_PIECES = "PID| NM1* ~ | ^ * IL*1* Doe (dob) ) = ( ' , \\ NK1| 1980-02-03 DG1| HI*ABK: F321 (ssn, 900-12-3456"


@given(st.lists(st.sampled_from([*_PIECES.split(), " VALUES ("])))
def test_hostile_structures_are_read_in_bounds(pieces: list[str]) -> None:
    """Whatever pieces come together, matches lie in the text, in order and apart, and redaction leaves nothing."""
    text = "".join(pieces)

    matches = SCANNER.scan(text)

    ends = [place for match in matches for place in (match.start, match.end)]
    assert ends == sorted(ends)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert SCANNER.scan(SCANNER.redact(text).text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "mrn,last_name,dob\n447122,Qexley,1980-02-03\n447123,Vexley,1981-02-03",
            [
                ("MRN", "447122"),
                ("NAME", "Qexley"),
                ("DOB", "1980-02-03"),
                ("MRN", "447123"),
                ("NAME", "Vexley"),
                ("DOB", "1981-02-03"),
            ],
        ),
        (
            " mrn | dob\n-----+-----\n 447122 | 1980-02-03\n(1 row)\n 447122 | 1980-02-03",
            [("MRN", "447122"), ("DOB", "1980-02-03")],
        ),
        ('{"csv":"mrn;dob\\n447122;1980-02-03"}', [("MRN", "447122"), ("DOB", "1980-02-03")]),
        ("mrn,color\n447122,red", []),
        ("dob,mrn: 447122\n1980-02-03,447122", [("MRN", "447122")]),
        ("<tr><th>dob</th><td>1980-02-03</td></tr>", [("DOB", "1980-02-03")]),
        ('"HSET" "cust:5" "dob" "1980-02-03" "tel" "2025550198"', [("DOB", "1980-02-03"), ("PHONE", "2025550198")]),
        ("    [DOB] => 1980-02-03", [("DOB", "1980-02-03")]),
        ("[DOB] 1980-02-03", []),
        (
            'form-data; name="surname"\r\n\r\nQexley\r\n--X9',
            [("NAME", "Qexley")],
        ),
    ],
)
def test_tables_and_pairs(text: str, told: list[tuple[str, str]]) -> None:
    """Within a text a row belongs to the line of names above it, and a value to the name beside it."""
    assert told == found(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call me at +44 20 7946 0430 please", [("PHONE", "+44 20 7946 0430")]),
        ("text 07700 900670 to reach me", []),
        ("phone 07700 900670", [("PHONE", "07700 900670")]),
        ("mobile=07700+900670", [("PHONE", "07700+900670")]),
        ("sum is 5+44 20 7946 0430", []),
        ("+44 20", []),
        ("chart PT-572439 was merged", [("MRN", "PT-572439")]),
        ("for patient # 84159295", [("MRN", "84159295")]),
        ("for patient 12 of 40", []),
        ("passport: C25X54T73", [("PASSPORT", "C25X54T73")]),
        ("epilepsy (R07.9), stable", [("ICD10", "R07.9")]),
        ("theme 7.0.4.2 is live", []),
        ("client ip 7.0.4.2", [("IP", "7.0.4.2")]),
        ("cookie: _ga=GA1.1.5733483666.1770221603", []),
        ("DL# S554-8421-3731", [("DRIVER_LICENSE", "S554-8421-3731")]),
        ("meds: Qexazol 25 mg PO daily", [("MEDICATION", "Qexazol 25 mg")]),
        ("meds: Qexazol 2 puffs daily", [("MEDICATION", "Qexazol")]),
        ("batch 123-45-6789 arrived", []),
        ("root@fhir-gw.example:~# ls", []),
        ("this is Morgan Stanley calling", []),
        ("Dr. Scholl's insoles", []),
        ("OBX|1|CE|11450-4^Problem^LN||V43.52XA^gout^I10", [("ICD10", "V43.52XA"), ("CONDITION", "gout")]),
    ],
)
def test_values_beside_what_they_are(text: str, told: list[tuple[str, str]]) -> None:
    """Numbers, codes and words are told by what stands beside them, and left alone where that says something else."""
    assert told == found(text)


ROW_OF_COPY = (
    'CONTEXT:  COPY members, line 59: "XQZ000000173,Roe,Jane,02/03/1980,2025550143"\n'
    "STATEMENT:  COPY members (member_id, last_name, first_name, dob, phone) FROM STDIN"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 'XQZ000000173' AS member_id, 'Roe' AS last_name", [("MEMBER_ID", "XQZ000000173"), ("NAME", "Roe")]),
        ('invalid input syntax for type date: "02031980" (dob), line 5', [("DOB", "02031980")]),
        (
            ROW_OF_COPY,
            [("MEMBER_ID", "XQZ000000173"), ("NAME", "Roe"), ("NAME", "Jane"), ("DOB", "02/03/1980"), ("PHONE", "2025550143")],
        ),
        ("sold as '02031980' (see dob)", []),
        ("d' as dob", []),
        ("SELECT '02031980' AS made_on", []),
        ("STATEMENT:  COPY members FROM STDIN", []),
        ("STATEMENT:  COPY members (dob) FROM STDIN", []),
    ],
)
def test_values_before_their_names(text: str, told: list[tuple[str, str]]) -> None:
    """A value of SQL whose name follows, and the row of a COPY before its statement, are read by their names."""
    assert found(text) == told
