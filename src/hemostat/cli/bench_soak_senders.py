"""What sends to the product in the bench `soak`: an access log that is rotated, webhooks, an app, and a queue that is read.

Each event is one of the bench mix. Senders over HTTP hang up now and then and connect anew; what the door does not take now they
send again.
"""

import hmac
import http.client
import queue
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from hemostat.kernel import BadInput
from hemostat.lake.spool import Incoming
from hemostat.sandbox.wires.pubsub import PubSub

_SENDERS = 4  # connections at once
_WAITING = 64  # messages that wait for a connection
_MESSAGES = 20  # of one connection
_TRIES = 100
_PAUSE = 0.2  # seconds to the next try
_OK, _LATER = 200, 503
_PAGES = ("/", "/alerts/", "/alerts/pulse/", "/sources/", "/coverage/")


class Log:
    """An access log that is rotated by renaming; the oldest is deleted."""

    def __init__(self, folder: Path, *, lines: int, keep: int = 4) -> None:
        folder.mkdir()
        self._path = folder / "access.log"
        self._path.touch()
        self._most = lines
        self._keep = keep
        self._lines = 0
        self.rotations = 0

    def write(self, body: bytes) -> None:
        """The lines stand in the log, which is rotated when it is long enough."""
        with self._path.open("ab") as file:
            file.write(body + b"\n")
        self._lines += body.count(b"\n") + 1
        if self._lines >= self._most:
            self._rotate()

    def _rotate(self) -> None:
        for number in range(self._keep, 0, -1):
            older = self._path.with_name(f"access.log.{number}")
            newer = self._path.with_name(f"access.log.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        self._path.touch()
        self._lines = 0
        self.rotations += 1


class Door:
    """Sends messages to the intake at a port, over some connections at once, from `open` until `close`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._queue: queue.Queue[Incoming | None] = queue.Queue(_WAITING)
        self._failed: list[Exception] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_SENDERS)]
        self.connections = 0
        self.slowest = 0.0  # seconds to an answer

    def open(self, keys: Mapping[str, bytes]) -> None:
        """Messages are sent from now on. keys: of each source."""
        self._keys = keys
        for thread in self._threads:
            thread.start()

    def send(self, message: Incoming) -> None:
        """The message is sent soon. Raises `BadInput` when one before it was not taken."""
        if self._failed:
            raise self._failed[0]
        self._queue.put(message)

    def settle(self) -> None:
        """All that was sent so far was taken, or refused: what is sent from now on comes behind it."""
        self._queue.join()

    def close(self) -> None:
        """All was sent. Raises `BadInput` when something was not taken."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise self._failed[0]

    def _work(self) -> None:
        connection, sent = self._connected(), 0
        while (message := self._queue.get()) is not None:
            if sent >= _MESSAGES:
                connection.close()
                connection, sent = self._connected(), 0
            sent += 1
            try:
                if not self._failed:  # else it is only taken out of the queue: the others are not to wait for room
                    self._deliver(connection, message)
            except Exception as error:  # noqa: BLE001  # the thread's edge: who sends next tells it
                self._failed.append(error)
            finally:
                self._queue.task_done()
        connection.close()

    def _connected(self) -> http.client.HTTPConnection:
        with self._lock:
            self.connections += 1
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def _deliver(self, connection: http.client.HTTPConnection, message: Incoming) -> None:
        path, headers = self._addressed(message)
        for _ in range(_TRIES):
            began = time.monotonic()
            try:
                connection.request("POST", path, message.body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
            else:
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status == _OK:
                    return
                if answer.status != _LATER:
                    raise BadInput(f"The intake answered {answer.status} to {path}.", advice="Look at the log of the intake.")
            time.sleep(_PAUSE)
        raise BadInput(f"The intake did not take a message for {path}.", advice="Look at the log of the intake.")

    def _addressed(self, message: Incoming) -> tuple[str, dict[str, str]]:
        """Where a message goes, and with which headers: a webhook signed, all else with its source's key."""
        key = self._keys[message.source]
        headers = {**message.headers, "content-type": message.content_type}
        store = message.source.removeprefix("shopify.")
        if store == message.source:
            return f"/in/events/{message.source}", {**headers, "authorization": f"Bearer {key.hex()}"}
        signature = b64encode(hmac.digest(key, message.body, "sha256")).decode()
        return f"/in/shopify/{store}", {**headers, "content-type": "application/json", "x-shopify-hmac-sha256": signature}


class Pages:
    """Asks the console for pages, as many as are due, and signs in anew every few of them."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.due = self.asked = self.sessions = self.failed = 0

    def open(self) -> None:
        """Pages are asked for as they are due."""
        self._thread.start()

    def close(self) -> None:
        """No page is asked for any more."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            with httpx.Client(base_url=self._address, trust_env=False, timeout=60) as client:
                if not self._sign_in(client):
                    self.failed += 1
                for page in _PAGES:
                    while self.asked >= self.due and not self._stop.wait(_PAUSE):
                        pass
                    if self._stop.is_set():
                        return
                    self.asked += 1
                    self.failed += client.get(page).status_code != _OK

    def _sign_in(self, client: httpx.Client) -> bool:
        self.sessions += 1
        client.get("/account/login/")
        form = {"csrfmiddlewaretoken": next((value for name, value in client.cookies.items() if "csrf" in name), "")}
        return client.post("/account/login/as/compliance/", data=form).is_redirect


def carriers(log: Log, feed: PubSub, door: Door) -> Mapping[str, Callable[[Incoming], object]]:
    """How the messages of each source of the mix go out."""
    return {
        "edge": lambda message: log.write(message.body),
        "audit": lambda message: feed.publish(message.body),
        "app": door.send,
        "shopify.clinic": door.send,
    }
