"""Files hold each event once, synced before it counts as taken; a whole file has its name and is never touched again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sinks import ways_of
from hemostat.sinks.base import Unavailable
from hemostat.sinks.files import Folder, Options
from hemostat.sinks.journal import Journal
from unit.lake.disks import small_disk, write_until_full
from unit.lake.made import NOON
from unit.sinks.made import SOON, filled, nothing, records, run, runner


def ids_in(folder: Path, pattern: str = "*") -> list[str]:
    """The ids of all events in the files of a folder, in order."""
    files = sorted(folder.glob(pattern), key=lambda path: (path.suffix == ".part", path.name))
    return [json.loads(line)["metadata"]["uid"] for path in files for line in path.read_bytes().splitlines()]


def folder_of(path: Path, **options: Any) -> Folder:
    """A channel into a folder."""
    return Folder(path, Options(folder=str(path), **options), prefix="events")


def test_events_are_lines_and_files_are_named_when_they_are_full(home: Home, spool: Spool) -> None:
    """By their first and last event; only the last file is a part."""
    ids = filled(home, spool, batches=1, each=5)
    forwarder = runner(home, spool, Sink(kind="files", options={"folder": "out", "megabytes": 0.001}), name="archive")
    run(forwarder)
    ids += filled(home, spool, batches=1, each=5)
    run(forwarder)
    forwarder.close()

    assert ids == ids_in(home.path / "out")
    assert [f"events-{ids[0]}--{ids[4]}.ndjson", "events.part"] == sorted(p.name for p in (home.path / "out").iterdir())
    assert 0o600 == (home.path / "out" / "events.part").stat().st_mode & 0o777


def test_a_file_is_named_when_it_is_old_enough(tmp_path: Path) -> None:
    """Also when it is small."""
    now = [0.0]
    made = records(3)
    channel = Folder(tmp_path, Options(folder="", seconds=60), prefix="events", ticks=lambda: now[0])
    list(channel.deliver(made[:1], before=nothing))
    now[0] = 59.0
    list(channel.deliver(made[1:2], before=nothing))
    now[0] = 61.0
    list(channel.deliver(made[2:], before=nothing))
    channel.close()

    assert [one.event_id for one in made[:2]] == ids_in(tmp_path, "*.ndjson")


@pytest.mark.parametrize(
    "torn", [b"", b'{"metadata":{"uid":"0000', b"\x00\x00\x00", b'{"metadata":{"uid":"000000000003-00000"}}']
)
def test_what_was_not_acknowledged_is_cut_off_after_a_crash(tmp_path: Path, torn: bytes) -> None:
    """The part ends with the last event before those that are offered now: each is there once."""
    made = records(6)
    first = folder_of(tmp_path)
    list(first.deliver(made[:4], before=nothing))
    first.close()
    with (tmp_path / "events.part").open("ab") as file:
        file.write(torn)

    second = folder_of(tmp_path)
    list(second.deliver(made[2:], before=nothing))
    second.close()

    assert [one.event_id for one in made] == ids_in(tmp_path)


def test_a_full_disk_is_told_and_loses_nothing() -> None:
    """When there is room again each event is there once."""
    made = records(60, message="x" * 4000)
    with small_disk() as disk:
        if disk is None:
            pytest.skip("not run: this user may not mount a file system")
        channel = folder_of(disk / "out")
        list(channel.deliver(made[:10], before=nothing))
        write_until_full(disk / "ballast")
        with pytest.raises(Unavailable, match="No space left"):
            list(channel.deliver(made[10:], before=nothing))
        (disk / "ballast").unlink()
        list(channel.deliver(made[10:], before=nothing))
        channel.close()

        assert [one.event_id for one in made] == ids_in(disk / "out")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """In words, with the way out."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(Unavailable, match="takes nothing now") as raised:
        list(folder_of(tmp_path / "out").deliver(records(1), before=nothing))
    assert raised.value.advice()


def test_a_repetition_has_files_of_its_own(home: Home, spool: Spool) -> None:
    """So that the archive has each event once."""
    ids = filled(home, spool, batches=1, each=3)
    forwarder = runner(home, spool, Sink(kind="files", options={"folder": "out"}), name="archive")
    run(forwarder)
    journal = Journal(home)
    journal.replay("archive", since=NOON, until=SOON, now=SOON)
    journal.close()
    run(forwarder)
    forwarder.close()

    assert ids == ids_in(home.path / "out", "events*")
    assert ids == ids_in(home.path / "out", "replay-1*")


def test_what_is_taken_is_on_the_disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync comes before the word that it was taken."""
    synced: list[int] = []
    theirs = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), theirs(handle))[1])
    channel = ways_of("archive", Sink(kind="files", options={"folder": "out"}), home=home).make("")

    for _ in channel.deliver(records(2), before=nothing):
        assert len(synced) >= 2
    channel.close()
