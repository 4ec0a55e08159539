"""The worker's hold on what is usual for each actor: which batches it has seen, and which alerts about it proved harmless."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pyarrow as pa

from hemostat.alerts.selectors import harmless, open_since
from hemostat.detect import Baselines, Finding, limits
from hemostat.detect.baselines import RULES
from hemostat.kernel import Home
from hemostat.lake.reader import read
from hemostat.lake.spool import Part


class Normal:
    """The baselines of a home, opened when they are first needed, and again after `close`."""

    columns = Baselines.columns
    """Those of the lake that are read."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._opened: Baselines | None = None
        self._released: set[str] = set()

    def take(self, table: pa.Table, *, batch: int) -> list[Finding]:
        """What in the batch is not normal, as the alerts stand: where one is open nothing is learned, what was harmless is.

        A batch that comes again is answered as it was, so that its alerts are raised though the worker was killed before.
        """
        baselines = self._baselines()
        for alert in harmless(RULES):
            if alert.ref not in self._released and alert.dismissed_at:
                baselines.release(alert.ref, alert.key, first=alert.first_event_at, last=alert.dismissed_at)
                self._released.add(alert.ref)
        return baselines.take(table, batch=batch, alerted=open_since(RULES))

    @property
    def history(self) -> timedelta:
        """How far back `catch_up` needs the lake."""
        return timedelta(weeks=limits().weeks)

    def catch_up(self, parts: Sequence[Part]) -> None:
        """The batches of these parts were taken, as far as they were not before; what was found in them is taken as told."""
        baselines = self._baselines()
        waiting = [part for part in parts if part.batch > baselines.batch]
        for batch, together in groupby(waiting, key=lambda part: part.batch):
            baselines.take(read(self._home, list(together), columns=self.columns), batch=batch, alerted=open_since(RULES))

    def close(self) -> None:
        """The file is closed."""
        if self._opened:
            self._opened.close()
        self._opened = None

    def _baselines(self) -> Baselines:
        if self._opened is None:
            self._opened = Baselines(self._home.baselines, limits())
        return self._opened
