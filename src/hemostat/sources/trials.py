"""Test events of our own: signed so that nobody else can call an event a test, and told apart from all that really happened.

The mark stands somewhere in the body of a message: `hemostat-test.SECONDS.CODE`, where the code is HMAC-SHA256 over source and
second. It counts for ten minutes, and only in a small message with one record: whoever could read it on the way cannot hide
other records behind it.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import ActorType, Environment

from .base import Message, Raw, Rejected

MARK = b"hemostat-test."
"""What the mark begins with."""

_FORM = re.compile(rb"hemostat-test\.([0-9]{10})\.([0-9a-f]{32})(?![0-9a-z])")
_LIVES = timedelta(minutes=10)
_MOST = 16_384  # bytes of a message
_ABOUT = b"hemostat source test"


def trial_key(secret: bytes) -> bytes:
    """The key of marks, out of a secret of the home."""
    return hmac.digest(secret, _ABOUT, "sha256")


def mark(source: str, at: datetime, key: bytes) -> str:
    """The mark of a test event that is sent to `source` at a moment."""
    seconds = str(int(at.timestamp()))
    return f"{MARK.decode()}{seconds}.{_code(source, seconds, key)}"


def is_trial(message: Message, key: bytes) -> bool:
    """Does the message carry a mark that we made for its source within the last ten minutes?"""
    found = _FORM.search(message.body) if key and len(message.body) <= _MOST else None
    if found is None:
        return False
    seconds = found[1].decode()
    is_ours = hmac.compare_digest(found[2].decode(), _code(message.source, seconds, key))
    return is_ours and abs(message.received_at.timestamp() - int(seconds)) <= _LIVES.total_seconds()


def told_apart(found: Iterable[Raw | Rejected], message: Message, key: bytes) -> Iterator[Raw | Rejected]:
    """The records of a message that holds a mark; a test of ours is of the environment `test`, and concerns nobody."""
    if not is_trial(message, key):
        yield from found
        return
    records = list(found)
    for one in records:
        alone = len(records) == 1 and isinstance(one, Raw)
        yield msgspec.structs.replace(one, access=of_nobody(one.access)) if alone and isinstance(one, Raw) else one


def of_nobody(access: Access) -> Access:
    """The same request as one of ours: of the environment `test`, by nobody and about nobody."""
    nothing = dict.fromkeys(("actor", "ip", "subject", "jurisdiction", "token", "user_agent", "query", "request_id"), "")
    return msgspec.structs.replace(
        access, environment=Environment.TEST, actor_type=ActorType.SYSTEM, subjects=0, elements=(), estimated=False, **nothing
    )


def _code(source: str, seconds: str, key: bytes) -> str:
    return hmac.digest(key, f"{source}\n{seconds}".encode(), "sha256").hex()[:32]
