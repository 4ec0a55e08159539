"""The arithmetic of correlations: which events of a group, taken together, complete what a rule looks for.

A window slides by event time: it ends at each event and reaches back by the rule's timespan, both ends included.
"""

import math
import operator
from collections.abc import Callable, Collection, Mapping
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

from .fields import MICROS, Field, Fields, Kind, as_text, joined
from .measures import Measure, Ranked, Tally, Total

_COMPARE: dict[SigmaCorrelationConditionOperator, Callable[[Any, Any], bool]] = {
    SigmaCorrelationConditionOperator.LT: operator.lt,
    SigmaCorrelationConditionOperator.LTE: operator.le,
    SigmaCorrelationConditionOperator.GT: operator.gt,
    SigmaCorrelationConditionOperator.GTE: operator.ge,
    SigmaCorrelationConditionOperator.EQ: operator.eq,
    SigmaCorrelationConditionOperator.NEQ: operator.ne,
}
_Type = SigmaCorrelationType
_NUMERIC = {_Type.VALUE_SUM, _Type.VALUE_AVG, _Type.VALUE_MEDIAN, _Type.VALUE_PERCENTILE}
_COUNTED = {
    # an event that several rules match is one event
    _Type.EVENT_COUNT: operator.attrgetter("seq"),
    _Type.VALUE_COUNT: operator.attrgetter("value"),
    _Type.TEMPORAL: operator.attrgetter("place"),
}

_LONGEST = 3660 * 86_400  # seconds


class Correlation(NamedTuple):
    """What a correlation asks of the events that its rules match.

    rules: numbers of the rules within the set, in the order of the correlation.
    group_by: names of the group; keys[rule][i] is the field that holds name i in events of that rule.
    values: the same for the counted or summed fields, empty when events are counted. numeric: they are summed.
    span: width of the window in microseconds.
    measure: makes a measure for the windows of one group, or None for an ordered sequence.
    least: with fewer rows than this no window of a group can satisfy the rule.
    """

    rules: tuple[int, ...]
    group_by: tuple[str, ...]
    keys: Mapping[int, tuple[str, ...]]
    values: Mapping[int, tuple[str, ...]]
    numeric: bool
    span: int
    measure: Callable[[], Measure] | None
    least: int
    generate: bool

    def fields(self) -> set[str]:
        """The fields of events that it needs."""
        return {name for columns in (*self.keys.values(), *self.values.values()) for name in columns}


