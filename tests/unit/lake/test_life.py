"""Heartbeats and canaries reach the lake by every wire, count there, and leave neither a row nor a dead letter."""

from datetime import timedelta

import msgspec
import pytest

from hemostat.kernel import Home, Settings, Source
from hemostat.lake import dead_letters, health, life
from hemostat.lake.life import Arrived, canary_sent, signs_arrived
from hemostat.lake.pipeline import drain
from hemostat.lake.spool import Incoming, Spool
from hemostat.sources.signs import Sign
from hemostat.sources.syslog import FRAMES, framed
from unit.lake.made import NOON

NDJSON, JSON, TEXT = "application/x-ndjson", "application/json", "text/plain"
BEAT = "hemostat heartbeat every 600"
LINE = b'203.0.113.24 - - [02/Mar/2026:12:00:00 +0000] "GET /api/session?cid=7000001 HTTP/1.1" 200 512 "-" "x"'
OTLP = {"logRecords": [{"timeUnixNano": "1772452800000000000", "body": {"stringValue": text}} for text in (BEAT, "a sentence")]}
HEAD = "<14>1 2026-03-02T12:00:00Z web-1 care - beat - "
EVENT = b'{"time": "2026-03-02T12:00:00Z", "act": "session:read"}'
FIXED = {"format": "access-log"}


@pytest.mark.parametrize(
    ("kind", "options", "content_type", "body", "rows"),
    [
        ("access-log", {}, TEXT, LINE + b"\n" + BEAT.encode(), 1),
        ("access-log", {}, NDJSON, b'{"hemostat": "heartbeat every 600"}', 0),
        ("events", {}, NDJSON, EVENT + b'\n{"hemostat": "heartbeat every 600"}\n', 1),
        ("hec", {}, JSON, msgspec.json.encode({"event": BEAT}) + msgspec.json.encode({"event": "a sentence"}), 1),
        ("hec", FIXED, JSON, msgspec.json.encode({"event": {"hemostat": BEAT[9:]}, "time": 1772452800, "host": "web-1"}), 0),
        ("otlp", {}, JSON, msgspec.json.encode({"resourceLogs": [{"scopeLogs": [OTLP]}]}), 1),
        ("syslog", {}, FRAMES, framed([(HEAD + BEAT).encode(), (HEAD + "a sentence").encode()]), 1),
        ("syslog", FIXED, TEXT, (HEAD + BEAT).encode(), 0),
        ("cef", {}, FRAMES, framed([BEAT.encode()]), 0),
    ],
)
def test_a_heartbeat_among_records_is_heard_and_they_stay(  # a wire and what is on it
    home: Home, spool: Spool, kind: str, options: dict[str, str], content_type: str, body: bytes, rows: int
) -> None:
    """Whatever else is in the message is in the lake; the next one is awaited for thrice as long as the sender says."""
    home.write(Settings(kind="sandbox", sources={"edge": Source(kind=kind, store="fernhollow", options=options)}))
    spool.append(
        [Incoming(source="edge", key="k", received_at=NOON, content_type=content_type, headers={}, body=body)]
    )  # fmt: skip

    drained = drain(home, spool)

    assert drained is not None
    assert (rows, 0) == (drained.rows, drained.rejected)
    assert [] == list(dead_letters.waiting(home.dead_letters, last_batch=1))
    assert (NOON, NOON + timedelta(minutes=30)) == (health.heartbeats(home)["edge"].at, health.heartbeats(home)["edge"].due)


def beat(minute: int, **said: int) -> Arrived:
    """A heartbeat of the edge."""
    return Arrived(source="edge", at=NOON + timedelta(minutes=minute), sign=Sign(**said))


def test_of_several_heartbeats_the_last_counts(home: Home) -> None:
    """In whatever order they come by; one that says nothing is awaited for a quarter of an hour."""
    signs_arrived(home, [beat(2), beat(5), beat(3, every=3600)])
    found = health.heartbeats(home)["edge"]
    assert (NOON + timedelta(minutes=5), timedelta(minutes=15)) == (found.at, found.due - found.at)


def test_only_the_newest_canary_of_its_own_source_counts(home: Home) -> None:
    """A late one, one of another source and one that nobody sent change nothing; a sender cannot make one up."""
    for minute, token in enumerate(("a" * 32, "b" * 32)):
        canary_sent(home, source="edge", token=token, now=NOON + timedelta(minutes=minute), fault="")
    for source, token in (("edge", "a" * 32), ("app", "b" * 32), ("edge", "c" * 32)):
        signs_arrived(home, [Arrived(source=source, at=NOON, sign=Sign(token=token))])
    assert (NOON, None) == (life.canaries(home)["edge"].missing_since, life.canaries(home)["edge"].seen_at)

    signs_arrived(home, [Arrived(source="edge", at=NOON, sign=Sign(token="b" * 32))])
    one = life.canaries(home)["edge"]
    assert (None, NOON + timedelta(minutes=1), "") == (one.missing_since, one.seen_at, one.fault)
    life.canaries_forget(home, but=["app"])
    assert {} == life.canaries(home)
