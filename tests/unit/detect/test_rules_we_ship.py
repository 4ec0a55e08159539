"""The rules of content/rules: each says where it belongs, and proves itself by its samples."""

import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import jsonschema
import msgspec
import pytest
import yaml

from hemostat.detect.fields import LAKE, MICROS
from hemostat.detect.rules import CorrelationRule, Rule, RuleSet, load, shipped
from hemostat.detect.samples import misjudged, sample_table
from hemostat.events import Surface
from hemostat.kernel import BadInput, content

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
RULES = shipped()
SPEAKING = RULES.speaking
FILES = sorted(content("rules").glob("*.yml"))


def test_all_rules_can_be_used() -> None:
    """No shipped rule has a fault."""
    assert () == RULES.faults
    assert len(SPEAKING) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_follows_the_schema(path: Path) -> None:
    """The keys that Hemostat adds to Sigma are those of rule.schema.json."""
    schema = msgspec.json.decode((content("rules") / "rule.schema.json").read_bytes())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    # dates of YAML are texts in the schema's world
    documents = [msgspec.json.decode(msgspec.json.encode(document)) for document in yaml.safe_load_all(path.read_text("utf-8"))]

    assert [] == [error.message for document in documents for error in validator.iter_errors(document)]


@pytest.mark.parametrize("rule", SPEAKING, ids=lambda rule: rule.title)
def test_every_rule_proves_itself(rule: Rule | CorrelationRule) -> None:
    """A rule that raises alerts names its surface, finds its positive samples and passes over the negative ones."""
    assert rule.ours.surface in set(Surface)
    assert rule.ours.samples.positive
    assert rule.ours.samples.negative
    assert [] == misjudged(RULES, rule, start=START)


def test_every_playbook_is_there() -> None:
    """A rule names a playbook that exists, or none."""
    named = {rule.ours.playbook for rule in SPEAKING} - {""}

    assert {"storefront-session-leak"} <= named
    assert [] == [name for name in named if not (content("playbooks") / f"{name}.json").is_file()]


def test_every_field_is_one_of_the_lake() -> None:
    """A slip of the pen in the name of a field would make a rule that never matches."""
    assert frozenset() == RULES.fields() - LAKE.keys()


def test_every_surface_has_a_detector() -> None:
    """Each of the six surfaces is one of some rule that raises alerts."""
    assert set(Surface) == {rule.ours.surface for rule in SPEAKING}


def test_no_window_is_longer_than_a_day() -> None:
    """After a restart the windows are filled again from the lake, twice as far back as the longest."""
    assert {24 * 3600} == {max(rule.plan.span for rule in RULES.correlations) // MICROS}


def test_ids_are_unique() -> None:
    """No two rules share an id."""
    ids = [rule.id for rule in (*RULES.rules, *RULES.correlations)]

    assert len(ids) == len(set(ids))


def test_a_sample_that_is_judged_wrongly_is_named(tmp_path: Path) -> None:
    """Of a rule that finds nothing, every positive sample is named; of one that finds everything, every negative one."""
    text = (
        "title: T\nlogsource: {category: test}\ndetection: {s: {hemostat.act: 'page:read'}, condition: s}\n"
        "hemostat: {samples: {positive: [[{act: 'page:write'}]], negative: [[{act: 'page:write'}], [{act: 'page:read'}]]}}\n"
    )
    (tmp_path / "rule.yml").write_text(text)
    rules: RuleSet = load(tmp_path)

    assert ["positive 1", "negative 2"] == misjudged(rules, rules.rules[0], start=START)


def test_a_sample_repeats_its_events() -> None:
    """An event may stand for many, so many seconds apart, each with its number."""
    table = sample_table(
        [{"act": "page:read", "subject": "s{n}", "subject_next": "s{n+1}", "repeat": 2, "every": 30}, {"act": "page:write"}],
        start=START,
    )

    assert [("s1", "s2", 30), ("s2", "s3", 60), ("", "", 61)] == [
        (row["subject"], row["subject_next"], (row["time"] - START).total_seconds()) for row in table.to_pylist()
    ]


def test_a_sample_with_a_column_that_is_not_there() -> None:
    """A slip of the pen in a sample is named."""
    with pytest.raises(BadInput, match="'sourceip'"):
        sample_table([{"act": "page:read", "sourceip": "x"}], start=START)


def test_the_rule_of_the_manual_works(tmp_path: Path) -> None:
    """The rule that the how-to page builds, step by step, proves itself by the samples that it shows."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "write-a-rule.md").read_text("utf-8")
    first, second, ours = (dedent(block) for block in re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL))
    (tmp_path / "staff.yml").write_text(f"{first}---\n{second}{ours}")

    rules = load(tmp_path)

    assert () == rules.faults
    assert [] == misjudged(rules, rules.correlations[0], start=START)
