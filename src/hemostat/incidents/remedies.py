"""What is owed to people beside the notice, as tasks; and what the laws could ask for, as ranges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Min

from hemostat.kernel import BadInput, NotFound
from hemostat.law.call_center import LetterContacts, call_center_script, letter_contacts
from hemostat.law.exposure import Exposure, exposure_answer
from hemostat.law.facts import FEDERAL, Facts, facts_decode
from hemostat.law.notices import notice_draft
from hemostat.law.remedies import CURE, Remedy, remedies_of
from hemostat.law.rules import Rules, rules_load
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .legal_facts import facts_of
from .local_days import local_day
from .models import Duty, Incident, LegalEvent, RemedyTask
from .notice_text import notice_facts, plain_of
from .questions import CURE_NOTICE
from .rows import fresh_incident
from .words import safe_text

PROOF = 200
_CURE_TEMPLATE = "ccpa-cure-answer"
_BEFORE_SENDING = (
    "Say that something is cured only when it is: the statement binds, and can be sued on by itself.",
    "Better security after the breach does not cure that breach (Cal. Civ. Code 1798.150(b)).",
)


@transaction.atomic
def remedies_refresh(
    *, incident: Incident, now: datetime, rules: Rules | None = None, facts: Mapping[str, Any] | None = None
) -> list[RemedyTask]:
    """The tasks follow from the facts and from consumers' cure letters as they are now.

    One that is no longer owed stays, marked so, with the reason. Before people were counted only the answer to a letter is owed.
    facts: what `facts_of` gave, when it is at hand. Raises what the law's table raises about facts it does not know.
    """
    letters = {str(event.pk): event.on for event in _cure_letters(incident)}
    if not (incident.people or letters or RemedyTask.objects.filter(incident=incident, owed=True).exists()):
        return []
    found = remedies_of(_facts(incident, facts), cure_letters=letters, rules=rules)
    owed = {remedy.id: remedy for remedy in found.owed}
    _tasks_write(incident, owed.values(), now=now)
    reasons = {row.id: row.because for row in found.not_owed}
    for task in RemedyTask.objects.filter(incident=incident, owed=True).exclude(remedy__in=owed):
        task.owed, task.computed_at = False, now
        task.because = reasons.get(task.remedy, ["The letter that it answers was withdrawn from the record."])
        task.save(update_fields=["owed", "because", "computed_at"])
    return list(RemedyTask.objects.filter(incident=incident))


@transaction.atomic
def remedy_done(*, task: RemedyTask, by: Person, now: datetime, proof: str) -> RemedyTask:
    """The remedy stands, with its proof: a contract number, an order, a letter.

    Raises `Refused` without the right; `BadInput` without a proof, when it is not owed, or was done before (it says by whom).
    """
    demand(by, Right.MARK_DUTIES)
    task = RemedyTask.objects.select_for_update().select_related("done_by", "incident").get(pk=task.pk)
    incident = fresh_incident(task.incident)
    if task.done_at is not None:
        who = task.done_by.full_name if task.done_by else "somebody"
        raise BadInput(f"{task.remedy} was already done by {who}.", advice="Nothing was changed; see its proof.")
    if not task.owed:
        raise BadInput(f"{task.remedy} is not owed: {'; '.join(task.because)}", advice="Check the facts of the incident first.")
    if not proof.strip():
        raise BadInput(f"A remedy that stands names its proof: {task.title}.", advice="Give the contract, order or letter.")
    task.done_at, task.done_by, task.proof = now, by, safe_text(proof, most=PROOF)
    task.save(update_fields=["done_at", "done_by", "proof"])
    record(
        act=LedgerAct.REMEDY_DONE,
        by=by,
        at=now,
        subject=incident.ref,
        remedy=task.remedy,
        jurisdiction=task.jurisdiction,
        people=task.people,
        due=task.due,
        proof=task.proof,
    )
    return task


def remedy_for(incident: Incident, task_pk: int) -> RemedyTask:
    """A task of an incident that came through the gate, by its number. Raises `NotFound` for any other."""
    task = RemedyTask.objects.filter(incident=incident, pk=task_pk).select_related("incident", "done_by").first()
    if task is None:
        raise NotFound(f"There is no remedy {task_pk} in {incident.ref[:16]!r} for you.")
    return task


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One task as it stands: days until its day (None without one), and `done`, `late`, `near` or `ok`."""

    task: RemedyTask
    days_left: int | None
    urgency: str

    @property
    def place(self) -> str:
        """Whose residents get it, by name."""
        return "Everybody" if self.task.jurisdiction == FEDERAL else rules_load().names[self.task.jurisdiction]

    @property
    def is_cure(self) -> bool:
        """Does it answer a consumer's cure letter?"""
        return self.task.remedy.startswith(CURE)


