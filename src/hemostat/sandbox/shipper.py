"""The merchant's log shipper: tails the twin's logs and posts whole lines to intake, each range of bytes under its own key.

A range is planned durably before it is sent, so that after a kill the very same bytes go out again under the very same key and
intake knows them. The platform's webhooks go out from here too, each under its own number.
"""

import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hemostat.kernel import HemostatError, Home, replace_file

from .asgi import NDJSON
from .feed import Webhook
from .homes import ports_of, twin_folder
from .webhooks import WebhookSender
from .wire import Line, Unreachable, message

LOGS = {"edge.log": "edge", "app.log": "care-app"}
"""Log file of the twin and the source as which it is sent."""

_MOST = 512_000
_CHECKPOINT = "shipper.json"
_SUCCESS = range(200, 300)


class Refused(HemostatError):
    """Intake does not take what we send. Nothing is lost: the range stays planned."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """How far one log was sent, in bytes. `planned` is greater than `done` while a range is on its way."""

    done: int = 0
    planned: int = 0


class Shipped(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass sent, by source: lines."""

    lines: dict[str, int]


class Shipper:
    """Sends the logs of one home's twin. `patience` is how many seconds of silence are borne."""

    def __init__(self, home: Home, *, patience: float = 30.0, most: int = _MOST) -> None:
        settings = home.settings()
        keyring = home.keyring(settings)
        self._folder = twin_folder(home)
        self._most = most
        self._line = Line(ports_of(settings).intake, patience=patience)
        self._webhooks = WebhookSender(home, patience=patience)
        self._keys = {source: keyring.secret(f"source.{source}").hex() for source in LOGS.values()}
        path = self._folder / _CHECKPOINT
        self._checkpoints = msgspec.json.decode(path.read_bytes(), type=dict[str, Checkpoint]) if path.exists() else {}

    def ship(self) -> Shipped:
        """All whole lines that the logs had when we came to them are acknowledged by intake.

        Raises `Unreachable` or `Refused`; the next call goes on where this one stopped.
        """
        return Shipped(lines={source: self._ship_log(name, source) for name, source in LOGS.items()})

    def customers(self, webhooks: Iterable[Webhook]) -> int:
        """Intake has acknowledged each webhook; the answer is how many. One that it knew already is no fault.

        Raises `Unreachable`, or `Refused` when the signature no longer counts.
        """
        answers = self._webhooks.send(list(webhooks))
        refused = [answer.status for answer in answers if answer.status not in _SUCCESS]
        if refused:
            raise Refused(
                f"Intake refused {len(refused)} of {len(answers)} webhooks, the first with {refused[0]}.",
                advice="Share the app's client secret with Hemostat.",
            )
        return len(answers)

    def run(self, stop: threading.Event, *, pause: float = 0.05) -> None:
        """Ships until `stop` is set, and once more after it.

        An intake that is away or refuses is tried again after `pause` seconds.
        """
        while not stop.wait(pause):
            try:
                self.ship()
            except (Unreachable, Refused):
                # The supervisor starts intake again, and a shared secret may be repaired; what is planned stays planned
                continue
        self.ship()

    def waiting(self) -> int:
        """Bytes that the logs have and intake has not acknowledged."""
        return sum(max(_size(self._folder / name) - self._at(name).done, 0) for name in LOGS)

    def close(self) -> None:
        """All connections are closed."""
        self._line.close()
        self._webhooks.close()

    def _ship_log(self, name: str, source: str) -> int:
        lines = 0
        while (begin := self._plan(name)) is not None:
            body = self._read(name, begin, self._at(name).planned)
            self._post(source, body, key=f"{name}:{begin}")
            self._save(name, Checkpoint(done=begin + len(body), planned=begin + len(body)))
            lines += body.count(b"\n")
        return lines

    def _plan(self, name: str) -> int | None:
        """Where the range on its way begins, after planning one if there was none; None when no whole line is left."""
        at = self._at(name)
        # A log that an uninstall destroyed has nothing more to send
        if _size(self._folder / name) <= at.done:
            return None
        if at.planned == at.done:
            end = self._last_line_end(name, at.done)
            if end == at.done:
                return None
            self._save(name, Checkpoint(done=at.done, planned=end))
        return at.done

    def _post(self, source: str, body: bytes, *, key: str) -> None:
        headers = {"content-type": NDJSON, "authorization": f"Bearer {self._keys[source]}", "idempotency-key": key}
        (answer,) = self._line.deliver([message("POST", f"/in/events/{source}", headers, body)])
        if answer.status not in _SUCCESS:
            raise Refused(
                f"Intake answered {answer.status} to {key} of source {source!r}.",
                advice="Compare the source's key and the size limit of intake with this home's settings.",
            )

    def _last_line_end(self, name: str, begin: int) -> int:
        """Where the last whole line ends that fits into one range; a line longer than that makes a range of its own."""
        with (self._folder / name).open("rb") as file:
            file.seek(begin)
            head = file.read(self._most)
            end = head.rfind(b"\n") + 1
            if not end and (rest := file.readline()).endswith(b"\n"):
                end = len(head) + len(rest)
        return begin + end

    def _read(self, name: str, begin: int, end: int) -> bytes:
        with (self._folder / name).open("rb") as file:
            file.seek(begin)
            return file.read(end - begin)

    def _at(self, name: str) -> Checkpoint:
        return self._checkpoints.get(name, Checkpoint())

    def _save(self, name: str, checkpoint: Checkpoint) -> None:
        self._checkpoints[name] = checkpoint
        replace_file(self._folder / _CHECKPOINT, msgspec.json.encode(self._checkpoints))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
