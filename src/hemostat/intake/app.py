"""The hot door as an ASGI application, without a framework: it answers only when the commit has reached the disk.

    POST /in/shopify/{store}    Shopify webhooks, signed
    POST /in/events/{source}    events or log lines, with the source's bearer key
    GET  /healthz, /metrics     for the watchers

Nothing is parsed before its sender is known, and nothing that was sent is repeated in an answer or a log.
"""

import asyncio
import hashlib
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from hemostat.kernel import Clock, HemostatError, Home, log
from hemostat.lake.spool import Incoming, Receipt, Spool, SpoolFull
from hemostat.sources.shopify import FAMILIES, TOPIC, header

from . import bodies, metrics
from .answers import Answer, Refused, accepted, try_later
from .committer import Committer
from .gate import Gate, require_signature
from .receiving import Headers, Receive, Room, Scope, Send, headers_of, receive_body, require_method

T = TypeVar("T")

HELD = 48_000_000
"""Bytes of requests under way, over which senders are asked to come back: it bounds the memory of the process."""

HELD_UNVERIFIED = 16_000_000
"""The same for bodies whose signature can only be checked when they are whole: strangers take no room from those with a key."""

PATIENCE = 30.0
"""Seconds for a body to arrive."""

_KEPT = frozenset(
    family + name
    for family in FAMILIES
    for name in ("topic", "webhook-id", "event-id", "api-version", "triggered-at", "shop-domain")
)
_LONGEST_KEY = 255
_IN_PASSING = 65_536  # bytes that are looked through without leaving the event loop
_NOT_READY_RETRY = 30  # seconds


class Door:
    """The application. `start` before the first request, `stop` after the last."""

    def __init__(
        self,
        home: Home,
        spool: Spool,
        *,
        clock: Clock,
        held: int = HELD,
        held_unverified: int = HELD_UNVERIFIED,
        patience: float = PATIENCE,
    ) -> None:
        self.metrics = metrics.Metrics()
        self._gate = Gate(home)
        self._spool = spool
        self._clock = clock
        self._patience = patience
        self._room = Room(held)
        self._unverified = Room(held_unverified)
        self._committer = Committer(spool, committed=self.metrics.committed)

    async def start(self) -> None:
        """Messages can be committed."""
        self._committer.start()

    async def stop(self) -> None:
        """What was submitted is committed."""
        await self._committer.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered."""
        try:
            answer = await self._answer(scope, receive)
        except Refused as refused:
            self.metrics.refused[refused.error] += 1
            answer = refused.answer()
        headers = [(b"content-type", answer.content_type), (b"content-length", b"%d" % len(answer.body)), *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            return await self._route(scope, receive)
        except SpoolFull as error:
            raise try_later("spool_full", str(error), advice=error.advice(), seconds=error.retry_after) from error
        except HemostatError as error:
            log.get().error("intake.fault", error=type(error).__name__, reason=str(error))
            raise try_later("not_ready", str(error), advice=error.advice(), seconds=_NOT_READY_RETRY) from error
        except Refused:
            raise
        except Exception as error:
            # The last resort: silence would tell the sender nothing. The error's own text may hold what was sent.
            log.get().error("intake.fault", error=type(error).__name__, path=_place(error))
            advice = "Send again later; the log of the intake names the place."
            raise try_later("not_ready", "A fault of ours.", advice=advice, seconds=_NOT_READY_RETRY) from error

    async def _route(self, scope: Scope, receive: Receive) -> Answer:
        match scope["path"].split("/"):
            case ["", "in", "events", name] if name:
                require_method(scope, "POST")
                return await self._events(name, headers_of(scope), receive)
            case ["", "in", "shopify", name] if name:
                require_method(scope, "POST")
                return await self._shopify(name, headers_of(scope), receive)
            case ["", "healthz"]:
                require_method(scope, "GET", "HEAD")
                return self._health()
            case ["", "metrics"]:
                require_method(scope, "GET", "HEAD")
                return await self._measured()
        advice = "Send to /in/events/SOURCE or /in/shopify/STORE."
        raise Refused(404, "no_such_door", "Nothing is received at this address.", advice=advice)

    async def _events(self, name: str, headers: Headers, receive: Receive) -> Answer:
        # (1) who sends, before anything is read
        source = self._gate.source(name)
        self._gate.bearer(name, headers.get("authorization", ""))
        # (2) what kind of body
        known = {*bodies.JSON_TYPES, bodies.TEXT_TYPE} if source.kind == "access-log" else bodies.JSON_TYPES
        kind = bodies.media_type(headers.get("content-type", ""), known=known)
        with self._room.request() as take:
            # (3) the body, its compression undone, its lines counted
            limit = self._gate.settings().intake.max_body
            packed = await receive_body(headers, receive, limit=limit, patience=self._patience, take=take)
            encoding = headers.get("content-encoding", "").strip().lower()
            plain = await _aside(len(packed), partial(bodies.plain, packed, encoding, limit=limit))
            take(len(plain) - len(packed))
            read = bodies.text_lines if kind == bodies.TEXT_TYPE else bodies.json_lines
            content, records = await _aside(len(plain), partial(read, plain))
            # (4) on disk
            receipt = await self._keep(name, _given_key(headers, plain), kind, {}, content)
        if receipt.differs:
            reason = "Another body came under this Idempotency-Key; this one was not kept."
            raise Refused(422, "key_reused", reason, advice="Repeat a request with the same bytes, or give it a key of its own.")
        return self._accepted(name, receipt, records)

    async def _shopify(self, store: str, headers: Headers, receive: Receive) -> Answer:
        name = self._gate.store(store)
        settings = self._gate.settings()
        signature = header(headers, "hmac-sha256")
        require_signature(signature)
        with self._unverified.request() as take:
            limit = settings.intake.max_body
            body = await receive_body(headers, receive, limit=limit, patience=self._patience, take=take)
            # The signature is over the raw bytes: it is checked before they are looked at.
            self._gate.signature(store, body, signature)
            key = _delivery(headers, body, domain=settings.shopify_stores[store])
            bodies.json_document(body)
            kept = {name: value for name, value in headers.items() if name in _KEPT}
            receipt = await self._keep(name, key, "application/json", kept, body)
        return self._accepted(name, receipt, 1)

    async def _keep(self, name: str, key: str, kind: str, headers: Headers, body: bytes) -> Receipt:
        now = self._clock.now()
        return await self._committer.submit(
            Incoming(source=name, key=key, received_at=now, content_type=kind, headers=headers, body=body)
        )

    def _accepted(self, name: str, receipt: Receipt, records: int) -> Answer:
        if receipt.duplicate:
            self.metrics.duplicates[name] += 1
            return accepted(records=0, duplicate=True, seq=receipt.seq)
        self.metrics.messages[name] += 1
        self.metrics.records[name] += records
        return accepted(records=records, duplicate=False, seq=receipt.seq)

    def _health(self) -> Answer:
        if not self._committer.is_alive():
            advice = "Restart the intake; what was acknowledged is safe."
            raise try_later("not_ready", "The writer of the spool does not run.", advice=advice, seconds=_NOT_READY_RETRY)
        return Answer(status=200, body=msgspec.json.encode({"status": "ok"}))

    async def _measured(self) -> Answer:
        lag, used = await asyncio.to_thread(lambda: (self._spool.lag(), self._spool.used()))
        limit = self._gate.settings().intake.spool_limit
        text = self.metrics.text(lag, used=used, limit=limit, held=self._room.held + self._unverified.held, now=self._clock.now())
        return Answer(status=200, body=text.encode(), content_type=metrics.CONTENT_TYPE)


def _place(error: Exception) -> str:
    """File and line where an error arose."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


