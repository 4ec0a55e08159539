"""What is not normal for an actor is found, what is normal for it is not, and what is learned depends on nothing else."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.detect import Baselines, Finding, limits
from hemostat.detect.limits import Limits
from unit.detect.accesses import DAY, HOUR, START, Row, shift, strangers, table, views

Open = Callable[..., "Story"]


class Story:
    """Batches told one after the other; alerts stay open, as they do while nobody looks."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.baselines = Baselines(path, limits)
        self.open: dict[str, datetime] = {}
        self.batch = self.baselines.batch

    def tell(self, rows: Sequence[Row]) -> list[Finding]:
        """What the next batch shows."""
        self.batch += 1
        found = self.baselines.take(table(rows), batch=self.batch, alerted=self.open)
        self.open = {finding.key: finding.first_time for finding in found} | self.open
        return found

    def restart(self) -> None:
        """The process ends, and another one begins."""
        self.baselines.close()
        self.baselines = Baselines(self.path, self.limits)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Open]:
    """Begins a story, with limits of its own if need be; the same name is the same file."""
    begun = []

    def begin(name: str = "story", **changed: Any) -> Story:
        begun.append(Story(tmp_path / f"{name}.sqlite3", msgspec.structs.replace(limits(), **changed)))
        return begun[-1]

    yield begin
    for one in begun:
        one.baselines.close()


def chance(seed: int) -> Random:
    """The same chance in every run."""
    return Random(seed)  # noqa: S311  # nothing here is secret


def rules(findings: Sequence[Finding]) -> list[str]:
    """The rules of findings, in their order."""
    return [finding.rule.removeprefix("baseline-") for finding in findings]


def nights(story: Story, days: int, *, actor: str = "staff_okafor", seed: int = 7) -> None:
    """A support person works so many nights: 38 views, standard deviation 9."""
    random = chance(seed)
    people = strangers(random)
    for day in range(days):
        assert [] == story.tell(views(actor, shift(random, day, mean=38, deviation=9), people=people))


def test_a_support_person_who_copies_customers_is_found_while_it_is_few(story: Open) -> None:
    """Of 412 views in 95 minutes the first sixty to eighty are enough, wherever the hour begins."""
    for begins in (23, 23.5, 23.9):
        told = story(f"at-{begins}")
        nights(told, 28)
        first = next(
            seen
            for seen in range(1, 413)
            if told.tell(views("staff_okafor", [28 * DAY + begins * HOUR + seen * 95 * 60 / 412], people=count(10**6 + seen)))
        )

        assert 20 <= first <= 80


def test_her_own_nights_never_alarm(story: Open) -> None:
    """Three months of shifts with the same habits raise nothing."""
    nights(story(), 90)


def test_a_nightly_sync_that_reads_everything_is_normal_after_two_weeks(story: Open) -> None:
    """An app that reads all 600 patients each night, and a few more each time, is what it is; so is its night off."""
    told = story()
    for day in range(40):
        at = [day * DAY + 2 * HOUR + n * 0.5 for n in range(600 + 10 * day)]
        if day != 30:
            found = told.tell(views("erp-sync", at, actor_type="app"))
            assert day < 14 or not found


def test_a_sync_that_takes_far_more_one_night_is_found(story: Open) -> None:
    """Five times the patients is not the usual night."""
    told = story()
    for day in range(20):
        told.tell(views("erp-sync", [day * DAY + 2 * HOUR + n * 10 for n in range(100)], actor_type="app"))

    assert ["many-patients"] == rules(
        told.tell(views("erp-sync", [20 * DAY + 2 * HOUR + n for n in range(600)], actor_type="app"))
    )


