"""A lake of many events for benches, made in little time: the bench mix, drawn once through the pipeline and then many times.

1. Some events of the mix go the whole way of an event: they are read, redacted and become rows.
2. Each day of the lake draws from these rows. Times, numbers, request identifiers and hashes are new; the regulars come back,
   and whoever came once among the rows (the long end of Zipf's law) is somebody new each day.
3. The files are written by the real writer, as many rows to each as compaction leaves, and then compacted by the real
   compaction until it finds nothing more to do.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from hemostat.kernel import Home
from hemostat.lake import writer
from hemostat.lake.compaction import SIZES, compact
from hemostat.lake.gathering import Tools, gather
from hemostat.lake.spool import Incoming, Part
from hemostat.sources import Message

from .bench_mix import SHARES, messages

HOW = "the bench mix, drawn through the pipeline and repeated; files by the real writer and compaction"
"""How the lake was made, in one line."""

FIRST = date(2026, 1, 1)
_DRAWN = 200_000
_WAITING = 5  # small files of a day and source that wait for neighbors: fewer than compaction takes
_DIGITS = b"abcdefghijklmnopqrstuvwxyz234567"
_AS_DIGITS = _DIGITS * 8  # one for each byte
_MADE = 16  # digits of a pseudonym
_TELLING = ("actor", "subject", "subject_next", "src_ip", "token", "resource_id")
_OF_A_MESSAGE = 200  # events
_DAY = timedelta(days=1)


def filled(home: Home, *, events: int, days: int, seed: int) -> list[str]:
    """The lake of the home, which has the settings of the mix, holds so many events of as many days; its files."""
    chance = random.Random(seed)  # noqa: S311  # made-up events, nothing secret
    tools = Tools(home)
    drawn = _drawn(tools, min(events, _DRAWN), seed=seed)
    made = 0
    with closing(tools.spool()) as spool:
        for number in range(days):
            count = events * (number + 1) // days - made
            day = FIRST + number * _DAY
            files = [list(_cut(_day(drawn[name], day, first, rows, chance))) for name, first, rows in _shares(made, count)]
            for turn in range(max(map(len, files))):
                received = datetime.combine(day, time(), UTC)
                key = f"{number}-{turn}"
                one = Incoming(source="edge", key=key, received_at=received, content_type="", headers={}, body=key.encode())
                spool.append([one])
                plan = spool.plan(most=1)
                if plan is None:
                    raise AssertionError  # a message was just appended
                rows = [(name, file[turn]) for name, file in zip(SHARES, files, strict=True) if turn < len(file)]
                spool.written(plan, [_written(home, plan.batch, day, name, table) for name, table in rows], rejected=0)
            made += count
        over = (FIRST + (days - 2) * _DAY).isoformat()
        while compact(home, spool, last_batch=spool.last_batch(), over=over):
            pass
        return [str(home.lake / part.path) for part in spool.parts()]


def _shares(made: int, count: int) -> Iterator[tuple[str, int, int]]:
    """Of each source, the number of its first event of a day and how many it has, of so many events after those made before."""
    ends = [round(count * share) for share in accumulate(SHARES.values())]
    ends[-1] = count
    for name, start, end in zip(SHARES, [0, *ends], ends, strict=False):
        yield name, made + start, end - start


def _written(home: Home, batch: int, day: date, source: str, rows: pa.Table) -> Part:
    part, content = writer.part_of(batch=batch, first=None, day=day.isoformat(), source=source, rows=rows)
    writer.keep(home.lake / part.path, content)
    return part


def _drawn(tools: Tools, events: int, *, seed: int) -> dict[str, pa.Table]:
    """Rows of each source, as the pipeline makes them of so many events."""
    read = (
        Message(
            seq=number,
            source=one.source,
            received_at=one.received_at,
            content_type=one.content_type,
            headers=one.headers,
            body=one.body,
        )
        for number, one in enumerate(messages(events, seed=seed), start=1)
    )
    rows = pa.Table.from_batches(gather(read, tools).batches)
    return {name: rows.filter(pc.equal(rows["source"], name)).combine_chunks() for name in SHARES}


def _day(rows: pa.Table, day: date, made: int, count: int, chance: random.Random) -> pa.Table:
    """So many events of one source and day, in the order of time, drawn from `rows`."""
    begin = chance.randrange(rows.num_rows)
    rounds = (begin + count) // rows.num_rows + 1
    table = pa.concat_tables([rows] * rounds).slice(begin, count).combine_chunks()
    midnight = pa.scalar(datetime.combine(day, time(), UTC), pa.timestamp("us", tz="UTC"))
    shares = pc.random(count, initializer=chance.randrange(2**32))
    micros = pc.floor(pc.multiply(shares.take(pc.sort_indices(shares)), _DAY / timedelta(microseconds=1)))
    moments = pc.add(midnight, pc.cast(pc.cast(micros, pa.int64()), pa.duration("us")))
    numbers = pa.array(range(made, made + count), pa.int64())
    new = {
        "event_id": _identifiers(numbers),
        "time": moments,
        "learnt": pc.add(moments, pa.scalar(timedelta(seconds=2.2), pa.duration("us"))),
        "request_id": pc.if_else(pc.equal(table["request_id"], ""), "", _words(32, count, chance)),
        "raw_mac": _words(pc.max(pc.binary_length(table["raw_mac"])).as_py(), count, chance),
        **{name: _strangers(table[name], chance) for name in _TELLING},
    }
    for name, column in new.items():
        field = table.schema.field(name)
        table = table.set_column(table.column_names.index(name), field, pc.cast(column, field.type))
    return table


def _identifiers(numbers: pa.Array) -> pa.Array:
    """Number of message and record, as the pipeline writes them."""
    message = pc.divide(numbers, _OF_A_MESSAGE)
    record = pc.subtract(numbers, pc.multiply(message, _OF_A_MESSAGE))
    padded = [pc.utf8_lpad(pc.cast(part, pa.string()), width=width, padding="0") for part, width in ((message, 12), (record, 5))]
    return pc.binary_join_element_wise(*padded, "-")


def _strangers(column: pa.ChunkedArray, chance: random.Random) -> pa.Array:
    """The pseudonyms of a column, those that stand in it once replaced by new ones."""
    told = column.combine_chunks().dictionary_encode()
    counts = pc.value_counts(told.indices)
    once = pc.is_in(
        pa.array(range(len(told.dictionary)), told.indices.type),
        counts.field("values").filter(pc.equal(counts.field("counts"), 1)),
    )
    made = pc.match_substring_regex(told.dictionary, f"^[a-z]+_[a-z2-7]{{{_MADE}}}$")
    kind = pc.utf8_slice_codeunits(told.dictionary, 0, stop=-_MADE)
    new = pc.binary_join_element_wise(kind, _words(_MADE, len(told.dictionary), chance), "")
    return pc.if_else(pc.and_(once, made), new, told.dictionary).take(told.indices)


def _words(digits: int, count: int, chance: random.Random) -> pa.Array:
    """So many words of chance digits."""
    content = chance.randbytes(digits * count).translate(_AS_DIGITS)
    offsets = pa.array(range(0, digits * (count + 1), digits), pa.int32()).buffers()[1]
    return pa.StringArray.from_buffers(count, offsets, pa.py_buffer(content))


def _cut(rows: pa.Table) -> Iterator[pa.Table]:
    """The rows of a day and source in files as compaction leaves them: large enough, and small ones that wait for neighbors."""
    whole = rows.num_rows // SIZES[-1] * SIZES[-1]
    sizes: Sequence[int] = [SIZES[-1]] * (whole // SIZES[-1])
    rest = rows.num_rows - whole
    sizes = [*sizes, *(rest * (place + 1) // _WAITING - rest * place // _WAITING for place in range(_WAITING))]
    start = 0
    for size in sizes:
        if size:
            yield rows.slice(start, size)
        start += size
