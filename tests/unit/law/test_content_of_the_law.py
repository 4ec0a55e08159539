"""The files of `content/law` are whole, typed, and say what is and is not verified."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from hemostat.kernel import BadInput, content
from hemostat.law import rules_load
from hemostat.law.elements import ElementFile
from hemostat.law.rules import Jurisdiction, rules_read

FOLDER = content("law")
FILES = sorted(FOLDER.glob("us*.yaml"))
ROWS = rules_load().rows


def plain(path: Path) -> Any:
    """What the file holds, with dates as JSON writes them."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))


def schema(name: str) -> dict[str, Any]:
    """A JSON Schema of the content."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_every_row_is_there() -> None:
    """190 rows of 55 jurisdictions: fifty States, DC, three territories and the federal rows."""
    assert 190 == len(ROWS)
    assert 55 == len(rules_load().names)
    assert {path.stem.upper() for path in FILES} == set(rules_load().names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_passes_its_schema(path: Path) -> None:
    """Each file is valid under the JSON Schema, formats of dates included."""
    jsonschema.validate(plain(path), schema("duty.schema.json"), format_checker=jsonschema.FormatChecker())


def test_the_elements_pass_their_schema() -> None:
    """The file of elements is valid under its schema."""
    jsonschema.validate(plain(FOLDER / "elements.yaml"), schema("elements.schema.json"))


@pytest.mark.parametrize(("name", "record"), [("duty.schema.json", Jurisdiction), ("elements.schema.json", ElementFile)])
def test_the_schemas_say_what_the_records_say(name: str, record: type) -> None:
    """The published schema and the types that read the files are one thing; `docs/reference/law.md` says how to write it anew."""
    shown = schema(name)
    for heading in ("$schema", "title"):
        assert shown.pop(heading)
    assert msgspec.json.schema(record) == shown


def test_a_numeric_standard_has_a_number_and_only_it() -> None:
    """No date is invented: a number of days stands exactly where the row says that the statute gives one."""
    for row in ROWS.values():
        clock = row.rule.clock
        assert (clock.standard == "numeric") == (clock.value is not None) == (clock.unit is not None), row.id


def test_counts_have_operators() -> None:
    """A threshold has a count exactly when its operator needs one."""
    for row in ROWS.values():
        assert (row.rule.threshold.operator == "any") == (row.rule.threshold.count == 0), row.id


def test_ends_come_after_beginnings() -> None:
    """No row ends before it begins, and dated versions of one duty do not overlap."""
    spans = [(row.rule.effective.from_, row.rule.effective.to, row.id) for row in ROWS.values()]
    assert all(begins < ends for begins, ends, _ in spans if begins and ends)
    for family in (["NY-IND-2019", "NY-IND-2024", "NY-IND-2025"], ["CA-IND-2025", "CA-IND-2026"], ["OK-IND-2025", "OK-IND-2026"]):
        for older, newer in pairwise(family):
            end, begin = ROWS[older].rule.effective.to, ROWS[newer].rule.effective.from_
            assert end
            assert begin
            assert 1 == (begin - end).days


def test_verified_rows_name_their_basis() -> None:
    """143 rows were seen in a source; a verified row never has the basis `none` and always has an address."""
    verified = [row for row in ROWS.values() if row.rule.verified.seen]
    assert 143 == len(verified)
    assert not [row.id for row in verified if row.rule.verified.basis == "none" or not row.law.sources]


@pytest.mark.parametrize(
    ("days", "places"),
    [
        (30, {"US-CA", "US-CO", "US-FL", "US-ME", "US-NY", "US-WA"}),
        (45, {"US-AL", "US-AZ", "US-IN", "US-MD", "US-NM", "US-OH", "US-OR", "US-RI", "US-TN", "US-VT", "US-WI"}),
        (60, {"US-CT", "US-DE", "US-LA", "US-SD", "US-TX"}),
    ],
)
def test_states_that_give_a_number_for_telling_people(days: int, places: set[str]) -> None:
    """Six States give 30 days, eleven 45 and five 60; all others give words only."""
    found = {
        row.place
        for row in ROWS.values()
        if row.law.regime == "state_breach_statute" and row.rule.recipient == "individuals" and row.rule.clock.value == days
    }
    assert places == found


def test_medical_data_trigger_notice_in_few_places() -> None:
    """23 jurisdictions reach medical data in a statute that is in force for everyone."""
    found = {
        row.place
        for row in ROWS.values()
        if row.law.regime == "state_breach_statute"
        and row.rule.recipient == "individuals"
        and row.rule.effective.to is None
        and "medical" in (row.law.reaches or [])
    }
    wanted = "AL AR AZ CA CO CT DC DE FL IL MD MO MT ND NY OR PR RI SD TX VT WA WY"
    assert {f"US-{state}" for state in wanted.split()} == found


def test_ccpa_amounts_have_dates() -> None:
    """The amounts of the private action are data with dates: 100 to 750 until 2024, 107 to 799 since 2025."""
    old, new = ROWS["CA-150-2020"].rule, ROWS["CA-150-2025"].rule
    assert old.amount_usd
    assert new.amount_usd
    assert (100, 750) == (old.amount_usd.min, old.amount_usd.max)
    assert (107, 799) == (new.amount_usd.min, new.amount_usd.max)


FILE = """
jurisdiction: US-XX
name: Nowhere
as_of: 2026-01-01
laws:
  - citation: None
    regime: test
    sources: []
    duties:
      - &duty
        id: XX-IND
        kind: notice_duty
        applies_to: data_holder
        recipient: individuals
        recipient_name: everyone
        clock: {trigger: discovery, relation: after}
        threshold: {operator: any, scope: residents}
        effective: {from: null}
        verified: {seen: false, basis: none}
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (FILE.replace("operator: any", "operator: many"), "us-xx.yaml"),
        (FILE.replace("kind:", "sort:"), "us-xx.yaml"),
        (FILE + "      - *duty\n", "XX-IND stands in content/law twice"),
        (FILE.replace("relation: after", "relation: after, inherits_from: XX-GONE"), "XX-IND points to XX-GONE"),
        ("laws: [", "us-xx.yaml"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    """A wrong word, a double id, a link to nowhere and broken YAML each say where they are."""
    (tmp_path / "us-xx.yaml").write_text(text)
    with pytest.raises(BadInput) as caught:
        rules_read(tmp_path)
    assert complaint in str(caught.value)


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    """The file that the cases above damage is good as it stands."""
    (tmp_path / "us-xx.yaml").write_text(FILE)
    rules = rules_read(tmp_path)
    assert "Nowhere" == rules.row("XX-IND").place_name
    assert [] == rules.of("US-YY")


def test_an_unknown_duty_is_bad_input() -> None:
    """Asking for a row that does not exist names it."""
    with pytest.raises(BadInput, match="CA-IND-1999"):
        rules_load().row("CA-IND-1999")
