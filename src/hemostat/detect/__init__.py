"""Sigma rules and correlations over the events of the lake, and what is not normal for an actor."""

from .baselines import Baselines
from .finding import Finding
from .limits import limits
from .rules import Fault, RuleSet, load
from .runner import Detector

__all__ = ["Baselines", "Detector", "Fault", "Finding", "RuleSet", "limits", "load"]
