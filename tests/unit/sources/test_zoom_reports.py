"""What Zoom was asked for: recordings are known from webhooks, open ones are severe, and whoever saw one is told."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Auth, Surface
from hemostat.sandbox.wires import zoom as sender
from hemostat.sources import Raw, Rejected
from unit.sources.reading import NOON, access, read_all, reasons

FILES = [
    {"id": "f2", "recording_start": "2026-03-02T10:20:00Z", "recording_end": "2026-03-02T10:50:00Z", "file_size": 5},
    {"id": "f1", "recording_start": "2026-03-02T10:00:00Z", "recording_end": "2026-03-02T10:20:00Z", "file_size": 5},
]
RECORDING = {
    "uuid": "u1==",
    "id": 8,
    "host_id": "h1",
    "start_time": "2026-03-02T09:59:00Z",
    "total_size": 10,
    "recording_files": FILES,
}


def told(kind: str, record: dict[str, Any]) -> Access:
    """The access of a record that was asked for."""
    return access("zoom", record, headers={"polled": kind})


def test_a_recording_that_is_there() -> None:
    """Whose, how large, when it ended; not signed by anybody."""
    found = told("recording", RECORDING)

    assert (Act.RECORDING_CREATE, Surface.TELEHEALTH_SESSION, 10, Auth.UNKNOWN) == (
        found.act,
        found.surface,
        found.bytes,
        found.auth,
    )
    assert ("h1", ActorType.STAFF, "u1==", datetime(2026, 3, 2, 10, 50, tzinfo=UTC)) == (
        found.actor, found.actor_type, found.resource_id, found.time,
    )  # fmt: skip
    assert ("recording.listed", "2 files; found by asking Zoom") == (found.operation, found.message)


@pytest.mark.parametrize("zone", ["Z", "+00:00", ".000Z"])
def test_a_webhook_and_an_answer_tell_of_one_recording(zone: str) -> None:
    """Both have one name, whatever the spelling of their times; a second recording of the meeting has another."""
    files = [{**file, "recording_start": str(file["recording_start"]).replace("Z", zone)} for file in FILES]

    def hooked(**thing: Any) -> Access:
        payload = {"object": {**RECORDING, "recording_files": files, "topic": "x", **thing}}
        return access("zoom", sender.delivery("recording.completed", payload, secret=b"s" * 20, at=NOON).body)

    listed = told("recording", RECORDING)

    assert listed.unique == hooked().unique != ""
    assert listed.unique != hooked(recording_files=files[:1]).unique
    assert listed.unique != hooked(uuid="u2==").unique
    assert told("recording", {**RECORDING, "recording_files": []}).unique == hooked(recording_files=[]).unique
    # Without a name of the meeting the delivery's own name counts
    assert hooked(uuid="").unique.startswith("recording.completed\n1772452800000\n8\n")
    # Other events of it are not the recording
    other = access("zoom", sender.delivery("recording.trashed", {"object": RECORDING}, secret=b"s" * 20, at=NOON).body)
    assert other.unique == "recording.trashed\n1772452800000\nu1==\n"


OPEN = {"uuid": "u1==", "host_id": "h1", "share_recording": "publicly", "seen_at": "2026-03-02T12:00:00Z"}


@pytest.mark.parametrize(
    ("more", "severity", "words"),
    [
        ({}, 4, "open to whoever has the link; behind nothing; may not be downloaded"),
        ({"passcode": False, "viewer_download": True}, 4, "behind nothing; may be downloaded"),
        ({"passcode": True}, 3, "behind a passcode;"),
        ({"recording_authentication": True, "on_demand": True}, 3, "behind a login and a registration;"),
    ],
)
def test_a_recording_that_is_open(more: dict[str, Any], severity: int, words: str) -> None:
    """Severe when nothing but the link is needed; told once a day for each state."""
    found = told("settings", {**OPEN, **more})

    assert (Act.ACCESS_GRANT, severity, "h1", "u1==") == (found.act, found.severity, found.actor, found.resource_id)
    assert words in found.message
    assert found.unique == told("settings", {**OPEN, **more, "seen_at": "2026-03-02T23:00:00Z"}).unique
    assert found.unique != told("settings", {**OPEN, **more, "seen_at": "2026-03-03T00:00:00Z"}).unique


def test_who_saw_a_recording() -> None:
    """By address, else by name, else nobody that anyone knows; views and downloads are told apart."""
    view = {"uuid": "u1==", "type": "by_view", "date_time": "2026-03-02T10:00:00Z", "email": "kim@x.example", "duration": 61}

    seen = told("view", view)
    named = told("view", {**view, "email": "", "name": "Kim", "duration": 0, "type": "by_download"})
    nobody = told("view", {**view, "email": ""})

    assert (Act.RECORDING_READ, "kim@x.example", ActorType.PERSON, "61 seconds", "recording.viewed", ("visit_recording",)) == (
        seen.act, seen.actor, seen.actor_type, seen.message, seen.operation, seen.elements,
    )  # fmt: skip
    assert ("Kim", "", "recording.downloaded") == (named.actor, named.message, named.operation)
    assert ("", ActorType.UNKNOWN) == (nobody.actor, nobody.actor_type)


def test_who_joined() -> None:
    """The least changeable name that there is; without a place in the meeting its content names the record."""
    record = {"uuid": "u1==", "participant_user_id": "P", "id": "I", "user_id": "7", "join_time": "2026-03-02T10:00:00Z"}

    found = told("participant", record)
    nobody = told("participant", {"uuid": "u1==", "join_time": "2026-03-02T10:00:00Z"})

    assert (Act.MEETING_JOIN, "P", ActorType.PERSON, "u1==") == (found.act, found.actor, found.actor_type, found.resource_id)
    assert ("", ActorType.UNKNOWN) == (nobody.actor, nobody.actor_type)
    assert nobody.unique.startswith("participant\n")
    assert found.unique == "meeting.participant_joined\nu1==\n7\n2026-03-02T10:00:00.000000Z"


@pytest.mark.parametrize(
    ("category", "action", "act", "operation"),
    [
        ("User", "Add", Act.ACCOUNT_CHANGE, "User Add"),
        ("Role", "Update", Act.ACCESS_GRANT, "Role Update"),
        ("Role", "Delete", Act.ACCESS_REVOKE, "Role Delete"),
        ("Recording", "Delete", Act.RECORDING_DELETE, "Recording Delete"),
        ("Cloud Recording", "Update", Act.RECORDING_CHANGE, "Cloud Recording Update"),
        ("Account", "Update", Act.CONFIG_CHANGE, "Account Update"),
        ("kim@x.example", "7", Act.CONFIG_CHANGE, "operation"),
    ],
)
def test_what_administrators_did(category: str, action: str, act: Act, operation: str) -> None:
    """By its category; words that are none are left out."""
    record = {"time": "2026-03-02T10:00:00Z", "operator": "admin@x.example", "category_type": category, "action": action}

    found = told("operation", record)

    assert (act, operation, "admin@x.example") == (found.act, found.operation, found.actor)
    assert found.unique == told("operation", dict(reversed(record.items()))).unique


def test_sign_ins() -> None:
    """Who, from where, with what."""
    record = {"time": "2026-03-02T10:00:00Z", "email": "kim@x.example", "type": "Sign in", "ip_address": "203.0.113.9"}

    came = told("activity", {**record, "client_type": "Browser", "version": "5.1"})
    left = told("activity", {**record, "type": "Sign out", "ip_address": "-"})

    assert (Act.ACCOUNT_LOGIN, "203.0.113.9", "Browser 5.1") == (came.act, came.ip, came.user_agent)
    assert (Act.ACCOUNT_LOGOUT, "", "kim@x.example") == (left.act, left.ip, left.resource_id)


def test_what_is_none_of_these() -> None:
    """Another kind, and a record without a time."""
    assert ["The record is of no kind that the feed writes."] == reasons("zoom", {}, headers={"polled": "secrets"})
    for kind in ("recording", "settings", "view", "participant", "operation", "activity"):
        assert ["The time is not one that we know."] == reasons("zoom", {}, headers={"polled": kind})


@given(
    kind=st.sampled_from(["recording", "settings", "view", "participant", "operation", "activity"]),
    name=st.sampled_from(
        sorted({*RECORDING, *OPEN, "date_time", "time", "email", "duration", "passcode", "type", "join_time", "user_id"})
    ),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.lists(st.dictionaries(st.text(max_size=3), st.text())),
)
@settings(max_examples=80)
def test_any_part_of_another_type_is_read_or_rejected(kind: str, name: str, value: Any) -> None:
    """Whatever Zoom changes."""
    record = {**RECORDING, **OPEN, "date_time": "2026-03-02T10:00:00Z", "time": "2026-03-02T10:00:00Z"}
    record |= {"join_time": "2026-03-02T10:00:00Z", "user_id": "7", name: value}

    found = read_all("zoom", msgspec.json.encode(record), headers={"polled": kind})

    assert all(isinstance(each, Raw | Rejected) for each in found)
