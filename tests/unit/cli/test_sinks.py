"""`hemostat sink`: a receiver is set up, tried out, looked after and supplied with content, from one command line."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hemostat.cli import sink as command
from hemostat.cli.bench_sinks import sinks
from hemostat.kernel import BadInput, BadSettings, HemostatError, Home, Settings, Source, SystemClock
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.datadog import DatadogLogs
from hemostat.sandbox.wires.faults import receiving
from hemostat.sandbox.wires.splunk_hec import SplunkHec
from hemostat.sinks import forwarder_of
from hemostat.sinks.base import Misconfigured, Unavailable
from unit.lake.made import NOON
from unit.sinks.made import KEY, TOKEN, filled

Say = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A sandbox home."""
    home = Home(tmp_path / "home")
    home.create(Settings(kind="sandbox", sources={"app": Source(kind="events", store="fernhollow", environment="sandbox")}))
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    return home


@pytest.fixture
def spool(home: Home) -> Iterator[Spool]:
    """Its spool."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)
    yield spool
    spool.close()


@pytest.fixture
def say(home: Home) -> Say:
    """What the command answers; an error of ours is raised as it is."""
    assert home.exists()

    def say(*words: str, given: str = "") -> Result:
        result = CliRunner().invoke(command.app, list(words), input=given)
        if isinstance(result.exception, HemostatError):
            raise result.exception
        return result

    return say


def forwarded(home: Home, spool: Spool, name: str) -> None:
    """The worker's side has done what there was to do."""
    forwarder = forwarder_of(name, home.settings().sinks[name], home=home, spool=spool, clock=SystemClock())
    try:
        while forwarder.poll():
            pass
    finally:
        forwarder.close()


def test_a_sink_is_set_up_tried_out_and_filled(home: Home, spool: Spool, say: Say) -> None:
    """The key comes from standard input; a test event is shown to arrive; older events stay where they are."""
    splunk = SplunkHec()
    filled(home, spool, batches=1, each=3)
    with receiving(splunk) as url:
        options = ("--option", "index=hemostat", "--option", "max_events=10", "--only", "acts=session:read", "--only", "phi=true")
        result = say("add", "siem", "--kind", "splunk", "--url", url, *options, given=f"{TOKEN}\n")
        assert "took the test event" in result.stdout
        assert ["000000000000-00000"] == list(splunk.ids)
        ids = filled(home, spool, batches=1, each=2)
        forwarded(home, spool, "siem")

    assert ids == list(splunk.ids)[1:]
    made = home.settings().sinks["siem"]
    assert {"index": "hemostat", "max_events": 10, "only": {"acts": ["session:read"], "phi": True}} == made.options
    assert TOKEN.encode() == home.keyring(home.settings()).secret("sink.siem")
    (shown,) = json.loads(say("list", "--json").stdout)
    assert ("siem", "live", 2, 0, 0) == tuple(shown[name] for name in ("name", "state", "sent", "behind", "lag"))
    assert "siem (splunk): live; sent 2" in say("list").stdout


def test_a_sink_can_begin_with_the_oldest_event(home: Home, spool: Spool, say: Say) -> None:
    """And one without a key needs none."""
    ids = filled(home, spool, batches=2, each=2)
    say("add", "archive", "--kind", "files", "--option", "folder=out", "--everything")
    forwarded(home, spool, "archive")

    lines = (home.path / "out" / "events.part").read_text().splitlines()
    assert ids == [json.loads(line)["metadata"]["uid"] for line in lines]


def test_the_list_says_in_words_what_is_in_the_way(home: Home, spool: Spool, say: Say) -> None:
    """A receiver that is behind, one that fails, one that needs a person, and what was refused."""
    splunk = SplunkHec()
    with receiving(splunk) as url:
        say("add", "siem", "--kind", "splunk", "--url", url, given=TOKEN)
        waiting = json.loads(say("list", "--json").stdout)[0]
        ids = filled(home, spool, batches=1, each=4)
        splunk.bad = frozenset(ids[:1])
        forwarded(home, spool, "siem")
        filled(home, spool, batches=1, each=5)
        behind = json.loads(say("list", "--json").stdout)[0]
        splunk.says = 1
        with pytest.raises(Misconfigured):
            forwarded(home, spool, "siem")
        stopped = say("list")
        splunk.says = 9
        with pytest.raises(Unavailable):
            forwarded(home, spool, "siem")
        failing = json.loads(say("list", "--json").stdout)[0]

    assert "waiting" == waiting["state"]
    assert ("behind", 3, 5, 1) == (behind["state"], behind["sent"], behind["behind"], behind["refused"])
    assert behind["quarantine"][0]["first"] == ids[0]
    assert "stopped" in stopped.stdout
    assert "the token is disabled" in stopped.stdout
    assert "failing" == failing["state"]


