"""Notices: drafted from the facts, filled in and edited, approved by two professions, and on record once they went out.

Nothing here sends anything anywhere: people send, and record how, when, to how many, and what proves it. A duty is as far as its
notices are. Each service is one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from hemostat.kernel import BadInput, SystemClock
from hemostat.law.facts import FEDERAL
from hemostat.law.notices import LANGUAGES, NoticeFacts, templates
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Right, Role, demand

from .clocks import clocks_refresh
from .duties import duties_follow
from .local_days import local_day
from .mailing import PEOPLE, goes_to_people, letters_owed, notices_standing, people_of, places_of, taken_along, template_of
from .models import Duty, Evidence, Incident, Notice, NoticeApproval, Sending
from .notice_answers import answers_checked, answers_shared, fields_of
from .notice_standing import APPROVERS, approvals_now, faults_of, given_of, paper_of, people_reached, people_sent
from .notice_text import (
    CONTACTS,
    ELSEWHERE,
    grade_of,
    kept,
    lacks,
    not_patients,
    notice_facts,
    text_of,
    text_sha256,
)
from .rows import fresh_incident
from .vocabulary import NoticeState, SendMethod
from .words import safe_text

WHY, PROOF, TITLE = 300, 200, 200


class NoticeChanged(BadInput):
    """Somebody else changed the notice in the meantime: nothing was written, so that nobody's words are lost."""


@transaction.atomic
def notice_draft(
    *,
    incident: Incident,
    duties: Sequence[Duty],
    template: str,
    language: str,
    by: Person,
    now: datetime,
    evidence: Evidence | None = None,
    facts: NoticeFacts | None = None,
) -> Notice:
    """A notice stands as a draft, with everything that the facts give, and the duties that it serves are drafted.

    The letter of a place that holds what a federal rule asks for serves that duty for its residents too.
    evidence: the sealed item that is the text of one that was written elsewhere. facts: those of now, when they are at hand.
    Raises `Refused` without the right; `BadInput` for a duty that is not owed, an unknown template or language, and for a text
    elsewhere without its item.
    """
    demand(by, Right.MARK_DUTIES)
    incident = fresh_incident(incident)
    _demand_owed(incident, duties)
    _demand_template(incident, template, language, evidence)
    standing = notices_standing(incident)
    duties = taken_along(duties, template, standing)
    notice = Notice(
        incident=incident,
        template=template,
        language=language,
        jurisdiction=_place(duties),
        evidence=evidence if template == ELSEWHERE else None,
        answers={} if template == ELSEWHERE else _known(duties, language, standing),
        people=people_of(duties, [list(one.duties.all()) for one in standing], affected=incident.affected),
        at=now,
        recorded_at=SystemClock().now(),
        by=by,
    )
    facts = facts or notice_facts(incident, today=local_day(now))
    _write(notice, facts)
    notice.save()
    notice.duties.set(duties)
    _look(notice, facts)
    notice.save(update_fields=["missing", "grade"])
    names = [_name(duty) for duty in duties]
    _record(LedgerAct.NOTICE_DRAFT, notice, by=by, now=now, duties=names, language=language, evidence=_item(notice))
    duties_follow(duties, by=by, now=now)
    return notice


@transaction.atomic
def notices_draft_owed(*, incident: Incident, by: Person, now: datetime, language: str = "en") -> list[Notice]:
    """Every duty that is owed, that no other notice meets and that none serves yet has a draft from the template made for it.

    Duties of one place that the same template serves share one notice, and nobody gets two letters where one is enough.
    """
    demand(by, Right.MARK_DUTIES)
    facts = notice_facts(incident, today=local_day(now))
    return [
        notice_draft(incident=incident, duties=duties, template=template, language=language, by=by, now=now, facts=facts)
        for template, duties in duties_unserved(incident, notices_standing(incident))
    ]


def duties_unserved(incident: Incident, standing: Sequence[Notice]) -> list[tuple[str, list[Duty]]]:
    """The duties that are owed and that no standing notice serves, those that share a notice together, each with its template.

    Nobody gets two letters where one can hold what all of them ask for.
    """
    served = {duty.pk for notice in standing for duty in notice.duties.all()}
    found = Duty.objects.filter(incident=incident, owed=True, met_by="").select_related("incident", "contract")
    owed = list(found.order_by("due", "jurisdiction", "duty"))
    groups: dict[tuple[str, str, int | None], list[Duty]] = {}
    for duty in owed:
        if duty.recipient != PEOPLE and duty.pk not in served:
            groups.setdefault((template_of(duty), duty.jurisdiction, duty.contract_id), []).append(duty)
    return letters_owed(owed, standing) + [(template, duties) for (template, _, _), duties in groups.items()]


