r"""Events in the Common Event Format, behind a syslog header or bare, one a line or frame.

ArcSight Common Event Format: `CEF:Version|Vendor|Product|Device Version|Class|Name|Severity|Extension`. In the header `\|` and
`\\` are escaped, in the extension `\=`, `\\`, `\n` and `\r`. The format's own paper was not at hand; its times are unverified:
milliseconds since 1970, RFC 3339 and `MMM dd yyyy HH:mm:ss[.SSS][ zone]` are read, the last without a zone as UTC.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import ActorType, Result
from hemostat.kernel import Source

from . import mending, syslog
from .base import Message, Raw, ReaderContext, Rejected, Unreadable
from .carried import NO_TIME, Carried, filled
from .request import Moment, Request, host_name, identifier, joined, method_name, moment, split_target
from .syslog import Options

__all__ = ["Options", "parse", "read"]

_ADVICE = "Send CEF:0|vendor|product|version|class|name|severity|extension, bare or behind a header of RFC 5424."
_START = re.compile(rb"CEF:([0-9]{1,2})\|")
_VERSIONS = frozenset({"0", "1"})
_PARTS = 6
_HEADER_PART = re.compile(r"((?:[^\\|]|\\.)*)\|", re.DOTALL)
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.\[\]-]{1,128})=")
_ESCAPES = {"n": "\n", "r": "\r"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CEF_TIME = re.compile(
    r"([A-Z][a-z]{2}) ([0-9]{1,2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?(?: (UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {"unknown": 1, "low": 2, "medium": 3, "high": 4, "very-high": 5, "very high": 5}
_LOW, _MEDIUM, _HIGH, _MOST = 3, 6, 8, 10
_DENIED = re.compile(r"den(?:y|ied)|block(?:ed)?|drop(?:ped)?|reject(?:ed)?|forbid(?:den)?|prevent(?:ed)?", re.IGNORECASE)
_SUCCESS = re.compile(r"success(?:ful(?:ly)?)?|succeeded|allow(?:ed)?|accept(?:ed)?|permit(?:ted)?|ok", re.IGNORECASE)
_FAILURE = re.compile(r"fail(?:ure|ed)?|error|unsuccessful", re.IGNORECASE)
_LONGEST_NUMBER = 18


class Cef(msgspec.Struct, frozen=True, kw_only=True):
    """One event: the parts of its header, and its extension, without escapes."""

    vendor: str
    product: str
    signature: str
    name: str
    severity: int
    extension: Mapping[str, str]


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The events of a message, one a frame or line, numbered from 1."""
    carried = Carried(message, source, context, options=Options)
    yield from syslog.read_frames(message, partial(_event, carried=carried, header=syslog.parser(message, carried)))


def parse(text: str) -> Cef:
    """The event that begins with `CEF:`. Raises `Unreadable`."""
    version, _, rest = text.removeprefix("CEF:").partition("|")
    if version not in _VERSIONS:
        raise Unreadable("The event has a version of CEF that we do not know.", advice=_ADVICE)
    parts: list[str] = []
    at = 0
    while len(parts) < _PARTS:
        found = _HEADER_PART.match(rest, at)
        if found is None:
            raise Unreadable("The header of the event has fewer than seven parts.", advice=_ADVICE)
        parts.append(_unescaped(found[1]))
        at = found.end()
    vendor, product, _version, signature, name, severity = parts
    extension = _extension(rest[at:])
    return Cef(vendor=vendor, product=product, signature=signature, name=name, severity=_severity(severity), extension=extension)


def _event(raw: bytes, *, carried: Carried, header: Any) -> Access:
    start = _START.search(raw)
    if start is None:
        raise Unreadable("There is no CEF in the line.", advice=_ADVICE)
    before = header(raw) if start.start() and raw.startswith(b"<") else None
    text, is_utf8 = mending.as_text(raw[start.start() :].rstrip(b"\r\n"))
    cef = parse(text)
    time = _time(cef.extension) or (before.time if before else None)
    remark = joined("" if is_utf8 else mending.NOT_UTF8, "" if time else NO_TIME)
    access = _access(cef, carried, time or carried.received())
    access = filled(access, {"host": host_name(before.host)} if before else {})
    return msgspec.structs.replace(access, message=joined(access.message, remark)) if remark else access


