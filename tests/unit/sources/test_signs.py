"""Signs of life are known for what they are in every wire, and nothing else is taken for one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act
from hemostat.sources import Raw, Rejected
from hemostat.sources.signs import Sign, apart, canary, canary_object, set_apart, sign_of
from unit.lake.made import NOON

TOKEN = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("record", "sign"),
    [
        (b"hemostat heartbeat", Sign()),
        (b"  hemostat heartbeat\r\n", Sign()),
        (b"hemostat heartbeat every 60", Sign(every=60)),
        (b"hemostat heartbeat every 99999", Sign(every=86_400)),
        (b'"hemostat heartbeat"', Sign()),
        (b'{"hemostat": "heartbeat every 5"}', Sign(every=5)),
        (b'{"time": "2026-03-02T12:00:00Z", "hemostat": "heartbeat"}', Sign()),
        (canary(TOKEN).encode(), Sign(token=TOKEN)),
        (canary_object(TOKEN), Sign(token=TOKEN)),
    ],
)
def test_a_sign_is_known_as_text_and_as_json(record: bytes, sign: Sign) -> None:
    """With and without the time to the next one, and whatever blanks a wire puts around it."""
    assert sign == sign_of(record)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"hemostat",
        b"hemostat heartbeats",
        b"hemostat heartbeat every 0",
        b"hemostat heartbeat every 5 GET /api/session?cid=1",
        b"GET /?q=hemostat heartbeat",
        b"hemostat canary " + TOKEN.encode() + b"0",
        b'{"hemostat": "heartbeat", "subject": "7000001"}',
        b'{"hemostat": "hemostat heartbeat"}',
        b'{"hemostat": ["heartbeat"]}',
        b'["hemostat heartbeat"]',
        b'{"hemostat": "heartbeat"',
        b'"hemostat heartbeat\xff"',
        b"hemostat heartbeat" + b" " * 400,
    ],
)
def test_what_says_anything_else_is_no_sign(record: bytes) -> None:
    """Nothing can be hidden behind one: neither a field nor a word more."""
    assert sign_of(record) is None


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda more: b'{"hemostat": "heartbeat' + more))
def test_any_bytes_are_a_sign_or_none(record: bytes) -> None:
    """Whatever comes, looking at it does not fail."""
    assert sign_of(record) is None or b"hemostat" in record


def raw(**facts: object) -> Raw:
    """A line of a log that says what a heartbeat says."""
    return Raw(line=3, raw=b"-", access=Access(**({"time": NOON, "act": Act.LOG_WRITE, "message": "hemostat heartbeat"} | facts)))  # type: ignore[arg-type]  # as the case says


def test_a_record_that_is_a_sign_stands_apart() -> None:
    """It becomes no row; what it says is kept for who counts it."""
    assert apart(b"hemostat heartbeat", line=3) == set_apart(raw(host="web-1", app="rsyslog", severity=2, request_id="r1"))


@pytest.mark.parametrize(
    "facts",
    [
        {"act": Act.PAGE_READ},
        {"subject": "7000001"},
        {"actor": "staff-1"},
        {"path": "/api/session"},
        {"ip": "203.0.113.9"},
        {"subjects": 1},
        {"message": "hemostat heartbeat; and more"},
        {"message": "x" * 400},
    ],
)
def test_a_record_that_tells_an_access_is_no_sign(facts: dict[str, object]) -> None:
    """Whoever may write a text into a log cannot hide an access behind it."""
    one = raw(**facts)
    assert one is set_apart(one)


def test_what_was_rejected_stays_rejected() -> None:
    """Only whole records are looked at."""
    one = Rejected(line=1, reason="No time.", advice="Send one.", raw=b"x")
    assert one is set_apart(one)
    assert msgspec.json.decode(canary_object(TOKEN)) == {"hemostat": f"canary {TOKEN}"}
