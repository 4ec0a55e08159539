"""What a store is configured to be at one moment: who and what can read its data. Kept as files named by their content."""

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from hemostat.kernel import BadInput, Home, replace_file

Fact = str | int | bool | list[str] | None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a store's configuration.

    kind: a word: app, scope, staff, token, pixel, script, webhook, field, theme, theme_file, policy, integration, role, module,
        package, rest_route, permission, cron, patch, store_view, setting, bucket.
    id: names it within its kind and store, for ever; of a member of staff it is the pseudonym that events carry, never a name.
    title: for people to recognize it; never a person's name, address or secret.
    """

    kind: str
    id: str
    title: str = ""
    facts: dict[str, Fact] = {}


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the configuration that could not be read: which kind of item, and why, in words for people."""

    kind: str
    reason: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A store's configuration at `taken_at`; items are sorted by kind and id, so that equal configurations are equal bytes."""

    store: str
    platform: str
    taken_at: datetime
    version: str = ""
    items: tuple[Item, ...] = ()
    unseen: tuple[Unseen, ...] = ()

    def of(self, kind: str) -> tuple[Item, ...]:
        """The items of one kind."""
        return tuple(item for item in self.items if item.kind == kind)


def snapshot_save(home: Home, snapshot: Snapshot) -> Path:
    """The snapshot is on disk, and is the store's latest, also when the clock went back. Moment and content name its file."""
    ordered = msgspec.structs.replace(
        snapshot, items=tuple(sorted(snapshot.items, key=lambda item: (item.kind, item.id))), unseen=tuple(snapshot.unseen)
    )
    content = msgspec.json.format(msgspec.json.encode(ordered), indent=1)
    digest = hashlib.sha256(msgspec.json.encode((ordered.platform, ordered.version, ordered.items, ordered.unseen))).hexdigest()
    name = _after(snapshots(home, snapshot.store), f"{snapshot.taken_at:%Y%m%dT%H%M%S%fZ}", digest[:16])
    path = _folder(home, snapshot.store) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, content)
    return path


def snapshots(home: Home, store: str) -> list[Path]:
    """The files of a store's snapshots, the oldest first."""
    return sorted(_folder(home, store).glob("*.json"))


def snapshot_latest(home: Home, store: str) -> Snapshot | None:
    """The newest snapshot of a store; None when none was taken. Raises `BadInput` when its file is damaged."""
    found = snapshots(home, store)
    return snapshot_read(found[-1]) if found else None


def snapshot_read(path: Path) -> Snapshot:
    """The snapshot in a file. Raises `BadInput` when it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The snapshot {path.name} is damaged: {error}.", advice="Remove the file and take a new one.") from error


def _after(earlier: list[Path], stamp: str, digest: str) -> str:
    """The name of a file that sorts behind all that are there, unless it is the last of them."""
    name = f"{stamp}-{digest}.json"
    if not earlier or earlier[-1].name <= name:
        return name
    digits = "".join(filter(str.isdigit, earlier[-1].name.partition("-")[0])).ljust(20, "0")
    later = str(int(digits) + 1)
    return f"{later[:8]}T{later[8:]}Z-{digest}.json"


def _folder(home: Home, store: str) -> Path:
    return home.path / "snapshots" / store
