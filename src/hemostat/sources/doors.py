"""Which sources are sent to us, and which of these show a key of ours."""

from hemostat.kernel import Source

from .kinds import KINDS

_KEYED = frozenset({"events", "otlp", "hec"})
"""Doors whose senders show a bearer key of ours; at the others the sender signs with a secret of its own."""


def comes_in(source: Source) -> bool:
    """Does its system send to us? Some vendors do, and are asked besides for what they did not send."""
    door = KINDS[source.kind].door
    return door != "none" and (source.feed is None or door not in _KEYED)


def has_own_key(source: Source) -> bool:
    """Does its sender show a bearer key of ours?"""
    return comes_in(source) and KINDS[source.kind].door in _KEYED
