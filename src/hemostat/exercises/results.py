"""From a finished run to its result: facts gathered, measured, scored, every figure with the ledger entries behind it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.contract_duties import CONTRACT
from hemostat.incidents.models import Duty, Incident
from hemostat.incidents.selectors import incidents_here
from hemostat.incidents.vocabulary import StepKind
from hemostat.kernel import BadInput, Entry, iso
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import chain_verify, entries

from .answer_key import duties_key
from .evidence_audit import EvidenceAudit, evidence_audit
from .facts import RunFacts
from .letters import letters_read
from .measures import measure_all
from .models import Drill
from .notices import Days, notice_score
from .pack import Pack, WrongAct
from .scoring import Mark, Scorecard, score
from .selectors import drill_truth
from .services import drill_score
from .story import timeline

_MINUTE = 60.0
_UNREASONED = 0.5


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run as its result is made from it. `known_by` is the entry of the ledger that holds the twin's truth."""

    drill: Drill
    pack: Pack
    incident: Incident | None
    truth: dict[str, Any]
    known_by: int
    audit: EvidenceAudit
    facts: RunFacts

    def acts(self, *acts: LedgerAct) -> list[Entry]:
        """All entries of these acts, oldest first."""
        return [entry for entry in self.facts.entries if entry.act in acts]


def drill_result(*, drill: Drill, pack: Pack) -> dict[str, Any]:
    """The drill carries its truth and result, and the result is returned as it is printed. Scoring again gives the same.

    Raises `BadInput` for a drill whose truth is not on record.
    """
    run = run_read(drill=drill, pack=pack, incident=incidents_here().first())
    result = _document(run, score(pack, measure_all(run.facts)))
    drill_score(drill=drill, truth=run.truth, result=result)
    chain = chain_verify()
    return result | {"ledger": {"entries": chain.seq, "head": chain.hash}}


def run_read(*, drill: Drill, pack: Pack, incident: Incident | None) -> Run:
    """Everything that a result looks at, read once. Raises `BadInput` for a drill whose truth is not on record."""
    end = drill_truth(drill)
    if end is None:
        raise BadInput(f"What the twin knew at the end of {drill.ref} is not on record.", advice="Let the drill run to its end.")
    truth = dict(end.payload["truth"])
    wrong = [act for act in pack.wrong_acts if truth[act.truth]]
    audit = evidence_audit(pack=pack, incident=incident, wrong=wrong, at=drill.ended_at or drill.step_at)
    facts = run_facts(drill=drill, pack=pack, incident=incident, truth=truth, wrong=wrong, audit=audit)
    return Run(drill=drill, pack=pack, incident=incident, truth=truth, known_by=end.seq, audit=audit, facts=facts)


def run_facts(
    *,
    drill: Drill,
    pack: Pack,
    incident: Incident | None,
    truth: dict[str, Any],
    wrong: Sequence[WrongAct],
    audit: EvidenceAudit,
) -> RunFacts:
    """What the measures look at."""
    ledger = tuple(row.entry() for row in entries())
    sealed = {item.item for item in incident.evidence.all()} if incident else set()
    mandatory = frozenset(item.item for item in pack.evidence)
    steps = playbooks.load(incident.playbook).steps if incident else []
    key = duties_key(drill=drill, pack=pack, incident=incident, truth=truth, entries=ledger)
    return RunFacts(
        entries=ledger,
        leak_at=drill.leak_at,
        ended_at=drill.ended_at or drill.step_at,
        people_exposed=truth["people_exposed"],
        people_counted=incident.people if incident and (incident.affected or incident.affected_unknown) else None,
        documents_lost=truth["portal_documents"],
        path_open=truth["path_open"],
        tokens_live=truth["tokens_live"],
        wrong_acts=tuple(act.why for act in wrong),
        containing=frozenset(step.slug for step in steps if step.part.kind is StepKind.HTTP),
        mandatory=mandatory,
        evidence_quality=audit.quality.score,
        evidence_destroyed=tuple(sorted({item for act in wrong for item in act.destroys} & mandatory - sealed)),
        credits=tuple(_credits(incident)),
        decisions=sum(step.part.kind is StepKind.DECISION for step in steps),
        duties_found=_duties(incident),
        duties_key=key.days,
        letters=letters_read(incident=incident, key=key),
    )


def _credits(incident: Incident | None) -> list[float]:
    """The credit of the last answer to each question; one that gives neither a reason nor a fact earns half."""
    made = incident.decisions.filter(step__isnull=False).order_by("pk") if incident else []
    last = {decision.step_id: decision for decision in made}
    return [
        (decision.credit or 0.0) * (1.0 if decision.rationale.strip() or decision.facts else _UNREASONED)
        for decision in last.values()
    ]


