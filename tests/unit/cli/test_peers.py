"""Scanners of other makers: asked over lines of JSON, read in their favor, and said to be missing where they are."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hemostat.cli import bench_accuracy, bench_scan, peers
from hemostat.cli.corpora import Labelled, Span
from hemostat.kernel import BadInput
from hemostat.phi.match import ENTITIES

FAKE = Path(__file__).with_name("fake_peer.py")
RUNNER = Path(peers.__file__).with_name("runner.py")


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The peers are installed, and each of them is the fake one."""
    python = tmp_path / "python"
    # An interpreter that runs the fake whatever program it is told to run; its last argument is the name of the peer.
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$3"\n')
    python.chmod(0o755)
    monkeypatch.setenv("HEMOSTAT_PEERS", str(python))


def test_a_peer_answers_for_each_text() -> None:
    """It says its version, and gives matches and the seconds that they took, question after question."""
    with peers.started("presidio", Path(sys.executable), runner=FAKE) as peer:
        first, second = peer.scan(["a@b.example", "nobody", "é@b.example\n"]), peer.scan([])

    assert peer.version == "of presidio"
    assert first.seconds == 0.25
    assert [len(found) for found in first.found] == [2, 0, 2]
    assert first.found[2][0] == (0, 12, "EMAIL_ADDRESS")
    assert second.found == []


def test_a_peer_that_ends_is_named() -> None:
    """Whether it ends before it is asked, or at the question, the error says which peer, and what to do."""
    with (
        pytest.raises(BadInput, match="peer dumb ended") as raised,
        peers.started("dumb", Path(sys.executable), runner=FAKE) as peer,
    ):
        peer.scan(["a@b.example"])
    assert "make peers" in raised.value.advice()

    # the runner of the product, in an environment without the peers
    with pytest.raises(BadInput, match="peer nobody ended"), peers.started("nobody", Path(sys.executable), runner=RUNNER):
        raise AssertionError


def test_a_peer_that_has_ended_cannot_be_asked_again() -> None:
    """A question to a process that is gone is an error, not a wait."""
    with peers.started("dumb", Path(sys.executable), runner=FAKE) as peer:
        for _ in range(2):
            with pytest.raises(BadInput, match="ended"):
                peer.scan(["a"] * 100_000)


def test_a_peer_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits forever for a process that is not needed any more."""
    monkeypatch.setattr("hemostat.cli.peers.peer._PATIENCE", 0.1)

    with peers.started("deaf", Path(sys.executable), runner=FAKE) as peer:
        process = peer._process

    assert process.returncode == -signal.SIGKILL


def test_words_are_read_in_favor_of_the_peer() -> None:
    """A word of several meanings is that of the value it covers; one that we do not compare counts for nothing."""
    text = Labelled(text="x" * 60, form="", spans=(Span(0, 20, "SESSION_TOKEN"), Span(30, 50, "EMAIL")))
    kinds = peers.KINDS["detect-secrets"]
    word = "Base64 High Entropy String"

    found = peers.read_as(kinds, text, [(1, 20, word), (30, 50, word), (0, 3, word), (5, 9, "IPv4")])

    assert found == [Span(1, 20, "SESSION_TOKEN"), Span(30, 50, "API_KEY"), Span(0, 3, "API_KEY")]
    assert "EMAIL" not in kinds.claimed


@pytest.mark.parametrize("name", peers.KINDS)
def test_peers_claim_entities_of_ours(name: str) -> None:
    """Every word of a peer stands for entities that exist."""
    assert peers.KINDS[name].claimed <= set(ENTITIES)


def test_without_the_peers_the_bench_says_what_was_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ours is judged all the same, the peers are named, and so is the way to have them."""
    monkeypatch.setenv("HEMOSTAT_PEERS", str(tmp_path / "nowhere"))

    figures = bench_accuracy.accuracy(40)

    assert figures["peers"].startswith("not run: Presidio without NER, scrubadub, detect-secrets; `make peers`")
    assert {name.partition(":")[0] for name in figures} == {"peers", *bench_accuracy.CORPORA}
    assert figures["care: lines"] == 40
    assert 0 < figures["care: micro F1"] <= 1


@pytest.mark.usefixtures("faked")
def test_peers_are_judged_over_all_entities_and_over_theirs() -> None:
    """A peer that takes each text with an address for one has a full recall of nothing else, and few of all entities."""
    figures = bench_accuracy.accuracy(60)

    label = "commerce, Presidio without NER"
    assert figures["peers"] == ", ".join(f"{kinds.title} of {name}" for name, kinds in peers.KINDS.items())
    assert figures[f"{label}: entities that it claims"] == 10
    assert figures[f"{label}: lines a processor second"] == 240
    assert figures[f"{label}: micro recall"] <= figures[f"{label}: micro recall over these"]
    assert figures[f"{label}: micro F1"] < figures["commerce: micro F1"]
    assert 0 < figures[f"{label}: micro F1 of ours over these"] <= 1
    assert figures["commerce, scrubadub: micro recall"] == 0


@pytest.mark.usefixtures("faked")
def test_the_scan_is_measured_beside_all_peers() -> None:
    """Each rate is there, for both kinds of lines, and each ratio with its goal."""
    figures = bench_scan.scan(60, of_corpus=20, rounds=1)

    assert figures["Presidio"] == "without NER, of presidio"
    for kind in ("the mix", "labelled texts"):
        assert 0 < figures[f"{kind}: matches"]
        assert figures[f"{kind}: times Hyperscan"] == pytest.approx(
            figures[f"{kind}: scanner MB/s"] / figures[f"{kind}: Hyperscan from C, patterns and words, MB/s"]
        )
        assert figures[f"{kind}: share of the goal of 250 times"] == figures[f"{kind}: times Presidio"] / 250


def test_the_scan_is_measured_without_presidio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was not run has no figure, and the way to have it is told."""
    monkeypatch.setenv("HEMOSTAT_PEERS", str(tmp_path / "nowhere"))

    figures = bench_scan.scan(20, of_corpus=5, rounds=1)

    assert figures["Presidio"].startswith("not run: `make peers`")
    assert not [name for name in figures if "Presidio" in name and name != "Presidio"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "value", "entity"),
    [
        ("presidio", "mail to jane.roe@clinic.example now", "jane.roe@clinic.example", "EMAIL"),
        ("presidio", "his npi 1245319599, as told", "1245319599", "NPI"),
        ("scrubadub", "mail to jane.roe@clinic.example now", "jane.roe@clinic.example", "EMAIL"),
        ("detect-secrets", 'key = "AKIAIOSFODNN7EXAMPLQ"', "AKIAIOSFODNN7EXAMPLQ", "API_KEY"),
    ],
)
def test_the_real_peers_answer(name: str, text: str, value: str, entity: str) -> None:
    """Where they are installed, each finds what nobody misses, and nothing in words."""
    python = peers.python()
    if python is None:
        pytest.skip("not run: no peers here (make peers installs them, or HEMOSTAT_PEERS names a Python that has them)")
    with peers.started(name, python) as peer:
        answer = peer.scan([text, "plain words"])

    spans = peers.read_as(peers.KINDS[name], Labelled(text=text, form=""), answer.found[0])
    assert Span(text.index(value), text.index(value) + len(value), entity) in spans
    assert answer.found[1] == []
    assert answer.seconds > 0


def test_the_runner_knows_the_peers_that_are_compared() -> None:
    """It imports nothing of ours: it runs where none of that is installed."""
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import runpy; print(sorted(runpy.run_path({str(RUNNER)!r})['PEERS']))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.strip() == str(sorted(peers.KINDS))
