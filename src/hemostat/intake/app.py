"""The hot door as an RSGI application, without a framework: it answers only when the commit has reached the disk.

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
from granian.rsgi import Scope

from hemostat.kernel import Clock, Home
from hemostat.lake.spool import Spool

from . import doors, metrics
from .answers import Answer, Refused
from .desk import Desk, Request
from .faults import not_ready, refusal
from .receiving import Wire, headers_of, require_method

HELD = 48_000_000
"""Bytes of requests under way, over which senders are asked to come back: it bounds the memory of the process."""

HELD_UNVERIFIED = 16_000_000
"""The same for bodies whose signature can only be checked when they are whole: strangers take no room from those with a key."""

MOST = 1000
"""Requests under way, over which senders are asked to come back before their bodies are taken.

Fewer than there may be connections: who comes then waits for a connection, and nobody could tell him."""

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
        most: int = MOST,
        patience: float = PATIENCE,
    ) -> None:
        self.desk = Desk(home, spool, clock=clock, held=held, held_unverified=held_unverified, most=most, patience=patience)

    async def start(self) -> None:
        """Messages can be committed."""
        self.desk.committer.start()

    async def stop(self) -> None:
        """What was submitted is committed."""
        await self.desk.committer.stop()

    async def __call__(self, scope: Scope, wire: Wire) -> None:
        """One request is answered."""
        self.desk.under_way += 1
        try:
            answer = await self._route(scope, wire)
        except Exception as error:  # noqa: BLE001  # whatever it was, the sender is told
            refused = refusal(error)
            self.desk.metrics.refused[refused.error] += 1
            answer = refused.answer()
        finally:
            self.desk.under_way -= 1
        wire.response_bytes(answer.status, [("content-type", answer.content_type), *answer.headers], answer.body)

    async def _route(self, scope: Scope, wire: Wire) -> Answer:
        path = scope.path
        if found := doors.door_at(path):
            door, name = found
            return await door(self.desk, _request(scope, wire), name)
        if path == "/healthz":
            require_method(scope.method, "GET", "HEAD")
            return self._health()
        if path == "/metrics":
            require_method(scope.method, "GET", "HEAD")
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


def _request(scope: Scope, wire: Wire) -> Request:
    return Request(
        method=scope.method, path=scope.path, query=scope.query_string, headers=headers_of(scope), wire=wire, scope=scope
    )
