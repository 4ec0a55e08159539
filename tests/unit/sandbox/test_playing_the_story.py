"""The player and the twin's real processes: the story over real HTTP, with kills in between."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import msgspec
import psutil
import pytest

from hemostat.kernel import Home, parse_iso
from hemostat.sandbox.feed import PEAK, REPLAY_BEGINS, Feed
from hemostat.sandbox.homes import STORY_BEGINS, ports_of, twin_folder
from hemostat.sandbox.patients import Population
from hemostat.sandbox.player import NOT_SENT, Player
from hemostat.sandbox.processes import twin_commands
from hemostat.sandbox.state import TwinState
from hemostat.sandbox.wire import Unreachable
from unit.sandbox.conftest import SEED, Start

T0 = STORY_BEGINS
FEED = Feed(SEED, T0)
LARGEST_PROCESS = 80_000_000
"""Bytes of memory that a twin process may take; they take about 45 million."""


@pytest.fixture
def player(home: Home) -> Iterator[Player]:
    """Plays calls against the home's twin."""
    player = Player(home, patience=10)
    yield player
    player.close()


def minutes(number: float) -> timedelta:
    """A stretch of the story."""
    return timedelta(minutes=number)


def test_ten_minutes_of_the_story(home: Home, state: TwinState, player: Player, start: Start) -> None:
    """Ordinary customers get their sessions through the storefront; the leak takes who exists; the edge saw every call."""
    processes = [start(name) for name in ("storefront", "care", "admin")]

    played = player.play(FEED.between(T0 - minutes(2), T0 + minutes(8)))
    truth = state.truth(now=T0 + minutes(8))
    leak = list(FEED.leak(T0, T0 + minutes(8)))

    assert len(leak) == truth["attempts"]
    assert truth["people_exposed"] == sum(Population(SEED).place(7_000_001 + index) is not None for index in range(len(leak)))
    visits = len(list(FEED.ordinary(T0 - minutes(2), T0 + minutes(8))))
    assert {200: truth["people_exposed"] + visits, 404: len(leak) - truth["people_exposed"]} == played.statuses
    assert 8 * PEAK <= visits <= 10 * PEAK
    log = (twin_folder(home) / "edge.log").read_bytes().splitlines()
    assert played.sent == len(log) == len({msgspec.json.decode(line)["request_id"] for line in log})
    first = next(FEED.between(T0 - minutes(2), T0 + minutes(8)))
    assert first.time == parse_iso(msgspec.json.decode(log[0])["time"])
    assert b"" == (home.path / "guard.ndjson").read_bytes()
    for process in processes:
        assert psutil.Process(process.pid).memory_info().rss < LARGEST_PROCESS


def test_the_replay_shows_tokens_that_were_really_stolen(player: Player, state: TwinState, start: Start) -> None:
    """After six minutes of leak all 212 tokens are there: 131 people lose documents; none after the token key was rotated."""
    start("care")
    player.play(FEED.leak(T0, T0 + minutes(6)))
    replay = list(FEED.replay(T0, FEED.ends))

    assert {200: 131, 404: 81} == player.play(replay).statuses
    assert 131 == state.truth(now=T0 + REPLAY_BEGINS)["portal_documents"]
    state.change(token_key=1)
    again = [msgspec.structs.replace(call, ref=f"again-{call.ref}") for call in replay]
    assert {401: 212} == player.play(again).statuses


def test_what_was_not_stolen_cannot_be_shown(player: Player, start: Start) -> None:
    """A leak stopped after a minute gave few tokens; the other calls of the replay are not made."""
    start("care")
    stolen = player.play(FEED.leak(T0, T0 + minutes(1))).statuses[200]

    played = player.play(FEED.replay(T0, FEED.ends))
    assert stolen == played.sent
    assert 212 - stolen == played.statuses[NOT_SENT]
    assert "" == player.stolen_token(1)


def test_a_call_is_made_once(home: Home, player: Player, start: Start) -> None:
    """Playing the same stretch again, by the same player or by the next, makes no call."""
    start("care")
    first = player.play(FEED.leak(T0, T0 + minutes(1)))
    other = Player(home)

    for again in (player, other):
        played = again.play(FEED.leak(T0, T0 + minutes(1)))
        assert (0, first.sent) == (played.sent, played.known)
    assert first.statuses == other.done()
    other.close()


