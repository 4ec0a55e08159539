"""Connecting a source: settings and keys are made, secrets stay out of arguments, and a test event is seen to arrive."""

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hemostat.cli import source, source_test
from hemostat.kernel import BadInput, HemostatError, Home, Intake, NotFound, Settings, content
from hemostat.people.ledger import entries
from hemostat.people.rights import Refused, Role
from hemostat.people.services import person_create
from hemostat.readiness.setup_guides import guides, guides_read
from hemostat.sources import KINDS

Run = Callable[..., Result]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:  # noqa: ARG001  # the ledger is in the database
    """An empty production home, which commands use; its database is that of the tests. Nobody listens at its intake's port."""
    home = Home(tmp_path / "home")
    home.create(Settings(intake=Intake(port=9)))
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    monkeypatch.setattr("hemostat.cli.source_add.database_ready", lambda _: None)
    return home


@pytest.fixture
def run(home: Home) -> Run:  # noqa: ARG001  # the environment names it
    """Run `hemostat source`; what we raise on purpose comes through."""

    def invoke(*words: str) -> Result:
        result = CliRunner().invoke(source.app, words)
        if isinstance(result.exception, HemostatError):
            raise result.exception
        assert 0 == result.exit_code, result.output
        return result

    return invoke


def test_a_source_is_added_without_a_question(run: Run, home: Home) -> None:
    """The settings name it, its key is made, and the document says where to send and what is left to do."""
    told = json.loads(run("add", "events", "--store", "fern", "--public", "https://in.example", "--json").stdout)

    assert "https://in.example/in/events/events-fern" == told["address"]
    assert any("hemostat key show source.events-fern" in step for step in told["steps"])
    assert "events" == home.settings().sources["events-fern"].kind
    assert home.keyring(home.settings()).has("source.events-fern")
    assert home.settings_file.with_suffix(".toml.before").exists()


