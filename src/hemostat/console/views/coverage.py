"""The coverage map: every path to patient data, and whether its events arrive. As a page, and as JSON."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from hemostat.console.gate import needs, visitor
from hemostat.console.moment import now
from hemostat.drawings import share_bar
from hemostat.kernel import Home, NotFound
from hemostat.people.rights import Right
from hemostat.readiness.coverage import CoverageMap, Path, Share, State, coverage, stores
from hemostat.readiness.coverage_seen import heard


@needs(Right.SEE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One card per surface, and below them the paths that the filters let through."""
    known = stores(settings.HOME.settings())
    asked = {name: request.GET.get(name, "") for name in ("store", "surface", "state")}
    store = asked["store"] or next(iter(known), "")
    if not store:
        return render(request, "console/coverage.html", {"stores": known, "may_connect": visitor(request).may(Right.CONNECT)})
    found = _map(store, known)
    paths = [path for path in found.paths if _passes(path, asked)]
    words = {
        "stores": known,
        "store": store,
        "map": found,
        "paths": sorted(paths, key=lambda path: list(State).index(path.state) if path.state is not State.LOGGED else len(State)),
        "asked": asked,
        "states": [str(state) for state in State],
        "cards": [(share, _bar(share)) for share in found.shares],
        "whole_bar": _bar(found.whole),
        "may_connect": visitor(request).may(Right.CONNECT),
    }
    return render(request, "console/coverage.html", words)


@needs(Right.SEE)
@require_safe
def index_json(request: HttpRequest) -> JsonResponse:
    """The map of one store, or of all of them, as `hemostat coverage --json` prints it."""
    known = stores(settings.HOME.settings())
    asked = request.GET.get("store", "")
    return JsonResponse({"maps": [_map(store, known).document() for store in ([asked] if asked else known)]})


def _map(store: str, known: dict[str, str]) -> CoverageMap:
    """The map as it was within the last minute. Raises `NotFound` for a store that the settings do not name."""
    if store not in known:
        raise NotFound("There is no such store.")
    at = now()
    return _asked(settings.HOME.path.as_posix(), store, at.replace(second=0, microsecond=0), _mark(settings.HOME, store))


@lru_cache(maxsize=32)
def _asked(_path: str, store: str, at: datetime, _mark: tuple[Any, ...]) -> CoverageMap:
    return coverage(settings.HOME, store, now=at, heard=heard(settings.HOME, now=at))


def _mark(home: Home, store: str) -> tuple[Any, ...]:
    """What tells whether settings or snapshots have changed."""
    stat = home.settings_file.stat()
    folder = home.path / "snapshots" / store
    return stat.st_mtime_ns, stat.st_ino, folder.stat().st_mtime_ns if folder.exists() else 0


def _passes(path: Path, asked: dict[str, str]) -> bool:
    return asked["surface"] in {"", *path.surfaces} and asked["state"] in {"", str(path.state)}


def _bar(share: Share) -> SafeString:
    counts = (
        ("logged", share.logged), ("silent", share.silent), ("not-connected", share.not_connected), ("cannot", share.cannot),
    )  # fmt: skip
    words = f"{share.logged} logged, {share.silent} silent, {share.not_connected} not connected, {share.cannot} cannot be logged"
    return share_bar(counts, words=words)
