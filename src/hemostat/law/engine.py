"""Facts in, duties out: who must tell whom by when, under which law, and why; what is not owed, and why not."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from .case import HEALTH, PLAIN, Case
from .facts import FEDERAL, Facts, facts_check
from .limits import Limit, Limits, wording
from .moments import HoldSpan, Moments
from .reach import Reach
from .reasons import Reason, against, in_short
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


def assess(facts: Facts, *, rules: Rules | None = None, today: date | None = None) -> Assessment:
    """Every duty that the facts give rise to under the rows. Raises `BadInput` when the facts cannot be used.

    today: the day of asking in the zone of the entity. It moves no limit; days after it are warned of.
    """
    return Reckoning(facts, rules=rules, today=today).assessment()


class Reckoning:
    """One set of facts under one set of rows: every answer is computed once, and assessing and explaining read the same ones.

    Raises `BadInput` when the facts cannot be used.
    """

    def __init__(self, facts: Facts, *, rules: Rules | None = None, today: date | None = None) -> None:
        rules = rules or rules_load()
        facts_check(facts, rules=rules)
        self.case = Case(facts, rules, today=today)
        self.moments = Moments(self.case)
        self.reach = Reach(self.case, self.moments)
        self.limits = Limits(rules, self.moments)

    def assessment(self) -> Assessment:
        """All duties of the places that the facts touch, and the rows there that do not bind."""
        answers = [self.answer(row) for row in self._rows()]
        duties = [answer for answer in answers if isinstance(answer, Duty)]
        not_owed = [answer for answer in answers if isinstance(answer, NotOwed)]
        return Assessment(
            duties=sorted(duties, key=lambda duty: (duty.due or date.max, duty.jurisdiction, duty.id)),
            not_owed=sorted(not_owed, key=lambda row: row.id),
            holds=[_hold(span) for span in self.moments.holds],
            warnings=list(self.case.warnings),
        )

    def answer(self, row: Row) -> Duty | NotOwed:
        """The duty of one row, or why it does not bind."""
        verdict = self.reach.verdict(row)
        if not verdict.obligor:
            return NotOwed(id=row.id, because=against(verdict.reasons))
        limit = self.limits.limit(row, verdict.obligor)
        return Duty(
            id=row.id,
            jurisdiction=row.place,
            regime=row.law.regime,
            recipient=row.rule.recipient,
            recipient_name=row.rule.recipient_name,
            obligor=msgspec.convert(verdict.obligor, Obligor),
            due=limit.due,
            advised=limit.due and self.limits.advised(row, limit.due),
            wording=wording(row),
            trigger=row.rule.clock.trigger,
            trigger_on=limit.start.on,
            citation=row.law.citation,
            because=in_short(self.reasons(row)),
            verified=row.rule.verified.seen,
            met_by="HIPAA-IND" if self._is_met(row) else None,
        )

    def reasons(self, row: Row) -> tuple[Reason, ...]:
        """Every reason for what `answer` says of the row, in the order of the questions."""
        verdict = self.reach.verdict(row)
        if not verdict.obligor:
            return verdict.reasons
        limit = self.limits.limit(row, verdict.obligor)
        return (*verdict.reasons, *limit.reasons, *self._when(row, limit), *self._deemed(row), *_footnotes(row))

    def _rows(self) -> list[Row]:
        """The federal rows and those of each place with people; licenses bind also where nobody lives."""
        case = self.case
        rows = [row for place in (FEDERAL, *case.people) for row in case.rules.of(place)]
        if "licensed_ca_clinic" in case.kinds and "US-CA" not in case.people:
            rows += [row for row in case.rules.of("US-CA") if row.rule.applies_to == "licensed_ca_clinic"]
        if case.facts.entity.dfs_licensee and "US-NY" not in case.people:
            rows += [row for row in case.rules.of("US-NY") if row.rule.applies_to == "dfs_licensee"]
        return rows

    def _when(self, row: Row, limit: Limit) -> Iterator[Reason]:
        if limit.due and (advised := self.limits.advised(row, limit.due)) < limit.due:
            yield Reason("advised", f"Plan for {advised}, the working day before; limits do not roll forward.")
        if row.rule.sent_with:
            yield Reason("together", f"It goes out together with {row.rule.sent_with}, so an earlier letter brings it forward.")

    def _is_met(self, row: Row) -> bool:
        return any(reason.topic == "deemed" and reason.holds is False for reason in self._deemed(row))

    def _deemed(self, row: Row) -> Iterator[Reason]:
        """What a HIPAA letter does to this duty: one that was really sent and in time meets it (`holds` is False then)."""
        deemed = row.law.hipaa
        if not self.case.is_hipaa or deemed is None or deemed.deemed not in {"full", "partial"}:
            return
        if not row.rule.met_by_hipaa_notice:
            yield Reason("deemed", f"A HIPAA notice leaves this duty standing. {deemed.note}", holds=True)
        elif deemed.health_data_only and not set(self.case.leaked) <= HEALTH | PLAIN:
            sentence = f"More than health data leaked, so a HIPAA notice leaves this duty standing. {deemed.note}"
            yield Reason("deemed", sentence, holds=True)
        else:
            yield self._letter(row, deemed.note)

    def _letter(self, row: Row, note: str) -> Reason:
        leader = self.case.rules.row("HIPAA-IND")
        sent = self.moments.event("hipaa_individual_notice_sent", row.place)
        if sent is None:
            return Reason("deemed", f"HIPAA-IND will meet it once that notice has really gone out. {note}", holds=True)
        last = self.limits.limit(leader, self.reach.verdict(leader).obligor).due
        if last and sent > last:
            sentence = f"The HIPAA notice of {sent} came after its own limit, {last}, and so does not meet this duty."
            return Reason("deemed", sentence, holds=True)
        return Reason("deemed", f"Met by HIPAA-IND, sent on {sent}. {note}", holds=False)


def _hold(span: HoldSpan) -> Hold:
    return Hold(form=span.form, ends=span.ends, because=[span.because])


def _footnotes(row: Row) -> Iterator[Reason]:
    if row.rule.note:
        yield Reason("note", row.rule.note)
    if not row.rule.verified.seen:
        where = f": {row.law.sources[0]}" if row.law.sources else ""
        yield Reason("note", f"Not verified in a source; check before relying on it{where}.")
