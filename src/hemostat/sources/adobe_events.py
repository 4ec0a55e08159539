"""Adobe I/O Events of a Commerce store: CloudEvents, one or several a message. The signature was checked at the door.

Contract: https://developer.adobe.com/events/docs/guides/ and https://developer.adobe.com/commerce/extensibility/events/.
They tell of changes, not of reads.
"""

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
    number = identifier(_text(event, "eventid") or _text(event, "event_id") or _text(event, "id"))
    happened = _happened(event, message)
    return records.access_of(name, record, message, source, happened=happened, app="Adobe I/O Events", number=number)


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
