"""What any reader of a third party's records does with what is no record: it rejects it, says why, and shows nothing of it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hemostat.sources import Raw, ReaderContext, Rejected
from unit.sources.reading import read_all

MAPPING = (
    b'version: 1\nrecords: entries\nfields:\n  time: {path: t, zone: UTC, format: "%Y-%m-%d"}\n'
    b"  act: a\n  bytes: b\n  subject: s\n"
)
KINDS: dict[str, dict[str, Any]] = {
    "fhir-audit": {},
    "atna": {"content_type": "text/plain"},
    "zoom": {},
    "twilio": {"content_type": "application/x-www-form-urlencoded"},
    "s3-access-log": {"content_type": "text/plain"},
    "cloudtrail": {},
    "gcs-audit": {},
    "mapped": {"options": {"mapping": "m.yaml"}, "context": ReaderContext(mapping=MAPPING)},
}
GOOD: dict[str, Any] = {
    "fhir-audit": {
        "resourceType": "AuditEvent",
        "id": "a",
        "recorded": "2026-03-02T10:00:00Z",
        "type": {"code": "rest"},
        "subtype": [{"code": "read"}],
        "action": "R",
        "outcome": "0",
        "agent": [
            {"who": {"reference": "Practitioner/1"}, "requestor": True, "network": {"address": "203.0.113.9", "type": "2"}}
        ],
        "entity": [{"what": {"reference": "Patient/1"}, "query": "YQ==", "role": {"code": "1"}}],
    },
    "zoom": {"event": "recording.completed", "event_ts": 1772445600000, "payload": {"object": {"uuid": "u", "total_size": 1}}},
    "cloudtrail": {
        "Records": [
            {
                "eventName": "GetObject",
                "eventTime": "2026-03-02T10:00:00Z",
                "eventID": "e",
                "userIdentity": {"type": "Root", "arn": "a"},
                "additionalEventData": {"bytesTransferredOut": 1.0},
            }
        ]
    },
    "gcs-audit": {
        "timestamp": "2026-03-02T10:00:00Z",
        "insertId": "i",
        "protoPayload": {"methodName": "storage.objects.get", "status": {"code": 7}, "authorizationInfo": [{"granted": True}]},
    },
    "mapped": {"entries": [{"t": "2026-03-02", "a": "record:read", "b": 7, "s": 7}]},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
SECRET = "Jane-Sentinel-555"


@pytest.mark.parametrize("kind", KINDS)
@given(body=st.binary(max_size=300))
@hypothesis_settings(max_examples=60)
def test_any_bytes_are_read_or_rejected(kind: str, body: bytes) -> None:
    """No reader raises, whatever comes."""
    assert all(isinstance(each, Raw | Rejected) for each in read_all(kind, body, **KINDS[kind]))


@pytest.mark.parametrize("kind", GOOD)
@given(data=st.data())
@hypothesis_settings(max_examples=150)
def test_any_part_of_another_type_is_read_or_rejected(kind: str, data: st.DataObject) -> None:
    """A good record with one part replaced by anything, at any depth."""
    value = msgspec.json.decode(msgspec.json.encode(GOOD[kind]))
    place = value
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]

    found = read_all(kind, msgspec.json.encode(value), **KINDS[kind])

    assert all(isinstance(each, Raw | Rejected) for each in found)


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_record_is_good(kind: str) -> None:
    """The record that the tests here damage is read."""
    (found,) = read_all(kind, msgspec.json.encode(GOOD[kind]), **KINDS[kind])

    assert isinstance(found, Raw), found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        SECRET.encode(),
        f'{{"name": "{SECRET}"}}'.encode(),
        f'{{"resourceType": "{SECRET}", "event": "{SECRET}", "eventName": 7, "cut'.encode(),
        SECRET.encode("utf-16"),
        b"\xff\xfe" + SECRET.encode(),
        b'{"a":' * 5000 + f'"{SECRET}"'.encode() + b"}" * 5000,
        b"[" * 100_000,
        f'"{SECRET}"'.encode(),
        (SECRET + " ").encode() * 20_000,
    ],
    ids=["words", "unknown", "cut", "utf-16", "not-utf-8", "deep", "deeper", "scalar", "huge"],
)
def test_what_is_no_record_is_rejected_and_not_shown(kind: str, body: bytes) -> None:
    """Reason and advice name what is wrong, and nothing of the body."""
    found = read_all(kind, body, **KINDS[kind])

    assert found
    for each in found:
        assert isinstance(each, Rejected)
        assert each.reason
        assert each.advice
        assert "Sentinel" not in each.reason + each.advice


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind not in {"zoom", "mapped"}])
@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "2026-03-02", "yesterday", ""]
)
def test_a_time_that_no_log_is_from_is_rejected(kind: str, time: str) -> None:
    """Ancient, far, without a zone, without sense: a damaged year would hold up all that waits for time to pass."""
    body = msgspec.json.encode(GOOD[kind]).replace(b"2026-03-02T10:00:00Z", time.encode())

    assert [Rejected] == [type(each) for each in read_all(kind, body, **KINDS[kind])]


def test_zoom_and_mappings_reject_such_times_as_well() -> None:
    """A time in milliseconds, and one in the form of a mapping."""
    zoom = {**GOOD["zoom"], "event_ts": 2**62}
    mapped = {"entries": [{**GOOD["mapped"]["entries"][0], "t": each} for each in ("0001-01-01", "9999-12-31", "x", 7)]}

    assert [Rejected] == [type(each) for each in read_all("zoom", msgspec.json.encode(zoom))]
    assert [Rejected] * 4 == [type(each) for each in read_all("mapped", msgspec.json.encode(mapped), **KINDS["mapped"])]
