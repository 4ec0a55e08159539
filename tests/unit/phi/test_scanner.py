"""The scanner as a whole: encodings, overlaps, batches, clean lines, hostile input, redaction."""

import json
import random
import string
import subprocess
import sys
import threading
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemostat.phi import Dictionary, Match, Redacted, Scanner
from hemostat.phi.match import Candidate, resolve

SCANNER = Scanner(Dictionary.complete())

# Text with the pieces of which patient data and its surroundings are made: far likelier to hit a seam than plain random text.
WORDS = r"""
first_name ssn dob mrn phone dx token patient name card npi value jane x.example jane@x.example 900-12-3456 123-45-6789 1980-02-03
E11.9 4111111111111111 202-555-0198 555-0143 k3j4h5g6f7d8s9a0q1w2 [EMAIL] [NAME] %22 %20 %C3%A9 %ff &quot; &#64; &#x110000; = : %
& eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc shpat_0123456789abcdef0123456789abcdef " ' \ \\ \" \u0040 \u { } [ ] , + - . / @
dea AB1234563 member_id 1EG4-TE5-MK73 ndc 0002-8215-01 passport license address1 203.0.113.9 2001:db8::9
medication metformin mg St 2
"""
PIECES = [*WORDS.split(), "Jane Doe", "12 Elm Street", " ", "\n", "\xe9", "\ud800", "\x00"]
CASED = [
    *"\u017f\u212a\u0130\u0131\ufb05\xdf\u0660\uff11\u00b2",
    "dob:",
    "1 sep 1980",
    "dx:",
    "k10",
    "phone:",
    "555-0143 ext 1",
    "ssn",
    "mrn:",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


def values(text: str) -> list[tuple[str, str]]:
    """The entities and values that a scan tells."""
    return [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("?email=jane%40x.example&a=b", [("EMAIL", "jane%40x.example")]),
        ("?email=jane%2540x.example&a=b", [("EMAIL", "jane%2540x.example")]),
        ("full_name=Jane%20Doe&x=1", [("NAME", "Jane%20Doe")]),
        ("last_name=O%27Neil", [("NAME", "O%27Neil")]),
        ("first_name=Ren%C3%A9e&x", [("NAME", "Ren%C3%A9e")]),
        ("first_name=Ren%E9e&x", [("NAME", "Ren%E9e")]),
        ("customer%5Bfirst_name%5D=Jane", [("NAME", "Jane")]),
        ("dob=02%2F03%2F1980", [("DOB", "02%2F03%2F1980")]),
        (r'{"dob":"02\/03\/1980"}', [("DOB", r"02\/03\/1980")]),
        (r'{"b":"{\"first_name\":\"Jane\"}"}', [("NAME", "Jane")]),
        (r'{"b":"{\"c\":\"{\\\"ssn\\\":\\\"900-12-3456\\\"}\"}"}', [("SSN", "900-12-3456")]),
        (r'{"email":"jane\u0040x.example"}', [("EMAIL", r"jane\u0040x.example")]),
        (r'"note":"x\njane@x.example"', [("EMAIL", "jane@x.example")]),
        ("mail%20jane@x.example", [("EMAIL", "jane@x.example")]),
        ("LIKE '%900-12-3456%'", [("SSN", "900-12-3456")]),
        ("&quot;first_name&quot;:&quot;Jane&quot;", [("NAME", "Jane")]),
        ("jane&#64;x.example", [("EMAIL", "jane&#64;x.example")]),
        ("jane&#x40;x.example", [("EMAIL", "jane&#x40;x.example")]),
        (r'"first_name":"\ud83d\ude00","last_name":"Doe"', [("NAME", "Doe")]),
        ("%7B%22first_name%22%3A%22Jane%22%7D", [("NAME", "Jane")]),
        ("first_name=Jane%26Joe&x", [("NAME", "Jane")]),
        ("phone=%2B1%20202%20555%200198", [("PHONE", "%2B1%20202%20555%200198")]),
        ("a\nssn:\n900-12-3456\nb", [("SSN", "900-12-3456")]),
        ("100% of first_name=Jane", [("NAME", "Jane")]),
        ("é😀\ud800 jane@x.example é", [("EMAIL", "jane@x.example")]),
    ],
)
def test_encodings_are_read_through(text: str, told: list[tuple[str, str]]) -> None:
    """Values are found in percent-encoding, JSON escapes, character references and layers of them, where they stand."""
    assert values(text) == told


