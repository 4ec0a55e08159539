"""Posture: what would leak, looked at before it does. Each check asks one thing, and never passes without evidence."""

from .book import Check, checks
from .history import Standing, changes, kept, last_look, remember
from .looking import look
from .prober import Prober
from .verdicts import Answer, Fault, Result, Verdict

__all__ = [
    "Answer",
    "Check",
    "Fault",
    "Prober",
    "Result",
    "Standing",
    "Verdict",
    "changes",
    "checks",
    "kept",
    "last_look",
    "look",
    "remember",
]
