"""Magento's own logs: records of many lines, hostile text, reports and the query log."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act
from hemostat.kernel import Source
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.magento_log import LONGEST

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
TRACE = (
    b'[2026-11-24T02:10:11.123456+00:00] main.CRITICAL: Magento\\Framework\\Exception\\LocalizedException: No {"a":1} []\n'
    b"Stack trace:\n"
    b"#0 /app/vendor/x.php(12): run()\n"
    b"\n"
    b'#1 {main} {"exception":"[object] (...)"} []\n'
    b"[2026-11-24T02:10:12+00:00] report.INFO: next [] []\n"
)


def records(body: bytes) -> list[Raw | Rejected]:
    """What the reader makes of a message."""
    message = Message(seq=1, source="logs", received_at=NOW, content_type="text/plain", headers={}, body=body)
    return list(read(message, Source(kind="magento-log", store="fernhollow"), ReaderContext()))


def accesses(body: bytes) -> list[Access]:
    """The accesses, when all was readable."""
    found = records(body)
    assert all(isinstance(one, Raw) for one in found)
    return [one.access for one in found if isinstance(one, Raw)]


def test_a_stack_trace_is_one_record() -> None:
    """Lines without a head belong to the record before them; the next head begins the next."""
    first, second = accesses(TRACE)

    assert (Act.LOG_WRITE, "main", 5, "Magento\\Framework\\Exception\\LocalizedException") == (
        first.act,
        first.app,
        first.severity,
        first.operation,
    )
    assert datetime(2026, 11, 24, 2, 10, 11, 123456, tzinfo=UTC) == first.time
    assert "#1 {main}" in first.message
    assert ("report", 1, "INFO") == (second.app, second.severity, second.operation)
    assert () == first.elements
    assert [1, 6] == [one.line for one in records(TRACE)]


@pytest.mark.parametrize(
    ("level", "severity"),
    [("DEBUG", 1), ("NOTICE", 2), ("WARNING", 3), ("ERROR", 4), ("ALERT", 5), ("EMERGENCY", 6)],
)
def test_each_level_has_its_severity(level: str, severity: int) -> None:
    """Monolog's levels, as OCSF counts."""
    (found,) = accesses(f"[2026-11-24T02:10:11+00:00] main.{level}: x [] []\n".encode())

    assert severity == found.severity


def test_a_dumped_body_stays_whole() -> None:
    """A payment debug log with a request of many lines, JSON among them, is one record with all of it."""
    body = b'[2026-11-24T02:10:11+00:00] payment.DEBUG: array (\n  \'request\' => \n{\n "card": "x",\n "ill": "flu"\n}\n) [] []\n'

    (found,) = accesses(body)

    assert '"ill": "flu"' in found.message


def test_times_without_zone_are_utc_and_say_so() -> None:
    """Older Monolog writes no zone."""
    (found,) = accesses(b"[2026-11-24 02:10:11] main.INFO: old [] []\n")

    assert datetime(2026, 11, 24, 2, 10, 11, tzinfo=UTC) == found.time
    assert "no zone" in found.message


@pytest.mark.parametrize("time", ["2026-13-24T02:10:11+00:00", "9999-01-01T00:00:00+00:00", "1066-01-01T00:00:00+00:00"])
def test_impossible_times_are_rejected(time: str) -> None:
    """A time that no log of ours can be from stands in the dead letters."""
    (found,) = records(f"[{time}] main.INFO: x [] []\n".encode())

    assert isinstance(found, Rejected)


def test_hostile_text_stays_text() -> None:
    """PHP tags, control characters and markers are kept as they came; bytes that are no text are shown."""
    (found,) = accesses(b"[2026-11-24T02:10:11+00:00] main.ERROR: <?php system($_GET[1]); ?> \x1b[31m MGab12:: \xff [] []\n")

    assert "<?php system" in found.message
    assert "MGab12::" in found.message
    assert "\\xff" in found.message


def test_what_begins_within_a_record_is_read_too() -> None:
    """Whoever cuts a file into messages may cut a record: its end is looked through, with a remark."""
    rest, whole = accesses(b'{\n "ssn": "x"\n}\n[2026-11-24T02:10:11+00:00] main.INFO: x [] []\n')

    assert NOW == rest.time
    assert "beginning of the record" in rest.message
    assert "x [] []" == whole.message


@pytest.mark.parametrize("body", [b"hello\nworld\n", b"[2026-11-24T02:10:11+00:00] broken\n", b"\xff\xfe\x00"])
def test_what_is_no_log_is_rejected(body: bytes) -> None:
    """Without a single head nothing tells that it is a log."""
    assert all(isinstance(one, Rejected) for one in records(body))


