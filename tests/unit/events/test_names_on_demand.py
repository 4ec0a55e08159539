"""The words of an access come without Arrow; the schema comes when it is asked for."""

import subprocess
import sys

import pytest

import hemostat.events


@pytest.mark.parametrize("name", hemostat.events.__all__)
def test_every_name_is_there(name: str) -> None:
    """What the package promises it gives, loaded early or late."""
    assert getattr(hemostat.events, name) is not None


def test_other_names_are_refused() -> None:
    """A misspelled name is the usual error."""
    with pytest.raises(AttributeError, match="no attribute 'SCHEME'"):
        hemostat.events.SCHEME  # noqa: B018  # asking is the test


def test_the_words_need_no_arrow() -> None:
    """Arrow is loaded with the schema, not with the words."""
    before = "import sys; from hemostat.events import Access; early = 'pyarrow' in sys.modules"
    code = f"{before}; from hemostat.events import SCHEMA; print(early, 'pyarrow' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert "False True\n" == answer
