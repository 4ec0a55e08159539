"""Zoom and Twilio: their signatures, and what their callbacks tell; what lets somebody in never becomes a field."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import Act, ActorType, Auth, Result, Surface
from hemostat.sandbox.wires import zoom as sender
from hemostat.sources import twilio_signature, zoom_signature
from unit.sources.reading import NOON, access, reasons

FORM = {"content_type": "application/x-www-form-urlencoded"}
VECTOR = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def test_twilios_own_vector() -> None:
    """The signature that Twilio's libraries are tested with (MIT)."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    body = urlencode(VECTOR).encode()

    assert "RSOYDt4T1cUTdK1PDd93/VVr8B8=" == twilio_signature.signature_of(url, form=body, token=b"12345")
    assert twilio_signature.signed(url, form=body, signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=", tokens=[b"x", b"12345"])
    assert not twilio_signature.signed(url, form=body, signature="RSOYDt4T1cUTdK1PDd93/VVr8B9=", tokens=[b"12345"])
    assert not twilio_signature.signed(url, form=body + b"&x=1", signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=", tokens=[b"12345"])


@pytest.mark.parametrize(
    ("url", "bare", "ported"),
    [
        ("https://Host.example/a?b=1", "https://Host.example/a?b=1", "https://Host.example:443/a?b=1"),
        ("http://host.example:80/", "http://host.example/", "http://host.example:80/"),
        ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]/a", "https://[2001:db8::1]:8443/a"),
        ("https:///a", "https:///a", "https://:443/a"),
    ],
)
def test_the_port_may_stand_in_the_address_or_not(url: str, bare: str, ported: str) -> None:
    """Both spellings are tried; the case of the host stays."""
    assert (bare, ported) == twilio_signature.spellings(url)


@given(body=st.binary(max_size=50), stamp=st.text("0123456789", max_size=12), secret=st.binary(min_size=1, max_size=20))
def test_zooms_signature_is_that_of_the_raw_bytes(body: bytes, stamp: str, secret: bytes) -> None:
    """`v0:TIME:BODY`, whatever the bytes; any other byte is another signature."""
    expected = "v0=" + hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()

    assert zoom_signature.signed(body, timestamp=stamp, signature=expected, secrets=[b"old", secret])
    assert not zoom_signature.signed(body + b" ", timestamp=stamp, signature=expected, secrets=[secret])
    assert not zoom_signature.signed(body, timestamp=stamp + "0", signature=expected, secrets=[secret])


def envelope(event: str, **thing: Any) -> dict[str, Any]:
    """An event of Zoom's."""
    return {"event": event, "event_ts": 1_772_445_600_000, "payload": {"account_id": "a", "object": {"uuid": "u1==", **thing}}}


def test_a_recording_is_complete() -> None:
    """Whose meeting, how many bytes; no topic, address, link, password or token is in any field."""
    secret = b"secret token of zoom"
    sent = sender.delivery(
        "recording.completed", sender.recording(7, host="h7", size=5_000_000_000), secret=secret, at=NOON, download_token="ey"
    )

    found = access("zoom", sent.body)

    assert (Act.RECORDING_CREATE, Surface.TELEHEALTH_SESSION, 5_000_000_000) == (found.act, found.surface, found.bytes)
    assert ("h7", ActorType.STAFF, Auth.SIGNED) == (found.actor, found.actor_type, found.auth)
    assert ("recording", "u7==", "2 files", NOON) == (found.resource, found.resource_id, found.message, found.time)
    texts = str(msgspec.to_builtins(found))
    assert not [word for word in ("Visit", "host@", "https", "shared-with", "ey") if word in texts.replace("key", "")]


@pytest.mark.parametrize(
    ("event", "act"),
    [
        ("recording.trashed", Act.RECORDING_DELETE), ("recording.renamed", Act.RECORDING_CHANGE),
        ("meeting.started", Act.MEETING_OPEN),
        ("meeting.ended", Act.MEETING_CLOSE), ("meeting.alert", Act.LOG_WRITE), ("user.signed_in", Act.ACCOUNT_LOGIN),
        ("user.deactivated", Act.ACCOUNT_CHANGE), ("account.updated", Act.CONFIG_CHANGE), ("app_deauthorized", Act.APP_CHANGE),
        ("recording.registration_approved", Act.ACCESS_GRANT), ("phone.callee_answered", Act.LOG_WRITE),
    ],
)  # fmt: skip
def test_events_of_zoom(event: str, act: Act) -> None:
    """By their names; those that we do not know by what they are about."""
    assert act is access("zoom", envelope(event)).act


def test_who_joined_and_who_operated() -> None:
    """The participant of a join, the operator of anything else, and nobody; moments and names of each."""
    joined = access(
        "zoom",
        envelope(
            "meeting.participant_joined", participant={"user_id": "16778240", "user_name": "N", "ip_address": "203.0.113.7"}
        ),
    )
    operated = access("zoom", {**envelope("user.updated"), "payload": {"operator_id": "op", "object": {}}})
    nobody = access("zoom", {"event": "account.updated"})

    assert ("16778240", ActorType.PERSON, "203.0.113.7") == (joined.actor, joined.actor_type, joined.ip)
    assert "meeting.participant_joined\n1772445600000\nu1==\n16778240" == joined.unique
    assert ("op", ActorType.STAFF) == (operated.actor, operated.actor_type)
    assert ("", ActorType.UNKNOWN, NOON, "") == (nobody.actor, nobody.actor_type, nobody.time, nobody.unique)
    assert ["The record names no event of Zoom's."] == reasons("zoom", {"event": "No Event"})


def test_counts_may_be_text_and_nothing_else() -> None:
    """A size of digits counts; one below nothing, or with letters, is none."""
    sizes = ["12", -1, "1e3", True, 2.0, "9" * 30]

    assert [12, 0, 0, 0, 2, 0] == [access("zoom", envelope("recording.completed", total_size=size)).bytes for size in sizes]


def test_the_proof_of_a_challenge() -> None:
    """HMAC-SHA256 of the token in hexadecimal, keyed with the secret."""
    assert hmac.new(b"secret", b"token", hashlib.sha256).hexdigest() == zoom_signature.proof("token", b"secret")


def call(**values: str) -> bytes:
    """A form."""
    return urlencode(values).encode()


@pytest.mark.parametrize(
    ("values", "act", "result", "operation"),
    [
        ({"RecordingSid": "RE1", "RecordingStatus": "completed"}, Act.RECORDING_CREATE, Result.SUCCESS, "recording:completed"),
        ({"RecordingSid": "RE1", "RecordingStatus": "deleted"}, Act.RECORDING_DELETE, Result.SUCCESS, "recording:deleted"),
        ({"RecordingSid": "RE1", "RecordingStatus": "absent"}, Act.RECORDING_CHANGE, Result.ERROR, "recording:absent"),
        ({"RoomSid": "RM1", "StatusCallbackEvent": "room-created"}, Act.MEETING_OPEN, Result.SUCCESS, "room:room-created"),
        ({"RoomSid": "RM1", "StatusCallbackEvent": "track-added"}, Act.LOG_WRITE, Result.SUCCESS, "track:track-added"),
        ({"MessageSid": "SM1", "MessageStatus": "undelivered"}, Act.MESSAGE_SEND, Result.ERROR, "message:undelivered"),
        ({"SmsSid": "SM1", "SmsStatus": "received", "From": "+1"}, Act.MESSAGE_SEND, Result.SUCCESS, "message:received"),
        ({"CallSid": "CA1", "CallStatus": "in-progress"}, Act.MEETING_OPEN, Result.SUCCESS, "call:in-progress"),
        ({"CallSid": "CA1", "CallStatus": "no-answer"}, Act.LOG_WRITE, Result.ERROR, "call:no-answer"),
    ],
)
def test_callbacks_of_twilio(values: dict[str, str], act: Act, result: Result, operation: str) -> None:
    """Recordings, rooms, messages, calls, and what became of them."""
    found = access("twilio", call(**values), **FORM)

    assert (act, result, operation, Surface.TELEHEALTH_SESSION) == (found.act, found.result, found.operation, found.surface)
    assert values[next(iter(values))] == found.resource_id


def test_the_other_side_of_a_call_is_the_person() -> None:
    """Who is called, or who calls; of a recording nobody is named, and its link is in no field."""
    parties = {"CallSid": "CA1", "CallStatus": "ringing", "From": "+14155550101", "To": "+14155550202"}
    recorded = access(
        "twilio", call(RecordingSid="RE1", RecordingStatus="completed", RecordingUrl="https://x/RE1", From="+1"), **FORM
    )

    assert ("+14155550202", 1) == (
        (out := access("twilio", call(**parties, Direction="outbound-api"), **FORM)).subject,
        out.subjects,
    )
    assert "+14155550101" == access("twilio", call(**parties, Direction="inbound"), **FORM).subject
    assert ("", 0) == (recorded.subject, recorded.subjects)
    assert "https" not in str(msgspec.to_builtins(recorded))


def test_times_of_twilio() -> None:
    """As in a mail, as in a log, or not at all; and JSON as well as forms."""
    room = {"RoomSid": "RM1", "StatusCallbackEvent": "participant-connected", "ParticipantIdentity": "patient-9"}

    assert (
        datetime(2026, 3, 2, 15, tzinfo=UTC) == access("twilio", call(**room, Timestamp="2026-03-02T10:00:00-05:00"), **FORM).time
    )
    assert (
        datetime(2026, 3, 2, 15, tzinfo=UTC)
        == access("twilio", call(**room, Timestamp="Mon, 02 Mar 2026 10:00:00 -0500"), **FORM).time
    )
    assert NOON == access("twilio", call(**room, Timestamp="Mon, 02 Mar 9999 25:00:00 +0000"), **FORM).time
    found = access("twilio", {**room, "SequenceNumber": 4})
    assert ("patient-9", ActorType.PERSON, NOON) == (found.actor, found.actor_type, found.time)
    assert ["The form is no callback that we know."] == reasons("twilio", call(CallSid="CA1"), **FORM)


def test_the_hash_of_a_body() -> None:
    """In hexadecimal, of any case; another body has another."""
    query = f"a=1&bodySHA256={hashlib.sha256(b'{}').hexdigest().upper()}"

    assert twilio_signature.body_fits(query, b"{}")
    assert not twilio_signature.body_fits(query, b"{ }")
    assert not twilio_signature.body_fits("", b"{}")