def test_a_newcomer_is_compared_with_peers(story: Open) -> None:
    """The first day of a new colleague is fine as long as it is like that of the others, and not when it is tenfold."""
    told = story()
    random = chance(3)
    for day in range(10):
        rows = [views(f"staff_{n}", shift(random, day, mean=60, deviation=8), people=strangers(random)) for n in range(4)]
        assert [] == told.tell([row for each in rows for row in each])

    assert [] == told.tell(views("staff_new", shift(random, 10, mean=60, deviation=8)))
    (found,) = told.tell(views("staff_other", [10 * DAY + 10 * HOUR + n * 20 for n in range(100)]))
    assert ("baseline-many-patients", 100) == (found.rule, found.people)
    assert "hours of 4 peers" in found.summary


def test_peers_are_no_matter_of_who_begins_first(story: Open) -> None:
    """Of more than fifty some are taken by chance: the early ones, who see few patients, do not speak for all."""
    told = story()
    for day in range(9):
        for n in range(60):
            at = [day * DAY + n * 300 + view * 5 for view in range(4)]
            assert [] == told.tell(views(f"staff_early_{n}", at, app="desk"))
        for n in range(20):
            at = [day * DAY + 8 * HOUR + n * 120 + view for view in range(60)]
            assert [] == told.tell(views(f"staff_late_{n}", at, app="desk"))

    assert [] == told.tell(views("staff_new", [9 * DAY + n * 50 for n in range(60)], app="desk"))


def test_peers_of_staff_use_the_same_program(story: Open) -> None:
    """Clinicians see few patients and pharmacists many: a newcomer is held against those who work with the same program."""
    told = story()
    for day in range(10):
        for program, many in (("ehr", 5), ("pharmacy", 60)):
            for n in range(4):
                at = [day * DAY + n * 600 + view * 50 for view in range(many)]
                assert [] == told.tell(views(f"staff_{program}_{n}", at, app=program))
    shown = [10 * DAY + n * 50 for n in range(60)]

    assert [] == told.tell(views("staff_new", shown, app="pharmacy"))
    (found,) = told.tell(views("staff_other", shown, app="ehr"))
    assert "5 is usual by 40 hours of 4 peers" in found.summary


def test_a_file_of_before_learns_who_the_peers_are(story: Open) -> None:
    """Actors whose group was written otherwise belong to the group of today as soon as they are seen again."""
    told = story()
    for day in range(9):
        for n in range(4):
            told.tell(views(f"staff_{n}", [day * DAY + view * 50 for view in range(5)], app="ehr"))
    told.baselines.close()
    with sqlite3.connect(told.path) as db:
        db.execute("UPDATE actors SET peers = 'fernhollow|production|storefront|staff'")
    db.close()
    told.restart()

    shown = [9 * DAY + n * 50 for n in range(60)]
    assert [] == told.tell(views("staff_new", shown, app="ehr"))
    for n in range(4):
        told.tell(views(f"staff_{n}", [9 * DAY + HOUR], app="ehr"))
    (found,) = told.tell(views("staff_other", [9 * DAY + 2 * HOUR + n * 50 for n in range(60)], app="ehr"))
    assert "peers" in found.summary


def test_without_a_past_or_peers_only_ceilings_alarm(story: Open) -> None:
    """On the first day a thousand patients are unknown, five bulk jobs and five thousand patients are not."""
    told = story()

    assert [] == told.tell(views("staff_a", range(1000)))
    (found,) = told.tell(
        [{"at": n, "actor": "app-7", "actor_type": "app", "act": "export:run", "subjects": 10} for n in range(5)]
    )
    assert ("baseline-many-exports", 50, 5) == (found.rule, found.people, found.events)
    assert "no past of its own, and 5 is much for anybody" in found.summary
    assert ["many-patients"] == rules(told.tell([{"at": 60, "actor": "staff_b", "act": "export:run", "subjects": 5000}]))


