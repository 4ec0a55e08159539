"""The script of the call center, in English and in Spanish, and whom letters must name.

The texts stand in `content/law/call-center.en.txt` and `.es.txt`, where counsel edits them. No patient value is ever in one.
"""

from collections.abc import Iterable
from string import Template

import msgspec

from hemostat.kernel import BadInput, content

from .facts import FEDERAL
from .notices import LANGUAGES, NoticeFacts
from .notices.drafting import plan_of
from .notices.files import Contact, Words, library
from .notices.scope import Scope
from .rules import rules_load

OPEN_DAYS = 90
"""Days that the line stays open, 45 CFR 164.404(d)(2)(ii); planned for before anybody knows how many letters come back."""
_NO_OFFER = Words(
    en="No service is owed. What is offered of our own accord stands in the letter.",
    es="No se debe ningún servicio. Lo que se ofrece por cuenta propia está en la carta.",
)
_EXERCISE = Words(en="EXERCISE: nobody is called, and nobody calls.\n", es="EJERCICIO: no se llama a nadie y nadie llama.\n")
_UNKNOWN_DAY = Words(en="as the letter says", es="como dice la carta")
_BLANKS = {
    "call_center_hours": Words(en="«fill in: hours of the line»", es="«complete: horario de la línea»"),
    "phone": Words(en="«fill in: toll-free number»", es="«complete: número gratuito»"),
    "website": Words(en="«fill in: website»", es="«complete: sitio web»"),
    "elements": Words(en="«fill in: kinds of information»", es="«complete: tipos de información»"),
    "happened": _UNKNOWN_DAY,
}


def call_center_script(facts: NoticeFacts, *, language: str) -> str:
    """The script as plain text. What nobody has set is marked to be filled in. Raises `BadInput` for another language."""
    if language not in LANGUAGES:
        raise BadInput(f"There is no script in {language[:10]!r}.", advice=f"Choose one of {', '.join(LANGUAGES)}.")
    scope = Scope(library(), plan_of("plain-notice"), jurisdiction=FEDERAL, facts=facts, language=language, answers={})
    said = {name: scope.values[name] or blank.of(language) for name, blank in _BLANKS.items()}
    text = (content("law") / f"call-center.{language}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        said,
        organization=facts.organization,
        incident=facts.incident,
        exercise=_EXERCISE.of(language) if facts.is_exercise else "",
        days=OPEN_DAYS,
        discovered=scope.values["discovered_on"],
        offers="\n".join(f"  {line}" for line in _offers(scope)),
    )


def _offers(scope: Scope) -> list[str]:
    names, phrases = rules_load().names, scope.files.words.phrases
    lines = [
        phrases["offer" if one.jurisdiction in {"", FEDERAL} else "offer_in"]
        .of(scope.language)
        .format(months=one.months, place=names.get(one.jurisdiction, ""))
        for one in scope.offers
    ]
    return lines or [_NO_OFFER.of(scope.language)]


class LetterContacts(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the letters to the people of one place must name. `verified`: the law's list was seen in a source."""

    jurisdiction: str
    place: str
    citation: str
    verified: bool
    contacts: list[Contact]


def letter_contacts(places: Iterable[str]) -> list[LetterContacts]:
    """Whom the letters of these places must name, in the order of the places; one whose law names nobody is left out."""
    return [found for place in places if (found := _contacts_of(place)).contacts]


def _contacts_of(place: str) -> LetterContacts:
    files = library()
    rule = files.rules[place]
    asked = [name for one in rule.items for name in files.items[one.item].check.contacts]
    names = [name for name in asked if name != "place"] + (list(rule.contacts) if "place" in asked else [])
    contacts = {contact.id: contact for name in names for contact in files.contact(name)}
    return LetterContacts(
        jurisdiction=place,
        place=rules_load().names[place],
        citation=rule.citation,
        verified=rule.verified,
        contacts=list(contacts.values()),
    )
