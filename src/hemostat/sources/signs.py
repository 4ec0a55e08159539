"""Signs of life: records that say only that their sender is there, and the canaries that we send through our own doors.

Whoever sends us anything may send, as one whole record, the text `hemostat heartbeat`, or the JSON object
`{"hemostat": "heartbeat"}`: a line, an event of Splunk's, the message of a syslog record, the body of an OpenTelemetry record.
`heartbeat every 60` says besides that the next one comes within 60 seconds. A canary has a token in place of that.

A record that says anything else besides, like whose data it was, is no sign: nothing can be hidden behind one.
"""

import re
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act

from .base import Raw, Rejected

MOST_SECONDS = 86_400
"""The longest time between two heartbeats that one may announce: a day."""

_LONGEST = 300  # bytes of a sign
_SAID = re.compile(r"(?:heartbeat(?: every (?P<every>[1-9][0-9]{0,4}))?|canary (?P<token>[0-9a-f]{32}))")
_NAME = "hemostat "
_SAYS_NOTHING = ("subject", "actor", "ip", "path", "query", "token", "resource_id", "elements", "fields", "subjects")


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A heartbeat, which may say within how many seconds the next one comes (0: it does not say); or a canary by its token."""

    every: int = 0
    token: str = ""


class _Object(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sign as a JSON object; some wires put a time into every object."""

    hemostat: str
    time: Any = None


_DECODER = msgspec.json.Decoder(_Object | str)


def sign_of(record: bytes) -> Sign | None:
    """The sign that a whole record is; None when it is anything else."""
    if len(record) > _LONGEST or b"hemostat" not in record:
        return None
    text = record.strip()
    if text[:1] in (b"{", b'"'):
        try:
            told = _DECODER.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return _sign(told.hemostat) if isinstance(told, _Object) else _named(told)
    return _named(text.decode(errors="replace"))


def canary(token: str) -> str:
    """The text of a canary."""
    return f"{_NAME}canary {token}"


def canary_object(token: str) -> bytes:
    """The same as a JSON object, for doors that take nothing else."""
    return msgspec.json.encode({"hemostat": f"canary {token}"})


def set_apart(one: Raw | Rejected) -> Raw | Rejected:
    """The record; one that is a sign stands apart from those that become rows."""
    if not isinstance(one, Raw) or one.access.act is not Act.LOG_WRITE or not _is_sign(one.access):
        return one
    return apart(one.access.message.encode(), line=one.line)


def apart(record: bytes, *, line: int) -> Rejected:
    """A sign among what becomes no row."""
    return Rejected(line=line, reason="It is a sign of life.", advice="", raw=record)


def _is_sign(access: Access) -> bool:
    if len(access.message) > _LONGEST or any(getattr(access, name) for name in _SAYS_NOTHING):
        return False
    return sign_of(access.message.encode(errors="replace")) is not None


def _named(text: str) -> Sign | None:
    return _sign(text.removeprefix(_NAME)) if text.startswith(_NAME) else None


def _sign(said: str) -> Sign | None:
    found = _SAID.fullmatch(said)
    if found is None:
        return None
    return Sign(every=min(int(found["every"] or 0), MOST_SECONDS), token=found["token"] or "")
