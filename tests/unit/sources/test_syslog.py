"""Syslog messages become accesses, exactly as RFC 5424 says."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.vocabulary import Act
from hemostat.kernel import BadSettings, Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read, syslog

NOW = datetime(2026, 1, 2, 14, 5, tzinfo=UTC)
HEAD = b"<165>1 2026-01-02T14:04:00.003000-05:00 Web-1 care 8710 ID47 "
LINE = b'203.0.113.24 - - [02/Jan/2026:14:04:00 +0000] "GET /api?cid=7 HTTP/1.1" 200 512 "-" "headless"'


def told(body: bytes, *, kind: str = "text/plain", headers: dict[str, str] | None = None, **options: Any) -> list[Raw | Rejected]:
    """What the reader makes of a body."""
    message = Message(seq=1, source="net", received_at=NOW, content_type=kind, headers=headers or {}, body=body)
    return list(read(message, Source(kind="syslog", store="fernhollow", options=options), ReaderContext()))


def one(line: bytes, **options: Any) -> Any:
    """The access of one line."""
    [raw] = told(line, **options)
    assert isinstance(raw, Raw), raw
    return raw.access


def test_the_header_is_read() -> None:
    """Time with its zone, severity, host, program and kind of message."""
    access = one(HEAD + b"- \xef\xbb\xbfcaf\xc3\xa9")
    assert datetime(2026, 1, 2, 19, 4, 0, 3000, tzinfo=UTC) == access.time
    assert (-300, 2, "web-1", "care", "ID47", "café", Act.LOG_WRITE) == (
        access.offset_minutes,
        access.severity,
        access.host,
        access.app,
        access.operation,
        access.message,
        access.act,
    )


def test_structured_data_is_unescaped() -> None:
    """Quotes, backslashes and brackets are escaped in values; any other backslash is one."""
    message = syslog.parse(HEAD + rb'[ex@32473 a="x\"y\\z\]" b="c:\d"][other] said')
    assert {"ex@32473": {"a": r'x"y\z]', "b": r"c:\d"}, "other": {}} == message.elements
    assert b"said" == message.text
    assert "ex@32473.a=1" == one(HEAD + b'[ex@32473 a="1"]').message


def test_what_is_not_known_is_a_dash() -> None:
    """Without a time it happened when it came."""
    access = one(b"<0>1 - - - - - -")
    assert (NOW, 6, "", "", "") == (access.time, access.severity, access.host, access.app, access.operation)


def test_a_byte_order_mark_that_lies_is_told() -> None:
    """Bytes that are not UTF-8 are shown, and the event says so."""
    assert "\\xff" in one(HEAD + b"- \xef\xbb\xbf\xff").message
    assert "UTF-8" in one(HEAD + b"- \xef\xbb\xbf\xff").message


def test_a_web_servers_line_in_a_message_is_its_request() -> None:
    """Nginx and Apache send access logs by syslog: they are read as such."""
    assert ("/api", Act.PAGE_READ) == (one(HEAD + b"- " + LINE).path, one(HEAD + b"- " + LINE).act)
    assert "/api" == one(HEAD + b'- {"path":"/api","status":200}').path


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"<192>1 - - - - - -",
        b"<01>1 - - - - - -",
        b"<1>2 - - - - - -",
        b"<1>1 2026-01-02 14:04:00 - - - - -",
        b"<1>1 2026-01-02T14:04:00 - - - - -",
        b"<1>1 2026-01-02T14:04:00.1234567Z - - - - -",
        b"<1>1 2026-13-02T14:04:00Z - - - - -",
        b"<1>1 0001-01-02T14:04:00Z - - - - -",
        b"<1>1 9999-01-02T14:04:00Z - - - - -",
        b"<1>1 - - - - -",
        b"<1>1 - - - - - x",
        b"<1>1 - - - - - [a b]",
        b'<1>1 - - - - - [a b="]"]',
        b'<1>1 - - - - - [a b="c"]x',
        b"<1>1 - " + b"h" * 256 + b" - - - -",
        b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
    ],
)
def test_other_forms_are_rejected(line: bytes) -> None:
    """What the grammar does not allow is a dead letter, the older form of syslog among it."""
    [rejected] = told(line)
    assert isinstance(rejected, Rejected)


def test_the_older_form_needs_a_zone() -> None:
    """With a zone its times are those nearest to the receipt; what is no date is rejected all the same."""
    zone = {"rfc3164_zone": "America/New_York"}
    access = one(b"<34>Dec 31 22:14:15 mymachine su[77]: failed", **zone)
    assert datetime(2026, 1, 1, 3, 14, 15, tzinfo=UTC) == access.time
    assert ("su", "failed", 5, "mymachine", -300) == (
        access.app,
        access.message,
        access.severity,
        access.host,
        access.offset_minutes,
    )
    assert 2026 == one(b"<34>Jan  2 08:00:00 h x", **zone).time.year
    for line in (b"<34>Foo  2 08:00:00 h x", b"<34>Feb 31 08:00:00 h x", b"<34>Jan  2 88:00:00 h x"):
        assert isinstance(told(line, **zone)[0], Rejected)
    assert "ID47" == one(HEAD + b"-", **zone).operation
    with pytest.raises(BadSettings, match="no zone"):
        told(b"<34>1", rfc3164_zone="Moon/Base")


def test_a_fast_clock_at_the_turn_of_the_year() -> None:
    """January, read in December, is that of the next year."""
    message = Message(
        seq=1,
        source="net",
        received_at=datetime(2025, 12, 31, 23, 59, tzinfo=UTC),
        content_type="text/plain",
        headers={},
        body=b"<34>Jan  1 00:00:10 h x",
    )
    source = Source(kind="syslog", store="s", options={"rfc3164_zone": "UTC"})
    [raw] = read(message, source, ReaderContext())
    assert isinstance(raw, Raw)
    assert 2026 == raw.access.time.year


def test_frames_hold_lines() -> None:
    """Messages with their length in front may have line ends; a length that does not fit spoils what follows only."""
    frames = [HEAD + b"- one\ntwo", HEAD + b"- three"]
    body = syslog.framed(frames)
    assert frames == [raw.raw for raw in told(body, kind=syslog.FRAMES)]
    assert [Raw, Rejected] == [type(each) for each in told(syslog.framed(frames[:1]) + b"99 x", kind=syslog.FRAMES)]
    assert [Rejected] == [type(each) for each in told(b"x", kind=syslog.FRAMES)]
    assert [Rejected] == [type(each) for each in told(syslog.framed([b"x" * 300_000]), kind=syslog.FRAMES)]


@pytest.mark.parametrize("why", ["framing", "cut", "other"])
def test_bytes_without_frames_are_one_dead_letter(why: str) -> None:
    """What a listener could not tell apart is kept whole."""
    [rejected] = told(HEAD + b"- a\n" + HEAD + b"- b", headers={"broken": why})
    assert isinstance(rejected, Rejected)


@given(st.binary(max_size=300), st.booleans(), st.booleans())
def test_any_bytes_are_read_or_rejected(rest: bytes, has_head: bool, is_framed: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever comes, nothing is raised."""
    body = HEAD + rest if has_head else rest
    kind = syslog.FRAMES if is_framed else "text/plain"
    for options in ({}, {"rfc3164_zone": "UTC"}):
        assert all(isinstance(each, Raw | Rejected) for each in told(body, kind=kind, **options))


@given(st.dictionaries(st.text("abz@09", min_size=1, max_size=32), st.text(), max_size=4))
def test_values_survive_their_escapes(values: dict[str, str]) -> None:
    """A sender that escapes as the RFC says gets through what it meant."""
    escaped = " ".join(
        f'{name}="{value.translate({ord(one): f"{chr(92)}{one}" for one in chr(92) + chr(34) + "]"})}"'
        for name, value in values.items()
    )
    message = syslog.parse(HEAD + f"[a {escaped}]".replace("[a ]", "[a]").encode(errors="surrogatepass") + b" x")
    assert values == message.elements["a"]
