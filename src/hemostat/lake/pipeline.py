"""One plan of the spool, end to end: its messages are read, redacted, written to the lake, and the manifest says so.

1. Take the plan under way, or the next one.
2. Read its messages; what cannot be read becomes a dead letter.
3. Redact the records into rows, some thousands at a time, so that memory stays small.
4. Write the files and the dead letters, under names that depend on the plan alone.
5. Commit the manifest. Killed anywhere before that, the next run repeats the plan and writes the same names.
6. Note the signs of life: heartbeats and canaries, which are no events.
"""

from collections.abc import Sequence
from functools import partial

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import HemostatError, Home
from hemostat.lake import dead_letters, writer
from hemostat.lake.crew import Crew
from hemostat.lake.dead_letters import Letter
from hemostat.lake.gathering import MOST_LETTERS, Piece, Tools, gather
from hemostat.lake.life import Arrived, signs_arrived
from hemostat.lake.pulse import beats
from hemostat.lake.seen import Sightings
from hemostat.lake.spool import Incoming, Part, Plan, Spool
from hemostat.sources import Message

__all__ = ["MOST_BYTES", "MOST_LETTERS", "MOST_MESSAGES", "Drained", "Harvest", "Tools", "drain", "harvest", "retry_letters"]

MOST_MESSAGES, MOST_BYTES = 10_000, 6_000_000
"""What one plan takes at most: less than a second of work, so that alerts do not wait for long, and memory stays small."""

_TOGETHER = 100  # letters that go back in one transaction


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan brought: its batch, messages read, rows and files in the lake, lines in the dead-letter file.

    duplicates: records that were in the lake already, and were left out.
    unopened: letters of the messages whose seal is damaged.
    """

    batch: int
    messages: int
    rows: int
    rejected: int
    duplicates: int
    parts: tuple[Part, ...]
    unopened: tuple[Letter, ...]


class Harvest(msgspec.Struct, frozen=True, kw_only=True):
    """What the messages of a plan say, before anything is written."""

    messages: int
    table: pa.Table
    letters: list[Letter]
    sightings: Sightings
    signs: list[Arrived]


def drain(home: Home, spool: Spool, *, tools: Tools | None = None, crew: Crew | None = None) -> Drained | None:
    """The plan under way, or the next one, is in the lake, each of its events once; None when nothing waits.

    crew: who does it together; without one this process does it alone.
    """
    tools = tools or Tools(home)
    # (1) the plan
    plan = spool.plan(most=MOST_MESSAGES, most_bytes=MOST_BYTES)
    if plan is None:
        return None
    # (2) and (3) its rows and letters
    found = harvest(plan, spool, tools, crew=crew)
    # (4) the files
    parts = writer.write(home.lake, batch=plan.batch, table=found.table)
    dead_letters.write(home.dead_letters, plan.batch, found.letters)
    # (5) the manifest
    pulse = beats(found.table, found.sightings.again)
    spool.written(plan, parts, rejected=len(found.letters), names=found.sightings.names, pulse=pulse)
    # (6) who is there; a sign that is lost between the two comes again by itself
    signs_arrived(home, found.signs)
    return Drained(
        batch=plan.batch,
        messages=found.messages,
        rows=found.table.num_rows,
        rejected=len(found.letters),
        duplicates=found.sightings.again.total(),
        parts=tuple(parts),
        unopened=tuple(one for one in found.letters if one.place == dead_letters.SPOOL),
    )


def harvest(plan: Plan, spool: Spool, tools: Tools, *, crew: Crew | None = None) -> Harvest:
    """The rows and dead letters of a plan: the same for the same messages and settings, but for the seals of the letters."""
    following = partial(spool.following, most=MOST_MESSAGES, most_bytes=MOST_BYTES)
    pieces = crew.gather(plan, spool, tools, following=following) if crew else [gather(spool.messages(plan), tools)]
    sightings = Sightings(spool, plan.batch)
    batches = [sightings.fresh(batch, names) for piece in pieces for batch, names in zip(piece.batches, piece.names, strict=True)]
    return Harvest(
        messages=sum(piece.messages for piece in pieces),
        table=pa.Table.from_batches(batches, schema=SCHEMA),
        letters=_letters(pieces, tools, batch=plan.batch),
        sightings=sightings,
        signs=[
            Arrived(source=one.message.source, at=one.message.received_at, sign=sign)
            for piece in pieces
            for one in piece.unread
            if (sign := one.sign)
        ],
    )


def _letters(pieces: Sequence[Piece], tools: Tools, *, batch: int) -> list[Letter]:
    """What could not become a row: line by line, then the messages that do not open."""
    letters: list[Letter] = []
    for one in (one for piece in pieces for one in piece.unread if not one.sign):
        shown = msgspec.structs.replace(one.rejected, reason=tools.scanner.redact(one.rejected.reason).text)
        letters.append(dead_letters.letter(tools.spool_key, shown, one.message, batch=batch, position=len(letters)))
    for unopened in (one for piece in pieces for one in piece.unopened):
        letters.append(dead_letters.unopened(unopened, batch=batch, position=len(letters)))
    return letters


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters that went back to the spool, those that still cannot be read, and those of them that do not even open."""

    returned: int
    kept: int
    damaged: int


def retry_letters(spool: Spool, tools: Tools) -> Retried:
    """Every letter that can be read by now is in the spool again, once, and no longer waits."""
    return retry_some(list(dead_letters.waiting(tools.home.dead_letters, last_batch=spool.last_batch())), spool, tools)


def retry_some(letters: Sequence[Letter], spool: Spool, tools: Tools) -> Retried:
    """Those of the letters that can be read by now are in the spool again, once, and no longer wait.

    The spool may be handed a letter twice when this is interrupted; the letter's own key makes that one message.
    """
    returned = kept = damaged = size = 0
    ready: list[tuple[Letter, Incoming]] = []
    for one in letters:
        try:
            incoming = dead_letters.incoming(one, dead_letters.content(one, key=tools.spool_key))
        except HemostatError:
            damaged += 1
            continue
        if _brings_something(incoming, tools):
            ready.append((one, incoming))
            size += len(incoming.body)
            returned += 1
        else:
            kept += 1
        if len(ready) >= _TOGETHER or size >= MOST_BYTES:
            _hand_back(ready, spool, tools)
            ready, size = [], 0
    _hand_back(ready, spool, tools)
    return Retried(returned=returned, kept=kept + damaged, damaged=damaged)


def _hand_back(ready: Sequence[tuple[Letter, Incoming]], spool: Spool, tools: Tools) -> None:
    if ready:
        spool.append([incoming for _, incoming in ready])
        dead_letters.mark_done(tools.home.dead_letters, [one for one, _ in ready])


def _brings_something(incoming: Incoming, tools: Tools) -> bool:
    """Does the message give a row, or no new letter? Else it would only come back as the letter that it is."""
    message = Message(
        seq=0,
        source=incoming.source,
        received_at=incoming.received_at,
        content_type=incoming.content_type,
        headers=incoming.headers,
        body=incoming.body,
    )
    found = gather([message], tools)
    return bool(found.batches) or not found.unread
