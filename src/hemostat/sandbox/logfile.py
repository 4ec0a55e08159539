"""The twin's own log files: one JSON line a record, whole lines only, also after a kill."""

import os
from pathlib import Path
from typing import Any

import msgspec


class LogFile:
    """A file that only grows. Each record is one write, so that a reader sees it whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return os.fstat(self._file).st_size

    def append(self, record: dict[str, Any]) -> None:
        """The file ends with this record."""
        os.write(self._file, msgspec.json.encode(record) + b"\n")

    def close(self) -> None:
        """The file is closed."""
        os.close(self._file)