def test_secrets_come_from_a_file_or_the_environment(
    run: Run, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are keys afterwards and stand neither in the settings nor in what is printed; the least scopes are listed."""
    (tmp_path / "token").write_text("shpat_0123456789abcdef\n")
    monkeypatch.setenv("ZOOM_SECRET", "zoom-secret-0123456789")

    shopify = run("add", "shopify-admin", "--store", "fern", "--set", "domain=fern.myshopify.com",
                  "--secret-file", f"token={tmp_path / 'token'}", "--no-check", "--json").stdout  # fmt: skip
    zoom = run("add", "zoom", "--store", "fern", "--secret-env", "secret=ZOOM_SECRET", "--json").stdout

    keys = home.keyring(home.settings())
    assert b"shpat_0123456789abcdef" == keys.secret("feed.shopify-admin-fern")
    assert b"zoom-secret-0123456789" == keys.secret("webhook.zoom-fern")
    everything = shopify + zoom + home.settings_file.read_text()
    assert "shpat" not in everything
    assert "zoom-secret" not in everything
    assert "read_customers" in {need["grant"] for need in json.loads(shopify)["needs"]}
    assert all(need["reason"] for need in json.loads(shopify)["needs"] + json.loads(zoom)["needs"])
    assert not keys.has("source.zoom-fern"), "Zoom shows no bearer key"
    feed = home.settings().sources["shopify-admin-fern"].feed
    assert feed is not None
    assert {"domain": "fern.myshopify.com"} == feed.options


def test_the_store_of_the_webhooks_is_named(run: Run, home: Home, tmp_path: Path) -> None:
    """Shopify webhooks need the store's domain and the app's secret."""
    (tmp_path / "secret").write_text("0123456789abcdef")

    run("add", "shopify", "--store", "fern", "--set", "domain=fern.myshopify.com",
        "--secret-file", f"secret={tmp_path / 'secret'}", "--json")  # fmt: skip

    assert {"fern": "fern.myshopify.com"} == home.settings().shopify_stores
    assert b"0123456789abcdef" == home.keyring(home.settings()).secret("shopify.fern")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["carrier-pigeon"], NotFound),
        (["events"], BadInput),
        (["events", "--store", "fern", "--way", "owl"], BadInput),
        (["events", "--store", "fern", "--name", "Bad Name"], BadInput),
        (["events", "--store", "fern", "--set", "nonsense"], BadInput),
        (["events", "--store", "fern", "--set", "nonsense=1"], BadInput),
        (["zoom", "--store", "fern", "--set", "secret=abc"], BadInput),
        (["zoom", "--store", "fern"], BadInput),
        (["zoom", "--store", "fern", "--secret-file", "secret=/nowhere"], BadInput),
        (["zoom", "--store", "fern", "--secret-env", "secret=HEMOSTAT_NO_SUCH_VARIABLE"], BadInput),
        (["events", "--store", "fern", "--way", "files"], BadInput),
        (["events", "--store", "fern", "--env", "moon"], HemostatError),
    ],
)
def test_what_cannot_be_added_changes_nothing(run: Run, home: Home, words: list[str], error: type[HemostatError]) -> None:
    """The fault is named, and the settings are as before."""
    before = home.settings_file.read_bytes()

    with pytest.raises(error):
        run("add", *words, "--json")

    assert before == home.settings_file.read_bytes()


def test_an_answer_can_be_the_text_of_a_file(run: Run, home: Home, tmp_path: Path) -> None:
    """The public key of a store's webhooks is read from the file that was named; a file that is not there changes nothing."""
    pem = tmp_path / "store.pem"
    pem.write_text("-----BEGIN PUBLIC KEY-----\n")
    words = ("add", "commerce-webhooks", "--store", "fernhollow", "--name")

    run(*words, "hooks", "--set", f"public_keys={pem}")

    assert {"public_keys": [pem.read_text().strip()]} == home.settings().sources["hooks"].options
    with pytest.raises(BadInput, match=r"none\.pem"):
        run(*words, "others", "--set", f"public_keys={tmp_path / 'none.pem'}")
    assert {"hooks"} == home.settings().sources.keys()


def test_files_are_followed(run: Run, home: Home) -> None:
    """Several patterns are a list."""
    run("add", "magento-access", "--store", "oak", "--set", "paths=/var/log/a.log, /var/log/b*.log", "--json")

    assert ["/var/log/a.log", "/var/log/b*.log"] == tomllib.loads(home.settings_file.read_text())["sources"][
        "magento-access-oak"
    ]["feed"]["options"]["paths"]


def test_sources_are_listed_and_removed(run: Run, home: Home) -> None:
    """A name is taken once; after the removal its key stays."""
    run("add", "events", "--store", "fern")
    with pytest.raises(BadInput):
        run("add", "events", "--store", "fern", "--json")

    assert "newest event never" in run("list").stdout
    assert "fern" == json.loads(run("list", "--json").stdout)["events-fern"]["store"]
    assert "Shopify audit feed" in run("kinds").stdout
    run("remove", "events-fern")
    assert ["source:add", "source:remove"] == [entry.act for entry in entries("source/events-fern")]
    assert {} == home.settings().sources
    assert home.keyring(home.settings()).has("source.events-fern")
    with pytest.raises(NotFound):
        run("remove", "events-fern")


def test_nothing_that_arrives_is_said(run: Run) -> None:
    """A door that does not answer, and a feed from which nothing comes, are told with what to do."""
    run("add", "events", "--store", "fern", "--json")
    run("add", "fhir-audit", "--store", "fern", "--way", "files", "--set", "paths=/nowhere/*.json", "--json")

    with pytest.raises(HemostatError, match="intake is not reached"):
        run("test", "events-fern")
    with pytest.raises(source_test.NothingCame):
        run("test", "fhir-audit-fern", "--seconds", "1")


def test_every_kind_has_a_guide() -> None:
    """Whoever adds a kind says how it is connected."""
    assert set(KINDS) == set(guides().guides)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("feed: sqs", "feed: pigeon"),
        ("  cef:\n", "  fec:\n"),
        ("ways: [shopify-admin]", "ways: [owl]"),
        ("to: feed, list: true", "to: nowhere"),
        ("guides:", "guides: {"),
        ("\n  cef:\n    title: Common", "\n  more:\n    title: Common"),
    ],
)
def test_a_wrong_guide_is_named(tmp_path: Path, old: str, new: str) -> None:
    """The file and the word are told."""
    text = (content("setup") / "sources.yaml").read_text()
    assert old in text
    path = tmp_path / "sources.yaml"
    path.write_text(text.replace(old, new, 1))

    with pytest.raises(BadInput, match=r"sources\.yaml"):
        guides_read(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("group: cloud", "group: moon"),
        ("surfaces: [telehealth-session]", "surfaces: [moon]"),
        ("scopes: [read_audit_events]", "scopes: [read_moon]"),
        ("\n  fhir:\n", "\n  rihf:\n"),
        ("\n  cef:\n    group", "\n  fec:\n    group"),
        ("- {grant: roles/pubsub.subscriber, what: the subscription, reason:", "- {grant: roles/pubsub.subscriber, reason:"),
    ],
)
def test_a_kind_without_its_least_permissions_is_named(tmp_path: Path, old: str, new: str) -> None:
    """Unknown words, kinds and ways of which nothing is said, and permissions without a reason."""
    text = (content("setup") / "needs.yaml").read_text()
    assert old in text
    path = tmp_path / "needs.yaml"
    path.write_text(text.replace(old, new, 1))

    with pytest.raises(BadInput, match=r"needs\.yaml"):
        guides_read(content("setup") / "sources.yaml", path)


