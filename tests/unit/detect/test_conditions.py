"""Single-event conditions: what the Sigma specification says about matching."""

import json
import re
from collections.abc import Callable
from fnmatch import translate
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sigma.rule import SigmaRule

from hemostat.detect.compile import condition_sql, searched_sql
from hemostat.detect.fields import LAKE, Field, Kind, literal, quoted
from hemostat.detect.rules import Fault

Matching = Callable[..., list[int]]


@pytest.mark.parametrize(
    ("detection", "event", "expected"),
    [
        # texts ignore case
        ({"a": "Admin"}, {"a": "aDMIN"}, True),
        ({"a": "Admin"}, {"a": "admin2"}, False),
        ({"a": "ÄRZTIN"}, {"a": "ärztin"}, True),
        ({"a|contains": "DMI"}, {"a": "admin"}, True),
        ({"a|startswith": "AD"}, {"a": "admin"}, True),
        ({"a|startswith": "dm"}, {"a": "admin"}, False),
        ({"a|endswith": "MIN"}, {"a": "admin"}, True),
        ({"a|endswith": "mi"}, {"a": "admin"}, False),
        # wildcards, and what looks like wildcards of SQL
        ({"a": "a*n"}, {"a": "ADMIN"}, True),
        ({"a": "a?min"}, {"a": "admin"}, True),
        ({"a": "a?min"}, {"a": "amin"}, False),
        ({"a": "?*?"}, {"a": "x"}, False),
        ({"a": "*"}, {"a": "x"}, True),
        ({"a": "*"}, {"b": "x"}, False),
        ({"a": "**x**"}, {"a": "axb"}, True),
        ({"a|contains": "100%"}, {"a": "100 apples"}, False),
        ({"a|contains": "100%"}, {"a": "is 100% sure"}, True),
        ({"a": "*a_b*c"}, {"a": "..axb..c"}, False),
        ({"a": "*a_b*c"}, {"a": "..a_b..c"}, True),
        ({"a": "50%*x*z"}, {"a": "50% and x to z"}, True),
        ({"a": r"C:\dir\*.exe"}, {"a": r"c:\DIR\x.exe"}, False),  # \* is a star
        ({"a": r"C:\dir\\*.exe"}, {"a": r"c:\DIR\x.exe"}, True),  # \\ is a backslash
        ({"a": r"what\?"}, {"a": "what?"}, True),
        ({"a": r"what\?"}, {"a": "whatx"}, False),
        ({"a|contains": "line"}, {"a": "two\nlines"}, True),
        ({"a": "t*s"}, {"a": "two\nlines"}, True),
        ({"a": ""}, {"a": ""}, True),
        ({"a": ""}, {"a": "x"}, False),
        ({"a": ""}, {"b": "x"}, False),
        # case asked for
        ({"a|cased": "Admin"}, {"a": "Admin"}, True),
        ({"a|cased": "Admin"}, {"a": "admin"}, False),
        ({"a|contains|cased": "dM"}, {"a": "admin"}, False),
        ({"a|cased": "A*n?"}, {"a": "Admin2"}, True),
        # expressions
        ({"a|re": "^ad.in$"}, {"a": "admin"}, True),
        ({"a|re": "^AD"}, {"a": "admin"}, False),
        ({"a|re|i": "^AD"}, {"a": "admin"}, True),
        ({"a|re": "dmi"}, {"a": "admin"}, True),
        ({"a|re": "a.b"}, {"a": "a\nb"}, False),
        ({"a|re|s": "a.b"}, {"a": "a\nb"}, True),
        ({"a|re": "^b"}, {"a": "a\nb"}, False),
        ({"a|re|m": "^b"}, {"a": "a\nb"}, True),
        ({"a|re": r"\d{3}\.'x'"}, {"a": "123.'x'"}, True),
        ({"a|re": r"a*b?c\*"}, {"a": "c*"}, True),
        # numbers, also as text
        ({"a": 404}, {"a": 404}, True),
        ({"a": 404}, {"a": "404"}, True),
        ({"a": 404}, {"a": 404.0}, True),
        ({"a": "404"}, {"a": 404}, True),
        ({"a": 404}, {"a": "404x"}, False),
        ({"a": -1.5}, {"a": "-1.50"}, True),
        ({"a": 7000000000000000001}, {"a": 7000000000000000001}, True),
        ({"a": 7000000000000000001}, {"a": 7000000000000000002}, False),
        ({"a": "4*"}, {"a": 404}, True),
        ({"a|contains": "0"}, {"a": 404}, True),
        ({"a|gt": 5}, {"a": 5}, False),
        ({"a|gte": 5}, {"a": 5}, True),
        ({"a|lt": 5}, {"a": "4.9"}, True),
        ({"a|lte": 5}, {"a": 5.1}, False),
        ({"a|gt": 5}, {"a": "10"}, True),
        ({"a|gt": 5}, {"a": "many"}, False),
        ({"a|gt": 5}, {"a": "nan"}, False),
        ({"a|gt": 5}, {"a": "inf"}, False),
        ({"a|gt": 5}, {"b": 9}, False),
        # flags
        ({"a": True}, {"a": True}, True),
        ({"a": True}, {"a": False}, False),
        ({"a": False}, {"a": False}, True),
        ({"a": False}, {"b": 1}, False),
        ({"a": True}, {"a": "TRUE"}, True),
        # absent and present
        ({"a": None}, {"b": 1}, True),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {"a": ""}, False),
        ({"a": []}, {"b": 1}, True),
        ({"a|exists": True}, {"a": "x"}, True),
        ({"a|exists": True}, {"b": "x"}, False),
        ({"a|exists": False}, {"b": "x"}, True),
        ({"a|exists": False}, {"a": "x"}, False),
        # an object is there, though it has no text of its own
        ({"a|exists": True}, {"a": {"id": 1}}, True),
        ({"a|exists": True}, {"a": {}}, True),
        ({"a|exists": True}, {"a": [{"id": 1}]}, True),
        ({"a|exists": False}, {"a": {"id": 1}}, False),
        ({"a.b|exists": True}, {"a": {"b": {"c": None}}}, True),
        ({"a": None}, {"a": {"id": 1}}, False),
        ({"a": "*"}, {"a": {"id": 1}}, False),
        # lists of values, and all of them
        ({"a": ["x", "y"]}, {"a": "Y"}, True),
        ({"a": ["x", None]}, {"b": 1}, True),
        ({"a|contains|all": ["x", "y"]}, {"a": "yx"}, True),
        ({"a|contains|all": ["x", "y"]}, {"a": "xx"}, False),
        ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, True),
        ({"a": "x", "b": "y"}, {"a": "x"}, False),
        ([{"a": "x"}, {"b": "y"}], {"b": "y"}, True),
        # lists in events: one element is enough
        ({"a": "y"}, {"a": ["x", "Y"]}, True),
        ({"a": 2}, {"a": [1, 2]}, True),
        ({"a|gt": 2}, {"a": [1, 2]}, False),
        ({"a|exists": True}, {"a": ["x"]}, True),
        ({"a|exists": True}, {"a": []}, False),
        ({"a": "z"}, {"a": ["x"]}, False),
        ({"r.arn|endswith": "b"}, {"r": [{"arn": "1a"}, {"arn": "2b"}]}, True),
        # nested and dotted keys
        ({"a.b.c": 1}, {"a": {"b": {"c": 1}}}, True),
        ({"a.b.c": 1}, {"a.b": {"c": 1}}, True),
        # addresses
        ({"a|cidr": "10.16.0.0/12"}, {"a": "10.31.255.255"}, True),
        ({"a|cidr": "10.16.0.0/12"}, {"a": "10.32.0.0"}, False),
        ({"a|cidr": "10.0.0.0/8"}, {"a": "not an address"}, False),
        ({"a|cidr": "2001:db8::/33"}, {"a": "2001:DB8:7fff::1"}, True),
        ({"a|cidr": ["192.0.2.0/24", "::1/128"]}, {"a": "::1"}, True),
        ({"a|cidr": "fe80::/10"}, {"a": "fe80::1%eth0"}, True),
        ({"a|cidr": "fe80::/10"}, {"a": "fe80::1%"}, False),
        # one field and another
        ({"a|fieldref": "b"}, {"a": "X", "b": "x"}, True),
        ({"a|fieldref": "b"}, {"a": "x", "b": "y"}, False),
        ({"a|fieldref": "b"}, {"a": "x"}, False),
        ({"a|fieldref|startswith": "b"}, {"a": "xyz", "b": "XY"}, True),
        ({"a|fieldref|endswith": "b"}, {"a": "xyz", "b": "yz"}, True),
        ({"a|fieldref|contains": "b"}, {"a": "xyz", "b": "y"}, True),
        ({"a|fieldref": "b"}, {"a": ["w", "x"], "b": "x"}, True),
        ({"a|fieldref": "b"}, {"a": 404, "b": "404"}, True),
        ({"a|fieldref": "b"}, {"a": "X", "b": ["x", "y"]}, True),
        ({"a|fieldref": "b"}, {"a": "z", "b": ["x", "y"]}, False),
        ({"a|fieldref": "b"}, {"a": "x,y", "b": ["x", "y"]}, False),
        ({"a|fieldref": "b"}, {"a": ["w", "y"], "b": ["x", "Y"]}, True),
        ({"a|fieldref": "b"}, {"a": ["w"], "b": []}, False),
        ({"a|fieldref|contains": "b"}, {"a": "xyz", "b": ["q", "Y"]}, True),
        ({"a|fieldref|startswith": "b"}, {"a": "xyz", "b": ["yz", "xy"]}, True),
        ({"a|fieldref|endswith": "b"}, {"a": ["abc", "xyz"], "b": ["x", "yz"]}, True),
        ({"a|fieldref|endswith": "b"}, {"a": "xyz", "b": ["x", "y"]}, False),
        # parts of a moment, in UTC
        ({"a|hour": 3}, {"a": "2026-03-02T05:04:00+02:00"}, True),
        ({"a|year": 2026}, {"a": "2026-03-02 05:04:00"}, True),
        ({"a|minute": 4}, {"a": "soon"}, False),
        ({"a|hour": 12}, {"a": 1_715_000_400}, False),
        ({"a|hour": 13}, {"a": 1_715_000_400}, True),
        ({"a|hour": 13}, {"a": "1715000400000"}, True),
        ({"a|month": 5}, {"a": "20240506"}, True),
        ({"a|day": 6}, {"a": ["soon", "06/May/2024:12:00:00 +0000"]}, True),
        # not equal
        ({"a|neq": "x"}, {"a": "y"}, True),
        ({"a|neq": "x"}, {"b": "y"}, True),
        ({"a|neq": "x"}, {"a": "X"}, False),
        # decoded forms
        ({"a|base64offset|contains": "foobar"}, {"a": "xxZm9vYmFyxx"}, True),
        ({"a|windash|contains": " -f "}, {"a": "rm /f x"}, True),
        # keywords: in any text
        (["needle"], {"x": "y", "m": "a Needle here"}, True),
        (["needle"], {"x": {"y": ["hay", "needle!"]}}, True),
        (["needle"], {"x": "hay"}, False),
        (["a*z"], {"x": "..a to z.."}, True),
        ([4711], {"x": "id 4711"}, True),
        ({"|all": ["one", "two"]}, {"x": "one", "y": "two"}, True),
        ({"|all": ["one", "two"]}, {"x": "one"}, False),
        ({"|re": "n[e]+dle"}, {"x": "a needle"}, True),
        ({"|cased": "Needle"}, {"x": "a needle"}, False),
        ({"|cased": "Needle"}, {"x": "a Needle"}, True),
        ({"|windash": "x -f"}, {"x": "x /f y"}, True),
        # never across two texts, whatever may stand between them
        (["onetwo"], {"x": "one", "y": "two"}, False),
        (["one\x1ftwo"], {"x": ["one", "two"]}, False),
        (["one\x1ftwo"], {"x": "ONE\x1fTWO"}, True),
        ([""], {"x": "one"}, True),
        ([""], {"x": None}, False),
    ],
)
def test_what_a_selection_matches(matching: Matching, detection: Any, event: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  # a table
    """Every way to match a value follows the specification, whatever type the event holds."""
    # a second event of other shape must not change the answer
    assert expected == (1 in matching(detection, [event, {"zz": 1}]))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a", [1, 3, 4]),
        ("not a", [2, 5]),
        ("a and b", [3]),
        ("a or b", [1, 2, 3, 4]),
        ("a and not b", [1, 4]),
        ("not (a or b)", [5]),
        ("not a and b or c", [2, 4]),
        ("not a and (b or c)", [2]),
        ("1 of s_*", [4]),
        ("all of s_*", []),
        ("1 of them", [1, 2, 3, 4]),
        ("all of them", []),
        ("not 1 of them", [5]),
        ("not all of s_*", [1, 2, 3, 4, 5]),
    ],
)
def test_how_conditions_combine(matching: Matching, condition: str, expected: list[int]) -> None:
    """Negation binds before and, and before or; what a row does not have does not match, so its negation does."""
    events = [{"a": 1}, {"b": 1}, {"a": 1, "b": 1}, {"a": 1, "c": 1}, {"z": 1}]
    detection = {"a": {"a": 1}, "b": {"b": 1}, "c": {"c": 1}, "s_one": {"c": 1}, "s_two": {"d": 1}, "condition": condition}

    assert expected == matching(detection, events)


