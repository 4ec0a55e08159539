"""What patients do: they come as a Poisson process by minute, each with a visit of a few requests.

A minute draws from a stream of its own, so that a day can begin anywhere; what began before midnight is drawn again.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from typing import Any

from hemostat.kernel import from_micros
from hemostat.sandbox.signing import proxy_query

from .chance import chance, poisson
from .crowd import PAPERS, PATIENTS, paper
from .networks import CLINIC, KIOSK, Caller, abroad, home
from .rhythm import DAY, HOUR, MINUTE, SECOND, Quirk, begins, day_of, traffic
from .wires import RECORDINGS, Line, delivered, refill, request_id, stored, told, web
from .world import World

VISITS = 150_000
"""Visits on an ordinary day at volume 1."""

_LONGEST = 20  # minutes of a visit
_GOODS = 900
_HEALTH = ("hair", "skin", "sleep", "migraine", "thyroid", "anxiety")
_CLINIC_SHARE, _KIOSK_SHARE = 0.06, 0.004
_BROKEN = 0.01  # share of sessions that follow an old link without a signature
_CARES = 30  # one of so many acts for the patient whose number comes next
_ADVERTISED = 0.1
_AT_HOME = 0.99

Visit = Callable[[World, random.Random, int, int, Caller], Iterator[Line]]


def visits(world: World, day: int) -> Iterator[Line]:
    """All lines of all patients on this day, by time."""
    start, waiting, order = begins(day), [], 0  # type: int, list[tuple[int, int, Line]], int
    for minute in range(-_LONGEST, DAY // MINUTE):
        at = start + minute * MINUTE
        while waiting and waiting[0][0] < at:
            line = heapq.heappop(waiting)[2]
            if line.time >= start:
                yield line
        for line in _minute(world, at):
            order += 1
            heapq.heappush(waiting, (line.time, order, line))
    while waiting and waiting[0][0] < start + DAY:
        yield heapq.heappop(waiting)[2]


def _minute(world: World, at: int) -> Iterator[Line]:
    """The visits that begin within this minute."""
    draw = chance(world.seed, "minute", at // MINUTE)
    mean = VISITS / (DAY // MINUTE) * traffic(at, world.quirks) * world.volume
    for _ in range(poisson(draw, mean)):
        time, place = at + draw.randrange(MINUTE), draw.randrange(PATIENTS)
        caller, quirk = _from(world, at, place, draw)
        (kind,) = draw.choices(_KINDS, _WEIGHTS)
        for line in kind(world, draw, time, place, caller):
            yield line._replace(quirk=quirk) if quirk and not line.quirk else line


def _from(world: World, at: int, place: int, draw: random.Random) -> tuple[Caller, str]:
    """Where the visit comes from: from home, or on workdays from a clinic with one address, or from the kiosk there."""
    roll, hour = draw.random(), at % DAY // HOUR
    if roll > _AT_HOME:
        return abroad(place), ""
    if 13 <= hour < 22:  # noqa: PLR2004  # the hours of the clinic
        day = day_of(from_micros(at))
        if roll < _KIOSK_SHARE and world.has(Quirk.KIOSK, day):
            return KIOSK, Quirk.KIOSK
        if roll < _KIOSK_SHARE + _CLINIC_SHARE and world.has(Quirk.CLINIC_NAT, day):
            return CLINIC._replace(agent=home(place).agent), Quirk.CLINIC_NAT
    return home(place), ""


def _gap(draw: random.Random) -> int:
    return SECOND + min(int(draw.expovariate(0.04) * SECOND), 90 * SECOND)


def _shops(_world: World, draw: random.Random, time: int, _place: int, caller: Caller) -> Iterator[Line]:
    for _ in range(draw.randrange(3, 11)):
        good = int(_GOODS * draw.random() ** 3)
        target = draw.choice((f"/products/{_HEALTH[good % 6]}-{good}", f"/collections/{_HEALTH[good % 6]}", "/cart", "/"))
        yield web(time, caller, target, rid=request_id(draw), size=8_000 + good * 11)
        if draw.random() < _ADVERTISED:
            sent = {"host": "ads.partner.example", "path": "/pv", "query": "page=shop", "status": 204}
            yield told(time + SECOND, "egress", "message:send", caller, rid=request_id(draw), **sent)
        time += _gap(draw)


def _asks_quiz(_world: World, draw: random.Random, time: int, _place: int, caller: Caller) -> Iterator[Line]:
    """A quiz, and what the browser sent to the merchant's own analytics meanwhile."""
    about = draw.choice(_HEALTH)
    for step in range(1, draw.randrange(3, 8)):
        yield web(time, caller, f"/quiz/{about}?step={step}", rid=request_id(draw))
        sent = {"host": "metrics.fernhollow.example", "path": "/collect", "query": f"page=quiz&step={step}", "status": 204}
        yield told(time + SECOND, "egress", "message:send", caller, rid=request_id(draw), **sent)
        time += _gap(draw)


