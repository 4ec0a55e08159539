"""Rules over batches of rows: which rows match, and which groups of rows complete a correlation."""

from collections.abc import Container, Mapping, Sequence
from sys import intern
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from .acts import Acts, asked_together
from .compile import condition_sql, searched_sql
from .correlation import columns_sql
from .duck import opened
from .fields import Field, Fields
from .measures import Row
from .rules import CorrelationRule, Rule, RuleSet
from .windows import Windows, believed

FIXED = ("seq", "t", "seen", "id", "who", "store", "environment")
"""Columns that every batch has beside its fields.

seq: number in the order of arrival; t: event time, microseconds, or NULL; seen: when we learnt of it, the same; id: what the
caller calls the row; who: the person whose data was given out, or ""; store, environment: never mixed in one group.
"""

_ANSWERED = ["seq", "t", "id", "who", "store", "environment"]


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


class _Feed(NamedTuple):
    """Where the rows of one rule of a correlation are in an answer: columns of their group and of their value."""

    rule: int
    place: int
    group: str
    value: str


class _Question(NamedTuple):
    """Rules and correlations, by their numbers, that are asked with one statement of the batches that have such acts."""

    acts: Acts
    rules: list[int]
    correlations: list[int]
    statement: duckdb.Statement


class Engine:
    """Evaluates a set of rules, batch by batch; what correlations need of earlier batches stays in memory.

    fields: how each field is reached in a batch. keep: ids in a hit. window_rows: the most rows in memory, over all correlations.
    by_alert: groups that share an alert, as the rules say, share a hit; else each group has its own. texts: every text of a row,
    where a batch has such a column. acts: the column of a batch that says what was done; rules that look for other acts are not
    asked.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        fields: Fields,
        keep: int,
        window_rows: int,
        by_alert: bool,
        texts: Field | None = None,
        acts: str = "",
    ) -> None:
        self._rules, self._keep, self._most = rules, keep, window_rows
        self._con = opened()
        self._acts = acts
        self._horizon: int | None = None
        self._windows = []
        self._feeds: list[list[_Feed]] = []
        self._searched = searched_sql("batch", fields, texts=texts)
        flags = [condition_sql(rule.sigma, fields, texts=texts) for rule in rules.rules]
        groups: list[list[str]] = []
        for n, rule in enumerate(rules.correlations):
            names = rule.alert_by if by_alert else rule.plan.group_by
            self._windows.append((rule, names, Windows(rule.plan, alert_by=names)))
            self._feeds.append([_Feed(one, place, f"g{n}_{place}", f"v{n}_{place}") for place, one in enumerate(rule.plan.rules)])
            groups.append([])
            for feed in self._feeds[-1]:
                group, value = columns_sql(rule.plan, feed.place, matched=f"m{feed.rule}", fields=fields)
                groups[-1] += [f"{group} AS {feed.group}", f"{value} AS {feed.value}"]
        everything: list[tuple[Acts, list[int], list[int]]] = [(None, list(range(len(flags))), list(range(len(groups))))]
        self._questions = [
            _Question(
                of_acts,
                numbers,
                correlations,
                self._statement({n: flags[n] for n in numbers}, [column for n in correlations for column in groups[n]]),
            )
            for of_acts, numbers, correlations in (asked_together(rules) if acts else everything)
            if numbers
        ]

    def _statement(self, flags: Mapping[int, str], columns: Sequence[str]) -> duckdb.Statement:
        told = ", ".join([*_ANSWERED, *(f"m{n}" for n in flags), *columns])
        asked = ", ".join(f"{flag} AS m{n}" for n, flag in flags.items())
        everywhere = any(self._rules.rules[n].everywhere for n in flags)
        batch = self._searched if everywhere else "batch"
        text = f"CREATE OR REPLACE TEMP TABLE answer AS SELECT {told} FROM (SELECT *, {asked} FROM {batch})"  # noqa: S608  # the backend quotes
        # parsed once: for a small batch reading the text takes longer than running it
        return self._con.extract_statements(text)[0]

    def push(self, batch: pa.Table) -> list[Hit]:
        """What the rows of the batch match or complete; its `seq` goes on from the batch before."""
        present = set(pc.unique(batch[self._acts]).to_pylist()) if self._acts and batch.num_rows else set()
        asked = [one for one in self._questions if one.acts is None or not one.acts.isdisjoint(present)]
        if not asked or not batch.num_rows:
            return []
        single: dict[int, list[Hit]] = {}
        completed: dict[int, list[Hit]] = {}
        self._con.register("batch", batch)
        try:
            for question in asked:
                # as a relation the question would be planned twice, and for a small batch that is most of the work
                self._con.execute(question.statement)
                answer = self._con.table("answer").to_arrow_table()
                matched = [n for n in question.rules if pc.any(answer[f"m{n}"]).as_py()]
                single |= {n: self._single(answer, n) for n in matched}
                if matched:
                    completed |= {n: self._completed(answer, matched, n) for n in question.correlations}
        finally:
            self._con.unregister("batch")
        if single and self._windows:
            self._forget(batch)
        alone = (hit for n in sorted(single) if self._rules.rules[n].alerts for hit in single[n])
        return [*alone, *(hit for n in sorted(completed) for hit in completed[n])]

    @property
    def cut(self) -> dict[str, int]:
        """Rule id -> microseconds that its window reached back when rows were last dropped because memory was bounded."""
        return {rule.id: windows.cut for rule, _, windows in self._windows if windows.cut is not None}

    def __len__(self) -> int:
        """Rows that are kept for correlations."""
        return sum(len(windows) for *_, windows in self._windows)

    def close(self) -> None:
        """The memory is given back."""
        self._con.close()

    def _single(self, answer: pa.Table, n: int) -> list[Hit]:
        """One hit for each store and environment, by their first row."""
        rows = answer.select(_ANSWERED).filter(answer[f"m{n}"]).sort_by("seq").to_pylist()
        places: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows:
            places.setdefault((row["store"], row["environment"]), []).append(row)
        hits = []
        for (store, environment), found in places.items():
            moments = [row["t"] for row in found if row["t"] is not None]
            people = {row["who"] for row in found if row["who"]}
            ids = tuple(row["id"] for row in found[: self._keep])
            first, last = min(moments, default=None), max(moments, default=None)
            hits.append(Hit(self._rules.rules[n], store, environment, {}, len(found), len(people), ids, first, last))
        return hits

    def _completed(self, answer: pa.Table, matched: Container[int], n: int) -> list[Hit]:
        """The groups of a correlation that the answer completes."""
        rule, names, windows = self._windows[n]
        for feed in self._feeds[n]:
            if feed.rule in matched:
                _fill(windows, answer, feed)
        hits = []
        for group in windows.complete(keep=self._keep):
            store, environment, *values = group.alert
            named = dict(zip(names, values, strict=True))
            hits.append(
                Hit(rule, store, environment, named, group.events, group.people, tuple(group.ids), group.first, group.last)
            )
        return hits

    def _forget(self, batch: pa.Table) -> None:
        """Time goes on by the latest event that we believe; what no window reaches any more is dropped."""
        latest = believed(batch)
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


def _fill(windows: Windows, answer: pa.Table, feed: _Feed) -> None:
    """The rows that have a group are in the windows, once for each of their values; texts that occur often are in memory once."""
    rows = answer.select([feed.group, "t", "seq", feed.value, "who", "id"]).filter(pc.is_valid(answer[feed.group]))
    for group, t, seq, value, who, name in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        for one in (value or [None]) if isinstance(value, list) else [value]:
            counted = intern(one) if isinstance(one, str) else one
            windows.take(group, Row(t, seq, feed.place, counted, intern(who or ""), name or ""))
