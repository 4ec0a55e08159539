"""The ledger: append-only, verifiable, signed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from hemostat.cli.ledger import verify as verify_command
from hemostat.kernel import GENESIS, BrokenChain, Entry, Home, sign
from hemostat.kernel.ledger import entry_hash
from hemostat.people.ledger import LedgerAct, chain_verify, checkpoint, entries, head, public_key, record, unsigned
from hemostat.people.models import LedgerCheckpoint, LedgerEntry, Person
from hemostat.people.rights import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def sql(statement: str, *values: object) -> None:
    """Runs a statement past every service, as somebody with the file would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def without_triggers() -> None:
    """Nothing in the database protects the ledger any more."""
    for table in ("entry", "checkpoint"):
        for verb in ("update", "delete"):
            sql(f"DROP TRIGGER people_ledger{table}_no_{verb}")


def three(now: datetime) -> None:
    """Three entries stand in the ledger."""
    for number in range(3):
        record(act=LedgerAct.NOTE_ADD, by="mara", at=now + timedelta(minutes=number), subject="INC-0001", number=number)


def test_entries_follow_one_another(now: datetime, person: Callable[..., Person]) -> None:
    """Each entry continues the one before, with who, what, when it happened and when it was written."""
    assert head() is None
    assert (0, "", 0) == (chain_verify().seq, chain_verify().hash, chain_verify().checkpoints)

    first = record(act=LedgerAct.INCIDENT_OPEN, by=person(Role.ENGINEER), at=now, subject="INC-0001", when=now, n={1: "x"})
    second = record(act=LedgerAct.STEP_READY, by="playbook", at=now, subject="INC-0001/step/seal")

    assert (1, GENESIS, "engineer", "incident:open") == (first.seq, first.prev_hash, first.actor, first.act)
    assert first.hash == second.prev_hash
    assert {"when": "2026-03-10T14:04:00Z", "n": {"1": "x"}} == LedgerEntry.objects.get(seq=1).payload
    assert second.recorded_at.tzinfo is not None
    assert head() == second
    assert 2 == chain_verify().seq


def test_entries_are_found_by_subject_and_its_parts(now: datetime) -> None:
    """An incident's entries include its steps and evidence, never those of another whose number begins alike."""
    for subject in ("INC-0001", "INC-0001/step/a", "INC-00010", "person/mara"):
        record(act=LedgerAct.NOTE_ADD, by="mara", at=now, subject=subject)

    assert ["INC-0001", "INC-0001/step/a"] == [entry.subject for entry in entries("INC-0001")]
    assert [3, 4] == [entry.seq for entry in entries(after=2)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_ledgerentry SET actor = 'x' WHERE seq = 2",
        "DELETE FROM people_ledgerentry WHERE seq = 3",
        "UPDATE people_ledgercheckpoint SET seq = 9",
        "DELETE FROM people_ledgercheckpoint",
    ],
)
def test_the_database_refuses_to_change_the_ledger(now: datetime, statement: str) -> None:
    """Not even raw SQL changes or removes an entry while the triggers stand."""
    three(now)
    checkpoint(now)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert 1 == chain_verify().checkpoints


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE people_ledgerentry SET actor = 'x' WHERE seq = 2", 2),
        ("UPDATE people_ledgerentry SET payload = '{\"number\": 9}' WHERE seq = 1", 1),
        ("UPDATE people_ledgerentry SET at = '2026-03-10 14:04:00.000001' WHERE seq = 1", 1),
        ("DELETE FROM people_ledgerentry WHERE seq = 2", 3),
        ("DELETE FROM people_ledgerentry WHERE seq >= 3", 3),
    ],
)
def test_who_drops_the_triggers_is_still_found_out(now: datetime, statement: str, seq: int) -> None:
    """A changed, missing or cut-off entry is named by its number."""
    three(now)
    checkpoint(now)
    for verb in ("update", "delete"):
        sql(f"DROP TRIGGER people_ledgerentry_no_{verb}")

    sql(statement)

    with pytest.raises(BrokenChain) as broken:
        chain_verify()
    assert seq == broken.value.seq


