"""Identifiers in saved questions: only pseudonyms reach a question, and a person types the identifier once."""

from pathlib import Path

import pytest

from hemostat.kernel import BadInput, Home
from hemostat.lake.hunt import Hunt, saved_query
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.spool import Spool
from unit.lake.conftest import Send


def test_the_pseudonym_of_what_was_typed_finds_the_patient(home: Home, spool: Spool, send: Send) -> None:
    """The number as the source wrote it finds its events; nobody else's are among them."""
    send(*[{"time": "2026-03-02T12:00:00Z", "act": "page:read", "subject": number} for number in ("4711", "4712")])
    drain(home, spool, tools=Tools(home))
    hunt = Hunt(home)

    answer = hunt.run("who_saw_patient", patient=hunt.pseudonym("person", " 4711 "))

    assert [1] == answer.table["events"].to_pylist()
    assert "4711" not in repr(answer.values)


@pytest.mark.parametrize(
    ("kind", "typed", "same"),
    [
        ("person", "person_abcdefghijklmnop", True),
        ("person", "token_abcdefghijklmnop", False),
        ("actor", "app-17", True),
        ("person", "app-17", False),
        ("token", "", True),
    ],
)
def test_a_pseudonym_is_itself(home: Home, kind: str, typed: str, *, same: bool) -> None:
    """A word of the lake stays as it is, as does the number of an app; everything else becomes a pseudonym."""
    assert same == (typed == Hunt(home).pseudonym(kind, typed))


def test_an_address_is_one_however_it_is_written(home: Home) -> None:
    """Mail addresses are small letters in the sources that tell them."""
    hunt = Hunt(home)

    assert hunt.pseudonym("actor", "nurse@clinic.example") == hunt.pseudonym("actor", "Nurse@Clinic.example")


def test_an_identifier_is_refused_and_not_repeated(home: Home, spool: Spool) -> None:  # noqa: ARG001  # the spool makes its file
    """Given as a value it is no pseudonym: the error names the parameter, never what was given."""
    with pytest.raises(BadInput) as caught:
        Hunt(home).run("who_saw_patient", patient="8675309001")

    assert "8675309001" not in f"{caught.value}{caught.value.advice()}"


def test_an_unreadable_identifier_is_named(tmp_path: Path) -> None:
    """A kind that there is none of is told with the file."""
    path = tmp_path / "odd.sql"
    path.write_text("-- title: T\n-- question: Q?\n-- identifier: x | shoe | Size.\nSELECT 1")

    with pytest.raises(BadInput, match=r"odd\.sql"):
        saved_query(path)