def _duties(incident: Incident | None) -> Days:
    owed = incident.duties.filter(owed=True).exclude(regime=CONTRACT) if incident else []
    return {f"{duty.duty}@{duty.jurisdiction}": duty.due.isoformat() if duty.due else None for duty in owed}


def _document(run: Run, card: Scorecard) -> dict[str, Any]:
    drill, pack, truth = run.drill, run.pack, run.truth
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
        "ended_at": iso(run.facts.ended_at),
        "score": scorecard,
        "measures": {name: msgspec.to_builtins(measure) for name, measure in measure_all(run.facts).items()},
        "people": _people(run),
        "curve": _curve(run),
        "timeline": timeline(pack=pack, drill=drill, truth=truth, known_by=run.known_by, entries=run.facts.entries),
        "evidence": _evidence(run),
        "evidence_audit": run.audit.document() | {"entries": [entry.seq for entry in run.acts(LedgerAct.EVIDENCE_SEAL)]},
        "duties": _duty_rows(run),
        "notices": _notices(run),
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
        {
            "expectation": mark.id,
            "text": mark.text,
            "measured": shown(mark),
            "rating": mark.rating.value,
            "who": list(mark.who),
            "entries": list(mark.entries),
        }
        for mark in open_marks
    ]


def _people(run: Run) -> dict[str, Any]:
    """How many, and where they live: as the twin knows it beside what the responders counted."""
    truly: dict[str, int] = run.truth["exposed_by_state"]
    counted: dict[str, int] = run.incident.affected if run.incident else {}
    counts = [entry.seq for entry in run.acts(LedgerAct.SCOPE_RECORD)]
    behind = [*counts[-1:], run.known_by]
    return {
        "exposed": run.truth["people_exposed"],
        "counted": run.facts.people_counted,
        "attempts": run.truth["attempts"],
        "by_jurisdiction": truly,
        "ground_truth": run.pack.ground_truth.people,
        "entries": [*counts, run.known_by],
        "places": [
            {"place": place, "exposed": truly.get(place, 0), "counted": counted.get(place, 0), "entries": behind}
            for place in sorted(truly.keys() | counted.keys(), key=lambda place: (-truly.get(place, 0), place))
        ],
    }


def _curve(run: Run) -> list[dict[str, Any]]:
    """People exposed so far at the end of each minute in which somebody was."""
    total, points = 0, []
    for minute, people in run.truth["curve"]:
        total += people
        points.append({"at": minute, "people": total, "entries": [run.known_by]})
    return points


def _evidence(run: Run) -> list[dict[str, Any]]:
    mandatory = run.facts.mandatory
    seals = {entry.subject: entry.seq for entry in reversed(run.acts(LedgerAct.EVIDENCE_SEAL))}
    rows = run.incident.evidence.select_related("collected_by", "incident") if run.incident else []
    return [
        {
            "item": item.item,
            "title": item.title,
            "sha256": item.sha256,
            "size": item.size,
            "collected_at": iso(item.collected_at),
            "collected_by": item.collected_by.username,
            "mandatory": item.item in mandatory,
            "late": item.item in run.audit.quality.late,
            "entries": [seq for seq in [seals.get(f"{item.incident.ref}/evidence/{item.item}")] if seq],
        }
        for item in rows
    ]


def _duty_rows(run: Run) -> list[dict[str, Any]]:
    rows = run.incident.duties.filter(owed=True).exclude(regime=CONTRACT).order_by("due", "duty") if run.incident else []
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
            "entries": _behind(run, duty),
        }
        for duty in rows
    ]


def _behind(run: Run, duty: Duty) -> list[int]:
    """The last computation of the clocks, the count that it was made from, and what was done about this duty."""
    counted, computed = run.acts(LedgerAct.SCOPE_RECORD)[-1:], run.facts.computed[-1:]
    marked = [
        entry
        for entry in run.acts(LedgerAct.DUTY_MARK)
        if (entry.payload["duty"], entry.payload["jurisdiction"]) == (duty.duty, duty.jurisdiction)
    ]
    return sorted(entry.seq for entry in (*counted, *computed, *marked))


def _notices(run: Run) -> dict[str, Any]:
    """The parts of the score of duties; nothing is scored before a clock of the law was computed."""
    facts, computed = run.facts, run.facts.computed
    behind = [*(entry.seq for entry in computed[-1:]), *facts.written, run.known_by]
    if not computed:
        return {"score": None, "letters": {}, "entries": behind}
    answer = notice_score(found=facts.duties_found, key=facts.duties_key, letters=facts.letters, count_error=facts.count_error)
    return {"score": msgspec.to_builtins(answer), "letters": dict(facts.letters), "entries": behind}
