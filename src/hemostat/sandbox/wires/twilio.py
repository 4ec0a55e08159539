"""A twin of Twilio's sender: forms and JSON, signed over the public address as Twilio signs them.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from hemostat.sources.twilio_signature import signature_of


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """One POST: the query of its address, headers, whose names are lowercase, and body."""

    query: str
    headers: Mapping[str, str]
    body: bytes


def form(url: str, values: Mapping[str, str | list[str]], *, token: bytes, query: str = "") -> Callback:
    """A form for an address; `query` is what stands behind the address, and is signed with it."""
    body = urlencode(values, doseq=True).encode()
    signature = signature_of(f"{url}?{query}" if query else url, form=body, token=token)
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-twilio-signature": signature}
    return Callback(query=query, headers=headers, body=body)


def document(url: str, values: Mapping[str, str], *, token: bytes) -> Callback:
    """JSON for an address: what is signed is the address, in which the hash of the body stands."""
    body = msgspec.json.encode(values)
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": signature_of(f"{url}?{query}", form=b"", token=token)}
    return Callback(query=query, headers=headers, body=body)
