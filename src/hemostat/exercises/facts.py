"""What a finished run left behind, gathered once so that scoring is arithmetic."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from hemostat.kernel import Entry


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The material of the measures.

    entries: the ledger of the run, oldest first.
    leak_at: the first planted event; ended_at: the end of the story.
    people_exposed, documents_lost, path_open: the twin's truth at the end; wrong_acts: the wrong acts that it saw.
    people_counted: people that the responders recorded, unknown residence included; None when they recorded no count.
    evidence_quality: 0 to 1 by the formula of the incidents room; mandatory: items that must be sealed.
    evidence_destroyed: mandatory items that were gone before they were sealed.
    credits: credit of each recorded decision, 0 to 1; decisions: how many the playbook asks for.
    duties_found, duties_key: ids of the duties recorded, and of those that the law gives for the people truly exposed.
    """

    entries: tuple[Entry, ...]
    leak_at: datetime
    ended_at: datetime
    people_exposed: int
    people_counted: int | None
    documents_lost: int
    path_open: bool
    wrong_acts: tuple[str, ...]
    mandatory: frozenset[str]
    evidence_quality: float
    evidence_destroyed: tuple[str, ...]
    credits: tuple[float, ...]
    decisions: int
    duties_found: frozenset[str]
    duties_key: frozenset[str]

    def first(self, act: str, *, when: Callable[[Entry], bool] = lambda _: True) -> Entry | None:
        """The first entry of this act, from the leak on, for which `when` holds."""
        return next((entry for entry in self.entries if entry.act == act and entry.at >= self.leak_at and when(entry)), None)

    def all(self, act: str) -> tuple[Entry, ...]:
        """All entries of this act."""
        return tuple(entry for entry in self.entries if entry.act == act)
