"""The feed `magento-rest` against a twin of the store: what changed is told once, and what is missing is on record."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.collect import Post, collector_of
from hemostat.collect.magento_rest import MagentoRest, Options
from hemostat.collect.standing import FeedRefused
from hemostat.events.vocabulary import Act
from hemostat.kernel import BadInput, BadSettings
from hemostat.sandbox.wires import magento_rest as twins
from hemostat.sandbox.wires.loopback import served
from hemostat.sources import Raw, ReaderContext, read
from hemostat.stores.magento import Credentials, StoreRefused
from hemostat.stores.snapshot import Snapshot, snapshot_latest, snapshots
from unit.collect.feeding import Fed, Hand
from unit.stores.magento_tree import planted, write

KEYS = Credentials(consumer_key="ck" * 16, consumer_secret="cs" * 16, token="tk" * 16, token_secret="ts" * 16)


class Watched:
    """A home that looks at a twin, and a clock that is moved by hand."""

    def __init__(self, folder: Path, address: str, store: twins.Store, **options: Any) -> None:
        self.store = store
        self.clock = Hand()
        self.fed = Fed(folder, "magento-rest", reader="magento-rest", url=address, **options)
        self.fed.keyring.put("magento.fernhollow", [msgspec.json.encode(KEYS)])
        self.slept: list[float] = []

    def feed(self) -> MagentoRest:
        """What looks at the store, made anew as after a restart, with pauses that take no time."""
        assert self.fed.source.feed
        post = Post("cloud", self.fed.source, home=self.fed.home, spool=self.fed.spool, clock=self.clock)
        return MagentoRest(post, msgspec.convert(self.fed.source.feed.options, Options), sleep=self.slept.append)

    def look(self, *, files: Path | None = None) -> list[dict[str, Any]]:
        """What came of one look, ten minutes later."""
        self.clock.move(600)
        feed = self.feed()
        try:
            feed.snapshot(files)
        finally:
            feed.close()
        return [msgspec.json.decode(message.body) for message in self.fed.kept()]

    def latest(self) -> Snapshot:
        """The newest snapshot."""
        found = snapshot_latest(self.fed.home, "fernhollow")
        assert found
        return found

    def saved(self) -> int:
        """How many snapshots there are."""
        return len(snapshots(self.fed.home, "fernhollow"))

    def gaps(self) -> set[tuple[str, str]]:
        """Kind and detail of each open gap."""
        return {(gap.kind, gap.detail) for gap in self.fed.gaps()}


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Kind, change and name of each setting that changed."""
    return [(one["kind"], one["change"], one["id"]) for one in found]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A store with two modules and a block."""
    store = twins.Store(
        modules=["Magento_Sales", "Vendor_Export"],
        blocks=[{"id": 7, "identifier": "footer", "active": True, "content": "<p>Care</p>"}],
    )
    with served(twins.MagentoRest(store, KEYS)) as address:
        made = Watched(tmp_path, address, store)
        yield made
        made.fed.close()


def test_the_first_look_only_remembers_and_the_second_keeps_nothing_new(watched: Watched) -> None:
    """A snapshot is there; one that is the same is not kept again until a day has gone by."""
    assert [] == watched.look()
    assert [] == watched.look()
    assert 1 == watched.saved()
    assert {"Magento_Sales", "Vendor_Export"} == {item.id for item in watched.latest().of("module")}

    watched.clock.move(90_000)
    assert [] == watched.look()
    assert 2 == watched.saved()


def test_what_changed_is_told_once(watched: Watched) -> None:
    """A skimmer in a block, a module of others, and an address that data is sent to."""
    watched.look()
    watched.store.blocks[0]["content"] = '<script src="https://cdn.evil.example/x.js"></script>'
    watched.store.modules = ["Magento_Sales", "Vendor_New"]
    watched.store.webhooks = [
        {"webhook_method": "plugin.x", "batch_name": "b", "hook_name": "h", "url": "https://out.example/?k=s3"}
    ]

    found = watched.look()

    assert [
        ("module", "removed", "Vendor_Export"),
        ("module", "added", "Vendor_New"),
        ("script", "changed", "cmsBlock:7"),
        ("webhook", "added", "plugin.x/b/h"),
    ] == told(found)
    assert ["code", "hosts", "sha256"] == found[2]["facts"]
    assert "h (out.example)" == found[3]["title"]
    assert "s3" not in str(found)
    assert [] == watched.look()


def test_its_reader_reads_what_the_feed_makes(watched: Watched) -> None:
    """Each change is an access: content, an app, or the configuration."""
    watched.look()
    watched.store.modules = []
    watched.store.blocks = []
    watched.store.views = [{"id": 1, "code": "default", "base_url": "https://shop.example/"}]
    watched.clock.move(1)
    feed = watched.feed()
    feed.poll()
    feed.close()

    made = [one for message in watched.fed.kept() for one in read(message, watched.fed.source, ReaderContext())]

    assert all(isinstance(one, Raw) for one in made)
    acts = [one.access.act for one in made if isinstance(one, Raw)]
    assert [Act.APP_CHANGE, Act.APP_CHANGE, Act.CONFIG_CHANGE, Act.CONTENT_CHANGE] == sorted(acts, key=list(Act).index)


def test_a_crash_before_the_snapshot_tells_no_change_twice(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages are in the spool and the snapshot is not: looked at again, the changes have the same names."""
    watched.look()
    watched.store.modules.append("Vendor_New")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hemostat.collect.setting_changes.snapshot_save", crash)
        with pytest.raises(KeyboardInterrupt):
            watched.look()

    assert [("module", "added", "Vendor_New")] == told(watched.look())
    assert [] == watched.look()


