"""`hemostat hunt`, `lake` and `dead-letter`: what a person sees and what a script reads."""

import json

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from hemostat.cli import dead_letter, hunt, lake
from hemostat.kernel import BadInput, Home
from hemostat.lake.pipeline import drain
from hemostat.lake.spool import Spool
from unit.lake.conftest import Put, Send
from unit.lake.made import NOON, incoming, row

EVENT = {"time": "2026-03-02T12:00:00Z", "act": "page:read"}

ask = typer.Typer()
ask.command()(hunt.hunt)


@pytest.fixture(autouse=True)
def _this_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands work on the home of the test."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))


def _run(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert code == result.exit_code, result.output
    return result.stdout


def test_a_question_is_answered_as_a_table(put: Put) -> None:
    """A person sees columns and rows."""
    put([row(host="a.example")])

    shown = _run(ask, "SELECT host, NULL AS nothing FROM events")

    assert "a.example" in shown
    assert "None" not in shown


def test_what_was_searched_is_told_beside_the_answer(put: Put, capfd: pytest.CaptureFixture[str]) -> None:
    """On standard error, so that a pipe holds the answer alone; before the first event there is no period."""
    ask(["SELECT 1"], standalone_mode=False)
    put([row(), row()])
    ask(["SELECT host FROM events WHERE host = 'elsewhere'"], standalone_mode=False)

    told = " ".join(capfd.readouterr().err.split())
    assert "Rows: 1. Searched 0 events in 0 files." in told
    assert "Rows: 0. Searched 2 events from 2026-03-02T12:00:00.000000Z to 2026-03-02T12:00:00.000000Z in 1 files." in told


def test_hostile_values_are_printed_as_text(put: Put) -> None:
    """Markup of the terminal library in a value is shown, not obeyed."""
    put([row(host="[bold red]x[/]")])

    assert "[bold red]x[/]" in _run(ask, "SELECT host FROM events")


def test_a_question_is_answered_as_json(put: Put) -> None:
    """A script reads one document, with times in RFC 3339."""
    put([row()])

    document = json.loads(_run(ask, "SELECT time, query_keys, count(*) AS n FROM events GROUP BY ALL", "--json"))

    assert ["time", "query_keys", "n"] == document["columns"]
    assert [{"time": "2026-03-02T12:00:00Z", "query_keys": ["cid"], "n": 1}] == document["rows"]


def test_a_saved_question_takes_values(put: Put) -> None:
    """The answer carries the question, its hash and its values, so that it can be repeated."""
    put([row(), row(subject="person_b", time=NOON.replace(hour=15))])

    document = json.loads(_run(ask, "--saved", "people_exposed", "--value", "until=2026-03-02T13:00:00Z", "--json"))

    assert [1] == [one["people"] for one in document["rows"]]
    assert ("2026-03-02T13:00:00Z", 64) == (document["values"]["until"], len(document["sha256"]))


def test_saved_questions_are_listed() -> None:
    """Names, questions and parameters, for people and for scripts."""
    assert "people_by_state: People exposed, by state" in _run(ask, "--list")
    assert "people_by_state" in [one["name"] for one in json.loads(_run(ask, "--list", "--json"))]


@pytest.mark.parametrize(
    "words", [[], ["SELECT 1", "--saved", "people_exposed"], ["--saved", "people_exposed", "--value", "since"]]
)
def test_half_a_question_is_refused(words: list[str]) -> None:
    """Neither, both, or a value without a name is an error with the way out."""
    result = CliRunner().invoke(ask, words)

    assert isinstance(result.exception, BadInput)
    assert result.exception.advice()


@pytest.fixture
def damaged(home: Home, spool: Spool, send: Send) -> str:
    """A lake whose only file is cut short; its path."""
    send(EVENT)
    drain(home, spool)
    (part,) = spool.parts()
    (home.lake / part.path).write_bytes(b"short")
    return part.path


def test_check_tells_damage_and_repair_cures_it(damaged: str) -> None:
    """Exit status and text say what is wrong, and the repair puts it right."""
    assert f"{damaged} has 5 bytes" in _run(lake.app, "check", code=1)
    assert f"{damaged}: Written again" in _run(lake.app, "repair")
    assert "1 files, 0 damaged" in _run(lake.app, "check")


def test_check_and_repair_as_json(damaged: str) -> None:
    """Scripts read what was found and what was done."""
    found = json.loads(_run(lake.app, "check", "--json", code=1))
    done = json.loads(_run(lake.app, "repair", "--json"))

    assert (1, [damaged], []) == (found["files"], [one["path"] for one in found["damaged"]], found["strays"])
    assert [(damaged, 1, True)] == [(one["path"], one["rows"], one["repaired"]) for one in done]


def test_a_loss_fails_until_it_is_accepted(damaged: str, spool: Spool) -> None:
    """What cannot be repaired is an error status, until a person accepts the loss."""
    spool.purge(NOON.replace(year=2027))

    assert f"{damaged}: 1 events of app" in _run(lake.app, "repair", code=1)
    assert "0 of 1 damaged files repaired" in _run(lake.app, "repair", "--accept-loss")
    assert "0 damaged" in _run(lake.app, "check")


def test_an_accepted_loss_ends_when_the_file_is_back(home: Home, damaged: str, spool: Spool) -> None:
    """A file that was found after all counts again once a repair has seen it."""
    path = home.lake / damaged
    _run(lake.app, "repair")
    whole = path.read_bytes()
    path.unlink()
    spool.purge(NOON.replace(year=2027))
    _run(lake.app, "repair", "--accept-loss")
    path.write_bytes(whole)

    assert f"{damaged}: Whole again" in _run(lake.app, "repair")
    assert "0 of 0 damaged files repaired" in _run(lake.app, "repair")


def test_dead_letters_are_listed_without_their_content(home: Home, spool: Spool) -> None:
    """Source, place, reason and advice; never the line."""
    spool.append([incoming(source="app", key="1", body=b"jane.roe@example.com"), incoming(source="gone", key="2", body=b"x")])
    drain(home, spool)

    shown = _run(dead_letter.app, "list")
    listed = json.loads(_run(dead_letter.app, "list", "--json"))

    assert "app, message 1, line 1: " in shown
    assert "gone, message 2, whole message: " in shown
    assert [("app", 1, 1), ("gone", 2, 0)] == [(one["source"], one["seq"], one["line"]) for one in listed]
    assert "jane" not in shown + json.dumps(listed)


def test_dead_letters_say_when_they_go(home: Home, spool: Spool) -> None:
    """Each is kept for as many days as raw messages, counted from when we learnt of it."""
    home.write(msgspec.structs.replace(home.settings(), raw_days=3))
    spool.append([incoming(source="app", key="1", body=b"bad")])
    drain(home, spool)

    assert " Kept until 2026-03-05." in _run(dead_letter.app, "list")
    assert ["2026-03-05T12:00:09.000000Z"] == [one["goes"] for one in json.loads(_run(dead_letter.app, "list", "--json"))]


def test_retry_says_what_went_back(home: Home, spool: Spool) -> None:
    """Counts for people and for scripts."""
    spool.append([incoming(source="app", key="1", body=b"bad")])
    drain(home, spool)

    assert "Back in the spool: 0. Still unreadable: 1." in _run(dead_letter.app, "retry")
    assert {"returned": 0, "kept": 1, "damaged": 0} == json.loads(_run(dead_letter.app, "retry", "--json"))


def test_retry_says_what_is_damaged(home: Home, spool: Spool) -> None:
    """A letter that does not open any more is counted by itself."""
    spool.append([incoming(source="app", key="1", body=b"bad")])
    drain(home, spool)
    path = home.dead_letters / "batch-000000000001.ndjson"
    path.write_bytes(path.read_bytes().replace(b'"sealed":"', b'"sealed":"AAAA'))

    shown = _run(dead_letter.app, "retry")

    assert "Back in the spool: 0. Still unreadable: 1. Of these with a damaged seal: 1." in shown
