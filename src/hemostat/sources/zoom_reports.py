"""What a feed asked Zoom for: recordings that exist, who may see them, who saw them, what administrators did, who signed in.

API: https://developers.zoom.us/docs/api/rest/reference/zoom-api/methods (lists of recordings, `recordings/settings`,
`recordings/analytics_details`, `report/operationlogs`, `report/activities`, `report/meetings/.../participants`). No live account
was at hand: the fields, and the words of categories, are unverified. What an operation says in sentences never becomes a field:
it holds names and topics.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Environment, Result, Surface
from hemostat.kernel import Source, iso

from .base import POLLED, Message, Unreadable
from .documents import address, inner, number, objects, text
from .request import Moment, joined, rfc3339

_ADVICE = "It is what the feed `zoom` writes of Zoom's answers; Zoom may have changed their form."
_CATEGORIES = (
    (re.compile(r"recording", re.IGNORECASE), Act.RECORDING_CHANGE),
    (re.compile(r"role|group", re.IGNORECASE), Act.ACCESS_GRANT),
    (re.compile(r"user|password|login|sign", re.IGNORECASE), Act.ACCOUNT_CHANGE),
)
_REMOVAL = re.compile(r"delete|trash|remove|unassign", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z _-]{0,39}")
_OPEN, _GUARDED = 4, 3  # severities of OCSF: high, medium
_SETTINGS = ("share_recording", "viewer_download", "on_demand", "recording_authentication", "passcode")


def completed(thing: Any) -> str:
    """What names the record that a recording is there, whether Zoom told or was asked: the meeting, and when its recording began.

    "" when the meeting has no name.
    """
    uuid = text(thing, "uuid")
    starts = [_known(text(each, "recording_start")) for each in objects(thing, "recording_files")]
    begun = min(filter(None, starts), default=_known(text(thing, "start_time")))
    return f"recording.completed\n{uuid}\n{begun}" if uuid else ""


def joined_by(participant: Any) -> str:
    """What names who joined a meeting; "" when nobody did. His name and address are not looked at."""
    names = ("participant_uuid", "participant_user_id", "id", "user_id", "registrant_id")
    return next(filter(None, (text(participant, name) for name in names)), "")


def joined_at(uuid: str, participant: Any) -> str:
    """What names the record that somebody joined, whether Zoom told or was asked: meeting, place in it, and time.

    "" when one of them is missing.
    """
    place, time = text(participant, "user_id"), _known(text(participant, "join_time"))
    return f"meeting.participant_joined\n{uuid}\n{place}\n{time}" if uuid and place and time else ""


def access_of(record: dict[str, Any], message: Message, source: Source) -> Access:
    """The access that a record tells. Raises `Unreadable` when it is none of those that the feed writes."""
    kind = message.headers[POLLED]
    if kind not in _TOLD:
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
        actor_type=told.pop("actor_type", ActorType.STAFF if told.get("actor") else ActorType.UNKNOWN),
        result=Result.SUCCESS,
        app="zoom",
        **told,
    )


def _recording(thing: dict[str, Any]) -> dict[str, Any]:
    files = objects(thing, "recording_files")
    ends = [_known(text(each, "recording_end")) for each in files]
    return {
        "happened": rfc3339(max(filter(None, ends), default=text(thing, "start_time"))),
        "act": Act.RECORDING_CREATE,
        "actor": text(thing, "host_id"),
        "bytes": number(thing, "total_size"),
        "operation": "recording.listed",
        "resource": "recording",
        "resource_id": text(thing, "uuid"),
        "unique": completed(thing),
        "message": f"{number(thing, 'recording_count') or len(files)} files; found by asking Zoom",
    }


def _settings(thing: dict[str, Any]) -> dict[str, Any]:
    """Who may see a recording, on one day. Severe when everybody may who has the link, and nothing else is asked of him."""
    guards = [name for name in ("passcode", "recording_authentication", "on_demand") if inner(thing, name) is True]
    words = {"passcode": "a passcode", "recording_authentication": "a login", "on_demand": "a registration"}
    guarded = " and ".join(words[name] for name in guards) or "nothing"
    download = "may be downloaded" if inner(thing, "viewer_download") is True else "may not be downloaded"
    return {
        "happened": rfc3339(text(thing, "seen_at")),
        "act": Act.ACCESS_GRANT,
        "actor": text(thing, "host_id"),
        "operation": "recording.shared_publicly",
        "resource": "recording",
        "resource_id": text(thing, "uuid"),
        "fields": _SETTINGS,
        "severity": _GUARDED if guards else _OPEN,
        "unique": f"recording.settings\n{_digest(thing, without='seen_at')}\n{text(thing, 'seen_at')[:10]}",
        "message": f"open to whoever has the link; behind {guarded}; {download}",
    }


def _view(thing: dict[str, Any]) -> dict[str, Any]:
    downloaded = text(thing, "type") == "by_download"
    return {
        "happened": rfc3339(text(thing, "date_time")),
        "act": Act.RECORDING_READ,
        "actor": text(thing, "email") or text(thing, "name"),
        "actor_type": ActorType.PERSON if text(thing, "email") or text(thing, "name") else ActorType.UNKNOWN,
        "operation": "recording.downloaded" if downloaded else "recording.viewed",
        "resource": "recording",
        "resource_id": text(thing, "uuid"),
        "elements": ("visit_recording",),
        "unique": f"recording.view\n{_digest(thing)}",
        "message": f"{number(thing, 'duration')} seconds" if number(thing, "duration") else "",
    }


def _participant(thing: dict[str, Any]) -> dict[str, Any]:
    actor = joined_by(thing)
    return {
        "happened": rfc3339(text(thing, "join_time")),
        "act": Act.MEETING_JOIN,
        "actor": actor,
        "actor_type": ActorType.PERSON if actor else ActorType.UNKNOWN,
        "operation": "meeting.participant_listed",
        "resource": "meeting",
        "resource_id": text(thing, "uuid"),
        "unique": joined_at(text(thing, "uuid"), thing) or f"participant\n{_digest(thing)}",
        "message": "found by asking Zoom",
    }


def _operation(thing: dict[str, Any]) -> dict[str, Any]:
    category, action = (word if _WORD.fullmatch(word) else "" for word in (text(thing, "category_type"), text(thing, "action")))
    act = next((act for pattern, act in _CATEGORIES if pattern.search(category)), Act.CONFIG_CHANGE)
    if _REMOVAL.search(action):
        act = {Act.RECORDING_CHANGE: Act.RECORDING_DELETE, Act.ACCESS_GRANT: Act.ACCESS_REVOKE}.get(act, act)
    return {
        "happened": rfc3339(text(thing, "time")),
        "act": act,
        "actor": text(thing, "operator"),
        "operation": joined(category, action) or "operation",
        "resource": category.lower() or "account",
        "unique": f"operation\n{_digest(thing)}",
    }


def _activity(thing: dict[str, Any]) -> dict[str, Any]:
    out = "out" in text(thing, "type").lower()
    return {
        "happened": rfc3339(text(thing, "time")),
        "act": Act.ACCOUNT_LOGOUT if out else Act.ACCOUNT_LOGIN,
        "actor": text(thing, "email"),
        "ip": address(text(thing, "ip_address")),
        "user_agent": joined(text(thing, "client_type"), text(thing, "version")),
        "operation": "user.signed_out" if out else "user.signed_in",
        "resource": "account",
        "resource_id": text(thing, "email"),
        "unique": f"activity\n{_digest(thing)}",
    }


_TOLD: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "recording": _recording,
    "settings": _settings,
    "view": _view,
    "participant": _participant,
    "operation": _operation,
    "activity": _activity,
}


def _known(words: str) -> str:
    """A time in our spelling, so that two spellings of it are one; "" when it is none."""
    try:
        return iso(rfc3339(words).time)
    except Unreadable:
        return ""


def _digest(thing: Mapping[str, Any], *, without: str = "") -> str:
    """What names a record that has no name, whatever the order of its members."""
    kept = {name: value for name, value in thing.items() if name != without}
    return hashlib.sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()
