"""`/in/adobe-events/{source}`: Adobe I/O Events, signed twice over their raw bytes; one signature that fits is enough.

`GET ?challenge=` and a `POST` of a `validationUrl` are how Adobe asks whether the address wants its events. Adobe repeats what is
answered 429 or 5xx for a day, and drops what is answered otherwise: so what cannot be checked now is told to come again.
"""

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from hemostat.intake.adobe_keys import PublicKeys
from hemostat.intake.answers import Answer, Refused, try_later
from hemostat.intake.desk import Desk, Request, aside
from hemostat.intake.receiving import Headers, require_method
from hemostat.sources import options_of
from hemostat.sources.adobe_events import Options, message_key
from hemostat.sources.adobe_signature import event_signed
from hemostat.sources.mending import UNREADABLE

_HOST = "https://static.adobeioevents.com"
_SIGNED = (
    ("x-adobe-digital-signature-1", "x-adobe-public-key1-path"),
    ("x-adobe-digital-signature-2", "x-adobe-public-key2-path"),
)
_KEPT = frozenset({"x-adobe-event-id", "x-adobe-event-code", "x-adobe-retry-count"})
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_VALIDATORS = (".adobe.io", ".adobeioevents.com")
_TIMEOUT = 4.0
_LONGEST_VALIDATION = 4_096
_KEYS: dict[str, PublicKeys] = {}


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """An event is on disk, or a challenge is answered. Raises `Refused`."""
    require_method(request.method, "GET", "POST")
    source = desk.gate.source(name, door="adobe-events")
    options = options_of(name, source.options, Options)
    if request.method == "GET":
        return _challenged(request.query)
    with desk.strangers(request) as take:
        packed = await desk.packed(request, take)
        if not any(request.headers.get(signature) for signature, _ in _SIGNED):
            return await _validated(packed)
        # The signature is over the raw bytes: it is checked before they are looked at.
        await _require_signature(packed, request.headers, _keys(desk, options))
        events = await aside(len(packed), lambda: _events(packed))
        _require_ours(events, options.client_id)
        key = _key(request.headers, events, packed)
        kept = {header: value for header, value in request.headers.items() if header in _KEPT}
        receipt = await desk.keep(name, key=key, kind="application/json", body=packed, headers=kept)
    return desk.accepted(name, receipt, len(events))


def _challenged(query: str) -> Answer:
    """The challenge, given back. Raises `Refused` (400) when there is none."""
    challenge = parse_qs(query).get("challenge", [""])[0]
    if not _CHALLENGE.fullmatch(challenge):
        raise Refused(400, "no_challenge", "There is no challenge.", advice="Register the address in the Developer Console.")
    return Answer(status=200, body=msgspec.json.encode({"challenge": challenge}))


async def _validated(body: bytes) -> Answer:
    """Adobe was told, at the address it gave, that its events are wanted. Raises `Refused`: 401 for any other body."""
    url = _validation_url(body)
    if not url:
        advice = "Only Adobe's own deliveries are taken, with both its signatures."
        raise Refused(401, "bad_signature", "The signature is missing.", advice=advice)
    import httpx  # noqa: PLC0415  # only an intake that takes Adobe's events loads a client

    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        raise _not_validated() from error
    if not answer.is_success:
        raise _not_validated()
    return Answer(status=200, body=b'{"validated":true}')


def _validation_url(body: bytes) -> str:
    """The address that Adobe wants to be asked; "" when it is none of Adobe's."""
    if len(body) > _LONGEST_VALIDATION:
        return ""
    try:
        found = msgspec.json.decode(body, type=dict[str, Any])
        url = found.get("validationUrl")
        parts = urlsplit(url if isinstance(url, str) else "")
        port = parts.port
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError):
        return ""
    host = (parts.hostname or "").lower()
    plain = port in {None, 443} and parts.username is None and re.fullmatch(r"[a-z0-9.-]{1,253}", host) is not None
    return parts.geturl() if parts.scheme == "https" and plain and host.endswith(_VALIDATORS) else ""


def _not_validated() -> Refused:
    advice = "Verify the address again in the Developer Console; let the intake reach adobe.io by https."
    return try_later("not_validated", "Adobe could not be told.", advice=advice, seconds=60)


def _keys(desk: Desk, options: Options) -> PublicKeys:
    """The keys of Adobe's host; of another one only in a sandbox."""
    host = options.keys if desk.settings().kind == "sandbox" else _HOST
    return _KEYS.setdefault(host, PublicKeys(host, seconds=time.monotonic))


async def _require_signature(body: bytes, headers: Headers, keys: PublicKeys) -> None:
    """One of the two signatures fits the body. Raises `Refused`: 401, or 503 when no key could be had and none did fit."""
    missing: Refused | None = None
    for name, path in _SIGNED:
        signature = headers.get(name, "")
        if not signature:
            continue
        try:
            key = await keys.get(headers.get(path, ""))
        except Refused as refused:
            missing = refused if missing is None or refused.status != 401 else missing  # noqa: PLR2004  # the graver answer
            continue
        if await aside(len(body), lambda key=key, signature=signature: event_signed(body, [(signature, key)])):  # type: ignore[misc]  # bound at once
            return
    if missing is not None:
        raise missing
    advice = "Check that nothing on the way changes the body."
    raise Refused(401, "bad_signature", "Neither signature fits the body.", advice=advice)


def _events(body: bytes) -> list[Mapping[str, Any]]:
    """The events of a body: one object, or an array of them. Raises `Refused` (400) when it is neither."""
    try:
        found = msgspec.json.decode(body)
    except UNREADABLE:
        found = None
    several = found if isinstance(found, list) else [found]
    if not several or not all(isinstance(event, dict) for event in several):
        raise Refused(400, "not_json", "The body is not an event in JSON.", advice="Send the body as Adobe made it.")
    return several


def _require_ours(events: list[Mapping[str, Any]], client_id: str) -> None:
    """All events are meant for this client: Adobe signs those of everybody with the same keys. Raises `Refused` (403)."""
    if any(event.get("recipientclientid", event.get("recipient_client_id")) != client_id for event in events):
        advice = "Set `client_id` of the source to that of the project in the Developer Console."
        raise Refused(403, "wrong_client", "The event is meant for another client.", advice=advice)


def _key(headers: Headers, events: list[Mapping[str, Any]], body: bytes) -> str:
    """What names the delivery: the event's identifier, which stays the same when Adobe sends it again, else the body's hash."""
    return message_key(headers.get("x-adobe-event-id", "") if len(events) == 1 else "", body)
