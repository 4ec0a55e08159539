"""`POST /in/commerce-webhooks/{source}`: Adobe Commerce webhooks, which a shopper waits for.

Commerce stops what a shopper does when a required hook answers anything but success. So this door says success within a second
whatever happens, to everybody: what could not be kept is counted, and stands in the record of gaps. What is not signed by the
store is not kept either.
"""

import asyncio
import hashlib
from weakref import WeakKeyDictionary

import msgspec

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request, aside
from hemostat.intake.receiving import require_method
from hemostat.kernel import log
from hemostat.lake import health
from hemostat.sources import options_of
from hemostat.sources.adobe_signature import public_key, webhook_signed
from hemostat.sources.commerce_webhooks import Options

SUCCESS = Answer(status=200, body=msgspec.json.encode({"op": "success"}))
LONGEST = 1.0
"""Seconds after which a shopper waits no longer for us."""

_NOT_FOUND = 404
HEADER = "x-adobe-commerce-webhook-signature"
_LOST = "deliveries could not be kept, and the store does not send them again"
_UNSIGNED = "deliveries are not signed with the key of the settings"
_told: WeakKeyDictionary[Desk, dict[tuple[str, str], bool]] = WeakKeyDictionary()
"""Of each source and detail: is a gap open? What is not in it is unknown, as after a start."""


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """The store goes on; the delivery is on disk, or its loss is on record. Raises `Refused` when there is no such source."""
    try:
        source = desk.gate.source(name, door="commerce-webhooks")
        async with asyncio.timeout(LONGEST):
            await _kept(desk, request, name, options_of(name, source.options, Options))
    except _NotSigned:
        desk.metrics.refused["bad_signature"] += 1
        await _tell(desk, name, _UNSIGNED, is_open=True)
    except Exception as error:  # whatever fails on our side, the sale goes on
        if isinstance(error, Refused) and error.status == _NOT_FOUND:
            raise
        desk.metrics.refused["lost"] += 1
        log.get().error("intake.lost", source=name, error=type(error).__name__)
        await _tell(desk, name, _LOST, is_open=True)
    else:
        await _tell(desk, name, _UNSIGNED, is_open=False)
        await _tell(desk, name, _LOST, is_open=False)
    return SUCCESS


class _NotSigned(Exception):
    """The signature is missing, or is not that of the store."""


async def _kept(desk: Desk, request: Request, name: str, options: Options) -> None:
    """The delivery is on disk. Raises `_NotSigned`, and whatever stands in the way."""
    require_method(request.method, "POST")
    signature = request.headers.get(HEADER, "")
    if not signature:
        raise _NotSigned
    with desk.strangers(request) as take:
        body = await desk.packed(request, take)
        try:
            keys = [public_key(pem) for pem in options.public_keys]
        except ValueError:
            keys = []
        if not await aside(len(body), lambda: webhook_signed(body, signature, keys)):
            raise _NotSigned
        bodies.json_document(body)
        # The protocol gives a delivery neither name nor time, and never repeats one: each that comes is one.
        now = desk.clock.now()
        key = f"{now.isoformat()}:{hashlib.sha256(body).hexdigest()}"
        receipt = await desk.keep(name, key=key, kind="application/json", body=body)
    desk.counted(name, receipt, 1)


async def _tell(desk: Desk, name: str, detail: str, *, is_open: bool) -> None:
    """The gap is open or closed on record. A record that cannot be written does not hold up the store."""
    told = _told.setdefault(desk, {})
    if told.get((name, detail)) is is_open:
        return
    now, home = desk.clock.now(), desk.home
    try:
        if is_open:
            await asyncio.to_thread(
                lambda: health.gap_opened(home, source=name, kind="refused", detail=detail, since=now, now=now)
            )
        else:
            await asyncio.to_thread(lambda: health.gap_closed(home, source=name, kind="refused", detail=detail, now=now))
    except Exception as error:  # noqa: BLE001  # whatever fails on our side, the sale goes on
        log.get().error("intake.fault", source=name, error=type(error).__name__)
        return
    told[(name, detail)] = is_open