def test_a_resource_that_was_taken_away_is_a_gap_and_no_removal(watched: Watched) -> None:
    """The modules are not gone because the integration may no longer read them; the store answers 401 for that."""
    watched.look()
    watched.store.denied = ["/V1/modules"]

    assert [] == watched.look()
    assert {("refused", "settings: module")} == watched.gaps()
    assert any(part.kind == "module" and "not ticked" in part.reason for part in watched.latest().unseen)

    watched.store.denied = []
    assert [] == watched.look()
    assert set() == watched.gaps()


def test_credentials_that_the_store_does_not_know_are_a_gap(watched: Watched) -> None:
    """No snapshot is made of nothing; with the right ones in the keyring the gap closes by itself. No error shows a secret."""
    watched.look()
    watched.fed.keyring.put("magento.fernhollow", [msgspec.json.encode(msgspec.structs.replace(KEYS, token="wrong" * 7))])
    feed = watched.feed()

    with pytest.raises(FeedRefused) as caught:
        feed.poll()

    assert "credentials" in caught.value.advice()
    assert not [word for word in msgspec.structs.astuple(KEYS) if word in f"{caught.value}{caught.value.advice()}"]
    assert {("refused", "the feed does not let us in")} == watched.gaps()
    assert 1 == watched.saved()
    watched.fed.keyring.put("magento.fernhollow", [msgspec.json.encode(KEYS)])
    feed.poll()
    feed.close()
    assert set() == watched.gaps()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_store_that_has_no_room_is_asked_again(watched: Watched, status: int) -> None:
    """After five tries the look is given up: the error says so, nothing is told as gone, and the next look goes on."""
    watched.look()
    watched.store.faults = [status] * 5

    with pytest.raises(StoreRefused) as caught:
        watched.look()

    assert (status, 4) == (caught.value.status, len(watched.slept))
    assert set() == watched.gaps()
    assert [] == watched.look()


def test_maintenance_is_told_as_such(watched: Watched) -> None:
    """Everything is answered with a page: nothing of the store is taken for gone, and the advice says how to see it."""
    watched.look()
    watched.store.maintenance = True

    with pytest.raises(StoreRefused) as caught:
        watched.look()

    assert "maintenance" in caught.value.advice()
    watched.store.maintenance = False
    assert [] == watched.look()
    assert 1 == watched.saved()


def test_files_are_told_of_from_the_second_time_on(watched: Watched, tmp_path: Path) -> None:
    """What a deployment brings: a route that nobody guards, a package of another version; in between files are remembered."""
    root = planted(tmp_path / "shop")
    assert [] == watched.look()
    assert [] == watched.look(files=root)
    assert [] == watched.look()
    assert "2.4.9-p1" == watched.latest().version
    lock = (root / "composer.lock").read_text().replace("1.2.0", "1.3.0")
    write(root, "composer.lock", lock)

    found = watched.look(files=root)

    assert [("package", "changed", "vendor-co/module-export")] == told(found)
    assert {"Magento_Sales", "Vendor_Export"} == {item.id for item in watched.latest().of("module")}
    assert [] == watched.look()


def test_a_folder_of_the_options_is_read_each_time(watched: Watched, tmp_path: Path) -> None:
    """And when it is gone, that is an error, not a store without files."""
    root = planted(tmp_path / "shop")
    assert watched.fed.source.feed
    watched.fed.source.feed.options["directory"] = str(root)
    assert [] == watched.look()
    assert watched.latest().of("package")
    (root / "app/etc/config.php").unlink()

    with pytest.raises(BadInput):
        watched.look()


def test_the_address_may_stand_among_the_stores(watched: Watched) -> None:
    """One address for the store is enough; without any the error says where it goes."""
    assert watched.fed.source.feed
    address = watched.fed.source.feed.options.pop("url")
    with pytest.raises(BadSettings, match="address"):
        watched.look()
    settings = watched.fed.home.settings()
    watched.fed.home.write(msgspec.structs.replace(settings, magento_stores={"fernhollow": address}))

    assert [] == watched.look()
    assert 1 == watched.saved()


def test_wrong_options_are_told(watched: Watched) -> None:
    """A word that is none of ours, tables of a source that has none, and credentials that are missing."""
    assert watched.fed.source.feed
    options = watched.fed.source.feed.options
    options["tables"] = "nowhere"
    with pytest.raises(BadSettings, match="reads tables"):
        watched.look()
    del options["tables"]
    options["evry"] = 5
    with pytest.raises(BadSettings, match="evry"):
        collector_of("cloud", watched.fed.source, home=watched.fed.home, spool=watched.fed.spool, clock=watched.clock)
    del options["evry"]
    (watched.fed.keyring.folder / "magento.fernhollow.json").unlink()
    with pytest.raises(BadSettings, match="missing"):
        watched.fed.collector()
