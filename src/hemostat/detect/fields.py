"""The fields that rules may name, and how each is reached in SQL."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

import pyarrow as pa

from hemostat.events import COLUMNS, Column

MICROS = 1_000_000
"""Microseconds in a second; all moments in detection are whole microseconds since 1970."""


class Kind(Enum):
    """What a column holds. `TEXT` also holds numbers, flags and moments written as text."""

    TEXT = auto()
    NUMBER = auto()
    WORDS = auto()


class Field(NamedTuple):
    """One field: the SQL that gives its value, what it holds, and whether an empty text there means that it is absent.

    nested: SQL that is TRUE where the field holds an object, whose keys are fields of their own; empty where none ever does.
    """

    sql: str
    kind: Kind
    blank_is_absent: bool = False
    nested: str = ""


Fields = Mapping[str, Field]


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def literal(text: str) -> str:
    """A text as an SQL value, whatever characters it holds."""
    quotes = "'" + text.replace("'", "''") + "'"
    return "(" + quotes.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else quotes


def as_text(field: Field, value: str) -> str:
    """SQL for the value of a field (or one element of it) as text."""
    return f"CAST({value} AS VARCHAR)" if field.kind is Kind.NUMBER else value


def joined(field: Field) -> str:
    """SQL for the whole field as one text: words are joined with commas."""
    return f"array_to_string({field.sql}, ',')" if field.kind is Kind.WORDS else as_text(field, field.sql)


def _kind(kind: pa.DataType) -> Kind:
    if pa.types.is_list(kind):
        return Kind.WORDS
    return Kind.NUMBER if pa.types.is_integer(kind) or pa.types.is_boolean(kind) else Kind.TEXT


DERIVED = "hemostat.subject_is_next"
"""Did the same address ask, within ten minutes before, for the person whose number is one less?"""


def _lake_field(column: Column) -> Field:
    name = quoted(column.name)
    if pa.types.is_timestamp(column.type):
        # a moment is handed to detection as microseconds
        return Field(f"strftime(make_timestamp({name}), '%Y-%m-%dT%H:%M:%S.%fZ')", Kind.TEXT)
    return Field(name, _kind(column.type), blank_is_absent=True)


LAKE: Fields = {column.ocsf: _lake_field(column) for column in COLUMNS} | {DERIVED: Field(quoted("subject_is_next"), Kind.TEXT)}
"""The fields of the lake, by their path in OCSF or in our extension, and the one that detection derives."""
