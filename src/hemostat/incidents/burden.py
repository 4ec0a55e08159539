"""The burden-of-proof file: one document that shows that every notice was made, or that none was needed, 45 CFR 164.414(b).

It holds hashes, references and redacted words, and no patient value; it can be made in any state of the incident, and lists what
is missing. Privileged notes are not in it.
"""

import hashlib
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from hemostat.kernel import iso
from hemostat.people.ledger import LedgerAct, checkpoint, entries, record
from hemostat.people.models import LedgerCheckpoint, Person
from hemostat.people.rights import Right, demand

from .assessments import assessment_digest, assessment_papers
from .bag import members_write
from .legal_facts import DETERMINATION, facts_of, sent_on
from .local_days import local_day
from .models import Duty, Incident, Notice
from .proof_gaps import gaps, is_settled, law_duties
from .reliance import Standing, standings

_TEMPLATE = Path(__file__).parent / "templates" / "incidents" / "burden.typ"
_VERIFY = """\
The SHA-256 of burden.json must be the one that the PDF prints, and the one of an entry incident:export of the ledger.
Run “hemostat evidence export {ref} DIR”: it writes the whole ledger and the evidence as a bag that “python3 DIR/verify.py” \
checks offline, without Hemostat. Entry {seq} of that ledger must have the hash below.
Each assessment has a digest; its entries assessment:submit and assessment:decide carry the same one in “papers”.
Ask the organization for its public key by another way, and compare it with the one below.
"""


class Burden(msgspec.Struct, frozen=True, kw_only=True):
    """The file in both forms. sha256: of `document`, the JSON; the PDF prints it and the ledger keeps it.

    verdict: `result` is not_yet, all_made or none_needed, with its `sentence`; missing: a sentence for each gap.
    """

    document: bytes
    pdf: bytes
    sha256: str
    verdict: dict[str, str]
    missing: list[str]


@transaction.atomic
def burden_export(*, incident: Incident, by: Person, now: datetime) -> Burden:
    """The file stands for the moment `now`; that it was taken out, with its hash, is on record.

    Raises `Refused` without the right.
    """
    demand(by, Right.EXPORT_EVIDENCE)
    mark = checkpoint(now)
    if mark is None:
        raise AssertionError("an incident has entries")
    # Read anew: what the page showed may be older than the duties that this transaction sees.
    incident = Incident.objects.select_related("commander").get(pk=incident.pk)
    told = burden_of(incident, by=by, now=now, mark=mark)
    document = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    digest = hashlib.sha256(document).hexdigest()
    record(act=LedgerAct.INCIDENT_EXPORT, by=by, at=now, subject=incident.ref, format="burden", sha256=digest)
    return Burden(document=document, pdf=_pdf(told, digest), sha256=digest, verdict=told["verdict"], missing=told["missing"])


@transaction.atomic
def burden_write(*, incident: Incident, folder: Path, by: Person, now: datetime) -> Burden:
    """The new folder holds burden.json, burden.pdf and SHA256SUMS over both, which `sha256sum -c` reads.

    Raises `Refused` without the right, `BadInput` when the folder exists or cannot be made; then nothing is on record either.
    """
    made = burden_export(incident=incident, by=by, now=now)
    files = {"burden.json": made.document, "burden.pdf": made.pdf}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    members_write(folder, files | {"SHA256SUMS": sums.encode()})
    return made


def burden_of(incident: Incident, *, by: Person, now: datetime, mark: LedgerCheckpoint) -> dict[str, Any]:
    """What the file says, as JSON knows it."""
    found, duties = standings(incident), law_duties(incident)
    missing = gaps(incident, found)
    organization = settings.HOME.settings().organization
    return {
        "title": "Burden of proof, 45 CFR 164.414(b)",
        "made": {"at": iso(now), "by": by.full_name},
        "organization": {"name": organization.name, "zone": organization.zone},
        "incident": _incident(incident),
        "verdict": _verdict(duties, missing),
        "missing": missing,
        "facts": facts_of(incident),
        "answers": _answers(incident),
        "discovery": _discovery(incident),
        "scope": _scope(incident),
        "determinations": _determinations(incident),
        "assessments": [_assessment(one, incident) for one in found],
        "duties": [_duty(duty) for duty in duties],
        "contract_duties": [_duty(duty) for duty in incident.duties.exclude(pk__in=[duty.pk for duty in duties])],
        "notices": [_notice(notice) for notice in incident.notices.prefetch_related("duties", "approvals", "sendings")],
        "history": _history(incident),
        "evidence": _evidence(incident),
        "ledger": {
            "seq": mark.seq,
            "hash": mark.hash,
            "signature": mark.signature,
            "public_key": mark.public_key,
            "algorithm": "Ed25519",
            "entries_of_the_incident": entries(incident.ref).count(),
        },
        "how_to_verify": _VERIFY.format(ref=incident.ref, seq=mark.seq).splitlines(),
    }


def _verdict(duties: list[Duty], missing: list[str]) -> dict[str, str]:
    owed = [duty for duty in duties if duty.owed]
    if missing:
        number = f"{len(missing)} thing{'' if len(missing) == 1 else 's'}"
        return {"result": "not_yet", "sentence": f"Not proven yet: {number} missing, listed below."}
    if not owed:
        return {"result": "none_needed", "sentence": "No notice was needed: every duty that was looked at has its reason below."}
    made = sum(map(is_settled, owed))
    return {"result": "all_made", "sentence": f"Every notice that was owed was made: {made} of {len(owed)}, each with its proof."}


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "ref": incident.ref,
        "title": incident.title,
        "surface": incident.surface,
        "state": incident.state,
        "outcome": incident.outcome,
        "is_exercise": incident.is_exercise,
        "commander": incident.commander.full_name,
        "opened_at": iso(incident.opened_at),
        "contained_at": _iso(incident.contained_at),
        "closed_at": _iso(incident.closed_at),
    }


