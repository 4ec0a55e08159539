"""The doors of Zoom and Twilio, asked by twins that sign as those do: what is signed is on disk, all else is refused."""

import gzip
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.kernel import Source
from hemostat.sandbox.wires import twilio, zoom
from unit.intake.door import Door, Reply

ZOOM, OLD_ZOOM = b"zoom secret token 1", b"zoom secret token 0"
TWILIO = b"twilio auth token 01"
URL = "https://collect.fernhollow.example/in/twilio/calls"
RECORDING = {
    "RecordingSid": "RE1",
    "RecordingStatus": "completed",
    "RecordingUrl": "https://api.twilio.example/RE1",
    "CallSid": "CA1",
}


@pytest.fixture(scope="module", autouse=True)
def _sources(door: Door) -> Iterator[None]:
    """The door knows a Zoom account, and Twilio with the public address and without it."""
    store = {"store": "fernhollow"}
    more = {
        "visits": Source(kind="zoom", **store),
        "calls": Source(kind="twilio", options={"url": URL}, **store),
        "near": Source(kind="twilio", **store),
        "bare": Source(kind="zoom", **store),
    }
    door.home.write(msgspec.structs.replace(door.settings, sources={**door.settings.sources, **more}))
    door.keyring.put("webhook.visits", [ZOOM, OLD_ZOOM])
    door.keyring.put("webhook.calls", [TWILIO])
    door.keyring.put("webhook.near", [TWILIO])
    yield
    door.home.write(door.settings)


def now() -> datetime:
    """About now: the door's own clock."""
    return datetime.now(UTC)


