"""Access log lines of every form become requests, the route map says what they touched, and bad lines say why they are bad."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import BadSettings, Route, Source, from_micros
from hemostat.sources import Message, Raw, ReaderContext, Rejected, check, read
from hemostat.sources.access_log import LONGEST
from hemostat.sources.combined_log import escape, unescape
from hemostat.sources.routes import plain_path

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SESSION = Route(
    prefix="/api/session",
    surface="patient-portal",
    act="session:read",
    subject="cid",
    exposes=["name", "email"],
    signed_by="signature",
)
DOCUMENTS = Route(prefix="/api/portal/documents", surface="patient-portal", act="document:read", token="t")
EDGE = Source(
    kind="access-log",
    store="fernhollow",
    environment="sandbox",
    routes=[Route(prefix="/api", surface="checkout", act="page:read"), SESSION, DOCUMENTS],
)


SESSION_LINE = "GET /api/session?cid=7000001 HTTP/1.1"


def read_all(body: bytes, *, source: Source = EDGE, secrets: tuple[bytes, ...] = ()) -> list[Raw | Rejected]:
    """Everything that the reader makes of a body."""
    message = Message(seq=1, source="edge", received_at=NOON, content_type="text/plain", headers={}, body=body)
    return list(read(message, source, ReaderContext(shopify_secrets=secrets)))


def access(line: bytes, **given: Any) -> Access:
    """The one access of a line that is good."""
    (record,) = read_all(line, **given)
    assert isinstance(record, Raw), record
    return record.access


def rejected(line: bytes) -> Rejected:
    """The one rejection of a line that is bad."""
    (record,) = read_all(line)
    assert isinstance(record, Rejected), record
    return record


def combined(
    request: str = "GET / HTTP/1.1", *, before: str = "203.0.113.24 - -", status: str = "200", after: str = ' "-" "curl/8"'
) -> bytes:
    """A line of the combined format."""
    return f'{before} [02/Mar/2026:14:04:00 -0500] "{request}" {status} 512{after}'.encode()


def test_a_combined_line_tells_the_request() -> None:
    """Every field of the format has its place; the time is in UTC and its zone is kept."""
    found = access(combined("GET /shop?q=tea&q=x HTTP/1.1", before="203.0.113.24 - frank"))

    assert Access(
        time=datetime(2026, 3, 2, 19, 4, tzinfo=UTC),
        offset_minutes=-300,
        act=Act.PAGE_READ,
        surface=Surface.STOREFRONT,
        store="fernhollow",
        environment=Environment.SANDBOX,
        source="edge",
        actor="frank",
        actor_type=ActorType.PERSON,
        auth=Auth.LOGIN,
        ip="203.0.113.24",
        user_agent="curl/8",
        method="GET",
        path="/shop",
        query="q=tea&q=x",
        status=200,
        bytes=512,
        result=Result.SUCCESS,
    ) == found  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (combined(before="care.example:443 2001:db8::1 - -"), "ip", "2001:db8::1"),
        (combined(before="care.example:443 2001:db8::1 - -"), "host", "care.example"),
        (combined(before="gateway.example.net - -"), "ip", "gateway.example.net"),
        (combined(before="- - -"), "ip", ""),
        (combined(before="1.2.3.4 - Jo Doe"), "actor", "Jo Doe"),
        (combined(after=""), "user_agent", ""),
        (combined(after=' "-" "a \\"b\\" \\\\ \\x41"'), "user_agent", 'a "b" \\ A'),
        (combined(after=' "-" "ua" "AS64500"'), "asn", 64500),
        (combined(after=' "-" "ua" asn=64500 rid=ab-1'), "request_id", "ab-1"),
        (combined(after=' "-" "ua" asn="64500" foo=1 host="Care.Example:80"'), "host", "care.example"),
        (combined(after=' "-" "ua" "0123456789abcdef0123" 0.004'), "request_id", "0123456789abcdef0123"),
        (combined(after=' "-" "ua" "10.0.0.1" asn=x'), "asn", 0),
        (combined(after=' "-" "ua" {"asn": 64502, "request_id": "r-7", "host": "care.example"}'), "asn", 64502),
        (combined("GET http://Care.Example/a?b=1 HTTP/1.1"), "host", "care.example"),
        (combined("GET https://[::1]:8443/a HTTP/1.1"), "host", "[::1]"),
        (combined("GET /a"), "path", "/a"),
        (combined("post /a HTTP/1.1"), "act", Act.PAGE_WRITE),
        (combined("\\x16\\x03\\x01", status="400"), "message", "The request line is not HTTP."),
        (combined("GET /\\xff HTTP/1.1"), "message", "Bytes that are not UTF-8 are shown as \\xNN."),
        (combined("GET /\\xff HTTP/1.1"), "path", "/\\xff"),
        (combined("GET /\\xe2\\x82\\xac HTTP/1.1"), "path", "/€"),
        (combined(status="-"), "status", 0),
        (combined(status="404"), "result", Result.NOT_FOUND),
    ],
)  # fmt: skip
def test_variants_of_the_combined_format(line: bytes, field: str, value: object) -> None:
    """Virtual hosts, missing agents, extras after the agent, proxies' targets and hostile bytes are all understood."""
    assert value == getattr(access(line), field)


