"""Which field names hold which patient data, and which words tell of somebody's health.

The words are data, in content/phi/fields.yaml, content/phi/terms.yaml and HOME/fields.yaml.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import BadInput, content


class Field(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """One name of a field and what its value is. See content/phi/fields.yaml for the meaning of each flag.

    own: it stands in a file of the user's.
    """

    name: str
    entity: str
    otherwise: str = ""
    weight: float = 0.85
    whole: bool = False
    prose: bool = False
    weak: bool = False
    own: bool = False


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """Words that tell of somebody's health. See content/phi/terms.yaml for the meaning of each flag.

    own: they stand in a file of the user's.
    """

    text: str
    entity: str
    weight: float = 0.7
    weak: bool = False
    own: bool = False


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One block of names."""

    entity: str
    otherwise: str = ""
    weight: float = 0.85
    prose: bool = False
    weak: bool = False
    names: list[str] = []
    whole: list[str] = []


class _Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One block of terms."""

    entity: str
    terms: list[str]
    weight: float = 0.7
    weak: bool = False


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    fields: list[_Entry] = []
    terms: list[_Terms] = []


class Dictionary:
    """Field names and what they hold, and terms. Two dictionaries of the same fields and terms are equal."""

    def __init__(self, fields: Iterable[Field], terms: Iterable[Term] = ()) -> None:
        # A later field of the same name replaces an earlier one: a user's word counts more than ours.
        self._fields = {spelled(field.name): field for field in fields}
        self._terms = {spelled(term.text): term for term in terms}

    @classmethod
    def default(cls) -> "Dictionary":
        """The names of fields that come with Hemostat, without terms: a word of health names nobody."""
        return _default()

    @classmethod
    def complete(cls) -> "Dictionary":
        """The names of fields and the terms that come with Hemostat."""
        return _complete()

    @classmethod
    def read(cls, path: Path) -> "Dictionary":
        """The dictionary in a YAML file. Raises `BadInput` that names the file and the place of the fault."""
        return cls(*_decode(path))

    def extended(self, other: "Dictionary") -> "Dictionary":
        """Both together; where both know a name, `other` is right."""
        return Dictionary([*self.fields, *other.fields], [*self.terms, *other.terms])

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields."""
        return tuple(self._fields.values())

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms."""
        return tuple(self._terms.values())

    def column(self, name: str) -> Field | None:
        """The field that a whole column name stands for, longest ending first."""
        words = split_words(name)
        for first in range(len(words)):
            field = self._fields.get(spelled("".join(words[first:])))
            if field and (first == 0 or not field.whole):
                return field
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dictionary) and (self.fields, self.terms) == (other.fields, other.terms)

    def __hash__(self) -> int:
        return hash((self.fields, self.terms))


def spelled(name: str) -> str:
    """A name in the one spelling by which names are compared: lowercase letters and digits only."""
    if name.isascii():
        return "".join(_WORD.findall(name)).lower()
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def split_words(name: str) -> list[str]:
    """The words of a field name, whatever its spelling: `patientFirst_name` has three."""
    return _WORDS.findall(name)


_WORD = re.compile(r"[A-Za-z0-9]+")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z\d]+|\d+")


def _decode(path: Path) -> tuple[list[Field], list[Term]]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to import, and needed only for a file of the user
    from yaml import YAMLError  # noqa: PLC0415  # same

    from hemostat.kernel.yamls import yaml_document, yaml_fault  # noqa: PLC0415  # same

    advice = "Compare it with docs/reference/entities.md."
    try:
        told = yaml_document(path.read_bytes())
    except OSError as error:
        raise BadInput(f"The field dictionary {path.name} cannot be read: {type(error).__name__}.", advice=advice) from error
    except YAMLError as error:
        raise BadInput(f"The field dictionary {path.name} is not YAML: {yaml_fault(error)}.", advice=advice) from error
    schema = msgspec.json.decode((content("phi") / "fields.schema.json").read_bytes())
    fault = next(iter(Draft202012Validator(schema).iter_errors(told)), None)
    if fault:
        raise BadInput(f"The field dictionary {path.name}: {fault.json_path}: {fault.message}.", advice=advice)
    return _told(told, own=True)


def _yaml(text: bytes) -> Any:
    import yaml  # noqa: PLC0415  # the scanner's users pay for it at their first scan, not at import

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both loaders are safe


def _told(told: Any, *, own: bool = False) -> tuple[list[Field], list[Term]]:
    file = msgspec.convert(told, _File)
    fields = [
        Field(
            name=name,
            entity=entry.entity,
            otherwise=entry.otherwise,
            weight=entry.weight,
            prose=entry.prose,
            weak=entry.weak,
            whole=whole,
            own=own,
        )
        for entry in file.fields
        for whole, names in ((False, entry.names), (True, entry.whole))
        for name in names
    ]
    terms = [
        Term(text=text, entity=entry.entity, weight=entry.weight, weak=entry.weak, own=own)
        for entry in file.terms
        for text in entry.terms
    ]
    return fields, terms


@cache
def _default() -> Dictionary:
    # Our own files are checked against the schema by the tests, not at every start.
    return Dictionary(*_told(_yaml((content("phi") / "fields.yaml").read_bytes())))


@cache
def _complete() -> Dictionary:
    return _default().extended(Dictionary(*_told(_yaml((content("phi") / "terms.yaml").read_bytes()))))
