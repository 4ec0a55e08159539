"""Group commit: one thread takes whatever waits, commits it in one transaction, and only then are its senders answered."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

from hemostat.kernel import log
from hemostat.lake.spool import Incoming, Receipt, Spool

MOST_MESSAGES = 500
MOST_BYTES = 16_000_000
_GATHER = 0.002
"""Seconds in which a busy door lets more messages come before it commits: what a transaction costs is shared by all in it."""

Waiting = tuple[Incoming, "asyncio.Future[Receipt]"]
Outcome = tuple["asyncio.Future[Receipt]", Receipt | Exception]


class Committer:
    """The one writer of the door. `committed` is told the seconds of each commit, on the loop's thread."""

    def __init__(self, spool: Spool, *, committed: Callable[[float], None]) -> None:
        self._spool = spool
        self._committed = committed
        self._waiting: deque[Waiting] = deque()
        self._is_calling = False
        self._together = 0  # messages in the last transaction
        self._calls: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Messages are committed from now on. Called on the event loop that will `submit`."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def submit(self, incoming: Incoming) -> "asyncio.Future[Receipt]":
        """Resolved when the message is on disk. Raises what the spool raised, `SpoolFull` above all."""
        future: asyncio.Future[Receipt] = self._loop.create_future()
        self._waiting.append((incoming, future))
        if not self._is_calling:  # once for all that come in one turn of the loop: a call wakes a thread
            self._is_calling = True
            self._loop.call_soon(self._call)
        return future

    def is_alive(self) -> bool:
        """Does the writer run?"""
        return self._thread.is_alive()

    async def stop(self) -> None:
        """Everything submitted before is committed and answered, and the thread has ended."""
        self._calls.put(False)
        await asyncio.to_thread(self._thread.join)

    def _call(self) -> None:
        self._is_calling = False
        self._calls.put(True)

    def _run(self) -> None:
        while self._calls.get():
            while self._waiting:
                if self._together > 1 and len(self._waiting) < MOST_MESSAGES:
                    time.sleep(_GATHER)
                self._commit_next()
        while self._waiting:
            self._commit_next()

    def _commit_next(self) -> None:
        batch = self._batch()
        self._together = len(batch)
        began = time.perf_counter()
        outcomes = self._commit(batch)
        self._loop.call_soon_threadsafe(self._resolve, outcomes, time.perf_counter() - began)

    def _batch(self) -> list[Waiting]:
        """What waits, within bounds."""
        batch: list[Waiting] = []
        size = 0
        while self._waiting and len(batch) < MOST_MESSAGES and size < MOST_BYTES:
            batch.append(self._waiting.popleft())
            size += len(batch[-1][0].body)
        return batch

    def _commit(self, batch: list[Waiting]) -> list[Outcome]:
        futures = [future for _, future in batch]
        try:
            receipts = self._spool.append([incoming for incoming, _ in batch])
        except Exception as error:  # noqa: BLE001  # the thread's edge: its senders are told, and it goes on
            log.get().error("spool.refused", error=type(error).__name__, count=len(batch))
            return [(future, error) for future in futures]
        return list(zip(futures, receipts, strict=True))

    def _resolve(self, outcomes: list[Outcome], seconds: float) -> None:
        self._committed(seconds)
        for future, outcome in outcomes:
            if future.done():  # its sender hung up
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