def test_a_ledger_made_anew_does_not_fit_its_signature(now: datetime) -> None:
    """Who recomputes every hash still lacks the key: the old signature names the entry."""
    three(now)
    checkpoint(now)
    sql("DROP TRIGGER people_ledgerentry_no_delete")
    sql("DELETE FROM people_ledgerentry")
    for number in range(4):
        record(act=LedgerAct.NOTE_ADD, by="somebody", at=now, subject="INC-0001", number=number)

    with pytest.raises(BrokenChain, match="not the entry that was signed"):
        chain_verify()


def test_a_ledger_made_anew_and_signed_with_another_key_is_refused(now: datetime) -> None:
    """Who recomputes every hash, signs again and puts the new key into the row still lacks a key of this home."""
    three(now)
    checkpoint(now)
    other = Ed25519PrivateKey.generate()
    without_triggers()
    last: Entry | None = None
    for row in LedgerEntry.objects.order_by("seq"):
        entry = row.entry()
        payload = {"seq": last.seq, "hash": last.hash} if last and entry.act == LedgerAct.LEDGER_CHECKPOINT else entry.payload
        changed = msgspec.structs.replace(entry, actor="mallory", payload=payload, prev_hash=last.hash if last else GENESIS)
        last = msgspec.structs.replace(changed, hash=entry_hash(changed))
        LedgerEntry.objects.filter(seq=row.seq).update(**msgspec.structs.asdict(last))
        LedgerCheckpoint.objects.filter(seq=row.seq).update(
            hash=last.hash, signature=sign(last, other), public_key=other.public_key().public_bytes_raw().hex()
        )

    with pytest.raises(BrokenChain, match="signed with a key that is not of this home") as broken:
        chain_verify()
    assert 3 == broken.value.seq


def test_a_signature_that_was_removed_is_missed(now: datetime) -> None:
    """Without its row, the entry about the signature is named: all of them are gone, or one."""
    three(now)
    for _ in range(2):
        checkpoint(now)
    without_triggers()

    LedgerCheckpoint.objects.filter(seq=3).delete()
    with pytest.raises(BrokenChain, match="the signature that it tells of is gone") as broken:
        chain_verify()
    assert 4 == broken.value.seq
    LedgerCheckpoint.objects.all().delete()
    with pytest.raises(BrokenChain, match="the signature that it tells of is gone"):
        chain_verify()


@pytest.mark.parametrize("change", [{"seq": 2}, {"at": True}])
def test_a_signature_that_no_entry_tells_of_is_refused(now: datetime, home: Home, change: dict[str, object]) -> None:
    """A row of another entry or another moment than the chain tells of was slipped in, even if its signature fits."""
    three(now)
    mark = checkpoint(now)
    assert mark is not None
    signed = LedgerEntry.objects.get(seq=change.get("seq", mark.seq)).entry()
    LedgerCheckpoint.objects.create(
        seq=signed.seq,
        hash=signed.hash,
        signature=sign(signed, home.keyring(home.settings()).signer("ledger")),
        public_key=public_key(),
        signed_at=now - timedelta(days=1) if "at" in change else now,
    )

    with pytest.raises(BrokenChain, match="it was signed and no entry tells of that"):
        chain_verify()


def test_what_an_older_key_of_the_home_signed_still_fits(now: datetime, home: Home) -> None:
    """A key that was replaced verifies for as long as the home keeps it, and not longer."""
    three(now)
    checkpoint(now)
    keyring = home.keyring(home.settings())
    old, new = keyring.secret("ledger"), b"n" * 32

    keyring.put("ledger", [new, old])
    checkpoint(now)
    assert 2 == chain_verify().checkpoints

    keyring.put("ledger", [new])
    with pytest.raises(BrokenChain, match="not of this home"):
        chain_verify()


