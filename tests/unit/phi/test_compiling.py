"""Compiled patterns are kept for the next process, and nothing depends on what was kept."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import hyperscan
import pytest

from hemostat.phi import compiling
from hemostat.phi.compiling import compiled

PATTERNS = ["ab+c", "xy[0-9]"]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hemostat" / "patterns"


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many patterns were compiled, each time that some were."""
    done: list[int] = []

    class Counted(hyperscan.Database):  # type: ignore[misc]  # the package ships no types
        def compile(self, **given: list[bytes]) -> None:
            done.append(len(given["expressions"]))
            super().compile(**given)

    monkeypatch.setattr(hyperscan, "Database", Counted)
    return done


def found(text: bytes = b"abbc xy7") -> list[tuple[int, int, int]]:
    """What the patterns find: number, beginning and end."""
    matches: list[tuple[int, int, int]] = []
    compiled(PATTERNS, [True, True]).scan(text, match_event_handler=lambda *told: matches.append(told[:3]))
    return sorted(matches)


def test_what_was_compiled_once_is_read_back(kept: Path, compilations: list[int]) -> None:
    """The second time nothing is compiled, and the same is found; only the owner may read the file."""
    first = found()

    assert [(0, 0, 4), (1, 5, 8)] == first == found()
    assert [2] == compilations
    (file,) = kept.iterdir()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert 0o700 == stat.S_IMODE(kept.stat().st_mode)


def test_other_patterns_are_another_file(kept: Path, compilations: list[int]) -> None:
    """Patterns, whether they tell where a match begins, and whether they are plain words, all make a difference."""
    for literal in (False, True):
        for tell in (False, literal):
            compiled(["ab"], [tell and not literal], literal=literal)
    compiled(["abc"], [False])
    compiled(["abc"], [True])

    assert 4 == len(list(kept.iterdir())) == len(compilations)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda _: compiling.hashlib.sha256(b"no database").digest() + b"no database",
    ],
    ids=["a bit", "half", "empty", "something else"],
)
def test_a_spoiled_file_is_made_anew(kept: Path, compilations: list[int], spoiled: Callable[[bytes], bytes]) -> None:
    """What is damaged, cut short, or whole but no database, is not used, and replaced."""
    first = found()
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(spoiled(whole))

    assert first == found()
    assert [2, 2] == compilations
    assert whole == file.read_bytes()


def test_a_file_that_others_may_write_is_not_read(kept: Path, compilations: list[int]) -> None:
    """Nobody else decides what this process loads."""
    found()
    (file,) = kept.iterdir()
    file.chmod(0o666)

    found()

    assert [2, 2] == compilations
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_without_a_place_to_keep_it_patterns_are_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compilations: list[int]
) -> None:
    """A folder that cannot be made costs time, and nothing else."""
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))

    assert found() == found()
    assert [2, 2] == compilations


def test_only_the_newest_files_stay(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes a dictionary again and again fills no disk."""
    monkeypatch.setattr(compiling, "_MOST_KEPT", 2)
    for age, pattern in enumerate(["a", "b", "c"]):
        before = set(kept.glob("*")) if kept.exists() else set()
        compiled([pattern], [False])
        for new in set(kept.iterdir()) - before:
            os.utime(new, (1_000_000 + age, 1_000_000 + age))

    assert {1_000_001, 1_000_002} >= {int(file.stat().st_mtime) for file in kept.iterdir()}
    assert 2 == len(list(kept.iterdir()))


def test_they_lie_in_the_home_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word of the environment, where such files lie (XDG Base Directory Specification)."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    assert Path.home() / ".cache" / "hemostat" / "patterns" == compiling.folder()
