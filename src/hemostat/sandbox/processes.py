"""Which process makes up the twin, for whoever starts and watches it."""

import sys

from hemostat.kernel import Home

NAMES = ("storefront", "care", "admin")
"""The servers of the twin. One process runs them all: three would take three times its memory."""


def twin_commands(home: Home) -> dict[str, list[str]]:
    """Name of the twin's process, and the command that runs it in the foreground until SIGTERM."""
    return {"twin": [sys.executable, "-m", "hemostat.sandbox.serve", *NAMES, str(home.path)]}
