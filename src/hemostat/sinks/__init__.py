"""Where events are forwarded to: Splunk, Datadog, OpenTelemetry, syslog and files, at least once, without holding up anything."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from hemostat.kernel import BadSettings, Clock, Home, Sink
from hemostat.lake.spool import Spool

if TYPE_CHECKING:
    from .runner import Ways

SINKS: Mapping[str, str] = {
    "splunk": "splunk",
    "datadog": "datadog",
    "otlp": "otlp",
    "syslog": "syslog",
    "files": "files",
}
"""Kinds of sinks, and the module of this room that fills each: it has `channels` and `forwarder`."""


class Forwarder(Protocol):
    """Fills one sink from the lake. It may be killed anywhere, and is then made anew."""

    every: float
    """Seconds to the next `poll` when nothing waits."""

    def poll(self) -> bool:
        """Some of what the sink has not seen yet is there, and the checkpoint has moved; True when more waits.

        Raises `HemostatError` when the sink takes nothing now; it is asked again, later each time.
        """

    def close(self) -> None:
        """Connections are closed."""


def forwarder_of(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Forwarder:
    """What fills a sink. Raises `BadSettings` when there is no such kind of sink, or its options are wrong."""
    made: Forwarder = import_module(_module(name, sink)).forwarder(name, sink, home=home, spool=spool, clock=clock)
    return made


def ways_of(name: str, sink: Sink, *, home: Home) -> "Ways":
    """Which events a sink wants, and how it is reached. Raises `BadSettings` like `forwarder_of`."""
    ways: Ways = import_module(_module(name, sink)).channels(name, sink, home=home)
    return ways


def _module(name: str, sink: Sink) -> str:
    if sink.kind not in SINKS:
        raise BadSettings(f"Sink {name!r} is of an unknown kind: {sink.kind!r}.", advice=f"Use one of: {', '.join(SINKS)}.")
    return f"hemostat.sinks.{SINKS[sink.kind]}"
