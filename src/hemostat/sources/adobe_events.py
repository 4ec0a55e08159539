"""Adobe I/O Events of a Commerce store: CloudEvents, one or several a message. The signature was checked at the door.

Contract: https://developer.adobe.com/events/docs/guides/ and https://developer.adobe.com/commerce/extensibility/events/.
They tell of changes, not of reads.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from hemostat.events.access import Access
from hemostat.kernel import Source

from . import commerce_records as records
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, json_object
from .mending import UNREADABLE
from .request import Moment, identifier, moment

_ADVICE = "Compare the delivery in the Adobe Developer Console, under Debug Tracing, with this record."
_MOST = 2_000  # events of one message
_NUMBER = re.compile(r"[A-Za-z0-9._:-]{1,200}")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """client_id: that of the project in the Adobe Developer Console, for which events must be meant.

    keys: where the public keys are; another address than Adobe's counts in a sandbox only.
    """

    client_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,128}\Z")]
    keys: str = "https://static.adobeioevents.com"


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The events of a message."""
    try:
        several = msgspec.json.decode(message.body, type=list[msgspec.Raw])
    except UNREADABLE:
        several = []
    if not several:
        yield attempt(1, message.body, lambda body: _access(body, message, source))
        return
    for number, one in enumerate(several[:_MOST], start=1):
        yield attempt(number, bytes(one), lambda body: _access(body, message, source))
    if len(several) > _MOST:
        yield Rejected(
            line=_MOST + 1,
            reason=f"The message has more than {_MOST:,} events.",
            advice="Send fewer a message.",
            raw=message.body,
        )


def _access(body: bytes, message: Message, source: Source) -> Access:
    event = _object(body)
    name = records.name_of(event.get("type")) or records.name_of(message.headers.get("x-adobe-event-code", ""))
    if not name:
        raise Unreadable("The event has no type.", advice=_ADVICE)
    record = records.record_of(event.get("data"))
    happened, number = _happened(event, message), identifier(_number(event))
    found = records.access_of(name, record, message, source, happened=happened, app="Adobe I/O Events", number=number)
    return msgspec.structs.replace(found, unique=_unique(event) or found.unique)


def message_key(number: str, body: bytes) -> str:
    """Under which name a message with one event is kept, whichever way it comes: Adobe's number, else the hash of its bytes."""
    return f"adobe:{number}" if _NUMBER.fullmatch(number) else f"sha256:{hashlib.sha256(body).hexdigest()}"


def number_in(body: bytes) -> str:
    """The number that Adobe gave the one event of a body, as its header `x-adobe-event-id` has it; "" when it tells none."""
    try:
        return _number(json_object(body, what="event", advice=_ADVICE))
    except Unreadable:
        return ""


def _number(event: dict[str, Any]) -> str:
    return _text(event, "eventid") or _text(event, "event_id") or _text(event, "id")


def _unique(event: dict[str, Any]) -> str:
    """The pair that names an event in CloudEvents 1.0, section 3.1: the same by webhook and in the journal; "" without it."""
    origin, own = _text(event, "source"), _text(event, "id")
    return f"adobe:{origin}|{own}" if origin and own and _text(event, "specversion") else ""


def _object(body: bytes) -> dict[str, Any]:
    event = json_object(body, what="event", advice=_ADVICE)
    if _text(event, "specversion") not in {"", "1.0"}:
        raise Unreadable("The event is of a version of CloudEvents that we do not know.", advice=_ADVICE)
    return event


def _happened(event: dict[str, Any], message: Message) -> Moment:
    """When Adobe says it happened, else when it reached us."""
    try:
        return moment(_text(event, "time"))
    except Unreadable:
        return Moment(time=message.received_at)


def _text(event: dict[str, Any], field: str) -> str:
    value = event.get(field)
    return value if isinstance(value, str) else ""