@given(
    first=st.text(string.ascii_letters, min_size=2, max_size=12).map(str.capitalize),
    prefix=st.text(max_size=10),
    layers=st.lists(st.sampled_from([json.dumps, quote, quote_plus, lambda told: json.dumps({"body": told})]), max_size=3),
)
def test_the_value_is_traced_back_through_any_layers(first: str, prefix: str, layers: list[Callable[[str], str]]) -> None:
    """However a record was wrapped, the stretch found is that of its address in the wrapped text."""
    local = f"q{first.lower()}q"
    text = json.dumps({"p": prefix.replace("@", ""), "email": f"{local}@x.example"})
    for layer in layers:
        text = layer(text)

    matches = [match for match in SCANNER.scan(text) if match.entity == "EMAIL"]

    assert len(matches) == 1
    told = text[matches[0].start : matches[0].end]
    assert told.startswith(local)
    assert told.endswith("x.example")


def test_scores_decide_between_overlapping_candidates() -> None:
    """The highest score stays, then the longest, then the first; the answer does not depend on the order of candidates."""
    low, high = Candidate(0, 10, "NAME", 0.6, ""), Candidate(4, 8, "SSN", 0.9, "")
    longer, beside = Candidate(2, 8, "PAN", 0.9, ""), Candidate(10, 12, "MRN", 0.5, "")
    early, late = Candidate(20, 24, "DOB", 0.7, ""), Candidate(22, 26, "DOB", 0.7, "")
    candidates = [low, high, longer, beside, late, early]

    for seed in range(20):
        random.Random(seed).shuffle(candidates)  # noqa: S311  # a repeatable test
        assert resolve(candidates) == [longer, beside, early]


def test_a_match_tells_no_more_than_a_first_character() -> None:
    """Masks hint at addresses and names by one character and at anything else not at all; reasons hold no value."""
    text = "first_name=Jane email=jane@x.example ssn=900-12-3456 card 4111 1111 1111 1111"

    assert [(m.masked, m.why) for m in SCANNER.scan(text)] == [
        ("J***", "field first name"),
        ("j***@***", "an address with a domain name"),
        ("***", "field ssn, never issued"),
        ("***", "Visa length and prefix, Luhn holds"),
    ]


def test_the_threshold_decides() -> None:
    """Candidates under the threshold are not told."""
    assert SCANNER.scan("seen 000-12-3456") == []
    assert [m.entity for m in Scanner(threshold=0.2).scan("seen 000-12-3456")] == ["SSN"]


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=150)
def test_a_batch_tells_what_single_scans_tell(texts: list[str]) -> None:
    """The same text has the same matches, whatever stands beside it."""
    assert SCANNER.scan_many(texts) == [SCANNER.scan(text) for text in texts]


def test_batches_larger_than_one_pass_keep_their_order() -> None:
    """Matches come back in the place of their text."""
    texts = ["clean", "jane@x.example"] * 700

    assert [len(matches) for matches in SCANNER.scan_many(texts)] == [0, 1] * 700
    assert SCANNER.scan_many([]) == []
    assert SCANNER.scan_many(["", ""]) == [[], []]


@given(TEXTS)
@settings(max_examples=300)
@example("first_name=\ud800\x00" * 3)
@example('"patient":"Jane Doe, jane@x.example"')
def test_matches_are_ordered_and_apart(text: str) -> None:
    """Matches lie in the text, in order, without overlap, with scores from the threshold to 1."""
    end = 0
    for match in SCANNER.scan(text):
        assert end <= match.start < match.end <= len(text)
        assert 0.5 <= match.score <= 1
        end = match.end


