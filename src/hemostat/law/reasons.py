"""A reason: one sentence about one question of a duty, and whether the answer speaks for the duty."""

from dataclasses import dataclass
from typing import Literal

# The questions in the order in which a lawyer asks them.
Topic = Literal[
    "kind",
    "force",
    "who",
    "people",
    "follows",
    "elements",
    "data",
    "encryption",
    "readable",
    "harm",
    "harmful",
    "start",
    "count",
    "cap",
    "order",
    "hold",
    "unmoved",
    "limit",
    "advised",
    "together",
    "deemed",
    "note",
]
# Said where a duty is explained, and left out of its short reasons: true of almost every duty.
PLAIN_TOPICS = frozenset({"force", "who", "readable", "harmful", "unmoved"})


@dataclass(frozen=True, slots=True)
class Reason:
    """`holds` is False where the answer lifts the duty, True where it stands for it, None where it only says when or how."""

    topic: Topic
    sentence: str
    holds: bool | None = None


def against(reasons: tuple[Reason, ...]) -> list[str]:
    """What lifts the duty."""
    return [reason.sentence for reason in reasons if reason.holds is False]


def in_short(reasons: tuple[Reason, ...]) -> list[str]:
    """All reasons but those that are true of almost every duty."""
    return [reason.sentence for reason in reasons if reason.topic not in PLAIN_TOPICS]
