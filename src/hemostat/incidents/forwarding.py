"""What people ask of the systems that events are forwarded to: what they refused, or a period, once more. The ledger says who."""

from datetime import datetime

from django.db import transaction

from hemostat.kernel import BadInput, Home, NotFound, iso
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand
from hemostat.sinks.journal import Journal, Stream


def sink_retry(*, home: Home, name: str, by: Person, now: datetime) -> int:
    """All that the sink refused is offered once more by the worker; how many entries. Raises `Refused` and `NotFound`."""
    _may(home, name, by)
    with transaction.atomic():
        record(act=LedgerAct.SINK_RETRY, by=by, at=now, subject=f"sink.{name}")
        journal = Journal(home)
        try:
            return journal.retry(name)
        finally:
            journal.close()


def sink_replay(*, home: Home, name: str, since: datetime, until: datetime, by: Person, now: datetime) -> Stream:
    """Events of this period that the sink has got are sent once more by the worker.

    Raises `BadInput` when the period ends before it begins, `Refused` and `NotFound`.
    """
    _may(home, name, by)
    if since >= until:
        raise BadInput("The period ends before it begins.", advice="Give the earlier moment first.")
    with transaction.atomic():
        record(act=LedgerAct.SINK_REPLAY, by=by, at=now, subject=f"sink.{name}", since=iso(since), until=iso(until))
        journal = Journal(home)
        try:
            return journal.replay(name, since=since, until=until, now=now)
        finally:
            journal.close()


def _may(home: Home, name: str, by: Person) -> None:
    demand(by, Right.FORWARD)
    known = home.settings().sinks
    if name not in known:
        raise NotFound(f"No sink is named {name[:40]!r}.", advice=f"Known: {', '.join(sorted(known)) or 'none yet'}.")