def _access(cef: Cef, carried: Carried, time: Moment) -> Access:
    given = cef.extension
    user = given.get("suser") or given.get("suid") or ""
    account = given.get("duser") or given.get("duid") or ""
    said = joined(cef.name, given.get("msg", ""))
    facts: dict[str, Any] = {
        "severity": cef.severity,
        "operation": given.get("act") or cef.signature,
        "app": " ".join(filter(None, (cef.vendor, cef.product))),
        "ip": given.get("src") or given.get("c6a2") or "",
        "actor": user or account,
        "actor_type": ActorType.PERSON if user or account else ActorType.UNKNOWN,
        "resource": "account" if user and account else "",
        "resource_id": account if user else "",
        "result": _result(given),
        "bytes": _number(given.get("out", "")) or _number(given.get("in", "")),
        "user_agent": given.get("requestClientApplication", ""),
        "host": host_name(given.get("dhost", "")),
        "request_id": identifier(given.get("externalId", "")),
    }
    if request := given.get("request", ""):
        access = carried.routes.access(_request(request, given, time))
        return filled(msgspec.structs.replace(access, message=joined(said, access.message)), facts)
    return filled(carried.log(said.encode(errors="replace"), time=time), facts)


def _request(target: str, given: Mapping[str, str], time: Moment) -> Request:
    parts = split_target(target)
    return Request(
        time=time.time,
        offset_minutes=time.offset_minutes,
        ip=given.get("src", ""),
        user=given.get("suser", ""),
        method=method_name(given.get("requestMethod", "")),
        path=parts["path"],
        query=parts["query"],
        host=parts["host"],
        status=_status(given),
    )


def _status(given: Mapping[str, str]) -> int:
    """An outcome that is an HTTP status, as gateways give it; else the status that its word stands for."""
    outcome = given.get("outcome", "")
    if re.fullmatch(r"[1-5][0-9]{2}", outcome):
        return int(outcome)
    return 0


def _result(given: Mapping[str, str]) -> Result:
    """What the outcome, else the action taken, says."""
    for word in filter(None, (given.get("outcome", ""), given.get("act", ""))):
        for known, result in ((_DENIED, Result.DENIED), (_SUCCESS, Result.SUCCESS), (_FAILURE, Result.ERROR)):
            if known.fullmatch(word.strip("/ ")):
                return result
    return Result.UNKNOWN


def _extension(text: str) -> dict[str, str]:
    """The keys and values behind the header. A value reaches to the next key; the first of two equal keys counts."""
    found = list(_KEY.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)][: len(found)]
    values: dict[str, str] = {}
    for one, end in zip(found, ends, strict=True):
        values.setdefault(one[1], _unescaped(text[one.end() : end].strip(" ")))
    return values


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _severity(text: str) -> int:
    """The severity in the numbers of OCSF; informational when it is none of CEF's."""
    word = text.strip().lower()
    if not re.fullmatch("[0-9]{1,2}", word) or (number := int(word)) > _MOST:
        return _WORDS.get(word, 1)
    return 2 if number <= _LOW else 3 if number <= _MEDIUM else 4 if number <= _HIGH else 5


def _time(given: Mapping[str, str]) -> Moment | None:
    """When it happened, else when it began or ended or was received by its device. Raises `Unreadable` for what is no time."""
    text = next(filter(None, (given.get(name, "").strip() for name in ("rt", "start", "end"))), "")
    if not text:
        return None
    found = _CEF_TIME.fullmatch(text)
    if found is None:
        return moment(text)
    month, day, year, clock, fraction, zone = found.groups()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else 0
    return moment(f"{year}-{number:02}-{int(day):02}T{clock}{fraction or ''}{'Z' if zone in (None, 'UTC', 'GMT', 'Z') else zone}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0
