"""`/services/collector…`: what senders for Splunk's HTTP Event Collector speak, so that they can be pointed at us.

"HTTP Event Collector REST API endpoints", "Troubleshoot HTTP Event Collector" and "About HTTP Event Collector Indexer
Acknowledgment", help.splunk.com. No release of Splunk was at hand: the numbering of `invalid-event-number` from 0, and code 27
for a body that is too large, are unverified. Unlike Splunk we keep all events of a request or none, and answer after the commit.
"""

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request, aside
from hemostat.intake.faults import refusal
from hemostat.sources import hec, options_of
from hemostat.sources.base import Unreadable, lines

_SUCCESS, _NO_TOKEN, _BAD_HEADER, _UNKNOWN, _INTERNAL, _BUSY = 0, 2, 3, 4, 8, 9
_NO_CHANNEL, _BAD_CHANNEL, _ACK_OFF, _IN_QUERY, _HEALTHY, _FULL, _INVALID_TOKEN, _LARGE = 10, 11, 14, 16, 17, 18, 21, 27
_REPLIES: Mapping[int, tuple[int, str]] = {
    _SUCCESS: (200, "Success"),
    _NO_TOKEN: (401, "Token is required"),
    _BAD_HEADER: (401, "Invalid authorization"),
    _UNKNOWN: (403, "Invalid token"),
    hec.NO_DATA: (400, "No data"),
    hec.BAD_FORMAT: (400, "Invalid data format"),
    _INTERNAL: (500, "Internal server error"),
    _BUSY: (503, "Server is busy"),
    _NO_CHANNEL: (400, "Data channel is missing"),
    _BAD_CHANNEL: (400, "Invalid data channel"),
    hec.NO_EVENT: (400, "Event field is required"),
    hec.BLANK_EVENT: (400, "Event field cannot be blank"),
    _ACK_OFF: (400, "ACK is disabled"),
    hec.BAD_FIELDS: (400, "Error in handling indexed fields"),
    _IN_QUERY: (400, "Query string authorization is not enabled"),
    _HEALTHY: (200, "HEC is healthy"),
    _FULL: (503, "HEC is unhealthy, queues are full"),
    _INVALID_TOKEN: (400, "Invalid token"),
    _LARGE: (413, "Request entity too large"),
}
_VERSION = re.compile(r"/1\.0\Z")
_CHANNEL = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_KEPT = ("host", "source", "sourcetype", "time")
_LONGEST = 255  # characters of what a raw request says about all its lines
_ACKS = msgspec.json.Decoder(dict[str, list[int]])


class _Reply(Exception):
    """The request is refused with this code of the table."""

    def __init__(self, code: int, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


async def receive(desk: Desk, request: Request, path: str) -> Answer:
    """Events are on disk and counted, and the sender is told in Splunk's words."""
    try:
        return await _receive(desk, request, _VERSION.sub("", path))
    except _Reply as reply:
        desk.metrics.refused[f"hec_{reply.code}"] += 1
        return _answer(reply.code, **reply.more)
    except Exception as error:  # noqa: BLE001  # whatever it is, its sender is told in its own words
        refused = refusal(error)
        desk.metrics.refused[refused.error] += 1
        return _refusal(refused)


async def _receive(desk: Desk, request: Request, path: str) -> Answer:
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if path.endswith("/health"):
        return await _health(desk, request)
    if request.method != "POST":
        raise Refused(405, "method", "This address does not take the method.", advice="Use POST.", headers={"allow": "POST"})
    name = _sender(desk, request, query)
    has_acks = options_of(name, desk.settings().sources[name].options, hec.Options).ack
    if path.endswith("/ack"):
        return await _acks(desk, request, name, _channel(request, query, needed=True), has_acks=has_acks)
    channel = _channel(request, query, needed=has_acks)
    with desk.room.request() as take:
        body = await desk.unpacked(request, await desk.packed(request, take), take)
        headers = _kept_raw(query) if path.endswith("/raw") else {}
        records, timed = await aside(len(body), partial(_look, body, is_raw=bool(headers)))
        # Without times, equal requests need not be repetitions.
        key = f"sha256:{hashlib.sha256(body).hexdigest()}" if timed else f"once:{secrets.token_hex(16)}"
        kind = "text/plain" if headers else "application/json"
        receipt = await desk.keep(name, key=key, kind=kind, body=body, headers=headers)
    desk.counted(name, receipt, records)
    return _answer(_SUCCESS, **({"ackId": desk.channels.kept(name, channel)} if has_acks else {}))


def _sender(desk: Desk, request: Request, query: Mapping[str, str]) -> str:
    """The source that the token belongs to. Raises `_Reply`."""
    given = request.headers.get("authorization", "")
    if not given:
        raise _Reply(_IN_QUERY if "token" in query else _NO_TOKEN)
    name = desk.gate.holder("hec", _token(given))
    if not name:
        raise _Reply(_UNKNOWN)
    return name


def _token(authorization: str) -> str:
    """The token: behind `Splunk` or `Bearer`, or as the password of Basic. Raises `_Reply`."""
    scheme, _, rest = authorization.strip().partition(" ")
    token = rest.strip()
    if scheme.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True).decode().partition(":")[2]
        except ValueError as error:
            raise _Reply(_BAD_HEADER) from error
    elif scheme.lower() not in {"splunk", "bearer"}:
        raise _Reply(_BAD_HEADER)
    if not token:
        raise _Reply(_BAD_HEADER)
    return token


