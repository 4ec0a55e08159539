"""What a reader makes of a body."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from hemostat.events import Access
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read_all(
    kind: str,
    body: bytes,
    *,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
    context: Any = None,
    **more: Any,
) -> list[Raw | Rejected]:
    """The records and rejections of a message."""
    source = Source(kind=kind, store="fernhollow", **more)
    message = Message(seq=1, source="third", received_at=NOON, content_type=content_type, headers=headers or {}, body=body)
    return list(read(message, source, context or ReaderContext()))


def accesses(kind: str, body: Any, **more: Any) -> list[Access]:
    """The accesses of a body that is good throughout."""
    found = read_all(kind, body if isinstance(body, bytes) else msgspec.json.encode(body), **more)
    assert all(isinstance(each, Raw) for each in found), found
    return [each.access for each in found if isinstance(each, Raw)]


def access(kind: str, body: Any, **more: Any) -> Access:
    """The one access of a body."""
    (found,) = accesses(kind, body, **more)
    return found


def reasons(kind: str, body: Any, **more: Any) -> list[str]:
    """Why the records of a body are no events."""
    found = read_all(kind, body if isinstance(body, bytes) else msgspec.json.encode(body), **more)
    assert all(isinstance(each, Rejected) for each in found), found
    return [each.reason for each in found if isinstance(each, Rejected)]
