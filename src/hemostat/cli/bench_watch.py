"""What processes hold at a moment, for the benches: memory, open files, connections, threads, processor time. Read from /proc."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import msgspec

_MEGABYTE = 1e6
_CLOSE_WAIT = "08"  # the other side has closed, this one has not: proc(5), /proc/net/tcp
_RESET_PEAK = "5"  # proc(5), /proc/pid/clear_refs


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What one process holds, or several together.

    own: megabytes that it shares with no other process. resident: megabytes, shared ones in full.
    files: open files of any kind that are neither sockets nor pipes. hanging: sockets whose other side has closed.
    cpu: seconds of processor time so far.
    """

    own: float = 0.0
    resident: float = 0.0
    files: int = 0
    sockets: int = 0
    hanging: int = 0
    pipes: int = 0
    threads: int = 0
    cpu: float = 0.0

    def __add__(self, other: "Held") -> "Held":
        """Both together."""
        mine, theirs = msgspec.structs.asdict(self), msgspec.structs.asdict(other)
        return Held(**{name: value + theirs[name] for name, value in mine.items()})


def family(pid: int) -> Iterator[int]:
    """The process and all below it, of those that live at this moment."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds; pages that it shares with others count in full. 0 when it is gone."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE
    return 0.0


def peak(pid: int) -> float:
    """The most megabytes that a process held since `peak_reset`, or since it began; 0 when it is gone."""
    return _kilobytes(pid, "status", "VmHWM")


def peak_reset(pid: int) -> None:
    """What the process holds now is the most that it has held."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)


def held(pid: int) -> Held:
    """What a process holds now; nothing when it is gone."""
    with suppress(OSError):
        kinds = [_target(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
        sockets = {kind for kind in kinds if kind.startswith("socket:")}
        pipes = sum(kind.startswith(("pipe:", "anon_inode:")) for kind in kinds)
        return Held(
            own=_kilobytes(pid, "smaps_rollup", "Private_Clean") + _kilobytes(pid, "smaps_rollup", "Private_Dirty"),
            resident=resident(pid),
            files=len(kinds) - len(sockets) - pipes,
            sockets=len(sockets),
            hanging=len(sockets & _hanging(pid)),
            pipes=pipes,
            threads=len(list(Path(f"/proc/{pid}/task").iterdir())),
            cpu=_cpu(pid),
        )
    return Held()


def _kilobytes(pid: int, file: str, name: str) -> float:
    """A figure of one of the process's files, in megabytes."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / _MEGABYTE
    return 0.0


def _target(entry: Path) -> str:
    with suppress(OSError):
        return str(entry.readlink())
    return "gone"


def _hanging(pid: int) -> set[str]:
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if row[3] == _CLOSE_WAIT}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quarters(series: Sequence[float]) -> tuple[float, float]:
    """The medians of the second and of the last quarter of a series; the first quarter is for warming up."""
    quarter = len(series) // 4
    return median(series[quarter : 2 * quarter]), median(series[-quarter:])
