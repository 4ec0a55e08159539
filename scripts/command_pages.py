"""Prints docs/reference/commands.md: the help of every command as the program prints it."""

from collections.abc import Iterator
from typing import Any

import typer.main
from typer.core import TyperGroup

from hemostat.cli.main import app


def pages(command: Any, name: str) -> Iterator[str]:
    """The section of a command, and of all commands below it."""
    with command.make_context(name, [], resilient_parsing=True, terminal_width=80, max_content_width=80) as context:
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"## `{name}`\n\n```text\n{text.rstrip()}\n```\n"
    if isinstance(command, TyperGroup):
        for part, below in sorted(command.commands.items()):
            yield from pages(below, f"{name} {part}")


print(
    "# Commands\n\nWhat each command prints with `--help`. Results go to standard output, words and progress to standard error.\n"
)
print("\n".join(pages(typer.main.get_command(app), "hemostat")).rstrip())
