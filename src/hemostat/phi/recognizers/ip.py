"""IP addresses, version 4 (RFC 791) and 6 (RFC 4291): with a moment they lead to a household (45 CFR 164.514(b)(2)(i)(O))."""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address, ip_network

from hemostat.phi.match import Candidate, Value

from .base import Context, Recognizer, words

_FOUR = r"\d{1,3}(?:\.\d{1,3}){3}"
_SIX = r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?::\d{1,3}(?:\.\d{1,3}){3})?"
_PREFIX = r"/\d{1,3}(?![\w/.])"  # of a network: that is many, and not one
_SHAPED = re.compile(rf"(?<![\w.:/-])(?:(?P<four>{_FOUR})(?!\.?\w|-\w)|(?P<six>{_SIX})(?![\w.]|:\w))(?!{_PREFIX})")
_FIELD = re.compile(rf"\[?(?P<address>{_FOUR}|{_SIX})(?![\w:]*[A-Za-z_])(?!{_PREFIX})")
_CONTEXT = Context(
    speaks_for=words("ip", "addr", "client", "remote", "peer", "forwarded", "host", "from", "source", "src"),
    against=words("version", "ver", "v", "release", "build", "firmware", "section", "oid", whole=True),
)
_EVERYBODYS = [ip_network(told) for told in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]
"""Networks of which each house may have one (RFC 1918, RFC 6598, RFC 4193)."""
_FEWEST_GROUPS = 3  # of an address of version 6 without a word nearby: `::1` and `a::b` stand in programs too


class Ip(Recognizer):
    """IP. An address that is nobody's is left out: of this machine, of the link, of many at once, a mask."""

    entity = "IP"
    shapes = (
        r"\b[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}(?:\b|_)",
        r"\b[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,32}",
    )

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """An address, less surely where four numbers may be a version."""
        del end
        told = _SHAPED.match(text, start)
        score = _score(told[0]) if told else 0.0
        if told is None or not score or (told["six"] and told[0].count(":") < _FEWEST_GROUPS):
            return
        yield self.found(start, told.end(), score + _CONTEXT.weigh(text, start, gain=0.2, loss=0.4), "written as an address")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The address at the start of the field."""
        told = _FIELD.match(text, value.start, value.end)
        if told and _score(told["address"]):
            yield self.found(*told.span("address"), value.weight, f"field {value.name}")


@lru_cache(maxsize=8192)
def _score(told: str) -> float:
    """How surely an address leads to somebody: 0 when it is none, or nobody's, and less when every house may have it.

    Addresses of manuals (RFC 5737, RFC 3849) count as somebody's: synthetic people have them.
    """
    try:
        address = ip_address(told)
    except ValueError:
        return 0.0
    nobodys = (
        address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or address.is_link_local
        or told.startswith(("0.", "255."))
        or told.endswith((".0", ".255"))
    )
    if nobodys:
        return 0.0
    if len(told) == len("1.1.1.1"):
        return 0.35  # more likely a version
    return 0.55 if any(address in network for network in _EVERYBODYS if network.version == address.version) else 0.7
