"""Alerts: the list, one alert with its reasons, and the three things that can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.alerts.models import Alert, AlertOutcome, AlertState
from hemostat.alerts.selectors import alert_for, alerts_open, alerts_settled
from hemostat.alerts.services import alert_acknowledge, alert_dismiss
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, acted, page, pulse
from hemostat.console.roster import holders
from hemostat.console.rules import own_book
from hemostat.console.samples import events_of
from hemostat.incidents.models import Incident
from hemostat.incidents.selectors import incidents_open
from hemostat.incidents.services import incident_open
from hemostat.kernel import BadInput
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

SEVERITIES = (
    (1, "SEV 1 — people are being exposed now"),
    (2, "SEV 2 — people were exposed, the way is closed"),
    (3, "SEV 3 — a weakness, no sign of exposure"),
    (4, "SEV 4 — to be looked at"),
)


MOST_SETTLED = 50
"""Settled alerts that the list shows; all of them stay in the ledger."""


class IncidentForm(forms.Form):
    """How an alert becomes an incident."""

    severity = forms.TypedChoiceField(choices=SEVERITIES, coerce=int)
    commander = forms.CharField(max_length=150)


@dataclass(frozen=True, kw_only=True)
class Neighbors:
    """What else is known about the same store: alerts without an incident, and incidents at work under the same playbook."""

    alerts: list[Alert]
    incidents: list[Incident]

    @classmethod
    def of(cls, alert: Alert, person: Person) -> "Neighbors":
        """The neighbors of an alert that the person may see."""
        same = alerts_open().exclude(pk=alert.pk).exclude(state=AlertState.INCIDENT)
        return cls(
            alerts=list(same.filter(store=alert.store, environment=alert.environment, surface=alert.surface)),
            incidents=list(incidents_open(person).filter(store=alert.store, playbook=alert.playbook)),
        )


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """All open alerts, and the last ones that were settled."""
    return page(request, "console/alerts.html", parts=_list(request), url=reverse("alerts_pulse"), context={})


@needs(Right.SEE)
def index_pulse(request: HttpRequest) -> HttpResponse:
    """What changed in the list."""
    return pulse(request, parts=_list(request), url=reverse("alerts_pulse"))


@needs(Right.SEE)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """One alert with its reasons and the first events behind it."""
    alert = alert_for(visitor(request), ref, need=Right.SEE)
    events, fault = events_of(alert.event_ids)
    words = {"alert": alert, "events": events, "fault": fault}
    return page(request, "console/alert.html", parts=_one(request, alert), url=_pulse_url(alert), context=words)


@needs(Right.SEE)
def show_pulse(request: HttpRequest, ref: str) -> HttpResponse:
    """What changed about one alert."""
    alert = alert_for(visitor(request), ref, need=Right.SEE)
    return pulse(request, parts=_one(request, alert), url=_pulse_url(alert))


@require_POST
def acknowledge(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody looks into the alert; the first one counts, and a later one learns who it was."""

    def act(alert: Alert) -> str:
        taken = alert_acknowledge(alert=alert, by=visitor(request), now=now())
        who = taken.acknowledged_by
        if who is not None and who != visitor(request):
            return f"{who.full_name} already acknowledged {ref}: nothing was changed."
        return f"{ref} is yours. Next: is it a leak? Open an incident, or dismiss it with a reason."

    return _act(request, ref, act)


@require_POST
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """The alert is settled without an incident."""

    def act(alert: Alert) -> str:
        values = {name: request.POST.get(name, "") for name in ("outcome", "note")}
        alert_dismiss(alert=alert, by=visitor(request), now=now(), **values)
        return f"{ref} is dismissed, with your reason in the ledger."

    return _act(request, ref, act)


@require_POST
def open_incident(request: HttpRequest, ref: str) -> HttpResponseBase:
    """An incident stands, with a commander; the visitor is in its room."""
    alert = alert_for(visitor(request), ref, need=Right.TRIAGE)
    form = IncidentForm(request.POST)
    commanders = {person.username: person for person in holders(Right.COMMAND)}
    opened = []

    def act() -> str:
        demand(visitor(request), Right.TRIAGE)
        severity = int(form.cleaned_data["severity"]) if form.is_valid() else 0
        commander = commanders.get(request.POST.get("commander", ""))
        if commander is None:
            raise BadInput("Nobody of this name may command.", advice="Choose a person from the list.")
        chosen = set(request.POST.getlist("with"))
        others = [other for other in Neighbors.of(alert, visitor(request)).alerts if other.ref in chosen]
        incident = incident_open(
            alerts=[alert, *others], by=visitor(request), now=now(), severity=severity, commander=commander, title=alert.title
        )
        opened.append(incident.ref)
        return f"{incident.ref} is open and {commander.full_name} commands. The next act of each lane is marked."

    attempt(request, act)
    return redirect("incident", ref=opened[0]) if opened else redirect("alert", ref=ref)


def _act(request: HttpRequest, ref: str, act: Callable[[Alert], str]) -> HttpResponse:
    alert = alert_for(visitor(request), ref, need=Right.TRIAGE)
    attempt(request, lambda: act(alert))
    if not getattr(request, "htmx", False):
        return redirect("alert", ref=ref)
    fresh = alert_for(visitor(request), ref, need=Right.SEE)
    return acted(request, parts=_one(request, fresh), url=_pulse_url(fresh))


def _list(request: HttpRequest) -> Parts:
    templates = {name: f"console/_alert_{name}.html" for name in ("list", "settled", "news")}
    words = {"alerts": list(alerts_open()), "settled": list(alerts_settled()[:MOST_SETTLED]), "most": MOST_SETTLED, "now": now()}
    return Parts(request, templates, words)


def _one(request: HttpRequest, alert: Alert) -> Parts:
    words: dict[str, Any] = {
        "alert": alert,
        "incident": alert.incidents.first(),
        "may_triage": visitor(request).may(Right.TRIAGE),
        "may_tune": visitor(request).may(Right.TUNE),
        "has_rule": alert.rule in own_book().known,
        "outcomes": list(AlertOutcome),
        "severities": SEVERITIES,
        "commanders": holders(Right.COMMAND),
        "neighbors": Neighbors.of(alert, visitor(request)),
        "now": now(),
    }
    return Parts(request, {"head": "console/_alert_head.html", "facts": "console/_alert_facts.html"}, words)


def _pulse_url(alert: Alert) -> str:
    return reverse("alert_pulse", args=[alert.ref])
