"""Reading rules: what is wrong is named, and what is right works on."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hemostat.detect.rules import RuleSet, load
from hemostat.kernel import BadInput

GOOD = "title: Good\nlogsource: {category: test}\ndetection: {s: {a: 1}, condition: s}\n"


@pytest.mark.parametrize(
    ("text", "title", "reason"),
    [
        ("title: [", "bad", "not YAML"),
        ("a: &a [*a]", "bad", "recursion"),
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


def test_the_fields_that_rules_name(rules_of: Callable[..., RuleSet]) -> None:
    """Fields of conditions, references, groups and counts; a keyword looks into all of them."""
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

    assert frozenset("abcdef") == rules.fields()
    assert rules_of("title: K\nlogsource: {category: test}\ndetection: {k: [word], condition: k}\n").fields() is None


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