@transaction.atomic
def notice_edit(
    *,
    notice: Notice,
    version: int,
    by: Person,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    sections: Mapping[str, str | None] | None = None,
    facts: NoticeFacts | None = None,
) -> Notice:
    """The notice is drafted again from the facts as they are now, with these answers and these sections written over.

    answers: by field; those that are not named stay. sections: lines by key; None takes the drafted text back.
    facts: those of now, when they are at hand.
    An approval holds for its text alone: one that changed has none, one that reads as before has those of before. Patient data in
    what was typed is masked, and the notice says so.
    Raises `NoticeChanged` for an old version, `BadInput` for a notice that went out, an unknown field or a value unfit for it.
    """
    demand(by, Right.MARK_DUTIES)
    notice = _fresh(notice)
    _demand_open(notice)
    if notice.version != version:
        who = notice.edited_by.full_name if notice.edited_by else notice.by.full_name
        raise NoticeChanged(f"{who} changed this notice in the meantime.", advice="Compare both texts, then save yours again.")
    before = _content(notice)
    facts = facts or notice_facts(notice.incident, today=local_day(now))
    known = not_patients(notice, facts)
    if answers is not None:
        given = {
            name: safe_text(value, known=[*known, value.strip() if name in CONTACTS else ""]) for name, value in answers.items()
        }
        notice.answers = answers_checked(notice, facts, given)
    if sections is not None:
        _overwrite(notice, facts, {key: None if text is None else safe_text(text, known=known) for key, text in sections.items()})
    notice.people = people_reached(notice, notices_standing(notice.incident))
    _write(notice, facts)
    _look(notice, facts)
    if _content(notice) == before:
        return notice
    notice.version += 1
    notice.edited_at, notice.edited_by = now, by
    is_new = notice.text_sha256 != before["text_sha256"]
    voided = notice.approvals.filter(text_sha256=before["text_sha256"]).count() if is_new else 0
    notice.state = NoticeState.APPROVED if _is_approved(notice) else NoticeState.DRAFT
    notice.save()
    parts = sorted([*(sections or {}), *(answers or {})])
    _record(LedgerAct.NOTICE_EDIT, notice, by=by, now=now, parts=parts, voided=voided)
    duties_follow(notice.duties.all(), by=by, now=now)
    return notice


@transaction.atomic
def notice_fill_others(*, notice: Notice, by: Person, now: datetime) -> list[Notice]:
    """What was filled in here, and is the same whoever is told, stands in the other drafts of its language where nothing stood.

    A draft that somebody has approved stays as it is. Returns those that were filled in.
    """
    demand(by, Right.MARK_DUTIES)
    shared, facts = answers_shared(notice), notice_facts(notice.incident, today=local_day(now))
    filled = []
    for other in drafts_beside(notice, notices_standing(notice.incident)):
        asked = {field.id for field in fields_of(other, facts)} - other.answers.keys()
        if given := {name: value for name, value in shared.items() if name in asked}:
            filled.append(notice_edit(notice=other, version=other.version, by=by, now=now, answers=given, facts=facts))
    return filled


def drafts_beside(notice: Notice, standing: Iterable[Notice]) -> list[Notice]:
    """The other drafts among the standing notices in its language, without those that somebody has approved as they stand."""
    return [
        other
        for other in standing
        if (other.state, other.language) == (NoticeState.DRAFT, notice.language) and other != notice and not given_of(other)
    ]


