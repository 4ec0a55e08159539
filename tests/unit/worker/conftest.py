"""A home that a worker serves, with the database of the tests."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from hemostat.kernel import Home, Route, Settings, Source
from hemostat.lake.spool import Spool
from hemostat.worker.loop import Worker


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Home:
    """A sandbox home with the story's edge log."""
    home = Home(tmp_path / "home")
    route = Route(
        prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"], signed_by="signature"
    )
    home.create(
        Settings(
            kind="sandbox", sources={"edge": Source(kind="access-log", store="fernhollow", environment="sandbox", routes=[route])}
        )
    )
    settings.HOME = home
    return home


@pytest.fixture
def spool(home: Home) -> Any:
    """The door's own hold on the spool."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)
    yield spool
    spool.close()


@pytest.fixture
def worker(home: Home, db: None) -> Any:  # noqa: ARG001  # it is there for its effect
    """The worker of the home."""
    worker = Worker(home)
    yield worker
    worker.close()
