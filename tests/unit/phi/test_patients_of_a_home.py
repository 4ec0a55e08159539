"""The sets of a home: made again in place, two keys at most, and nothing left of what was forgotten."""

import stat
from pathlib import Path

import pytest

from hemostat.kernel import BadInput, BadSettings, Home, Keyring, Settings
from hemostat.phi import patients
from hemostat.phi.fingerprints import Fingerprints, Header
from hemostat.phi.traits import Trait
from unit.phi.enrolled import JANE, JOHN, NOON


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create(Settings())
    return home


@pytest.fixture(name="keyring")
def _keyring(home: Home) -> Keyring:
    return home.keyring(home.settings())


def keep(home: Home, keyring: Keyring, name: str = "patients", person: dict[Trait, list[str]] = JANE) -> Header:
    """A set of one person stands in the home."""
    made = patients.builder(home, keyring)
    made.add(person)
    return patients.keep(home, keyring, made, name=name, of="patient", at=NOON)


def knows(home: Home, keyring: Keyring, person: dict[Trait, list[str]] = JANE) -> int:
    """By how many sets the person is recognized."""
    known = patients.known(home, keyring)
    return len(known.value(Trait.EMAIL, person[Trait.EMAIL][0])) if known else 0


def test_a_home_without_sets_recognizes_nobody(home: Home, keyring: Keyring) -> None:
    """And needs no key for it."""
    assert patients.known(home, keyring) is None
    assert [] == patients.sets(home)


def test_a_set_is_made_again_in_place(home: Home, keyring: Keyring) -> None:
    """The new one counts, the old one is gone; the folder is its owner's alone."""
    keep(home, keyring)
    again = keep(home, keyring, person=JOHN)

    assert (0, 1) == (knows(home, keyring), knows(home, keyring, JOHN))
    assert [again] == [header for _, header in patients.sets(home)]
    assert 0o700 == stat.S_IMODE(home.patients.stat().st_mode)


@pytest.mark.parametrize("name", ["", "A", "../a", "a/b", "x" * 41, "canaries", "-a", "a\n"])
def test_names_that_cannot_be(home: Home, keyring: Keyring, name: str) -> None:
    """A name is a part of a file's name, and one is kept for canaries."""
    with pytest.raises(BadInput, match="cannot be the name"):
        keep(home, keyring, name)

    assert [] == patients.sets(home)


def test_two_keys_are_live_while_sets_are_made_again(home: Home, keyring: Keyring) -> None:
    """After a rotation sets of both keys count; with the last old set the old key goes, and a copy of that set is worthless."""
    keep(home, keyring, "shop")
    keep(home, keyring, "clinic")
    before = keyring.secret(patients.KEY)
    copy = next(path for path, header in patients.sets(home) if header.name == "clinic").read_bytes()

    assert ["clinic", "shop"] == patients.rotate(home, keyring)
    assert 2 == knows(home, keyring)

    assert 2 == keep(home, keyring, "shop").generation
    assert 2 == knows(home, keyring)
    assert before in keyring.secrets(patients.KEY)
    with pytest.raises(BadInput, match="'clinic' still stands under the key before"):
        patients.rotate(home, keyring)

    keep(home, keyring, "clinic")
    assert [2, 2] == [header.generation for _, header in patients.sets(home)]
    assert (2, [keyring.secret(patients.KEY)]) == (knows(home, keyring), keyring.secrets(patients.KEY))
    assert before not in keyring.secrets(patients.KEY)
    (home.patients / "copy.1.set").write_bytes(copy)
    with pytest.raises(BadInput, match="key of copy"):
        patients.known(home, keyring)


def test_a_set_that_is_forgotten_leaves_nothing(home: Home, keyring: Keyring) -> None:
    """Its file goes; with the last set the key goes too."""
    keep(home, keyring, "shop")
    keep(home, keyring, "clinic")
    key = keyring.secret(patients.KEY)
    copy = home.path / "copy.set"
    copy.write_bytes(patients.sets(home)[0][0].read_bytes())

    assert (1, key) == (patients.forget(home, keyring, "shop"), keyring.secret(patients.KEY))
    assert 1 == patients.forget(home, keyring, "clinic")

    assert [] == list(home.patients.iterdir())
    assert patients.known(home, keyring) is None
    with pytest.raises(BadInput, match="not in this home"):
        Fingerprints.open(copy, keyring.secrets(patients.KEY))
    with pytest.raises(BadInput, match="no set 'shop'"):
        patients.forget(home, keyring, "shop")


def test_a_rotation_outlives_a_set_that_is_forgotten(home: Home, keyring: Keyring) -> None:
    """The new key stays the one that sets are made with."""
    keep(home, keyring, "shop")
    keep(home, keyring, "clinic")
    patients.rotate(home, keyring)
    newest = keyring.secret(patients.KEY)
    keep(home, keyring, "shop")

    patients.forget(home, keyring, "shop")

    assert newest == keyring.secret(patients.KEY)
    assert 1 == knows(home, keyring)


def test_sets_without_their_key_are_said(home: Home, keyring: Keyring) -> None:
    """A home whose key was lost says so rather than recognize nobody in silence."""
    keep(home, keyring)
    (keyring.folder / "patients.json").unlink()

    with pytest.raises(BadSettings, match="'patients' is missing"):
        patients.known(home, keyring)


@pytest.mark.parametrize("file", ["patients.1.set", "patients.set"])
def test_a_damaged_set_is_made_again_or_forgotten(home: Home, keyring: Keyring, file: str) -> None:
    """It is said, it stops neither, and the key that it may have had stays as long as it does."""
    keep(home, keyring, "clinic")
    before = keyring.secret(patients.KEY)
    patients.rotate(home, keyring)
    (home.patients / file).write_bytes(b"damaged")
    with pytest.raises(BadInput, match="damaged"):
        patients.sets(home)

    keep(home, keyring, "clinic")
    assert before in keyring.secrets(patients.KEY)
    assert 2 == keep(home, keyring).generation
    assert before not in keyring.secrets(patients.KEY)

    (home.patients / file).write_bytes(b"damaged")
    patients.forget(home, keyring, "patients")
    assert 1 == knows(home, keyring)
