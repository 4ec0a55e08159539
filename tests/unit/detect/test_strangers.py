"""A route that shows people what belongs to others is found, and families who share an account's papers are left in peace."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hemostat.detect import Baselines, Finding, limits
from unit.detect.accesses import DAY, HOUR, Row, table

REPLAYS = "/replay/list"
LEARNED = 7
"""Days in which a route is watched before anything happens on it."""


class Portal:
    """Patients who read, batch by batch; alerts are closed at once, so that each batch is judged by itself."""

    def __init__(self, path: Path) -> None:
        self.baselines = Baselines(path, limits())
        self._batches = count(1)

    def tell(self, rows: Sequence[Row]) -> list[Finding]:
        """What the next batch shows of routes."""
        found = self.baselines.take(table(rows), batch=next(self._batches))
        return [one for one in found if one.rule.startswith("baseline-strangers-")]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal that nobody has used yet."""
    one = Portal(tmp_path / "portal.sqlite3")
    yield one
    one.baselines.close()


def reads(at: float, patient: int, *, own: bool | None = True, path: str = REPLAYS, **more: Any) -> Row:
    """A patient is shown a recording of hers, or of somebody else."""
    whose = patient if own else patient + 1
    return {
        "at": at, "act": "recording:read", "surface": "telehealth-session", "actor": f"actor_{patient}", "actor_type": "person",
        "auth": "login", "subject": f"person_{whose}", "own": own, "path": path, **more,
    }  # fmt: skip


def quiet(portal: Portal, *, each_hour: int = 0, **more: Any) -> None:
    """So many days on which everybody reads what is his, and in each hour so many families who read what is a relative's."""
    for day in range(LEARNED):
        rows = []
        for hour in range(24):
            at = day * DAY + hour * HOUR
            rows += [reads(at + n, 1000 + n, **more) for n in range(6)]
            rows += [reads(at + 600 + n, 24 * n + hour, own=False, **more) for n in range(each_hour)]
        assert [] == portal.tell(rows)


@pytest.mark.parametrize(("surface", "act"), [
    ("telehealth-session", "recording:read"), ("patient-portal", "document:read"), ("appointment-flow", "record:read"),
])  # fmt: skip
def test_a_list_that_begins_to_show_others_is_found_with_the_fifth_of_them(portal: Portal, surface: str, act: str) -> None:
    """Each of them sees one stranger, so nobody is unusual but the route; it is the same on all surfaces with accounts."""
    quiet(portal, surface=surface, act=act)

    told = [portal.tell([reads(LEARNED * DAY + n * 300, 5000 + 10 * n, own=False, surface=surface, act=act)]) for n in range(7)]

    assert [0, 0, 0, 0, 1, 1, 1] == [len(found) for found in told]
    (found,) = told[4]
    assert ("baseline-strangers-hour", "high", surface, 5, 5) == (
        found.rule, found.level, found.surface, found.events, found.people
    )  # fmt: skip
    assert {"http_request.url.path": REPLAYS} == found.group
    assert (
        f"Route {REPLAYS} showed 5 people in the hour from 2026-01-12 00:00 UTC what belongs to others:"
        " 0 is usual by 168 hours in which it was active, and this is 6.0 spreads above it." == found.summary
    )


def test_an_alarm_names_the_strangers_and_not_those_beside_them(portal: Portal) -> None:
    """Whoever read what is his is in no alarm."""
    quiet(portal)
    rows = [reads(LEARNED * DAY + n, 5000 + 10 * n, own=bool(n % 2)) for n in range(12)]

    (found,) = portal.tell(rows)

    assert [f"e{rows[n]['at']:.3f}-{n}" for n in range(0, 12, 2)] == list(found.event_ids)
    assert (6, 6) == (found.events, found.people)


def test_one_an_hour_is_found_within_the_day(portal: Portal) -> None:
    """Strangers who come one by one are too few for any hour, and too many for the day."""
    quiet(portal)

    told = [portal.tell([reads(LEARNED * DAY + n * 2 * HOUR, 5000 + 10 * n, own=False)]) for n in range(10)]

    assert [0] * 7 + [1] * 3 == [len(found) for found in told]
    (found,) = told[7]
    assert ("baseline-strangers-day", 8) == (found.rule, found.people)
    assert f"Route {REPLAYS} showed 8 people in the day up to 2026-01-12 15:00 UTC what belongs to others: " in found.summary


