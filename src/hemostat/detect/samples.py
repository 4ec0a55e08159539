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

MOST_EVENTS = 100_000
"""Events in all samples of a rule together."""

_MOST_LETTERS = 20_000_000  # the same, of what they hold
_OWN = ("repeat", "every")


def sample_table(events: Sequence[Mapping[str, Any]], *, start: datetime) -> pa.Table:
    """The events of a sample as rows of the lake, the first one at `start`.

    Raises `BadInput` for a name that is not a column of the lake, and when there are more than `MOST_EVENTS` of them.
    """
    _demand_few([events])
    return pa.Table.from_pylist(list(_rows(events, start=start)), schema=SCHEMA)


def misjudged(rules: RuleSet, rule: Rule | CorrelationRule, *, start: datetime) -> list[str]:
    """The samples that the rule, one of these rules, judges wrongly: `positive 1` was not found, `negative 2` was.

    Raises `BadInput` as `sample_table` does, for all samples together.
    """
    positive = [f"positive {number}" for number, _ in enumerate(rule.ours.samples.positive, start=1)]
    negative = [f"negative {number}" for number, _ in enumerate(rule.ours.samples.negative, start=1)]
    runs = [*rule.ours.samples.positive, *rule.ours.samples.negative]
    _demand_few(runs)
    # Each run happens in a store of its own, and no rule looks across stores: one detector judges all of them.
    tables = [SCHEMA.empty_table()]
    for name, run in zip([*positive, *negative], runs, strict=True):
        tables.append(sample_table([{**event, "store": name} for event in run], start=start))
    detector = Detector(rules.only({rule.id}))
    found = {finding.store for finding in detector.push(pa.concat_tables(tables))}
    detector.close()
    return [name for name in positive if name not in found] + [name for name in negative if name in found]


def events_in(rule: Rule | CorrelationRule) -> int:
    """How many events the samples of a rule come to; 0 when they say it in no number."""
    runs = (*rule.ours.samples.positive, *rule.ours.samples.negative)
    told = [event.get("repeat", 1) for run in runs for event in run]
    return sum(count for count in told if isinstance(count, int))


def _demand_few(runs: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    """Nothing, when the events of these runs are few enough to be made. Raises `BadInput`."""
    counted = [(int(event.get("repeat", 1)), len(str(event))) for run in runs for event in run]
    if sum(count for count, _ in counted) > MOST_EVENTS or sum(count * size for count, size in counted) > _MOST_LETTERS:
        raise BadInput(
            f"The samples of a rule are more than {MOST_EVENTS:,} events, or too long.", advice="Fewer of them prove as much."
        )


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
    "own": None,
    "store": "fernhollow",
    "environment": "production",
    "surface": "storefront",
}