def _channel(request: Request, query: Mapping[str, str], *, needed: bool) -> str:
    """The channel of the request; "" when it has none and needs none. Raises `_Reply`."""
    channel = request.headers.get("x-splunk-request-channel", "") or query.get("channel", "")
    if not channel and not needed:
        return ""
    if not channel:
        raise _Reply(_NO_CHANNEL)
    if not _CHANNEL.fullmatch(channel):
        raise _Reply(_BAD_CHANNEL)
    return channel.lower()


async def _acks(desk: Desk, request: Request, name: str, channel: str, *, has_acks: bool) -> Answer:
    if not has_acks:
        raise _Reply(_ACK_OFF)
    with desk.room.request() as take:
        body = await desk.packed(request, take)
    try:
        numbers = _ACKS.decode(body)["acks"]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, RecursionError) as error:
        raise _Reply(hec.BAD_FORMAT) from error
    told = {str(number): desk.channels.is_kept(name, channel, number) for number in numbers}
    return Answer(status=200, body=msgspec.json.encode({"acks": told}))


async def _health(desk: Desk, request: Request) -> Answer:
    """Can requests be taken? A token need not be shown, but must not be a wrong one."""
    if request.method not in {"GET", "HEAD"}:
        raise Refused(405, "method", "This address does not take the method.", advice="Use GET.", headers={"allow": "GET, HEAD"})
    given = request.headers.get("authorization", "")
    if given and not desk.gate.holder("hec", _token(given)):
        raise _Reply(_INVALID_TOKEN)
    has_room = await asyncio.to_thread(desk.spool.used) < desk.settings().intake.spool_limit
    return _answer(_HEALTHY if has_room and desk.committer.is_alive() else _FULL)


def _look(body: bytes, *, is_raw: bool) -> tuple[int, bool]:
    """How many events a body has, and whether each tells its time. Raises `_Reply`."""
    if is_raw:
        if not (count := sum(1 for _ in lines(body))):
            raise _Reply(hec.NO_DATA)
        return count, False
    count, timed = 0, True
    try:
        for envelope in hec.envelopes(body):
            count += 1
            timed = timed and envelope.get("time") is not None
            hec.moment_of(envelope)
    except hec.BadEnvelope as error:
        more = {} if error.code == hec.NO_DATA else {"invalid-event-number": error.number}
        raise _Reply(error.code, **more) from error
    except Unreadable as error:
        raise _Reply(hec.BAD_FORMAT, **{"invalid-event-number": count - 1}) from error
    return count, timed


def _kept_raw(query: Mapping[str, str]) -> dict[str, str]:
    """What the address of a raw request says about all its lines."""
    return {"hec": hec.RAW, **{name: query[name][:_LONGEST] for name in _KEPT if query.get(name)}}


def _answer(code: int, **more: Any) -> Answer:
    status, text = _REPLIES[code]
    headers = (("retry-after", "1"),) if status == 503 else ()  # noqa: PLR2004  # come back
    return Answer(status=status, body=msgspec.json.encode({"text": text, "code": code, **more}), headers=headers)


def _refusal(refused: Refused) -> Answer:
    """A refusal of ours in Splunk's form, with the nearest of its codes."""
    code = _LARGE if refused.status == 413 else _BUSY if refused.status == 503 else hec.BAD_FORMAT  # noqa: PLR2004  # by status
    text = f"{_REPLIES[code][1]}: {refused.reason}"
    return Answer(
        status=refused.status, body=msgspec.json.encode({"text": text, "code": code}), headers=tuple(refused.headers.items())
    )
