"""Clocks that contracts set beside the law: a business associate agreement, a policy, a platform's terms. Arithmetic alone.

A contract binds as its words say, so nothing here is a rule of law: no hold moves it, no notice under HIPAA meets it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from .days import day_after, working_day_until
from .facts import FEDERAL
from .rules import Unit

Trigger = Literal["discovery", "determination"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
UNITS: tuple[Unit, ...] = get_args(Unit)

_UNITS = {"hours": "hour", "calendar_days": "calendar day", "business_days": "business day"}


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract asks.

    value, unit: the period, or None when the contract gives no number.
    surfaces: those of the store that it covers, empty for all. elements: it binds when one of them leaked, empty for always.
    begins, ends: first and last day on which a leak must be discovered to fall under it; None is open.
    """

    counterparty: str
    clause: str
    value: int | None = None
    unit: Unit | None = None
    trigger: Trigger = "discovery"
    surfaces: Sequence[str] = ()
    elements: Sequence[str] = ()
    begins: date | None = None
    ends: date | None = None


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract asks about a leak.

    discovered_at, determined_at: moments, aware. known_on: an earlier day on which somebody counts as having known, whose hour
    nobody has recorded. zone: where the organization is; its days are the days of the contract.
    """

    surface: str
    elements: Sequence[str]
    discovered_at: datetime
    zone: ZoneInfo
    determined_at: datetime | None = None
    known_on: date | None = None

    @property
    def discovered_on(self) -> date:
        """The first day of knowledge, where the organization is."""
        day = self.day(self.discovered_at)
        return min(day, self.known_on) if self.known_on else day

    def day(self, moment: datetime) -> date:
        """The day of a moment, where the organization is."""
        return moment.astimezone(self.zone).date()


class ContractClock(msgspec.Struct, frozen=True, kw_only=True):
    """When a contract asks to be told.

    due: the last day, where the organization is; None when the contract gives no number. due_at: the last moment, in UTC, of a
    period in hours. trigger_on: the day on which it starts.
    """

    due: date | None
    due_at: datetime | None
    advised: date | None
    wording: str
    trigger_on: date
    because: tuple[str, ...]


def contract_excuses(term: Term, leak: Leak) -> list[str]:
    """Why the term does not bind for this leak; empty when it binds."""
    excuses = []
    if term.surfaces and leak.surface not in term.surfaces:
        excuses.append(f"It covers {_listed(term.surfaces)}; the leak is in {leak.surface}.")
    if term.elements and not set(term.elements) & set(leak.elements):
        excuses.append(f"It binds when {_listed(term.elements, 'or')} leaks; none did.")
    if term.begins and leak.discovered_on < term.begins:
        excuses.append(f"It begins on {term.begins}, after the discovery on {leak.discovered_on}.")
    if term.ends and term.ends < leak.discovered_on:
        excuses.append(f"It ended on {term.ends}, before the discovery on {leak.discovered_on}.")
    return excuses


def contract_clock(term: Term, leak: Leak) -> ContractClock:
    """When the counterparty is to be told. Hours run from the moment, days from the day after it; nothing rolls forward."""
    start, because = _start(term, leak)
    day = leak.day(start)
    if term.value is None or term.unit is None:
        because.append("No date: the contract gives no number. Tell them as soon as you can.")
        return _clock(term, day, because)
    if term.unit == "hours":
        ends = start.astimezone(UTC) + timedelta(hours=term.value)
        local = ends.astimezone(leak.zone)
        because.append(
            f"{_period(term.value, term.unit)} after {_utc(start)} end at {_utc(ends)}, "
            f"which is {local:%Y-%m-%d %H:%M} in {leak.zone.key}."
        )
        return _clock(term, day, because, due=local.date(), due_at=ends, advised=local.date())
    due = day_after(day, term.value, term.unit, FEDERAL)
    because.append(f"{_period(term.value, term.unit)} after {day} end on {due}; the day after the start is day 1.")
    advised = max(day, working_day_until(due, FEDERAL))
    if advised < due:
        because.append(f"Plan for {advised}, the working day before; limits do not roll forward.")
    return _clock(term, day, because, due=due, advised=advised)


def contract_wording(term: Term) -> str:
    """What the contract says about time, in one sentence without dates."""
    if term.value is None or term.unit is None:
        return f"Without delay after {term.trigger}; the contract gives no number."
    return f"Within {_period(term.value, term.unit)} of {term.trigger}."


def _clock(
    term: Term,
    day: date,
    because: list[str],
    *,
    due: date | None = None,
    due_at: datetime | None = None,
    advised: date | None = None,
) -> ContractClock:
    return ContractClock(
        due=due, due_at=due_at, advised=advised, wording=contract_wording(term), trigger_on=day, because=tuple(because)
    )


def _start(term: Term, leak: Leak) -> tuple[datetime, list[str]]:
    """The moment from which the contract counts, and the sentences that say why."""
    because = []
    if term.trigger == "determination":
        if leak.determined_at:
            return leak.determined_at, [f"It was determined at {_utc(leak.determined_at)}."]
        because.append("It counts from the determination, which is not recorded; the earlier discovery stands in for it.")
    if leak.known_on and leak.known_on < leak.day(leak.discovered_at):
        because.append(f"It counts as known since {leak.known_on}; the hour is not recorded, so the start of that day is taken.")
        return datetime.combine(leak.known_on, time(), leak.zone), because
    return leak.discovered_at, [*because, f"It was discovered at {_utc(leak.discovered_at)}."]


def _period(value: int, unit: Unit) -> str:
    return f"{value} {_UNITS[unit]}{'' if value == 1 else 's'}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _listed(names: Sequence[str], last: str = "and") -> str:
    *front, end = (name.replace("_", " ") for name in names)
    return f"{', '.join(front)} {last} {end}" if front else end