def test_a_busy_day_of_everybody_alarms_nobody(story: Open) -> None:
    """When all do four times what they do, it is the day; who does forty times is found even then."""
    told = story()
    random = chance(5)

    def day(number: int, times: int, hours: int = 9) -> list[Row]:
        return [
            row
            for n in range(8)
            for hour in range(8, 8 + hours)
            for row in views(
                f"staff_{n}",
                sorted(number * DAY + (hour + random.random()) * HOUR for _ in range(round(random.gauss(20, 3)) * times)),
                people=strangers(random),
            )
        ]

    for number in range(14):
        assert [] == told.tell(day(number, 1))
    sale = sorted(day(14, 4), key=lambda row: float(row["at"]))
    quarter = [[row for row in sale if n <= (row["at"] - 14 * DAY) / 900 < n + 1] for n in range(96)]
    assert [] == [finding.summary for rows in quarter for finding in told.tell(rows)]

    greedy = views("staff_3", [15 * DAY + 9 * HOUR + n * 4 for n in range(800)], people=strangers(random))
    found = told.tell(day(15, 4, hours=2) + greedy + views("staff_new", [15 * DAY + 9 * HOUR + 1, 15 * DAY + 3 * HOUR]))
    assert {"staff_3"} == {finding.group["actor.user.uid"] for finding in found}
    assert "by which its peers are above theirs" in found[0].summary


def test_a_low_and_slow_export_is_found_within_a_day(story: Open) -> None:
    """Fifteen patients more in each hour, around the clock, no hour of which alarms alone."""
    told = story()
    nights(told, 21)
    random = chance(11)
    people = strangers(random)
    found: list[tuple[int, str]] = []
    for hour in range(24):
        at = sorted(21 * DAY + (hour + random.random()) * HOUR for _ in range(15))
        found += [(hour, rule) for rule in rules(told.tell(views("staff_okafor", at, people=people)))]

    assert "slow-day" == found[0][1]
    assert found[0][0] < 24


def test_a_week_of_little_more_each_day_is_found(story: Open) -> None:
    """Somebody who sees the same thirty patients each day, and then thirty others each day, is found by the week."""
    told = story()
    for day in range(28):
        assert [] == told.tell(views("staff_a", [day * DAY + n * 900 for n in range(30)]))
    found = [
        rule
        for day in range(28, 35)
        for rule in rules(told.tell(views("staff_a", [day * DAY + n * 900 for n in range(30)], people=count(1000 * day))))
    ]

    assert "slow-week" == found[0]


def test_slow_windows_of_newcomers_are_compared_with_those_of_peers(story: Open) -> None:
    """Peers see forty patients in a day; somebody new who saw two hundred, ten an hour, is found; with one peer, nobody is."""
    few, many = story("few"), story("many")
    for told, peers in ((few, 1), (many, 5)):
        for day in range(12):
            rows = [row for n in range(peers) for row in views(f"staff_{n}", [day * DAY + k * 1800 for k in range(40)])]
            told.tell(rows)
        found = [
            finding
            for hour in range(20)
            for finding in told.tell(views("staff_new", [12 * DAY + hour * HOUR + k for k in range(10)], people=count(hour * 10)))
        ]
        assert (["slow-day"] if peers == 5 else []) == rules(found)[:1]

    assert "days of 5 peers" in found[0].summary


def app(at: float, **more: Any) -> Row:
    """One read by an app."""
    return {
        "at": at,
        "resource": "orders",
        "actor": "erp-sync",
        "actor_type": "app",
        "subject": "subject_a",
        "src_net": "192.0.2.0/24",
        **more,
    }


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"act": "export:run"}, "first-export"),
        ({"act": "query:run"}, None),
        ({"src_net": "203.0.113.0/24"}, "new-network"),
        ({"fields": ["customer.email", "intake.medication"]}, "new-health-field"),
        ({"fields": ["customer.email"]}, None),
        ({"resource": "metafields"}, "new-resource"),
        ({"src_net": ""}, None),
        ({"actor_type": "staff", "src_net": "203.0.113.0/24"}, None),
    ],
)
def test_the_first_of_its_kind_alarms_when_the_app_is_known(story: Open, change: Row, rule: str | None) -> None:
    """The first export, network, kind of record or health field of an app alarms after a week, until it proves harmless."""
    for known in (6, 7):
        told = story(f"known-{known}")
        base = {key: value for key, value in change.items() if key == "actor_type"}
        told.tell([app(0, **base)])
        found = told.tell([app(known * DAY, **change)])

        told_of = [rule] if rule and known == 7 else []
        assert told_of == rules(found)
        assert told_of == rules(told.tell([app(known * DAY + HOUR, **change)]))
        for one in found:
            told.baselines.release("ALR-1", one.key, first=START, last=START + timedelta(days=8))
        assert [] == told.tell([app(known * DAY + 2 * HOUR, **change)])


