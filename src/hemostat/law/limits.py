"""The last day on which a duty can be met: its own period, the caps of other duties, holds. The earliest bound wins."""

from dataclasses import dataclass
from datetime import date, timedelta

from .days import day_after, holidays_between, working_day_until
from .moments import HoldSpan, Moment, Moments
from .reasons import Reason
from .rules import Row, Rules, Threshold, Unit

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
    reasons: tuple[Reason, ...]


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
        because = [Reason("start", start.because)]
        bounds: list[date] = []
        if clock.value is not None and clock.unit is not None and start.on is not None:
            own = day_after(start.on, clock.value, clock.unit, row.place)
            because.append(Reason("count", _counted(start.on, own, row)))
            bounds.append(self._held(row, own, because))
        bounds += self._caps(row, obligor, because)
        if not bounds:
            because.append(Reason("limit", _no_date(start)))
        return Limit(min(bounds, default=None), start, tuple(because))

    def _caps(self, row: Row, obligor: str, because: list[Reason]) -> list[date]:
        clock = row.rule.clock
        caps: list[date] = []
        if clock.inherits_from:
            parent = self.limit(self._rules.row(clock.inherits_from), obligor).due
            if parent is not None:
                caps.append(parent)
                because.append(Reason("cap", f"{clock.inherits_from} caps it at {parent}."))
        if clock.not_after_notice or clock.relation != "after":
            told = self._moments.residents_told(row.place)
            if told.on is not None:
                caps.append(told.on)
                order = "before residents are told" if clock.relation == "before_event" else "no later than residents are told"
                because.append(Reason("order", f"It goes {order}: {told.on}."))
        return caps

    def _held(self, row: Row, own: date, because: list[Reason]) -> date:
        """The limit after the holds that cover the row, each with a reason whether it moves the limit or not."""
        after = row.rule.hold
        told = self._moments.residents_told(row.place).on if row.rule.recipient == "individuals" else None
        in_time = told is not None and told <= own
        for hold in self._moments.holds:
            if not hold.covers(row.place):
                continue
            if still := _still(row, hold, own, told if in_time else None):
                because.append(Reason("unmoved", f"The {hold.form} law-enforcement hold moves nothing here: {still}."))
                continue
            ends = hold.ends or own
            until = day_after(ends, after.then, after.unit, row.place)
            if until > own:
                because.append(Reason("hold", _moved(hold.form, ends, until, after.then, after.unit)))
                own = until
        return own


def _still(row: Row, hold: HoldSpan, own: date, told: date | None) -> str:
    """Why a hold leaves a limit where it is; empty when it may move it."""
    after = row.rule.hold
    if not after.moves:
        return f"it holds back no notice to {row.rule.recipient.replace('_', ' ')}"
    if told:
        return f"residents were told on {told}"
    if hold.ends is None:
        return "its end is not known"
    if hold.begins > own:
        return f"it begins on {hold.begins}, after the limit"
    if hold.ends <= own and not after.restarts:
        return f"it ends on {hold.ends}, and the limit has not passed by then"
    return ""


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


def threshold_wording(limit: Threshold) -> str:
    """From how many people on the law asks, and which people it counts."""
    if limit.scope == "no_count":
        return "no count"
    if limit.operator == "any":
        return "one is enough"
    scope = "people in all" if limit.scope == "total" else limit.scope.replace("_", " ").replace("state", "State")
    return f"{limit.operator.replace('_', ' ')} {limit.count:,} {scope}"


def _counted(start: date, last: date, row: Row) -> str:
    """The count from day 1 to the last day, with the holidays that it leaves out."""
    value, unit = row.rule.clock.value or 0, row.rule.clock.unit or "calendar_days"
    if unit == "hours":
        return f"{_count(value, unit)} after {start}, counted in whole days, end on {last}."
    first = day_after(start, 1, unit, row.place)
    sentence = f"{_count(value, unit)} after {start}: day 1 is {first}, day {value} is {last}."
    if unit == "business_days":
        free = "; ".join(f"{name} on {day}" for day, name in holidays_between(start, last, row.place))
        sentence += f" Weekends are left out{f', and {free}' if free else ''}."
    return sentence


def _count(value: int, unit: Unit) -> str:
    return f"{value} {_UNITS[unit]}"


def _moved(form: str, ends: date, until: date, then: int, unit: Unit) -> str:
    extra = f", and {_count(then, unit)} follow it" if then else ""
    return f"The {form} law-enforcement hold ends on {ends}{extra}: the limit moves to {until}."


def _no_date(start: Moment) -> str:
    if start.on is None:
        return "No date: its trigger has not happened."
    return "No date: the law gives no number of days."
