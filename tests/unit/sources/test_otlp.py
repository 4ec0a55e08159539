"""OpenTelemetry log records become accesses, whatever their encoding and whatever is wrong with them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from hemostat.events.vocabulary import Act, Result, Surface
from hemostat.kernel import Route, Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, otlp, read

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
NANO = 1_772_460_240_000_000_000  # 2026-03-02T14:04:00Z
ROUTE = Route(prefix="/api/session", surface="telehealth-session", act="session:read", subject="cid")
SOURCE = Source(kind="otlp", store="fernhollow", routes=[ROUTE])
JSON = "application/json"


def told(body: bytes, kind: str = JSON, **options: Any) -> list[Raw | Rejected]:
    """What the reader makes of a body."""
    message = Message(seq=1, source="otel", received_at=NOW, content_type=kind, headers={}, body=body)
    source = Source(kind="otlp", store="fernhollow", routes=[ROUTE], options=options)
    return list(read(message, source, ReaderContext()))


def one(record: Any, **options: Any) -> Raw | Rejected:
    """What the reader makes of one record in JSON."""
    found = told(export(record), **options)
    assert 1 == len(found)
    return found[0]


def export(*records: Any, **resource: str) -> bytes:
    """An export request in JSON."""
    attributes = [{"key": name.replace("_", "."), "value": {"stringValue": value}} for name, value in resource.items()]
    scope = {"scope": {"name": "s"}, "logRecords": list(records), "newField": [1]}
    return json.dumps({"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [scope]}]}).encode()


def attribute(key: str, **value: Any) -> dict[str, Any]:
    """One attribute in JSON."""
    return {"key": key, "value": value}


HTTP = [
    attribute("http.request.method", stringValue="GET"),
    attribute("url.path", stringValue="/api/session"),
    attribute("url.query", stringValue="cid=7000001"),
    attribute("http.response.status_code", intValue="200"),
    attribute("server.address", stringValue="Care.Fernhollow.Example:443"),
    attribute("user_agent.original", stringValue="headless"),
    attribute("client.address", stringValue="203.0.113.24"),
    attribute("enduser.id", stringValue="staff-7"),
    attribute("http.response.body.size", intValue=512),
]


def test_a_record_of_a_request_is_that_request() -> None:
    """Semantic attributes become the fields of the access, and the merchant's routes decide what it touched."""
    body = export(
        {
            "timeUnixNano": str(NANO),
            "severityNumber": 17,
            "eventName": "session.read",
            "traceId": "5B8EFFF798038103D269B633813FC60C",
            "body": {"stringValue": "read"},
            "attributes": HTTP,
        },
        service_name="care",
    )
    [raw] = told(body)
    assert isinstance(raw, Raw)
    access = raw.access
    assert datetime(2026, 3, 2, 14, 4, tzinfo=UTC) == access.time
    assert (Act.SESSION_READ, Surface.TELEHEALTH_SESSION, Result.SUCCESS) == (access.act, access.surface, access.result)
    assert ("7000001", 1, "GET", "/api/session", 200, 512) == (
        access.subject,
        access.subjects,
        access.method,
        access.path,
        access.status,
        access.bytes,
    )
    assert ("care.fernhollow.example", "headless", "203.0.113.24", "staff-7") == (
        access.host,
        access.user_agent,
        access.ip,
        access.actor,
    )
    assert ("session.read", "care", 4, "5b8efff798038103d269b633813fc60c", "read") == (
        access.operation,
        access.app,
        access.severity,
        access.request_id,
        access.message,
    )


def test_protobuf_says_what_json_says() -> None:
    """The same record in Protobuf is the same access."""
    record = LogRecord(
        time_unix_nano=NANO,
        severity_number=13,
        body=AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="a", value=AnyValue(array_value=ArrayValue()))])),
        trace_id=bytes.fromhex("5b8efff798038103d269b633813fc60c"),
        attributes=[
            KeyValue(key="hemostat.act", value=AnyValue(string_value="customer:read")),
            KeyValue(key="hemostat.subject", value=AnyValue(int_value=7000001)),
            KeyValue(key="hemostat.surface", value=AnyValue(string_value="patient-portal")),
            KeyValue(key="flag", value=AnyValue(bool_value=True)),
            KeyValue(key="none", value=AnyValue()),
        ],
    )
    resource = Resource(attributes=[KeyValue(key="service.name", value=AnyValue(string_value="care"))])
    request = ExportLogsServiceRequest(
        resource_logs=[ResourceLogs(resource=resource, scope_logs=[ScopeLogs(log_records=[record])])]
    )
    [raw] = told(request.SerializeToString(), otlp.PROTOBUF)
    in_json = export(
        {
            "timeUnixNano": NANO,
            "severityNumber": 13,
            "body": {"kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": []}}}]}},
            "traceId": "5b8efff798038103d269b633813fc60c",
            "attributes": [
                attribute("hemostat.act", stringValue="customer:read"),
                attribute("hemostat.subject", intValue="7000001"),
                attribute("hemostat.surface", stringValue="patient-portal"),
                attribute("flag", boolValue=True),
                {"key": "none"},
            ],
        },
        service_name="care",
    )
    [same] = told(in_json)
    assert isinstance(raw, Raw)
    assert isinstance(same, Raw)
    assert raw.access == same.access
    assert (Act.CUSTOMER_READ, "7000001", 1, 3, '{"a":[]}') == (
        raw.access.act,
        raw.access.subject,
        raw.access.subjects,
        raw.access.severity,
        raw.access.message,
    )