def deliver(door: Door, sent: zoom.Delivery, source: str = "visits", **headers: str) -> Reply:
    """Zoom's POST, with some headers replaced, or left out when empty."""
    given = {**sent.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return door.request("POST", f"/in/zoom/{source}", sent.body, {name: value for name, value in given.items() if value})


def call(door: Door, sent: twilio.Callback, source: str = "calls", **headers: str) -> Reply:
    """Twilio's POST."""
    path = f"/in/twilio/{source}" + (f"?{sent.query}" if sent.query else "")
    given = {**sent.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return door.request("POST", path, sent.body, {name: value for name, value in given.items() if value})


def completed(number: int, *, secret: bytes = ZOOM, at: datetime | None = None) -> zoom.Delivery:
    """A recording that is complete."""
    payload = zoom.recording(number, host="h1", size=10**9)
    return zoom.delivery("recording.completed", payload, secret=secret, at=at or now(), download_token="ey.token")


def test_a_signed_recording_is_on_disk_once(door: Door) -> None:
    """With the new secret and the old; a repetition is known, though its signature is new and its token another."""
    at = now()
    first = completed(1, at=at)
    record = msgspec.json.decode(first.body)
    again = zoom.signed_delivery(msgspec.json.encode({**record, "download_token": "another"}), secret=OLD_ZOOM, at=at)

    assert (200, 1) == (deliver(door, first).status, deliver(door, completed(2, secret=OLD_ZOOM)).json()["accepted"])
    assert deliver(door, again).json()["duplicate"]


def test_who_joins_at_the_same_moment_is_not_the_same(door: Door) -> None:
    """Two participants, one meeting, one millisecond: two events."""
    at = now()
    for person in ("p1", "p2"):
        thing = {"uuid": "u-joined", "participant": {"user_id": person, "user_name": "A Name"}}
        sent = zoom.delivery("meeting.participant_joined", {"object": thing}, secret=ZOOM, at=at)
        assert not deliver(door, sent).json()["duplicate"]


def test_the_challenge_is_answered_and_not_kept(door: Door) -> None:
    """The proof is the keyed hash of the token; an unsigned challenge proves nothing to anybody."""
    from hemostat.sources.zoom_signature import proof  # noqa: PLC0415  # only here

    sent = zoom.challenge("qgg8vlvZRS6UYooatFL8Aw", secret=ZOOM, at=now())

    answer = deliver(door, sent)
    assert (200, {"plainToken", "encryptedToken"}) == (answer.status, set(answer.json()))
    assert proof("qgg8vlvZRS6UYooatFL8Aw", ZOOM) == answer.json()["encryptedToken"]
    assert 401 == deliver(door, sent, x_zm_signature="v0=00").status
    empty = zoom.delivery("endpoint.url_validation", {"plainToken": ""}, secret=ZOOM, at=now())
    assert (400, "no_challenge") == (deliver(door, empty).status, deliver(door, empty).json()["error"])


@pytest.mark.parametrize("late", [-301, 301, -(10**9)])
def test_an_old_signature_is_not_taken(door: Door, late: int) -> None:
    """A recorded request, or one from a wrong clock."""
    answer = deliver(door, completed(3, at=now() + timedelta(seconds=late)))

    assert (401, "stale_signature") == (answer.status, answer.json()["error"])


@pytest.mark.parametrize("stamp", ["", "now", "9" * 30, "١٢٣"])
def test_a_time_that_is_none_is_not_taken(door: Door, stamp: str) -> None:
    """Signed or not."""
    from hemostat.sources.zoom_signature import signature_of  # noqa: PLC0415  # only here

    text = stamp.encode().decode("latin-1")
    signature = signature_of(b"{}", timestamp=text, secret=ZOOM)
    sent = zoom.Delivery(headers={"x-zm-request-timestamp": text, "x-zm-signature": signature}, body=b"{}")

    assert 401 == deliver(door, sent).status


def test_other_bodies_and_secrets_are_not_taken(door: Door) -> None:
    """A changed body, another secret, no signature, another source, another method, no key."""
    sent = completed(4)

    changed = zoom.Delivery(headers=sent.headers, body=sent.body.replace(b"u4==", b"u5=="))
    assert (401, "bad_signature") == (deliver(door, changed).status, deliver(door, changed).json()["error"])
    assert 401 == deliver(door, completed(4, secret=b"another secret token")).status
    assert 401 == deliver(door, sent, x_zm_signature="").status
    assert 404 == deliver(door, sent, source="calls").status
    assert 404 == deliver(door, sent, source="nobody").status
    assert 405 == door.get("/in/zoom/visits").status
    assert 503 == deliver(door, sent, source="bare").status


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff{}", b'{"event":', b"[" * 50_000, gzip.compress(b"{}", mtime=0)])
def test_a_signed_body_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    """400, and nothing of it in the answer."""
    answer = deliver(door, zoom.signed_delivery(body, secret=ZOOM, at=now()))

    assert (400, "not_json") == (answer.status, answer.json()["error"])


def test_a_body_without_time_and_meeting_is_named_by_its_bytes(door: Door) -> None:
    """Two different ones are two."""
    for number in (1, 2):
        sent = zoom.signed_delivery(b'{"event":"account.updated","payload":%d}' % number, secret=ZOOM, at=now())
        assert not deliver(door, sent).json()["duplicate"]
        assert deliver(door, sent).json()["duplicate"]


def test_a_disk_that_is_busy_is_told_within_zooms_three_seconds(door: Door) -> None:
    """503, so that Zoom comes again; what reached the disk late is then known."""
    import time  # noqa: PLC0415  # only here

    sent = completed(77)
    held = sqlite3.connect(door.home.spool, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    answer = deliver(door, sent)
    waited = time.monotonic() - began
    held.execute("ROLLBACK")
    held.close()

    assert (503, "busy") == (answer.status, answer.json()["error"])
    assert waited < 10  # 2.5 s on a quiet machine
    assert deliver(door, sent).json()["duplicate"]


def test_a_signed_form_is_on_disk_once(door: Door) -> None:
    """For the public address, whatever the host of the request; a repetition is known."""
    sent = twilio.form(URL, RECORDING, token=TWILIO)

    assert (200, 1) == (call(door, sent).status, int(call(door, sent).json()["duplicate"]))


def test_port_query_and_repeated_parameters(door: Door) -> None:
    """The port in the signed address or not; a query signed with it; of one name several values, sorted, each once."""
    values: dict[str, Any] = {**RECORDING, "Tag": ["b", "a", "b"], "Empty": ""}
    for url in (URL, URL.replace(".example/", ".example:443/")):
        sent = twilio.form(url, values, token=TWILIO, query="foo=1&bar=2")
        assert 200 == call(door, sent).status
        assert 401 == call(door, msgspec.structs.replace(sent, query="foo=1&bar=3")).status


def test_without_a_public_address_that_of_the_request_counts(door: Door) -> None:
    """HTTPS at the host of the request."""
    sent = twilio.form("https://near.example/in/twilio/near", RECORDING, token=TWILIO)

    assert 200 == call(door, sent, source="near", host="near.example").status
    assert 401 == call(door, sent, source="near", host="far.example").status
    assert 401 == call(door, sent, source="near", host="near.example:x").status


def test_json_is_signed_by_its_hash(door: Door) -> None:
    """The hash in the signed address must be that of the body."""
    sent = twilio.document(URL, RECORDING, token=TWILIO)

    assert 200 == call(door, sent).status
    assert 401 == call(door, msgspec.structs.replace(sent, body=b"{}")).status
    assert 401 == call(door, msgspec.structs.replace(sent, query="")).status


def test_a_token_of_the_sender_loses_nothing(door: Door) -> None:
    """The same token with another body is another event; with the same body a repetition."""
    for status, duplicate in (("in-progress", False), ("completed", False), ("in-progress", True), ("completed", True)):
        sent = twilio.form(URL, {"CallSid": "CA7", "CallStatus": status}, token=TWILIO)
        assert duplicate == call(door, sent, i_twilio_idempotency_token="t-1").json()["duplicate"]


def test_other_forms_and_tokens_are_not_taken(door: Door) -> None:
    """A changed form, another token, no signature, another media type, another method."""
    sent = twilio.form(URL, RECORDING, token=TWILIO)

    changed = msgspec.structs.replace(sent, body=sent.body + b"&More=1")
    assert (401, "bad_signature") == (call(door, changed).status, call(door, changed).json()["error"])
    assert 401 == call(door, twilio.form(URL, RECORDING, token=b"another token of 16")).status
    assert 401 == call(door, sent, x_twilio_signature="").status
    assert 415 == call(door, sent, content_type="text/plain").status
    assert 404 == call(door, sent, source="visits").status
    assert 405 == door.get("/in/twilio/calls").status


def test_a_body_over_the_limit_is_refused(door: Door) -> None:
    """Before its signature can be known."""
    sent = twilio.form(URL, {**RECORDING, "Pad": "p" * 300_000}, token=TWILIO)

    assert 413 == call(door, sent).status
    assert 413 == deliver(door, zoom.signed_delivery(b'{"p":"' + b"p" * 300_000 + b'"}', secret=ZOOM, at=now())).status
