"""How good the evidence of a run was, part by part, and which items cost points."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from hemostat.incidents.evidence_quality import EvidenceQuality, evidence_quality
from hemostat.incidents.models import Incident
from hemostat.incidents.services import CustodyFault, custody_verify
from hemostat.incidents.vault import Vault
from hemostat.incidents.vocabulary import StepState
from hemostat.kernel import DamagedSeal

from .pack import Pack, WrongAct

_PARTS = ("completeness", "integrity", "custody", "order")


class EvidenceAudit(msgspec.Struct, frozen=True, kw_only=True):
    """The quality by its four parts.

    broken: items that do not open to what was sealed; gaps: items that do, and whose custody has a fault. `faults` has the words.
    """

    quality: EvidenceQuality
    broken: tuple[str, ...]
    gaps: tuple[str, ...]
    faults: tuple[CustodyFault, ...]

    def document(self) -> dict[str, Any]:
        """The audit as the result holds it."""
        return {
            "parts": {part: getattr(self.quality, part) for part in _PARTS},
            "score": self.quality.score,
            "missing": list(self.quality.missing),
            "late": list(self.quality.late),
            "broken": list(self.broken),
            "gaps": list(self.gaps),
            "faults": [f"{fault.item}: {fault.reason}" for fault in self.faults],
        }


def evidence_audit(*, pack: Pack, incident: Incident | None, wrong: Sequence[WrongAct], at: datetime) -> EvidenceAudit:
    """The evidence as it stands, with what each destructive act destroyed, and when. Evidence of nothing is worth nothing."""
    mandatory = frozenset(item.item for item in pack.evidence)
    sealed = {item.item: item.collected_at for item in incident.evidence.all()} if incident else {}
    if incident is None or not sealed:
        return _nothing(mandatory)
    faults = tuple(custody_verify(incident))
    broken = frozenset(_broken(incident))
    # What was changed in the vault no longer fits its custody and the ledger either: that is one fault, and costs once
    gaps = {fault.item for fault in faults} - broken
    quality = evidence_quality(
        required=mandatory,
        sealed=sealed,
        broken=broken,
        gaps=gaps,
        destroyed=[*_destroyed(incident), *((item, at) for act in wrong for item in act.destroys)],
    )
    return EvidenceAudit(quality=quality, broken=tuple(sorted(broken)), gaps=tuple(sorted(gaps)), faults=faults)


def _broken(incident: Incident) -> Iterator[str]:
    vault = Vault(settings.HOME)
    for item in incident.evidence.all():
        try:
            vault.get(incident.ref, item.item, item.sha256)
        except DamagedSeal:
            yield item.item


def _destroyed(incident: Incident) -> Iterator[tuple[str, datetime]]:
    for step in incident.steps.filter(destructive=True, state=StepState.DONE):
        if step.done_at:
            yield from ((item, step.done_at) for item in step.needs_sealed)


def _nothing(mandatory: frozenset[str]) -> EvidenceAudit:
    parts = dict.fromkeys(_PARTS, 0.0)
    quality = EvidenceQuality(**parts, score=0.0, missing=tuple(sorted(mandatory)), late=())
    return EvidenceAudit(quality=quality, broken=(), gaps=(), faults=())
