"""The list of changes covers every row that is new or closed, and names only what exists."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from hemostat.kernel import BadInput, content
from hemostat.law import changes, rules_load
from hemostat.law.changes import ChangeFile, changes_of, changes_read, untold

ROWS = rules_load().rows
module = sys.modules["hemostat.law.changes"]
FILE = content("law") / "changes.yaml"


def test_every_row_that_began_since_2022_and_every_row_that_ended_is_in_the_list() -> None:
    """Whoever reads the list from 2022 on misses no row; each stands in a change of its own day."""
    assert [] == untold()
    for row in ROWS.values():
        begins, last = row.rule.effective.from_, row.rule.effective.to
        days = {change.day for change in changes_of(row.id)}
        assert not begins or begins.year < 2022 or begins in days, row.id
        assert not last or last + timedelta(days=1) in days, row.id


def test_a_row_that_the_list_forgets_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """`hemostat content check` says which row, and on which day it began or ended."""
    kept = [change for change in changes() if change.id not in {"us-ok-2026-01", "us-in-2022-07"}]
    monkeypatch.setattr(module, "_all", lambda: kept)
    assert [
        "changes.yaml does not tell that IN-IND began on 2022-07-01",
        "changes.yaml does not tell that IN-AG began on 2022-07-01",
        "changes.yaml does not tell that IN-CRA began on 2022-07-01",
        "changes.yaml does not tell that OK-IND-2026 began on 2026-01-01",
        "changes.yaml does not tell that OK-AG-2026 began on 2026-01-01",
        "changes.yaml does not tell that OK-IND-2025 ended on 2025-12-31",
    ] == untold()


def test_a_row_that_a_change_closed_has_ended_by_then() -> None:
    """`was` names closed rows only, and `now` none that had ended before."""
    for change in changes():
        ends = [ROWS[name].rule.effective.to for name in change.was]
        assert change.day or not ends
        assert all(end and change.day and end < change.day for end in ends), change.id
        assert all((ROWS[name].rule.effective.to or date.max) >= (change.day or date.max) for name in change.now), change.id


def test_a_change_is_of_one_place_and_has_a_source() -> None:
    """Its rows are of its jurisdiction, unless it speaks of several; it says where to check, and its id stands once."""
    found = changes()
    assert len({change.id for change in found}) == len(found)
    for change in found:
        assert change.jurisdiction == "US" or {ROWS[name].place for name in (*change.was, *change.now)} == {change.jurisdiction}
        assert change.sources, change.id
        assert change.sentence.endswith(".")
        assert change.verified.seen == (change.verified.basis != "none") or change.verified.basis == "one_secondary", change.id


def test_the_newest_come_first_and_those_without_a_day_before_them() -> None:
    """What may still come is read first."""
    days = [change.day or date.max for change in changes()]
    assert sorted(days, reverse=True) == days
    assert changes()[0].day is None


def test_since_leaves_out_what_is_older() -> None:
    """What has no day stays; the day itself is kept."""
    found = {change.id for change in changes(date(2026, 1, 1))}
    assert {"us-ca-2026-01", "us-ok-2026-01", "us-ca-2027-01", "us-nj-a1852"} <= found
    assert "us-ny-2025-03" not in found


def test_the_adjustment_of_january_2027_is_watched() -> None:
    """The damages of the CCPA are due for new amounts, and nobody takes the old ones for lasting."""
    (change,) = [one for one in changes_of("CA-150-2025") if one.status == "watched"]
    assert date(2027, 1, 1) == change.day


def test_the_file_passes_its_schema() -> None:
    """The published schema holds, and is what the types say."""
    schema = json.loads((content("law") / "changes.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(FILE.read_text()), default=str)), schema)
    for heading in ("$schema", "title"):
        assert schema.pop(heading)
    assert msgspec.json.schema(ChangeFile) == schema


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("status: watched", "status: likely", "changes.yaml"),
        ("now: [NJ-IND]", "now: [NJ-GONE]", "NJ-GONE"),
        ("jurisdiction: US-NJ", "jurisdiction: US-XX", "us-nj-a1852 names US-XX"),
        ("changes:", "changes: [", "changes.yaml"),
    ],
)
def test_a_damaged_list_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """A wrong word, a row or place that does not exist, and broken YAML each say where they are."""
    path = tmp_path / "changes.yaml"
    path.write_text(FILE.read_text().replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        changes_read(path, rules_load())
    assert complaint in str(caught.value)
