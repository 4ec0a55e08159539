"""What holds for every answer of the console: its headers, its redirects and its error pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from hemostat.kernel import HemostatError, NotFound

from .views import errors

type_of_answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)"
)


def security_headers(get_response: type_of_answer) -> type_of_answer:
    """Every answer carries the strict policy; pages are never stored; cookies are Secure when the request came by HTTPS."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["X-Frame-Options"] = "DENY"
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return answer


def full_redirects(get_response: type_of_answer) -> type_of_answer:
    """A redirect that answers an htmx request moves the whole page: no sign-in form ever lands inside a table."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if getattr(request, "htmx", False) and response.status_code in {301, 302, 303, 307, 308}:
            return HttpResponseClientRedirect(response.headers["Location"])
        return response

    return answer


class ErrorPages:
    """An error that we raised on purpose becomes a page that says what can be done now."""

    def __init__(self, get_response: type_of_answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the page, whatever it is."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for our own errors; None for others, which Django turns into the 500 page."""
        if isinstance(error, NotFound):
            return errors.not_found(request, error)
        if isinstance(error, HemostatError):
            return errors.refused(request, error)
        return None
