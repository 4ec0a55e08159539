"""The worker does what was asked for on the page, and says in the ledger what became of it."""

import errno
from datetime import timedelta

import pytest

from hemostat.incidents.letters import letters_discard, letters_keep, letters_retry
from hemostat.kernel import BadInput, Home, NotFound
from hemostat.lake import dead_letters, errands
from hemostat.lake.holds import Reach, hold_place
from hemostat.lake.spool import Spool
from hemostat.people.ledger import entries
from hemostat.people.models import Person, RoleGrant
from hemostat.people.rights import Refused, Role
from hemostat.worker.loop import Worker
from unit.lake.made import NOON, incoming

pytestmark = pytest.mark.django_db
NOTE = "The vendor sent its test lines to us by mistake."


@pytest.fixture
def reason(home: Home, spool: Spool, worker: Worker) -> str:
    """Three lines of the edge log that are none; what is said of them."""
    spool.append([incoming(source="edge", key=str(number), body=b"nonsense") for number in range(3)])
    worker.drain()
    return next(iter(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))).reason


def person(role: Role) -> Person:
    """Somebody with one role."""
    made = Person.objects.create_user(username=role.value, first_name=role.label)
    RoleGrant.objects.create(person=made, role=role.value, granted_at=NOON, granted_by="test")
    return made


def acts() -> list[tuple[str, str]]:
    """Acts on the letters of the edge, each with who did it."""
    return [(entry.act, entry.actor) for entry in entries("letters/edge")]


def test_what_is_asked_for_is_done_and_told(worker: Worker, home: Home, spool: Spool, reason: str) -> None:
    """Read again they stay, since nothing was mended; then they are destroyed, with the reason on record."""
    engineer = person(Role.ENGINEER)
    assert worker.errands() is False
    assert 3 == letters_retry(source="edge", reason=reason, by=engineer, now=NOON)
    with pytest.raises(BadInput, match="at work"):
        letters_discard(source="edge", reason=reason, note=NOTE, by=engineer, now=NOON)

    assert worker.errands() is True
    assert 3 == letters_discard(source="edge", reason=reason, note=NOTE, by=engineer, now=NOON)
    worker.errands()

    assert [] == list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))
    assert [
        ("letters:retry", "engineer"),
        ("letters:retry", "worker"),
        ("letters:discard", "engineer"),
        ("letters:discard", "worker"),
    ] == acts()
    payloads = [entry.payload for entry in entries("letters/edge")]
    assert (3, 3, NOTE) == (payloads[1]["count"], payloads[1]["stayed"], payloads[2]["note"])
    with pytest.raises(NotFound):
        letters_retry(source="edge", reason=reason, by=engineer, now=NOON)


def test_an_errand_that_failed_is_taken_up_again(
    worker: Worker, home: Home, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk stops a turn; nothing is told as done before it is."""
    letters_retry(source="edge", reason=reason, by=person(Role.COMPLIANCE), now=NOON)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(errands, "retry_some", full)
        with pytest.raises(OSError, match="No space"):
            worker.errands()
    worker.drop_errand()
    assert [None] == [one.ended_at for one in errands.errands(home, since=NOON)]
    worker.errands()
    assert [3] == [one.stayed for one in errands.errands(home, since=NOON - timedelta(days=10_000))]


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.AUDITOR, Role.ADMIN])
def test_who_may_not_preserve_decides_nothing(reason: str, role: Role) -> None:
    """Rights are asked where the act is."""
    by = person(role)
    for act in (letters_retry, letters_keep, letters_discard):
        with pytest.raises(Refused):
            act(source="edge", reason=reason, by=by, now=NOON, **({} if act is letters_retry else {"note": NOTE}))  # type: ignore[operator]  # one of three
    assert [] == acts()


def test_nothing_is_destroyed_under_a_hold_or_without_a_reason(home: Home, reason: str) -> None:
    """Nor kept without a word."""
    by = person(Role.COMPLIANCE)
    for note in ("", "x", "   "):
        with pytest.raises(BadInput, match="says nothing"):
            letters_discard(source="edge", reason=reason, note=note, by=by, now=NOON)
        with pytest.raises(BadInput, match="says nothing"):
            letters_keep(source="edge", reason=reason, note=note, by=by, now=NOON)
    hold_place(home, Reach(), reason="Litigation.", by="Ada", now=NOON)
    with pytest.raises(BadInput, match="A legal hold keeps all dead letters"):
        letters_discard(source="edge", reason=reason, note=NOTE, by=by, now=NOON)
    assert 3 == letters_keep(source="edge", reason=reason, note=f"{NOTE} Ask jane.roe@example.com.", by=by, now=NOON)
    assert [("letters:keep", "compliance")] == acts()
    assert "jane.roe@" not in errands.kept_letters(home)[("edge", reason)].note
