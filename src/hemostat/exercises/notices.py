"""How right the legal answer of a run was: the duties, their days, the count behind them. Pure arithmetic.

The content of the letters is the fourth part of the formula. No letters are written yet, so it is not measured, and the weights
of the other parts are stretched to a whole.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec

WEIGHTS = {"duties": 0.5, "days": 0.2, "content": 0.2, "people": 0.1}
NOT_MEASURED = "the content of letters is not measured: none are written yet"

Days = Mapping[str, str | None]
"""Duty and place, like CA-IND-2026@US-CA, to the last day as an ISO date; None where the law gives no number."""


class NoticeScore(msgspec.Struct, frozen=True, kw_only=True):
    """The parts, each from 0 to 1, None for one that is not measured, and their weighted mean.

    duties: F2 of the duties found; days: share of the duties of the key whose last day was found; people: 1 less the error of the
    count. missed, needless and wrong_day name the duties that cost points.
    """

    duties: float
    days: float
    content: float | None
    people: float
    score: float
    missed: tuple[str, ...]
    needless: tuple[str, ...]
    wrong_day: tuple[str, ...]

    @property
    def words(self) -> str:
        """What cost points, and what was not looked at."""
        named = {"missed": self.missed, "not owed": self.needless, "wrong day": self.wrong_day}
        return "; ".join([*(f"{what}: {', '.join(duties)}" for what, duties in named.items() if duties), NOT_MEASURED])


def notice_score(*, found: Days, key: Days, count_error: float | None) -> NoticeScore:
    """The score of the duties `found` against the `key`. A count that was never made is as wrong as one can be."""
    wrong_day = tuple(duty for duty in sorted(key) if duty in found and found[duty] != key[duty])
    parts = {
        "duties": _f2(found.keys(), key.keys()),
        "days": (len(found.keys() & key.keys()) - len(wrong_day)) / len(key) if key else 1.0,
        "people": 0.0 if count_error is None else max(0.0, 1 - count_error),
    }
    total = sum(WEIGHTS[name] for name in parts)
    return NoticeScore(
        **parts,
        content=None,
        score=round(sum(WEIGHTS[name] * value for name, value in parts.items()) / total, 4),
        missed=tuple(sorted(key.keys() - found.keys())),
        needless=tuple(sorted(found.keys() - key.keys())),
        wrong_day=wrong_day,
    )


def _f2(found: AbstractSet[str], key: AbstractSet[str]) -> float:
    """F2: a duty that was missed weighs more than one too many."""
    return 5 * len(found & key) / (4 * len(key) + len(found)) if key or found else 1.0
