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
