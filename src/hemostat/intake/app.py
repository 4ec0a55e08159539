"""The hot door as an ASGI application, without a framework: it answers only when the commit has reached the disk.

    POST /in/shopify/{store}    Shopify webhooks, signed
    POST /in/events/{source}    events or log lines, with the source's bearer key
    POST /v1/logs               OpenTelemetry logs, with the source's bearer key
    /services/collector...      what senders for Splunk's HTTP Event Collector speak
    GET  /healthz, /metrics     for the watchers

`doors` has all of them, each with its protocol.

Nothing is parsed before its sender is known, and nothing that was sent is repeated in an answer or a log.
"""

import asyncio

import msgspec

from hemostat.kernel import Clock, Home
from hemostat.lake.spool import Spool

from . import doors, metrics
from .answers import Answer, Refused
from .desk import Desk, Request
from .faults import not_ready, refusal
from .receiving import Receive, Scope, Send, headers_of, require_method

HELD = 48_000_000
"""Bytes of requests under way, over which senders are asked to come back: it bounds the memory of the process."""

HELD_UNVERIFIED = 16_000_000
"""The same for bodies whose signature can only be checked when they are whole: strangers take no room from those with a key."""

PATIENCE = 30.0
"""Seconds for a body to arrive."""


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
        self.desk = Desk(home, spool, clock=clock, held=held, held_unverified=held_unverified, patience=patience)

    async def start(self) -> None:
        """Messages can be committed."""
        self.desk.committer.start()

    async def stop(self) -> None:
        """What was submitted is committed."""
        await self.desk.committer.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered."""
        try:
            answer = await self._answer(scope, receive)
        except Refused as refused:
            self.desk.metrics.refused[refused.error] += 1
            answer = refused.answer()
        headers = [(b"content-type", answer.content_type), (b"content-length", b"%d" % len(answer.body)), *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            return await self._route(scope, receive)
        except Exception as error:
            refused = refusal(error)
            if refused is error:
                raise
            raise refused from error

    async def _route(self, scope: Scope, receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        self.desk.gate.begin()
        if (fixed := doors.FIXED.get(path)) is not None:
            return await fixed(self.desk, _request(scope, receive), path)
        match path.split("/"):
            case ["", "in", door, name] if name and door in doors.NAMED:
                return await doors.NAMED[door](self.desk, _request(scope, receive), name)
            case ["", "in", door, name, *rest] if name and (door, *rest) in doors.UNDER:
                return await doors.UNDER[door, *rest](self.desk, _request(scope, receive), name)
            case ["", "healthz"]:
                require_method(method, "GET", "HEAD")
                return self._health()
            case ["", "metrics"]:
                require_method(method, "GET", "HEAD")
                return await self._measured()
        advice = "Send to /in/events/SOURCE or /in/shopify/STORE."
        raise Refused(404, "no_such_door", "Nothing is received at this address.", advice=advice)

    def _health(self) -> Answer:
        if not self.desk.committer.is_alive():
            advice = "Restart the intake; what was acknowledged is safe."
            raise not_ready("The writer of the spool does not run.", advice=advice)
        return Answer(status=200, body=msgspec.json.encode({"status": "ok"}))

    async def _measured(self) -> Answer:
        desk = self.desk
        lag, used = await asyncio.to_thread(lambda: (desk.spool.lag(), desk.spool.used()))
        limit, held = desk.settings().intake.spool_limit, desk.room.held + desk.unverified.held
        text = desk.metrics.text(lag, used=used, limit=limit, held=held, now=desk.clock.now())
        return Answer(status=200, body=text.encode(), content_type=metrics.CONTENT_TYPE)


def _request(scope: Scope, receive: Receive) -> Request:
    query = scope["query_string"].decode("latin-1")
    return Request(method=scope["method"], path=scope["path"], query=query, headers=headers_of(scope), receive=receive)
