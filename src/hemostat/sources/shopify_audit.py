"""Shopify's audit feed, `audit_events/admin_api_activity`: what apps, and staff through them, asked of the Admin API. Plus only.

A message is a batch: `{"events": [{"time": ..., "event": {...}}]}`; each element is one access. It comes bare, as the body of a
Pub/Sub message, or within the `detail` of an EventBridge event, as `payload` beside `metadata`. Other topics on the same bus are
read as webhooks are. How many people an answer held is not told: it is reckoned from the sizes of the pages that were asked for,
and marked as estimated.

Unverified: Shopify publishes a single example, of a GraphQL query. That REST calls come with another `request_type`, and under
which names their address stands (`path`, `url`, `resource`, with `method`), is a guess; so is that errors stand in `error_codes`
in capitals. Whether the feed tells of exports by staff in the admin is not known; nothing here relies on it.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import shopify_requests as requests
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, json_object
from .request import Moment, host_name, identifier, moment, since_epoch
from .shopify import access_of, header

TOPIC = "audit_events/admin_api_activity"
_MOST_TEXT = 300
_SENT = ("eventbridge-time", "pubsub-time")
"""Headers in which collectors keep when the bus took the message."""

_DENIED = frozenset({"ACCESS_DENIED", "UNAUTHORIZED", "FORBIDDEN", "THROTTLED"})
_ADVICE = "Compare the message with Shopify's example of audit_events/admin_api_activity; see the webhook log of the app."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """Each element of the batch as one access, or why it is none."""
    try:
        payload, metadata, sent = _unwrapped(message)
        topic = header({**message.headers, **metadata}, "topic").lower()
        if topic not in ("", TOPIC):
            yield attempt(1, message.body, lambda _: access_of(payload, {**message.headers, **metadata}, message, source))
            return
        events = _events(payload)
    except Unreadable as error:
        yield Rejected(line=1, reason=error.reason, advice=error.advice, raw=message.body)
        return
    for number, element in enumerate(events, start=1):
        raw = msgspec.json.encode(element)
        yield attempt(number, raw, _Reader(element, message, source, sent=sent).access)


def _events(payload: dict[str, Any]) -> list[Any]:
    events = payload.get("events")
    if not isinstance(events, list) or not events:
        raise Unreadable("The message holds no list of events.", advice=_ADVICE)
    return events


class _Reader:
    """One element of a batch."""

    def __init__(self, element: object, message: Message, source: Source, *, sent: Moment | None) -> None:
        self._outer = requests.mapping(element)
        self._event = requests.mapping(self._outer.get("event"))
        self._message = message
        self._source = source
        self._sent = sent

    def access(self, raw: bytes) -> Access:
        """The access. Raises `Unreadable` when the element has no event, or no time."""
        event = self._event
        if not event:
            raise Unreadable("The element holds no event.", advice=_ADVICE)
        happened = self._happened()
        network = requests.mapping(event.get("context"))
        facts = requests.mapping(network.get("context_metadata"))
        asked = requests.asked(requests.mapping(event.get("additional_metadata")))
        result, status = _result(event, facts)
        people = asked.people if result in {Result.SUCCESS, Result.UNKNOWN} else 0
        request_id = identifier(_text(network, "context_identifier"))
        return Access(
            time=happened.time,
            offset_minutes=happened.offset_minutes,
            act=asked.act,
            surface=Surface(asked.surface or self._source.surface),
            store=self._source.store,
            environment=Environment(self._source.environment),
            source=self._message.source,
            auth=Auth.TOKEN,
            ip=_text(facts, "client_ip"),
            user_agent=_text(facts, "user_agent"),
            host=host_name(_text(requests.mapping(event.get("subject")), "subject_identifier")),
            method=asked.method,
            path=asked.path,
            query=asked.query,
            status=status,
            result=result,
            subject=asked.subject,
            subjects=people,
            estimated=asked.estimated,
            operation=asked.operation,
            resource=asked.resource,
            fields=asked.fields,
            elements=asked.elements if people or asked.act is Act.EXPORT_RUN else (),
            sent=self._sent.time if self._sent else None,
            request_id=request_id,
            unique=_unique(request_id, raw),
            message=" ".join(filter(None, (_text(event, "action"), asked.remark))),
            **_actor(requests.mapping(event.get("actor"))),
        )

    def _happened(self) -> Moment:
        """When the request was made: the event's own text, else the number beside it."""
        try:
            return moment(_text(self._event, "timestamp"))
        except Unreadable:
            seconds = self._outer.get("time")
            if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0:
                return since_epoch(seconds)
            raise


def _unwrapped(message: Message) -> tuple[dict[str, Any], dict[str, str], Moment | None]:
    """The payload, its Shopify headers, and when the bus took it, as far as the wrapping tells. Raises `Unreadable`."""
    body = json_object(message.body, advice=_ADVICE)
    told = next((message.headers[name] for name in _SENT if name in message.headers), "")
    if isinstance(body.get("detail"), dict):
        told = _text(body, "time") or told
        body = body["detail"]
    metadata = {name.lower(): value for name, value in requests.mapping(body.get("metadata")).items() if isinstance(value, str)}
    if isinstance(body.get("payload"), dict):
        body = body["payload"]
    try:
        return body, metadata, moment(told) if told else None
    except Unreadable:
        return body, metadata, None


def _actor(actor: dict[str, Any]) -> dict[str, Any]:
    """Who asked: the member of staff for whom the app acted, else the app; and the app in any case."""
    facts = requests.mapping(actor.get("actor_metadata"))
    number = _text(actor, "actor_identifier")
    staff = _text(requests.mapping(actor.get("on_behalf_of")), "user_email").strip().lower()
    app = _text(facts, "app_name")
    kind = _text(actor, "actor_type").lower()
    if staff:
        return {"actor": staff, "actor_type": ActorType.STAFF, "app": app}
    if kind == "app":
        return {"actor": f"app-{number}" if re.fullmatch(r"[0-9]{1,20}", number) else "", "actor_type": ActorType.APP, "app": app}
    return {"actor": number, "actor_type": ActorType.UNKNOWN, "app": app}


def _result(event: dict[str, Any], facts: dict[str, Any]) -> tuple[Result, int]:
    """What was answered, and the HTTP status; GraphQL answers 200 to what it refuses, and says so in codes."""
    code = facts.get("response_code")
    status = code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code <= 999 else 0  # noqa: PLR2004  # HTTP
    codes = requests.mapping(event.get("additional_metadata")).get("error_codes")
    words = {str(word).upper() for word in codes} if isinstance(codes, list) else set()
    if words & _DENIED:
        return Result.DENIED, status
    if facts.get("api_request_failed") is True and Result.of_status(status) in {Result.SUCCESS, Result.UNKNOWN}:
        return Result.ERROR, status
    return Result.of_status(status), status


def _unique(request_id: str, raw: bytes) -> str:
    """What names the element wherever it comes again; one request may have several elements, which differ."""
    return f"{request_id}.{hashlib.blake2b(raw, digest_size=8).hexdigest()}" if request_id else ""


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if isinstance(value, str):
        return value[:_MOST_TEXT]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
