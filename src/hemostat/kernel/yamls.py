"""YAML that people write, loaded within bounds: no page of text fills the memory, or ends the process.

The loader in C goes down by recursion, and takes the process with it where brackets stand too deep. An alias stands for all that
its anchor holds (YAML 1.2.2, section 7.1), so that ten lines can stand for a billion things; each counts as what it stands for.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import yaml

DEEPEST = 100
"""Levels of lists and mappings within each other, at most."""

MOST = 200_000
"""Words, lists and mappings of all documents of a text together, at most."""


class Loader(yaml.CSafeLoader):
    """The safe loader of PyYAML; a value that is none, such as a 13th month or `!!int` of a word, is a fault with its line."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  # PyYAML's
        """The value of a node. Raises `yaml.MarkedYAMLError`."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError, TypeError, ArithmeticError) as error:
            raise yaml.MarkedYAMLError(problem=f"{node.tag.rpartition(':')[2]}: {error}", problem_mark=node.start_mark) from error


def yaml_document(text: bytes | str, *, loader: type[yaml.CSafeLoader] = Loader) -> Any:
    """What the one document of a text says; None when it is empty. Raises `yaml.YAMLError` for whatever is wrong with it."""
    _demand_bounded(text)
    return yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader


def yaml_documents(text: bytes | str) -> Iterator[Any]:
    """What each document of a text says. Raises `yaml.YAMLError` for whatever is wrong with one, at once or when it comes."""
    _demand_bounded(text)
    yield from yaml.load_all(text, Loader=Loader)  # a safe loader


def yaml_fault(error: yaml.YAMLError) -> str:
    """The fault on one line, with its place where that is known: `line 3: a value is no number`."""
    mark = getattr(error, "problem_mark", None)
    told = getattr(error, "problem", None) or str(error)
    return " ".join(f"line {mark.line + 1}: {told}".split()) if mark else " ".join(told.split())


class _Size(NamedTuple):
    """What a list or mapping with all that it stands for comes to: things, and levels of lists and mappings."""

    things: int
    levels: int


_ONE = _Size(1, 0)  # a word


class _Measure:
    """How much, and how deep, the documents of a text are, as their parts come by."""

    def __init__(self) -> None:
        self._things = 0
        self._open: list[tuple[str | None, int, int]] = []
        """The lists and mappings that have begun: anchor, things before it, levels within it so far."""
        self._held: dict[str, _Size | None] = {}
        """What each anchor stands for; None while that has not ended."""

    def fault(self, event: yaml.Event) -> str:
        """What is wrong once this part has come; "" when nothing is."""
        if isinstance(event, yaml.AliasEvent):
            if (size := self._held.get(event.anchor or "", _ONE)) is None:
                return "it holds itself"
            self._take(size)
        elif isinstance(event, yaml.ScalarEvent):
            self._hold(event.anchor, _ONE)
            self._take(_ONE)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._hold(event.anchor, None)
            self._open.append((event.anchor, self._things, 1))
            self._things += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before, levels = self._open.pop()
            self._hold(anchor, _Size(self._things - before, levels))
            self._take(_Size(0, levels))
        if len(self._open) + (self._open[-1][2] - 1 if self._open else 0) > DEEPEST:
            return f"it is nested more than {DEEPEST} levels deep"
        return f"it holds more than {MOST:,} things" if self._things > MOST else ""

    def _hold(self, anchor: str | None, size: _Size | None) -> None:
        if anchor is not None:
            self._held[anchor] = size

    def _take(self, size: _Size) -> None:
        """So much more stands in what is open."""
        self._things += size.things
        if self._open:
            anchor, before, levels = self._open[-1]
            self._open[-1] = anchor, before, max(levels, size.levels + 1)


def _demand_bounded(text: bytes | str) -> None:
    """The text can be loaded. Raises `yaml.YAMLError` when it is no YAML, too deep, too much, or something in it holds itself."""
    measure = _Measure()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if fault := measure.fault(event):
            raise yaml.MarkedYAMLError(problem=fault, problem_mark=cast("yaml.Mark", event.start_mark))