@transaction.atomic
def notice_approve(
    *, notice: Notice, text_sha256: str, by: Person, now: datetime, why: str = "", facts: NoticeFacts | None = None
) -> Notice:
    """One profession says that this very text may go out; after the second, by somebody else, the notice is approved.

    facts: those of now, when they are at hand.
    Raises `Refused` for other roles; `BadInput` for another text than the one that was read, a second word of the same person, a
    text that lacks something or reads too hard without a reason, and a notice that went out.
    """
    role = _approver(notice, by)
    notice = _fresh(notice)
    _demand_open(notice)
    if notice.text_sha256 != text_sha256:
        raise NoticeChanged("The text was changed after you opened it.", advice="Read it as it stands now.")
    given = {approval.role: approval for approval in approvals_now(notice)}
    if any(approval.by_id == by.pk for approval in given.values()):
        raise BadInput(f"{by.full_name} has approved this text already.", advice="The other approval is somebody else's.")
    if role in given:
        raise BadInput(f"{given[role].by.full_name} has approved this text for {Role(role).label.lower()} already.")
    faults = faults_of(notice, facts or notice_facts(notice.incident, today=local_day(now)))
    if faults and not why.strip():
        raise BadInput(
            f"{len(faults)} thing{'s' if len(faults) > 1 else ''} stand{'' if len(faults) > 1 else 's'} against it: {faults[0]}",
            advice="Mend the text, or say why it may go out as it is; the reason is kept.",
        )
    NoticeApproval.objects.create(
        notice=notice,
        role=role,
        text_sha256=notice.text_sha256,
        why=safe_text(why, most=WHY) if faults else "",
        at=now,
        recorded_at=SystemClock().now(),
        by=by,
    )
    notice.state = NoticeState.APPROVED if _is_approved(notice) else NoticeState.DRAFT
    notice.save(update_fields=["state"])
    _record(LedgerAct.NOTICE_APPROVE, notice, by=by, now=now, role=role, against=faults, why=safe_text(why, most=WHY))
    duties_follow(notice.duties.all(), by=by, now=now)
    return notice


@transaction.atomic
def notice_send(  # noqa: PLR0913  # each is a field of the record
    *,
    notice: Notice,
    method: str,
    on: date,
    people: int,
    proof: str,
    by: Person,
    now: datetime,
    evidence: Evidence | None = None,
    why: str = "",
) -> Sending:
    """It is on record that people sent the notice: how, on which day, to how many, and what proves it. The clocks follow.

    Several records add up. In an exercise the record says that nothing went out. Raises `Refused` without the right; `BadInput`
    before both approvals, for a day ahead of today or before discovery, without proof, and, unless a reason is given, for more
    people than were counted, for a day before the approvals, and for a notice that is owed to nobody any more.
    """
    demand(by, Right.MARK_DUTIES)
    notice = _fresh(notice)
    incident = notice.incident
    _demand_sendable(notice)
    if method not in set(SendMethod):
        raise BadInput(f"Not a way to send: {method[:20]!r}.", advice=f"Choose one of {', '.join(SendMethod)}.")
    if not proof.strip():
        raise BadInput("A notice that went out names its proof.", advice="Give the receipt, tracking or confirmation number.")
    if evidence is not None and evidence.incident_id != incident.pk:
        raise BadInput("The proof is sealed in another incident.", advice="Choose an item of this one.")
    _demand_day(notice, on, now=now)
    if (odd := _odd(notice, on, people)) and not why.strip():
        raise BadInput(odd, advice="Check it; if it is so, say why. The reason is kept.")
    sending = Sending.objects.create(
        notice=notice,
        method=method,
        on=on,
        people=people,
        proof=safe_text(proof, most=PROOF),
        why=safe_text(why, most=WHY),
        evidence=evidence,
        is_exercise=incident.is_exercise,
        at=now,
        recorded_at=SystemClock().now(),
        by=by,
    )
    notice.state = NoticeState.SENT
    notice.save(update_fields=["state"])
    _record(
        LedgerAct.NOTICE_SEND, notice, by=by, now=now, method=method, on=on, people=people, proof=sending.proof,
        evidence=evidence.item if evidence else "", why=sending.why, exercise=incident.is_exercise,
    )  # fmt: skip
    duties_follow(notice.duties.all(), by=by, now=now)
    clocks_refresh(incident=incident, now=now, cause=f"Sent on {on.isoformat()}: {_called(notice)}.", by=by)
    return sending


