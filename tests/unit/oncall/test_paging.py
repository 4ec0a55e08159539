"""A page reaches every channel that works, says nothing of the incident, and never leaves a sandbox."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemostat.kernel import Home, Paging, Settings
from hemostat.oncall.paging import Delivery, Pager, channels, page
from unit.oncall.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A service that works."""
    made = Receiver()
    yield made
    made.close()


def made(path: Path, *names: str, kind: str = "production") -> Home:
    """A home with these channels, none of which has a key yet."""
    home = Home(path)
    home.create(Settings(kind=kind, paging=Paging(channels=list(names))))  # type: ignore[arg-type]  # a literal of two words
    return home


def keyed(home: Home, name: str, address: str) -> None:
    """The channel has its address."""
    home.keyring(home.settings()).put(f"paging.{name}", [address.encode()])


def test_a_page_reaches_every_channel(tmp_path: Path, receiver: Receiver) -> None:
    """Each gets the words as they are, without a title of ours around them."""
    home = made(tmp_path, "duty", "spare")
    keyed(home, "duty", receiver.address)
    keyed(home, "spare", f"{receiver.address}spare")

    assert [Delivery(channel=name, taken=True) for name in ("duty", "spare")] == page(home, "Hemostat: INC-0001 has 1 clock.")
    assert ["Hemostat: INC-0001 has 1 clock."] * 2 == [body["message"] for body in receiver.bodies]
    assert {""} == {body["title"] for body in receiver.bodies}


