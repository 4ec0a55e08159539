"""Who is recognized in a text: those of a set, by proof alone, wherever and however their values stand."""

import json
import sqlite3
from base64 import urlsafe_b64encode
from hashlib import md5, sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.phi import Scanner
from hemostat.phi.files import scan_input, scan_path
from hemostat.phi.fingerprints import Hit
from hemostat.phi.known import REACH, Known, proven, words
from hemostat.phi.traits import Trait
from unit.phi.enrolled import JANE, JOHN, known, made

SCANNER = Scanner()
EMAIL = JANE[Trait.EMAIL][0]


@pytest.fixture(name="people", scope="module")
def _people(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return known(tmp_path_factory.mktemp("sets"))


def seen(text: str, people: Known) -> list[tuple[str, str]]:
    """Entity and trait of each match by which somebody was recognized."""
    (told,) = people.recognized([(text, SCANNER.scan(text))])
    return [(match.entity, sighting.trait.value) for match, sighting in told if sighting]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"sent to {EMAIL}", [("EMAIL", "email")]),
        ("GET /reset?e=Jane.Roe%40fernhollow.example&x=1", [("EMAIL", "email")]),
        ("to jane.roe+test@fernhollow.example", [("EMAIL", "email")]),
        ("call 202-555-0198 now", [("PHONE", "phone")]),
        ("phone=%2B12025550198&", [("PHONE", "phone")]),
        ("mrn: FH-447122", [("MRN", "mrn")]),
        ('{"member_id": "xyz123456789"}', [("MEMBER_ID", "member_id")]),
        ('{"patient_id": "xyz123456789"}', [("MRN", "member_id")]),
        (
            '{"first_name": "Jane", "last_name": "Roe", "dob": "02/03/1980"}',
            [("NAME", "name"), ("NAME", "name"), ("DOB", "dob")],
        ),
        (
            '{"first_name": "Jane", "middle_name": "Mary", "last_name": "Roe", "dob": "02/03/1980"}',
            [("NAME", "name"), ("NAME", "name"), ("DOB", "dob")],
        ),
        ('patient name: "Roe, Jane" dob: 1980-02-03', [("NAME", "name"), ("DOB", "dob")]),
        ("first_name=Jane&last_name=Roe&birth_date=1980-02-03", [("NAME", "name"), ("NAME", "name"), ("DOB", "dob")]),
        ('{"full_name": "Jane Roe", "address": "12 Elm St, Springfield"}', [("NAME", "name"), ("ADDRESS", "address")]),
        ('{"patient_id": "7000001", "full_name": "Jane Roe"}', [("MRN", "customer_id"), ("NAME", "name")]),
        ('{"full_name": "Jane Roe"}', []),
        ('{"first_name": "Jane", "dob": "1980-02-03"}', []),
        ("dob: 1980-02-03", []),
        ('{"patient_id": "7000001"}', []),
        ('{"patient_id": "7000001", "mrn": "7000001"}', []),
        ('{"full_name": "Jane Roe", "dob": "1975-06-07"}', []),
        ("to jane.doe@fernhollow.example, call 202-555-0199", []),
    ],
)
def test_who_is_recognized(text: str, expected: list[tuple[str, str]], people: Known) -> None:
    """By one sure value, or by two of one person; not by a name, a birthday or a common number, nor by two of two people."""
    assert expected == seen(text, people)