def test_a_period_is_repeated_and_refused_events_are_offered_again(home: Home, spool: Spool, say: Say) -> None:
    """Both by the worker; the commands only ask."""
    splunk = SplunkHec()
    with receiving(splunk) as url:
        say("add", "siem", "--kind", "splunk", "--url", url, given=TOKEN)
        ids = filled(home, spool, batches=1, each=4)
        splunk.bad = frozenset(ids[:1])
        forwarded(home, spool, "siem")
        splunk.bad = frozenset()
        assert "1" in say("retry", "siem").stdout
        period = ("--from", NOON.isoformat(), "--to", (NOON + timedelta(hours=1)).isoformat())
        assert "Repetition 1" in say("replay", "siem", *period).stdout
        forwarded(home, spool, "siem")

    assert dict.fromkeys(ids, 2) | {"000000000000-00000": 1} == dict(splunk.ids)
    assert [] == json.loads(say("list", "--json").stdout)[0]["quarantine"]


def test_a_test_event_that_is_refused_is_told(home: Home, say: Say) -> None:
    """With what the receiver said; the sink stays set up, so that it can be corrected."""
    dog = DatadogLogs()
    dog.says = (400, {})
    with receiving(dog) as url:
        with pytest.raises(Unavailable, match="invalid format"):
            say("add", "dog", "--kind", "datadog", "--url", url, given=KEY)
        assert "dog" in home.settings().sinks
        dog.says = None
        assert "took" in say("check", "dog").stdout


def test_a_test_event_waits_for_its_acknowledgment_only_so_long(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is told that none came."""
    monkeypatch.setattr("hemostat.sinks.status._STAY", 0.0)
    with receiving(SplunkHec()) as url, pytest.raises(Unavailable, match="not acknowledged"):
        say("add", "siem", "--kind", "splunk", "--url", url, given=TOKEN)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("add", "siem", "--kind", "pigeon"), "unknown kind"),
        (("add", "siem", "--kind", "splunk", "--url", "http://127.0.0.1:9", "--option", "indx=a"), "indx"),
        (("add", "siem", "--kind", "splunk", "--url", "http://127.0.0.1:9", "--option", "index"), "NAME=VALUE"),
        (("add", "siem", "--kind", "splunk", "--url", "http://127.0.0.1:9", "--only", "surfaces=cellar"), "cellar"),
        (("check", "siem"), "No sink"),
        (("retry", "siem"), "No sink"),
        (("replay", "siem", "--from", "2026-03-02T14:00:00Z", "--to", "2026-03-03T14:00:00Z"), "No sink"),
        (("export", "pigeon", "out"), "nothing ready-made"),
    ],
)
def test_wrong_words_change_nothing(home: Home, say: Say, words: tuple[str, ...], reason: str) -> None:
    """The error names what is wrong and the way out."""
    with pytest.raises((BadInput, BadSettings), match=reason) as raised:
        say(*words, given=TOKEN)
    assert raised.value.advice()
    assert {} == home.settings().sinks


def test_neither_a_name_nor_a_period_is_taken_twice_or_backwards(home: Home, say: Say) -> None:
    """The sink stays as it was."""
    say("add", "archive", "--kind", "files", "--option", "folder=out")
    with pytest.raises(BadInput, match="already"):
        say("add", "archive", "--kind", "files", "--option", "folder=elsewhere")
    with pytest.raises(BadInput, match="before it begins"):
        say("replay", "archive", "--from", "2026-03-03T14:00:00Z", "--to", "2026-03-02T14:00:00Z")
    assert {"folder": "out"} == home.settings().sinks["archive"].options


@pytest.mark.parametrize(("kind", "file"), [("splunk", "hemostat/default/props.conf"), ("datadog", "pipeline.json")])
def test_ready_made_content_is_written_once(say: Say, tmp_path: Path, kind: str, file: str) -> None:
    """Into a new folder; nothing is overwritten."""
    say("export", kind, str(tmp_path / "out"))
    assert (tmp_path / "out" / file).exists()
    with pytest.raises(BadInput, match="exists"):
        say("export", kind, str(tmp_path / "out"))


def test_the_bench_counts_what_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one holds; one that loses stops with its figures."""
    monkeypatch.setattr("hemostat.cli.bench_sinks._FAULTS", 12)
    figures = sinks()
    assert (12, 0, 0) == (figures["faults"], figures["lost"], figures["undeclared"])

    monkeypatch.setattr("hemostat.cli.bench_sinks.campaign", lambda *_, **__: {"lost": 1, "faults": 3})
    with pytest.raises(BadInput, match="lost"):
        sinks()
