"""The hot rows of one correlation, and what they complete.

Rows live in a table of the detector's own DuckDB, in memory. A row is told once: findings never count an event of a group twice.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import duckdb

from .correlation import Correlation, windows_sql
from .fields import MICROS, Field, Fields, Kind, as_text, joined

LATE = 5 * 60 * MICROS
"""How much later than its neighbors in time an event may come and still find its whole window."""

_REBUILD = 5_000  # rows: rebuilding a smaller table more often costs more than it frees


class Group(NamedTuple):
    """Events that were not told before, of the groups that share an alert. `ids` are the first ones that arrived."""

    alert: str
    events: int
    people: int
    ids: list[str]
    first: int
    last: int


class Windows:
    """The rows that a correlation's rules matched, as far back as its timespan needs.

    con: the detector's database; its table `now` holds the batch that is looked at, with a flag `m<n>` for rule number n.
    alert_by: names of the group that tell one alert from another. Rows that were dropped within a window are counted in `cut`.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, name: str, plan: Correlation, *, fields: Fields, alert_by: Sequence[str]
    ) -> None:
        self._con, self._plan, self._fields = con, plan, fields
        self._rows, self._told = f"{name}_rows", f"{name}_told"
        # places 0 and 1 of a group are store and environment
        places = [0, 1, *(plan.group_by.index(name) + 2 for name in alert_by)]
        self._alert = _listed([f"json_extract_string(grp, '$[{place}]')" for place in places])
        self._count = self._fresh = 0
        self.cut = 0
        kind = "DOUBLE" if plan.numeric else "VARCHAR"
        columns = f"seq BIGINT, t BIGINT, key UBIGINT, grp VARCHAR, rule SMALLINT, value {kind}, id VARCHAR, who VARCHAR"
        con.execute(f"CREATE TABLE {self._rows} ({columns})")
        con.execute(f"CREATE TABLE {self._told} (seq BIGINT, grp VARCHAR)")

    def take(self, numbers: Mapping[str, int]) -> bool:
        """The matches of the batch are among the rows, and in the table `fresh`; False when there are none.

        numbers: rule id -> number of the rule, of those that matched. Events without a time, or without the fields of the group,
        are left out.
        """
        parts = [self._matches(place, numbers[rule]) for place, rule in enumerate(self._plan.rules) if rule in numbers]
        parts = [part for part in parts if part]
        if not parts:
            return False
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {' UNION ALL '.join(parts)}")
        ((count,),) = self._con.execute(f"INSERT INTO {self._rows} SELECT * FROM fresh").fetchall()  # noqa: S608  # our own names
        self._count += count
        self._fresh += count
        return bool(count)

    def complete(self, *, keep: int) -> list[Group]:
        """The groups of the table `fresh` in which a window satisfies the rule, with their untold events; `keep` ids of each."""
        # (1) groups that the batch touched and that have enough
        ((low,),) = self._con.execute("SELECT min(t) FROM fresh").fetchall()
        near = f"t >= {low - self._plan.span}"
        ((candidates,),) = self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE candidates AS SELECT key, grp FROM {self._rows} "  # noqa: S608  # our own
            f"WHERE {near} AND key IN (SELECT key FROM fresh) GROUP BY key, grp HAVING {self._plan.enough}"
        ).fetchall()
        if not candidates:
            return []
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE hot AS SELECT seq, t, grp, rule, value, id, who FROM {self._rows} r "  # noqa: S608  # our own
            f"SEMI JOIN candidates c ON r.key = c.key AND r.grp = c.grp WHERE {near}"
        )
        # (2) windows that satisfy the rule, joined where they overlap
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE spans AS {self._joined_windows(low)}")
        # (3) what lies in them and was not told
        groups = [Group(*row) for row in self._con.execute(self._untold(keep)).fetchall()]
        if groups:
            self._con.execute(
                f"INSERT INTO {self._told} SELECT DISTINCT h.seq, h.grp FROM hot h JOIN spans s ON {_INSIDE} "  # noqa: S608  # our own
                f"ANTI JOIN {self._told} told ON told.seq = h.seq AND told.grp = h.grp"
            )
        return groups

    def prune(self, horizon: int) -> None:
        """Rows that no window can reach any more when it is `horizon` are gone, if there are enough of them to be worth it."""
        if self._fresh < max(_REBUILD, self._count - self._fresh):
            return
        self._rebuild(self._rows, f"t >= {horizon - self._plan.span - LATE}")
        self._settle()

    def shrink(self, most: int) -> None:
        """At most `most` rows are left, the latest by event time."""
        before = self._count
        self._rebuild(self._rows, f"TRUE QUALIFY row_number() OVER (ORDER BY t DESC, seq DESC) <= {most}")
        self._settle()
        self.cut += before - self._count

    def __len__(self) -> int:
        return self._count

    def _settle(self) -> None:
        self._rebuild(self._told, f"seq IN (SELECT seq FROM {self._rows})")  # noqa: S608  # our own names
        self._count = int(self._con.execute(f"SELECT count(*) FROM {self._rows}").fetchall()[0][0])  # noqa: S608  # our own names
        self._fresh = 0

    def _rebuild(self, table: str, kept: str) -> None:
        self._con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} WHERE {kept}")  # noqa: S608  # our own names

    def _joined_windows(self, low: int) -> str:
        rows = "SELECT seq, t, grp, rule, value FROM hot"
        by_start = "PARTITION BY grp ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND"
        return (
            f"WITH w AS (SELECT * FROM ({windows_sql(self._plan, rows=rows)}) WHERE high >= {low}), "  # noqa: S608  # as above
            f"edges AS (SELECT *, max(high) OVER ({by_start} 1 PRECEDING) AS reach FROM w), "
            "islands AS (SELECT *, sum(CASE WHEN low <= reach THEN 0 ELSE 1 END) "
            f"OVER ({by_start} CURRENT ROW) AS island FROM edges) "
            "SELECT grp, min(low) AS low, max(high) AS high FROM islands GROUP BY grp, island"
        )

    def _untold(self, keep: int) -> str:
        return (
            "WITH inside AS (SELECT h.seq, h.t, h.grp, h.id, h.who, told.seq IS NULL AS untold "  # noqa: S608  # as above
            f"FROM hot h JOIN spans s ON {_INSIDE} LEFT JOIN {self._told} told ON told.seq = h.seq AND told.grp = h.grp), "
            # an event that several rules match, or that is in two groups of one alert, is one event
            f"once AS (SELECT DISTINCT ON (seq, alert) *, {self._alert} AS alert FROM inside ORDER BY seq, alert, untold) "
            "SELECT alert, count(*) FILTER (untold), count(DISTINCT who) FILTER (who <> ''), "
            f"list_slice(list(id ORDER BY seq) FILTER (untold), 1, {keep}), min(t) FILTER (untold), max(t) FILTER (untold) "
            "FROM once GROUP BY alert HAVING bool_or(untold) ORDER BY min(seq), alert"
        )

    def _matches(self, place: int, number: int) -> str:
        """SQL for the rows of one rule in the batch; empty when its events never have the fields of the group."""
        rule = self._plan.rules[place]
        keys = [self._fields.get(name) for name in self._plan.keys[rule]]
        known = [key for key in keys if key is not None]
        if len(known) < len(keys):
            return ""
        needed = " AND ".join(["t IS NOT NULL", f"m{number}", *map(_present, known)])
        grp = _listed(["store", "environment", *map(joined, known)])
        return (
            f"SELECT seq, t, hash({grp}) AS key, {grp} AS grp, {place} AS rule, {self._value(rule)} AS value, id, who "  # noqa: S608  # quoted
            f"FROM now WHERE {needed}"
        )

    def _value(self, rule: str) -> str:
        """SQL for what is counted or summed; NULL, which no aggregate counts, when a part of it is absent."""
        values = [self._fields.get(name) for name in self._plan.values[rule]]
        known = [value for value in values if value is not None]
        if not values or len(known) < len(values):
            return "NULL"
        if self._plan.numeric:
            return f"TRY_CAST({joined(known[0])} AS DOUBLE)"
        present = " AND ".join(map(_present, known))
        return f"CASE WHEN {present} THEN {_listed([joined(value) for value in known])} END"


_INSIDE = "h.grp = s.grp AND h.t BETWEEN s.low AND s.high"


def _present(field: Field) -> str:
    if field.kind is Kind.NUMBER:
        return f"{as_text(field, field.sql)} IS NOT NULL"
    return f"COALESCE({joined(field)}, '') <> ''" if field.blank_is_absent else f"{field.sql} IS NOT NULL"


def _listed(values: list[str]) -> str:
    """SQL for several texts as one, from which they can be told apart again."""
    return f"CAST(to_json([{', '.join(f'COALESCE({value}, {chr(39) * 2})' for value in values)}]) AS VARCHAR)"