@given(st.lists(st.sampled_from(CASED + PIECES), max_size=12).map("".join), st.sampled_from("skiS1"), st.sampled_from(CASED))
@settings(max_examples=300)
@example("dob: 1 sep 1980", "s", "\u017f")
@example("GET /x?dob=1+%C5%BFep+1980", "x", "\u017f")
def test_letters_with_an_odd_case_do_no_harm(text: str, letter: str, odd: str) -> None:
    """The long s, the Kelvin sign, the dotted I and foreign digits are told from ours, and never raise."""
    assert isinstance(SCANNER.redact(text.replace(letter, odd)).text, str)


@given(TEXTS)
@settings(max_examples=300)
@example("ssn 900-12-3456-jane@x.example")
@example("token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc.jane@x.example")
def test_redaction_leaves_nothing_and_is_done_once(text: str) -> None:
    """Nothing is found after redaction, and redacting again changes nothing."""
    redacted = SCANNER.redact(text)

    assert SCANNER.scan(redacted.text) == []
    assert SCANNER.redact(redacted.text).text == redacted.text


@given(TEXTS)
@settings(max_examples=200)
def test_redaction_keeps_what_is_not_patient_data(text: str) -> None:
    """Outside of the matches every character stays, and each match becomes its mask."""
    redacted = SCANNER.redact(text)
    shown, done = "", 0
    for match in redacted.matches:
        assert done <= match.start < match.end
        shown += text[done : match.start] + f"[{match.entity}]"
        done = match.end

    assert redacted.text == shown + text[done:]


def test_redaction_goes_on_until_nothing_is_left() -> None:
    """A value that lost against a better one it overlapped is replaced too, by its place in the text as it came."""
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"
    text = f"q@x.example token=a1B2c3D4e5F6g7H8/{jwt} z@x.example"

    redacted = SCANNER.redact(text)

    assert redacted.text == "[EMAIL] token=[SESSION_TOKEN][JWT] [EMAIL]"
    assert [(m.entity, text[m.start : m.end]) for m in redacted.matches] == [
        ("EMAIL", "q@x.example"),
        ("SESSION_TOKEN", "a1B2c3D4e5F6g7H8/"),
        ("JWT", jwt),
        ("EMAIL", "z@x.example"),
    ]


def test_a_mask_is_no_context() -> None:
    """What redaction wrote names no field and speaks for nothing after it; it is never part of a value."""
    for text in (
        "[SSN] 900123456",
        "[ICD10] version A14.1",
        "[MRN] 1234567",
        "[EMAIL] phone=[PHONE] name: [NAME]",
        "[NAME]@x.example",
    ):
        assert SCANNER.redact(text) == Redacted(text, [])
    assert values("[SSN, given] 900123456") == []
    assert values("[ssn] 900123456") == [("SSN", "900123456")]


AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.127 Safari/537.36"


