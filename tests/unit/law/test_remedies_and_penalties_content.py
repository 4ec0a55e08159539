"""The files of remedies and penalties are whole, typed, honest about what was seen, and refuse what cannot be."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from hemostat.kernel import BadInput, content
from hemostat.law.exposure import PenaltyFile, penalties_read, penalty_rows
from hemostat.law.remedies import RemedyFile, remedies_read, remedy_rows

FOLDER = content("law")
NAMES = [("remedies", RemedyFile), ("penalties", PenaltyFile)]


def schema(name: str) -> dict[str, Any]:
    """A JSON Schema of the content."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize("name", [name for name, _ in NAMES])
def test_the_file_passes_its_schema(name: str) -> None:
    """Formats of dates included."""
    plain = json.loads(json.dumps(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()), default=str))

    jsonschema.validate(plain, schema(name), format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(("name", "record"), NAMES)
def test_the_schema_says_what_the_record_says(name: str, record: type) -> None:
    """The published schema and the type that reads the file are one thing."""
    shown = schema(name)
    for heading in ("$schema", "title"):
        assert shown.pop(heading)

    assert json.loads(json.dumps(msgspec.json.schema(record))) == shown


@pytest.mark.parametrize("row", [*remedy_rows(), *penalty_rows()], ids=lambda row: row.id)
def test_what_was_not_seen_says_so(row: Any) -> None:
    """A row is verified exactly when it names the kind of source, and every row says where to look."""
    assert row.verified.seen == (row.verified.basis != "none")
    assert row.sources
    assert all(source.startswith("http") for source in row.sources)


def changed(tmp_path: Path, name: str, change: dict[str, Any]) -> Path:
    """The file with its first row changed, or a second row like the first when nothing changes."""
    whole = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    first = whole[name][0]
    whole[name] = [first | change] if change else [first, first]
    path = tmp_path / f"{name}.yaml"
    path.write_text(yaml.safe_dump(whole))
    return path


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, "stands twice"),
        ({"jurisdiction": "US-XX"}, "does not exist"),
        ({"elements": ["nosuch"]}, "does not exist"),
        ({"months": "many"}, "remedies.schema.json|cannot be used"),
        ({"nosuch": 1}, "nosuch"),
    ],
)
def test_a_remedy_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    """Each fault is named with its file."""
    with pytest.raises(BadInput, match=fault) as error:
        remedies_read(changed(tmp_path, "remedies", change))

    assert "remedies.yaml" in str(error.value)


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    """Broken text is an error of the file, not of the program."""
    path = tmp_path / "penalties.yaml"
    path.write_text("penalties: [")

    for read in (remedies_read, penalties_read):
        with pytest.raises(BadInput, match=r"penalties\.yaml cannot be used"):
            read(path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, "its id stands twice"),
        ({"jurisdiction": "US-XX"}, "place or kind"),
        ({"kinds": ["nosuch"]}, "place or kind"),
        ({"narrower": {"kinds": ["nosuch"], "why": "so"}}, "place or kind"),
        ({"narrower": None, "amounts": []}, "amounts are missing"),
        ({"amounts": [{"to": "2025-01-01"}, {"from": "2025-01-01"}]}, "overlap"),
        ({"measure": "per_day"}, "ladder is missing"),
        ({"measure": "per_day", "amounts": [{"ladder": [{"each_days": 1, "amount": 5, "until_day": 3}]}]}, "ends without a cap"),
        ({"measure": "per_moon"}, "per_moon"),
    ],
)
def test_a_penalty_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    """Each fault is named with its file."""
    with pytest.raises(BadInput, match=fault) as error:
        penalties_read(changed(tmp_path, "penalties", change))

    assert "penalties.yaml" in str(error.value)
