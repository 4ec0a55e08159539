"""Breach notification law as arithmetic: facts go in, duties with dates, citations and reasons come out.

The rows are data in `content/law`; nothing here reads a clock, a network or a database.
"""

from .elements import Element, elements
from .engine import Assessment, Duty, Hold, NotOwed, assess
from .facts import Discovery, Entity, Event, Facts, facts_decode
from .rules import Row, Rules, rules_load

__all__ = [
    "Assessment",
    "Discovery",
    "Duty",
    "Element",
    "Entity",
    "Event",
    "Facts",
    "Hold",
    "NotOwed",
    "Row",
    "Rules",
    "assess",
    "elements",
    "facts_decode",
    "rules_load",
]
