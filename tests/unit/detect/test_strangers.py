"""What shows people the records of others is found, and families who read each other's are left in peace."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hemostat.detect import Baselines, Finding, limits
from hemostat.detect.rules import load
from hemostat.detect.samples import misjudged
from unit.detect.accesses import DAY, HOUR, START, Row, table

LEARNED = 8
"""Days that pass before anything happens: nothing is said in the first seven."""


class Portal:
    """Patients who read, batch by batch; alerts are closed at once, so that each batch is judged by itself."""

    def __init__(self, path: Path) -> None:
        self.baselines = Baselines(path, limits())
        self._batches = count(1)

    def tell(self, rows: Sequence[Row]) -> list[Finding]:
        """What the next batch shows of strangers."""
        found = self.baselines.take(table(rows), batch=next(self._batches))
        return [one for one in found if one.rule.startswith("baseline-strangers-")]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal that nobody has used yet."""
    one = Portal(tmp_path / "portal.sqlite3")
    yield one
    one.baselines.close()


def reads(at: float, patient: int, *, own: bool | None = True, **more: Any) -> Row:
    """A patient is shown a recording of hers, or of somebody else."""
    whose = patient if own else patient + 1
    return {
        "at": at, "act": "recording:read", "surface": "telehealth-session", "actor": f"actor_{patient}", "actor_type": "person",
        "auth": "login", "subject": f"person_{whose}", "own": own, "path": "/replay/list", **more,
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
    """Each of them sees one stranger, so nobody is unusual but the service; it is the same on all surfaces with accounts."""
    quiet(portal, surface=surface, act=act)

    told = [portal.tell([reads(LEARNED * DAY + n * 300, 5000 + 10 * n, own=False, surface=surface, act=act)]) for n in range(7)]

    assert [0, 0, 0, 0, 1, 1, 1] == [len(found) for found in told]
    (found,) = told[4]
    assert ("baseline-strangers-hour", "high", surface, 5, 5) == (
        found.rule, found.level, found.surface, found.events, found.people
    )  # fmt: skip
    assert {"hemostat.act": act} == found.group
    assert (
        f"{act} on {surface} showed 5 people in the hour from 2026-01-13 00:00 UTC what belongs to others:"
        " 0 is usual by 192 hours in which it was active, and this is 6.0 spreads above it." == found.summary
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
    assert " showed 8 people in the day up to 2026-01-13 15:00 UTC what belongs to others: " in found.summary


def test_families_are_usual_where_there_are_families(portal: Portal) -> None:
    """Where a dozen parents an hour read what is their children's, twice as many are no alarm."""
    quiet(portal, each_hour=12)

    assert [] == portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=False) for n in range(24)])
    assert [] != portal.tell([reads((LEARNED + 1) * DAY + n, 5000 + 10 * n, own=False) for n in range(120)])


def test_one_reader_of_many_is_one_reader(portal: Portal) -> None:
    """Readers count, and not what they read: one login that walks through all records is a matter of rules of its own."""
    quiet(portal)
    rows = [reads(LEARNED * DAY + n, 5000, own=False) | {"subject": f"person_{n}"} for n in range(50)]

    assert [] == portal.tell(rows)


def test_nothing_is_said_of_those_of_whom_nothing_is_known(portal: Portal) -> None:
    """Staff, and identifiers that cannot be compared, are neither owners nor strangers."""
    quiet(portal)

    assert [] == portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=None) for n in range(50)])


def test_nothing_is_said_in_the_first_week(portal: Portal) -> None:
    """Whoever begins at night sees no families for hours, and is not surprised by those of the morning."""
    for day in range(7):
        assert [] == portal.tell([reads(day * DAY + hour * HOUR, 7) for hour in range(12)])
        assert [] == portal.tell([reads(day * DAY + 12 * HOUR + n, 5000 + 10 * n, own=False) for n in range(3 + 10 * (day == 6))])

    assert [] != portal.tell([reads(7 * DAY + 12 * HOUR + n, 5000 + 10 * n, own=False) for n in range(80)])


ALL = ("recording:read", "document:read", "record:read", "order:read", "customer:read", "session:read")


def test_an_error_in_all_services_is_no_busy_day(portal: Portal) -> None:
    """Sessions that are mixed up show strangers everywhere at once, and each service alarms."""
    for day in range(LEARNED):
        assert [] == portal.tell([reads(day * DAY + hour * HOUR, 7, act=act) for hour in range(9) for act in ALL])

    found = portal.tell([reads(LEARNED * DAY + n, 5000 + 10 * n, own=False, act=act) for n in range(9) for act in ALL])

    assert {"baseline-strangers-hour"} == {one.rule for one in found}
    assert sorted(ALL) == sorted(one.group["hemostat.act"] for one in found)


def test_a_few_in_all_services_are_no_busy_day_either(portal: Portal) -> None:
    """What is found by the day is found in every service, however many of them have it."""
    for day in range(LEARNED):
        assert [] == portal.tell([reads(day * DAY + hour * HOUR, 7, act=act) for hour in range(9) for act in ALL])

    told = [
        portal.tell([reads(LEARNED * DAY + n * 2 * HOUR, 5000 + 10 * n, own=False, act=act) for act in ALL]) for n in range(8)
    ]

    assert [0] * 7 + [6] == [len(found) for found in told]
    assert {"baseline-strangers-day"} == {one.rule for one in told[7]}


@pytest.mark.parametrize(
    "where",
    [{"path": "/visit/{n}"}, {"path": "/visit/jane-{n}/replay"}, {"path": "", "operation": "replay.{n}"}],
)
def test_a_service_is_one_whatever_its_routes_are_called(portal: Portal, where: dict[str, str]) -> None:
    """A release brings a new route, and some have a route for each visit: what is done by them is the same."""
    quiet(portal)

    rows = [
        reads(LEARNED * DAY + n, 5000 + 10 * n, own=False) | {key: word.replace("{n}", str(n)) for key, word in where.items()}
        for n in range(5)
    ]

    assert ["recording:read"] == [one.group["hemostat.act"] for one in portal.tell(rows)]


def test_a_rule_may_ask_whose_it_is(tmp_path: Path) -> None:
    """`hemostat.own: false` finds strangers, and neither owners nor those of whom nothing is known."""
    path = tmp_path / "strangers.yml"
    path.write_text(
        "title: Somebody reads what is not his own\n"
        "id: 5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e52\n"
        "logsource: {product: hemostat, category: access}\n"
        "detection: {s: {hemostat.own: false}, condition: s}\n"
        "level: high\n"
        "hemostat:\n"
        "  surface: patient-portal\n"
        "  samples:\n"
        "    positive: [[{act: 'document:read', own: false}]]\n"
        "    negative: [[{act: 'document:read', own: true}], [{act: 'document:read'}]]\n"
    )
    rules = load(path)

    assert ((), []) == (rules.faults, misjudged(rules, rules.rules[0], start=START))
