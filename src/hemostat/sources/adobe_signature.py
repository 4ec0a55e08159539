"""Adobe's two ways to sign what it sends; both are RSA with SHA-256 and PKCS #1 v1.5 padding (RFC 8017, section 8.2).

I/O Events: over the raw body, https://developer.adobe.com/events/docs/guides/sdk/sdk-signature-verification
Commerce webhooks: over the base64 text of the body, https://developer.adobe.com/commerce/extensibility/webhooks/signature-verification
(the page says HMAC; its example verifies with a public key, and so do we).
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .mending import UNREADABLE

_LEAST_BITS = 2048
_LONGEST = 2_000  # characters of a signature: one of 8192 bits has 1,368

_ANYTHING = msgspec.json.Decoder()


@lru_cache(maxsize=64)
def public_key(pem: str) -> RSAPublicKey:
    """The RSA key of a PEM text. Raises `ValueError` when it is none, or has less than 2048 bits."""
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError("The key is of a kind that nobody signs with here.") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
        raise ValueError(f"The key is no RSA key of at least {_LEAST_BITS} bits.")
    return key


def event_signed(body: bytes, signatures: Iterable[tuple[str, RSAPublicKey]]) -> bool:
    """Does one of the signatures, each with its key, fit the raw body?"""
    return any(_fits(key, signature, body) for signature, key in signatures)


def webhook_signed(body: bytes, signature: str, keys: Iterable[RSAPublicKey]) -> bool:
    """Does the signature fit the base64 text of the body, as it came, or as JSON written again without spaces?"""
    keys = list(keys)
    if any(_fits(key, signature, b64encode(body)) for key in keys):
        return True
    again = _compact(body)
    return again != body and any(_fits(key, signature, b64encode(again)) for key in keys)


def _compact(body: bytes) -> bytes:
    """The body as Adobe's own example writes it again before it verifies; the body itself when it is no JSON."""
    try:
        return msgspec.json.encode(_ANYTHING.decode(body))
    except UNREADABLE:
        return body


def _fits(key: RSAPublicKey, signature: str, signed: bytes) -> bool:
    if not signature or len(signature) > _LONGEST:
        return False
    try:
        key.verify(b64decode(signature, validate=True), signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
