"""A store's configuration at one moment is kept as a file that its content names."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hemostat.kernel import BadInput, Home
from hemostat.stores.snapshot import Item, Snapshot, Unseen, snapshot_latest, snapshot_read, snapshot_save, snapshots

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SNAPSHOT = Snapshot(
    store="fernhollow",
    platform="shopify",
    taken_at=NOON,
    version="2026-10",
    items=(
        Item(kind="webhook", id="7", title="orders/create", facts={"uri": "https://in.example/x"}),
        Item(kind="app", id="3", title="Reviews", facts={"scopes": ["read_customers"], "pinned": True}),
    ),
    unseen=(Unseen(kind="staff", reason="The plan does not give it."),),
)


def test_a_snapshot_comes_back_sorted(tmp_path: Path) -> None:
    """The latest is what was saved last, its items in an order of their own."""
    home = Home(tmp_path)
    assert snapshot_latest(home, "fernhollow") is None

    snapshot_save(home, SNAPSHOT)
    later = Snapshot(store="fernhollow", platform="shopify", taken_at=NOON + timedelta(microseconds=1))
    snapshot_save(home, later)

    assert later == snapshot_latest(home, "fernhollow")
    first = snapshot_read(snapshots(home, "fernhollow")[0])
    assert ["app", "webhook"] == [item.kind for item in first.items]
    assert ["Reviews"] == [item.title for item in first.of("app")]
    assert SNAPSHOT.unseen == first.unseen


def test_the_same_configuration_has_the_same_name_but_for_the_moment(tmp_path: Path) -> None:
    """The order in which a platform lists things makes no difference."""
    turned = Snapshot(
        store=SNAPSHOT.store,
        platform=SNAPSHOT.platform,
        taken_at=NOON + timedelta(hours=1),
        version=SNAPSHOT.version,
        items=SNAPSHOT.items[::-1],
        unseen=SNAPSHOT.unseen,
    )
    names = [snapshot_save(Home(tmp_path), one).stem.partition("-") for one in (SNAPSHOT, turned)]

    assert names[0][2] == names[1][2]
    assert names[0][0] < names[1][0]


def test_what_was_saved_last_is_the_latest_whatever_the_clock_says(tmp_path: Path) -> None:
    """A clock that stands still, or goes back, does not make an old configuration the present one; the same again is one file."""
    home = Home(tmp_path)
    for back in (0, 0, 1, 2, 86_400):
        made = Snapshot(store="oak", platform="magento", taken_at=NOON - timedelta(seconds=back), version=f"v{back}")
        snapshot_save(home, made)
        assert made == snapshot_latest(home, "oak")

    assert 4 == len(snapshots(home, "oak"))
    later = Snapshot(store="oak", platform="magento", taken_at=NOON + timedelta(seconds=1))
    snapshot_save(home, later)
    assert later == snapshot_latest(home, "oak")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """The error says which file it is and what to do."""
    path = snapshot_save(Home(tmp_path), SNAPSHOT)
    whole = path.read_bytes()
    for damaged in (whole[:-9], whole.replace(b"fernhollow", b"fern\xff"), b'{"items":' + b"[" * 100_000):
        path.write_bytes(damaged)

        with pytest.raises(BadInput, match=path.stem):
            snapshot_latest(Home(tmp_path), "fernhollow")
