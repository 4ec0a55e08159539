"""Sigma rules and correlations over the events of the lake."""

from .finding import Finding
from .rules import Fault, RuleSet, load
from .runner import Detector

__all__ = ["Detector", "Fault", "Finding", "RuleSet", "load"]
