"""Input that could not be read: kept, sealed, each with its reason, and offered again when its source is put right.

A batch writes one file, `batch-<number>.ndjson`, before the batch counts as written; a repetition of the batch writes it again.
`batch-<number>.done` lists the letters that were handed back to the spool.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, iso, parse_iso, replace_file, seal, unseal
from hemostat.lake.spool import Incoming
from hemostat.lake.writer import keep
from hemostat.sources import Message, Rejected


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One rejected line, or one message that could not be read at all (then `line` is 0), as it stands in the file.

    `position` counts the letters of a batch from 0; `learnt` is when the message was acknowledged;
    `sealed` opens with the spool's key.
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


class Content(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What is sealed in a letter: the raw line or body, and what its reader needs besides."""

    content_type: str
    headers: dict[str, str]
    body: bytes


def letter(key: bytes, rejected: Rejected, message: Message, *, batch: int, position: int) -> Letter:
    """The letter of a rejected line, its content sealed under `key`, for its source only."""
    held = Content(content_type=message.content_type, headers=message.headers, body=rejected.raw)
    sealed = seal(key, msgspec.msgpack.encode(held), place=_place(message.source))
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


def write(folder: Path, letters: Sequence[Letter]) -> None:
    """The letters of one batch are on disk, in place of those that an interrupted run of the batch left."""
    if letters:
        keep(_file(folder, letters[0].batch), b"".join(msgspec.json.encode(one) + b"\n" for one in letters))


def waiting(folder: Path, *, last_batch: int) -> Iterator[Letter]:
    """The letters of written batches that were not handed back yet, oldest first. Raises `BadInput` for a damaged file."""
    for path in sorted(folder.glob("batch-*.ndjson")):
        letters = _read(path)
        done = _done(folder, letters[0].batch) if letters else frozenset()
        yield from (one for one in letters if one.batch <= last_batch and one.position not in done)


def content(one: Letter, *, key: bytes) -> Content:
    """What the letter holds, raw. Raises `DamagedSeal` when it does not open with this key."""
    sealed = unseal(key, b64decode(one.sealed), place=_place(one.source))
    return msgspec.msgpack.decode(sealed, type=Content)


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
        done = _done(folder, batch) | {one.position for one in letters if one.batch == batch}
        replace_file(_file(folder, batch).with_suffix(".done"), msgspec.json.encode(sorted(done)))


def _read(path: Path) -> list[Letter]:
    try:
        return [_LETTER.decode(line) for line in path.read_bytes().splitlines()]
    except msgspec.DecodeError as error:
        raise BadInput(
            f"The dead-letter file {path.name} is damaged: {error}.", advice="Restore it from the backup, or move it away."
        ) from error


def _done(folder: Path, batch: int) -> frozenset[int]:
    path = _file(folder, batch).with_suffix(".done")
    return frozenset(msgspec.json.decode(path.read_bytes(), type=list[int])) if path.exists() else frozenset()


def _file(folder: Path, batch: int) -> Path:
    return folder / f"batch-{batch:012d}.ndjson"


def _place(source: str) -> bytes:
    return b"dead-letter:" + source.encode()


_LETTER = msgspec.json.Decoder(Letter)
