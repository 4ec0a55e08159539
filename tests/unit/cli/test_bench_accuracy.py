"""The judge of the scanner: what counts as found, what as an alarm, and what the corpora hold."""

from collections import Counter

import pytest

from hemostat.cli.bench_accuracy import CORPORA, Score, scored
from hemostat.cli.corpora import Labelled, Span, Value, labelled
from hemostat.phi.match import ENTITIES


def test_pieces_become_a_text_with_spans() -> None:
    """Each value stands where its span says."""
    made = labelled("form", "mail ", Value("j@x.example", "EMAIL"), "; ssn ", Value("900-12-3456", "SSN"))

    assert made.text == "mail j@x.example; ssn 900-12-3456"
    assert made.spans == (Span(5, 16, "EMAIL"), Span(22, 33, "SSN"))


def test_a_match_counts_once_and_by_half() -> None:
    """A value is found by a match of its kind that shares half with it; a second match, or one of another kind, is wrong."""
    text = Labelled(text="x" * 40, form="", spans=(Span(0, 10, "NAME"), Span(20, 30, "SSN")))

    exact = scored([text], [[Span(0, 10, "NAME"), Span(20, 30, "SSN")]])
    half = scored([text], [[Span(0, 5, "NAME"), Span(26, 30, "SSN")]])
    twice = scored([text], [[Span(0, 10, "NAME"), Span(0, 9, "NAME"), Span(20, 30, "PHONE")]])

    assert exact.together == Score(there=2, told=2, right=2)
    assert exact.together.f1 == 1.0
    assert half.together == Score(there=2, told=2, right=1)
    assert twice.entities["NAME"] == Score(there=1, told=2, right=1)
    assert (twice.entities["PHONE"].precision, twice.entities["SSN"].recall) == (0.0, 0.0)


def test_only_clean_lines_alarm() -> None:
    """An address of a caller is no alarm, and neither is a wrong match beside a value."""
    clean = Labelled(text="abc", form="")
    dirty = Labelled(text="abc", form="", spans=(Span(0, 1, "SSN"),))

    found = scored([clean, clean, clean, dirty], [[], [Span(0, 1, "IP")], [Span(0, 1, "NPI")], [Span(1, 2, "NPI")]])

    assert found.alarms == pytest.approx(1 / 3)


def test_nothing_there_and_nothing_told_is_right() -> None:
    """Empty corpora have a full score, and missing lists are an error."""
    assert scored([], []).together.f1 == 1.0
    assert scored([], []).alarms == 0.0
    with pytest.raises(ValueError, match="argument"):
        scored([Labelled(text="", form="")], [])


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_is_well_formed(name: str) -> None:
    """Its lines are the same for a seed, half of them clean, in many forms; spans are in order and apart; all kinds occur."""
    lines = list(CORPORA[name](4_000, seed=7))

    assert lines[:50] == list(CORPORA[name](50, seed=7))
    assert 0.4 < sum(not line.spans for line in lines) / len(lines) < 0.6
    assert len({line.form for line in lines}) >= 10
    counts = Counter(span.entity for line in lines for span in line.spans)
    assert set(counts) == set(ENTITIES)
    for line in lines:
        ends = [place for span in line.spans for place in (span.start, span.end)]
        assert ends == sorted(ends)
        assert all(span.end > span.start for span in line.spans)
        assert max(ends, default=0) <= len(line.text)
