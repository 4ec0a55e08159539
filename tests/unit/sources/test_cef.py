"""Events in the Common Event Format become accesses."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.vocabulary import Act, Result
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, cef, read

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
WHEN = datetime(2026, 3, 2, 14, 4, tzinfo=UTC)
HEAD = "CEF:0|Acme|Gate|1.2|session|Session read|7|"


def told(line: str | bytes, **options: Any) -> Raw | Rejected:
    """What the reader makes of a line."""
    body = line if isinstance(line, bytes) else line.encode()
    message = Message(seq=1, source="waf", received_at=NOW, content_type="text/plain", headers={}, body=body)
    [found] = read(message, Source(kind="cef", store="fernhollow", options=options), ReaderContext())
    return found


def access(line: str | bytes, **options: Any) -> Any:
    """The access of a line."""
    raw = told(line, **options)
    assert isinstance(raw, Raw), raw
    return raw.access


def test_a_request_is_read() -> None:
    """The extension's keys become the fields of the access."""
    got = access(
        HEAD + "rt=1772460240000 src=203.0.113.24 suser=staff-7 duser=7000001 request=https://care.example/api?a=b "
        "requestMethod=GET outcome=200 act=allowed in=10 out=512 requestClientApplication=headless 1.0 externalId=e-1 msg=said so"
    )
    assert (WHEN, "203.0.113.24", "staff-7", "account", "7000001") == (got.time, got.ip, got.actor, got.resource, got.resource_id)
    assert ("/api", "a=b", "GET", 200, Result.SUCCESS, 512) == (
        got.path,
        got.query,
        got.method,
        got.status,
        got.result,
        got.bytes,
    )
    assert ("allowed", "Acme Gate", "headless 1.0", "care.example", "e-1", 4) == (
        got.operation,
        got.app,
        got.user_agent,
        got.host,
        got.request_id,
        got.severity,
    )
    assert "Session read said so" == got.message


@pytest.mark.parametrize(
    ("extension", "result"),
    [
        ("outcome=Success", Result.SUCCESS),
        ("outcome=/Failure", Result.ERROR),
        ("act=blocked", Result.DENIED),
        ("outcome=odd act=denied", Result.DENIED),
        ("outcome=odd", Result.UNKNOWN),
    ],
)
def test_outcomes(extension: str, result: Result) -> None:
    """The outcome says how it ended, else the action that was taken."""
    got = access(HEAD + extension)
    assert (result, Act.LOG_WRITE) == (got.result, got.act)
    assert "no time" in got.message


def test_escapes() -> None:
    r"""`\|` and `\\` in the header, `\=`, `\n` and `\r` in values; a value may hold an equals sign behind other than a key."""
    event = cef.parse(r"CEF:1|A\|B|C\\D|1|2|N|10|msg=a\=b\nc d=e cs1Label=x\\ y")
    assert ("A|B", r"C\D", 5) == (event.vendor, event.product, event.severity)
    assert {"msg": "a=b\nc", "d": "e", "cs1Label": r"x\ y"} == event.extension


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("0", 2),
        ("3", 2),
        ("6", 3),
        ("8", 4),
        ("10", 5),
        ("11", 1),
        ("Very-High", 5),
        ("Medium", 3),
        ("", 1),
        ("9" * 5000, 1),
        ("0" * 5000, 1),
    ],
)
def test_severities(text: str, severity: int) -> None:
    """Numbers from 0 to 10, or words; else informational."""
    assert severity == cef.parse(f"CEF:0|a|b|c|d|e|{text}|").severity


@pytest.mark.parametrize(
    "time",
    [
        "1772460240000",
        "Mar 02 2026 14:04:00",
        "Mar 02 2026 14:04:00.000 UTC",
        "Mar 2 2026 09:04:00 -05:00",
        "Mar 02 2026 09:04:00 -0500",
        "2026-03-02T14:04:00Z",
    ],
)
def test_times(time: str) -> None:
    """All forms of the time name the same moment."""
    assert WHEN == access(HEAD + f"start={time} src=1.2.3.4").time


def test_behind_a_header() -> None:
    """The header of syslog gives time and host when the event has none."""
    got = access("<134>1 2026-03-02T14:04:00Z gate-1 - - - - " + HEAD + "suser=x")
    assert (WHEN, "gate-1", "x") == (got.time, got.host, got.actor)
    assert "account" != access(HEAD + "duser=y").resource
    assert "y" == access(HEAD + "duser=y").actor
    old = "<134>Mar  2 14:04:00 gate-1 " + HEAD
    assert WHEN == access(old, rfc3164_zone="UTC").time
    assert isinstance(told(old), Rejected)


def test_odd_bytes_are_shown() -> None:
    """Bytes that are not UTF-8 keep no event out."""
    assert "UTF-8" in access(HEAD.encode() + b"msg=\xff").message


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "CEF:7|a|b|c|d|e|5|",
        "CEF:0|a|b|c|d|5|",
        HEAD + "rt=soon",
        HEAD + "rt=Foo 02 2026 14:04:00",
        HEAD + "rt=9" + "9" * 30,
    ],
)
def test_other_lines_are_rejected(line: str) -> None:
    """No CEF, an unknown version, a short header, or a time that is none."""
    assert isinstance(told(line), Rejected)


@given(st.binary(max_size=300).filter(lambda rest: b"\n" not in rest), st.booleans())
def test_any_bytes_are_read_or_rejected(rest: bytes, has_head: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever comes, nothing is raised."""
    assert isinstance(told((HEAD.encode() if has_head else b"x") + rest), Raw | Rejected)


@given(
    st.dictionaries(
        st.sampled_from(["rt", "src", "request", "outcome", "act", "in", "out", "suser", "duser", "dhost"]), st.text()
    )
)
def test_any_extension_is_read_or_rejected(values: dict[str, str]) -> None:
    """Known keys with any values raise nothing either."""
    line = HEAD + " ".join(f"{name}={value}" for name, value in values.items())
    assert isinstance(told(line.replace("\n", "\\n").encode(errors="replace")), Raw | Rejected)
