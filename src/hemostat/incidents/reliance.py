"""Who may rely on which assessment: the latest of each place and part, and the facts that came after its approval."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hemostat.law.assessment import questions
from hemostat.law.facts import FEDERAL
from hemostat.law.rules import rules_load
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerEntry

from .local_days import local_day
from .models import Assessment, Duty, Incident
from .questions import KNOWING
from .vocabulary import AssessmentState, Conclusion

EVERYBODY = "everybody"
"""How the group of an assessment is called that is about all people of the incident."""

_WATCHED = (
    LedgerAct.INCIDENT_OPEN, LedgerAct.SCOPE_RECORD, LedgerAct.DISCOVERY_REPORT, LedgerAct.DISCOVERY_WITHDRAW,
    LedgerAct.EVIDENCE_SEAL, LedgerAct.FACT_ANSWER, LedgerAct.FACT_EVENT, LedgerAct.FACT_WITHDRAW, LedgerAct.INCIDENT_REOPEN,
    LedgerAct.ASSESSMENT_SUBMIT, LedgerAct.ASSESSMENT_DECIDE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One assessment, and what it is worth now.

    is_latest: no later one is about the same place and part. decides: duties follow its conclusion. lifts: it lifts duties.
    since: facts that came after it was approved, or while it waits, after it was written. is_outdated: it lifts duties no longer
    that are owed for want of it, since it weighed other facts than those of now. then: what the state wants done afterwards,
    once it lifts duties. kept_until: the day until which it is kept at least.
    """

    assessment: Assessment
    place_name: str
    is_latest: bool
    decides: bool
    lifts: bool
    since: list[str]
    is_outdated: bool
    then: str
    kept_until: date | None

    @property
    def waits(self) -> bool:
        """Does a second person have to decide on it?"""
        return self.is_latest and self.assessment.state == AssessmentState.SUBMITTED

    @property
    def is_stale(self) -> bool:
        """Does it lift duties though evidence came after it?"""
        return self.lifts and bool(self.since)

    @property
    def must_renew(self) -> bool:
        """Does the decision not to notify wait for a new assessment?"""
        return self.is_outdated or self.is_stale

    @property
    def outdated_words(self) -> str:
        """Why an outdated one lifts nothing, as a reason beside each duty that came back."""
        return f"{_called(self)} was made before: {' '.join(self.since)} It lifts nothing until it is renewed."


def standings(incident: Incident) -> list[Standing]:
    """Every assessment of the incident with what it is worth now, the latest first."""
    rows = list(Assessment.objects.filter(incident=incident).select_related("by", "decided_by").order_by("-pk"))
    acts = list(entries(incident.ref).filter(act__in=_WATCHED)) if rows else []
    names, latest, deciding = rules_load().names, set[tuple[str, str]](), set[str]()
    bound = _bound(incident) if rows else set[str]()
    found = []
    for row in rows:
        part = (row.place, row.group)
        is_latest, approved = part not in latest, row.state == AssessmentState.APPROVED
        is_standing = approved and row.whole and row.place not in deciding
        latest.add(part)
        if is_standing:
            deciding.add(row.place)
        after = _since(row, acts) if is_latest or is_standing else _NOTHING
        clears = is_standing and row.conclusion != Conclusion.BREACH
        lifts = clears and not after.others
        found.append(
            Standing(
                assessment=row,
                place_name="HIPAA" if row.place == FEDERAL else names.get(row.place, row.place),
                is_latest=is_latest,
                decides=lifts or (is_standing and not clears),
                lifts=lifts,
                since=after.all,
                is_outdated=clears and not lifts and row.place in bound,
                then=questions().state(row.place).then if lifts else "",
                kept_until=_kept_until(row),
            )
        )
    return found


def _bound(incident: Incident) -> set[str]:
    """The places whose own law asks for notice now: only there does an assessment have anything to lift."""
    owed = Duty.objects.filter(incident=incident, owed=True).values_list("jurisdiction", "regime")
    return {place for place, regime in owed if place != FEDERAL or regime == "hipaa"}


def reliance_warnings(standing: Iterable[Standing]) -> list[str]:
    """For each assessment that facts came after: that it must be renewed, why, and whether it lifts duties until then."""
    return [
        found.outdated_words
        if found.is_outdated
        else f"{_called(found)} was made before: {' '.join(found.since)} Renew it, or the decision not to notify rests on less."
        for found in standing
        if found.must_renew
    ]


def new_facts(assessment: Assessment) -> list[str]:
    """What came after an assessment was written, or when it was decided after that; a sentence each."""
    return _since(assessment, entries(assessment.incident.ref).filter(act__in=_WATCHED)).all


def _called(found: Standing) -> str:
    decided = found.assessment.decided_at
    return f"The {found.place_name} assessment approved on {local_day(decided) if decided else 'no day'}"


