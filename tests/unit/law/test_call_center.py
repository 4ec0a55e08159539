"""The call-center script says what the facts say in both languages, marks every gap, and never names a person."""

from datetime import date
from typing import Any

import msgspec
import pytest

from hemostat.kernel import BadInput
from hemostat.law import elements, rules_load
from hemostat.law.call_center import call_center_script, letter_contacts
from hemostat.law.notices import LANGUAGES, NoticeFacts, OfferedRemedy

FACTS = NoticeFacts(
    organization="Fernhollow Health",
    phone="1-800-555-0100",
    website="https://fernhollow.example/notice",
    call_center_hours="Monday to Friday",
    happened_from=date(2026, 3, 1),
    discovered_on=date(2026, 3, 2),
    elements=["name", "ssn"],
    incident="INC-0001",
    total=501,
    today=date(2026, 3, 20),
    remedies=[
        OfferedRemedy(title="Credit monitoring", months=18, jurisdiction="US-MA"),
        OfferedRemedy(title="Credit monitoring", months=12, jurisdiction="US"),
        OfferedRemedy(title="A toll-free number", months=0, jurisdiction="US"),
    ],
)
SECTIONS = {
    "en": [
        "HOURS",
        "BEFORE YOU PICK UP",
        "WHAT YOU MAY SAY",
        "WHAT YOU MUST NOT SAY",
        "QUESTIONS AND ANSWERS",
        "PASS ON AT ONCE",
    ],
    "es": [
        "HORARIO",
        "ANTES DE CONTESTAR",
        "LO QUE PUEDE DECIR",
        "LO QUE NO DEBE DECIR",
        "PREGUNTAS Y RESPUESTAS",
        "PASE LA LLAMADA",
    ],
}


def script(language: str = "en", **given: Any) -> str:
    """The script of these facts, or of what is given instead."""
    return call_center_script(msgspec.structs.replace(FACTS, **given), language=language)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_both_languages_have_every_part(language: str) -> None:
    """The same parts, the same thirteen questions, nothing left to fill in, no placeholder left over."""
    text = script(language)

    assert all(part in text for part in SECTIONS[language])
    assert [f"{number}." in text for number in range(1, 14)] == [True] * 13
    assert "«" not in text
    assert "$" not in text
    assert "1-800-555-0100" in text
    assert "90" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["on or after March 1, 2026", "March 2, 2026", "full name, Social Security number", "Monday to Friday"]),
        ("es", ["el 1 de marzo de 2026 o después", "2 de marzo de 2026", "nombre completo, ", "lunes a viernes"]),
    ],
)
def test_the_facts_stand_in_the_language(language: str, said: list[str]) -> None:
    """Days, kinds of information and hours are those of the incident."""
    text = script(language)

    assert [part for part in said if part not in text] == []


def test_each_offer_has_its_line() -> None:
    """A state's offer names the state, a general one nobody; what has no months is no service to sign up for."""
    text = script()

    assert "  People in Massachusetts: 18 months" in text
    assert "  12 months" in text
    assert "0 months" not in text.replace("10 months", "")


@pytest.mark.parametrize(("language", "words"), [("en", "No service is owed"), ("es", "No se debe ningún servicio")])
def test_without_an_offer_the_script_says_so(language: str, words: str) -> None:
    """An agent never has to guess."""
    assert words in script(language, remedies=[])


@pytest.mark.parametrize(
    ("language", "mark", "day"), [("en", "«fill in: ", "as the letter says"), ("es", "«complete: ", "como dice la carta")]
)
def test_what_nobody_has_set_is_marked(language: str, mark: str, day: str) -> None:
    """Number, hours, website and kinds of information are marked; an unknown day is left to the letter."""
    text = script(language, phone="", call_center_hours="", website="", elements=[], happened_from=None)

    assert 4 <= text.count(mark)
    assert day in text


def test_an_exercise_says_that_it_is_one() -> None:
    """Nobody is called in a drill."""
    assert "EXERCISE: nobody is called" in script(is_exercise=True)
    assert "EJERCICIO" in script("es", is_exercise=True)
    assert "EXERCISE" not in script()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_element_has_a_name(language: str) -> None:
    """Whatever leaked can be said."""
    assert script(language, elements=[element.id for element in elements()])


def test_another_language_is_refused() -> None:
    """The error lists the languages there are."""
    with pytest.raises(BadInput, match="no script in 'fr'") as error:
        script("fr")

    assert "en, es" in error.value.advice()


def test_every_place_can_be_asked_for_contacts() -> None:
    """Places whose law names nobody are left out; each contact that is left can be reached by phone."""
    places = sorted(set(rules_load().names) - {"US"})

    found = letter_contacts(places)

    assert {one.jurisdiction for one in found} < set(places)
    assert all(one.contacts and one.citation and all(contact.phone for contact in one.contacts) for one in found)
    assert {"ag_md", "ftc", "equifax", "experian", "transunion"} == {
        contact.id for one in found if one.place == "Maryland" for contact in one.contacts
    }
