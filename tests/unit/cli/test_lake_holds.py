"""`hemostat lake hold`, `release` and `holds`: a legal hold from one command line, on record, by whoever may."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from pytest_django import Settings as DjangoSettings
from typer.testing import CliRunner

from hemostat.cli import lake
from hemostat.kernel import BadInput, HemostatError, Home, NotFound, Settings
from hemostat.lake.holds import holds
from hemostat.lake.pipeline import Tools
from hemostat.lake.retention import Expiry
from hemostat.people.ledger import entries
from hemostat.people.rights import Refused
from hemostat.people.services import demo_people_create
from unit.lake.made import NOON
from unit.sinks.made import filled

Say = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A sandbox home with some events in its lake."""
    home = Home(tmp_path / "home")
    home.create(Settings(kind="sandbox"))
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    return home


@pytest.fixture
def people(db: None, home: Home, settings: DjangoSettings) -> dict[str, str]:  # noqa: ARG001  # the people stand in the database
    """The sign-in name of a person of each role."""
    settings.HOME = home
    return {login.role.value: login.username for login in demo_people_create(now=NOON)}


@pytest.fixture
def say(people: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """What the command answers; an error of ours is raised as it is."""
    assert people
    # The tables of the test stand already, and looking for new ones takes longer than the command.
    monkeypatch.setattr("hemostat.cli.lake.database_ready", lambda _: None)

    def say(*words: str) -> Result:
        result = CliRunner().invoke(lake.app, list(words))
        if isinstance(result.exception, HemostatError):
            raise result.exception
        return result

    return say


def test_a_hold_is_placed_shown_and_let_go(say: Say, home: Home) -> None:
    """Each of the two acts is on record with who did it; what was held is shown with its reach, then as let go."""
    shop = ("--store", "fernhollow", "--since", "2026-03-02T12:00:00Z", "--incident", "INC-0001")
    placed = say("hold", "--reason", "Case 7", *shop)

    assert "Hold 1 stands" in placed.stdout
    (one,) = holds(home)
    assert ("fernhollow", NOON, None, "INC-0001") == (one.reach.store, one.reach.since, one.reach.until, one.incident)
    shown = say("holds").stdout
    assert "1  in force  store fernhollow, since 2026-03-02T12:00:00Z  INC-0001  Case 7" in shown
    assert "0 events deleted so far; 1 holds on record." in shown

    assert "Hold 1 is let go." in say("release", "1", "--reason", "Settled").stdout
    assert f" by {one.placed_by}  store fernhollow" in say("holds").stdout
    assert [] == holds(home, in_force=True)
    acts = [(entry.act, entry.subject, entry.actor) for entry in entries() if entry.act.startswith("hold:")]
    assert [("hold:place", "INC-0001", one.placed_by), ("hold:release", "lake", one.placed_by)] == acts


def test_holds_are_read_by_scripts(say: Say, home: Home) -> None:
    """What was placed and what there is come as documents, with the policy and what was deleted."""
    spool = Tools(home).spool()
    filled(home, spool, batches=1, each=3)
    Expiry(home, spool).turn(home.settings().retention, last_batch=spool.last_batch(), now=NOON + timedelta(days=9999))
    spool.close()

    placed = json.loads(say("hold", "--reason", "Case 7", "--until", "2026-03-02T12:00:00Z", "--json").stdout)
    found = json.loads(say("holds", "--json").stdout)

    assert [placed] == found["holds"]
    assert (1, "Case 7", "2026-03-02T12:00:00Z") == (placed["number"], placed["reason"], placed["reach"]["until"])
    assert 3 == sum(one["deleted"] for one in found["deleted"])
    assert found["retention_days"]["access"] > found["retention_days"]["log"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("hold", "--reason", " "), BadInput),
        (("hold", "--reason", "Case 7", "--since", "2026-03-02T12:00:00Z", "--until", "2026-03-01T12:00:00Z"), BadInput),
        (("hold", "--reason", "Case 7", "--since", "Monday"), BadInput),
        (("hold", "--reason", "Case 7", "--actor", "nurse@clinic.example"), BadInput),
        (("hold", "--reason", "Case 7", "--actor", "8675309001"), BadInput),
        (("hold", "--reason", "Case 7", "--by", "nobody"), NotFound),
        (("release", "1", "--reason", "Settled"), NotFound),
        (("release", "1", "--reason", " "), BadInput),
    ],
)
def test_what_cannot_be_done_leaves_no_record(say: Say, home: Home, words: tuple[str, ...], error: type[HemostatError]) -> None:
    """A slip is told with its way out, without repeating an identifier; there is no hold, and the ledger says nothing."""
    with pytest.raises(error) as caught:
        say(*words)

    assert caught.value.advice()
    assert not any(word in str(caught.value) for word in ("nurse", "8675309001"))
    assert [] == holds(home)
    assert [] == [entry for entry in entries() if entry.act.startswith("hold:")]


@pytest.mark.parametrize(
    ("role", "places", "lets_go"),
    [("engineer", True, False), ("compliance", True, True), ("counsel", True, True), ("auditor", False, False)],
)
def test_only_who_may_places_holds(
    say: Say, people: dict[str, str], home: Home, role: str, *, places: bool, lets_go: bool
) -> None:
    """Whoever preserves evidence or decides on the law places a hold; only the latter lets one go."""
    say("hold", "--reason", "Case 7")

    for allowed, words in ((places, ("hold", "--reason", "Case 8")), (lets_go, ("release", "1", "--reason", "Settled"))):
        if allowed:
            assert 0 == say(*words, "--by", people[role]).exit_code
        else:
            with pytest.raises(Refused):
                say(*words, "--by", people[role])
    assert (lets_go, places) == (holds(home)[-1].released_at is not None, len(holds(home)) == 2)
