"""How a notice stands: whose approvals hold, what speaks against it, whether the facts moved on, how it is printed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from django.conf import settings

from hemostat.law.notices import GRADE_LIMIT, NoticeFacts, templates
from hemostat.law.paper import Paper
from hemostat.people.rights import Role

from .local_days import local_day
from .mailing import people_of
from .models import Notice, NoticeApproval
from .notice_text import grade_is_over, kept, lacks, sections_of, text_of
from .vocabulary import NoticeState

APPROVERS = (Role.COMPLIANCE, Role.COUNSEL)
"""Each notice needs one of each, and they are two people."""

PAPER_FORMS: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""The documents that a notice can be taken out as, with their media types."""


def paper_of(notice: Notice) -> Paper:
    """The notice as it is printed."""
    face = templates().get(notice.template)
    return Paper(
        title=notice.title,
        language=notice.language,
        sections=sections_of(notice),
        sender=settings.HOME.settings().organization.name,
        on=local_day(written_at(notice)),
        least_points=face.least_points if face else 0,
        is_draft=notice.state not in {NoticeState.APPROVED, NoticeState.SENT},
        is_exercise=notice.incident.is_exercise,
    )


def approvals_now(notice: Notice) -> list[NoticeApproval]:
    """The approvals of the text as it stands now."""
    return list(notice.approvals.filter(text_sha256=notice.text_sha256).select_related("by"))


def given_of(notice: Notice) -> list[NoticeApproval]:
    """The same, of a notice whose approvals were read with it."""
    return [approval for approval in notice.approvals.all() if approval.text_sha256 == notice.text_sha256]


def faults_of(notice: Notice, facts: NoticeFacts) -> list[str]:
    """What stands against the text as it is: what it lacks, how hard it reads, and facts that changed since it was drafted."""
    faults = lacks(notice, facts)
    if grade_is_over(notice):
        faults.append(f"It takes school grade {notice.grade} to read it; the limit is {GRADE_LIMIT:g}.")
    if is_stale(notice, facts):
        faults.append("The facts of the incident, or the template, changed since it was drafted.")
    return faults


def is_stale(notice: Notice, facts: NoticeFacts) -> bool:
    """Would the facts as they are now give another text, on the day on which it was written?"""
    text = text_of(notice, on_its_day(notice, facts))
    return (text.title, kept(text.sections)) != (notice.title, notice.sections)


def people_sent(notice: Notice, standing: Iterable[Notice]) -> int:
    """How many people all records of sending name: its own, and those of the standing notices of exactly the same duties.

    These are the same notice in other languages.
    """
    duties = {duty.pk for duty in notice.duties.all()}
    same = [one for one in standing if {duty.pk for duty in one.duties.all()} == duties]
    return sum(sending.people for one in same for sending in one.sendings.all())


def people_reached(notice: Notice, standing: Iterable[Notice]) -> int:
    """How many people the notice goes to or is about, as the counts and the other standing letters are now."""
    others = [list(other.duties.all()) for other in standing if other.pk != notice.pk]
    return people_of(list(notice.duties.all()), others, affected=notice.incident.affected)


def on_its_day(notice: Notice, facts: NoticeFacts) -> NoticeFacts:
    """The facts with the day on which the text was written as their day."""
    return msgspec.structs.replace(facts, today=local_day(written_at(notice)))


def written_at(notice: Notice) -> datetime:
    """When the text was last written."""
    return notice.edited_at or notice.at
