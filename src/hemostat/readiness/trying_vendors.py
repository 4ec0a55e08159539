"""Asking vendors who send webhooks, and are asked besides for what they did not send: is the account known, and what may it do?

Asked for is a token, or what happened from this moment on: nothing. Zoom says in its answer which scopes a token has; how the
others refuse is as their pages say, and was not tried with live accounts.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from hemostat.stores.checks import Check

from .connecting import Plan
from .setup_guides import guides

_SECONDS = 10.0
_MOST = 65_536  # bytes of an answer


def zoom(plan: Plan) -> Iterator[Check]:
    """Of a server-to-server app: does Zoom give it a token, and with which scopes?"""
    key, options = _fields(plan), _options(plan)
    url = str(options.get("token", "")) or "https://zoom.us/oauth/token"
    form = {"grant_type": "account_credentials", "account_id": key["account_id"]}
    status, answer = _asked("POST", url, _basic(key["client_id"], key["client_secret"]), data=form)
    yield _let_in("Zoom gives the app a token", status, "Check the three texts, and that the app is activated.", given=answer)
    if status != httpx.codes.OK:
        return
    granted = set(str(answer.get("scope", "")).split())
    needs = guides().needs.ways[plan.way].needs
    for need in needs:
        good = need.grant in granted or need.optional
        reason = "" if good else f"{need.reason} Add it, and activate the app again."
        yield Check(title=f"Scope {need.grant}", good=good, reason=reason)
    for scope in sorted(one for one in granted - {need.grant for need in needs} if ":write" in one or ":delete" in one):
        yield Check(title=f"Scope {scope} is too much", good=False, reason="We only read. Whoever steals the secret could write.")


def twilio(plan: Plan) -> Iterator[Check]:
    """Of an API key: may it read what we ask for?"""
    key, options = _fields(plan), _options(plan)
    sid = key["account_sid"]
    headers = _basic(key.get("key_sid") or sid, key["secret"])
    now = datetime.now(tz=UTC)  # from now on: nothing has happened yet
    monitor = str(options.get("monitor", "")).rstrip("/") or "https://monitor.twilio.com"
    api = str(options.get("api", "")).rstrip("/") or "https://api.twilio.com"
    lists: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("Monitor Events", f"{monitor}/v1/Events", {"StartDate": f"{now:%Y-%m-%dT%H:%M:%SZ}"}),
        ("recordings", f"{api}/2010-04-01/Accounts/{sid}/Recordings.json", {"DateCreated>": f"{now:%Y-%m-%d}"}),
    )
    for what, url, query in lists:
        status, answer = _asked("GET", url, headers, params={**query, "PageSize": "1"})
        yield _let_in(f"Permission to read {what}", status, "Give the restricted API key this right.", given=answer)


def adobe_journal(plan: Plan) -> Iterator[Check]:
    """Of a project: does Adobe give it a token? The journal itself is not asked: it would hand out events."""
    options = _options(plan)
    ims = str(options.get("ims", "")).rstrip("/") or "https://ims-na1.adobelogin.com"
    form = {
        "grant_type": "client_credentials",
        "client_id": str(plan.source.options.get("client_id", "")),
        "client_secret": plan.keys[f"feed.{plan.name}"].decode(errors="replace"),
        "scope": str(options.get("scopes", "")) or "openid,AdobeID,adobeio_api",
    }
    status, answer = _asked("POST", f"{ims}/ims/token/v3", {}, data=form)
    advice = "Check client id, client secret and scopes of the OAuth Server-to-Server credential."
    yield _let_in("Adobe gives the project a token", status, advice, given=answer)


def _let_in(title: str, status: int, advice: str, *, given: Mapping[str, Any]) -> Check:
    if status == httpx.codes.OK and given:
        return Check(title=title, good=True, must=True)
    reason = "Nobody answers." if not status else f"The answer is {status}."
    # A right that is missing is told; without an account that is known nothing works.
    return Check(title=title, good=False, reason=f"{reason} {advice}", must=True)


def _asked(method: str, url: str, headers: Mapping[str, str], **more: Any) -> tuple[int, dict[str, Any]]:
    """What was answered: 0 when nobody did; an empty object for what is none."""
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False) as http:
            answer = http.request(method, url, headers={**headers, "accept": "application/json"}, **more)
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0, {}
    try:
        return answer.status_code, msgspec.json.decode(answer.content[:_MOST], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return answer.status_code, {}


def _basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


def _fields(plan: Plan) -> dict[str, str]:
    return msgspec.json.decode(plan.keys[f"feed.{plan.name}"], type=dict[str, str])


def _options(plan: Plan) -> dict[str, Any]:
    return plan.source.feed.options if plan.source.feed else {}