@transaction.atomic
def notice_withdraw(*, notice: Notice, why: str, by: Person, now: datetime) -> Notice:
    """The notice serves no duty any more, and records of sending it count no more; all of it stays, with the reason.

    For a wrong draft, and for a sending that was recorded by mistake: what really went out cannot be taken back.
    """
    demand(by, Right.MARK_DUTIES)
    notice = _fresh(notice)
    if notice.state == NoticeState.WITHDRAWN:
        raise BadInput("This notice was withdrawn already.", advice="Draft a new one.")
    if not why.strip():
        raise BadInput("Withdrawing a notice needs a reason.", advice="Say in a few words what is wrong with it.")
    was = notice.state
    notice.state, notice.withdrawn_at, notice.withdrawn_by = NoticeState.WITHDRAWN, now, by
    notice.withdrawn_why = safe_text(why, most=WHY)
    notice.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_why"])
    _record(LedgerAct.NOTICE_WITHDRAW, notice, by=by, now=now, was=was, why=notice.withdrawn_why)
    duties_follow(notice.duties.all(), by=by, now=now)
    if was == NoticeState.SENT:
        clocks_refresh(incident=notice.incident, now=now, cause=f"Withdrawn: {_called(notice)}.", by=by)
    return notice


@transaction.atomic
def notice_taken_out(*, notice: Notice, form: str, by: Person, now: datetime) -> bytes:
    """The notice as a document of one of `PAPER_FORMS`; that it was taken out is on record.

    It is marked as a draft until both approvals are there, and as an exercise for good. Raises `Refused` without the right.
    """
    from hemostat.law.documents import notice_docx, notice_pdf  # noqa: PLC0415  # only the process that prints pays for it

    demand(by, Right.SEE)
    made = {"docx": notice_docx, "pdf": notice_pdf}[form](paper_of(notice))
    _record(LedgerAct.NOTICE_EXPORT, notice, by=by, now=now, form=form)
    return made


def _called(notice: Notice) -> str:
    """The title of the notice, with the place whose residents or offices it goes to."""
    return f"{notice.title}, {notice.jurisdiction}" if notice.jurisdiction not in {"", FEDERAL} else notice.title


def _content(notice: Notice) -> dict[str, object]:
    """Everything of a notice that an edit can change."""
    fields = ("answers", "edits", "text_sha256", "missing", "grade", "people")
    return {name: getattr(notice, name) for name in fields}


def _is_approved(notice: Notice) -> bool:
    return {approval.role for approval in approvals_now(notice)} >= {*APPROVERS}


def _write(notice: Notice, facts: NoticeFacts) -> None:
    """Title, text and hash of the notice follow from facts, answers and edits."""
    text = text_of(notice, facts)
    notice.title = text.title[:TITLE]
    notice.sections = kept(text.sections)
    notice.text_sha256 = text_sha256(notice)


def _look(notice: Notice, facts: NoticeFacts) -> None:
    """What the text lacks and how hard it reads."""
    notice.missing = lacks(notice, facts)
    notice.grade = grade_of(notice)


def _overwrite(notice: Notice, facts: NoticeFacts, texts: Mapping[str, str | None]) -> None:
    """Each of these sections reads as it was written; one that reads as drafted is no edit."""
    text = text_of(notice, facts)
    if strange := sorted(texts.keys() - text.drafted.keys() - notice.edits.keys()):
        raise BadInput(f"The notice has no section {strange[0][:60]!r}.", advice="Open the notice again.")
    edits = dict(notice.edits)
    for key, lines in texts.items():
        edits.pop(key, None)
        if lines is not None and lines.strip() != text.drafted.get(key, "").strip():
            edits[key] = lines
    notice.edits = edits


def _fresh(notice: Notice) -> Notice:
    """The notice as it is now, to be changed in this transaction."""
    found = Notice.objects.select_for_update().select_related("incident", "by", "evidence").get(pk=notice.pk)
    fresh_incident(found.incident)
    return found


def _approver(notice: Notice, by: Person) -> str:
    """The role for which this person's approval counts: of several that they hold, one that has not approved yet."""
    held = [role.value for role in APPROVERS if role in by.roles]
    if not held:
        roles = ", ".join(role.label.lower() for role in APPROVERS)
        raise Refused(f"{by.username} may not approve notices.", advice=f"Ask: {roles}.")
    done = {approval.role for approval in approvals_now(notice)}
    return next((role for role in held if role not in done), held[0])