def test_the_kinds_are_told_with_what_each_gives_and_needs(run: Run) -> None:
    """For programs: every way of every kind with its permissions."""
    told = json.loads(run("kinds", "--json").stdout)

    assert set(KINDS) == set(told)
    assert "sqs:ReceiveMessage" in {need["grant"] for need in told["cloudtrail"]["ways"]["sqs"]}


def test_what_is_left_to_do_is_told_to_a_person(run: Run, tmp_path: Path) -> None:
    """Steps, permissions with their reasons, statements to copy, and how to see it arrive; so are a change and a removal."""
    (tmp_path / "password").write_text("a-long-password-of-nobody")
    words = ["--store", "oak", "--no-check", "--set", "host=db.internal", "--secret-file", f"password={tmp_path / 'password'}"]
    told = run("add", "magento-tables", *words).stdout

    assert "GRANT SELECT" in told
    assert "REQUIRE SSL" in told
    assert "hemostat source test magento-tables-oak" in told
    assert "a-long-password" not in told
    changed = run("rotate", "magento-tables-oak", "--secret-file", f"password={tmp_path / 'password'}").stdout
    assert "starts magento-tables-oak again" in changed
    assert "Take back there" in run("remove", "magento-tables-oak").stdout
    run("add", "events", "--store", "oak")
    assert "hemostat key show source.events-oak" in run("rotate", "events-oak").stdout
    assert json.loads(run("rotate", "events-oak", "--json").stdout)["fresh"]
    assert "tell it to stop there" in run("remove", "events-oak").stdout


def test_who_acts_needs_the_right(run: Run, home: Home) -> None:
    """A person who was named and may not is refused, and so is one whom nobody knows; nothing has changed."""
    person_create(username="colin", password="a few random words", roles=[Role.COMPLIANCE], by="test", now=NOW)
    for name in ("colin", "nobody"):
        with pytest.raises((Refused, NotFound)):
            run("add", "events", "--store", "fern", "--by", name, "--json")
    assert {} == home.settings().sources
