"""Logs of who read a bucket: S3 server access logs, CloudTrail, and the audit logs of Google Cloud Storage."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hemostat.events import Act, ActorType, Auth, Result
from hemostat.sources import s3_access_log
from unit.sources.reading import access, accesses, reasons

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
LINE = (
    OWNER + " visits [06/Feb/2026:00:00:38 +0000] 203.0.113.3 {requester} 3E57427F3EXAMPLE {operation} {key}"
    ' "{request}" {status} - {sent}'
    ' 113 7 6 "-" "{agent}" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4'
    " ECDHE-RSA-AES128-GCM-SHA256 {auth} visits.s3.us-west-1.amazonaws.com TLSV1.2 - Yes more fields"
)


def line(**parts: str) -> bytes:
    """A line of S3's."""
    given = {
        "requester": "arn:aws:iam::123456789012:user/jane",
        "operation": "REST.GET.OBJECT",
        "key": "2026/doe.mp4",
        "status": "200",
        "request": "GET /2026/doe.mp4?versionId=1 HTTP/1.1",
        "sent": "1048576",
        "agent": "aws-cli/2",
        "auth": "AuthHeader",
    }
    return LINE.format(**{**given, **parts}).encode()


def test_an_object_was_read() -> None:
    """Who, how much, by which call; the key is an identifier, and stands in no text."""
    found = access("s3-access-log", line())

    assert (Act.OBJECT_READ, Result.SUCCESS, 1_048_576, 200) == (found.act, found.result, found.bytes, found.status)
    assert ("arn:aws:iam::123456789012:user/jane", ActorType.STAFF, Auth.SIGNED) == (found.actor, found.actor_type, found.auth)
    assert ("visits", "visits/2026/doe.mp4", "203.0.113.3") == (found.resource, found.resource_id, found.ip)
    assert ("GET", "versionId=1", "", "aws-cli/2") == (found.method, found.query, found.path, found.user_agent)
    assert ("visits.s3.us-west-1.amazonaws.com", "3E57427F3EXAMPLE") == (found.host, found.request_id)
    assert datetime(2026, 2, 6, 0, 0, 38, tzinfo=UTC) == found.time
    assert "doe" not in found.message + found.path + found.operation


def test_a_presigned_url_names_itself() -> None:
    """Who uses the same URL uses the same token, in today's form and in the old one."""
    new = line(auth="QueryString", request="GET /k?X-Amz-Signature=abc&X-Amz-Expires=9 HTTP/1.1")
    old = line(auth="QueryString", request="GET /k?AWSAccessKeyId=A&Signature=s%2B HTTP/1.1")

    assert [("abc", Auth.TOKEN, "presigned URL"), ("s+", Auth.TOKEN, "presigned URL")] == [
        (each.token, each.auth, each.message) for each in accesses("s3-access-log", new + b"\n" + old)
    ]


def test_nobody_in_particular_read_it() -> None:
    """An anonymous request, and one that was refused."""
    found = access("s3-access-log", line(requester="-", auth="-", status="403", sent="-", request="-", agent="-"))

    assert ("", ActorType.UNKNOWN, Auth.NONE, "anonymous") == (found.actor, found.actor_type, found.auth, found.message)
    assert (Result.DENIED, 0, "", "") == (found.result, found.bytes, found.user_agent, found.method)


@pytest.mark.parametrize(
    ("operation", "act"),
    [
        ("REST.HEAD.OBJECT", Act.OBJECT_READ),
        ("WEBSITE.GET.OBJECT", Act.OBJECT_READ),
        ("REST.COPY.OBJECT_GET", Act.OBJECT_READ),
        ("REST.GET.BUCKET", Act.OBJECT_LIST),
        ("REST.GET.BUCKETVERSIONS", Act.OBJECT_LIST),
        ("REST.PUT.OBJECT", Act.OBJECT_WRITE),
        ("REST.COPY.OBJECT", Act.OBJECT_WRITE),
        ("REST.POST.UPLOADS", Act.OBJECT_WRITE),
        ("REST.DELETE.OBJECT", Act.OBJECT_DELETE),
        ("BATCH.DELETE.OBJECT", Act.OBJECT_DELETE),
        ("S3.EXPIRE.OBJECT", Act.OBJECT_DELETE),
        ("REST.PUT.ACL", Act.CONFIG_CHANGE),
        ("REST.PUT.BUCKETPOLICY", Act.CONFIG_CHANGE),
        ("REST.DELETE.PUBLIC_ACCESS_BLOCK", Act.CONFIG_CHANGE),
        ("REST.PUT.LOGGING_STATUS", Act.CONFIG_CHANGE),
        ("REST.GET.ACL", Act.API_READ),
        ("REST.GET.LOCATION", Act.API_READ),
    ],
)
def test_operations(operation: str, act: Act) -> None:
    """Reads, lists, writes, deletions, and changes of who may read."""
    assert act is s3_access_log.act_of(operation)


