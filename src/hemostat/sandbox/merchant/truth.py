"""What really leaked: the lines of each leak, and whom they exposed. Nothing of it stands in a message."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from random import Random

import msgspec

from hemostat.kernel import from_micros, to_micros

from . import scripts_care, scripts_cross, scripts_shop
from .chance import chance
from .leaks import Kind, Leak, Strength
from .rhythm import DAY, HOUR, begins
from .scripts_cross import SEARCHED
from .wires import Line
from .world import World

_SCRIPTS: Mapping[Kind, Callable[[World, Leak, Random], Iterator[Line]]] = {
    Kind.STOREFRONT_SESSION: scripts_shop.storefront_session, Kind.CATALOG_MODULE: scripts_shop.catalog_module,
    Kind.PAYMENT_LOGS: scripts_shop.payment_logs, Kind.PORTAL_PAPERS: scripts_care.portal_papers,
    Kind.APPOINTMENT_LOGS: scripts_care.appointment_logs, Kind.RECORDINGS: scripts_care.recordings,
    Kind.STAGING: scripts_cross.staging, Kind.INSIDER: scripts_cross.insider, Kind.PIXELS: scripts_cross.pixels,
    Kind.STOLEN_TOKEN: scripts_cross.stolen_token, Kind.VENDOR: scripts_cross.vendor,
}  # fmt: skip


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What one leak really exposed.

    begins, ends: of its first and last line; exposes: of the first line that gave somebody's data away, from when on time counts.
    rows: its lines, which are not people.
    people: customer numbers, in rising order; by_state: how many of them live where.
    """

    campaign: str
    kind: Kind
    strength: Strength
    begins: datetime
    exposes: datetime
    ends: datetime
    rows: int
    people: tuple[int, ...]
    by_state: dict[str, int]


def script(world: World, leak: Leak) -> list[Line]:
    """All lines of a leak, by time, marked as its own."""
    lines = _SCRIPTS[leak.kind](world, leak, chance(world.seed, "script", leak.campaign))
    return sorted((line._replace(campaign=leak.campaign) for line in lines), key=attrgetter("time"))


def leaking(world: World, leaks: Sequence[Leak], day: int) -> Iterator[Line]:
    """The lines of all leaks that happen on this day, by time."""
    start, end = begins(day), begins(day) + DAY
    lines = [line for leak in leaks if _may_touch(leak, start, end) for line in script(world, leak) if start <= line.time < end]
    return iter(sorted(lines, key=attrgetter("time")))


def _may_touch(leak: Leak, start: int, end: int) -> bool:
    """May the leak have lines in this stretch? What opens it comes minutes before, what ends it within a day."""
    first, lasts = to_micros(leak.start), SEARCHED * DAY if leak.kind is Kind.INSIDER else int(leak.size[1] * HOUR)
    return first < end + DAY and start <= first + lasts + DAY


def truth_of(world: World, leak: Leak) -> Truth:
    """What a leak really exposes, counted from its own lines."""
    lines = script(world, leak)
    people = sorted({person for line in lines for person in line.people})
    states = Counter(map(world.crowd.residence, people))
    return Truth(
        campaign=leak.campaign,
        kind=leak.kind,
        strength=leak.strength,
        begins=from_micros(lines[0].time),
        exposes=from_micros(next(line.time for line in lines if line.people)),
        ends=from_micros(lines[-1].time),
        rows=len(lines),
        people=tuple(people),
        by_state=dict(sorted(states.items())),
    )