def test_several_conditions_are_alternatives(matching: Matching) -> None:
    """A list of conditions matches when one of them does."""
    detection = {"a": {"a": 1}, "b": {"b": 1}, "condition": ["a", "b"]}

    assert [1, 2] == matching(detection, [{"a": 1}, {"b": 1}, {"c": 1}])


def test_a_long_list_of_values_compiles(matching: Matching) -> None:
    """Rules with thousands of values work."""
    assert [2] == matching({"a": [f"v{n}" for n in range(5000)]}, [{"a": "w"}, {"a": "V4999"}])


@settings(max_examples=150, deadline=None)
@given(
    value=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    way=st.sampled_from(["", "|contains", "|startswith", "|endswith", "|cased"]),
)
def test_no_value_breaks_out_of_the_query(value: str, way: str) -> None:
    """Quotes, semicolons, percent signs, backslashes, NUL and any letter: a value matches itself and never becomes SQL."""
    escaped = "".join("\\" + letter if letter in "*?\\" else letter for letter in value)
    rule = SigmaRule.from_dict(
        {"title": "t", "logsource": {"category": "test"}, "detection": {"s": {f"f{way}": escaped}, "condition": "s"}}
    )

    sql = condition_sql(rule, {"f": Field("v", Kind.TEXT)})
    found = (
        duckdb.connect()
        .execute(f"SELECT {sql} FROM (SELECT ? AS v UNION ALL SELECT ? || 'x' || chr(1))", [value, "y"])  # noqa: S608  # the SQL under test
        .fetchall()
    )

    assert [(True,), (False,)] == found or "yx\x01".find(value) >= 0