JSON_FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nginx": (
        {
            "time_iso8601": "2026-03-02T14:04:00-05:00",
            "remote_addr": "203.0.113.24",
            "request": "GET /api/session?cid=7 HTTP/1.1",
            "status": "200",
            "body_bytes_sent": "512",
            "http_user_agent": "ua",
            "http_host": "care.example",
            "request_id": "r1",
            "request_time": "0.004",
        },
        {
            "path": "/api/session",
            "subject": "7",
            "offset_minutes": -300,
            "host": "care.example",
            "request_id": "r1",
            "bytes": 512,
        },
    ),
    "nginx msec": (
        {
            "msec": "1772478240.250",
            "remote_addr": "1.2.3.4",
            "uri": "/api/session",
            "args": "?cid=8",
            "request_method": "GET",
            "status": 404,
        },
        {"time": datetime(2026, 3, 2, 19, 4, 0, 250_000, tzinfo=UTC), "subject": "8", "status": 404},
    ),
    "caddy": (
        {
            "level": "info",
            "ts": 1772478240.25,
            "logger": "http.log.access",
            "msg": "handled request",
            "request": {
                "remote_ip": "10.0.0.1",
                "client_ip": "203.0.113.24",
                "proto": "HTTP/2.0",
                "method": "GET",
                "host": "care.example",
                "uri": "/api/session?cid=7000001",
                "headers": {"User-Agent": ["headless"], "Accept": []},
            },
            "user_id": "",
            "duration": 0.01,
            "size": 900,
            "status": 200,
        },
        {"ip": "203.0.113.24", "host": "care.example", "subject": "7000001", "user_agent": "headless", "bytes": 900, "actor": ""},
    ),
    "cloudfront": (
        {
            "date": "2026-03-02",
            "time": "19:04:00",
            "c-ip": "203.0.113.24",
            "cs-method": "GET",
            "cs-uri-stem": "/api/session",
            "cs-uri-query": "cid=7",
            "sc-status": 200,
            "sc-bytes": 9,
            "cs(User-Agent)": "ua",
            "x-host-header": "care.example",
            "x-edge-request-id": "abc==",
            "c-asn": 64500,
        },
        {
            "time": datetime(2026, 3, 2, 19, 4, tzinfo=UTC),
            "subject": "7",
            "asn": 64500,
            "request_id": "abc==",
            "user_agent": "ua",
        },
    ),
    "cloudflare": (
        {
            "EdgeStartTimestamp": 1772478240000000000,
            "ClientIP": "203.0.113.24",
            "ClientRequestMethod": "GET",
            "ClientASN": 64500,
            "ClientRequestURI": "/api/session?cid=7",
            "ClientRequestHost": "care.example",
            "EdgeResponseStatus": 200,
            "RayID": "8f",
        },
        {"time": datetime(2026, 3, 2, 19, 4, tzinfo=UTC), "asn": 64500, "request_id": "8f", "status": 200},
    ),
    "traefik": (
        {
            "StartUTC": "2026-03-02T19:04:00.000000001Z",
            "ClientHost": "203.0.113.24",
            "RequestMethod": "GET",
            "RequestPath": "/api/session?cid=7",
            "DownstreamStatus": 200,
            "DownstreamContentSize": 4,
            "RequestHost": "care.example",
            "ClientUsername": "-",
        },
        {"time": datetime(2026, 3, 2, 19, 4, tzinfo=UTC), "bytes": 4, "actor": "", "ip": "203.0.113.24"},
    ),
    "ecs": (
        {
            "@timestamp": "2026-03-02T19:04:00Z",
            "source": {"ip": "203.0.113.24", "as": {"number": 64500}},
            "url": {"path": "/api/session", "query": "cid=7"},
            "http": {"request": {"method": "GET"}, "response": {"status_code": 200, "body": {"bytes": 12}}},
            "user_agent": {"original": "ua"},
        },
        {"asn": 64500, "subject": "7", "status": 200, "bytes": 12, "user_agent": "ua", "ip": "203.0.113.24"},
    ),
    "generic": (
        {
            "time": 1772478240000,
            "ip": "203.0.113.24",
            "method": "GET",
            "path": "/api/session",
            "query": "cid=9007199254740993",
            "status": 200,
            "bytes": 9007199254740993,
            "asn": "AS64500",
            "user": "u1",
            "deep": {"a": {"b": {"c": {"d": {"status": 500}}}}},
        },
        {"subject": "9007199254740993", "bytes": 9007199254740993, "asn": 64500, "actor": "u1", "status": 200},
    ),
    "milliseconds and microseconds": (
        {"timestamp": 1772478240000000, "uri": "/", "status": None, "bytes": 1.5, "code": True},
        {"time": datetime(2026, 3, 2, 19, 4, tzinfo=UTC), "status": 0, "bytes": 0},
    ),
    "several targets, the rawest last": (
        {"time": 1772478240, "path": "/index.php", "uri": "/index.php", "request": "GET /api/session?cid=7 HTTP/1.1"},
        {"path": "/api/session", "subject": "7", "method": "GET"},
    ),
    "several targets in objects, the rawest last": (
        {"time": 1772478240, "url": {"path": "/index.php"}, "request": {"uri": "/api/session?cid=7", "method": "GET"}},
        {"path": "/api/session", "subject": "7", "method": "GET"},
    ),
    "a day for a time": (
        {"date": "2026-03-02T19:04:00Z", "uri": "/"},
        {"time": datetime(2026, 3, 2, 19, 4, tzinfo=UTC), "method": ""},
    ),
}


