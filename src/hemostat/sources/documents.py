"""JSON that other systems write: one document, one a line, or many in a list within it; and finding one's way in it.

What is looked for and not there, or of another type than it should be, is nothing: these documents have many forms.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import msgspec

from . import mending
from .base import Unreadable, lines

_OBJECT = msgspec.json.Decoder(dict[str, Any])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ADVICE = "Send JSON in UTF-8, as the system wrote it."


def records(body: bytes, member: str = "") -> Iterator[tuple[int, bytes]]:
    """The records of a body, each with the number of the line it stands in: of a document, of a list, of one document a line.

    member: name of the list that a document may hold its records in. What is no JSON comes line by line.
    """
    try:
        first = msgspec.json.decode(body, type=msgspec.Raw)
    except mending.UNREADABLE:  # more than one document, or none
        for number, line in lines(body):
            for each in _opened(line, member):
                yield number, each
    else:
        for each in _opened(bytes(first), member):
            yield 1, each


def _opened(document: bytes, member: str) -> list[bytes]:
    """The records of one document; the document itself when it holds no list of them."""
    try:
        if document.lstrip()[:1] == b"[":
            return [bytes(each) for each in _LIST.decode(document)]
        if member and f'"{member}"'.encode() in document:
            return [bytes(each) for each in _LIST.decode(_MEMBERS.decode(document)[member])]
    except (*mending.UNREADABLE, KeyError):
        pass  # it is no list: whoever reads the document will say so
    return [document]


def decoded(record: bytes) -> dict[str, Any]:
    """The object of a record; whole numbers stay exact. Raises `Unreadable` when it is not one."""
    try:
        return _OBJECT.decode(record)
    except mending.UNREADABLE as error:
        raise Unreadable("The record is not a JSON object in UTF-8, or was cut short.", advice=_ADVICE) from error


def inner(value: Any, *names: str) -> Any:
    """What stands under the names, one within the other; None when nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text(value: Any, *names: str) -> str:
    """The text there, or a whole number as text; "" when there is neither."""
    found = inner(value, *names)
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def number(value: Any, *names: str) -> int:
    """The count there, from 0 to 2^62, written as a number or as text; 0 when there is none."""
    found = inner(value, *names)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) <= len(str(2**62)):
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 2**62:
        return 0
    return int(found)


def objects(value: Any, *names: str) -> list[dict[str, Any]]:
    """The objects of the list there, or the one object there."""
    found = inner(value, *names)
    each = found if isinstance(found, list) else [found]
    return [one for one in each if isinstance(one, dict)]


def address(words: str) -> str:
    """The words if they are an IP address, else ""."""
    try:
        ip_address(words)
    except ValueError:
        return ""
    return words
