"""What kinds of data mean that are found together: patient data in the sense of the law, or only a part of it.

An e-mail address alone is a customer's, a diagnosis code alone is nobody's. Together they are individually identifiable health
information (45 CFR 160.103). What each kind is stands in content/phi/entities.yaml.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache

import msgspec

from hemostat.kernel import content


class Kind(StrEnum):
    """What an entity tells, as content/phi/entities.yaml explains the words."""

    IDENTIFIER = "identifier"
    TRACE = "trace"
    HEALTH = "health"
    PROFESSIONAL = "professional"
    SECRET = "secret"  # noqa: S105  # a word, not one


class Entity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of data that the scanner tells.

    hipaa: the letter of 45 CFR 164.514(b)(2)(i) that lists it; "" when none does.
    elements: what it is to the law of breaches, words of `hemostat law elements`.
    """

    id: str
    label: str
    kind: Kind
    hipaa: str = ""
    elements: list[str] = []


class EntityFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `content/phi/entities.yaml` holds."""

    entities: list[Entity]


class Meaning(msgspec.Struct, frozen=True):
    """What data found together is: is it patient data, and why."""

    phi: bool
    because: str


@cache
def entities() -> Mapping[str, Entity]:
    """Every entity by its label, in the order of the manual."""
    import yaml  # noqa: PLC0415  # only those who ask for meanings read the file

    told = yaml.load((content("phi") / "entities.yaml").read_bytes(), Loader=yaml.CSafeLoader)  # a safe loader
    return {one.id: one for one in msgspec.convert(told, EntityFile).entities}


def meaning(found: Collection[str]) -> Meaning:
    """What entities are that were found together, in one line or row."""
    known = entities()
    told = [known[label] for label in known if label in found]
    by_kind = {kind: [one for one in told if one.kind is kind] for kind in Kind}
    health, who = by_kind[Kind.HEALTH], by_kind[Kind.IDENTIFIER]
    if health and (who or by_kind[Kind.TRACE]):
        first = (who or by_kind[Kind.TRACE])[0]
        return Meaning(phi=True, because=f"{_named(first)} beside {_named(health[0])}")
    if by_kind[Kind.SECRET]:
        return Meaning(phi=False, because=f"{_named(by_kind[Kind.SECRET][0])}: it opens the way to data")
    if who:
        return Meaning(phi=False, because=f"{_named(who[0])}, and nothing here of anybody's health")
    if health:
        return Meaning(phi=False, because=f"{_named(health[0])}, and nobody here whose it is")
    if by_kind[Kind.PROFESSIONAL]:
        return Meaning(phi=False, because=f"{_named(by_kind[Kind.PROFESSIONAL][0])}: it is a clinician's")
    return Meaning(phi=False, because="" if not told else f"{_named(told[0])} alone")


def _named(entity: Entity) -> str:
    law = f" (45 CFR 164.514(b)(2)(i)({entity.hipaa}))" if entity.hipaa else ""
    return f"{entity.label}{law}"
