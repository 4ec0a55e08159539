"""The arithmetic of correlations: which events of a group, taken together, complete what a rule looks for.

A window slides by event time: it ends at each event and reaches back by the rule's timespan, both ends included.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    CorrelationConditionOR,
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)

from hemostat.kernel import BadInput

from .fields import MICROS

_COMPARE = {
    SigmaCorrelationConditionOperator.LT: "<",
    SigmaCorrelationConditionOperator.LTE: "<=",
    SigmaCorrelationConditionOperator.GT: ">",
    SigmaCorrelationConditionOperator.GTE: ">=",
    SigmaCorrelationConditionOperator.EQ: "=",
    SigmaCorrelationConditionOperator.NEQ: "<>",
}
_Type = SigmaCorrelationType
_NUMERIC = {
    _Type.VALUE_SUM: "sum(value)",
    _Type.VALUE_AVG: "avg(value)",
    _Type.VALUE_MEDIAN: "median(value)",
    _Type.VALUE_PERCENTILE: "quantile_cont(value, {share})",
}


class Correlation(NamedTuple):
    """What a correlation asks of the events that its rules match.

    rules: ids of the rules, in the order of the correlation.
    group_by: names of the group; keys[rule][i] is the field that holds name i in events of that rule.
    values: the same for the counted or summed fields, empty when events are counted.
    span: width of the window in microseconds.
    measure: SQL aggregate over a window's rows (`seq`, `t`, `rule`, `value`), or "" for an ordered sequence.
    test: what the measure must satisfy, like `>= 20`.
    enough: SQL aggregate without which no window of a group can satisfy the test, over all the rows of the group.
    """

    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    keys: Mapping[str, tuple[str, ...]]
    values: Mapping[str, tuple[str, ...]]
    numeric: bool
    span: int
    measure: str
    test: str
    enough: str
    generate: bool

    def fields(self) -> set[str]:
        """The fields of events that it needs."""
        return {name for columns in (*self.keys.values(), *self.values.values()) for name in columns}


def plan(rule: SigmaCorrelationRule, known: Mapping[str, str]) -> Correlation:
    """The plan of a correlation; `known` gives the id of each rule by id and by name.

    Raises `BadInput` for a reference to a rule that is not there, and for what this engine does not do.
    """
    rules = tuple(dict.fromkeys(_known(name, known) for name in _references(rule)))
    if not rules:
        raise BadInput("it names no rules")
    group_by = tuple(rule.group_by or ())
    aliases = {
        alias.alias: {_known(ref.reference, known): field for ref, field in alias.mapping.items()} for alias in rule.aliases
    }

    def columns(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        return {one: tuple(_field(name, one, aliases) for name in names) for one in rules}

    measure, test, enough = _measure(rule, rules, known)
    return Correlation(
        rules=rules,
        group_by=group_by,
        keys=columns(group_by),
        values=columns(_values(rule)),
        numeric=rule.type in _NUMERIC,
        span=rule.timespan.seconds * MICROS,
        measure=measure,
        test=test,
        enough=enough,
        generate=rule.generate,
    )


def windows_sql(plan: Correlation, *, rows: str) -> str:
    """SQL for the windows that satisfy the plan: columns `grp`, `low`, `high` (microseconds), from the rows of a query.

    `rows` is a query with the columns `seq`, `t`, `grp`, `rule`, `value`.
    """
    if not plan.measure:
        return _sequence_sql(plan, rows=rows)
    measured = (
        f"SELECT grp, t, {plan.measure} AS measure FROM ({rows}) "  # noqa: S608  # numbers, and columns of our own
        f"WINDOW w AS (PARTITION BY grp ORDER BY t RANGE BETWEEN {plan.span} PRECEDING AND CURRENT ROW)"
    )
    return f"SELECT DISTINCT grp, t - {plan.span} AS low, t AS high FROM ({measured}) WHERE measure {plan.test}"  # noqa: S608  # as above


def _sequence_sql(plan: Correlation, *, rows: str) -> str:
    """The rules in their order: each row carries the latest start of a sequence that it could continue."""
    order = "PARTITION BY grp ORDER BY t, seq, rule DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    query = f"SELECT grp, t, seq, rule, CASE WHEN rule = 0 THEN t END AS start FROM ({rows})"  # noqa: S608  # as above
    for place in range(1, len(plan.rules)):
        # the latest start is the best one: a window that is too wide with it is too wide with all
        latest = f"max(CASE WHEN rule = {place - 1} THEN start END) OVER ({order})"
        query = f"SELECT grp, t, seq, rule, CASE WHEN rule = {place} THEN {latest} ELSE start END AS start FROM ({query})"  # noqa: S608  # as above
    last = len(plan.rules) - 1
    return f"SELECT DISTINCT grp, start AS low, t AS high FROM ({query}) WHERE rule = {last} AND t - start <= {plan.span}"  # noqa: S608  # as above


def _references(rule: SigmaCorrelationRule) -> list[str]:
    if rule.rules is not None:
        return [reference.reference for reference in rule.rules]
    return rule.condition.get_referenced_rules() if isinstance(rule.condition, SigmaExtendedCorrelationCondition) else []


def _known(name: str, known: Mapping[str, str]) -> str:
    if str(name) not in known:
        raise BadInput(f"it refers to {str(name)[:60]!r}, which is not a usable rule over single events here")
    return known[str(name)]


def _field(name: str, rule: str, aliases: Mapping[str, Mapping[str, str]]) -> str:
    return aliases.get(name, {}).get(rule, name)


def _values(rule: SigmaCorrelationRule) -> tuple[str, ...]:
    named = rule.condition.fieldref if isinstance(rule.condition, SigmaCorrelationCondition) else None
    if rule.type in {_Type.TEMPORAL, _Type.TEMPORAL_ORDERED, _Type.EVENT_COUNT} or named is None:
        return ()
    return (named,) if isinstance(named, str) else tuple(named)


def _measure(rule: SigmaCorrelationRule, rules: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, str, str]:
    """The aggregate, its test, and what is enough for a closer look."""
    condition = rule.condition
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        if rule.type is _Type.TEMPORAL_ORDERED:
            raise BadInput("an ordered correlation with a boolean condition is not something that we can evaluate")
        return f"({_boolean(condition.parsed, rules, known)})", "= TRUE", "TRUE"
    test = f"{_COMPARE[condition.op]} {condition.count!r}"
    if rule.type is _Type.TEMPORAL_ORDERED:
        if (condition.op, condition.count) != (SigmaCorrelationConditionOperator.GTE, len(rules)):
            raise BadInput("an ordered correlation wants all of its rules; leave its condition out")
        return "", "", f"count(DISTINCT rule) >= {len(rules)}"
    if rule.type in {_Type.EVENT_COUNT, _Type.VALUE_COUNT, _Type.TEMPORAL}:
        counted = _counted(rule.type, rules)
        return f"{counted} OVER w", test, f"{counted} >= {_floor(condition)}"
    percentile = 50 if condition.percentile is None else condition.percentile
    return f"{_NUMERIC[rule.type].format(share=percentile / 100)} OVER w", test, "TRUE"


def _counted(kind: SigmaCorrelationType, rules: tuple[str, ...]) -> str:
    if kind is _Type.EVENT_COUNT:
        # an event that several rules match is one event
        return "count(*)" if len(rules) == 1 else "count(DISTINCT seq)"
    return "count(DISTINCT value)" if kind is _Type.VALUE_COUNT else "count(DISTINCT rule)"


def _floor(condition: SigmaCorrelationCondition) -> int:
    """The least count that can satisfy the condition; 0 when any can."""
    least: float = {
        SigmaCorrelationConditionOperator.GTE: condition.count,
        SigmaCorrelationConditionOperator.EQ: condition.count,
        SigmaCorrelationConditionOperator.GT: condition.count + 1,
    }.get(condition.op, 0)
    return math.ceil(least)


def _boolean(node: Any, rules: tuple[str, ...], known: Mapping[str, str]) -> str:
    """SQL for a boolean condition over which rules are seen in a window."""
    if isinstance(node, SigmaRuleReference):
        return f"bool_or(rule = {rules.index(_known(node.reference, known))}) OVER w"
    parts = [_boolean(part, rules, known) for part in node.args]
    word = {CorrelationConditionAND: " AND ", CorrelationConditionOR: " OR ", CorrelationConditionNOT: ""}[type(node)]
    return f"(NOT {parts[0]})" if not word else "(" + word.join(parts) + ")"
