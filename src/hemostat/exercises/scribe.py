"""The scripted responder's notices: what compliance writes and counsel approves, with the words that the pack gives them.

They use the services of the room with the rights of their role. Everything is put on record as a drill puts it: nothing went out.
"""

from collections.abc import Mapping
from datetime import datetime

from hemostat.incidents.mailing import notices_standing
from hemostat.incidents.models import Incident, Notice
from hemostat.incidents.notice_answers import fields_of
from hemostat.incidents.notice_text import notice_facts
from hemostat.incidents.services import local_day, notice_approve, notice_edit, notice_send, notices_draft_owed
from hemostat.incidents.vocabulary import SendMethod
from hemostat.law.notices import Field
from hemostat.people.models import Person

_NO_FAULT = "The open points are those of the exercise."


def notices_written(*, incident: Incident, answers: Mapping[str, str], by: Person, now: datetime) -> None:
    """Every notice that is owed is drafted, filled in, and has the word of compliance."""
    drafts = notices_draft_owed(incident=incident, by=by, now=now)
    facts = notice_facts(incident, today=local_day(now))
    for notice in drafts:
        given = {field.id: _answer(field, answers, notice) for field in fields_of(notice, facts)}
        filled = notice_edit(notice=notice, version=notice.version, by=by, now=now, answers=given, facts=facts)
        notice_approve(notice=filled, text_sha256=filled.text_sha256, by=by, now=now, why=_NO_FAULT, facts=facts)


def notices_approved(*, incident: Incident, by: Person, now: datetime) -> None:
    """Every notice has the word of counsel, and it is on record that it went out: offices first, people last."""
    standing = sorted(notices_standing(incident), key=_people_last)
    facts = notice_facts(incident, today=local_day(now))
    for notice in standing:
        notice_approve(notice=notice, text_sha256=notice.text_sha256, by=by, now=now, why=_NO_FAULT, facts=facts)
    for notice in standing:
        notice_send(
            notice=notice,
            method=SendMethod.MAIL if _people_last(notice)[0] else SendMethod.PORTAL,
            on=local_day(now),
            people=max(1, notice.people),
            proof="exercise: nothing went out",
            by=by,
            now=now,
        )


def _answer(field: Field, answers: Mapping[str, str], notice: Notice) -> str:
    """What stands there already, else what the pack says; a number that neither knows is that of the people told."""
    return notice.answers.get(field.id) or answers.get(field.id, str(notice.people) if field.kind == "number" else "")


def _people_last(notice: Notice) -> tuple[bool, int]:
    return any(duty.recipient == "individuals" for duty in notice.duties.all()), notice.pk
