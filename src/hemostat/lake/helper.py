"""`python -m hemostat.lake.helper`: reads and redacts pieces of plans for the process that started it, and ends with it.

It is told what to do on its standard input and answers on its standard output, frame by frame: a greeting with the home and its
settings, then one range of messages after another. It only reads the spool.
"""

import signal
import sys
from pathlib import Path
from typing import IO

import msgspec
import pyarrow as pa

from hemostat.kernel import Home
from hemostat.kernel.garbage import settled
from hemostat.lake.crew import Hello, packed, receive, send
from hemostat.lake.gathering import Tools, gather
from hemostat.lake.spool import Plan, Spool


def serve(asked: IO[bytes], told: IO[bytes]) -> None:
    """Every range that was asked for is told, until nobody asks any more; an empty frame for one that cannot be."""
    greeting = receive(asked)
    if greeting is None:
        return
    hello = msgspec.msgpack.decode(greeting, type=Hello)
    tools = Tools(Home(Path(hello.home)), settings=hello.settings)
    spool = tools.spool()
    try:
        tools.scanner.scan("ready")
        send(told, b"ready")
        while frame := receive(asked):
            send(told, _answer(msgspec.msgpack.decode(frame, type=Plan), spool, tools))
    finally:
        spool.close()


def _answer(task: Plan, spool: Spool, tools: Tools) -> bytes:
    try:
        return packed(gather(spool.messages(task), tools))
    except Exception:  # noqa: BLE001  # whatever it is, the process that asked does the piece itself, and tells of it
        return b""


if __name__ == "__main__":
    settled()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    pa.set_memory_pool(pa.system_memory_pool())
    serve(sys.stdin.buffer, sys.stdout.buffer)
