"""Messages and rows that the tests of the lake make."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hemostat.lake.spool import Incoming

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def incoming(*, source: str, key: str, body: bytes, received_at: datetime = NOON + timedelta(seconds=9)) -> Incoming:
    """One message that the door took in."""
    return Incoming(source=source, key=key, received_at=received_at, content_type="application/x-ndjson", headers={}, body=body)


def row(**given: Any) -> dict[str, Any]:
    """A row of the lake: an answered, unsigned call of the story's route, or what is given instead."""
    return {
        "class_uid": 4002,
        "activity_id": 3,
        "time": NOON,
        "learnt": NOON + timedelta(seconds=1),
        "offset_minutes": 0,
        "source": "edge",
        "store": "fernhollow",
        "environment": "sandbox",
        "surface": "storefront",
        "act": "session:read",
        "actor": "",
        "actor_type": "unknown",
        "auth": "unsigned",
        "src_ip": "ip_a",
        "src_net": "203.0.113.0/24",
        "asn": 64500,
        "user_agent": "headless",
        "host": "care-app.fernhollow.example",
        "method": "GET",
        "path": "/api/session",
        "query_keys": ["cid"],
        "status": 200,
        "bytes": 1600,
        "result": "success",
        "subject": "person_a",
        "subject_next": "person_b",
        "own": None,
        "jurisdiction": "",
        "subjects": 1,
        "estimated": False,
        "operation": "",
        "app": "",
        "resource": "",
        "resource_id": "",
        "fields": [],
        "severity": 1,
        "skew_ms": None,
        "token": "",
        "request_id": "r1",
        "elements": ["email"],
        "phi": [],
        "message": "",
        "raw_mac": "00",
    } | given
