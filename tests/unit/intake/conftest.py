"""One door for the tests that only talk to it, and a fresh one for those that stop or break it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unit.intake.door import Door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A running door with an access log `edge`, an app `app` and the Shopify store `fernhollow`."""
    made = Door(tmp_path_factory.mktemp("door"))
    made.start()
    yield made
    assert 0 == made.stop()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Door]]:
    """Makes a running door of this test's own."""
    made: list[Door] = []

    def make(**settings: int) -> Door:
        made.append(Door(tmp_path, **settings))
        made[-1].start()
        return made[-1]

    yield make
    for each in made:
        each.stop()
