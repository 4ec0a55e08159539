"""The steps of a playbook: complete one in one's own words, run one, rehearse one, confirm one as the second person."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from hemostat.console.gate import visitor
from hemostat.console.moment import now
from hemostat.incidents.models import Step
from hemostat.incidents.selectors import step_for
from hemostat.incidents.services import Targets, step_complete, step_execute, step_second
from hemostat.incidents.vocabulary import StepState
from hemostat.people.rights import Right

from .incidents import act_in_room

_MOST_FACTS = 40


def _on_step(request: HttpRequest, ref: str, slug: str, act: Callable[[Step], str]) -> HttpResponse:
    return act_in_room(request, ref, lambda _: act(step_for(visitor(request), ref, slug, need=Right.SEE)), place=f"step-{slug}")


@require_POST
def complete(request: HttpRequest, ref: str, slug: str) -> HttpResponse:
    """A person's step is done: with a note, or with a choice, its reasons and the facts that were known."""

    def act(step: Step) -> str:
        facts = [line.strip() for line in request.POST.get("facts", "").splitlines() if line.strip()][:_MOST_FACTS]
        answer = {name: request.POST.get(name, "") for name in ("note", "choice", "rationale")}
        done = step_complete(step=step, by=visitor(request), now=now(), answer={**answer, "facts": facts})
        return f"{done.name}: done."

    return _on_step(request, ref, slug, act)


@require_POST
def run(request: HttpRequest, ref: str, slug: str) -> HttpResponse:
    """A step that a machine does has run; what it answered stands at the step."""

    def act(step: Step) -> str:
        result = step_execute(step=step, by=visitor(request), now=now(), targets=Targets.of(settings.HOME))
        if result.state is StepState.FAILED:
            messages.error(request, f"{step.name}: {result.summary}")
            return ""
        if result.state is StepState.AWAITING_SECOND:
            messages.info(request, f"{step.name}: {result.summary}")
            return ""
        return result.summary

    return _on_step(request, ref, slug, act)


@require_POST
def rehearse(request: HttpRequest, ref: str, slug: str) -> HttpResponse:
    """What the step would send is shown; nothing was sent."""

    def act(step: Step) -> str:
        result = step_execute(step=step, by=visitor(request), now=now(), targets=Targets.of(settings.HOME), dry_run=True)
        messages.info(request, f"Dry run of {step.name}. {result.summary} It would do: {' · '.join(result.requests)}")
        return ""

    return _on_step(request, ref, slug, act)


@require_POST
def second(request: HttpRequest, ref: str, slug: str) -> HttpResponse:
    """A second person has confirmed the step; whoever asked for it may run it now."""

    def act(step: Step) -> str:
        confirmed = step_second(step=step, by=visitor(request), now=now())
        who = confirmed.requested_by.full_name if confirmed.requested_by else "whoever asked"
        return f"You confirmed {confirmed.name}. {who} runs it now."

    return _on_step(request, ref, slug, act)
