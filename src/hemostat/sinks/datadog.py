"""Datadog Logs, intake version 2: arrays of logs, gzip. It has no acknowledgment: its 202 is the most that can be known.

Source: Datadog's pages "Send logs" and "Log collection". Datadog cuts a log of more than 1 MB and still says 202, so such an
event goes as several logs that share a key. It takes times of up to 18 hours ago; an older event goes without a time of its own,
is marked, and keeps its time inside. Unverified here: what Datadog does with a time from the future.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from hemostat.kernel import BadSettings, Clock, Home, Sink, clock_for, iso, to_micros
from hemostat.lake.spool import Spool
from hemostat.sources.base import options_of

from .base import Before, Channel, Misconfigured, NotTaken, Record, Taken, Unavailable
from .cutting import Outcome, by_requests, put
from .http import Answer, Wire, checked, elsewhere
from .runner import Common, Runner, Ways, key_of, stays_inside

SITES = (
    "datadoghq.com",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "datadoghq.eu",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
    "ddog-gov.com",
    "us2.ddog-gov.com",
)
"""Where Datadog lives; `https://http-intake.logs.<site>` takes logs."""

LARGEST_LOG, LARGEST_REQUEST, MOST_LOGS = 1_000_000, 5_000_000, 1000
"""Bytes of one log, bytes of one request before compression, and logs of one request, at most."""

OLDEST = timedelta(hours=18)
"""How far in the past Datadog takes a log's time."""

_SPARE = timedelta(minutes=5)  # for the way there and for clocks that differ
_PIECE = 200_000  # characters of a part: six bytes each at most, as JSON inside JSON writes them, stay below the largest log
_ACCEPTED, _BAD, _TOO_LARGE = 202, 400, 413
_WORDS = {401: "no key arrived", 403: "the key is not accepted", 404: "there is no such intake"}


class Options(Common, frozen=True, kw_only=True):
    """Options of a sink of the kind `datadog`.

    site: where the account lives, when `url` is empty.
    service: name of the service; tags: further tags of each log, like `team:privacy`.
    """

    site: str = SITES[0]
    service: str = "hemostat"
    tags: tuple[str, ...] = ()
    max_events: Annotated[int, msgspec.Meta(ge=1, le=MOST_LOGS)] = MOST_LOGS