@pytest.mark.parametrize(
    ("known", "change", "rule"),
    [
        (7, {"src_net": "203.0.113.0/24"}, "new-network"),
        (7, {"resource": "customers"}, "new-resource"),
        (7, {}, None),
        (6, {"src_net": "203.0.113.0/24"}, None),
        (7, {"actor": "spring-mail", "src_net": "203.0.113.0/24"}, None),
        (7, {"store": "fernhollow-eu", "src_net": "203.0.113.0/24"}, None),
        (7, {"actor_type": "staff", "act": "export:run"}, None),
    ],
)
def test_an_app_is_one_app_on_all_surfaces(story: Open, known: int, change: Row, rule: str | None) -> None:
    """Its first network or kind of record on a surface where it never was is the app's first; staff do other work elsewhere."""
    told = story()
    base = {key: value for key, value in change.items() if key == "actor_type"}
    told.tell([app(0, surface="checkout", **base)])

    found = told.tell([app(known * DAY, **{"surface": "patient-portal", **change})])

    assert ([rule] if rule else []) == rules(found)
    assert ["patient-portal"] * len(found) == [one.surface for one in found]


def test_news_make_less_enough(story: Open) -> None:
    """Twenty-four patients where five are usual are not enough alone; with a kind of thing never touched before they are."""
    found = []
    for resource in ("", "intake"):
        told = story(f"with-{resource}")
        for day in range(14):
            told.tell(views("staff_a", [day * DAY + n * 60 for n in range(5)], resource=""))
        found.append(told.tell(views("staff_a", [15 * DAY + n for n in range(20)], resource=resource)))

    assert [[], ["many-patients"]] == [rules(each) for each in found]
    assert found[1][0].summary.endswith(", in an hour with something that was new for it.")


def test_pairs_are_remembered_up_to_a_bound(story: Open) -> None:
    """Whoever touched more kinds of things than are remembered surprises nobody with another one."""
    told = story(pairs_per_actor=3)
    told.tell([app(n, resource=f"kind-{n}") for n in range(5)])

    assert [] == told.tell([app(8 * DAY, act="export:run")])


def test_an_alarm_says_who_when_what_and_against_what(story: Open) -> None:
    """The sentence has the window, what was seen, what is usual, by what, and how far away it is; people are pseudonyms."""
    told = story()
    for day in range(14):
        told.tell(views("staff_k3jx", [day * DAY + n * 60 for n in range(3)], app="desk"))
    (found,) = told.tell(views("staff_k3jx", [14 * DAY + HOUR + n * 2 for n in range(60)], app="desk"))

    assert (
        "Staff staff_k3jx reached 60 patients in the hour from 2026-01-19 01:00 UTC: 3 is usual by 14 hours in which it was"
        " active, and this is 9.1 spreads above it." == found.summary
    )
    assert "baseline-many-patients|fernhollow|production|storefront|staff|desk|actor|staff_k3jx" == found.key
    assert {"actor.user.uid": "staff_k3jx", "actor.user.type": "staff", "actor.app_name": "desk"} == found.group
    assert ("high", "storefront", "", 60, 60, 50) == (
        found.level, found.surface, found.playbook, found.events, found.people, len(found.event_ids)
    )  # fmt: skip
    assert (START + timedelta(days=14, hours=1), START + timedelta(days=14, hours=1, seconds=118)) == (
        found.first_time,
        found.last_time,
    )