def test_a_killed_twin_comes_back_as_it_was(state: TwinState, player: Player, start: Start) -> None:
    """The player waits and goes on; rules, exposures and tokens are there; nothing is counted twice."""
    edge = start("care")
    player.play(FEED.leak(T0, T0 + minutes(3)))
    before = state.truth(now=T0)
    edge.kill()
    edge.wait()
    start("care")

    assert before == state.truth(now=T0)
    player.play(FEED.leak(T0, T0 + minutes(4)))
    state.change(require_signature=True)
    blocked = player.play(FEED.leak(T0, T0 + minutes(5)))
    assert {401} == set(blocked.statuses)
    assert abs(state.truth(now=T0)["people_exposed"] - 4 * 202 * 0.18) < 2


def test_browsers_wait_for_an_app_that_starts_again(player: Player, start: Start) -> None:
    """The storefront holds the call until the app is back; a kill in between costs time and no answer."""
    start("storefront")
    edge = start("care")
    assert {200} == set(player.play(FEED.ordinary(T0, T0 + minutes(1))).statuses)
    edge.kill()
    edge.wait()
    start("care")

    assert {200} == set(player.play(FEED.ordinary(T0, T0 + minutes(2))).statuses)


def test_a_twin_that_stays_away_is_said_so(home: Home) -> None:
    """What was answered before is remembered, the rest is played when the twin is back."""
    impatient = Player(home, patience=0.1)

    with pytest.raises(Unreachable):
        impatient.play(FEED.leak(T0, T0 + minutes(1)))
    assert {} == impatient.done()
    impatient.close()


def test_the_platform_signs_for_who_is_logged_in(start: Start, player: Player, state: TwinState) -> None:
    """No session without a login, nobody else's with one, and none that the app can check after a secret was rotated alone."""
    start("storefront")
    start("care")
    own = next(FEED.ordinary(T0, T0 + minutes(1)))

    def status(**changes: object) -> set[int]:
        call = msgspec.structs.replace(own, ref=str(changes), **changes)
        return set(player.play([call]).statuses)

    assert {200} == status()
    assert {401} == status(login=0)
    assert {403} == status(target=f"/apps/care/session?cid={Population(SEED).number(0)}")
    state.change(platform_secret=1)
    assert {401} == status(agent="after the rotation")
    state.change(app_secret=1)
    assert {200} == status(agent="after sharing")


def test_pages_of_the_shop_are_plain_and_marked(home: Home, start: Start) -> None:
    """Anybody can read them, and they say what they are; hostile paths are no pages and reach the app inert."""
    start("storefront")
    start("care")
    shop = f"http://127.0.0.1:{ports_of(home.settings()).storefront}"
    with httpx.Client(base_url=shop, trust_env=False) as client:
        assert "SYNTHETIC EXERCISE" in client.get("/").text
        assert 404 == client.get("/no-such-page").status_code
        assert 401 == client.get("/apps/care/x%0d%0aX-Twin-Client:%20203.0.113.24;1%0d%0a%0d%0a%ff<script>").status_code
    (line,) = (twin_folder(home) / "edge.log").read_bytes().splitlines()
    assert "%0d%0a" in msgspec.json.decode(line)["uri"]
    assert 0 == msgspec.json.decode(line)["asn"]


def test_a_ticket_reaches_the_mailbox(player: Player, state: TwinState, start: Start) -> None:
    """The story writes to the admin API with its key."""
    start("admin")

    assert {200: 1} == player.play([call for call in FEED.between(T0, FEED.ends) if call.to == "admin"]).statuses
    assert ["5521"] == [ticket["ref"] for ticket in state.tickets()]


def test_a_server_ends_when_it_is_asked_to(start: Start) -> None:
    """SIGTERM is enough, and it ends without an error."""
    for name in ("storefront", "care", "admin"):
        process = start(name)
        process.terminate()
        assert 0 == process.wait()


def test_one_process_serves_the_whole_twin(home: Home) -> None:
    """As a drill runs it: all three servers answer, a call passes the storefront, and SIGTERM ends the process."""
    (command,) = twin_commands(home).values()
    ports = ports_of(home.settings())
    with subprocess.Popen(command) as process:
        for port in (ports.storefront, ports.care, ports.admin):
            until_it_answers(f"http://127.0.0.1:{port}/healthz")
        answer = httpx.get(f"http://127.0.0.1:{ports.storefront}/apps/care/session", trust_env=False)
        process.terminate()
        process.wait(20)

    assert answer.status_code < 500


def until_it_answers(address: str) -> None:
    """A server that was just started answers there."""
    for _ in range(1500):
        with suppress(httpx.TransportError):
            httpx.get(address, trust_env=False)
            return
        time.sleep(0.02)
    pytest.fail(f"nobody answers at {address}")