def plan(rule: SigmaCorrelationRule, known: Mapping[str, int]) -> Correlation:
    """The plan of a correlation; `known` gives the number of each rule by id and by name.

    Raises `BadInput` for a reference to a rule that is not there, and for what this engine does not do.
    """
    rules = tuple(dict.fromkeys(_known(name, known) for name in _references(rule)))
    if not rules:
        raise BadInput("it names no rules")
    group_by = tuple(rule.group_by or ())
    aliases = {
        alias.alias: {_known(ref.reference, known): field for ref, field in alias.mapping.items()} for alias in rule.aliases
    }

    def columns(names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        return {one: tuple(_field(name, one, aliases) for name in names) for one in rules}

    measure, least = _measure(rule, rules, known)
    return Correlation(
        rules=rules,
        group_by=group_by,
        keys=columns(group_by),
        values=columns(_values(rule)),
        numeric=rule.type in _NUMERIC,
        span=_span(rule),
        measure=measure,
        least=least,
        generate=rule.generate,
    )


def columns_sql(plan: Correlation, place: int, *, matched: str, fields: Fields) -> tuple[str, str]:
    """SQL for the group and the value of an event that the plan's rule at `place` matched, as the SQL `matched` says.

    The group is a JSON list; it is NULL when the rule did not match, or the event lacks its time or a field of the group. The
    value is NULL, which no measure counts, when a part of it is absent; of a field that holds lists it is a list of values.
    """
    rule = plan.rules[place]
    keys, values = ([fields.get(name) for name in names[rule]] for names in (plan.keys, plan.values))
    known, counted = ([field for field in found if field is not None] for found in (keys, values))
    group = value = "NULL"
    if len(known) == len(keys):
        needed = " AND ".join([matched, "t IS NOT NULL", *map(_present, known)])
        group = f"CASE WHEN {needed} THEN {_listed(['store', 'environment', *map(joined, known)])} END"
    if plan.numeric and counted:
        value = f"TRY_CAST({joined(counted[0])} AS DOUBLE)"
    elif len(values) == 1 and counted and counted[0].kind is Kind.WORDS:
        value = f"list_transform(list_distinct({counted[0].sql}), lambda word: {_listed(['word'])})"
    elif counted and len(counted) == len(values):
        value = f"CASE WHEN {' AND '.join(map(_present, counted))} THEN {_listed(list(map(joined, counted)))} END"
    return group, value


def _present(field: Field) -> str:
    if field.kind is Kind.NUMBER:
        return f"{as_text(field, field.sql)} IS NOT NULL"
    return f"COALESCE({joined(field)}, '') <> ''" if field.blank_is_absent else f"{field.sql} IS NOT NULL"


def _listed(values: list[str]) -> str:
    """SQL for several texts as one, from which they can be told apart again."""
    return f"CAST(to_json([{', '.join(f'COALESCE({value}, {chr(39) * 2})' for value in values)}]) AS VARCHAR)"


def _span(rule: SigmaCorrelationRule) -> int:
    """Microseconds of the rule's timespan. Raises `BadInput` for one over which nobody can look back."""
    seconds = int(rule.timespan.seconds)
    if seconds > _LONGEST:
        raise BadInput(f"its timespan {rule.timespan.spec} is longer than ten years")
    return seconds * MICROS


def _references(rule: SigmaCorrelationRule) -> list[str]:
    if rule.rules is not None:
        return [reference.reference for reference in rule.rules]
    return rule.condition.get_referenced_rules() if isinstance(rule.condition, SigmaExtendedCorrelationCondition) else []


def _known(name: str, known: Mapping[str, int]) -> int:
    if str(name) not in known:
        raise BadInput(f"it refers to {str(name)[:60]!r}, which is not a usable rule over single events here")
    return known[str(name)]


def _field(name: str, rule: int, aliases: Mapping[str, Mapping[int, str]]) -> str:
    return aliases.get(name, {}).get(rule, name)


def _values(rule: SigmaCorrelationRule) -> tuple[str, ...]:
    named = rule.condition.fieldref if isinstance(rule.condition, SigmaCorrelationCondition) else None
    if rule.type in {_Type.TEMPORAL, _Type.TEMPORAL_ORDERED, _Type.EVENT_COUNT} or named is None:
        return ()
    return (named,) if isinstance(named, str) else tuple(named)


def _measure(
    rule: SigmaCorrelationRule, rules: tuple[int, ...], known: Mapping[str, int]
) -> tuple[Callable[[], Measure] | None, int]:
    """What makes the measure, and the rows without which there is no need to look."""
    condition = rule.condition
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        if rule.type is _Type.TEMPORAL_ORDERED:
            raise BadInput("an ordered correlation with a boolean condition is not something that we can evaluate")
        seen = _boolean(condition.parsed, rules, known)
        return (lambda: Tally(operator.attrgetter("place"), seen)), 0
    if rule.type is _Type.TEMPORAL_ORDERED:
        if (condition.op, condition.count) != (SigmaCorrelationConditionOperator.GTE, len(rules)):
            raise BadInput("an ordered correlation wants all of its rules; leave its condition out")
        return None, len(rules)
    compare, wanted = _COMPARE[condition.op], condition.count
    if rule.type in _COUNTED:
        return (lambda: Tally(_COUNTED[rule.type], lambda counts: compare(len(counts), wanted))), _floor(condition)
    if rule.type in {_Type.VALUE_SUM, _Type.VALUE_AVG}:
        return (lambda: Total(lambda total: compare(total, wanted), mean=rule.type is _Type.VALUE_AVG)), 0
    # a median is the percentile of 50
    share = (50 if condition.percentile is None else condition.percentile) / 100
    return (lambda: Ranked(lambda number: compare(number, wanted), share=share)), 0


def _floor(condition: SigmaCorrelationCondition) -> int:
    """The least count that can satisfy the condition; 0 when any can."""
    least: float = {
        SigmaCorrelationConditionOperator.GTE: condition.count,
        SigmaCorrelationConditionOperator.EQ: condition.count,
        SigmaCorrelationConditionOperator.GT: condition.count + 1,
    }.get(condition.op, 0)
    return math.ceil(least)


def _boolean(node: Any, rules: tuple[int, ...], known: Mapping[str, int]) -> Callable[[Collection[int]], bool]:
    """A boolean condition over the places of the rules that are seen in a window."""
    if isinstance(node, SigmaRuleReference):
        place = rules.index(_known(node.reference, known))
        return lambda seen: place in seen
    parts = [_boolean(part, rules, known) for part in node.args]
    kinds: dict[type, Callable[[Collection[int]], bool]] = {
        CorrelationConditionAND: lambda seen: all(part(seen) for part in parts),
        CorrelationConditionOR: lambda seen: any(part(seen) for part in parts),
        CorrelationConditionNOT: lambda seen: not parts[0](seen),
    }
    return kinds[type(node)]
