"""Zoom webhooks: meetings, recordings, accounts. The signature was checked at the door, over the raw bytes.

Contract: https://developers.zoom.us/docs/api/webhooks. No source confirmed the names of all events and of the fields of a
recording. A topic, an e-mail address, a password, a link and a token never become a field: they may name a patient, or let
somebody in.
"""

import re
from collections.abc import Iterator
from typing import Any

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import zoom_reports
from .base import POLLED, Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .documents import address, decoded, inner, number, text
from .request import since_epoch

EVENT = re.compile(r"[a-z0-9_]{1,40}(\.[a-z0-9_]{1,60}){0,3}")
"""The name of an event: `recording.completed`."""

_ACTS = {
    "recording.started": Act.RECORDING_CREATE,
    "recording.completed": Act.RECORDING_CREATE,
    "recording.transcript_completed": Act.RECORDING_CREATE,
    "recording.trashed": Act.RECORDING_DELETE,
    "recording.deleted": Act.RECORDING_DELETE,
    "recording.registration_approved": Act.ACCESS_GRANT,
    "recording.registration_denied": Act.ACCESS_REVOKE,
    "meeting.started": Act.MEETING_OPEN,
    "meeting.ended": Act.MEETING_CLOSE,
    "meeting.participant_joined": Act.MEETING_JOIN,
    "webinar.started": Act.MEETING_OPEN,
    "webinar.ended": Act.MEETING_CLOSE,
    "webinar.participant_joined": Act.MEETING_JOIN,
    "user.signed_in": Act.ACCOUNT_LOGIN,
    "user.signed_out": Act.ACCOUNT_LOGOUT,
    "app_deauthorized": Act.APP_CHANGE,
}
_OTHERS = {
    "recording": Act.RECORDING_CHANGE,
    "meeting": Act.LOG_WRITE,
    "webinar": Act.LOG_WRITE,
    "user": Act.ACCOUNT_CHANGE,
    "account": Act.CONFIG_CHANGE,
}
_LATEST = 7_258_118_400_000  # milliseconds: the year 2200
_ADVICE = "Send the body as Zoom made it: an object with `event`, `event_ts` and `payload`."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a webhook, or the record that a feed asked for (`zoom_reports`)."""
    told = zoom_reports.access_of if POLLED in message.headers else _access
    yield attempt(1, message.body, lambda body: told(decoded(body), message, source))


def delivery_of(record: dict[str, Any]) -> str:
    """What names the delivery: event, time, the meeting, and who joined; "" when it has neither time nor meeting."""
    thing = inner(record, "payload", "object")
    time, meeting = text(record, "event_ts"), text(thing, "uuid") or text(thing, "id")
    return (
        "\n".join((text(record, "event"), time, meeting, zoom_reports.joined_by(inner(thing, "participant"))))
        if time or meeting
        else ""
    )


def unique_of(record: dict[str, Any]) -> str:
    """What names the event: what names the delivery, but for those that Zoom may also be asked for (`zoom_reports`)."""
    event, thing = text(record, "event"), inner(record, "payload", "object")
    if event == "recording.completed":
        found = zoom_reports.completed(thing)
    elif event == "meeting.participant_joined":
        found = zoom_reports.joined_at(text(thing, "uuid"), inner(thing, "participant"))
    else:
        found = ""
    return found or delivery_of(record)


def _access(record: dict[str, Any], message: Message, source: Source) -> Access:
    event, thing = text(record, "event"), inner(record, "payload", "object")
    if not EVENT.fullmatch(event):
        raise Unreadable("The record names no event of Zoom's.", advice=_ADVICE)
    milliseconds = number(record, "event_ts")
    if milliseconds > _LATEST:
        raise Unreadable("The time is not one that we know.", advice=_ADVICE)
    happened = since_epoch(milliseconds) if milliseconds else None
    kind = event.partition(".")[0]
    act = _ACTS.get(event, _OTHERS.get(kind, Act.LOG_WRITE))
    actor = (
        zoom_reports.joined_by(inner(thing, "participant"))
        if act is Act.MEETING_JOIN
        else text(record, "payload", "operator_id") or text(thing, "host_id")
    )
    return Access(
        time=happened.time if happened else message.received_at,
        act=act,
        surface=Surface.TELEHEALTH_SESSION,
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=actor,
        actor_type=(ActorType.PERSON if act is Act.MEETING_JOIN else ActorType.STAFF) if actor else ActorType.UNKNOWN,
        auth=Auth.SIGNED,
        ip=address(text(thing, "participant", "ip_address") or text(thing, "ip_address")),
        bytes=number(thing, "total_size"),
        result=Result.SUCCESS,
        operation=event,
        app="zoom",
        resource=kind,
        resource_id=text(thing, "uuid") or text(thing, "id"),
        unique=unique_of(record),
        message=f"{number(thing, 'recording_count')} files" if number(thing, "recording_count") else "",
    )
