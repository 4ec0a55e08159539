"""What the feed `magento-rest` found by looking at a store's configuration: a module, webhook, script or setting that changed.

A message is one change (`setting_changes`). Who changed it, REST does not tell: the access log and the action log do.
"""

from collections.abc import Iterator

from hemostat.events.access import Access
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, json_object
from .setting_changes import changed

_ADVICE = "Such messages come from the feed `magento-rest` alone; replay them after an update of Hemostat."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The one access of the message."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def _access(body: bytes, message: Message, source: Source) -> Access:
    record = json_object(body, advice=_ADVICE)
    if record.get("what") != "change":
        raise Unreadable("The body is of no kind that the feed makes.", advice=_ADVICE)
    return changed(record, message, source, advice=_ADVICE)
