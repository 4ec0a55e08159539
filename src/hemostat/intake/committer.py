"""Group commit: one thread takes whatever waits, commits it in one transaction, and only then are its senders answered."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable

from hemostat.kernel import log
from hemostat.lake.spool import Incoming, Receipt, Spool

MOST_MESSAGES = 500
MOST_BYTES = 16_000_000

Waiting = tuple[Incoming, "asyncio.Future[Receipt]"]
Outcome = tuple["asyncio.Future[Receipt]", Receipt | Exception]


class Committer:
    """The one writer of the door. `committed` is told the seconds of each commit, on the loop's thread."""

    def __init__(self, spool: Spool, *, committed: Callable[[float], None]) -> None:
        self._spool = spool
        self._committed = committed
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        """Messages are committed from now on. Called on the event loop that will `submit`."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def submit(self, incoming: Incoming) -> Receipt:
        """The message is on disk. Raises what the spool raised, `SpoolFull` above all."""
        future: asyncio.Future[Receipt] = self._loop.create_future()
        self._queue.put((incoming, future))
        return await future

    def is_alive(self) -> bool:
        """Does the writer run?"""
        return self._thread.is_alive()

    async def stop(self) -> None:
        """Everything submitted before is committed and answered, and the thread has ended."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, is_last = self._collect(first)
            began = time.perf_counter()
            outcomes = self._commit(batch)
            self._loop.call_soon_threadsafe(self._resolve, outcomes, time.perf_counter() - began)
            if is_last:
                return

    def _collect(self, first: Waiting) -> tuple[list[Waiting], bool]:
        """The first message and what else waits, within bounds; and whether the end was asked for."""
        batch, size = [first], len(first[0].body)
        while len(batch) < MOST_MESSAGES and size < MOST_BYTES:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return batch, True
            batch.append(waiting)
            size += len(waiting[0].body)
        return batch, False

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
