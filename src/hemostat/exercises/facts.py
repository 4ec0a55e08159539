"""What a finished run left behind, gathered once so that scoring is arithmetic."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from hemostat.kernel import Entry
from hemostat.people.acts import LedgerAct

from .notices import Days, Letters


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The material of the measures.

    entries: the ledger of the run, oldest first.
    leak_at: the first planted event; ended_at: the end of the story.
    people_exposed, documents_lost, path_open, tokens_live: the twin's truth at the end; wrong_acts: the wrong acts that it saw.
    people_counted: people that the responders recorded, unknown residence included; None when they recorded no count.
    containing: steps of the playbook that act on the leaking system.
    evidence_quality: 0 to 1 by the formula of the incidents room; mandatory: items that must be sealed.
    evidence_destroyed: mandatory items that were gone before they were sealed.
    credits: credit of each recorded decision, 0 to 1; decisions: how many the playbook asks for.
    duties_found, duties_key: duties recorded with their last days, and those that the law gives for the leak as it really was.
    letters: how complete the notice of each duty of the key is that needs one.
    """

    entries: tuple[Entry, ...]
    leak_at: datetime
    ended_at: datetime
    people_exposed: int
    people_counted: int | None
    documents_lost: int
    path_open: bool
    tokens_live: int
    wrong_acts: tuple[str, ...]
    containing: frozenset[str]
    mandatory: frozenset[str]
    evidence_quality: float
    evidence_destroyed: tuple[str, ...]
    credits: tuple[float, ...]
    decisions: int
    duties_found: Days
    duties_key: Days
    letters: Letters

    @property
    def leaks(self) -> bool:
        """Does data still go out at the end: by the path, or with tokens that went out before?"""
        return self.path_open or self.tokens_live > 0

    @property
    def written(self) -> tuple[int, ...]:
        """The last entry about the text of each notice."""
        acts = {LedgerAct.NOTICE_DRAFT, LedgerAct.NOTICE_EDIT, LedgerAct.NOTICE_WITHDRAW}
        return tuple(sorted({entry.subject: entry.seq for entry in self.entries if entry.act in acts}.values()))

    @property
    def known_by(self) -> tuple[int, ...]:
        """The entry in which the twin's truth was written down when the run ended."""
        ends = self.all(LedgerAct.EXERCISE_END)
        return (ends[-1].seq,) if ends else ()

    @property
    def count_error(self) -> float | None:
        """How far the recorded count of people stands from the truth, as a share of the truth; None without a count."""
        if self.people_counted is None:
            return None
        return abs(self.people_counted - self.people_exposed) / max(1, self.people_exposed)

    @property
    def computed(self) -> tuple[Entry, ...]:
        """The computations of the clocks that asked the law; before people are counted, contracts alone have clocks."""
        return tuple(entry for entry in self.all(LedgerAct.CLOCKS_COMPUTE) if entry.payload.get("is_counted", True))

    def first(self, act: str, *, when: Callable[[Entry], bool] = lambda _: True) -> Entry | None:
        """The first entry of this act, from the leak on, for which `when` holds."""
        return next((entry for entry in self.entries if entry.act == act and entry.at >= self.leak_at and when(entry)), None)

    def all(self, act: str) -> tuple[Entry, ...]:
        """All entries of this act."""
        return tuple(entry for entry in self.entries if entry.act == act)