def test_a_quote_in_a_user_agent_ends_nothing() -> None:
    """Callers choose it freely: what stands behind it stays where it is."""
    found = access("s3-access-log", line(agent='a"b "c" d'))

    assert ('a"b "c', 200) == (found.user_agent[:6], found.status)
    assert Act.OBJECT_READ is found.act


def test_one_request_that_deletes_many_is_many() -> None:
    """Lines of one request differ by what they touched."""
    body = b"\n".join(line(operation="BATCH.DELETE.OBJECT", key=f"k{n}", request="-") for n in range(3))

    assert 3 == len({each.unique for each in accesses("s3-access-log", body)})


def test_the_oldest_form_and_a_shorter_one() -> None:
    """Up to the user agent is enough; what is cut before is no line."""
    words = line().decode().split(" ")
    oldest = " ".join(words[:20])

    assert Auth.UNKNOWN is access("s3-access-log", oldest.encode()).auth
    assert ["The line is no access log of S3, or was cut short."] == reasons("s3-access-log", " ".join(words[:15]).encode())
    assert ["The line is not UTF-8."] == reasons("s3-access-log", line(agent="x").replace(b'"x"', b'"\xff"'))
    assert ["A number of the line is not one."] == reasons("s3-access-log", line(status="2OO"))


def trail(name: str = "GetObject", identity: Any = None, **more: Any) -> dict[str, Any]:
    """An event of CloudTrail."""
    who = {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/Portal/i-0abc", "accessKeyId": "ASIAEXAMPLE"}
    return {
        "eventVersion": "1.11", "userIdentity": who if identity is None else identity, "eventTime": "2026-03-02T10:00:00Z",
        "eventSource": "s3.amazonaws.com", "eventName": name, "sourceIPAddress": "203.0.113.3", "userAgent": "[aws-sdk]",
        "requestParameters": {"bucketName": "visits", "key": "2026/doe.mp4", "Host": "visits.s3.amazonaws.com"},
        "additionalEventData": {"bytesTransferredOut": 1048576.0, "AuthenticationMethod": "AuthHeader"}, "readOnly": True,
        "requestID": "R1", "eventID": "0f6f6b52-1", **more,
    }  # fmt: skip


def test_a_data_event() -> None:
    """The role is the program, the session the caller, the access key the token; bytes that left; one name for all arrivals."""
    found = access("cloudtrail", {"Records": [trail()]})

    assert (Act.OBJECT_READ, Result.SUCCESS, 1_048_576, Auth.SIGNED) == (found.act, found.result, found.bytes, found.auth)
    assert ("arn:aws:sts::123456789012:assumed-role/Portal/i-0abc", ActorType.UNKNOWN, "Portal") == (
        found.actor, found.actor_type, found.app,
    )  # fmt: skip
    assert ("visits", "visits/2026/doe.mp4", "ASIAEXAMPLE") == (found.resource, found.resource_id, found.token)
    assert ("0f6f6b52-1", "R1", "visits.s3.amazonaws.com") == (found.unique, found.request_id, found.host)
    assert ("GetObject", "203.0.113.3", "", 1) == (found.operation, found.ip, found.message, found.severity)


def test_files_lines_and_single_events() -> None:
    """A file of a trail, one event a line, and files one a line."""
    one = msgspec.json.encode(trail())

    assert 2 == len(accesses("cloudtrail", {"Records": [trail(), trail()]}))
    assert 3 == len(accesses("cloudtrail", one + b"\n" + one + b"\r\n" + one))
    assert 4 == len(accesses("cloudtrail", b"\n".join([msgspec.json.encode({"Records": [trail(), trail()]})] * 2)))
    assert 1 == len(accesses("cloudtrail", msgspec.json.format(one)))


@pytest.mark.parametrize(
    ("identity", "actor", "kind", "app"),
    [
        ({"type": "IAMUser", "arn": "arn:aws:iam::1:user/jane"}, "arn:aws:iam::1:user/jane", ActorType.STAFF, ""),
        ({"type": "Root", "principalId": "1"}, "1", ActorType.STAFF, ""),
        (
            {"type": "AWSService", "invokedBy": "cloudfront.amazonaws.com"},
            "cloudfront.amazonaws.com",
            ActorType.SYSTEM,
            "cloudfront.amazonaws.com",
        ),
        (
            {"type": "IAMUser", "arn": "arn:aws:iam::1:user/j", "invokedBy": "athena.amazonaws.com"},
            "arn:aws:iam::1:user/j",
            ActorType.STAFF,
            "athena.amazonaws.com",
        ),
        ({"type": "AWSAccount", "accountId": "ANONYMOUS"}, "", ActorType.UNKNOWN, ""),
        ({"type": "AWSAccount", "principalId": "AIDA"}, "AIDA", ActorType.UNKNOWN, ""),
    ],
)
def test_callers(identity: Any, actor: str, kind: ActorType, app: str) -> None:
    """Users, the root, services, services for users, strangers."""
    found = access("cloudtrail", trail(identity=identity))

    assert (actor, kind, app) == (found.actor, found.actor_type, found.app)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("AccessDenied", Result.DENIED),
        ("NoSuchKey", Result.NOT_FOUND),
        ("ResourceNotFoundException", Result.NOT_FOUND),
        ("SlowDown", Result.ERROR),
    ],
)
def test_results(code: str, result: Result) -> None:
    """What the service answered."""
    assert result is access("cloudtrail", trail(errorCode=code)).result


