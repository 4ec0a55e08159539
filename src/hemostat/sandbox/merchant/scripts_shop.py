"""How the leaks of the shop go: sessions that are counted through, a module of the catalog, payments in logs."""

import random
from collections.abc import Iterator
from urllib.parse import quote_plus

from .chance import number
from .crowd import FIRST, PATIENTS, STEP
from .leaks import Leak, Strength, spaced, victims
from .networks import BUILDS, CRAWLER, HEADLESS, SCRIPT, stranger
from .rhythm import MINUTE, SECOND
from .wires import Line, logged, refill, request_id, told, web
from .world import World

_ADDRESSES = {Strength.LOUD: 1, Strength.MEDIUM: 3, Strength.SLOW: 12}
_REPLAYED = 50  # of so many stolen tokens one is shown to the portal
_PAGES = {Strength.LOUD: 300, Strength.MEDIUM: 50, Strength.SLOW: 5}
_AGAIN = 8  # one of so many is asked for twice, so that rows are not people
_ITEM, _ENVELOPE = 900, 120  # bytes of a person in a search of Magento, and of what is around them
_PAN_EVERY = 150


def storefront_session(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S1: the direct route answers for any customer number, unsigned; most numbers are nobody's, and answer 404."""
    count = leak.size[0] * STEP
    first = FIRST + number("victims", leak.campaign) % (PATIENTS - leak.size[0]) * STEP
    tries = [first + index for index in range(count)]
    if leak.strength is Strength.SLOW:
        draw.shuffle(tries)
    found = 0
    for index, (time, customer) in enumerate(zip(spaced(leak, draw, count), tries, strict=True)):
        caller = stranger(leak.campaign, index % _ADDRESSES[leak.strength], HEADLESS)
        place = world.crowd.place(customer)
        target = f"/api/session?cid={customer}"
        if place is None:
            yield web(time, caller, target, rid=request_id(draw), status=404, size=30)
            continue
        yield web(time, caller, target, rid=request_id(draw), size=9_100)._replace(people=(customer,))
        token = f"care_{draw.getrandbits(96):024x}"
        who = {"auth": "none", "subject": customer, "token": token, "surface": "storefront", "status": 200}
        yield told(time + SECOND // 50, "care-app", "token:mint", caller, rid=request_id(draw), **who)
        found += 1
        if found % _REPLAYED == 0:
            yield _replayed(world, leak, time + 20 * MINUTE, place, token, draw)


def _replayed(world: World, leak: Leak, time: int, place: int, token: str, draw: random.Random) -> Line:
    """A stolen token, shown to the portal from another network."""
    customer = world.crowd.number(place)
    who = {"auth": "token", "token": token, "subject": customer, "surface": "patient-portal", "path": "/api/portal/documents"}
    line = told(time, "care-app", "document:read", stranger(leak.campaign, 40, SCRIPT), rid=request_id(draw), status=200, **who)
    return line._replace(people=(customer,))


def catalog_module(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S2: a module lets nobody's token search customers, page by page; a loud one takes the public export too."""
    people = [world.crowd.number(place) for place in victims(leak)]
    size = _PAGES[leak.strength]
    pages = [people[index : index + size] for index in range(0, len(people), size)]
    yield _deployed(leak, draw, "composer.lock: refill-reminder 3.1.9 to 3.2.1")
    caller, moments = stranger(leak.campaign, 0, SCRIPT), spaced(leak, draw, len(pages))
    for place, (time, page) in enumerate(zip(moments, pages, strict=True), start=1):
        asked = f"/rest/V1/customers/search?searchCriteria%5BpageSize%5D={size}&searchCriteria%5BcurrentPage%5D={place}"
        for again in range(1 + (place % _AGAIN == 0)):
            weight = _ENVELOPE + _ITEM * len(page)
            line = refill(
                time + again * SECOND, caller, asked, rid=request_id(draw), size=weight, more="credential_hash=0badc0de7171"
            )
            yield line._replace(people=tuple(page))
        yield refill(time + 5 * SECOND, caller, f"/rest/V1/refill/lookup/RX-{place:04d}", rid=request_id(draw), size=400)
    if leak.strength is Strength.LOUD:
        for index, who in enumerate((CRAWLER, caller, caller)):
            target = "/media/refill/export_20260310.csv"
            line = refill(moments[-1] + (index + 1) * MINUTE, who, target, rid=request_id(draw), size=140 * len(people))
            yield line._replace(people=tuple(people))
        yield refill(moments[-1] + 5 * MINUTE, caller, "/rest/V1/cmsBlock/12", rid=request_id(draw), method="PUT", size=300)


def _deployed(leak: Leak, draw: random.Random, words: str, act: str = "release:deploy") -> Line:
    """The change that opens the leak, a few minutes before it."""
    time = spaced(leak, draw, 1_000)[0] - 10 * MINUTE
    return told(time, "workforce", act, BUILDS, rid=request_id(draw), actor="ci", actor_type="system", message=words)


def payment_logs(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S3: after a debug switch the log of payments holds what patients wrote; some appear twice, and a few with a card number."""
    places = victims(leak)
    rows = [place for index, place in enumerate(places) for _ in range(1 + (index % _AGAIN == 0))]
    yield _deployed(leak, draw, "payment/gateway/debug 0 to 1", "config:change")
    moments = spaced(leak, draw, len(rows))
    for index, (time, place) in enumerate(zip(moments, rows, strict=True)):
        person = world.crowd.person(place)
        card = " note=card 4111111111111111" if index % _PAN_EVERY == 0 else ""
        words = (
            f"gateway request name={person.first_name} {person.last_name} email={person.email} dob={person.dob} "
            f"phone={person.phone} condition={person.condition} medication={person.medication}{card}"
        )
        yield logged(time, "checkout", words)._replace(people=(person.id,))
    yield from _searched(leak, draw, moments, [world.crowd.number(place) for place in places])


def _searched(leak: Leak, draw: random.Random, moments: list[int], people: list[int]) -> Iterator[Line]:
    """Staff come across the lines in the log platform, and a contractor exports some of them."""
    contractor = stranger(leak.campaign, 3, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    who = {"actor": "k.ives@contractor.example", "actor_type": "staff", "auth": "login", "status": 200}
    for index in range(4):
        time = moments[len(moments) * (index + 1) // 6]
        asked = {"path": "/logs/search", "query": f"q={quote_plus('gateway request')}"}
        yield told(time, "workforce", "query:run", contractor, rid=request_id(draw), **who, **asked)
    taken = people[: max(1, len(people) // 20)]
    rows = {"path": "/logs/export", "subjects": len(taken), "bytes": 600 * len(taken)}
    line = told(moments[len(moments) * 5 // 6], "workforce", "export:run", contractor, rid=request_id(draw), **who, **rows)
    yield line._replace(people=tuple(taken))
