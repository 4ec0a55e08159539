"""A damaged file is written again from the spool, byte for byte, or said to be lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hemostat.kernel import Home
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import DamagedLake, given_up, read
from hemostat.lake.repair import check, damaged, repair, strays
from hemostat.lake.spool import Spool
from unit.lake.conftest import Send
from unit.lake.made import NOON

Harm = Callable[[Path], object]


@pytest.fixture
def filled(home: Home, spool: Spool, send: Send) -> Home:
    """A home whose lake has four files of two batches."""
    tools = Tools(home)
    for batch in range(2):
        send(*[{"time": f"2026-03-0{1 + n % 2}T12:00:00Z", "act": "page:read", "subject": f"{batch}{n}"} for n in range(10)])
        drain(home, spool, tools=tools)
    return home


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:99]), "has 99 bytes"),
        (lambda path: path.write_bytes(b"x" * path.stat().st_size), "was changed after it was written"),
    ],
)
def test_a_damaged_file_is_written_again(filled: Home, spool: Spool, harm: Harm, what: str) -> None:
    """While the messages are in the spool, the same bytes come back."""
    part = spool.parts()[2]
    path = filled.lake / part.path
    before = path.read_bytes()
    harm(path)

    (damage,) = check(filled, spool)
    assert [part.path] == damaged(filled)
    assert what in damage.what
    (done,) = repair(filled, spool)

    assert (True, part) == (done.repaired, done.part)
    assert before == path.read_bytes()
    assert [] == check(filled, spool)


def test_a_whole_lake_needs_no_repair(filled: Home, spool: Spool) -> None:
    """Nothing damaged, nothing done."""
    assert ([], []) == (check(filled, spool), repair(filled, spool))


def test_what_was_purged_is_lost_and_said_so(filled: Home, spool: Spool) -> None:
    """Without its messages a part cannot come back; the repair says how many events of which day and source."""
    part = spool.parts()[0]
    (filled.lake / part.path).unlink()
    spool.purge(NOON + timedelta(days=1))

    (done,) = repair(filled, spool)

    assert not done.repaired
    assert "5 events of app on 2026-03-01 cannot be written again" in done.what
    assert [part.path] == damaged(filled)


def test_other_settings_never_put_other_rows_in_place(filled: Home, spool: Spool) -> None:
    """When the settings of the source have changed, the file stays damaged instead of telling another story."""
    part = spool.parts()[0]
    (filled.lake / part.path).unlink()
    settings = filled.settings()
    app = msgspec.structs.replace(settings.sources["app"], store="other")
    filled.write(msgspec.structs.replace(settings, sources={**settings.sources, "app": app}))

    (done,) = repair(filled, spool)

    assert not done.repaired
    assert not (filled.lake / part.path).exists()


def test_a_loss_that_a_person_accepts_is_passed_over(filled: Home, spool: Spool) -> None:
    """After the loss is accepted the rest of the lake can be read again."""
    (filled.lake / spool.parts()[0].path).unlink()
    spool.purge(NOON + timedelta(days=1))
    with pytest.raises(DamagedLake):
        read(filled, spool.parts())

    repair(filled, spool, accept_loss=True)

    assert 15 == read(filled, spool.parts()).num_rows
    assert ([], []) == (check(filled, spool), repair(filled, spool, accept_loss=True))


def test_what_was_given_up_counts_again_when_it_is_whole(filled: Home, spool: Spool) -> None:
    """A file that was put back leaves the list of losses; another one stays on it."""
    parts = spool.parts()
    paths = [filled.lake / part.path for part in parts[:2]]
    contents = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    spool.purge(NOON + timedelta(days=1))
    repair(filled, spool, accept_loss=True)
    paths[0].write_bytes(contents[0])
    paths[1].write_bytes(contents[1][:50])

    (found,) = repair(filled, spool)

    assert (parts[0], True, frozenset({parts[1].path})) == (found.part, found.repaired, given_up(filled))
    assert 15 == read(filled, spool.parts()).num_rows
    assert [] == repair(filled, spool)


def test_what_is_known_no_more_is_lost_not_a_fault(filled: Home, spool: Spool) -> None:
    """A file whose very plan was forgotten is lost in the same words as one whose messages were purged."""
    part = spool.parts()[0]
    (filled.lake / part.path).unlink()
    spool.purge(NOON + timedelta(days=1))
    spool.forget(NOON + timedelta(days=1))

    (done,) = repair(filled, spool)

    assert not done.repaired
    assert "cannot be written again" in done.what


def test_leftovers_are_told_and_not_read(filled: Home, spool: Spool) -> None:
    """Drafts and files of runs that were killed show as strays, never as events."""
    path = filled.lake / spool.parts()[0].path
    path.with_name(f".{path.name}.draft").write_bytes(b"half")
    path.with_name("batch-000000000009.parquet").write_bytes(path.read_bytes())

    assert [
        "day=2026-03-01/source=app/.batch-000000000001.parquet.draft",
        "day=2026-03-01/source=app/batch-000000000009.parquet",
    ] == strays(filled, spool)
    assert 20 == read(filled, spool.parts()).num_rows
