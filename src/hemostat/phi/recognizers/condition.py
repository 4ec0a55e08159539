"""Conditions in words: `content/phi/terms.yaml` has those that are known wherever they stand."""

from .health import Health


class Condition(Health):
    """CONDITION."""

    entity = "CONDITION"
