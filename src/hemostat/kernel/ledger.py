"""The hash chain that remembers every act.

An entry's hash covers its content and the hash of the entry before it, so that no entry can be changed, dropped or moved without
the chain saying where. Signed checkpoints bind the chain to a key that a stranger can check. This module is arithmetic only:
`people` keeps the entries in the database.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import HemostatError
from .time import iso

GENESIS = "0" * 64


class BrokenChain(HemostatError):
    """The chain does not hold; `seq` is the first entry that is wrong."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"The ledger breaks at entry {seq}: {reason}.", advice="Keep the file and compare it with a backup.")
        self.seq = seq


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: who did what to which thing, when it happened in the story and when it was written down.

    `payload` holds words, numbers and references only; never a patient value.
    """

    seq: int
    at: datetime
    recorded_at: datetime
    actor: str
    act: str
    subject: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: one value, one byte string."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def entry_hash(entry: Entry) -> str:
    """SHA-256, in hex, over the canonical form of all fields but the hash itself."""
    return hashlib.sha256(
        canonical(
            {
                "seq": entry.seq,
                "at": iso(entry.at),
                "recorded_at": iso(entry.recorded_at),
                "actor": entry.actor,
                "act": entry.act,
                "subject": entry.subject,
                "payload": entry.payload,
                "prev_hash": entry.prev_hash,
            }
        )
    ).hexdigest()


def follow(
    previous: Entry | None,
    *,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    act: str,
    subject: str,
    payload: dict[str, Any],
) -> Entry:
    """The entry that comes after `previous` (or opens the chain), with its hash."""
    draft = Entry(
        seq=previous.seq + 1 if previous else 1,
        at=at,
        recorded_at=recorded_at,
        actor=actor,
        act=act,
        subject=subject,
        payload=payload,
        prev_hash=previous.hash if previous else GENESIS,
        hash="",
    )
    return msgspec.structs.replace(draft, hash=entry_hash(draft))


def verify(entries: Iterable[Entry]) -> Entry | None:
    """The last entry of a chain that holds; None for an empty one. Raises `BrokenChain` at the first fault."""
    previous: Entry | None = None
    for entry in entries:
        if entry.seq != (previous.seq + 1 if previous else 1):
            raise BrokenChain(entry.seq, "an entry is missing or out of place")
        if entry.prev_hash != (previous.hash if previous else GENESIS):
            raise BrokenChain(entry.seq, "it does not continue the entry before it")
        if entry.hash != entry_hash(entry):
            raise BrokenChain(entry.seq, "its content was changed")
        previous = entry
    return previous


def sign(head: Entry, signer: Ed25519PrivateKey) -> str:
    """Ed25519 signature, in hex, over the sequence number and hash of the last entry."""
    return signer.sign(_statement(head)).hex()


def check_signature(head: Entry, signature: str, public: Ed25519PublicKey) -> None:
    """Nothing, when the signature is of this head and this key. Raises `BrokenChain` otherwise."""
    try:
        public.verify(bytes.fromhex(signature), _statement(head))
    except (InvalidSignature, ValueError) as error:
        raise BrokenChain(head.seq, "its signature is not of this key") from error


def _statement(head: Entry) -> bytes:
    return canonical({"seq": head.seq, "hash": head.hash})
