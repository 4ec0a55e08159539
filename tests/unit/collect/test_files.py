"""Files are followed exactly once, whatever is renamed, copied, truncated, compressed or killed."""

import gzip
import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.collect import Item, Post, files
from hemostat.collect.cutting import alone
from hemostat.kernel import BadInput, BadSettings, Home, Settings, Source, SystemClock
from hemostat.lake import health
from hemostat.lake.spool import Receipt, Spool, SpoolFull


class Killed(Exception):
    """The process ended here."""


class Rig:
    """A folder of logs, and a collector over it that can be killed and made anew."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.home = Home(folder / "home")
        self.home.create(Settings(kind="sandbox", sources={"app": Source(kind="access-log", store="s")}))
        key = self.home.keyring(self.home.settings()).secret("spool")
        self.spool = Spool(self.home.spool, key=key, limit=500_000_000)
        self.post = Post("app", self.home.settings().sources["app"], home=self.home, spool=self.spool, clock=SystemClock())
        self.options = {"paths": [f"{self.logs}/*"], "every": 1.0} | options
        self.feed = self.anew()

    def anew(self) -> files.Files:
        """The collector, as after a restart."""
        self.feed = files.collector(self.post, self.options)
        return self.feed

    def poll(self, times: int = 1) -> None:
        """Everything that can be read now was read, `times` over."""
        for _ in range(times):
            while self.feed.poll():
                pass

    def write(self, name: str, content: bytes) -> None:
        """The file has grown by `content`."""
        with (self.logs / name).open("ab") as file:
            file.write(content)

    def kept(self) -> list[bytes]:
        """All lines in the spool, in their order."""
        found: list[bytes] = []
        while plan := self.spool.plan():
            found += [line for message in self.spool.messages(plan) for line in message.body.splitlines()]
            self.spool.written(plan, [], rejected=0)
        return found


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A rig with one pattern for the whole folder."""
    made = Rig(tmp_path)
    yield made
    made.spool.close()


def lines(first: int, last: int) -> bytes:
    """Numbered lines."""
    return b"".join(b"line %d\n" % number for number in range(first, last))


def test_what_is_written_is_read_once(rig: Rig) -> None:
    """Lines come in their order, and looking again adds nothing, nor does a restart."""
    rig.write("a.log", lines(0, 3))
    rig.poll(3)
    rig.write("a.log", lines(3, 5))
    rig.anew()
    rig.poll(2)
    rig.write("a.log", lines(5, 6))
    rig.poll()
    assert lines(0, 6).splitlines() == rig.kept()


