"""The worker's hold on the rules of its home: which run, which of them alert, and whether they are still those of the folder."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from hemostat.alerts.mutes import mutes_expire
from hemostat.alerts.standing import budgets_keep, kept_forget, states
from hemostat.detect import Book, Finding, RuleSet, State, book_of
from hemostat.kernel import Home, log

LOOK = 1.0
"""Seconds between two looks at the folder of rules and at what was decided about them."""


class Rulebook:
    """The rules of a home as they stand in its folder and by what people and budgets decided."""

    def __init__(self, home: Home, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._clock = clock
        self._due = clock()
        self._book: Book | None = None
        self._states: dict[str, State] = {}
        self._retired: frozenset[str] = frozenset()
        self._day: date | None = None
        self._said: set[str] = set()
        self.watched: frozenset[str] = frozenset()

    def turned(self) -> bool:
        """Do other rules run than at the last look? Looked at once in `LOOK` seconds; what only watches is in force at once."""
        if self._clock() < self._due:
            return False
        self._due = self._clock() + LOOK
        before = self._book, self._retired
        self._read()
        return before != (self._book, self._retired)

    @property
    def rules(self) -> RuleSet:
        """All rules as they were at the last look, in whatever state."""
        return (self._book or self._read()).rules

    def running(self) -> RuleSet:
        """The rules that run; the log has named what is wrong with others."""
        return (self._book or self._read()).running(self._states)

    def told(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings without those of retired rules: baselines are learned on, though nobody is to hear of them."""
        return [finding for finding in findings if finding.rule not in self._retired]

    def kept_within_budgets(self, now: datetime) -> None:
        """Rules over their budget are in tuning, as the log says; once a day the average counts. Mutes at their end are over."""
        mutes_expire(now=now)
        known = (self._book or self._read()).known.values()
        for decision in budgets_keep(known, now=now, daily=self._day != now.date()):
            log.get().warning("worker.tuning", rule=decision.rule, reason=decision.reason)
        self._day = now.date()

    def forgotten(self, now: datetime) -> int:
        """So many rows of what was found without an alert are gone: none of the events that they name is in the lake any more."""
        days = msgspec.structs.astuple(self._home.settings().retention)
        return kept_forget(now - timedelta(days=max(days)))

    def _read(self) -> Book:
        found = book_of(self._home.rules)
        self._states = states()
        self._retired = found.in_state(self._states, State.RETIRED)
        self.watched = found.in_state(self._states, State.WATCH, State.TUNING)
        if found is not self._book:
            self._say(found)
        self._book = found
        return found

    def _say(self, found: Book) -> None:
        """The log names what is wrong with rules, each once as long as it stays wrong."""
        faults = {str(fault) for fault in found.faults}
        doubted = (one for one in found.known.values() if one.proof.doubts)
        faults |= {f"{one.place}: rule {one.title!r} alerts nobody: {one.proof.doubts[0]}" for one in doubted}
        for reason in sorted(faults - self._said):
            log.get().warning("worker.rule", reason=reason)
        self._said = faults
