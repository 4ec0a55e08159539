"""The ledger in the database: append an act, read it back, prove that nothing was changed, sign where it stands."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from hemostat.kernel import BrokenChain, Entry, Home, SystemClock, canonical, check_signature, follow, sign, verify

from .acts import LedgerAct
from .models import LedgerCheckpoint, LedgerEntry, Person

__all__ = ["LedgerAct", "Verified", "chain_verify", "checkpoint", "entries", "head", "public_key", "record", "unsigned"]

# After these a matter is settled: whoever cuts the ledger back behind them would have to remove a signature too.
_SIGNED_AT_ONCE = frozenset({LedgerAct.INCIDENT_CLOSE, LedgerAct.EXERCISE_END, LedgerAct.EXERCISE_SCORE})

_Telling = tuple[bytes, datetime]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the whole chain found: it holds up to `seq`, under this many signatures."""

    seq: int
    hash: str
    checkpoints: int


def record(*, act: LedgerAct, by: Person | str, at: datetime, subject: str, **payload: Any) -> LedgerEntry:
    """The act stands at the end of the chain, as part of the caller's transaction.

    An act that settles a matter, the end of an incident or of a drill, is signed as soon as that transaction is committed.
    SQLite's IMMEDIATE transactions admit one writer at a time, so that two acts never follow the same entry.
    `payload` holds words, numbers, moments and references; never a patient value.
    """
    with transaction.atomic(savepoint=False):
        last = LedgerEntry.objects.order_by("-seq").first()
        entry = follow(
            last.entry() if last else None,
            at=at,
            recorded_at=SystemClock().now(),
            actor=by.username if isinstance(by, Person) else by,
            act=LedgerAct(act).value,
            subject=subject,
            payload=msgspec.to_builtins(payload, str_keys=True),
        )
        row = LedgerEntry.objects.create(**msgspec.structs.asdict(entry))
        if row.act in _SIGNED_AT_ONCE:
            # Not before the commit, so that the signature covers all that the transaction wrote.
            transaction.on_commit(partial(checkpoint, at))
        return row


def entries(subject: str | None = None, after: int = 0) -> QuerySet[LedgerEntry]:
    """The entries after number `after`, oldest first; with `subject`, those about it and its parts (`INC-0001/...`)."""
    found = LedgerEntry.objects.filter(seq__gt=after).order_by("seq")
    if subject is None:
        return found
    return found.filter(subject=subject) | found.filter(subject__startswith=f"{subject}/")


def head() -> LedgerEntry | None:
    """The last entry, or None when nothing has happened yet."""
    return LedgerEntry.objects.order_by("-seq").first()


def unsigned() -> int:
    """How many entries at the end no signature covers yet; the entry about the last signature is always one of them."""
    last, mark = head(), LedgerCheckpoint.objects.order_by("-seq").first()
    return (last.seq if last else 0) - (mark.seq if mark else 0)


def public_key() -> str:
    """The key, in hex, with which a stranger checks the signatures of this home."""
    return _hex(_signer().public_key())


def checkpoint(at: datetime) -> LedgerCheckpoint | None:
    """The head of the chain is signed with the key `ledger`; None when there is nothing to sign."""
    with transaction.atomic():
        last = head()
        if last is None:
            return None
        mark = LedgerCheckpoint.objects.create(
            seq=last.seq, hash=last.hash, signature=sign(last.entry(), _signer()), public_key=public_key(), signed_at=at
        )
        record(act=LedgerAct.LEDGER_CHECKPOINT, by="system", at=at, subject="ledger", seq=last.seq, hash=last.hash)
        return mark


def chain_verify() -> Verified:
    """Every entry follows the one before it, every signature is of this home and fits, and none that the chain tells of is gone.

    Raises `BrokenChain` at the first that is wrong.
    """
    # Read before the chain: a signature made meanwhile has its entry in the chain and is not yet among these.
    marks = list(LedgerCheckpoint.objects.all())
    keys = {_hex(key): key for key in _verifiers()}
    signed = dict.fromkeys(mark.seq for mark in marks)
    told: dict[_Telling, int] = {}
    last = verify(_noting(signed, told))
    for mark in marks:
        _mark_verify(mark, signed[mark.seq], keys)
        if _telling(mark) not in told:
            raise BrokenChain(mark.seq, "it was signed and no entry tells of that")
    kept = {_telling(mark) for mark in LedgerCheckpoint.objects.all()}
    if gone := [seq for telling, seq in told.items() if telling not in kept]:
        raise BrokenChain(gone[0], "the signature that it tells of is gone")
    return Verified(seq=last.seq if last else 0, hash=last.hash if last else "", checkpoints=len(marks))


def _mark_verify(mark: LedgerCheckpoint, signed: Entry | None, keys: Mapping[str, Ed25519PublicKey]) -> None:
    """Nothing, when the signature is of this entry and of a key of this home. Raises `BrokenChain` otherwise."""
    if signed is None:
        raise BrokenChain(mark.seq, "it was signed and is gone")
    if signed.hash != mark.hash:
        raise BrokenChain(mark.seq, "it is not the entry that was signed")
    if mark.public_key not in keys:
        raise BrokenChain(mark.seq, "it was signed with a key that is not of this home")
    check_signature(signed, mark.signature, keys[mark.public_key])


def _noting(signed: dict[int, Entry | None], told: dict[_Telling, int]) -> Iterator[Entry]:
    """The entries one by one. Those whose number is in `signed` are kept there, what tells of a signature in `told`."""
    for row in LedgerEntry.objects.order_by("seq").iterator():
        entry = row.entry()
        if entry.seq in signed:
            signed[entry.seq] = entry
        if entry.act == LedgerAct.LEDGER_CHECKPOINT:
            told[canonical(entry.payload), entry.at] = entry.seq
        yield entry


def _telling(mark: LedgerCheckpoint) -> _Telling:
    """What the entry about a signature holds: which entry was signed, and when."""
    return canonical({"seq": mark.seq, "hash": mark.hash}), mark.signed_at


def _verifiers() -> list[Ed25519PublicKey]:
    """The public keys of this home, newest first; the older ones still verify what they signed."""
    home: Home = settings.HOME
    seeds = home.keyring(home.settings()).secrets("ledger")
    return [Ed25519PrivateKey.from_private_bytes(seed).public_key() for seed in seeds]


def _signer() -> Ed25519PrivateKey:
    home: Home = settings.HOME
    return home.keyring(home.settings()).signer("ledger")


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes_raw().hex()
