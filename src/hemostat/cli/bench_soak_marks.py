"""Up to when all that was sent has arrived, in the bench `soak`: its story may not go on by a day before that.

To count what is on its way is not enough. A few events of a slow feed are few, however long they have been on their way; when the
story passes the day for which events are kept they are gone from the lake at once, and no sink ever gets them.
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

import msgspec


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of each source were sent up to a moment of the story."""

    at: datetime
    sent: Mapping[str, int]


class _InLake(msgspec.Struct, frozen=True, kw_only=True):
    """The lake had all that was sent up to a moment when it had so many events, which sinks are filled with in their order."""

    at: datetime
    events: int


class Marks:
    """Moments of the story up to which not everything has arrived. Events of a source arrive in the order of their sending."""

    def __init__(self) -> None:
        self._sent: deque[_Mark] = deque()
        self._in_lake: deque[_InLake] = deque()

    def sent(self, at: datetime, events: Mapping[str, int]) -> None:
        """So many events of each source were sent, all up to a moment that is later than those before."""
        self._sent.append(_Mark(at=at, sent=dict(events)))

    def arrived(self, lake: Mapping[str, int], sinks: int) -> None:
        """The lake has seen so many events of each source, and every sink is done with so many of them all."""
        while self._sent and all(lake.get(source, 0) >= count for source, count in self._sent[0].sent.items()):
            self._in_lake.append(_InLake(at=self._sent.popleft().at, events=sum(lake.values())))
        while self._in_lake and self._in_lake[0].events <= sinks:
            self._in_lake.popleft()

    @property
    def oldest(self) -> datetime | None:
        """The first moment up to which not everything has arrived; None when there is none."""
        waiting = self._in_lake or self._sent
        return waiting[0].at if waiting else None
