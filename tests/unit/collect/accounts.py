"""A vendor's account, as its strict twin plays it, and a home that reads it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hemostat.events import Access
from hemostat.sandbox.wires.loopback import served
from hemostat.sources import Raw, ReaderContext, read
from unit.collect.feeding import Fed, Hand


class Account:
    """The twin, and a home that reads it by a feed of a kind. The clock stands at noon of a day until it is moved.

    A test makes the `twin`. secret: what must be in nothing that is kept.
    """

    twin: Any

    def __init__(self, folder: Path, kind: str, *, key: dict[str, str], secret: str, **options: Any) -> None:
        self.hand = Hand()
        self.hand._now = datetime(2026, 3, 20, 12, tzinfo=UTC)
        self.fed = Fed(folder, kind, reader=kind, limit=options.pop("limit", 10**9), **options)
        self.fed.put_key(key)
        self._secret = secret

    def turn(self) -> list[Access]:
        """What one turn brought, as the reader reads it."""
        collector = self.collector()
        while collector.poll():
            pass
        return self.read()

    def collector(self) -> Any:
        """What reads the account, made anew."""
        return self.fed.collector(clock=self.hand)

    def read(self) -> list[Access]:
        """What came since the last time."""
        found: list[Access] = []
        for kept in self.fed.kept():
            assert self._secret.encode() not in kept.body
            (one,) = read(msgspec.structs.replace(kept, seq=1, source="cloud"), self.fed.source, ReaderContext())
            assert isinstance(one, Raw), one
            found.append(one.access)
        return found


@contextmanager
def accounts(open_: Callable[..., Account]) -> Iterator[Callable[..., Any]]:
    """Makes accounts, at the address that it hands to `open_`; there is one at a time, the newest."""
    made: list[Account] = []
    with served(lambda asked: made[-1].twin.answer(asked)) as address:  # noqa: PLW0108  # the newest twin, when asked

        def make(**more: Any) -> Account:
            made.append(open_(address, **more))
            return made[-1]

        yield make
        for each in made:
            each.fed.close()
