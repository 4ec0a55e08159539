"""Work that comes round again, each piece with its own pace and its own patience when it fails."""

import errno
import sqlite3
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from hemostat.kernel import HemostatError, log

_NO_ROOM = "Free some space under the home, and this is tried again by itself. Nothing that was acknowledged is lost."
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds after a failure


class Chore:
    """One piece of work, done over and over: at once while `act` says that more waits, else after `every` seconds.

    When it fails it is logged and tried again, later each time, while the other chores go on.
    `recover` puts right what a failure may have left half done.
    """

    def __init__(
        self,
        name: str,
        act: Callable[[], bool],
        *,
        every: float = 0.0,
        recover: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._act = act
        self._every = every
        self._recover = recover
        self._clock = clock
        self._due = clock()
        self._failures = 0

    def turn(self) -> bool:
        """The work was tried if it was due; does more of it wait?"""
        if self._clock() < self._due:
            return False
        try:
            more = self._act()
        except Exception as error:  # noqa: BLE001  # the edge of the process: nothing may end the worker, everything is logged
            self._failed(error)
            return False
        self._failures = 0
        self._due = self._clock() + (0.0 if more else self._every)
        return more

    def _failed(self, error: Exception) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._due = self._clock() + pause
        log.get().error("worker.failed", step=self._name, error=described(error), count=self._failures, seconds=pause)
        self._recover()


def described(error: Exception) -> str:
    """An error for the log: its words when they are ours, else only its kind and place, since its words may hold a record."""
    if isinstance(error, HemostatError):
        return f"{error} {error.advice()}".strip()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
    return f"The disk is full ({place}). {_NO_ROOM}" if _is_full_disk(error) else place


def _is_full_disk(error: BaseException) -> bool:
    """Did the disk, or its quota, take nothing more? Django wraps what SQLite says."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    cause = error.__cause__ or error
    return isinstance(cause, sqlite3.OperationalError) and getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
