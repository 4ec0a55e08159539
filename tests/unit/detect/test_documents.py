"""Files of rules are read within bounds, so that nobody's rule holds up the others."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.documents import LARGEST, MOST_COPIES, TooLarge, copies, documents
from hemostat.detect.rules import load
from unit.detect.own import rule_text

LAUGHS = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"title: {'x' * LARGEST}", "more than 500,000 bytes"),
        (LAUGHS, "once its aliases are written out"),
        (f"long: &long {'x' * 50_000}\nlist: [{', '.join(['*long'] * 20)}]", "once its aliases are written out"),
        ("[" * 200, "nested more than 100 levels deep"),
        ("action: global\ntitle: " + "x" * 100_000 + "\n---\n" + "action: repeat\n---\n" * 200, "documents with `action`"),
    ],
    ids=["bytes", "many aliases", "long aliases", "levels", "actions"],
)
def test_what_is_beyond_a_bound_is_refused_in_words(tmp_path: Path, text: str, reason: str) -> None:
    """Each bound is named, and nothing was built of the document before."""
    with pytest.raises(TooLarge, match=re.escape(reason)):
        documents(written(tmp_path / "rule.yml", text))


def test_what_is_within_the_bounds_is_read(tmp_path: Path) -> None:
    """Aliases stand for what they name, empty documents are left out."""
    text = "one: &one {a: [1, 2]}\ntwo: *one\nthree: &three word\nfour: [*three, *three]\n---\n---\nfive: 5\n"

    assert [
        {"one": {"a": [1, 2]}, "two": {"a": [1, 2]}, "three": "word", "four": ["word", "word"]},
        {"five": 5},
    ] == documents(written(tmp_path / "rule.yml", text))


@pytest.mark.parametrize(
    ("pattern", "added"),
    [
        ("abc", 0),
        ("a{3}", 2),
        ("a{3,7}", 6),
        ("a{3,}", 2),
        ("a{0}", 0),
        ("(ab){3}", 4),
        ("(?:ab){3}", 4),
        ("(?i:ab){3}", 4),
        ("(?i)ab{3}", 2),
        ("(a{10}){10}", 99),
        ("(a|bc){3}", 6),
        ("a+b*c?", 0),
        ("[{3}]{4}", 3),
        ("[]x]{4}", 3),
        (r"\d{4}", 3),
        (r"\{3\}", 0),
        ("a{x}", 0),
        (")a{3}", 2),
    ],
)
def test_the_copies_that_counting_makes(pattern: str, added: int) -> None:
    """A repetition by count stands for so many more steps; classes and escapes are one step, alternatives all theirs."""
    assert added == copies(pattern)


@given(inner=st.integers(1, 30), outer=st.integers(1, 30))
def test_counts_within_counts_multiply(inner: int, outer: int) -> None:
    """Steps within steps: none is forgotten."""
    assert inner * outer - 1 == copies(f"(a{{{inner}}}){{{outer}}}")


@pytest.mark.parametrize(
    "pattern",
    [f"(?:xy){{{MOST_COPIES // 2}}}z{{{MOST_COPIES // 2 + 2}}}", ".{400}a.{400}b.{400}", "((a{100}){5}b{9}){2}"],
    ids=["one", "several", "nested"],
)
def test_a_pattern_that_counts_too_far_is_a_fault(tmp_path: Path, pattern: str) -> None:
    """It is named, wherever it stands in the rule, and the rule beside it works."""
    for place in (f"{{s: {{hemostat.path|re: '{pattern}'}}, condition: s}}", f"{{s: {{'|re': '{pattern}'}}, condition: not s}}"):
        text = rule_text().replace("detection: {s: {hemostat.act: 'page:read'}, condition: s}", f"detection: {place}")
        written(tmp_path / "bad.yml", text)
        written(tmp_path / "good.yml", rule_text(id="", title="Good"))

        found = load(tmp_path)

        assert ["Good"] == [rule.title for rule in found.rules]
        (fault,) = found.faults
        assert "repeats by count" in fault.reason
        assert "bad.yml" in str(fault)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_is_catastrophic_elsewhere_is_linear_here(tmp_path: Path, pattern: str, hits: Any) -> None:
    """What would keep engines that try again busy until the world ends is asked of a long text, and answered: not found."""
    text = rule_text().replace("{hemostat.act: 'page:read'}", f"{{a|re: '{pattern}'}}")
    written(tmp_path / "rule.yml", text)

    assert [] == hits(load(tmp_path), [{"a": "a" * 20_000 + "!"}] * 20)
