"""Recognizers of Presidio's in a scan of files: what is written down is run, what is code is called, neither ends the scan."""

import io
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hemostat.kernel import BadInput
from hemostat.phi import Scanner
from hemostat.phi.files import scan_input, scan_path
from hemostat.phi.foreign import Foreign, sheet_read

SCANNER = Scanner()
SHEET = r"""
global_regex_flags: 26
supported_languages: [en]
recognizers:
  - name: Chart
    supported_language: en
    supported_entity: CHART
    patterns:
      - {name: chart, regex: '\bCH-\d{4}\b', score: 0.7}
      - {name: looks back, regex: '(?<=x)\d', score: 0.9}
      - {name: nothing, regex: 'q*', score: 0.9}
  - name: Zip
    supported_entity: ZIP
    patterns: [{name: zip (weak), regex: '(\b\d{5}\b)', score: 0.2}]
    supported_languages:
      - {language: en, context: [zip]}
      - {language: de, context: [plz]}
      - fr
    context: [code]
  - name: Titles
    supported_entity: TITLE
    deny_list: [Mr, Mr., Mrs.]
  - name: Idle
    enabled: false
    supported_entity: IDLE
    deny_list: [jane]
  - name: No word
    supported_entity: no word
    deny_list: [jane]
  - CreditCardRecognizer
  - {name: UsSsnRecognizer, type: predefined}
"""


class Found(NamedTuple):
    """What code of somebody else answers."""

    entity_type: Any
    start: Any
    end: Any
    score: Any