@pytest.mark.parametrize("form", JSON_FORMS)
def test_json_forms(form: str) -> None:
    """The JSON of the usual servers is understood, and whole numbers beyond 2^53 stay exact."""
    record, expected = JSON_FORMS[form]

    found = access(msgspec.json.encode(record))

    assert expected == {name: getattr(found, name) for name in expected}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage", "Not a line of the combined log format."),
        (combined().replace(b"Mar", b"Foo"), "The time is not one that we know."),
        (combined().replace(b"02/Mar", b"32/Mar"), "The time is not one that we know."),
        (combined().replace(b"/2026", b"/0000"), "The time is not one that we know."),
        (b'{"a": 1', "The line is not JSON, or was cut short."),
        (b'{"a": \xff}', "The line is not JSON, or was cut short."),
        (b'{"a": ' + b"[" * 5000, "The line is not JSON, or was cut short."),
        (b'{"uri": "/"}', "The object has no time."),
        (b'{"time": "2026-03-02T19:04:00Z"}', "The object has no path."),
        (b'{"time": "2026-03-02T19:04:00", "uri": "/"}', "The time has no zone."),
        (b'{"time": "yesterday", "uri": "/"}', "The time is not one that we know."),
        (b'{"time": -5, "uri": "/"}', "The time is not one that we know."),
        (b'{"time": 1e300, "uri": "/"}', "The time is not one that we know."),
        (b'{"time": [], "uri": "/"}', "The time is not one that we know."),
        (b'{"time": "%s", "uri": "/"}' % (b"9" * 20), "The time lies in a year that no log of ours can be from."),
        (combined().replace(b"/2026", b"/1912"), "The time lies in a year that no log of ours can be from."),
        (b'{"time": "2026-03-02T19:04:00Z", "uri": "/", "status": "many"}', "A number of the line is not one."),
        (b'{"time": "2026-03-02T19:04:00Z", "uri": "/", "status": -1}', "A number of the line is not one."),
        (b"x" * (LONGEST + 1), f"The line has {LONGEST + 1:,} bytes."),
    ],
)
def test_a_bad_line_says_why(line: bytes, reason: str) -> None:
    """The reason names the fault, the advice the way out, and neither repeats what was sent."""
    found = rejected(line)

    assert (1, reason, line) == (found.line, found.reason, found.raw)
    assert found.advice


