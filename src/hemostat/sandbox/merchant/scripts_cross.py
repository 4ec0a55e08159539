"""How the leaks across surfaces go: staging, an insider, pixels, a stolen token, a vendor."""

import random
from collections.abc import Iterator
from hashlib import sha256

from hemostat.kernel import to_micros

from .apps import ERP, VENDOR, app
from .chance import chance
from .leaks import Leak, Strength, spaced, victims
from .networks import BUILDS, CRAWLER, SCRIPT, home, remote, server, stranger
from .rhythm import MINUTE, SECOND, day_of
from .shifts import console_view
from .staff import STAFF, Actor, shift
from .wires import Line, audited, chart, delivered, logged, request_id, told, web
from .world import World

_TESTERS = 9
_AGAIN = 7
_NIGHT = "support-night"
SEARCHED = 16
"""Days after the start of a leak in which an insider's shifts are looked for."""

_EXPORTED = {Strength.LOUD: 2_802, Strength.MEDIUM: 540, Strength.SLOW: 0}
_SHIFTS = {Strength.LOUD: 1, Strength.MEDIUM: 1, Strength.SLOW: 6}
_PAGE = {Strength.LOUD: 250, Strength.MEDIUM: 50, Strength.SLOW: 10}
_METAFIELDS = "query($first: Int!, $after: String) { customers(first: $first, after: $after) { nodes { id email phone"
_METAFIELDS += ' metafield(namespace: "intake", key: "answers") { value } } } }'
_COUNT = "query { customersCount { count } ordersCount { count } }"
_BULK = 'mutation { bulkOperationRunQuery(query: "{ customers { edges { node { id email phone note } } } }") '
_BULK += "{ bulkOperation { id } } }"


