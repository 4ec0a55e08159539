"""What the worker does about sinks beside filling them: it sees that they flow, and writes down what they will never get."""

from datetime import datetime

from hemostat.kernel import Home
from hemostat.lake.spool import Spool
from hemostat.people.ledger import LedgerAct, record
from hemostat.sinks.journal import Journal
from hemostat.sinks.watch import expire_quarantine, watch


def forwarding_watch(home: Home, spool: Spool, *, now: datetime, has_settled: bool) -> int:
    """Sinks that stopped, stalled, refused or lost have open gaps, and each loss is in the ledger; how many losses were new."""
    sinks = home.settings().sinks
    expire_quarantine(home, sinks, now=now)
    watch(home, spool, sinks, now=now, has_settled=has_settled)
    journal = Journal(home)
    try:
        losses = journal.untold()
        for loss in losses:
            told = {"why": loss.why, "events": loss.events, "first": loss.first, "last": loss.last}
            record(act=LedgerAct.SINK_LOSE, by="worker", at=now, subject=f"sink.{loss.sink}", **told)
            journal.told(loss)
    finally:
        journal.close()
    return len(losses)
