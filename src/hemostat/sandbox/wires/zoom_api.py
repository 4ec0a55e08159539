"""A twin of Zoom's interface: an account's recordings, their settings and views, and its reports, asked for with OAuth.

As strict as https://developers.zoom.us/docs/api says: an app proves itself by HTTP Basic for a token of an hour, dates are days
and a month apart at most, pages hold 300 records at most, the name of a page lasts 15 minutes and belongs to its query, a name of
a meeting with certain slashes must be escaped twice, and whoever asks too often is told until when to wait. What the fields of
settings and views are called no source confirmed.
"""

import secrets
import threading
from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from hemostat.kernel import Clock

from .loopback import Asked, Said

_HOUR, _PAGE = timedelta(hours=1), timedelta(minutes=15)
_MONTH = timedelta(days=31)
_MOST = 300
_LISTS = {
    "/v2/accounts/me/recordings": ("meetings", "start_time"),
    "/v2/report/operationlogs": ("operation_logs", "time"),
    "/v2/report/activities": ("activity_logs", "time"),
}


class ZoomAccount:
    """One account. `faults` are said once each before anything else is looked at: a status, and its header `Retry-After`.

    lists: the records of each list, by its member. settings, participants: of each recording, by the name of its meeting.
    views: the same, with the type of the view. refused: ends of paths without a scope.
    asked: paths in the order in which they were asked for.
    """

    def __init__(self, *, clock: Clock, account: str, client: str, secret: str, page: int = _MOST) -> None:
        self.faults: list[tuple[int, str]] = []
        self.lists: dict[str, list[dict[str, Any]]] = {"meetings": [], "operation_logs": [], "activity_logs": []}
        self.settings: dict[str, dict[str, Any]] = {}
        self.participants: dict[str, list[dict[str, Any]]] = {}
        self.views: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self._clock = clock
        self._account = account
        self._proof = "Basic " + b64encode(f"{client}:{secret}".encode()).decode()
        self._page = page
        self._tokens: dict[str, datetime] = {}
        self._pages: dict[str, tuple[str, list[dict[str, Any]], datetime]] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """No token counts any more, as when the app was switched off and on."""
        self._tokens.clear()

    def answer(self, asked: Asked) -> Said:
        """What the service says."""
        with self._lock:
            parts = urlsplit(asked.target)
            self.asked.append(parts.path)
            if self.faults:
                status, wait = self.faults.pop(0)
                return _said({"code": status}, status, {"retry-after": wait} if wait else {})
            if parts.path == "/oauth/token":
                return self._token(asked)
            token = asked.headers.get("authorization", "").removeprefix("Bearer ")
            if self._tokens.get(token, self._clock.now()) <= self._clock.now():
                return _said({"code": 124, "message": "Invalid access token."}, 401)
            if any(parts.path.endswith(end) for end in self.refused):
                return _said({"code": 4711, "message": "Invalid access token, does not contain scopes."}, 400)
            if asked.method != "GET":
                return _said({"code": 405}, 405)
            return self._got(parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()})

    def _token(self, asked: Asked) -> Said:
        form = {name: values[-1] for name, values in parse_qs(asked.body.decode(errors="replace")).items()}
        if asked.method != "POST" or asked.headers.get("authorization") != self._proof:
            return _said({"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, 401)
        if form != {"grant_type": "account_credentials", "account_id": self._account}:
            return _said({"reason": "Bad Request", "error": "invalid_request"}, 400)
        token = secrets.token_hex(16)
        self._tokens[token] = self._clock.now() + _HOUR
        return _said({"access_token": token, "token_type": "bearer", "expires_in": 3599, "scope": "x"})

    def _got(self, path: str, query: Mapping[str, str]) -> Said:
        if path in _LISTS:
            member, time = _LISTS[path]
            return self._listed(path, member, query, [(str(each[time]), each) for each in self.lists[member]])
        if path.startswith("/v2/report/meetings/") and path.endswith("/participants"):
            uuid = _meeting(path.removeprefix("/v2/report/meetings/").removesuffix("/participants"))
            if uuid in self.participants:
                return self._paged(path, "participants", query, self.participants[uuid])
        start, _, end = path.partition("/recordings/")
        uuid = _meeting(start.removeprefix("/v2/meetings/"))
        if end == "settings" and uuid in self.settings:
            return _said(self.settings[uuid])
        if end == "analytics_details" and uuid in self.settings:
            found = self.views.get((uuid, query.get("type", "")), [])
            return self._listed(path, "analytics_details", query, [(str(each["date_time"]), each) for each in found])
        return _said({"code": 3301, "message": "There is no recording for this meeting."}, 404)

    def _listed(self, path: str, member: str, query: Mapping[str, str], all_of_it: list[tuple[str, dict[str, Any]]]) -> Said:
        """A page of what lies between two days, both included."""
        try:
            begin, end = date.fromisoformat(query["from"]), date.fromisoformat(query["to"])
        except (KeyError, ValueError):
            return _INVALID
        if not begin <= end <= begin + _MONTH:
            return _INVALID
        found = [each for time, each in all_of_it if begin <= date.fromisoformat(time[:10]) <= end]
        return self._paged(f"{path}?{begin}&{end}", member, query, found)

    def _paged(self, asked: str, member: str, query: Mapping[str, str], found: list[dict[str, Any]]) -> Said:
        """A page of what was found, or of what a page's name stands for."""
        given = query.get("page_size", "30")
        if not given.isdecimal() or not 1 <= int(given) <= _MOST:
            return _INVALID
        if token := query.get("next_page_token", ""):
            of, found, until = self._pages.get(token, ("", [], self._clock.now()))
            if of != asked or until <= self._clock.now():
                return _INVALID
        size = min(int(given), self._page)
        token = secrets.token_hex(8) if found[size:] else ""
        if token:
            self._pages[token] = asked, found[size:], self._clock.now() + _PAGE
        return _said({"page_size": size, "next_page_token": token, member: found[:size]})


def _meeting(segment: str) -> str:
    """The name of a meeting, as Zoom understands a part of a path: one that needs it must have been escaped twice."""
    once = unquote(segment)
    twice = unquote(once)
    if twice.startswith("/") or "//" in twice:
        return twice if once != twice else ""
    return once


def _said(what: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Said:
    return Said(status=status, body=msgspec.json.encode(what), headers=headers or {})


_INVALID = _said({"code": 300, "message": "Invalid parameter, or a name of a page that is invalid or over."}, 400)