def test_a_body_that_is_a_log_line_is_read_as_one() -> None:
    """A collector that reads a web server's file puts each line into the body; it is the request that it tells."""
    line = '203.0.113.24 - - [02/Mar/2026:14:04:00 +0000] "GET /api/session?cid=7000001 HTTP/1.1" 200 512 "-" "headless"'
    raw = one({"observedTimeUnixNano": str(NANO), "body": {"stringValue": line}})
    assert isinstance(raw, Raw)
    assert (Act.SESSION_READ, "7000001") == (raw.access.act, raw.access.subject)


def test_a_sentence_is_kept_as_one() -> None:
    """What is no access is kept with its words; without any time it happened when it came, and says so."""
    raw = one({"body": {"stringValue": "started"}, "severityNumber": None})
    assert isinstance(raw, Raw)
    assert (Act.LOG_WRITE, NOW, 1) == (raw.access.act, raw.access.time, raw.access.severity)
    assert "started The record has no time; it is the time of its receipt." == raw.access.message
    assert isinstance(one({"timeUnixNano": NANO}), Raw)
    assert isinstance(one({"timeUnixNano": NANO, "body": {"stringValue": "x"}}, format="access-log"), Rejected)
    assert isinstance(one({"timeUnixNano": NANO, "body": {"stringValue": "x"}}, format="events"), Rejected)
    assert isinstance(one({"timeUnixNano": NANO, "body": {"stringValue": "x" * 300_000}}), Rejected)


@pytest.mark.parametrize(
    "record",
    [
        {"timeUnixNano": -1},
        {"timeUnixNano": "soon"},
        {"timeUnixNano": str(2**64)},
        {"timeUnixNano": str(2**63)},
        {"timeUnixNano": NANO, "severityNumber": "SEVERITY_NUMBER_INFO"},
        {"timeUnixNano": NANO, "attributes": [attribute("a", intValue="x")]},
        {"timeUnixNano": NANO, "attributes": [attribute("hemostat.act", stringValue="fly")]},
        {"timeUnixNano": NANO, "attributes": [attribute("hemostat.surface", stringValue="moon")]},
        {"timeUnixNano": NANO, "body": "text"},
        17,
    ],
)
def test_a_bad_record_costs_no_other(record: Any) -> None:
    """Numbers of the wrong kind, names for enumerations, impossible times: that record alone is rejected."""
    found = told(export({"timeUnixNano": NANO}, record, {"timeUnixNano": NANO}))
    assert [Raw, Rejected, Raw] == [type(each) for each in found]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"[]", JSON),
        (b'{"resourceLogs":{}}', JSON),
        (b"\xff\xff", otlp.PROTOBUF),
        (b'{"resourceLogs":' + b"[" * 100_000, JSON),
        (b"\x0a\x7f", otlp.PROTOBUF),
    ],
)
def test_what_is_no_export_request_is_rejected_whole(body: bytes, kind: str) -> None:
    """Empty, truncated, deep or other bytes are one rejection."""
    [rejected] = told(body, kind)
    assert isinstance(rejected, Rejected)


def test_nothing_is_a_message_without_records() -> None:
    """Every list may be missing, empty or null."""
    assert [] == told(b"", otlp.PROTOBUF)
    for text in (b"{}", b'{"resourceLogs":null}', b'{"resourceLogs":[{"scopeLogs":[{"logRecords":null}]},{"scopeLogs":null}]}'):
        assert [] == told(text)


@given(st.binary(max_size=300), st.sampled_from([JSON, otlp.PROTOBUF]))
def test_any_bytes_are_read_or_rejected(body: bytes, kind: str) -> None:
    """Whatever comes, nothing is raised."""
    assert all(isinstance(each, Raw | Rejected) for each in told(body, kind))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
            "timeUnixNano", "body", "attributes", "key", "value", "stringValue", "intValue", "arrayValue", "values", "traceId",
        ]), inner, max_size=4),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_record_is_read_or_rejected(record: Any) -> None:
    """Records of the right names and the wrong types raise nothing either."""
    assert all(isinstance(each, Raw | Rejected) for each in told(export(record)))
