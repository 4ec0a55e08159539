"""Which processes make up the twin, for whoever starts and watches them."""

import sys

from hemostat.kernel import Home

NAMES = ("storefront", "care", "admin")


def twin_commands(home: Home) -> dict[str, list[str]]:
    """Name of each twin process and the command that runs it in the foreground until SIGTERM."""
    return {f"twin-{name}": [sys.executable, "-m", "hemostat.sandbox.serve", name, str(home.path)] for name in NAMES}
