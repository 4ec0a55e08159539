"""The detector over batches of the lake: what it finds does not depend on restarts, and no event is told twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.detect import Detector, Finding, RuleSet, load, trail
from hemostat.detect.samples import sample_table
from hemostat.events import SCHEMA
from hemostat.kernel import content

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
S1 = load(
    *(
        content("rules") / f"{name}.yml"
        for name in (
            "session-many-people",
            "session-sequential-run",
            "session-unsigned-calls",
            "token-two-networks",
            "token-without-login",
        )
    )
)
SEQUENTIAL = "1be2c7d0-98a4-4b9e-a6cf-6f1d2e3c4b02"
UNSIGNED = "0d4f1f6e-0b1f-4c53-8f2c-5b1c2f3d9a01"
MANY = "3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03"
MINTED = "9e8d7c6b-5a49-4382-91f0-1a2b3c4d5e04"
NETWORKS = "4d5e6f70-8192-4a3b-b4c5-d6e7f8091a05"


def batch(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows of the lake: `at` is seconds after the start, what is not said is empty."""
    made = []
    (full,) = sample_table([{"act": "page:read"}], start=START).to_pylist()
    for number, row in enumerate(rows):
        at = START + timedelta(seconds=row["at"])
        made.append({**full, "event_id": f"e{row.get('n', number)}", "time": at, "learnt": row.get("learnt", at)})
        made[-1] |= {key: value for key, value in row.items() if key in SCHEMA.names and key != "learnt"}
    return pa.Table.from_pylist(made, schema=SCHEMA)


def attack(count: int, *, begin: float = 0, every: float = 0.3, first: int = 0) -> list[dict[str, Any]]:
    """A walk over customer numbers, one in five of them somebody."""
    return [
        {
            "at": begin + n * every, "n": f"attack-{first + n}", "act": "session:read", "auth": "unsigned",
            "src_ip": "ip_attacker", "path": "/api/session", "subject": f"subject_{first + n}",
            "subject_next": f"subject_{first + n + 1}",
            "result": "success" if n % 5 == 0 else "not_found", "status": 200 if n % 5 == 0 else 404,
        }
        for n in range(count)
    ]  # fmt: skip


def ordinary(count: int, *, begin: float = 0, every: float = 1.46) -> list[dict[str, Any]]:
    """Customers who look at their own data, each from an address of her own, signed."""
    return [
        {
            "at": begin + n * every, "n": f"ordinary-{n}", "act": "session:read", "auth": "signed", "src_ip": f"ip_{n % 300}",
            "path": "/apps/care/session", "subject": f"subject_{900_000 + n % 300}",
            "subject_next": f"subject_{900_001 + n % 300}",
            "token": f"token_{n % 300}", "asn": 64496 + n % 300, "result": "success", "status": 200,
        }
        for n in range(count)
    ]  # fmt: skip


