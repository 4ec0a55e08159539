"""Taking a snapshot by hand: of a Magento store with its files, and of a Shopify store; what cannot be taken is said."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from hemostat.cli import source
from hemostat.kernel import BadInput, Feed, Home, Settings, Source
from hemostat.lake.spool import Message, Spool
from hemostat.sandbox.wires.loopback import served
from hemostat.sandbox.wires.magento_rest import MagentoRest, Store
from hemostat.stores.magento import Credentials
from hemostat.stores.snapshot import snapshot_latest
from unit.stores.magento_tree import planted
from unit.stores.shop_twin import DOMAIN, TOKEN, serving, shop, twin

KEYS = Credentials(consumer_key="ck" * 16, consumer_secret="cs" * 16, token="tk" * 16, token_secret="ts" * 16)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with a Magento store, a Shopify store and a log, which commands use."""
    store = MagentoRest(Store(modules=["Magento_Sales"]), KEYS)
    platform = twin(shop(), most=10_000.0, flow=10_000.0)
    with served(store) as address, serving(platform) as shopify:
        home = Home(tmp_path / "home")
        sources = {
            "look": Source(kind="magento-rest", store="oak", feed=Feed(kind="magento-rest", options={"url": address})),
            "ask": Source(
                kind="shopify-admin",
                store="fern",
                feed=Feed(kind="shopify-admin", options={"domain": DOMAIN, "address": shopify}),
            ),
            "edge": Source(kind="magento-access", store="oak"),
        }
        settings = Settings(sources=sources)
        home.create(settings)
        home.keyring(settings).put("magento.oak", [msgspec.json.encode(KEYS)])
        home.keyring(settings).put("feed.ask", [TOKEN.encode()])
        monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
        yield home


def run(*words: str) -> Result:
    """The answer of `hemostat source snapshot`; what we raise on purpose comes through."""
    result = CliRunner().invoke(source.app, ["snapshot", *words])
    if isinstance(result.exception, BadInput):
        raise result.exception
    assert 0 == result.exit_code, result.output
    return result


def test_a_magento_store_is_looked_at_with_its_files(home: Home, tmp_path: Path) -> None:
    """The snapshot is kept, counted by kind, and says what was not seen; what changed since the last one waits for the worker."""
    root = planted(tmp_path / "shop")
    said = run("look", "--files", str(root)).stdout
    (root / "m2-hotfixes/apsb-26-146.patch").unlink()
    told = json.loads(run("look", "--files", str(root), "--json").stdout)

    assert "1 module" in said
    assert "1 patch" in said
    assert "not seen: integration: Magento has no REST route" in said
    assert "2.4.9-p1" == told["version"]
    latest = snapshot_latest(home, "oak")
    assert latest
    assert () == latest.of("patch")
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=10**9)
    plan = spool.plan()
    assert plan
    waiting = [json.loads(each.body) for each in spool.messages(plan) if isinstance(each, Message)]
    assert [("patch", "removed")] == [(one["kind"], one["change"]) for one in waiting]
    spool.close()


def test_a_shopify_store_is_looked_at(home: Home) -> None:
    """The same command, whatever the platform."""
    assert "The newest snapshot of fern is" in run("ask").stdout
    latest = snapshot_latest(home, "fern")
    assert latest
    assert latest.of("app")


@pytest.mark.parametrize("words", [("edge",), ("ask", "--files", ".")])
@pytest.mark.usefixtures("home")
def test_what_cannot_be_taken_is_said(words: tuple[str, ...]) -> None:
    """A log shows no configuration, and Shopify has no files."""
    with pytest.raises(BadInput):
        run(*words)
