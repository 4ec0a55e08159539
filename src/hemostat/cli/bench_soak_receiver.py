"""A receiver of the bench `soak`, in a process of its own that may be killed: a strict twin that keeps ids in a file.

`python -m hemostat.cli.bench_soak_receiver KIND PORT FILE`. What it took is in the file before it says so, so that a killed one
has not forgotten it. One request in a hundred meets a fault; the collector of Splunk's refuses some events for good.
"""

import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from hemostat.sandbox.wires.datadog import DatadogLogs
from hemostat.sandbox.wires.faults import Fault, Faults, Receiver, receiving
from hemostat.sandbox.wires.loopback import Asked, Said
from hemostat.sandbox.wires.splunk_hec import SplunkHec

KEY = "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11"
"""The key of both kinds; made up."""

_FAULTS = (Fault.BUSY, Fault.THROTTLED, Fault.HALF, Fault.CUT_BEFORE, Fault.CUT_AFTER)
_SHARE, _MOST = 0.01, 1_000_000_000
_ONE_IN = 1009  # messages, of which the first event is refused


class Refuses(frozenset[str]):
    """The ids of events that are refused for good: one of the first events of a thousand messages."""

    def __contains__(self, uid: object) -> bool:
        """Is it one of them?"""
        return isinstance(uid, str) and uid.endswith("-00000") and int(uid[:12]) % _ONE_IN == 1


class Recorder(Receiver):
    """A twin that forgets what it took as soon as its ids are in a file."""

    def __init__(self, twin: SplunkHec | DatadogLogs, path: Path) -> None:
        self._twin = twin
        self._path = path
        self._lock = threading.Lock()
        self.faults = twin.faults

    def busy(self, fault: Fault) -> Said:
        """See `Receiver`."""
        return self._twin.busy(fault)

    def answer(self, sent: Asked, fault: Fault | None) -> Said:
        """See `Receiver`."""
        with self._lock:
            said = self._twin.answer(sent, fault)
            if self._twin.ids:
                with self._path.open("a") as file:
                    file.writelines(f"{uid}\n" for uid in self._twin.ids.elements())
            self._twin.ids.clear()
            (self._twin.events if isinstance(self._twin, SplunkHec) else self._twin.logs).clear()
            return said


def recorded(path: Path) -> Counter[str]:
    """How often each event arrived. What was being written when the receiver was killed does not count: it had not said so."""
    if not path.exists():
        return Counter()
    whole, _, _ = path.read_text().rpartition("\n")
    return Counter(whole.split())


def recorder(kind: str, path: Path, *, seed: int) -> Recorder:
    """A receiver of the kind, `splunk` with acknowledgment or `datadog`."""
    faults = Faults(seed, share=_SHARE, most=_MOST, kinds=_FAULTS)
    if kind == "datadog":
        return Recorder(DatadogLogs(key=KEY, faults=faults), path)
    twin = SplunkHec(token=KEY, ack=True, faults=faults)
    twin.bad = Refuses()
    return Recorder(twin, path)


if __name__ == "__main__":
    given_kind, given_port, given_path = sys.argv[1:]
    with receiving(recorder(given_kind, Path(given_path), seed=7), hang=1.0, port=int(given_port)):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
