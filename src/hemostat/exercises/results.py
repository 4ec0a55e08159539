"""From a finished run to its result: facts gathered, measured, scored, every figure with the ledger entries behind it."""

from datetime import datetime
from typing import Any

import msgspec

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.evidence_quality import evidence_quality
from hemostat.incidents.models import Incident
from hemostat.incidents.selectors import incidents_here
from hemostat.incidents.services import Targets, custody_verify, facts_of
from hemostat.incidents.vocabulary import StepKind, StepState
from hemostat.kernel import Entry, iso
from hemostat.law.engine import assess
from hemostat.law.facts import facts_decode
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import chain_verify, entries

from .facts import RunFacts
from .measures import measure_all
from .models import Drill
from .pack import Pack, WrongAct
from .scoring import Mark, Measure, Scorecard, score
from .services import drill_score

_MINUTE = 60.0


def drill_result(*, drill: Drill, pack: Pack, targets: Targets) -> dict[str, Any]:
    """The drill carries its truth and result, and the result is returned as it is printed. Scoring again gives the same."""
    truth = _truth(targets)
    incident = incidents_here().first()
    facts = run_facts(drill=drill, pack=pack, incident=incident, truth=truth)
    measures = measure_all(facts)
    card = score(pack, measures)
    result = _document(drill, pack, incident, truth, measures, card)
    drill_score(drill=drill, truth=truth, result=result)
    chain = chain_verify()
    return result | {"ledger": {"entries": chain.seq, "head": chain.hash}}


def run_facts(*, drill: Drill, pack: Pack, incident: Incident | None, truth: dict[str, Any]) -> RunFacts:
    """Everything that the measures look at, read once."""
    wrong = [act for act in pack.wrong_acts if truth[act.truth]]
    sealed = {item.item for item in incident.evidence.all()} if incident else set()
    mandatory = frozenset(item.item for item in pack.evidence)
    asked = [step for step in playbooks.load(incident.playbook).steps if step.part.kind is StepKind.DECISION] if incident else []
    return RunFacts(
        entries=tuple(row.entry() for row in entries()),
        leak_at=drill.leak_at,
        ended_at=drill.ended_at or drill.step_at,
        people_exposed=truth["people_exposed"],
        people_counted=incident.people if incident and (incident.affected or incident.affected_unknown) else None,
        documents_lost=truth["portal_documents"],
        path_open=truth["path_open"],
        wrong_acts=tuple(act.why for act in wrong),
        mandatory=mandatory,
        evidence_quality=_evidence_quality(incident, mandatory, wrong, at=drill.ended_at or drill.step_at) if incident else 0.0,
        evidence_destroyed=tuple(sorted({item for act in wrong for item in act.destroys} & mandatory - sealed)),
        credits=tuple(_credits(incident)),
        decisions=len(asked),
        duties_found=frozenset(_duties(incident)),
        duties_key=frozenset(_key(incident, truth)),
    )


def _evidence_quality(incident: Incident, mandatory: frozenset[str], wrong: list[WrongAct], *, at: datetime) -> float:
    """The evidence by the formula of the incidents room, with what each destructive act destroyed, and when."""
    faulty = {fault.item for fault in custody_verify(incident)}
    destroyed = [
        (item, step.done_at)
        for step in incident.steps.filter(destructive=True, state=StepState.DONE)
        for item in step.needs_sealed
        if step.done_at
    ]
    return evidence_quality(
        required=mandatory,
        sealed={item.item: item.collected_at for item in incident.evidence.all()},
        broken=faulty,
        gaps=faulty,
        destroyed=destroyed + [(item, at) for act in wrong for item in act.destroys],
    ).score


def _truth(targets: Targets) -> dict[str, Any]:
    with targets.client("twin") as twin:
        return dict(twin.get("/admin/truth").raise_for_status().json())


def _credits(incident: Incident | None) -> list[float]:
    """The credit of the last answer to each question."""
    made = incident.decisions.filter(step__isnull=False).order_by("pk") if incident else []
    return list({decision.step_id: decision.credit or 0.0 for decision in made}.values())


def _duties(incident: Incident | None) -> list[str]:
    return [duty.duty for duty in incident.duties.filter(owed=True)] if incident else []


def _key(incident: Incident | None, truth: dict[str, Any]) -> list[str]:
    """The duties that the law gives for the people truly exposed; without an incident there is nobody to compare."""
    if incident is None or not truth["exposed_by_state"]:
        return []
    facts = facts_of(incident) | {"affected": truth["exposed_by_state"]}
    return [duty.id for duty in assess(facts_decode(msgspec.json.encode(facts))).duties]


