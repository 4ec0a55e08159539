"""A template becomes a draft: facts and answers in place, a mark to fill in where neither says anything."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from hemostat.kernel import BadInput
from hemostat.law.facts import FEDERAL
from hemostat.law.rules import rules_load

from .files import Asked, Contact, Library, Paragraph, Plan, SectionPlan, library
from .scope import Scope
from .structs import Block, Draft, Field, NoticeFacts, Section, Template

FALLBACK = "plain-notice"
"""The template that fits every duty."""

_BY_NAME = 10  # a template made for one duty goes before those made for a kind of duty
_MERGE = re.compile(r"«(?!fill in: )([^«»]+)»")
_WORD = re.compile(r"\{(\w+)\}")


@cache
def templates() -> dict[str, Template]:
    """The face of every template, by id."""
    return {plan.id: _face(plan) for plan in library().plans.values()}


def plan_of(template: str) -> Plan:
    """The file of this template. Raises `BadInput` when there is none."""
    plans = library().plans
    if template not in plans:
        raise BadInput(f"No notice is called {template[:40]!r}.", advice=f"There are: {', '.join(sorted(plans))}.")
    plan: Plan = plans[template]
    return plan


def template_for(*, duty: str, regime: str, recipient: str, jurisdiction: str, obligor: str, files: Library | None = None) -> str:
    """The template that fits a duty best. There is always one: the plain notice fits all."""
    told = {"duty": duty, "regime": regime, "recipient": recipient, "jurisdiction": jurisdiction, "obligor": obligor}

    def fit(plan: Plan) -> int:
        asked = [{name: word for name in told if (word := getattr(one, name))} for one in plan.serves]
        return max((len(one) + _BY_NAME * ("duty" in one) for one in asked if one.items() <= told.items()), default=-1)

    best: Plan = max((files or library()).plans.values(), key=fit)
    return best.id


def notice_fields(template: str, *, jurisdiction: str, facts: NoticeFacts, answers: Mapping[str, str]) -> list[Field]:
    """What a person must say, or has said, for this version: nothing that the facts give, nothing that it does not use."""
    language = plan_of(template).languages[0]
    scope = _scope(template, jurisdiction=jurisdiction, facts=facts, language=language, answers=answers)
    list(sections_of(scope))
    return [asked.field() for name, asked in library().fields.items() if name in scope.asked]


def notice_draft(template: str, *, language: str, jurisdiction: str, facts: NoticeFacts, answers: Mapping[str, str]) -> Draft:
    """The draft. Raises `BadInput` for an unknown template, a language that it does not speak, or an answer that is no day."""
    plan = plan_of(template)
    if language not in plan.languages:
        raise BadInput(
            f"The notice {template} has no version in {language[:10]!r}.", advice=f"It has: {', '.join(plan.languages)}."
        )
    scope = _scope(template, jurisdiction=jurisdiction, facts=facts, language=language, answers=answers)
    sections = [
        Section(heading=scope.fill(section.heading), blocks=[block for block, _ in blocks])
        for section, blocks in sections_of(scope)
    ]
    title = scope.title
    return Draft(
        template=template,
        language=language,
        jurisdiction=jurisdiction,
        title=f"EXERCISE: {title}" if facts.is_exercise else title,
        sections=sections,
        merge_fields=merge_fields(sections),
    )


def merge_fields(sections: Iterable[Section]) -> dict[str, int]:
    """Each name that the mail house fills in, with how often it stands."""
    return dict(Counter(found for section in sections for line in lines_of(section) for found in _MERGE.findall(line)))


def lines_of(section: Section) -> Iterator[str]:
    """Every line of a section, without its heading."""
    for block in section.blocks:
        if block.text:
            yield block.text
        yield from block.items
        for label, value in block.rows:
            yield f"{label}: {value}"


def sections_of(scope: Scope) -> Iterator[tuple[SectionPlan, list[tuple[Block, list[str]]]]]:
    """The sections that apply, each with its blocks and the items of rules that each block carries."""
    for section in scope.plan.sections:
        if not scope.hold(section.when):
            continue
        parts = (scope.files.paragraphs[name] for name in section.paragraphs)
        blocks = [(block, part.items) for part in parts if scope.hold(part.when) and (block := block_of(scope, part))]
        if rows := [row for row in section.rows if scope.hold(row.when)]:
            blocks.append((Block(kind="rows", rows=[(row.label, scope.fill(row.value)) for row in rows]), []))
        if blocks:
            yield section, blocks


def block_of(scope: Scope, part: Paragraph) -> Block | None:
    """The block of one paragraph; None when nothing of it applies."""
    if part.text:
        return Block(kind="text", text=scope.fill(part.text))
    if part.contacts:
        rows = [(one.name.of(scope.language), reach(one)) for one in scope.contacts(part.contacts)]
        return Block(kind="rows", rows=rows) if rows else None
    lines = [scope.fill(line.text) for line in part.lines if scope.hold(line.when)] or list(_each(scope, part))
    return Block(kind="list", items=lines) if lines else None


def reach(contact: Contact) -> str:
    """How to reach somebody, in one line."""
    return " · ".join(part for part in (contact.phone, contact.website, contact.address) if part)


def _each(scope: Scope, part: Paragraph) -> Iterator[str]:
    if part.each == "elements":
        yield from (scope.label(one) for one in scope.facts.elements)
    if part.each == "offers":
        for one in scope.offers:
            elsewhere = one.jurisdiction not in {"", FEDERAL, scope.place}
            words = scope.files.words.phrases["offer_in" if elsewhere else "offer"].of(scope.language)
            yield words.format(months=one.months, place=rules_load().names.get(one.jurisdiction, ""))


def _scope(template: str, *, jurisdiction: str, facts: NoticeFacts, language: str, answers: Mapping[str, str]) -> Scope:
    return Scope(library(), plan_of(template), jurisdiction=jurisdiction, facts=facts, language=language, answers=answers)


def words_of(files: Library, plan: Plan) -> set[str]:
    """Every word in braces that any version holds."""
    texts = [plan.title]
    for section in plan.sections:
        parts = [files.paragraphs[name] for name in section.paragraphs]
        texts += [
            section.heading,
            *(words for part in parts for words in (part.text, *(line.text for line in part.lines)) if words),
        ]
    rows = [row.value for section in plan.sections for row in section.rows]
    return {word for text in (*(words.en for words in texts), *rows) for word in _WORD.findall(text)}


def _asked_by_conditions(files: Library, plan: Plan) -> set[str]:
    """The fields whose answers decide what stands in the text."""
    parts = [files.paragraphs[name] for section in plan.sections for name in section.paragraphs]
    rows = [row.when for section in plan.sections for row in section.rows]
    lines = [line.when for part in parts for line in part.lines]
    every = [*(section.when for section in plan.sections), *rows, *(part.when for part in parts), *lines]
    conditions = [one for many in every for one in many]
    return {one.partition("answer:")[2].partition("=")[0] for one in conditions if "answer:" in one}


def _face(plan: Plan) -> Template:
    files = library()
    used = words_of(files, plan) | _asked_by_conditions(files, plan)
    asked: list[Asked] = [one for name, one in files.fields.items() if name in used and not one.fact]
    return Template(
        id=plan.id,
        title=plan.title.en,
        kind=plan.kind,
        recipient=plan.recipient,
        languages=list(plan.languages),
        fields=[one.field() for one in asked],
        citation=plan.citation,
        verified=plan.verified,
        sources=list(plan.sources),
        also=[name for name in plan.also if name],
        graded=plan.graded,
        least_points=plan.least_points,
        note=plan.note,
    )
