"""`POST /in/twilio/{source}`: Twilio callbacks, signed over the public address and the form."""

import hashlib
from collections.abc import Sequence

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request
from hemostat.intake.gate import require_signature
from hemostat.intake.receiving import require_method
from hemostat.sources import options_of
from hemostat.sources.twilio import Options
from hemostat.sources.twilio_signature import body_fits, signed

FORM = "application/x-www-form-urlencoded"
_LONGEST_TOKEN = 128


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """A callback is on disk. Raises `Refused`."""
    require_method(request.method, "POST")
    source = desk.gate.source(name, door="twilio")
    tokens = desk.gate.webhook_secrets(name)
    signature = request.headers.get("x-twilio-signature", "")
    require_signature(signature)
    kind = bodies.media_type(request.headers.get("content-type", ""), known={FORM, "application/json"})
    base = options_of(name, source.options, Options).url or f"https://{request.headers.get('host', '')}{request.path}"
    url = f"{base}?{request.query}" if request.query else base
    with desk.strangers(request) as take:
        body = await desk.packed(request, take)
        whole = kind == FORM or body_fits(request.query, body)
        if not _is_signed(url, form=body if kind == FORM else b"", signature=signature, tokens=tokens) or not whole:
            advice = (
                f"Check that the auth token is the key webhook.{name}, and that `url` in the source's options is the address"
                " which Twilio calls."
            )
            raise Refused(401, "bad_signature", "The signature does not fit address and body.", advice=advice)
        given = request.headers.get("i-twilio-idempotency-token", "")
        key = given if 0 < len(given) <= _LONGEST_TOKEN else hashlib.sha256(body).hexdigest()
        receipt = await desk.keep(name, key=f"twilio:{key}", kind=kind, body=body)
        if receipt.differs:  # a token of the sender's is no reason to lose what it sent
            receipt = await desk.keep(name, key=f"twilio:{key}:{hashlib.sha256(body).hexdigest()}", kind=kind, body=body)
    return desk.accepted(name, receipt, 1)


def _is_signed(url: str, *, form: bytes, signature: str, tokens: Sequence[bytes]) -> bool:
    try:
        return signed(url, form=form, signature=signature, tokens=tokens)
    except ValueError:  # a host or port that is none
        return False
