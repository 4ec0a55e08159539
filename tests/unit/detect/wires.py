"""What sources of a merchant send, byte for byte as their readers take it: small, and invented throughout."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hemostat.kernel import Route, Settings, Source
from hemostat.lake.spool import Incoming

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEALTH = 'customers { edges { node { email metafield(namespace: "intake", key: "answers") { value } } } }'
CARD = "4111 1111 1111 1111"

_S3 = (
    '79a5 {bucket} [{time}] {ip} {requester} {request_id} {operation} {key} "{request}" {status} - 1048576 1048576 9 8 "-"'
    ' "agent" - host= SigV4 ECDHE {auth} {bucket}.s3.example TLSV1.3 - -'
)


def settings() -> Settings:
    """A merchant with a source of most kinds."""

    def source(kind: str, surface: str = "storefront", **more: Any) -> Source:
        return Source(kind=kind, store="fernhollow", surface=surface, **{"environment": "production", **more})

    refill = Route(prefix="/rest/V1/refill", surface="product-catalog", act="api:read", exposes=["name", "dob", "prescription"])
    session = Route(
        prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"], signed_by="signature"
    )
    chart = Route(prefix="/api/chart", surface="patient-portal", act="record:read", exposes=["lab_result"], token="ticket")
    sources = {
        "audit": source("shopify-audit"),
        "admin": source("shopify-admin"),
        "hooks": source("shopify"),
        "magento": source("magento-access", routes=[refill]),
        "tables": source("magento-tables"),
        "settings": source("magento-rest"),
        "payments": source("magento-log", "checkout"),
        "booking": source("syslog", "appointment-flow"),
        "app": source("syslog"),
        "applogs": source("s3-access-log", "appointment-flow"),
        "visits": source("s3-access-log", "telehealth-session"),
        "documents": source("s3-access-log", "patient-portal"),
        "trail": source("cloudtrail", "appointment-flow"),
        "visits-trail": source("cloudtrail", "telehealth-session"),
        "visits-gcs": source("gcs-audit", "telehealth-session"),
        "zoom": source("zoom"),
        "records": source("fhir-audit", "patient-portal"),
        "portal": source("events", "patient-portal"),
        "edge": source("access-log", routes=[session, chart]),
        "egress": source("access-log"),
        "staging": source("magento-access", environment="staging"),
    }
    return Settings(kind="production", sources=sources)


class Wire:
    """Messages in the order in which they are made, each a while after the one before."""

    def __init__(self) -> None:
        self.messages: list[Incoming] = []
        self.now = NOON

    def send(self, source: str, body: Any, *, after: float = 1, headers: Mapping[str, str] | None = None) -> None:
        """A message of a source; the body is bytes, or becomes JSON."""
        self.wait(after)
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        number = len(self.messages)
        self.messages.append(
            Incoming(
                source=source,
                key=f"message-{number}",
                received_at=self.now,
                content_type="application/json",
                headers=dict(headers or {}),
                body=raw,
            )
        )

    def wait(self, seconds: float) -> None:
        """So many seconds pass."""
        self.now += timedelta(seconds=seconds)

    # --- what each source sends ---

    def asks(self, query: str, *, app: int = 41, after: float = 1) -> None:
        """Shopify's audit feed: an app asks the Admin API."""
        event = {
            "action": "api_request",
            "timestamp": self._when(after),
            "actor": {"actor_type": "app", "actor_identifier": app, "actor_metadata": {"app_name": f"App {app}"}},
            "context": {
                "context_type": "network_request",
                "context_identifier": f"request-{len(self.messages)}",
                "context_metadata": {"client_ip": "192.0.2.1", "user_agent": "sync/1", "response_code": 200},
            },
            "subject": {"subject_type": "shop", "subject_identifier": "fernhollow.myshopify.example"},
            "additional_metadata": {"request_type": "GraphQL", "query": query, "variables": {}, "mutation_names": []},
        }
        self.send("audit", {"events": [{"time": 0, "event": event}]}, after=after)

    def exports(self, query: str, **more: Any) -> None:
        """The same, for a bulk operation."""
        quoted = msgspec.json.encode(f"{{ {query} }}").decode()
        self.asks(f"mutation {{ bulkOperationRunQuery(query: {quoted}) {{ bulkOperation {{ id }} }} }}", **more)

    def visits(
        self,
        target: str,
        *,
        source: str = "magento",
        ip: str = "203.0.113.9",
        status: int = 200,
        size: int = 5000,
        agent: str = "browser/1",
        after: float = 1,
        extra: str = "",
    ) -> None:
        """A line of an access log; the target is like `GET /path`."""
        self.wait(after)
        time = f"{self.now:%d/%b/%Y:%H:%M:%S} +0000"
        line = f'{ip} - - [{time}] "{target} HTTP/1.1" {status} {size} "-" "{agent}"{extra}\n'
        self.send(source, line.encode(), after=0)

    def row(self, table: str, row: dict[str, Any], *, after: float = 1, **more: Any) -> None:
        """A row of one of Magento's tables."""
        self.send("tables", {"table": table, "row": row, "seen_at": self._when(after), **more}, after=after)

    def views(self, customer: int, *, user: str = "r.okafor", after: float = 1) -> None:
        """A row of Magento's action log: staff opens a customer."""
        self.wait(after)
        row = {
            "log_id": len(self.messages),
            "time": self._when(0),
            "status": "success",
            "event_code": "customer",
            "action": "view",
            "user": user,
            "fullaction": "customer_index_edit",
            "info": f'{{"general":"{customer}"}}',
            "ip": 3221225985,
        }
        self.send("tables", {"table": "magento_logging_event", "row": row}, after=0)

    def changes(self, kind: str, change: str, facts: list[str], *, source: str = "settings", title: str = "x") -> None:
        """A setting of the store that a feed saw change."""
        body = {"what": "change", "at": self._when(1), "change": change, "kind": kind, "id": f"i{len(self.messages)}"}
        self.send(source, {**body, "title": title, "facts": facts, "unique": f"change.{len(self.messages)}"})

    def logs(self, text: str, *, source: str = "payments", channel: str = "main", level: str = "DEBUG", after: float = 1) -> None:
        """A line of one of Magento's logs, or of syslog."""
        when = self._when(after)
        if source == "payments":
            self.send(source, f"[{when}] {channel}.{level}: {text} [] []\n".encode(), after=after)
        else:
            self.send(source, f"<14>1 {when} host {channel} 7 - - {text}\n".encode(), after=after)

    def fetches(
        self,
        source: str,
        key: str,
        *,
        ip: str = "203.0.113.9",
        link: str = "",
        requester: str = "-",
        operation: str = "REST.GET.OBJECT",
        status: int = 200,
        after: float = 1,
    ) -> None:
        """A line of an access log of S3; with `link` by a presigned URL, with neither that nor a requester by nobody."""
        self.wait(after)
        query = f"?X-Amz-Signature={link}" if link else ""
        line = _S3.format(
            bucket=source,
            time=f"{self.now:%d/%b/%Y:%H:%M:%S} +0000",
            ip=ip,
            requester="arn:aws:iam::123456789012:user/signer" if link else requester,
            request_id=f"R{len(self.messages)}",
            operation=operation,
            key=key,
            request=f"GET /{key}{query} HTTP/1.1",
            status=status,
            auth="QueryString" if link else "-" if requester == "-" else "AuthHeader",
        )
        self.send(source, line.encode(), after=0)

    def cloud(self, name: str, *, source: str = "trail", error: str = "", after: float = 1, **more: Any) -> None:
        """An event of CloudTrail."""
        event = {
            "eventVersion": "1.11",
            "eventTime": self._when(after),
            "eventSource": "s3.amazonaws.com",
            "eventName": name,
            "eventID": f"event-{len(self.messages)}",
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/deploy/ci"},
            "sourceIPAddress": "203.0.113.3",
            "requestParameters": {"bucketName": source, "key": "a"},
            **({"errorCode": error} if error else {}),
            **more,
        }
        self.send(source, {"Records": [event]}, after=after)

    def google(self, method: str, who: str = "", *, after: float = 1) -> None:
        """An entry of the audit log of Google Cloud Storage."""
        payload = {
            "methodName": method,
            "serviceName": "storage.googleapis.com",
            "resourceName": "projects/_/buckets/visits/objects/a.mp4",
            "authenticationInfo": {"principalEmail": who} if who else {},
            "requestMetadata": {"callerIp": "203.0.113.3"},
        }
        entry = {"protoPayload": payload, "insertId": f"i{len(self.messages)}", "timestamp": self._when(after)}
        self.send("visits-gcs", entry, after=after)

    def zoom(self, kind: str, record: dict[str, Any], *, after: float = 1) -> None:
        """What Zoom answered when it was asked."""
        times = {"seen_at": self._when(after), "date_time": self._when(after), "join_time": self._when(after)}
        self.send("zoom", {**times, **record}, after=after, headers={"polled": kind})

    def charted(self, patient: int, *, by: str = "Practitioner/77", after: float = 1) -> None:
        """A FHIR AuditEvent: a record was read."""
        agent = {"type": {"coding": [{"code": "IRCP"}]}, "who": {"reference": by}, "requestor": True}
        event = {
            "resourceType": "AuditEvent",
            "id": f"a{len(self.messages)}",
            "type": {"code": "rest"},
            "subtype": [{"code": "read"}],
            "action": "R",
            "recorded": self._when(after),
            "outcome": "0",
            "agent": [agent],
            "entity": [{"what": {"reference": f"Patient/{patient}"}, "role": {"code": "1"}}],
        }
        self.send("records", event, after=after)

    def searched(self, target: str) -> None:
        """A FHIR AuditEvent: a search."""
        query = {"type": {"code": "2"}, "role": {"code": "24"}, "query": b64encode(target.encode()).decode()}
        event = {
            "resourceType": "AuditEvent",
            "id": f"a{len(self.messages)}",
            "type": {"code": "rest"},
            "subtype": [{"code": "search-type"}],
            "action": "E",
            "recorded": self._when(1),
            "outcome": "0",
            "agent": [{"type": {"coding": [{"code": "IRCP"}]}, "who": {"reference": "Practitioner/77"}, "requestor": True}],
            "entity": [query],
        }
        self.send("records", event)

    def tells(self, act: str, *, after: float = 1, **more: Any) -> None:
        """An event in our own words, from the portal."""
        self.send("portal", {"time": self._when(after), "act": act, **more}, after=after)

    def _when(self, after: float) -> str:
        return f"{self.now + timedelta(seconds=after):%Y-%m-%dT%H:%M:%SZ}"


def numbers(count: int) -> Iterator[int]:
    """So many numbers that nobody has, none of them next to another."""
    return iter(range(9_000_001, 9_000_001 + 7 * count, 7))
