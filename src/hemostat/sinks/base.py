"""What the sinks share: one event as it is forwarded, what a receiver said to it, and the two ways in which it can say no."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import to_ocsf
from hemostat.kernel import HemostatError

INDEX_BITS = 22
"""Bits of a position that number the records of a message: it has at most some million, and its number stays below 2**41."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the lake on its way out: pseudonymized, as OCSF. `position` orders events as they became known.

    The words beside the record are those of the lake's columns, for what a receiver keeps outside of it.
    """

    position: int
    event_id: str
    time: datetime
    ocsf: dict[str, Any]
    act: str
    surface: str
    store: str
    environment: str
    host: str
    result: str
    severity: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Record":
        """A row of the lake as it is forwarded."""
        words = {name: row[name] or "" for name in ("event_id", "act", "surface", "store", "environment", "host", "result")}
        position = position_of(row["event_id"])
        return cls(position=position, time=row["time"], ocsf=to_ocsf(row), severity=row["severity"] or 1, **words)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Events that a receiver will never take as they are. `count` of `records` were refused; it does not always say which."""

    records: tuple[Record, ...]
    count: int
    reason: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Everything up to `position` is the receiver's, but for what it refused. `late` were too old for its own clock."""

    position: int
    sent: int
    refused: tuple[Refused, ...] = ()
    late: int = 0


class NotTaken(HemostatError):
    """Records that were sent did not become the receiver's. `untouched`: it is certain that none of them arrived."""

    def __init__(self, message: str, *, advice: str = "", untouched: bool = False) -> None:
        super().__init__(message, advice=advice)
        self.untouched = untouched


class Unavailable(NotTaken):
    """The receiver takes nothing now, or did not say that it did. `after`: seconds that it asked for, or None."""

    def __init__(self, message: str, *, after: float | None = None, advice: str = "", untouched: bool = False) -> None:
        super().__init__(message, advice=advice or "Nothing is lost: it is tried again by itself.", untouched=untouched)
        self.after = after


class Misconfigured(NotTaken):
    """The receiver will take nothing until a person corrects something, here or there."""


Before = Callable[[Sequence[Record]], Callable[[], None]]
"""Called right before records leave, so that it is on disk that they may have arrived. What it returns is called when it turns
out that none of them did: then nobody may say later that they were sent twice."""


class Channel(Protocol):
    """One way to one receiver."""

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """Records, in order, are sent; says each time how far the receiver has taken them for good.

        It may end early: what was not taken is offered again, from the first of it on.
        Raises `Unavailable` and `Misconfigured`; what was not taken until then may have arrived or not.
        """

    def close(self) -> None:
        """Connections are closed."""


def position_of(event_id: str) -> int:
    """The place of an event in the order in which events became known: by message, then by record.

    The texts of ids do not sort so: a message may have more than 99,999 records.
    """
    seq, _, index = event_id.partition("-")
    return int(seq) << INDEX_BITS | int(index)


def positions_of(ids: Any) -> pa.Int64Array:
    """`position_of`, for a whole column."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    pieces = pc.split_pattern(ids, "-", max_splits=1)
    seq = pc.cast(pc.list_element(pieces, 0), pa.int64())
    return pc.bit_wise_or(pc.shift_left(seq, INDEX_BITS), pc.cast(pc.list_element(pieces, 1), pa.int64()))
