"""Adobe Commerce webhooks: what a store tells while it works, one event a message. The signature was checked at the door.

Contract: https://developer.adobe.com/commerce/extensibility/webhooks/. The body holds the fields that the subscription selected;
its name stands in `eventName` unless the subscription left it out. It has no time and no identifier of its own.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import commerce_records as records
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt

_ADVICE = "Compare the subscription under System > Webhooks with this record; Commerce sends JSON objects."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """public_keys: PEM texts of Stores > Configuration > Adobe Services > Webhooks, the newest first, at least one."""

    public_keys: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(min_length=1, max_length=4)]


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a webhook."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def _access(body: bytes, message: Message, source: Source) -> Access:
    event = _object(body)
    name = records.name_of(event.get("eventName"))
    record = records.record_of({key: value for key, value in event.items() if key != "eventName"})
    subject = records.person_of(name, record)
    act, surface = records.act_of(name)
    return Access(
        time=message.received_at,
        act=act,
        surface=surface or Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor_type=ActorType.SYSTEM,
        auth=Auth.SIGNED,
        app="Adobe Commerce webhooks",
        result=Result.SUCCESS,
        subject=subject,
        subjects=1 if subject else 0,
        operation=name,
        resource=name.partition(".")[2] or name,
        resource_id="" if subject else records.number(record.get("entity_id", record.get("id"))),
        fields=records.fields_of(record),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("The body is not JSON in UTF-8.", advice=_ADVICE) from error
    if not isinstance(event, dict):
        raise Unreadable("The body is not a JSON object.", advice=_ADVICE)
    return event
