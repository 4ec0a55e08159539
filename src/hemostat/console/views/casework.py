"""Work on the case itself: notes, reports, evidence, hand over, close."""

import re

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.console.roster import holders, people
from hemostat.incidents.models import Incident
from hemostat.incidents.selectors import evidence_for
from hemostat.incidents.services import (
    discovery_report,
    evidence_hand_in,
    evidence_open,
    evidence_verify,
    hand_over,
    incident_close,
    note_add,
)
from hemostat.kernel import BadInput, parse_iso
from hemostat.people.models import Person
from hemostat.people.rights import Right

from .incidents import act_in_room, back_to_room

LARGEST_UPLOAD = 25_000_000
"""Bytes of one item of evidence that a person uploads."""


_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


class NamedForm(forms.Form):
    """The name that an item of evidence gets: it is part of the path of its file in a bag."""

    item = forms.RegexField(r"^[a-z0-9][a-z0-9._-]{1,58}$", max_length=60)


@require_POST
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """The entry stands in the timeline; a privileged one for counsel and for those whom counsel named."""

    def act(incident: Incident) -> str:
        privileged = request.POST.get("privileged") == "on"
        names = set(request.POST.getlist("named")) if privileged else set()
        named = [person for person in people() if person.username in names]
        text = request.POST.get("text", "")
        note_add(incident=incident, by=visitor(request), now=now(), text=text, privileged=privileged, named=named)
        return "Your privileged entry is kept for counsel." if privileged else "Your entry stands in the timeline."

    return act_in_room(request, ref, act, place="timeline")


@require_POST
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody's earlier word is on record; if it is the earliest, discovery moves to it and the clocks follow."""

    def act(incident: Incident) -> str:
        before = incident.discovered_at
        text = request.POST.get("at", "")
        at = parse_iso(text if _ZONED.search(text) else f"{text}Z")
        discovery_report(incident=incident, by=visitor(request), at=at, how=request.POST.get("how", ""), now=now())
        return "Discovery moved to this earlier report, and the clocks with it." if at < before else "The report is on record."

    return act_in_room(request, ref, act, place="clocks")


@require_POST
def hand(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody else commands."""

    def act(incident: Incident) -> str:
        to = _person(request.POST.get("to", ""), holders(Right.COMMAND))
        return f"{hand_over(incident=incident, by=visitor(request), to=to, now=now()).commander.full_name} commands now."

    return act_in_room(request, ref, act, place="content")


@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """The incident is closed with an outcome."""

    def act(incident: Incident) -> str:
        closed = incident_close(incident=incident, by=visitor(request), now=now(), outcome=request.POST.get("outcome", ""))
        return f"{closed.ref} is closed: {closed.outcome.replace('_', ' ')}."

    return act_in_room(request, ref, act, place="content")


@require_POST
def seal(request: HttpRequest, ref: str) -> HttpResponse:
    """A file that a person collected lies sealed in the vault, with its hash and custody."""

    def act(incident: Incident) -> str:
        form, upload = NamedForm(request.POST), request.FILES.get("content")
        if not form.is_valid():
            raise BadInput(
                "The name of an item is made of small letters, digits, dots and dashes.", advice="Like: edge-log-copy."
            )
        if not isinstance(upload, UploadedFile) or not upload.size:
            raise BadInput("No file came with the form, or an empty one.", advice="Choose the file, and send it again.")
        if upload.size > LARGEST_UPLOAD:
            raise BadInput(
                f"The file has more than {LARGEST_UPLOAD:,} bytes.", advice="Seal it in parts, each under its own name."
            )
        item = evidence_hand_in(
            incident=incident,
            item=form.cleaned_data["item"],
            content=upload.read(),
            how=request.POST.get("how", ""),
            by=visitor(request),
            now=now(),
        )
        return f"{item.item} is sealed: {item.size:,} bytes, sha256 {item.sha256[:12]}…"

    return act_in_room(request, ref, act, place="evidence")


@require_POST
def verify(request: HttpRequest, ref: str) -> HttpResponse:
    """The hash and custody of every item were recomputed."""

    def act(incident: Incident) -> str:
        if faults := evidence_verify(incident=incident, by=visitor(request), now=now()):
            words = "; ".join(f"{fault.item}: {fault.reason}" for fault in faults)
            raise BadInput(f"Evidence does not hold. {words}.", advice="Keep the files as they are and compare with the backup.")
        return f"All {incident.evidence.count()} items hold: hash, size and custody."

    return act_in_room(request, ref, act, place="evidence")


@require_POST
def take(request: HttpRequest, ref: str, item: str) -> HttpResponse:
    """The content of an item as a file; who took it and why is in its custody.

    It may hold patient data, so it is never shown in a page.
    """
    evidence = evidence_for(visitor(request), ref, item, need=Right.OPEN_EVIDENCE)
    found: list[bytes] = []

    def act() -> str:
        found.append(evidence_open(evidence=evidence, by=visitor(request), now=now(), why=request.POST.get("why", "")))
        return ""

    if not attempt(request, act):
        return back_to_room(request, ref, place="evidence")
    headers = {"Content-Disposition": f'attachment; filename="{ref}-{item}"'}
    return HttpResponse(found[0], content_type="application/octet-stream", headers=headers)


def _person(username: str, among: list[Person]) -> Person:
    found = next((person for person in among if person.username == username), None)
    if found is None:
        raise BadInput("Nobody of this name may command.", advice="Choose a person from the list.")
    return found