def _url_safe(told: bytes) -> str:
    return urlsafe_b64encode(sha256(told).digest()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://ads.example/tr?ud[em]={sha256(EMAIL.encode()).hexdigest()}&ev=Schedule", [("EMAIL", "hashed_email")]),
        (f"em%3D{md5(EMAIL.encode(), usedforsecurity=False).hexdigest().upper()}%26", [("EMAIL", "hashed_email")]),
        (
            f"em=tv.1~em.{_url_safe(EMAIL.encode())}~pn.{_url_safe(b'+12025550198')}",
            [("EMAIL", "hashed_email"), ("PHONE", "hashed_phone")],
        ),
        (f'{{"body":"em\\u003d{sha256(EMAIL.encode()).hexdigest()}\\u0026ev"}}', [("EMAIL", "hashed_email")]),
        (f"dl=x%253Fem%253D{sha256(EMAIL.encode()).hexdigest()}%2526", [("EMAIL", "hashed_email")]),
        (f'{{"ph":"{sha256(b"12025550198").hexdigest()}"}}', [("PHONE", "hashed_phone")]),
        (f"/sync/{sha256(EMAIL.encode()).hexdigest()}/1", [("EMAIL", "hashed_email")]),
        (f"em={sha256(b'stranger@x.example').hexdigest()}", []),
        (f"em={sha256(EMAIL.encode()).hexdigest()}ab", []),
    ],
)
def test_digests_that_networks_are_sent(text: str, expected: list[tuple[str, str]], people: Known) -> None:
    """The digest of a patient's address or number is that patient's, in hexadecimal and base64, wherever it stands."""
    assert expected == seen(text, people)


def test_a_digest_that_the_scanner_took_for_something_else_is_told_once(people: Known) -> None:
    """The match that is there already is the one that is known."""
    text = f"session_token={sha256(EMAIL.encode()).hexdigest()}"

    assert [("SESSION_TOKEN", "hashed_email")] == seen(text, people)
    assert 1 == len(people.recognized([(text, SCANNER.scan(text))])[0])


ENCODINGS = st.sampled_from(
    [
        lambda told: told,
        lambda told: quote(told, safe=""),
        quote_plus,
        lambda told: quote(quote(told, safe=""), safe=""),
        lambda told: json.dumps(json.dumps(told))[3:-3],
        str.upper,
    ]
)


@given(
    around=st.sampled_from(["?email={}&a=1", '{{"email": "{}"}}', "login of {} failed", "<email>{}</email>"]), encode=ENCODINGS
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_address_is_recognized_in_every_encoding(people: Known, around: str, encode: object) -> None:
    """Percent-encoding, twice, JSON in JSON, capitals: it is the same address."""
    assert [("EMAIL", "email")] == seen(around.format(encode(EMAIL)), people)  # type: ignore[operator]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * REACH), st.sampled_from([Trait.NAME, Trait.DOB, Trait.MRN, Trait.CUSTOMER_ID]), st.integers(1, 4)
        ),
        max_size=12,
    )
)
def test_proof_in_pairs_is_two_things_of_one_person_nearby(found: list[tuple[int, Trait, int]]) -> None:
    """Proven is just what has a partner of another sort, of the same person, in reach."""
    ordered = sorted(found)
    hits = [(place, Hit("patient", trait, alone=False, tags=frozenset({tag}))) for place, trait, tag in ordered]

    def partner(one: tuple[int, Trait, int], other: tuple[int, Trait, int]) -> bool:
        sorts = [{Trait.MRN: Trait.CUSTOMER_ID}.get(trait, trait) for trait in (one[1], other[1])]
        return one[2] == other[2] and sorts[0] != sorts[1] and abs(one[0] - other[0]) <= REACH

    assert proven(hits) == {index for index, one in enumerate(ordered) if any(partner(one, other) for other in ordered)}


def test_what_is_alone_proves_alone() -> None:
    """Wherever it stands, and it lends nothing to what does not."""
    alone, weak = Hit("canary", Trait.MRN, alone=True), Hit("patient", Trait.NAME, alone=False, tags=frozenset({1}))

    assert {0} == proven([(0, alone), (1, weak)])
    assert {"CANARY_PATIENT"} == words([(0, alone), (1, weak)])
    assert {"CANARY_PATIENT", "KNOWN_PATIENT"} == words([(0, alone), (1, alone._replace(of="patient"))])


def test_values_of_one_person_far_apart_are_two_records(people: Known) -> None:
    """Beyond reach in one long line, a name and a day of birth are not one record's."""
    near, far = ('{"full_name": "Jane Roe"' + " " * gap + '"dob": "1980-02-03"}' for gap in (REACH - 100, REACH + 100))

    assert ([("NAME", "name"), ("DOB", "dob")], []) == (seen(near, people), seen(far, people))


