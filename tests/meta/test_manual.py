"""The manual is tested against the code."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup

from hemostat.cli.main import app

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "reference" / "commands.md"


def commands(command: Any, name: str) -> list[tuple[str, Any]]:
    """A command and all commands below it, by full name."""
    found = [(name, command)]
    if isinstance(command, TyperGroup):
        for part, below in sorted(command.commands.items()):
            found += commands(below, f"{name} {part}")
    return found


ALL = commands(typer.main.get_command(app), "hemostat")


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_each_command_stands_in_the_manual_as_its_help_prints_it(name: str, command: Any) -> None:
    """What the manual shows is what the program says."""
    with command.make_context(name, [], resilient_parsing=True, terminal_width=80, max_content_width=80) as context:
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())

    assert f"## `{name}`\n\n```text\n{text.rstrip()}\n```\n" in MANUAL.read_text()


def test_each_threat_names_a_test_that_exists() -> None:
    """A guard without a test is a hope."""
    rows = [
        line for line in (ROOT / "docs" / "threats.md").read_text().splitlines() if line.startswith("| ") and "`tests/" in line
    ]
    named = [(path, test) for row in rows for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)]

    assert len(named) >= len(rows) > 10
    assert [] == [
        pair for pair in named if not (ROOT / pair[0]).is_file() or f"def {pair[1]}(" not in (ROOT / pair[0]).read_text()
    ]


def test_links_between_pages_lead_somewhere() -> None:
    """No page of the manual points at a page that is not there."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert [] == broken


def test_every_change_note_says_what_kind_it_is() -> None:
    """A release can be gathered from the notes."""
    kinds = {"Security", "Removed", "Deprecated", "Added", "Changed", "Fixed"}
    notes = [path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md"]

    assert notes
    assert [] == [path.name for path in notes if path.read_text().splitlines()[0] not in kinds]
