"""A home is made once, read by all, and says where it is wrong."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadSettings, Console, Home, Route, Settings, Source, Target, content


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that nobody has made yet."""
    return Home(tmp_path / "home")


def test_settings_survive_being_written(home: Home) -> None:
    """What one process writes, all others read."""
    settings = Settings(
        kind="sandbox",
        sources={
            "edge": Source(
                kind="access-log", store="shop", routes=[Route(prefix="/api", surface="storefront", act="session:read")]
            )
        },
        targets={"twin": Target(url="http://127.0.0.1:1")},
        shopify_stores={"shop": "shop.myshopify.com"},
    )
    home.create(settings)

    assert settings == home.settings()
    assert home.exists()


def test_a_home_has_its_keys_and_folders_and_making_it_again_keeps_them(home: Home) -> None:
    """Running set-up twice loses nothing."""
    settings = Settings(sources={"edge": Source(kind="access-log", store="shop")})
    home.create(settings)
    keyring = home.keyring(settings)
    first = keyring.secret("source.edge")
    home.create(settings)

    assert first == keyring.secret("source.edge")
    assert all(folder.is_dir() for folder in (home.lake, home.vault, home.logs, home.dead_letters))
    assert all(keyring.has(name) for name in ("spool", "vault", "pseudonym", "ledger", "console"))


def test_others_may_not_look_into_a_home(home: Home) -> None:
    """The folders are private."""
    home.create(Settings())

    assert 0o700 == home.path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind = 'other'", "kind"),
        ("spelled_wrong = 1", "spelled_wrong"),
        ("= 1", "hemostat.toml"),
        ("[intake]\nport = 'x'", "intake.port"),
        ("canaries = ['\xff']", "hemostat.toml"),
        (f"canaries = {'[' * 5000}", "hemostat.toml"),
        ("raw_days = 2026-13-45", "hemostat.toml"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(home: Home, text: str, place: str) -> None:
    """A typo is found at the start, not at 3 a.m."""
    home.path.mkdir()
    home.settings_file.write_bytes(text.encode("latin-1"))

    with pytest.raises(BadSettings) as caught:
        home.settings()

    assert place in str(caught.value)
    assert caught.value.advice()


@given(
    ports=st.lists(st.sampled_from([8601, 8602, 8603]), min_size=1, max_size=8),
    ways=st.lists(st.sampled_from(["write", "change", "by hand"]), min_size=8, max_size=8),
)
def test_no_change_is_missed(ports: list[int], ways: list[str]) -> None:
    """However often the file is written within one tick of its clock, with as many bytes as before, the next reading has it."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.write(Settings())
        for port, way in zip(ports, ways, strict=False):
            wanted = Settings(console=Console(port=port))
            if way == "by hand":
                home.settings_file.write_text(f"[console]\nport = {port}\n")
            elif way == "write":
                home.write(wanted)
            else:
                home.change(lambda _, wanted=wanted: wanted)

            assert wanted == home.settings()


def test_settings_that_are_as_before_are_the_same_record(home: Home) -> None:
    """They are asked for many times in one act, and are parsed once."""
    home.create(Settings())

    assert home.settings() is home.settings()


def test_a_folder_that_is_no_home_says_how_to_make_one(home: Home) -> None:
    """A newcomer is told the command."""
    with pytest.raises(BadSettings) as caught:
        home.settings()

    assert "hemostat init" in caught.value.advice()


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One variable, else a folder named home where one stands."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(tmp_path))
    assert tmp_path == Home.from_environment().path

    monkeypatch.delenv("HEMOSTAT_HOME")
    monkeypatch.chdir(tmp_path)
    assert tmp_path / "home" == Home.from_environment().path
    assert {"db.sqlite3", "spool.sqlite3"} == {Home(tmp_path).database.name, Home(tmp_path).spool.name}
    assert os.environ.get("HEMOSTAT_HOME") is None


def test_settings_are_frozen() -> None:
    """No process can change what another one reads."""
    with pytest.raises(AttributeError):
        Settings().kind = "sandbox"  # type: ignore[misc]
    assert msgspec.structs.replace(Settings(), kind="sandbox").kind == "sandbox"


def test_content_is_found_in_the_package() -> None:
    """The data that people edit ships with the product."""
    assert content("packs").is_dir()
