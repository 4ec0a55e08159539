"""What a check says: that it holds, that it fails and where, or that nobody can know yet, and why."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

_SHOWN = 20  # faults that are named; more are counted


class Verdict(StrEnum):
    """The answer to a check."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be: where, as a name of the configuration or an address, and what is wrong there."""

    where: str
    what: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check. It holds names of the configuration, hosts, paths, counts and days, and nobody's data.

    evidence: what was looked at, in a sentence; "" only for what is unknown. taken_at: the moment that the evidence is of.
    reason: why nobody knows; "" but for what is unknown.
    """

    verdict: Verdict
    evidence: str = ""
    faults: tuple[Fault, ...] = ()
    reason: str = ""
    taken_at: datetime | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a check about a store, or "" for what is about none, on these surfaces."""

    check: str
    store: str
    surfaces: tuple[str, ...]
    answer: Answer
    apart: bool = False
    """Does this check answer for each of its surfaces apart?"""

    @property
    def key(self) -> str:
        """What names it, from one look to the next."""
        return "|".join((self.check, self.store, self.surfaces[0] if self.apart else ""))


def unknown(reason: str) -> Answer:
    """Nobody can know, for this reason."""
    return Answer(verdict=Verdict.UNKNOWN, reason=reason)


def judged(faults: Iterable[Fault], evidence: str, *, at: datetime) -> Answer:
    """It fails when there is a fault, else it holds; the evidence is of this moment."""
    found = tuple(faults)
    return Answer(verdict=Verdict.FAILS if found else Verdict.HOLDS, evidence=evidence, faults=_shown(found), taken_at=at)


def together(answers: Sequence[Answer]) -> Answer:
    """One answer out of some: one that fails is enough to fail, one that is unknown to be unknown. There is at least one."""
    worst = next(
        verdict for verdict in (Verdict.FAILS, Verdict.UNKNOWN, Verdict.HOLDS) if any(one.verdict is verdict for one in answers)
    )
    told = [one for one in answers if one.verdict is not Verdict.UNKNOWN]
    return Answer(
        verdict=worst,
        evidence=" ".join(dict.fromkeys(one.evidence for one in told)),
        faults=_shown(tuple(fault for one in answers for fault in one.faults)),
        reason=" ".join(dict.fromkeys(one.reason for one in answers if one.reason)),
        taken_at=min((one.taken_at for one in told if one.taken_at), default=None),
    )


def _shown(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    if len(faults) <= _SHOWN:
        return faults
    rest = len(faults) - _SHOWN
    return (*faults[:_SHOWN], Fault(where=f"{rest} more", what="Correct these first; the next look shows the rest."))
