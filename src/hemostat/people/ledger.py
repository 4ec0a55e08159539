"""The ledger in the database: append an act, read it back, prove that nothing was changed, sign where it stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from hemostat.kernel import BrokenChain, Entry, Home, SystemClock, check_signature, follow, sign, verify

from .acts import LedgerAct
from .models import LedgerCheckpoint, LedgerEntry, Person

__all__ = ["LedgerAct", "Verified", "chain_verify", "checkpoint", "entries", "head", "public_key", "record"]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the whole chain found: it holds up to `seq`, under this many signatures."""

    seq: int
    hash: str
    checkpoints: int


def record(*, act: LedgerAct, by: Person | str, at: datetime, subject: str, **payload: Any) -> LedgerEntry:
    """The act stands at the end of the chain, as part of the caller's transaction.

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
        return LedgerEntry.objects.create(**msgspec.structs.asdict(entry))


def entries(subject: str | None = None, after: int = 0) -> QuerySet[LedgerEntry]:
    """The entries after number `after`, oldest first; with `subject`, those about it and its parts (`INC-0001/...`)."""
    found = LedgerEntry.objects.filter(seq__gt=after).order_by("seq")
    if subject is None:
        return found
    return found.filter(subject=subject) | found.filter(subject__startswith=f"{subject}/")


def head() -> LedgerEntry | None:
    """The last entry, or None when nothing has happened yet."""
    return LedgerEntry.objects.order_by("-seq").first()


def public_key() -> str:
    """The key, in hex, with which a stranger checks the signatures of this home."""
    return _signer().public_key().public_bytes_raw().hex()


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
    """Every entry follows the one before it and every signature fits. Raises `BrokenChain` at the first that is wrong."""
    hashes: dict[int, Entry] = {}
    last = verify(_remembering(hashes))
    marks = list(LedgerCheckpoint.objects.all())
    for mark in marks:
        signed = hashes.get(mark.seq)
        if signed is None:
            raise BrokenChain(mark.seq, "it was signed and is gone")
        if signed.hash != mark.hash:
            raise BrokenChain(mark.seq, "it is not the entry that was signed")
        check_signature(signed, mark.signature, Ed25519PublicKey.from_public_bytes(bytes.fromhex(mark.public_key)))
    return Verified(seq=last.seq if last else 0, hash=last.hash if last else "", checkpoints=len(marks))


def _remembering(hashes: dict[int, Entry]) -> Iterator[Entry]:
    """The entries one by one; those that were signed are also kept in `hashes`."""
    signed = set(LedgerCheckpoint.objects.values_list("seq", flat=True))
    for row in LedgerEntry.objects.order_by("seq").iterator():
        entry = row.entry()
        if entry.seq in signed:
            hashes[entry.seq] = entry
        yield entry


def _signer() -> Ed25519PrivateKey:
    home: Home = settings.HOME
    return home.keyring(home.settings()).signer("ledger")
