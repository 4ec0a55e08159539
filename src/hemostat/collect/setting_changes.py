"""What is another in a store's configuration than when it was looked at before: one message for each setting, and a snapshot."""

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import timedelta
from itertools import islice

import msgspec

from hemostat.kernel import iso
from hemostat.sources.setting_changes import told
from hemostat.stores.snapshot import Item as Setting
from hemostat.stores.snapshot import Snapshot, snapshot_save

from .base import Item, Post

_KEPT_FRESH = timedelta(days=1)  # a snapshot is saved this often, also when nothing has changed
_BATCH = 100


def keep(
    post: Post,
    before: Snapshot | None,
    after: Snapshot,
    *,
    denied: tuple[AbstractSet[str], AbstractSet[str]],
    told_elsewhere: AbstractSet[str] = frozenset(),
) -> None:
    """What has changed is in the spool, and after that the snapshot is on disk, if it is another or the one before is a day old.

    denied: kinds of settings that could not be read, before and now. Nothing is told of these; for one that could be read before
    and cannot any more a gap is open.
    told_elsewhere: kinds of whose changes another source tells.
    """
    changed = iter(changes(before, after, without=denied[0] | denied[1] | told_elsewhere) if before else ())
    while some := list(islice(changed, _BATCH)):
        post.deliver(some)
    if before is None or before.items != after.items or before.unseen != after.unseen or _is_old(before, after):
        snapshot_save(post.home, after)
    for kind in sorted(denied[1]):
        if before and kind not in denied[0]:
            post.gap("refused", f"settings: {kind}", since=before.taken_at)
    for kind in sorted(denied[0] - denied[1]):
        post.closed("refused", f"settings: {kind}")


def changes(before: Snapshot, after: Snapshot, *, without: AbstractSet[str]) -> Iterator[Item]:
    """One message for each setting that came, went or changed, but of no kind that is in `without`."""
    old = {(item.kind, item.id): item for item in before.items if item.kind not in without}
    new = {(item.kind, item.id): item for item in after.items if item.kind not in without}
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            yield _change("added", new[key], sorted(new[key].facts), before, after)
        elif key not in new:
            yield _change("removed", old[key], [], before, after)
        elif old[key].facts != new[key].facts:
            names = old[key].facts.keys() | new[key].facts.keys()
            differing = sorted(name for name in names if old[key].facts.get(name) != new[key].facts.get(name))
            yield _change("changed", new[key], differing, before, after)


def _is_old(before: Snapshot, after: Snapshot) -> bool:
    return after.taken_at - before.taken_at >= _KEPT_FRESH


def _change(change: str, item: Setting, facts: list[str], before: Snapshot, after: Snapshot) -> Item:
    """The message of a change; seen again after a crash it has the same name, since the snapshot before it is the same."""
    hashed = msgspec.json.encode((iso(before.taken_at), change, item), order="deterministic")
    name = f"change.{hashlib.blake2b(hashed, digest_size=16).hexdigest()}"
    host = item.facts.get("host")
    title = f"{item.title} ({host})" if host else item.title  # where data goes to is what people ask first
    body = told(change, at=after.taken_at, kind=item.kind, id=item.id, title=title, facts=facts, unique=name)
    return Item(key=name, body=body)
