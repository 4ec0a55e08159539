"""Sets of fingerprints: everybody in them is recognized, chance fits as rarely as it says, and nothing of anybody is kept."""

import hmac
import stat
from hashlib import md5, sha1, sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.phi.fingerprints import MOST_ALIKE, MOST_SHARED, Builder, Fingerprints, Header, Key, read_header
from hemostat.phi.traits import Trait, digests, forms
from unit.phi.enrolled import JANE, JOHN, KEY, NOON, made

EMAILS = st.builds("{}@{}.example".format, st.text("abcdef123.", min_size=1, max_size=3), st.sampled_from("abc"))
NUMBERS = st.integers(0, 10**9 - 1).map(lambda number: f"FH{number:09d}")


def test_a_fingerprint_is_pinned() -> None:
    """The construction never changes: sets made last year are still read."""
    mac = hmac.digest(KEY, b"email\0jane@x.example", "sha256")

    assert Key(KEY).fingerprint(Trait.EMAIL, "jane@x.example") == int.from_bytes(mac[:8], "big")
    assert Key(KEY, bits=12).fingerprint(Trait.EMAIL, "jane@x.example") == int.from_bytes(mac[:8], "big") >> 52


@given(st.lists(st.tuples(EMAILS, NUMBERS), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_everybody_who_came_is_recognized(people: list[tuple[str, str]]) -> None:
    """By each value and each digest of it, whatever else is in the set; unless too many share the value."""
    with TemporaryDirectory() as folder:
        one = made(Path(folder), [{Trait.EMAIL: [email], Trait.MRN: [mrn]} for email, mrn in people])
        shared = {form for email, _ in people for form in forms(Trait.EMAIL, email)}
        counts = {form: sum(form in forms(Trait.EMAIL, email) for email, _ in set(people)) for form in shared}

        for email, mrn in people:
            form = forms(Trait.EMAIL, email)[0]
            expected = {counts[form] <= MOST_SHARED}
            assert expected == {bool(list(one.hits(Trait.EMAIL, f" {email.upper()} ")))}
            assert expected == {bool(list(one.hits(Trait.HASHED_EMAIL, digest))) for digest in digests(Trait.EMAIL, form)}
            assert list(one.hits(Trait.MRN, mrn.lower())) or len({e for e, m in people if m == mrn}) > MOST_SHARED
        assert not list(one.hits(Trait.PHONE, "202-555-0198"))


def test_chance_fits_as_rarely_as_the_header_says(tmp_path: Path) -> None:
    """With 16 bits 1,000 people fit a share of 1,000 in 65,536 strangers, give or take five standard deviations of chance."""
    one = made(tmp_path, [{Trait.EMAIL: [f"p{number}@a.example"]} for number in range(1000)], bits=16)
    tried = 40_000

    fits = sum(bool(list(one.hits(Trait.EMAIL, f"s{number}@b.example"))) for number in range(tried))

    chance = one.header.chance[Trait.EMAIL]
    assert 0.98 * 1000 / 2**16 < chance <= 1000 / 2**16
    assert abs(fits - tried * chance) < 5 * (tried * chance * (1 - chance)) ** 0.5


def test_with_all_bits_no_stranger_fits(tmp_path: Path) -> None:
    """The chance that one of 20,000 would, with 2 people in 64 bits, is 2 in 10 to the 15th."""
    one = made(tmp_path)

    assert [] == [n for n in range(20_000) if list(one.hits(Trait.EMAIL, f"s{n}@b.example"))]
    assert one.header.chance[Trait.EMAIL] == 2 / 2**64


def test_the_file_without_its_key_tests_no_guess(tmp_path: Path) -> None:
    """Whoever has the file and guesses rightly finds nothing of the guess in it: no text, no digest, no MAC under another key."""
    path = made(tmp_path).path
    content = path.read_bytes()

    for trait, values in JANE.items():
        for told in (*values, *forms(trait, values[0])):
            assert told.encode() not in content
            for digest in (sha256, sha1, md5):
                for guess in (told, f"{trait}\0{told}"):
                    raw = digest(guess.encode()).digest()
                    assert raw[:8] not in content
                    assert raw[:8][::-1] not in content
                    assert digest(guess.encode()).hexdigest().encode() not in content
            guessed = Key(b"g" * 32).fingerprint(trait, told)
            assert guessed.to_bytes(8, "little") not in content
    with pytest.raises(BadInput, match="not in this home"):
        Fingerprints.open(path, [b"g" * 32])


def test_the_file_with_its_key_tests_guesses(tmp_path: Path) -> None:
    """That is what it is for, and why the key is kept apart from copies of the file."""
    assert list(Fingerprints.open(made(tmp_path).path, [b"g" * 32, KEY]).hits(Trait.EMAIL, "jane.roe@fernhollow.example"))


def test_only_the_owner_may_read_a_set(tmp_path: Path) -> None:
    """Mode 600."""
    assert 0o600 == stat.S_IMODE(made(tmp_path).path.stat().st_mode)


def test_a_set_says_what_it_is(tmp_path: Path) -> None:
    """Who, when, how many of each trait and how likely chance fits; not the key."""
    header = read_header(made(tmp_path).path)

    assert ("patient", "patient", 1, NOON, 2, 64) == (
        header.name,
        header.of,
        header.generation,
        header.made_at,
        header.people,
        header.bits,
    )
    assert {one.trait: one.count for one in header.sections} == {
        "address": 1, "customer_id": 1, "dob": 2, "email": 2, "hashed_email": 6, "hashed_phone": 9, "member_id": 1, "mrn": 2,
        "name": 2, "phone": 1,
    }  # fmt: skip
    assert KEY.hex() not in msgspec.json.encode(header).decode()


def test_what_too_many_share_is_nobodys(tmp_path: Path) -> None:
    """A number of the front desk is left out; a family's counts, and a person who comes again is one person."""
    desk = [{Trait.PHONE: ["202-555-0100"], Trait.MRN: [f"FH{number:09d}"]} for number in range(MOST_SHARED + 1)]
    family = [{Trait.PHONE: ["202-555-0101"], Trait.MRN: [f"FI{number:09d}"]} for number in range(MOST_SHARED)]
    one = made(tmp_path, [*desk, *family, *([JANE] * 50)])

    assert not list(one.hits(Trait.PHONE, "202-555-0100"))
    assert list(one.hits(Trait.PHONE, "202-555-0101"))
    assert list(one.hits(Trait.PHONE, "202-555-0198"))
    assert 1 == next(section.left_out for section in one.header.sections if section.trait == "phone")


def test_a_day_that_stands_for_none_is_left_out(tmp_path: Path) -> None:
    """As many as share a name or a birthday by nature may; more are a default."""
    people = [{Trait.DOB: ["1900-01-01"], Trait.MRN: [f"FH{number:09d}"]} for number in range(MOST_ALIKE + 1)]
    one = made(tmp_path, [*people, JANE, {**JOHN, Trait.DOB: JANE[Trait.DOB]}])

    assert not list(one.hits(Trait.DOB, "1900-01-01"))
    assert [2] == [len(hit.tags) for hit in one.hits(Trait.DOB, "1980-02-03")]


def test_numbers_of_a_crowded_range_are_no_proof_alone(tmp_path: Path) -> None:
    """Where more than one in a thousand numbers of four digits is somebody's, a test's number may be too."""
    crowded = made(tmp_path, [{Trait.MRN: [f"{number:04d}"]} for number in range(11)] + [{Trait.MRN: ["123456789"]}, JANE])

    assert [False] == [hit.alone for hit in crowded.hits(Trait.MRN, "0003")]
    assert [True] == [hit.alone for hit in crowded.hits(Trait.MRN, "123456789")]
    assert [True] == [hit.alone for hit in crowded.hits(Trait.MRN, "fh447122")]
    assert [4] == next(section.crowded for section in crowded.header.sections if section.trait == "mrn")


def test_a_set_of_nobody_is_refused(tmp_path: Path) -> None:
    """And a row without a value that can be used is nobody."""
    builder = Builder(KEY)

    assert not builder.add({Trait.EMAIL: ["none"], Trait.NAME: []})
    with pytest.raises(BadInput, match="nobody to recognize"):
        builder.write(tmp_path / "a.set", name="a", of="patient", generation=1, made_at=NOON)
    assert [] == list(tmp_path.iterdir())


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_set_is_refused(data: st.DataObject) -> None:
    """Cut short anywhere, or with another head, it is said to be damaged and never read as a smaller set."""
    with TemporaryDirectory() as folder:
        path = made(Path(folder)).path
        content = path.read_bytes()
        cut = data.draw(st.integers(0, len(content) - 1))
        path.write_bytes(data.draw(st.sampled_from([content[:cut], b"x" * 8 + content[8:], content + b"12345678"])))

        with pytest.raises(BadInput, match="set"):
            read_header(path)


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(BadInput, match=r"no set a\.1\.set"):
        read_header(tmp_path / "a.1.set")


def test_a_header_is_a_document_of_its_own(tmp_path: Path) -> None:
    """It is JSON within the file, so that anybody can look what a file is."""
    content = made(tmp_path).path.read_bytes()
    length = int.from_bytes(content[8:16], "little")

    assert 2 == msgspec.json.decode(content[16 : 16 + length], type=Header).people
