"""Twilio callbacks: recordings, video rooms, calls and messages, as forms. The signature was checked at the door.

Contract: https://www.twilio.com/docs/usage/webhooks. No source confirmed the parameters of each product. Links to recordings
never become a field: whoever has one may listen.
"""

from collections.abc import Iterator, Mapping

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import twilio_reports
from .base import POLLED, Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .documents import decoded
from .request import Moment, rfc3339
from .twilio_signature import pairs

_ROOM = {
    "room-created": Act.MEETING_OPEN,
    "room-ended": Act.MEETING_CLOSE,
    "participant-connected": Act.MEETING_JOIN,
    "recording-started": Act.RECORDING_CREATE,
    "recording-completed": Act.RECORDING_CREATE,
    "recording-failed": Act.RECORDING_CHANGE,
    "recording-deleted": Act.RECORDING_DELETE,
    "composition-available": Act.RECORDING_CREATE,
    "composition-failed": Act.RECORDING_CHANGE,
}
_CALL = {"in-progress": Act.MEETING_OPEN, "completed": Act.MEETING_CLOSE}
_RECORDING = {"deleted": Act.RECORDING_DELETE, "in-progress": Act.RECORDING_CREATE, "completed": Act.RECORDING_CREATE}
_FAILED = frozenset(
    {"failed", "busy", "no-answer", "canceled", "undelivered", "absent", "recording-failed", "composition-failed"}
)
_DONE = frozenset({"recording-completed", "composition-available"})
_TIMES = ("Timestamp", "RecordingStartTime")
_NAMES = ("CompositionSid", "RecordingSid", "RoomSid", "MessageSid", "SmsSid", "CallSid")
_LONGEST = 60
_ADVICE = "Send the form as Twilio made it: it names a RecordingSid, RoomSid, MessageSid or CallSid, and what became of it."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source of callbacks needs.

    url: the public address that Twilio calls and signs, without the query; "" takes it from the request, as `https://HOST/PATH`.
    """

    url: str = ""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a callback says: which thing, under which identifier, and what became of it."""

    thing: str
    sid: str
    status: str
    act: Act


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a callback, or the record that a feed asked for (`twilio_reports`)."""
    if POLLED in message.headers:
        yield attempt(1, message.body, lambda body: twilio_reports.access_of(decoded(body), message, source))
    else:
        yield attempt(1, message.body, lambda body: _access(_values(body, message.content_type), message, source))


def _values(body: bytes, content_type: str) -> dict[str, str]:
    """The parameters; of one that came twice, the last value."""
    if content_type == "application/json":
        return {name: value for name, value in decoded(body).items() if isinstance(value, str)}
    return dict(pairs(body))


def _access(values: Mapping[str, str], message: Message, source: Source) -> Access:
    told = _told(values)
    happened = _happened(values) or Moment(time=message.received_at)
    person, actor = _person(values, told), values.get("ParticipantIdentity", "") or values.get("ParticipantSid", "")
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=told.act,
        surface=Surface.TELEHEALTH_SESSION,
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=actor,
        actor_type=ActorType.PERSON if actor else ActorType.UNKNOWN,
        auth=Auth.SIGNED,
        result=Result.ERROR if told.status in _FAILED else Result.SUCCESS,
        subject=person,
        subjects=1 if person else 0,
        operation=f"{told.thing}:{told.status}",
        app="twilio",
        resource=told.thing,
        resource_id=told.sid,
        unique=_unique(told, values),
    )


def _unique(told: _Told, values: Mapping[str, str]) -> str:
    """What names the callback; a recording that is done is named as one that Twilio was asked for is."""
    if (told.thing, told.status) == ("recording", "completed") or told.status in _DONE:
        return twilio_reports.completed(told.sid)
    return "\n".join((told.sid, told.status, values.get("SequenceNumber", ""), values.get("ParticipantSid", "")))


def _told(values: Mapping[str, str]) -> _Told:
    """Raises `Unreadable` when it is no callback that we know."""
    sid = next(filter(None, (values.get(name, "") for name in _NAMES)), "")[:_LONGEST]
    if status := values.get("StatusCallbackEvent", ""):
        thing, act = status.partition("-")[0], _ROOM.get(status, Act.LOG_WRITE)
    elif status := values.get("RecordingStatus", ""):
        thing, act = "recording", _RECORDING.get(status, Act.RECORDING_CHANGE)
    elif status := values.get("MessageStatus", "") or values.get("SmsStatus", ""):
        thing, act = "message", Act.MESSAGE_SEND
    elif status := values.get("CallStatus", ""):
        thing, act = "call", _CALL.get(status, Act.LOG_WRITE)
    if not sid or not status:
        raise Unreadable("The form is no callback that we know.", advice=_ADVICE)
    return _Told(thing=thing[:_LONGEST], sid=sid, status=status[:_LONGEST], act=act)


def _person(values: Mapping[str, str], told: _Told) -> str:
    """The number on the other side of a call or message; "" when it is neither."""
    if told.thing not in {"call", "message"}:
        return ""
    incoming = values.get("Direction", "").startswith("inbound") or told.status in {"received", "receiving"}
    return values.get("From" if incoming else "To", "")


def _happened(values: Mapping[str, str]) -> Moment | None:
    """When it happened, as some callbacks say, in one of two forms; None when none does."""
    for name in _TIMES:
        try:
            return rfc3339(twilio_reports.as_iso(values.get(name, "")))
        except Unreadable:
            continue
    return None
