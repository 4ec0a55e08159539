"""Templates with slots, and records written in the notation of a program: how the further corpora put their texts together.

A slot stands between angle quotes. `«dob»` is a value or a piece of noise of `values.py`, `«?a|b»` one of the words, and every
other name a part that the corpus itself hands in.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from random import Random
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote_plus

from .labelled import Labelled, Value, labelled
from .values import NOISE, VALUES

Pieces = list[str | Value]
"""A text in the making: plain pieces and values."""
Part = Callable[[Random], Pieces]
"""What fills a slot that the corpus hands in."""

_SLOT = re.compile("«([^»]+)»")
_NUMBER = re.compile(r"[1-9]\d*(\.\d+)?|0\.\d+|true|false|null")


class Form(NamedTuple):
    """A form of text: its templates, those only of lines that hold values, and those only of lines that hold none."""

    name: str
    texts: tuple[str, ...] = ()
    notation: str = "json"
    """How the records in it are written."""
    holding: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()


class Field(NamedTuple):
    """A field of a record: its name, and the slot that its values fill."""

    key: str
    slot: str


class Notation(NamedTuple):
    """How a program writes a record down. `closing_field` may name the field by `{key}`."""

    opening: str
    before: str
    between: str
    quote: str
    join: str
    closing: str
    escape: Callable[[str], str] = str
    quoted_for: str = ""
    """Characters for which a value is quoted; when empty, every value is."""
    bare: bool = False
    """Whether numbers stand without quotes."""
    closing_field: str = ""


class Table(NamedTuple):
    """How a program writes rows below, or after, the names of their columns."""

    opening: str
    join: str
    middle: str
    row_opening: str
    quote: str
    row_closing: str
    row_join: str
    escape: Callable[[str], str] = str
    quoted_for: str = ""


def json_text(text: str) -> str:
    """The text as it stands between the quotes of a JSON string (RFC 8259, section 7)."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def sql_text(text: str) -> str:
    """The text as it stands between the quotes of an SQL string."""
    return text.replace("'", "''")


def xml_text(text: str) -> str:
    """The text as it stands in an XML element."""
    return escape(text, quote=False)


def repr_text(text: str) -> str:
    """The text as it stands between single quotes in PHP and Python."""
    return text.replace("'", "\\'")


NOTATIONS: Mapping[str, Notation] = {
    "json": Notation("{", '"', '":', '"', ",", "}", json_text, bare=True),
    "spaced": Notation("{", '"', '": ', '"', ", ", "}", json_text, bare=True),
    "pretty": Notation("{\n  ", '"', '": ', '"', ",\n  ", "\n}", json_text, bare=True),
    "logfmt": Notation("", "", "=", '"', " ", "", json_text, quoted_for=' =",'),
    "form": Notation("", "", "=", "", "&", "", quote_plus),
    "nested form": Notation("", "billing%5B", "%5D=", "", "&", "", quote_plus),
    "xml": Notation("", "<", ">", "", "", "", xml_text, closing_field="</{key}>"),
    "indented xml": Notation("\n  ", "<", ">", "", "\n  ", "\n", xml_text, closing_field="</{key}>"),
    "attributes": Notation("", "", "=", '"', " ", "", escape),
    "print_r": Notation("Array\n(\n    ", "[", "] => ", "", "\n    ", "\n)\n"),
    "var_export": Notation("array (\n  ", "'", "' => ", "'", ",\n  ", ",\n)", repr_text, bare=True),
    "java": Notation("(", "", "=", "", ", ", ")"),
    "go": Notation("{", "", ":", "", " ", "}"),
    "python": Notation("{", "'", "': ", "'", ", ", "}", repr_text, bare=True),
    "ruby": Notation("{", '"', '"=>', '"', ", ", "}", json_text, bare=True),
    "yaml": Notation("", "", ": ", "'", "\n", "", sql_text, quoted_for=":#"),
    "assignments": Notation("", "`", "` = ", "'", ", ", "", sql_text, bare=True),
    "condition": Notation("", "", " = ", "'", " AND ", "", sql_text, bare=True),
    "graphql": Notation("{", "", ": ", '"', ", ", "}", json_text, bare=True),
    "redis": Notation("", '"', '" ', '"', " ", "", json_text),
    "multipart": Notation(
        "", '--X9\r\nContent-Disposition: form-data; name="', '"\r\n\r\n', "", "", "--X9--", closing_field="\r\n"
    ),
    "env": Notation("", "", "=", "", "\n", ""),
    "html": Notation("<table>", "<tr><th>", "</th><td>", "", "", "</table>", xml_text, closing_field="</td></tr>"),
    "vertical": Notation("", "  ", ": ", "", "\n", ""),
}
TABLES: Mapping[str, Table] = {
    "insert": Table("(", ", ", ") VALUES ", "(", "'", ")", ", ", sql_text),
    "quoted insert": Table("(`", "`, `", "`) VALUES ", "(", "'", ")", ",", sql_text),
    "csv": Table("", ",", "\n", "", '"', "", "\n", quoted_for=",;"),
    "semicolons": Table("", ";", "\n", "", '"', "", "\n", quoted_for=";"),
    "quoted csv": Table('"', '","', '"\n', "", '"', "", "\n"),
    "tsv": Table("", "\t", "\n", "", "", "", "\n"),
    "psql": Table(" ", " | ", "\n-----+-----\n ", "", "", "", "\n "),
}


