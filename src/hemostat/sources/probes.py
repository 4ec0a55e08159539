"""Our own probes in the logs of the systems that they ask: signed so that nobody else can call his request a probe of ours.

The mark stands in the user agent: `hemostat-probe.SECONDS.CODE`, where the code is HMAC-SHA256 over path, query and second. It
counts for ten minutes, and for that one address: whoever reads it in a log can hide nothing but the same question, asked again.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from hemostat.events.access import Access

from .base import Raw, Rejected
from .trials import of_nobody

PROBE_MARK = b"hemostat-probe."
"""What the mark begins with."""

_FORM = re.compile(r"hemostat-probe\.([0-9]{10})\.([0-9a-f]{32})(?![0-9a-z])")
_LIVES = timedelta(minutes=10)


def probe_mark(target: str, at: datetime, key: bytes) -> str:
    """The mark of a probe that asks for `target`, path and query as they are sent, at a moment. key: that of `trials`."""
    seconds = str(int(at.timestamp()))
    return f"{PROBE_MARK.decode()}{seconds}.{_code(target, seconds, key)}"


def is_probe(access: Access, key: bytes) -> bool:
    """Does the request carry a mark that we made for its address, within ten minutes of when it happened?"""
    found = _FORM.search(access.user_agent) if key else None
    if found is None:
        return False
    target = f"{access.path}?{access.query}" if access.query else access.path
    is_ours = hmac.compare_digest(found[2], _code(target, found[1], key))
    return is_ours and abs(access.time.timestamp() - int(found[1])) <= _LIVES.total_seconds()


def probes_apart(found: Iterable[Raw | Rejected], key: bytes) -> Iterator[Raw | Rejected]:
    """The records; a probe of ours among them is of the environment `test`, and concerns nobody."""
    for one in found:
        if isinstance(one, Raw) and is_probe(one.access, key):
            yield msgspec.structs.replace(one, access=of_nobody(one.access))
        else:
            yield one


def _code(target: str, seconds: str, key: bytes) -> str:
    return hmac.digest(key, f"probe\n{target}\n{seconds}".encode(errors="surrogatepass"), "sha256").hex()[:32]
