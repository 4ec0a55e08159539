"""The combined log format of Apache and nginx, https://httpd.apache.org/docs/2.4/logs.html#combined, one request a line.

    [vhost[:port]] client identity user [time] "request" status length ["referer" "agent" [extras]]

Extras are what people add at the end: quoted or bare values, `name=value`, or one JSON object. We take from them what says
itself what it is: a system number, a request's identifier, a host.
"""

import re
from ipaddress import ip_address

from . import json_log
from .base import Unreadable
from .mending import NOT_UTF8, as_text
from .request import Request, build, host_name, identifier, joined, moment, request_line, system_number

_QUOTED = rb'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    rb"(?P<who>.+?) \[(?P<time>[^\[\]]*)\] " + _QUOTED + rb" (?P<status>\d{3}|-) (?P<length>\d+|-)"
    rb"(?: " + _QUOTED + rb" " + _QUOTED + rb")?(?P<extras>(?: .*)?)",
    re.DOTALL,
)
_EXTRA = re.compile(
    # A quotation mark that nothing closes takes the rest with it: to look again from each place would take the length squared.
    rb'(?:(?P<name>[A-Za-z_][\w.-]*)=)?(?:"(?P<quoted>(?:[^"\\]|\\(?:.|\Z))*)(?:"|\Z)|(?P<bare>[^"\s]+))',
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"v": b"\v", b"f": b"\f"}
_ID_NAMES = {"request_id", "requestid", "req_id", "rid", "trace_id", "x-request-id"}
_LONG_ID = re.compile(r"[0-9A-Fa-f-]{16,64}|[A-Za-z0-9_-]{20,64}")
_TAIL = "What follows the agent cannot be read."
ADVICE = 'Send the combined format, like 127.0.0.1 - - [02/Mar/2026:14:04:00 +0000] "GET / HTTP/1.1" 200 5 "-" "agent", or JSON.'


def parse(line: bytes) -> Request:
    """The request that a line tells. Raises `Unreadable` when it is not of this format."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise Unreadable("Not a line of the combined log format.", advice=ADVICE)
    texts = [_text(part) for part in (found["who"], found[3], found[7] or b"-")]
    before, request, agent = (text for text, _ in texts)
    who = _who(before)
    parts = {**who, **request_line(request)}
    parts["host"] = parts["host"] or who["host"]
    extras = _extras(found["extras"])
    parts.update({key: extras[key] for key in ("host", "request_id") if extras.get(key)})
    parts["user_agent"] = "" if agent == "-" else agent
    odd = "" if all(clean for _, clean in texts) else NOT_UTF8
    parts["remark"] = joined(parts.get("remark", ""), odd, extras.get("remark", ""))
    return build(
        moment(found["time"].decode("ascii", "backslashreplace")),
        parts,
        status=found["status"].decode(),
        length=found["length"].decode(),
        asn=extras.get("asn", ""),
    )


def unescape(escaped: bytes) -> bytes:
    """The bytes that the server received, from those that it wrote between quotation marks."""
    return _ESCAPE.sub(_plain, escaped)


def escape(plain: bytes) -> bytes:
    """Bytes as Apache writes them between quotation marks: what is not printable ASCII becomes backslash, x, two digits."""
    return b"".join(_written(byte) for byte in plain)


def _plain(found: re.Match[bytes]) -> bytes:
    letter = found[1]
    return bytes([int(letter[1:], 16)]) if len(letter) == 3 else _ESCAPED.get(letter, letter)  # noqa: PLR2004  # xhh


def _written(byte: int) -> bytes:
    if byte in b'"\\':
        return b"\\" + bytes([byte])
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\x%02x" % byte  # noqa: PLR2004  # printable ASCII


def _text(escaped: bytes) -> tuple[str, bool]:
    """What was received, as text, and whether it was UTF-8."""
    return as_text(unescape(escaped))


def _who(text: str) -> dict[str, str]:
    """Client, user and virtual host from what stands before the time."""
    words = text.split(" ")
    host = ""
    if len(words) > 3 and not _is_address(words[0]) and _is_address(words[1]):  # noqa: PLR2004  # vhost, client, identity, user
        host = host_name(words.pop(0))
    user = " ".join(words[2:])
    return {"ip": "" if words[0] == "-" else words[0], "user": "" if user in ("-", "") else user, "host": host}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _extras(tail: bytes) -> dict[str, str]:
    """System number, request identifier and host, where the values after the agent say so; a remark when they cannot be read."""
    extras: dict[str, str] = {}
    if tail.lstrip().startswith(b"{"):
        try:
            return json_log.extras(tail)
        except Unreadable:
            return {"remark": _TAIL}
    for found in _EXTRA.finditer(tail):
        value = _text(found["quoted"] if found["quoted"] is not None else found["bare"])[0]
        name = (found["name"] or b"").decode().lower()
        kind = _kind(name, value)
        if kind and kind not in extras:
            extras[kind] = identifier(value) if kind == "request_id" else value
    return {**extras, "host": host_name(extras.get("host", ""))}


def _kind(name: str, value: str) -> str:
    """What an extra value is: by its name, else by its looks; "" when neither says."""
    if name:
        return (
            "asn" if name in {"asn", "as"} else "request_id" if name in _ID_NAMES else "host" if name in {"host", "vhost"} else ""
        )
    if value[:2] == "AS" and system_number(value):
        return "asn"
    return "request_id" if _LONG_ID.fullmatch(value) else ""
