"""What can leak about a person, and which classes of it a set of leaked elements amounts to."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hemostat.kernel import content

from .files import file_read

# The classes that laws name, and those that none does: they identify or reach a person.
Class = Literal[
    "ssn",
    "driver_license",
    "government_id",
    "financial",
    "medical",
    "medical_id",
    "health_insurance",
    "online_credentials",
    "biometric",
    "date_of_birth",
    "name",
    "contact",
    "card_detail",
    "access_token",
    "purchase",
    "identifier",
    "location",
]


class Element(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One kind of information.

    class_: the word that `reaches` of a law uses.
    needs: elements of which one must have leaked too before this one counts.
    """

    id: str
    label: str
    class_: Class
    needs: list[str] = []


class ElementFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `content/law/elements.yaml` holds."""

    elements: list[Element]


def elements_read(path: Path) -> list[Element]:
    """The elements of a file. Raises `BadInput` when it cannot be used."""
    return file_read(path, ElementFile, schema="elements.schema.json").elements


@cache
def elements() -> list[Element]:
    """Every element that facts may name, in the order of the file that Hemostat ships, read once a process."""
    return elements_read(content("law") / "elements.yaml")


def leaked_classes(leaked: Iterable[str]) -> dict[Class, list[str]]:
    """The classes that these elements amount to, each with the labels that make it up.

    An element without the partner that it needs counts for no class: a card number without its code, a password without a login.
    """
    present = set(leaked)
    classes: dict[Class, list[str]] = {}
    for element in elements():
        if element.id in present and (not element.needs or present.intersection(element.needs)):
            classes.setdefault(element.class_, []).append(element.label)
    return classes


def without_partner(leaked: Iterable[str]) -> list[Element]:
    """Elements that leaked without the partner that they need."""
    present = set(leaked)
    return [one for one in elements() if one.id in present and one.needs and not present.intersection(one.needs)]