def _sees_session(world: World, draw: random.Random, time: int, place: int, caller: Caller) -> Iterator[Line]:
    """The care app through the platform's proxy, signed; now and then an old link, which the app refuses."""
    customer = str(world.crowd.number(place))
    if Quirk.BROKEN_LINKS in world.quirks and draw.random() < _BROKEN:
        line = web(time, caller, f"/api/session?cid={customer}", rid=request_id(draw), status=401, size=38)
        yield line._replace(quirk=Quirk.BROKEN_LINKS)
        return
    yield web(time, caller, "/account", rid=request_id(draw))
    for _ in range(draw.randrange(1, 3)):
        time += _gap(draw)
        query = proxy_query(f"cid={customer}", secret=world.secret, customer=customer, at=from_micros(time))
        yield web(time, caller, f"/apps/care/session?{query}", rid=request_id(draw), size=1_900)
    yield web(time + _gap(draw), caller, "/account/orders", rid=request_id(draw))


def _opens_portal(world: World, draw: random.Random, time: int, place: int, caller: Caller) -> Iterator[Line]:
    """A patient signs in and reads papers of her own; one in thirty reads those of somebody she cares for."""
    token = f"care_{draw.getrandbits(96):024x}"
    cares = Quirk.CARERS in world.quirks and place % _CARES == 0
    whose = place + 1 if cares else place
    yield web(time, caller, "/portal", rid=request_id(draw))
    yield own(world, time + 2 * SECOND, "account:login", place, caller, draw, token=token, path="/portal/login")
    for _ in range(draw.randrange(1, 6)):
        time += _gap(draw)
        path = f"/api/v2/documents/{paper(whose, draw.randrange(PAPERS))}/download"
        line = own(world, time, "document:read", place, caller, draw, of=whose, token=token, path=path, bytes=240_000)
        yield line._replace(quirk=Quirk.CARERS) if cares else line


def own(
    world: World, time: int, act: str, place: int, caller: Caller, draw: random.Random, *, of: int | None = None, **fields: Any
) -> Line:
    """What the care app tells of the patient at `place`, who touches her own data, or that of another place: `of`."""
    owner = place if of is None else of
    who = {
        "actor": world.crowd.number(place),
        "actor_type": "person",
        "auth": "login",
        "status": 200,
        "surface": "patient-portal",
    }
    whose = {"subject": world.crowd.number(owner), "jurisdiction": world.crowd.state(owner)}
    return told(time, "care-app", act, caller, rid=request_id(draw), **(who | whose | fields))


def _books(world: World, draw: random.Random, time: int, place: int, caller: Caller) -> Iterator[Line]:
    yield web(time, caller, "/booking/slots", rid=request_id(draw))
    time += _gap(draw)
    where: dict[str, Any] = {"surface": "appointment-flow", "path": "/booking/appointments", "method": "POST"}
    yield own(world, time, "record:create", place, caller, draw, **where)
    yield web(time + SECOND, caller, "/booking/confirm", rid=request_id(draw))


def _orders(world: World, draw: random.Random, time: int, place: int, caller: Caller) -> Iterator[Line]:
    yield web(time, caller, "/checkout", rid=request_id(draw), method="POST")
    person, order = world.crowd.person(place), draw.randrange(10**11, 10**12)
    country, _, province = person.jurisdiction.partition("-")
    address = {"country_code": country, "province_code": province}
    customer = {"id": person.id, "first_name": person.first_name, "last_name": person.last_name, "default_address": address}
    record = {"id": order, "email": person.email, "customer": customer, "tags": person.watermark, "total_price": "34.00"}
    yield delivered(time + 3 * SECOND, "orders/create", record)
    yield web(time + 4 * SECOND, caller, "/checkout/thank-you", rid=request_id(draw))


def _refills(_world: World, draw: random.Random, time: int, _place: int, caller: Caller) -> Iterator[Line]:
    """The Magento store of refills."""
    cart = f"{draw.getrandbits(128):032x}"
    for method, target, more in (
        ("GET", f"/refill/{_HEALTH[draw.randrange(6)]}.html", ""),
        ("GET", "/customer/section/load/?sections=cart%2Ccustomer", ""),
        ("POST", "/graphql", "graphql_operation=customerCart"),
        ("GET", "/sales/order/history/", ""),
        ("POST", f"/rest/default/V1/guest-carts/{cart}/payment-information", ""),
    )[: draw.randrange(2, 6)]:
        yield refill(time, caller, target, rid=request_id(draw), method=method, more=more, size=draw.randrange(500, 30_000))
        time += _gap(draw)


def _watches(world: World, draw: random.Random, time: int, place: int, caller: Caller) -> Iterator[Line]:
    """A patient looks at the recording of her own visit, by a link that was made for her."""
    key = f"{RECORDINGS}/clinic-{place % 3}/{place}.mp4"
    where: dict[str, Any] = {
        "surface": "telehealth-session",
        "path": f"/replay/{place}",
        "token": f"link_{draw.getrandbits(96):024x}",
    }
    yield own(world, time, "recording:read", place, caller, draw, **where)
    signature, rid = f"{draw.getrandbits(256):064x}", request_id(draw).upper()
    yield stored(time + 3 * SECOND, key, caller, rid=rid, signature=signature)


_MIX: tuple[tuple[Visit, int], ...] = (
    (_shops, 56), (_asks_quiz, 6), (_sees_session, 13), (_opens_portal, 12), (_books, 3), (_orders, 3),
    (_refills, 6), (_watches, 1),
)  # fmt: skip
_KINDS = tuple(kind for kind, _ in _MIX)
_WEIGHTS = tuple(weight for _, weight in _MIX)