STAMP = '"time": "2026-03-02T19:04:00Z", "status": 200'


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (combined(SESSION_LINE, before="203.0.113.24 - a[b"), "actor", "a[b"),
        (combined(SESSION_LINE, before="203.0.113.24 - [02/Mar/2026:"), "actor", "[02/Mar/2026:"),
        (combined(SESSION_LINE, before='203.0.113.24 - a] "b'), "actor", 'a] "b'),
        (combined("GET  /api/session?cid=7000001  HTTP/1.1 "), "path", "/api/session"),
        (combined("G_1 /api/session?cid=7000001 HTTP/1.1"), "message", "The method is none that HTTP knows."),
        (combined(SESSION_LINE, after=' "-" "ua" {broken'), "message", "What follows the agent cannot be read."),
        (combined(SESSION_LINE, after=' "-" "ua" {broken'), "user_agent", "ua"),
        (combined(SESSION_LINE, after=' "-" "ua" {"host": "care.example", "x": "\\xff"}'), "host", "care.example"),
        (combined(SESSION_LINE).replace(b" 512", b" 99999999999999999999999"), "message", "The length is not a number."),
        (combined(SESSION_LINE, after=f' "-" "{"ä" * 60_000}"'), "subjects", 1),
    ],
)
def test_a_caller_does_not_get_out_of_sight(line: bytes, field: str, value: object) -> None:
    """Whatever a caller writes into name, method, agent or extras, his request is an event with its subject."""
    found = access(line)

    assert ("7000001", value) == (found.subject, getattr(found, field))


NOT_UTF8 = "Bytes that are not UTF-8 are shown as \\xNN."


@pytest.mark.parametrize(
    ("agent", "shown", "remark"),
    [
        (b"a\xffb", "a\\xffb", NOT_UTF8),
        (b"\xe2\x82\xac\xff", "€\\xff", NOT_UTF8),
        (b"\\x22quoted\\x22 \\x5C", '"quoted" \\', ""),
        (b"\\xe2\\x82\\xAC", "€", ""),
        (b"\\xff\\n\\u0041", "\\xff\nA", NOT_UTF8),
        (b"\\\\x22\\v", "\\x22\\v", ""),
        (b"\\ud800 \\ud83d\\ude00 \\uzz", "\\ud800 \U0001f600 \\uzz", ""),
        (b"a\tb\x01\\\xff", "a b\x01\\\\xff", NOT_UTF8),
    ],
)  # fmt: skip
def test_json_is_mended(agent: bytes, shown: str, remark: str) -> None:
    """Bytes that are not UTF-8, and escapes that JSON does not know, cost neither the line nor what else it says."""
    found = access(b'{%s, "uri": "/api/session?cid=7000001", "agent": "%s"}' % (STAMP.encode(), agent))

    assert ("7000001", shown, remark) == (found.subject, found.user_agent, found.message)


@pytest.mark.parametrize("length", ['"bytes": -1', '"size": "-1"', '"size": "many"'])
def test_a_length_that_is_none_costs_nothing_else(length: str) -> None:
    """An optional number that cannot be read is 0, and the event says so."""
    found = access(f'{{{STAMP}, "uri": "/api/session?cid=7", {length}}}'.encode())

    assert ("7", 0, "The length is not a number.") == (found.subject, found.bytes, found.message)


