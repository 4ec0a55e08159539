"""What the pages about notices show: the board of all that is owed, and one notice with everything around its text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from hemostat.law.notices import GRADE_LIMIT, Field, Section, Template, merge_fields, templates
from hemostat.law.rules import rules_load
from hemostat.people.models import Person
from hemostat.people.rights import Right

from .local_days import local_day
from .mailing import EVERYWHERE, goes_to_people, is_federal_letter, letters_by_place, notices_standing, people_of
from .models import Duty, Evidence, Incident, Notice, NoticeApproval, Sending
from .notice_answers import fields_of
from .notice_standing import (
    APPROVERS,
    approvals_now,
    faults_of,
    given_of,
    is_stale,
    on_its_day,
    people_reached,
    people_sent,
    written_at,
)
from .notice_text import ELSEWHERE, grade_is_over, keyed, notice_facts, plain_of, sections_of, text_of
from .notices import drafts_beside, duties_unserved
from .selectors import incident_for, only_row
from .vocabulary import DutyState, NoticeState

NEAR_DAYS = 7
NOT_DRAFTED = "not_drafted"
_STAGES = (NOT_DRAFTED, NoticeState.DRAFT, NoticeState.APPROVED, NoticeState.SENT)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One notice, or one that is owed and that nobody has drafted.

    stage: not_drafted, draft, approved, sent. urgency: met, late, near, ok, or open where the law gives no number.
    people: that it is about; told: those of them on record as told. faults: how many things stand against the text.
    waits: the professions whose approval a complete text lacks.
    """

    notice: Notice | None
    template: str
    title: str
    duties: list[Duty]
    stage: str
    due: date | None
    days_left: int | None
    urgency: str
    people: int
    told: int
    faults: int
    waits: list[str]

    @property
    def is_owed(self) -> bool:
        """Is one of its duties still owed?"""
        return any(duty.owed for duty in self.duties)

    @property
    def is_for_others(self) -> bool:
        """Is it the letter to those who get no other?"""
        return is_federal_letter(self.duties) and self.people < max(duty.people for duty in self.duties)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What people of one place get. place: its name, empty for everybody else; letters: where all is well one."""

    place: str
    people: int
    letters: list[Row]


@dataclass(frozen=True, kw_only=True)
class Board:
    """All notices of an incident, the most pressing first; counts by stage; those that were withdrawn apart.

    mail: what the people of each place get that has a letter of its own.
    """

    rows: list[Row]
    counts: dict[str, int]
    withdrawn: list[Notice]
    templates: list[Template]
    open_duties: list[Duty]
    mail: list[Mail]

    @property
    def gets_two(self) -> bool:
        """Does anybody get more than one letter?"""
        return any(len(one.letters) > 1 for one in self.mail)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section of a text. drafted: its lines as the facts give them; is_edited: a person wrote over them."""

    key: str
    section: Section
    lines: str
    drafted: str
    is_edited: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One field with what was filled in."""

    field: Field
    value: str


@dataclass(frozen=True, kw_only=True)
class Word:
    """The approval of one profession, or that it is missing."""

    role: str
    title: str
    approval: NoticeApproval | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One notice as its page shows it.

    faults: what stands against the text now, with citations; is_stale: the facts changed since it was drafted.
    may_approve: the person of the page may give one of the approvals that are missing.
    twins: the same notice in other languages; ahead: those written later, or with answers that this one lacks;
    twin_languages: those in which none was drafted yet. sent: people on record as told, by twins too; left: those who are not.
    merge_fields: what the mail house fills in for each of them, with how often it stands in the text.
    beside: how many other drafts may take what is filled in here.
    """

    notice: Notice
    template: Template | None
    duties: list[Duty]
    parts: list[Part]
    answers: list[Answer]
    faults: list[str]
    is_stale: bool
    grade_limit: float
    grade_is_over: bool
    words: list[Word]
    earlier: list[NoticeApproval]
    may_approve: bool
    sendings: list[Sending]
    people: int
    sent: int
    left: int
    twins: list[Notice]
    ahead: list[Notice]
    twin_languages: list[str]
    evidence: list[Evidence]
    today: date
    merge_fields: dict[str, int]
    beside: int

    @property
    def is_partly_sent(self) -> bool:
        """Did it go to some of its people, and not to all?"""
        return self.notice.state == NoticeState.SENT and goes_to_people(self.duties) and self.left > 0