class Intake:
    """A channel to one intake."""

    def __init__(self, wire: Wire, options: Options, *, key: str, host: str, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._options = options
        self._host = host
        self._now = now
        self._headers = {"dd-api-key": key, "content-type": "application/json"}

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """See `Channel`."""
        reached = -1
        oldest = self._now() - OLDEST + _SPARE
        logs = {record.position: self._logs(record, oldest) for record in records}
        sizes = [sum(len(log) + 1 for log in logs[record.position]) for record in records]
        most = self._options.max_events
        for few in by_requests(records, sizes, most=most, most_bytes=LARGEST_REQUEST - 2):
            for request in _by_logs(few, logs):
                for taken, _ in put(request, lambda piece: self._send(piece, logs), before=before, host=self._host):
                    late = sum(one.time < oldest for one in request if reached < one.position <= taken.position)
                    reached = taken.position
                    yield msgspec.structs.replace(taken, late=late)

    def close(self) -> None:
        """The connections are closed."""
        self._wire.close()

    def _send(self, piece: Sequence[Record], logs: dict[int, list[bytes]]) -> Outcome:
        return self._post([log for one in piece for log in logs[one.position]])

    def _post(self, logs: Sequence[bytes]) -> Outcome:
        """Whether the logs were refused for good. An event of many parts may need several requests."""
        start = size = 0
        for index, log in enumerate([*logs, b""]):
            is_full = index - start >= MOST_LOGS or size + len(log) + 1 > LARGEST_REQUEST - 2
            if index > start and (is_full or index == len(logs)):
                body = b"[" + b",".join(logs[start:index]) + b"]"
                try:
                    reason = self._judged(self._wire.post("/api/v2/logs", body, headers=self._headers))
                except NotTaken as error:
                    error.untouched = error.untouched and not start
                    raise
                if reason:
                    return Outcome(reason=reason, untouched=not start)
                start, size = index, 0
            size += len(log) + 1
        return Outcome()

    def _judged(self, answer: Answer) -> str:
        """Empty when the logs were taken, else why never. Raises `Unavailable` and `Misconfigured`."""
        if answer.status == _ACCEPTED:
            return ""
        if answer.status == _BAD:
            return "Datadog: invalid format."
        if answer.status == _TOO_LARGE:
            return "Datadog: larger than the intake takes."
        if answer.status in _WORDS:
            words = _WORDS[answer.status]
            advice = "Correct the key or the site."
            raise Misconfigured(f"{self._host}: {words} ({answer.status}).", advice=advice, untouched=True)
        said = elsewhere(answer, self._host)
        if isinstance(said, Unavailable) and (reset := answer.after("x-ratelimit-reset")) is not None:
            raise Unavailable(str(said), after=reset, untouched=said.untouched)
        raise said

    def _logs(self, record: Record, oldest: datetime) -> list[bytes]:
        """The event as one log, or as several that share its id when it is too large for one."""
        common = self._common(record, oldest)
        whole = msgspec.json.encode({**common, "message": _sentence(record), "ocsf": record.ocsf})
        if len(whole) <= LARGEST_LOG:
            return [whole]
        text = msgspec.json.encode(record.ocsf).decode()
        pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
        return [
            msgspec.json.encode(
                {**common, "message": piece, "continuation": {"id": record.event_id, "part": number, "parts": len(pieces)}}
            )
            for number, piece in enumerate(pieces, start=1)
        ]

    def _common(self, record: Record, oldest: datetime) -> dict[str, Any]:
        words = (("env", record.environment), ("store", record.store), ("surface", record.surface))
        tags = [f"{tag}:{word}" for tag, word in words if word]
        common: dict[str, Any] = {
            "ddsource": "hemostat",
            "service": self._options.service,
            "ddtags": ",".join([*tags, *self._options.tags]),
            "event_id": record.event_id,
        }
        if record.host:
            common["hostname"] = record.host
        if record.time >= oldest:
            return {**common, "timestamp": to_micros(record.time) // 1000}
        return {**common, "late": True, "happened_at": iso(record.time)}


def channels(name: str, sink: Sink, *, home: Home) -> Ways:
    """Raises `BadSettings` when an option, the address or the key `sink.<name>` is missing or wrong."""
    options = options_of(name, sink.options, Options)
    if not sink.url and options.site not in SITES:
        raise BadSettings(f"Datadog has no site {options.site!r}.", advice=f"Use one of: {', '.join(SITES)}; or give `url`.")
    url = checked(sink.url or f"https://http-intake.logs.{options.site}")
    stays_inside(home, name, msgspec.structs.replace(sink, url=url))
    key = key_of(home, name)

    def make(_: str) -> Channel:
        wire = Wire(url, seconds=options.seconds, ca=options.ca)
        return Intake(wire, options, key=key, host=urlsplit(url).netloc, now=clock_for(home.path).now)

    return Ways(only=options.only, make=make, meaning="the intake answered 202, and acknowledges nothing beyond that")


def forwarder(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Runner:
    """What fills the sink. Raises `BadSettings`."""
    ways = channels(name, sink, home=home)
    return Runner(name, home=home, spool=spool, clock=clock, only=ways.only, channel=ways.make)


def _by_logs(few: Sequence[Record], logs: dict[int, list[bytes]]) -> Iterator[Sequence[Record]]:
    """The records cut again where their parts are more logs than a request takes; an event of several parts is never cut."""
    yield from by_requests(few, [len(logs[one.position]) for one in few], most=len(few), most_bytes=MOST_LOGS)


def _sentence(record: Record) -> str:
    """What stands in the list of logs."""
    return f"{record.act} on {record.surface} ({record.result or 'unknown'})"