def test_first_and_last_name_far_apart_are_no_name(people: Known) -> None:
    """They are of two records."""
    text = '{"dob": "1980-02-03", "first_name": "Jane"' + " " * (REACH + 100) + '"last_name": "Roe"}'

    assert [] == seen(text, people)


def test_an_identifier_of_a_person_is_an_address_or_a_number(people: Known) -> None:
    """Whatever a system calls people by is looked up."""
    assert [Trait.EMAIL] == [hit.trait for hit in people.identifier(EMAIL)]
    assert [Trait.CUSTOMER_ID] == [hit.trait for hit in people.identifier("7000001")]
    assert [] == people.identifier("")


def test_the_set_tells_of_whom_it_is(tmp_path: Path) -> None:
    """A canary is told as one, also beside patients."""
    both = Known([made(tmp_path), made(tmp_path, [{Trait.EMAIL: ["canary@inbox.example"]}], of="canary")])
    text = f"{EMAIL} canary@inbox.example"
    (told,) = both.recognized([(text, SCANNER.scan(text))])

    assert ["patient", "canary"] == [sighting.of for _, sighting in told if sighting]


ROWS = [
    ("Jane Roe", "1980-02-03", "ok"),
    ("Jane Roe", "1975-06-07", "ok"),
    ("Some Body", "1990-01-01", sha256(EMAIL.encode()).hexdigest()),
]


def _of_file(path: Path, people: Known) -> list[tuple[int, str, str]]:
    return [(one.line, one.match.entity, one.known.trait.value) for one in scan_path(path, SCANNER, known=people) if one.known]


EXPECTED = [(1, "NAME", "name"), (1, "DOB", "dob"), (3, "EMAIL", "hashed_email")]


def test_a_row_of_a_database_is_one_window(tmp_path: Path, people: Known) -> None:
    """Values in different cells of one row belong together, those of different rows do not; a digest in a bare cell is found."""
    database = sqlite3.connect(tmp_path / "dump.sqlite")
    database.execute("CREATE TABLE people (full_name TEXT, dob TEXT, note TEXT)")
    database.executemany("INSERT INTO people VALUES (?, ?, ?)", ROWS)
    database.commit()
    database.close()

    assert EXPECTED == _of_file(tmp_path / "dump.sqlite", people)


def test_a_row_of_parquet_is_one_window(tmp_path: Path, people: Known) -> None:
    """As in a database."""
    columns = list(zip(*ROWS, strict=True))
    pq.write_table(pa.table(dict(zip(("full_name", "dob", "note"), columns, strict=True))), tmp_path / "a.parquet")

    assert EXPECTED == _of_file(tmp_path / "a.parquet", people)


def test_a_row_of_a_table_is_one_window(tmp_path: Path, people: Known) -> None:
    """The line of names is line 1."""
    (tmp_path / "a.csv").write_text("full_name,dob,note\n" + "".join(f"{','.join(row)}\n" for row in ROWS))

    assert [(line + 1, entity, trait) for line, entity, trait in EXPECTED] == _of_file(tmp_path / "a.csv", people)


def test_a_digest_in_a_stream_is_found_where_it_stands(people: Known) -> None:
    """Offsets are those of the digest; without people nothing is found there."""
    text = f"x em={sha256(EMAIL.encode()).hexdigest()}\n".encode()
    (found,) = scan_input("-", BytesIO(text), SCANNER, known=people)

    assert (1, 5, 69, "***") == (found.line, found.match.start, found.match.end, found.match.masked)
    assert [] == list(scan_input("-", BytesIO(text), SCANNER))


def test_nobody_is_named(people: Known) -> None:
    """What is told of a sighting is the kind of the value; two people are told alike."""
    texts = [f"to {person[Trait.EMAIL][0]}" for person in (JANE, JOHN)]
    told = [people.recognized([(text, SCANNER.scan(text))])[0][0][1] for text in texts]

    assert told[0] == told[1]