def _answers(incident: Incident) -> list[dict[str, Any]]:
    return [
        {
            "question": row.question,
            "value": row.value,
            "why": row.why,
            "evidence": row.evidence,
            "at": iso(row.at),
            "by": row.by.full_name,
        }
        for row in incident.legal_answers.select_related("by")
    ]


def _discovery(incident: Incident) -> dict[str, Any]:
    return {
        "at": iso(incident.discovered_at),
        "day": local_day(incident.discovered_at).isoformat(),
        "how": incident.discovered_how,
        "reports": [
            {"at": iso(row.at), "how": row.how, "by": row.by, "withdrawn_at": _iso(row.withdrawn_at), "why": row.withdrawn_why}
            for row in incident.reports.all()
        ],
    }


def _scope(incident: Incident) -> dict[str, Any]:
    counts = entries(incident.ref).filter(act=LedgerAct.SCOPE_RECORD)
    parts = ("people", "unknown", "total", "query", "query_sha256")
    return {
        "people": incident.affected,
        "unknown": incident.affected_unknown,
        "total": incident.people,
        "counts": [
            {"ledger": row.seq, "at": iso(row.at), "by": row.actor} | {part: row.payload.get(part) for part in parts}
            for row in counts
        ],
    }


def _determinations(incident: Incident) -> list[dict[str, Any]]:
    found = incident.decisions.filter(step__slug=DETERMINATION).select_related("by")
    return [
        {
            "at": iso(row.at),
            "by": row.by.full_name,
            "question": row.question,
            "choice": row.choice,
            "why": row.rationale,
            "facts": row.facts,
        }
        for row in found
    ]


def _assessment(one: Standing, incident: Incident) -> dict[str, Any]:
    row = one.assessment
    cited = {item for answer in row.factors.values() for item in answer["evidence"]}
    hashes = dict(incident.evidence.filter(item__in=cited).values_list("item", "sha256"))
    return assessment_papers(row) | {
        "number": row.pk,
        "written_by": row.by.full_name,
        "place_name": one.place_name,
        "digest": assessment_digest(row),
        "evidence": dict(sorted(hashes.items())),
        "state": row.state,
        "decided_at": _iso(row.decided_at),
        "decided_by": row.decided_by.full_name if row.decided_by else None,
        "decided_why": row.decided_why,
        "in_force": one.decides,
        "lifts_duties": one.lifts,
        "facts_that_came_after": one.since,
        "to_do_afterwards": one.then,
        "keep_until": one.kept_until.isoformat() if one.kept_until else None,
    }


def _duty(duty: Duty) -> dict[str, Any]:
    day = sent_on(duty) if duty.marked_at or duty.notices.exists() else None
    return {
        "duty": duty.duty,
        "jurisdiction": duty.jurisdiction,
        "regime": duty.regime,
        "recipient": duty.recipient_name,
        "obligor": duty.obligor,
        "owed": duty.owed,
        "due": duty.due.isoformat() if duty.due else None,
        "wording": duty.wording,
        "trigger": duty.trigger,
        "trigger_on": duty.trigger_on.isoformat() if duty.trigger_on else None,
        "citation": duty.citation,
        "verified": duty.verified,
        "because": duty.because,
        "people": duty.people,
        "state": duty.state,
        "met_by": duty.met_by or None,
        "sent_on": day.isoformat() if day and is_settled(duty) and not duty.met_by else None,
        "proof": duty.sent_ref,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "number": notice.pk,
        "title": notice.title,
        "template": notice.template,
        "language": notice.language,
        "jurisdiction": notice.jurisdiction,
        "duties": [duty.duty for duty in notice.duties.all()],
        "people": notice.people,
        "state": notice.state,
        "version": notice.version,
        "text_sha256": notice.text_sha256,
        "lacks": notice.missing,
        "approvals": [
            {"role": row.role, "by": row.by.full_name, "at": iso(row.at), "text_sha256": row.text_sha256, "why": row.why}
            for row in notice.approvals.select_related("by")
        ],
        "sendings": [
            {
                "method": row.method,
                "on": row.on.isoformat(),
                "people": row.people,
                "proof": row.proof,
                "evidence": {"item": row.evidence.item, "sha256": row.evidence.sha256} if row.evidence else None,
                "is_exercise": row.is_exercise,
                "by": row.by.full_name,
                "recorded_at": iso(row.recorded_at),
            }
            for row in notice.sendings.select_related("by", "evidence")
        ],
    }


def _history(incident: Incident) -> list[dict[str, Any]]:
    return [
        {
            "at": iso(row.at),
            "by": row.by,
            "cause": row.cause,
            "changes": row.changes,
            "warnings": row.warnings,
            "law": row.law.sha256,
        }
        for row in incident.recomputations.select_related("law")
    ]


def _evidence(incident: Incident) -> list[dict[str, Any]]:
    return [
        {
            "item": row.item,
            "title": row.title,
            "sha256": row.sha256,
            "size": row.size,
            "how": row.how,
            "collected_at": iso(row.collected_at),
            "collected_by": row.collected_by.full_name,
        }
        for row in incident.evidence.select_related("collected_by")
    ]


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _pdf(told: dict[str, Any], digest: str) -> bytes:
    import typst  # noqa: PLC0415  # only the process that prints pays for it

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "burden.typ").write_bytes(_TEMPLATE.read_bytes())
        (place / "data.json").write_text(json.dumps(told | {"sha256": digest}), encoding="utf-8")
        return bytes(typst.compile(str(place / "burden.typ"), root=folder))