def test_the_same_hours_of_earlier_weeks_count_first(story: Open) -> None:
    """Sixty patients are normal on Monday mornings, and are not on Monday evenings."""
    told = story()
    for week in range(6):
        for hour, seen in ((9, 60), (20, 4)):
            told.tell(views("staff_a", [week * 7 * DAY + hour * HOUR + n for n in range(seen)]))

    assert [] == told.tell(views("staff_a", [42 * DAY + 9 * HOUR + n for n in range(60)]))
    (found,) = told.tell(views("staff_a", [42 * DAY + 20 * HOUR + n for n in range(60)]))
    assert "4 is usual by the same hour of 6 earlier weeks" in found.summary


def test_events_are_told_once(story: Open) -> None:
    """While an hour goes on to alarm, each event is counted once; what came before the alarm is counted with it."""
    told = story()
    for day in range(14):
        told.tell(views("staff_a", [day * DAY + n * 60 for n in range(3)]))
    rows = views("staff_a", [14 * DAY + n for n in range(100)])
    found = [finding for start in range(0, 100, 10) for finding in told.tell(rows[start : start + 10])]

    assert 100 == sum(finding.events for finding in found)
    assert [20, 30, 40, 50, 60, 70, 80, 90, 100] == [finding.people for finding in found]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"act": "order:read", "subject": "subject_a", "bytes": 300_000}, "many-bytes"),
        ({"act": "order:read", "subject": "", "subjects": 1, "bytes": 0, "elements": ["name"]}, "many-patients"),
        ({"act": "order:read", "subject": "subject_a", "subjects": 50}, "many-records"),
        ({"act": "order:read", "subject": "subject_a", "path": "/{n}"}, "many-routes"),
        ({"act": "order:read", "subject": "subject_a", "path": "", "operation": "{n}"}, "many-routes"),
        ({"act": "export:run", "subject": "", "path": "/export"}, "many-exports"),
        ({"act": "order:read", "subject": "subject_{n}", "result": "denied"}, None),
        ({"act": "order:create", "subject": "subject_{n}"}, None),
        ({"act": "page:read", "subject": ""}, None),
        ({"act": "order:read", "subject": "subject_{n}", "environment": "test"}, None),
    ],
)
def test_what_is_counted(story: Open, row: Row, rule: str | None) -> None:
    """Answers with patient data count, by people, records, bytes, routes and exports; refusals, changes, pages, tests do not."""
    told = story()
    usual = {**row, "act": "export:run"} if row["act"] == "export:run" else row
    for day in range(14):
        told.tell([{**usual, "at": day * DAY, "actor": "staff_a"}])
    many = [
        {**row, "at": 14 * DAY + n, "actor": "staff_a"}
        | {key: value.replace("{n}", str(n)) for key, value in row.items() if isinstance(value, str)}
        for n in range(60)
    ]

    assert ([rule] if rule else []) == rules(told.tell(many))


@pytest.mark.parametrize(
    ("who", "group", "words"),
    [
        (
            {"actor": "person_a", "actor_type": "person"},
            {"actor.user.uid": "person_a", "actor.user.type": "person"},
            "Person person_a",
        ),
        ({"token": "token_a", "src_net": "192.0.2.0/24"}, {"hemostat.token": "token_a"}, "Caller token_a"),
        ({"src_net": "192.0.2.0/24"}, {"src_endpoint.subnet_uid": "192.0.2.0/24"}, "A caller without a name, of one network,"),
        ({}, None, ""),
    ],
)
def test_who_an_actor_is(story: Open, who: Row, group: dict[str, str] | None, words: str) -> None:
    """By name, else by token, else by network; whoever shows nothing is nobody; the network is not in the sentence."""
    rows = [{"at": n, "actor": "", "actor_type": "", "act": "export:run", **who} for n in range(5)]

    found = story().tell(rows)

    assert ([] if group is None else [group]) == [finding.group for finding in found]
    assert all(finding.summary.startswith(words) and "192.0.2" not in finding.summary for finding in found)


