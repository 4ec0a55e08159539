"""`python -m hemostat.console`: the pages alone, without the rooms that the command line knows."""

from hemostat.kernel import Home
from hemostat.sandbox.guard import guard_home

from .server import serve

home = Home.from_environment()
guard_home(home)
serve(home)