def test_families_are_usual_where_there_are_families(portal: Portal) -> None:
    """A route by which a dozen parents an hour read what is their children's stays quiet with twice as many."""
    quiet(portal, each_hour=12)

    assert [] == portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=False) for n in range(24)])
    assert [] != portal.tell([reads((LEARNED + 1) * DAY + n, 5000 + 10 * n, own=False) for n in range(120)])


def test_one_reader_of_many_is_no_route_that_shows_strangers(portal: Portal) -> None:
    """Readers count, and not what they read: one login that walks through all records is a matter of rules of its own."""
    quiet(portal)
    rows = [reads(LEARNED * DAY + n, 5000, own=False) | {"subject": f"person_{n}"} for n in range(50)]

    assert [] == portal.tell(rows)


def test_nothing_is_said_of_those_of_whom_nothing_is_known(portal: Portal) -> None:
    """Staff, and identifiers that cannot be compared, are neither owners nor strangers."""
    quiet(portal)

    assert [] == portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=None) for n in range(50)])


def test_a_new_route_is_held_against_the_others_of_its_surface(portal: Portal) -> None:
    """A list that came with today's release has no past; that other routes show nobody anything strange is enough."""
    rows = [reads(day * DAY + hour * HOUR, 7, path=f"/visit/{word}") for day in range(9) for hour in range(9) for word in "abc"]
    assert [] == portal.tell(rows)

    (found,) = portal.tell([reads(9 * DAY + n, 5000 + 10 * n, own=False) for n in range(9)])

    assert "usual by 243 hours of 3 peers" in found.summary


def test_an_error_on_all_routes_is_no_busy_day(portal: Portal) -> None:
    """Sessions that are mixed up show strangers on every route at once, and each of them alarms."""
    paths = [f"/visit/{word}" for word in "abcdef"]
    for day in range(LEARNED):
        assert [] == portal.tell([reads(day * DAY + hour * HOUR, 7, path=path) for hour in range(9) for path in paths])

    hours = portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=False, path=path) for n in range(9) for path in paths])
    assert {"baseline-strangers-hour"} == {one.rule for one in hours}
    assert sorted(paths) == sorted(one.group["http_request.url.path"] for one in hours)


def test_on_all_routes_one_an_hour_is_no_busy_day_either(portal: Portal) -> None:
    """What is found by the day is found on every route, however many of them have it."""
    paths = [f"/visit/{word}" for word in "abcdef"]
    for day in range(LEARNED):
        assert [] == portal.tell([reads(day * DAY + hour * HOUR, 7, path=path) for hour in range(9) for path in paths])

    told = [
        portal.tell([reads(LEARNED * DAY + n * 2 * HOUR, 5000 + 10 * n, own=False, path=path) for path in paths])
        for n in range(8)
    ]

    assert [0] * 7 + [6] == [len(found) for found in told]
    assert {"baseline-strangers-day"} == {one.rule for one in told[7]}


@pytest.mark.parametrize(
    ("where", "route"),
    [
        ({"path": "/replay/{n}"}, {"http_request.url.path": "/replay/{n}"}),
        ({"path": "/replay/104{n}"}, {"http_request.url.path": "/replay/{n}"}),
        ({"path": "/api/v2/visits/6f9619ff-8b{n}/replay"}, {"http_request.url.path": "/api/v2/visits/{n}/replay"}),
        ({"path": "", "operation": "replay.opened"}, {"api.operation": "replay.opened"}),
        ({"path": None, "operation": ""}, {"api.operation": "recording:read"}),
    ],
)
def test_a_route_is_one_route_whatever_it_shows(portal: Portal, where: Row, route: dict[str, str]) -> None:
    """What names one of many things in a path is left out, the version of an API stays; without a path it is what was done."""

    def numbered(row: Row, n: int) -> Row:
        return row | ({"path": where["path"].replace("{n}", str(n))} if where["path"] else where)

    assert [] == portal.tell([numbered(reads(hour * HOUR, 7), hour) for hour in range(14)])

    (found,) = portal.tell([numbered(reads(14 * HOUR + n, 5000 + 10 * n, own=False), n) for n in range(5)])

    assert route == found.group
