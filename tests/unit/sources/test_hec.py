"""Events for Splunk's HTTP Event Collector become accesses."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.vocabulary import Act
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, hec, read

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
TIME = 1_772_460_240.125
LINE = '203.0.113.24 - - [02/Mar/2026:14:04:00 +0000] "GET /api?cid=7 HTTP/1.1" 200 512 "-" "headless"'


def told(body: bytes, *, headers: dict[str, str] | None = None, **options: Any) -> list[Raw | Rejected]:
    """What the reader makes of a body."""
    kind = "text/plain" if headers else "application/json"
    message = Message(seq=1, source="splunk", received_at=NOW, content_type=kind, headers=headers or {}, body=body)
    return list(read(message, Source(kind="hec", store="fernhollow", options=options), ReaderContext()))


def test_envelopes_stand_one_behind_the_other() -> None:
    """No array, no comma; space between them or none; each is one record with the time of its envelope."""
    body = b'{"time":1772460240.125,"host":"WEB-1","sourcetype":"care","event":"started"} \n{"event":{"a":1}}'
    body += b'{"event":"x","time":"1772460241"}'
    found = told(body)
    assert [1, 2, 3] == [raw.line for raw in found]
    assert all(isinstance(raw, Raw) for raw in found)
    first, second, third = (raw.access for raw in found if isinstance(raw, Raw))
    assert datetime(2026, 3, 2, 14, 4, tzinfo=UTC) + timedelta(milliseconds=125) == first.time
    assert ("web-1", "care", "started", Act.LOG_WRITE) == (first.host, first.app, first.message, first.act)
    assert NOW == second.time
    assert 1 == third.time.second


def test_milliseconds_are_understood() -> None:
    """The classic slip of senders, a time in milliseconds, names the same moment."""
    [raw] = told(b'{"time":1772460240125,"event":"x"}')
    assert isinstance(raw, Raw)
    assert datetime(2026, 3, 2, 14, 4, 0, 125000, tzinfo=UTC) == raw.access.time


@pytest.mark.parametrize("event", [LINE, {"path": "/api", "query": "cid=7", "status": 200, "method": "GET", "time": "yesterday"}])
def test_an_event_that_is_a_request_is_that_request(event: Any) -> None:
    """Lines and objects of web servers are read as such; the envelope's time counts, whatever time they have."""
    [raw] = told(json.dumps({"time": TIME, "event": event}).encode())
    assert isinstance(raw, Raw)
    assert (Act.PAGE_READ, "/api", "cid=7", 125_000) == (
        raw.access.act,
        raw.access.path,
        raw.access.query,
        raw.access.time.microsecond,
    )


def test_an_event_in_our_own_words() -> None:
    """An object with an act is read as one of ours, and rejected by a source that promises nothing else when it is none."""
    event = {"act": "customer:read", "subject": 7000001, "surface": "patient-portal"}
    [raw] = told(json.dumps({"time": TIME, "event": event}, indent=1).encode())
    assert isinstance(raw, Raw)
    assert (Act.CUSTOMER_READ, "7000001") == (raw.access.act, raw.access.subject)
    [rejected] = told(json.dumps({"time": TIME, "event": {"act": "fly"}}).encode(), format="events")
    assert isinstance(rejected, Rejected)
    [kept] = told(json.dumps({"time": TIME, "event": {"act": "fly"}}).encode())
    assert isinstance(kept, Raw)


def test_raw_lines_share_what_the_address_said() -> None:
    """Each line is a record with the time, host and source type of the request."""
    found = told(b"one\n\ntwo\r\n", headers={"hec": "raw", "host": "web-1", "time": str(TIME)})
    assert ["one", "two"] == [raw.access.message for raw in found if isinstance(raw, Raw)]
    assert {"web-1"} == {raw.access.host for raw in found if isinstance(raw, Raw)}


@pytest.mark.parametrize(
    ("body", "code", "number"),
    [
        (b"", hec.NO_DATA, 0),
        (b" \n", hec.NO_DATA, 0),
        (b"nonsense", hec.BAD_FORMAT, 0),
        (b'[{"event":"x"}]', hec.BAD_FORMAT, 0),
        (b'{"event":"x"},{"event":"y"}', hec.BAD_FORMAT, 1),
        (b'{"event":"x"}{"event":', hec.BAD_FORMAT, 1),
        (b'{"event":NaN}', hec.BAD_FORMAT, 0),
        (b'{"event":' + b"[" * 100_000, hec.BAD_FORMAT, 0),
        (b'{"time":1}', hec.NO_EVENT, 0),
        (b'{"event":"x"}{"event":null}', hec.NO_EVENT, 1),
        (b'{"event":""}', hec.BLANK_EVENT, 0),
        (b'{"event":" "}', hec.BLANK_EVENT, 0),
        (b'{"event":{}}', hec.BLANK_EVENT, 0),
        (b'{"event":"x","fields":{"a":{"b":1}}}', hec.BAD_FIELDS, 0),
        (b'{"event":"x","fields":[1]}', hec.BAD_FIELDS, 0),
        (b'{"event":"x","fields":{"a":[[1]]}}', hec.BAD_FIELDS, 0),
    ],
)
def test_envelopes_that_cannot_be_taken(body: bytes, code: int, number: int) -> None:
    """Each fault has the code of Splunk's table and the number of its envelope; the reader rejects what is behind it."""
    with pytest.raises(hec.BadEnvelope) as fault:
        list(hec.envelopes(body))
    assert (code, number) == (fault.value.code, fault.value.number)
    assert isinstance(told(body)[-1], Rejected)


def test_flat_fields_and_odd_bytes_are_taken() -> None:
    """Lists of plain values are flat; bytes that are not UTF-8 keep no event out."""
    assert isinstance(told(b'{"event":"x","fields":{"a":["b",1],"c":null}}')[0], Raw)
    [raw] = told(b'{"event":"caf\xe9"}')
    assert isinstance(raw, Raw)
    assert "\\xe9" in raw.access.message


@pytest.mark.parametrize("time", ['"soon"', "true", "-5", "1e300", "[1]", '"1e999"', "9" * 400])
def test_a_time_that_is_none_is_rejected(time: str) -> None:
    """A time is a number of seconds that some calendar holds."""
    [rejected] = told(b'{"event":"x","time":' + time.encode() + b"}")
    assert isinstance(rejected, Rejected)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_rejected(body: bytes, is_raw: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever comes, nothing is raised."""
    headers = {"hec": "raw", "time": "x"} if is_raw else None
    assert all(isinstance(each, Raw | Rejected) for each in told(body, headers=headers))


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["event", "time", "host", "fields", "act", "path"]), _ANY))
def test_any_envelope_is_read_or_rejected(envelope: dict[str, Any]) -> None:
    """Envelopes of the right names and any values raise nothing either."""
    assert all(isinstance(each, Raw | Rejected) for each in told(json.dumps(envelope).encode()))


def test_what_only_looks_like_an_object_is_a_sentence() -> None:
    """Text that begins with a brace and is no JSON is kept as it is."""
    [raw] = told(json.dumps({"time": TIME, "event": "{not json"}).encode())
    assert isinstance(raw, Raw)
    assert "{not json" == raw.access.message