@pytest.mark.parametrize(
    "fields",
    [
        {"uri": "/index.php", "request_uri": "/api/session?cid=7"},
        {"uri": "/api/session", "request": "GET /api/session?cid=7 HTTP/1.1"},
        {"request": "/api/session?cid=7", "request_path": "/api/session", "verb": "GET", "response": "200"},
        {"path": "/api/session", "url": "https://care.example/api/session?cid=7"},
        {"request": "\x16\x03", "uri": "/api/session", "args": "?cid=7"},
        {"url": {"original": "https://care.example/api/session?cid=7", "path": "/api/session"}},
        {"request": "GET /api/session HTTP/1.1", "uri": "/api/session", "query": "cid=7", "response": "fine"},
    ],
)
def test_of_several_targets_the_rawest_counts(fields: dict[str, Any]) -> None:
    """Servers log a target as it came and as they rewrote it: path and subject are those that the caller asked for."""
    found = access(msgspec.json.encode({"time": "2026-03-02T19:04:00Z", "status": 200, **fields}))

    assert ("/api/session", "7", 200, 1) == (found.path, found.subject, found.status, found.subjects)
    assert found.method in {"", "GET"}


def test_a_request_line_that_is_not_http_is_still_an_event() -> None:
    """What a caller sent instead of HTTP is told as a remark."""
    assert "The request line is not HTTP." == access(f'{{{STAMP}, "request": "\\u0016\\u0003"}}'.encode()).message


@pytest.mark.parametrize(
    ("line", "second"),
    [
        (combined().replace(b"14:04:00 -0500", b"18:59:60 -0500"), 59),
        (b'{"time": "2026-03-02T23:59:60Z", "uri": "/"}', 59),
        (b'{"time": "2026-03-02T23:59:60.5+00:00", "uri": "/"}', 59),
        (b'{"date": "2026-03-02", "time": "23:59:60", "uri": "/"}', 59),
    ],
)
def test_a_leap_second_is_the_second_before_it(line: bytes, second: int) -> None:
    """23:59:60 (RFC 3339, appendix D) is a moment, in every form of time."""
    found = access(line)

    assert (23, 59, second) == (found.time.hour, found.time.minute, found.time.second)


def test_the_last_of_repeated_subjects_counts() -> None:
    """Servers differ, the usual ones take the last: a number in front does not hide who was asked for, and the event says so."""
    found = access(combined("GET /api/session?cid=1&cid=7000001 HTTP/1.1"))

    assert "7000001" == found.subject
    assert "more than once" in found.message
    assert "" == access(combined("GET /api/session?cid=7&cid=7&a=1&a=2 HTTP/1.1")).message


@pytest.mark.parametrize("name", ["id", "rid"])
def test_an_identifier_says_that_it_is_one(name: str) -> None:
    """A bare `id` may be anybody's, and paths and addresses are no identifiers: none of them is kept in clear."""
    given = {"time": "2026-03-02T19:04:00Z", "uri": "/", name: "7000001"}
    expected = "7000001" if name == "rid" else ""

    assert expected == access(msgspec.json.encode(given)).request_id
    assert expected == access(combined(after=f' "-" "ua" {name}=7000001')).request_id
    for text in ("jane@example.org", "/portal/7000001"):
        assert "" == access(msgspec.json.encode({**given, "rid": text})).request_id


def test_a_byte_order_mark_is_no_part_of_a_line() -> None:
    """Files from Windows begin with one; the first line is as readable as the others."""
    mark = b"\xef\xbb\xbf"

    assert "203.0.113.24" == access(mark + combined()).ip
    assert "/a" == access(mark + f'{{{STAMP}, "uri": "/a"}}'.encode()).path
    assert combined() == read_all(mark + combined())[0].raw


