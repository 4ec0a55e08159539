"""Pages for what went wrong, each with the way out."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from hemostat.kernel import HemostatError


def not_found(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001  # a stranger learns nothing from the reason
    """The one page for what does not exist and for what the asker may not know to exist."""
    return render(request, "console/not_found.html", status=HTTPStatus.NOT_FOUND)


def refused(request: HttpRequest, error: HemostatError) -> HttpResponse:
    """The page for an error that we raised on purpose: what happened, and what can be done now."""
    words = {"message": str(error), "advice": error.advice()}
    return render(request, "console/refused.html", words, status=HTTPStatus.BAD_REQUEST)


@login_not_required
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django hands the reason over
    """The page for a form whose page was too old, or that came from another site."""
    words = {
        "message": "This form is too old, or came from another site. Nothing was changed.",
        "advice": "Go back, load the page again, and send it once more.",
    }
    return render(request, "console/refused.html", words, status=HTTPStatus.FORBIDDEN)


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # it may be the request itself that breaks things
    """The page for an error that nobody foresaw. It asks nothing of database, clock or visitor: they may be broken."""
    words = {"is_exercise": settings.HEMOSTAT.kind == "sandbox"}
    return HttpResponse(render_to_string("console/failed.html", words), status=HTTPStatus.INTERNAL_SERVER_ERROR)
