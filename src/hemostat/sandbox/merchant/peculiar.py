"""What looks like a leak and is none: each peculiarity has its lines, which carry its name for the judge."""

import heapq
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from .apps import CUSTOMERS
from .chance import chance, poisson
from .crowd import PATIENTS
from .networks import BUILDS, CRAWLER, PROBE, STAGING, WATCH, Caller, home, server
from .rhythm import DAY, HOUR, MINUTE, SECOND, Quirk, begins, weekday
from .shifts import console_view
from .staff import STAFF, Actor, shift
from .visits import own
from .wires import LOGS, Line, audited, refill, request_id, stored, told, web
from .world import World

CANARY = 4_999_999
"""The customer number with which probes ask; settings name it as nobody's."""

_MIGRATED = 120  # pages a night, of so many customers each
_MIGRATION_PAGE = 250
_AUDITORS, _AUDITED = 3, 400  # people, and records that each reads in a day
_EXPORTED = (8_000, 40_000)  # rows of a month-end export
_EXPORT_ROW, _SUBSCRIBER_ROW = 350, 120  # bytes
_CRAWLED = 24_000  # pages a day, at volume 1
_RESETS = 4_000  # at volume 1
_TEST_PAGES = 60


def peculiarities(world: World, day: int) -> Iterator[Line]:
    """All lines of what is peculiar on this day, by time, and those of staging and of the log bucket, which have no name."""
    lanes = [_labeled(make(world, day), quirk) for quirk, make in _LANES.items() if world.has(quirk, day)]
    return heapq.merge(*lanes, _staging(world, day), _log_objects(world, day), key=attrgetter("time"))


def _labeled(lines: Iterator[Line], quirk: Quirk) -> Iterator[Line]:
    return (line._replace(quirk=quirk) for line in lines)


def _migration(world: World, day: int) -> Iterator[Line]:
    """An integration that nobody saw before reads every customer, at night, over a week."""
    draw = chance(world.seed, "migration", day)
    caller, time = server(60, "care-migrator/0.9"), begins(day) + HOUR
    for page in range(_MIGRATED):
        time += int((20 + 40 * draw.random()) * SECOND)
        variables = {"first": _MIGRATION_PAGE, "after": f"m{day}.{page}"}
        yield audited(time, (4300, "care-migrator"), caller, CUSTOMERS, rid=request_id(draw), variables=variables)


def _audit(world: World, day: int) -> Iterator[Line]:
    """Three auditors of the merchant's own look through records, each with the number of the audit as a ticket."""
    lanes = [_auditor(world, day, index) for index in range(_AUDITORS)]
    return heapq.merge(*lanes, key=attrgetter("time"))


def _auditor(world: World, day: int, index: int) -> Iterator[Line]:
    draw = chance(world.seed, "audit", day, index)
    actor = world.staff.on(STAFF - 1 - index, day)
    start = begins(day) + 14 * HOUR
    for time in sorted(start + draw.randrange(8 * HOUR) for _ in range(_AUDITED)):
        yield console_view(world, actor, time, draw.randrange(PATIENTS), rid=request_id(draw), ticket=777_001)


def _of_role(world: World, day: int, role: str, most: int) -> list[Actor]:
    """Some members of staff of this role who are at work, the first ones by number."""
    return [actor for actor in world.staff.at_work(day) if actor.role.name == role][:most]


def _month_end(world: World, day: int) -> Iterator[Line]:
    """People of finance export the grid of orders."""
    draw = chance(world.seed, "month-end", day)
    lines = []
    for actor in _of_role(world, day, "finance", 6):
        start, length = shift(actor.role, day)
        for _ in range(2):
            target = "/admin/mui/export/gridToCsv/?namespace=sales_order_grid&filters%5Bcreated_at%5D=month"
            size = draw.randrange(*_EXPORTED) * _EXPORT_ROW
            lines.append(refill(start + draw.randrange(length), actor.caller, target, rid=request_id(draw), size=size))
    return iter(sorted(lines, key=attrgetter("time")))


def _marketing(world: World, day: int) -> Iterator[Line]:
    """People of marketing export subscribers, and tell the care desk to export a segment."""
    draw = chance(world.seed, "marketing", day)
    lines = []
    for actor in _of_role(world, day, "marketing", 8):
        start, length = shift(actor.role, day)
        target = "/admin/mui/export/gridToCsv/?namespace=newsletter_subscriber_grid"
        size = draw.randrange(500, 12_000) * _SUBSCRIBER_ROW
        lines.append(refill(start + draw.randrange(length), actor.caller, target, rid=request_id(draw), size=size))
        who = {"actor": actor.name, "actor_type": "staff", "auth": "login", "path": "/console/segments/export"}
        rows = {"query": "tag=newsletter", "status": 200, "subjects": draw.randrange(200, 3_000), "elements": ["name", "email"]}
        time = start + draw.randrange(length)
        lines.append(told(time, "care-app", "export:run", actor.caller, rid=request_id(draw), **who, **rows))
    return iter(sorted(lines, key=attrgetter("time")))


