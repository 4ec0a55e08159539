"""A twin of Zoom's sender: envelopes as Zoom makes them, signed as Zoom signs them, and its challenge.

https://developers.zoom.us/docs/api/webhooks. The fields of a recording are those that no source confirmed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from hemostat.sources.zoom_signature import signature_of


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One POST: headers, whose names are lowercase, and body."""

    headers: Mapping[str, str]
    body: bytes


def delivery(event: str, payload: Mapping[str, Any], *, secret: bytes, at: datetime, **more: Any) -> Delivery:
    """One event, sent and signed at a moment."""
    envelope = {"event": event, "event_ts": int(at.timestamp() * 1000), "payload": payload, **more}
    return signed_delivery(msgspec.json.encode(envelope), secret=secret, at=at)


def signed_delivery(body: bytes, *, secret: bytes, at: datetime) -> Delivery:
    """Any body, signed at a moment."""
    stamp = str(int(at.timestamp()))
    headers = {
        "content-type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": stamp,
        "x-zm-signature": signature_of(body, timestamp=stamp, secret=secret),
    }
    return Delivery(headers=headers, body=body)


def challenge(token: str, *, secret: bytes, at: datetime) -> Delivery:
    """What Zoom asks every 72 hours, to see that the address still holds the secret."""
    return delivery("endpoint.url_validation", {"plainToken": token}, secret=secret, at=at)


def recording(number: int, *, host: str, size: int) -> dict[str, Any]:
    """The payload of `recording.completed`, with all that must never be kept as a field."""
    thing = {
        "uuid": f"u{number}==",
        "id": 8_000_000_000 + number,
        "host_id": host,
        "host_email": "host@fernhollow.example",
        "topic": "Visit of a patient",
        "total_size": size,
        "recording_count": 2,
        "share_url": f"https://zoom.example/rec/share/{number}",
        "password": "shared-with-nobody",
        "recording_files": [{"id": f"f{number}", "file_size": size, "download_url": f"https://zoom.example/rec/{number}"}],
    }
    return {"account_id": "a1", "object": thing}