def notice_for(person: Person, ref: str, pk: int, *, need: Right = Right.SEE) -> Notice:
    """A notice of an incident, by its number, through the incident's gate. Raises `NotFound` for both wrong names alike."""
    notices = Notice.objects.filter(incident=incident_for(person, ref, need=need), pk=pk)
    return only_row(notices.select_related("incident", "by", "edited_by", "evidence"), f"notice {pk}", ref)


def notice_board(incident: Incident, *, now: datetime) -> Board:
    """The board of an incident at `now`."""
    today = local_day(now)
    live = notices_standing(incident)
    unserved = duties_unserved(incident, live)
    serves = [*(list(notice.duties.all()) for notice in live), *(duties for _, duties in unserved)]
    rows = [_row_of(notice, live, serves, today) for notice in live]
    rows += [_row(duties, serves, today, incident=incident, template=template) for template, duties in unserved]
    rows.sort(key=_order)
    withdrawn = Notice.objects.filter(incident=incident, state=NoticeState.WITHDRAWN)
    return Board(
        rows=rows,
        counts={stage: sum(row.stage == stage for row in rows) for stage in _STAGES},
        withdrawn=list(withdrawn.select_related("withdrawn_by")),
        templates=sorted(templates().values(), key=lambda face: face.title),
        open_duties=list(Duty.objects.filter(incident=incident, owed=True).exclude(state=DutyState.SENT)),
        mail=_mail(incident, rows),
    )


def _mail(incident: Incident, rows: Sequence[Row]) -> list[Mail]:
    """What the people of each place get, and last those who live elsewhere."""
    by_duties = {frozenset(duty.pk for duty in row.duties): row for row in reversed(rows)}
    found = [
        Mail(
            place=rules_load().names.get(one.place, one.place),
            people=one.residents,
            letters=[by_duties[frozenset(duty.pk for duty in duties)] for duties in one.by],
        )
        for one in letters_by_place(incident, [row.duties for row in rows])
    ]
    federal = [row for row in by_duties.values() if is_federal_letter(row.duties)]
    rest = max((row.people for row in federal), default=0)
    others = [Mail(place="", people=rest, letters=federal)] if rest else []
    return found + others


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the notices of an incident ask of one person. urgency: of the earliest limit among what is not drafted."""

    to_draft: int
    to_approve: int
    urgency: str


def notices_waiting(incident: Incident, *, person: Person, now: datetime) -> Waiting:
    """How many duties have no notice yet, and how many complete texts lack this person's approval; none for other roles."""
    groups = duties_unserved(incident, notices_standing(incident)) if person.may(Right.MARK_DUTIES) else []
    dues = [duty.due for duty in {duty for _, duties in groups for duty in duties}]
    complete = Notice.objects.filter(incident=incident, state=NoticeState.DRAFT, missing=[]).prefetch_related("approvals")
    due = min((due for due in dues if due), default=None)
    return Waiting(
        to_draft=len(dues),
        to_approve=sum(_may_approve(person, given_of(notice)) for notice in complete),
        urgency=_urgency(due, local_day(now), met=False),
    )


def notice_page(notice: Notice, *, person: Person, now: datetime) -> Page:
    """Everything that the page of a notice shows to this person at `now`."""
    duties = list(notice.duties.order_by("due", "jurisdiction", "duty"))
    facts = notice_facts(notice.incident, today=local_day(now))
    given = {approval.role: approval for approval in approvals_now(notice)}
    face = templates().get(notice.template)
    standing = notices_standing(notice.incident)
    people, sent = people_reached(notice, standing), people_sent(notice, standing)
    twins = _twins(notice, duties)
    words = {notice.language, *(twin.language for twin in twins)}
    is_open = notice.state in {NoticeState.DRAFT, NoticeState.APPROVED}
    return Page(
        notice=notice,
        template=face,
        duties=duties,
        parts=_parts(notice, text_of(notice, on_its_day(notice, facts)).drafted),
        answers=[Answer(field=field, value=notice.answers.get(field.id, "")) for field in fields_of(notice, facts)],
        faults=faults_of(notice, facts) if is_open else list(notice.missing),
        is_stale=is_open and is_stale(notice, facts),
        grade_limit=GRADE_LIMIT,
        grade_is_over=grade_is_over(notice),
        words=[Word(role=role.value, title=role.label, approval=given.get(role.value)) for role in APPROVERS],
        earlier=list(notice.approvals.exclude(text_sha256=notice.text_sha256).select_related("by")),
        may_approve=is_open and _may_approve(person, given.values()),
        sendings=list(notice.sendings.select_related("by", "evidence")),
        people=people,
        sent=sent,
        left=max(0, people - sent),
        twins=twins,
        ahead=[twin for twin in twins if written_at(twin) > written_at(notice) or twin.answers.keys() - notice.answers.keys()],
        twin_languages=[language for language in face.languages if language not in words] if face else [],
        evidence=list(notice.incident.evidence.all()),
        today=local_day(now),
        merge_fields=merge_fields(sections_of(notice)),
        beside=len(drafts_beside(notice, standing)) if is_open else 0,
    )


