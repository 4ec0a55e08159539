"""Asking a system, before it is connected, whether the answers are right: with the same credentials, and nothing of a patient.

Each question costs its system little and changes nothing there. A system that cannot be asked gives no check: then only its first
event shows that it is connected.
"""

import glob
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx
import msgspec

from hemostat.kernel import HemostatError, Settings
from hemostat.stores.checks import Check

from .connecting import Plan
from .reaching import fault_of, is_here
from .trying_clouds import pubsub, sqs
from .trying_stores import magento_rest, magento_tables, shopify, shopify_admin
from .trying_vendors import adobe_journal, twilio, zoom

_SECONDS = 10.0
_MOST_FILES = 1000
_FORBIDDEN = frozenset({401, 403})
_ADDRESSES = ("address", "endpoint", "base", "token", "monitor", "api", "ims")
"""Options of feeds that name another address of a system than its vendor's."""


def tried(settings: Settings, plan: Plan) -> list[Check]:
    """What its system says to the answers of a plan; [] when it cannot be asked. A network that fails is a check that failed."""
    feed = plan.source.feed
    ask = _FEEDS.get(feed.kind) if feed else _KINDS.get(plan.kind)
    if ask is None:
        return []
    if not may_ask(settings, plan):
        return [Check(title="Nobody was asked", good=False, reason="This home is a sandbox: it reaches this machine only.")]
    try:
        return list(ask(plan))
    except HemostatError as error:
        return [Check(title="It can be asked", good=False, reason=f"{error} {error.advice()}".strip(), must=True)]


def _files(plan: Plan) -> Iterator[Check]:
    paths = plan.source.feed.options.get("paths", []) if plan.source.feed else []
    for pattern in paths:
        names = glob.iglob(pattern, recursive=True)  # noqa: PTH207  # `Path.glob` takes no absolute pattern
        found = [name for name in islice(names, _MOST_FILES) if Path(name).is_file()]
        if not found:
            reason = "No file is there now, or this user may not see the folder. One that comes later is followed."
            yield Check(title=f"Files like {pattern}", good=False, reason=reason)
            continue
        closed = [path for path in found if not os.access(path, os.R_OK)]
        reason = f"{closed[0]} may not be read by this user: the worker's user needs the right to." if closed else ""
        yield Check(title=f"{len(found)} file{'' if len(found) == 1 else 's'} like {pattern}", good=not closed, reason=reason)


def _fhir(plan: Plan) -> Iterator[Check]:
    """Counts the newest audit events, without asking for one."""
    options = plan.source.feed.options if plan.source.feed else {}
    token = plan.keys.get(f"feed.{plan.name}", b"").decode(errors="replace")
    headers = {"accept": "application/fhir+json"} | ({"authorization": f"Bearer {token}"} if token else {})
    url, asked = f"{str(options['base']).rstrip('/')}/AuditEvent", {"_summary": "count", "_count": "0"}
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False) as http:
            answer = http.get(url, params=asked, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        yield Check(title="The server answers", good=False, reason=f"{fault_of(error)} Check its address.", must=True)
        return
    yield Check(title="The server answers", good=True)
    allowed = answer.status_code not in _FORBIDDEN
    reason = "" if allowed else "The scope is missing, or the token has ended."
    yield Check(title="Permission system/AuditEvent.rs", good=allowed, reason=reason, must=True)
    try:
        is_bundle = msgspec.json.decode(answer.content[:1_000_000], type=dict[str, object]).get("resourceType") == "Bundle"
    except (msgspec.DecodeError, UnicodeDecodeError):
        is_bundle = False
    if allowed:
        reason = "" if is_bundle else f"It answered {answer.status_code}, and no Bundle: is the address that of the FHIR server?"
        yield Check(title="It searches audit events", good=is_bundle, reason=reason)


def may_ask(settings: Settings, plan: Plan) -> bool:
    """May this home ask the system at all? A sandbox reaches twins on this machine only."""
    if settings.kind != "sandbox":
        return True
    options = plan.source.feed.options if plan.source.feed else {}
    if "paths" in options:
        return True
    told = [options[name] for name in _ADDRESSES if options.get(name)]
    told = told or [plan.used.get("address") or plan.domain or f"//{options.get('host', '')}"]
    return all(is_here(str(one)) for one in told)


_Ask = Callable[[Plan], Iterator[Check]]
_KINDS: dict[str, _Ask] = {"shopify": shopify}
_FEEDS: dict[str, _Ask] = {
    "shopify-admin": shopify_admin,
    "magento-rest": magento_rest,
    "magento-tables": magento_tables,
    "adobe-journal": adobe_journal,
    "sqs": sqs,
    "pubsub": pubsub,
    "files": _files,
    "fhir": _fhir,
    "zoom": zoom,
    "twilio": twilio,
}
