"""Reading rules: what is wrong is named, and what is right works on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hemostat.detect.rules import RuleSet, load
from hemostat.kernel import BadInput

GOOD = "title: Good\nlogsource: {category: test}\ndetection: {s: {a: 1}, condition: s}\n"


@pytest.mark.parametrize(
    ("text", "title", "reason"),
    [
        ("title: [", "bad", "not YAML"),
        ("a: &a [*a]", "bad", "holds itself"),
        ("[" * 100_000, "bad", "nested more than 100 levels deep"),
        (f"a: {'[' * 99}{']' * 99}", "bad", "(?i)title"),
        ("- just\n- a list", "bad", "map of keys"),
        ("title: T\ndetection: {s: {a: 1}, condition: s}", "T", "log source"),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: nothing}", "T", "nothing"),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: s and}", "T", "(?i)condition|expected"),
        (
            "title: T\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: 's | count() > 5'}",
            "T",
            "(?i)pipe|aggreg|deprecat",
        ),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {a: 2026-01-01}, condition: s}", "T", "(?i)type"),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {'a|re': '(x'}, condition: s}", "T", "(?i)regular expression"),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {}, condition: s}", "T", "(?i)empty|nothing|detection"),
        ("title: T\nid: no-uuid\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: s}", "T", "(?i)uuid|id"),
        ("title: T\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: s}\nhemostat: {surfaces: x}", "T", "surfaces"),
        ("title: T\nlevel: 7\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: s}", "T", "(?i)level"),
        ("action: nonsense\ntitle: T", "T", "nonsense"),
    ],
)
def test_a_bad_rule_is_named_and_keeps_no_other_from_working(tmp_path: Path, text: str, title: str, reason: str) -> None:
    """The fault names the file, the rule and what is wrong; the rule beside it is usable."""
    (tmp_path / "bad.yml").write_text(text)
    (tmp_path / "good.yml").write_text(GOOD)

    rules = load(tmp_path)

    assert ["Good"] == [rule.title for rule in rules.rules]
    (fault,) = rules.faults
    assert (tmp_path / "bad.yml", title) == (fault.path, fault.title)
    assert str(fault).startswith(f"bad.yml: rule '{title}': ")
    assert re.search(reason, fault.reason), fault.reason
    assert "others run" in fault.advice()


def test_a_bad_document_keeps_its_neighbors(tmp_path: Path) -> None:
    """Several rules in a file stand each alone."""
    (tmp_path / "three.yaml").write_text(f"{GOOD}---\ntitle: Bad\n---\n{GOOD.replace('Good', 'Better')}---\n")

    rules = load(tmp_path)

    assert (["Good", "Better"], ["Bad"]) == ([rule.title for rule in rules.rules], [fault.title for fault in rules.faults])


def test_bytes_that_are_no_text_are_a_fault(tmp_path: Path) -> None:
    """A file that is not UTF-8 is named."""
    (tmp_path / "bad.yml").write_bytes(b"title: \xff\xfe")

    assert ["bad"] == [fault.title for fault in load(tmp_path).faults]


def test_documents_with_actions_belong_together(rules_of: Callable[..., RuleSet]) -> None:
    """Global and repeated parts of the older format work."""
    rules = rules_of(
        """
        action: global
        title: Shared
        logsource: {category: test}
        ---
        detection: {s: {a: 1}, condition: s}
        ---
        action: repeat
        detection: {s: {a: 2}, condition: s}
        """
    )

    assert (["Shared", "Shared"], ()) == ([rule.title for rule in rules.rules], rules.faults)


def test_a_filter_narrows_the_rules_that_it_names(rules_of: Callable[..., RuleSet], hits: Callable[..., list[object]]) -> None:
    """Sigma filters apply."""
    rules = rules_of(
        """
        title: Anyone
        name: anyone
        logsource: {category: test}
        detection: {s: {a: 1}, condition: s}
        ---
        title: Not the robot
        logsource: {category: test}
        filter: {rules: [anyone], robot: {who: robot}, condition: not robot}
        """
    )

    assert (("2",),) == tuple(hit.ids for hit in hits(rules, [{"a": 1, "who": "robot"}, {"a": 1, "who": "eve"}]))


def test_files_are_found_below_folders_and_alone(tmp_path: Path) -> None:
    """A folder is read with all below it, in the order of names; a file may be named itself; others are passed over."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.yaml").write_text(GOOD.replace("Good", "B"))
    (tmp_path / "a.yml").write_text(GOOD.replace("Good", "A"))
    (tmp_path / "notes.txt").write_text("no rule")

    assert ["A", "B"] == [rule.title for rule in load(tmp_path).rules]
    assert ["A"] == [rule.title for rule in load(tmp_path / "a.yml").rules]


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    """Asking for rules where none can be is an error, not an empty set."""
    with pytest.raises(BadInput, match="no rules at"):
        load(tmp_path / "nowhere")


def test_how_a_rule_is_called(rules_of: Callable[..., RuleSet]) -> None:
    """A rule's own id comes first, then its title."""
    rules = rules_of(f"{GOOD}id: 3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03\n---\n{GOOD}level: high\n")

    assert [("3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03", "medium"), ("Good", "high")] == [
        (rule.id, rule.level) for rule in rules.rules
    ]


