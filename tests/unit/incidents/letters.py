"""What people write into notices, in tests: every field answered, so that nothing of the rule is missing."""

from datetime import datetime

from hemostat.incidents.models import Notice
from hemostat.incidents.notice_board import notice_page
from hemostat.incidents.services import notice_approve, notice_edit
from hemostat.people.models import Person

SENTENCES = {
    "how": "A part of our app answered without a check. Somebody used it to read records that were not theirs.",
    "investigated": "We look into it with the logs of the app.",
    "mitigated": "We closed the way in to limit harm.",
    "prevented": "We check each answer now, to stop it from happening again.",
    "delayed": "no",
    "people_told": "600",
    "sample": "letter.pdf",
}


def answers_for(notice: Notice, *, by: Person, now: datetime) -> dict[str, str]:
    """An answer to each field that must have one: the sentence written for it, or one that fits its kind."""
    page = notice_page(notice, person=by, now=now)
    fitting = {
        "date": "2026-03-10",
        "number": "604",
        "text": "As the record shows",
        "long": "As the record of the incident shows.",
    }
    return {
        answer.field.id: SENTENCES.get(answer.field.id) or fitting.get(answer.field.kind) or answer.field.options[-1]
        for answer in page.answers
        if answer.field.required
    }


def filled(notice: Notice, *, by: Person, now: datetime) -> Notice:
    """The notice with every field answered."""
    answers = answers_for(notice, by=by, now=now)
    return notice_edit(notice=notice, version=notice.version, by=by, now=now, answers=answers)


def approved(notice: Notice, *, compliance: Person, counsel: Person, now: datetime, why: str = "") -> Notice:
    """The notice with both approvals."""
    for by in (compliance, counsel):
        notice = notice_approve(notice=notice, text_sha256=notice.text_sha256, by=by, now=now, why=why)
    return notice
