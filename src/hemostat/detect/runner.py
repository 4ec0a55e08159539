"""Detection over the lake: batches go in as they were written, findings come out."""

from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import COLUMNS, real
from hemostat.kernel import from_micros

from .acts import ACT
from .engine import Engine, Hit
from .fields import DERIVED, LAKE, MICROS
from .finding import Finding, place_of
from .rules import RuleSet
from .trail import Trail
from .windows import LATE

_KEPT_IDS = 50
_ALWAYS = ("event_id", "time", "learnt", "store", "environment", "subject", "result")
_TRAIL = ("src_ip", "subject", "subject_next")
_COLUMNS = {column.ocsf: column.name for column in COLUMNS}
_FAILED = pa.array(["denied", "not_found", "error"])
_CHUNK = 100_000  # rows


class Detector:
    """Runs a set of rules over the batches of the lake, in the order in which they were written.

    `window_rows` bounds the memory for correlations. Nothing is kept on disk: after a restart, `warm` with what the lake holds of
    the last `history` brings the detector to where it was. `columns` are those of the lake that it reads; it needs no others.
    keep: ids in a finding. beside: columns whose words stand behind each of these ids, a line each, to tell what was done.
    """

    def __init__(
        self, rules: RuleSet, *, window_rows: int = 2_000_000, keep: int = _KEPT_IDS, beside: Sequence[str] = ()
    ) -> None:
        fields = rules.fields()
        self._trail = Trail() if rules.everywhere or DERIVED in fields else None
        named = _COLUMNS.keys() if rules.everywhere else _COLUMNS.keys() & fields
        self._beside = beside
        self.columns = sorted({*_ALWAYS, *beside, *(_TRAIL if self._trail else ()), *(_COLUMNS[name] for name in named)})
        self._engine = Engine(
            rules, fields=LAKE, keep=keep, window_rows=window_rows, by_alert=True, acts="act" if ACT in fields else ""
        )
        self._rules = rules
        self._seq = 0

    @property
    def history(self) -> timedelta:
        """How far back `warm` needs the lake: twice the longest window, and what may come late."""
        longest = max((rule.plan.span for rule in self._rules.correlations), default=0)
        return timedelta(microseconds=2 * longest + LATE)

    @property
    def shortened(self) -> dict[str, int]:
        """Rule id -> seconds that its window reached back when rows had to go for want of room: it may have missed a leak."""
        return {rule: cut // MICROS for rule, cut in self._engine.cut.items()}

    def warm(self, table: pa.Table) -> None:
        """The detector knows these earlier events, and takes it that their findings were told."""
        for start in range(0, table.num_rows, _CHUNK):
            self._hits(table.slice(start, _CHUNK))

    def push(self, table: pa.Table) -> list[Finding]:
        """The findings that the events of a batch complete: at most one for each rule and group."""
        return [_finding(hit) for hit in self._hits(table)]

    def close(self) -> None:
        """The memory is given back."""
        self._engine.close()

    def _hits(self, table: pa.Table) -> list[Hit]:
        table = real(table)
        batch = self._prepared(table)
        self._seq += table.num_rows
        return self._engine.push(batch)

    def _prepared(self, table: pa.Table) -> pa.Table:
        """The columns that the rules need, moments as microseconds, and the columns of the engine."""
        batch = table.select(self.columns)
        for name in ("time", "learnt"):
            batch = batch.set_column(batch.column_names.index(name), name, batch[name].cast(pa.int64()))
        fixed = {
            "seq": pa.array(range(self._seq, self._seq + table.num_rows), pa.int64()),
            "t": batch["time"],
            "seen": batch["learnt"],
            "id": _named(batch, self._beside),
            "who": pc.if_else(answered(batch), pc.fill_null(batch["subject"], ""), ""),
        }
        for name, column in fixed.items():
            batch = batch.append_column(name, column)
        return batch.append_column("subject_is_next", self._trail.follow(batch)) if self._trail else batch


def _named(batch: pa.Table, beside: Sequence[str]) -> pa.ChunkedArray:
    """The id of each row, and the words beside it."""
    if not beside:
        return batch["event_id"]
    return pc.binary_join_element_wise(batch["event_id"], *(pc.fill_null(batch[name], "") for name in beside), "\n")


def answered(table: pa.Table) -> pa.Array:
    """For each row: was data given out, as far as anybody can tell?"""
    return pc.invert(pc.is_in(table["result"], value_set=_FAILED))


def _finding(hit: Hit) -> Finding:
    rule = hit.rule
    return Finding(
        key=f"{rule.id}|{place_of(hit.store, hit.environment, *hit.group.values())}",
        rule=rule.id,
        title=rule.title,
        level=rule.level,
        surface=rule.ours.surface,
        playbook=rule.ours.playbook,
        store=hit.store,
        environment=hit.environment,
        group=hit.group,
        events=hit.events,
        people=hit.people,
        event_ids=hit.ids,
        first_time=from_micros(hit.first or 0),
        last_time=from_micros(hit.last or 0),
        summary=_summary(hit),
    )


def _summary(hit: Hit) -> str:
    """What happened, in a sentence that a person reads first."""
    seconds = ((hit.last or 0) - (hit.first or 0)) // MICROS
    about = f", {', '.join(f'{name} {value}' for name, value in hit.group.items())}" if hit.group else ""
    return f"{hit.events} events in {seconds} s, {hit.people} people answered for{about}"
