"""Input that was made to hurt: the work stays within bounds, the fault has a name, and what stands beside it is read."""

import gzip
import json
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from fuzz.phi import SCANNER
from hemostat.detect.engine import Engine
from hemostat.detect.lines import read_lines
from hemostat.detect.rules import load
from hemostat.intake import bodies
from hemostat.intake.answers import Refused
from hemostat.phi.files import scan_input
from hemostat.sources import Raw, ReaderContext, Rejected
from unit.lake.planted import MAPPING, OPTIONS, SAMPLES
from unit.sources.reading import read_all

CONTEXT = ReaderContext(mapping=MAPPING)

_SMALL, _LARGE = 4_000, 64_000
_MOST_GROWTH = 80
"""Times the work for sixteen times the text: 16 for work that grows with the text, 256 for work that grows with its square."""

HURTFUL = {
    "letters": "a",
    "digits": "4111",
    "numbers": "4111 1111 1111 1111 ",
    "addresses": "jane@",
    "dots": "a.b.",
    "percent": "%25",
    "percent-octets": "%C3%A9",
    "backslashes": "\\",
    "escaped-quotes": '\\"',
    "references": "&amp;",
    "brackets": "[",
    "braces": '{"a":',
    "fields": "ssn: ",
    "lists": '"900-12-3456", ',
    "open-quotes": 'first_name="',
    "names": "Jane Doe ",
    "capitals": "Aa ",
    "segments": "PID|1|2|3^^^^SS~",
    "elements": "NM1*IL*1*Doe*",
    "codes": "\x1cCAJANE",
    "base64": "eyJh",
    "base64-many": " eyJhIjoiYiJ9aaaa",
    "tuples": "(a, b) VALUES (",
    "cells": "a,b,",
    "rows": "first_name,ssn\n",
    "pipes": "| name | dob |\n",
    "masks": "[EMAIL]",
    "dashes": "1-",
    "spaces": " ",
    "newlines": "\n",
    "dates": "1980-02-03,",
    "titles": "Dr. ",
    "streets": "12 Elm Street ",
    "markup": "<a x='",
    "php": 's:3:"dob";',
    "colons": "a:",
    "wide": "\u212a\u0130",
}


def growth(work: Callable[[str], object], piece: str) -> float:
    """How much more processor time the work on sixteen times the text takes."""

    def taken(size: int) -> float:
        text = piece * (size // len(piece))
        times = []
        for _ in range(2):
            began = time.process_time()
            work(text)
            times.append(time.process_time() - began)
        return min(times)

    return taken(_LARGE) / max(taken(_SMALL), 0.001)


@pytest.mark.parametrize("piece", HURTFUL.values(), ids=HURTFUL)
def test_a_long_line_takes_the_scanner_time_by_its_length(piece: str) -> None:
    """No text makes the scanner look at it again and again."""
    assert growth(SCANNER.scan, piece) < _MOST_GROWTH


@pytest.mark.parametrize("piece", HURTFUL.values(), ids=HURTFUL)
def test_a_long_line_takes_a_rule_reader_time_by_its_length(piece: str) -> None:
    """A line of an event, or of a file, of any length is read or named in time by its length."""
    assert growth(lambda text: read_lines([text.encode()], wanted=frozenset("a"), texts=True), piece) < _MOST_GROWTH
    assert (
        growth(lambda text: read_lines([json.dumps({"a": text}).encode()], wanted=frozenset("a"), texts=True), piece)
        < _MOST_GROWTH
    )


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("long", [b"x", b"[", b'{"a":', b"a=b&", b'"a" ', b"\xff", b"%41", b"\\x22", b"<a>", b"i:1;"])
def test_a_line_of_a_megabyte_is_read_or_named_and_the_batch_goes_on(kind: str, long: bytes) -> None:
    """Whatever fills it, one line of a megabyte is a record or a rejection; where lines stand alone, the next one is read."""
    _, content_type, body = SAMPLES[kind]
    hostile = long * (1_000_000 // len(long))

    found = read_all(kind, hostile + b"\n" + body, content_type=content_type, options=OPTIONS.get(kind, {}), context=CONTEXT)

    assert found
    assert all(isinstance(one, Raw | Rejected) for one in found)
    if kind in {"access-log", "magento-access", "s3-access-log", "events", "syslog", "cef"}:
        assert isinstance(found[-1], Raw), found[-1]


def test_a_bomb_goes_off_in_a_small_room() -> None:
    """A body or file of a few kilobytes that unpacks to a hundred megabytes is refused, or scanned piece by piece."""
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000, mtime=0), mtime=0)
    with pytest.raises(Refused) as caught:
        bodies.plain(gzip.decompress(bomb), "gzip", limit=1_000_000)
    assert caught.value.status == 413

    packed = gzip.compress(b" " * 8_000_000 + b"jane@x.example\n", mtime=0)
    assert ["EMAIL"] == [one.match.entity for one in scan_input("-", BytesIO(packed), SCANNER)]


