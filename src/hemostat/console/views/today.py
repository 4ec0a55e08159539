"""Today: what needs the visitor, what leaks now, what is due next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hemostat.alerts.models import AlertState
from hemostat.alerts.selectors import alerts_open
from hemostat.alerts.standing import decisions
from hemostat.console.deadlines import days
from hemostat.console.gate import visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, page, pulse
from hemostat.console.rules import own_book
from hemostat.console.sources import stream
from hemostat.detect import State
from hemostat.exercises.selectors import current_drill
from hemostat.incidents.notice_board import notices_waiting
from hemostat.incidents.privacy_clocks import privacy_pressing
from hemostat.incidents.reliance import Standing, standings
from hemostat.incidents.remedies import remedies_standing
from hemostat.incidents.selectors import Room, incidents_open, room
from hemostat.people.models import Person
from hemostat.people.rights import Right

_NEXT_DAYS = 4
_MOST_ROOMS = 20


@dataclass(frozen=True, kw_only=True)
class Call:
    """One thing that needs this visitor: what, where, and how pressing it is."""

    words: str
    about: str
    url: str
    tone: str
    word: str


def index(request: HttpRequest) -> HttpResponse:
    """The overview."""
    at = now()
    zone = settings.HEMOSTAT.organization.zone
    return page(
        request, "console/today.html", parts=_parts(request, at), url=reverse("today_pulse"), context={"at": at, "zone": zone}
    )


def index_pulse(request: HttpRequest) -> HttpResponse:
    """What changed in the overview."""
    return pulse(request, parts=_parts(request, now()), url=reverse("today_pulse"))


def _parts(request: HttpRequest, at: datetime) -> Parts:
    person = visitor(request)
    rooms = [room(incident, person=person, now=at) for incident in incidents_open(person)[:_MOST_ROOMS]]
    may_see = person.may(Right.SEE)
    alerts = list(alerts_open()) if may_see else []
    dues = [(seen, due) for seen in rooms for due in days(seen.clocks)]
    words: dict[str, Any] = {
        "rooms": rooms,
        "drill": current_drill() if person.may(Right.SEE_EXERCISES) else None,
        "alerts": alerts,
        "calls": [
            *_calls(person, rooms, alerts),
            *_assessments(person, rooms),
            *_remedies(person, rooms, at),
            *_notices(person, rooms, at),
            *_privacy(person, at),
            *_rules(person),
        ],
        "deadlines": sorted(dues, key=lambda entry: entry[1].on)[:_NEXT_DAYS],
        "stream": stream(at),
        "may_see": may_see,
        "may_run_drills": person.may(Right.RUN_DRILLS),
        "now": at,
    }
    templates = {name: f"console/today/_{name}.html" for name in ("news", "banner", "calls", "alerts", "deadlines", "sources")}
    return Parts(request, templates, words)


def _assessments(person: Person, rooms: list[Room]) -> list[Call]:
    """Assessments that wait for this person as the second one, and those that new facts or evidence came after."""
    if not person.may(Right.DECIDE_LAW):
        return []
    found = [(seen, one) for seen in rooms for one in standings(seen.incident)]
    return [
        Call(
            words=f"{'Renew' if one.must_renew else 'Decide on'} the {one.place_name} assessment of {one.assessment.group}",
            about=f"{seen.incident.ref} · {_about(one)}",
            url=reverse("assessment", args=[seen.incident.ref]),
            tone="late" if one.is_outdated else "near",
            word="lifts nothing" if one.is_outdated else "new evidence" if one.is_stale else "second person",
        )
        for seen, one in found
        if one.must_renew or (one.waits and one.assessment.by_id != person.pk)
    ]


def _about(one: Standing) -> str:
    if one.is_outdated:
        return "other facts came after it, so its duties are back"
    return "new evidence came after it" if one.is_stale else f"by {one.assessment.by.full_name}"


def _notices(person: Person, rooms: list[Room], at: datetime) -> list[Call]:
    """Notices that are owed and not drafted, and complete ones that lack this person's approval."""
    calls = []
    for seen in rooms:
        url, waiting = reverse("notices", args=[seen.incident.ref]), notices_waiting(seen.incident, person=person, now=at)
        about = seen.incident.ref
        if waiting.to_draft:
            words, tone = f"Draft the notices of {waiting.to_draft} duties", waiting.urgency
            calls.append(Call(words=words, about=about, url=url, tone="late" if tone == "late" else "near", word="not drafted"))
        if waiting.to_approve:
            words = f"Approve {waiting.to_approve} notice{'s' if waiting.to_approve > 1 else ''}"
            calls.append(Call(words=words, about=about, url=url, tone="near", word="your approval"))
    return calls


