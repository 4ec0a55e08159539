"""Feeds and sinks are served beside the round, each on its own, as the settings say now."""

import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import msgspec
import pytest

from hemostat import collect, sinks
from hemostat.collect import Item, Post
from hemostat.kernel import BadSettings, Feed, Home, Intake, Settings, Sink, Source, log
from hemostat.lake import health, life
from hemostat.lake.spool import Spool
from hemostat.worker.sides import Sides

EXAMPLE = Source(kind="events", store="fernhollow", environment="sandbox")


class Counting:
    """A feed that delivers a message each time it is asked."""

    every = 0.01

    def __init__(self, post: Post, options: dict[str, Any]) -> None:
        self.post = post
        self.step = int(options.get("step", 1))
        self.closed = threading.Event()

    def poll(self) -> bool:
        """One message more."""
        number = int(self.post.place() or 0) + self.step
        self.post.deliver([Item(key=str(number), body=b"{}")], place=str(number))
        return False

    def close(self) -> None:
        """It says that it ended."""
        self.closed.set()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Counting]:
    """A kind of feed called `counting` and a kind of sink called `hanging`; the feeds that were made."""
    feeds: list[Counting] = []
    module, hanging = ModuleType("hemostat.collect.counting"), ModuleType("hemostat.sinks.hanging")

    def collector(post: Post, options: dict[str, Any]) -> Counting:
        if options.get("step") == 0:
            raise BadSettings("The step is 0.", advice="Take 1.")
        feeds.append(Counting(post, options))
        return feeds[-1]

    class Hanging:
        every = 0.01

        def poll(self) -> bool:
            threading.Event().wait(2)
            return False

        def close(self) -> None:
            """Nothing is open."""

    module.collector = collector  # type: ignore[attr-defined]  # a module made here
    hanging.forwarder = lambda *_, **__: Hanging()  # type: ignore[attr-defined]  # same
    monkeypatch.setitem(sys.modules, "hemostat.collect.counting", module)
    monkeypatch.setitem(sys.modules, "hemostat.sinks.hanging", hanging)
    monkeypatch.setattr(collect, "FEEDS", {"counting": "counting"})
    monkeypatch.setattr(sinks, "SINKS", {"hanging": "hanging"})
    return feeds


def settings_with(**options: Any) -> Settings:
    """Settings with one feed of these options."""
    source = msgspec.structs.replace(EXAMPLE, feed=Feed(kind="counting", options=options))
    return Settings(kind="sandbox", sources={"app": source, "door": EXAMPLE})


def waits(true: Callable[[], bool]) -> bool:
    """Does it become true in good time?"""
    pause = threading.Event()
    return any(true() or pause.wait(0.02) for _ in range(500))


def test_a_feed_is_read_until_the_settings_drop_it(home: Home, spool: Spool, made: list[Counting]) -> None:
    """It starts with the settings, is left alone while they stay, and ends, closed, when they no longer name it."""
    sides = Sides(home, spool)

    sides.tend(settings_with())
    sides.tend(settings_with())

    assert waits(lambda: spool.lag().messages >= 3)
    sides.tend(Settings(kind="sandbox"))
    assert 1 == len(made)
    assert made[0].closed.is_set()


def test_changed_options_start_the_feed_again_from_its_place(home: Home, spool: Spool, made: list[Counting]) -> None:
    """The new one goes on where the old one was."""
    sides = Sides(home, spool)
    sides.tend(settings_with())
    assert waits(lambda: spool.lag().messages >= 1)

    sides.tend(settings_with(step=100))
    before = int(spool.place("app"))

    assert waits(lambda: int(spool.place("app")) >= before + 100)
    assert [1, 100] == [feed.step for feed in made]
    sides.close()


def test_a_changed_secret_starts_the_feed_again(home: Home, spool: Spool, made: list[Counting]) -> None:
    """The feed that was made with the old one has ended; nothing else than its own key does that."""
    sides, keys = Sides(home, spool), home.keyring(home.settings())
    sides.tend(settings_with())
    keys.put("feed.other", [b"another feed's secret"])
    sides.tend(settings_with())
    assert waits(lambda: len(made) == 1)

    keys.put("feed.app", [b"the secret as it is now"])
    sides.tend(settings_with())

    assert made[0].closed.is_set()
    assert waits(lambda: len(made) == 2)
    sides.close()


def test_wrong_options_are_told_and_hold_up_nobody(
    home: Home, spool: Spool, made: list[Counting], capsys: pytest.CaptureFixture[str]
) -> None:
    """The log names the step and the way out; the sides can still end at once."""
    log.configure("worker")
    sides = Sides(home, spool)
    sides.tend(settings_with(step=0))

    assert waits(lambda: "The step is 0. Take 1." in capsys.readouterr().err)
    assert [] == made
    sides.close()


def test_a_sink_that_hangs_holds_up_no_feed(home: Home, spool: Spool, made: list[Counting]) -> None:
    """Each has a thread of its own."""
    sides = Sides(home, spool)
    hanging = msgspec.structs.replace(settings_with(), sinks={"siem": Sink(kind="hanging")})

    sides.tend(hanging)

    assert waits(lambda: spool.lag().messages >= 3)
    assert made
    sides.close()


def test_a_feed_that_answers_is_heard(home: Home, spool: Spool, made: list[Counting]) -> None:
    """Whether it had something or not; it should answer again within a quarter of an hour, or thrice its own pace."""
    sides = Sides(home, spool)
    sides.tend(settings_with())

    assert waits(lambda: "app" in health.heartbeats(home))
    beat = health.heartbeats(home)["app"]
    assert 900 <= (beat.due - beat.at).total_seconds() < 901
    assert waits(lambda: spool.lag().messages >= 3)
    assert 1 == len(made)
    sides.close()


def test_only_a_production_home_tries_its_doors(home: Home, spool: Spool) -> None:
    """A sandbox stays the same each time it is played; zero minutes switch it off, and the thread ends."""
    sides = Sides(home, spool)
    sides.tend(Settings(kind="sandbox"))
    off = Settings(intake=Intake(canary_minutes=0))
    sides.tend(off)
    assert {} == life.canaries(home)

    sides.tend(Settings())
    assert waits(lambda: "edge" in life.canaries(home))
    sides.tend(off)
    assert "canaries" not in {thread.name for thread in threading.enumerate()}
    sides.close()