@pytest.mark.parametrize("unit", [b'\\"', b'"a ', b' [02/Mar/2026:14:04:00 +0000] "', b" [", b'a="\\'])
def test_the_time_of_a_line_grows_with_its_length(unit: bytes) -> None:
    """No text, unclosed quotation marks and brackets among them, takes the square of its length to read."""
    short, long = (least_seconds(combined(SESSION_LINE) + b' "' + unit * (size // len(unit))) for size in (10_000, 80_000))

    assert long < 40 * max(short, 0.0005)


def least_seconds(line: bytes) -> float:
    """The shortest of some readings of a line."""
    times = []
    for _ in range(5):
        began = perf_counter()
        read_all(line)
        times.append(perf_counter() - began)
    return min(times)


@pytest.mark.parametrize("status", ["0200", "1000", "\uff12\uff10\uff10", "-1", "2e2", "9" * 5000])
def test_a_status_has_three_digits_at_most(status: str) -> None:
    """A number with more digits than it can have, or with others than 0 to 9, is none."""
    line = msgspec.json.encode({"time": "2026-03-02T14:04:00Z", "path": "/x", "status": status})

    assert "A number of the line is not one." == rejected(line).reason


def test_a_second_target_that_cannot_be_read_takes_nothing_away() -> None:
    """What the rawest target says stays, whatever else stands under the name of one."""
    line = {"time": "2026-03-02T14:04:00Z", "request_uri": "/x?a=1", "request": "GET", "status": 200}

    assert ("/x", "a=1") == (access(msgspec.json.encode(line)).path, access(msgspec.json.encode(line)).query)


def test_an_object_within_the_object_is_read() -> None:
    """Fields of nested objects count, also where a brace in a text makes a flat object look nested."""
    nested = {"time": "2026-03-02T14:04:00Z", "request": {"uri": "/x", "method": "GET"}, "status": 200}
    flat = {"time": "2026-03-02T14:04:00Z", "uri": "/x{", "method": "GET", "status": 200}

    assert ("/x", "GET") == (access(msgspec.json.encode(nested)).path, access(msgspec.json.encode(nested)).method)
    assert ("/x{", "GET") == (access(msgspec.json.encode(flat)).path, access(msgspec.json.encode(flat)).method)


def test_lines_keep_their_numbers() -> None:
    """Blank lines count but say nothing; line ends of either kind are taken off."""
    body = b"\r\n" + combined() + b"\r\nbad\n\n" + combined()

    assert [(2, True), (3, False), (5, True)] == [(one.line, isinstance(one, Raw)) for one in read_all(body)]
    assert combined() == read_all(body)[0].raw


@pytest.mark.parametrize(
    ("target", "status", "expected"),
    [
        ("/api/session?cid=7", 200, (Act.SESSION_READ, "7", 1, ("name", "email"), Auth.UNSIGNED)),
        ("/api/session?cid=7", 404, (Act.SESSION_READ, "7", 0, (), Auth.UNSIGNED)),
        ("//api/./x/../session?cid=7", 200, (Act.SESSION_READ, "7", 1, ("name", "email"), Auth.UNSIGNED)),
        ("/%61pi/session?cid=8&cid=7", 200, (Act.SESSION_READ, "7", 1, ("name", "email"), Auth.UNSIGNED)),
        ("/api/session?cid=7&signature=ab", 200, (Act.SESSION_READ, "7", 1, ("name", "email"), Auth.SIGNED)),
        ("/api/other?cid=7", 200, (Act.PAGE_READ, "", 0, (), Auth.UNKNOWN)),
        ("/api/portal/documents?t=tok", 200, (Act.DOCUMENT_READ, "", 0, (), Auth.TOKEN)),
        ("/api/portal/documents", 200, (Act.DOCUMENT_READ, "", 0, (), Auth.NONE)),
        ("/elsewhere?cid=7", 200, (Act.PAGE_READ, "", 0, (), Auth.UNKNOWN)),
    ],
)
def test_the_route_map_says_what_was_touched(target: str, status: int, expected: tuple[object, ...]) -> None:
    """The longest prefix decides, however the path is spelled; only an answered request exposed anybody."""
    found = access(combined(f"GET {target} HTTP/1.1", status=str(status)))

    assert expected == (found.act, found.subject, found.subjects, found.elements, found.auth)


def test_a_request_without_an_answer_body_exposes_nothing() -> None:
    """HEAD succeeds without carrying anything (RFC 9110, section 9.3.2)."""
    assert () == access(combined("HEAD /api/session?cid=7 HTTP/1.1")).elements


def test_a_route_word_that_is_none_of_ours_is_named() -> None:
    """A wrong word in the settings is an error that names source and word, before any message is read."""
    source = Source(kind="access-log", store="s", routes=[Route(prefix="/", surface="moon", act="page:read")])

    with pytest.raises(BadSettings, match=r"'edge'.*moon"):
        check("edge", source)
    with pytest.raises(BadSettings, match="unknown kind: 'fax'"):
        check("edge", Source(kind="fax", store="s"))


@settings(max_examples=400)
@given(
    st.binary(max_size=300)
    | st.binary(max_size=80).map(lambda junk: combined() + junk)
    | st.binary(max_size=60).map(lambda junk: b'{"time": ' + junk)
)
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No input raises, and what is read can be written down as UTF-8 and as a moment of our calendar."""
    for record in read_all(body):
        if isinstance(record, Raw):
            for value in msgspec.structs.astuple(record.access):
                str(value).encode()
        else:
            assert record.reason
            assert record.advice


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["request", "url", "status", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(
            ["time", "date", "ts", "uri", "path", "request", "query", "status", "bytes", "asn", "host", "user", "id", "ip"]
        ),
        JSON_VALUES,
    )
)
def test_any_object_is_read_or_rejected(record: dict[str, Any]) -> None:
    """Fields of any type where text or numbers belong never raise."""
    for body in (msgspec.json.encode(record), msgspec.json.encode({"time": 1772478240, "uri": "/", **record})):
        (found,) = read_all(body)
        assert isinstance(found, Raw | Rejected)


@given(st.binary())
def test_escaping_is_undone_by_unescaping(plain: bytes) -> None:
    """What a server writes between quotation marks comes back as it was received."""
    assert plain == unescape(escape(plain))


PRINTABLE = st.text(st.characters(min_codepoint=0x21, exclude_categories=["Cs", "Zs"]), min_size=1, max_size=30)


@given(
    micros=st.integers(0, 4_000_000_000).map(lambda seconds: seconds * 1_000_000),
    offset=st.integers(-14 * 60, 14 * 60),
    path=PRINTABLE,
    agent=st.text(min_size=1, max_size=30).filter(lambda text: text != "-"),
    status=st.integers(100, 599),
    length=st.integers(0, 2**62),
)
def test_a_written_line_is_read_as_it_was(micros: int, offset: int, path: str, agent: str, status: int, length: int) -> None:
    """Writing a request in the combined format and reading it gives the request."""
    time = from_micros(micros)
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset)
    local = from_micros(micros + offset * 60_000_000)
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[local.month - 1]
    stamp = f"{local:%d}/{month}/{local:%Y:%H:%M:%S} {sign}{minutes // 60:02}{minutes % 60:02}"
    request = escape(f"GET /{path} HTTP/1.1".encode())
    line = b'::1 - - [%s] "%s" %d %d "-" "%s"' % (
        stamp.encode(),
        request,
        status,
        length,
        escape(agent.encode(errors="surrogatepass")),
    )

    found = access(line)

    assert (time, offset, status, length) == (found.time, found.offset_minutes, found.status, found.bytes)
    target = f"/{path}".partition("#")[0]
    assert (plain_path(target.partition("?")[0]), target.partition("?")[2]) == (found.path, found.query)
    assert agent.encode(errors="surrogatepass").decode(errors="backslashreplace") == found.user_agent


@given(st.text())
def test_a_plain_path_stays_plain(path: str) -> None:
    """A path without escapes is settled in one step: neither doubled slashes nor dot segments are left in it."""
    once = plain_path("/" + path.replace("%", ""))

    assert once == plain_path(once)
    assert "//" not in once
    assert not {".", ".."} & {*once.split("/")}
