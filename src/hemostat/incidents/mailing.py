"""Who gets which letter: everybody one.

The letter of a place holds what federal rules ask for too, so for its residents it serves the federal duty as well; the federal
letter goes to everybody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hemostat.law.facts import FEDERAL
from hemostat.law.notices import library, template_for

from .models import Duty, Incident, Notice
from .vocabulary import NoticeState

PEOPLE = "individuals"
"""The recipient of a duty towards the people themselves."""

EVERYWHERE = frozenset({"", FEDERAL})
"""The jurisdictions of duties that look at no place."""


@dataclass(frozen=True, kw_only=True)
class Letters:
    """What is written to the people of a place. residents: how many they are; by: the letters, one for each set of duties."""

    place: str
    residents: int
    by: list[list[Duty]]


def template_of(duty: Duty) -> str:
    """The template made for a duty."""
    return template_for(
        duty=duty.duty, regime=duty.regime, recipient=duty.recipient, jurisdiction=duty.jurisdiction, obligor=duty.obligor
    )


def places_of(duties: Iterable[Duty]) -> list[str]:
    """The places that a notice is for; a letter that serves a federal duty for the residents of some is for these only."""
    serves = list(duties)
    places = dict.fromkeys(duty.jurisdiction for duty in serves)
    local = [place for place in places if place not in EVERYWHERE]
    return local if local and all(duty.recipient == PEOPLE for duty in serves) else list(places)


def people_of(duties: Sequence[Duty], others: Iterable[Sequence[Duty]] = (), *, affected: Mapping[str, int]) -> int:
    """How many people a notice of these duties is about, or goes to.

    others: the duties of the other letters. affected: residents by place. A letter reaches the residents of its places; a federal
    one everybody but those who are reached by another that serves its duty too.
    """
    told = [duty for duty in duties if duty.recipient == PEOPLE]
    if not told:
        return _about(duties)
    places = _local(told)
    if places:
        return sum(affected.get(place, 0) for place in places)
    federal = {duty.pk for duty in told}
    elsewhere = {place for other in others if federal & {duty.pk for duty in other} for place in _local(other)}
    return max(0, max(duty.people for duty in told) - sum(affected.get(place, 0) for place in elsewhere))


def people_told(duty: Duty, notices: Iterable[Notice], *, affected: Mapping[str, int]) -> int:
    """How many of the people that a duty looks at were told for certain by these notices.

    Notices of the same duties, such as those of two languages, share their people. One that serves several places may have
    reached those of the others first: what is missing from it counts against each.
    """
    sent: dict[frozenset[int], int] = {}
    serves: dict[frozenset[int], list[Duty]] = {}
    for notice in notices:
        duties = list(notice.duties.all())
        key = frozenset(served.pk for served in duties)
        serves[key] = duties
        sent[key] = sent.get(key, 0) + sum(sending.people for sending in notice.sendings.all())
    told = 0
    for key, duties in serves.items():
        reached = people_of(duties, [other for name, other in serves.items() if name != key], affected=affected)
        share = reached if duty.jurisdiction in EVERYWHERE else min(reached, duty.people)
        told += max(0, share - max(0, reached - sent[key]))
    return told


def notices_standing(incident: Incident) -> list[Notice]:
    """The notices of an incident that were not withdrawn, with their duties, sendings and approvals, the oldest first."""
    found = Notice.objects.filter(incident=incident).exclude(state=NoticeState.WITHDRAWN)
    return list(found.select_related("incident", "evidence").prefetch_related("duties", "sendings", "approvals"))


def taken_along(duties: Sequence[Duty], template: str, standing: Sequence[Notice]) -> list[Duty]:
    """These duties, and the federal ones that this letter holds, for the same people.

    Where so many federal letters went out that its people have had one, the federal duty stays with that letter.
    """
    federal = Duty.objects.filter(
        incident=duties[0].incident_id, owed=True, met_by="", recipient=PEOPLE, jurisdiction__in=EVERYWHERE
    ).select_related("incident")
    return _with_federal(duties, template, standing, federal)


def _with_federal(duties: Sequence[Duty], template: str, standing: Sequence[Notice], federal: Iterable[Duty]) -> list[Duty]:
    """The same, with the federal duties to people that are owed and that no other notice meets."""
    places = _local(duties)
    if not places or any(duty.recipient != PEOPLE for duty in duties):
        return list(duties)
    more = [duty for duty in federal if duty not in duties and all(_holds(template, duty, place) for place in places)]
    return [*duties, *(duty for duty in more if not _have_had(duties, duty, standing))]


def _have_had(duties: Sequence[Duty], federal: Duty, standing: Sequence[Notice]) -> bool:
    """Did more federal letters go out than there are people who would get no letter of these duties?"""
    written = [list(notice.duties.all()) for notice in standing]
    others = people_of([federal], [*written, [*duties, federal]], affected=federal.incident.affected)
    serving = [notice for notice in standing if federal in notice.duties.all() and is_federal_letter(notice.duties.all())]
    return sum(sending.people for notice in serving for sending in notice.sendings.all()) > others


def letters_owed(owed: Iterable[Duty], standing: Sequence[Notice]) -> list[tuple[str, list[Duty]]]:
    """The letters that are still to be written: as few as can hold what these duties ask for, those of places first.

    owed: the duties that no other notice meets. A federal letter is owed while somebody gets no other that serves its duty.
    """
    told = [duty for duty in owed if duty.recipient == PEOPLE]
    federal = [duty for duty in told if duty.jurisdiction in EVERYWHERE]
    served = {duty.pk for notice in standing for duty in notice.duties.all()}
    found: list[tuple[str, list[Duty]]] = []
    for place in sorted(_local(told)):
        left = [duty for duty in told if duty.jurisdiction == place and duty.pk not in served]
        while left:
            template = max(map(template_of, left), key=lambda one: sum(_holds(one, duty, place) for duty in left))
            held = [duty for duty in left if _holds(template, duty, place)]
            found.append((template, _with_federal(held, template, standing, federal)))
            left = [duty for duty in left if duty not in held]
    written = [list(notice.duties.all()) for notice in standing] + [duties for _, duties in found]
    for duty in federal:
        if not any(duty in duties and is_federal_letter(duties) for duties in written):
            left_over = people_of([duty], written, affected=duty.incident.affected)
            if left_over or not any(duty in duties for duties in written):
                found.append((template_of(duty), [duty]))
    return found


def letters_by_place(incident: Incident, letters: Iterable[Sequence[Duty]]) -> list[Letters]:
    """The letters that go to the residents of each place that has one of its own, by these duties of letters."""
    serves = {frozenset(duty.pk for duty in one): list(one) for one in letters if goes_to_people(one)}
    local = {key: places for key, duties in serves.items() if (places := _local(duties))}
    found = []
    for place in sorted({place for places in local.values() for place in places}):
        own = {key for key, places in local.items() if place in places}
        covered = {pk for key in own for pk in key}
        also = {key for key in serves.keys() - local.keys() if not key & covered}  # federal letters that go here too
        found.append(Letters(place=place, residents=incident.affected.get(place, 0), by=[serves[key] for key in (*own, *also)]))
    return found


def goes_to_people(duties: Iterable[Duty]) -> bool:
    """Is it a letter to people?"""
    return any(duty.recipient == PEOPLE for duty in duties)


def is_federal_letter(duties: Iterable[Duty]) -> bool:
    """Is it a letter to people, and for no place?"""
    places = {duty.jurisdiction for duty in duties if duty.recipient == PEOPLE}
    return bool(places) and places <= EVERYWHERE


def _about(duties: Sequence[Duty]) -> int:
    """The people of each place once, or everybody where a duty looks at all."""
    places: dict[str, int] = {}
    for duty in duties:
        places[duty.jurisdiction] = max(places.get(duty.jurisdiction, 0), duty.people)
    return max(sum(places.values()) if not places.keys() & EVERYWHERE else 0, *places.values(), 0)


def _local(duties: Iterable[Duty]) -> set[str]:
    return {duty.jurisdiction for duty in duties if duty.recipient == PEOPLE} - EVERYWHERE


def _holds(template: str, duty: Duty, place: str) -> bool:
    """Does a letter of this template, for this place, hold what the duty asks for?"""
    own = template_of(duty)
    plans = library().plans
    if own == template or template not in plans:
        return own == template
    asked, held = plans[own].rule, {plans[template].rule, *plans[template].also}
    names = {place if rule == "place" else rule for rule in held if rule}
    return (duty.jurisdiction if asked == "place" else asked) in names
