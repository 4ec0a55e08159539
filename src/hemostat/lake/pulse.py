"""The pulse of each source: how much arrived in each quarter of an hour, how late it was, and how far the source's clock is off.

Beats are committed together with the batch that they count, so each record counts once whatever is killed when.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import real
from hemostat.kernel import from_micros
from hemostat.lake.beats import SLOT, Beat, joined, slot_of

LATE = timedelta(minutes=15)
"""A record that is received longer than this after it happened came late."""

AHEAD = timedelta(minutes=5)
"""A record that happened longer than this after it was received tells of a clock that runs ahead."""

_MICRO, _MILLI = timedelta(microseconds=1), timedelta(milliseconds=1)


def beats(table: pa.Table, again: Mapping[tuple[str, str, datetime], int]) -> list[Beat]:
    """The beats of a batch: of its rows, and of the records that came `again`, by source, surface and receipt."""
    made = {(one.source, one.surface, one.slot): one for one in _of_rows(table)}
    for (source, surface, at), count in again.items():
        key = (source, surface, slot_of(at))
        one = Beat(
            source=source,
            surface=surface,
            slot=key[2],
            events=0,
            duplicates=count,
            late=0,
            ahead=0,
            first=at,
            last=at,
            newest=from_micros(0),
            skew_least=None,
            skew_usual=None,
        )
        made[key] = joined(made[key], one) if key in made else one
    return [made[key] for key in sorted(made)]


def _of_rows(table: pa.Table) -> list[Beat]:
    table = real(table)
    if not table.num_rows:
        return []
    time, learnt = (pc.cast(table[name], pa.int64()) for name in ("time", "learnt"))
    delay = pc.subtract(learnt, time)
    width = SLOT // _MICRO
    whole = pa.table(
        {
            "source": table["source"],
            "surface": table["surface"],
            "slot": pc.multiply(pc.divide(learnt, width), width),
            "learnt": learnt,
            "time": time,
            "late": pc.cast(pc.greater(delay, LATE // _MICRO), pa.int64()),
            "ahead": pc.cast(pc.less(delay, -(AHEAD // _MICRO)), pa.int64()),
            "skew": pc.coalesce(table["skew_ms"], pc.divide(delay, _MILLI // _MICRO)),
        }
    )
    grouped = whole.group_by(["source", "surface", "slot"]).aggregate(
        [
            ("learnt", "count"),
            ("learnt", "min"),
            ("learnt", "max"),
            ("time", "max"),
            ("late", "sum"),
            ("ahead", "sum"),
            ("skew", "min"),
            ("skew", "approximate_median"),
        ]
    )
    return [
        Beat(
            source=row["source"],
            surface=row["surface"],
            slot=from_micros(row["slot"]),
            events=row["learnt_count"],
            duplicates=0,
            late=row["late_sum"],
            ahead=row["ahead_sum"],
            first=from_micros(row["learnt_min"]),
            last=from_micros(row["learnt_max"]),
            newest=from_micros(row["time_max"]),
            skew_least=row["skew_min"],
            skew_usual=round(row["skew_approximate_median"]),
        )
        for row in grouped.to_pylist()
    ]
