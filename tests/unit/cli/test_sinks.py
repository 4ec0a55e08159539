"""`hemostat sink`: a receiver is set up, tried out, looked after and supplied with content, from one command line."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from pytest_django import Settings as DjangoSettings
from typer.testing import CliRunner

from hemostat.cli import sink as command
from hemostat.cli.bench_sinks import through_faults
from hemostat.cli.bench_sinks_day import _alone, day
from hemostat.cli.home import _checks
from hemostat.kernel import BadInput, BadSettings, HemostatError, Home, Settings, Source, SystemClock
from hemostat.lake.spool import Spool
from hemostat.people.ledger import entries
from hemostat.people.services import demo_people_create
from hemostat.sandbox.wires.datadog import DatadogLogs
from hemostat.sandbox.wires.faults import receiving
from hemostat.sandbox.wires.splunk_hec import SplunkHec
from hemostat.sinks import forwarder_of
from hemostat.sinks.base import Misconfigured, Unavailable
from hemostat.sinks.journal import Journal
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


@pytest.mark.django_db
def test_a_period_is_repeated_and_refused_events_are_offered_again(
    home: Home, spool: Spool, say: Say, settings: DjangoSettings
) -> None:
    """Both by the worker; the commands only ask, and the ledger says for whom."""
    splunk = SplunkHec()
    settings.HOME = home
    demo_people_create(now=NOON)
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

    assert ["sink:retry", "sink:replay"] == [entry.act for entry in entries("sink.siem")]
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


@pytest.mark.django_db
def test_neither_a_name_nor_a_period_is_taken_twice_or_backwards(home: Home, say: Say, settings: DjangoSettings) -> None:
    """The sink stays as it was."""
    settings.HOME = home
    demo_people_create(now=NOON)
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
    figures = through_faults()
    assert (12, 0, 0) == (figures["faults"], figures["lost"], figures["ids that came too often"])

    lossy = {"lost": 1, "undeclared": 0, "declared as sent again": 0, "faults": 3}
    monkeypatch.setattr("hemostat.cli.bench_sinks.campaign", lambda *_, **__: dict(lossy))
    with pytest.raises(BadInput, match="lost"):
        through_faults()


def test_the_bench_compares_a_receiver_that_is_away_with_one_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ratios of one run to the other; one that loses stops with its figures."""
    run = {
        "events": 4000,
        "lost": 0,
        "undeclared": 0,
        "megabytes": 200.0,
        "waits": [0.5],
        "waits back": [1.0],
        "seconds back": 2.0,
    }
    monkeypatch.setattr("hemostat.cli.bench_sinks_day._run", lambda _, is_away: run | {"megabytes": 220.0 if is_away else 200.0})
    monkeypatch.setattr("hemostat.cli.bench_sinks_day._alone", float)
    figures = day(4000)

    assert 1.1 == pytest.approx(figures["away: times those with the receiver there"])
    assert 2.0 == figures["catching up: times those with the receiver there"]
    assert 2000.0 == figures["catching up: events a second"]
    assert 10.0 == figures["forwarder alone: times those at ten times the backlog"]
    run["lost"] = 1
    with pytest.raises(BadInput, match="lost"):
        day(4000)


def test_a_forwarder_alone_is_measured_over_a_real_receiver() -> None:
    """In a process of its own; everything arrives, and what it held is told."""
    assert _alone(2000) > 0


def test_the_doctor_names_a_sink_that_does_not_look_after_itself(home: Home, say: Say) -> None:
    """A home without sinks has no such check; one whose sinks are well passes it."""
    assert "forwarding" not in dict(_checks(home))
    say("add", "archive", "--kind", "files", "--option", "folder=out")
    assert "" == dict(_checks(home))["forwarding"]
    journal = Journal(home)
    journal.failed("archive", "The folder is gone.", stopped=True, now=NOON)
    journal.close()

    fault = dict(_checks(home))["forwarding"]

    assert "1 of 1 sinks: archive: The folder is gone. See `hemostat sink list`." == fault
    home.settings_file.write_text("nonsense")
    assert "forwarding" not in dict(_checks(home))
