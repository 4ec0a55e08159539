"""Rules written in a test, and what they find in events written in a test."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from hemostat.detect.engine import Engine, Hit
from hemostat.detect.lines import read_lines
from hemostat.detect.rules import RuleSet, load

Load = Callable[[str], RuleSet]


@pytest.fixture
def rules_of(tmp_path: Path) -> Load:
    """Reads rules from YAML text."""

    def read(text: str) -> RuleSet:
        path = tmp_path / "rules.yml"
        path.write_text(dedent(text), "utf-8")
        return load(path)

    return read


@pytest.fixture
def hits() -> Callable[[RuleSet, Iterable[Mapping[str, Any]]], list[Hit]]:
    """What a set of rules finds in events of any shape, all in one batch."""

    def run(rules: RuleSet, events: Iterable[Mapping[str, Any]]) -> list[Hit]:
        raw = [json.dumps(event).encode() for event in events]
        lines = read_lines(raw, wanted=rules.fields(), texts=rules.everywhere)
        engine = Engine(rules, fields=lines.fields, texts=lines.texts, keep=10**9, window_rows=10**6, by_alert=False)
        found = engine.push(lines.table)
        engine.close()
        return found

    return run


@pytest.fixture
def matching(rules_of: Load, hits: Callable[..., list[Hit]]) -> Callable[..., list[int]]:
    """The lines, from 1, that a detection matches; raises the fault when the rule has one."""

    def run(detection: Any, events: Iterable[Mapping[str, Any]]) -> list[int]:
        body = detection if isinstance(detection, dict) and "condition" in detection else {"s": detection, "condition": "s"}
        rules = rules_of(
            json.dumps({"title": "under test", "logsource": {"category": "test"}, "detection": body}, ensure_ascii=False)
        )
        for fault in rules.faults:
            raise fault
        return [int(number) for hit in hits(rules, events) for number in hit.ids]

    return run


@pytest.fixture
def split() -> Callable[..., set[str]]:
    """The lines that a correlation tells when the events come in several batches; fails when a line is told twice."""

    def run(rules: RuleSet, events: Iterable[Mapping[str, Any]], *, cuts: Iterable[int]) -> set[str]:
        lines = read_lines([json.dumps(event).encode() for event in events], wanted=rules.fields(), texts=False)
        engine = Engine(rules, fields=lines.fields, keep=10**9, window_rows=10**6, by_alert=False)
        edges = sorted({0, lines.table.num_rows, *(cut for cut in cuts if cut < lines.table.num_rows)})
        told = [
            line
            for low, high in pairwise(edges)
            for hit in engine.push(lines.table.slice(low, high - low))
            if hit.rule.title == "Together"
            for line in hit.ids
        ]
        engine.close()
        assert len(told) == len(set(told))
        return set(told)

    return run
