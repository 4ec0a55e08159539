"""A home with one fed source, and what its spool holds."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hemostat.collect import Collector, collector_of
from hemostat.kernel import Clock, Feed, Home, Settings, Source, SystemClock
from hemostat.lake.health import Gap, gaps
from hemostat.lake.spool import Message, Spool


class Fed:
    """A home whose source `cloud` is fetched by a feed of a kind."""

    def __init__(self, folder: Path, kind: str, *, reader: str = "events", limit: int = 10**9, **options: Any) -> None:
        self.home = Home(folder / "home")
        self.source = Source(kind=reader, store="fernhollow", feed=Feed(kind=kind, options=options))
        self.home.create(Settings(sources={"cloud": self.source}))
        self.keyring = self.home.keyring(self.home.settings())
        self.spool = Spool(self.home.spool, key=self.keyring.secret("spool"), limit=limit)
        self._made: list[Collector] = []

    def put_key(self, value: Any) -> None:
        """The key of the feed holds this."""
        self.keyring.put("feed.cloud", [value if isinstance(value, bytes) else msgspec.json.encode(value)])

    def collector(self, *, clock: Clock | None = None) -> Collector:
        """What reads the feed, made anew as after a restart."""
        made = collector_of("cloud", self.source, home=self.home, spool=self.spool, clock=clock or SystemClock())
        self._made.append(made)
        return made

    def close(self) -> None:
        """Nothing of it is open."""
        for each in self._made:
            each.close()
        self.spool.close()

    def kept(self) -> list[Message]:
        """The messages that have come since the last time."""
        found = []
        while plan := self.spool.plan():
            found += [each for each in self.spool.messages(plan) if isinstance(each, Message)]
            self.spool.written(plan, [], rejected=0)
        return found

    def gaps(self) -> list[Gap]:
        """The gaps that are open."""
        return gaps(self.home, only_open=True)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self._now = SystemClock().now()

    def now(self) -> datetime:
        """Where it stands."""
        return self._now

    def move(self, seconds: float) -> None:
        """It is later."""
        self._now += timedelta(seconds=seconds)
