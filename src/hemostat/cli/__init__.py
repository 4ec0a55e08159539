"""The command line: each command is one call into one room."""

from .main import main

__all__ = ["main"]
