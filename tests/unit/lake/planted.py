"""One message of every kind of source, with patient values planted wherever a source lets people write."""

from typing import Any

import msgspec

MAPPING = b"""version: 1
fields:
  time: at
  act: {value: record:read}
  subject: who
  message: text
  path: path
  fields: names
"""
OPTIONS: dict[str, dict[str, Any]] = {
    "adobe-events": {"client_id": "hemostat-client"},
    "commerce-webhooks": {"public_keys": ["pem"]},
    "mapped": {"mapping": "mine.yaml"},
}

EMAIL, PHONE, SSN, CARD = "mara.quill@patients.example", "+1 415 555 0132", "219-09-9871", "4111 1111 1111 1111"
PLANTED = (EMAIL, PHONE, SSN, CARD)
TEXT = f"patient email {EMAIL} phone {PHONE} ssn {SSN} card {CARD}"
WHEN = "2026-03-02T11:59:58Z"
SHOPIFY = {"x-shopify-topic": "orders/create", "x-shopify-webhook-id": TEXT, "x-shopify-shop-domain": "fernhollow.myshopify.com"}


QUERY = f'{{ customers(first: 9, query: "{EMAIL}") {{ nodes {{ email phone }} }} }}'


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _shopify_audit() -> dict[str, Any]:
    event = {
        "timestamp": WHEN,
        "action": "api_request",
        "actor": {
            "actor_type": "app",
            "actor_identifier": "7",
            "actor_metadata": {"app_name": TEXT},
            "on_behalf_of": {"user_email": EMAIL},
        },
        "context": {
            "context_type": "network_request",
            "context_identifier": "4a6f",
            "context_metadata": {"client_ip": "203.0.113.9", "user_agent": TEXT},
        },
        "subject": {"subject_type": "shop", "subject_identifier": "fernhollow.myshopify.com"},
        "additional_metadata": {"request_type": "GraphQL", "query": QUERY, "variables": {"q": TEXT}},
    }
    return {"events": [{"time": 1772452798, "event": event}]}


def _audit_event() -> dict[str, Any]:
    return {
        "resourceType": "AuditEvent",
        "id": "a1",
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "subtype": [{"code": "search"}],
        "action": "E",
        "recorded": WHEN,
        "outcome": "0",
        "outcomeDesc": TEXT,
        "agent": [
            {
                "who": {"display": TEXT, "identifier": {"value": EMAIL}},
                "name": TEXT,
                "requestor": True,
                "network": {"address": "203.0.113.9", "type": "2"},
            }
        ],
        "source": {"observer": {"display": TEXT}},
        "entity": [
            {"what": {"reference": "Patient/83920117"}, "type": {"code": "1"}, "role": {"code": "1"}, "name": TEXT},
            {"role": {"code": "24"}, "query": "UGF0aWVudD9lbWFpbD1tYXJhLnF1aWxsQHBhdGllbnRzLmV4YW1wbGU=", "description": TEXT},
        ],
    }


def _atna() -> bytes:
    query = "UGF0aWVudD9lbWFpbD1tYXJhLnF1aWxsQHBhdGllbnRzLmV4YW1wbGU="
    return f"""<85>1 {WHEN} pacs archive 77 IHE+RFC-3881 [meta@32473 email="{EMAIL}"] <?xml version="1.0"?>
<AuditMessage><EventIdentification EventActionCode="E" EventDateTime="{WHEN}" EventOutcomeIndicator="0">
<EventID csd-code="110112" originalText="{TEXT}"/><EventOutcomeDescription>{TEXT}</EventOutcomeDescription></EventIdentification>
<ActiveParticipant UserID="{EMAIL}" UserName="{TEXT}" AlternativeUserID="{TEXT}" NetworkAccessPointID="{EMAIL}"/>
<AuditSourceIdentification AuditSourceID="{TEXT}"/>
<ParticipantObjectIdentification ParticipantObjectID="{SSN}^^^&amp;1.2&amp;ISO" ParticipantObjectTypeCodeRole="1">
<ParticipantObjectName>{TEXT}</ParticipantObjectName></ParticipantObjectIdentification>
<ParticipantObjectIdentification ParticipantObjectID="{EMAIL}/{SSN}" ParticipantObjectTypeCodeRole="24">
<ParticipantObjectQuery>{query}</ParticipantObjectQuery><ParticipantObjectDetail type="{TEXT}" value="{SSN}"/>
</ParticipantObjectIdentification></AuditMessage>""".encode()


