"""What a rule found: the value that detection hands to the alerts."""

from datetime import datetime

import msgspec


def place_of(*words: str) -> str:
    """The words as one text that no other words make: the part of a finding's key that says where."""
    return "|".join(word.replace("\\", "\\\\").replace("|", "\\|") for word in words)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one push that complete what a rule looks for, in one group.

    key: rule and group; findings with the same key tell of the same thing.
    group: field of the rule -> its value (a pseudonym or a word, never a raw identifier); empty for rules without groups.
    events: matching events that no earlier finding of this key counted; people: distinct people in the answers that succeeded.
    event_ids: ids in the lake of the first of these events, at most fifty.
    """

    key: str
    rule: str
    title: str
    level: str
    surface: str
    playbook: str
    store: str
    environment: str
    group: dict[str, str]
    events: int
    people: int
    event_ids: tuple[str, ...]
    first_time: datetime
    last_time: datetime
    summary: str
