"""Asking addresses over HTTP, harmlessly: few questions, one after the other, that read and change nothing, marked as ours.

No redirect is followed, an answer is read as far as it is needed and no further, and nothing of it is kept but what a check says
of it. What cannot be asked has a reason; it is never taken for a refusal.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from hemostat.readiness.reaching import fault_of, is_here
from hemostat.sources.routes import plain_path

MOST_QUESTIONS = 200
"""In one look: more are a list of addresses that somebody made by a program, and no posture."""

MOST_BYTES = 500_000
"""Of an answer that are read."""

_SECONDS = 8.0  # for one question, from the first byte to the last
_PAUSE = 0.2  # seconds between two questions
_AGENT = f"Hemostat-Posture/{version('hemostat')}"
_REDIRECTS = range(300, 400)
_REFUSED = frozenset({401, 403})
_NOTHING = frozenset({404, 410})
_GIVEN = range(200, 300)
_OPENED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})

Method = Literal["GET", "HEAD"]
Stand = Literal["given", "refused", "nothing", "unknown"]


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What an address answered: status, headers by their names in lowercase, and the body when it was asked for.

    fault: why there is no answer, in a sentence of ours; "" when there is one.
    """

    status: int = 0
    headers: Mapping[str, str] = {}
    body: bytes = b""
    fault: str = ""

    def __repr__(self) -> str:
        """The status and no more: what a site answers may be anybody's."""
        return f"Heard({self.fault or self.status})"

    @property
    def stand(self) -> Stand:
        """Was what was asked for given, refused, or is nothing there? Every other answer tells neither."""
        if self.fault:
            return "unknown"
        told: tuple[tuple[Stand, bool], ...] = (
            ("given", self.status in _GIVEN),
            ("refused", self.status in _REFUSED),
            ("nothing", self.status in _NOTHING),
        )
        return next((stand for stand, fits in told if fits), "unknown")

    @property
    def why(self) -> str:
        """What was heard, in a sentence."""
        if self.status in _REDIRECTS:
            return f"It redirects ({self.status}), which is not followed: name an address that answers by itself."
        return self.fault or f"It answers {self.status}."


class Prober:
    """Asks for one look. The same question is asked once.

    inside: only this machine may be asked, as in a sandbox.
    mark: what tells the logs of those asked that a request is ours, by its path and query.
    """

    def __init__(
        self,
        *,
        inside: bool,
        mark: Callable[[str], str],
        sleep: Callable[[float], None] = time.sleep,
        seconds: float = _SECONDS,
    ) -> None:
        self._inside = inside
        self._mark = mark
        self._sleep = sleep
        self._seconds = seconds
        # The system's own authorities, and no proxy of the environment: the way of a stranger, as far as we can go it.
        self._trusted = ssl.create_default_context()
        self._heard: dict[tuple[str, ...], Heard] = {}

    def ask(self, url: str, *, method: Method = "GET", headers: Mapping[str, str] | None = None, whole: bool = False) -> Heard:
        """What the address answers; `whole` reads the body as well. Nothing is raised: a fault is in the answer."""
        given = headers or {}
        key = (method, url, str(whole), *(f"{name}: {value}" for name, value in sorted(given.items())))
        if key not in self._heard:
            self._heard[key] = (
                Heard(fault=fault) if (fault := self._refusal(url)) else self._asked(url, method, given, whole=whole)
            )
        return self._heard[key]

    def _refusal(self, url: str) -> str:
        """Why the address is not asked; "" when it is."""
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            return "It is no address: write it like https://care.example/portal."
        if self._inside and not is_here(url):
            return "This home is a sandbox: it asks this machine only."
        if parts.scheme == "http" and not is_here(url):
            return "It is not https: whoever listens on the way reads along, so it is not asked."
        return "" if len(self._heard) < MOST_QUESTIONS else f"More than {MOST_QUESTIONS} addresses in one look are not asked."

    def _asked(self, url: str, method: Method, headers: Mapping[str, str], *, whole: bool) -> Heard:
        if self._heard:
            self._sleep(_PAUSE)
        parts = urlsplit(url)
        target = f"{plain_path(parts.path or '/')}{f'?{parts.query}' if parts.query else ''}"
        sent = {
            "user-agent": f"{_AGENT} {self._mark(target)}",
            "x-hemostat-probe": "posture",
            "accept-encoding": "identity",
            **headers,
        }
        line, heard = _Line(), list[Heard]()
        asking = partial(_answer, url, method, sent, whole=whole, line=line, trusted=self._trusted, seconds=self._seconds)
        # One limit for the whole question: an answer that drips never ends by limits on each of its parts.
        thread = threading.Thread(target=lambda: heard.append(asking()), name="posture.ask", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not heard:
            line.cut()
            return Heard(fault=f"It does not answer within {self._seconds:g} s.")
        return heard[0]


class _Line:
    """The connection of one question: who waits for its answer can cut it, and what reads there ends."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def opened(self, event: str, told: Mapping[str, Any]) -> None:
        """Takes note of the connection, as httpx tells of it while it asks."""
        if event in _OPENED:
            self._socket = told["return_value"].get_extra_info("socket")

    def cut(self) -> None:
        """Nothing comes any more. Not closed: its number could be another connection's before the reader looks again."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _answer(
    url: str, method: Method, headers: Mapping[str, str], *, whole: bool, line: _Line, trusted: ssl.SSLContext, seconds: float
) -> Heard:
    try:
        with (
            httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False, verify=trusted) as http,
            http.stream(method, url, headers=dict(headers), extensions={"trace": line.opened}) as answer,
        ):
            found = Heard(status=answer.status_code, headers={name.lower(): value for name, value in answer.headers.items()})
            return _with_body(found, answer) if whole else found
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Heard(fault=fault_of(error))
    except Exception as error:  # noqa: BLE001  # whatever a strange server brings about is no verdict, and ends no look
        return Heard(fault=f"It cannot be asked ({type(error).__name__}).")


def _with_body(found: Heard, answer: httpx.Response) -> Heard:
    if found.headers.get("content-encoding", "identity") != "identity":
        return Heard(fault="It answers packed, though nobody asked for that: it is not unpacked.")
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > MOST_BYTES:
            return Heard(fault=f"Its answer is longer than {MOST_BYTES:,} bytes.")
    return msgspec.structs.replace(found, body=bytes(body))


def place_of(url: str) -> str:
    """Host and path of an address, for people: what follows may hold a number or a key, and stays away."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    return f"{parts.hostname or ''}{port}{parts.path}"