def _document(
    drill: Drill, pack: Pack, incident: Incident | None, truth: dict[str, Any], measures: dict[str, Measure], card: Scorecard
) -> dict[str, Any]:
    scorecard = msgspec.to_builtins(card)
    for raw, mark in zip(scorecard["marks"], card.marks, strict=True):
        raw["shown"] = shown(mark)
    for raw in (*scorecard["marks"], *scorecard["capabilities"].values(), *scorecard["roles"].values(), scorecard["overall"]):
        raw["percent"] = int(raw["score"] * 100)  # never rounded up: 100 means everything
    return {
        "drill": drill.ref,
        "pack": pack.id,
        "version": pack.version,
        "sha256": pack.sha256,
        "title": pack.title,
        "seed": drill.seed,
        "mode": drill.mode,
        "started_at": iso(drill.leak_at),
        "ended_at": iso(drill.ended_at or drill.step_at),
        "score": scorecard,
        "measures": {name: msgspec.to_builtins(measure) for name, measure in measures.items()},
        "people": {
            "exposed": truth["people_exposed"],
            "counted": incident.people if incident else None,
            "attempts": truth["attempts"],
            "by_jurisdiction": truth["exposed_by_state"],
            "ground_truth": pack.ground_truth.people,
            "entries": [entry.seq for entry in _acts(LedgerAct.SCOPE_RECORD)],
        },
        "curve": _curve(truth["curve"]),
        "timeline": timeline(pack, drill),
        "evidence": _evidence(incident),
        "duties": _duty_rows(incident),
        "findings": findings(card),
    }


def shown(mark: Mark) -> str:
    """A measured value as people read it."""
    if mark.value is None:
        return f"never: {mark.note}"
    if mark.unit == "s":
        return f"{mark.value / _MINUTE:.1f} min"
    if mark.unit == "share":
        return f"{mark.value:.0%}" + (f" ({mark.note})" if mark.note else "")
    return f"{mark.value:,.0f} {mark.unit}".strip()


def findings(card: Scorecard) -> list[dict[str, Any]]:
    """What to improve: each expectation that was not fully met, the costliest first."""
    open_marks = sorted((mark for mark in card.marks if mark.score < 1), key=lambda mark: (mark.score - 1) * mark.weight)
    return [
        {"expectation": mark.id, "text": mark.text, "measured": shown(mark), "rating": mark.rating.value, "who": list(mark.who)}
        for mark in open_marks
    ]


def timeline(pack: Pack, drill: Drill) -> list[dict[str, Any]]:
    """What was planned and what people did, in one order of the story's time; each act names its ledger entry."""
    planned = [{"minute": line.at, "text": line.text, "kind": "story", "by": "", "entry": None} for line in pack.timeline]
    acts = [
        {"minute": _minute(entry.at, drill), "text": _told(entry), "kind": "act", "by": entry.actor, "entry": entry.seq}
        for entry in _acts(*_TOLD)
        if entry.at >= drill.leak_at
    ]
    return sorted([*planned, *acts], key=lambda line: (line["minute"], line["entry"] or 0))


_TOLD = {
    LedgerAct.ALERT_RAISE: "alert {subject} was raised",
    LedgerAct.ALERT_ACKNOWLEDGE: "{subject} acknowledged",
    LedgerAct.INCIDENT_OPEN: "incident {subject} opened",
    LedgerAct.STEP_REQUEST: "asked for a second person: {step}",
    LedgerAct.STEP_SECOND: "confirmed as second person: {step}",
    LedgerAct.STEP_EXECUTE: "done: {step}",
    LedgerAct.STEP_COMPLETE: "done: {step}",
    LedgerAct.STEP_FAIL: "failed: {step}",
    LedgerAct.INCIDENT_CONTAIN: "the path is closed, shown by probe",
    LedgerAct.INCIDENT_REOPEN: "the path is open again",
    LedgerAct.SCOPE_RECORD: "people counted: {total}",
    LedgerAct.DUTY_MARK: "notice {duty}: {state}",
    LedgerAct.EXERCISE_END: "the exercise ended",
}


def _told(entry: Entry) -> str:
    step = entry.subject.rpartition("/")[2].replace("-", " ")
    return _TOLD[LedgerAct(entry.act)].format_map({"subject": entry.subject, "step": step, **entry.payload})


def _acts(*acts: LedgerAct) -> list[Entry]:
    wanted = {act.value for act in acts}
    return [row.entry() for row in entries() if row.act in wanted]


def _minute(moment: datetime, drill: Drill) -> float:
    return round((moment - drill.leak_at).total_seconds() / _MINUTE, 2)


def _curve(minutes: list[list[Any]]) -> list[dict[str, Any]]:
    """People exposed so far at the end of each minute in which somebody was."""
    total, points = 0, []
    for minute, people in minutes:
        total += people
        points.append({"at": minute, "people": total})
    return points


def _evidence(incident: Incident | None) -> list[dict[str, Any]]:
    return [
        {
            "item": item.item,
            "title": item.title,
            "sha256": item.sha256,
            "size": item.size,
            "collected_at": iso(item.collected_at),
            "collected_by": item.collected_by.username,
        }
        for item in (incident.evidence.select_related("collected_by") if incident else [])
    ]


def _duty_rows(incident: Incident | None) -> list[dict[str, Any]]:
    rows = incident.duties.filter(owed=True).order_by("due", "duty") if incident else []
    return [
        {
            "id": duty.duty,
            "jurisdiction": duty.jurisdiction,
            "recipient": duty.recipient_name,
            "due": duty.due.isoformat() if duty.due else None,
            "advised": duty.advised.isoformat() if duty.advised else None,
            "citation": duty.citation,
            "because": duty.because,
            "verified": duty.verified,
            "met_by": duty.met_by or None,
        }
        for duty in rows
    ]
