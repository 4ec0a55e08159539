"""Facts in, duties out: who must tell whom by when, under which law, and why; what is not owed, and why not."""

from datetime import date
from typing import Literal

import msgspec

from .case import HEALTH, PLAIN, Case
from .facts import FEDERAL, Facts, facts_check
from .limits import Limit, Limits, wording
from .moments import HoldSpan, Moments
from .reach import Reach, Verdict
from .rules import Row, Rules, rules_load

Obligor = Literal["entity", "business_associate", "covered_entity", "vendor"]


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One notice that somebody owes.

    due: last day that is still lawful; None when the law gives no number or its trigger has not happened.
    advised: the working day to plan for, never after `due`.
    met_by: id of the duty whose notice, really sent, meets this one too.
    """

    id: str
    jurisdiction: str
    regime: str
    recipient: str
    recipient_name: str
    obligor: Obligor
    due: date | None
    advised: date | None
    wording: str
    trigger: str
    trigger_on: date | None
    citation: str
    because: list[str]
    verified: bool
    met_by: str | None


class NotOwed(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was looked at and does not bind, with the reasons."""

    id: str
    because: list[str]


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A law-enforcement hold and its last day; None when it has no stated end."""

    form: str
    ends: date | None
    because: list[str]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one set of facts. Duties come by date; those without a date come last."""

    duties: list[Duty]
    not_owed: list[NotOwed]
    holds: list[Hold]
    warnings: list[str]


def assess(facts: Facts, *, rules: Rules | None = None) -> Assessment:
    """Every duty that the facts give rise to under the rows. Raises `BadInput` when the facts cannot be used."""
    rules = rules or rules_load()
    facts_check(facts, rules=rules)
    return _Assessor(Case(facts, rules)).assessment()


class _Assessor:
    """One pass over the rows of every place that the case touches."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._moments = Moments(case)
        self._reach = Reach(case, self._moments)
        self._limits = Limits(case.rules, self._moments)

    def assessment(self) -> Assessment:
        duties, not_owed = [], []
        for row in self._rows():
            verdict = self._reach.verdict(row)
            if verdict.obligor:
                duties.append(self._duty(row, verdict))
            else:
                not_owed.append(NotOwed(id=row.id, because=list(verdict.because)))
        return Assessment(
            duties=sorted(duties, key=lambda duty: (duty.due or date.max, duty.jurisdiction, duty.id)),
            not_owed=sorted(not_owed, key=lambda row: row.id),
            holds=[_hold(span) for span in self._moments.holds],
            warnings=list(self._case.warnings),
        )

    def _rows(self) -> list[Row]:
        """The federal rows and those of each place with people; licenses bind also where nobody lives."""
        case = self._case
        rows = [row for place in (FEDERAL, *case.people) for row in case.rules.of(place)]
        if "licensed_ca_clinic" in case.kinds and "US-CA" not in case.people:
            rows += [row for row in case.rules.of("US-CA") if row.rule.applies_to == "licensed_ca_clinic"]
        if case.facts.entity.dfs_licensee and "US-NY" not in case.people:
            rows += [row for row in case.rules.of("US-NY") if row.rule.applies_to == "dfs_licensee"]
        return rows

    def _duty(self, row: Row, verdict: Verdict) -> Duty:
        limit = self._limits.limit(row, verdict.obligor)
        met, how = self._met(row)
        return Duty(
            id=row.id,
            jurisdiction=row.place,
            regime=row.law.regime,
            recipient=row.rule.recipient,
            recipient_name=row.rule.recipient_name,
            obligor=msgspec.convert(verdict.obligor, Obligor),
            due=limit.due,
            advised=limit.due and self._limits.advised(row, limit.due),
            wording=wording(row),
            trigger=row.rule.clock.trigger,
            trigger_on=limit.start.on,
            citation=row.law.citation,
            because=[*verdict.because, *self._why_then(row, limit), *how, *_footnotes(row)],
            verified=row.rule.verified.seen,
            met_by="HIPAA-IND" if met else None,
        )

    def _why_then(self, row: Row, limit: Limit) -> list[str]:
        sentences = list(limit.because)
        if limit.due and (advised := self._limits.advised(row, limit.due)) < limit.due:
            sentences.append(f"Plan for {advised}, the working day before; limits do not roll forward.")
        if row.rule.sent_with:
            sentences.append(f"It goes out together with {row.rule.sent_with}, so an earlier letter brings it forward.")
        return sentences

    def _met(self, row: Row) -> tuple[bool, list[str]]:
        """Has a HIPAA letter, really sent and in time, met this duty too; and the sentences that say so."""
        deemed = row.law.hipaa
        if not self._case.is_hipaa or deemed is None or deemed.deemed not in {"full", "partial"}:
            return False, []
        if not row.rule.met_by_hipaa_notice:
            return False, [f"A HIPAA notice leaves this duty standing. {deemed.note}"]
        if deemed.health_data_only and not set(self._case.leaked) <= HEALTH | PLAIN:
            return False, [f"More than health data leaked, so a HIPAA notice leaves this duty standing. {deemed.note}"]
        sent = self._moments.event("hipaa_individual_notice_sent", row.place)
        if sent is None:
            return False, [f"HIPAA-IND will meet it once that notice has really gone out. {deemed.note}"]
        last = self._hipaa_limit()
        if last and sent > last:
            return False, [f"The HIPAA notice of {sent} came after its own limit, {last}, and so does not meet this duty."]
        return True, [f"Met by HIPAA-IND, sent on {sent}. {deemed.note}"]

    def _hipaa_limit(self) -> date | None:
        leader = self._case.rules.row("HIPAA-IND")
        verdict = self._reach.verdict(leader)
        return self._limits.limit(leader, verdict.obligor).due


def _hold(span: HoldSpan) -> Hold:
    return Hold(form=span.form, ends=span.ends, because=[span.because])


def _footnotes(row: Row) -> list[str]:
    notes = [row.rule.note] if row.rule.note else []
    if not row.rule.verified.seen:
        where = f": {row.law.sources[0]}" if row.law.sources else ""
        notes.append(f"Not verified in a source; check before relying on it{where}.")
    return notes
