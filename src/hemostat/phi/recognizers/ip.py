"""IP addresses, version 4 (RFC 791) and 6 (RFC 4291): with a moment they lead to a household (45 CFR 164.514(b)(2)(i)(O))."""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address, IPv6Network

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
_NOBODYS = frozenset({0, 127, 255})
"""First octets of this network, of this machine, and of masks."""
_MULTICAST, _RESERVED, _OCTET = 224, 240, 255
_UNIQUE_LOCAL = IPv6Network("fc00::/7")
"""The network of version 6 of which each house may have one (RFC 4193)."""
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


def _score(told: str) -> float:
    """How surely an address leads to somebody: 0 when it is none, or nobody's, and less when every house may have it.

    Addresses of manuals (RFC 5737, RFC 3849) count as somebody's: synthetic people have them.
    """
    try:
        # The module knows all rules, and is slow: nearly all addresses of logs are of version 4, which has few.
        nobodys, everybodys = _of_six(told) if ":" in told else _of_four(told)
    except ValueError:
        return 0.0
    if nobodys:
        return 0.0
    if len(told) == len("1.1.1.1"):
        return 0.35  # more likely a version
    return 0.55 if everybodys else 0.7


def _of_four(told: str) -> tuple[bool, bool]:
    """Is an address of version 4 nobody's, and may every house have it? Raises `ValueError` when it is none."""
    octets = told.split(".")
    first, second, third, last = map(int, octets)
    if max(first, second, third, last) > _OCTET or not told.isascii() or any(one[0] == "0" and len(one) > 1 for one in octets):
        raise ValueError
    nobodys = first in _NOBODYS or _MULTICAST <= first < _RESERVED or (first, second) == (169, 254) or last in {0, _OCTET}
    everybodys = first == 10 or (first == 172 and second & 0xF0 == 16) or (first, second) == (192, 168)  # noqa: PLR2004  # RFC 1918
    return nobodys, everybodys or (first == 100 and second & 0xC0 == 64)  # noqa: PLR2004  # RFC 6598


def _of_six(told: str) -> tuple[bool, bool]:
    """The same of version 6. Raises `ValueError` when it is none."""
    address = IPv6Address(told)
    nobodys = address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local
    # It may end with one of version 4.
    return nobodys or told.endswith((".0", ".255")), address in _UNIQUE_LOCAL
