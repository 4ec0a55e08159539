"""The ready-made content for receivers can be read by them, and names only fields that a forwarded event can have."""

import configparser
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from hemostat.events import SCHEMA, Act, to_ocsf
from hemostat.kernel import content
from hemostat.sinks.status import _blank

FOLDER = content("forwarding")
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
_ROOTS = "metadata|unmapped|actor|src_endpoint|http_request|http_response|api"
_FIELD = re.compile(rf"(?<![\w.])(?:ocsf\.)?((?:{_ROOTS})(?:\.\w+)+)")


def paths(value: Any, place: str = "") -> Iterator[str]:
    """Every path in a record."""
    yield place
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{place}.{key}" if place else key)


@pytest.fixture(scope="module")
def known() -> set[str]:
    """All paths of events of all kinds, with a value in each column."""
    now = datetime.now(UTC)
    filled: dict[str, Any] = {}
    for field in SCHEMA:
        kind = str(field.type)
        filled[field.name] = ["x"] if kind.startswith("list") else now if kind.startswith("timestamp") else "x"
        if kind.startswith(("int", "bool")):
            filled[field.name] = 1
    words = {"actor_type": "staff", "auth": "signed", "result": "success", "environment": "staging", "surface": "checkout"}
    found: set[str] = set()
    for act in Act:
        for method in ("", "GET"):
            row = {**_blank(), **filled, **words, "act": act.value, "method": method, "severity": 3}
            row |= dict(zip(("class_uid", "activity_id"), _classified(act, method), strict=True))
            found |= set(paths(to_ocsf(row)))
    return found


def _classified(act: Act, method: str) -> tuple[int, int]:
    from hemostat.events import classify  # noqa: PLC0415  # named once

    return classify(act, method=method)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_each_field_exists(file: Path, known: set[str]) -> None:
    """A dashboard that asks for a field which no event has would be empty, and nobody would know why."""
    named = set(_FIELD.findall(file.read_text()))
    assert set() == {name for name in named if name not in known}


def test_there_are_fields_at_all() -> None:
    """The test above would pass on files that name none."""
    for kind, least in (("splunk", 10), ("datadog", 10)):
        text = "".join(path.read_text() for path in FILES if path.relative_to(FOLDER).parts[0] == kind)
        assert len(set(_FIELD.findall(text))) >= least


@pytest.mark.parametrize("file", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.name)
def test_json_is_json(file: Path) -> None:
    """And says what it is."""
    document = json.loads(file.read_text())
    match file.name:
        case "pipeline.json":
            assert {"name", "is_enabled", "filter", "processors"} == document.keys()
        case "monitors.json":
            assert all({"name", "type", "query", "message", "options"} <= one.keys() for one in document)
            for one in document:
                threshold = one["options"]["thresholds"]["critical"]
                assert re.search(rf"[<>] {threshold}$", one["query"])
        case _:
            assert "ordered" == document["layout_type"]
            assert document["widgets"]


@pytest.mark.parametrize("file", [path for path in FILES if path.suffix == ".conf"], ids=lambda path: path.name)
def test_splunk_configuration_has_no_line_that_is_lost(file: Path) -> None:
    """Each line is a section, a setting or a comment; no section or setting stands twice."""
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",))
    parser.read_string(file.read_text())
    assert parser.sections()


def test_splunk_views_are_well_formed_and_reachable() -> None:
    """Each view stands in the navigation, and each search begins with the macro that drops repetitions."""
    views = [path for path in FILES if path.parent.name == "views"]
    (menu,) = (path for path in FILES if path.parent.name == "nav")
    named = {view.get("name") for view in ET.parse(menu).iter("view")}  # noqa: S314  # our own file
    assert {path.stem for path in views} == named
    for view in views:
        queries = [one.text or "" for one in ET.parse(view).iter("query")]  # noqa: S314  # same
        assert queries
        assert all(query.startswith("`hemostat`") for query in queries)


def test_splunk_searches_count_repetitions_once() -> None:
    """By the id inside the event."""
    macros = (FOLDER / "splunk/hemostat/default/macros.conf").read_text()
    assert 'dedup "metadata.uid"' in macros
