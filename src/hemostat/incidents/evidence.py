"""Evidence and its chain of custody: sealed once, opened with a reason, verified at any time."""

import hashlib
from datetime import datetime
from itertools import pairwise

import msgspec
from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput, DamagedSeal, SystemClock, iso
from hemostat.people.ledger import LedgerAct, entries, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .models import Custody, Evidence, Incident, Step
from .rows import fresh_incident, steps_advance
from .vault import Vault
from .vocabulary import CustodyAct
from .words import safe_text


class CustodyFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one item."""

    item: str
    reason: str


@transaction.atomic
def evidence_seal(  # noqa: PLR0913  # each is a field of the manifest
    *,
    incident: Incident,
    item: str,
    content: bytes,
    how: str,
    by: Person,
    now: datetime,
    title: str = "",
    media_type: str = "application/octet-stream",
    step: Step | None = None,
) -> Evidence:
    """The item lies sealed in the vault, with its row, the first link of its custody and an entry of the ledger.

    Steps that waited for it are ready. Raises `BadInput` when the item was sealed before, naming who did it: a second copy gets
    a name of its own.
    """
    demand(by, Right.PRESERVE)
    incident = fresh_incident(incident)
    if there := Evidence.objects.select_related("collected_by").filter(incident=incident, item=item).first():
        raise BadInput(
            f"{item!r} was already sealed by {there.collected_by.full_name} at {iso(there.collected_at)}.",
            advice="Evidence is never replaced; seal a further copy under another name.",
        )
    machine = SystemClock().now()
    digest = Vault(settings.HOME).put(incident.ref, item, content)
    evidence = Evidence.objects.create(
        incident=incident,
        item=item,
        title=safe_text(title, most=120) or item,
        sha256=digest,
        size=len(content),
        media_type=media_type[:80],
        how=safe_text(how, most=300),
        step=step,
        collected_at=now,
        recorded_at=machine,
        collected_by=by,
    )
    _link(evidence, CustodyAct.COLLECTED, by=by, now=now, why=step.slug if step else "by hand")
    record(
        act=LedgerAct.EVIDENCE_SEAL,
        by=by,
        at=now,
        subject=f"{incident.ref}/evidence/{item}",
        sha256=digest,
        size=len(content),
        step=step.slug if step else "",
    )
    steps_advance(incident, now=now)
    return evidence


@transaction.atomic
def evidence_open(*, evidence: Evidence, by: Person, now: datetime, why: str) -> bytes:
    """The content of an item; that it was opened, by whom and why, is on record.

    Raises `Refused` without the right, `BadInput` without a reason, `DamagedSeal` when it is not what was sealed.
    """
    demand(by, Right.OPEN_EVIDENCE)
    if not why.strip():
        raise BadInput("Opening evidence needs a reason.", advice="Say in a few words what you look for.")
    content = Vault(settings.HOME).get(evidence.incident.ref, evidence.item, evidence.sha256)
    _link(evidence, CustodyAct.OPENED, by=by, now=now, why=safe_text(why, most=200))
    record(
        act=LedgerAct.EVIDENCE_OPEN,
        by=by,
        at=now,
        subject=f"{evidence.incident.ref}/evidence/{evidence.item}",
        sha256=evidence.sha256,
    )
    return content


def custody_verify(incident: Incident) -> list[CustodyFault]:
    """Everything that is wrong with the evidence of an incident; empty when all of it holds. Changes nothing.

    Each item must open to the hash of its row, its custody must be without a gap, and the ledger must name the same hash.
    """
    vault, faults = Vault(settings.HOME), []
    for item in incident.evidence.prefetch_related("custody"):
        reasons = [_content_fault(vault, incident, item), *_custody_faults(item), _ledger_fault(incident, item)]
        faults += [CustodyFault(item=item.item, reason=reason) for reason in reasons if reason]
    return faults


@transaction.atomic
def evidence_verify(*, incident: Incident, by: Person, now: datetime) -> list[CustodyFault]:
    """As `custody_verify`; that it was done, and for which items it held, is on record."""
    demand(by, Right.VERIFY)
    faults = custody_verify(incident)
    bad = {fault.item for fault in faults}
    for item in incident.evidence.all():
        if item.item not in bad:
            _link(item, CustodyAct.VERIFIED, by=by, now=now, why="hash recomputed")
    record(
        act=LedgerAct.EVIDENCE_VERIFY,
        by=by,
        at=now,
        subject=incident.ref,
        items=incident.evidence.count(),
        faults=[f"{fault.item}: {fault.reason}" for fault in faults],
    )
    return faults


@transaction.atomic
def evidence_taken_out(*, incident: Incident, by: Person, now: datetime, why: str) -> dict[Evidence, bytes]:
    """The contents of all items, to be handed to an outsider; each link of custody and the ledger say so.

    Raises `Refused` without the right, `DamagedSeal` when an item is not what was sealed.
    """
    demand(by, Right.EXPORT_EVIDENCE)
    vault, contents = Vault(settings.HOME), {}
    for item in incident.evidence.all():
        contents[item] = vault.get(incident.ref, item.item, item.sha256)
        _link(item, CustodyAct.EXPORTED, by=by, now=now, why=safe_text(why, most=200))
    record(act=LedgerAct.EVIDENCE_EXPORT, by=by, at=now, subject=incident.ref, items=[item.item for item in contents])
    return contents


def _link(evidence: Evidence, act: CustodyAct, *, by: Person, now: datetime, why: str) -> Custody:
    return Custody.objects.create(
        evidence=evidence,
        act=act,
        at=now,
        recorded_at=SystemClock().now(),
        by=by.username,
        why=why,
        sha256=evidence.sha256,
    )


def _content_fault(vault: Vault, incident: Incident, item: Evidence) -> str:
    try:
        content = vault.get(incident.ref, item.item, item.sha256)
    except DamagedSeal as error:
        return str(error)
    return (
        ""
        if hashlib.sha256(content).hexdigest() == item.sha256 and len(content) == item.size
        else "its size is not that of its row"
    )


def _custody_faults(item: Evidence) -> list[str]:
    links = list(item.custody.all())
    if not links or links[0].act != CustodyAct.COLLECTED:
        return ["its custody does not begin with its collection"]
    faults = []
    if any(link.sha256 != item.sha256 for link in links):
        faults.append("a link of its custody names another hash")
    if any(not link.by or not link.why for link in links):
        faults.append("a link of its custody says not who or why")
    if any(after.recorded_at < before.recorded_at for before, after in pairwise(links)):
        faults.append("its custody goes back in time")
    return faults


def _ledger_fault(incident: Incident, item: Evidence) -> str:
    sealed = entries(f"{incident.ref}/evidence/{item.item}").filter(act=LedgerAct.EVIDENCE_SEAL).first()
    if sealed is None:
        return "the ledger has no entry of its sealing"
    return "" if sealed.payload["sha256"] == item.sha256 else "the ledger names another hash"
