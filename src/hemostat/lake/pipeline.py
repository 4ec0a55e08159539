"""One plan of the spool, end to end: its messages are read, redacted, written to the lake, and the manifest says so.

1. Take the plan under way, or the next one.
2. Read its messages; what cannot be read becomes a dead letter.
3. Redact the records into rows, some thousands at a time, so that memory stays small.
4. Write the files and the dead letters, under names that depend on the plan alone.
5. Commit the manifest. Killed anywhere before that, the next run repeats the plan and writes the same names.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import HemostatError, Home
from hemostat.lake import dead_letters, writer
from hemostat.lake.dead_letters import Letter
from hemostat.lake.redaction import Record, rows
from hemostat.lake.spool import Incoming, Part, Plan, Spool, Unopened
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import Message, Raw, Rejected, context_of, read, source_named

MOST_MESSAGES, MOST_BYTES = 5000, 1_000_000
"""What one plan takes at most: about a second of work, so that alerts do not wait for long, and memory stays small."""

MOST_LETTERS = 1000
"""Rejected lines of one message that get a letter each; the rest of them share one more letter."""

_CHUNK = 2000  # records redacted at a time
_REPORT = "Report the fault with the kind of the source; after the update run `hemostat dead-letter retry`."


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan brought: its batch, messages read, rows and files in the lake, lines in the dead-letter file.

    unopened: letters of the messages whose seal is damaged.
    """

    batch: int
    messages: int
    rows: int
    rejected: int
    parts: tuple[Part, ...]
    unopened: tuple[Letter, ...]


class Harvest(msgspec.Struct, frozen=True, kw_only=True):
    """What the messages of a plan say, before anything is written."""

    messages: int
    table: pa.Table
    letters: list[Letter]


class Tools:
    """What draining needs from a home, as its settings are now. Make new ones when the settings have changed."""

    def __init__(self, home: Home, *, scanner: Scanner | None = None) -> None:
        self.home = home
        self.settings = home.settings()
        self.keyring = home.keyring(self.settings)
        self.spool_key = self.keyring.secret("spool")
        self.pseudonyms = Pseudonyms(self.keyring.secret("pseudonym"))
        self._given = scanner

    @cached_property
    def scanner(self) -> Scanner:
        """The scanner; made when first used, since it compiles its patterns."""
        return self._given or Scanner()

    def spool(self) -> Spool:
        """The spool of this home, open."""
        return Spool(self.home.spool, key=self.spool_key, limit=self.settings.intake.spool_limit)


def drain(home: Home, spool: Spool, *, tools: Tools | None = None) -> Drained | None:
    """The plan under way, or the next one, is in the lake, each of its events once; None when nothing waits."""
    tools = tools or Tools(home)
    # (1) the plan
    plan = spool.plan(most=MOST_MESSAGES, most_bytes=MOST_BYTES)
    if plan is None:
        return None
    # (2) and (3) its rows and letters
    found = harvest(plan, spool, tools)
    # (4) the files
    parts = writer.write(home.lake, batch=plan.batch, table=found.table)
    dead_letters.write(home.dead_letters, plan.batch, found.letters)
    # (5) the manifest
    spool.written(plan, parts, rejected=len(found.letters))
    return Drained(
        batch=plan.batch,
        messages=found.messages,
        rows=found.table.num_rows,
        rejected=len(found.letters),
        parts=tuple(parts),
        unopened=tuple(one for one in found.letters if one.place == dead_letters.SPOOL),
    )


def harvest(plan: Plan, spool: Spool, tools: Tools) -> Harvest:
    """The rows and dead letters of a plan: the same for the same messages and settings, but for the seals of the letters."""
    gathering = _Gathering(plan.batch, tools)
    for message in spool.messages(plan):
        gathering.take(message)
    gathering.redact()
    return Harvest(
        messages=gathering.messages, table=pa.Table.from_batches(gathering.batches, schema=SCHEMA), letters=gathering.letters
    )


