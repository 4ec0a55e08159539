"""How good the evidence of an incident is, from 0 to 1: complete, unchanged, in unbroken custody, taken in the right order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

WEIGHTS = {"completeness": 0.35, "integrity": 0.20, "custody": 0.20, "order": 0.25}


class EvidenceQuality(msgspec.Struct, frozen=True, kw_only=True):
    """The four parts, each from 0 to 1, and their weighted sum; `missing` and `late` name the items that cost points."""

    completeness: float
    integrity: float
    custody: float
    order: float
    score: float
    missing: tuple[str, ...]
    late: tuple[str, ...]


def evidence_quality(
    *,
    required: Collection[str],
    sealed: Mapping[str, datetime],
    broken: Collection[str],
    gaps: Collection[str],
    destroyed: Sequence[tuple[str, datetime]],
) -> EvidenceQuality:
    """The quality of what was collected.

    required: items that must be taken; sealed: item to the moment when it was; broken: items whose hash does not match;
    gaps: items whose custody has one; destroyed: item and the moment at which some act destroyed its source.
    Integrity and custody look at what was collected: without any item both are 0. An item destroyed unsealed costs order.
    """
    missing = tuple(sorted(set(required) - sealed.keys()))
    late = tuple(sorted({item for item, at in destroyed if item not in sealed or sealed[item] > at}))
    at_risk = {item for item, _ in destroyed}
    parts = {
        "completeness": 1 - _share(missing, set(required)),
        "integrity": 1 - _share(set(broken) & sealed.keys(), sealed) if sealed else 0.0,
        "custody": 1 - _share(set(gaps) & sealed.keys(), sealed) if sealed else 0.0,
        "order": 1 - _share(late, at_risk),
    }
    score = round(sum(WEIGHTS[name] * value for name, value in parts.items()), 6)
    return EvidenceQuality(**parts, score=score, missing=missing, late=late)


def _share(part: Collection[str], whole: Collection[str]) -> float:
    return len(part) / len(whole) if whole else 0.0
