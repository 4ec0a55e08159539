"""AWS CloudTrail: data events of S3 and management events, as files of `{"Records": [...]}`, or one event a line.

Form: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html. Data events must
be switched on for the bucket; they arrive minutes after the fact. That `AuthenticationMethod` tells presigned URLs, and
`accountId` the anonymous, no source confirmed. Keys of objects may name patients: they become pseudonyms.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .aws_identity import Caller, caller_of
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .documents import address, decoded, inner, number, records, text
from .request import host_name, identifier, rfc3339

_ADVICE = "Send the files of a trail as they are, or one event a line; digest files hold no events."
_WORDS = {
    Act.OBJECT_READ: "GetObject HeadObject SelectObjectContent GetObjectAttributes GetObjectTorrent RestoreObject",
    Act.OBJECT_LIST: "ListObjects ListObjectsV2 ListObjectVersions ListBucket ListMultipartUploads ListParts",
    Act.OBJECT_WRITE: "PutObject CopyObject PostObject UploadPart UploadPartCopy CreateMultipartUpload CompleteMultipartUpload",
    Act.OBJECT_DELETE: "DeleteObject DeleteObjects",
    Act.CONFIG_CHANGE: "PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock"
    " PutPublicAccessBlock DeletePublicAccessBlock PutAccountPublicAccessBlock DeleteAccountPublicAccessBlock PutBucketLogging"
    " PutBucketNotification PutBucketReplication PutBucketWebsite PutBucketCors PutBucketVersioning PutBucketEncryption"
    " DeleteBucketEncryption PutBucketOwnershipControls PutBucketLifecycle DeleteBucket CreateBucket StopLogging StartLogging"
    " CreateTrail DeleteTrail UpdateTrail PutEventSelectors PutInsightSelectors DeleteEventDataStore UpdateEventDataStore",
    Act.ACCESS_GRANT: "PutObjectAcl AttachUserPolicy AttachRolePolicy AttachGroupPolicy PutUserPolicy PutRolePolicy"
    " PutGroupPolicy AddUserToGroup UpdateAssumeRolePolicy CreatePolicyVersion CreateLoginProfile",
    Act.ACCESS_REVOKE: "DetachUserPolicy DetachRolePolicy DetachGroupPolicy DeleteUserPolicy DeleteRolePolicy DeleteGroupPolicy"
    " RemoveUserFromGroup DeleteAccessKey DeleteLoginProfile UpdateAccessKey",
    Act.TOKEN_MINT: "CreateAccessKey AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity GetSessionToken GetFederationToken",
    Act.ACCOUNT_LOGIN: "ConsoleLogin",
    Act.ACCOUNT_CHANGE: "CreateUser DeleteUser UpdateUser CreateRole DeleteRole DeactivateMFADevice EnableMFADevice"
    " UpdateLoginProfile",
    Act.QUERY_RUN: "StartQueryExecution ExecuteStatement BatchExecuteStatement StartQuery Scan Query",
    Act.EXPORT_RUN: "StartExportTask ExportTableToPointInTime CreateDBSnapshot CopyDBSnapshot ModifyDBSnapshotAttribute",
}
_ACTS = {name: act for act, names in _WORDS.items() for name in names.split()}
_OPENING = frozenset({
    "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutObjectAcl", "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock", "PutPublicAccessBlock", "DeletePublicAccessBlock", "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock", "PutBucketLogging", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors",
    "ModifyDBSnapshotAttribute",
})  # fmt: skip
"""Changes that can open a bucket to others, or stop the log of who reads it: as severe as OCSF's 4, high."""

_HIGH, _LOW = 4, 1
_DENIED = re.compile(
    r"AccessDenied|Unauthor|Forbidden|Client\.Unauthorized|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken"
)
_NOT_FOUND = re.compile(r"NoSuch|.*NotFound|404")
_AUTH = {"QueryString": Auth.TOKEN, "AuthHeader": Auth.SIGNED}


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The events of a message."""
    for line, record in records(message.body, "Records"):
        yield attempt(line, record, lambda raw: _access(decoded(raw), message, source))


def _access(record: dict[str, Any], message: Message, source: Source) -> Access:
    name, event = text(record, "eventName"), text(record, "eventID")
    if not name or not text(record, "eventTime"):
        raise Unreadable("The record is no event of CloudTrail.", advice=_ADVICE)
    happened = rfc3339(text(record, "eventTime"))
    auth, caller = _auth(record, name), _caller(record)
    bucket, key = text(record, "requestParameters", "bucketName"), text(record, "requestParameters", "key")
    came_from = text(record, "sourceIPAddress")
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=_act(record, name),
        surface=Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=caller.actor,
        actor_type=caller.kind,
        app=caller.app,
        auth=auth,
        ip=address(came_from),
        user_agent=text(record, "userAgent"),
        host=host_name(text(record, "requestParameters", "Host") or text(record, "eventSource")),
        bytes=number(record, "additionalEventData", "bytesTransferredOut"),
        result=_result(record),
        operation=name,
        resource=bucket or text(record, "eventSource"),
        resource_id=f"{bucket}/{key}" if key else bucket,
        severity=_HIGH if name in _OPENING else _LOW,
        token=text(record, "userIdentity", "accessKeyId"),
        request_id=identifier(text(record, "requestID")),
        unique=event,
        message=_remark(record, auth),
    )


def _act(record: dict[str, Any], name: str) -> Act:
    return _ACTS.get(name, Act.API_READ if inner(record, "readOnly") in {True, "true"} else Act.API_WRITE)


def _auth(record: dict[str, Any], name: str) -> Auth:
    if text(record, "userIdentity", "accountId").lower() == "anonymous":
        return Auth.NONE
    if name == "ConsoleLogin":
        return Auth.LOGIN
    return _AUTH.get(text(record, "additionalEventData", "AuthenticationMethod"), Auth.UNKNOWN)


def _caller(record: dict[str, Any]) -> Caller:
    """Who it was: a service that acts for somebody is named beside him."""
    identity = inner(record, "userIdentity")
    service = text(identity, "invokedBy")
    if text(identity, "accountId").lower() == "anonymous":
        return Caller()
    if text(identity, "type") == "AWSService":
        return caller_of(service)
    found = caller_of(text(identity, "arn") or text(identity, "principalId"))
    if text(identity, "type") == "Root" and found.kind is ActorType.UNKNOWN:
        found = msgspec.structs.replace(found, kind=ActorType.STAFF)
    return msgspec.structs.replace(found, app=service) if service else found


def _result(record: dict[str, Any]) -> Result:
    code = text(record, "errorCode")
    if text(record, "responseElements", "ConsoleLogin") == "Failure" or _DENIED.match(code):
        return Result.DENIED
    if _NOT_FOUND.match(code):
        return Result.NOT_FOUND
    return Result.ERROR if code else Result.SUCCESS


def _remark(record: dict[str, Any], auth: Auth) -> str:
    words = {Auth.TOKEN: "presigned URL", Auth.NONE: "anonymous"}.get(auth, "")
    version = text(record, "eventVersion")
    odd = "" if not version or version.startswith("1.") else "The version of the record is one that we do not know."
    return " ".join(filter(None, (words, odd)))
