"""Lines as the merchant's systems write them, one function a wire; nothing in them says whether they belong to a leak.

Forms: those that the readers of `hemostat.sources` accept. The audit feed is the example that Shopify publishes.
"""

import random
from base64 import b64encode
from typing import Any, NamedTuple

import msgspec

from hemostat.kernel import from_micros, iso

from .networks import Caller

SHOP = "fernhollow.myshopify.example"
CARE_HOST = "care-app.fernhollow.example"
REFILL_HOST = "refill.fernhollow.example"
RECORDINGS, LOGS = "fh-recordings", "fh-applogs"
"""Buckets: of recorded visits, by clinic, and of the logs of apps."""

_REST_TYPE = {"code": "rest"}
_READ, _SEARCH = ("R", "110152", "110153"), ("E", "110153", "110152")
"""Action, client's and server's code: the profiles of IHE BALP swap the two codes between reading and searching."""


class Line(NamedTuple):
    """One record on its way to the forwarder.

    time: when it happened, in microseconds since 1970. topic: of a webhook.
    campaign, quirk, people: what only the judge may know: the leak, or the peculiarity, that it belongs to, and whom it exposed.
    """

    time: int
    source: str
    body: bytes
    topic: str = ""
    campaign: str = ""
    quirk: str = ""
    people: tuple[int, ...] = ()


def request_id(draw: random.Random) -> str:
    """What names a request: 24 hexadecimal digits."""
    return f"{draw.getrandbits(96):024x}"


def web(
    time: int,
    caller: Caller,
    target: str,
    *,
    rid: str,
    status: int = 200,
    size: int = 5_000,
    method: str = "GET",
    source: str = "edge",
) -> Line:
    """A request of a patient's browser, as the edge logs it."""
    record = {
        "time": iso(from_micros(time)),
        "remote_addr": caller.ip,
        "asn": caller.asn,
        "host": CARE_HOST if source == "edge" else "stg-shop.fernhollow.example",
        "method": method,
        "request_uri": target,
        "status": status,
        "body_bytes_sent": size,
        "http_user_agent": caller.agent,
        "request_id": rid,
    }
    return Line(time, source, msgspec.json.encode(record))


def told(time: int, source: str, act: str, caller: Caller, *, rid: str, **fields: Any) -> Line:
    """An event in our own words, of an app that logs for us."""
    network = {"ip": caller.ip, "asn": caller.asn, "user_agent": caller.agent, "request_id": rid}
    return Line(time, source, msgspec.json.encode({"time": iso(from_micros(time)), "act": act, **network, **fields}))


