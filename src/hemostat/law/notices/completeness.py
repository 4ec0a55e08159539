"""Does the text, as people have left it, hold what its rule asks for, and nothing that the rule keeps out?"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cached_property

from .drafting import lines_of, plan_of
from .files import Check, Item, RowPlan, SectionPlan, Words, library
from .language import LANGUAGES, dates_in, spellings, without_dates
from .scope import Demand, Scope
from .structs import NoticeFacts, Section

_FILL = re.compile(r"«fill in: ([^«»]*)»")
_PHONE = re.compile(r"\+?\d[\d\s().·-]{7,}\d")
_FREE = re.compile(r"^(800|833|844|855|866|877|888)\d{7}$")
_PEOPLE = re.compile(
    r"(?<!than )(?<![\d,])\b(\d{1,3}(?:,\d{3})+|\d+)\s+(?:\w+\s+)?"
    r"(?:people|persons|individuals|patients|customers|residents|consumers"
    r"|personas|individuos|pacientes|clientes|residentes|consumidores)\b"
)
_UNKNOWN_DAY = ("exact date", "exact day", "estimate", "fecha exacta", "día exacto", "estim")
_WAYS = ("phone", "email", "website", "address")
_COUNTS = ("{total}", "{people}")


def notice_missing(
    template: str, *, jurisdiction: str, sections: list[Section], facts: NoticeFacts, title: str | None = None
) -> list[str]:
    """One sentence for each thing that is wrong with the text, with its citation; empty when it may go to approval.

    It reads the sections as people have edited them, in either language. The title is looked at only when it is given.
    """
    scope = Scope(library(), plan_of(template), jurisdiction=jurisdiction, facts=facts, answers={})
    text = _Text(scope, sections)
    lacking = {demand.item: demand for demand in scope.demands.values() if not text.holds(scope.files.items[demand.item])}
    found = [
        *_title(scope, title),
        *_unanswered(scope, text, lacking),
        *(_lacks(scope.files.items[name], demand) for name, demand in lacking.items()),
        *_rows(scope, text),
        *_numbers(scope, text),
        *_kept_out(scope, text),
        *_avoided(scope, text),
    ]
    return list(dict.fromkeys(found))


class _Text:
    """The sections in a form that can be searched: lower case, single spaces, without lines that hold a mark to fill in."""

    def __init__(self, scope: Scope, sections: list[Section]) -> None:
        self.scope, self.sections = scope, sections
        self.lines = [line for section in sections for line in (section.heading, *lines_of(section))]
        self.plain_lines = [plain(line) for line in self.lines]
        self.plain = " ".join(
            line for line, own in zip(self.plain_lines, self.lines, strict=True) if line and not _FILL.search(own)
        )
        self.numbers = {_digits(found.group()) for found in _PHONE.finditer(self.plain)}
        self.rows = {plain(label): value for section in sections for block in section.blocks for label, value in block.rows}

    def holds(self, item: Item) -> bool:
        """Does the text meet every part of the item's check?"""
        check = item.check
        tests: list[tuple[object, Callable[[], bool]]] = [
            (check.section, lambda: self._own_words(check.section) >= check.least),
            (check.heading, lambda: any(not _FILL.search(line) for line in self.under(check.heading))),
            (check.fact, lambda: all(self._fact(name) for name in check.fact)),
            (check.one_of, lambda: any(self._fact(name) for name in check.one_of)),
            (check.date, lambda: self._date(check.date)),
            (check.words, lambda: self._words(check.words)),
            (check.contacts, lambda: self._contacts(check)),
            (check.elements, self._elements),
            (check.months, self._months),
            (check.people, lambda: f"{self.scope.people:,}" in self.counts),
            (check.toll_free, self._toll_free),
            (check.ways, lambda: sum(self._fact(name) for name in _WAYS) >= check.ways),
        ]
        return all(test() for wanted, test in tests if wanted)

    def under(self, name: str) -> Iterator[str]:
        """The lines that stand under the heading of this section of the template, in either language."""
        plans: list[SectionPlan] = [plan for plan in self.scope.plan.sections if plan.id == name]
        headings = {plain(text) for plan in plans for text in (plan.heading.en, plan.heading.es) if text}
        for section in self.sections:
            if plain(section.heading) in headings:
                yield from lines_of(section)

    @cached_property
    def counts(self) -> list[str]:
        """Every number of people that the text speaks of."""
        return [found for line in self.plain_lines for found in _PEOPLE.findall(without_dates(line))]

    def says(self, words: Words) -> bool:
        """Does one of the expressions, which a bar divides, stand in the text?"""
        return any(one in self.plain for text in (words.en, words.es) if text for one in plain(text).split("|"))

    def _own_words(self, name: str) -> int:
        """Words under the heading that are not sentences of the template itself."""
        own = (line for line in self.under(name) if plain(line) not in self._standard and not _FILL.search(line))
        return sum(len(without_dates(line).split()) for line in own)

    @cached_property
    def _standard(self) -> set[str]:
        """The sentences of the template itself, in both languages, whether they stand in this version or not."""
        old, files = self.scope, self.scope.files
        parts = [files.paragraphs[name] for section in old.plan.sections for name in section.paragraphs]
        texts = [words for part in parts for words in (part.text, *(line.text for line in part.lines)) if words]
        scopes = [
            Scope(files, old.plan, jurisdiction=old.place, facts=old.facts, language=language, answers={})
            for language in LANGUAGES
        ]
        return {plain(scope.fill(words)) for scope in scopes for words in texts}

    def _fact(self, name: str) -> bool:
        value = self.scope.values[name]
        if name == "phone":
            return _digits(value) in self.numbers if value else bool(self.numbers)
        return plain(value) in self.plain if value else bool(self._loose(name))

    def _loose(self, name: str) -> bool:
        """Something of this kind stands there, when no fact says which it should be."""
        return {"email": "@" in self.plain, "website": "www." in self.plain or "https://" in self.plain}.get(name, False)

    def _date(self, which: str) -> bool:
        facts = self.scope.facts
        happened = [day for day in (facts.happened_from, facts.happened_until) if day]
        if which == "today":
            return any(plain(line) in dates_in(plain(line)) for text in self.lines for line in text.split("\n"))
        if which == "happened" and not happened:
            return self._other_date(facts.discovered_on, facts.today) or any(one in self.plain for one in _UNKNOWN_DAY)
        days = happened if which == "happened" else [facts.discovered_on]
        return all(any(one in self.plain for one in spellings(day)) for day in days)

    def _other_date(self, *known: date) -> bool:
        """A date stands there that is none of these."""
        told = {one for day in known for one in spellings(day)}
        return any(one not in told for one in dates_in(self.plain))

    def _words(self, groups: list[Words]) -> bool:
        return all(self.says(words) for words in groups)

    def _contacts(self, check: Check) -> bool:
        return all(
            _digits(one.phone) in self.numbers
            and (not check.web or plain(one.website) in self.plain)
            and (not check.postal or plain(one.address) in self.plain)
            for one in self.scope.contacts(check.contacts)
        )

    def _elements(self) -> bool:
        """Each element is named, and not only in advice that the template gives in any case."""
        lines = "\n".join(line for line in self.plain_lines if line not in self._standard)
        names = [[plain(self.scope.label(one, language)) for language in LANGUAGES] for one in self.scope.facts.elements]
        return all(any(name in lines for name in either) for either in names)

    def _months(self) -> bool:
        return all(re.search(rf"\b{one.months}(?: |-)(?:months?|meses)\b", self.plain) for one in self.scope.offers)

    def _toll_free(self) -> bool:
        others = {_digits(one.phone) for one in self.scope.files.contacts.values()}
        own = _digits(self.scope.facts.phone)
        free = {number for number in self.numbers - others if _FREE.match(number)}
        return own in free if _FREE.match(own) else bool(free)


