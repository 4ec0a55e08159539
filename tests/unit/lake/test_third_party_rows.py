"""What third parties tell becomes rows in which nobody is named, and which class of OCSF each is."""

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from hemostat.events import Access
from hemostat.lake.redaction import Record, rows
from hemostat.phi import Pseudonyms, Scanner
from hemostat.sandbox.wires import zoom
from hemostat.sources import Message, Raw
from unit.sources.reading import NOON, accesses
from unit.sources.test_atna import patient, told, who
from unit.sources.test_cloud_logs import entry, line, trail
from unit.sources.test_fhir_audit import CLIENT, asked, event

SECRET = b"secret token of zoom"
NAMED = "sentinel"
WHO = {"type": {"coding": [{"code": "IRCP"}]}, "who": {"reference": f"Practitioner/{NAMED}"}, "requestor": True}
PATIENT = {"what": {"reference": f"Patient/{NAMED}"}, "type": {"code": "1"}}
APP = {"type": {"coding": [{"code": "110153"}]}, "who": {"display": CLIENT[0]}, "requestor": False}
FORM = {"content_type": "application/x-www-form-urlencoded"}
SEARCH = event("search", "E", [APP, WHO], PATIENT, asked(f"https://fhir.example/Patient/{NAMED}?family={NAMED}&_count=2"))
JOINED = {"uuid": "u", "topic": NAMED, "participant": {"user_id": NAMED, "user_name": NAMED, "email": f"{NAMED}@example.org"}}
AT = dict.fromkeys(
    ("start_time", "join_time", "seen_at", "date_time", "time", "event_date", "date_created"), "2026-03-02T10:00:00Z"
)
TOLD: list[tuple[str, Any, dict[str, Any]]] = [
    ("fhir-audit", SEARCH, {}),
    ("atna", told("110112", "E", who(NAMED, asking="true", more=f"UserName='{NAMED}'"), patient(f"{NAMED}^^^&9&ISO")), {}),
    (
        "zoom",
        zoom.delivery("meeting.participant_joined", {"object": JOINED}, secret=SECRET, at=NOON, download_token=NAMED).body,
        {},
    ),
    *(
        (
            "zoom",
            {"uuid": NAMED, "host_id": NAMED, "name": NAMED, "email": NAMED, "operator": NAMED, **AT},
            {"headers": {"polled": kind}},
        )
        for kind in ("recording", "settings", "view", "participant", "operation", "activity")
    ),
    ("twilio", {"sid": NAMED, "actor_sid": NAMED, "resource_sid": NAMED, **AT}, {"headers": {"polled": "event"}}),
    ("twilio", {"sid": NAMED, **AT}, {"headers": {"polled": "recording"}}),
    (
        "twilio",
        urlencode({"MessageSid": "SM1", "MessageStatus": "sent", "To": NAMED, "Body": NAMED, "MediaUrl0": NAMED}).encode(),
        FORM,
    ),
    (
        "s3-access-log",
        line(key=f"visits/{NAMED}.mp4", request=f"GET /visits/{NAMED}.mp4?prefix={NAMED} HTTP/1.1", requester=NAMED),
        {},
    ),
    (
        "cloudtrail",
        trail(
            identity={"type": "IAMUser", "arn": f"arn:aws:iam::1:user/{NAMED}"},
            requestParameters={"bucketName": "visits", "key": f"{NAMED}.mp4", "prefix": NAMED},
        ),
        {},
    ),
    (
        "gcs-audit",
        entry(who={"principalEmail": f"{NAMED}@example.org"}, resourceName=f"projects/_/buckets/b/objects/{NAMED}"),
        {},
    ),
]


def _rows(found: list[Access]) -> list[dict[str, Any]]:
    message = Message(seq=1, source="third", received_at=NOON, content_type="", headers={}, body=b"")
    records = [Record(message=message, index=n, raw=Raw(line=1, raw=b"raw", access=one)) for n, one in enumerate(found)]
    made: list[dict[str, Any]] = rows(records, pseudonyms=Pseudonyms(b"k" * 32), scanner=Scanner()).to_pylist()
    return made


@pytest.mark.parametrize(("kind", "body", "more"), TOLD, ids=[kind for kind, _, _ in TOLD])
def test_nobody_is_named_in_a_row(kind: str, body: Any, more: dict[str, Any]) -> None:
    """Names, keys of objects, values of searches, topics and links are gone or pseudonyms; what was done is left."""
    assert NAMED.encode() in (body if isinstance(body, bytes) else msgspec.json.encode(body)) or kind == "fhir-audit"
    (row,) = _rows(accesses(kind, body, **more))

    assert NAMED not in str(row)
    assert row["act"]
    assert row["operation"]
    assert row["class_uid"]
