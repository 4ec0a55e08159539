"""What a drill starts from."""

import socket
from pathlib import Path

import msgspec
import pytest
import yaml

from hemostat.events.vocabulary import Act, Environment, Surface
from hemostat.kernel import BadInput, BadSettings, Home, Keyring, Settings, clock_for, content
from hemostat.sandbox.homes import (
    CLOCK_SHOWS,
    STORE,
    Ports,
    client_secret_share,
    ports_of,
    sandbox_home_create,
    sandbox_home_renew,
)
from hemostat.sandbox.processes import twin_commands
from hemostat.sandbox.serve import main
from hemostat.sandbox.state import TwinState


def test_a_new_home_has_settings_keys_clock_and_twin(home: Home, state: TwinState) -> None:
    """Three sources, one store, three targets; the clock stands; the leaky release is live."""
    settings = home.settings()
    keyring = home.keyring(settings)

    assert "sandbox" == settings.kind
    assert {"edge", "care-app", STORE} == set(settings.sources)
    assert {"twin", "direct", "storefront"} == set(settings.targets)
    assert all(
        keyring.has(name) for name in ("target.twin", f"shopify.{STORE}", "source.edge", "source.care-app", "spool", "vault")
    )
    assert CLOCK_SHOWS == clock_for(home.path).now()
    assert state.facts.path_open
    assert ["2.13", "2.14"] == [deploy["version"] for deploy in state.deploys()]


def test_routes_use_words_that_everybody_knows(home: Home) -> None:
    """Surfaces, acts and environments are those of events, elements those of the law."""
    elements = {element["id"] for element in yaml.safe_load((content("law") / "elements.yaml").read_text())["elements"]}

    for source in home.settings().sources.values():
        assert Environment(source.environment)
        for route in source.routes:
            assert Surface(route.surface)
            assert Act(route.act)
            assert set(route.exposes) <= elements


def test_a_home_is_not_made_twice(home: Home) -> None:
    """An existing home stays as it is, and the error names the way out."""
    with pytest.raises(BadSettings) as caught:
        sandbox_home_create(home.path, seed=8, ports=None)
    assert "does not exist" in caught.value.advice()


@pytest.mark.parametrize("name", ["thesis.txt", "lake", "photos/cat.jpg", "lake/catch.csv"])
def test_a_folder_of_somebody_is_no_home(tmp_path: Path, name: str) -> None:
    """Whatever lies in it, under whatever name, the folder is refused and stays as it is."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")

    with pytest.raises(BadInput, match="neither empty nor a Hemostat home"):
        sandbox_home_create(tmp_path, seed=7, ports=None)
    with pytest.raises(BadInput):
        sandbox_home_create(path, seed=7, ports=None)
    assert "mine" == path.read_text()
    assert [path] == [found for found in tmp_path.rglob("*") if found.is_file()]


def test_a_home_that_was_only_begun_is_made(tmp_path: Path) -> None:
    """Killed before its settings were written, it holds folders without any file."""
    for name in ("lake", "rules"):
        (tmp_path / name).mkdir()

    assert sandbox_home_create(tmp_path, seed=7, ports=None).exists()


def test_a_renewed_home_is_as_new_and_keeps_what_is_not_ours(home: Home, state: TwinState) -> None:
    """The drill before has left nothing behind; a stranger's file and folder are still there."""
    state.change(token_key=3)
    spool = home.keyring(home.settings()).secret("spool")
    folders = ("lake/part.parquet", "reports/DRL-0001", "snapshots/fernhollow/1.json")
    databases = ("db.sqlite3", "db.sqlite3-wal", "health.sqlite3", "sinks.sqlite3", "baselines.sqlite3", "posture.sqlite3")
    for name in (*folders, *databases, "guard.ndjson", "hemostat.toml.before", "hemostat.toml.lock"):
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_text("old")
    (home.path / "mine").mkdir()
    for name in ("thesis.txt", "mine/cat.jpg", "rules/own.yml"):
        (home.path / name).write_text("mine")

    sandbox_home_renew(home, seed=8, ports=Ports.free())

    twin = TwinState(home.path / "twin")
    assert (8, 0) == (twin.facts.seed, twin.facts.token_key)
    assert spool != home.keyring(home.settings()).secret("spool")
    assert ["mine"] * 3 == [(home.path / name).read_text() for name in ("thesis.txt", "mine/cat.jpg", "rules/own.yml")]
    assert not [path for path in home.path.rglob("*") if path.is_file() and path.read_bytes() == b"old"]
    twin.close()


