"""JSON access logs, one object a line: nginx, Caddy, Traefik, CloudFront, Cloudflare, ECS and what people write themselves.

Servers differ in names and nesting, not in meaning. A name is compared by its letters and digits only, with the names of the
objects around it in front: `request.headers.User-Agent` is `requestheadersuseragent`.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from . import mending
from .base import Unreadable
from .request import (
    TIME_ADVICE,
    Moment,
    Request,
    build,
    host_name,
    identifier,
    joined,
    method_name,
    moment,
    request_line,
    since_epoch,
    split_target,
)

_DECODER = msgspec.json.Decoder(dict[str, Any])
_DEPTH = 4
_MOST_NAMES, _LONGEST_NAMES = 64, 1024  # of an object whose names are remembered, and letters of them together
_STATUS = re.compile(r"[0-9]{3}")
_CLOCK = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d+)?")
_NAMES = {
    "time": "time timestamp timeiso8601 timelocal ts msec datetime startutc edgestarttimestamp",
    "day": "date",
    "ip": "ip clientip remoteip remoteaddr clientaddr srcip sourceip cip clienthost requestclientip requestremoteip"
    " srcendpointip",
    "user": "user remoteuser userid username clientusername",
    "method": "method requestmethod httpmethod csmethod clientrequestmethod httprequestmethod verb",
    "query": "query querystring args csuriquery urlquery",
    "status": "status statuscode responsestatus scstatus edgeresponsestatus downstreamstatus httpresponsestatuscode httpstatus"
    " code",
    "response": "response",
    "bytes": "bytes size bodybytessent bytessent responsesize scbytes edgeresponsebytes downstreamcontentsize"
    " httpresponsebodybytes length",
    "user_agent": "useragent httpuseragent agent requestheadersuseragent csuseragent clientrequestuseragent useragentoriginal"
    " requestuseragent",
    "host": "host httphost servername requesthost xhostheader cshost vhost clientrequesthost urldomain authority",
    "request_id": "requestid reqid rid traceid xrequestid xedgerequestid rayid httprequestid",
    "asn": "asn clientasn casn sourceasn srcasn sourceasnumber",
}
_TARGETS = (
    "requesturi", "request", "requestline", "clientrequesturi", "urloriginal", "requesttarget", "target", "requesturl",
    "httprequesturl", "uri", "url", "csuristem", "requestpath", "path", "urlpath",
)  # fmt: skip
"""Where a target stands, the rawest first: servers rewrite what they call `uri`, and drop its query."""
_IS_TARGET = frozenset(_TARGETS)

_FIELD = {alias: (alias, rank) for rank, alias in enumerate(_TARGETS)} | {
    alias: (field, rank) for field, aliases in _NAMES.items() for rank, alias in enumerate(aliases.split())
}
_ADVICE = "Send one JSON object a line, in UTF-8, with at least the time, the path (or the request line) and the status."


def parse(line: bytes) -> Request:
    """The request that a line tells. Raises `Unreadable` when it is not an object, or has no time or no path."""
    record, odd = decode(line)
    found = _fields(record, is_flat=line.count(b"{") == 1)
    texts = _texts(found)
    target = _target(texts)
    if not target:
        raise Unreadable("The object has no path.", advice=_ADVICE)
    told = texts.get
    user = told("user", "")
    parts = {
        **target,
        "ip": told("ip", ""),
        "user": "" if user == "-" else user,
        "user_agent": told("user_agent", ""),
        "host": host_name(told("host", "")) or target.get("host", ""),
        "request_id": identifier(told("request_id", "")),
        "remark": joined(target.get("remark", ""), odd),
    }
    return build(_moment(found), parts, status=_status(texts), length=told("bytes", ""), asn=told("asn", ""))


def extras(line: bytes) -> dict[str, str]:
    """What a JSON object at the end of another log line adds: host, request identifier, system number, a remark."""
    record, odd = decode(line)
    told = _texts(_fields(record, is_flat=line.count(b"{") == 1)).get
    return {
        "host": host_name(told("host", "")),
        "request_id": identifier(told("request_id", "")),
        "asn": told("asn", ""),
        "remark": odd,
    }


def decode(line: bytes) -> tuple[dict[str, Any], str]:
    """The object of a line, and a remark on its bytes; whole numbers stay exact. Raises `Unreadable` when it is not one."""
    try:
        return mending.decode(_DECODER, line)
    except mending.UNREADABLE as error:
        raise Unreadable("The line is not JSON, or was cut short.", advice=_ADVICE) from error


def _fields(record: dict[str, Any], *, is_flat: bool) -> dict[str, Any]:
    """Our names for what an object says, those of targets with the rawest first. A flat one holds no other object."""
    names = tuple(record)
    if is_flat and len(names) <= _MOST_NAMES and len("".join(names)) <= _LONGEST_NAMES:
        found = {}
        for name, field in _shape(names):
            if field not in found and (value := record[name]) is not None and value not in ("", "-"):
                found[field] = value[0] if isinstance(value, list) and value else value
        return found
    fields: dict[str, tuple[int, Any]] = {}
    _gather(record, "", fields, depth=_DEPTH)
    return {field: value for field, (_, value) in sorted(fields.items(), key=lambda one: one[1][0])}


@lru_cache(maxsize=256)
def _shape(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The names of a flat object that mean a field of ours, the better ones first; a server writes the same ones in each line."""
    known = [(*_FIELD[bare], name) for name in names if (bare := _bare(name)) in _FIELD]
    return [(name, field) for field, _, name in sorted(known, key=lambda one: one[1])]