_LETTERS = st.text("aAbB%_\\'\n", max_size=8)


@settings(max_examples=150, deadline=None)
@given(pattern=st.text("aAb*?%_'", min_size=1, max_size=7), value=_LETTERS)
def test_wildcards_agree_with_a_second_reading(pattern: str, value: str) -> None:
    """`*` and `?` mean what shells mean by them, without regard to case."""
    rule = SigmaRule.from_dict(
        {"title": "t", "logsource": {"category": "test"}, "detection": {"s": {"f": pattern}, "condition": "s"}}
    )
    sql = condition_sql(rule, {"f": Field("v", Kind.TEXT)})

    ((found,),) = duckdb.connect().execute(f"SELECT {sql} FROM (SELECT ? AS v)", [value]).fetchall()  # noqa: S608  # the SQL under test

    assert (re.match(translate(pattern.lower()), value.lower()) is not None) == found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"]), min_size=1, max_size=8).filter(
        lambda name: "|" not in name
    )
)
def test_any_name_of_a_field_is_quoted(matching: Matching, name: str) -> None:
    """Names of fields are data as well."""
    assert [1] == matching({name: "x"}, [{name: "x"}, {name: "y"}])


def test_names_and_values_are_written_as_sql() -> None:
    """Quotes are doubled; NUL, which SQL text cannot hold, is spelled."""
    assert '"a""b"' == quoted('a"b')
    assert ("it's\0",) == duckdb.connect().execute(f"SELECT {literal(chr(105) + chr(116) + chr(39) + 's' + chr(0))}").fetchone()


