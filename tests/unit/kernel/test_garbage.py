"""A settled process looks for garbage rarely, and still finds it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from hemostat.kernel.garbage import settled


@pytest.fixture
def _own_garbage() -> Iterator[None]:
    """The settings of this process are its own again afterwards."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Knot:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.myself = self


@pytest.mark.usefixtures("_own_garbage")
def test_what_exists_is_not_looked_through_again() -> None:
    """The objects of before are set apart, and it takes more new ones until Python looks through them."""
    before = gc.get_threshold()[0]

    settled()

    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold()[0] > before


@pytest.mark.usefixtures("_own_garbage")
def test_cycles_that_come_later_are_found() -> None:
    """A cycle that nobody holds is freed once enough objects have come."""
    settled()
    knot = weakref.ref(Knot())

    crowd = [[] for _ in range(2 * gc.get_threshold()[0])]

    assert len(crowd) > gc.get_threshold()[0]
    assert knot() is None
