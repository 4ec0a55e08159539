"""`python -m hemostat`: the command line."""

from hemostat.cli import main

main()