@dataclass(frozen=True, kw_only=True)
class _After:
    """What came after an assessment: other facts than it weighed, and evidence that may bear it out."""

    others: list[str]
    sealed: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.others, *self.sealed]


_NOTHING = _After(others=[], sealed=[])


def _since(row: Assessment, acts: Iterable[LedgerEntry]) -> _After:
    before, after, passed = list[LedgerEntry](), list[LedgerEntry](), False
    decided = row.state != AssessmentState.SUBMITTED
    marks = {LedgerAct.ASSESSMENT_DECIDE} if decided else {LedgerAct.ASSESSMENT_SUBMIT}
    for act in acts:
        (after if passed else before).append(act)
        passed = passed or (act.act in marks and act.payload.get("assessment") == row.pk)
    others = [*_counts(before, after), *_answers(before, after), *_discovery(row, before, after), *_found(row, after)]
    return _After(others=others, sealed=_sealed(after))


def _counts(before: list[LedgerEntry], after: list[LedgerEntry]) -> list[str]:
    was = [_counted(act.payload) for act in before if act.act == LedgerAct.SCOPE_RECORD]
    now_is = [_counted(act.payload) for act in after if act.act == LedgerAct.SCOPE_RECORD]
    if not now_is or (was and was[-1] == now_is[-1]):
        return []
    total, earlier = sum(now_is[-1].values()), f"{sum(was[-1].values()):,} before" if was else "nobody before"
    return [f"People were counted again: {total:,} now, {earlier}."]


def _counted(payload: Mapping[str, Any]) -> dict[str, int]:
    return {**payload["people"], "": payload["unknown"]}


def _sealed(after: list[LedgerEntry]) -> list[str]:
    items = [act.subject.rpartition("/")[2] for act in after if act.act == LedgerAct.EVIDENCE_SEAL]
    return [f"New evidence was sealed: {', '.join(items)}."] if items else []


def _answers(before: list[LedgerEntry], after: list[LedgerEntry]) -> list[str]:
    """The questions of the law whose answer is another one now; that nobody knows is the answer to all that nobody asked."""
    was, now_is = (
        {act.payload["question"]: act.payload["value"] for act in acts if act.act == LedgerAct.FACT_ANSWER}
        for acts in (before, after)
    )
    changed = [question.replace("_", " ") for question in now_is if was.get(question) != now_is[question]]
    return [f"Another answer was given to the law: {', '.join(sorted(changed))}."] if changed else []


def _discovery(row: Assessment, before: list[LedgerEntry], after: list[LedgerEntry]) -> list[str]:
    was, now_is = _discovered(before, row.place), _discovered([*before, *after], row.place)
    return [f"The discovery moved from {was} to {now_is}."] if was != now_is else []


def _discovered(acts: Iterable[LedgerEntry], place: str) -> str:
    """When the leak was known, by these acts: the first moment on record, or an earlier day on which somebody who counts knew."""
    moment, knew = "", dict[int, str]()
    for act in acts:
        told = act.payload
        if act.act in {LedgerAct.INCIDENT_OPEN, LedgerAct.DISCOVERY_WITHDRAW}:
            moment = told["discovered_at"]
        elif act.act == LedgerAct.DISCOVERY_REPORT and told["moves_discovery"]:
            moment = told["reported_at"]
        elif act.act == LedgerAct.FACT_EVENT and told["kind"] in KNOWING and told["jurisdiction"] in {"", place}:
            knew[told["event"]] = told["on"]
        elif act.act == LedgerAct.FACT_WITHDRAW:
            knew.pop(told["event"], None)
    first, day = min(knew.values(), default=""), local_day(datetime.fromisoformat(moment)).isoformat()
    return first if first and first < day else f"{moment[:16].replace('T', ' ')} UTC"


def _found(row: Assessment, after: list[LedgerEntry]) -> list[str]:
    """What was found since that no assessment before it can have weighed."""
    said = []
    if any(act.act == LedgerAct.INCIDENT_REOPEN for act in after):
        said.append("A way out was found open again.")
    if any(_is_breach_of_a_part(row, act) for act in after):
        said.append("A breach was found for a part of the people.")
    return said


def _is_breach_of_a_part(row: Assessment, act: LedgerEntry) -> bool:
    told = act.payload
    return (
        act.act == LedgerAct.ASSESSMENT_DECIDE
        and told["state"] == AssessmentState.APPROVED
        and told["conclusion"] == Conclusion.BREACH
        and not told["whole"]
        and told["place"] == row.place
    )


def _kept_until(row: Assessment) -> date | None:
    """The rule counts from the day on which the record was made or last in effect: here its decision."""
    if row.decided_at is None:
        return None
    asked = questions()
    years = max(asked.keep_years, asked.state(row.place).keep_years or 0)
    made = local_day(row.decided_at)
    try:
        return made.replace(year=made.year + years)
    except ValueError:  # the 29th of February
        return made.replace(year=made.year + years, month=3, day=1)
