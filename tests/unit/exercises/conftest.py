"""A drill in a real home and database, what the twin says of it, and people who can respond."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings as DjangoSettings

from hemostat.exercises.models import Drill, DrillMode
from hemostat.exercises.pack import pack_load
from hemostat.exercises.services import drill_advance, drill_end, drill_start
from hemostat.kernel import Home
from unit.console.home import home_made
from unit.console.story import PEOPLE, Story

PACK = pack_load("storefront-session-leak")
ENDS = PACK.story.start + timedelta(minutes=66)


def truth(**given: Any) -> dict[str, Any]:
    """What the twin says at the end: the people whom the story's responders count, exposed in two minutes, the path closed."""
    people = sum(PEOPLE.values())
    return {
        "people_exposed": people,
        "attempts": 24_600,
        "path_open": False,
        "client_secret_rotated": False,
        "app_uninstalled": False,
        "exposed_by_state": PEOPLE,
        "tokens_live": 0,
        "portal_documents": 0,
        "curve": [["2026-03-10T14:00Z", 36], ["2026-03-10T14:01Z", people - 36]],
        "deployed": "2026-03-10T07:48:00.000000Z",
        "document_read": None,
        "reported": None,
        "last_attempt": "2026-03-10T15:06:00.000000Z",
    } | given


@pytest.fixture
def home(tmp_path: Path, settings: DjangoSettings) -> Home:
    """The sandbox home of the drill."""
    settings.HOME = home_made(tmp_path / "home")
    settings.HEMOSTAT = settings.HOME.settings()
    made: Home = settings.HOME
    return made


@pytest.fixture
def story(db: None, home: Home) -> Story:  # noqa: ARG001  # the database is open while the story is told
    """The people of the home, and what they can do."""
    return Story(home)


@pytest.fixture
def drill(story: Story) -> Drill:  # noqa: ARG001  # the people are there before the leak
    """A drill whose leak has begun."""
    drill = drill_start(pack=PACK, seed=7, mode=DrillMode.AUTOPILOT, by="cli")
    drill_advance(drill=drill, to=PACK.story.start)
    return drill


@pytest.fixture
def ended(drill: Drill) -> Callable[..., Drill]:
    """Ends the drill with the truth, or with what is given instead."""

    def end(**given: Any) -> Drill:
        drill_end(drill=drill, by="conductor", now=ENDS, truth=truth(**given))
        return drill

    return end
