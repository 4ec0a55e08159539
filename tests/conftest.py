"""What holds for every test: no deadline on a busy machine, and a log that ends with the test that opened it."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Whoever configures the log writes to the standard error of the test, which is closed afterwards."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