@pytest.mark.parametrize(
    ("name", "read_only", "act", "severity"),
    [
        ("PutBucketPolicy", False, Act.CONFIG_CHANGE, 4),
        ("DeleteBucketPublicAccessBlock", False, Act.CONFIG_CHANGE, 4),
        ("StopLogging", False, Act.CONFIG_CHANGE, 4),
        ("PutBucketCors", False, Act.CONFIG_CHANGE, 1),
        ("PutObjectAcl", False, Act.ACCESS_GRANT, 4),
        ("CreateAccessKey", False, Act.TOKEN_MINT, 1),
        ("DescribeTrails", True, Act.API_READ, 1),
        ("DescribeTrails", "true", Act.API_READ, 1),
        ("RunInstances", False, Act.API_WRITE, 1),
        ("DeleteObjects", False, Act.OBJECT_DELETE, 1),
        ("ListObjectsV2", True, Act.OBJECT_LIST, 1),
    ],
)
def test_changes_that_open_a_bucket_are_severe(name: str, read_only: Any, act: Act, severity: int) -> None:
    """And so are those that stop the log of who reads it."""
    found = access("cloudtrail", trail(name, readOnly=read_only))

    assert (act, severity) == (found.act, found.severity)


def test_presigned_anonymous_and_signed_in() -> None:
    """How the caller showed who he was."""
    presigned = access("cloudtrail", trail(additionalEventData={"AuthenticationMethod": "QueryString"}))
    anonymous = access("cloudtrail", trail(identity={"accountId": "anonymous"}))
    failed = access("cloudtrail", trail("ConsoleLogin", responseElements={"ConsoleLogin": "Failure"}))

    assert (Auth.TOKEN, "presigned URL") == (presigned.auth, presigned.message)
    assert (Auth.NONE, "anonymous") == (anonymous.auth, anonymous.message)
    assert (Auth.LOGIN, Act.ACCOUNT_LOGIN, Result.DENIED) == (failed.auth, failed.act, failed.result)


