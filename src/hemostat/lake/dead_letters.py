"""Input that could not be read: kept, sealed, each with its reason, and offered again when its source is put right.

A batch writes one file, `batch-<number>.ndjson`, before the batch counts as written; a repetition of the batch writes it again.
`batch-<number>.done` lists the letters that were handed back to the spool.
Letters hold raw input, and go when its days are over.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, DamagedSeal, iso, parse_iso, replace_file, seal, unseal
from hemostat.lake.spool import Incoming, Unopened
from hemostat.lake.writer import drop, keep
from hemostat.sources import Message, Rejected

SPOOL = "spool"
"""The `place` of a letter whose message did not open: it is sealed as it stood in the spool."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One rejected line, or one message that could not be read at all (then `line` is 0), as it stands in the file.

    `position` counts the letters of a batch from 0; `learnt` is when the message was acknowledged;
    `sealed` opens with the spool's key at its `place`.
    """

    batch: int
    position: int
    source: str
    seq: int
    line: int
    learnt: str
    reason: str
    advice: str
    sealed: str
    place: str = "dead-letter"


class Content(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is sealed in a letter: the raw line or body, and what its reader needs besides."""

    content_type: str
    headers: dict[str, str]
    body: bytes


def letter(key: bytes, rejected: Rejected, message: Message, *, batch: int, position: int) -> Letter:
    """The letter of a rejected line, its content sealed under `key`, for its source only."""
    held = Content(content_type=message.content_type, headers=message.headers, body=rejected.raw)
    sealed = seal(key, msgspec.msgpack.encode(held), place=_place("dead-letter", message.source))
    return Letter(
        batch=batch,
        position=position,
        source=message.source,
        seq=message.seq,
        line=rejected.line,
        learnt=iso(message.received_at),
        reason=rejected.reason,
        advice=rejected.advice,
        sealed=b64encode(sealed).decode(),
    )


def unopened(found: Unopened, *, batch: int, position: int) -> Letter:
    """The letter of a message that does not open: its sealed bytes as they are, so that the right key still opens them."""
    return Letter(
        batch=batch,
        position=position,
        source=found.source,
        seq=found.seq,
        line=0,
        learnt=iso(found.received_at),
        reason="The sealed message does not open: its bytes were changed, or sealed with another key.",
        advice="If the spool's key was replaced, put it back and run `hemostat dead-letter retry`; else send the input again.",
        sealed=b64encode(found.sealed).decode(),
        place=SPOOL,
    )


def write(folder: Path, batch: int, letters: Sequence[Letter]) -> None:
    """The letters of one batch, and no others, are on disk: those that an interrupted run of the batch left are gone."""
    path = _file(folder, batch)
    if letters:
        keep(path, _lines(letters))
    else:
        drop(path)


def waiting(folder: Path, *, last_batch: int) -> Iterator[Letter]:
    """The letters of written batches that were not handed back yet, oldest first. Raises `BadInput` for a damaged file."""
    for path in _files(folder):
        if _batch(path) <= last_batch:
            done = _done(path)
            yield from (one for one in _read(path) if one.position not in done)


def content(one: Letter, *, key: bytes) -> Content:
    """What the letter holds, raw. Raises `DamagedSeal` when it does not open with this key."""
    try:
        sealed = b64decode(one.sealed)
    except ValueError as error:
        raise DamagedSeal("Sealed bytes are no base64.", advice="Compare the file with its backup; keep both.") from error
    return msgspec.msgpack.decode(unseal(key, sealed, place=_place(one.place, one.source)), type=Content)


def incoming(one: Letter, held: Content) -> Incoming:
    """The letter as a message for the spool. Its key is its own, so that handing it back twice gives one message."""
    return Incoming(
        source=one.source,
        key=f"dead-letter:{one.batch}:{one.position}",
        received_at=parse_iso(one.learnt),
        content_type=held.content_type,
        headers=held.headers,
        body=held.body,
    )


def mark_done(folder: Path, letters: Sequence[Letter]) -> None:
    """These letters no longer wait."""
    for batch in sorted({one.batch for one in letters}):
        path = _file(folder, batch)
        done = _done(path) | {one.position for one in letters if one.batch == batch}
        replace_file(path.with_suffix(".done"), msgspec.json.encode(sorted(done)))


def discard(folder: Path, letters: Sequence[Letter]) -> None:
    """These letters are gone, with what they held."""
    for batch in sorted({one.batch for one in letters}):
        path = _file(folder, batch)
        gone = {one.position for one in letters if one.batch == batch}
        if kept := [one for one in _read(path) if one.position not in gone]:
            keep(path, _lines(kept))
        else:
            drop(path)
            drop(path.with_suffix(".done"))


def purge(folder: Path, before: datetime, *, last_batch: int) -> int:
    """Letters of written batches that were learnt before `before` are gone, handed back or not; how many files changed.

    A file that cannot be read tells no time: it goes when it was last written before `before`.
    """
    for path in folder.glob("batch-*.done"):
        if not path.with_suffix(".ndjson").exists():
            drop(path)
    return sum(_purged(path, before) for path in _files(folder) if _batch(path) <= last_batch)


def _purged(path: Path, before: datetime) -> bool:
    try:
        letters = _read(path)
        kept = [one for one in letters if parse_iso(one.learnt) >= before]
    except BadInput:
        letters = kept = []
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= before:
            return False
    if kept and len(kept) == len(letters):
        return False
    if kept:
        keep(path, _lines(kept))
    else:
        # The letters first: without their list they would wait again.
        drop(path)
        drop(path.with_suffix(".done"))
    return True


def _lines(letters: Sequence[Letter]) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in letters)


def _read(path: Path) -> list[Letter]:
    try:
        return [_LETTER.decode(line) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return []  # purged meanwhile
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The dead-letter file {path.name} is damaged: {error}.", advice="Restore it from the backup, or move it away."
        ) from error


def _done(letters: Path) -> frozenset[int]:
    """Positions of the letters of a file that were handed back. Raises `BadInput` when their list is damaged."""
    path = letters.with_suffix(".done")
    try:
        return frozenset(msgspec.json.decode(path.read_bytes(), type=list[int])) if path.exists() else frozenset()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The list of handed-back letters {path.name} is damaged: {error}.",
            advice="Move it away: letters that are handed back a second time are known by their keys and add nothing.",
        ) from error


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"batch-{'[0-9]' * 12}.ndjson"))


def _file(folder: Path, batch: int) -> Path:
    return folder / f"batch-{batch:012d}.ndjson"


def _batch(path: Path) -> int:
    return int(path.stem.removeprefix("batch-"))


def _place(place: str, source: str) -> bytes:
    return f"{place}:{source}".encode()


_LETTER = msgspec.json.Decoder(Letter)
