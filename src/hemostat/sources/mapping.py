"""A mapping that a user writes: which part of a JSON record is which field of an access. YAML or TOML, version 1.

version: 1
records: log.entries            # where a document holds its records; left out when it is one
fields:
  time: {path: when, format: "%d.%m.%Y %H:%M", zone: America/New_York}
  act: {path: action, table: {view: record:read}, default: record:change}
  subject: patient.id
  elements: {path: action, table: {view: [name, diagnosis]}}
"""

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as Table
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import yaml

from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import HemostatError

from .events import known_elements

WORDS: Table[str, type[StrEnum]] = {
    "act": Act,
    "surface": Surface,
    "environment": Environment,
    "actor_type": ActorType,
    "auth": Auth,
    "result": Result,
}
"""Fields that hold a word of ours."""

TIMES = frozenset({"time", "sent"})
COUNTS = frozenset({"status", "bytes", "subjects", "severity", "asn"})
LISTS = frozenset({"elements", "fields"})
"""Fields that hold more than one: `elements` words of `hemostat law elements`, `fields` the sender's names of data fields."""

CLOSED = frozenset({"elements"})
"""Fields of which only what a table holds is told, when there is one: the rest of a sender's words is none of ours."""

TEXTS = frozenset(
    {
        "actor", "app", "host", "ip", "jurisdiction", "message", "method", "operation", "path", "query", "request_id", "resource",
        "resource_id", "store", "subject", "token", "unique", "user_agent",
    }
)  # fmt: skip
NAMES = frozenset({*WORDS, *TIMES, *COUNTS, *LISTS, *TEXTS})
"""The fields that a mapping may fill."""

SUFFIXES = frozenset({".yaml", ".yml", ".toml"})
MOST = 262_144
"""Bytes of a mapping, at most."""

_STEP = re.compile(r'\.?(?:"(?P<quoted>[^"]+)"|(?P<name>[^.\[\]"]+)|\[(?P<index>\d{1,6}|\*)\])')
_REFERENCE = "docs/how-to/write-a-mapping.md shows every key."

Step = str | int | None
"""One step of a path: into a name, an index, or (None) each member of a list."""


