"""A back-test finds what detection found when it ran, counts it by day and group, and tells two versions apart."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, groupby, pairwise
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect import Detector, Finding, RuleSet
from hemostat.detect.backtest import MOST_IDS, Backtest, Day, Judge, Judged, Known, alarming, alone, compared, days_of
from hemostat.detect.rules import NOTHING, shipped
from hemostat.detect.samples import misjudged
from hemostat.detect.trials import Trial, Version, last_days, name_of, reach, rules_of
from hemostat.kernel import BadInput, NotFound
from hemostat.lake import compaction
from hemostat.lake.compaction import compact
from hemostat.lake.reader import DamagedLake, read
from unit.detect.past import DENIED, MANY, ONE, START, TOGETHER, Lake, rules, table_of

DAY = 24 * 60  # minutes


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    made = Lake(tmp_path)
    yield made
    made.close()


def trial(lake: Lake, *versions: RuleSet, first: int = 0, days: int = 10) -> Trial:
    """A back-test of these versions over so many days from this one on."""
    since = START + timedelta(days=first)
    return Trial(lake.home, lake.spool, versions, since=since, until=since + timedelta(days=days), clock=count().__next__)


def busy(random: Random, batches: int) -> Iterator[list[dict[str, Any]]]:
    """Batches over four days: people at work, some denied, some rows late, out of order or of another store."""
    at = 0.0
    for _ in range(batches):
        at += random.expovariate(1 / 70)
        yield [
            {
                "at": at + random.uniform(-30, 3),
                "actor": f"actor_{random.randrange(3)}",
                "store": random.choice(["fernhollow", "elsewhere"]),
                "subject": f"person_{random.randrange(9)}",
                "result": random.choice(["success", "success", "denied"]),
                "source": random.choice(["app", "edge"]),
            }
            for _ in range(random.randrange(1, 9))
        ]


def live(lake: Lake, tried: RuleSet) -> list[Finding]:
    """What a detector found that ran all the time."""
    detector, found = Detector(tried), []
    for _, parts in groupby(lake.spool.parts(), key=lambda part: part.batch):
        found += detector.push(read(lake.home, list(parts), columns=detector.columns))
    detector.close()
    return found


@pytest.mark.parametrize("seed", range(2))
def test_it_finds_what_detection_found(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """For any period, after any compaction: the findings of the detector that ran all the time, counted by day and key."""
    random, tried = Random(seed), rules(tmp_path, ONE, TOGETHER)  # noqa: S311  # what happens to be written, no secret
    for rows in busy(random, 72):
        lake.put(rows)
    found = live(lake, tried)
    monkeypatch.setattr(compaction, "TOGETHER", 4)
    for last in (30, 50, 60):
        compact(lake.home, lake.spool, last_batch=last)

    for first, days in ((0, 10), (1, 1), (2, 2)):
        test = trial(lake, tried, first=first, days=days)
        while test.turn(3):
            assert 0 <= test.share <= 1
        result = test.report([]).versions[0]
        test.close()

        inside = [one for one in found if test.since <= one.last_time < test.until]
        assert inside
        by_day: dict[date, list[Finding]] = defaultdict(list)
        for one in inside:
            by_day[one.last_time.date()].append(one)
        assert len(inside) == result.findings
        assert sum(one.events for one in inside) == result.events
        assert [
            Day(
                day=day,
                alarms=len({one.key for one in by_day[day]}),
                findings=len(by_day[day]),
                events=sum(one.events for one in by_day[day]),
                people=sum(max(one.people for one in by_day[day] if one.key == key) for key in {one.key for one in by_day[day]}),
            )
            for day in days_of(test.since, test.until)
        ] == list(result.days)
        assert len({one.key for one in inside}) == result.keys
        assert result.is_exact


def test_who_and_what_are_told(lake: Lake, tmp_path: Path) -> None:
    """Groups with most alarms first, with their first events; acts, surfaces and sources of all events of a finding."""
    for day in range(3):
        lake.put([{"at": day * DAY + n, "actor": "actor_often", "source": "edge"} for n in range(3)])
        lake.put([{"at": day * DAY + 4, "actor": "actor_often", "surface": "checkout"}])
    lake.put([{"at": 2 * DAY + n / 10, "actor": "actor_once"} for n in range(5)])

    test = trial(lake, alone(rules(tmp_path, TOGETHER), MANY))
    assert not test.turn(1000)
    result = test.report([]).versions[0]

    assert (MANY,) == result.rules
    assert [("actor_often", 3, 12), ("actor_once", 1, 5)] == [
        (group.group["actor.user.uid"], group.alarms, group.events) for group in result.groups
    ]
    assert MOST_IDS == len(result.groups[0].event_ids)
    assert (START, START + timedelta(days=2, minutes=4)) == (result.groups[0].first, result.groups[0].last)
    assert all("\n" not in name for group in result.groups for name in group.event_ids)
    assert [("customer:read", 17)] == [(one.word, one.events) for one in result.acts]
    assert [("storefront", 14), ("checkout", 3)] == [(one.word, one.events) for one in result.surfaces]
    assert [("edge", 9), ("app", 8)] == [(one.word, one.events) for one in result.sources]
    assert (7, 17, 0) == (test.report([]).batches, test.report([]).rows, test.report([]).unsure)
    test.close()


def test_windows_are_warm_from_before_the_period(lake: Lake, tmp_path: Path) -> None:
    """Three reads before midnight and one after are four: the alarm is that of the new day, as it was when it happened."""
    lake.put([{"at": DAY - 3 + n, "actor": "actor_a"} for n in range(3)])
    lake.put([{"at": DAY + 1, "actor": "actor_a"}])

    test = trial(lake, alone(rules(tmp_path, TOGETHER), MANY), first=1)
    test.turn(1000)

    assert [(date(2026, 3, 3), 1, 4)] == [(one.day, one.alarms, one.events) for one in test.report([]).versions[0].days]
    test.close()


def test_a_rule_alone_brings_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    """Of a set: a rule, a correlation whose rules are silent, and a rule that only feeds, which then alarms itself."""
    every = rules(tmp_path, ONE, TOGETHER)
    assert {DENIED, MANY} == set(alarming(every))

    assert (DENIED,) == alarming(alone(every, DENIED))
    assert (MANY,) == alarming(alone(every, MANY))
    assert ["Reads that feed"] == [rule.title for rule in alone(every, MANY).rules]
    assert ("Reads that feed",) == alarming(alone(every, "Reads that feed"))
    assert (MANY,) == alarming(alone(every, "many reads by ONE actor"))
    assert (MANY,) == alarming(alone(rules(tmp_path, TOGETHER), "tried"))
    with pytest.raises(NotFound, match="no rule 'tried'"):
        alone(every, "tried")
    with pytest.raises(NotFound, match="no rule '5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e09'") as caught:
        alone(every, DENIED[:-1] + "9")
    assert DENIED in caught.value.advice()
    with pytest.raises(NotFound) as caught:
        alone(RuleSet((), (), ()), "x")
    assert "none" in caught.value.advice()


def test_each_shipped_rule_can_be_tried_alone() -> None:
    """Its id finds it; a correlation finds alone, in its own samples, what it finds among all."""
    every = shipped()
    for each in (*every.rules, *every.correlations):
        assert (each.id,) == alarming(alone(every, each.id))
    for together in every.correlations[::4]:
        one = alone(every, together.id)
        assert [] == misjudged(one, one.correlations[0], start=START)


def test_beyond_the_bound_alarms_are_an_upper_bound(tmp_path: Path) -> None:
    """Alarms that are told apart count once; those beyond the bound count with each finding, and the result says so."""
    test = Backtest(rules(tmp_path, ONE), since=START, until=START + timedelta(days=1), most_alarms=2)
    for store in ("a", "b", "c", "a", "c"):
        test.take(table_of([{"at": 1, "store": store, "result": "denied", "subject": "person_a"}]))
    result = test.result()
    test.close()

    assert (4, 5, 2, False) == (result.alarms, result.findings, result.keys, result.is_exact)
    assert [4] == [day.alarms for day in result.days]
    assert 2 == len(test.alarms())


def test_a_window_that_was_cut_is_told(tmp_path: Path) -> None:
    """With too little memory for the correlation, the result names the rule."""
    test = Backtest(rules(tmp_path, TOGETHER), since=START, until=START + timedelta(days=1), window_rows=10)
    test.take(table_of([{"at": n / 100, "actor": f"actor_{n}"} for n in range(200)]))
    test.close()
    assert [MANY] == list(test.result().shortened)


def test_two_versions_are_told_apart_by_key_and_day(lake: Lake, tmp_path: Path) -> None:
    """What only the first finds, only the second, and both; what became of the alerts says which was right."""
    stricter = ONE.replace("status: denied", "status: denied, hemostat.surface: checkout")
    wider = stricter.replace(f"id: {DENIED}", "id: 0c5b1b9c-7b7e-4f61-9d55-3d1f6a4a7c11")
    for store, surface, day in (("a", "checkout", 0), ("a", "storefront", 1), ("b", "storefront", 1), ("c", "storefront", 2)):
        lake.put([{"at": day * DAY, "store": store, "surface": surface, "result": "denied"}])

    def known(store: str, day: int, outcome: str) -> Known:
        at = START + timedelta(days=day)
        return Known(key=f"{DENIED}|{store}|production", first=at, last=at, outcome=outcome)  # type: ignore[arg-type]  # one of three

    told = [known("a", 0, "incident"), known("b", 1, "dismissed"), known("b", 1, "incident"), known("a", 1, "dismissed")]
    test = trial(lake, rules(tmp_path, ONE), rules(tmp_path, wider))
    test.turn(1000)
    report = test.report([*told, known("c", 2, "open"), known("c", 9, "incident")])
    test.close()

    found = report.compared
    assert found is not None
    assert ((4, 3), (0, 0), (1, 0)) == (
        (report.versions[0].alarms, found.only_a.alarms),
        (found.only_b.alarms, len(found.groups_b)),
        (found.both.alarms, found.both.dismissed),
    )
    assert Judged(alarms=3, incident=1, dismissed=1, open=1) == found.only_a
    assert [("a", 1), ("b", 1), ("c", 1)] == sorted((group.store, group.alarms) for group in found.groups_a)
    assert [(0, 1), (2, 0), (1, 0)] == [(day.only_a, day.both) for day in found.days]
    assert (2 / 3, 1.0, None) == (*(judged.precision for judged in report.judged), Judged().precision)


@given(st.sets(st.tuples(st.sampled_from("abc"), st.dates(date(2026, 1, 1), date(2026, 1, 5))), max_size=12))
def test_every_alarm_is_judged_once(alarms: set[tuple[str, date]]) -> None:
    """Whatever is known, an alarm is of one outcome or of none."""
    at = datetime(2026, 1, 3, tzinfo=START.tzinfo)
    judge = Judge([Known(key=key, first=at, last=at + timedelta(days=1), outcome="open") for key in "ab"])
    judged = judge.judged(alarms)
    fitting = [one for one in alarms if one[0] in "ab" and one[1].day in {3, 4}]
    assert (len(alarms), len(fitting), 0) == (judged.alarms, judged.open, judged.incident + judged.dismissed)


def test_versions_of_many_rules_are_compared_by_rule_and_group(tmp_path: Path) -> None:
    """With more than one rule on a side nothing stands for anything else."""
    a = Backtest(rules(tmp_path, ONE), since=START, until=START + timedelta(days=1), stands_for=DENIED)
    b = Backtest(rules(tmp_path, ONE, TOGETHER), since=START, until=START + timedelta(days=1), stands_for=DENIED)
    rows = table_of([{"at": n, "result": "denied", "actor": "actor_a"} for n in range(4)])
    for test in (a, b):
        test.take(rows)
        test.close()
    found = compared(a, b, judge=Judge([]), days=[START.date()])
    assert (0, 1, 1) == (found.only_a.alarms, found.only_b.alarms, found.both.alarms)
    assert [MANY] == [group.rule for group in found.groups_b]


def test_a_period_is_cut_to_what_the_lake_holds(lake: Lake) -> None:
    """Whole days with events at both ends; a period without any is an error that says what there is."""
    with pytest.raises(BadInput, match="no events yet"):
        reach(lake.spool, START, START + timedelta(days=1))
    lake.put([{"at": 90}, {"at": 3 * DAY + 5}])
    long_ago, far = datetime(1, 1, 2, tzinfo=START.tzinfo), datetime(9000, 1, 1, tzinfo=START.tzinfo)

    assert (START, START + timedelta(days=4)) == reach(lake.spool, long_ago, far)
    inner = START + timedelta(hours=1), START + timedelta(days=2)
    assert inner == reach(lake.spool, *inner)
    with pytest.raises(BadInput, match=r"no events from 2026-01-31T00:00Z") as caught:
        reach(lake.spool, START - timedelta(days=30), START - timedelta(days=20))
    assert "from 2026-03-02 to 2026-03-05" in caught.value.advice()
    with pytest.raises(BadInput, match="ends before it begins"):
        reach(lake.spool, START, START)
    lake.put([{"at": -9 * 365 * DAY}])
    with pytest.raises(BadInput, match="longer than 2,200 days"):
        reach(lake.spool, long_ago, far)


def test_last_days_end_with_today() -> None:
    """One day is today; none and too many are refused."""
    now = START + timedelta(hours=9)
    assert (START - timedelta(days=6), START + timedelta(days=1)) == last_days(7, now=now)
    for wrong in (0, -1, 2201):
        with pytest.raises(BadInput, match="number of days"):
            last_days(wrong, now=now)


def test_a_version_is_called_by_its_titles(tmp_path: Path) -> None:
    """A rule by its own, a text by the first of its rules, all rules as such."""
    one = Version(rule=DENIED)
    assert "A read was denied" == name_of(one, alone(rules(tmp_path, ONE, TOGETHER), DENIED))
    both = ["A read was denied", "Many reads by one actor"]
    assert f"{', '.join(both)} (own text)" == name_of(Version(text="x"), rules(tmp_path, ONE, TOGETHER))
    third = ONE.replace("A read was denied", "Third").replace(DENIED, MANY[:-1] + "9")
    assert "A read was denied, Third and 1 more (own text)" == name_of(Version(text="x"), rules(tmp_path, ONE, third, TOGETHER))
    assert "All rules" == name_of(Version(), RuleSet((), (), ()))


def test_text_that_cannot_be_used_is_named_with_its_place() -> None:
    """No YAML, a rule with a fault, no rule at all, too much; a rule of a text can be chosen."""
    assert (DENIED,) == alarming(rules_of(Version(text=ONE), NOTHING))
    laughs = "".join(f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in pairwise("abcdefgh"))
    assert (DENIED,) == alarming(rules_of(Version(text=ONE.replace("{product", "&as {product")), NOTHING))
    both = dedent(ONE) + "---" + dedent(TOGETHER)
    assert (DENIED,) == alarming(rules_of(Version(text=both, rule=DENIED), NOTHING))
    for text, words in (
        ("title: [", r"not YAML: .* line 2"),
        (ONE.replace("condition: of", "condition: off"), "A read was denied"),
        ("# nothing", "The text has no rule"),
        ("x" * 200_001, "more than 200,000 characters"),
        ("a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]\n" + laughs, "more than 100,000 values"),
    ):
        with pytest.raises(BadInput, match=words):
            rules_of(Version(text=text), NOTHING)


def test_a_window_longer_than_time_reaches_back_to_its_beginning(lake: Lake, tmp_path: Path) -> None:
    """An event that claims to be of the first year is looked at with a window of ten."""
    first = datetime(1, 3, 4, tzinfo=UTC) - START
    lake.put([{"at": first / timedelta(minutes=1) + n, "actor": "actor_0"} for n in range(4)])
    test = trial(lake, rules(tmp_path, TOGETHER.replace("10m", "3650d")), first=first.days)
    assert not test.turn(1000)

    assert [(date(1, 3, 4), 1, 4)] == [(one.day, one.alarms, one.events) for one in test.report([]).versions[0].days]
    test.close()


def test_damage_ends_it_and_the_time_spent_is_told(lake: Lake, tmp_path: Path) -> None:
    """A turn goes on for as long as it is told; a damaged file is an error in words."""
    parts = [lake.put([{"at": n}]) and lake.spool.parts()[-1] for n in range(3)]
    test = trial(lake, rules(tmp_path, ONE))
    assert test.turn(0)
    assert 0 < test.report([]).seconds
    (lake.home.lake / parts[2].path).unlink()
    with pytest.raises(DamagedLake):
        test.turn(1000)
    test.close()
    assert Counter() == Counter(day.alarms for day in test.report([]).versions[0].days if day.alarms)
