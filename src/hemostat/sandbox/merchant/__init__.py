"""A made-up merchant of care, with a thousand staff and two hundred thousand patients, and leaks planted in its traffic.

Written apart from the detectors, to judge them by. `docs/reference/simulator.md` describes what is in it.
"""

from .forwarder import WIRES, Mark, Sent
from .leaks import SIZES, Kind, Leak, Strength, planted
from .rhythm import ALL, BEGIN, Quirk, runs
from .story import STORE, marked, merchant, settings, truth
from .truth import Truth

__all__ = [
    "ALL",
    "BEGIN",
    "SIZES",
    "STORE",
    "WIRES",
    "Kind",
    "Leak",
    "Mark",
    "Quirk",
    "Sent",
    "Strength",
    "Truth",
    "marked",
    "merchant",
    "planted",
    "runs",
    "settings",
    "truth",
]
