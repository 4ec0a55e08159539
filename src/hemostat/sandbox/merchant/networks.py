"""Where calls come from: addresses of RFC 5737, RFC 2544 and RFC 3849, autonomous systems of RFC 5398 and RFC 6996.

None of them can belong to anybody. What an address tells is nothing about guilt: leaks share ranges with homes and vendors.
"""

from typing import NamedTuple

from .chance import number

MERCHANT_ASN, CLINIC_ASN, FIRST_APP_ASN, CRAWLER_ASN = 64496, 64497, 64498, 64504
_FIRST_STRANGER_ASN = 64505
_FIRST_HOME_ASN, _HOME_ASNS = 64512, 400
_APP_ASNS, _STRANGER_ASNS = 6, 7
_HOMES, _SUBNETS = 64_000, 250
_OFFICES = 12

_SYSTEMS = (
    "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    "iPhone; CPU iPhone OS 18_3 like Mac OS X",
    "Linux; Android 15; Pixel 8",
)  # fmt: skip
_VERSIONS = range(126, 146)
SCRIPT, HAND, HEADLESS = "python-requests/2.32.3", "curl/8.5.0", "HeadlessChrome/126.0.6478.61"
"""Agents of programs; the merchant's own probes, helpers and engineers use them as well as strangers do."""


class Caller(NamedTuple):
    """From where, and with what, somebody calls."""

    ip: str
    asn: int
    agent: str


def browser(choice: int) -> str:
    """One of a hundred browsers."""
    version = _VERSIONS[choice // len(_SYSTEMS) % len(_VERSIONS)]
    system = _SYSTEMS[choice % len(_SYSTEMS)]
    return f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"


def home(place: int) -> Caller:
    """Where the patient at this place lives: half of them have IPv6, and some of the others share an address."""
    half, odd = divmod(place, 2)
    spot = half % _HOMES
    ip = f"198.18.{spot // _SUBNETS}.{spot % _SUBNETS + 1}" if odd else f"2001:db8:{half % 65536:x}:{half // 65536:x}::1"
    return Caller(ip, _FIRST_HOME_ASN + spot % _HOME_ASNS, browser(half * 7))


def office(actor: int) -> Caller:
    """The desk of a member of staff: many share the address of their site."""
    return Caller(f"192.0.2.{16 + actor % _OFFICES}", MERCHANT_ASN, browser(actor))


def remote(actor: int, where: int = 0) -> Caller:
    """A member of staff at home, or on the way when `where` is not 0."""
    spot = (actor * 13 + where * 7919) % _HOMES
    return Caller(f"198.19.{spot // _SUBNETS}.{spot % _SUBNETS + 1}", _FIRST_HOME_ASN + spot % _HOME_ASNS, browser(actor))


def abroad(place: int) -> Caller:
    """A patient on the way: in the ranges that strangers have too, so that no range tells a leak."""
    return Caller(f"203.0.113.{place % 254 + 1}", _FIRST_STRANGER_ASN + place % _STRANGER_ASNS, browser(place // 2 * 7))


def server(app: int, agent: str) -> Caller:
    """The server of an app or a service."""
    return Caller(f"198.51.100.{10 + app % 240}", FIRST_APP_ASN + app % _APP_ASNS, agent)


def stranger(campaign: str, index: int, agent: str) -> Caller:
    """One of the addresses that a leak is pulled to."""
    spot = number("stranger", campaign)
    return Caller(f"203.0.113.{(spot + index * 17) % 254 + 1}", _FIRST_STRANGER_ASN + (spot + index) % _STRANGER_ASNS, agent)


CLINIC = Caller("192.0.2.200", CLINIC_ASN, browser(4))
KIOSK = Caller("192.0.2.210", CLINIC_ASN, browser(11))
PROBE = Caller("192.0.2.220", MERCHANT_ASN, "Fernhollow-Probe/3")
WATCH = Caller("192.0.2.221", MERCHANT_ASN, HEADLESS)
BUILDS = Caller("192.0.2.230", MERCHANT_ASN, "fernhollow-ci/7")
STAGING = Caller("192.0.2.240", MERCHANT_ASN, HAND)
CRAWLER = Caller("198.51.100.250", CRAWLER_ASN, "Mozilla/5.0 (compatible; ExampleSearchBot/2.1; +https://search.example/bot)")
