"""How the leaks of care go: papers of the portal, logs of appointments, recordings of visits."""

import random
from collections.abc import Iterator
from typing import Any

from .crowd import PAPERS, PATIENTS, paper
from .leaks import Leak, Strength, spaced, victims
from .networks import BUILDS, CRAWLER, HAND, SCRIPT, STAGING, home, stranger
from .rhythm import HOUR, MINUTE, SECOND
from .visits import own
from .wires import LOGS, RECORDINGS, Line, request_id, stored
from .world import World

_ADDRESSES = {Strength.LOUD: 37, Strength.MEDIUM: 12, Strength.SLOW: 4}
_RUN = 3  # papers of one person in a row, at most
_PER_OBJECT = {Strength.LOUD: 52, Strength.MEDIUM: 50, Strength.SLOW: 40}  # bookings of one hour
_VIEWERS = 20
_NOBODY = {"subject": "", "jurisdiction": ""}
_CACHED = 12  # one of so many bookings is also read from the cache


def portal_papers(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S4: one patient's account reads the papers of others, number by number, from many homes."""
    start = victims(leak)[0] % (PATIENTS - leak.size[0])
    thief = (start + PATIENTS // 2) % PATIENTS
    numbers = [(place, index) for place in range(start, start + leak.size[0]) for index in range(1 + place % _RUN)]
    if leak.strength is Strength.SLOW:
        draw.shuffle(numbers)
    token, count = f"care_{draw.getrandbits(96):024x}", _ADDRESSES[leak.strength]
    for tried, (time, (place, index)) in enumerate(zip(spaced(leak, draw, len(numbers)), numbers, strict=True)):
        caller = home(start + 31 * (tried % count) + 1)._replace(agent=home(thief).agent)
        where: dict[str, Any] = {"token": token, "path": f"/api/v2/documents/{paper(place, index)}/download", "bytes": 240_000}
        line = own(world, time, "document:read", thief, caller, draw, of=place, **where)
        yield line._replace(people=(world.crowd.number(place),))
        if tried % 6 == 5:  # noqa: PLR2004  # numbers between papers answer nothing
            gone = (
                where | {"path": f"/api/v2/documents/{paper(place, PAPERS - 1)}/download", "status": 404, "bytes": 40} | _NOBODY
            )
            yield own(world, time + SECOND, "document:read", thief, caller, draw, **gone)


def appointment_logs(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S5: a policy opens the bucket of hourly logs, and strangers get objects; staging reads a cache of bookings."""
    people = [world.crowd.number(place) for place in victims(leak)]
    size = _PER_OBJECT[leak.strength]
    objects = [people[index : index + size] for index in range(0, len(people), size)]
    moments = spaced(leak, draw, len(objects))
    role = "arn:aws:sts::000000000000:assumed-role/ci/pipeline"
    policy: dict[str, Any] = {"operation": "REST.PUT.BUCKETPOLICY", "requester": role, "size": 420}
    yield stored(moments[0] - 20 * MINUTE, f"{LOGS}/-", BUILDS, rid=request_id(draw).upper(), **policy)
    for index, (time, inside) in enumerate(zip(moments, objects, strict=True)):
        caller = stranger(leak.campaign, index % 3, HAND)
        key = f"{LOGS}/booking/{time // (24 * HOUR)}/{index:03d}.gz"
        line = stored(time, key, caller, rid=request_id(draw).upper(), size=11_000 * len(inside))
        yield line._replace(people=tuple(inside))
        if index % 4 == 0:
            again = stored(time + 9 * MINUTE, key, CRAWLER, rid=request_id(draw).upper(), size=11_000 * len(inside))
            yield again._replace(people=tuple(inside))
    yield from _cached(world, leak, draw)


def _cached(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """Reads of the last booking by telephone number, from the subnet of staging."""
    places = victims(leak)[::_CACHED]
    for time, place in zip(spaced(leak, draw, len(places)), places, strict=True):
        who: dict[str, Any] = {
            "actor": "booking-cache",
            "actor_type": "system",
            "auth": "none",
            "surface": "appointment-flow",
            "path": "/cache/last",
        }
        line = own(world, time, "record:read", place, STAGING, draw, **who)
        yield line._replace(people=(world.crowd.number(place),))


def recordings(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """S6: a list of replays shows visits of other clinics; some links are made, and some are opened, a few from two networks."""
    places = victims(leak)
    rows = [place for index, place in enumerate(places) for _ in range(1 + (index % 16 == 0))]
    for index, (time, place) in enumerate(zip(spaced(leak, draw, len(rows)), rows, strict=True)):
        viewer = (place + 1 + index % _VIEWERS * 997) % PATIENTS
        caller, people = home(viewer), (world.crowd.number(place),)
        where: dict[str, Any] = {"surface": "telehealth-session", "path": "/replay/list"}
        yield own(world, time, "recording:read", viewer, caller, draw, of=place, **where)._replace(people=people)
        if index % 4:
            continue
        link = {"surface": "telehealth-session", "path": f"/replay/{place}", "token": f"link_{draw.getrandbits(96):024x}"}
        yield own(world, time + 9 * SECOND, "token:mint", viewer, caller, draw, of=place, **link)._replace(people=people)
        key, signature = f"{RECORDINGS}/clinic-{place % 3}/{place}.mp4", f"{draw.getrandbits(256):064x}"
        for who in (caller, stranger(leak.campaign, index, SCRIPT))[: 1 + (index % 16 == 0)]:
            rid = request_id(draw).upper()
            line = stored(time + 15 * SECOND, key, who, rid=rid, signature=signature)
            yield line._replace(people=people)
