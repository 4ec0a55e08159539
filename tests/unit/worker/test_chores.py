"""Work that fails is tried again, later each time, and never in the way of other work."""

import contextlib
import errno
import json
import sqlite3
from collections.abc import Callable

import pytest
from django.db.utils import OperationalError

from hemostat.kernel import BadInput, log
from hemostat.worker.chores import Chore, described


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.shows = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.shows


@pytest.fixture
def watch() -> Watch:
    """A clock at zero."""
    return Watch()


def _failing(error: Exception, times: list[float], watch: Watch) -> Callable[[], bool]:
    def act() -> bool:
        times.append(watch.shows)
        raise error

    return act


def test_work_is_done_again_after_its_pause(watch: Watch) -> None:
    """Between two turns lie `every` seconds."""
    done: list[float] = []
    chore = Chore("x", lambda: bool(done.append(watch.shows)), every=10, clock=watch)

    for moment in (0, 5, 9.9, 10, 11, 20):
        watch.shows = moment
        assert chore.turn() is False

    assert [0, 10, 20] == done


def test_work_that_has_more_goes_on_at_once(watch: Watch) -> None:
    """A backlog is worked off without pauses."""
    left = [True, True, False, True]
    chore = Chore("x", lambda: left.pop(0), every=10, clock=watch)

    assert [True, True, False, False] == [chore.turn() for _ in range(4)]
    assert [True] == left


def test_failures_back_off(watch: Watch) -> None:
    """A failing piece of work does not run hot: its pauses double up to a minute."""
    tried: list[float] = []
    chore = Chore("x", _failing(OSError(), tried, watch), clock=watch)

    for tick in range(4000):
        watch.shows = tick / 10
        assert chore.turn() is False

    assert [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5, 183.5] == tried[:10]


def test_success_ends_the_patience(watch: Watch) -> None:
    """After a success the next failure waits shortly again."""
    plan: list[Exception | bool] = [OSError(), OSError(), False, OSError(), False]
    tried: list[float] = []

    def act() -> bool:
        tried.append(watch.shows)
        step = plan.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    chore = Chore("x", act, every=1, clock=watch)
    for tick in range(41):
        watch.shows = tick / 10
        chore.turn()

    assert [0, 0.5, 1.5, 2.5, 3.0] == tried[:5]


def test_a_failure_is_recovered_from_and_logged(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    """What was half done is put right before the next try, and one line of log says what and when."""
    log.configure("worker")
    recovered: list[float] = []
    chore = Chore(
        "detect", _failing(BadInput("No.", advice="Do."), [], watch), recover=lambda: recovered.append(watch.shows), clock=watch
    )

    chore.turn()

    line = json.loads(capsys.readouterr().err)
    assert ("worker.failed", "detect", "No. Do.", 0.5) == (line["event"], line["step"], line["error"], line["seconds"])
    assert [0] == recovered


def _raised(error: Exception, cause: Exception | None) -> Exception:
    """The error as it is after it was raised from its cause."""
    with pytest.raises(type(error)) as raised:
        raise error from cause
    return raised.value


def _sqlite_full() -> sqlite3.OperationalError:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("PRAGMA max_page_count=1")
        with pytest.raises(sqlite3.OperationalError) as full:
            db.execute("CREATE TABLE t (a)")
        return full.value


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "jane.roe"), None),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), None),
        (_sqlite_full(), None),
        (OperationalError("database or disk is full"), _sqlite_full()),
    ],
)
def test_a_full_disk_is_named_with_the_way_out(error: Exception, cause: Exception | None) -> None:
    """Whoever met the end of the disk, the log says what happened, where, and what to do."""
    text = described(_raised(error, cause))

    assert text.startswith(f"The disk is full ({type(error).__name__} at test_chores.py:")
    assert "Free some space" in text
    assert "jane" not in text


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "x"), sqlite3.OperationalError("x"), ValueError()])
def test_another_failure_is_no_full_disk(error: Exception) -> None:
    """Only what the disk said is said of the disk."""
    assert "disk" not in described(_raised(error, KeyError()))


def test_words_that_are_not_ours_are_not_logged() -> None:
    """A library's error may quote a record; the log gets its kind and place only."""
    try:
        int("jane.roe@example.com")
    except ValueError as error:
        text = described(error)

    assert "jane" not in text
    assert text.startswith("ValueError at test_chores.py:")
