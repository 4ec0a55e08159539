"""What people decide about input that could not be read: read it again, leave it as it is, or destroy it. Each is on record.

Letters are told apart by source and reason; what stands in them nobody sees here. The worker does the work (`lake.errands`).
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput, Home, NotFound
from hemostat.lake import dead_letters, errands
from hemostat.lake.errands import Doing, Errand, Verb
from hemostat.lake.pipeline import Tools
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .words import safe_text

_ACTS = {"retry": LedgerAct.LETTERS_RETRY, "discard": LedgerAct.LETTERS_DISCARD}
_MOST = 500
_LEAST_NOTE = 20  # code points: a reason is a sentence, not a word


def letters_retry(*, source: str, reason: str, by: Person, now: datetime) -> int:
    """The worker will read these letters again; how many there are. Raises `Refused`, `NotFound` when there are none any more."""
    demand(by, Right.PRESERVE)
    return _asked("retry", source, reason, by=by, now=now)


def letters_discard(*, source: str, reason: str, note: str, by: Person, now: datetime) -> int:
    """The worker will destroy these letters, for the reason that `note` gives; how many there are.

    Raises `Refused`, `NotFound` when there are none any more, and `BadInput` under a legal hold or without a reason.
    """
    demand(by, Right.PRESERVE)
    errands.require_no_hold(settings.HOME)
    return _asked("discard", source, reason, by=by, now=now, note=_note(note))


@transaction.atomic
def letters_keep(*, source: str, reason: str, note: str, by: Person, now: datetime) -> int:
    """Somebody has looked at these letters and leaves them until their days are over; how many there are.

    Raises `Refused`, `NotFound` when there are none any more, `BadInput` without a note.
    """
    demand(by, Right.PRESERVE)
    told, count = _note(note), _count(source, reason)
    record(act=LedgerAct.LETTERS_KEEP, by=by, at=now, subject=_name(source), reason=reason, count=count, note=told)
    errands.letters_kept(settings.HOME, source=source, reason=reason, by=by.full_name, note=told, now=now)
    return count


def errand_recorded(doing: Doing, *, now: datetime) -> Errand:
    """What became of an errand that has ended is in the ledger."""
    errand = doing.errand
    record(
        act=_ACTS[errand.verb],
        by="worker",
        at=now,
        subject=_name(errand.source),
        reason=errand.reason,
        count=errand.done,
        stayed=errand.stayed,
        fault=errand.fault,
    )
    return errand


@transaction.atomic
def _asked(verb: Verb, source: str, reason: str, *, by: Person, now: datetime, note: str = "") -> int:
    home: Home = settings.HOME
    count = _count(source, reason)
    record(act=_ACTS[verb], by=by, at=now, subject=_name(source), reason=reason, count=count, note=note)
    # Last: when the ledger cannot be written, nothing is done that nobody knows of.
    if not errands.errand_asked(home, verb, source=source, reason=reason, count=count, by=by.full_name, now=now):
        raise BadInput("The worker is at work on these letters.", advice="Wait until it has come to the end.")
    return count


def _count(source: str, reason: str) -> int:
    """How many letters of this source have this reason. Raises `NotFound`."""
    home: Home = settings.HOME
    spool = Tools(home).spool()
    try:
        waiting = dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch())
        count = sum((one.source, one.reason) == (source, reason) for one in waiting)
    finally:
        spool.close()
    if not count:
        raise NotFound("There are no such letters.", advice="Look at the page again: somebody was there first.")
    return count


def _note(text: str) -> str:
    note = safe_text(text, most=_MOST)
    if len(note) < _LEAST_NOTE:
        raise BadInput(
            "The reason is missing, or says nothing.", advice="Write a sentence that an auditor understands in a year."
        )
    return note


def _name(source: str) -> str:
    return f"letters/{source}"