def test_only_the_channels_that_are_named_are_paged(tmp_path: Path, receiver: Receiver) -> None:
    """A second try goes to those that failed; a channel that the home does not have is nobody's."""
    home = made(tmp_path, "duty", "spare")
    keyed(home, "duty", receiver.address)
    keyed(home, "spare", receiver.address)

    assert ["spare"] == [delivery.channel for delivery in page(home, "x", to=["spare", "nobody"])]
    assert 1 == len(receiver.bodies)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (None, "The key 'paging.broken' is missing."),
        (b"nonsense://somewhere-else", "is no address that apprise knows"),
        (b"\xff\xfe0123456789abcdef", "is not text"),
        (b"json://127.0.0.1:1/", "The channel did not take it: failure."),
    ],
)
def test_a_broken_channel_is_named_and_stops_no_other(
    tmp_path: Path, receiver: Receiver, address: bytes | None, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The reason never holds the address, which is a secret; neither does anything that is printed."""
    home = made(tmp_path, "broken", "duty")
    keyed(home, "duty", receiver.address)
    if address:
        home.keyring(home.settings()).put("paging.broken", [address])

    broken, works = page(home, "x")
    assert (False, True, 1) == (broken.taken, works.taken, len(receiver.bodies))
    assert why in broken.why
    assert "://" not in broken.why
    assert ("", "") == tuple(capfd.readouterr())


@pytest.mark.parametrize("ill", ["hangs", "drips"])
def test_a_channel_that_does_not_answer_is_waited_for_no_longer_than_said(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, ill: str
) -> None:
    """It counts as failed while it still thinks, and the page returns; the service itself would think for half a minute."""
    monkeypatch.setattr("hemostat.oncall.paging.PATIENCE", 2)
    setattr(receiver, ill, True)
    home = made(tmp_path, "slow")
    keyed(home, "slow", receiver.address)
    began = time.monotonic()
    (delivery,) = page(home, "x")

    assert "The channel did not answer within 2 seconds." == delivery.why
    assert time.monotonic() - began < 15


def test_nobody_waits_for_a_page_on_its_way(tmp_path: Path, receiver: Receiver) -> None:
    """To send returns while the service still reads; its channel takes no second page before the first came to its end."""
    home = made(tmp_path, "slow", "spare")
    receiver.hangs = True
    keyed(home, "slow", receiver.address)
    pager = Pager(home)
    pager.send("first", to=["slow"], about=[7])
    assert receiver.asked.acquire(timeout=20)

    assert ({"slow"}, ["spare"], []) == (pager.sending(), pager.idle(), pager.ended())
    pager.send("second", to=["slow"], about=[8])
    receiver.close()
    ((delivery, about),) = pager.ended(within=20)
    assert ("slow", False, [7]) == (delivery.channel, delivery.taken, about)
    assert not receiver.asked.acquire(blocking=False)
    assert ["slow", "spare"] == pager.idle()


@pytest.mark.parametrize("ill", ["hangs", "drips"])
def test_a_page_on_its_way_does_not_keep_a_process_from_ending(tmp_path: Path, receiver: Receiver, ill: str) -> None:
    """Asked to stop, it stops long before its supervisor would kill it, whatever the service does."""
    setattr(receiver, ill, True)
    home = made(tmp_path, "slow")
    keyed(home, "slow", receiver.address)
    program = (
        "import signal, sys, threading; from pathlib import Path; from hemostat.kernel import Home;"
        "from hemostat.oncall.paging import Pager; stop = threading.Event();"
        "signal.signal(signal.SIGTERM, lambda *_: stop.set());"
        "Pager(Home(Path(sys.argv[1]))).send('x', to=['slow']); stop.wait(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(home.path)], stderr=subprocess.PIPE)
    assert receiver.asked.acquire(timeout=30)
    os.kill(process.pid, signal.SIGTERM)
    _, errors = process.communicate(timeout=7)

    assert (0, b"") == (process.returncode, errors)


def test_an_error_of_the_library_tells_nothing_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong inside, its words stay inside: they may hold the secret of the channel."""
    home = made(tmp_path, "duty")
    keyed(home, "duty", "json://user:sesame-open@127.0.0.1:1/")

    def fails(*_: object, **__: object) -> None:
        raise ValueError("json://user:sesame-open@127.0.0.1:1/")

    monkeypatch.setattr("apprise.Apprise.add", fails)
    (delivery,) = page(home, "x")

    assert "The channel could not be used: ValueError." == delivery.why
    assert "sesame" not in "".join(capfd.readouterr())


def test_one_channel_is_one_address(tmp_path: Path, receiver: Receiver) -> None:
    """Two services behind one name could not be told apart when one of them fails."""
    home = made(tmp_path, "both")
    keyed(home, "both", f"{receiver.address}, {receiver.address}")
    (delivery,) = page(home, "x")

    assert not delivery.taken
    assert "is no address that apprise knows" in delivery.why
    assert [] == receiver.bodies


def test_a_sandbox_pages_nobody_whatever_its_settings_say(tmp_path: Path, receiver: Receiver) -> None:
    """What would have been sent counts as exercise, so that the rest of the product goes on as in production."""
    home = made(tmp_path, "duty", kind="sandbox")
    keyed(home, "duty", receiver.address)

    assert ["exercise"] == channels(home.settings())
    assert [Delivery(channel="exercise", taken=True)] == page(home, "x")
    assert [] == receiver.bodies


def test_the_guard_refuses_a_page_that_would_leave_the_sandbox(tmp_path: Path, receiver: Receiver) -> None:
    """Should the words of the settings ever be ignored, the connection itself is refused and written down."""
    home = made(tmp_path, "duty", kind="sandbox")
    program = (
        "import sys; from hemostat.kernel import Home; from hemostat.sandbox.guard import guard_home;"
        "from hemostat.oncall.paging import _offered; from pathlib import Path;"
        "guard_home(Home(Path(sys.argv[1]))); print(_offered('duty', sys.argv[2], 'x').taken)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(home.path), receiver.address], capture_output=True, text=True, check=True
    )

    assert ("False", []) == (ran.stdout.strip(), receiver.bodies)
    assert str(receiver.server.server_port) in (home.path / "guard.ndjson").read_text()


def test_a_channel_named_twice_is_paged_once(tmp_path: Path) -> None:
    """A slip in the settings does not wake anybody twice."""
    assert ["duty", "spare"] == channels(made(tmp_path, "duty", "spare", "duty").settings())


def test_a_home_without_channels_pages_nobody(tmp_path: Path) -> None:
    """Nothing is delivered, and nothing pretends to be."""
    assert [] == page(made(tmp_path), "x")
