"""Notices of an incident: the board of what is owed, and each notice from its draft to the record that it went out."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.incidents.models import Evidence, Incident, Notice
from hemostat.incidents.notice_board import notice_board, notice_for, notice_page
from hemostat.incidents.notice_standing import PAPER_FORMS
from hemostat.incidents.selectors import duty_for, evidence_for, incident_for
from hemostat.incidents.services import (
    NoticeChanged,
    notice_approve,
    notice_draft,
    notice_edit,
    notice_fill_others,
    notice_send,
    notice_taken_out,
    notice_withdraw,
    notices_draft_owed,
)
from hemostat.incidents.vocabulary import SendMethod
from hemostat.kernel import BadInput, HemostatError, NotFound
from hemostat.law.notices import LANGUAGES
from hemostat.people.rights import Right

_ANSWER = "answer-"


def index(request: HttpRequest, ref: str) -> HttpResponse:
    """The board: what is late first, and what nobody has drafted."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    words = {
        "incident": incident,
        "board": notice_board(incident, now=now()),
        "evidence": list(incident.evidence.all()),
        "languages": LANGUAGES,
        "may_write": _may_write(request, incident),
    }
    return render(request, "console/room/notices.html", words)


def show(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """One notice: its text as it will be printed, what it lacks, its approvals, and how it went out."""
    return _page(request, notice_for(visitor(request), ref, pk))


@require_POST
def draft_owed(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that is owed and that no notice serves yet has its draft."""

    def act(incident: Incident) -> str:
        made = notices_draft_owed(incident=incident, by=visitor(request), now=now())
        return f"{len(made)} drafts stand. Each says what it still lacks." if made else "Nothing is left to draft."

    return _on_incident(request, ref, act)


@require_POST
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """A draft for the duties that were chosen, from the template and in the language that were chosen."""
    made: list[Notice] = []

    def act(incident: Incident) -> str:
        duties = [duty_for(visitor(request), ref, _number(pk)) for pk in request.POST.getlist("duty")]
        template, language = request.POST.get("template", ""), request.POST.get("language", "en")
        made.append(
            notice_draft(incident=incident, duties=duties, template=template, language=language, by=visitor(request), now=now())
        )
        return "The draft stands. It says what it still lacks."

    answer = _on_incident(request, ref, act)
    return redirect("notice", ref, made[0].pk) if made else answer


@require_POST
def elsewhere(request: HttpRequest, ref: str) -> HttpResponse:
    """A notice whose text is a sealed item, such as a letter of outside counsel."""

    def act(incident: Incident) -> str:
        duties = [duty_for(visitor(request), ref, _number(pk)) for pk in request.POST.getlist("duty")]
        item = _evidence(request, ref)
        notice_draft(
            incident=incident,
            duties=duties,
            template="written-elsewhere",
            language=request.POST.get("language", "en"),
            by=visitor(request),
            now=now(),
            evidence=item,
        )
        return "The notice stands, with the sealed item as its text."

    return _on_incident(request, ref, act)


@require_POST
def edit(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Fields were filled in, or a section was written over. When somebody was faster, both texts are shown, nothing is lost."""
    notice = notice_for(visitor(request), ref, pk)
    answers = {name.removeprefix(_ANSWER): _typed(request, name) for name in request.POST if name.startswith(_ANSWER)}
    key, lines = request.POST.get("section"), _typed(request, "lines")
    sections = None if key is None else {key: None if "take_back" in request.POST else lines}
    try:
        edited = notice_edit(
            notice=notice,
            version=_number(request.POST.get("version", "")),
            by=visitor(request),
            now=now(),
            answers=answers or None,
            sections=sections,
        )
    except HemostatError as error:
        words = {
            "refused": error,
            "refused_advice": error.advice(),
            "is_conflict": isinstance(error, NoticeChanged),
            "typed": answers,
            "typed_section": key,
            "typed_lines": lines,
        }
        return _page(request, notice_for(visitor(request), ref, pk), status=HTTPStatus.CONFLICT, **words)
    if "others" in request.POST:
        attempt(request, lambda: _fill_others(request, edited))
    return redirect(f"{reverse('notice', args=[ref, pk])}#text")


@require_POST
def approve(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The text that the visitor read has their word."""

    def act(notice: Notice) -> str:
        text, why = request.POST.get("text_sha256", ""), request.POST.get("why", "")
        approved = notice_approve(notice=notice, text_sha256=text, by=visitor(request), now=now(), why=why)
        return "Both approvals stand." if approved.state == "approved" else "Your approval stands. The other is still missing."

    return _on_notice(request, ref, pk, act, place="approvals")


@require_POST
def send(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """It is on record that people sent it. Nothing is sent from here."""

    def act(notice: Notice) -> str:
        sending = notice_send(
            notice=notice,
            method=request.POST.get("method", ""),
            on=_day(request.POST.get("on", "")),
            people=_number(request.POST.get("people", "")),
            proof=request.POST.get("proof", ""),
            by=visitor(request),
            now=now(),
            evidence=_evidence(request, ref) if request.POST.get("evidence") else None,
            why=request.POST.get("why", ""),
        )
        return f"On record: {sending.people:,} on {sending.on:%-d %b %Y}. The clocks follow."

    return _on_notice(request, ref, pk, act, place="sending")


@require_POST
def withdraw(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The notice serves no duty any more; it stays on record with the reason."""

    def act(notice: Notice) -> str:
        notice_withdraw(notice=notice, why=request.POST.get("why", ""), by=visitor(request), now=now())
        return "The notice is withdrawn. Its record stays."

    return _on_notice(request, ref, pk, act, place="text")


@require_POST
def take(request: HttpRequest, ref: str, pk: int, form: str) -> HttpResponse:
    """The notice as a file. That it was taken out is on record, so this is not a link."""
    if form not in PAPER_FORMS:
        raise NotFound("There is no such form of a notice.")
    notice = notice_for(visitor(request), ref, pk)
    content = notice_taken_out(notice=notice, form=form, by=visitor(request), now=now())
    name = f"{'EXERCISE-' if notice.incident.is_exercise else ''}{ref}-notice-{pk}-v{notice.version}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=PAPER_FORMS[form], headers=headers)


def _page(request: HttpRequest, notice: Notice, *, status: HTTPStatus = HTTPStatus.OK, **words: Any) -> HttpResponse:
    page = notice_page(notice, person=visitor(request), now=now())
    typed = words.get("typed", {})
    context = {
        "incident": notice.incident,
        "notice": notice,
        "page": page,
        "answers": [(answer, typed.get(answer.field.id, answer.value)) for answer in page.answers],
        "methods": list(SendMethod),
        "forms": list(PAPER_FORMS),
        "language": LANGUAGES.get(notice.language, notice.language),
        "standing_lines": next((part.lines for part in page.parts if part.key == words.get("typed_section")), ""),
        "may_write": _may_write(request, notice.incident),
        **words,
    }
    return render(request, "console/room/notice.html", context, status=status)


def _fill_others(request: HttpRequest, notice: Notice) -> str:
    filled = len(notice_fill_others(notice=notice, by=visitor(request), now=now()))
    return f"Saved, and filled into {filled} other draft{'' if filled == 1 else 's'}."


def _on_incident(request: HttpRequest, ref: str, act: Callable[[Incident], str]) -> HttpResponse:
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    attempt(request, lambda: act(incident))
    return redirect("notices", ref)


def _on_notice(request: HttpRequest, ref: str, pk: int, act: Callable[[Notice], str], *, place: str) -> HttpResponse:
    notice = notice_for(visitor(request), ref, pk)
    attempt(request, lambda: act(notice))
    return redirect(f"{reverse('notice', args=[ref, pk])}#{place}")


def _may_write(request: HttpRequest, incident: Incident) -> bool:
    return visitor(request).may(Right.MARK_DUTIES) and incident.state != "closed"


def _evidence(request: HttpRequest, ref: str) -> Evidence:
    return evidence_for(visitor(request), ref, request.POST.get("evidence", ""))


def _typed(request: HttpRequest, name: str) -> str:
    """What was typed, with line breaks and without other controls, so that it can stand in a field again."""
    text = str(request.POST.get(name, "")).replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  # more digits than any count here has
        raise BadInput(f"Not a number: {text[:20]!r}.", advice="Give a whole number.")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"Not a day: {text[:20]!r}.", advice="Write it like 2026-03-20.") from error
