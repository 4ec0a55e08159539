"""Reading the time, once, and handing it on.

Nothing below the process edges reads a clock: it is given `now`. A process edge asks the `Clock` of its home. A sandbox home
keeps an exercise clock in a file, so that every process of a drill, in any language, agrees on what time it is in the story.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from .errors import BadInput
from .files import replace_file


class Clock(Protocol):
    """Whoever can say what time it is."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)


class ClockFace(msgspec.Struct, frozen=True, kw_only=True):
    """What an exercise clock shows: at machine time `read_at` the story stood at `shows` and ran at `factor`.

    A factor of 0 is a stopped clock: paused, or moved by hand step by step.
    """

    shows: datetime
    read_at: datetime
    factor: float

    def at(self, machine: datetime) -> datetime:
        """The time in the story when the machine shows `machine`."""
        return self.shows + (machine - self.read_at) * self.factor


class ExerciseClock:
    """The clock of a story, kept in one file that all processes of a sandbox read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def face(self) -> ClockFace:
        """What the file says. Raises `BadInput` when it is missing or damaged."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=ClockFace)
        except (OSError, msgspec.DecodeError) as error:
            raise BadInput(
                f"The exercise clock {self._path.name} cannot be read: {type(error).__name__}.",
                advice="Start the drill again, or delete the sandbox home and make a new one.",
            ) from error

    def now(self) -> datetime:
        """The time in the story, aware, in UTC."""
        return self.face().at(datetime.now(UTC))

    def set(self, shows: datetime, *, factor: float) -> None:
        """From now on the story stands at `shows` and runs at `factor` story seconds a machine second."""
        face = ClockFace(shows=shows, read_at=datetime.now(UTC), factor=factor)
        replace_file(self._path, msgspec.json.encode(face))


def clock_for(home: Path) -> Clock:
    """The clock by which a home lives: that of its story if it has one, else that of the machine."""
    story = home / "clock.json"
    return ExerciseClock(story) if story.exists() else SystemClock()


def iso(moment: datetime) -> str:
    """A moment as RFC 3339 text in UTC with microseconds, so that texts sort as moments do.

    Raises `BadInput` for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise BadInput("A moment without a zone cannot be written down.", advice="Attach the zone of its source.")
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def parse_iso(text: str) -> datetime:
    """The moment that RFC 3339 text names, in UTC. Raises `BadInput` for other text, or when the zone is missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"Not a moment: {text[:40]!r}.", advice="Write it like 2026-03-02T14:04:00Z.") from error
    if moment.tzinfo is None:
        raise BadInput(f"A moment without a zone: {text[:40]!r}.", advice="End it with Z or an offset like -05:00.")
    return moment.astimezone(UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