def _may_approve(person: Person, given: Iterable[NoticeApproval]) -> bool:
    held = {role.value for role in APPROVERS if role in person.roles}
    approvals = list(given)
    return bool(held - {approval.role for approval in approvals}) and all(approval.by_id != person.pk for approval in approvals)


def _parts(notice: Notice, drafted: dict[str, str]) -> list[Part]:
    parts = [
        Part(
            key=key,
            section=section,
            lines=plain_of(section.blocks),
            drafted=drafted.get(key, ""),
            is_edited=key in notice.edits,
        )
        for key, section in keyed(sections_of(notice))
    ]
    shown = {part.key for part in parts}
    taken_out = [
        Part(key=key, section=Section(heading=key, blocks=[]), lines="", drafted=drafted.get(key, ""), is_edited=True)
        for key in notice.edits
        if key not in shown
    ]
    return parts + taken_out


def _twins(notice: Notice, duties: list[Duty]) -> list[Notice]:
    found = Notice.objects.filter(
        incident=notice.incident, template=notice.template, jurisdiction=notice.jurisdiction, duties__in=duties
    ).exclude(pk=notice.pk)
    return list(found.exclude(state=NoticeState.WITHDRAWN).exclude(template=ELSEWHERE).distinct())


def _row_of(notice: Notice, live: list[Notice], serves: Sequence[list[Duty]], today: date) -> Row:
    """The row of a notice; what went out in another language counts for it too."""
    duties = list(notice.duties.all())
    row = _row(duties, serves, today, incident=notice.incident, told=people_sent(notice, live), notice=notice)
    return replace(row, faults=len(notice.missing) + grade_is_over(notice), waits=_waits(notice))


def _row(
    duties: Sequence[Duty],
    serves: Sequence[list[Duty]],
    today: date,
    *,
    incident: Incident,
    told: int = 0,
    notice: Notice | None = None,
    template: str = "",
) -> Row:
    """The row of a notice, or of one that is owed: then from this template."""
    due = _earliest(duties)
    people = people_of(duties, serves, affected=incident.affected)
    is_out = notice is not None and notice.state == NoticeState.SENT and goes_to_people(duties) and told >= people
    met = is_out or all(duty.state == DutyState.SENT or duty.met_by or not duty.owed for duty in duties)
    return Row(
        notice=notice,
        template=notice.template if notice else template,
        title=notice.title if notice else templates()[template].title,
        duties=sorted(duties, key=lambda duty: (duty.jurisdiction in EVERYWHERE, duty.due or date.max, duty.duty)),
        stage=notice.state if notice else NOT_DRAFTED,
        due=due,
        days_left=(due - today).days if due else None,
        urgency=_urgency(due, today, met=met),
        people=people,
        told=told,
        faults=0,
        waits=[],
    )


def _waits(notice: Notice) -> list[str]:
    if notice.state != NoticeState.DRAFT or notice.missing:
        return []
    given = {approval.role for approval in given_of(notice)}
    return [role.label.lower() for role in APPROVERS if role not in given]


def _earliest(duties: Iterable[Duty]) -> date | None:
    return min((duty.due for duty in duties if duty.due and duty.owed and not duty.met_by), default=None)


def _urgency(due: date | None, today: date, *, met: bool) -> str:
    if met:
        return "met"
    if due is None:
        return "open"
    left = (due - today).days
    return "late" if left < 0 else "near" if left <= NEAR_DAYS else "ok"


def _order(row: Row) -> tuple[bool, date, str, str]:
    """What is met last; the earliest limit first."""
    place = row.duties[0].jurisdiction if row.duties else ""
    return row.urgency == "met", row.due or date.max, place, row.title
