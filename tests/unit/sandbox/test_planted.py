"""Canary patients: nobody has their values, each is recognized by its own, and by nothing that test data has too."""

import secrets
import stat
from pathlib import Path

import pytest

from hemostat.kernel import BadInput, Home, Settings
from hemostat.phi import Scanner, patients
from hemostat.phi.known import Known
from hemostat.phi.traits import Trait
from hemostat.sandbox.planted import MOST, Planted, draw, plant, planted, uproot
from unit.phi.enrolled import NOON

SCANNER = Scanner()


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create(Settings())
    return home


def _known(home: Home) -> Known:
    known = patients.known(home, home.keyring(home.settings()))
    assert known
    return known


def test_no_value_can_belong_to_anybody_and_none_comes_twice() -> None:
    """Mail under .example, numbers kept for fiction, a watermark; what a canary is recognized by is its own."""
    drawn = draw(MOST, secrets.randbelow)

    assert all(one.email.endswith("@inbox.example") and "-555-01" in one.phone and one.watermark == "SYNTHETIC" for one in drawn)
    for values in ([one.email for one in drawn], [one.mrn for one in drawn], [one.member_id for one in drawn]):
        assert MOST == len(set(values))


def test_the_same_draws_make_the_same_canaries() -> None:
    """Nothing but the draws is random."""
    assert draw(2, lambda most: most // 3) == draw(2, lambda most: most // 3)


def test_each_own_value_is_proof_wherever_it_is_found(home: Home) -> None:
    """The scanner finds each in a record, and it is told as a canary's."""
    drawn = draw(20, secrets.randbelow)
    plant(home, home.keyring(home.settings()), drawn, at=NOON)

    for one in drawn:
        text = f'{{"email": "{one.email}", "mrn": "{one.mrn}", "member_id": "{one.member_id}"}}'
        (told,) = _known(home).recognized([(text, SCANNER.scan(text))])
        assert [("canary", "email"), ("canary", "mrn"), ("canary", "member_id")] == [tuple(seen) for _, seen in told if seen]


def test_what_test_data_has_too_is_no_proof(home: Home) -> None:
    """Name, birthday and fictional number of a canary recognize nobody."""
    (one,) = draw(1, secrets.randbelow)
    plant(home, home.keyring(home.settings()), [one], at=NOON)

    text = f'{{"full_name": "{one.first_name} {one.last_name}", "dob": "{one.dob}", "phone": "{one.phone}"}}'
    assert 3 == len(SCANNER.scan(text))
    assert [] == _known(home).found(text, SCANNER.scan(text))


def test_the_list_is_kept_for_its_owner_and_goes_with_the_set(home: Home) -> None:
    """Mode 600; who uproots canaries recognizes none."""
    keyring = home.keyring(home.settings())
    drawn = draw(3, secrets.randbelow)

    assert [] == planted(home)
    plant(home, keyring, drawn, at=NOON)
    assert drawn == planted(home)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in home.patients.iterdir()}

    assert 3 == uproot(home, keyring)
    assert ([], None) == (planted(home), patients.known(home, keyring))
    with pytest.raises(BadInput, match="no set 'canaries'"):
        uproot(home, keyring)


def test_a_damaged_list_is_said(home: Home) -> None:
    """It is not taken for an empty one."""
    home.patients.mkdir()
    (home.patients / "canaries.json").write_text("[{]")

    with pytest.raises(BadInput, match=r"canaries\.json is damaged"):
        planted(home)


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_none_and_too_many_are_refused(home: Home, count: int) -> None:
    """Nothing of them is written."""
    one = Planted(first_name="", last_name="", email="", phone="", dob=NOON.date(), mrn="", member_id="")

    with pytest.raises(BadInput, match="none, or too many"):
        plant(home, home.keyring(home.settings()), [one] * count, at=NOON)
    assert not home.patients.exists()


def test_canaries_are_recognized_by_digests_too(home: Home) -> None:
    """As advertising networks are sent their addresses."""
    (one,) = draw(1, secrets.randbelow)
    plant(home, home.keyring(home.settings()), [one], at=NOON)

    assert {Trait.EMAIL, Trait.HASHED_EMAIL, Trait.MRN, Trait.MEMBER_ID} == {
        section.trait for _, header in patients.sets(home) for section in header.sections
    }