class BadMapping(HemostatError):
    """A mapping is not what it should be; the text names file, line and key."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one field is filled: from the first of `paths` that leads to something, or with `value`.

    table: our word, or text, for each of the sender's. default: for what is not in the table, or not there.
    Each of these three may be a list where the field holds more than one.
    format: `epoch`, or as `strptime` reads it; "" for the forms that every reader knows. zone: of times that name none.
    count: the number of values found, not the values.
    """

    path: str = ""
    paths: list[str] = []
    value: str | list[str] = ""
    table: dict[str, str | list[str]] = {}
    default: str | list[str] = ""
    format: str = ""
    zone: str = ""
    count: bool = False

    @property
    def tried(self) -> tuple[str, ...]:
        """All paths, in the order in which they are tried."""
        return (self.path, *self.paths) if self.path else tuple(self.paths)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Literal[1]
    fields: dict[str, dict[str, Any] | str]
    records: str = ""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping that can be used: the way to the records, and for each field its rule and ways."""

    records: tuple[Step, ...]
    rules: dict[str, Rule]
    ways: dict[str, tuple[tuple[Step, ...], ...]]


def compiled(name: str, content: bytes) -> Compiled:
    """The mapping in a file called `name`. Raises `BadMapping`."""
    file = _decoded(name, content)
    lines = _Lines(name, content)
    rules = {field: _rule(field, given, lines) for field, given in file.fields.items()}
    for field, rule in rules.items():
        _check(field, rule, lines)
    for field in ("time", "act"):
        if field not in rules:
            raise lines.fault(f"`{field}` is missing.", "fields", advice=f"Say under `fields` where `{field}` comes from.")
    ways = {field: tuple(_way(path, lines, "fields", field) for path in rule.tried) for field, rule in rules.items()}
    return Compiled(records=_way(file.records, lines, "records") if file.records else (), rules=rules, ways=ways)


def _decoded(name: str, content: bytes) -> _File:
    if len(content) > MOST:
        raise BadMapping(f"{name}: it has more than {MOST:,} bytes.", advice="A mapping is a page of text.")
    try:
        given: Any = _parsed(name, content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise BadMapping(f"{name}{place}: this is not YAML.", advice=_REFERENCE) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMapping(f"{name}: {error}.", advice=_REFERENCE) from error
    try:
        return msgspec.convert(given, type=_File, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        keys = re.findall(r"[\w:-]+", str(error).rpartition("`$")[2]) if "`$" in str(error) else []
        raise _Lines(name, content).fault(f"{error}.", *keys, advice=_REFERENCE) from error


def _rule(field: str, given: dict[str, Any] | str, lines: "_Lines") -> Rule:
    """The rule of a field, of which a path alone may stand for the whole. Raises `BadMapping`."""
    try:
        return msgspec.convert({"path": given} if isinstance(given, str) else given, type=Rule, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise lines.fault(f"{error}.", "fields", field, advice=_REFERENCE) from error


def _parsed(name: str, content: bytes) -> Any:
    if PurePath(name).suffix == ".toml":
        return tomllib.loads(content.decode())
    # Every scalar stays text: `yes` and `08` are words of the sender, and no truth and no number of ours
    return yaml.load(content, Loader=yaml.BaseLoader)  # noqa: S506  # it makes lists, mappings and text only


class _Lines:
    """Where the keys of a file stand; TOML does not tell."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._root = None if PurePath(name).suffix == ".toml" else yaml.compose(content, Loader=yaml.BaseLoader)

    def fault(self, reason: str, *keys: str, advice: str) -> BadMapping:
        """The fault at a key: file, line if it is known, key, reason."""
        line, node = 0, self._root
        for key in keys:
            found = next((pair for pair in _pairs(node) if pair[0].value == key), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        place = f"{self._name}, line {line}" if line else self._name
        where = f", at `{'.'.join(keys)}`" if keys else ""
        return BadMapping(f"{place}{where}: {reason}", advice=advice)


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _check(field: str, rule: Rule, lines: _Lines) -> None:
    """The rule can be used for the field. Raises `BadMapping`."""
    if field not in NAMES:
        raise lines.fault("there is no such field.", "fields", field, advice=f"Use one of: {', '.join(sorted(NAMES))}.")
    if not rule.tried and not rule.value:
        raise lines.fault("it says neither `path` nor `value`.", "fields", field, advice=_REFERENCE)
    if rule.count and field not in COUNTS:
        raise lines.fault("only a number can be counted.", "fields", field, "count", advice="Use `count` for `subjects`.")
    known = {str(word) for word in WORDS[field]} if field in WORDS else known_elements() if field == "elements" else None
    for word, keys in _said(rule):
        if isinstance(word, list) and field not in LISTS:
            advice = f"Use lists for {' and '.join(f'`{name}`' for name in sorted(LISTS))} only."
            raise lines.fault("it holds one, and no list.", "fields", field, *keys, advice=advice)
        for each in filter(None, several(word)):
            if known is not None and each not in known:
                advice = f"Use some of: {', '.join(sorted(known))}."
                raise lines.fault(f"{each[:60]!r} is none of our words.", "fields", field, *keys, advice=advice)
    if rule.zone or "%" in rule.format:
        _check_time(field, rule, lines)


def _said(rule: Rule) -> Iterator[tuple[str | list[str], tuple[str, ...]]]:
    """What a rule says itself, each with the keys where it stands."""
    yield rule.value, ("value",)
    yield rule.default, ("default",)
    for word, ours in rule.table.items():
        yield ours, ("table", word)


def several(word: str | list[str]) -> list[str]:
    """The words of a list, or the one word."""
    return word if isinstance(word, list) else [word]


def _check_time(field: str, rule: Rule, lines: _Lines) -> None:
    try:
        zone = ZoneInfo(rule.zone) if rule.zone else None
    except (ValueError, OSError, KeyError) as error:
        raise lines.fault("there is no such zone.", "fields", field, "zone", advice="Write it like America/New_York.") from error
    try:
        written = datetime(2026, 3, 2, 14, 4, tzinfo=zone or UTC).strftime(rule.format or "%Y")
        datetime.strptime(written, rule.format or "%Y")  # noqa: DTZ007  # only the form is tried out
    except ValueError as error:
        raise lines.fault(
            "it is no form of a time.", "fields", field, "format", advice="Write it as strptime reads it."
        ) from error
    if "%" in rule.format and "%z" not in rule.format and not rule.zone:
        raise lines.fault("the time names no zone.", "fields", field, advice="Add `zone`, like America/New_York, or UTC.")


def _way(path: str, lines: _Lines, *keys: str) -> tuple[Step, ...]:
    """The steps of a path like `entries[*].patient."home.id"`. Raises `BadMapping`."""
    steps: list[Step] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None or (at == 0 and path.startswith(".")):
            break
        index = step["index"]
        steps.append((step["quoted"] or step["name"]) if index is None else None if index == "*" else int(index))
        at = step.end()
        if at < len(path) and path[at] not in ".[":
            break
    if at < len(path) or not steps:
        advice = 'Write it like `entries[*].patient.id`, and names with dots in quotes: `a."b.c"`.'
        raise lines.fault(f"{path[:60]!r} is no path.", *keys, advice=advice)
    return tuple(steps)


def follow(record: Any, way: tuple[Step, ...]) -> list[Any]:
    """What a way leads to: nothing, one thing, or each member of the lists on it."""
    found = [record]
    for step in way:
        found = [inner for value in found for inner in _taken(value, step)]
    return found


def _taken(value: Any, step: Step) -> list[Any]:
    if step is None:
        return value if isinstance(value, list) else []
    if isinstance(step, int):
        return value[step : step + 1] if isinstance(value, list) else []
    return [value[step]] if isinstance(value, dict) and step in value else []
