"""Which events a sink wants: a small closed language of lists and switches, checked before anything is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import Act, Environment, Surface

Severity = Annotated[int, msgspec.Meta(ge=1, le=6)]


class Only(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a sink under `only`: an event must fit each; an empty list stands for all.

    min_severity: 1 informational to 6 fatal, as OCSF counts.
    phi: only events in which patient data was in the answer, or was found where it must not be.
    """

    surfaces: list[Surface] = []
    stores: list[str] = []
    environments: list[Environment] = []
    acts: list[Act] = []
    sources: list[str] = []
    min_severity: Severity = 1
    phi: bool = False

    def wanted(self, table: pa.Table, *, since: datetime | None = None, until: datetime | None = None) -> pa.Table:
        """The rows that fit, of those whose time is from `since` on and before `until`."""
        columns = (
            ("surface", self.surfaces),
            ("store", self.stores),
            ("environment", self.environments),
            ("act", self.acts),
            ("source", self.sources),
        )
        for column, words in columns:
            if words:
                table = table.filter(pc.is_in(table[column], value_set=_words(words)))
        if self.min_severity > 1:
            # A row from before the column existed has no severity: it counts as informational.
            table = table.filter(pc.greater_equal(pc.fill_null(table["severity"], 1), self.min_severity))
        if self.phi:
            table = table.filter(pc.or_(_has(table, "elements"), _has(table, "phi")))
        if since is not None:
            table = table.filter(pc.greater_equal(table["time"], _moment(since)))
        if until is not None:
            table = table.filter(pc.less(table["time"], _moment(until)))
        return table


def _words(words: Sequence[str]) -> pa.Array:
    return pa.array([str(word) for word in words], pa.string())


def _has(table: pa.Table, column: str) -> pa.Array:
    return pc.greater(pc.fill_null(pc.list_value_length(table[column]), 0), 0)


def _moment(moment: datetime) -> pa.Scalar:
    return pa.scalar(moment, pa.timestamp("us", tz="UTC"))
