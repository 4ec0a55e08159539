"""Adobe I/O Events of a Commerce store: CloudEvents, one or several a message. The signature was checked at the door.

Contract: https://developer.adobe.com/events/docs/guides/ and https://developer.adobe.com/commerce/extensibility/events/.
They tell of changes, not of reads.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import commerce_records as records
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
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
    data = event.get("data")
    record = records.record_of(data)
    subject = records.person_of(name, record)
    act, surface = records.act_of(name)
    happened = _happened(event, message)
    number = identifier(_text(event, "eventid") or _text(event, "event_id") or _text(event, "id"))
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act,
        surface=surface or Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor_type=ActorType.SYSTEM,
        auth=Auth.SIGNED,
        app="Adobe I/O Events",
        result=Result.SUCCESS,
        subject=subject,
        subjects=1 if subject else 0,
        operation=name,
        resource=name.partition(".")[2] or name,
        resource_id="" if subject else records.number(record.get("entity_id", record.get("id"))),
        fields=records.fields_of(record),
        request_id=number,
        unique=f"adobe:{number}" if number else "",
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("The event is not JSON in UTF-8.", advice=_ADVICE) from error
    if not isinstance(event, dict):
        raise Unreadable("The event is not a JSON object.", advice=_ADVICE)
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
