"""Where events are forwarded to: Splunk, Datadog, OpenTelemetry, syslog and files, at least once, without holding up anything."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol

from hemostat.kernel import BadSettings, Clock, Home, Sink
from hemostat.lake.spool import Spool

SINKS: Mapping[str, str] = {}
"""Kinds of sinks, and the module of this room that fills each."""


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
    if sink.kind not in SINKS:
        raise BadSettings(f"Sink {name!r} is of an unknown kind: {sink.kind!r}.", advice=f"Use one of: {', '.join(SINKS)}.")
    made: Forwarder = import_module(f"hemostat.sinks.{SINKS[sink.kind]}").forwarder(
        name, sink, home=home, spool=spool, clock=clock
    )
    return made