def _remedies(person: Person, rooms: list[Room], at: datetime) -> list[Call]:
    """Remedies whose day is near or past, for those who mark them done."""
    if not person.may(Right.MARK_DUTIES):
        return []
    return [
        Call(
            words=one.task.title,
            about=f"{seen.incident.ref} · {one.place}, by {one.task.due}",
            url=f"{reverse('remedies', args=[seen.incident.ref])}#remedy-{one.task.pk}",
            tone=one.urgency,
            word="remedy late" if one.urgency == "late" else "remedy due",
        )
        for seen in rooms
        for one in remedies_standing(seen.incident, now=at)[0]
        if one.urgency in {"late", "near"}
    ]


def _privacy(person: Person, at: datetime) -> list[Call]:
    """Privacy requests that are due within a week, or late, for those who decide about them."""
    if not person.may(Right.DECIDE_LAW):
        return []
    return [
        Call(
            words=f"{request.get_asked_display()}: decide about the request",
            about=f"privacy/{request.pk} · {request.store}, due {request.due_at:%-d %b %Y}",
            url=f"{reverse('privacy')}#privacy-{request.pk}",
            tone="late" if at > request.due_at else "near",
            word="request late" if at > request.due_at else "request due",
        )
        for request in privacy_pressing(now=at)
    ]


def _rules(person: Person) -> list[Call]:
    """Rules that went to tuning, for those who may put them right."""
    tuned = [one for one in decisions().values() if one.state == State.TUNING] if person.may(Right.TUNE) else []
    known = own_book().known if tuned else {}
    return [
        Call(
            words=f"Look at a noisy rule: {known[one.rule].title}",
            about="nobody is alerted of what it finds",
            url=reverse("rule", args=[one.rule]),
            tone="near",
            word="in tuning",
        )
        for one in tuned
        if one.rule in known
    ]


def _calls(person: Person, rooms: list[Room], alerts: list[Any]) -> list[Call]:
    """What waits for this person: new alerts, second signatures, and the next acts of their lanes."""
    calls = [
        Call(
            words=alert.title,
            about=f"{alert.ref} · nobody has acknowledged it",
            url=reverse("alert", args=[alert.ref]),
            tone="late",
            word="new alert",
        )
        for alert in alerts
        if alert.state == AlertState.NEW and person.may(Right.TRIAGE)
    ]
    calls += [
        Call(
            words=f"{seen.waiting.words[:1].upper()}{seen.waiting.words[1:]}",
            about=f"{seen.incident.ref} · nobody has acknowledged {'it' if seen.waiting.count == 1 else 'them'}",
            url=f"{reverse('incident', args=[seen.incident.ref])}#clocks",
            tone=seen.waiting.urgency,
            word="clock alarm",
        )
        for seen in rooms
        if seen.waiting and person.may(Right.TRIAGE)
    ]
    for seen in rooms:
        url = reverse("incident", args=[seen.incident.ref])
        for task in (task for lane in seen.lanes for task in lane.tasks):
            if task.may_second:
                words, word, tone = f"Confirm: {task.name}", "second person", "late"
            elif task.may_act and task.is_next:
                words, word, tone = task.name, "next act", "brand"
            else:
                continue
            calls.append(Call(words=words, about=seen.incident.ref, url=f"{url}#step-{task.slug}", tone=tone, word=word))
    return calls
