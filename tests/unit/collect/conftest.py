"""A home with one source whose feed we read, and its way into the spool."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemostat.collect import Post
from hemostat.kernel import Feed, Home, Settings, Source, SystemClock
from hemostat.lake.spool import Spool


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox home with one source."""
    home = Home(tmp_path / "home")
    source = Source(kind="events", store="fernhollow", environment="sandbox", feed=Feed(kind="counting"))
    home.create(Settings(kind="sandbox", sources={"app": source}))
    return home


@pytest.fixture
def spool(home: Home) -> Iterator[Spool]:
    """The spool of the home."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)
    yield spool
    spool.close()


@pytest.fixture
def post(home: Home, spool: Spool) -> Post:
    """The way into the spool for the source `app`."""
    return Post("app", home.settings().sources["app"], home=home, spool=spool, clock=SystemClock())
