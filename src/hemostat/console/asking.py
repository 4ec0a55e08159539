"""Questions to the lake that somebody waits for: each runs beside the page, which looks how far it is and may end it.

A person has one question at a time: the next one takes its place and ends it. What came of it is kept for some minutes, so that
it can be shown again and taken as a file without being asked again. All of it is in the memory of the console's one process.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import pyarrow as pa

from hemostat.kernel import HemostatError, NotFound
from hemostat.lake.hunt import Asking

MOST = 3
"""Questions that run at once, of all people: each may take some hundred megabytes."""

_KEPT, _MOST_KEPT = 900.0, 8  # seconds that an answer is kept, and answers: one may have some ten megabytes

Q = TypeVar("Q")
Work = Callable[[Asking], pa.Table]


class Busy(HemostatError):
    """Too many people wait for answers."""


@dataclass(kw_only=True)
class Asked(Generic[Q]):
    """One question on its way, or answered: `question` is what the page knows of it, `number` names it to the one who asked."""

    number: str
    question: Q
    asking: Asking = field(default_factory=Asking)
    table: pa.Table | None = None
    error: Exception | None = None
    is_told: bool = False
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    _done: threading.Event = field(default_factory=threading.Event)

    @property
    def is_done(self) -> bool:
        """Is there an answer, or an error?"""
        return self._done.is_set()

    @property
    def seconds(self) -> float:
        """How long it took, or takes so far."""
        return (self.ended or time.monotonic()) - self.began

    def wait(self, seconds: float) -> bool:
        """Is it done, after so many seconds at most?"""
        return self._done.wait(seconds)

    def answer(self, work: Work) -> None:
        """The question is done, one way or the other."""
        try:
            self.table = work(self.asking)
        except Exception as error:  # noqa: BLE001  # whoever looks for the answer gets it, whatever it is
            self.error = error
        finally:
            self.ended = time.monotonic()
            self._done.set()


class Questions(Generic[Q]):
    """The questions of all people, by person."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[int, Asked[Q]] = {}

    def begin(self, person: int, question: Q, work: Work) -> Asked[Q]:
        """The question is on its way; the person's last one is ended. Raises `Busy` when too many are."""
        asked = Asked(number=secrets.token_urlsafe(9), question=question)
        with self._lock:
            self._forget()
            if last := self._of.pop(person, None):
                last.asking.end()
            if sum(not one.is_done for one in self._of.values()) >= MOST:
                raise Busy(f"{MOST} questions are being answered already.", advice="Ask again in a moment.")
            self._of[person] = asked
        threading.Thread(target=asked.answer, args=(work,), daemon=True, name="question").start()
        return asked

    def find(self, person: int, number: str) -> Asked[Q]:
        """The person's question of this number. Raises `NotFound`, also for those of others."""
        with self._lock:
            self._forget()
            asked = self._of.get(person)
        if asked is None or not secrets.compare_digest(asked.number.encode(), number.encode()):
            raise NotFound("There is no such question any more.", advice="Ask it again.")
        return asked

    def _forget(self) -> None:
        first = time.monotonic() - _KEPT
        done = sorted((one.ended for one in self._of.values() if one.ended is not None and one.ended > first), reverse=True)
        kept = done[:_MOST_KEPT]
        self._of = {person: one for person, one in self._of.items() if one.ended is None or one.ended in kept}
