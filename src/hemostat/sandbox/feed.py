"""The story of the drill `storefront-session-leak` as a plan of calls: pure, from a seed, the same for any cut of the time.

Addresses come from ranges kept for documentation and benchmarks (RFC 5737, RFC 3849, RFC 2544), numbers of autonomous systems
from those kept for documentation and private use (RFC 5398, RFC 6996).
"""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from operator import attrgetter
from typing import Literal

import msgspec

from hemostat.kernel import iso

from .patients import FIRST_ORDINARY, FIRST_TRIED, ORDINARY, REPLAYED, TRIED, WATERMARK, Person, Population
from .releases import DIRECT_ROUTE, PORTAL_ROUTE, PROXY_ROUTE

REPLAY_BEGINS = timedelta(minutes=55)
TICKET_SENT = timedelta(hours=2, minutes=30)
PER_MINUTE = 202
"""Customer numbers that the leak tries each minute."""
PEAK = 41
"""Ordinary calls a minute at the busiest hour."""
ENDS = timedelta(microseconds=(TRIED - 1) * 60_000_000 // PER_MINUTE)
"""When the last number is tried: T+3:10."""

ATTACKER, ATTACKER_ASN = "203.0.113.24", 64500
REPLAYER, REPLAYER_ASN = "198.51.100.40", 64502

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_REPLAY_EVERY = timedelta(seconds=5)
_PROBES = 3
_HAND, _HEADLESS, _SCRIPT = "curl/8.5.0", "HeadlessChrome/126.0.6478.61", "python-requests/2.32.3"
_BROWSERS = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
)
# Calls a minute by hour of the day in UTC: quiet at night, busiest at 10 in New York
_BUSY = (11, 9, 7, 5, 4, 3, 3, 4, 6, 9, 14, 21, 29, 36, PEAK, PEAK, 39, 37, 35, 33, 30, 26, 21, 16)
_FIRST_PRIVATE_ASN, _PRIVATE_ASNS = 64512, 1000
_REGISTERED_FOR = timedelta(hours=8)

Party = Literal["storefront", "direct", "admin"]


class PlannedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP call of the story.

    ref: unique, and the same in every plan of the seed. to: which server gets it. login: customer who is logged in, or 0.
    token_of: customer whose stolen care token it shows, or 0.
    """

    ref: str
    time: datetime
    to: Party
    target: str
    method: str = "GET"
    ip: str = "192.0.2.10"
    asn: int = 64496
    agent: str = "Fernhollow-Platform/1"
    login: int = 0
    token_of: int = 0
    body: bytes = b""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform tells its apps, once. `ref` is the delivery's number."""

    ref: str
    time: datetime
    topic: str
    body: bytes