class Says:
    """A recognizer that gives the same answer to every text, or raises it."""

    supported_entities = ("PERSON",)

    def __init__(self, *answers: object) -> None:
        self._answers = answers

    def analyze(self, text: str, entities: list[str], nlp_artifacts: None) -> list[Any] | None:
        """The answers."""
        del text
        assert entities == ["PERSON"]
        assert nlp_artifacts is None
        if self._answers and isinstance(self._answers[0], Exception):
            raise self._answers[0]
        return list(self._answers) or None


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A file of recognizers."""
    path = tmp_path / "recognizers.yaml"
    path.write_text(SHEET)
    return path


def found(text: str, foreign: Foreign) -> list[tuple[str, str, float]]:
    """The entities, values and scores that are told of a text."""
    return [(one.entity, text[one.start : one.end], one.score) for one in foreign.added(text, SCANNER.scan(text))]


def test_what_is_written_down_is_run(sheet: Path) -> None:
    """Expressions, words as wholes, and context; offsets are code points, whatever else the text holds."""
    foreign = Foreign(sheet_read(sheet).analyzers)

    assert [("CHART", "ch-1234", 0.7)] == found("é\ud83d\ude00\ud800 ch-1234", foreign)
    assert [("ZIP", "10023", 0.55)] == found("Zip code: 10023", foreign)
    assert [("ZIP", "10023", 0.55)] == found("PLZ 10023", foreign)
    assert [] == found("10023", foreign)
    assert [("TITLE", "Mr.", 1.0), ("TITLE", "mrs.", 1.0)] == found("Mr.; mrs.; xMr; Mr7", foreign)
    assert foreign.faults.total() == 0


def test_what_cannot_be_run_is_named(sheet: Path) -> None:
    """An expression that RE2 does not know, code of Presidio's, and a kind of data that is no word; the rest is there."""
    told = sheet_read(sheet)

    assert ["Chart", "Zip", "Titles"] == [name for name, _ in told.analyzers]
    assert [
        "Chart: the expression 'looks back' is none that RE2 knows",
        "No word: 'no word' is no kind of data, such as CHART_NUMBER",
        "CreditCardRecognizer: it is code of Presidio's, and none is written down here",
        "UsSsnRecognizer: it is code of Presidio's, and none is written down here",
    ] == told.left_out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("recognizers: [", "are not YAML: line"),
        ("recognizers: [{patterns: [{regex: x, score: high}]}]", "score"),
        ("other: []", "recognizers"),
        ("a: &a [*a]", "holds itself"),
        ("[]", "Expected `object`"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """The error names the file and the place."""
    path = tmp_path / "own.yaml"
    path.write_text(text)

    with pytest.raises(BadInput, match=r"own\.yaml") as caught:
        sheet_read(path)
    assert told in str(caught.value)
    with pytest.raises(BadInput, match=r"gone\.yaml cannot be read: No such file"):
        sheet_read(tmp_path / "gone.yaml")


def test_flags_are_those_of_the_file(tmp_path: Path) -> None:
    """Without flags capital letters count, in expressions and in words."""
    path = tmp_path / "own.yaml"
    path.write_text(
        "global_regex_flags: 0\nrecognizers: [{supported_entity: A, patterns: [{regex: ab, score: 1}], deny_list: [cd]}]"
    )
    foreign = Foreign(sheet_read(path).analyzers)

    assert [("A", "ab", 1.0), ("A", "cd", 1.0)] == found("ab AB cd CD", foreign)


def test_no_expression_takes_for_ever(tmp_path: Path) -> None:
    """What makes others turn round and round is answered at once."""
    path = tmp_path / "own.yaml"
    path.write_text(
        "recognizers: [{supported_entity: A, patterns: [{regex: '(a+)+$', score: 1}, {regex: '(a|aa)+b', score: 1}]}]"
    )

    foreign = Foreign(sheet_read(path).analyzers)

    assert [] == foreign.added("a" * 50_000 + "!", [])
    assert [(0, 50_000)] == [(one.start, one.end) for one in foreign.added("a" * 50_000, [])]


def test_code_is_called_and_its_kinds_are_ours_where_we_have_a_word() -> None:
    """An answer of none is one too; what is not sure enough is not told; of two that overlap the surer one stays."""
    text = "jane@x.example and Jane"

    assert [("EMAIL", "jane@x.example", 0.95)] == found(text, Foreign([("silent", Says())]))
    named = Foreign([("names", Says(Found("PERSON", 19, 23, 0.85), Found("PERSON", 0, 4, 0.3), Found("LOCATION", 0, 4, 0.6)))])
    assert [("EMAIL", "jane@x.example", 0.95), ("NAME", "Jane", 0.85)] == found(text, named)
    surer = Foreign([("sure", Says(Found("EMPLOYEE", 0, 14, 1)))])
    assert [("EMPLOYEE", "jane@x.example", 1.0)] == found(text, surer)
    (match,) = surer.added(text, SCANNER.scan(text))
    assert ("***", "recognizer sure") == (match.masked, match.why)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (RuntimeError("jane@x.example"), "odd: RuntimeError"),
        (RecursionError(), "odd: RecursionError"),
        (Found("A", 0, 99, 0.9), "odd: ValueError"),
        (Found("A", 3, 3, 0.9), "odd: ValueError"),
        (Found("A", -1, 3, 0.9), "odd: ValueError"),
        (Found("jane", 0, 3, 0.9), "odd: ValueError"),
        (Found("A", 0, 3, 9.0), "odd: ValueError"),
        (Found(None, 0, 3, 0.9), "odd: TypeError"),
        (Found("A", None, 3, 0.9), "odd: TypeError"),
        (object(), "odd: AttributeError"),
    ],
)
def test_code_that_fails_is_named_and_ends_nothing(answer: object, fault: str) -> None:
    """Our matches stay, those of others stay, and the fault shows nothing of the text."""
    foreign = Foreign([("odd", Says(answer)), ("good", Says(Found("PERSON", 0, 4, 0.95)))])

    assert [("NAME", "jane", 0.95)] == found("jane", foreign)
    assert {fault: 1} == dict(foreign.faults)


def test_lines_and_cells_are_looked_at(tmp_path: Path, sheet: Path) -> None:
    """What others find stands in its line, and in its cell of a database."""
    foreign = Foreign(sheet_read(sheet).analyzers)

    lines = scan_input("-", io.BytesIO(b"a\nnumber ch-1234\n"), SCANNER, foreign=foreign)
    assert [(2, 7, 14, "CHART")] == [(one.line, one.match.start, one.match.end, one.match.entity) for one in lines]
    path = tmp_path / "a.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (note TEXT)")
        database.execute("INSERT INTO t VALUES ('ch-1234')")
    database.close()
    assert [("t.note", "CHART")] == [(one.cell, one.match.entity) for one in scan_path(path, SCANNER, foreign=foreign)]