def _demand_owed(incident: Incident, duties: Sequence[Duty]) -> None:
    if not duties:
        raise BadInput("A notice serves at least one duty.", advice="Choose what it is for.")
    for duty in duties:
        if duty.incident_id != incident.pk:
            raise BadInput(f"{duty.duty} is a duty of another incident.", advice="Choose duties of this one.")
        if not duty.owed:
            raise BadInput(
                f"{duty.duty} is not owed: {'; '.join(duty.because)}", advice="Check the scope and the discovery first."
            )


def _demand_template(incident: Incident, template: str, language: str, evidence: Evidence | None) -> None:
    if template == ELSEWHERE:
        if evidence is None or evidence.incident_id != incident.pk:
            raise BadInput(
                "A notice that was written elsewhere has a sealed item as its text.",
                advice="Seal the letter first, then choose it.",
            )
    elif template not in templates():
        raise BadInput(f"There is no template {template[:60]!r}.", advice="Choose one from the list.")
    languages = list(LANGUAGES) if template == ELSEWHERE else templates()[template].languages
    if language not in languages:
        raise BadInput(f"It is not written in {language[:5]!r}.", advice=f"Choose {' or '.join(languages)}.")


def _demand_open(notice: Notice) -> None:
    if notice.state in {NoticeState.SENT, NoticeState.WITHDRAWN}:
        raise BadInput(f"This notice is {notice.state}: its text stays as it is.", advice="Draft a new one for what follows.")


def _demand_sendable(notice: Notice) -> None:
    if notice.state == NoticeState.WITHDRAWN:
        raise BadInput("This notice was withdrawn.", advice="Draft a new one.")
    if notice.state not in {NoticeState.APPROVED, NoticeState.SENT}:
        missing = [role for role in APPROVERS if role not in {approval.role for approval in approvals_now(notice)}]
        raise BadInput(
            f"Not approved yet by {' and '.join(role.label.lower() for role in missing)}.",
            advice="A notice goes out after both approvals.",
        )


def _demand_day(notice: Notice, on: date, *, now: datetime) -> None:
    if on > local_day(now):
        raise BadInput(f"{on.isoformat()} lies ahead.", advice="Record the sending when it has happened.")
    discovered = local_day(notice.incident.discovered_at)
    if on < discovered:
        raise BadInput(f"{on.isoformat()} is before the discovery on {discovered.isoformat()}.", advice="Check the day.")


def _odd(notice: Notice, on: date, people: int) -> str:
    """What about a record of sending asks for a reason; empty when nothing does. Raises `BadInput` for nobody."""
    if people < 1:
        raise BadInput("A notice goes to at least one.", advice="Give the number of people that it was about or went to.")
    duties = list(notice.duties.all())
    is_letter = goes_to_people(duties)
    standing = notices_standing(notice.incident)
    total, counted = people_sent(notice, standing) + people, people_reached(notice, standing)
    if not any(duty.owed for duty in duties) or (is_letter and not counted):
        return "It is owed to nobody any more: the facts changed."
    if is_letter and total > counted:
        return f"{total:,} people are more than the {counted:,} that were counted."
    approved = max((local_day(approval.at) for approval in approvals_now(notice)), default=on)
    return f"It was approved on {approved.isoformat()}, after it went out." if on < approved else ""


def _place(duties: Sequence[Duty]) -> str:
    place, *others = places_of(duties)
    return FEDERAL if others else place


def _known(duties: Sequence[Duty], language: str, standing: Sequence[Notice]) -> dict[str, str]:
    """What other notices say that is the same whoever is told, and what the contract says under which this one is owed."""
    known: dict[str, str] = {}
    for notice in standing:
        known |= answers_shared(notice) if notice.language == language else {}
    terms = [duty.contract for duty in duties]
    term = terms[0] if len(set(terms)) == 1 else None
    return known | ({"counterparty": term.counterparty, "clause": term.clause} if term else {})


def _name(duty: Duty) -> str:
    return f"{duty.duty}@{duty.jurisdiction}"


def _item(notice: Notice) -> str:
    return notice.evidence.item if notice.evidence else ""


def _record(act: LedgerAct, notice: Notice, *, by: Person, now: datetime, **payload: object) -> None:
    record(
        act=act,
        by=by,
        at=now,
        subject=f"{notice.incident.ref}/notice/{notice.pk}",
        title=notice.title,
        template=notice.template,
        version=notice.version,
        text_sha256=notice.text_sha256,
        missing=len(notice.missing),
        **payload,
    )