def _cloudtrail() -> dict[str, Any]:
    event = {
        "eventVersion": "1.11",
        "eventTime": WHEN,
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "eventID": "b0c1",
        "userIdentity": {
            "type": "IAMUser",
            "arn": f"arn:aws:iam::1:user/{EMAIL}",
            "userName": EMAIL,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        },
        "sourceIPAddress": "203.0.113.9",
        "userAgent": TEXT,
        "errorMessage": TEXT,
        "requestParameters": {"bucketName": "recordings", "key": f"{EMAIL}/{SSN}.mp4"},
        "additionalEventData": {"bytesTransferredOut": 9},
    }
    return {"Records": [event]}


def _gcs() -> dict[str, Any]:
    return {
        "insertId": "c1",
        "timestamp": WHEN,
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "storage.googleapis.com",
            "methodName": "storage.objects.get",
            "resourceName": f"projects/_/buckets/recordings/objects/{EMAIL}",
            "authenticationInfo": {"principalEmail": EMAIL},
            "requestMetadata": {"callerIp": "203.0.113.9", "callerSuppliedUserAgent": TEXT},
            "status": {"code": 7, "message": TEXT},
        },
    }


def _otlp() -> dict[str, Any]:
    record = {
        "timeUnixNano": "1772452798000000000",
        "severityNumber": 17,
        "body": {"stringValue": TEXT},
        "attributes": [{"key": "enduser.id", "value": {"stringValue": EMAIL}}, {"key": "note", "value": {"stringValue": TEXT}}],
    }
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def _zoom() -> dict[str, Any]:
    thing = {
        "uuid": "u1",
        "topic": TEXT,
        "host_email": EMAIL,
        "share_url": "https://zoom.example/rec/x",
        "password": SSN,
        "recording_files": [{"id": "f", "download_url": f"https://zoom.example/{SSN}", "file_size": 9}],
    }
    return {"event": "recording.completed", "event_ts": 1772452798000, "download_token": CARD, "payload": {"object": thing}}


ACCESS_LINE = (
    f"203.0.113.9 - {EMAIL} [02/Mar/2026:11:59:58 +0000]"
    f' "GET /rest/V1/customers/search?email={EMAIL}&ssn={SSN} HTTP/1.1" 200 9 "-" "{TEXT}"'
)
S3_LINE = (
    f"79a5 recordings [02/Mar/2026:11:59:58 +0000] 203.0.113.9 {EMAIL} 3E57 REST.GET.OBJECT {EMAIL}/x.mp4"
    f' "GET /{EMAIL}/x.mp4?p={SSN} HTTP/1.1" 200 - 9 9 7 7 "-" "{TEXT}" -'
)
FORM = (
    f"RecordingSid=RE0001&RecordingStatus=completed&RecordingUrl=https%3A%2F%2Fapi.example%2F{SSN}"
    f"&From=%2B14155550132&Body={TEXT.replace(' ', '+')}"
)
PEOPLE = {"id": 83920117, "email": EMAIL, "phone": PHONE, "note": TEXT, "ssn": SSN}