def test_an_unknown_version_is_a_remark_and_a_digest_is_no_event() -> None:
    """A record of a later version is read as far as it goes."""
    assert "The version of the record" in access("cloudtrail", trail(eventVersion="2.0")).message
    assert ["The record is no event of CloudTrail."] == reasons("cloudtrail", {"digestStartTime": "2026-03-02T10:00:00Z"})


def entry(method: str = "storage.objects.get", who: Any = None, **more: Any) -> dict[str, Any]:
    """An entry of Cloud Logging."""
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "storage.googleapis.com", "methodName": method,
        "resourceName": "projects/_/buckets/visits/objects/doe.mp4",
        "authenticationInfo": {"principalEmail": "jane@fernhollow.example"} if who is None else who,
        "requestMetadata": {"callerIp": "203.0.113.3", "callerSuppliedUserAgent": "gsutil"}, **more,
    }  # fmt: skip
    labels = {"bucket_name": "visits"}
    return {"protoPayload": payload, "insertId": "i1", "timestamp": "2026-03-02T10:00:00.123456789Z", "severity": "INFO",
            "resource": {"type": "gcs_bucket", "labels": labels}}  # fmt: skip


def test_an_object_of_google_was_read() -> None:
    """Who, what, from where."""
    found = access("gcs-audit", entry())

    assert (Act.OBJECT_READ, Result.SUCCESS, ActorType.STAFF) == (found.act, found.result, found.actor_type)
    assert ("jane@fernhollow.example", "203.0.113.3", "gsutil") == (found.actor, found.ip, found.user_agent)
    assert ("visits", "projects/_/buckets/visits/objects/doe.mp4") == (found.resource, found.resource_id)
    assert "i1\n2026-03-02T10:00:00.123456789Z" == found.unique
    assert datetime(2026, 3, 2, 10, 0, 0, 123_456, tzinfo=UTC) == found.time


def test_accounts_of_programs_and_nobody() -> None:
    """A service account is a program; without a principal the caller is anonymous."""
    program = access(
        "gcs-audit", entry(who={"principalEmail": "portal@p.iam.gserviceaccount.com", "serviceAccountKeyName": "k1"})
    )
    nobody = access("gcs-audit", entry(who={}))

    assert ("portal", ActorType.UNKNOWN, "k1") == (program.app, program.actor_type, program.token)
    assert ("", Auth.NONE, "anonymous") == (nobody.actor, nobody.auth, nobody.message)


@pytest.mark.parametrize(
    ("method", "act"),
    [
        ("storage.objects.list", Act.OBJECT_LIST),
        ("storage.objects.delete", Act.OBJECT_DELETE),
        ("storage.objects.update", Act.OBJECT_WRITE),
        ("storage.objects.setIamPolicy", Act.CONFIG_CHANGE),
        ("storage.objects.watch", Act.API_WRITE),
        ("storage.buckets.get", Act.API_READ),
        ("storage.buckets.update", Act.CONFIG_CHANGE),
        ("storage.setIamPermissions", Act.CONFIG_CHANGE),
        ("storage.buckets.list", Act.API_READ),
    ],
)
def test_methods(method: str, act: Act) -> None:
    """Objects, buckets, and who may read them; the latter is severe."""
    found = access("gcs-audit", entry(method))

    assert act is found.act
    assert (found.severity >= 4) == ("Iam" in method)


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ({"status": {"code": 7}}, Result.DENIED),
        ({"status": {"code": 5}}, Result.NOT_FOUND),
        ({"status": {"code": 13}}, Result.ERROR),
        ({"status": {}}, Result.SUCCESS),
        ({"authorizationInfo": [{"granted": True}, {"granted": False}]}, Result.DENIED),
    ],
)
def test_what_google_answered(more: Any, result: Result) -> None:
    """Codes of its calls, and a permission that was not granted."""
    assert result is access("gcs-audit", entry(**more)).result


def test_other_entries_are_rejected() -> None:
    """An entry of another log; one without a name of its own has none."""
    assert ["The record is no entry of an audit log."] == reasons(
        "gcs-audit", {"textPayload": "x", "timestamp": "2026-03-02T10:00:00Z"}
    )
    assert "" == access("gcs-audit", {**entry(), "insertId": 0.5}).unique
    assert 2 == len(accesses("gcs-audit", {"entries": [entry(), entry()]}))
