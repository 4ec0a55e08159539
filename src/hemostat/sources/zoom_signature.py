"""Zoom's signature of a webhook, and the answer to its challenge.

https://developers.zoom.us/docs/api/webhooks: HMAC-SHA256 in hex, keyed with the app's secret token, over `v0:TIMESTAMP:BODY`.
Zoom's sample makes the body anew from the parsed JSON; the raw bytes are what was signed.
"""

import hmac
from collections.abc import Sequence


def signed(body: bytes, *, timestamp: str, signature: str, secrets: Sequence[bytes]) -> bool:
    """Was the body signed at this time with one of the secrets? All are compared, in constant time."""
    given = signature.strip().encode(errors="replace")
    expected = [signature_of(body, timestamp=timestamp, secret=secret).encode() for secret in secrets]
    return any([hmac.compare_digest(one, given) for one in expected])  # noqa: C419  # a list: each is compared, also after a hit


def signature_of(body: bytes, *, timestamp: str, secret: bytes) -> str:
    """The signature, as the header `x-zm-signature` has it."""
    told = b"v0:" + timestamp.encode(errors="surrogateescape") + b":" + body
    return f"v0={hmac.digest(secret, told, 'sha256').hex()}"


def proof(token: str, secret: bytes) -> str:
    """What answers the challenge `token`: it shows that we hold the secret."""
    return hmac.digest(secret, token.encode(), "sha256").hex()
