"""The files of `content/law/notices` are typed, linked, in both languages, and say what is and is not verified."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from hemostat.kernel import BadInput, content
from hemostat.law.notices import library, notices_faults, templates
from hemostat.law.notices.files import ContactFile, FieldFile, ItemFile, ParagraphFile, Plan, RuleFile, WordFile, library_read
from hemostat.law.notices.scope import VALUES, Scope
from unit.law.notices.demo import PLACES

FOLDER = content("law") / "notices"
RECORDS: dict[str, Any] = {
    "contacts": ContactFile,
    "fields": FieldFile,
    "items": ItemFile,
    "paragraphs": ParagraphFile,
    "rules": RuleFile,
    "template": Plan,
    "words": WordFile,
}
FILES = {
    **{FOLDER / f"{kind}.yaml": kind for kind in RECORDS if kind != "template"},
    FOLDER / "states.yaml": "rules",
    **dict.fromkeys(sorted((FOLDER / "templates").glob("*.yaml")), "template"),
}


def schema(kind: str) -> dict[str, Any]:
    """The published schema of one kind of file."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_passes_its_schema(path: Path) -> None:
    """Each file is valid under the JSON Schema of its kind."""
    jsonschema.validate(yaml.safe_load(path.read_text()), schema(FILES[path]))


@pytest.mark.parametrize("kind", RECORDS)
def test_the_schemas_say_what_the_records_say(kind: str) -> None:
    """The published schema and the types that read the files are one thing."""
    shown = schema(kind)
    for heading in ("$schema", "title"):
        assert shown.pop(heading)
    assert msgspec.json.schema(RECORDS[kind]) == shown


def test_every_file_is_known() -> None:
    """No file lies there that nobody reads."""
    assert set(FILES) == set(FOLDER.rglob("*.yaml"))


def test_nothing_is_wrong_with_the_files() -> None:
    """Every word in braces is known, letters say the same facts in both languages, each duty has a template."""
    assert [] == list(notices_faults(library()))


def test_every_place_is_there_with_its_citation() -> None:
    """The 54 places with a statute of their own each say what their letter must hold, or that nothing is named."""
    rules = library().rules
    for place in PLACES:
        assert rules[place].citation
        assert rules[place].items or rules[place].note, place


def test_verified_rules_name_their_source() -> None:
    """What is called verified says where it was seen: 24 places, and HIPAA."""
    seen = {rule.id for rule in library().rules.values() if rule.verified}

    assert not [rule.id for rule in library().rules.values() if rule.verified and not rule.sources]
    assert {"hipaa", "US-CA", "US-MA", "US-RI"} <= seen
    assert 24 == len(seen - {"hipaa"})
    assert not [face.id for face in templates().values() if face.verified and not face.sources]
    assert not [contact.id for contact in library().contacts.values() if contact.verified and not contact.source]


def test_items_and_paragraphs_are_used() -> None:
    """No item that no rule asks for, no paragraph in no template, no field in no text, no contact without a reader."""
    files = library()
    asked = {one.item for rule in files.rules.values() for one in rule.items}
    shown = {name for plan in files.plans.values() for section in plan.sections for name in section.paragraphs}
    carried = {item for part in files.paragraphs.values() for item in part.items}
    fields = {field for face in templates().values() for field in (one.id for one in face.fields)}
    facts = {name for name, one in files.fields.items() if one.fact}

    assert set(files.items) == asked
    assert set(files.paragraphs) == shown
    assert asked <= carried | {name for name, item in files.items.items() if item.check.heading}
    assert set(files.fields) == fields | facts
    assert {one.item for one in files.fields.values() if one.item} <= set(files.items)


def test_the_facts_that_texts_may_name_are_those_that_the_code_gives() -> None:
    """The list that the check of the files uses and what a draft fills in are one."""
    from unit.law.notices.demo import FACTS  # noqa: PLC0415  # only here

    scope = Scope(library(), library().plans["plain-notice"], jurisdiction="US", facts=FACTS, answers={})
    assert VALUES == set(scope.values)


def test_no_text_names_a_product_promise_or_an_employee() -> None:
    """The words that a notice never says stand in none of our own texts."""
    texts = json.dumps([msgspec.to_builtins(part) for part in library().paragraphs.values()], ensure_ascii=False).lower()
    for banned in ("test data", "no evidence of misuse", "guarantee", "datos de prueba", "garantiz", "sorry", "apolog"):
        assert banned not in texts


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files, to be spoiled."""
    return Path(shutil.copytree(FOLDER, tmp_path / "notices"))


def spoil(path: Path, old: str, new: str) -> None:
    """One expression of a file, first time it stands, written otherwise."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("items.yaml", "items:", "items: [", "items.yaml cannot be used"),
        ("items.yaml", "says: your name", "say: your name", "unknown field"),
        ("templates/state-letter.yaml", "rule: place", "rule: nowhere", "state-letter names the rule 'nowhere'"),
        ("templates/state-letter.yaml", "[sender,", "[nobody,", "state-letter names the paragraph 'nobody'"),
        ("paragraphs.yaml", "items: [date_of_notice]", "items: [date]", "date_line names the item 'date'"),
        ("paragraphs.yaml", "contacts: [bureaus]", "contacts: [bureau]", "bureaus names the contact 'bureau'"),
        ("states.yaml", "contacts: [ag_ri]", "contacts: [ag]", "US-RI names the contact 'ag'"),
        ("items.yaml", "contacts: [ftc]", "contacts: [fct]", "ftc names the contact 'fct'"),
        ("contacts.yaml", "[equifax,", "[equifix,", "names the contact 'equifix'"),
        ("fields.yaml", "id: happened", "id: how", "'how' stands twice"),
        ("paragraphs.yaml", '"leaked:medical"', '"leaks:medical"', "matching regex"),
    ],
)
def test_a_spoiled_file_is_refused_with_the_place_of_the_fault(copy: Path, file: str, old: str, new: str, says: str) -> None:
    """The error names the file or the record and the word that is wrong."""
    spoil(copy / file, old, new)
    with pytest.raises(BadInput, match=says):
        library_read(copy)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("paragraphs.yaml", '"{today}"', '"{yesterday}"', "names {yesterday}, which is neither a fact nor a field"),
        ("paragraphs.yaml", 'es: "Ocurrió {happened}."', 'es: ""', "has no Spanish for 'It took place {happened}.'"),
        ("paragraphs.yaml", "Ocurrió {happened}.", "Ocurrió {today}.", "says other facts in Spanish than in English"),
        ("words.yaml", "  ssn: {en:", "  snn: {en:", "the element ssn has no plain name"),
        ("states.yaml", "id: US-WY", "id: US-YW", "states.yaml has nothing about US-WY"),
        ("templates/hhs-portal.yaml", "recipient: hhs}", "recipient: hs}", "the duty HIPAA-HHS-500 has no template"),
    ],
)
def test_a_fault_that_reading_does_not_find_is_named(copy: Path, file: str, old: str, new: str, says: str) -> None:
    """`hemostat content check` says what is wrong in a sentence."""
    spoil(copy / file, old, new)

    assert [one for one in notices_faults(library_read(copy)) if says in one]