SAMPLES: dict[str, tuple[dict[str, str], str, bytes]] = {
    "shopify": (
        SHOPIFY,
        "application/json",
        _json({"id": 9, "customer": PEOPLE, "note": TEXT, "note_attributes": [{"name": EMAIL, "value": TEXT}]}),
    ),
    "shopify-audit": ({}, "application/json", _json(_shopify_audit())),
    "shopify-admin": (
        {},
        "application/json",
        _json(
            {
                "what": "event",
                "node": {
                    "id": "gid://shopify/BasicEvent/1",
                    "createdAt": WHEN,
                    "action": "update",
                    "message": TEXT,
                    "author": TEXT,
                    "appTitle": TEXT,
                    "subjectType": "CUSTOMER",
                    "subjectId": "gid://shopify/Customer/83920117",
                    "arguments": [TEXT],
                },
            }
        ),
    ),
    "magento-access": ({}, "text/plain", ACCESS_LINE.encode()),
    "magento-log": ({}, "text/plain", f'[{WHEN}] main.CRITICAL: {TEXT} {{"email": "{EMAIL}"}} []\n#0 {TEXT}\n'.encode()),
    "magento-rest": (
        {},
        "application/json",
        _json(
            {
                "what": "change",
                "at": WHEN,
                "change": "changed",
                "kind": "webhook",
                "id": TEXT,
                "title": TEXT,
                "facts": ["host", EMAIL],
                "unique": "change.1",
            }
        ),
    ),
    "magento-tables": (
        {},
        "application/json",
        _json(
            {
                "table": "magento_logging_event",
                "row": {
                    "log_id": 5,
                    "time": "2026-03-02 11:59:58",
                    "action": "view",
                    "event_code": "customer",
                    "user": EMAIL,
                    "info": TEXT,
                    "error_message": TEXT,
                    "ip": 3405803785,
                    "fullaction": "customer_index_edit",
                    "status": "success",
                },
                "seen_at": WHEN,
            }
        ),
    ),
    "adobe-events": (
        {"x-adobe-event-code": "com.adobe.commerce.observer.customer_save_commit_after"},
        "application/json",
        _json(
            {
                "specversion": "1.0",
                "id": "e1",
                "type": "com.adobe.commerce.observer.customer_save_commit_after",
                "time": WHEN,
                "data": {"value": PEOPLE},
            }
        ),
    ),
    "commerce-webhooks": (
        {},
        "application/json",
        _json(
            {
                "eventName": "observer.sales_order_place_before",
                "data": {"order": {"customer_id": 83920117, "customer_email": EMAIL, "customer_note": TEXT}},
            }
        ),
    ),
    "access-log": ({}, "text/plain", ACCESS_LINE.encode()),
    "events": (
        {},
        "application/json",
        _json(
            {
                "time": WHEN,
                "act": "customer:read",
                "subject": 83920117,
                "message": TEXT,
                "path": f"/a/{EMAIL}",
                "query": f"q={SSN}",
                "user_agent": TEXT,
                "actor": EMAIL,
            }
        ),
    ),
    "otlp": ({}, "application/json", _json(_otlp())),
    "hec": ({}, "application/json", _json({"time": 1772452798.5, "host": EMAIL, "event": TEXT, "fields": {"ssn": SSN}})),
    "syslog": ({}, "text/plain", f'<134>1 {WHEN} shop app 1 ID1 [meta@32473 email="{EMAIL}"] {TEXT}'.encode()),
    "cef": (
        {},
        "text/plain",
        f"CEF:0|Vendor|Product|1|100|{TEXT}|5|rt=1772452798000 suser={EMAIL} src=203.0.113.9 msg={TEXT}".encode(),
    ),
    "fhir-audit": ({}, "application/json", _json(_audit_event())),
    "atna": ({}, "text/plain", _atna()),
    "zoom": ({}, "application/json", _json(_zoom())),
    "twilio": ({}, "application/x-www-form-urlencoded", FORM.encode()),
    "s3-access-log": ({}, "text/plain", S3_LINE.encode()),
    "cloudtrail": ({}, "application/json", _json(_cloudtrail())),
    "gcs-audit": ({}, "application/json", _json(_gcs())),
    "mapped": (
        {},
        "application/json",
        _json({"at": WHEN, "who": "83920117", "text": TEXT, "path": f"/x/{EMAIL}", "names": [EMAIL]}),
    ),
}