def filled(template: str, chance: Random, parts: Mapping[str, Part]) -> Pieces:
    """The template with each slot filled. Raises `KeyError` when nothing has the name of a slot."""
    pieces: Pieces = []
    for place, piece in enumerate(_SLOT.split(template)):
        pieces += _slot(piece, chance, parts) if place % 2 else [piece]
    return pieces


def phrase(templates: Sequence[str], parts: Mapping[str, Part]) -> Part:
    """A part that is one of the templates, filled."""
    return lambda chance: filled(chance.choice(templates), chance, parts)


def _slot(name: str, chance: Random, parts: Mapping[str, Part]) -> Pieces:
    if name.startswith("?"):
        return [chance.choice(name[1:].split("|"))]
    if name in VALUES:
        entity, maker = VALUES[name]
        return [Value(maker(chance), entity)]
    if name in NOISE:
        return [NOISE[name](chance)]
    return parts[name](chance)


def rewritten(pieces: Pieces, how: Callable[[str], str]) -> Pieces:
    """Every piece rewritten, with the values still known; `how` must rewrite each character for itself."""
    return [Value(how(piece.text), piece.entity) if isinstance(piece, Value) else how(piece) for piece in pieces]


def written(fields: Sequence[Field], notation: str, chance: Random, parts: Mapping[str, Part] = MappingProxyType({})) -> Pieces:
    """A record of the fields in the notation; as one to three rows where it is that of a table."""
    if notation in TABLES:
        return _table(fields, TABLES[notation], chance, parts)
    how = NOTATIONS[notation]
    pieces: Pieces = [how.opening]
    for place, field in enumerate(fields):
        content = _slot(field.slot, chance, parts)
        text = "".join(piece.text if isinstance(piece, Value) else piece for piece in content)
        bare = how.bare and _NUMBER.fullmatch(text) and (isinstance(content[0], str) or chance.random() < 0.4)  # noqa: PLR2004
        quote = "" if bare or (how.quoted_for and not set(how.quoted_for) & set(text)) else how.quote
        pieces += [how.join if place else "", how.before, field.key, how.between, quote]
        pieces += [*rewritten(content, how.escape), quote, how.closing_field.replace("{key}", field.key)]
    return [*pieces, how.closing]


def _table(fields: Sequence[Field], how: Table, chance: Random, parts: Mapping[str, Part]) -> Pieces:
    pieces: Pieces = [how.opening + how.join.join(field.key for field in fields) + how.middle]
    between = how.join.replace("`", "").replace('"', "")
    for row in range(chance.choice((1, 1, 2, 3))):
        pieces += [how.row_join if row else "", how.row_opening]
        for place, field in enumerate(fields):
            content = _slot(field.slot, chance, parts)
            text = "".join(piece.text if isinstance(piece, Value) else piece for piece in content)
            quote = how.quote if not how.quoted_for or set(how.quoted_for) & set(text) else ""
            pieces += [between if place else "", quote, *rewritten(content, how.escape), quote]
        pieces.append(how.row_closing)
    return pieces


def line(form: Form, chance: Random, parts: Mapping[str, Part], *, holding: bool) -> Labelled:
    """One of the form's templates, filled, as a labelled text."""
    templates = form.texts + (form.holding if holding else form.clean)
    return labelled(form.name, *filled(chance.choice(templates), chance, parts))
