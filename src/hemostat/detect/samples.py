"""The samples of a rule, made into a batch of the lake: a rule proves itself by them.

A sample is a list of events in the words of the lake's columns. `repeat` makes so many of an event, `every` is the seconds
between them; `{n}` in a text is the number of the repetition from 1, `{n+1}` the one after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import BadInput

from .rules import CorrelationRule, Rule, RuleSet
from .runner import Detector

_OWN = ("repeat", "every")


def sample_table(events: Sequence[Mapping[str, Any]], *, start: datetime) -> pa.Table:
    """The events of a sample as rows of the lake, the first one at `start`.

    Raises `BadInput` for a name that is not a column of the lake.
    """
    return pa.Table.from_pylist(list(_rows(events, start=start)), schema=SCHEMA)


def misjudged(rules: RuleSet, rule: Rule | CorrelationRule, *, start: datetime) -> list[str]:
    """The samples that the rule, among all the rules, judges wrongly: `positive 1` was not found, `negative 2` was."""
    wanted = [(True, run) for run in rule.ours.samples.positive] + [(False, run) for run in rule.ours.samples.negative]
    wrong = []
    for number, (positive, run) in enumerate(wanted, start=1):
        detector = Detector(rules)
        found = any(finding.rule == rule.id for finding in detector.push(sample_table(run, start=start)))
        detector.close()
        if found != positive:
            place = number if positive else number - len(rule.ours.samples.positive)
            wrong.append(f"{'positive' if positive else 'negative'} {place}")
    return wrong


def _rows(events: Sequence[Mapping[str, Any]], *, start: datetime) -> Iterator[dict[str, Any]]:
    now, number = start, 0
    for event in events:
        unknown = event.keys() - set(SCHEMA.names) - set(_OWN)
        if unknown:
            raise BadInput(f"A sample names {min(unknown)!r}, which is no column of the lake.", advice="See the page of events.")
        for n in range(1, int(event.get("repeat", 1)) + 1):
            now += timedelta(seconds=float(event.get("every", 1)))
            number += 1
            row = {key: _filled(value, n) for key, value in event.items() if key not in _OWN}
            yield {**_EMPTY, "event_id": f"sample-{number:06d}", "time": now, "learnt": now, **row}


def _filled(value: Any, n: int) -> Any:
    return value.replace("{n}", str(n)).replace("{n+1}", str(n + 1)) if isinstance(value, str) else value


def _empty(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return ""
    return [] if pa.types.is_list(kind) else False if pa.types.is_boolean(kind) else 0


_EMPTY: dict[str, Any] = {field.name: _empty(field.type) for field in SCHEMA if not pa.types.is_timestamp(field.type)} | {
    "store": "fernhollow",
    "environment": "production",
    "surface": "storefront",
}
