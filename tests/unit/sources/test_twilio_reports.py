"""What Twilio was asked for: recordings are known from callbacks; changes tell who, where and which properties, never values."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Result
from hemostat.sources import Raw, Rejected
from unit.sources.reading import access, read_all, reasons

FORM = {"content_type": "application/x-www-form-urlencoded"}
EVENT = {
    "sid": "AE1",
    "actor_sid": "US1",
    "actor_type": "user",
    "event_type": "recording.deleted",
    "event_date": "2026-03-02T10:00:00Z",
    "resource_sid": "RE1",
    "resource_type": "recording",
    "source_ip_address": "203.0.113.9",
    "fields": ["friendly_name", "a b", 7],
}
RECORDING = {"sid": "RE1", "status": "completed", "date_created": "Mon, 02 Mar 2026 05:00:00 -0500", "size": 9}


def told(kind: str, record: dict[str, Any]) -> Access:
    """The access of a record that was asked for."""
    return access("twilio", record, headers={"polled": kind})


def test_who_changed_what() -> None:
    """The actor, from where, which resource, the names of the properties."""
    found = told("event", EVENT)

    assert (Act.RECORDING_DELETE, "US1", ActorType.STAFF, "203.0.113.9") == (found.act, found.actor, found.actor_type, found.ip)
    assert ("recording.deleted", "recording", "RE1", ("friendly_name",), "AE1") == (
        found.operation, found.resource, found.resource_id, found.fields, found.unique,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("recording.created", Act.RECORDING_CREATE),
        ("composition.updated", Act.RECORDING_CHANGE),
        ("api-key.created", Act.TOKEN_MINT),
        ("api-key.deleted", Act.ACCESS_REVOKE),
        ("message.deleted", Act.RECORD_DELETE),
        ("bulk-export.requested", Act.EXPORT_RUN),
        ("console.user-logged-in", Act.ACCOUNT_LOGIN),
        ("user.invited", Act.ACCOUNT_CHANGE),
        ("account.updated", Act.CONFIG_CHANGE),
        ("phone-number.provisioned", Act.API_WRITE),
        ("what a sentence", Act.API_WRITE),
    ],
)
def test_types_of_events(kind: str, act: Act) -> None:
    """By the words in them; one that is no word is not shown."""
    found = told("event", {**EVENT, "event_type": kind, "actor_type": "robot", "resource_type": "a b", "fields": None})

    assert (act, ActorType.UNKNOWN, "", ()) == (found.act, found.actor_type, found.resource, found.fields)
    assert found.operation == ("event" if " " in kind else kind)
    assert ActorType.UNKNOWN is told("event", {**EVENT, "actor_sid": None}).actor_type


@pytest.mark.parametrize(
    ("form", "record"),
    [
        ({"RecordingSid": "RE1", "RecordingStatus": "completed", "CallSid": "CA1"}, RECORDING),
        (
            {"StatusCallbackEvent": "recording-completed", "RecordingSid": "RT1", "RoomSid": "RM1", "SequenceNumber": "4"},
            {**RECORDING, "sid": "RT1"},
        ),
        (
            {"StatusCallbackEvent": "composition-available", "CompositionSid": "CJ1", "RoomSid": "RM1", "SequenceNumber": "9"},
            {**RECORDING, "sid": "CJ1"},
        ),
    ],
)
def test_a_callback_and_an_answer_tell_of_one_recording(form: dict[str, str], record: dict[str, Any]) -> None:
    """Both have one name and one act."""
    called, listed = access("twilio", urlencode(form).encode(), **FORM), told("recording", record)

    assert (listed.unique, listed.act, listed.resource_id) == (called.unique, called.act, called.resource_id)
    assert called.unique.endswith("\ncompleted")


@pytest.mark.parametrize(
    ("status", "act", "result"),
    [
        ("deleted", Act.RECORDING_DELETE, Result.SUCCESS),
        ("failed", Act.RECORDING_CHANGE, Result.ERROR),
        ("processing", Act.RECORDING_CREATE, Result.SUCCESS),
        ("a b", Act.RECORDING_CREATE, Result.SUCCESS),
    ],
)
def test_recordings_that_are_not_done(status: str, act: Act, result: Result) -> None:
    """They have a name of their own, so that they hide none that is."""
    found = told("recording", {**RECORDING, "status": status})

    assert (act, result) == (found.act, found.result)
    assert found.unique != told("recording", RECORDING).unique
    assert (datetime(2026, 3, 2, 10, tzinfo=UTC), 9) == (found.time, found.bytes)
    later = told("recording", {**RECORDING, "sid": "CJ1", "date_completed": "2026-03-02T11:00:00Z"})
    assert ("composition", datetime(2026, 3, 2, 11, tzinfo=UTC)) == (later.resource, later.time)


def test_what_is_none_of_these() -> None:
    """Another kind, no name, no time."""
    for kind, record in (("secrets", EVENT), ("event", {})):
        assert ["The record is of no kind that the feed writes."] == reasons("twilio", record, headers={"polled": kind})
    for kind in ("event", "recording"):
        assert ["The time is not one that we know."] == reasons("twilio", {"sid": "a"}, headers={"polled": kind})


@given(
    kind=st.sampled_from(["event", "recording"]),
    name=st.sampled_from(sorted({*EVENT, *RECORDING, "date_completed"})),
    value=st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers() | st.text(max_size=3)),
)
@settings(max_examples=80)
def test_any_part_of_another_type_is_read_or_rejected(kind: str, name: str, value: Any) -> None:
    """Whatever Twilio changes."""
    record = {**EVENT, **RECORDING, name: value}

    found = read_all("twilio", msgspec.json.encode(record), headers={"polled": kind})

    assert all(isinstance(each, Raw | Rejected) for each in found)
