"""Twilio's signature of a callback.

https://www.twilio.com/docs/usage/webhooks/webhooks-security: base64 of HMAC-SHA1, keyed with the auth token, over the address
and, of a form, each parameter's name and value, sorted; of one name each value once. Of JSON the address has the hash of the body
instead. Twilio writes the port of the address in some requests, and in some not.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

_PORTS = {"https": 443, "http": 80}


def signed(url: str, *, form: bytes, signature: str, tokens: Sequence[bytes]) -> bool:
    """Did the holder of one of the tokens send this form to this address? All are compared, in constant time."""
    given = signature.strip().encode(errors="replace")
    expected = [signature_of(one, form=form, token=token).encode() for token in tokens for one in spellings(url)]
    return any([hmac.compare_digest(one, given) for one in expected])  # noqa: C419  # a list: each is compared, also after a hit


def signature_of(url: str, *, form: bytes, token: bytes) -> str:
    """The signature, as the header `X-Twilio-Signature` has it."""
    values: dict[str, set[str]] = {}
    for name, value in pairs(form):
        values.setdefault(name, set()).add(value)
    told = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    # SHA-1 is what Twilio signs with; as a keyed hash it is not broken
    return b64encode(hmac.digest(token, told.encode(errors="surrogateescape"), "sha1")).decode()


def body_fits(query: str, body: bytes) -> bool:
    """Is this the body whose hash stands in the signed address, as `bodySHA256`?"""
    told = dict(parse_qsl(query)).get("bodySHA256", "")
    return hmac.compare_digest(told.lower().encode(errors="replace"), hashlib.sha256(body).hexdigest().encode())


def pairs(form: bytes) -> list[tuple[str, str]]:
    """Names and values of a form, as they were sent."""
    return parse_qsl(form.decode("latin-1"), keep_blank_values=True, errors="surrogateescape")


def spellings(url: str) -> tuple[str, ...]:
    """The address without its port and with it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or _PORTS.get(parts.scheme, 0)
    # The case of the host, and what comes after it, stay as they were sent
    bare = parts._replace(netloc=_cased(parts.netloc, host)).geturl()
    return bare, parts._replace(netloc=f"{_cased(parts.netloc, host)}:{port}").geturl()


def _cased(netloc: str, host: str) -> str:
    at = netloc.lower().rfind(host)
    return netloc[: at + len(host)] if at >= 0 else netloc
