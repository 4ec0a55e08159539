"""Who is at the other end, so that one sender cannot take the room of all."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address

from granian.rsgi import Scope

from .receiving import Headers

_SUBSCRIBER = 8  # bytes of an IPv6 address: whoever has one has all that begin with them (RFC 6177)


def peer_of(scope: Scope, headers: Headers, proxies: Collection[str]) -> str:
    """The address that a request comes from, or, behind one of `proxies`, the one that the proxy names last.

    What stands before that in X-Forwarded-For the sender may have written himself.
    """
    address = scope.client.rpartition(":")[0].strip("[]")
    if "x-forwarded-for" in headers and address in proxies:
        address = scope.headers.get_all("x-forwarded-for")[-1].rpartition(",")[2].strip()
    return _network(address)


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """The address, or of IPv6 what one subscriber has; of what is no address, the text."""
    try:
        found = ip_address(address)
    except ValueError:
        return address or "unknown"
    return address if found.version == 4 else found.packed[:_SUBSCRIBER].hex()  # noqa: PLR2004  # IPv4
