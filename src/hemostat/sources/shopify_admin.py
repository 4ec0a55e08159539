"""What the feed `shopify-admin` found by asking: entries of the store's timeline, bulk operations of our app, changed settings.

A message is one JSON object of ours: `what` says which of the three it is. The timeline holds changes only, never reads, and is
kept by Shopify for a year; who did it is told by name, which joins with no other log. A bulk operation tells how much it gave.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import setting_changes
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .mending import UNREADABLE
from .request import moment
from .setting_changes import text, word
from .shopify_graphql import PEOPLE, shape_of
from .shopify_requests import elements_of, mapping

_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_ADVICE = "Such messages come from the feed `shopify-admin` alone; replay them after an update of Hemostat."

_SUBJECTS: dict[str, tuple[tuple[Act, Act, Act], Surface | None]] = {
    "CUSTOMER": ((Act.CUSTOMER_CREATE, Act.CUSTOMER_UPDATE, Act.CUSTOMER_DELETE), Surface.PATIENT_PORTAL),
    "ORDER": ((Act.ORDER_CREATE, Act.ORDER_UPDATE, Act.ORDER_DELETE), Surface.CHECKOUT),
    "DRAFT_ORDER": ((Act.ORDER_CREATE, Act.ORDER_UPDATE, Act.ORDER_DELETE), Surface.CHECKOUT),
    "PRODUCT": ((Act.RECORD_CREATE, Act.RECORD_CHANGE, Act.RECORD_DELETE), Surface.PRODUCT_CATALOG),
    "PAGE": ((Act.CONTENT_CHANGE, Act.CONTENT_CHANGE, Act.CONTENT_CHANGE), Surface.STOREFRONT),
    "ARTICLE": ((Act.CONTENT_CHANGE, Act.CONTENT_CHANGE, Act.CONTENT_CHANGE), Surface.STOREFRONT),
}
_RECORD = (Act.RECORD_CREATE, Act.RECORD_CHANGE, Act.RECORD_DELETE)
_BULK = {"COMPLETED": Result.SUCCESS, "FAILED": Result.ERROR, "EXPIRED": Result.ERROR, "CANCELED": Result.ERROR}


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The one access of the message."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def _access(body: bytes, message: Message, source: Source) -> Access:
    try:
        record = msgspec.json.decode(body)
    except UNREADABLE as error:
        raise Unreadable("The body is not JSON in UTF-8.", advice=_ADVICE) from error
    record = mapping(record)
    readers = {"event": _event, "bulk": _bulk, "change": _change}
    reader = readers.get(str(record.get("what")))
    if reader is None:
        raise Unreadable("The body is of no kind that the feed makes.", advice=_ADVICE)
    return reader(record, message, source)


def _made(origin: Message, source: Source, *, time: str, **facts: Any) -> Access:
    """An access with what all three kinds have."""
    happened = moment(time)
    facts.setdefault("surface", None)
    facts["surface"] = facts["surface"] or Surface(source.surface)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        store=source.store,
        environment=Environment(source.environment),
        source=origin.source,
        **facts,
    )


def _event(record: dict[str, Any], message: Message, source: Source) -> Access:
    node = mapping(record.get("node"))
    kind, action = word(node, "subjectType"), word(node, "action")
    acts, surface = _SUBJECTS.get(kind, (_RECORD, None))
    number = text(node, "subjectId").rpartition("/")[2]
    subject = number if kind == "CUSTOMER" else ""
    author, app = text(node, "author"), text(node, "appTitle")
    by_person = node.get("attributeToUser") is True and bool(author)
    by_app = not by_person and bool(app)
    return _made(
        message,
        source,
        time=text(node, "createdAt"),
        act=acts[0] if action in {"create", "created"} else acts[2] if action in {"destroy", "delete", "deleted"} else acts[1],
        surface=surface,
        actor=author if by_person else app,
        actor_type=ActorType.STAFF if by_person else ActorType.APP if by_app else ActorType.UNKNOWN,
        auth=Auth.UNKNOWN,
        result=Result.SUCCESS,
        subject=subject,
        subjects=1 if subject else 0,
        operation=action,
        app=app,
        resource=kind.lower(),
        resource_id=number,
        severity=3 if node.get("criticalAlert") is True else 1,
        unique=_unique(node),
        message=f"{kind.lower()} {action}".strip(),
    )


def _bulk(record: dict[str, Any], message: Message, source: Source) -> Access:
    node = mapping(record.get("node"))
    shape = shape_of(str(node.get("query") or ""))
    status, reads = word(node, "status"), word(node, "type") != "MUTATION"
    belongs = bool(PEOPLE & set(shape.roots))
    return _made(
        message,
        source,
        time=text(node, "completedAt") or text(node, "createdAt"),
        act=Act.EXPORT_RUN if reads else Act.API_WRITE,
        surface=Surface.PATIENT_PORTAL if belongs else None,
        actor_type=ActorType.APP,
        auth=Auth.TOKEN,
        result=_BULK.get(status, Result.UNKNOWN),
        subjects=_count(node, "rootObjectCount") if belongs else 0,
        bytes=_count(node, "fileSize"),
        operation="bulkOperationRunQuery" if reads else "bulkOperationRunMutation",
        resource=next(iter(shape.roots), ""),
        resource_id=text(node, "id").rpartition("/")[2],
        fields=shape.fields,
        elements=elements_of((*shape.roots, *shape.fields)),
        unique=f"{_unique(node)}.{status}",
        message=f"bulk operation {status.lower()}",
    )


def _change(record: dict[str, Any], message: Message, source: Source) -> Access:
    return setting_changes.changed(record, message, source, advice=_ADVICE)


def observed(what: str, *, at: datetime, **facts: Any) -> bytes:
    """A message of this kind, as the feed puts it into the spool."""
    return msgspec.json.encode({"what": what, "at": at, **facts}, order="deterministic")


def _unique(node: dict[str, Any]) -> str:
    kind, _, number = text(node, "id").rpartition("/")
    return f"{kind.rpartition('/')[2]}.{number}" if _WORD.fullmatch(number) else ""


def _count(record: dict[str, Any], name: str) -> int:
    """A count that GraphQL writes as text, since it may have 64 bits."""
    value = str(record.get(name))
    return int(value) if _NUMBER.fullmatch(value) else 0
