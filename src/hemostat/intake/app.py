"""The hot door as an ASGI application, without a framework: it answers only when the commit has reached the disk.

    POST /in/shopify/{store}    Shopify webhooks, signed
    POST /in/events/{source}    events or log lines, with the source's bearer key
    GET  /healthz, /metrics     for the watchers

Nothing is parsed before its sender is known, and nothing that was sent is repeated in an answer or a log.
"""

import asyncio
import traceback
from pathlib import Path

import msgspec

from hemostat.kernel import Clock, HemostatError, Home, log
from hemostat.lake.spool import Spool, SpoolFull

from . import doors, metrics
from .answers import Answer, Refused, try_later
from .desk import Desk, Request
from .receiving import Receive, Scope, Send, headers_of, require_method

HELD = 48_000_000
"""Bytes of requests under way, over which senders are asked to come back: it bounds the memory of the process."""

HELD_UNVERIFIED = 16_000_000
"""The same for bodies whose signature can only be checked when they are whole: strangers take no room from those with a key."""

PATIENCE = 30.0
"""Seconds for a body to arrive."""

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
        method, path = scope["method"], scope["path"]
        if (fixed := doors.FIXED.get(path)) is not None:
            return await fixed(self.desk, _request(scope, receive), path)
        match path.split("/"):
            case ["", "in", door, name] if name and door in doors.NAMED:
                return await doors.NAMED[door](self.desk, _request(scope, receive), name)
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
            raise try_later("not_ready", "The writer of the spool does not run.", advice=advice, seconds=_NOT_READY_RETRY)
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


def _place(error: Exception) -> str:
    """File and line where an error arose."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