def test_rules_of_one_title_are_told_apart(rules_of: Callable[..., RuleSet], hits: Callable[..., list[Any]]) -> None:
    """Two rules with the same title and no id both match, and each is called by its title and its place."""
    rules = rules_of(f"{GOOD}---\n{GOOD.replace('a: 1', 'b: 1')}---\n{GOOD.replace('Good', 'Other')}")

    assert [("Good (rules.yml, 1)", ("1",)), ("Good (rules.yml, 2)", ("2",)), ("Other", ("1",))] == [
        (hit.rule.id, hit.ids) for hit in hits(rules, [{"a": 1}, {"b": 1}])
    ]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The place of a rule is that below the folder, so that it does not change with the machine."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.yml").write_text(GOOD)

    assert ["Good (one/r.yml, 1)", "Good (two/r.yml, 1)"] == [rule.id for rule in load(tmp_path).rules]


def test_a_place_counts_what_is_broken(rules_of: Callable[..., RuleSet]) -> None:
    """To mend a rule does not change what its neighbors are called."""
    broken = "title: Bad\n"
    whole = GOOD.replace("Good", "Bad")

    ids = [[rule.id for rule in rules_of(f"{GOOD}---\n{middle}---\n{GOOD}").rules] for middle in (broken, whole)]

    assert [["Good (rules.yml, 1)", "Good (rules.yml, 3)"], ["Good (rules.yml, 1)", "Bad", "Good (rules.yml, 3)"]] == ids


def test_an_id_belongs_to_one_rule(tmp_path: Path) -> None:
    """Of two rules with one id, or a rule and a correlation, the second is left out; both files are named."""
    mine = "id: 3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03\n"
    (tmp_path / "a.yml").write_text(f"{GOOD}name: good\n{mine}")
    (tmp_path / "b.yml").write_text(f"{GOOD.replace('Good', 'Twin')}{mine}")
    (tmp_path / "c.yml").write_text(
        f"title: C\n{mine}correlation: {{type: event_count, rules: [good], timespan: 1m, condition: {{gte: 2}}}}\n"
    )

    rules = load(tmp_path)

    assert (["Good"], ()) == ([rule.title for rule in rules.rules], rules.correlations)
    reason = "its id 3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03 is already that of a rule in a.yml"
    assert [f"b.yml: rule 'Twin': {reason}", f"c.yml: rule 'C': {reason}"] == [str(fault) for fault in rules.faults]


def test_a_rule_that_cannot_be_used_takes_no_id(rules_of: Callable[..., RuleSet]) -> None:
    """When the first of two rules with one id is broken, the second works."""
    mine = "id: 3c9a7f52-1f0e-4a57-9f7b-0a9b8c7d6e03\n"
    broken = GOOD.replace("a: 1", "'a|re': '(?!x)y'").replace("Good", "Broken")

    rules = rules_of(f"{broken}{mine}---\n{GOOD}{mine}")

    assert (["Good"], ["Broken"]) == ([rule.title for rule in rules.rules], [fault.title for fault in rules.faults])


def test_the_fields_that_rules_name(rules_of: Callable[..., RuleSet]) -> None:
    """Fields of conditions, references, groups and counts; a keyword names none and looks everywhere."""
    rules = rules_of(
        """
        title: One
        name: one
        logsource: {category: test}
        detection: {s: {a: 1, 'b|fieldref': c}, t: {'d|exists': true}, condition: s or not t}
        ---
        title: Two
        correlation: {type: value_count, rules: [one], group-by: [e], timespan: 1m, condition: {field: f, gte: 2}}
        """
    )

    assert (frozenset("abcdef"), False) == (rules.fields(), rules.everywhere)
    keyword = rules_of("title: K\nlogsource: {category: test}\ndetection: {k: [word], s: {a: 1}, condition: k or s}\n")
    assert (frozenset("a"), True) == (keyword.fields(), keyword.everywhere)


def test_alerts_are_told_apart_by_fields_of_the_group(rules_of: Callable[..., RuleSet]) -> None:
    """`alert_by` must name fields of the group."""
    correlation = "{type: event_count, rules: [good], timespan: 1m, condition: {gte: 2}}"
    text = f"{GOOD}name: good\n---\ntitle: C\nhemostat: {{alert_by: [ip]}}\ncorrelation: {correlation}\n"

    (fault,) = rules_of(text).faults

    assert "alert_by names 'ip'" in fault.reason


def test_a_correlation_over_a_bad_rule_is_a_fault_too(rules_of: Callable[..., RuleSet]) -> None:
    """Both are named: the bad rule, and the one that needs it."""
    rules = rules_of(
        """
        title: Bad
        name: bad
        logsource: {category: test}
        detection: {s: {'a|re': '(?!x)y'}, condition: s}
        ---
        title: Needs it
        correlation: {type: event_count, rules: [bad], timespan: 1m, condition: {gte: 2}}
        """
    )

    assert ["Bad", "Needs it"] == [fault.title for fault in rules.faults]