def clean_line(pick: random.Random) -> str:
    """An ordinary line of a log, of one of many kinds, with nothing of a person in it."""
    digest, short = f"{pick.getrandbits(256):064x}", f"{pick.getrandbits(64):016x}"
    uuid = f"{short[:8]}-{short[8:12]}-4{short[12:15]}-8{short[:3]}-{digest[:12]}"
    number, seconds = pick.randrange(1000, 10**7), 1_700_000_000 + pick.randrange(10**8)
    ip = ".".join(str(pick.randrange(256)) for _ in range(4))
    price = f"{pick.randrange(1000)}.{pick.randrange(100):02d}"
    day, hour, minute = pick.randrange(1, 29), pick.randrange(24), pick.randrange(60)
    clock = f"2026-{pick.randrange(1, 13):02d}-{day:02d}T{hour:02d}:{minute:02d}:07.{pick.randrange(1000):03d}Z"
    return pick.choice(
        [
            f'{ip} - - [02/Mar/2026:14:04:07 +0000] "GET /apps/care/session?cid={number}&signature={digest}" 200 512 "{AGENT}"',
            f'{ip} - - [02/Mar/2026:14:04:07 +0000] "GET /a%20b?timestamp={seconds} HTTP/1.1" 404 {number} "https://shop.example/"',
            f'{{"ts":{seconds * 1000 + 7},"request_id":"{uuid}","route":"/api/orders/{number}","ms":{price},"ip":"{ip}"}}',
            f"{clock} INFO order=#{number} total={price} sku=AB-{number}-XL variant={4 * 10**13 + number} hash={digest}",
            f"[{clock}] worker-3 trace_id={digest[:32]} span_id={short} took {price} ms, batch-{number:012d}.parquet",
            f'{{"order":{{"id":{5 * 10**12 + number},"name":"#{number}","items":[{{"name":"Blue Shirt","price":"{price}"}}]}}}}',
            f"{clock} 200 512 {number} {seconds} {ip}:443 upstream={ip}:8080 version=2.{pick.randrange(99)}.1 etag=W/{short}",
            f"gid://shopify/Order/{5 * 10**12 + number} tracking 1Z{short.upper()} ref {pick.randrange(100, 999)}-{number:07d}",
            f"DEBUG cache miss key=session:count agent='{AGENT}' logo@2x.png bytes={number} offset={seconds}{number}",
            f'{{"token":"token_abcdefgh23456722","subject":"customer_abcdefgh23456722","act":"token:mint","time":"{clock}"}}',
            f"Deploy {short[:7]} of app 2.14 by ci at {clock}: 12 files, +{number} -{number % 97}, image sha256:{digest}",
            f"first_name is required; phone: must not be blank (form intake-v{number % 9}, step {number % 7}/7, {price} s)",
        ]
    )


def test_clean_lines_never_alarm() -> None:
    """Of twenty thousand ordinary lines with UUIDs, hashes, moments, order numbers and prices none alarms; callers are told."""
    pick = random.Random(2026)  # noqa: S311  # a repeatable test
    lines = [clean_line(pick) for _ in range(20_000)]

    found = [(line, {match.entity for match in matches}) for line, matches in zip(lines, SCANNER.scan_many(lines), strict=True)]

    assert [(line, kinds) for line, kinds in found if kinds - {"IP"}] == []
    assert any(kinds for _, kinds in found)


def patient_line(pick: random.Random) -> tuple[str, set[str]]:
    """A line with a synthetic person, of the ranges that our drills use, and the kinds of data in it."""
    first, last = pick.choice(["Jane", "Ada", "Zoë", "D'Arcy"]), pick.choice(["Doe", "O'Neil", "van Dyke", "Nguyễn"])
    ssn = f"{pick.choice([666, *range(900, 1000)])}-{pick.randrange(1, 100):02d}-{pick.randrange(1, 10_000):04d}"
    phone = pick.choice(
        ["+1 202-555-01{:02d}", "(202) 555-01{:02d}", "202-555-01{:02d}", "+120255501{:02d}", "555-01{:02d}"]
    ).format(pick.randrange(100))
    email = f"{first[0].lower()}{pick.randrange(9999)}@patients.fernhollow.example"
    record = {"first_name": first, "last_name": last, "ssn": ssn, "phone": phone, "email": email, "dob": "1980-02-03"}
    kinds = {"NAME", "SSN", "PHONE", "EMAIL", "DOB"}
    return pick.choice(
        [
            (json.dumps(record), kinds),
            (json.dumps({"body": json.dumps(record)}), kinds),
            ("GET /x?" + "&".join(f"{key}={quote_plus(value)}" for key, value in record.items()) + " HTTP/1.1", kinds),
            ("intake " + " ".join(f'{key}="{value}"' for key, value in record.items()), kinds),
            (f"INFO sent to {email}, called {phone}", {"EMAIL", "PHONE"}),
            (f"WARN ssn {ssn} seen for {email}", {"SSN", "EMAIL"}),
            (f"row {ssn} {phone}", {"SSN", "PHONE"}),
        ]
    )


