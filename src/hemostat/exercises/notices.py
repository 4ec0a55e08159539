"""How right the legal answer of a run was: duties, days, what the notices say, the count behind them. Pure arithmetic."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec

WEIGHTS = {"duties": 0.5, "days": 0.2, "content": 0.2, "people": 0.1}

Days = Mapping[str, str | None]
"""Duty and place, like CA-IND-2026@US-CA, to the last day as an ISO date; None where the law gives no number."""

Letters = Mapping[str, float]
"""Duty and place to how much of what its rule asks for stands in its notice, 0 to 1; 0 where nothing was written."""


class NoticeScore(msgspec.Struct, frozen=True, kw_only=True):
    """The parts, each from 0 to 1, and their weighted mean.

    duties: F2 of the duties found; days: share of the duties of the key whose last day was found; content: how complete the
    notices are that the key asks for; people: 1 less the error of the count.
    missed, needless, wrong_day and incomplete name the duties that cost points.
    """

    duties: float
    days: float
    content: float
    people: float
    score: float
    missed: tuple[str, ...]
    needless: tuple[str, ...]
    wrong_day: tuple[str, ...]
    incomplete: tuple[str, ...]

    @property
    def words(self) -> str:
        """What cost points."""
        named = {
            "missed": self.missed,
            "not owed": self.needless,
            "wrong day": self.wrong_day,
            "notice missing or incomplete": self.incomplete,
        }
        return "; ".join(f"{what}: {', '.join(duties)}" for what, duties in named.items() if duties)


def notice_score(*, found: Days, key: Days, letters: Letters, count_error: float | None) -> NoticeScore:
    """The score of the duties `found` against the `key`, and of the `letters` that it asks for.

    A count that was never made is as wrong as one can be.
    """
    wrong_day = tuple(duty for duty in sorted(key) if duty in found and found[duty] != key[duty])
    parts = {
        "duties": _f2(found.keys(), key.keys()),
        "days": (len(found.keys() & key.keys()) - len(wrong_day)) / len(key) if key else 1.0,
        "content": sum(letters.values()) / len(letters) if letters else 1.0,
        "people": 0.0 if count_error is None else max(0.0, 1 - count_error),
    }
    return NoticeScore(
        **parts,
        score=round(sum(WEIGHTS[name] * value for name, value in parts.items()), 4),
        missed=tuple(sorted(key.keys() - found.keys())),
        needless=tuple(sorted(found.keys() - key.keys())),
        wrong_day=wrong_day,
        incomplete=tuple(sorted(duty for duty, share in letters.items() if share < 1)),
    )


def _f2(found: AbstractSet[str], key: AbstractSet[str]) -> float:
    """F2: a duty that was missed weighs more than one too many."""
    return 5 * len(found & key) / (4 * len(key) + len(found)) if key or found else 1.0
