"""Evidence and its chain of custody: sealed once, opened with a reason, verified at any time."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput, DamagedSeal, SystemClock, iso
from hemostat.people.ledger import LedgerAct, entries, record
from hemostat.people.models import LedgerEntry, Person
from hemostat.people.rights import Right, demand

from .bag_verify import custody_faults
from .bag_verify import digest as digest_of
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
    link = _link(evidence, CustodyAct.COLLECTED, by=by, now=now, why=step.slug if step else "by hand")
    record(
        act=LedgerAct.EVIDENCE_SEAL,
        by=by,
        at=now,
        subject=f"{incident.ref}/evidence/{item}",
        sha256=digest,
        size=len(content),
        step=step.slug if step else "",
        row=digest_of(_row_papers(evidence)),
        links={item: link},
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
    link = _link(evidence, CustodyAct.OPENED, by=by, now=now, why=safe_text(why, most=200))
    record(
        act=LedgerAct.EVIDENCE_OPEN,
        by=by,
        at=now,
        subject=f"{evidence.incident.ref}/evidence/{evidence.item}",
        sha256=evidence.sha256,
        links={evidence.item: link},
    )
    return content


def custody_verify(incident: Incident) -> list[CustodyFault]:
    """Everything that is wrong with the evidence of an incident; empty when all of it holds. Changes nothing.

    Each item must open to the hash of its row, its row and custody must be as the ledger tells, and nothing that was sealed may
    be gone.
    """
    vault = Vault(settings.HOME)
    items = list(incident.evidence.select_related("collected_by").prefetch_related("custody"))
    faults = [(item.item, reason) for item in items if (reason := _content_fault(vault, incident, item))]
    told = [entry_papers(row) for row in entries(incident.ref)]
    faults += custody_faults(incident.ref, [item_papers(item) for item in items], told)
    return [CustodyFault(item=item, reason=reason) for item, reason in faults]


@transaction.atomic
def evidence_verify(*, incident: Incident, by: Person, now: datetime) -> list[CustodyFault]:
    """As `custody_verify`; that it was done, and for which items it held, is on record."""
    demand(by, Right.VERIFY)
    faults = custody_verify(incident)
    bad = {fault.item for fault in faults}
    links = {
        item.item: _link(item, CustodyAct.VERIFIED, by=by, now=now, why="hash recomputed")
        for item in incident.evidence.all()
        if item.item not in bad
    }
    record(
        act=LedgerAct.EVIDENCE_VERIFY,
        by=by,
        at=now,
        subject=incident.ref,
        items=incident.evidence.count(),
        faults=[f"{fault.item}: {fault.reason}" for fault in faults],
        links=links,
    )
    return faults


@transaction.atomic
def evidence_taken_out(*, incident: Incident, by: Person, now: datetime, why: str) -> dict[Evidence, bytes]:
    """The contents of all items, to be handed to an outsider; each link of custody and the ledger say so.

    Raises `Refused` without the right, `DamagedSeal` when an item is not what was sealed.
    """
    demand(by, Right.EXPORT_EVIDENCE)
    vault, contents, links = Vault(settings.HOME), {}, {}
    for item in incident.evidence.all():
        contents[item] = vault.get(incident.ref, item.item, item.sha256)
        links[item.item] = _link(item, CustodyAct.EXPORTED, by=by, now=now, why=safe_text(why, most=200))
    record(act=LedgerAct.EVIDENCE_EXPORT, by=by, at=now, subject=incident.ref, items=list(links), links=links)
    return contents


def item_papers(item: Evidence) -> dict[str, Any]:
    """An item and its custody as a bag carries them."""
    return _row_papers(item) | {"custody": [_link_papers(link) for link in item.custody.all()]}


def entry_papers(row: LedgerEntry) -> dict[str, Any]:
    """An entry of the ledger as a bag carries it."""
    return {
        "seq": row.seq,
        "at": iso(row.at),
        "recorded_at": iso(row.recorded_at),
        "actor": row.actor,
        "act": row.act,
        "subject": row.subject,
        "payload": row.payload,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }


def _link(evidence: Evidence, act: CustodyAct, *, by: Person, now: datetime, why: str) -> str:
    """The link stands in the item's custody; its digest is returned for the ledger, which tells no reasons to strangers."""
    link = Custody.objects.create(
        evidence=evidence,
        act=act,
        at=now,
        recorded_at=SystemClock().now(),
        by=by.username,
        why=why,
        sha256=evidence.sha256,
    )
    return digest_of(_link_papers(link))


def _row_papers(item: Evidence) -> dict[str, Any]:
    return {
        "item": item.item,
        "title": item.title,
        "sha256": item.sha256,
        "size": item.size,
        "media_type": item.media_type,
        "how": item.how,
        "collected_at": iso(item.collected_at),
        "recorded_at": iso(item.recorded_at),
        "collected_by": item.collected_by.username,
    }


def _link_papers(link: Custody) -> dict[str, Any]:
    return {
        "act": link.act,
        "at": iso(link.at),
        "recorded_at": iso(link.recorded_at),
        "by": link.by,
        "why": link.why,
        "sha256": link.sha256,
    }


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
