"""A home with the keys of its receivers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemostat.kernel import Home, Settings, Source
from hemostat.lake.spool import Spool
from unit.sinks.made import KEY, TOKEN


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox home whose sinks have keys."""
    home = Home(tmp_path / "home")
    settings = Settings(kind="sandbox", sources={"app": Source(kind="events", store="fernhollow", environment="sandbox")})
    home.create(settings)
    for name, key in (("siem", TOKEN), ("dog", KEY)):
        home.keyring(settings).put(f"sink.{name}", [key.encode()])
    return home


@pytest.fixture
def spool(home: Home) -> Iterator[Spool]:
    """The spool of the home."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)
    yield spool
    spool.close()
