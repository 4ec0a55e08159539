"""The worker's looks at posture, each in its time.

The first look at a sandbox comes after a whole period: a drill must begin the same each time it is played.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hemostat.kernel import Clock, Home, Posture, log
from hemostat.readiness.posture import Verdict, last_look, look, remember

_TURN = 10.0  # seconds between two looks at what is due
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def period(posture: Posture, *, is_sandbox: bool) -> timedelta:
    """The time from one look to the next, as the settings say, else a day, in a sandbox an hour; zero for never."""
    if posture.minutes is None:
        return _HOUR if is_sandbox else _DAY
    return timedelta(minutes=posture.minutes)


class Postures:
    """The looks at one home. `poll` takes the one that is due. tick: seconds that only go up."""

    every = _TURN

    def __init__(self, home: Home, *, clock: Clock, tick: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._clock = clock
        self._tick = tick
        self._due = tick() + self._waiting().total_seconds()

    def poll(self) -> bool:
        """What is due was looked at, and kept; False. Raises `BadSettings`."""
        if self._tick() < self._due:
            return False
        settings = self._home.settings()
        began, now = self._tick(), self._clock.now()
        results = look(self._home, now=now)
        remember(self._home, results, now=now)
        self._due = began + period(settings.posture, is_sandbox=settings.kind == "sandbox").total_seconds()
        failing = sum(one.answer.verdict is Verdict.FAILS for one in results)
        log.get().info("worker.posture", count=len(results), rejected=failing, seconds=round(self._tick() - began, 3))
        return False

    def _waiting(self) -> timedelta:
        """How long until the first look."""
        settings = self._home.settings()
        between = period(settings.posture, is_sandbox=settings.kind == "sandbox")
        if settings.kind == "sandbox":
            return between  # its own clock may stand still, or run
        before, changed = last_look(self._home), datetime.fromtimestamp(self._home.settings_file.stat().st_mtime, UTC)
        # What the settings ask now is wanted now.
        return timedelta() if before is None or before < changed else before + between - self._clock.now()

    def close(self) -> None:
        """Nothing is open between two looks."""