@pytest.mark.parametrize(
    ("detection", "row", "expected"),
    [
        ({"http_response.code": 404}, {"status": 404}, True),
        ({"http_response.code": "404"}, {"status": 404}, True),
        ({"http_response.code|gte": 400}, {"status": 404}, True),
        ({"http_response.code": 2**60}, {"status": 404}, False),
        ({"http_response.code": None}, {"status": None}, True),
        ({"hemostat.elements": "diagnosis"}, {"elements": ["name", "diagnosis"]}, True),
        ({"hemostat.elements|exists": True}, {"elements": []}, False),
        ({"hemostat.token|exists": True}, {"token": ""}, False),
        ({"hemostat.token": None}, {"token": ""}, True),
        ({"time|hour": 3}, {"time": 1_772_422_440_000_000}, True),
        ({"nothing.of.ours": "x"}, {}, False),
        ({"nothing.of.ours|gt": 1}, {}, False),
        ({"nothing.of.ours": None}, {}, True),
        ({"hemostat.token|fieldref": "nothing.of.ours"}, {"token": "x"}, False),
        ({"http_response.code|fieldref": "http_response.length"}, {"status": 5, "bytes": 5}, True),
        ({"hemostat.token|fieldref": "hemostat.elements"}, {"token": "B", "elements": ["a", "b"]}, True),
        (["diagnosis"], {"elements": ["diagnosis"]}, True),
    ],
)
def test_fields_of_the_lake(detection: Any, row: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  # a table
    """Numbers, words and empty texts of the lake match as their kind asks; an empty text there means that nothing was said."""
    rule = SigmaRule.from_dict({"title": "t", "logsource": {"category": "test"}, "detection": {"s": detection, "condition": "s"}})
    types = {Kind.NUMBER: "BIGINT", Kind.WORDS: "VARCHAR[]", Kind.TEXT: "VARCHAR"}
    columns = {}
    for field in LAKE.values():
        name = field.sql.split('"')[1]
        columns[name] = "BIGINT" if "make_timestamp" in field.sql else types[field.kind]
    selected = ", ".join(f'CAST({json_sql(row.get(name))} AS {kind}) AS "{name}"' for name, kind in columns.items())

    searched = searched_sql(f"(SELECT {selected})", LAKE)
    ((found,),) = duckdb.connect().execute(f"SELECT {condition_sql(rule, LAKE)} FROM {searched}").fetchall()  # noqa: S608  # the SQL under test

    assert expected == found


def json_sql(value: Any) -> str:
    """A value of a test as SQL."""
    if isinstance(value, list):
        return "[" + ", ".join(literal(word) for word in value) + "]"
    return "NULL" if value is None else literal(value) if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("keywords", [["x"], ["x*y"], {"|re": ["x"]}])
def test_a_keyword_finds_nothing_where_there_is_no_text(keywords: Any) -> None:
    """Without any text field a keyword matches no row, and neither does a pattern."""
    rule = SigmaRule.from_dict({"title": "t", "logsource": {"category": "test"}, "detection": {"s": keywords, "condition": "s"}})

    fields = {"n": Field("n", Kind.NUMBER)}
    searched = searched_sql("(SELECT 7 AS n)", fields)

    assert [(False,)] == duckdb.connect().execute(f"SELECT {condition_sql(rule, fields)} FROM {searched}").fetchall()  # noqa: S608  # same


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ({"a|expand": "%admins%"}, "placeholder"),
        ({"a|re|expand": "%admins%"}, "placeholder"),
        ({"a|re": "(?!ahead)x"}, "invalid"),
        ({"a|cidr": "10.0.0.1/8"}, "CIDR"),
        ({"a|nonsense": "x"}, "nonsense"),
        ({"a|gt": "many"}, "incompatible"),
    ],
)
def test_what_cannot_be_evaluated_is_a_fault(matching: Matching, detection: Any, reason: str) -> None:
    """A rule that asks for what we cannot do says so when it is read, in words that name the reason."""
    with pytest.raises(Fault, match=f"(?i){reason}"):
        matching(detection, [{"a": 1}])
