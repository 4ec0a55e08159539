"""Our own log: one JSON line per unit of work, words and ids only.

A field that is not on the allow-list is dropped, so that a record can never reach a log by a slip of the pen.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "process", "source", "store", "rule", "reason", "error", "status", "count", "seq", "batch",
        "rows", "rejected", "duplicates", "alert", "incident", "step", "run", "seconds", "port", "host", "path", "bytes", "lag",
        "act", "signal", "drill",
    }
)  # fmt: skip


def keep_allowed(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line without the fields that nobody allowed, and with a count of what was dropped."""
    dropped = [key for key in line if key not in ALLOWED]
    for key in dropped:
        del line[key]
    if dropped:
        line["dropped"] = len(dropped)
    return line


def configure(process: str, *, level: int = logging.INFO) -> None:
    """From now on this process logs JSON lines to standard error under the name `process`."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(process=process)


def get() -> structlog.typing.FilteringBoundLogger:
    """The logger of this process."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