_NEAR = 7


def remedies_standing(incident: Incident, *, now: datetime) -> tuple[list[Standing], list[RemedyTask]]:
    """The tasks that are owed, the earliest first and those without a day last; and those that are no longer owed."""
    tasks = list(RemedyTask.objects.filter(incident=incident).select_related("done_by"))
    today = local_day(now)
    owed = sorted((task for task in tasks if task.owed), key=lambda task: (task.due or date.max, task.jurisdiction, task.remedy))
    return [_standing(task, today) for task in owed], [task for task in tasks if not task.owed]


def exposure_seen(incident: Incident, *, now: datetime) -> Exposure | None:
    """What each law could ask for, by the facts as they are at `now`; None before people were counted.

    The day of the violation is that of the first event behind the alerts.
    """
    if not incident.people:
        return None
    began = incident.alerts.aggregate(first=Min("first_event_at"))["first"]
    return exposure_answer(_facts(incident), violation_on=local_day(began) if began else None, today=local_day(now))


def script_text(incident: Incident, *, language: str, now: datetime) -> str:
    """The call-center script of the incident as plain text. Raises `BadInput` for a language that it is not written in."""
    return call_center_script(notice_facts(incident, today=local_day(now)), language=language)


def contacts_named(incident: Incident) -> list[LetterContacts]:
    """Whom the letters of this incident must name, for each place whose residents are owed one."""
    duties = Duty.objects.filter(incident=incident, owed=True, recipient="individuals", regime="state_breach_statute")
    return letter_contacts(sorted(set(duties.values_list("jurisdiction", flat=True))))


def cure_answer(task: RemedyTask, *, now: datetime) -> str:
    """The draft of the answer to a consumer's cure letter, as plain text. Raises `NotFound` for a task of another kind."""
    if not task.remedy.startswith(CURE):
        raise NotFound("There is no letter to answer.", advice="Open the task of a cure letter.")
    facts = notice_facts(task.incident, today=local_day(now))
    draft = notice_draft(_CURE_TEMPLATE, language="en", jurisdiction=task.jurisdiction, facts=facts, answers={})
    parts = [f"{section.heading}\n{plain_of(section.blocks)}".strip() for section in draft.sections]
    due = task.due.isoformat() if task.due else ""
    return "\n\n".join([f"DRAFT for counsel, not sent. The answer is due on {due}.", *_BEFORE_SENDING, draft.title, *parts, ""])


def _standing(task: RemedyTask, today: date) -> Standing:
    left = (task.due - today).days if task.due else None
    if task.done_at:
        return Standing(task=task, days_left=left, urgency="done")
    if left is None:
        return Standing(task=task, days_left=None, urgency="ok")
    return Standing(task=task, days_left=left, urgency="late" if left < 0 else "near" if left <= _NEAR else "ok")


def _cure_letters(incident: Incident) -> list[LegalEvent]:
    return list(LegalEvent.objects.filter(incident=incident, kind=CURE_NOTICE, withdrawn_at__isnull=True))


def _facts(incident: Incident, document: Mapping[str, Any] | None = None) -> Facts:
    return facts_decode(msgspec.json.encode(document or facts_of(incident)))


_COMPUTED = ("title", "because", "citation", "verified", "months", "people", "due", "owed", "computed_at")
"""What each computation sets anew; what was done stays as it was."""


def _tasks_write(incident: Incident, found: Iterable[Remedy], *, now: datetime) -> None:
    """Each of them is a row as it was found, in one statement."""
    rows = [
        RemedyTask(
            incident=incident,
            remedy=one.id,
            jurisdiction=one.jurisdiction,
            title=one.title,
            because=one.because,
            citation=one.citation,
            verified=one.verified,
            months=one.months,
            people=one.people,
            due=one.due,
            owed=True,
            computed_at=now,
        )
        for one in found
    ]
    RemedyTask.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["incident", "remedy", "jurisdiction"], update_fields=_COMPUTED
    )
