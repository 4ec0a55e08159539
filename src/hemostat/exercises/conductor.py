"""Playing a live-fire drill: the whole product over a sandbox home, with a story running through it.

Two ways of time:

* Headless, the story moves in steps. In each step the calls of that stretch are played on the twin, its logs are shipped, and the
  conductor waits until intake, lake and detection have caught up; only then do people act and the clock moves on. Machine speed
  therefore cannot change a score: the same seed and the same acts give the same times.
* Live, the story runs at a factor of machine time and people act in the console whenever they do.

A conductor that is killed is started again with the same arguments: the drill's row says how far the story was.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
import stamina

from hemostat.alerts.selectors import last_detected_batch
from hemostat.incidents.selectors import incidents_here
from hemostat.incidents.services import Targets
from hemostat.kernel import BadInput, ExerciseClock, Home
from hemostat.kernel.supervise import Supervisor
from hemostat.lake.spool import Spool
from hemostat.sandbox.feed import Feed
from hemostat.sandbox.player import Player
from hemostat.sandbox.shipper import Shipper

from .exposure import meter_read
from .models import Drill
from .pack import Pack
from .responder import Responder
from .services import drill_advance, drill_end, drill_prelude_done

Say = Callable[[str], None]

_START_LIMIT = 60.0  # machine seconds for all processes to answer
_CATCH_UP_LIMIT = 120.0  # machine seconds without any progress of the pipeline
_RETRIES = 20
_PAUSE = 0.02
_LIVE_TICK = 1.0
_LIVE_METER = 5.0
_LIVE_LEAD = timedelta(minutes=1)  # of the story, between joining and the first planted event
_CALM_STRIDE = timedelta(minutes=5)


class Conductor:
    """One drill being played in one sandbox home."""

    def __init__(
        self, *, home: Home, pack: Pack, drill: Drill, commands: Mapping[str, list[str]], environment: Mapping[str, str], say: Say
    ) -> None:
        self._home = home
        self._pack = pack
        self._drill = drill
        self._say = say
        self._settings = home.settings()
        self._clock = ExerciseClock(home.path / "clock.json")
        self._supervisor = Supervisor(commands, environment=environment, logs=home.logs)
        self._feed = Feed(seed=drill.seed, start=drill.leak_at)
        self._player = Player(home)
        self._shipper = Shipper(home)

    @cached_property
    def targets(self) -> Targets:
        """The twin's addresses and keys, for steps and probes."""
        return Targets.of(self._home)

    @cached_property
    def _spool(self) -> Spool:
        keyring = self._home.keyring(self._settings)
        return Spool(self._home.spool, key=keyring.secret("spool"), limit=self._settings.intake.spool_limit)

    @contextmanager
    def running(self) -> Iterator[Supervisor]:
        """All processes of the drill answer while the block runs, and none is left afterwards."""
        self._clock.set(self._drill.step_at, factor=0)
        self._supervisor.start()
        try:
            self._wait_until_all_answer()
            yield self._supervisor
        finally:
            self._supervisor.stop()

    def prelude(self) -> None:
        """The merchant's ordinary past is in the lake: its customers and where they live."""
        if self._drill.prelude_done:
            return
        self._say("sending the merchant's customers to the hot door")
        self._shipper.customers(self._feed.customers())
        self._catch_up()
        drill_prelude_done(drill=self._drill)

    def autopilot(self, responder: Responder | None, *, until: datetime) -> None:
        """The story has been played to `until`, with the scripted responder or with nobody."""
        responding = responder is not None
        while self._drill.step_at < until:
            self._step(min(until, self._drill.step_at + self._stride(responding=responding)), responder)
        self._end(now=until)

    def live(self, *, until: datetime, factor: float, stopped: Callable[[], bool]) -> bool:
        """The story ran at `factor` until it was over or somebody ended the drill; False when `stopped` said so before."""
        while self._drill.step_at < self._drill.leak_at - _LIVE_LEAD:
            self._step(min(self._drill.leak_at - _LIVE_LEAD, self._drill.step_at + _CALM_STRIDE))
        self._clock.set(self._drill.step_at, factor=factor)
        last_read = 0.0
        while self._drill.step_at < until and not self._ended():
            if stopped():
                self._clock.set(self._drill.step_at, factor=0)
                return False
            now = min(until, self._clock.now())
            self._player.play(self._feed.between(self._drill.step_at, now))
            self._shipper.ship()
            drill_advance(drill=self._drill, to=now)
            if time.monotonic() - last_read >= _LIVE_METER:
                meter_read(home=self._home, targets=self.targets, now=now)
                last_read = time.monotonic()
            time.sleep(_LIVE_TICK)
        self._clock.set(self._drill.step_at, factor=0)
        self._end(now=self._drill.step_at)
        return True

    def _step(self, now: datetime, responder: Responder | None = None) -> None:
        """The story stands at `now`, and everything up to there was played, taken in, looked at and answered."""
        self._clock.set(now, factor=0)
        self._player.play(self._feed.between(self._drill.step_at, now))
        self._shipper.ship()
        self._catch_up()
        meter_read(home=self._home, targets=self.targets, now=now)
        if responder is not None:
            responder.act(now=now)
        drill_advance(drill=self._drill, to=now)
        self._report_progress(now)

    def _end(self, *, now: datetime) -> None:
        """The drill is over and its truth on record; the twin's last lines, also of the last probes, are in the lake."""
        self._shipper.ship()
        self._catch_up()
        drill_end(drill=self._drill, by="conductor", now=now, truth=self._truth())

    def _truth(self) -> dict[str, Any]:
        """What the twin knows, also while one of its processes is being started again."""
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=_RETRIES, timeout=_START_LIMIT):
            with attempt, self.targets.client("twin") as twin:
                answer = twin.get("/admin/truth").raise_for_status()
        return dict(answer.json())

    def _ended(self) -> bool:
        """Has somebody ended the drill in the console?"""
        self._drill.refresh_from_db(fields=["state", "ended_at", "ended_by"])
        return self._drill.ended_at is not None

    def _stride(self, *, responding: bool) -> timedelta:
        """How far the next step goes: short while everybody waits for the alert, longer before and after."""
        story = self._pack.story
        if self._drill.step_at < self._drill.leak_at:
            return min(self._drill.leak_at - self._drill.step_at, _CALM_STRIDE)
        if not responding:
            return _CALM_STRIDE
        watching = not incidents_here().exists()
        return timedelta(seconds=story.watch_seconds if watching else story.step_seconds)

    def _catch_up(self) -> None:
        """Whatever was acknowledged is in the lake and has been looked at. Raises `BadInput` when the pipeline stands still."""
        seen, since = (-1, -1), time.monotonic()
        while True:
            lag = self._spool.lag()
            detected = last_detected_batch()
            if lag.messages == 0 and detected >= lag.last_batch:
                return
            if (lag.messages, detected) != seen:
                seen, since = (lag.messages, detected), time.monotonic()
            if time.monotonic() - since > _CATCH_UP_LIMIT:
                raise BadInput("The pipeline stands still.", advice=f"Look into {self._home.logs.name}/worker.log in the home.")
            time.sleep(_PAUSE)

    def _wait_until_all_answer(self) -> None:
        intake = f"http://{self._settings.intake.host}:{self._settings.intake.port}/healthz"
        waiting = [intake, *(f"{target.url}/healthz" for target in self._settings.targets.values())]
        deadline = time.monotonic() + _START_LIMIT
        while waiting:
            waiting = [url for url in waiting if not _answers(url)]
            if waiting and time.monotonic() > deadline:
                raise BadInput(
                    f"{len(waiting)} processes do not answer.",
                    advice=f"Look into the files of {self._home.logs.name}/ in the home.",
                )
            time.sleep(_PAUSE)

    def _report_progress(self, now: datetime) -> None:
        minutes = (now - self._drill.leak_at).total_seconds() / 60
        incident = incidents_here().first()
        latest = incident.exposures.last() if incident else None
        if incident and latest:
            state = f"{latest.people:,} people exposed, path {incident.path_state}"
        else:
            state = "nobody has noticed" if minutes > 0 else "an ordinary day"
        self._say(f"story {now.astimezone(UTC):%H:%M:%S} UTC (minute {minutes:+.1f}): {state}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1.0, trust_env=False).status_code < httpx.codes.INTERNAL_SERVER_ERROR
    except httpx.TransportError:
        return False
