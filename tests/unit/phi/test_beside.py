"""People whose names no list holds, told by what stands right behind them."""

import pytest

from hemostat.phi import Scanner

SCANNER = Scanner()


def people(text: str) -> list[str]:
    """The names that are found in a text."""
    return [text[match.start : match.end] for match in SCANNER.scan(text) if match.entity == "NAME"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Critical called to Zyrphaela Quonx, RN at 07:27", ["Zyrphaela Quonx"]),
        ("Zyrphaela Quonx PharmD signed", ["Zyrphaela Quonx"]),
        ("Called Zyrphaela Quonx, RN", ["Zyrphaela Quonx"]),
        ("From: Zyrphaela Quonx <zq@clinic.example>", ["Zyrphaela Quonx"]),
        ('From: "Zyrphaela Quonx" <zq@clinic.example>', ["Zyrphaela Quonx"]),
        ("rm 4 ZYRPHAELA QUONX (52F) worse since noon", ["ZYRPHAELA QUONX"]),
        ("QUONX, ZYRPHAELA DOB 02/03/1961", ["QUONX, ZYRPHAELA"]),
        ("for Zyrphaela Quonx, 52 yo, in bed 3", ["Zyrphaela Quonx"]),
        ("transfer of Zyrphaela van der Quonx, MRN 00123456", ["Zyrphaela van der Quonx"]),
        ("Dr Zyrphaela Q. Quonx, MD", ["Zyrphaela Q. Quonx"]),
        ("seen by Ægir Þórquonx, RN", ["Ægir Þórquonx"]),
        ("Old Zyrphaela Maria Quonx, RN", ["Maria Quonx"]),
        ("appt Zyrphaela Maria 02/03/1961", ["Zyrphaela Maria"]),
    ],
)
def test_two_words_in_front_of_what_only_people_have(text: str, found: list[str]) -> None:
    """A degree, an address of mail, age and sex, a record number or a date of birth make a person of unknown words."""
    assert found == people(text)


@pytest.mark.parametrize(
    "text",
    [
        "Order Quonx 02/03/2026",
        "Quonx, RN",
        "to Quonx, RN",
        "Fernhollow Health <care@fernhollow.example>",
        "the zyrphaela quonx, RN",
        "x/Zyrphaela.Quonx, RN",
        "Zyrphaela Quonx, RNA",
        "Vitamin Pack, 52 yo",
        "QUONX1, RN",
    ],
)
def test_other_words_are_no_people(text: str) -> None:
    """A single word, things, words in lowercase, and a date behind unknown words tell of nobody."""
    assert people(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"display": "Suresh", "dob": "1980-02-03"}', ["Suresh"]),
        ('{"fn": "Suresh", "x": 1}', []),
        ('{"fn": "Zyrphaela", "ln": "Quonx", "dob": "1980-02-03"}', ["Zyrphaela", "Quonx"]),
        ('{"fn": "Zyrphaela", "x": 1}', []),
        ('{"display": "Zyrphaela", "dob": "1980-02-03"}', []),
        ('{"display": "Krishnamurthy", "dob": "1980-02-03"}', ["Krishnamurthy"]),
        ('{"display": "Brown", "dob": "1980-02-03"}', []),
    ],
)
def test_half_a_name_in_a_field_of_many_uses(text: str, found: list[str]) -> None:
    """Among fields of a person a known name counts, and an unknown one where the field is for half a name; alone none does."""
    assert found == people(text)
