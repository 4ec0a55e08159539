"""Correlations: sliding windows by event time, in groups."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.detect.rules import Fault, RuleSet

BASE = """
title: Base {name}
name: {name}
logsource: {{category: test}}
detection: {{s: {{kind: {name}}}, condition: s}}
---
"""


def rules_text(correlation: str, *, rules: Sequence[str] = ("a", "b", "c")) -> str:
    """Three simple rules and a correlation."""
    return "".join(BASE.format(name=name) for name in rules) + f"title: Together\ncorrelation: {{{correlation}}}\n"


@pytest.fixture
def found(rules_of: Callable[..., RuleSet], hits: Callable[..., Any]) -> Callable[..., list[tuple[dict[str, str], list[int]]]]:
    """Group and lines of what a correlation finds."""

    def run(correlation: str, events: Sequence[Any]) -> list[tuple[dict[str, str], list[int]]]:
        rules = rules_of(rules_text(correlation))
        for fault in rules.faults:
            raise fault
        return [
            (hit.group, [int(number) for number in hit.ids])
            for hit in hits(rules, [_event(event) for event in events])
            if hit.rule.title == "Together"
        ]

    return run


def _event(given: Any) -> dict[str, Any]:
    """(seconds, kind, more fields) as an event."""
    if isinstance(given, dict):
        return given
    at, kind, *more = given
    return {"time": 1_700_000_000 + at, "kind": kind, **(more[0] if more else {})}


Found = Callable[..., list[tuple[dict[str, str], list[int]]]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("gte: 3", [1, 2, 3]),
        ("gt: 2", [1, 2, 3]),
        ("eq: 3", [1, 2, 3]),
        ("gte: 4", []),
        ("lt: 2", [1, 4]),
        ("lte: 1", [1, 4]),
        ("neq: 3", [1, 2, 4]),
    ],
)
def test_events_are_counted_in_sliding_windows(found: Found, condition: str, expected: list[int]) -> None:
    """A window ends at each event and reaches back by the timespan, both ends included."""
    events = [(0, "a"), (30, "a"), (60, "a"), (500, "a"), (510, "b")]

    lines = [
        line
        for _, lines in found(f"type: event_count, rules: [a], timespan: 60s, condition: {{{condition}}}", events)
        for line in lines
    ]

    assert expected == lines


def test_groups_are_apart_and_events_without_a_group_are_left_out(found: Found) -> None:
    """Each value of the group has windows of its own; an event that lacks the field belongs to no group."""
    events = [(0, "a", {"ip": "x"}), (1, "a", {"ip": "y"}), (2, "a", {"ip": "x"}), (3, "a"), (4, "a"), (5, "a", {"ip": "X"})]

    assert [({"ip": "x"}, [1, 3])] == found(
        "type: event_count, rules: [a], group-by: [ip], timespan: 1m, condition: {gte: 2}", events
    )


def test_a_group_of_a_field_that_no_event_has(found: Found) -> None:
    """Nothing is found, and nothing fails."""
    assert [] == found("type: event_count, rules: [a], group-by: [ip], timespan: 1m, condition: {gte: 1}", [(0, "a")])


def test_values_are_counted_once(found: Found) -> None:
    """Distinct values count; events without the field do not."""
    events = [(n, "a", {"ip": "x", "user": user} if user else {"ip": "x"}) for n, user in enumerate(["u", "u", "v", None, "w"])]
    correlation = "type: value_count, rules: [a], group-by: [ip], timespan: 1m, condition: {field: user, gte: 3}"

    assert [({"ip": "x"}, [1, 2, 3, 4, 5])] == found(correlation, events)
    assert [] == found(correlation.replace("gte: 3", "gte: 4"), events)
    assert [] == found(correlation.replace("user", "nobody"), events)


def test_values_of_several_fields_count_together(found: Found) -> None:
    """Two fields make one value, and ("ab", "c") is not ("a", "bc")."""
    events = [(0, "a", {"p": "ab", "q": "c"}), (1, "a", {"p": "a", "q": "bc"}), (2, "a", {"p": "a"})]

    assert [({}, [1, 2])] == found("type: value_count, rules: [a], timespan: 1s, condition: {field: [p, q], gte: 2}", events)


def test_each_element_of_a_list_is_a_value(found: Found) -> None:
    """A list counts by its different elements, an element equals the same text alone, and an event is told once."""
    events = [(0, "a", {"user": ["u", "v", "u"]}), (1, "a", {"user": "v"}), (2, "a", {"user": []}), (3, "a", {"user": "w"})]
    correlation = "type: value_count, rules: [a], timespan: 1m, condition: {field: user, gte: 3}"

    assert [({}, [1, 2, 3, 4])] == found(correlation, events)
    assert [] == found(correlation.replace("gte: 3", "gte: 4"), events)
    assert [({}, [1])] == found(correlation.replace("gte: 3", "gte: 2"), events[:1])


def test_a_list_among_several_fields_is_one_value(found: Found) -> None:
    """Where several fields are counted together, a list is the whole of it."""
    events = [(0, "a", {"p": ["x", "y"], "q": "z"}), (1, "a", {"p": ["x"], "q": "z"})]
    correlation = "type: value_count, rules: [a], timespan: 1m, condition: {field: [p, q], gte: 2}"

    assert [({}, [1, 2])] == found(correlation, events)
    assert [] == found(correlation, events[:1])


@pytest.mark.parametrize(
    ("kind", "condition", "expected"),
    [
        ("value_sum", "gt: 25", True),
        ("value_sum", "gt: 30", False),
        ("value_avg", "gte: 10", True),
        ("value_avg", "gt: 10", False),
        ("value_median", "gte: 10", True),
        ("value_percentile", "percentile: 90, gt: 18", False),
        ("value_percentile", "percentile: 100, gte: 15", True),
        ("value_percentile", "gte: 10", True),
    ],
)
def test_numbers_are_summed_and_averaged(found: Found, kind: str, condition: str, expected: bool) -> None:  # noqa: FBT001  # a table
    """Sum, mean, median and percentile of a field, also when some of it is text."""
    events = [(0, "a", {"size": 5}), (1, "a", {"size": "10"}), (2, "a", {"size": 15}), (3, "a", {"size": "many"})]
    correlation = f"type: {kind}, rules: [a], timespan: 1m, condition: {{field: size, {condition}}}"

    assert expected == any(4 in lines for _, lines in found(correlation, events))


def test_rules_that_occur_together(found: Found) -> None:
    """A temporal correlation wants all of its rules within the timespan, in any order."""
    events = [
        (0, "b", {"ip": "x"}),
        (10, "a", {"ip": "x"}),
        (20, "c", {"ip": "x"}),
        (0, "a", {"ip": "y"}),
        (70, "b", {"ip": "y"}),
    ]
    correlation = "type: temporal, rules: [a, b], group-by: [ip], timespan: 1m"

    assert [({"ip": "x"}, [1, 2])] == found(correlation, events)
    assert [] == found(correlation.replace("[a, b]", "[a, b, c]").replace("1m", "15s"), events)


def test_some_of_the_rules_are_enough_when_the_condition_says_so(found: Found) -> None:
    """The condition of a temporal correlation counts rules."""
    events = [(0, "a"), (1, "c")]

    assert [({}, [1, 2])] == found("type: temporal, rules: [a, b, c], timespan: 1m, condition: {gte: 2}", events)


@pytest.mark.parametrize(
    ("condition", "kinds", "expected"),
    [
        ("a and not b", "ac", True),
        ("a and not b", "b", False),
        ("a and (b or c)", "ac", True),
        ("a and (b or c)", "a", False),
        ("not a", "a", False),
    ],
)
def test_a_boolean_condition_over_rules(found: Found, condition: str, kinds: str, expected: bool) -> None:  # noqa: FBT001  # a table
    """Which rules a window holds can be asked with and, or and not."""
    events = [(n, kind) for n, kind in enumerate(kinds)]

    assert expected == bool(found(f"type: temporal, timespan: 1m, condition: '{condition}'", events))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(0, "a"), (10, "b"), (20, "c")], [1, 2, 3]),
        ([(0, "a"), (10, "c"), (20, "b")], []),
        ([(0, "a"), (10, "b"), (61, "c")], []),
        ([(0, "a"), (5, "a"), (10, "b"), (62, "c")], [2, 3, 4]),
        ([(20, "c"), (0, "a"), (10, "b")], [1, 2, 3]),
        ([(0, "a"), (0, "b"), (0, "c")], [1, 2, 3]),
        ([(0, "c"), (0, "b"), (0, "a")], []),
    ],
)
def test_rules_in_their_order(found: Found, events: list[Any], expected: list[int]) -> None:
    """An ordered correlation goes by event time; at the same moment the order of arrival decides."""
    lines = [line for _, lines in found("type: temporal_ordered, rules: [a, b, c], timespan: 60s", events) for line in lines]

    assert expected == lines


def test_one_event_is_not_two_steps(rules_of: Callable[..., RuleSet], hits: Callable[..., Any]) -> None:
    """An event that two rules match does not complete a sequence of the two."""
    text = "".join(
        f"title: {name}\nname: {name}\nlogsource: {{category: test}}\ndetection: {{s: {{kind: a}}, condition: s}}\n---\n"
        for name in "xy"
    )
    rules = rules_of(text + "title: T\ncorrelation: {type: temporal_ordered, rules: [x, y], timespan: 1m}\n")

    assert [] == hits(rules, [_event((0, "a"))])
    assert 1 == len(hits(rules, [_event((0, "a")), _event((1, "a"))]))


def test_an_event_that_two_rules_match_counts_once(rules_of: Callable[..., RuleSet], hits: Callable[..., Any]) -> None:
    """Events are counted, not matches."""
    text = "".join(
        f"title: {name}\nname: {name}\nlogsource: {{category: test}}\ndetection: {{s: {{kind: a}}, condition: s}}\n---\n"
        for name in "xy"
    )
    rules = rules_of(text + "title: T\ncorrelation: {type: event_count, rules: [x, y], timespan: 1m, condition: {gte: 2}}\n")

    assert [] == hits(rules, [_event((0, "a"))])
    (hit,) = hits(rules, [_event((0, "a")), _event((1, "a"))])
    assert (2, ("1", "2")) == (hit.events, hit.ids)


def test_a_correlation_over_rules_of_one_title(rules_of: Callable[..., RuleSet], hits: Callable[..., Any]) -> None:
    """Rules without ids may share a title: each feeds the correlations that name it."""
    text = "".join(
        f"title: Same\nname: {name}\nlogsource: {{category: test}}\ndetection: {{s: {{kind: {name}}}, condition: s}}\n---\n"
        for name in "ab"
    )
    rules = rules_of(text + "title: Same\ncorrelation: {type: temporal, rules: [a, b], timespan: 1m}\n")

    assert [("Same (rules.yml, 3)", ("1", "2"))] == [
        (hit.rule.id, hit.ids) for hit in hits(rules, [_event((0, "a")), _event((1, "b"))])
    ]


def test_an_alias_names_different_fields(found: Found) -> None:
    """The group may have another name in each rule's events."""
    events = [(0, "a", {"src": "x"}), (1, "b", {"client": "x"}), (2, "b", {"client": "y"})]
    correlation = "type: temporal, rules: [a, b], group-by: [ip], timespan: 1m, aliases: {ip: {a: src, b: client}}"

    assert [({"ip": "x"}, [1, 2])] == found(correlation, events)


