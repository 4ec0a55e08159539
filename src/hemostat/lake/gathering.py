"""Messages to rows, and to what cannot be one: the part of a plan's work that depends on each message alone.

It writes nothing, so that a helper in another process can do a piece of it as well as the pipeline itself.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

import msgspec
import pyarrow as pa

from hemostat.kernel import HemostatError, Home, Settings, Source, log
from hemostat.lake.redaction import Record, rows
from hemostat.lake.spool import Spool, Unopened
from hemostat.phi import Dictionary, Pseudonyms, Scanner, patients
from hemostat.phi.known import Known
from hemostat.sources import Message, Raw, Reader, ReaderContext, Rejected, checked, context_of, source_named
from hemostat.sources.signs import Sign, apart, set_apart, sign_of

MOST_LETTERS = 1000
"""Rejected lines of one message that get a letter each; the rest of them share one more letter."""

_CHUNK = 2000  # records redacted at a time
_REPORT = "Report the fault with the kind of the source; after the update run `hemostat dead-letter retry`."

Sources = dict[str, tuple[Reader, Source, ReaderContext]]


class Tools:
    """What draining needs from a home, as its settings are now. Make new ones when the settings have changed."""

    def __init__(self, home: Home, *, scanner: Scanner | None = None, settings: Settings | None = None) -> None:
        self.home = home
        self.settings = settings or home.settings()
        self.keyring = home.keyring(self.settings)
        self.spool_key = self.keyring.secret("spool")
        self.pseudonyms = Pseudonyms(self.keyring.secret("pseudonym"))
        self._given = scanner

    @cached_property
    def scanner(self) -> Scanner:
        """The scanner, which knows the home's own names of fields; made when first used, since it compiles its patterns."""
        return self._given or Scanner(_dictionary(self.home))

    @cached_property
    def known(self) -> Known | None:
        """Whose data is recognized. When a set cannot be used it is nobody's, and the log says so: events do not wait for it."""
        try:
            return patients.known(self.home, self.keyring)
        except HemostatError as error:
            log.get().error("lake.nobody_recognized", reason=str(error))
            return None

    def spool(self) -> Spool:
        """The spool of this home, open."""
        return Spool(self.home.spool, key=self.spool_key, limit=self.settings.intake.spool_limit)


def _dictionary(home: Home) -> Dictionary | None:
    """Our names of fields and the home's own; None when it has none, or none that can be used: the log says so, nothing waits.

    The home's own words of health are left to `hemostat scan`, as ours are: in a row that names nobody they are nobody's.
    """
    if not home.fields_file.exists():
        return None
    try:
        return Dictionary.default().extended(Dictionary(Dictionary.read(home.fields_file).fields))
    except HemostatError as error:
        log.get().error("lake.fields_unread", reason=str(error))
        return None


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A line that cannot be a row, and its message."""

    message: Message
    rejected: Rejected

    @property
    def sign(self) -> Sign | None:
        """The sign of life that the line is; None when it is anything else."""
        return sign_of(self.rejected.raw)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What some messages say: rows, lines that cannot be one, and the messages that do not open.

    size: bytes of the bodies that were read.
    names: of each batch of rows, what names its records (`Access.unique`); [] when nothing does.
    """

    messages: int
    size: int
    batches: list[pa.RecordBatch]
    names: list[list[str]]
    unread: list[Unread]
    unopened: list[Unopened]


def gather(messages: Iterable[Message | Unopened], tools: Tools) -> Piece:
    """What the messages say: the same for the same messages and settings, in whatever pieces they come."""
    gathering = _Gathering(tools)
    for message in messages:
        gathering.take(message)
    return gathering.done()


class _Gathering:
    """Rows and unread lines of some messages as they come by."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._sources: Sources = {}
        self._waiting: list[Record] = []
        self._messages = self._size = 0
        self._batches: list[pa.RecordBatch] = []
        self._names: list[list[str]] = []
        self._unread: list[Unread] = []
        self._unopened: list[Unopened] = []

    def take(self, message: Message | Unopened) -> None:
        """The message's records wait for their redaction; its rejected lines are unread."""
        self._messages += 1
        if isinstance(message, Unopened):
            self._unopened.append(message)
            return
        self._size += len(message.body)
        records, rejected = read_message(message, self._tools, self._sources)
        self._unread += [Unread(message=message, rejected=one) for one in rejected]
        self._waiting += [Record(message=message, index=index, raw=raw) for index, raw in enumerate(records)]
        if len(self._waiting) >= _CHUNK:
            self._redact_all()

    def done(self) -> Piece:
        """What all of them say."""
        self._redact_all()
        return Piece(
            messages=self._messages,
            size=self._size,
            batches=self._batches,
            names=self._names,
            unread=self._unread,
            unopened=self._unopened,
        )

    def _redact_all(self) -> None:
        for start in range(0, len(self._waiting), _CHUNK):
            self._redact(self._waiting[start : start + _CHUNK])
        self._waiting = []

    def _redact(self, records: Sequence[Record]) -> None:
        tools = self._tools
        try:
            batch = rows(records, pseudonyms=tools.pseudonyms, scanner=tools.scanner, known=tools.known)
        except Exception as error:  # noqa: BLE001  # one record that no column can hold must not stop the others, nor the pipeline
            if len(records) > 1:
                middle = len(records) // 2
                self._redact(records[:middle])
                self._redact(records[middle:])
                return
            reason = f"The record cannot become a row: {type(error).__name__}."
            raw = records[0].raw
            rejected = Rejected(line=raw.line, reason=reason, advice=_REPORT, raw=raw.raw)
            self._unread.append(Unread(message=records[0].message, rejected=rejected))
            return
        self._batches.append(batch)
        names = [record.raw.access.unique for record in records]
        self._names.append(names if any(names) else [])


def read_message(message: Message, tools: Tools, sources: Sources) -> tuple[list[Raw], list[Rejected]]:
    """The records of a message and its rejected lines; a message that cannot be read as a whole is one rejected line 0.

    sources: those that were looked up already.
    """
    records: list[Raw] = []
    rejected: list[Rejected] = []
    rest: list[bytes] = []
    try:
        canaries = tools.settings.canaries
        for one in map(set_apart, _read(message, tools, sources)):
            if isinstance(one, Raw):
                records.append(_of_somebody(one, canaries) if canaries else one)
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


def _read(message: Message, tools: Tools, sources: Sources) -> Iterator[Raw | Rejected]:
    if message.source not in sources:
        source = source_named(tools.settings, message.source)
        sources[message.source] = checked(message.source, source), source, context_of(tools.keyring, source)
    reader, source, context = sources[message.source]
    if sign_of(message.body):
        return iter([apart(message.body, line=0)])
    return reader(message, source, context)


def _of_somebody(one: Raw, canaries: Collection[str]) -> Raw:
    """The record; when it names a canary, with which our own probes ask, it names nobody and counts for nobody."""
    if one.access.subject not in canaries:
        return one
    return msgspec.structs.replace(one, access=msgspec.structs.replace(one.access, subject="", subjects=0))
