"""What one version of a template knows: which rules bind, which conditions hold, what each word in braces stands for."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property

import msgspec

from hemostat.kernel import BadInput
from hemostat.law.elements import elements
from hemostat.law.facts import FEDERAL
from hemostat.law.rules import rules_load

from .files import Asked, Contact, Forbidden, Library, Plan, Rule, Words
from .language import long_date
from .structs import NoticeFacts, OfferedRemedy

VALUES = frozenset(
    {
        "organization",
        "address",
        "phone",
        "email",
        "website",
        "call_center_hours",
        "incident",
        "discovered_on",
        "determined_on",
        "breach_start",
        "breach_end",
        "today",
        "happened",
        "total",
        "people",
        "place",
        "elements",
        "places",
        "encrypted",
        "kinds",
        "services",
        "phi_types",
        "media_places",
        "told_on",
        "hhs_told_on",
        "ninety_days",
    }
)
"""The words in braces that facts stand for; every other one is a field."""

_MEDIA_ABOVE = 500
_WORD = re.compile(r"\{(\w+)\}")


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """An item that this version must hold, with every law that asks for it."""

    item: str
    citations: list[str]
    verified: bool


class Scope:
    """One template for one place, set of facts, language and answers.

    asked: the fields that what was filled so far has turned to, answered or not.
    """

    def __init__(
        self,
        files: Library,
        plan: Plan,
        *,
        jurisdiction: str,
        facts: NoticeFacts,
        language: str = "en",
        answers: Mapping[str, str],
    ) -> None:
        self.files, self.plan, self.place, self.facts, self.language = files, plan, jurisdiction, facts, language
        self.answers = {name: text.strip() for name, text in answers.items() if text.strip()}
        self.asked: set[str] = set()

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that this version must satisfy: the template's own first."""
        names = [self.place if name == "place" else name for name in (self.plan.rule, *self.plan.also)]
        own, *others = (self.files.rules.get(name) for name in names)
        return [rule for rule in (own, *(one for one in others if one and self._binds(one))) if rule]

    @cached_property
    def demands(self) -> dict[str, Demand]:
        """What the rules ask for, by item, in the order of the rules."""
        found: dict[str, Demand] = {}
        for rule in self.rules:
            for one in rule.items:
                if self.hold(one.when):
                    before = found.get(one.item)
                    seen = rule.verified if one.verified is None else one.verified
                    found[one.item] = Demand(
                        item=one.item,
                        citations=[*(before.citations if before else ()), one.citation or rule.citation],
                        verified=seen and (before is None or before.verified),
                    )
        return found

    @cached_property
    def forbidden(self) -> list[tuple[Rule, Forbidden]]:
        """What must stay out."""
        return [(rule, one) for rule in self.rules for one in rule.forbids if not (one.unless and self.any_holds(one.unless))]

    @property
    def offers(self) -> list[OfferedRemedy]:
        """The services offered to the people of this place; those of every place when the notice goes to everybody."""
        everybody = {"", FEDERAL}
        return [
            one
            for one in self.facts.remedies
            if one.months and (self.place in everybody or one.jurisdiction in everybody or one.jurisdiction == self.place)
        ]

    @property
    def title(self) -> str:
        """The title that a rule prescribes, with a translation behind it, or the template's own."""
        own = self.fill(self.plan.title)
        prescribed = next((rule.title for rule in self.rules if rule.title), "")
        if not prescribed or own.startswith(prescribed):
            return own
        return prescribed if self.language == "en" else f"{prescribed} / {own}"

    def hold(self, conditions: Iterable[str]) -> bool:
        """Do all of them hold?"""
        return all(self._holds(one) for one in conditions)

    def any_holds(self, conditions: Iterable[str]) -> bool:
        """Does one of them hold?"""
        return any(self._holds(one) for one in conditions)

    def fill(self, text: Words | str) -> str:
        """The text with what each word in braces stands for; a mark to fill in where nothing is known."""
        words = text if isinstance(text, str) else text.of(self.language)
        return _WORD.sub(lambda found: self.value(found.group(1)), words)

    def value(self, name: str) -> str:
        """A fact, an answer, or a mark to fill in."""
        known = self.values.get(name, "")
        asked: Asked | None = self.files.fields.get(name)
        if known or asked is None:
            return known
        self.asked.add(name)
        if name in self.answers:
            return self._answer(asked)
        return f"«fill in: {asked.label}»" if asked.required else ""

    def contacts(self, names: Iterable[str]) -> list[Contact]:
        """The contacts of these names; `place` are those that the rules of this version want."""
        found: dict[str, Contact] = {}
        for name in names:
            wanted = [one for rule in self.rules for one in rule.contacts] if name == "place" else [name]
            found |= {one.id: one for each in wanted for one in self.files.contact(each)}
        return list(found.values())

    def label(self, element: str, language: str = "") -> str:
        """The plain name of an element of information."""
        words: Words = self.files.words.elements[element]
        return words.of(language or self.language)

    @cached_property
    def values(self) -> dict[str, str]:
        """What each fact says, in the language of the notice; empty when nobody has said."""
        facts = self.facts
        return {
            "organization": facts.organization,
            "address": facts.address,
            "phone": facts.phone,
            "email": facts.email,
            "website": facts.website,
            "call_center_hours": self._hours(),
            "incident": facts.incident,
            "discovered_on": long_date(facts.discovered_on, self.language),
            "determined_on": self._day(facts.determined_on),
            "breach_start": self._day(facts.happened_from),
            "breach_end": self._day(facts.happened_until),
            "today": long_date(facts.today, self.language),
            "happened": self._happened(),
            "total": f"{facts.total:,}",
            "people": f"{self.people:,}",
            "place": self.place_name,
            "elements": ", ".join(self.label(one) for one in facts.elements),
            "places": "; ".join(f"{rules_load().names.get(one, one)}: {count:,}" for one, count in facts.people.items() if count),
            "encrypted": "Yes" if facts.encrypted else "No",
            "kinds": ", ".join(kind.replace("_", " ") for kind in facts.kinds),
            "services": "; ".join(f"{one.title}, {one.months} months" for one in self.offers),
            "phi_types": ", ".join(name for name, classes in self.files.words.phi_types.items() if self.leaked & {*classes}),
            "media_places": self._media_places(),
            "told_on": self._told_on("individuals"),
            "hhs_told_on": self._told_on("hhs"),
            "ninety_days": long_date(facts.today + timedelta(days=90), self.language),
        }

    @property
    def people(self) -> int:
        """People of this place, or everybody when the notice looks at no place."""
        return self.facts.total if self.place in {"", FEDERAL} else self.facts.people.get(self.place, 0)

    @property
    def place_name(self) -> str:
        """The name of the jurisdiction."""
        return rules_load().names.get(self.place, "")

    @cached_property
    def leaked(self) -> set[str]:
        """Ids and classes of what leaked."""
        classes = {one.class_ for one in elements() if one.id in self.facts.elements}
        return {*self.facts.elements, *classes}

    def _binds(self, rule: Rule) -> bool:
        return not rule.binds or rule.binds in self.facts.kinds

    def _holds(self, condition: str) -> bool:
        if condition.startswith("not "):
            return not self._holds(condition.removeprefix("not "))
        kind, _, word = condition.partition(":")
        if kind == "answer":
            field, _, wanted = word.partition("=")
            self.asked.add(field)
            return self.answers.get(field) == wanted if wanted else field in self.answers
        return {
            "offers": bool(self.offers),
            "asked": kind == "asked" and word in self.demands,
            "keeps_out": kind == "keeps_out" and any(one.section == word for _, one in self.forbidden),
            "leaked": word in self.leaked,
            "kind": word in self.facts.kinds,
            "place": word == self.place,
            "rule": kind == "rule" and any(rule.id == word for rule in self.rules),
            "total": kind == "total" and self.facts.total >= int(word),
            "fact": kind == "fact" and bool(self.values[word]),
        }[kind]

    def _answer(self, asked: Asked) -> str:
        text = self.answers[asked.id]
        if asked.kind == "date":
            return long_date(_day(asked, text), self.language)
        return text[:1].upper() + text[1:] if asked.kind == "choice" else text

    def _hours(self) -> str:
        """The hours as the facts write them; in Spanish with the names of days and zones turned into Spanish."""
        words = self.files.words.hours
        if self.language != "es" or not words:
            return self.facts.call_center_hours
        names = re.compile(rf"\b({'|'.join(re.escape(name) for name in sorted(words, key=len, reverse=True))})(?!\w)")
        return names.sub(lambda found: words[found.group(1)], self.facts.call_center_hours)

    def _happened(self) -> str:
        begun, ended = self.facts.happened_from, self.facts.happened_until
        if begun and ended and begun != ended:
            return self._phrase("between", begun, ended)
        if begun:
            return self._phrase("on" if ended else "from", begun)
        return self._phrase("until", ended) if ended else ""

    def _phrase(self, name: str, *days: date) -> str:
        return self.files.words.phrases[name].of(self.language).format(*(long_date(day, self.language) for day in days))

    def _day(self, day: date | None) -> str:
        return long_date(day, self.language) if day else ""

    def _media_places(self) -> str:
        """The places whose media must be told under HIPAA, 45 CFR 164.406."""
        names = rules_load().names
        places = [names.get(place, place) for place, count in self.facts.people.items() if count > _MEDIA_ABOVE]
        return f"Yes: {', '.join(places)}" if places else "No"

    def _told_on(self, recipient: str) -> str:
        rows, sent = rules_load().rows, self.facts.sent
        told = [duty for duty in sent if duty in rows and rows[duty].rule.recipient == recipient]
        days = [sent[duty] for duty in told if self.place in {"", FEDERAL} or rows[duty].place in {self.place, FEDERAL}]
        return self._day(min(days, default=None))


def _day(asked: Asked, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"The answer to {asked.label!r} is no day: {text[:40]!r}.", advice="Write the day as 2026-03-02."
        ) from error
