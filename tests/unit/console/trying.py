"""A back-test as the pages show it: a rule and a second version of it, over some days of the story."""

from datetime import timedelta
from itertools import count

from hemostat.alerts.selectors import outcomes
from hemostat.detect.backtests import Asked, Running, backtest_next
from hemostat.detect.rules import shipped
from hemostat.detect.trials import Version
from hemostat.incidents.back_tests import backtest_start, masked
from hemostat.kernel import Home
from hemostat.lake.spool import Spool
from hemostat.people.models import Person
from unit.console.home import BEGINS, NOW
from unit.console.story import lake_filled

UNSIGNED_ID = "5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e03"
UNSIGNED = """title: Unsigned session call
id: 5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e03
logsource: {product: hemostat}
detection:
  of: {hemostat.act: "session:read", hemostat.auth: unsigned}
  condition: of
"""
"""A rule that alarms once a day for each store."""

ONLY_CARE = UNSIGNED.replace("unsigned}", "unsigned, hemostat.store: care}")
"""A version of it that looks at one store."""


def past_filled(home: Home) -> None:
    """Three days with unsigned calls of two stores are in the lake."""
    for day in range(3):
        at = BEGINS - timedelta(days=day)
        lake_filled(home, *({"time": at, "learnt": at, "store": store, "surface": "checkout"} for store in ("care", "shop")))


def asked(home: Home, by: Person, *versions: Version) -> int:
    """Somebody asks for a back-test of the week; its number."""
    today = NOW.replace(hour=0, minute=0)
    wanted = Asked(versions=versions, since=today - timedelta(days=6), until=today + timedelta(days=1))
    return backtest_start(home=home, asked=wanted, rules=shipped(), by=by, now=NOW)


def begun(home: Home) -> Running:
    """A worker begins the oldest back-test that waits."""
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    running = backtest_next(home, spool, rules=shipped(), masked=masked, clock=count().__next__, now=NOW)
    assert running is not None
    return running


def run(home: Home) -> None:
    """It is run to its end, as the worker does it."""
    running = begun(home)
    while running.turn():
        pass
    running.end(outcomes(running.trial.rules, since=running.trial.since, until=running.trial.until), now=NOW)
