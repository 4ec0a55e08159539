"""What staff do in a shift: sign in, look at the records of their work, sign out."""

import heapq
import random
from collections.abc import Callable, Iterator
from operator import attrgetter

from .apps import CARE_DESK, CUSTOMER_BY_ID, SEGMENT_MEMBERS
from .chance import chance
from .crowd import PANEL, PATIENTS
from .networks import Caller
from .rhythm import MINUTE, Quirk
from .staff import Actor, shift
from .wires import RECORDINGS, Line, audited, chart, refill, request_id, stored, told
from .world import World

_TICKETED = 0.96
_BY_SHOPIFY = 0.3
_COVERS = 0.08  # share of a clinician's reads for a colleague's patients
_CHARTS = ("Observation", "Encounter", "MedicationRequest", "DocumentReference", "Condition", "AllergyIntolerance")
_CAMPAIGN_TEAM, _CAMPAIGN_FACTOR = 8, 2.5  # one of so many in support calls customers from a list
_ENOUGH = 3  # clicks, 1 less at most


def workforce(world: World, day: int) -> Iterator[Line]:
    """All lines of all staff on this day, by time."""
    lanes = [_day_of(world, actor, day) for actor in world.staff.at_work(day)]
    return heapq.merge(*lanes, key=attrgetter("time"))


def _day_of(world: World, actor: Actor, day: int) -> Iterator[Line]:
    draw = chance(world.seed, "shift", actor.number, day)
    calls = actor.role.name.startswith("support") and actor.number % _CAMPAIGN_TEAM == 0 and world.has(Quirk.CAMPAIGN, day)
    start, length = shift(actor.role, day)
    yield _session(actor, start + draw.randrange(4 * MINUTE), "account:login", draw)
    for time in world.staff.moments(actor, day, factor=_CAMPAIGN_FACTOR if calls else 1.0):
        for line in _WORK[actor.role.name](world, actor, max(time, start + 5 * MINUTE), draw):
            yield line._replace(quirk=Quirk.CAMPAIGN) if calls else line
    yield _session(actor, start + length + draw.randrange(5 * MINUTE), "account:logout", draw)


def _session(actor: Actor, time: int, act: str, draw: random.Random) -> Line:
    who = {"actor": actor.name, "actor_type": "staff", "auth": "login"}
    return told(time, "workforce", act, actor.caller, rid=request_id(draw), status=200, **who)


def console_view(
    world: World, actor: Actor, time: int, place: int, *, rid: str, ticket: int = 0, caller: Caller | None = None
) -> Line:
    """A look at one customer in the console of the care desk, with the number of a ticket if there is one."""
    customer = world.crowd.number(place)
    return told(
        time,
        "care-app",
        "customer:read",
        caller or actor.caller,
        rid=rid,
        actor=actor.name,
        actor_type="staff",
        auth="login",
        surface="patient-portal",
        method="GET",
        path=f"/console/customers/{customer}",
        query=f"ticket={ticket}" if ticket else "",
        status=200,
        bytes=4_200,
        subject=customer,
        jurisdiction=world.crowd.state(place),
        elements=["name", "email", "phone", "order", "intake_answers"],
    )


def _support(world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    place = draw.randrange(PATIENTS)
    if draw.random() < _BY_SHOPIFY:
        variables = {"id": f"gid://shopify/Customer/{world.crowd.number(place)}"}
        rid = request_id(draw)
        yield audited(time, CARE_DESK, actor.caller, CUSTOMER_BY_ID, rid=rid, variables=variables, staff=actor.name)
        return
    ticket = draw.randrange(100_000, 999_999) if draw.random() < _TICKETED else 0
    yield console_view(world, actor, time, place, rid=request_id(draw), ticket=ticket)


def _pharmacist(world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    patient = world.crowd.number(draw.randrange(PATIENTS))
    who = ("Practitioner", actor.name)
    yield chart(time, who, actor.caller, rid=request_id(draw), patients=(patient,), thing="MedicationRequest", app="pharmacy")


def _clinician(world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    covers = draw.random() < _COVERS
    place = draw.randrange(PATIENTS) if covers else world.crowd.panel(actor.number, int(PANEL * draw.random() ** 2))
    patient, who, roll = world.crowd.number(place), ("Practitioner", actor.name), draw.random()
    if roll < 0.02:  # noqa: PLR2004  # one look in fifty is at a recording
        key, name = (
            f"{RECORDINGS}/clinic-{actor.number % 3}/{place}.mp4",
            f"arn:aws:sts::000000000000:assumed-role/replay/{actor.number}",
        )
        yield stored(time, key, actor.caller, rid=request_id(draw).upper(), requester=name)
    elif roll < 0.08:  # noqa: PLR2004  # and one in seventeen is a search
        asked = f"Observation?patient={patient}&category=laboratory"
        yield chart(time, who, actor.caller, rid=request_id(draw), patients=(patient,), thing="Observation", searched=asked)
    else:
        yield chart(time, who, actor.caller, rid=request_id(draw), patients=(patient,), thing=draw.choice(_CHARTS))


def _marketing(_world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    rid = request_id(draw)
    size = draw.choice((10, 25, 50))
    yield audited(time, CARE_DESK, actor.caller, SEGMENT_MEMBERS, rid=rid, variables={"first": size}, staff=actor.name)


def _finance(world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    key = f"{chance(world.seed, 'key', actor.number, time // (24 * 60 * MINUTE)).getrandbits(128):032x}"
    if draw.random() < 0.2:  # noqa: PLR2004  # one look in five is at a page of the grid
        target = f"/admin/mui/index/render/key/{key}/?namespace=sales_order_grid&paging%5BpageSize%5D=20"
        yield refill(time, actor.caller, target, rid=request_id(draw), size=28_000)
    else:
        order = draw.randrange(100_000, 999_999)
        yield refill(time, actor.caller, f"/admin/sales/order/view/order_id/{order}/key/{key}/", rid=request_id(draw))


_OPERATIONS = ("query:run", "query:run", "query:run", "api:read", "page:read", "config:change")


def _engineer(_world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    act = "release:deploy" if draw.random() < 0.02 else draw.choice(_OPERATIONS)  # noqa: PLR2004  # a deploy in fifty
    yield from _tool(actor, act, time, draw)


_GRANTS = ("account:change", "account:change", "access:grant", "access:revoke", "config:change", "api:read")


def _it_admin(_world: World, actor: Actor, time: int, draw: random.Random) -> Iterator[Line]:
    yield from _tool(actor, draw.choice(_GRANTS), time, draw)


def _tool(actor: Actor, act: str, time: int, draw: random.Random) -> Iterator[Line]:
    """One act, and sometimes the same again, as tools are clicked."""
    for _ in range(draw.randrange(1, _ENOUGH)):
        who = {"actor": actor.name, "actor_type": "staff", "auth": "login", "path": f"/tools/{act.partition(':')[0]}"}
        yield told(time, "workforce", act, actor.caller, rid=request_id(draw), status=200, **who)


_WORK: dict[str, Callable[[World, Actor, int, random.Random], Iterator[Line]]] = {
    "support-day": _support, "support-night": _support, "pharmacist": _pharmacist, "clinician": _clinician,
    "marketing": _marketing, "finance": _finance, "engineer": _engineer, "it-admin": _it_admin,
}  # fmt: skip
