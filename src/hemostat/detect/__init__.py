"""Sigma rules and correlations over the events of the lake, and what is not normal for an actor."""

from .baselines import Baselines
from .book import Book, Known, State, book_of
from .finding import Finding
from .limits import limits
from .rules import Fault, RuleSet, load
from .runner import Detector

__all__ = [
    "Baselines",
    "Book",
    "Detector",
    "Fault",
    "Finding",
    "Known",
    "RuleSet",
    "State",
    "book_of",
    "limits",
    "load",
]
