"""`hemostat bench arrow`: from JSON to rows of the lake as Arrow, beside DuckDB's typed `read_json` over the same events.

Ours is what the pipeline does between the spool and the file: the reader of the source, pseudonyms, the scan, redaction. The peer
parses the same lines, on one thread, into columns whose names and types it is told, and hands them over as Arrow; it checks,
classifies, hides and scans nothing. The events are those of two sources of the bench mix: an app that speaks our own words, and
the store's access log. They take turns; processor time is counted, and a ratio is the median of those of the rounds.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from hemostat.kernel import Home
from hemostat.phi import Match, Scanner
from hemostat.sources import Message

from .bench_mix import messages, settings

EVENTS = 100_000
"""Events of each source, unless said otherwise."""

_ROUNDS = 3
_SEED = 2026
_LEAST, _LEAST_UNSCANNED = 0.25, 0.5  # times DuckDB
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "app": {
        "time": "TIMESTAMPTZ", "act": "VARCHAR", "actor": "VARCHAR", "actor_type": "VARCHAR", "auth": "VARCHAR", "ip": "VARCHAR",
        "user_agent": "VARCHAR", "method": "VARCHAR", "path": "VARCHAR", "status": "SMALLINT", "bytes": "BIGINT",
        "subject": "VARCHAR", "token": "VARCHAR", "request_id": "VARCHAR", "elements": "VARCHAR[]", "message": "VARCHAR",
    },
    "edge": {
        "time": "TIMESTAMPTZ", "remote_addr": "VARCHAR", "asn": "BIGINT", "host": "VARCHAR", "method": "VARCHAR",
        "request_uri": "VARCHAR", "protocol": "VARCHAR", "status": "SMALLINT", "body_bytes_sent": "BIGINT",
        "request_time": "DOUBLE", "http_referer": "VARCHAR", "http_user_agent": "VARCHAR", "request_id": "VARCHAR",
    },
}  # fmt: skip
"""The fields of the events of each source, as DuckDB is told them."""


class _Blind(Scanner):
    """Finds nothing, at once: what is left is the work beside the scan."""

    def scan_many(self, texts: Sequence[str]) -> list[list[Match]]:
        """Nothing in each text."""
        return [[] for _ in texts]


def arrow(events: int = EVENTS, *, rounds: int = _ROUNDS) -> dict[str, Any]:
    """Events a second of ours, with and without the scan, and of DuckDB, and their ratios, for each source."""
    figures: dict[str, Any] = {"rounds": rounds}
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        home = Home(Path(folder) / "home")
        home.create(settings())
        for name in _COLUMNS:
            told = _of_source(name, events)
            measured = _measured(home, name, told, Path(folder) / f"{name}.ndjson", rounds)
            figures |= {f"{name}: {figure}": value for figure, value in measured.items()}
    return figures


def _of_source(name: str, events: int) -> list[Message]:
    """Messages of the source with at least so many events."""
    some: list[Message] = []
    made = 0
    for number, one in enumerate(messages(20 * events, seed=_SEED)):
        if made >= events:
            break
        if one.source == name:
            made += one.body.count(b"\n") + 1
            some.append(
                Message(
                    seq=number,
                    source=name,
                    received_at=one.received_at,
                    content_type=one.content_type,
                    headers=one.headers,
                    body=one.body,
                )
            )
    return some


def _measured(home: Home, name: str, told: Sequence[Message], file: Path, rounds: int) -> dict[str, Any]:
    """The rates of all over the same events, and their ratios. Raises `AssertionError` when one of them loses an event."""
    from hemostat.detect.duck import opened  # noqa: PLC0415  # loads DuckDB
    from hemostat.lake.gathering import Tools, gather  # noqa: PLC0415  # loads Arrow

    file.write_bytes(b"\n".join(one.body for one in told))
    events = sum(one.body.count(b"\n") + 1 for one in told)
    whole, blind = Tools(home), Tools(home, scanner=_Blind())
    runs: dict[str, Callable[[], int]] = {
        "scanned": lambda: sum(batch.num_rows for batch in gather(told, whole).batches),
        "unscanned": lambda: sum(batch.num_rows for batch in gather(told, blind).batches),
    }
    with closing(opened()) as peer:
        runs["peer"] = lambda: int(peer.sql(_question(name), params=[str(file)]).to_arrow_table().num_rows)
        spent = _spent(runs, events, rounds)
    ratios = {
        one: median(theirs / ours for theirs, ours in zip(spent["peer"], spent[one], strict=True))
        for one in ("scanned", "unscanned")
    }
    return {
        "events": events,
        "bytes of an event": file.stat().st_size / events,
        "events a second": events / median(spent["scanned"]),
        "events a second, without the scan": events / median(spent["unscanned"]),
        "events a second, DuckDB's typed read_json": events / median(spent["peer"]),
        "times DuckDB": ratios["scanned"],
        "share of the goal of 0.25 times": ratios["scanned"] / _LEAST,
        "times DuckDB, without the scan": ratios["unscanned"],
        "share of the goal of 0.5 times": ratios["unscanned"] / _LEAST_UNSCANNED,
    }


def _spent(runs: Mapping[str, Callable[[], int]], events: int, rounds: int) -> dict[str, list[float]]:
    """Processor seconds of each run of each, in turn, after one that warms everything up."""
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            began = time.process_time()
            rows = run()
            if rows != events:
                raise AssertionError(name)
            if number:
                spent[name].append(time.process_time() - began)
    return spent


def _question(name: str) -> str:
    kinds = ", ".join(f"{field}: '{kind}'" for field, kind in _COLUMNS[name].items())
    return f"FROM read_json($1, format = 'newline_delimited', columns = {{{kinds}}})"
