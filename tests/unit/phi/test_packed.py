"""Texts within a text in base64."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.phi import Scanner
from hemostat.phi.packed import unpacked

SCANNER = Scanner()


def packed(text: str) -> str:
    """A text in base64."""
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("before", ["data: ", "", '"'])
@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_values_in_base64_are_found(before: str, cut: int) -> None:
    """The stretch of base64 that says a value is found as one, also in a run that was cut."""
    run = packed('{"ssn":"900-12-3456","note":"nothing more to say here"}').rstrip("=")
    text = before + run[: len(run) - cut]

    (match,) = SCANNER.scan(text)

    assert match.entity == "SSN"
    assert len(before) < match.start < match.end < len(text)
    inner = unpacked(text, len(before))
    assert inner
    assert "900-12-3456" in inner.text


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        (f"Authorization: Basic {packed('jane@clinic.example:secret')}", ["EMAIL"]),
        (f"x {packed(packed('ignored'))}", []),
        (packed('{"a":"' + packed('{"dob":"1980-02-03"}') + '"}'), ["DOB"]),
        ("+" + packed('{"ssn":"900-12-3456"}'), []),
        ("a" + packed('{"ssn":"900-12-3456"}'), []),
        ("eyJhbGciOi\u00e9\u00e9", []),
        ("Basic nothing", []),
        ("eyJ" + "A" * 40, []),
        ("eyJ////////////////", []),
    ],
)
def test_only_texts_are_read(text: str, entities: list[str]) -> None:
    """Base64 in base64 is read as well; what is no text, or in the middle of another run, is not."""
    assert entities == [match.entity for match in SCANNER.scan(text)]


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=8, max_size=60),
    st.sampled_from([b64encode, urlsafe_b64encode]),
)
def test_origins_hold(text: str, pack: type) -> None:
    """What stands from one place to another of the text is said by the stretch of base64 that is told for it."""
    whole = '{"' + text
    run = pack(whole.encode()).decode()
    inner = unpacked(run, 0)
    if inner is None:
        return

    assert inner.text == whole
    for start in range(len(whole)):
        first, last = inner.origin(start, start + 1)
        octets = whole.encode()
        begin = len(whole[:start].encode())
        end = begin + len(whole[start].encode())
        assert first * 3 // 4 <= begin < end <= -(-last * 3 // 4)
        assert 0 <= first < last <= len(run.rstrip("=")) + 1
        assert octets[begin:end].decode() == whole[start]
