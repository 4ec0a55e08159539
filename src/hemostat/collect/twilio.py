"""Feed `twilio`: who changed what in the account, and the recordings of which no callback told.

Monitor Events: https://www.twilio.com/docs/usage/monitor-events. Recordings, video recordings and compositions are listed, some
time back; one that a callback told of is known by its SID, and is not counted twice. The key `feed.<source>` holds
`{"account_sid", "secret"}`, and `key_sid` where the secret is that of an API key. Links, numbers and names are dropped before
anything is kept. That an event is visible within `overlap`, and the filters of the lists, are unverified.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings, iso, parse_iso
from hemostat.sources import options_of
from hemostat.sources.documents import inner, objects, text

from .base import Collector, Item, Post
from .rest import Parts, Rest, Turns, only, record_item, same_host
from .standing import FeedRefused, Standing

_PAGES = 10_000  # of one list: what never ends is no list
_MOST_FIELDS = 64
_EVENT = (
    "sid", "account_sid", "actor_sid", "actor_type", "event_type", "event_date", "resource_sid", "resource_type", "source",
    "source_ip_address",
)  # fmt: skip
_RECORDING = ("sid", "account_sid", "status", "date_created", "date_completed", "duration", "size", "source", "type")

Part = Literal["events", "recordings", "video", "compositions"]
_Address = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")]


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account needs.

    parts: what is asked for. api, monitor, video: addresses of the interfaces. every: seconds between two turns.
    overlap: seconds that each turn asks for again. since: days that a new feed looks back. page: records of a page.
    """

    parts: tuple[Part, ...] = ("events", "recordings")
    api: _Address = "https://api.twilio.com"
    monitor: _Address = "https://monitor.twilio.com"
    video: _Address = "https://video.twilio.com"
    every: Annotated[int, Meta(ge=10, le=86_400)] = 300
    overlap: Annotated[int, Meta(ge=0, le=2_592_000)] = 86_400
    since: Annotated[int, Meta(ge=1, le=365)] = 30
    page: Annotated[int, Meta(ge=1, le=1000)] = 200


class _Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account_sid: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,64}\Z")]
    secret: str
    key_sid: str = ""


class _List(msgspec.Struct, frozen=True, kw_only=True):
    """One list: where it is, how it is asked from a moment on, where its records stand, and how one is kept."""

    base: str
    path: str
    since: Callable[[datetime], Mapping[str, str]]
    member: str
    item: Callable[[dict[str, Any]], Item]


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads an account. Raises `BadSettings` when an option or the key is not what it should be."""
    return Account(post, options_of(post.name, options, Options), _key(post))


class Account:
    """One account. Its place in each list is the moment at which it was last read; a turn that is cut off begins again."""

    def __init__(self, post: Post, options: Options, key: _Key) -> None:
        self.every = float(options.every)
        self._post = post
        self._options = options
        self._standing = Standing(post)
        self._rest = Rest(post, advice=f"Check the key `feed.{post.name}`, and what its API key may read.")
        pair = b64encode(f"{key.key_sid or key.account_sid}:{key.secret}".encode()).decode()
        self._headers = {"authorization": f"Basic {pair}"}
        self._lists = _lists(options, key.account_sid)
        self._parts = Parts(post, "Twilio")
        self._turns = Turns(self._steps)

    def poll(self) -> bool:
        """The records of one page are on disk; does more of this turn follow? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            return self._turns.step()

    def close(self) -> None:
        """Connections are closed."""
        self._rest.close()

    def _steps(self) -> Iterator[None]:
        """One turn, a page a step."""
        for part in self._options.parts:
            yield from self._parts.each(part, self._listed(part))
        self._parts.over()

    def _listed(self, part: Part) -> Generator[None, None, bool]:
        """A list is read up to now."""
        what, now = self._lists[part], self._post.clock.now()
        for page in self._pages(what, self._since(part, now)):
            self._post.deliver([what.item(each) for each in objects(page, what.member)])
            yield
        self._post.deliver([], place=iso(now), part=part)
        return True

    def _since(self, part: str, now: datetime) -> datetime:
        """From when on a list is asked for: before its place, which a clock that was wrong may have put after now."""
        place = self._post.place(part)
        if not place:
            return now - timedelta(days=self._options.since)
        return min(parse_iso(place), now) - timedelta(seconds=self._options.overlap)

    def _pages(self, what: _List, since: datetime) -> Iterator[dict[str, Any]]:
        """The pages of a list. Raises `CannotRead`, `FeedRefused`, also when Twilio sends us to another host."""
        query: Mapping[str, Any] | None = {**what.since(since), "PageSize": self._options.page}
        address = f"{what.base.rstrip('/')}{what.path}"
        for _ in range(_PAGES):
            page = self._rest.get(address, self._headers, query)
            yield page
            following = text(page, "meta", "next_page_url") or text(page, "next_page_uri")
            if not following:
                return
            before, address, query = address, urljoin(address, following), None
            if not same_host(address, what.base):
                reason = f"The service behind {self._post.name!r} sends us to another host for its next page."
                raise FeedRefused(reason, advice="Set the addresses of the feed to those that the service calls itself by.")
            if address == before:
                return


def _lists(options: Options, account: str) -> Mapping[Part, _List]:
    after = lambda moment: {"DateCreatedAfter": _spelled(moment)}  # noqa: E731  # one expression for two lists
    return {
        "events": _List(
            base=options.monitor,
            path="/v1/Events",
            since=lambda moment: {"StartDate": _spelled(moment)},
            member="events",
            item=_event,
        ),
        "recordings": _List(
            base=options.api,
            path=f"/2010-04-01/Accounts/{account}/Recordings.json",
            since=lambda moment: {"DateCreated>": f"{moment:%Y-%m-%d}"},
            member="recordings",
            item=_recording,
        ),
        "video": _List(base=options.video, path="/v1/Recordings", since=after, member="recordings", item=_recording),
        "compositions": _List(base=options.video, path="/v1/Compositions", since=after, member="compositions", item=_recording),
    }


def _spelled(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _event(each: dict[str, Any]) -> Item:
    """An event: of what was changed, the names of the properties."""
    properties = inner(each, "event_data", "resource_properties")
    names = sorted(properties)[:_MOST_FIELDS] if isinstance(properties, dict) else []
    return record_item("twilio", "event", {**only(each, _EVENT), "fields": names})


def _recording(each: dict[str, Any]) -> Item:
    return record_item("twilio", "recording", only(each, _RECORDING))


def _key(post: Post) -> _Key:
    name = f"feed.{post.name}"
    try:
        return msgspec.json.decode(post.keyring.secret(name), type=_Key)
    except (msgspec.DecodeError, UnicodeDecodeError):
        advice = 'Put {"account_sid": "AC...", "key_sid": "SK...", "secret": "..."} there with `hemostat key set`.'
        raise BadSettings(f"The key {name!r} is no key of Twilio's.", advice=advice) from None
