"""One HTTP request as a web server logs it, whatever the form of the line; and the small words that all forms share."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from urllib.parse import parse_qsl

import msgspec

from .base import Unreadable

_HOST = re.compile(r"[A-Za-z0-9._\[\]-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:+=-]{1,128}")
_LEAP = re.compile(r"(\d{2}:\d{2}):60(?!\d)")
_METHOD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # what RFC 9110 calls a token: servers pass on methods that nobody knows
_METHODS = frozenset(
    {
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY", "PURGE", "ACL", "BIND",
        "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKWORKSPACE",
        "MOVE", "ORDERPATCH", "PRI", "PROPFIND", "PROPPATCH", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK",
        "UNLOCK", "UPDATE", "BASELINE-CONTROL", "VERSION-CONTROL", "MKREDIRECTREF", "UPDATEREDIRECTREF",
    }
)  # fmt: skip
"""The methods of the registry of IANA, and that of caches: a caller may write whatever he likes in the place of one."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = re.compile(r"[0-9]{9,20}(\.[0-9]{1,9})?")
_COMMON_TIME = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.\d+)? ([+-])(\d{2})(\d{2})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCALES = ((1e11, 1), (1e14, 1_000), (1e17, 1_000_000))  # seconds to the year 5138, then milli-, then microseconds
_NANOSECONDS = 1_000_000_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2199  # a damaged year would hold up everything that waits for time to pass
_MOST_BYTES = 2**62
_MOST_ASN = 2**32 - 1
TIME_ADVICE = "Log the time with its zone, like 02/Mar/2026:14:04:00 +0000 or 2026-03-02T14:04:00Z, or in seconds since 1970."


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one log line says. `path` and `query` are as sent; `remark` says what was odd about the line."""

    time: datetime
    offset_minutes: int = 0
    ip: str = ""
    user: str = ""
    method: str = ""
    path: str = ""
    query: str = ""
    status: int = 0
    bytes: int = 0
    user_agent: str = ""
    host: str = ""
    request_id: str = ""
    asn: int = 0
    remark: str = ""


class Moment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A moment in UTC and the zone in which it was written, in minutes east of UTC."""

    time: datetime
    offset_minutes: int = 0


def moment(text: str) -> Moment:
    """The moment that a log names: common log format, RFC 3339, or a number since 1970. Raises `Unreadable` for other text."""
    if text[4:5] == "-":  # neither of the other forms has a dash here
        return rfc3339(text)
    text = _without_leap(text)
    try:
        if found := _COMMON_TIME.fullmatch(text):
            return _common(found)
        if _NUMBER.fullmatch(text):
            return since_epoch(float(text))
    except (ValueError, OverflowError) as error:
        raise Unreadable("The time is not one that we know.", advice=TIME_ADVICE) from error
    return rfc3339(text)


def rfc3339(text: str) -> Moment:
    """The moment that RFC 3339 text names. Raises `Unreadable` for other text, or when the zone is missing."""
    try:
        return _aware(datetime.fromisoformat(_without_leap(text)))
    except (ValueError, OverflowError) as error:
        raise Unreadable("The time is not one that we know.", advice=TIME_ADVICE) from error


def since_epoch(number: float) -> Moment:
    """The moment that a number of seconds, milli-, micro- or nanoseconds since 1970 names, told apart by size.

    Raises `Unreadable` when no year of ours holds it.
    """
    scale = next((scale for most, scale in _SCALES if number < most), _NANOSECONDS)
    try:
        return _possible(Moment(time=_EPOCH + timedelta(microseconds=round(number * 1_000_000 / scale))))
    except (ValueError, OverflowError) as error:
        raise Unreadable("The time is not one that we know.", advice=TIME_ADVICE) from error


def _without_leap(text: str) -> str:
    """The time with a leap second, 23:59:60, read as the second before it: our calendar has no place for it."""
    return _LEAP.sub(r"\1:59", text) if ":60" in text else text


def _common(found: re.Match[str]) -> Moment:
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = (int(zone_hours) * 60 + int(zone_minutes)) * (-1 if sign == "-" else 1)
    number = _MONTHS.index(month) + 1  # English whatever the locale: the format says so
    zone = timezone(timedelta(minutes=offset))
    return _aware(datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone))


