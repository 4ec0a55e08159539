"""What the door counts, in the text format of Prometheus, version 0.0.4."""

from collections import Counter
from datetime import datetime

from hemostat.lake.spool import Lag

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the commit times that are counted together, in seconds."""


class Metrics:
    """The counts of one process since it started. Only the event loop's thread writes the counters."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.records: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._commits = [0] * (len(BUCKETS) + 1)
        self._commit_seconds = 0.0

    def committed(self, seconds: float) -> None:
        """One commit took `seconds`."""
        self._commit_seconds += seconds
        self._commits[next((index for index, most in enumerate(BUCKETS) if seconds <= most), len(BUCKETS))] += 1

    def text(self, lag: Lag, *, used: int, limit: int, held: int, now: datetime) -> str:
        """All counts and the state of the spool."""
        waiting_since = 0.0 if lag.oldest is None else max(0.0, (now - lag.oldest).total_seconds())
        return "".join(
            [
                _counter("messages_accepted_total", "Messages that were put into the spool.", "source", self.messages),
                _counter("records_accepted_total", "Lines or events in them.", "source", self.records),
                _counter("duplicates_total", "Messages that were there already.", "source", self.duplicates),
                _counter("refused_total", "Requests that were refused.", "reason", self.refused),
                _gauge("held_bytes", "Bytes of requests under way.", held),
                _gauge("spool_bytes", "Bytes that the spool holds.", used),
                _gauge("spool_limit_bytes", "Bytes that the spool may hold.", limit),
                _gauge("spool_waiting_messages", "Messages that are not in the lake yet.", lag.messages),
                _gauge("spool_waiting_seconds", "Age of the oldest of them.", waiting_since),
                self._histogram(),
            ]
        )

    def _histogram(self) -> str:
        name = "hemostat_intake_commit_seconds"
        rows = [f"# HELP {name} Time of a group commit.", f"# TYPE {name} histogram"]
        total = 0
        for most, count in zip((*BUCKETS, "+Inf"), self._commits, strict=True):
            total += count
            rows.append(f'{name}_bucket{{le="{most}"}} {total}')
        return "\n".join([*rows, f"{name}_sum {self._commit_seconds:.6f}", f"{name}_count {total}", ""])


def _counter(name: str, meaning: str, label: str, counts: Counter[str]) -> str:
    full = f"hemostat_intake_{name}"
    rows = [f'{full}{{{label}="{_escaped(value)}"}} {count}' for value, count in sorted(counts.items())]
    return "\n".join([f"# HELP {full} {meaning}", f"# TYPE {full} counter", *rows, ""])


def _gauge(name: str, meaning: str, value: float) -> str:
    full = f"hemostat_intake_{name}"
    return f"# HELP {full} {meaning}\n# TYPE {full} gauge\n{full} {value}\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
