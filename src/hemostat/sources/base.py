"""What a reader is given and what it hands on: a message in, records and rejected lines out."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from hemostat.events.access import Access
from hemostat.kernel import BadSettings, Source

from .mending import UNREADABLE

T = TypeVar("T")

POLLED = "polled"
"""Kept header of a record that a feed asked for where others come by themselves; its value says what for."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One acknowledged message from the spool. Header names are lowercase, from an allow-list."""

    seq: int
    source: str
    received_at: datetime
    content_type: str
    headers: dict[str, str]
    body: bytes


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is not an event: why, and what its sender can do. `raw` is sealed into the dead-letter file, never shown."""

    line: int
    reason: str
    advice: str
    raw: bytes


class Raw(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of a message and the access that it tells."""

    line: int
    raw: bytes
    access: Access


class ReaderContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may know besides the message: secrets of the store's Shopify app, newest first, for proxy signatures.

    mapping: the content of the file that the options of a mapped source name; empty when there is none.
    trial_key: the key of the marks on test events of our own (`trials`); empty when there are none.
    """

    shopify_secrets: Sequence[bytes] = ()
    mapping: bytes = b""
    trial_key: bytes = b""


class NoOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a kind that has none. A kind with options has a struct called `Options` in its module."""


def options_of(name: str, options: Mapping[str, Any], kind: type[T]) -> T:
    """The options of a source, feed or sink called `name`. Raises `BadSettings` that names the one which is wrong."""
    try:
        return msgspec.convert(options, type=kind)
    except msgspec.ValidationError as error:
        raise BadSettings(f"The options of {name!r}: {error}.", advice="Correct them in hemostat.toml.") from error


Reader = Callable[[Message, Source, ReaderContext], Iterator[Raw | Rejected]]


class Unreadable(Exception):
    """One line of a message cannot be an event. Readers turn it into `Rejected`; it never leaves them."""

    def __init__(self, reason: str, *, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def json_object(body: bytes, *, what: str = "body", advice: str) -> dict[str, Any]:
    """The JSON object that a body is; whole numbers stay exact. Raises `Unreadable` when it is none."""
    try:
        found = msgspec.json.decode(body)
    except UNREADABLE as error:
        raise Unreadable(f"The {what} is not JSON in UTF-8.", advice=advice) from error
    if not isinstance(found, dict):
        raise Unreadable(f"The {what} is not a JSON object.", advice=advice)
    return found


def lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a body that are not blank, with their numbers from 1, without their ends (LF or CR LF).

    A byte order mark in front of a line, as files from Windows begin with, is taken off.
    """
    for number, line in enumerate(body.split(b"\n"), start=1):
        bare = line.rstrip(b"\r").removeprefix(BOM_UTF8)
        if bare.strip():
            yield number, bare


def read_lines(body: bytes, parse: Callable[[bytes], Access]) -> Iterator[Raw | Rejected]:
    """Each line of a body as `parse` understands it, or rejected with the reason of `parse`."""
    for number, line in lines(body):
        yield attempt(number, line, parse)


def attempt(number: int, raw: bytes, parse: Callable[[bytes], Access]) -> Raw | Rejected:
    """One record as `parse` understands it, or rejected with its reason."""
    try:
        return Raw(line=number, raw=raw, access=parse(raw))
    except Unreadable as error:
        return Rejected(line=number, reason=error.reason, advice=error.advice, raw=raw)
