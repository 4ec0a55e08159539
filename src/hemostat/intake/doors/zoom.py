"""`POST /in/zoom/{source}`: Zoom webhooks, signed over their raw bytes, and the challenge that Zoom repeats every 72 hours.

Zoom waits three seconds for an answer, and tries three more times within the hour: https://developers.zoom.us/docs/api/webhooks.
Whether it signs a repetition anew no source confirmed.
"""

import asyncio
import hashlib

import msgspec

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused, try_later
from hemostat.intake.desk import Desk, Request
from hemostat.intake.gate import require_signature
from hemostat.intake.receiving import require_method
from hemostat.sources.documents import decoded, text
from hemostat.sources.zoom import delivery_of
from hemostat.sources.zoom_signature import proof, signed

WINDOW = 300
"""Seconds by which the time of a signature may differ from ours: an older one may be a recording of a request."""

BUDGET = 2.5
"""Seconds that the disk has: after three Zoom has hung up, and would not know whether we have it."""

_CHALLENGE = "endpoint.url_validation"
_LONGEST = 512  # code points of a challenge


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """A delivery is on disk, or the challenge is answered. Raises `Refused`."""
    require_method(request.method, "POST")
    desk.gate.source(name, door="zoom")
    secrets = desk.gate.webhook_secrets(name)
    stamp, signature = (request.headers.get(f"x-zm-{each}", "") for each in ("request-timestamp", "signature"))
    require_signature(signature)
    with desk.strangers(request) as take:
        body = await desk.packed(request, take)
        # The signature is over the raw bytes: it is checked before they are looked at.
        if not signed(body, timestamp=stamp, signature=signature, secrets=secrets):
            advice = f"Check that the secret token of the Zoom app is the key webhook.{name}, and that nothing changes the body."
            raise Refused(401, "bad_signature", "The signature does not fit the body.", advice=advice)
        _require_fresh(stamp, desk.clock.now().timestamp())
        bodies.json_document(body)
        record = decoded(body)
        if text(record, "event") == _CHALLENGE:
            return _answered(text(record, "payload", "plainToken"), secrets[0])
        key = f"zoom:{delivery_of(record) or hashlib.sha256(body).hexdigest()}"
        try:
            async with asyncio.timeout(BUDGET):
                receipt = await desk.keep(name, key=key, kind="application/json", body=body)
        except TimeoutError as error:
            advice = "Zoom sends it again; what reached the disk meanwhile is not counted twice."
            raise try_later("busy", "The disk takes too long.", advice=advice, seconds=60) from error
    return desk.accepted(name, receipt, 1)


def _require_fresh(stamp: str, now: float) -> None:
    """The signature is of about now. Raises `Refused` (401)."""
    signed_at = int(stamp) if stamp.isascii() and stamp.isdecimal() and len(stamp) <= 10 else 0  # noqa: PLR2004  # seconds
    if abs(now - signed_at) > WINDOW:
        reason = f"The signature is not of the last {WINDOW} seconds."
        raise Refused(401, "stale_signature", reason, advice="Set the clock of this machine; a recorded request is not taken.")


def _answered(token: str, secret: bytes) -> Answer:
    """What shows Zoom that this address holds the secret. Raises `Refused` (400) when there is no challenge."""
    if not 0 < len(token) <= _LONGEST:
        raise Refused(400, "no_challenge", "The challenge names no token.", advice="Send the challenge as Zoom made it.")
    return Answer(status=200, body=msgspec.json.encode({"plainToken": token, "encryptedToken": proof(token, secret)}))
