"""XML that other systems write, read without what XML can do to its reader: no DTD, no entities of its own, bounded in depth.

XML 1.0: https://www.w3.org/TR/xml/. Without a document type declaration no entity can be declared, so that none can grow or be
fetched; expat, which is Python's own, is told to stop at the first sign of one.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any
from xml.parsers import expat

import msgspec

from . import mending
from .base import Unreadable

DEEPEST = 24
"""Elements within each other, at most."""

MOST = 20_000
"""Elements of a document, at most."""


class Element(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One element. Names are without their prefixes; `text` is what stands directly in it."""

    name: str
    attributes: dict[str, str] = {}
    children: list["Element"] = []
    text: str = ""

    def all(self, name: str) -> list["Element"]:
        """The elements of this name that stand directly in it."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element":
        """The first of them; one without anything when there is none."""
        return next(iter(self.all(name)), _NONE)


_NONE = Element(name="")


def document(content: bytes, *, advice: str) -> tuple[Element, str]:
    r"""The root of a document, and a remark when bytes of it are not what its encoding says, shown as `\xNN`.

    Raises `Unreadable`, whose words hold nothing of the document.
    """
    try:
        return _once(content, None, advice=advice), ""
    except _Damaged as error:
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise Unreadable(error.reason, advice=advice) from error
    # The declaration may name an encoding that whoever carried the bytes has changed
    shown, is_utf8 = mending.as_text(content)
    try:
        return _once(shown.encode(), "utf-8", advice=advice), "" if is_utf8 else mending.NOT_UTF8
    except _Damaged as error:
        raise Unreadable(error.reason, advice=advice) from error


class _Damaged(Exception):
    """The bytes are no XML in the encoding that they name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Tree:
    """Elements as they come by. `root` is there once the first has ended."""

    def __init__(self, advice: str) -> None:
        self.root = _NONE
        self._advice = advice
        self._open: list[tuple[str, dict[str, str], list[Element], list[str]]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. Raises `Unreadable` when there are too many."""
        self._count += 1
        if len(self._open) == DEEPEST or self._count > MOST:
            raise Unreadable("The XML is too deep, or has too many elements.", advice=self._advice)
        self._open.append((_bare(name), {_bare(key): value for key, value in attributes.items()}, [], []))

    def end(self, _name: str) -> None:
        """It ends."""
        name, attributes, children, words = self._open.pop()
        made = Element(name=name, attributes=attributes, children=children, text="".join(words))
        if self._open:
            self._open[-1][2].append(made)
        else:
            self.root = made

    def data(self, words: str) -> None:
        """Text stands in it."""
        self._open[-1][3].append(words)


def _once(content: bytes, encoding: str | None, *, advice: str) -> Element:
    """The root, read in an encoding, or in that which the document names. Raises `_Damaged`, `Unreadable`."""

    def refused(*_: Any) -> None:
        raise Unreadable("The XML has a document type declaration, which is not taken.", advice=advice)

    tree = _Tree(advice)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = refused
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _Damaged(f"The XML is damaged in line {error.lineno}.") from error
    except (LookupError, ValueError) as error:  # what a declaration may name as its encoding and is none
        raise _Damaged("The XML names an encoding that we do not know.") from error
    return tree.root


def _bare(name: str) -> str:
    return name.rpartition(":")[2]