def audited(
    time: int,
    app: tuple[int, str],
    caller: Caller,
    query: str,
    *,
    rid: str,
    variables: dict[str, Any] | None = None,
    staff: str = "",
    code: int = 200,
) -> Line:
    """A call of the Admin API, as Shopify's audit feed tells it; a mutation is named by its root."""
    number, name = app
    actor: dict[str, Any] = {
        "actor_type": "app",
        "actor_identifier": str(number),
        "actor_metadata": {"app_name": name, "ecosystem_category": "private", "api_version_requested": "2026-10"},
    }
    if staff:
        actor["on_behalf_of"] = {"user_email": staff}
    facts = {"client_ip": caller.ip, "user_agent": caller.agent, "response_code": code, "api_request_failed": code >= 400}  # noqa: PLR2004  # HTTP
    metadata: dict[str, Any] = {"request_type": "GraphQL", "query": query, "variables": variables or {}}
    if query.startswith("mutation"):
        metadata["mutation_names"] = [query.partition("{")[2].partition("(")[0].strip()]
    event = {
        "timestamp": iso(from_micros(time)),
        "action": "api_request",
        "actor": actor,
        "context": {"context_type": "network_request", "context_identifier": rid, "context_metadata": facts},
        "subject": {"subject_type": "shop", "subject_identifier": SHOP},
        "additional_metadata": metadata,
    }
    return Line(time, "admin-audit", msgspec.json.encode({"time": time // 1_000_000, "event": event}))


def refill(
    time: int,
    caller: Caller,
    target: str,
    *,
    rid: str,
    status: int = 200,
    size: int = 9_000,
    method: str = "GET",
    more: str = "",
) -> Line:
    """A request of the Magento store, combined format with what the edge adds behind the agent: `more` is `name=value`."""
    stamp = from_micros(time).strftime("%d/%b/%Y:%H:%M:%S +0000")
    extras = " ".join(filter(None, (f"asn={caller.asn}", f"rid={rid}", f"host={REFILL_HOST}", more)))
    line = f'{caller.ip} - - [{stamp}] "{method} {target} HTTP/1.1" {status} {size} "-" "{caller.agent}" {extras}'
    return Line(time, "refill-shop", line.encode())


def chart(
    time: int,
    who: tuple[str, str],
    caller: Caller,
    *,
    rid: str,
    patients: tuple[int, ...],
    thing: str,
    app: str = "ehr",
    searched: str = "",
) -> Line:
    """A FHIR AuditEvent of R4 by the profiles of IHE BALP. who: `Practitioner` or `Device`, and its identifier."""
    kind, name = who
    action, client, server = _SEARCH if searched else _READ
    agents: list[dict[str, Any]] = [
        {"type": {"coding": [{"code": client}]}, "who": {"display": app}, "requestor": kind == "Device", "network": _net(caller)},
        {"type": {"coding": [{"code": server}]}, "who": {"display": "fhir"}, "requestor": False},
    ]
    if kind == "Device":
        agents[0]["who"] = {"reference": f"Device/{name}", "display": name}
    else:
        who_is = {"identifier": {"value": name}, "reference": f"{kind}/{name.partition('@')[0]}"}
        agents.append({"type": {"coding": [{"code": "IRCP"}]}, "who": who_is, "requestor": True})
    entities: list[dict[str, Any]] = (
        [{"what": {"reference": f"{thing}/{rid[:12]}"}, "type": {"code": "2"}}] if not searched else []
    )
    entities += [{"what": {"reference": f"Patient/{patient}"}, "role": {"code": "1"}} for patient in patients]
    if searched:
        entities.append({"role": {"code": "24"}, "query": b64encode(searched.encode()).decode()})
    entities.append({"type": {"code": "XrequestId"}, "what": {"identifier": {"value": rid}}})
    record = {
        "resourceType": "AuditEvent",
        "id": rid,
        "type": _REST_TYPE,
        "subtype": [{"code": "search" if searched else "read"}],
        "action": action,
        "recorded": iso(from_micros(time)),
        "outcome": "0",
        "agent": agents,
        "source": {"observer": {"display": "fhir"}},
        "entity": entities,
    }
    return Line(time, "clinic", msgspec.json.encode(record))


def _net(caller: Caller) -> dict[str, str]:
    return {"address": caller.ip, "type": "2"}


def stored(
    time: int,
    place: str,
    caller: Caller,
    *,
    rid: str,
    operation: str = "REST.GET.OBJECT",
    requester: str = "-",
    size: int = 40_000_000,
    signature: str = "",
) -> Line:
    """A request of the object store, as S3 logs it. place: bucket and key; signature: of a presigned link."""
    bucket, _, key = place.partition("/")
    stamp = from_micros(time).strftime("%d/%b/%Y:%H:%M:%S +0000")
    auth = "QueryString" if signature else "-" if requester == "-" else "AuthHeader"
    requester = _SIGNER if signature else requester
    query = f"?X-Amz-Signature={signature}" if signature else "?policy" if key == "-" else ""
    verb = operation.split(".")[1]
    path = "" if key == "-" else key
    line = (
        f'7f3c0wner {bucket} [{stamp}] {caller.ip} {requester} {rid} {operation} {key} "{verb} /{bucket}/{path}{query} HTTP/1.1" '
        f'200 - {size} {size} 84 21 "-" "{caller.agent}" - {rid[::-1]}= SigV4 ECDHE-RSA-AES128-GCM-SHA256 {auth} '
        f"{bucket}.s3.us-east-1.example TLSv1.3 - -"
    )
    return Line(time, _LOG_OF[bucket], line.encode())


_SIGNER = "arn:aws:sts::000000000000:assumed-role/replay/links"
_LOG_OF = {RECORDINGS: "recordings", LOGS: "log-bucket"}


def logged(time: int, app: str, words: str) -> Line:
    """A sentence of an app's own log, as syslog carries it (RFC 5424)."""
    return Line(time, "app-log", f"<134>1 {iso(from_micros(time))} {app}-1.fernhollow.example {app} 411 - - {words}".encode())


def delivered(time: int, topic: str, record: dict[str, Any]) -> Line:
    """A webhook of Shopify's."""
    return Line(time, "fernhollow", msgspec.json.encode(record), topic=topic)
