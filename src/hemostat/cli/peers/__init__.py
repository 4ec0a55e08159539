"""Scanners of other makers, beside which ours is measured. Each runs in a process and an environment of its own."""

from .kinds import KINDS, Kinds, read_as
from .peer import INSTALL, Peer, python, started

__all__ = ["INSTALL", "KINDS", "Kinds", "Peer", "python", "read_as", "started"]
