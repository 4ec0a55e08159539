"""What people answered in lessons: every answer is on record, with the text that was taught."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from hemostat.kernel import BadInput
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import entries, record
from hemostat.people.models import LedgerEntry, Person
from hemostat.people.rights import Right, demand

from .lesson import Lesson, Marked, lesson_mark


@transaction.atomic
def lesson_answer(*, lesson: Lesson, by: Person, now: datetime, answers: Mapping[str, str]) -> list[Marked]:
    """Every answer is marked and on record, with the version that was taught. Raises `BadInput` while a question is open."""
    demand(by, Right.SEE_EXERCISES)
    if missing := [question.ask for question in lesson.questions if not question.option(answers.get(question.id))]:
        raise BadInput(
            f"{len(missing)} of {len(lesson.questions)} questions have no answer yet.", advice=f"The next: {missing[0]}"
        )
    marked = lesson_mark(lesson, answers)
    record(
        act=LedgerAct.LESSON_ANSWER,
        by=by,
        at=now,
        subject=f"lesson/{lesson.id}",
        version=lesson.version,
        sha256=lesson.sha256,
        right=sum(one.is_right for one in marked),
        questions=len(marked),
        answers={one.question.id: one.chosen.key if one.chosen else "" for one in marked},
    )
    return marked


def lesson_results(lesson: str, person: Person) -> list[LedgerEntry]:
    """How often and how well the person answered, the latest first: entries of the ledger."""
    found = entries(f"lesson/{lesson}").filter(act=LedgerAct.LESSON_ANSWER, actor=person.username)
    return list(found.order_by("-seq"))
