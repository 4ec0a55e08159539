"""Events in our own words: one JSON object a line, with the names of `hemostat.events.Access`, for apps that log for us."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import mending
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, read_lines
from .request import host_name, identifier, joined, method_name, rfc3339, split_target
from .routes import plain_path

Word = Annotated[str, Meta(pattern=r"^[a-z0-9_.-]{0,60}\Z")]
Text = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(max_length=1_000)] | int
Jurisdiction = Annotated[str, Meta(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?\Z")]
Count = Annotated[int, Meta(ge=0, le=2**62)]


class EventLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an app may say about one access. Only `time` and `act` must be there; the source's settings fill the rest.

    Persons, tokens and callers may be whole numbers of any size, or text; never numbers with a fraction.
    """

    time: str
    act: Act
    surface: Surface | None = None
    store: Word | None = None
    environment: Environment | None = None
    source: str | None = None
    actor: Name = ""
    actor_type: ActorType = ActorType.UNKNOWN
    auth: Auth = Auth.UNKNOWN
    ip: Annotated[str, Meta(max_length=100)] = ""
    asn: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    user_agent: Text = ""
    host: Text = ""
    method: Text = ""
    path: Text = ""
    query: Text = ""
    status: Annotated[int, Meta(ge=0, le=999)] = 0
    bytes: Count = 0
    result: Result | None = None
    subject: Name = ""
    jurisdiction: Jurisdiction = ""
    subjects: Count | None = None
    token: Name = ""
    request_id: Text = ""
    elements: Annotated[list[Text], Meta(max_length=100)] = []
    message: Text = ""


FIELDS = EventLine.__struct_fields__
_OURS = (None, Environment.TEST)
_DECODER = msgspec.json.Decoder(EventLine)
_PLACE = re.compile(r"at `\$\.([a-z_]+)")
LEFT_OUT = "Words of `elements` that `hemostat law elements` does not list were left out."
_ADVICE = f"Send one JSON object a line with `time` and `act`, and of these what is known: {', '.join(FIELDS)}."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The events of a message."""
    return read_lines(message.body, lambda line: _access(*_decode(line), message, source))


@cache
def known_elements() -> frozenset[str]:
    """The words that `elements` may hold: others could be a value instead of its kind."""
    from hemostat.law.elements import elements  # noqa: PLC0415  # the hot door imports this room, and stays without the law

    return frozenset(element.id for element in elements())


def _decode(line: bytes) -> tuple[EventLine, str]:
    """The event of a line, and a remark on its bytes. Raises `Unreadable` when it is not one."""
    try:
        return mending.decode(_DECODER, line)
    except msgspec.ValidationError as error:
        # Its text may quote the value: only the name of a field of ours is taken from it.
        place = _PLACE.search(str(error))
        reason = f"The field `{place[1]}` is not what it should be." if place else "A field is missing, or is none of ours."
        raise Unreadable(reason, advice=_ADVICE) from None
    except mending.UNREADABLE:
        raise Unreadable("The line is not JSON in UTF-8, or was cut short.", advice=_ADVICE) from None


def _access(line: EventLine, odd: str, message: Message, source: Source) -> Access:
    if line.source not in (None, message.source):
        raise Unreadable("The event names another source.", advice="Leave `source` out: the key that sends it names the source.")
    happened = rfc3339(line.time)
    result = line.result or Result.of_status(line.status)
    subject = str(line.subject)
    target = split_target(line.path)
    known = tuple(word for word in line.elements if word in known_elements())
    left_out = LEFT_OUT if len(known) < len(line.elements) else ""
    counted = 1 if subject and result in {Result.SUCCESS, Result.UNKNOWN} else 0
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=line.act,
        surface=line.surface or Surface(source.surface),
        store=source.store if line.store is None else line.store,
        # A sender cannot call its events tests of ours: nobody would look at them.
        environment=Environment(source.environment) if line.environment in _OURS else line.environment,
        source=message.source,
        actor=str(line.actor),
        actor_type=line.actor_type,
        auth=line.auth,
        ip=line.ip,
        asn=line.asn,
        user_agent=line.user_agent,
        host=host_name(line.host) or target["host"],
        method=method_name(line.method),
        path=plain_path(target["path"]),
        query="&".join(filter(None, (target["query"], line.query))),
        status=line.status,
        bytes=line.bytes,
        result=result,
        subject=subject,
        jurisdiction=line.jurisdiction,
        subjects=counted if line.subjects is None else line.subjects,
        token=str(line.token),
        request_id=identifier(line.request_id),
        elements=known,
        message=joined(line.message, odd, left_out),
    )
