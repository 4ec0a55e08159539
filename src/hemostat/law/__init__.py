"""Breach notification law as arithmetic: facts go in, duties with dates, citations and reasons come out.

The rows are data in `content/law`; nothing here reads a clock, a network or a database.
"""

from .changes import Change, changes
from .elements import Element, elements
from .engine import Assessment, Duty, Hold, NotOwed, assess
from .explain import Explanation, Step, explain
from .facts import Discovery, Entity, Event, Facts, facts_decode
from .otherwise import Otherwise
from .rules import Row, Rules, rules_load

__all__ = [
    "Assessment",
    "Change",
    "Discovery",
    "Duty",
    "Element",
    "Entity",
    "Event",
    "Explanation",
    "Facts",
    "Hold",
    "NotOwed",
    "Otherwise",
    "Row",
    "Rules",
    "Step",
    "assess",
    "changes",
    "elements",
    "explain",
    "facts_decode",
    "rules_load",
]