@pytest.mark.parametrize(("generate", "expected"), [("", ["Together"]), ("generate: true, ", ["Base a", "Base a", "Together"])])
def test_rules_of_a_correlation_speak_only_when_asked(
    rules_of: Callable[..., RuleSet], hits: Callable[..., Any], generate: str, expected: list[str]
) -> None:
    """A rule that feeds a correlation raises nothing itself, unless `generate` says so."""
    rules = rules_of(rules_text(f"type: event_count, rules: [a], {generate}timespan: 1m, condition: {{gte: 2}}"))

    found = hits(rules, [_event((0, "a")), _event((1, "a"))])

    assert expected == sorted(hit.rule.title for hit in found for _ in (hit.ids if hit.rule.title != "Together" else [0]))


def test_events_without_a_time_take_no_part(found: Found) -> None:
    """A window needs a time; the other events still count."""
    events = [(0, "a"), {"kind": "a"}, {"kind": "a", "time": "soon"}, (1, "a")]

    assert [({}, [1, 4])] == found("type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}", events)
    assert [] == found("type: event_count, rules: [a], timespan: 1m, condition: {gte: 1}", events[1:3])


@pytest.mark.parametrize(
    ("correlation", "reason"),
    [
        ("type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 2}", "nobody"),
        ("type: event_count, rules: [], timespan: 1m, condition: {gte: 2}", "no rules"),
        ("type: temporal_ordered, rules: [a, b], timespan: 1m, condition: {gte: 1}", "ordered"),
        ("type: temporal_ordered, timespan: 1m, condition: 'a and b'", "ordered"),
        ("type: event_count, rules: [a], timespan: soon, condition: {gte: 2}", "imespan"),
        ("type: event_count, rules: [a], timespan: 99999999999d, condition: {gte: 2}", "longer than ten years"),
        ("type: sideways, rules: [a], timespan: 1m", "sideways"),
        ("type: value_count, rules: [a], timespan: 1m, condition: {gte: 2}", "field"),
    ],
)
def test_a_correlation_that_cannot_work_is_a_fault(found: Found, correlation: str, reason: str) -> None:
    """What is wrong is said when the rule is read."""
    with pytest.raises(Fault, match=reason):
        found(correlation, [(0, "a")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.tuples(st.integers(0, 30), st.sampled_from("xy"), st.sampled_from("uvw")), max_size=25),
    span=st.integers(1, 10),
    least=st.integers(1, 4),
    kind=st.sampled_from(["event_count", "value_count"]),
)
def test_windows_agree_with_a_second_reading(found: Found, events: list[Any], span: int, least: int, kind: str) -> None:
    """Whatever order events come in, the events found are those of some window that has enough."""
    field = "field: user, " if kind == "value_count" else ""
    correlation = f"type: {kind}, rules: [a], group-by: [ip], timespan: {span}s, condition: {{{field}gte: {least}}}"
    rows = [(at, "a", {"ip": ip, "user": user}) for at, ip, user in events]
    expected: dict[str, set[int]] = {}
    for end, ip, _ in events:
        window = [(n, user) for n, (at, other, user) in enumerate(events, 1) if other == ip and end - span <= at <= end]
        if len({user for _, user in window} if kind == "value_count" else window) >= least:
            expected.setdefault(ip, set()).update(n for n, _ in window)

    assert expected == {group["ip"]: set(lines) for group, lines in found(correlation, rows)}


def test_the_field_of_a_moment_is_read_in_its_zone() -> None:
    """The second reading's clock: a number of seconds is a moment in UTC."""
    assert datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC).timestamp() == 1_700_000_000
