"""What a notice says: drafted from the facts, with what people filled in and wrote over it, and what it still lacks.

A text is a list of sections. A person edits one section as plain lines: paragraphs stand apart by an empty line, items of a list
begin with "- ", rows of a table are "| name | entry". What was written over stays when the rest is drafted again.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings

from hemostat.kernel import canonical
from hemostat.law.notices import (
    GRADE_LIMIT,
    Block,
    NoticeFacts,
    OfferedRemedy,
    Section,
    notice_draft,
    notice_missing,
    prose,
    reading_grade,
    templates,
)
from hemostat.people.models import Person

from .legal_facts import facts_of
from .local_days import local_day
from .mailing import places_of
from .models import Incident, Notice, Sending
from .vocabulary import NoticeState
from .words import looks_like_patient_data

ELSEWHERE = "written-elsewhere"
"""The template of a notice whose text is a sealed item, such as a letter of outside counsel."""

CONTACTS = frozenset({"address", "phone", "email", "website", "call_center_hours"})
"""Fields that hold how people reach the organization, never a patient."""

_MASKED = re.compile(r"\[[A-Z][A-Z_]+\]")
_EMPTY_LINE = re.compile(r"\n\s*\n")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it reads.

    drafted: the lines of each section as the facts and answers give them, by key; sections: with what was written over.
    """

    title: str
    sections: list[Section]
    drafted: dict[str, str]


def notice_facts(incident: Incident, *, today: date) -> NoticeFacts:
    """What notices of an incident are drafted from, on the day that they carry. Days are those of the organization's own zone."""
    organization = settings.HOME.settings().organization
    facts = facts_of(incident)
    determined = facts["discovery"]["determined_at"]
    first = incident.alerts.order_by("first_event_at").values_list("first_event_at", flat=True).first()
    return NoticeFacts(
        organization=organization.name,
        address=organization.address,
        phone=organization.phone,
        email=organization.email,
        website=organization.website,
        call_center_hours=organization.call_center_hours,
        happened_from=local_day(first) if first else None,
        happened_until=local_day(incident.contained_at) if incident.contained_at else None,
        discovered_on=date.fromisoformat(facts["discovery"]["known_at"]),
        determined_on=date.fromisoformat(determined) if determined else None,
        elements=list(facts["elements"]),
        people=dict(facts["affected"]),
        total=incident.people,
        elsewhere=facts["affected_elsewhere"],
        kinds=list(facts["entity"]["kinds"]),
        remedies=[
            OfferedRemedy(title=task.title, months=task.months or 0, jurisdiction=task.jurisdiction)
            for task in incident.remedies.filter(owed=True)
        ],
        encrypted=bool(facts["encrypted"]),
        is_exercise=incident.is_exercise,
        incident=incident.ref,
        today=today,
        sent=_sent(incident),
    )


def text_of(notice: Notice, facts: NoticeFacts) -> Text:
    """The text that the facts, the answers and the edits of a notice give."""
    if notice.template == ELSEWHERE:
        return _elsewhere(notice)
    draft = notice_draft(
        notice.template, language=notice.language, jurisdiction=notice.jurisdiction, facts=facts, answers=notice.answers
    )
    drafted = {key: plain_of(section.blocks) for key, section in keyed(draft.sections)}
    sections = [
        Section(heading=section.heading, blocks=blocks_of(notice.edits[key])) if key in notice.edits else section
        for key, section in keyed(draft.sections)
    ]
    return Text(title=draft.title, sections=[section for section in sections if section.blocks], drafted=drafted)


def keyed(sections: Iterable[Section]) -> list[tuple[str, Section]]:
    """The sections with the keys by which edits find them: the heading, with a number where a heading stands twice."""
    seen: dict[str, int] = {}
    found = []
    for section in sections:
        seen[section.heading] = seen.get(section.heading, 0) + 1
        number = seen[section.heading]
        found.append((section.heading if number == 1 else f"{section.heading} ({number})", section))
    return found


def kept(sections: Sequence[Section]) -> list[Any]:
    """The sections as the database keeps them."""
    found: list[Any] = msgspec.json.decode(msgspec.json.encode(sections))
    return found


def sections_of(notice: Notice) -> list[Section]:
    """The sections of a notice as they are kept."""
    return msgspec.convert(notice.sections, list[Section])


def text_sha256(notice: Notice) -> str:
    """The hash of everything that an approval is about: language, title, text, and the sealed item where there is one."""
    sealed = notice.evidence.sha256 if notice.evidence else ""
    told = {"language": notice.language, "title": notice.title, "sections": notice.sections, "sealed": sealed}
    return hashlib.sha256(canonical(told)).hexdigest()