def told(findings: Sequence[Finding]) -> dict[str, int]:
    """Events by rule."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.rule] += finding.events
    return dict(counts)


def test_the_leak_is_found_within_five_minutes_of_its_story() -> None:
    """Twenty unsigned calls, fifty steps and twenty-six people are seen as soon as they have happened."""
    detector = Detector(S1)
    first: dict[str, float] = {}
    for second in range(0, 60, 3):
        for finding in detector.push(batch(attack(10, begin=second, first=second * 10 // 3))):
            first.setdefault(finding.rule, second)

    assert {UNSIGNED: 3, MANY: 6, SEQUENTIAL: 15} == first


def test_ordinary_traffic_raises_nothing() -> None:
    """Forty-one signed calls a minute, one customer an address: no finding in two hours."""
    detector = Detector(S1)
    rows = ordinary(41 * 120)

    assert [] == [finding for start in range(0, len(rows), 50) for finding in detector.push(batch(rows[start : start + 50]))]


def test_a_finding_says_where_what_and_whose() -> None:
    """A finding carries what an alert needs; people are those whose data was given out, not attempts."""
    (finding,) = [finding for finding in Detector(S1).push(batch(attack(60))) if finding.rule == MANY]

    assert f"{MANY}|fernhollow|production|ip_attacker" == finding.key
    assert {"src_endpoint.ip": "ip_attacker"} == finding.group
    assert ("high", "storefront", "storefront-session-leak") == (finding.level, finding.surface, finding.playbook)
    assert (60, 12, 50) == (finding.events, finding.people, len(finding.event_ids))
    assert "eattack-0" == finding.event_ids[0]
    assert (START, START + timedelta(seconds=17.7)) == (finding.first_time, finding.last_time)
    assert "60 events in 17 s, 12 people answered for, src_endpoint.ip ip_attacker" == finding.summary


def test_events_are_told_once_however_they_are_batched() -> None:
    """Whether the attack comes in one batch or in forty, each event counts once."""
    rows = attack(200)
    whole = told(Detector(S1).push(batch(rows)))
    detector = Detector(S1)
    parts = told([finding for start in range(0, 200, 5) for finding in detector.push(batch(rows[start : start + 5]))])

    assert {UNSIGNED: 200, MANY: 200, SEQUENTIAL: 199} == whole == parts


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 400), st.integers(0, 3), st.integers(0, 40), st.booleans(), st.sampled_from(["success", "not_found"])
        ),
        min_size=30,
        max_size=150,
    ),
    cuts=st.lists(st.integers(1, 149), min_size=1, max_size=6),
    restart=st.integers(0, 6),
)
def test_a_restart_changes_nothing(rows: list[Any], cuts: list[int], restart: int) -> None:
    """With a restart between two batches, and the history read again, the findings are those of a run without one."""
    made = [
        {
            "at": second, "n": n, "act": "session:read", "auth": "unsigned" if unsigned else "signed", "src_ip": f"ip_{address}",
            "path": "/api/session", "subject": f"subject_{person}", "subject_next": f"subject_{person + 1}", "result": result,
            "token": f"token_{person}", "asn": 64500 + address,
        }
        for n, (second, address, person, unsigned, result) in enumerate(rows)
    ]  # fmt: skip
    edges = sorted({0, *(cut for cut in cuts if cut < len(made)), len(made)})
    batches = [batch(made[low:high]) for low, high in pairwise(edges)]
    restart = min(restart, len(batches) - 1)
    steady = Detector(S1)
    straight = [steady.push(each) for each in batches]

    again = Detector(S1)
    for each in batches[:restart]:
        again.push(each)
    again.close()
    again = Detector(S1)
    if restart:
        again.warm(pa.concat_tables(batches[:restart]))

    assert straight[restart:] == [again.push(each) for each in batches[restart:]]


def test_late_events_count_by_their_own_time() -> None:
    """Calls that arrive in any order within a few minutes complete the same window."""
    detector = Detector(S1)
    early = detector.push(batch([{**row, "src_ip": "ip_b"} for row in attack(12, every=20)]))
    later = detector.push(batch(attack(1, begin=600)))
    late = detector.push(batch(attack(12, begin=10, every=20, first=100)))

    assert [] == [finding.rule for finding in early + later]
    assert {UNSIGNED: 24} == told(late)


def test_a_clock_that_runs_ahead_does_not_empty_the_windows() -> None:
    """An event that claims to come from next year is not believed, and what is remembered stays."""
    detector = Detector(S1)
    detector.push(batch(attack(15)))
    detector.push(batch([{**row, "learnt": START} for row in attack(6_000, begin=31_536_000, every=0.001, first=10**6)]))

    assert UNSIGNED in told(detector.push(batch(attack(5, begin=10, first=50))))


def test_memory_is_bounded_and_the_cut_is_told() -> None:
    """Rows over the bound are dropped, oldest first, and the rule that lost them is named."""
    detector = Detector(S1, window_rows=100)
    detector.push(batch(ordinary(40)))
    assert {} == detector.shortened

    detector.push(batch(ordinary(90, begin=100)))

    assert {MANY, NETWORKS} & detector.shortened.keys()
    assert len(detector._engine) <= 100  # nothing else shows the memory


def test_what_no_window_reaches_is_forgotten() -> None:
    """Rows older than the window go, without being called a cut."""
    detector = Detector(S1)
    for hour in range(3):
        detector.push(
            batch(
                [
                    {**row, "token": "", "src_ip": "ip_a", "subject": "subject_a"}
                    for row in ordinary(6_000, begin=hour * 3600, every=0.01)
                ]
            )
        )

    assert (True, {}) == (len(detector._engine) <= 12_000, detector.shortened)


def test_stores_and_environments_are_never_mixed() -> None:
    """Fifteen calls in production and fifteen in staging are not thirty."""
    rows = [{**row, "environment": "staging" if n % 2 else "production"} for n, row in enumerate(attack(30))]

    assert UNSIGNED not in told(Detector(S1).push(batch(rows)))


@pytest.mark.parametrize("name", ["store", "environment"])
def test_steps_in_two_places_are_no_walk(name: str) -> None:
    """Somebody who asks one place for a number and another for the next one has taken no step."""
    rows = [{**row, name: f"place-{n % 2}"} for n, row in enumerate(attack(200))]

    assert SEQUENTIAL not in told(Detector(S1).push(batch(rows)))
    assert SEQUENTIAL in told(Detector(S1).push(batch([{**row, name: "place-1"} for row in rows])))


def test_a_list_is_cut_whole(rules_of: Callable[[str], RuleSet]) -> None:
    """When memory is short, the values of one event stay or go together, and what is kept is counted right."""
    rules = rules_of(
        """
        title: Read
        name: read
        logsource: {category: test}
        detection: {s: {hemostat.act: 'page:read'}, condition: s}
        ---
        title: Elements
        correlation: {type: value_count, rules: [read], timespan: 1h, condition: {field: hemostat.elements, gte: 100}}
        """
    )
    detector = Detector(rules, window_rows=10)
    detector.push(batch([{"at": n, "elements": ["a", "b", "c"]} for n in range(5)]))

    windows = detector._engine._windows[0][2]  # nothing else shows the rows
    assert [6, 6] == [len(windows), sum(map(len, windows._groups.values()))]


def test_tokens_share_one_alert() -> None:
    """A hundred stolen tokens are one alert, as the rule asks, with all their people."""
    used = [{"act": "document:read", "auth": "token", "result": "success"}] * 200
    rows = [
        {**row, "at": n, "asn": 64500 + 2 * (n % 2), "token": f"token_{n // 2}", "subject": f"subject_{n // 2}"}
        for n, row in enumerate(used)
    ]

    (finding,) = Detector(S1).push(batch(rows))

    assert (NETWORKS, f"{NETWORKS}|fernhollow|production", {}) == (finding.rule, finding.key, finding.group)
    assert (200, 100) == (finding.events, finding.people)


def test_single_events_make_one_finding_a_batch() -> None:
    """Matches of one rule in one batch are one finding, for each store."""
    minted = {"at": 0, "act": "token:mint", "auth": "none", "subject": "subject_a"}
    rows = [{**minted, "n": 1}, {**minted, "n": 2, "subject": "subject_b"}, {**minted, "n": 3, "store": "other"}]

    findings = Detector(S1).push(batch(rows))

    assert [(MINTED, "fernhollow", 2, 2, ("e1", "e2")), (MINTED, "other", 1, 1, ("e3",))] == [
        (finding.rule, finding.store, finding.events, finding.people, finding.event_ids) for finding in findings
    ]


def test_groups_cannot_be_made_to_look_like_others() -> None:
    """A separator within a value does not join two groups in one key."""
    rows = [{**row, "path": path} for path in ("a|b", "a\\|b", "a'b") for row in attack(20)]

    keys = {finding.key for finding in Detector(S1).push(batch(rows)) if finding.rule == UNSIGNED}

    assert 3 == len(keys)


def test_a_rule_that_looks_everywhere_sees_every_column(rules_of: Callable[[str], RuleSet]) -> None:
    """Keywords search all texts of the lake."""
    rules = rules_of("title: K\nlogsource: {category: test}\ndetection: {k: [needle], condition: k}\n")

    (finding,) = Detector(rules).push(batch([{"at": 0, "message": "a Needle"}, {"at": 0, "elements": ["needlework"]}, {"at": 1}]))

    assert (2, "K|fernhollow|production") == (finding.events, finding.key)


def test_without_rules_or_events_nothing_happens(tmp_path: Path) -> None:
    """An empty set of rules and an empty batch are fine."""
    assert [] == Detector(load(tmp_path)).push(batch(attack(5)))
    assert [] == Detector(S1).push(batch([]))
    assert timedelta(minutes=5) == Detector(load(tmp_path)).history


def test_how_far_back_a_restart_reads() -> None:
    """Twice the longest window, a day, and what may come late."""
    assert timedelta(days=2, minutes=5) == Detector(S1).history


@pytest.mark.parametrize(("gap", "steps"), [(9, True), (11, False)])
def test_a_step_waits_ten_minutes(gap: int, steps: bool) -> None:  # noqa: FBT001  # a table
    """The next number counts as a step when it is asked for soon enough, by the same address."""
    rows = [row for n in range(60) for row in attack(1, begin=n * gap * 60, first=n)]
    detector = Detector(S1)
    detector.push(batch(rows))

    assert (59 if steps else 0) == len(detector._engine._windows[1][2])  # the rows that the walk's correlation keeps


def test_the_trail_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps out of reach are forgotten, so that months of traffic fit: many hours leave no more of them than a few."""
    monkeypatch.setattr(trail, "_SWEEP", 500)
    detector = Detector(S1)
    most = []
    for hour in range(16):
        detector.push(batch(attack(600, begin=hour * 3600, every=1, first=hour * 1_000)))
        assert detector._trail is not None
        most.append(len(detector._trail._expected))  # nothing else shows the memory

    assert max(most[4:]) <= max(most[:4]) <= 1_800


def test_the_columns_are_all_that_it_needs() -> None:
    """Tables with no other columns give the same findings, so that nobody reads the others from the lake."""
    narrow = Detector(S1)

    assert set(narrow.columns) < set(SCHEMA.names)
    assert Detector(S1).push(batch(attack(60))) == narrow.push(batch(attack(60)).select(narrow.columns))


def test_a_shortened_window_says_how_far_it_reaches() -> None:
    """Forty of eighty signed calls fit: the windows reach back by about a minute, in seconds."""
    detector = Detector(S1, window_rows=100)
    detector.push(batch(ordinary(80)))

    assert {MANY, NETWORKS} == detector.shortened.keys()
    assert all(40 < seconds < 80 for seconds in detector.shortened.values())


def test_what_is_out_of_reach_is_out_of_sight_at_once() -> None:
    """Calls before the reach of the window do not count with a straggler, whether they were swept or not."""
    detector = Detector(S1)
    detector.push(batch(attack(19)))
    detector.push(batch([{**row, "path": "/elsewhere"} for row in attack(1, begin=3600, first=50)]))

    assert UNSIGNED not in told(detector.push(batch(attack(1, begin=6, first=100))))
