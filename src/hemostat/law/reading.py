"""Reading a JSON document against a record type so that every fault is named at once, each with its field.

A value that is wrong is never repeated in a fault, since a document may hold what nobody should read; a day is the exception.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

from hemostat.kernel import BadInput

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHOWN = 40
_MOST_TOLD = 20
_PLAIN: dict[type[inspect.Type], tuple[type, str]] = {
    inspect.IntType: (int, "a whole number"),
    inspect.BoolType: (bool, "true or false"),
    inspect.StrType: (str, "text"),
}


def document_read(text: bytes | str) -> tuple[Any, list[str]]:
    """The JSON value, and a fault for each name that stands twice in one object. Raises `BadInput` when it is no JSON."""
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        twice.extend(f"`{name_shown(name)}` stands twice" for name, times in Counter(names).items() if times > 1)
        return dict(found)

    try:
        shown = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(shown, object_pairs_hook=pairs), twice
    except json.JSONDecodeError as error:
        why = f"{error.msg} in line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError:
        why = "its bytes are not UTF-8"
    except (ValueError, RecursionError):
        why = "a number is too long, or too many brackets stand within each other"
    raise BadInput(f"The document cannot be read as JSON: {why}.", advice="Correct the place that the message names.")


def name_shown(name: str) -> str:
    """The beginning of a name from a document, as a message may repeat it: what no terminal should be sent is escaped."""
    short = name[:_SHOWN]
    return short if short.isprintable() else repr(short)[1:-1]


def faults_told(faults: Iterable[str]) -> str:
    """The first faults in one sentence without its end, and whether there are more; empty when there is none."""
    first = list(islice(faults, _MOST_TOLD + 1))
    return "; ".join([*first[:_MOST_TOLD], *(["and more"] if len(first) > _MOST_TOLD else [])])


def shape_faults(document: Any, record: type[msgspec.Struct]) -> Iterator[str]:
    """Every field that is missing, unknown or of the wrong kind; nothing when the document is such a record."""
    return _faults(document, inspect.type_info(record), "")


def _faults(value: Any, kind: inspect.Type, at: str) -> Iterator[str]:
    """The faults of one value. A value of None passes where the type allows it."""
    match kind:
        case inspect.StructType():
            yield from _struct(value, kind, at)
        case inspect.ListType():
            yield from _list(value, kind, at)
        case inspect.DictType():
            yield from _dict(value, kind, at)
        case inspect.UnionType():
            if value is not None:
                yield from _faults(value, next(one for one in kind.types if not isinstance(one, inspect.NoneType)), at)
        case inspect.DateType():
            yield from _date(value, at)
        case _:
            wanted, words = _PLAIN[type(kind)]
            if type(value) is not wanted:
                yield f"{at} must be {words}"


def _struct(value: Any, kind: inspect.StructType, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at or 'the document'} must be an object"
        return
    known = {field.encode_name: field for field in kind.fields}
    for name in value:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield f"unknown field {_path(at, name)!r}" + (f" (did you mean `{near[0]}`?)" if near else "")
    for name, field in known.items():
        if name in value:
            yield from _faults(value[name], field.type, _path(at, name))
        elif field.required:
            yield f"{_path(at, name)} is missing"


def _list(value: Any, kind: inspect.ListType, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at} must be a list"
        return
    for number, one in enumerate(value):
        yield from _faults(one, kind.item_type, f"{at}[{number}]")


def _dict(value: Any, kind: inspect.DictType, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at} must be an object"
        return
    for name, one in value.items():
        yield from _faults(one, kind.value_type, _path(at, name))


def _date(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        yield f"{at} must be a day such as 2026-03-02"
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        yield f"{at} is {value}, which is no day of the calendar"


def _path(at: str, name: str) -> str:
    return f"{at}.{name_shown(name)}" if at else name_shown(name)
