"""OpenTelemetry logs over OTLP/HTTP, as protobuf.

Source: OpenTelemetry Protocol Specification 1.x, "OTLP/HTTP". Retried are 429, 502, 503 and 504, and broken connections. When a
receiver takes a part only, it does not say which; the specification forbids to send again by itself, so all events of that
request are kept in quarantine, with the number that was refused, until a person decides.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast
from urllib.parse import urlsplit

import msgspec

from hemostat.kernel import Clock, Home, Sink, to_micros
from hemostat.lake.spool import Spool
from hemostat.sources.base import options_of

from .base import Before, Channel, Misconfigured, Record, Refused, Taken, Unavailable
from .cutting import Outcome, by_requests, put
from .http import Answer, Wire, checked, elsewhere
from .runner import Common, Runner, Ways, key_of, stays_inside

if TYPE_CHECKING:
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

_LARGEST = 4_000_000  # bytes of a request before compression; receivers are asked to take 20 MiB, many take 4
_PROTOBUF = "application/x-protobuf"
_OK, _BAD, _TOO_LARGE = 200, 400, 413
_LATER = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({429, 503})
_SEVERITY = {1: 9, 2: 10, 3: 13, 4: 17, 5: 18, 6: 21}
"""From OCSF severity to OpenTelemetry's: informational, low, medium, high, critical, fatal."""


class Options(Common, frozen=True, kw_only=True):
    """Options of a sink of the kind `otlp`. `service`: the resource's `service.name`; `path`: where logs are taken.

    The key `sink.<name>` is sent as a bearer token, if there is one.
    """

    service: str = "hemostat"
    path: str = "/v1/logs"
    max_events: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500


class Exporter:
    """A channel to one receiver."""

    def __init__(self, wire: Wire, options: Options, *, token: str, host: str) -> None:
        self._wire = wire
        self._options = options
        self._host = host
        self._headers = {"content-type": _PROTOBUF} | ({"authorization": f"Bearer {token}"} if token else {})
        self._partly: list[Refused] = []

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """See `Channel`."""
        logs = {record.position: _log(record) for record in records}
        sizes = [logs[record.position].ByteSize() + 8 for record in records]
        for request in by_requests(records, sizes, most=self._options.max_events, most_bytes=_LARGEST):
            for taken, _ in put(request, lambda piece: self._send(piece, logs), before=before, host=self._host):
                partly, self._partly = self._partly, []
                count = sum(one.count for one in partly)
                yield msgspec.structs.replace(taken, sent=taken.sent - count, refused=(*taken.refused, *partly))

    def close(self) -> None:
        """The connections are closed."""
        self._wire.close()

    def _send(self, piece: Sequence[Record], logs: "dict[int, LogRecord]") -> Outcome:
        answer = self._wire.post(self._options.path, self._request([logs[one.position] for one in piece]), headers=self._headers)
        if answer.status == _BAD:
            return Outcome(reason="OTLP: the receiver cannot read it.", untouched=True)
        if answer.status == _TOO_LARGE:
            return Outcome(reason="OTLP: larger than the receiver takes.", untouched=True)
        if answer.status in _LATER:
            # 502 and 504 are a gateway's: behind it the records may have been kept.
            untouched = answer.status in _REFUSED
            raise Unavailable(f"{self._host} answered {answer.status}.", after=answer.after(), untouched=untouched)
        if answer.status != _OK:
            said = elsewhere(answer, self._host)
            if isinstance(said, Misconfigured):
                raise said
            # No other status is worth a quick try (OTLP/HTTP response): a person has to look, and it is tried again slowly.
            raise Misconfigured(str(said), advice="Look at the receiver's own log.", untouched=said.untouched)
        if refused := self._refused(answer, len(piece)):
            # Events that were refused and those that were taken cannot be told apart.
            reason = f"OTLP: the receiver refused {refused} of {len(piece)}, and does not say which."
            self._partly.append(Refused(records=tuple(piece), count=refused, reason=reason))
        return Outcome()

    def _request(self, logs: "Sequence[LogRecord]") -> bytes:
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415  # heavy: for this kind of sink only
            ExportLogsServiceRequest,
        )

        request = ExportLogsServiceRequest()
        resource = request.resource_logs.add()
        attribute = resource.resource.attributes.add()
        attribute.key, attribute.value.string_value = "service.name", self._options.service
        scope = resource.scope_logs.add()
        scope.scope.name = "hemostat"
        scope.log_records.extend(logs)
        content: bytes = request.SerializeToString(deterministic=True)
        return content

    def _refused(self, answer: Answer, asked: int) -> int:
        """How many records of the request a 200 refuses; one with a message alone is a warning, and refuses none."""
        from google.protobuf.message import DecodeError  # noqa: PLC0415  # heavy: for this kind of sink only
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415  # same
            ExportLogsServiceResponse,
        )

        if not answer.headers.get("content-type", _PROTOBUF).startswith(_PROTOBUF):
            raise Misconfigured(f"{self._host} answers in another language than OTLP's.", advice="Check `url` and `path`.")
        response = ExportLogsServiceResponse()
        try:
            response.ParseFromString(answer.body)
        except DecodeError:
            raise Misconfigured(f"{self._host} answers what is not OTLP.", advice="Check `url` and `path`.") from None
        return min(max(response.partial_success.rejected_log_records, 0), asked)


def channels(name: str, sink: Sink, *, home: Home) -> Ways:
    """Raises `BadSettings` when an option, the address or the key `sink.<name>` is wrong."""
    options = options_of(name, sink.options, Options)
    stays_inside(home, name, sink)
    token = key_of(home, name) if home.keyring(home.settings()).has(f"sink.{name}") else ""
    host = urlsplit(checked(sink.url)).netloc

    def make(_: str) -> Channel:
        return Exporter(Wire(sink.url, seconds=options.seconds, ca=options.ca), options, token=token, host=host)

    return Ways(only=options.only, make=make, meaning="the receiver answered 200 and refused nothing")


def forwarder(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Runner:
    """What fills the sink. Raises `BadSettings`."""
    ways = channels(name, sink, home=home)
    return Runner(name, home=home, spool=spool, clock=clock, only=ways.only, channel=ways.make)


def _log(record: Record) -> "LogRecord":
    """The event as a log record: its OCSF record is the body, its id is `log.record.uid`, as the semantic conventions name it."""
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord  # noqa: PLC0415  # heavy: for this kind of sink only

    log = LogRecord(
        time_unix_nano=max(to_micros(record.time), 0) * 1000,
    )
    log.severity_number = cast("Any", _SEVERITY.get(record.severity, 9))
    for key, value in (("log.record.uid", record.event_id), ("event.name", record.act)):
        attribute = log.attributes.add()
        attribute.key, attribute.value.string_value = key, value
    _fill(log.body, record.ocsf)
    return log


def _fill(place: Any, value: Any) -> None:
    """`place`, an AnyValue, holds `value`."""
    match value:
        case bool():
            place.bool_value = value
        case int():
            place.int_value = value
        case dict():
            place.kvlist_value.SetInParent()
            for key, inner in value.items():
                pair = place.kvlist_value.values.add()
                pair.key = key
                _fill(pair.value, inner)
        case list():
            place.array_value.SetInParent()
            for inner in value:
                _fill(place.array_value.values.add(), inner)
        case _:
            place.string_value = str(value)