def plain(text: str) -> str:
    """Lower case, with single spaces, without the comma and the point that people add and drop."""
    return " ".join(text.lower().replace("\u2019", "'").split())


def _digits(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits  # noqa: PLR2004  # a US number with its country


def _cited(citations: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(citations))


def _lacks(item: Item, demand: Demand) -> str:
    doubt = "" if demand.verified else " (not verified)"
    return f"It lacks {item.says}: {_cited(demand.citations)}{doubt}."


def _title(scope: Scope, title: str | None) -> Iterator[str]:
    if title is None:
        return
    if scope.facts.is_exercise and not title.startswith("EXERCISE"):
        yield "The title of an exercise begins with EXERCISE."
    if wanted := [rule for rule in scope.rules if rule.title and plain(rule.title) not in plain(title)]:
        yield f"The title must be “{wanted[0].title}”: {wanted[0].citation}."


def _unanswered(scope: Scope, text: _Text, lacking: dict[str, Demand]) -> Iterator[str]:
    """Marks that are left; a mark that stands for an item of the rule takes the place of the item's own sentence."""
    fields = {one.label: one for one in scope.files.fields.values()}
    for label in dict.fromkeys(mark for line in text.lines for mark in _FILL.findall(line)):
        asked = fields.get(label)
        demand = lacking.pop(asked.item, None) if asked else None
        yield f"Still to fill in: {label}" + (f" ({_cited(demand.citations)})." if demand else ".")


def _rows(scope: Scope, text: _Text) -> Iterator[str]:
    """Rows that the rule asks for, and rows whose number is not the count of people."""
    rows: list[RowPlan] = [row for section in scope.plan.sections for row in section.rows]
    for row in rows:
        value = text.rows.get(plain(row.label))
        if value is None and not scope.hold(row.when):
            continue
        value = value or ""
        if row.citation and not value.strip():
            yield f"The row “{row.label}” is missing or empty: {row.citation}."
        elif value and row.value in _COUNTS and _digits(scope.fill(row.value)) != _digits(value):
            yield f"The row “{row.label}” says {value}; the count is {scope.fill(row.value)}."


def _numbers(scope: Scope, text: _Text) -> Iterator[str]:
    facts = scope.facts
    known = {facts.total, facts.elsewhere, facts.total - facts.elsewhere, *facts.people.values()}
    for found in text.counts:
        if int(found.replace(",", "")) not in known:
            yield f"It speaks of {found} people; the facts count {scope.people:,} here and {facts.total:,} in all."


def _kept_out(scope: Scope, text: _Text) -> Iterator[str]:
    for rule, one in scope.forbidden:
        if any(text.under(one.section)) if one.what == "section" else any(text.counts):
            yield f"It must not hold {one.says}: {one.citation or rule.citation}."


def _avoided(scope: Scope, text: _Text) -> Iterator[str]:
    for one in scope.files.words.avoid:
        if text.says(one.words):
            yield one.why
