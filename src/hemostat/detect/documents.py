"""The documents of a file of rules, within bounds: whoever writes a rule cannot hold up the others by its size.

What is bounded: the bytes of a file; the levels of a document; what a document holds once its aliases stand for what they name;
what documents that share parts (`action`) come to together; and the copies that a counted repetition makes in a pattern.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hemostat.kernel.yamls import yaml_documents

LARGEST = 500_000
"""Bytes of a file; and letters of what it holds, each value counting ten more."""

MOST_COPIES = 1_000
"""Steps that counted repetitions may add to one pattern. RE2 would take some hundred thousand, and seconds for each row."""

_DEEPEST = 100  # levels of a document: the loader in C goes down by recursion, and would take the process with it
_SHARED = 20  # times `LARGEST`, for documents that are merged with a global part: each has a copy of it
_EACH = 10  # letters that any value counts for
_TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|\(\?[a-zA-Z]*[:)]|.", re.DOTALL)


class TooLarge(ValueError):
    """A file, a document or a pattern is beyond its bound; the words name the bound."""


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file, without empty ones.

    Raises `OSError`, `UnicodeDecodeError`, `yaml.YAMLError`, and `TooLarge` for what is beyond a bound.
    """
    if path.stat().st_size > LARGEST:
        raise TooLarge(f"the file has more than {LARGEST:,} bytes; split it")
    text = path.read_text("utf-8")
    size = _size(text)
    found = [document for document in yaml_documents(text) if document is not None]
    if together(found) and size * len(found) > LARGEST * _SHARED:
        raise TooLarge(f"its {len(found)} documents with `action` are too much together; split the file")
    return found


def together(found: list[Any]) -> bool:
    """Do these documents make rules only together, as the older `action` documents do?"""
    return any(isinstance(document, dict) and "action" in document for document in found)


def copies(pattern: str) -> int:
    """Steps that the counted repetitions of a regular expression add to it: `(ab){3}` is six steps, four more than `ab`."""
    added, last = 0, 0  # last: steps of what a repetition would repeat
    steps = [0]  # of each group that is open
    for token in _TOKENS.finditer(pattern):
        text = token[0]
        if text == "(" or (text.startswith("(?") and text.endswith(":")):
            steps.append(0)
        elif text == ")" and len(steps) > 1:
            last = steps.pop()
            steps[-1] += last
        elif token[1] is not None:
            more = last * (max(int(token[1]), int(token[2] or 0), 1) - 1)
            added, last = added + more, last + more
            steps[-1] += more
        elif text not in "|?*+^$":
            last = 1
            steps[-1] += 1
    return added


def _size(text: str) -> int:
    """Letters that the documents hold, every alias counting as what it stands for. Raises `TooLarge`."""
    size, depth = 0, 0
    known: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    for event in _events(text):
        before = size
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            opened.append((event.anchor, before))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            anchor, before = opened.pop()
            if anchor:
                known[anchor] = size - before
        elif isinstance(event, yaml.ScalarEvent):
            size += len(event.value) + _EACH
            if event.anchor:
                known[event.anchor] = size - before
        elif isinstance(event, yaml.AliasEvent):
            size += known.get(event.anchor or "", _EACH)
        if depth > _DEEPEST:
            raise TooLarge(f"it is nested more than {_DEEPEST} levels deep")
        if size > LARGEST:
            raise TooLarge(f"it holds more than {LARGEST:,} letters once its aliases are written out; split it")
    return size


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=yaml.CSafeLoader)
