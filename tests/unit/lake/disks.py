"""Disks that fill up."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(*, inodes: int = 100) -> Iterator[Path | None]:
    """A file system of 1 MB and a few files, or None where this user may not mount one."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size=1m,nr_inodes={inodes}", "tmpfs", folder]
        mounted = subprocess.run(command, capture_output=True, check=False)
        if mounted.returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)  # from PATH


def write_until_full(path: Path) -> None:
    """The file takes whatever room is left on its disk."""
    with path.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        for _ in range(4096):
            ballast.write(bytes(4096))
