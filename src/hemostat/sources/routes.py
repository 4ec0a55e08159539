"""A merchant's map of patient data, laid over the requests of a web server."""

import posixpath
import re
from collections.abc import Sequence
from urllib.parse import unquote

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import BadSettings, Route, Source

from .request import Request, joined, query_pairs
from .shopify_signature import proxy_signed

_TWICE = "The parameter that names the person came more than once; the last one counts, as PHP and Rack take it."
_READING = {"GET", "HEAD", "OPTIONS", ""}


class RouteMap:
    """The routes of one source. The longest prefix that fits decides.

    Raises `BadSettings` when the source or one of its routes uses a word that is none of ours.
    """

    def __init__(self, name: str, source: Source, *, secrets: Sequence[bytes]) -> None:
        self._name = name
        self._source = source
        self._secrets = secrets
        try:
            self._environment = Environment(source.environment)
            self._surface = Surface(source.surface)
            self._routes = [
                (route, Surface(route.surface), Act(route.act)) for route in sorted(source.routes, key=_longest_first)
            ]  # fmt: skip
        except ValueError as error:
            raise BadSettings(f"Source {name!r}: {error}.", advice="`docs/reference/intake.md` lists the words.") from error

    def access(self, request: Request) -> Access:
        """The access that a request is."""
        path = plain_path(request.path)
        result = Result.of_status(request.status)
        route, surface, act = self._match(path, request.method)
        # Most pages are no route of patient data, and nobody asks for their parameters.
        values = _values(request.query) if request.query and route is not _NO_ROUTE else {}
        subject = _last(values, route.subject)
        odd = _TWICE if len(set(values.get(route.subject, ()))) > 1 and route.subject else ""
        answered = result is Result.SUCCESS and request.method != "HEAD"
        return Access(
            time=request.time,
            offset_minutes=request.offset_minutes,
            act=act,
            surface=surface,
            store=self._source.store,
            environment=self._environment,
            source=self._name,
            actor=request.user,
            actor_type=ActorType.PERSON if request.user else ActorType.UNKNOWN,
            auth=self._auth(route, request, values),
            ip=request.ip,
            asn=request.asn,
            user_agent=request.user_agent,
            host=request.host,
            method=request.method,
            path=path,
            query=request.query,
            status=request.status,
            bytes=request.bytes,
            result=result,
            subject=subject,
            subjects=1 if subject and answered else 0,
            token=_last(values, route.token),
            request_id=request.request_id,
            elements=tuple(route.exposes) if answered else (),
            message=joined(request.remark, odd),
        )

    def _match(self, path: str, method: str) -> tuple[Route, Surface, Act]:
        for route, surface, act in self._routes:
            if path.startswith(route.prefix):
                return route, surface, act
        return _NO_ROUTE, self._surface, Act.PAGE_READ if method in _READING else Act.PAGE_WRITE

    def _auth(self, route: Route, request: Request, values: dict[str, list[str]]) -> Auth:
        """How the caller showed who he was, by what the route expects of him."""
        if route.signed_by:
            if route.signed_by not in values:
                return Auth.UNSIGNED
            if self._secrets and not proxy_signed(request.query, self._secrets, parameter=route.signed_by):
                return Auth.FORGED
            return Auth.SIGNED
        if request.user:
            return Auth.LOGIN
        if route.token:
            return Auth.TOKEN if _last(values, route.token) else Auth.NONE
        return Auth.UNKNOWN


def plain_path(path: str) -> str:
    """A path as the server understands it: decoded once, without doubled slashes and dot segments (RFC 3986, section 6)."""
    decoded = unquote(path, errors="replace") if "%" in path else path
    if "//" in decoded:
        decoded = re.sub(r"/{2,}", "/", decoded)
    if "/." not in decoded or not decoded.startswith("/"):
        return decoded
    return posixpath.normpath(decoded) + (
        "/" if decoded.endswith(("/", "/.", "/..")) and posixpath.normpath(decoded) != "/" else ""
    )


_NO_ROUTE = Route(prefix="", surface="", act="")


def _longest_first(route: Route) -> int:
    return -len(route.prefix)


def _values(query: str) -> dict[str, list[str]]:
    """The values of each parameter, decoded, in their order."""
    values: dict[str, list[str]] = {}
    for name, value in query_pairs(query):
        values.setdefault(name, []).append(value)
    return values


def _last(values: dict[str, list[str]], parameter: str) -> str:
    return values[parameter][-1] if parameter and parameter in values else ""
