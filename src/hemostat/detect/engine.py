"""Rules over batches of rows: which rows match, and which groups of rows complete a correlation."""

from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from .compile import condition_sql
from .fields import MICROS, Fields
from .rules import CorrelationRule, Rule, RuleSet
from .windows import Windows

FIXED = ("seq", "t", "seen", "id", "who", "store", "environment")
"""Columns that every batch has beside its fields.

seq: number in the order of arrival; t: event time, microseconds, or NULL; seen: when we learnt of it, the same; id: what the
caller calls the row; who: the person whose data was given out, or ""; store, environment: never mixed in one group.
"""

_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_AHEAD = 5 * 60 * MICROS  # a source's clock may be this much ahead of ours before we stop believing it


class Hit(NamedTuple):
    """One rule, or one correlation with its group, that events of a batch completed. `ids` are the first rows."""

    rule: Rule | CorrelationRule
    store: str
    environment: str
    group: dict[str, str]
    events: int
    people: int
    ids: tuple[str, ...]
    first: int | None
    last: int | None


class Engine:
    """Evaluates a set of rules, batch by batch; what correlations need of earlier batches stays in memory.

    fields: how each field is reached in a batch. keep: ids in a hit. window_rows: the most rows in memory, over all correlations.
    by_alert: groups that share an alert, as the rules say, share a hit; else each group has its own.
    """

    def __init__(self, rules: RuleSet, *, fields: Fields, keep: int, window_rows: int, by_alert: bool) -> None:
        self._rules, self._fields, self._keep, self._most = rules, fields, keep, window_rows
        self._con = duckdb.connect(":memory:", config=_ALONE)
        self._con.execute("SET TimeZone = 'UTC'")
        self._flags = ", ".join(f"{condition_sql(rule.sigma, fields)} AS m{n}" for n, rule in enumerate(rules.rules))
        self._horizon: int | None = None
        self._windows = []
        for n, rule in enumerate(rules.correlations):
            names = rule.alert_by if by_alert else rule.plan.group_by
            self._windows.append((rule, names, Windows(self._con, f"c{n}", rule.plan, fields=fields, alert_by=names)))
        # correlations read the fields of their groups from the batch
        self._columns = "*" if self._windows else ", ".join(FIXED)

    def push(self, batch: pa.Table) -> list[Hit]:
        """What the rows of the batch match or complete; its `seq` goes on from the batch before."""
        if not self._flags or not batch.num_rows:
            return []
        self._con.register("batch", batch)
        try:
            self._con.execute(
                f"CREATE OR REPLACE TEMP TABLE now AS SELECT {self._columns}, {self._flags} FROM batch"  # noqa: S608  # the backend quotes
            )
        finally:
            self._con.unregister("batch")
        matched = self._matched()
        hits = [hit for n in matched if self._rules.rules[n].alerts for hit in self._single(n)]
        if matched and self._windows:
            numbers = {self._rules.rules[n].id: n for n in matched}
            hits += self._completed(numbers)
            self._forget(batch)
        return hits

    @property
    def cut(self) -> dict[str, int]:
        """Rule id -> rows that were dropped from its window because memory was bounded."""
        return {rule.id: windows.cut for rule, _, windows in self._windows if windows.cut}

    def __len__(self) -> int:
        """Rows that are kept for correlations."""
        return sum(len(windows) for *_, windows in self._windows)

    def close(self) -> None:
        """The memory is given back."""
        self._con.close()

    def _matched(self) -> list[int]:
        counts = ", ".join(f"bool_or(m{n})" for n in range(len(self._rules.rules)))
        (row,) = self._con.execute(f"SELECT {counts} FROM now").fetchall()  # noqa: S608  # our own names
        return [n for n, some in enumerate(row) if some]

    def _single(self, n: int) -> list[Hit]:
        rows = self._con.execute(
            "SELECT store, environment, count(*), count(DISTINCT who) FILTER (who <> ''), "  # noqa: S608  # numbers of our own
            f"list_slice(list(id ORDER BY seq), 1, {self._keep}), min(t), max(t) FROM now WHERE m{n} "
            "GROUP BY store, environment ORDER BY min(seq)"
        ).fetchall()
        return [
            Hit(self._rules.rules[n], store, environment, {}, events, people, tuple(ids), first, last)
            for store, environment, events, people, ids, first, last in rows
        ]

    def _completed(self, numbers: dict[str, int]) -> list[Hit]:
        hits = []
        for rule, names, windows in self._windows:
            if not windows.take(numbers):
                continue
            for group in windows.complete(keep=self._keep):
                store, environment, *values = msgspec.json.decode(group.alert, type=list[str])
                named = dict(zip(names, values, strict=True))
                hits.append(
                    Hit(rule, store, environment, named, group.events, group.people, tuple(group.ids), group.first, group.last)
                )
        return hits

    def _forget(self, batch: pa.Table) -> None:
        """Time goes on by the latest event that we believe; what no window reaches any more is dropped."""
        latest = pc.max(pc.min_element_wise(batch["t"], pc.add(batch["seen"], _AHEAD))).as_py()
        if latest is None:
            return
        self._horizon = max(latest, self._horizon) if self._horizon is not None else latest
        for *_, windows in self._windows:
            windows.prune(self._horizon)
        kept = len(self)
        if kept > self._most:
            # a quarter below the bound, so that the next batch does not cut again; each correlation gives its share
            for *_, windows in self._windows:
                windows.shrink(len(windows) * self._most * 3 // (4 * kept))
