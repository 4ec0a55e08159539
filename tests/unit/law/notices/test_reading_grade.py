"""Syllables, grades and the limit that our own letters keep."""

import pytest

from hemostat.kernel import BadInput
from hemostat.law.notices import GRADE_LIMIT, Block, Section, prose, reading_grade, templates
from hemostat.law.notices.reading import syllables
from unit.law.notices.demo import drafted, versions

ENGLISH = {
    "people": 2, "every": 3, "information": 4, "account": 2, "medical": 3, "security": 4, "identity": 4, "agency": 3, "are": 1,
    "free": 1, "about": 2, "involved": 2, "asked": 1, "created": 3, "added": 2, "table": 2, "names": 1, "places": 2,
    "services": 3, "changes": 2, "letters": 2, "diagnosis": 4, "appointment": 3,
    "doing": 2, "science": 2, "the": 1, "address": 2, "password": 2,
}  # fmt: skip
SPANISH = {
    "información": 4, "alguien": 2, "área": 3, "amigo": 3, "ocurrió": 3, "médico": 3, "seguridad": 4, "identidad": 4, "había": 3,
    "energía": 4, "días": 2, "oír": 2, "que": 1, "guerra": 2, "pingüino": 3, "agencia": 3, "ciudad": 2, "leer": 2, "teatro": 3,
    "policía": 4, "cuenta": 2, "contraseña": 4, "correo": 3, "país": 2, "muy": 1, "siguiente": 3,
}  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("es", SPANISH)])
def test_syllables_are_counted_as_people_speak_them(language: str, words: dict[str, int]) -> None:
    """A table by hand; hyphenation alone would miss single vowels, silent endings and hiatus."""
    assert words == {word: syllables(word, language) for word in words}


def test_the_english_grade_is_that_of_flesch_and_kincaid() -> None:
    """Ten words in two sentences with twelve syllables: 0.39 * 5 + 11.8 * 1.2 - 15.59."""
    text = "The cat sat in the kitchen. It saw a bird. "

    assert 0.5 == reading_grade("The cat sat in the kitchen. It saw the rabbit.", "en")
    assert reading_grade(text, "en") < 1


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("El sol da luz. Yo voy.", 3.0),
        ("Nuestra oficina guarda ciertas cosas.", 8.9),
        ("La confidencialidad institucional.", 17.0),
    ],
)
def test_the_spanish_grade_follows_the_bands_of_fernandez_huerta(text: str, grade: float) -> None:
    """Very easy is grade 3, very hard is 17, and between the bands the line is straight."""
    assert grade == reading_grade(text, "es")


def test_longer_sentences_and_longer_words_take_more_school() -> None:
    """Each of both raises the grade in both languages."""
    easy = {"en": "We saw it. We shut it. You can call us.", "es": "Nuestra oficina guarda cosas. Nuestra oficina cierra."}
    long = {"en": "We saw it and we shut it and you can call us.", "es": "Nuestra oficina guarda cosas nuestra oficina cierra."}
    hard = {"en": "Notification obligations notwithstanding.", "es": "Notificación extraordinariamente confidencial."}
    for language in ("en", "es"):
        assert reading_grade(easy[language], language) < reading_grade(long[language], language)
        assert reading_grade(long[language], language) < reading_grade(hard[language], language)


def test_numbers_addresses_and_marks_are_no_words() -> None:
    """Phone numbers, websites, emails and merge fields neither lengthen a sentence nor count syllables."""
    bare = reading_grade("Call us now. Write to us.", "en")

    assert bare == reading_grade("Call us now 1-800-555-0142. Write to us «First name» privacy@fernhollow.example.", "en")
    assert bare == reading_grade("Call us now www.fernhollow.example/privacy. Write to us.", "en")


def test_a_text_without_words_has_no_grade_and_another_language_is_refused() -> None:
    """Zero for nothing to read; French is not graded."""
    assert 0.0 == reading_grade("1-800-555-0142", "en")
    with pytest.raises(BadInput, match="No reading grade is known for 'fr'"):
        reading_grade("Bonjour.", "fr")


def test_prose_is_what_people_read_in_sentences() -> None:
    """Addresses, names of data and tables are left out; sentences, lead-ins and long lines stay."""
    section = Section(
        heading="What Happened",
        blocks=[
            Block(kind="text", text="Fernhollow Health\n12 Mill Lane"),
            Block(kind="text", text="We found out on March 2, 2026."),
            Block(kind="text", text="These types of data were involved:"),
            Block(kind="list", items=["full name", "Watch out for calls.", "a line of eight words that has no end"]),
            Block(kind="rows", rows=[("Equifax", "Call them. Now.")]),
        ],
    )

    assert [
        "We found out on March 2, 2026.",
        "These types of data were involved:",
        "Watch out for calls.",
        "a line of eight words that has no end",
    ] == prose([section]).split("\n")


def test_our_own_letters_stay_under_the_limit() -> None:
    """Filled in, every letter and publication of every place reads at or under the limit in both languages."""
    graded = [name for name, face in templates().items() if face.graded]
    grades = {
        (name, place, language): reading_grade(prose(drafted(name, place, language=language).sections), language)
        for name, place, language in versions()
        if name in graded
    }

    assert {"hipaa-individual", "california-form", "state-letter", "substitute-notice", "hipaa-media"} <= set(graded)
    assert {} == {version: grade for version, grade in grades.items() if grade > GRADE_LIMIT}
