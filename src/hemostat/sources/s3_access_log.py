"""Server access logs of Amazon S3: one request a line. Delivery is best effort, hours late; fields may be added at the end.

Form: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html. Keys of objects may name patients: they become
pseudonyms, and neither they nor the request's path are shown. Who used the same presigned URL shows by the same token.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .aws_identity import caller_of
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, read_lines
from .documents import address
from .request import count, host_name, identifier, moment, request_line

_TOKEN = re.compile(r'"(?P<quoted>(?:[^"]|"(?! |$))*+)"(?= |$)|\[(?P<time>[^\]]*)\](?= |$)|(?P<bare>[^ ]+)')
_FIELDS = (
    "owner", "bucket", "time", "ip", "requester", "request_id", "operation", "key", "request", "status", "error", "sent", "size",
    "total_ms", "turnaround_ms", "referer", "agent", "version", "host_id", "signature", "cipher", "authentication", "host",
)  # fmt: skip
_LEAST = 17  # fields of the oldest form: up to the user agent
_MOST = 64  # fields that are looked at
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_CONFIGURATION = re.compile(
    r"ACL|BUCKETPOLICY|PUBLIC_?ACCESS_?BLOCK|LOGGING|NOTIFICATION|REPLICATION|OWNERSHIP|ENCRYPTION|CORS|LIFECYCLE|VERSIONING"
    r"|WEBSITE|OBJECT_LOCK|INVENTORY|POLICY"
)
_AUTH = {"AuthHeader": Auth.SIGNED, "QueryString": Auth.TOKEN, "-": Auth.NONE}
_ADVICE = "Send the lines as S3 writes them into the log bucket."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The requests of a message."""
    return read_lines(message.body, lambda line: _access(line, message, source))


def act_of(operation: str) -> Act:
    """What an operation, like `REST.GET.OBJECT`, did."""
    verb, _, thing = operation.partition(".")[2].partition(".")
    if _CONFIGURATION.match(thing) and verb not in _READS:
        return Act.CONFIG_CHANGE
    if verb == "DELETE" or operation.endswith(".DELETE.OBJECT") or operation in {"S3.EXPIRE.OBJECT", "S3.CREATE.DELETEMARKER"}:
        return Act.OBJECT_DELETE
    if thing in {"OBJECT", "OBJECT_GET", "PART_GET"} and (verb in _READS or thing.endswith("_GET")):
        return Act.OBJECT_READ
    if thing in {"BUCKET", "BUCKETVERSIONS", "UPLOADS"} and verb == "GET":
        return Act.OBJECT_LIST
    return Act.API_READ if verb in _READS else Act.OBJECT_WRITE


def _access(line: bytes, message: Message, source: Source) -> Access:
    found = _split(line)
    happened = moment(found["time"])
    request = request_line(found["request"]) if found["request"] != "-" else {}
    caller = caller_of(_plain(found["requester"]))
    query = request.get("query", "")
    status = count(found["status"], most=999)
    anonymous = found["requester"] == "-"
    auth = Auth.NONE if anonymous else _AUTH.get(found.get("authentication", ""), Auth.UNKNOWN)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act_of(found["operation"]),
        surface=Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=caller.actor,
        actor_type=ActorType.UNKNOWN if anonymous else caller.kind,
        app=caller.app,
        auth=auth,
        ip=address(found["ip"]),
        user_agent=_plain(found["agent"]),
        host=host_name(found.get("host", "")),
        method=request.get("method", ""),
        query=query,
        status=status,
        bytes=count(found["sent"]),
        result=Result.of_status(status),
        operation=found["operation"],
        resource=found["bucket"],
        resource_id="" if found["key"] == "-" else f"{found['bucket']}/{found['key']}",
        token=_presigned(query) if auth is Auth.TOKEN else "",
        request_id=identifier(found["request_id"]),
        unique=f"{found['request_id']}\n{found['operation']}\n{found['key']}",
        message="presigned URL" if auth is Auth.TOKEN else "anonymous" if anonymous else "",
    )


def _split(line: bytes) -> dict[str, str]:
    """The fields of a line by name; those of newer forms may be missing, those behind them are left out."""
    try:
        words = line.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("The line is not UTF-8.", advice=_ADVICE) from error
    tokens = [token for token, _ in zip(_TOKEN.finditer(words), range(_MOST), strict=False)]
    values = [next(group for group in token.groups() if group is not None) for token in tokens]
    if len(values) < _LEAST or tokens[2].lastgroup != "time":
        raise Unreadable("The line is no access log of S3, or was cut short.", advice=_ADVICE)
    return dict(zip(_FIELDS, values, strict=False))


def _plain(field: str) -> str:
    return "" if field == "-" else field


def _presigned(query: str) -> str:
    """What names a presigned URL: its signature, in the form of today or in the old one."""
    values = dict(parse_qsl(query))
    return values.get("X-Amz-Signature", values.get("Signature", ""))
