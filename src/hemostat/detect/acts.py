"""Which rules can match at all: most name the acts that they look for, and a batch has few of them."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionOR
from sigma.rule import SigmaRule
from sigma.types import SigmaCasedString, SigmaString, SpecialChars

from hemostat.events.vocabulary import Act

from .rules import RuleSet

ACT = "hemostat.act"
"""The field that says what was done."""

Acts = frozenset[str] | None
"""The acts that something can match; None for any."""


def asked_together(rules: RuleSet) -> list[tuple[Acts, list[int], list[int]]]:
    """The rules and correlations, by their numbers, that are asked of the same batches, and of which: those with such acts.

    A correlation stands where its rules do.
    """
    group = list(range(len(rules.rules)))
    for one in rules.correlations:
        joined = {group[number] for number in one.plan.rules}
        group = [min(joined) if place in joined else place for place in group]
    known = [acts_of(rule.sigma) for rule in rules.rules]
    of_group = {place: _either(known[number] for number, own in enumerate(group) if own == place) for place in set(group)}
    together: dict[Acts, tuple[list[int], list[int]]] = {}
    for number, place in enumerate(group):
        together.setdefault(of_group[place], ([], []))[0].append(number)
    for number, one in enumerate(rules.correlations):
        together[of_group[group[one.plan.rules[0]]]][1].append(number)
    return [(acts, *numbers) for acts, numbers in together.items()]


def acts_of(rule: SigmaRule) -> Acts:
    """The acts of the events that a rule can match, as far as its conditions demand some."""
    return _either(_demanded(condition.parsed) for condition in rule.detection.parsed_condition)


def _demanded(condition: Any) -> Acts:
    if isinstance(condition, ConditionAND):
        return reduce(_both, map(_demanded, condition.args), None)
    if isinstance(condition, ConditionOR):
        return _either(map(_demanded, condition.args))
    if isinstance(condition, ConditionFieldEqualsValueExpression) and condition.field == ACT:
        return _meant(condition.value)
    return None


def _meant(value: Any) -> Acts:
    """The acts that a text with wildcards stands for."""
    if type(value) not in (SigmaString, SigmaCasedString):
        return None
    parts: Sequence[Any] = list(value.s)
    pattern = "".join(part if isinstance(part, str) else _WILD.get(part, "*") for part in parts).lower()
    return frozenset(act.value for act in Act if fnmatchcase(act.value, pattern))


_WILD = {SpecialChars.WILDCARD_SINGLE: "?"}


def _both(one: Acts, other: Acts) -> Acts:
    return other if one is None else one if other is None else one & other


def _either(some: Iterable[Acts]) -> Acts:
    found: set[str] = set()
    for acts in some:
        if acts is None:
            return None
        found |= acts
    return frozenset(found)
