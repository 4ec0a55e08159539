"""A newcomer makes a home, gives its senders keys, and asks whether all is well: by commands, in processes of their own."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def hemostat(home: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One command, as a shell would run it in a wide window: what it says is not broken into lines by the length of a path."""
    return subprocess.run(
        [sys.executable, "-m", "hemostat", *words],
        env=os.environ | {"HEMOSTAT_HOME": str(home), "COLUMNS": "500"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production home that was just made."""
    path = tmp_path_factory.mktemp("new") / "home"
    made = hemostat(path, "init")
    assert 0 == made.returncode, made.stderr
    assert "setup-token" in made.stdout
    return path


def test_the_setup_token_is_for_the_owner_alone(home: Path) -> None:
    """Nobody else on the machine can become the first administrator."""
    assert 0o600 == (home / "setup-token").stat().st_mode & 0o777


def test_a_home_is_made_once(home: Path) -> None:
    """A second init touches nothing and says what to do."""
    again = hemostat(home, "init")

    assert 2 == again.returncode
    assert "is a home already" in again.stderr
    assert "hemostat doctor" in again.stderr


def test_the_doctor_finds_a_new_home_well(home: Path) -> None:
    """All checks hold, and can be read by a machine."""
    looked = hemostat(home, "doctor", "--json")

    checks = json.loads(looked.stdout)
    assert 0 == looked.returncode, looked.stdout
    assert {"settings and keys", "clock", "lake files", "ledger", "database db.sqlite3", "database spool.sqlite3"} == {
        check["check"] for check in checks
    }
    assert all(check["ok"] for check in checks)


def test_the_settings_of_the_manual_fit_a_new_home(tmp_path: Path) -> None:
    """What the manual says to write is added to the file that `init` made, and the home is well."""
    home = tmp_path / "home"
    assert 0 == hemostat(home, "init").returncode
    manual = (Path(__file__).parents[3] / "docs" / "how-to" / "run-your-own-home.md").read_text()
    with (home / "hemostat.toml").open("a") as settings:
        settings.write(manual.partition("```toml\n")[2].partition("```")[0])

    assert 0 == hemostat(home, "key", "new", "source.edge").returncode
    assert 0 == hemostat(home, "key", "set", "shopify.main", stdin="a secret of sixteen bytes or more").returncode
    checked = hemostat(home, "doctor")
    assert (0, "") == (checked.returncode, checked.stderr)


def test_up_says_when_somebody_listens_already(home: Path) -> None:
    """Nothing is started, and the way out is told, instead of processes that end again and again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        text = (home / "hemostat.toml").read_text()
        (home / "hemostat.toml").write_text(text.replace("port = 8600", f"port = {taken.getsockname()[1]}"))
        refused = hemostat(home, "up")
        (home / "hemostat.toml").write_text(text)

    assert 2 == refused.returncode
    assert "Cannot listen on 127.0.0.1" in refused.stderr
    assert "hemostat.toml" in refused.stderr


def test_the_ledger_of_a_new_home_holds(home: Path) -> None:
    """Verification works from the first minute."""
    verified = hemostat(home, "ledger", "verify", "--json")

    assert 0 == verified.returncode, verified.stderr
    assert {"seq", "hash", "checkpoints", "unsigned"} == json.loads(verified.stdout).keys()
    assert "entries hold" in hemostat(home, "ledger", "verify").stdout


def test_a_sender_gets_a_key_and_a_rotation_keeps_the_one_before(home: Path) -> None:
    """The old key counts until the sender has changed over."""
    hemostat(home, "key", "new", "source.edge")
    first = hemostat(home, "key", "show", "source.edge").stdout.strip()
    hemostat(home, "key", "new", "source.edge")
    second = hemostat(home, "key", "show", "source.edge").stdout.strip()

    assert 64 == len(first) == len(second)
    assert first != second
    assert 2 == len(json.loads((home / "keys" / "source.edge.json").read_text())["values"])


def test_a_secret_of_shopify_is_taken_from_standard_input_and_never_shown(home: Path) -> None:
    """It stands in no argument, no history and no answer."""
    taken = hemostat(home, "key", "set", "shopify.main", stdin="made-up-client-secret\n")
    shown = hemostat(home, "key", "show", "shopify.main")

    assert 0 == taken.returncode
    assert "made-up-client-secret" not in taken.stdout + taken.stderr + shown.stdout + shown.stderr
    assert 2 == shown.returncode
    assert 2 == hemostat(home, "key", "set", "shopify.main").returncode
    assert 2 == hemostat(home, "key", "set", "vault", stdin="x").returncode


def test_the_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    """A key that others may read and a broken ledger are found, with the way out."""
    path = tmp_path / "home"
    hemostat(path, "init")
    (path / "keys" / "vault.json").chmod(0o644)
    with sqlite3.connect(path / "db.sqlite3") as database:
        database.execute(
            "INSERT INTO people_ledgerentry VALUES (1, ?, ?, 'x', 'note:add', 's', '{}', 'x', 'y')", ["2026-01-01 00:00:00"] * 2
        )
    database.close()

    looked = hemostat(path, "doctor")

    assert 1 == looked.returncode
    assert "chmod 600" in looked.stdout
    assert "WRONG ledger" in looked.stdout


def test_a_folder_that_is_no_home_is_answered_with_the_way_out(tmp_path: Path) -> None:
    """Two lines, no traceback."""
    asked = hemostat(tmp_path / "nothing", "key", "show", "source.edge")

    assert 2 == asked.returncode
    assert "hemostat init" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_drill_does_not_touch_a_production_home(home: Path) -> None:
    """Whatever --home names, real data is not deleted."""
    asked = hemostat(home, "drill", "run", "storefront-session-leak", "--autopilot", "--home", str(home))

    assert 2 == asked.returncode
    assert "production home" in asked.stderr
    assert (home / "hemostat.toml").exists()