def lacks(notice: Notice, facts: NoticeFacts) -> list[str]:
    """What the rules ask for and the text lacks, a sentence each; for every place whose duty the notice serves."""
    if notice.template == ELSEWHERE:
        return []
    sections, facts = sections_of(notice), _with_contacts(notice, facts)
    found = [
        sentence
        for place in _places(notice)
        for sentence in notice_missing(notice.template, jurisdiction=place, sections=sections, facts=facts, title=notice.title)
    ]
    masked = sorted({mask for _, section in keyed(sections) for mask in _MASKED.findall(plain_of(section.blocks))})
    found += [f"{mask} stands in the text where something was masked that looks like patient data." for mask in masked]
    return list(dict.fromkeys(found))


def completeness(notice: Notice, facts: NoticeFacts) -> float:
    """The share of what the rules ask for that stands in the text, 0 to 1; 0 where the text is an item that nobody can search."""
    if notice.template == ELSEWHERE:
        return 0.0
    asked = sum(len(notice_missing(notice.template, jurisdiction=place, sections=[], facts=facts)) for place in _places(notice))
    lacking = len(lacks(notice, facts))
    return max(0.0, 1 - lacking / asked) if asked else float(not lacking)


def grade_of(notice: Notice) -> float | None:
    """The school grade that reading the letter takes, in the US; None for sheets of fields and for what was written elsewhere."""
    face = templates().get(notice.template)
    if face is None or not face.graded:
        return None
    return reading_grade(prose(sections_of(notice)), notice.language)


def grade_is_over(notice: Notice) -> bool:
    """Does reading it take more school than the limit?"""
    return notice.grade is not None and notice.grade > GRADE_LIMIT


def plain_of(blocks: Sequence[Block]) -> str:
    """Blocks as lines that a person can edit; `blocks_of` reads them back."""
    return "\n\n".join(_lines(block) for block in blocks)


def blocks_of(text: str) -> list[Block]:
    """The blocks of lines that a person edited. Text that is none of the forms stays a paragraph."""
    parts = (part.strip() for part in _EMPTY_LINE.split(text.replace("\r\n", "\n")))
    return [_block(part) for part in parts if part]


def not_patients(notice: Notice, facts: NoticeFacts) -> set[str]:
    """Values that are no patient's: the organization's own, those that the template prints, the names of those who work here."""
    own = {facts.organization, facts.address, facts.phone, facts.email, facts.website}
    drafted = text_of(notice, facts).drafted.values()
    printed = {value for text in drafted for value in looks_like_patient_data(text)}
    return own | printed | {person.full_name for person in Person.objects.all()}


def _block(part: str) -> Block:
    lines = part.split("\n")
    if all(line.startswith("- ") for line in lines):
        return Block(kind="list", items=[line.removeprefix("- ").strip() for line in lines])
    if all(line.startswith("| ") for line in lines):
        return Block(kind="rows", rows=[_row(line) for line in lines])
    return Block(kind="text", text=part)


def _row(line: str) -> tuple[str, str]:
    name, _, entry = line.removeprefix("| ").partition(" | ")
    return name.strip().rstrip("|").strip(), entry.strip()


def _lines(block: Block) -> str:
    match block.kind:
        case "list":
            return "\n".join(f"- {item}" for item in block.items)
        case "rows":
            return "\n".join(f"| {name} | {entry}".rstrip() for name, entry in block.rows)
        case _:
            return block.text


def _elsewhere(notice: Notice) -> Text:
    item = notice.evidence
    rows = [("Sealed item", item.title), ("SHA-256", item.sha256)] if item else []
    section = Section(heading="", blocks=[Block(kind="rows", rows=rows)])
    mark = "EXERCISE: " if notice.incident.is_exercise else ""
    return Text(title=f"{mark}Written elsewhere: {item.title if item else ''}", sections=[section], drafted={})


def _places(notice: Notice) -> list[str]:
    """The places whose rules the text must meet: that of the notice, and those of the duties that it serves."""
    return list(dict.fromkeys([notice.jurisdiction, *sorted(places_of(notice.duties.all()))]))


def _with_contacts(notice: Notice, facts: NoticeFacts) -> NoticeFacts:
    """The facts with how people reach the organization, as it was filled in where the settings do not say."""
    given = {name: notice.answers[name] for name in CONTACTS & notice.answers.keys() if not getattr(facts, name)}
    return msgspec.structs.replace(facts, **given)


def _sent(incident: Incident) -> dict[str, date]:
    sendings = Sending.objects.filter(notice__incident=incident).exclude(notice__state=NoticeState.WITHDRAWN)
    rows = sendings.order_by("-on").values_list("notice__duties__duty", "on")
    return {duty: on for duty, on in rows if duty}