def test_given_ports_are_taken(tmp_path: Path) -> None:
    """Whoever names ports gets them, and they can be read back."""
    ports = Ports(intake=21, console=22, storefront=23, care=24, admin=25)
    home = sandbox_home_create(tmp_path / "home", seed=1, ports=ports)

    assert ports == ports_of(home.settings())
    assert frozenset({21, 22, 23, 24, 25}) == ports.numbers()
    assert "http://127.0.0.1:24" == home.settings().targets["direct"].url


def test_free_ports_differ() -> None:
    """Five servers, five ports."""
    assert 5 == len(Ports.free().numbers())


def test_no_two_drills_get_the_same_ports() -> None:
    """Ports that were claimed a moment ago, and where nobody listens yet, are given to nobody else."""
    first, second, third = Ports.claimed(), Ports.claimed(), Ports.free()

    assert 15 == len(first.numbers() | second.numbers() | third.numbers())


def test_whoever_claims_a_port_can_serve_there() -> None:
    """A server of the home binds a claimed port as any server does, and is heard."""
    port = Ports.claimed().intake

    with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as caller:
        assert ("127.0.0.1", port) == caller.getpeername()


def test_a_home_without_a_twin_is_said_so(tmp_path: Path) -> None:
    """Ordinary settings have no twin to run."""
    with pytest.raises(BadSettings, match="storefront"):
        ports_of(Settings())
    Home(tmp_path).create(Settings())
    with pytest.raises(BadSettings):
        main(["care", str(tmp_path)])


@pytest.mark.parametrize("words", [[], ["care"], ["shop", "home"], ["care", "home", "more"]])
def test_a_process_must_be_named(words: list[str]) -> None:
    """Other words are refused, with the names that exist."""
    with pytest.raises(BadInput) as caught:
        main(words)
    assert "storefront, care, admin" in caught.value.advice()


def test_a_sandbox_refuses_production_keys(home: Home) -> None:
    """A real credential copied into the folder is not used, whatever it is called."""
    Keyring(home.path / "keys", kind="production").put("target.twin", [b"a real key of the shop"])

    with pytest.raises(BadSettings, match="production key"):
        home.keyring(home.settings()).secret("target.twin")


def test_sharing_a_secret_keeps_the_ones_before(home: Home) -> None:
    """Newest first, none twice: webhooks that are under way still verify."""
    keyring = home.keyring(home.settings())
    (first,) = keyring.secrets(f"shopify.{STORE}")
    second, third = b"the second of them", b"the third of all of them"
    for secret in (second, second, third):
        client_secret_share(home, secret)

    assert [third, second, first] == keyring.secrets(f"shopify.{STORE}")


def test_the_twin_has_its_command(home: Home) -> None:
    """A supervisor starts what it is told."""
    commands = twin_commands(home)

    assert ["twin"] == list(commands)
    assert ["-m", "hemostat.sandbox.serve", "storefront", "care", "admin", str(home.path)] == commands["twin"][1:]


def test_two_homes_of_one_seed_have_one_twin(tmp_path: Path, home: Home, state: TwinState) -> None:
    """Secrets of the story come from the seed, keys of Hemostat do not."""
    other = sandbox_home_create(tmp_path / "other", seed=7, ports=None)
    twin = TwinState(other.path / "twin")

    assert msgspec.json.encode(state.deploys()) == msgspec.json.encode(twin.deploys())
    assert home.keyring(home.settings()).secret(f"shopify.{STORE}") == other.keyring(other.settings()).secret(f"shopify.{STORE}")
    assert home.keyring(home.settings()).secret("spool") != other.keyring(other.settings()).secret("spool")
    twin.close()
