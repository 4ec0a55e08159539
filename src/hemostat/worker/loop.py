"""The worker's round: spool to lake, lake to findings, findings to alerts; and the hourly upkeep.

It can be killed anywhere. What is in the lake is the spool's manifest; what was detected is a cursor that the database commits
together with the alerts. A restart reads both and goes on.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import connections

from hemostat.alerts.postures import postures_raise
from hemostat.alerts.selectors import last_detected_batch, outcomes
from hemostat.alerts.services import alerts_raise, gaps_raise, gaps_settled
from hemostat.detect import Detector
from hemostat.detect.backtests import Running, backtest_next
from hemostat.incidents.back_tests import masked
from hemostat.incidents.law_changes import law_rerun
from hemostat.incidents.letters import errand_recorded
from hemostat.incidents.privacy_clocks import privacy_alarms, privacy_pages_record
from hemostat.incidents.services import alarms_raise, pages_record
from hemostat.kernel import Home, clock_for, log
from hemostat.lake import dead_letters
from hemostat.lake.compaction import Sweeper, compact
from hemostat.lake.crew import Crew
from hemostat.lake.errands import Doing, errand_next
from hemostat.lake.health import SINK, gap_closed, gaps
from hemostat.lake.holds import holds, sources_under_hold
from hemostat.lake.life import canaries_forget
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import read
from hemostat.lake.retention import Expiry
from hemostat.lake.spool import REPLAY, Part
from hemostat.lake.watch import SEQUENCE, watch
from hemostat.oncall.gap_pages import gap_pages_record, gaps_page
from hemostat.oncall.paging import Pager
from hemostat.people.ledger import checkpoint
from hemostat.people.services import sessions_forget
from hemostat.readiness.posture import kept
from hemostat.readiness.posture.alarms import fallen
from hemostat.sinks.watch import SETTLED, leaves_the_lake, settle
from hemostat.sources import sources_of
from hemostat.worker.chores import Chore
from hemostat.worker.forwarding import forwarding_watch
from hemostat.worker.normal import Normal
from hemostat.worker.privacy import privacy_find
from hemostat.worker.rules import Rulebook
from hemostat.worker.sides import Sides

IDLE = 0.05
"""Seconds between rounds when nothing waits."""

BACKLOG = 500
"""With more messages waiting the next batch follows at once; else some collect during `IDLE`, which makes fewer files."""

HOUR = 3600.0
"""Seconds from one hourly upkeep to the next."""

_SECOND, _COMPACT = 1.0, 2.0
_MINUTES, _SWEEPS = 60, 12  # in an hour; no question runs as long as it takes from one sweep to the next

_SETTLE = timedelta(minutes=10)  # after a start, in which sources and feeds are heard again


def run(home: Home, *, stop: threading.Event, hour: float = HOUR) -> None:
    """Work for `home` until `stop` is set. Failures are logged and tried again; nothing is lost.

    hour: seconds from one hourly upkeep to the next; what comes more often than that is as much quicker.
    """
    worker = Worker(home)
    chores = worker.chores(hour=hour)
    try:
        while not stop.is_set():
            # A sum, so that every chore has its turn in every round.
            if not sum(chore.turn() for chore in chores):
                stop.wait(IDLE)
    finally:
        worker.close()


class Worker:
    """What the rounds of one worker share."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._tools = Tools(home)
        self._settings_are = self._settings_mark()
        self._spool = self._tools.spool()
        self._crew = Crew()
        self._sweeper = Sweeper(home, self._spool)
        self._expiry = Expiry(home, self._spool, leaving=partial(leaves_the_lake, home))
        self._sides = Sides(home, self._spool)
        self._pager = Pager(home)
        self._rulebook = Rulebook(home)
        self._detector: Detector | None = None
        self._normal = Normal(home)
        self._errand: Doing | None = None
        self._backtest: Running | None = None
        self._cursor = 0
        self._shortened: dict[str, int] = {}
        self._began = clock_for(home.path).now()

    def chores(self, *, hour: float = HOUR) -> list[Chore]:
        """All that a worker does, in the order of a round; `hour` as for `run`."""
        minute, between_sweeps = hour / _MINUTES, hour / _SWEEPS
        return [
            Chore("drain", self.drain),
            Chore("detect", self.detect, recover=self.forget),
            Chore("sides", self.sides, every=_COMPACT),
            Chore("compact", self.compact, every=_COMPACT),
            Chore("errands", self.errands, every=_SECOND, recover=self.drop_errand),
            Chore("backtests", self.backtests, every=_SECOND, recover=self.drop_backtest),
            Chore("budgets", self.budgets, every=minute, recover=connections.close_all),
            Chore("law", self.law, every=between_sweeps, recover=connections.close_all),
            Chore("alarms", self.alarms, every=minute, recover=connections.close_all),
            Chore("forwarding", self.forwarding, every=minute, recover=connections.close_all),
            Chore("requests", self.requests, every=minute, recover=connections.close_all),
            Chore("health", self.health, every=minute, recover=connections.close_all),
            Chore("posture", self.posture, every=minute, recover=connections.close_all),
            Chore("pages", self.pages, every=_SECOND, recover=connections.close_all),
            Chore("sweep", self.sweep, every=between_sweeps),
            Chore("purge", self.purge, every=hour),
            Chore("expire", self.expire, every=hour),
            Chore("checkpoint", self.checkpoint, every=hour, recover=connections.close_all),
            Chore("kept", self.kept, every=hour, recover=connections.close_all),
            Chore("sessions", self.sessions, every=hour, recover=connections.close_all),
        ]

    def drain(self) -> bool:
        """What one plan of the spool takes is in the lake; True when much more waits."""
        if (mark := self._settings_mark()) != self._settings_are:
            self._tools = Tools(self._home)  # patterns that stay the same are not compiled again
            self._settings_are = mark
        began = time.monotonic()
        drained = drain(self._home, self._spool, tools=self._tools, crew=self._crew)
        if drained is None:
            return False
        log.get().info(
            "worker.drained",
            batch=drained.batch,
            rows=drained.rows,
            rejected=drained.rejected,
            duplicates=drained.duplicates,
            seconds=round(time.monotonic() - began, 3),
        )
        for letter in drained.unopened:
            log.get().error("worker.unopened", batch=letter.batch, seq=letter.seq, source=letter.source, reason=letter.reason)
        _memory_returned()
        return self._spool.is_behind(BACKLOG)

    def detect(self) -> bool:
        """The findings of the next batch are alerts, and the cursor stands at it; True when further batches wait.

        Rules that have changed are in force before it: the detector is built anew.
        """
        if self._rulebook.turned() and self._detector:
            self.forget()
        detector = self._detector or self._warm()
        if self._cursor >= self._spool.last_batch():
            return False
        batch = self._cursor + 1
        parts = [part for part in self._spool.parts(after_batch=batch - 1) if part.batch == batch]
        self._find_privacy_requests(batch, parts)
        table = read(self._home, parts, columns=sorted({*detector.columns, *self._normal.columns}))
        findings = self._rulebook.told([*detector.push(table), *self._normal.take(table, batch=batch)])
        now = clock_for(self._home.path).now()
        alerts = alerts_raise(findings=findings, batch=batch, now=now, watched=self._rulebook.watched)
        self._cursor = batch
        self._tell_shortened(detector)
        for alert in alerts:
            log.get().info("worker.alert", batch=batch, alert=alert.ref, rule=alert.rule)
        _memory_returned()
        return batch < self._spool.last_batch()

    def forget(self) -> None:
        """The next detection starts from what the database says; a detector that saw a batch in vain is of no use."""
        if self._detector:
            self._detector.close()
        self._detector = None
        self._normal.close()
        connections.close_all()

    def sides(self) -> bool:
        """Feeds and sinks are served as the settings say now."""
        self._sides.tend(self._home.settings())
        return False

    def compact(self) -> bool:
        """Where many small files lay, and were detected, lie few; of a day that is over, late events aside, fewer still."""
        over = (clock_for(self._home.path).now() - timedelta(days=1)).date().isoformat()
        if parts := compact(self._home, self._spool, last_batch=self._cursor, over=over):
            _memory_returned()
        for part in parts:
            log.get().info("worker.compacted", batch=part.batch, rows=part.rows, source=part.source)
        return False

    def errands(self) -> bool:
        """A piece of what somebody asked to be done with dead letters is done; True when more waits."""
        self._errand = self._errand or errand_next(self._home, self._spool)
        if self._errand is None:
            return False
        if not self._errand.turn():
            now = clock_for(self._home.path).now()
            done = errand_recorded(self._errand, now=now)
            # Behind the ledger: a kill in between tells the end twice, not never.
            self._errand.end(now)
            log.get().info("worker.errand", act=done.verb, source=done.source, count=done.done, rejected=done.stayed)
            self._errand = None
        return True

    def drop_errand(self) -> None:
        """The errand is taken up again from what is on record."""
        self._errand = None
        connections.close_all()

    def backtests(self) -> bool:
        """A turn of the back-test that somebody asked for is done, unless lake or detection is behind; True when more waits."""
        if self._spool.is_behind(BACKLOG) or self._cursor < self._spool.last_batch():
            return False
        now = clock_for(self._home.path).now()
        if self._backtest is None:
            rules = self._rulebook.rules
            self._backtest = backtest_next(self._home, self._spool, rules=rules, masked=masked, clock=time.monotonic, now=now)
            return self._backtest is not None
        more = self._backtest.turn()
        if not more:
            trial = self._backtest.trial
            self._backtest.end(outcomes(trial.rules, since=trial.since, until=trial.until), now=now)
            log.get().info("worker.backtest", count=self._backtest.number)
            self._backtest = None
        _memory_returned()
        return more

    def drop_backtest(self) -> None:
        """The back-test is begun anew."""
        if self._backtest:
            self._backtest.close()
        self._backtest = None
        connections.close_all()

    def budgets(self) -> bool:
        """Rules over their budget are in tuning, and mutes whose end has come are over."""
        self._rulebook.kept_within_budgets(clock_for(self._home.path).now())
        return False

    def law(self) -> bool:
        """Open incidents whose clocks were computed with another state of the law's table are computed again."""
        for incident in law_rerun(now=clock_for(self._home.path).now()):
            log.get().info("worker.law", incident=incident.ref)
        return False

    def alarms(self) -> bool:
        """Points of legal clocks that were reached are on record, and pages about them are on their way."""
        if raised := alarms_raise(now=clock_for(self._home.path).now(), pager=self._pager):
            log.get().info("worker.alarms", count=len(raised))
        return False

    def requests(self) -> bool:
        """Points of the clocks of privacy requests that were reached are on record, and pages about them are on their way."""
        if raised := privacy_alarms(now=clock_for(self._home.path).now(), pager=self._pager):
            log.get().info("worker.requests", count=len(raised))
        return False

    def health(self) -> bool:
        """Silences, skews, dead feeds and broken ways are gaps, gaps are alerts, and people are paged about those that matter.

        After a start the sources have time to speak first.
        """
        now, settings = clock_for(self._home.path).now(), self._home.settings()
        sources = sources_of(settings)
        if not settings.intake.canary_minutes:
            canaries_forget(self._home, but=())
        if now - self._began >= _SETTLE:
            watch(self._home, self._spool, sources, now=now, zone=ZoneInfo(settings.organization.zone))
        for gap in gaps_settled(gaps(self._home, only_open=True)):
            if gap.kind == SEQUENCE:
                gap_closed(self._home, source=gap.source, kind=gap.kind, detail=gap.detail, now=now)
            elif gap.kind in SETTLED:
                settle(self._home, gap, now=now)
        sinks = {SINK + name for name in settings.sinks}
        for alert in gaps_raise(gaps=gaps(self._home), sources=sources, sinks=sinks, now=now):
            log.get().info("worker.gap", alert=alert.ref, source=alert.group["source"], reason=alert.group["gap"])
        gaps_page(now=now, pager=self._pager)
        return False

    def posture(self) -> bool:
        """Checks that held and fail now are alerts, and those that hold again close theirs. A side looks, this only reads."""
        findings = fallen(kept(self._home), environment=self._home.settings().kind)
        for alert in postures_raise(fallen=findings, now=clock_for(self._home.path).now()):
            log.get().info("worker.posture_fell", alert=alert.ref, rule=alert.rule)
        return False

    def forwarding(self) -> bool:
        """Sinks that stand still, refuse or lose are gaps, which `health` makes alerts of; what was lost is in the ledger."""
        now = clock_for(self._home.path).now()
        if lost := forwarding_watch(self._home, self._spool, now=now, has_settled=now - self._began >= _SETTLE):
            log.get().warning("worker.forwarding_lost", count=lost)
        return False

    def pages(self) -> bool:
        """What became of the pages that were on their way is on record."""
        now = clock_for(self._home.path).now()
        pages_record(now=now, pager=self._pager)
        gap_pages_record(now=now, pager=self._pager)
        privacy_pages_record(now=now, pager=self._pager)
        return False

    def sweep(self) -> bool:
        """Files that nobody reads any more are gone."""
        if swept := self._sweeper.sweep():
            log.get().info("worker.swept", count=swept)
        return False

    def purge(self) -> bool:
        """Raw input older than the settings allow is gone from spool and dead letters; so are keys that are too old.

        What a legal hold may reach stays: the raw messages of its sources, and all dead letters, which nobody could read.
        """
        now = clock_for(self._home.path).now()
        before = now - timedelta(days=self._tools.settings.raw_days)
        held = partial(sources_under_hold, self._home)
        purged = {
            "worker.purged": self._spool.purge(before, held=held),
            "worker.keys_forgotten": self._spool.forget(now - REPLAY),
        }
        if not holds(self._home, in_force=True):
            letters = dead_letters.purge(self._home.dead_letters, before, last_batch=self._spool.last_batch())
            purged["worker.letters_purged"] = letters
        for event, count in purged.items():
            if count:
                log.get().info(event, count=count)
        return False

    def expire(self) -> bool:
        """Events older than their class may be are gone from the lake, but for those under a legal hold."""
        now = clock_for(self._home.path).now()
        turn = self._expiry.turn(self._tools.settings.retention, last_batch=self._cursor, now=now)
        for one in turn.done:
            log.get().info("worker.expired", source=one.source, rows=one.deleted)
        for fault in turn.damaged:
            log.get().error("worker.failed", step="expire", error=fault)
        return turn.more

    def checkpoint(self) -> bool:
        """The ledger's head is signed."""
        checkpoint(clock_for(self._home.path).now())
        return False

    def kept(self) -> bool:
        """What rules found without an alert is gone when its events are."""
        if count := self._rulebook.forgotten(clock_for(self._home.path).now()):
            log.get().info("worker.kept_forgotten", count=count)
        return False

    def sessions(self) -> bool:
        """Sign-ins that have run out are gone from the database."""
        sessions_forget()
        return False

    def close(self) -> None:
        """The files are closed and the memory is given back."""
        self._sides.close()
        self._crew.close()
        self.drop_backtest()
        self.forget()
        self._spool.close()

    def _warm(self) -> Detector:
        """A detector that knows what came before the first batch that it will be shown."""
        detector = Detector(self._rulebook.running())
        self._cursor = last_detected_batch()
        seen = [part for part in self._spool.parts() if part.batch <= self._cursor]
        now = clock_for(self._home.path).now()
        # Batch after batch, so that a day of events is never in memory at once.
        for _, parts in groupby(_recent(seen, detector.history, now=now), key=lambda part: part.batch):
            detector.warm(read(self._home, list(parts), columns=detector.columns))
        self._normal.catch_up(_recent(seen, self._normal.history, now=now))
        self._detector = detector
        return detector

    def _tell_shortened(self, detector: Detector) -> None:
        """The log names the rules whose windows are shorter than they should be, when that changes."""
        shortened = detector.shortened
        for rule, seconds in shortened.items() - self._shortened.items():
            log.get().warning("worker.shortened", rule=rule, seconds=seconds)
        self._shortened = shortened

    def _find_privacy_requests(self, batch: int, parts: Sequence[Part]) -> None:
        """Requests in the batch are on record before the cursor passes it; seen again they change nothing."""
        now = clock_for(self._home.path).now()
        if found := privacy_find(self._home, parts, settings=self._tools.settings, now=now):
            log.get().info("worker.privacy", batch=batch, count=found)

    def _settings_mark(self) -> tuple[int, ...]:
        stat = self._home.settings_file.stat()
        # A set of fingerprints that comes or goes changes the folder.
        others = (self._home.patients, self._home.fields_file)
        return stat.st_mtime_ns, stat.st_ino, *(path.stat().st_mtime_ns if path.exists() else 0 for path in others)


def _memory_returned() -> None:
    """What a piece of work took and freed is the system's again; the allocator would keep it, and the next piece take more."""
    pa.default_memory_pool().release_unused()


def _recent(parts: Sequence[Part], history: timedelta, *, now: datetime) -> list[Part]:
    """The parts that may hold events of the `history` before the newest event; an event from the future is not the newest."""
    if not parts:
        return []
    since = min(max(part.last_time for part in parts), now) - history
    return [part for part in parts if part.last_time >= since]