def _gather(record: dict[str, Any], within: str, fields: dict[str, tuple[int, Any]], *, depth: int) -> None:
    """`fields` has the best-named value of each of our fields, from this object and those in it."""
    for name, value in record.items():
        bare = within + _bare(name)
        if isinstance(value, dict):
            if depth:
                _gather(value, bare, fields, depth=depth - 1)
            continue
        field, rank = _FIELD.get(bare, ("", 0))
        if field and value is not None and value not in ("", "-") and (field not in fields or rank < fields[field][0]):
            fields[field] = (rank, value[0] if isinstance(value, list) and value else value)


def _bare(name: str) -> str:
    """A name by its letters and digits only."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _texts(found: dict[str, Any]) -> dict[str, str]:
    """Each field as text. Fractions and structures are no text: a number with a fraction may have lost digits already."""
    # By the very type: that is quickest, nearly all values are texts and whole numbers, and `true` is no number.
    return {field: value if type(value) is str else str(value) if type(value) is int else "" for field, value in found.items()}


def _status(texts: dict[str, str]) -> str:
    """The status; what some call `response` is one only if it looks like one."""
    if status := texts.get("status", ""):
        return status
    response = texts.get("response", "")
    return response if _STATUS.fullmatch(response) else ""


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


def _target(texts: dict[str, str]) -> dict[str, str]:
    """Method, path, query and host, from the rawest target that can be read; a remark when none can, empty when there is none.

    The query is that of the first target which has one: the others lost it on the way.
    """
    best: dict[str, str] = {}
    for name, text in texts.items():
        if name not in _IS_TARGET or not text:
            continue
        parts = _parts(name, text)
        if "path" not in best:
            best = parts if "path" in parts else best or parts
        elif "path" in parts:
            for part in ("method", "query", "host"):
                best[part] = best.get(part, "") or parts.get(part, "")
    if "path" in best:
        best["method"] = method_name(texts.get("method", "")) or best.get("method", "")
        best["query"] = best["query"] or texts.get("query", "").removeprefix("?")
    return best


def _parts(name: str, text: str) -> dict[str, str]:
    """What a target says; a request line may have been cut down to its target."""
    is_line = name in {"request", "requestline"} and not text.startswith(("/", "http://", "https://"))
    return request_line(text) if is_line else split_target(text)
