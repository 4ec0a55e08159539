"""Events in our own words: strict about words, kind about what is left out, silent about values."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.events import FIELDS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
APP = Source(kind="events", store="fernhollow", environment="sandbox", surface="patient-portal")
LEAST = {"time": "2026-03-02T14:04:00.25-05:00", "act": "token:mint"}


def read_all(body: bytes) -> list[Raw | Rejected]:
    """Everything that the reader makes of a body."""
    message = Message(seq=1, source="care-app", received_at=NOON, content_type="", headers={}, body=body)
    return list(read(message, APP, ReaderContext()))


def one(**fields: Any) -> Raw | Rejected:
    """What the reader makes of one event with these fields besides the required ones."""
    (record,) = read_all(msgspec.json.encode({**LEAST, **fields}))
    return record


def access(**fields: Any) -> Access:
    """The access of an event that is good."""
    record = one(**fields)
    assert isinstance(record, Raw), record
    return record.access


def test_the_source_fills_what_the_event_leaves_out() -> None:
    """Time and act are enough; store, environment and surface come from the settings."""
    assert Access(
        time=datetime(2026, 3, 2, 19, 4, 0, 250_000, tzinfo=UTC),
        offset_minutes=-300,
        act=Act.TOKEN_MINT,
        surface=Surface.PATIENT_PORTAL,
        store="fernhollow",
        environment=Environment.SANDBOX,
        source="care-app",
    ) == access()  # fmt: skip


def test_every_field_reaches_the_access() -> None:
    """What an app says is taken over; ids beyond 2^53 stay exact."""
    said = {
        "surface": "checkout", "store": "other", "environment": "staging", "source": "care-app", "actor": 12345678901234567890,
        "actor_type": "app", "auth": "token", "ip": "203.0.113.24", "asn": 64500, "user_agent": "ua", "host": "Care.Example:8443",
        "method": "get", "path": "/a//b", "query": "x=1", "status": 200, "bytes": 9007199254740993, "subject": 9007199254740993,
        "jurisdiction": "US-CA", "token": "t", "request_id": "r-1", "elements": ["name"], "message": "m",
    }  # fmt: skip

    found = access(**said)

    assert ("12345678901234567890", ActorType.APP, Auth.TOKEN) == (found.actor, found.actor_type, found.auth)
    assert ("care.example", "GET", "/a/b", "x=1", "r-1") == (found.host, found.method, found.path, found.query, found.request_id)
    assert ("9007199254740993", 1, "US-CA", "t", ("name",)) == (
        found.subject, found.subjects, found.jurisdiction, found.token, found.elements,
    )  # fmt: skip
    assert (9007199254740993, Result.SUCCESS, Surface.CHECKOUT, "other", Environment.STAGING) == (
        found.bytes, found.result, found.surface, found.store, found.environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "subjects"),
    [
        ({"subject": "7"}, 1),
        ({"subject": "7", "status": 404}, 0),
        ({"subject": "7", "result": "denied"}, 0),
        ({"subjects": 40}, 40),
        ({"subject": "7", "status": 404, "subjects": 2}, 2),
        ({}, 0),
    ],
)
def test_people_are_counted_when_the_answer_went_out(fields: dict[str, Any], subjects: int) -> None:
    """A named person counts unless he was not served; what the app counted itself stands."""
    assert subjects == access(**fields).subjects


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"act": "Jane Roe"}, "The field `act` is not what it should be."),
        ({"jurisdiction": "Jane Roe"}, "The field `jurisdiction` is not what it should be."),
        ({"elements": [5]}, "The field `elements` is not what it should be."),
        ({"subject": 7.5}, "The field `subject` is not what it should be."),
        ({"status": 1000}, "The field `status` is not what it should be."),
        ({"asn": -1}, "The field `asn` is not what it should be."),
        ({"message": "x" * 10_001}, "The field `message` is not what it should be."),
        ({"store": "store\n"}, "The field `store` is not what it should be."),
        ({"Jane Roe": 1}, "A field is missing, or is none of ours."),
        ({"source": "edge"}, "The event names another source."),
        ({"time": "2026-03-02"}, "The time has no zone."),
        ({"time": "1772478240"}, "The time is not one that we know."),
    ],
)
def test_a_bad_event_says_which_field(fields: dict[str, Any], reason: str) -> None:
    """The reason names a field of ours and never the value, which could be a patient's."""
    found = one(**fields)

    assert isinstance(found, Rejected)
    assert reason == found.reason
    assert found.advice
    assert "Jane" not in found.advice


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/portal/find?name=Margaret+Holloway", "", ("", "/portal/find", "name=Margaret+Holloway")),
        ("/portal/find?a=1", "b=2", ("", "/portal/find", "a=1&b=2")),
        ("https://Care.Example/portal?a=1#top", "", ("care.example", "/portal", "a=1")),
    ],
)
def test_a_path_holds_no_query(path: str, query: str, expected: tuple[str, str, str]) -> None:
    """Values stand in the query, where they are dropped, however the app writes its target."""
    found = access(path=path, query=query)

    assert expected == (found.host, found.path, found.query)


def test_free_words_are_dropped_where_ours_belong() -> None:
    """A method, an element or an identifier that is none may be a patient's: it does not come through."""
    found = access(
        method="MARGARET-HOLLOWAY", elements=["123-45-6789", "email", "margaret"], request_id="m@example.org", message="m"
    )

    assert ("", ("email",), "") == (found.method, found.elements, found.request_id)
    assert "m Words of `elements` that `hemostat law elements` does not list were left out." == found.message


def test_bytes_that_are_not_utf8_cost_no_event() -> None:
    """An app that hands on what a caller sent tells of him all the same."""
    (found,) = read_all(msgspec.json.encode({**LEAST, "user_agent": "!"}).replace(b"!", b"\xff"))

    assert isinstance(found, Raw)
    assert ("\\xff", "Bytes that are not UTF-8 are shown as \\xNN.") == (found.access.user_agent, found.access.message)


@pytest.mark.parametrize("line", [b"{", b"[]", b'"x"', b'{"time": "\xff"}', b"[" * 5000])
def test_a_line_that_is_no_object_is_rejected(line: bytes) -> None:
    """Truncated, non-UTF-8 and deeply nested lines are for the dead letters, and the lines around them live."""
    good = msgspec.json.encode(LEAST)

    assert [Raw, Rejected, Raw] == [type(record) for record in read_all(b"\n".join([good, line, good]))]


@settings(max_examples=300)
@given(
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(FIELDS),
        st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=2),
        max_size=6,
    ).map(lambda fields: msgspec.json.encode({**LEAST, **fields}))
)
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No input raises, and what is read can be written down as UTF-8."""
    for record in read_all(body):
        if isinstance(record, Raw):
            for value in msgspec.structs.astuple(record.access):
                str(value).encode()
