"""The last day on which a duty can be met: its own period, the caps of other duties, holds. The earliest bound wins."""

from dataclasses import dataclass
from datetime import date, timedelta

from .days import day_after, working_day_until
from .moments import Moment, Moments
from .rules import Row, Rules, Unit

_STANDARDS = {
    "without_unreasonable_delay": "Without unreasonable delay",
    "most_expedient": "In the most expedient time possible",
    "immediate": "Immediately",
    "numeric": "Without unreasonable delay",
}
_UNITS = {"calendar_days": "calendar days", "business_days": "business days", "hours": "hours"}
_TRIGGERS = {
    "consumer_notice_sent": "telling residents",
    "hhs_notice_sent": "telling HHS",
    "calendar_year_end": "the end of the calendar year of discovery",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The last day, or None when the law gives no number or its trigger has not come; where the clock started; why."""

    due: date | None
    start: Moment
    because: tuple[str, ...]


class Limits:
    """Computes limits of one case, each once."""

    def __init__(self, rules: Rules, moments: Moments) -> None:
        self._rules = rules
        self._moments = moments
        self._known: dict[tuple[str, str], Limit] = {}

    def limit(self, row: Row, obligor: str) -> Limit:
        """The last day of the row for whoever owes it."""
        key = (row.id, obligor)
        if key not in self._known:
            self._known[key] = self._limit(row, obligor)
        return self._known[key]

    def advised(self, row: Row, due: date) -> date:
        """The working day to plan for: the limit itself, or the last working day before it. Nothing rolls forward."""
        if row.rule.clock.relation == "before_event":
            due -= timedelta(days=1)
        return working_day_until(due, row.place)

    def _limit(self, row: Row, obligor: str) -> Limit:
        """The earliest of the row's own period, moved by holds, and of the caps that other duties and notices set."""
        clock = row.rule.clock
        start = self._moments.start(row, obligor)
        because = [start.because]
        bounds: list[date] = []
        if clock.value is not None and clock.unit is not None and start.on is not None:
            own = day_after(start.on, clock.value, clock.unit, row.place)
            because.append(f"{_count(clock.value, clock.unit)} after {start.on} end on {own}; the day after the start is day 1.")
            bounds.append(self._held(row, own, because))
        bounds += self._caps(row, obligor, because)
        if not bounds:
            because.append(_no_date(start))
        return Limit(min(bounds, default=None), start, tuple(because))

    def _caps(self, row: Row, obligor: str, because: list[str]) -> list[date]:
        clock = row.rule.clock
        caps: list[date] = []
        if clock.inherits_from:
            parent = self.limit(self._rules.row(clock.inherits_from), obligor).due
            if parent is not None:
                caps.append(parent)
                because.append(f"{clock.inherits_from} caps it at {parent}.")
        if clock.not_after_notice or clock.relation != "after":
            told = self._moments.residents_told(row.place)
            if told.on is not None:
                caps.append(told.on)
                order = "before residents are told" if clock.relation == "before_event" else "no later than residents are told"
                because.append(f"It goes {order}: {told.on}.")
        return caps

    def _held(self, row: Row, own: date, because: list[str]) -> date:
        after = row.rule.hold
        told = self._moments.residents_told(row.place).on if row.rule.recipient == "individuals" else None
        if not after.moves or (told and told <= own):
            return own
        for hold in self._moments.holds:
            if hold.ends is None or not hold.covers(row.place) or hold.begins > own:
                continue
            until = day_after(hold.ends, after.then, after.unit, row.place)
            if until > own and (after.restarts or hold.ends > own):
                because.append(_moved(hold.form, hold.ends, until, after.then, after.unit))
                own = until
        return own


def wording(row: Row) -> str:
    """What the law says about time, in one sentence without dates."""
    clock = row.rule.clock
    if clock.relation == "before_event":
        return "Before residents are told."
    if clock.relation == "no_later_than_event":
        return "No later than residents are told."
    trigger = _TRIGGERS.get(clock.trigger, clock.trigger.replace("_", " "))
    standard = _STANDARDS[clock.standard or "without_unreasonable_delay"]
    if clock.value is None or clock.unit is None:
        return f"{standard} after {trigger}; no number."
    return f"{standard}, at most {_count(clock.value, clock.unit).lower()} after {trigger}."


def _count(value: int, unit: Unit) -> str:
    return f"{value} {_UNITS[unit]}"


def _moved(form: str, ends: date, until: date, then: int, unit: Unit) -> str:
    extra = f", and {_count(then, unit)} follow it" if then else ""
    return f"The {form} law-enforcement hold ends on {ends}{extra}: the limit moves to {until}."


def _no_date(start: Moment) -> str:
    if start.on is None:
        return "No date: its trigger has not happened."
    return "No date: the law gives no number of days."
