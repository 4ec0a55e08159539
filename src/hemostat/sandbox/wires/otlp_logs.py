"""A strict twin of an OTLP/HTTP receiver of logs, for protobuf. Source as in `hemostat.sinks.otlp`."""

import gzip
import threading
import zlib
from collections import Counter
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from .faults import NO_FAULTS, Fault, Faults, Receiver
from .loopback import Asked, Said

_PROTOBUF = "application/x-protobuf"
_LARGEST = 20 * 1024 * 1024


class OtlpLogs(Receiver):
    """A receiver. `logs` are what it kept; it refuses ids in `bad`, and says only how many; `says` forces a status."""

    def __init__(self, *, token: str = "", faults: Faults = NO_FAULTS, largest: int = _LARGEST) -> None:
        self.token = token
        self.faults = faults
        self.largest = largest
        self.says: tuple[int, dict[str, str]] | None = None
        self.bad: frozenset[str] = frozenset()
        self.logs: list[LogRecord] = []
        self.ids: Counter[str] = Counter()
        self._lock = threading.Lock()

    def busy(self, fault: Fault) -> Said:
        """503 or 429, each with the seconds to wait, or 503 alone."""
        headers = {} if fault is Fault.DISK_FULL else {"retry-after": "0"}
        return Said(status=429 if fault is Fault.THROTTLED else 503, content_type=_PROTOBUF, headers=headers)

    def answer(self, sent: Asked, fault: Fault | None) -> Said:
        """See `Receiver`."""
        del fault
        with self._lock:
            if self.says is not None:
                return Said(status=self.says[0], headers=self.says[1], content_type=_PROTOBUF)
            if urlsplit(sent.target).path != "/v1/logs":
                return Said(status=404, content_type="text/plain")
            if self.token and sent.headers.get("authorization") != f"Bearer {self.token}":
                return Said(status=401, content_type=_PROTOBUF)
            if sent.headers.get("content-type") != _PROTOBUF:
                return Said(status=415, content_type="text/plain")
            return self._keep(sent)

    def _keep(self, sent: Asked) -> Said:
        request = ExportLogsServiceRequest()
        try:
            body = gzip.decompress(sent.body) if sent.headers.get("content-encoding") == "gzip" else sent.body
            if len(body) > self.largest:
                return Said(status=413, content_type=_PROTOBUF)
            request.ParseFromString(body)
        except (OSError, EOFError, zlib.error, DecodeError):
            return Said(status=400, content_type=_PROTOBUF)
        response = ExportLogsServiceResponse()
        for log in (log for resource in request.resource_logs for scope in resource.scope_logs for log in scope.log_records):
            uid = uid_of(log)
            if uid in self.bad:
                response.partial_success.rejected_log_records += 1
                response.partial_success.error_message = "some records are not accepted"
                continue
            self.logs.append(log)
            self.ids[uid] += 1
        return Said(body=response.SerializeToString(), content_type=_PROTOBUF)


def uid_of(log: LogRecord) -> str:
    """The unique id of a log record, "" when it has none."""
    return next((one.value.string_value for one in log.attributes if one.key == "log.record.uid"), "")
