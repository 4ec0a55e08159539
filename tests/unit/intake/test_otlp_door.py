"""OpenTelemetry's own exporter, and whoever speaks its protocol, is answered as the protocol says."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from google.protobuf.message import Message
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

from hemostat.kernel import Source
from hemostat.sources import Raw, ReaderContext, read
from hemostat.sources.base import Message as Spooled
from unit.intake.door import JSON, Door, Reply

NANO = 1_772_460_240_000_000_000
PROTOBUF = "application/x-protobuf"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A running door with two sources of OpenTelemetry."""
    sources = {"otel": Source(kind="otlp", store="fernhollow"), "other": Source(kind="otlp", store="fernhollow")}
    made = Door(tmp_path_factory.mktemp("otlp"), sources=sources)
    made.start()
    yield made
    assert 0 == made.stop()


def post(door: Door, body: bytes, *, kind: str = JSON, path: str = "/v1/logs", key: str = "otel", **headers: str) -> Reply:
    """One export request."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.request("POST", path, body, {**door.bearer(key), "content-type": kind, **given})


def export(*records: Any) -> bytes:
    """An export request in JSON."""
    return msgspec.json.encode({"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]})


def packed(*records: LogRecord) -> bytes:
    """An export request in Protobuf."""
    scope = ScopeLogs(log_records=records)
    return ExportLogsServiceRequest(resource_logs=[ResourceLogs(scope_logs=[scope])]).SerializeToString()


def parsed(kind: type[Message], body: bytes) -> Any:
    """An answer in Protobuf."""
    answer = kind()
    answer.ParseFromString(body)
    return answer


def test_the_sdk_gets_its_records_through(door: Door) -> None:
    """The exporter of the OpenTelemetry SDK sends, gzip and all, and every record can be read."""
    door.kept()
    headers = {"Authorization": door.bearer("otel")["authorization"]}
    exporter = OTLPLogExporter(f"http://127.0.0.1:{door.port}/v1/logs", headers=headers, compression=Compression.Gzip)
    provider = LoggerProvider()
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("care-app-of-a-test")
    for number in range(50):
        attributes = {"url.path": f"/chart/{number}", "http.request.method": "GET"}
        logger.emit(timestamp=NANO + number, severity_number=SeverityNumber.WARN, body="opened", attributes=attributes)
    provider.shutdown()
    told = [
        one.access
        for seq, source, body in door.kept()
        for one in read(
            Spooled(seq=seq, source=source, received_at=datetime.now(UTC), content_type=PROTOBUF, headers={}, body=body),
            Source(kind="otlp", store="fernhollow"),
            ReaderContext(),
        )
        if isinstance(one, Raw)
    ]
    assert [f"/chart/{number}" for number in range(50)] == [access.path for access in told]
    assert {("GET", 3)} == {(access.method, access.severity) for access in told}


def test_raw_bytes_are_kept_and_a_repetition_adds_nothing(door: Door) -> None:
    """The spool holds what was sent, without its compression; the same request again is known."""
    door.kept()
    body = packed(LogRecord(time_unix_nano=NANO))
    for _ in range(2):
        reply = post(door, gzip.compress(body), kind=PROTOBUF, content_encoding="gzip")
        assert (200, PROTOBUF, b"") == (reply.status, reply.headers["content-type"], reply.body)
    assert [("otel", body)] == [(source, kept) for _, source, kept in door.kept()]
    for _ in range(2):
        assert 200 == post(door, packed(LogRecord(severity_number=9)), kind=PROTOBUF).status
    assert 2 == len(door.kept()), "without times, equal requests need not be repetitions"


def test_the_address_may_name_the_source(door: Door) -> None:
    """With a source in the address its own key is asked for."""
    door.kept()
    assert 200 == post(door, export({"timeUnixNano": "1772460240000000001"}), path="/in/otlp/other/v1/logs", key="other").status
    assert ["other"] == [source for _, source, _ in door.kept()]
    assert 401 == post(door, export(), path="/in/otlp/other/v1/logs", key="otel").status
    assert 404 == post(door, export(), path="/in/otlp/edge/v1/logs", key="edge").status


def test_an_empty_request_is_a_success(door: Door) -> None:
    """Nothing is kept of it, and nothing is said."""
    door.kept()
    assert (200, b"") == (post(door, b"", kind=PROTOBUF).status, post(door, b"", kind=PROTOBUF).body)
    assert b"{}" == post(door, b"{}").body
    assert [] == door.kept()


def test_partial_success_counts_what_cannot_be_read(door: Door) -> None:
    """The number and the reasons are told, without a value; all records are kept, the bad ones for the dead letters."""
    door.kept()
    reply = post(door, export({"timeUnixNano": str(NANO)}, {"timeUnixNano": "Jane Roe"}, {"timeUnixNano": 2**63}))
    found = reply.json()["partialSuccess"]
    assert (200, "2") == (reply.status, found["rejectedLogRecords"])
    assert "Jane" not in found["errorMessage"]
    reply = post(door, packed(LogRecord(time_unix_nano=2**63)), kind=PROTOBUF)
    answer = parsed(ExportLogsServiceResponse, reply.body)
    assert 1 == answer.partial_success.rejected_log_records
    assert "year" in answer.partial_success.error_message
    assert 2 == len(door.kept())


def test_refusals_speak_the_encoding_of_the_request(door: Door) -> None:
    """google.rpc.Status, in JSON or Protobuf: not to be sent again, except when it may."""
    reply = post(door, b"{nonsense Jane Roe")
    assert (400, 3) == (reply.status, reply.json()["code"])
    assert "Jane" not in reply.json()["message"]
    reply = post(door, b"\xff" * 300, kind=PROTOBUF)
    assert (400, PROTOBUF, b"\x08\x03\x12") == (reply.status, reply.headers["content-type"], reply.body[:3])
    assert (413, 8) == (post(door, b" " * 200_001).status, post(door, b" " * 200_001).json()["code"])
    bomb = gzip.compress(b" " * 2_000_000)
    assert 413 == post(door, bomb, content_encoding="gzip").status
    assert 415 == post(door, b"x", kind="text/plain").status
    assert 415 == post(door, b"x", content_encoding="br").status
    assert 405 == door.get("/v1/logs").status


@pytest.mark.parametrize("authorization", ["", "Bearer nobody", "Basic eDp5", "Bearer "])
def test_strangers_are_not_let_in(door: Door, authorization: str) -> None:
    """Without the key of a source nothing is read."""
    headers = {"content-type": JSON} | ({"authorization": authorization} if authorization else {})
    reply = door.request("POST", "/v1/logs", export({"timeUnixNano": 1}), headers)
    assert (401, 16) == (reply.status, reply.json()["code"])


def test_a_key_of_another_door_opens_nothing(door: Door) -> None:
    """The key of a source of another kind is nobody's here."""
    assert 401 == post(door, export(), key="edge").status
    assert 404 == door.request("POST", "/in/otlp/otel", b"{}", door.bearer("otel")).status


