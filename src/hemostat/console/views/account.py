"""Signing in: with a password and a second factor, with a passkey, or as a demonstration person of a sandbox."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hemostat.console.context import is_sandbox
from hemostat.console.roster import first_with, has_people
from hemostat.kernel import NotFound
from hemostat.people.rights import Role

_FINDS = {
    Role.ENGINEER: "stop the leak, keep the proof",
    Role.COMPLIANCE: "count people, meet the clocks",
    Role.COUNSEL: "discovery, privilege, who is told",
    Role.COMMANDER: "who does what, what is late",
    Role.TRAINING_LEAD: "drills and how they went",
    Role.AUDITOR: "evidence, not claims",
    Role.ADMIN: "people, sources, settings",
}


def has_demo() -> bool:
    """May people sign in here as a role, without a password? Only in a sandbox whose settings say so."""
    return bool(settings.HEMOSTAT.console.demo) and is_sandbox()


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """The sign-in page; the setup page instead while nobody exists; one button per role in a demonstration."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or the way to the setup."""
        if not has_people():
            return redirect("setup")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words of the page."""
        return {**super().get_context_data(**kwargs), "demo_roles": list(_FINDS.items()) if has_demo() else []}


sign_in = login_not_required(SignIn.as_view())


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """The visitor is the demonstration person of a role. Outside a demonstration this address does not exist."""
    person = first_with(Role(role)) if has_demo() and role in set(Role) else None
    if person is None:
        raise NotFound("There is no such sign-in.")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("today")
