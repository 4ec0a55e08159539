"""What is asked to be done with dead letters is done piece by piece, survives a kill, and touches no others."""

from datetime import timedelta

import msgspec
import pytest

from hemostat.kernel import BadInput, Home, Source
from hemostat.lake import dead_letters, errands
from hemostat.lake.errands import Doing, errand_asked, errand_next
from hemostat.lake.holds import Reach, hold_place
from hemostat.lake.pipeline import drain
from hemostat.lake.reader import read
from hemostat.lake.spool import Spool
from unit.lake.made import NOON, incoming

BAD = "The line is not JSON in UTF-8, or was cut short."
LOST = "The settings name no source 'gone'."


@pytest.fixture
def letters(home: Home, spool: Spool) -> None:
    """Five messages of a source that the settings lost, and two bad lines of one that they know."""
    event = b'{"time": "2026-03-02T12:00:00Z", "act": "page:read"}'
    spool.append([incoming(source="gone", key=str(number), body=event) for number in range(5)])
    drain(home, spool)
    spool.append([incoming(source="app", key=f"bad-{number}", body=b"bad") for number in range(2)])
    drain(home, spool)


def waiting(home: Home, spool: Spool) -> list[tuple[str, str]]:
    """Source and reason of each letter that waits."""
    found = dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch())
    return sorted((one.source, one.reason) for one in found)


def asked(home: Home, verb: errands.Verb, source: str, reason: str, count: int = 5) -> bool:
    """Somebody asks for it."""
    return errand_asked(home, verb, source=source, reason=reason, count=count, by="Ada", now=NOON)


def next_one(home: Home, spool: Spool) -> Doing:
    """The errand that is next."""
    found = errand_next(home, spool)
    assert found is not None
    return found


def mended(home: Home) -> None:
    """The settings name the lost source again."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, "gone": Source(kind="events", store="x")}))


@pytest.mark.usefixtures("letters")
def test_letters_are_read_again_after_the_fix(home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, with progress that others can see; killed in between, the next worker goes on; each event is there once."""
    monkeypatch.setattr(errands, "PIECE", 2)
    mended(home)
    assert asked(home, "retry", "gone", LOST)
    assert not asked(home, "discard", "gone", LOST)
    assert next_one(home, spool).turn()
    assert [(5, 2, None)] == [(one.total, one.done, one.ended_at) for one in errands.errands(home, since=NOON)]

    doing = next_one(home, spool)  # the worker before it was killed
    turns = [doing.turn() for _ in range(2)]
    doing.end(NOON + timedelta(minutes=1))

    assert [True, False] == turns
    assert errand_next(home, spool) is None
    assert [(5, 5, 0, "")] == [(one.total, one.done, one.stayed, one.fault) for one in errands.errands(home, since=NOON)]
    assert [] == errands.errands(home, since=NOON + timedelta(minutes=2))
    assert [("app", BAD)] * 2 == waiting(home, spool)
    drain(home, spool)
    assert ["gone"] * 5 == read(home, spool.parts())["source"].to_pylist()


@pytest.mark.usefixtures("letters")
def test_what_still_cannot_be_read_stays_and_is_counted(home: Home, spool: Spool) -> None:
    """Asked for too early, nothing is lost."""
    asked(home, "retry", "gone", LOST)
    doing = next_one(home, spool)
    assert not doing.turn()
    assert (5, 5) == (doing.errand.done, doing.errand.stayed)
    assert [("app", BAD)] * 2 + [("gone", LOST)] * 5 == waiting(home, spool)


@pytest.mark.usefixtures("letters")
def test_letters_that_are_destroyed_are_gone_from_the_disk(home: Home, spool: Spool) -> None:
    """Those of this source and reason; the file of another stays as it was."""
    before = sorted(path.name for path in home.dead_letters.iterdir())
    asked(home, "discard", "gone", LOST)
    assert not next_one(home, spool).turn()
    assert [("app", BAD)] * 2 == waiting(home, spool)
    assert before[1:] == sorted(path.name for path in home.dead_letters.iterdir())


def test_of_a_file_with_several_only_some_go(home: Home, spool: Spool) -> None:
    """The others keep their places, and can still be handed back."""
    spool.append([incoming(source=source, key=source, body=b"bad") for source in ("app", "gone", "edge")])
    drain(home, spool)
    asked(home, "discard", "gone", LOST, count=1)
    assert not next_one(home, spool).turn()
    left = list(dead_letters.waiting(home.dead_letters, last_batch=1))
    assert [("app", 0), ("edge", 2)] == [(one.source, one.position) for one in left]


@pytest.mark.usefixtures("letters")
def test_a_hold_that_comes_in_between_saves_them(home: Home, spool: Spool) -> None:
    """The errand is given up, says why, and can be asked for again later."""
    errands.require_no_hold(home)
    asked(home, "discard", "gone", LOST)
    hold_place(home, Reach(), reason="Litigation.", by="Ada", now=NOON)
    with pytest.raises(BadInput, match="hold 1"):
        errands.require_no_hold(home)
    doing = next_one(home, spool)
    assert not doing.turn()
    assert "A legal hold keeps all dead letters" in doing.errand.fault
    assert 5 == sum(source == "gone" for source, _ in waiting(home, spool))


def test_an_errand_about_letters_that_are_gone_ends(home: Home, spool: Spool) -> None:
    """Somebody read them again with the command meanwhile, or their days were over."""
    asked(home, "retry", "gone", LOST, count=3)
    doing = next_one(home, spool)
    assert not doing.turn()
    assert (3, 3) == (doing.errand.total, doing.errand.done)


def test_who_keeps_letters_is_remembered(home: Home) -> None:
    """The last one who said so."""
    for name in ("Ada", "Ben"):
        errands.letters_kept(home, source="app", reason=BAD, by=name, note="A test of the vendor.", now=NOON)
    assert {("app", BAD): errands.Kept(by="Ben", at=NOON, note="A test of the vendor.")} == errands.kept_letters(home)
