"""Rules are asked of batches that have the acts which they look for, and of no others."""

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pytest

from hemostat.detect import Detector, runner
from hemostat.detect.acts import Acts, acts_of, asked_together
from hemostat.detect.rules import CorrelationRule, Rule, load, shipped
from hemostat.detect.samples import sample_table
from hemostat.events import SCHEMA

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
SHIPPED = shipped()
RULE = """
title: A rule
logsource: {{product: hemostat}}
detection:
{detection}
"""


@pytest.mark.parametrize(
    ("detection", "acts"),
    [
        ("  s: {hemostat.act: 'order:read'}\n  condition: s", {"order:read"}),
        ("  s: {hemostat.act: ['order:read', 'ORDER:UPDATE']}\n  condition: s", {"order:read", "order:update"}),
        (
            "  s: {hemostat.act: 'meeting:*', hemostat.surface: x}\n  condition: s",
            {"meeting:open", "meeting:join", "meeting:close"},
        ),
        ("  s: {hemostat.act|endswith: ':mint'}\n  condition: s", {"token:mint"}),
        ("  s: {hemostat.act: 'meeting:?oin'}\n  condition: s", {"meeting:join"}),
        ("  s: {hemostat.act|cased: 'order:read'}\n  condition: s", {"order:read"}),
        ("  s: {hemostat.act: 'order:read'}\n  t: {hemostat.act: 'order:update'}\n  condition: s and t", set()),
        (
            "  s: {hemostat.act: 'order:read'}\n  t: {hemostat.act: 'order:update'}\n  condition: s or t",
            {"order:read", "order:update"},
        ),
        ("  s: {hemostat.act: 'order:read'}\n  t: {hemostat.surface: x}\n  condition: s or t", None),
        ("  s: {hemostat.act: 'order:read'}\n  t: {hemostat.surface: x}\n  condition: s and not t", {"order:read"}),
        ("  s: {hemostat.act: 'order:read'}\n  condition: not s", None),
        ("  s: {hemostat.act|re: 'order:.*'}\n  condition: s", None),
        ("  s: ['word']\n  condition: s", None),
        ("  s: {hemostat.act: 'no:act'}\n  condition: s", set()),
    ],
)
def test_the_acts_of_a_rule(tmp_path: Path, detection: str, acts: set[str] | None) -> None:
    """What the conditions demand of the act is told, as narrowly as is certain."""
    (tmp_path / "rule.yml").write_text(RULE.format(detection=detection), encoding="utf-8")
    (rule,) = load(tmp_path).rules

    assert acts == acts_of(rule.sigma)


def test_every_rule_is_asked_once_and_beside_its_correlations() -> None:
    """Rules and correlations stand in one question each, a correlation with all of its rules."""
    asked = asked_together(SHIPPED)

    assert list(range(len(SHIPPED.rules))) == sorted(chain.from_iterable(rules for _, rules, _ in asked))
    assert list(range(len(SHIPPED.correlations))) == sorted(chain.from_iterable(numbers for *_, numbers in asked))
    for acts, rules, correlations in asked:
        for number in correlations:
            assert set(SHIPPED.correlations[number].plan.rules) <= set(rules)
        for number in rules:
            own: Acts = acts_of(SHIPPED.rules[number].sigma)
            assert acts is None or (own is not None and own <= acts)
    assert len(asked) > 5


def test_asking_fewer_rules_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the samples of all rules, batch by batch, the findings are those of asking every rule of every batch."""
    rules: list[Rule | CorrelationRule] = [*SHIPPED.rules, *SHIPPED.correlations]
    runs = [
        [{**event, "store": f"{number}-{place}"} for event in run]
        for number, rule in enumerate(rules)
        for place, run in enumerate((*rule.ours.samples.positive, *rule.ours.samples.negative))
    ]
    tables = [sample_table(run, start=START) for run in runs]
    batches = [pa.concat_tables([SCHEMA.empty_table(), *tables[first : first + 7]]) for first in range(0, len(tables), 7)]
    fewer = Detector(SHIPPED)
    monkeypatch.setattr(runner, "ACT", "none")
    every = Detector(SHIPPED)

    found = [(fewer.push(batch), every.push(batch)) for batch in batches]

    assert any(one for one, _ in found)
    for one, other in found:
        assert one == other
    fewer.close()
    every.close()