def test_places_are_never_mixed(story: Open) -> None:
    """Stores, environments and surfaces have baselines of their own: one's past is no past for another."""
    told = story()
    for day in range(14):
        told.tell(views("staff_a", [day * DAY + n * 60 for n in range(3)]))
    for place in ({"store": "other"}, {"environment": "staging"}, {"surface": "checkout"}):
        assert [] == told.tell(views("staff_a", [14 * DAY + n for n in range(60)], **place))

    assert ["many-patients"] == rules(told.tell(views("staff_a", [14 * DAY + n for n in range(60)])))


def test_an_attack_does_not_teach(story: Open) -> None:
    """Whoever goes on for weeks after the alarm is still measured by what was usual before it."""
    told = story()
    for day in range(14):
        told.tell(views("staff_a", [day * DAY + n * 60 for n in range(3)]))
    found = [told.tell(views("staff_a", [day * DAY + n for n in range(60)])) for day in range(14, 50)]

    assert all("many-patients" in rules(each) for each in found)
    assert "3 is usual by 14 hours" in found[-1][-1].summary


def test_what_was_harmless_is_learned(story: Open) -> None:
    """When the alert is dismissed as normal, its hours are normal from then on; each alert counts once, for its own hours."""
    told = story()
    for day in range(14):
        told.tell(views("staff_a", [day * DAY + n * 60 for n in range(3)]))
    keys = {finding.key for day in range(14, 34) for finding in told.tell(views("staff_a", [day * DAY + n for n in range(60)]))}
    for number, key in enumerate(sorted(keys)):
        told.baselines.release(f"ALR-{number}", key, first=START + timedelta(days=14), last=START + timedelta(days=33, hours=1))
    told.open.clear()

    assert [] == told.tell(views("staff_a", [34 * DAY + n for n in range(60)]))
    (found, *_) = told.tell(views("staff_a", [35 * DAY + n for n in range(600)]))
    told.baselines.release("ALR-0", found.key, first=START, last=START + timedelta(days=90))
    assert "34" not in frozen_days(told)
    assert ["35"] == frozen_days(told)


def frozen_days(told: Story) -> list[str]:
    """Days with hours from which nothing is learned."""
    with sqlite3.connect(told.path) as db:
        rows = db.execute("SELECT DISTINCT hour / 24 FROM hours WHERE frozen ORDER BY 1").fetchall()
    db.close()
    first = int(START.timestamp()) // DAY
    return [str(day - first) for (day,) in rows]


