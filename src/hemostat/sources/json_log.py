"""JSON access logs, one object a line: nginx, Caddy, Traefik, CloudFront, Cloudflare, ECS and what people write themselves.

Servers differ in names and nesting, not in meaning. A name is compared by its letters and digits only, with the names of the
objects around it in front: `request.headers.User-Agent` is `requestheadersuseragent`.
"""

import re
from typing import Any

import msgspec

from .base import Unreadable
from .request import (
    TIME_ADVICE,
    Moment,
    Request,
    build,
    host_name,
    identifier,
    method_name,
    moment,
    request_line,
    since_epoch,
    split_target,
)

_DECODER = msgspec.json.Decoder(dict[str, Any])
_DEPTH = 4
_CLOCK = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d+)?")
_NAMES = {
    "time": "time timestamp timeiso8601 timelocal ts msec datetime startutc edgestarttimestamp",
    "day": "date",
    "ip": "ip clientip remoteip remoteaddr clientaddr srcip sourceip cip clienthost requestclientip requestremoteip"
    " srcendpointip",
    "user": "user remoteuser userid username clientusername",
    "request": "request requestline",
    "method": "method requestmethod httpmethod csmethod clientrequestmethod httprequestmethod",
    "uri": "uri requesturi url requesturl target csuristem clientrequesturi requestpath path urlpath urloriginal httprequesturl",
    "query": "query querystring args csuriquery urlquery",
    "status": "status statuscode responsestatus scstatus edgeresponsestatus downstreamstatus httpresponsestatuscode httpstatus"
    " code",
    "bytes": "bytes size bodybytessent bytessent responsesize scbytes edgeresponsebytes downstreamcontentsize"
    " httpresponsebodybytes length",
    "user_agent": "useragent httpuseragent agent requestheadersuseragent csuseragent clientrequestuseragent useragentoriginal"
    " requestuseragent",
    "host": "host httphost servername requesthost xhostheader cshost vhost clientrequesthost urldomain authority",
    "request_id": "requestid reqid rid traceid xrequestid xedgerequestid rayid id httprequestid",
    "asn": "asn clientasn casn sourceasn srcasn sourceasnumber",
}
_FIELD = {alias: (field, rank) for field, aliases in _NAMES.items() for rank, alias in enumerate(aliases.split())}
_ADVICE = "Send one JSON object a line, in UTF-8, with at least the time, the path (or the request line) and the status."


def parse(line: bytes) -> Request:
    """The request that a line tells. Raises `Unreadable` when it is not an object, or has no time or no path."""
    found = _fields(decode(line))
    target = _target(found)
    if not target:
        raise Unreadable("The object has no path.", advice=_ADVICE)
    parts = {
        **target,
        "ip": _text(found, "ip"),
        "user": _user(found),
        "user_agent": _text(found, "user_agent"),
        "host": host_name(_text(found, "host")) or target.get("host", ""),
        "request_id": identifier(_text(found, "request_id")),
    }
    return build(_moment(found), parts, status=_text(found, "status"), length=_text(found, "bytes"), asn=_text(found, "asn"))


def extras(line: bytes) -> dict[str, str]:
    """What a JSON object at the end of another log line adds: host, request identifier, system number."""
    found = _fields(decode(line))
    return {
        "host": host_name(_text(found, "host")),
        "request_id": identifier(_text(found, "request_id")),
        "asn": _text(found, "asn"),
    }


def decode(line: bytes) -> dict[str, Any]:
    """The object of a line; whole numbers stay exact. Raises `Unreadable` when it is not one."""
    try:
        return _DECODER.decode(line)
    except UnicodeDecodeError as error:
        raise Unreadable("The line is not UTF-8.", advice="Write JSON in UTF-8 (RFC 8259, section 8.1).") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable("The line is not JSON, or was cut short.", advice=_ADVICE) from error


def _fields(record: dict[str, Any]) -> dict[str, Any]:
    """Our names for what an object says."""
    fields: dict[str, tuple[int, Any]] = {}
    _gather(record, "", fields, depth=_DEPTH)
    return {field: value for field, (_, value) in fields.items()}


def _gather(record: dict[str, Any], within: str, fields: dict[str, tuple[int, Any]], *, depth: int) -> None:
    """`fields` has the best-named value of each of our fields, from this object and those in it."""
    for name, value in record.items():
        bare = within + "".join(letter for letter in name.lower() if letter.isalnum())
        if isinstance(value, dict):
            if depth:
                _gather(value, bare, fields, depth=depth - 1)
            continue
        field, rank = _FIELD.get(bare, ("", 0))
        if field and value is not None and value not in ("", "-") and (field not in fields or rank < fields[field][0]):
            fields[field] = (rank, value[0] if isinstance(value, list) and value else value)


def _text(found: dict[str, Any], field: str) -> str:
    """A field as text. Fractions and structures are no text: a number with a fraction may have lost digits already."""
    value = found.get(field, "")
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _user(found: dict[str, Any]) -> str:
    user = _text(found, "user")
    return "" if user == "-" else user


def _moment(found: dict[str, Any]) -> Moment:
    value = found.get("time", found.get("day"))
    if value is None:
        raise Unreadable("The object has no time.", advice=_ADVICE)
    if isinstance(value, str):
        apart = isinstance(found.get("day"), str) and _CLOCK.fullmatch(value)
        return moment(f"{found['day']}T{value}Z" if apart else value)  # CloudFront writes day and time apart, in UTC
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return since_epoch(value)
    raise Unreadable("The time is not one that we know.", advice=TIME_ADVICE)


def _target(found: dict[str, Any]) -> dict[str, str]:
    """Method, path, query and host, from separate fields or from a request line; empty when there is neither."""
    if uri := _text(found, "uri"):
        parts = {"method": method_name(_text(found, "method")), **split_target(uri)}
        return {**parts, "query": parts["query"] or _text(found, "query").removeprefix("?")}
    return request_line(_text(found, "request")) if _text(found, "request") else {}