def test_our_synthetic_people_are_always_found() -> None:
    """Every kind of data of a synthetic person is found in every form: the scanner polices our own drills."""
    pick = random.Random(7)  # noqa: S311  # a repeatable test
    lines = [patient_line(pick) for _ in range(5_000)]

    for (line, kinds), matches in zip(lines, SCANNER.scan_many([line for line, _ in lines]), strict=True):
        assert kinds <= {match.entity for match in matches}, line


@pytest.mark.parametrize(
    "text",
    [
        "@" * 100_000,
        "a@" * 50_000,
        "a." * 50_000 + "@" + "b." * 50_000,
        "\\" * 100_001,
        '"ssn":' * 20_000,
        "first_name=" + "a" * 1_000_000,
        "%" * 100_000,
        "%25" * 50_000,
        "[" * 100_000 + '"given":[' * 100,
        '{"a":' * 20_000 + '"first_name":"Jane"' + "}" * 20_000,
        "4" * 1_000_000,
        "1-" * 100_000,
        "eyJ" * 100_000,
        "eyJ" + "a" * 100_000 + "." + "b" * 100_000 + ".",
        "\x00\x1b[2J\x07\ud800\udfff" * 10_000,
        "&#64;" * 50_000,
        "dob " * 50_000,
        "name: " + "Jane " * 50_000,
        "dx: " + "E11.9," * 20_000,
        "Bearer " + "a1B2" * 100_000,
        "eyJ" + "W1tb" * 400 + ".aa.bb",
        "ssn: " + "123456789, " * 20_000,
        "first_name=" + "van+der+" * 20_000,
        "patient: " + "van der " * 20_000 + ":",
        'full_name: "' + "Jane (J) 'A' " * 10_000 + '"',
        r"{\"full_name\":\"" + r"Jane \\\"J\\\" " * 10_000,
    ],
    ids=range(26),
)
def test_hostile_text_does_no_harm(text: str) -> None:
    """Long, deep, broken and repetitive text is scanned and redacted without an error, and ends."""
    assert isinstance(SCANNER.redact(text).text, str)


def test_threads_share_a_scanner() -> None:
    """Several threads get the answers that one gets."""
    texts = [f"q{n}@x.example ssn=900-12-{n:04d}" for n in range(2_000)]
    told: list[list[list[Match]]] = []
    threads = [threading.Thread(target=lambda: told.append(SCANNER.scan_many(texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == [SCANNER.scan_many(texts)] * 4


def test_importing_compiles_nothing() -> None:
    """Importing and making a scanner loads neither the pattern engine nor Arrow nor YAML."""
    code = (
        "import sys; from hemostat.phi import Scanner; Scanner(); import hemostat.phi.files;"
        "sys.exit(len({'hyperscan', 'pyarrow', 'yaml', 'jsonschema'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_columns_lend_their_name() -> None:
    """A value in a column named for patient data is found as in a field of that name, beside what stands for itself."""
    assert [[m.entity for m in ms] for ms in SCANNER.scan_column("patientFirst_name", ["Jane", "", "jane@x.example"])] == [
        ["NAME"],
        [],
        ["EMAIL"],
    ]
    assert [[m.entity for m in ms] for ms in SCANNER.scan_column("note", ["Jane", "dx E11.9"])] == [[], ["ICD10"]]
    assert [SCANNER.column(name) is not None for name in ("patientFirst_name", "row_sid", "note")] == [True, False, False]
    assert SCANNER.scan_column("sid_of_row", ["k3j4h5g6f7d8s9a0q1w2"]) == [[]]
    assert SCANNER.scan_column("row_sid", ["k3j4h5g6f7d8s9a0q1w2"]) == [[]]
