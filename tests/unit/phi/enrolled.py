"""People of the tests, and sets of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from hemostat.phi.fingerprints import BITS, Builder, Fingerprints, Of
from hemostat.phi.known import Known
from hemostat.phi.traits import Trait

KEY = b"k" * 32
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
JANE = {
    Trait.EMAIL: ["jane.roe@fernhollow.example"],
    Trait.PHONE: ["(202) 555-0198"],
    Trait.NAME: ["Jane Roe"],
    Trait.DOB: ["1980-02-03"],
    Trait.MRN: ["FH-447122"],
    Trait.MEMBER_ID: ["XYZ123456789"],
    Trait.ADDRESS: ["12 Elm Street"],
    Trait.CUSTOMER_ID: ["7000001"],
}
JOHN = {
    Trait.EMAIL: ["john.doe@fernhollow.example"],
    Trait.NAME: ["John Doe"],
    Trait.DOB: ["1975-06-07"],
    Trait.MRN: ["FH-447123"],
}

People = Iterable[Mapping[Trait, Sequence[str]]]


def made(folder: Path, people: People = (JANE, JOHN), *, of: Of = "patient", bits: int = BITS, key: bytes = KEY) -> Fingerprints:
    """A set of these people, in a file of the folder."""
    builder = Builder(key, bits=bits)
    for person in people:
        assert builder.add(person)
    path = folder / f"{of}.1.set"
    builder.write(path, name=of, of=of, generation=1, made_at=NOON)
    return Fingerprints.open(path, [key])


def known(folder: Path, people: People = (JANE, JOHN), *, of: Of = "patient") -> Known:
    """Recognizes these people."""
    return Known([made(folder, people, of=of)])
