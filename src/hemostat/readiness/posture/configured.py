"""What checks of a snapshot share: the store that is looked at, what of it is known, and who it may talk to."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from hemostat.kernel import Settings
from hemostat.readiness.coverage import sources_of
from hemostat.stores.shopify_snapshot import HIDDEN
from hemostat.stores.snapshot import Fact, Item, Snapshot

from .verdicts import Answer, Fault, judged, unknown

STALE = timedelta(days=3)
"""How old a snapshot may be: one is saved each day, also when nothing has changed."""


class Look(NamedTuple):
    """One look at one store, at `now`; `snapshot` is the newest of its configuration, None when there is none."""

    store: str
    settings: Settings
    snapshot: Snapshot | None
    now: datetime

    @property
    def is_for_tests(self) -> bool:
        """Is the store one for tests: named so, or are all of its sources?"""
        environments = {source.environment for source in sources_of(self.settings, self.store).values()}
        return self.store in self.settings.posture.staging or environments == {"staging"}

    def knows(self, host: str) -> bool:
        """May data go to this host: our own intake, or one of `posture.hosts` and what is below it?"""
        own = urlsplit(self.settings.intake.public).hostname or ""
        known = [name for name in (own, *self.settings.posture.hosts) if name]
        return any(host == name or host.endswith(f".{name}") for name in known)


Judge = Callable[[Look], Answer | None]
"""A check of a snapshot; None when it has nothing to say about this store."""


def judge(look: Look, *kinds: str, faults: Callable[[Snapshot], Iterator[Fault]], evidence: Callable[[Snapshot], str]) -> Answer:
    """The faults of the newest snapshot, when there are any; else it holds, if all items of these kinds could be read."""
    snapshot = look.snapshot
    if snapshot is None:
        return unknown(f"No snapshot of {look.store} was taken.")
    if look.now - snapshot.taken_at > STALE:
        return unknown(f"The newest snapshot of {look.store} is of {snapshot.taken_at:%Y-%m-%d}: too old to tell.")
    found = tuple(faults(snapshot))
    hidden = [part.reason for part in snapshot.unseen if part.kind in kinds and part not in HIDDEN]
    if hidden and not found:
        return unknown(hidden[0])
    return judged(found, evidence(snapshot), at=snapshot.taken_at)


def counted(number: int, thing: str) -> str:
    """A number of things in words: `1 token`, `3 tokens`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def were_read(kind: str, thing: str, more: str = "") -> Callable[[Snapshot], str]:
    """The evidence of a check that has read all things of a kind: so many of them were read."""
    return lambda snapshot: f"{counted(len(snapshot.of(kind)), thing)} {more}were read."


def words_of(fact: Fact) -> list[str]:
    """A fact that is a list; nothing for any other."""
    return fact if isinstance(fact, list) else []


def age_of(item: Item, now: datetime) -> int | None:
    """How many days ago a token was made; None when the store does not say. Magento says it in UTC, without a zone."""
    told = str(item.facts.get("created") or "")
    try:
        made = datetime.fromisoformat(told)
    except ValueError:
        return None
    return (now - (made if made.tzinfo else made.replace(tzinfo=now.tzinfo))).days