def test_a_restart_reads_nothing_that_did_not_change(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and time of change are part of the place: a file that is as it was is not read."""
    rig.write("a.log", lines(0, 3))
    rig.poll()
    rig.anew()
    monkeypatch.setattr(files.Files, "_read", lambda *_, **__: pytest.fail("it was read"))
    rig.poll()


def test_the_last_line_waits_for_its_end(rig: Rig) -> None:
    """A line that is still being written is read when it is whole."""
    rig.write("a.log", b"one\ntw")
    rig.poll(2)
    assert [b"one"] == rig.kept()
    rig.write("a.log", b"o\n")
    rig.poll()
    assert [b"two"] == rig.kept()


def test_a_line_that_never_ends_is_taken_when_it_has_rested(tmp_path: Path) -> None:
    """A program that died within a line leaves one; it is not lost."""
    rig = Rig(tmp_path, unfinished=3.0)
    rig.write("a.log", b"one\ntw")
    rig.poll(3)
    assert [b"one"] == rig.kept()
    rig.poll(2)
    assert [b"tw"] == rig.kept()
    rig.poll(6)
    assert [] == rig.kept()
    rig.spool.close()


def test_rotation_by_renaming_and_compressing(rig: Rig) -> None:
    """A renamed file goes on, its compressed form adds nothing, and the new file is read from its beginning."""
    rig.write("a.log", lines(0, 3))
    rig.poll()
    rig.write("a.log", lines(3, 5))
    (rig.logs / "a.log").rename(rig.logs / "a.log.1")
    rig.write("a.log", lines(100, 102))
    rig.poll()
    assert (lines(0, 5) + lines(100, 102)).splitlines() == rig.kept()
    rig.write("a.log.1", lines(5, 6))
    packed = rig.logs / "a.log.1.gz"
    packed.write_bytes(gzip.compress((rig.logs / "a.log.1").read_bytes()))
    (rig.logs / "a.log.1").unlink()
    rig.poll(2)
    rig.anew()
    rig.poll(2)
    assert lines(5, 6).splitlines() == rig.kept()


def test_rotation_by_copying_and_truncating(rig: Rig) -> None:
    """What was written just before the copy is read from the copy; the file begins anew, also when it is longer again at once."""
    rig.write("a.log", lines(0, 3))
    rig.poll()
    rig.write("a.log", lines(3, 5))
    shutil.copy(rig.logs / "a.log", rig.logs / "a.log.1")
    os.truncate(rig.logs / "a.log", 0)
    rig.write("a.log", lines(1000, 1010))
    rig.poll()
    assert sorted((lines(0, 5) + lines(1000, 1010)).splitlines()) == sorted(rig.kept())


def test_a_copy_that_is_not_whole_yet(rig: Rig) -> None:
    """A copy under way adds nothing, and neither does a compressed file that is still being written."""
    rig.write("a.log", lines(0, 50))
    rig.poll()
    whole = (rig.logs / "a.log").read_bytes()
    rig.write("copy", whole[:100])
    packed = gzip.compress(whole)
    rig.write("copy.gz", packed[:-10])
    rig.poll()
    rig.write("copy", whole[100:])
    rig.write("copy.gz", packed[-10:])
    rig.poll()
    assert lines(0, 50).splitlines() == rig.kept()
    assert [] == health.gaps(rig.home)


def test_a_message_that_spans_two_blocks_is_known(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read again in blocks of other sizes, a file adds nothing."""
    rig.write("a.log", lines(0, 300))
    rig.poll()
    monkeypatch.setattr(files, "BLOCK", 3000)
    rig.write("b.gz", gzip.compress(lines(0, 310)))
    rig.poll()
    assert lines(0, 310).splitlines() == rig.kept()


def test_trouble_is_on_record_until_it_is_over(rig: Rig) -> None:
    """No file, and one that stays damaged, are gaps with their names; they end when it is well."""
    rig.poll()
    assert [f"no file matches {rig.logs}/*"] == [gap.detail for gap in health.gaps(rig.home, only_open=True)]
    rig.write("a.gz", gzip.compress(lines(0, 9))[:-9])
    rig.write("b.log", lines(20, 21))
    rig.poll(3)
    assert ["a.gz cannot be read"] == [gap.detail for gap in health.gaps(rig.home, only_open=True)]
    assert lines(20, 21).splitlines() == rig.kept()[-1:]
    (rig.logs / "a.gz").write_bytes(gzip.compress(lines(0, 9)))
    rig.poll()
    assert [] == health.gaps(rig.home, only_open=True)


def test_a_record_of_several_lines_stays_together(tmp_path: Path) -> None:
    """Its last line is known by the next record, or by rest; no message ends within it."""
    rig = Rig(tmp_path, start=r"^\[", rest=2.0)
    rig.write("a.log", b"[1] a\n  more\n[2] b\n")
    rig.poll()
    assert [b"[1] a", b"  more"] == rig.kept()
    rig.write("a.log", b"  more of 2\n")
    rig.poll(4)
    assert [b"[2] b", b"  more of 2"] == rig.kept()
    long = b"[3]\n" + b"  x\n" * 3000 + b"[4]\n"
    rig.write("a.log", long)
    rig.poll()
    plan = rig.spool.plan()
    assert plan is not None
    assert [long.count(b"\n") - 1] == [message.body.count(b"\n") for message in rig.spool.messages(plan)]  # type: ignore[union-attr]
    rig.spool.close()


def test_a_record_that_never_ends_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines without a beginning hold nothing up: a block of them is taken as it is."""
    monkeypatch.setattr(files, "BLOCK", 100)
    monkeypatch.setattr("hemostat.collect.cutting.CHUNK_BYTES", 10)
    rig = Rig(tmp_path, start=r"^\[", rest=2.0)
    rig.write("a.log", b"more\n" * 50)
    rig.poll(4)
    assert [b"more"] * 50 == rig.kept()
    rig.spool.close()


def test_other_encodings_are_kept_in_utf8(tmp_path: Path) -> None:
    """What a single-byte encoding says is said in UTF-8."""
    rig = Rig(tmp_path, encoding="latin-1", unfinished=0.0)
    rig.write("a.log", b"caf\xe9\ncaf\xe9")
    rig.poll(2)
    assert ["café".encode()] * 2 == rig.kept()
    rig.spool.close()


def test_long_lines_are_taken_in_pieces(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than any log's costs bounded memory, loses nothing, and is known after a restart."""
    monkeypatch.setattr(files, "BLOCK", 100)
    monkeypatch.setattr(files, "LONGEST_LINE", 60)
    monkeypatch.setattr(files, "_LINE", re.compile(rb"[^\n]{0,59}\n|[^\n]{1,60}"))
    monkeypatch.setattr(files, "_BLOCKS", 1)
    rig.write("a.log", lines(0, 30) + b"x" * 250 + b"\n")
    rig.poll()
    rig.anew()
    rig.write("a.log", lines(30, 31))
    rig.poll()
    kept = rig.kept()
    assert lines(0, 30) + b"x" * 250 + lines(30, 31) == b"".join(line if line.startswith(b"x") else line + b"\n" for line in kept)


def test_nobody_else_reads_meanwhile(rig: Rig) -> None:
    """While `hemostat ingest` reads for the source, the feed waits its turn."""
    with alone(rig.home, "app"), pytest.raises(BadInput):
        rig.feed.poll()


def test_what_cannot_be_opened_is_passed_over(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that goes away between two looks, or that may not be read, holds up no other."""
    rig.write("a.log", lines(0, 2))
    (rig.logs / "folder").mkdir()
    (rig.logs / "nowhere").symlink_to(rig.logs / "gone")
    opened = Path.open

    def refuse(path: Path, *how: Any) -> Any:
        if path.name == "b.log":
            raise PermissionError(path.name)
        return opened(path, *how)

    rig.write("b.log", lines(2, 3))
    monkeypatch.setattr(Path, "open", refuse)
    rig.poll()
    assert lines(0, 2).splitlines() == rig.kept()
    assert ["b.log cannot be read"] == [gap.detail for gap in health.gaps(rig.home, only_open=True)]


def test_a_file_that_is_rotated_between_two_looks(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name then holds another file: that is looked at again, under its own number."""
    rig.write("a.log", lines(0, 2))
    found = rig.feed._found

    def late() -> dict[str, Path]:
        seen = found()
        monkeypatch.undo()
        (rig.logs / "a.log").rename(rig.logs / "a.log.1")
        rig.write("a.log", lines(5, 6))
        return seen

    monkeypatch.setattr(rig.feed, "_found", late)
    rig.poll()
    assert (lines(0, 2) + lines(5, 6)).splitlines() == rig.kept()


@pytest.mark.parametrize(
    "options", [{"paths": []}, {"paths": ["relative"]}, {"paths": ["/x"], "start": "("}, {"paths": ["/x"], "a": 1}]
)
def test_wrong_options_are_named(rig: Rig, options: dict[str, Any]) -> None:
    """Patterns are absolute, the start is a regular expression, and no other word is known."""
    with pytest.raises(BadSettings):
        files.collector(rig.post, options)


class Story:
    """Random life of a log file, and a collector that dies anywhere."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig = rig
        self.chance = random.Random(seed)  # noqa: S311  # a story, not a secret
        self.number = 0
        self.rotations = 0

    def write(self) -> None:
        """Some lines, the last of which may come in two parts."""
        for _ in range(self.chance.randrange(1, 6)):
            self.number += 1
            line = b"line %d %s\n" % (self.number, b"x" * self.chance.randrange(40))
            cut = self.chance.randrange(len(line))
            for part in (line[:cut], line[cut:]):
                self.rig.write("a.log", part)
                if self.chance.random() < 0.1:
                    self.look()

    def rotate(self) -> None:
        """One of the ways in which logs are rotated."""
        log = self.rig.logs / "a.log"
        if not log.exists():
            return
        self.rotations += 1
        old = self.rig.logs / f"a.log.{self.rotations}"
        match self.chance.choice(["rename", "copy", "compress"]):
            case "rename":
                log.rename(old)
            case "copy":
                whole = log.read_bytes()
                old.write_bytes(whole[: self.chance.randrange(len(whole) + 1)])
                if self.chance.random() < 0.3:
                    self.look()
                old.write_bytes(whole)
                os.truncate(log, 0)
            case _:
                log.rename(old)
                if self.chance.random() < 0.3:
                    self.look()
                old.with_name(f"{old.name}.gz").write_bytes(gzip.compress(old.read_bytes()))
                old.unlink()

    def look(self) -> None:
        """One poll, in which the process may be killed before or after its commit."""
        deliver, moment = self.rig.post.deliver, self.chance.choice(["before", "after", "never", "never", "full"])

        def dying(items: list[Item], **how: Any) -> list[Receipt]:
            if moment == "before":
                raise Killed
            if moment == "full" and self.chance.random() < 0.5:
                raise SpoolFull("full", retry_after=1)
            receipts = deliver(items, **how)
            if moment == "after":
                raise Killed
            return receipts

        self.rig.post.deliver = dying  # type: ignore[assignment, method-assign]
        try:
            self.rig.feed.poll()
        except Killed:
            self.rig.anew()
        except SpoolFull:
            pass
        finally:
            self.rig.post.deliver = deliver  # type: ignore[method-assign]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_every_line_once_whatever_happens(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Through any mixture of writing, rotating and dying, every line is in the spool once, and those of one file in order."""
    rig = Rig(tmp_path_factory.mktemp("story"))
    story = Story(rig, seed)
    for _ in range(30):
        story.chance.choice([story.write, story.write, story.look, story.look, story.rotate])()
    rig.anew()
    rig.poll(2)
    numbers = [int(line.split()[1]) for line in rig.kept()]
    rig.spool.close()
    assert list(range(1, story.number + 1)) == sorted(numbers)
