"""Canary patients: people who do not exist, to plant among real ones. Whoever sees one elsewhere sees that records got out.

Each has values of its own, drawn at random and found nowhere else: an e-mail address, a medical record number, a member number.
Only by these a canary is recognized: names, days of birth and numbers kept for fiction are in test data everywhere.
"""

import string
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, Home, Keyring, replace_file
from hemostat.phi import patients
from hemostat.phi.traits import Trait

from .patients import WATERMARK, Population

MOST = 200
"""Canaries of a home."""

_LETTERS = string.ascii_lowercase + "234567"
_OF_ADDRESS, _OF_NUMBER = 16, 14
"""Random letters (80 bits) and digits (46 bits) of a value."""


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """One canary, in the words of a table of customers."""

    first_name: str
    last_name: str
    email: str
    phone: str
    dob: date
    mrn: str
    member_id: str
    watermark: str = WATERMARK


def draw(count: int, below: Callable[[int], int]) -> list[Planted]:
    """So many new canaries. `below` draws a number from 0 up to what it is given, such as `secrets.randbelow`."""
    return [_drawn(below) for _ in range(count)]


def _drawn(below: Callable[[int], int]) -> Planted:
    somebody = next(Population(below(2**32)).ordinary())
    token = "".join(_LETTERS[below(len(_LETTERS))] for _ in range(_OF_ADDRESS))
    mrn, member = (f"{below(10**_OF_NUMBER):0{_OF_NUMBER}d}" for _ in range(2))
    return Planted(
        first_name=somebody.first_name,
        last_name=somebody.last_name,
        email=f"{somebody.first_name}.{token}@inbox.example".lower(),
        phone=somebody.phone,
        dob=somebody.dob,
        mrn=f"HC{mrn}",
        member_id=f"HM{member}",
    )


def planted(home: Home) -> list[Planted]:
    """The canaries of a home. Raises `BadInput` when their file is damaged."""
    path = _file(home)
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Planted]) if path.exists() else []
    except msgspec.DecodeError as error:
        raise BadInput(f"{path.name} is damaged.", advice="Restore it from the backup, or forget the canaries.") from error


def plant(home: Home, keyring: Keyring, canaries: Sequence[Planted], *, at: datetime) -> None:
    """These are the canaries of the home, and are recognized from now on. Raises `BadInput` for none, and for too many."""
    if not 0 < len(canaries) <= MOST:
        raise BadInput(f"{len(canaries):,} canaries are none, or too many.", advice=f"A home has 1 to {MOST}.")
    made = patients.builder(home, keyring)
    for one in canaries:
        made.add({Trait.EMAIL: [one.email], Trait.MRN: [one.mrn], Trait.MEMBER_ID: [one.member_id]})
    # The list first: a canary that is recognized must be one that can be looked up.
    replace_file(_file(home), msgspec.json.encode(canaries), mode=0o600)
    patients.keep(home, keyring, made, name=patients.CANARIES, of="canary", at=at)


def uproot(home: Home, keyring: Keyring) -> int:
    """No canary is recognized any more, and their list is gone; answers with how many it had."""
    count = len(planted(home))
    patients.forget(home, keyring, patients.CANARIES)
    _file(home).unlink(missing_ok=True)
    return count


def _file(home: Home) -> Path:
    return home.patients / "canaries.json"