def test_a_huge_record_is_cut_and_says_so() -> None:
    """Memory has a bound, whether the record is one line or many."""
    head = b"[2026-11-24T02:10:11+00:00] main.DEBUG: "
    for body in (head + b"x" * (2 * LONGEST), head + b"\n" + (b"y" * 1000 + b"\n") * 600):
        (found,) = accesses(body)
        assert "was cut" in found.message
        assert len(found.message) < LONGEST + 200


def test_a_record_without_end_is_divided() -> None:
    """Thousands of lines without a head are several records."""
    found = accesses(b"[2026-11-24T02:10:11+00:00] main.DEBUG: x\n" + b"y\n" * 4_500)

    assert 3 == len(found)


def test_the_query_log_names_statement_and_table() -> None:
    """`db.log` holds literals of people: kind and table are told, the text is for the scanner."""
    body = (
        b"## 1201 ## QUERY\nSQL: SELECT `e`.* FROM `customer_entity` AS `e` WHERE (email = 'a@example.com')\nTIME: 0.0012\n"
        b"## 1201 ## QUERY\nSQL: UPDATE `sales_order` SET `status` = ?\nBIND: array (0 => 'x')\n"
        b"## 1201 ## CONNECT\nTIME: 0.1\n"
    )

    select, update, connect = accesses(body)

    assert ("SELECT", "customer_entity", "db.log") == (select.operation, select.resource, select.app)
    assert ("UPDATE", "sales_order") == (update.operation, update.resource)
    assert ("CONNECT", "log") == (connect.operation, connect.resource)
    assert NOW == select.time


@pytest.mark.parametrize(
    "body",
    [
        b'{"0":"Foo\\\\NoSuchEntityException: none","1":"#0 a.php","url":"/rest/V1/x?email=a"}',
        b'a:3:{i:0;s:38:"Foo\\Bar\\Baz\\NoSuchEntityException: non";i:1;s:8:"#0 a.php";s:3:"url";s:18:"/rest/V1/x?email=a";}',
    ],
)
def test_error_reports_are_read_in_both_forms(body: bytes) -> None:
    """A file of var/report as one message, JSON or serialized, with the address that was asked."""
    (found,) = accesses(body)

    assert ("/rest/V1/x", "email=a", 4) == (found.path, found.query, found.severity)
    assert found.operation.endswith("NoSuchEntityException")
    assert "#0 a.php" in found.message


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"0":7}', b'a:1:{i:0;O:8:"stdClass":0:{}}', b"a:1:", b'{"a":' * 3000, b'{"0":{"1":{"2":"x"}}}']
)
def test_reports_that_are_none_are_rejected(body: bytes) -> None:
    """Truncated, empty, deep, or with an object in it."""
    (found,) = records(body)

    assert isinstance(found, Rejected)


def test_a_report_without_an_exception_is_one_too() -> None:
    """Texts one level down count; what is no text is left out."""
    (found,) = accesses(b'{"0":{"message":"went wrong"},"url":5,"n":1}')

    assert ("report", "went wrong", "") == (found.operation, found.message, found.path)


def test_what_must_not_be_in_a_log_is_found_and_masked() -> None:
    """A payment debug log with a person in it: the row of the lake names what was found, and shows nothing of it."""
    line = b'[2026-11-24T02:10:11+00:00] payment.DEBUG: {"email":"jo.doe@example.com","ssn":"536-90-4399"} []'
    (raw,) = records(line)
    assert isinstance(raw, Raw)
    message = Message(seq=1, source="logs", received_at=NOW, content_type="text/plain", headers={}, body=line)

    (row,) = rows([Record(message=message, index=0, raw=raw)], pseudonyms=Pseudonyms(b"k" * 32), scanner=Scanner()).to_pylist()

    assert {"EMAIL", "SSN"} <= set(row["phi"])
    assert "jo.doe" not in str(row)
    assert "536-90-4399" not in str(row)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No bytes make a fault."""
    assert all(isinstance(one, Raw | Rejected) for one in records(body))


@given(st.lists(st.sampled_from(TRACE.splitlines()) | st.binary(max_size=40), max_size=12))
def test_no_line_is_lost(lines: list[bytes]) -> None:
    """Every line that is not blank stands in exactly one record, in its order."""
    body = b"\n".join(lines)
    kept = b"\n".join(one.raw for one in records(body))

    assert [line for line in kept.split(b"\n") if line.strip()] == [
        line.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf")
        for line in body.split(b"\n")
        if line.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf").strip()
    ]


def test_a_log_line_of_the_future_is_kept() -> None:
    """A clock that is wrong by a day is for the skew to show, not to drop."""
    moment = (NOW + timedelta(days=1)).isoformat()
    (found,) = accesses(f"[{moment}] main.INFO: x [] []\n".encode())

    assert NOW + timedelta(days=1) == found.time
    assert msgspec.structs.asdict(found)
