"""Adobe Commerce webhooks: what a store tells while it works, one event a message. The signature was checked at the door.

Contract: https://developer.adobe.com/commerce/extensibility/webhooks/. The body holds the fields that the subscription selected;
its name stands in `eventName` unless the subscription left it out. It has no time and no identifier of its own.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from hemostat.events.access import Access
from hemostat.kernel import Source

from . import commerce_records as records
from .base import Message, Raw, ReaderContext, Rejected, attempt, json_object
from .request import Moment

_ADVICE = "Compare the subscription under System > Webhooks with this record; Commerce sends JSON objects."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """public_keys: PEM texts of Stores > Configuration > Adobe Services > Webhooks, the newest first, at least one."""

    public_keys: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(min_length=1, max_length=4)]


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a webhook."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def _access(body: bytes, message: Message, source: Source) -> Access:
    event = json_object(body, advice=_ADVICE)
    name = records.name_of(event.get("eventName"))
    record = records.record_of({key: value for key, value in event.items() if key != "eventName"})
    happened = Moment(time=message.received_at)
    return records.access_of(name, record, message, source, happened=happened, app="Adobe Commerce webhooks")