def learned(told: Story) -> dict[str, list[Any]]:
    """All that is remembered of hours that alarmed nobody, by actor."""
    with sqlite3.connect(told.path) as db:
        hours = db.execute(
            "SELECT place, hour, events, records, bytes, unnamed, exports, people, routes FROM hours JOIN actors ON id = actor"
        ).fetchall()
        marks = db.execute("SELECT place, hour, kind, what, marks.last FROM marks JOIN actors ON id = actor").fetchall()
        pairs = db.execute("SELECT place, kind, what FROM pairs JOIN actors ON id = actor").fetchall()
        sketches = db.execute("SELECT place, hour, registers FROM sketches JOIN actors ON id = actor").fetchall()
    db.close()
    return {"hours": sorted(hours), "marks": sorted(marks), "pairs": sorted(pairs), "sketches": sorted(sketches)}


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 4 * HOUR).map(float),
            "actor": st.sampled_from(["staff_a", "staff_b", ""]),
            "token": st.sampled_from(["", "token_a"]),
            "subject": st.sampled_from(["", *(f"subject_{n}" for n in range(12))]),
            "subjects": st.integers(0, 3),
            "act": st.sampled_from(["customer:read", "order:read", "export:run"]),
            "bytes": st.integers(0, 1000),
            "src_net": st.sampled_from(["", "192.0.2.0/24"]),
        }
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, cuts=st.sets(st.integers(1, 39), max_size=6), random=st.randoms())
def test_what_is_learned_depends_on_what_happened_alone(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], cuts: set[int], random: Random
) -> None:
    """Neither the order of rows nor the split into batches changes what an hour counts, in a crowd or in a list."""
    folder = tmp_path_factory.mktemp("split")
    whole, split = (Story(folder / name, msgspec.structs.replace(limits(), exact_people=6)) for name in ("whole", "split"))
    whole.tell(rows)
    mixed = rows[:]
    random.shuffle(mixed)
    for low, high in pairwise(sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})):
        split.tell(mixed[low:high])

    assert learned(whole) == learned(split)
    for one in (whole, split):
        one.baselines.close()


def month(random: Random) -> list[list[Row]]:
    """Sixteen days of three people and an app, a batch for each, and a day on which two go astray, in small batches."""
    days = [
        [
            *(
                row
                for n in range(3)
                for row in views(f"staff_{n}", shift(random, day, mean=30, deviation=5), people=strangers(random))
            ),
            *views("erp-sync", [day * DAY + 2 * HOUR + n for n in range(50)], actor_type="app"),
        ]
        for day in range(16)
    ]
    astray = [
        *views("staff_1", [16 * DAY + 22 * HOUR + n * 15 for n in range(200)], people=strangers(random)),
        *views("erp-sync", [16 * DAY + 21 * HOUR + n * 40 for n in range(200)], actor_type="app", act="export:run"),
    ]
    astray.sort(key=lambda row: float(row["at"]))
    return [*days, *(astray[start : start + 40] for start in range(0, len(astray), 40))]


def test_a_restart_between_any_two_batches_changes_nothing(story: Open) -> None:
    """A process that ends after every batch, and is told the last one again, finds the same in the same words."""
    straight, broken = story("straight"), story("broken")
    found = []
    for rows in month(chance(2)):
        expected = straight.tell(rows)
        told = broken.tell(rows)
        broken.restart()
        again = broken.baselines.take(table(rows), batch=broken.batch, alerted=broken.open)
        assert expected == told == again
        found += told

    assert learned(straight) == learned(broken)
    assert {"many-patients", "many-exports", "first-export"} == set(rules(found))


def test_a_batch_that_was_taken_long_ago_says_nothing(story: Open) -> None:
    """Only the last batch can come again with what was found in it; an earlier one was told, and changes nothing."""
    told = story()
    rows = [{"at": n, "actor": "app-7", "act": "export:run"} for n in range(5)]
    found = told.tell(rows)
    before = learned(told)

    assert (found, 1) == (told.baselines.take(table(rows), batch=1), told.baselines.batch)
    told.tell([])
    assert [] == told.baselines.take(table(rows), batch=1)
    assert before == learned(told)


