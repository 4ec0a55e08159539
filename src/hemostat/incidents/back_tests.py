"""Who has rules tried over the past: rights and the ledger around `hemostat.detect.backtests`.

The text of a rule runs as it is, and is kept without patient data.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from hemostat.detect import RuleSet, backtests
from hemostat.detect.backtests import Asked
from hemostat.detect.trials import MOST_TEXT
from hemostat.kernel import Home, NotFound, iso
from hemostat.lake.spool import Spool
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Right, demand

from .words import safe_text

if TYPE_CHECKING:
    from hemostat.people.models import Person


@transaction.atomic
def backtest_start(*, home: Home, asked: Asked, rules: RuleSet, by: "Person", now: datetime) -> int:
    """The worker will run it, under this number; the ledger says who asked, not what stands in the rules.

    Raises `Refused`, and what `backtest_asked` raises; then nothing is asked for.
    """
    demand(by, Right.HUNT)
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    try:
        number = backtests.backtest_asked(home, spool, asked, rules=rules, masked=masked, by=by.full_name, now=now)
    finally:
        spool.close()
    record(
        act=LedgerAct.BACKTEST_START,
        by=by,
        at=now,
        subject=f"back-test/{number}",
        rule=asked.versions[0].rule or "own text",
        versions=len(asked.versions),
        since=iso(asked.since),
        until=iso(asked.until),
    )
    return number


@transaction.atomic
def backtest_end(*, home: Home, number: int, by: "Person", now: datetime) -> None:
    """It ends without a result. Raises `Refused`, and `NotFound` when it is not under way any more."""
    demand(by, Right.HUNT)
    record(act=LedgerAct.BACKTEST_STOP, by=by, at=now, subject=f"back-test/{number}")
    if not backtests.backtest_stop(home, number, by=by.full_name, now=now):
        raise NotFound(f"Back-test {number} is not under way any more.", advice="Its result is on its page, if it has one.")


def masked(text: str) -> str:
    """The text, or a name in it, as it is kept."""
    return safe_text(text, most=MOST_TEXT)
