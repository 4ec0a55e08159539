"""Events of any shape as a batch."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.fields import Field, Kind
from hemostat.detect.lines import read_lines

MOMENT = 1_772_460_240_000_000  # 2026-03-02T14:04:00Z


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a":1}{"a":2}', "not a JSON object"),
    ],
)
def test_bad_lines_are_named_by_number(line: bytes, reason: str) -> None:
    """A bad line is told with its number and keeps no other from being read."""
    lines = read_lines([b'\xef\xbb\xbf{"a":1}\n', b"\n", line, b'{"a":2}\r\n'], wanted=frozenset("a"), texts=False)

    assert [(3, reason)] == [tuple(bad) for bad in lines.bad]
    assert ["1", "4"] == lines.table["id"].to_pylist()


def test_types_may_differ_from_line_to_line() -> None:
    """A key may hold text here, a number there, a list elsewhere."""
    events = [{"a": 1}, {"a": "x"}, {"a": ["y", {"b": 1}, None, [2, 3]]}, {"a": {"b": True}}, {"a": None}, {"a": 1.5}]

    lines = read_lines([json.dumps(event).encode() for event in events], wanted=frozenset({"a", "a.b"}), texts=False)

    assert {"a": Kind.WORDS, "a.b": Kind.WORDS} == {name: field.kind for name, field in lines.fields.items()}
    column = lines.table[lines.fields["a"].sql.strip('"')].to_pylist()
    assert [["1"], ["x"], ["y", "2", "3"], None, None, ["1.5"]] == column
    assert [None, None, ["1"], ["true"], None, None] == lines.table[lines.fields["a.b"].sql.strip('"')].to_pylist()


def test_only_wanted_fields_are_kept() -> None:
    """Fields that no rule names cost no memory; the time is read all the same."""
    events = [b'{"a": 1, "b": 2, "@timestamp": "2026-03-02T14:04:00Z"}', b'{"b": 1}']

    lines = read_lines(events, wanted=frozenset({"a", "z"}), texts=False)

    assert ["a"] == list(lines.fields)
    assert [MOMENT, None] == lines.table["t"].to_pylist()
    assert (2,) == lines.untimed


def test_what_the_strict_reader_refuses() -> None:
    """Numbers beyond 64 bits, NaN and lone surrogates are read by the lenient reader."""
    event = b'{"a": NaN, "b": "\\ud800x", "c": 123456789012345678901234567890}'

    lines = read_lines([event], wanted=frozenset("abc"), texts=False)

    values = {name: lines.table[field.sql.strip('"')][0].as_py() for name, field in lines.fields.items()}
    assert {"a": "nan", "b": "?x", "c": "123456789012345678901234567890"} == values


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=12,
    )
)
def test_any_json_becomes_a_batch_or_a_bad_line(value: Any) -> None:
    """Nothing that can stand in a line makes reading fail."""
    wanted = frozenset(value) if isinstance(value, dict) else frozenset[str]()

    lines = read_lines([json.dumps(value).encode()], wanted=wanted, texts=True)

    assert (1 if isinstance(value, dict) else 0) == lines.table.num_rows
    assert lines.table.num_rows + len(lines.bad) == 1


def test_a_long_list_is_read_as_fast_as_many_short_ones() -> None:
    """The cost of a list grows with its length, not with the square of it."""
    long, short = [json.dumps({"a": list(range(100_000))}).encode()], [json.dumps({"a": list(range(100))}).encode()] * 1_000

    taken = []
    for events in (short, long):
        start = process_time()
        read_lines(events, wanted=frozenset("a"), texts=False)
        taken.append(process_time() - start)

    # the square would be a thousand times as much
    assert taken[1] < 20 * taken[0]


def test_all_texts_are_one_column() -> None:
    """What keywords look into is one list a line, whatever the keys; a key that no rule names has no column of its own."""
    events = [{f"key{n}": "x", "deep": {"list": [n, {"y": True}]}, "none": None} for n in range(3)]

    lines = read_lines([json.dumps(event).encode() for event in events], wanted=frozenset(), texts=True)

    assert (Field("texts", Kind.WORDS), {}) == (lines.texts, lines.fields)
    assert [["x", str(n), "true"] for n in range(3)] == lines.table["texts"].to_pylist()


def test_a_scalar_and_a_list_of_one_path_are_a_list() -> None:
    """A dotted key and the same path through a list of objects keep all their values."""
    lines = read_lines([b'{"a.b": 1, "a": [{"b": 2}, {"b": 3}]}'], wanted=frozenset({"a.b"}), texts=False)

    assert [["1", "2", "3"]] == lines.table[lines.fields["a.b"].sql.strip('"')].to_pylist()
