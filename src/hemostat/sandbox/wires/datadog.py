"""A strict twin of Datadog's intake of logs, version 2. It cuts logs of more than 1 MB and says 202, as the real one does.

Sources as in `hemostat.sinks.datadog`. It decodes the logs itself, and shares no code with the sender.
"""

import gzip
import threading
import zlib
from collections import Counter, defaultdict
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .faults import NO_FAULTS, Fault, Faults, Receiver
from .loopback import Asked, Said

_LARGEST_REQUEST, _LARGEST_LOG, _MOST = 5_000_000, 1_000_000, 1000


class DatadogLogs(Receiver):
    """An intake with one key. `logs` are what it kept; `cut` counts logs of which it lost a part; `says` forces a status."""

    def __init__(self, *, key: str = "0123456789abcdef0123456789abcdef", faults: Faults = NO_FAULTS) -> None:
        self.key = key
        self.faults = faults
        self.says: tuple[int, dict[str, str]] | None = None
        self.bad: frozenset[str] = frozenset()
        self.logs: list[dict[str, Any]] = []
        self.ids: Counter[str] = Counter()
        self.cut = 0
        self.requests = 0
        self._lock = threading.Lock()

    def busy(self, fault: Fault) -> Said:
        """503, 429 with the seconds until there is room again, or 500."""
        if fault is Fault.THROTTLED:
            return Said(status=429, body=b'{"errors":[]}', headers={"x-ratelimit-reset": "0"})
        return Said(status=503 if fault is Fault.BUSY else 500, body=b'{"errors":[]}')

    def answer(self, sent: Asked, fault: Fault | None) -> Said:
        """See `Receiver`."""
        del fault
        with self._lock:
            self.requests += 1
            if self.says is not None:
                return Said(status=self.says[0], body=b"{}", headers=self.says[1])
            if urlsplit(sent.target).path != "/api/v2/logs" or sent.method != "POST":
                return Said(status=404, body=b'{"errors":[]}')
            if "dd-api-key" not in sent.headers:
                return Said(status=401, body=b'{"errors":[]}')
            if sent.headers["dd-api-key"] != self.key:
                return Said(status=403, body=b'{"errors":[]}')
            return self._keep(sent)

    def whole(self) -> dict[str, Any]:
        """The events that were kept, by id; those of several parts put together again."""
        parts: dict[str, dict[int, str]] = defaultdict(dict)
        events: dict[str, Any] = {}
        for log in self.logs:
            if (more := log.get("continuation")) is None:
                events[log.get("event_id", "")] = log.get("ocsf")
                continue
            parts[more["id"]][more["part"]] = log["message"]
            if len(parts[more["id"]]) == more["parts"]:
                text = "".join(parts[more["id"]][number] for number in sorted(parts[more["id"]]))
                events[more["id"]] = msgspec.json.decode(text)
        return events

    def _keep(self, sent: Asked) -> Said:
        body = _plain(sent)
        if body is None:
            return Said(status=400, body=b'{"errors":[]}')
        if len(body) > _LARGEST_REQUEST:
            return Said(status=413, body=b'{"errors":[]}')
        logs = _read(body)
        if logs is None or any(log.get("event_id") in self.bad for log in logs):
            return Said(status=400, body=b'{"errors":[]}')
        if len(logs) > _MOST:
            return Said(status=413, body=b'{"errors":[]}')
        for log in logs:
            if len(msgspec.json.encode(log)) > _LARGEST_LOG:
                self.cut += 1
            self.logs.append(log)
            self.ids[str(log.get("event_id", ""))] += 1
        return Said(status=202, body=b"{}")


def _plain(sent: Asked) -> bytes | None:
    try:
        match sent.headers.get("content-encoding", "identity"):
            case "gzip":
                return gzip.decompress(sent.body)
            case "deflate":
                return zlib.decompress(sent.body)
            case "identity":
                return sent.body
            case _:
                return None
    except (OSError, EOFError, zlib.error):
        return None


def _read(body: bytes) -> list[dict[str, Any]] | None:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    logs = found if isinstance(found, list) else [found]
    fits = logs and all(isinstance(log, dict) and isinstance(log.get("message", ""), str) and _tags(log) for log in logs)
    return logs if fits else None


def _tags(log: dict[str, Any]) -> bool:
    """Are the tags one text, as the intake wants them?"""
    return isinstance(log.get("ddtags", ""), str)
