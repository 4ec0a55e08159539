"""Where a drill may be played: in a new folder, in its own unfinished home, in the place of a finished one, and nowhere else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hemostat.cli.drill import sandbox_ready
from hemostat.kernel import BadInput, Home, Settings
from hemostat.sandbox.state import TwinState
from hemostat.worker.process import only_worker


def played(home: Home, *, state: str, result: str) -> None:
    """The database holds one drill in this state."""
    with closing(sqlite3.connect(home.database)) as database, database:
        database.execute("CREATE TABLE exercises_drill (state TEXT, result TEXT)")
        database.execute("INSERT INTO exercises_drill VALUES (?, ?)", (state, result))


def seed_of(home: Home) -> int:
    """Which twin lives in the home."""
    state = TwinState(home.path / "twin")
    seed = state.facts.seed
    state.close()
    return seed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox home of seed 7."""
    return sandbox_ready(tmp_path / "home", seed=7)


def test_a_folder_of_somebody_is_never_touched(tmp_path: Path) -> None:
    """Neither the first run nor the next one removes what it did not make."""
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("mine")

    for _ in range(2):
        with pytest.raises(BadInput, match="neither empty nor a Hemostat home"):
            sandbox_ready(tmp_path, seed=7)
    assert [thesis] == list(tmp_path.iterdir())


def test_a_finished_drill_gives_way_and_files_of_others_do_not(home: Home) -> None:
    """The home is that of the new seed; what somebody put beside it stays."""
    played(home, state="ended", result='{"score": 1}')
    (home.path / "notes.txt").write_text("mine")

    assert 8 == seed_of(sandbox_ready(home.path, seed=8))
    assert "mine" == (home.path / "notes.txt").read_text()
    assert not home.database.exists()


@pytest.mark.parametrize(("state", "result"), [("running", "{}"), ("ended", "{}")])
def test_an_unfinished_drill_goes_on(home: Home, state: str, result: str) -> None:
    """Its home stays as it is, whatever seed is asked for."""
    played(home, state=state, result=result)

    assert 7 == seed_of(sandbox_ready(home.path, seed=8))


@pytest.mark.parametrize("tables", [False, True])
def test_a_home_that_was_killed_while_it_was_made_is_made_anew(home: Home, *, tables: bool) -> None:
    """Without a database, or without the table of drills, there is no drill to lose."""
    if tables:
        with closing(sqlite3.connect(home.database)) as database:
            database.execute("CREATE TABLE django_migrations (id INTEGER)")

    assert 8 == seed_of(sandbox_ready(home.path, seed=8))


@pytest.mark.parametrize("content", [b"no database at all, and longer than a page head" * 40, None])
def test_drills_that_cannot_be_read_are_kept(home: Home, content: bytes | None) -> None:
    """A damaged database, or one of another version, is no finished drill: the way out is said in words."""
    if content is None:
        with closing(sqlite3.connect(home.database)) as database:
            database.execute("CREATE TABLE exercises_drill (id INTEGER)")
    else:
        home.database.write_bytes(content)

    with pytest.raises(BadInput, match="cannot be read") as caught:
        sandbox_ready(home.path, seed=8)
    assert "--home" in caught.value.advice()
    assert (7, True) == (seed_of(home), home.database.exists())


def test_a_home_in_use_is_left_alone(home: Home) -> None:
    """While a worker serves it, a second drill neither replaces it nor plays in it."""
    with only_worker(home), pytest.raises(BadInput, match="in use"):
        sandbox_ready(home.path, seed=8)

    assert 7 == seed_of(home)


def test_a_production_home_is_refused(tmp_path: Path) -> None:
    """A leak is never planted among real events."""
    Home(tmp_path).create(Settings())

    with pytest.raises(BadInput, match="production"):
        sandbox_ready(tmp_path, seed=7)