def test_a_batch_that_fails_leaves_nothing_behind(story: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a batch cannot be taken whole, nothing of it is counted, and the next try counts it once."""
    told = story()
    rows = views("staff_a", [0.0, 1.0, 2.0])

    def fails(_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(Baselines, "_judged", fails)
        patch.setattr(Baselines, "_judged", lambda *_: fails(None))
        with pytest.raises(OSError):  # noqa: PT011  # its kind is all that matters
            told.baselines.take(table(rows), batch=1)
    assert {"hours": [], "marks": [], "pairs": [], "sketches": []} == learned(told)

    told.tell(rows)
    assert [3] == [row[2] for row in learned(told)["hours"]]


def test_actors_of_a_role_are_bounded(story: Open) -> None:
    """Of each role the actors seen last are remembered; visitors do not displace an app."""
    told = story(actors_per_role=3)
    told.tell([app(0)])
    for hour in range(10):
        told.tell([row for n in range(2) for row in views(f"person_{hour}{n}", [hour * HOUR], actor_type="person")])

    places = {row[0].rpartition("|")[2] for row in learned(told)["hours"]}
    assert "erp-sync" in places
    assert len(places) <= 1 + 3 + 2
    assert {row[0] for kind in learned(told).values() for row in kind} <= {row[0] for row in learned(told)["hours"]}


def test_the_past_is_forgotten(story: Open) -> None:
    """After eight weeks hours are gone, and after eight days who was reached; who stays away for so long is gone as a whole."""
    told = story()
    told.tell([*views("staff_gone", [0.0]), *views("staff_a", [0.0])])
    for day in range(1, 58):
        told.tell(views("staff_a", [float(day * DAY)]))

    rows = learned(told)
    first = int(START.timestamp()) // HOUR
    assert {"staff_a"} == {row[0].rpartition("|")[2] for row in rows["hours"]}
    assert first + 24 <= min(row[1] for row in rows["hours"])
    assert first + 57 * 24 - 8 * 24 <= min(row[1] for row in rows["marks"])


def test_somebody_who_comes_back_after_weeks_has_kept_the_last_day(story: Open) -> None:
    """What a day counted is on record before those who were reached are forgotten."""
    told = story()
    told.tell(views("staff_a", [float(n) for n in range(40)]))
    for day in range(1, 20):
        told.tell(views("staff_b", [float(day * DAY)]))
    told.tell(views("staff_a", [20.0 * DAY]))

    with sqlite3.connect(told.path) as db:
        days = db.execute(
            "SELECT day_people, week_people FROM days JOIN actors ON id = actor WHERE place LIKE '%staff_a'"
        ).fetchall()
    db.close()
    assert [(40, None)] == days


def test_events_older_than_the_past_are_left_out(story: Open) -> None:
    """A file of last year, read today, is not today's habit."""
    told = story()
    told.tell(views("staff_a", [100.0 * DAY]))
    told.tell(views("staff_b", [0.0]))

    assert {"staff_a"} == {row[0].rpartition("|")[2] for row in learned(told)["hours"]}


def test_a_clock_that_runs_ahead_is_not_believed(story: Open) -> None:
    """An event from next year counts when it was learned of, and does not end the past."""
    told = story()
    told.tell(views("staff_a", [400.0 * DAY], learnt=START))
    told.tell(views("staff_b", [0.0]))

    assert {"staff_a", "staff_b"} == {row[0].rpartition("|")[2] for row in learned(told)["hours"]}


def test_crowds_are_counted_in_hours_and_in_days(story: Open) -> None:
    """Ten thousand people in an hour are sketched, and the day counts them together with those of hours that are listed."""
    told = story()
    for day in range(9):
        told.tell(views("erp-sync", [day * DAY + 2 * HOUR + n * 0.1 for n in range(30)], actor_type="app"))
    told.tell(views("erp-sync", [9 * DAY + HOUR + n * 0.3 for n in range(15)], actor_type="app"))
    crowd = views("erp-sync", [9 * DAY + 2 * HOUR + n * 0.3 for n in range(10_000)], actor_type="app")
    found = [*told.tell(crowd[:2_000]), *told.tell(crowd[1_000:])][-1]
    assert abs(found.people - 10_000) < 1_000

    told.baselines.release("ALR-1", found.key, first=found.first_time - timedelta(hours=1), last=found.last_time)
    told.open.clear()
    (slow, *_) = told.tell(views("erp-sync", [9 * DAY + 3 * HOUR], actor_type="app"))
    assert ("baseline-slow-day", True) == (slow.rule, abs(slow.people - 10_000) < 1_000)
