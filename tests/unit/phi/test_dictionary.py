"""The dictionary of field names: data that a person who cannot program can extend."""

from pathlib import Path

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from hemostat.kernel import BadInput, content
from hemostat.phi import Dictionary, Field, Scanner
from hemostat.phi.dictionary import Term, spelled, split_words


def test_our_file_follows_its_schema() -> None:
    """The files that come with Hemostat are valid, and none of their names and terms stands there twice."""
    told = yaml.safe_load((content("phi") / "fields.yaml").read_bytes())
    terms = yaml.safe_load((content("phi") / "terms.yaml").read_bytes())
    schema = msgspec.json.decode((content("phi") / "fields.schema.json").read_bytes())
    entries = [[*entry.get("names", []), *entry.get("whole", [])] for entry in told["fields"]]
    names = [spelled(name) for entry in entries for name in entry]
    words = [spelled(term) for entry in terms["terms"] for term in entry["terms"]]

    Draft202012Validator.check_schema(schema)
    for file in (told, terms):
        Draft202012Validator(schema).validate(file)
    assert sorted(names) == sorted(set(names))
    assert sorted(words) == sorted(set(words))
    assert len(Dictionary.default().fields) == len(names)
    assert Dictionary.default().terms == ()
    assert len(Dictionary.complete().terms) == len(words)


def test_every_name_of_our_file_leads_to_its_entity() -> None:
    """Each name, in each spelling, makes the scanner read the value after it."""
    secret = "k3j4h5g6f7d8s9a0q1w2"
    values = {"NAME": "Jane Doe", "PHONE": "2025550198", "SSN": "900123456", "PAN": "4111111111111111", "DOB": "1980-02-03"}
    values |= {"MRN": "A0012345", "NPI": "1234567893", "ICD10": "E11.9", "SESSION_TOKEN": secret, "API_KEY": secret}
    values |= {"ADDRESS": "12 Elm Street", "MEMBER_ID": "XYZ123456789", "DEA": "AB1234563", "PASSPORT": "C01234567"}
    values |= {"DRIVER_LICENSE": "D1234567", "NDC": "0002-8215-01", "IP": "203.0.113.9", "CONDITION": "Sore knees"}
    values |= {"MEDICATION": "Anything 50 mg"}
    scanner = Scanner()
    for field in Dictionary.default().fields:
        words = split_words(field.name)
        for name in (" ".join(words), "_".join(words), "-".join(words), "".join(words), "".join(w.title() for w in words)):
            text = f'"customer":1,"{name}": "{values[field.entity]}"'
            assert [match.entity for match in scanner.scan(text)] == [field.entity], text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("patientFirst_name", ["patient", "First", "name"]),
        ("SSN", ["SSN"]),
        ("userSSN2", ["user", "SSN", "2"]),
        ("icd-10.code", ["icd", "10", "code"]),
        ("prénom", ["prénom"]),
        ("", []),
    ],
)
def test_names_are_split_into_words(name: str, words: list[str]) -> None:
    """Words end at capitals, digits and any mark."""
    assert split_words(name) == words


def test_names_are_compared_in_one_spelling() -> None:
    """Case, marks and full-width letters make no difference."""
    assert spelled("First-Name") == spelled("FIRST_NAME") == spelled("\uff46\uff49\uff52\uff53\uff54 name") == "firstname"


def test_a_later_field_of_the_same_name_wins() -> None:
    """A user's entry replaces ours of the same name."""
    mine = Dictionary([Field(name="MRN", entity="SSN", weight=0.9, prose=True)])
    both = Dictionary.default().extended(mine)

    assert [match.entity for match in Scanner(both).scan("mrn 900123456")] == ["SSN"]
    assert len(both.fields) == len(Dictionary.default().fields)


def test_terms_of_the_user_are_found(tmp_path: Path) -> None:
    """What a store calls its products that tell of health is found beside ours, and a term of ours can be weighed anew."""
    own = tmp_path / "own.yaml"
    own.write_text(
        "terms:\n"
        "  - {entity: CONDITION, weight: 0.9, terms: [calm nights kit]}\n"
        "  - {entity: MEDICATION, weight: 0.1, terms: [xanax]}\n"
    )

    scanner = Scanner(Dictionary.complete().extended(Dictionary.read(own)))

    assert [match.score for match in scanner.scan("/products/calm-nights-kit")] == [0.9]
    assert scanner.scan("xanax") == []
    assert [match.entity for match in scanner.scan("prozac")] == ["MEDICATION"]


def test_dictionaries_are_values() -> None:
    """Equal fields make equal dictionaries, whose patterns are compiled once."""
    field = Field(name="ssn", entity="SSN")

    assert Dictionary([field]) == Dictionary([field])
    assert hash(Dictionary([field])) == hash(Dictionary([field]))
    assert Dictionary([field]) != Dictionary([field], [Term(text="gout", entity="CONDITION")])
    assert Dictionary([field]) != Dictionary([])
    assert Dictionary([]) != "ssn"


def test_a_dictionary_without_fields_still_finds_shapes() -> None:
    """Without names, values that stand for themselves are found."""
    assert [match.entity for match in Scanner(Dictionary([])).scan("ssn=900123456 jane@x.example")] == ["EMAIL"]


def test_column_names_are_fields() -> None:
    """The longest known ending of a column's name counts; a name that must be whole is not an ending."""
    dictionary = Dictionary.default()

    assert (field := dictionary.column("patientSSN")) is not None
    assert field.entity == "SSN"
    assert dictionary.column("name") is not None
    assert dictionary.column("file_name") is None
    assert dictionary.column("") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"fields: [", "is not YAML"),
        (b"a: b: c\n", "is not YAML: line 1: mapping values are not allowed"),
        (b"\x00", "is not YAML"),
        (b"fields: 7\n", "$.fields: 7 is not of type 'array'"),
        (b"fields: [{entity: EMAIL, names: [mail]}]\n", "$.fields[0].entity"),
        (b"fields: [{entity: SSN}]\n", "$.fields[0]"),
        (b"fields: [{entity: SSN, names: ['--']}]\n", "$.fields[0].names[0]"),
        (b"fields: [{entity: SSN, names: [xy], wait: 1}]\n", "$.fields[0]"),
        (b"terms: [{entity: NAME, terms: [jane]}]\n", "$.terms[0].entity"),
        (b"{}\n", "own.yaml"),
        (b"\xff\xfe\xff", "own.yaml"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: bytes, told: str) -> None:
    """A file that cannot be used raises an error that names the file, the place and the way out."""
    own = tmp_path / "own.yaml"
    own.write_bytes(text)

    with pytest.raises(BadInput, match=r"own\.yaml") as caught:
        Dictionary.read(own)

    assert told in str(caught.value)
    assert "entities.md" in caught.value.advice()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there raises an error that names it."""
    with pytest.raises(BadInput, match=r"gone\.yaml cannot be read: FileNotFoundError"):
        Dictionary.read(tmp_path / "gone.yaml")
