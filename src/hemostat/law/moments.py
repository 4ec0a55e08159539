"""When clocks start: discovery and what imputes it, determination, notices sent, law-enforcement holds."""

from dataclasses import dataclass
from datetime import date, timedelta

from .case import Case
from .facts import FEDERAL, HOLD, Event
from .rules import Row

_ORAL_DAYS = 30  # 45 CFR 164.412(b)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or None when it has not come, and the sentence that says why it is this day."""

    on: date | None
    because: str


@dataclass(frozen=True, slots=True)
class HoldSpan:
    """A law-enforcement hold in one place (None is everywhere); `ends` is None when nobody has said."""

    form: str
    place: str | None
    begins: date
    ends: date | None
    because: str

    def covers(self, place: str) -> bool:
        """Does the hold bind duties of this place?"""
        return self.place is None or self.place == place


class Moments:
    """The days of one case, by place."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[str, list[tuple[date, str]]] = {}
        self.holds = [_span(event) for event in sorted_holds(case.facts.events)]
        if any(hold.ends is None for hold in self.holds):
            case.warn("A law-enforcement hold has no end: limits are shown as if it moved nothing. Ask for the time in writing.")

    def event(self, kind: str, *places: str) -> date | None:
        """The first day on which such an event holds for one of the places."""
        found = [event for event in self._case.facts.events if event.kind == kind]
        return min((e.on for e in found if e.on and (e.jurisdiction is None or e.jurisdiction in places)), default=None)

    def residents_told(self, place: str) -> Moment:
        """When people of the place were told; a HIPAA letter tells them too, if no other notice is on record."""
        if sent := self.event("consumer_notice_sent", place):
            return Moment(sent, f"Residents were told on {sent}.")
        if self._case.is_hipaa and (sent := self.event("hipaa_individual_notice_sent", place)):
            return Moment(sent, f"Residents were told on {sent}, by the HIPAA letter.")
        return Moment(None, "The notice to residents has not been sent.")

    def discovery(self, place: str) -> Moment:
        """The first day on which the breach was known, or would have been with reasonable diligence, to anyone who counts."""
        (day, why), *later = self._knowledge(place)
        rest = "; ".join(f"{other}, {on}" for on, other in later if on > day)
        return Moment(day, f"Discovered on {day}: {why}{f', and before {rest}' if rest else ''}.")

    def discovered(self, place: str, obligor: str) -> date:
        """The day on which whoever owes a duty discovered the breach, or the entity itself while that one has not."""
        own = self._knowledge(place)[0][0]
        return self._discovery_of(obligor, place).on or own

    def _knowledge(self, place: str) -> list[tuple[date, str]]:
        """The days on which somebody who counts knew or would have known, in order. A determination presumes knowledge."""
        if place not in self._known:
            self._known[place] = self._knowledge_of(place)
        return self._known[place]

    def _knowledge_of(self, place: str) -> list[tuple[date, str]]:
        found = self._case.facts.discovery
        determined = [on for on in (found.determined_at, self.event("determination", place)) if on and on < found.known_at]
        days: list[tuple[date | None, str]] = [
            (found.known_at, "the day it was known"),
            (found.should_have_known_at, "the day reasonable diligence would have shown it"),
            (min(determined, default=None), "the day it was determined, which presumes knowledge"),
            (self.event("workforce_member_knew", place), "the day a member of the workforce knew"),
            (self.event("agent_knew", place), "the day an agent knew"),
        ]
        if not self._case.is_holder_only:
            days.append((self.event("covered_entity_told", place), "the day the vendor's notice arrived"))
        return sorted(((on, why) for on, why in days if on), key=lambda pair: pair[0])

    def owner_discovery(self, place: str) -> Moment:
        """When the covered entity discovered what its associate found: at once through an agent, else on being told."""
        if self._case.facts.entity.agent_of_covered_entity:
            own = self.discovery(place)
            return Moment(
                own.on, f"{own.because} The associate is the covered entity's agent, so its knowledge counts as the entity's."
            )
        told = self.event("covered_entity_told", place)
        if told:
            return Moment(told, f"The covered entity was told on {told}, which is its discovery.")
        return Moment(None, "The covered entity has not been told, so its clock has not started.")

    def start(self, row: Row, obligor: str) -> Moment:
        """When the clock of the row starts for whoever owes the duty."""
        trigger, place = row.rule.clock.trigger, row.place
        if trigger in {"discovery", "awareness", "detection"}:
            return self._discovery_of(obligor, place)
        if trigger in {"determination", "confirmation"}:
            return self._determination_of(obligor, place, trigger)
        if trigger == "calendar_year_end":
            return self._year_end_of(obligor, place)
        if trigger == "consumer_notice_sent":
            return self.residents_told(place)
        if trigger == "hhs_notice_sent":
            sent = self.event("hhs_notice_sent", place, FEDERAL)
            return Moment(sent, f"HHS was told on {sent}." if sent else "HHS has not been told, so the clock has not started.")
        return Moment(None, f"The facts have no word for its trigger, {trigger.replace('_', ' ')}: the clock has not started.")

    def _discovery_of(self, obligor: str, place: str) -> Moment:
        return self.owner_discovery(place) if obligor == "covered_entity" else self.discovery(place)

    def _determination_of(self, obligor: str, place: str, trigger: str) -> Moment:
        given = [self._case.facts.discovery.determined_at, self.event("determination", place)]
        day = min((on for on in given if on), default=None)
        if day and obligor != "covered_entity":
            return Moment(day, f"Determined on {day}.")
        found = self._discovery_of(obligor, place)
        if day:
            return Moment(found.on, f"{found.because} Its own {trigger} is not given; the day of discovery stands in for it.")
        self._case.warn(
            "`discovery.determined_at` is missing: clocks that start with a determination or confirmation run from discovery."
        )
        return Moment(
            found.on, f"{found.because} The day of {trigger} is not given; the earlier day of discovery stands in for it."
        )

    def _year_end_of(self, obligor: str, place: str) -> Moment:
        found = self._discovery_of(obligor, place)
        if found.on is None:
            return found
        end = date(found.on.year, 12, 31)
        return Moment(end, f"{found.because} The yearly log counts from the end of that year, {end}.")


def sorted_holds(events: list[Event]) -> list[Event]:
    """The holds among the events, by the day on which they begin; in one order, whatever the order of the facts."""
    holds = [event for event in events if event.kind == HOLD]
    return sorted(holds, key=lambda e: (str(e.from_), str(e.form), str(e.jurisdiction), str(e.until), str(e.requested_days)))


def _span(event: Event) -> HoldSpan:
    """The hold that the event records: in writing as long as it states, by word of mouth 30 days at most."""
    begins = event.from_ or date.min
    ends = [event.until] if event.until else []
    if event.requested_days is not None:
        ends.append(begins + timedelta(days=event.requested_days))
    where = "for all duties" if event.jurisdiction is None else f"for duties of {event.jurisdiction}"
    said = f"Asked for {'in writing' if event.form == 'written' else 'by word of mouth'} on {begins}, {where}."
    if event.form == "oral":
        last = begins + timedelta(days=_ORAL_DAYS)
        return HoldSpan(
            "oral", event.jurisdiction, begins, min([*ends, last]), f"{said} An oral request holds {_ORAL_DAYS} days at most."
        )
    stated = min(ends, default=None)
    return HoldSpan(
        "written",
        event.jurisdiction,
        begins,
        stated,
        f"{said} {'It holds for the time it states.' if stated else 'No end is stated.'}",
    )