_HEAD = "title: H\nlogsource: {category: x}\n"


@pytest.mark.parametrize(
    "value",
    [
        "a: '" + "*a" * 30 + "*b'",
        "a: '" + "a*?" * 20 + "b'",
        "a|re: '(a+)+$'",
        "a|re: '^(a|aa)+b$'",
        "a|re: '(.*,){20}b'",
        "a|re: '((x{9}){9}){9}'",
        "a|re: '(((((x{99}){99}){99}){99}){99})'",
        "a|contains|all: [" + ", ".join(["'*a*'"] * 200) + "]",
    ],
)
def test_no_expression_of_a_rule_takes_for_ever(tmp_path: Path, value: str) -> None:
    """An expression on which others would turn round and round is a fault, or is answered; the rule beside it finds its event."""
    (tmp_path / "hurtful.yml").write_text(f"{_HEAD}detection:\n  s:\n    {value}\n  condition: s\n")
    (tmp_path / "good.yml").write_text("title: Good\nlogsource: {category: x}\ndetection: {s: {b: 1}, condition: s}\n")
    rules = load(tmp_path)
    lines = read_lines([json.dumps({"a": "a" * 3000, "b": "1"}).encode()], wanted=rules.fields(), texts=rules.everywhere)

    hits = Engine(rules, fields=lines.fields, texts=lines.texts, keep=9, window_rows=99, by_alert=False).push(lines.table)

    assert "Good" in [hit.rule.title for hit in hits]


@pytest.mark.parametrize(
    "text",
    [
        "b0: &b0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 10)),
        "b0: &b0 {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}\n" for n in range(1, 30)),
        "[" * 100_000,
        f"{_HEAD}detection: {{s: {{a: 1}}, condition: '{'not ' * 3000}s'}}\n",
        f"{_HEAD}detection: {{s: {{a|base64offset|contains: x, 'b|windash': '{' -a' * 40}'}}, condition: s}}",
    ],
    ids=["aliases", "merges", "deep", "nots", "dashes"],
)
def test_a_rule_that_does_not_parse_is_named_and_keeps_no_other_from_working(tmp_path: Path, text: str) -> None:
    """The fault names the file, whatever was done to the reader, and the rule beside it can be used."""
    (tmp_path / "hurtful.yml").write_text(text)
    (tmp_path / "good.yml").write_text("title: Good\nlogsource: {category: x}\ndetection: {s: {b: 1}, condition: s}\n")

    rules = load(tmp_path)

    assert ["Good"] == [rule.title for rule in rules.rules]
    assert ["hurtful.yml"] == [fault.path.name for fault in rules.faults]
    assert all(len(str(fault)) < 600 for fault in rules.faults)


def test_brackets_in_a_condition_are_read_or_named(tmp_path: Path) -> None:
    """A condition within thousands of brackets is a rule or a fault, and ends nothing else."""
    (tmp_path / "hurtful.yml").write_text(f"{_HEAD}detection: {{s: {{a: 1}}, condition: '{'(' * 3000}s{')' * 3000}'}}\n")
    (tmp_path / "good.yml").write_text("title: Good\nlogsource: {category: x}\ndetection: {s: {b: 1}, condition: s}\n")

    rules = load(tmp_path)

    assert "Good" in [rule.title for rule in rules.rules]
    assert len(rules.rules) + len(rules.faults) == 2
