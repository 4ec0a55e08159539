"""What was looked at before a system is connected, each thing with its answer, in words for whoever sets it up."""

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: is it well, and what follows if it is not. `must`: nothing works without it."""

    title: str
    good: bool
    reason: str = ""
    must: bool = False
