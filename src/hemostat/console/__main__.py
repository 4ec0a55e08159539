"""`python -m hemostat.console`: the pages alone, without the rooms that the command line knows."""

from hemostat.kernel import Home

from .server import serve

serve(Home.from_environment())