def _crawl(world: World, day: int) -> Iterator[Line]:
    """A search engine reads the shop, page by page, and some pages that are gone."""
    draw = chance(world.seed, "crawl", day)
    every = DAY / (_CRAWLED * max(world.volume, 0.01))
    time = begins(day)
    while (time := time + int(draw.expovariate(1 / every)) + 1) < begins(day) + DAY:
        good, gone = draw.randrange(1200), draw.random() < 0.08  # noqa: PLR2004  # one in twelve
        yield web(time, CRAWLER, f"/products/item-{good}", rid=request_id(draw), status=404 if gone else 200)


def _probes(world: World, day: int) -> Iterator[Line]:
    """Each minute a probe asks whether the app is there, and every fifth one asks for the session of nobody, unsigned."""
    draw = chance(world.seed, "probes", day)
    for minute in range(DAY // MINUTE):
        time = begins(day) + minute * MINUTE + 7 * SECOND
        yield web(time, PROBE, "/healthz", rid=request_id(draw), size=2)
        if minute % 5 == 0:
            yield web(time, WATCH, "/products/item-1", rid=request_id(draw))
            yield web(time + SECOND, PROBE, f"/api/session?cid={CANARY}", rid=request_id(draw), status=401, size=38)


def _resets(world: World, day: int) -> Iterator[Line]:
    """After a letter to everybody patients ask for new passwords, within three hours, and mistype the new ones."""
    draw = chance(world.seed, "resets", day)
    count, start = poisson(draw, _RESETS * world.volume), begins(day) + 15 * HOUR
    for time in sorted(start + draw.randrange(3 * HOUR) for _ in range(count)):
        place = draw.randrange(PATIENTS)
        yield own(world, time, "account:change", place, home(place), draw, path="/portal/password")
        if draw.random() < 0.4:  # noqa: PLR2004  # two of five
            failed: dict[str, Any] = {"path": "/portal/login", "status": 401, "auth": "none"}
            yield own(world, time, "account:login", place, home(place), draw, **failed)


_LANES: dict[Quirk, Callable[[World, int], Iterator[Line]]] = {
    Quirk.MIGRATION: _migration, Quirk.AUDIT: _audit, Quirk.MONTH_END: _month_end, Quirk.MARKETING_EXPORTS: _marketing,
    Quirk.CRAWLERS: _crawl, Quirk.PROBES: _probes, Quirk.RESET_WAVE: _resets,
}  # fmt: skip


def _staging(world: World, day: int) -> Iterator[Line]:
    """Engineers try the shop out on staging, from the merchant's own network, with customers who are made up there."""
    draw = chance(world.seed, "staging", day)
    count = _TEST_PAGES if weekday(day) < 5 else _TEST_PAGES // 10  # noqa: PLR2004  # Monday to Friday
    for time in sorted(begins(day) + 14 * HOUR + draw.randrange(9 * HOUR) for _ in range(count)):
        target = draw.choice(("/", "/cart", f"/admin_test/customers?id={draw.randrange(1, 400)}", "/products/test-1"))
        yield web(time, STAGING, target, rid=request_id(draw), source="staging-edge")


def _log_objects(world: World, day: int) -> Iterator[Line]:
    """Each hour the logs of apps are written to their bucket, and the build role looks at them."""
    draw = chance(world.seed, "log-objects", day)
    shipper, builder = (f"arn:aws:sts::000000000000:assumed-role/{name}/hourly" for name in ("log-shipper", "ci"))
    caller: Caller = server(31, "fluent-bit/3.1")
    for hour in range(24):
        time, key = begins(day) + hour * HOUR + 3 * MINUTE, f"{LOGS}/apps/{day}/{hour:02d}.gz"
        put: dict[str, Any] = {"operation": "REST.PUT.OBJECT", "requester": shipper, "size": 900_000}
        yield stored(time, key, caller, rid=request_id(draw).upper(), **put)
        if hour % 6 == 0:
            yield stored(time + MINUTE, key, BUILDS, rid=request_id(draw).upper(), requester=builder, size=900_000)
