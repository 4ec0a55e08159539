"""Events of any shape as a batch."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.fields import Kind
from hemostat.detect.lines import micros, read_lines

MOMENT = 1_772_460_240_000_000  # 2026-03-02T14:04:00Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T14:04:00Z", MOMENT),
        ("2026-03-02T09:04:00-05:00", MOMENT),
        ("2026-03-02 14:04:00", MOMENT),
        ("2026-03-02T14:04:00.123456789Z", MOMENT + 123_456),
        ("20260302T140400Z", MOMENT),
        (str(MOMENT // 10**6), MOMENT),
        (str(MOMENT // 10**3), MOMENT),
        (str(MOMENT), MOMENT),
        (str(MOMENT * 1000), MOMENT),
        (f"{MOMENT // 10**6}.5", MOMENT + 500_000),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("1e300", None),
        ("", None),
        (["2026-03-02T14:04:00Z"], None),
        (None, None),
    ],
)
def test_moments(text: Any, expected: int | None) -> None:
    """Texts with and without zone, and numbers from seconds to nanoseconds, are read; anything else is no moment."""
    assert expected == micros(text)


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
    lines = read_lines([b'\xef\xbb\xbf{"a":1}\n', b"\n", line, b'{"a":2}\r\n'], wanted=None)

    assert [(3, reason)] == [tuple(bad) for bad in lines.bad]
    assert ["1", "4"] == lines.table["id"].to_pylist()


def test_types_may_differ_from_line_to_line() -> None:
    """A key may hold text here, a number there, a list elsewhere."""
    events = [{"a": 1}, {"a": "x"}, {"a": ["y", {"b": 1}, None, [2, 3]]}, {"a": {"b": True}}, {"a": None}, {"a": 1.5}]

    lines = read_lines([json.dumps(event).encode() for event in events], wanted=None)

    assert {"a": Kind.WORDS, "a.b": Kind.WORDS} == {name: field.kind for name, field in lines.fields.items()}
    column = lines.table[lines.fields["a"].sql.strip('"')].to_pylist()
    assert [["1"], ["x"], ["y", "2", "3"], None, None, ["1.5"]] == column
    assert [None, None, ["1"], ["true"], None, None] == lines.table[lines.fields["a.b"].sql.strip('"')].to_pylist()


def test_only_wanted_fields_are_kept() -> None:
    """Fields that no rule names cost no memory; the time is read all the same."""
    lines = read_lines([b'{"a": 1, "b": 2, "@timestamp": "2026-03-02T14:04:00Z"}', b'{"b": 1}'], wanted=frozenset({"a", "z"}))

    assert ["a"] == list(lines.fields)
    assert [MOMENT, None] == lines.table["t"].to_pylist()
    assert (2,) == lines.untimed


def test_what_the_strict_reader_refuses() -> None:
    """Numbers beyond 64 bits, NaN and lone surrogates are read by the lenient reader."""
    lines = read_lines([b'{"a": NaN, "b": "\\ud800x", "c": 123456789012345678901234567890}'], wanted=None)

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
    lines = read_lines([json.dumps(value).encode()], wanted=None)

    assert (1 if isinstance(value, dict) else 0) == lines.table.num_rows
    assert lines.table.num_rows + len(lines.bad) == 1


def test_a_moment_is_that_of_the_calendar() -> None:
    """The number of these tests is the moment that it says."""
    assert datetime(2026, 3, 2, 14, 4, tzinfo=UTC).timestamp() * 10**6 == MOMENT
