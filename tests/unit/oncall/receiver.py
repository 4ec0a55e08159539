"""A service on loopback that takes pages as a real one does, or hangs as a real one does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """What it was told stands in `messages`. `status` is its answer; while `hangs` it reads a page and answers nothing.

    While `drips` it answers one byte at a time, which no time limit of a connection notices.
    """

    def __init__(self) -> None:
        self.bodies: list[dict[str, str]] = []
        self.status = 200
        self.hangs = False
        self.drips = False
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        """The service is gone; nobody waits for it."""
        self.over.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    @property
    def messages(self) -> list[str]:
        """The words of every page that it took."""
        return [body["message"] for body in self.bodies]

    @property
    def address(self) -> str:
        """Where apprise finds it."""
        return f"json://127.0.0.1:{self.server.server_port}/page"


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.asked.release()
            if receiver.hangs:
                receiver.over.wait(30)
                return
            while receiver.drips and not receiver.over.wait(0.2):
                try:
                    self.wfile.write(b"H")
                except OSError:  # nobody listens any more
                    return
            if receiver.status == 200:
                receiver.bodies.append(body)
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    return Handler