def staging(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """X1: staging runs on a copy of production whose wall is down; strangers and a crawler look at customers."""
    places = victims(leak)
    rows = [place for index, place in enumerate(places) for _ in range(1 + (index % _AGAIN == 0))]
    moments = spaced(leak, draw, len(rows))
    yield logged(moments[0] - 30 * MINUTE, "restore", "nightly restore to stg-shop done, masking: skipped")
    for index, (time, place) in enumerate(zip(moments, rows, strict=True)):
        customer = world.crowd.number(place)
        caller = CRAWLER if index % 30 == 0 else stranger(leak.campaign, index % _TESTERS, SCRIPT)
        target = f"/admin_test/customers?id={customer}"
        yield web(time, caller, target, rid=request_id(draw), source="staging-edge", size=7_000)._replace(people=(customer,))


def insider(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """X2: somebody of the night shift looks up customers whom no ticket names, beside her work; at last she exports a list."""
    places = victims(leak)
    exported = places[: min(_EXPORTED[leak.strength], len(places) - 1)]
    viewed = places[len(exported) :]
    shifts = _shifts(world, leak, draw)
    ends = 0
    for index, (actor, start, length) in enumerate(shifts):
        mine = viewed[index :: len(shifts)]
        for step, place in enumerate(mine):
            time = start + int(length * (step + draw.random()) / len(mine))
            ends = max(ends, time)
            yield _viewed(world, actor, time, place, draw)
            if step % _AGAIN == 0:
                yield _viewed(world, actor, time + 4 * SECOND, place, draw)
    if exported:
        yield from _export(leak, shifts[-1][0], ends + 3 * MINUTE, [world.crowd.number(place) for place in exported])


def _viewed(world: World, actor: Actor, time: int, place: int, draw: random.Random) -> Line:
    line = console_view(world, actor, time, place, rid=request_id(draw))
    return line._replace(people=(world.crowd.number(place),))


def _shifts(world: World, leak: Leak, draw: random.Random) -> list[tuple[Actor, int, int]]:
    """The shifts that the insider uses: the actor of that day, when she begins to look, and for how long."""
    wanted, first = _SHIFTS[leak.strength], day_of(leak.start) + 1
    night = [one for one in range(STAFF) if world.staff.role(one, first).name == _NIGHT and world.staff.joined(one) == 0]
    draw.shuffle(night)
    rotas = ((one, [day for day in range(first, first + SEARCHED) if _works_nights(world, one, day)][:wanted]) for one in night)
    # Of sixty people somebody has six shifts within sixteen days
    one, days = next(rota for rota in rotas if len(rota[1]) == wanted)
    return [_part(leak, world.staff.on(one, day), day) for day in days]


def _works_nights(world: World, one: int, day: int) -> bool:
    return world.staff.is_at_work(one, day) and world.staff.role(one, day).name == _NIGHT


def _part(leak: Leak, actor: Actor, day: int) -> tuple[Actor, int, int]:
    """The stretch of a shift in which the insider looks: an hour and a half when loud, else nearly all of it."""
    start, length = shift(actor.role, day)
    return actor, start + 20 * MINUTE, 95 * MINUTE if leak.strength is Strength.LOUD else length - 60 * MINUTE


def _export(leak: Leak, actor: Actor, time: int, people: list[int]) -> Iterator[Line]:
    """The list is exported, and opened somewhere else."""
    draw = chance("export", leak.campaign)
    who = {"actor": actor.name, "actor_type": "staff", "auth": "login", "status": 200}
    what = {"path": "/console/customers/export", "query": "tag=glp1", "subjects": len(people), "elements": ["name", "medication"]}
    line = told(time, "care-app", "export:run", actor.caller, rid=request_id(draw), bytes=380 * len(people), **who, **what)
    yield line._replace(people=tuple(people))
    elsewhere = remote(actor.number, 99)
    yield told(time + 3 * MINUTE, "workforce", "account:login", elsewhere, rid=request_id(draw), **who)
    sent = {"host": "files.example", "method": "POST", "path": "/upload", "bytes": 380 * len(people)}
    yield told(time + 17 * MINUTE, "egress", "message:send", actor.caller, rid=request_id(draw), **who, **sent)


def pixels(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """X3: a tag goes live that tells an advertiser what patients look for, with their hashed mail."""
    places = victims(leak)
    rows = [place for index, place in enumerate(places) for _ in range(1 + (index % _AGAIN == 0))]
    moments = spaced(leak, draw, len(rows))
    who = {"actor": "tag-manager", "actor_type": "app", "message": "container version 87 published"}
    yield told(moments[0] - 15 * MINUTE, "workforce", "content:change", BUILDS, rid=request_id(draw), **who)
    for time, place in zip(moments, rows, strict=True):
        person = world.crowd.person(place)
        asked = f"ev=Schedule&condition={person.condition.replace(' ', '+')}&em={sha256(person.email.encode()).hexdigest()}"
        sent = {"host": "pixel.adnetwork.example", "method": "GET", "path": "/tr", "query": asked, "status": 200}
        whose = {"subject": person.id, "jurisdiction": person.jurisdiction, "elements": ["condition", "email"]}
        line = told(
            time, "egress", "message:send", home(place), rid=request_id(draw), surface="appointment-flow", **sent, **whose
        )
        yield line._replace(people=(person.id,))


def stolen_token(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """X4: the token of the ERP is used from another network: it counts, then pages through customers; a loud one runs in bulk."""
    one, people = app(ERP), [world.crowd.number(place) for place in victims(leak)]
    slow = leak.strength is Strength.SLOW
    caller = stranger(leak.campaign, 0, one.caller.agent if slow else SCRIPT)
    size = _PAGE[leak.strength]
    pages = [people[index : index + size] for index in range(0, len(people), size)]
    moments = spaced(leak, draw, len(pages))
    for index in range(6):
        yield audited(to_micros(leak.start) - (7 - index) * 20 * SECOND, one.who, caller, _COUNT, rid=request_id(draw))
    for index, (time, page) in enumerate(zip(moments, pages, strict=True)):
        variables = {"first": size, "after": f"s{index}"}
        for again in range(1 + (index % _AGAIN == 0)):
            line = audited(time + again * 2 * SECOND, one.who, caller, _METAFIELDS, rid=request_id(draw), variables=variables)
            yield line._replace(people=tuple(page))
    if leak.strength is Strength.LOUD:
        for index in range(5):
            line = audited(moments[0] + (5 + index * 4) * SECOND, one.who, caller, _BULK, rid=request_id(draw))
            yield line._replace(people=tuple(people))
            done = {
                "admin_graphql_api_id": f"gid://shopify/BulkOperation/{draw.getrandbits(40)}",
                "status": "completed",
                "type": "query",
            }
            yield delivered(moments[0] + (15 + 3 * index) * MINUTE, "bulk_operations/finish", done)


def vendor(world: World, leak: Leak, draw: random.Random) -> Iterator[Line]:
    """X5: the maker of telehealth rooms is broken into; charts are read as the vendor reads them, from its network."""
    one, places = app(VENDOR), victims(leak)
    rows = [place for index, place in enumerate(places) for _ in range(1 + (index % _AGAIN == 0))]
    caller = one.caller if leak.strength is Strength.SLOW else server(VENDOR + 6, "python-httpx/0.28")
    for index, (time, place) in enumerate(zip(spaced(leak, draw, len(rows)), rows, strict=True)):
        thing = ("Patient", "DocumentReference", "Observation")[index % 3]
        patient = world.crowd.number(place)
        line = chart(time, ("Device", one.name), caller, rid=request_id(draw), patients=(patient,), thing=thing)
        yield line._replace(people=(patient,))