def _aware(found: datetime) -> Moment:
    if found.tzinfo is UTC:
        return _possible(Moment(time=found))
    offset = found.utcoffset()
    if offset is None:
        raise Unreadable("The time has no zone.", advice=TIME_ADVICE)
    return _possible(Moment(time=found.astimezone(UTC), offset_minutes=int(offset.total_seconds() // 60)))


def _possible(found: Moment) -> Moment:
    if not _FIRST_YEAR <= found.time.year <= _LAST_YEAR:
        raise Unreadable("The time lies in a year that no log of ours can be from.", advice=TIME_ADVICE)
    return found


def request_line(text: str) -> dict[str, str]:
    """Method, path, query and host of `GET /path?query HTTP/1.1` (RFC 9112, section 3); a remark when it is not such a line."""
    method, _, rest = text.strip(" ").partition(" ")
    target = (rest.rpartition(" ")[0] if " HTTP/" in rest else rest).strip(" ")  # nginx lets further spaces pass
    if not _METHOD.fullmatch(method) or not target:
        return {"remark": "The request line is not HTTP."}
    known = method_name(method)
    return {"method": known, **split_target(target), **({} if known else {"remark": "The method is none that HTTP knows."})}


def split_target(target: str) -> dict[str, str]:
    """Path, query and host of a request target: `/path?query`, or with scheme and host in front as proxies log it."""
    host = ""
    if target[:8].lower().startswith(("http://", "https://")):
        host, slash, rest = target.partition("//")[2].partition("/")
        target = slash + rest
    path, _, query = target.partition("#")[0].partition("?")
    return {"path": path, "query": query, "host": host_name(host)}


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Names and values of a query's parameters, decoded, in their order; what has no `=` is a name without a value."""
    if "%" in query or "+" in query:
        return parse_qsl(query, keep_blank_values=True)
    # The common query has nothing to decode.
    return [(name, value) for part in query.split("&") if part for name, _, value in (part.partition("="),)]


@lru_cache(maxsize=1024)
def host_name(text: str) -> str:
    """A host without its port, in lower case; "" for text that is no host, since callers choose it freely."""
    if not text or not _HOST.fullmatch(text):
        return ""
    return (text if ":" not in text or text.endswith("]") else re.sub(r":\d+$", "", text)).lower()


def identifier(text: str) -> str:
    """A request's identifier; "" for text that holds more: slashes and `@` stand in paths and addresses."""
    return text if _IDENTIFIER.fullmatch(text) else ""


def method_name(text: str) -> str:
    """A method in capitals; "" for text that is none which HTTP knows."""
    upper = text.upper()
    return upper if upper in _METHODS else ""


def count(text: str, *, most: int = _MOST_BYTES) -> int:
    """A whole number from 0 to `most`, 0 for `-` and nothing. Raises `Unreadable` for other text."""
    if text in ("", "-"):
        return 0
    number = _whole(text, most)
    if number < 0:
        raise Unreadable(
            "A number of the line is not one.", advice="Status, length and system number are whole numbers, or a dash."
        )
    return number


def system_number(text: str) -> int:
    """The number of an autonomous system, written `64500` or `AS64500`; 0 for other text."""
    return max(0, _whole(text[2:] if text[:2].upper() == "AS" else text, _MOST_ASN))


def _whole(text: str, most: int) -> int:
    """The whole number from 0 to `most` that the text is, with no more digits than that has; else -1."""
    number = int(text) if text.isdecimal() and text.isascii() and len(text) <= _digits(most) else -1
    return number if number <= most else -1


@cache
def _digits(number: int) -> int:
    return len(str(number))


def joined(*remarks: str) -> str:
    """Remarks one behind the other, without the empty ones."""
    return " ".join(filter(None, remarks)) if any(remarks) else ""


def build(moment: Moment, parts: Mapping[str, str], *, status: str, length: str, asn: str = "") -> Request:
    """A request from the texts of a line. Raises `Unreadable` when the status is not a number; a length may be missing."""
    try:
        size, odd = count(length), ""
    except Unreadable:
        size, odd = 0, "The length is not a number."
    texts = {**parts, "remark": joined(parts.get("remark", ""), odd)} if odd else parts
    return Request(
        time=moment.time,
        offset_minutes=moment.offset_minutes,
        status=count(status, most=999),
        bytes=size,
        asn=system_number(asn),
        **texts,
    )
