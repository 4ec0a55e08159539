"""Files that are whole or untouched, and that only their owner may read."""

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """`path` holds `content`, whole, or still what it held before: also when the power goes.

    mode: who may do what with it, less what the process's mask takes away.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def owners_file(path: Path) -> None:
    """There is a file `path`; when it is new, it is empty and only its owner may read it. One that is there is not opened.

    A process that opens and closes a database of SQLite beside SQLite loses the locks of its own connections to it
    (POSIX `close`, fcntl locks), and another process may then take away the log that they read from.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