class _Gathering:
    """Rows and letters of one batch as its messages come by."""

    def __init__(self, batch: int, tools: Tools) -> None:
        self._batch = batch
        self._tools = tools
        self._waiting: list[Record] = []
        self.messages = 0
        self.batches: list[pa.RecordBatch] = []
        self.letters: list[Letter] = []

    def take(self, message: Message | Unopened) -> None:
        """The message's records wait for their redaction, its rejected lines are letters, as is a message that does not open."""
        self.messages += 1
        if isinstance(message, Unopened):
            self.letters.append(dead_letters.unopened(message, batch=self._batch, position=len(self.letters)))
            return
        records, rejected = read_message(message, self._tools)
        for one in rejected:
            self._reject(one, message)
        self._waiting += [Record(message=message, index=index, raw=raw) for index, raw in enumerate(records)]
        if len(self._waiting) >= _CHUNK:
            self.redact()

    def redact(self) -> None:
        """No record waits any more: each is in a row, or a letter."""
        for start in range(0, len(self._waiting), _CHUNK):
            self._redact(self._waiting[start : start + _CHUNK])
        self._waiting = []

    def _redact(self, records: Sequence[Record]) -> None:
        try:
            self.batches.append(rows(records, pseudonyms=self._tools.pseudonyms, scanner=self._tools.scanner))
        except Exception as error:  # noqa: BLE001  # one record that no column can hold must not stop the others, nor the pipeline
            if len(records) > 1:
                middle = len(records) // 2
                self._redact(records[:middle])
                self._redact(records[middle:])
                return
            reason = f"The record cannot become a row: {type(error).__name__}."
            raw = records[0].raw
            self._reject(Rejected(line=raw.line, reason=reason, advice=_REPORT, raw=raw.raw), records[0].message)

    def _reject(self, rejected: Rejected, message: Message) -> None:
        shown = msgspec.structs.replace(rejected, reason=self._tools.scanner.redact(rejected.reason).text)
        position = len(self.letters)
        self.letters.append(dead_letters.letter(self._tools.spool_key, shown, message, batch=self._batch, position=position))


def read_message(message: Message, tools: Tools) -> tuple[list[Raw], list[Rejected]]:
    """The records of a message and its rejected lines; a message that cannot be read as a whole is one rejected line 0."""
    records: list[Raw] = []
    rejected: list[Rejected] = []
    rest: list[bytes] = []
    try:
        source = source_named(tools.settings, message.source)
        for one in read(message, source, context_of(tools.keyring, source)):
            if isinstance(one, Raw):
                records.append(_of_somebody(one, tools.settings.canaries))
            elif len(rejected) < MOST_LETTERS:
                rejected.append(one)
            else:
                rest.append(one.raw)
    except HemostatError as error:
        advice = f"{error.advice()} Then run `hemostat dead-letter retry`.".strip()
        return [], [Rejected(line=0, reason=str(error), advice=advice, raw=message.body)]
    except Exception as error:  # noqa: BLE001  # a fault in a reader costs one message, kept in full, and never stops the pipeline
        return [], [Rejected(line=0, reason=f"The reader failed: {type(error).__name__}.", advice=_REPORT, raw=message.body)]
    if rest:
        reason = f"{len(rest):,} further lines of this message cannot be read either."
        rejected.append(Rejected(line=0, reason=reason, advice=rejected[-1].advice, raw=b"\n".join(rest)))
    return records, rejected


def _of_somebody(one: Raw, canaries: Collection[str]) -> Raw:
    """The record; when it names a canary, with which our own probes ask, it names nobody and counts for nobody."""
    if one.access.subject not in canaries:
        return one
    return msgspec.structs.replace(one, access=msgspec.structs.replace(one.access, subject="", subjects=0))


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters that went back to the spool, those that still cannot be read, and those of them that do not even open."""

    returned: int
    kept: int
    damaged: int


def retry_letters(spool: Spool, tools: Tools) -> Retried:
    """Every letter that can be read by now is in the spool again, once, and no longer waits.

    The spool may be handed a letter twice when this is interrupted; the letter's own key makes that one message.
    """
    folder = tools.home.dead_letters
    returned = kept = damaged = 0
    for one in list(dead_letters.waiting(folder, last_batch=spool.last_batch())):
        try:
            incoming = dead_letters.incoming(one, dead_letters.content(one, key=tools.spool_key))
        except HemostatError:
            damaged += 1
            continue
        if _brings_something(incoming, tools):
            spool.append([incoming])
            dead_letters.mark_done(folder, [one])
            returned += 1
        else:
            kept += 1
    return Retried(returned=returned, kept=kept + damaged, damaged=damaged)


def _brings_something(incoming: Incoming, tools: Tools) -> bool:
    """Does the message give a row, or no new letter? Else it would only come back as the letter that it is."""
    gathering = _Gathering(0, tools)
    gathering.take(
        Message(
            seq=0,
            source=incoming.source,
            received_at=incoming.received_at,
            content_type=incoming.content_type,
            headers=incoming.headers,
            body=incoming.body,
        )
    )
    gathering.redact()
    return bool(gathering.batches) or not gathering.letters
