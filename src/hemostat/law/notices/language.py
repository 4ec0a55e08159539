"""Dates and numbers as people write them in English and in Spanish."""

import re
from collections.abc import Iterator
from datetime import date

LANGUAGES = {"en": "English", "es": "Spanish"}
"""The languages in which people are told, by code, each with its name."""

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905  # reads best
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),  # noqa: SIM905  # same
}
_ANY_DATE = re.compile(
    rf"\b(?:{'|'.join(MONTHS['en'])}) \d{{1,2}},? \d{{4}}\b|\b\d{{1,2}} de (?:{'|'.join(MONTHS['es'])}) de \d{{4}}\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{4}\b",
    re.IGNORECASE,
)


def long_date(day: date, language: str) -> str:
    """`March 2, 2026`, or `2 de marzo de 2026`."""
    if language == "es":
        return f"{day.day} de {MONTHS['es'][day.month - 1]} de {day.year}"
    return f"{MONTHS['en'][day.month - 1]} {day.day}, {day.year}"


def spellings(day: date) -> list[str]:
    """Every way of writing the day that counts as the day, in lower case."""
    english = long_date(day, "en").lower()
    return [
        english,
        english.replace(",", ""),
        long_date(day, "es"),
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        f"{day:%m/%d/%Y}",
    ]


def without_dates(text: str) -> str:
    """The text with every date taken out."""
    return _ANY_DATE.sub(" ", text)


def dates_in(text: str) -> Iterator[str]:
    """Every date of the text, in lower case."""
    return (found.group().lower() for found in _ANY_DATE.finditer(text))