def test_under_pressure_senders_are_asked_to_come_back(door: Door) -> None:
    """A key that cannot be used is 503 with Retry-After for those whom it may concern, and for nobody else."""
    path = door.home.path / "keys" / "source.other.json"
    content = path.read_bytes()
    path.write_bytes(b"{}")
    try:
        reply = door.request("POST", "/v1/logs", b"{}", {"authorization": "Bearer x", "content-type": JSON})
        assert (503, 14) == (reply.status, reply.json()["code"])
        assert "retry-after" in reply.headers
        assert 200 == post(door, b"{}").status, "the others do not suffer"
    finally:
        path.write_bytes(content)


def test_a_full_spool(tmp_path_factory: pytest.TempPathFactory) -> None:
    """503 and Retry-After, in Protobuf too; the exporter sends again."""
    made = Door(tmp_path_factory.mktemp("full"), spool_limit=60_000, sources={"otel": Source(kind="otlp", store="s")})
    made.start()
    try:
        big = packed(LogRecord(time_unix_nano=NANO, severity_text="x" * 100_000))
        reply = post(made, big, kind=PROTOBUF)
        assert (503, PROTOBUF, b"\x08\x0e") == (reply.status, reply.headers["content-type"], reply.body[:2])
        assert 1 <= int(reply.headers["retry-after"])
    finally:
        assert 0 == made.stop()
