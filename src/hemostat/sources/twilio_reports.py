"""What a feed asked Twilio for: who changed what in the account, and the recordings and compositions that exist.

API: https://www.twilio.com/docs/usage/monitor-events, https://www.twilio.com/docs/voice/api/recording,
https://www.twilio.com/docs/video/api/recordings-resource and .../compositions-resource. No live account was at hand; the types of
events are a long list that grows, of which only words are looked at. What was changed from which value to which never becomes a
field, only the names of the properties: values hold numbers of telephones and names.
"""

import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Environment, Result, Surface
from hemostat.kernel import Source

from .base import POLLED, Message, Unreadable
from .documents import address, inner, number, text
from .request import Moment, rfc3339

_ADVICE = "It is what the feed `twilio` writes of Twilio's answers; Twilio may have changed their form."
_TYPE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}", re.IGNORECASE)
_ACTS = (
    (r"(recording|composition).*delete", Act.RECORDING_DELETE),
    (r"(recording|composition).*create", Act.RECORDING_CREATE),
    (r"recording|composition", Act.RECORDING_CHANGE),
    (r"(key|token|credential).*create", Act.TOKEN_MINT),
    (r"(key|token|credential).*(delete|revoke)", Act.ACCESS_REVOKE),
    (r"(message|call|media|conference|transcription).*delete", Act.RECORD_DELETE),
    (r"export", Act.EXPORT_RUN),
    (r"log(ged)?[-_.]?in|sign(ed)?[-_.]?in", Act.ACCOUNT_LOGIN),
    (r"user|role|member|invit|password", Act.ACCOUNT_CHANGE),
    (r"creat|updat|delet|add|remov|releas|suspend|clos", Act.CONFIG_CHANGE),
)
_ACTORS = {"user": ActorType.STAFF, "account": ActorType.APP, "api-key": ActorType.APP, "twilio-admin": ActorType.SYSTEM}
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_MOST_FIELDS = 64


def completed(sid: str) -> str:
    """What names the record that a recording or composition is there, whether Twilio told or was asked."""
    return f"{sid}\ncompleted"


def as_iso(words: str) -> str:
    """The time of a mail's header (RFC 5322) as RFC 3339; other text as it is."""
    try:
        return parsedate_to_datetime(words).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return words


def access_of(record: dict[str, Any], message: Message, source: Source) -> Access:
    """The access that a record tells. Raises `Unreadable` when it is none of those that the feed writes."""
    kind = message.headers[POLLED]
    if kind not in _TOLD or not text(record, "sid"):
        raise Unreadable("The record is of no kind that the feed writes.", advice=_ADVICE)
    told = _TOLD[kind](record)
    happened: Moment = told.pop("happened")
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        surface=Surface.TELEHEALTH_SESSION,
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        app="twilio",
        **told,
    )


def _event(thing: dict[str, Any]) -> dict[str, Any]:
    given, kind = text(thing, "event_type"), text(thing, "resource_type")
    word = given if _TYPE.fullmatch(given) else ""
    names = inner(thing, "fields")
    fields = [name for name in names if isinstance(name, str) and _FIELD.fullmatch(name)] if isinstance(names, list) else []
    actor = text(thing, "actor_sid")
    return {
        "happened": rfc3339(text(thing, "event_date")),
        "act": next((act for pattern, act in _ACTS if re.search(pattern, word, re.IGNORECASE)), Act.API_WRITE),
        "actor": actor,
        "actor_type": _ACTORS.get(text(thing, "actor_type"), ActorType.UNKNOWN) if actor else ActorType.UNKNOWN,
        "ip": address(text(thing, "source_ip_address")),
        "operation": word or "event",
        "resource": kind if _TYPE.fullmatch(kind) else "",
        "resource_id": text(thing, "resource_sid"),
        "fields": tuple(fields[:_MOST_FIELDS]),
        "result": Result.SUCCESS,
        "unique": text(thing, "sid"),
    }


def _recording(thing: dict[str, Any]) -> dict[str, Any]:
    """A recording or composition, as it is now. One that failed, or is gone, is another record than that it was there."""
    sid, status = text(thing, "sid"), text(thing, "status")
    status = status if _TYPE.fullmatch(status) else "unknown"
    done = status in {"completed", "enqueued", "processing", "unknown"}
    return {
        "happened": rfc3339(as_iso(text(thing, "date_completed") or text(thing, "date_created"))),
        "act": Act.RECORDING_DELETE if status == "deleted" else Act.RECORDING_CREATE if done else Act.RECORDING_CHANGE,
        "bytes": number(thing, "size"),
        "operation": f"recording:{status}",
        "resource": "composition" if sid.startswith("CJ") else "recording",
        "resource_id": sid,
        "result": Result.SUCCESS if done or status == "deleted" else Result.ERROR,
        "unique": completed(sid) if status == "completed" else f"{sid}\n{status}",
        "message": "found by asking Twilio",
    }


_TOLD: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"event": _event, "recording": _recording}
