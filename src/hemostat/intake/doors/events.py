"""`POST /in/events/{source}`: events or log lines, with the source's bearer key."""

import hashlib
import secrets
from functools import partial

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request, aside
from hemostat.intake.receiving import Headers, require_method
from hemostat.sources import KINDS
from hemostat.sources.signs import sign_of

_LONGEST_KEY = 255


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """Lines are on disk and counted. Raises `Refused`."""
    require_method(request.method, "POST")
    # (1) who sends, before anything is read
    source = desk.gate.source(name)
    desk.gate.bearer(name, request.headers.get("authorization", ""))
    # (2) what kind of body
    known = {*bodies.JSON_TYPES, bodies.TEXT_TYPE} if KINDS[source.kind].text else bodies.JSON_TYPES
    kind = bodies.media_type(request.headers.get("content-type", ""), known=known)
    with desk.room.request() as take:
        # (3) the body, its compression undone, its lines counted
        plain = await desk.unpacked(request, await desk.packed(request, take), take)
        read = bodies.text_lines if kind == bodies.TEXT_TYPE else bodies.json_lines
        content, records = await aside(len(plain), partial(read, plain))
        # (4) on disk
        receipt = await desk.keep(name, key=_given_key(request.headers, plain), kind=kind, body=content)
    if receipt.differs:
        reason = "Another body came under this Idempotency-Key; this one was not kept."
        raise Refused(422, "key_reused", reason, advice="Repeat a request with the same bytes, or give it a key of its own.")
    return desk.accepted(name, receipt, records)


def _given_key(headers: Headers, body: bytes) -> str:
    """What names the message within its source: the sender's key, else the hash of the body. Raises `Refused` (400)."""
    given = headers.get("idempotency-key")
    if given == "":  # of what is not ASCII the server shows nothing, and two such keys must not become one
        raise Refused(400, "bad_key", "The Idempotency-Key is empty, or not ASCII.", advice="Use a short key, or leave it out.")
    if given and len(given) > _LONGEST_KEY:
        reason = f"The Idempotency-Key has more than {_LONGEST_KEY} characters."
        raise Refused(400, "key_too_long", reason, advice="Use a short key, or leave it out.")
    if given:
        return f"key:{given}"
    # Every heartbeat has the same bytes, and each counts.
    return f"once:{secrets.token_hex(16)}" if sign_of(body) else f"sha256:{hashlib.sha256(body).hexdigest()}"
