"""Our own probes in the logs of others are told apart, and nobody else can pass for one."""

from datetime import timedelta

import pytest

from hemostat.events import Access
from hemostat.events.vocabulary import Environment
from hemostat.kernel import Route, Source
from hemostat.sources import ReaderContext, read
from hemostat.sources.base import Message, Raw
from hemostat.sources.probes import probe_mark
from hemostat.sources.trials import trial_key
from unit.sources.reading import NOON

KEY = trial_key(b"k" * 32)
TARGET = "/api/session?cid=7"
SOURCE = Source(
    kind="access-log",
    store="fernhollow",
    routes=[Route(prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"])],
)


def line(agent: str, target: str = TARGET, *, at: str = "02/Mar/2026:12:00:00 +0000") -> str:
    """A line of an access log."""
    return f'203.0.113.9 - - [{at}] "GET {target} HTTP/1.1" 200 512 "-" "{agent}"'


def accesses(*lines: str, key: bytes = KEY) -> list[Access]:
    """What a reader makes of the lines."""
    body = "\n".join(lines).encode()
    message = Message(seq=1, source="edge", received_at=NOON, content_type="text/plain", headers={}, body=body)
    found = list(read(message, SOURCE, ReaderContext(trial_key=key)))
    return [one.access for one in found if isinstance(one, Raw)]


def test_a_probe_of_ours_happened_to_nobody() -> None:
    """Among other lines: it is of the environment `test`, without caller and subject, and the others are what they were."""
    agent = f"Hemostat-Posture/1 {probe_mark(TARGET, NOON, KEY)}"
    ours, theirs = accesses(line(agent), line("curl/8"))

    assert (Environment.TEST, "", "", 0, ()) == (ours.environment, ours.ip, ours.subject, ours.subjects, ours.elements)
    assert (Environment.PRODUCTION, "7", 1) == (theirs.environment, theirs.subject, theirs.subjects)


@pytest.mark.parametrize(
    "told",
    [
        line(probe_mark("/api/session?cid=8", NOON, KEY)),
        line(probe_mark(TARGET, NOON, KEY), "/api/session?cid=8"),
        line(probe_mark(TARGET, NOON, KEY), "/api/session"),
        line(probe_mark(TARGET, NOON, b"another key")),
        line(probe_mark(TARGET, NOON - timedelta(minutes=11), KEY)),
        line(probe_mark(TARGET, NOON, KEY), at="02/Mar/2026:12:11:00 +0000"),
        line(probe_mark(TARGET, NOON, KEY)[:-1]),
        line("hemostat-probe.1."),
    ],
)
def test_a_mark_is_worth_nothing_elsewhere(told: str) -> None:
    """For another address, under another key, later, or cut: then the request is somebody's, and counts."""
    (access,) = accesses(told)
    assert (Environment.PRODUCTION, "203.0.113.9") == (access.environment, access.ip)


def test_without_a_key_nobody_is_ours() -> None:
    """A home that cannot make marks takes none."""
    (access,) = accesses(line(probe_mark(TARGET, NOON, b"")), key=b"")
    assert Environment.PRODUCTION is access.environment


def test_lines_that_cannot_be_read_stay_so() -> None:
    """A mark in a line that is none makes nothing of it."""
    assert [] == accesses("hemostat-probe.1772452800.00000000000000000000000000000000")


def test_a_path_is_compared_as_the_server_understands_it() -> None:
    """The reader decodes the path; so does whoever makes the mark."""
    mark = probe_mark("/a b/c", NOON, KEY)
    (access,) = accesses(line(mark, "/a%20b//c"))
    assert Environment.TEST is access.environment