def test_what_no_signature_covers_is_counted(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    """A tail without a signature can be cut off unnoticed: how long it is can be asked, and the command says it."""
    assert 0 == unsigned()
    three(now)
    assert 3 == unsigned()
    checkpoint(now)
    assert 1 == unsigned()  # the entry about the signature itself
    record(act=LedgerAct.NOTE_ADD, by="mara", at=now, subject="INC-0001")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hemostat.cli.ledger.database_ready", lambda _: None)
        verify_command(json=False)

    assert "Entries at the end that no signature covers yet: 2." in capsys.readouterr().out


@pytest.mark.parametrize("act", [LedgerAct.INCIDENT_CLOSE, LedgerAct.EXERCISE_END, LedgerAct.EXERCISE_SCORE])
def test_the_end_of_a_matter_is_signed_at_once(
    now: datetime, act: LedgerAct, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """When an incident or a drill has ended, all that its transaction wrote can no longer be cut off unnoticed."""
    with django_capture_on_commit_callbacks(execute=True):
        record(act=act, by="mara", at=now, subject="INC-0001")
        three(now)

    assert (1, 1) == (chain_verify().checkpoints, unsigned())
    assert 4 == LedgerCheckpoint.objects.get().seq
    without_triggers()
    LedgerEntry.objects.filter(seq__gte=4).delete()
    with pytest.raises(BrokenChain, match="was signed and is gone"):
        chain_verify()


def test_a_signature_of_another_key_is_refused(now: datetime) -> None:
    """A signature that is not of the key it names breaks the chain."""
    three(now)
    mark = checkpoint(now)
    assert mark is not None
    LedgerCheckpoint.objects.create(seq=mark.seq, hash=mark.hash, signature="00" * 64, public_key=public_key(), signed_at=now)

    with pytest.raises(BrokenChain, match="not of this key"):
        chain_verify()


def test_there_is_nothing_to_sign_before_the_first_act(now: datetime) -> None:
    """An empty ledger has no checkpoint; the first one signs the head and is an entry itself."""
    assert checkpoint(now) is None
    three(now)

    mark = checkpoint(now)

    assert mark is not None
    assert (3, public_key()) == (mark.seq, mark.public_key)
    last = head()
    assert last is not None
    assert (LedgerAct.LEDGER_CHECKPOINT, 4) == (last.act, last.seq)


def test_an_entry_of_a_transaction_that_fails_never_was(now: datetime) -> None:
    """What is rolled back leaves no entry, and the next one takes its number."""
    with transaction.atomic():
        record(act=LedgerAct.NOTE_ADD, by="mara", at=now, subject="INC-0001")
        transaction.set_rollback(True)

    assert 1 == record(act=LedgerAct.NOTE_ADD, by="mara", at=now, subject="INC-0001").seq


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    payload=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(2**53), 2**53),
            st.text(st.characters(codec="utf-8")),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=4,
    ),
    offset=st.integers(-14 * 60, 14 * 60),
    micros=st.integers(0, 999_999),
)
def test_whatever_is_written_verifies_when_read_back(payload: dict[str, object], offset: int, micros: int) -> None:
    """Unicode, numbers and zones survive the database without breaking the chain."""
    at = datetime(2026, 3, 10, 14, 4, 1, micros, tzinfo=timezone(timedelta(minutes=offset)))

    entry = record(act=LedgerAct.EXERCISE_ACT, by="mara", at=at, subject="DRL-0001", detail=payload)

    assert at.astimezone(UTC) == LedgerEntry.objects.get(seq=entry.seq).at
    assert entry.hash == chain_verify().hash


def test_words_have_two_parts() -> None:
    """Every act is a thing and a verb."""
    assert ("incident", "open") == (LedgerAct.INCIDENT_OPEN.thing, LedgerAct.INCIDENT_OPEN.verb)
    assert all(act.thing and act.verb for act in LedgerAct)