class Feed:
    """The calls of one seed around `start`, which is T+0:00 of the story."""

    def __init__(self, seed: int, start: datetime) -> None:
        self._seed = seed
        self._start = start
        self._people = Population(seed)

    @property
    def ends(self) -> datetime:
        """When the leak has tried its last number."""
        return self._start + ENDS

    def customers(self) -> Iterator[Webhook]:
        """What happened on the day before: the platform told its apps of each customer, and so where she lives."""
        people = [*self._people.ordinary(), *self._people.reachable()]
        first = self._start - _DAY
        for index, person in enumerate(people):
            yield self._registered(person, at=first + index * _REGISTERED_FOR / len(people))

    def between(self, begin: datetime, end: datetime) -> Iterator[PlannedCall]:
        """All calls of `begin` <= time < `end`, by time; two neighboring stretches together are the whole stretch."""
        ticket = [call for call in (self._ticket(),) if begin <= call.time < end]
        lanes = (self.ordinary(begin, end), self.leak(begin, end), self.replay(begin, end), ticket)
        return heapq.merge(*lanes, key=attrgetter("time", "ref"))

    def ordinary(self, begin: datetime, end: datetime) -> Iterator[PlannedCall]:
        """Customers who look at their own session through the storefront, each in a browser of her own."""
        minute = (begin - self._start) // _MINUTE
        while self._start + minute * _MINUTE < end:
            for call in self._ordinary_minute(minute):
                if begin <= call.time < end:
                    yield call
            minute += 1

    def leak(self, begin: datetime, end: datetime) -> Iterator[PlannedCall]:
        """The run over customer numbers on the direct route: three tries by hand, then a headless browser, number by number."""
        for index in range(_first_try(begin - self._start), min(_first_try(end - self._start), TRIED)):
            yield PlannedCall(
                ref=f"leak-{index:06d}",
                time=self._start + timedelta(microseconds=index * 60_000_000 // PER_MINUTE),
                to="direct",
                target=f"{DIRECT_ROUTE}?cid={FIRST_TRIED + index}",
                ip=ATTACKER,
                asn=ATTACKER_ASN,
                agent=_HAND if index < _PROBES else _HEADLESS,
            )

    def replay(self, begin: datetime, end: datetime) -> Iterator[PlannedCall]:
        """Stolen care tokens, shown to the patient portal from another network."""
        for index in range(REPLAYED):
            time = self._start + REPLAY_BEGINS + index * _REPLAY_EVERY
            if begin <= time < end:
                yield PlannedCall(
                    ref=f"replay-{index:06d}",
                    time=time,
                    to="direct",
                    target=PORTAL_ROUTE,
                    ip=REPLAYER,
                    asn=REPLAYER_ASN,
                    agent=_SCRIPT,
                    token_of=self._people.number(index),
                )

    def _ordinary_minute(self, minute: int) -> list[PlannedCall]:
        begin = self._start + minute * _MINUTE
        draw = random.Random(f"{self._seed}.{minute}")  # noqa: S311  # a story, not a secret
        moments = sorted(draw.randrange(60_000_000) for _ in range(_BUSY[begin.hour]))
        return [
            self._visit(f"visit-{minute:+06d}-{index:02d}", begin + timedelta(microseconds=moment), draw.randrange(ORDINARY))
            for index, moment in enumerate(moments)
        ]

    def _visit(self, ref: str, time: datetime, browser: int) -> PlannedCall:
        customer = FIRST_ORDINARY + browser
        # One address a browser: half of them IPv4, each IPv6 in a network of its own
        ip = f"2001:db8:{browser:x}::1" if browser % 2 else f"198.{18 + browser // 1000}.{browser % 250}.{browser // 250 + 1}"
        return PlannedCall(
            ref=ref,
            time=time,
            to="storefront",
            target=f"{PROXY_ROUTE}?cid={customer}",
            ip=ip,
            asn=_FIRST_PRIVATE_ASN + browser % _PRIVATE_ASNS,
            agent=_BROWSERS[browser % len(_BROWSERS)],
            login=customer,
        )

    def _registered(self, person: Person, *, at: datetime) -> Webhook:
        topic = "customers/create"
        ref = blake2b(f"{self._seed}.{topic}.{person.id}".encode(), digest_size=16).hexdigest()
        return Webhook(ref=ref, time=at, topic=topic, body=_customer_body(person, at=at))

    def _ticket(self) -> PlannedCall:
        ticket = {
            "ref": "5521",
            "sender": "a customer",
            "subject": "Someone else's answers",
            "text": "I see someone else's quiz answers when I change the number in the address.",
        }
        time, body = self._start + TICKET_SENT, msgspec.json.encode(ticket)
        return PlannedCall(ref="ticket-5521", time=time, to="admin", target="/admin/tickets", method="POST", body=body)


def _first_try(since: timedelta) -> int:
    """Index of the first try that is not earlier than `since` the start."""
    micros = since // timedelta(microseconds=1)
    return max(0, -(-micros * PER_MINUTE // 60_000_000))


def _customer_body(person: Person, *, at: datetime) -> bytes:
    country, _, province = person.jurisdiction.partition("-")
    return msgspec.json.encode(
        {
            "id": person.id,
            "admin_graphql_api_id": f"gid://shopify/Customer/{person.id}",
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone,
            "created_at": iso(at),
            "tags": WATERMARK,
            "default_address": {"country_code": country, "province_code": province},
        }
    )
