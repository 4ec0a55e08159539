"""A scanner of another maker as a process that is asked line by line."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from hemostat.kernel import BadInput

INSTALL = "`make peers` installs them into build/peers; HEMOSTAT_PEERS may name another Python that has them"
"""How to have the peers, for those who lack them."""

_PATIENCE = 10.0  # seconds
_RUNNER = Path(__file__).with_name("runner.py")
_HERE = Path(__file__).parents[4] / "build" / "peers" / "bin" / "python"


class Answer(NamedTuple):
    """What a peer told of each text, by offsets in code points and in its own words, and the processor seconds that it took."""

    seconds: float
    found: list[list[tuple[int, int, str]]]


class Ready(msgspec.Struct, frozen=True):
    """The first line of a peer's process: it can be asked."""

    version: str


_READY, _ANSWER = msgspec.json.Decoder(Ready), msgspec.json.Decoder(Answer)


def python() -> Path | None:
    """The interpreter of the environment that has the peers; None when there is none."""
    given = os.environ.get("HEMOSTAT_PEERS")
    place = Path(given) if given else _HERE
    return place if place.exists() else None


class Peer:
    """A running peer."""

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.name = name
        self._process = process
        self.version = _READY.decode(self._line()).version

    def scan(self, texts: Sequence[str]) -> Answer:
        """What it finds in the texts. Raises `BadInput` when it ends before it answers."""
        if self._process.stdin is None:
            raise AssertionError  # it was started with a pipe
        try:
            self._process.stdin.write(msgspec.json.encode(texts) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        return _ANSWER.decode(self._line())

    def _line(self) -> bytes:
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise self._ended()
        return line

    def _ended(self) -> BadInput:
        return BadInput(f"The peer {self.name} ended.", advice="What it said stands above; install the peers anew: make peers.")


@contextmanager
def started(name: str, interpreter: Path, *, runner: Path = _RUNNER) -> Iterator[Peer]:
    """The peer of that name runs until the end of the block."""
    command = [str(interpreter), "-I", str(runner), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own program
    with process:
        try:
            yield Peer(name, process)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends by itself when it has nothing more to read, and tidies up; it is not waited for long."""
    try:
        process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
