"""The manual's page of events says what the schema says."""

import subprocess
import sys
from pathlib import Path

from hemostat.events import COLUMNS, Act
from hemostat.events.manual import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "events.md"


def test_the_page_is_drawn_from_the_schema() -> None:
    """Renew it with `python -m hemostat.events.manual > docs/reference/events.md`."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_the_page_can_be_renewed_by_hand() -> None:
    """Run as a module, the manual prints its page."""
    done = subprocess.run([sys.executable, "-m", "hemostat.events.manual"], capture_output=True, text=True, check=True)

    assert page() == done.stdout


def test_the_page_names_every_column_and_act() -> None:
    """Nothing that a person can ask for is missing from the manual."""
    text = page()

    assert [] == [column.name for column in COLUMNS if f"| `{column.name}` |" not in text]
    assert [] == [act for act in Act if f"`{act}`" not in text]
