"""The door of each page: who may open it, and what an act that was refused says."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hemostat.kernel import HemostatError, NotFound
from hemostat.people.models import Person
from hemostat.people.rights import Right

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def visitor(request: HttpRequest) -> Person:
    """Who asks, with the roles at hand. Every page but the entrance is behind the sign-in, so there is somebody."""
    person = cast("Person", request.user)
    # A page asks for a hundred rights: without this each would be a question to the database.
    prefetch_related_objects([person], "grants")
    return person


def needs(right: Right) -> Callable[[View[P]], View[P]]:
    """The page exists only for those who hold the right: others get the answer for an address that does not exist."""

    def closed(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not visitor(request).may(right):
                raise NotFound("There is no such page for you.")
            return view(request, *args, **kwargs)

        return answer

    return closed


def attempt(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Was the act done? Its sentence, or what was in its way and what helps, is said on the page.

    An act that somebody else did first is such an answer too, not an error page. What may not be known stays unknown.
    """
    try:
        said = act()
    except NotFound:
        raise
    except HemostatError as error:
        messages.error(request, f"{error} {error.advice()}".strip())
        return False
    if said:
        messages.success(request, said)
    return True