async def _aside(size: int, work: Callable[[], T]) -> T:
    """What `work` gives; done beside the event loop when the body is so large that others would wait."""
    return work() if size <= _IN_PASSING else await asyncio.to_thread(work)


def _given_key(headers: Headers, body: bytes) -> str:
    """What names the message within its source: the sender's key, else the hash of the body. Raises `Refused` (400)."""
    given = headers.get("idempotency-key", "")
    if len(given) > _LONGEST_KEY:
        reason = f"The Idempotency-Key has more than {_LONGEST_KEY} characters."
        raise Refused(400, "key_too_long", reason, advice="Use a short key, or leave it out.")
    return f"key:{given}" if given else f"sha256:{hashlib.sha256(body).hexdigest()}"


def _delivery(headers: Headers, body: bytes, *, domain: str) -> str:
    """What names a webhook's delivery: topic and delivery id. Raises `Refused`: 400 without a topic, 403 for another shop.

    Shopify repeats a delivery under the same webhook id; the event id is shared by all deliveries of one event.
    """
    topic = header(headers, "topic").lower()
    if not TOPIC.fullmatch(topic):
        raise Refused(
            400, "no_topic", "The topic header is missing, or is no topic.", advice="Send the headers that Shopify sent."
        )
    shop = header(headers, "shop-domain").lower()
    if shop and shop != domain.lower():
        advice = "Send each store's webhooks to the address of that store."
        raise Refused(403, "wrong_shop", "The message is from another shop.", advice=advice)
    return f"{topic}\n{header(headers, 'webhook-id') or hashlib.sha256(body).hexdigest()}"
