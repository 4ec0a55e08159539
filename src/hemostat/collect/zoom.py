"""Feed `zoom`: what Zoom's webhooks may have missed, and what they do not tell: who may see a recording, and who did.

Zoom sends a webhook four times within the hour, then never again. The account's recordings are listed again and again, some days
back; one that a webhook told of is known by its meeting and beginning, and is not counted twice. Beside that: operations of
administrators, sign-ins, the settings by which a recording is shared, its views and downloads, and who joined its meeting.

API and rate limits: https://developers.zoom.us/docs/api/rest/rate-limits/. Server-to-server OAuth: the key `feed.<source>` holds
`{"account_id", "client_id", "client_secret"}`. Links, passcodes and topics of recordings are dropped before anything is kept. The
fields of the settings and of the views are unverified.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings, iso
from hemostat.sources import options_of
from hemostat.sources.documents import inner, objects, text

from .base import Collector, Item, Post
from .rest import Missing, Parts, Rest, Turns, only, record_item
from .standing import FeedRefused, Standing

_LONGEST = timedelta(days=30)  # Zoom answers for a month at most
_EARLY = 60  # seconds before its end that a token is taken for over
_PAGE = 300  # records; the most that Zoom gives
_REFUSALS = 3  # after which nothing more is asked, if nothing was answered
_PAGES = 10_000  # of one list: what never ends is no list
_FILE = ("id", "recording_start", "recording_end", "file_type", "file_size", "recording_type", "status")
_RECORDING = ("uuid", "id", "account_id", "host_id", "start_time", "duration", "total_size", "recording_count", "type")
_SHARED = ("share_recording", "viewer_download", "on_demand", "recording_authentication", "approval_type")
_OPERATION = ("time", "operator", "category_type", "action")
_ACTIVITY = ("time", "email", "type", "ip_address", "client_type", "version")
_VIEW = ("date_time", "name", "email", "duration")

_PARTICIPANT = (
    "id",
    "user_id",
    "participant_user_id",
    "participant_uuid",
    "registrant_id",
    "join_time",
    "leave_time",
    "duration",
)

Part = Literal["operations", "sign-ins", "settings", "views", "participants"]


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account needs.

    parts: what is asked for beside the recordings; `settings`, `views` and `participants` ask once a day for each recording, or
    its meeting, of the last `watched` days by itself.
    base, token: addresses of the interface. every: seconds between two turns.
    days: how far back each turn looks again, for recordings whose making takes long. since: how far a new feed looks back.
    """

    parts: tuple[Part, ...] = ("operations", "settings")
    base: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")] = "https://api.zoom.us/v2"
    token: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")] = "https://zoom.us/oauth/token"  # noqa: S105  # an address
    every: Annotated[int, Meta(ge=60, le=86_400)] = 900
    days: Annotated[int, Meta(ge=1, le=30)] = 3
    since: Annotated[int, Meta(ge=1, le=180)] = 30
    watched: Annotated[int, Meta(ge=1, le=180)] = 30


class _Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account_id: str
    client_id: str
    client_secret: str


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads an account. Raises `BadSettings` when an option or the key is not what it should be."""
    return Account(post, options_of(post.name, options, Options), _key(post))


class Account:
    """One account. Its place in each list is the day up to which it was read; a turn that is cut off begins again."""

    def __init__(self, post: Post, options: Options, key: _Key) -> None:
        self.every = float(options.every)
        self._post = post
        self._options = options
        self._standing = Standing(post)
        self._zoom = _Zoom(post, options, key)
        self._parts = Parts(post, "Zoom")
        self._turns = Turns(self._steps)
        self._day: date | None = None  # on which all watched recordings were listed
        self._known: dict[str, str] = {}  # those, and the later ones of that day, with their hosts
        self._asked: set[tuple[Part, str]] = set()  # of those, that day, each by itself

    def poll(self) -> bool:
        """The records of one page are on disk; does more of this turn follow? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            return self._turns.step()

    def close(self) -> None:
        """Connections are closed."""
        self._zoom.close()

    def _steps(self) -> Iterator[None]:
        """One turn, a page a step."""
        wanted = self._options.parts
        today = self._post.clock.now().date()
        whole = self._day != today and bool({"settings", "views", "participants"} & set(wanted))
        least = today - timedelta(days=self._options.watched) if whole else today
        if whole:
            self._known.clear()
            self._asked.clear()
        recordings = self._listed("recordings", "accounts/me/recordings", "meetings", self._recording, least=least)
        yield from self._parts.each("recordings", recordings)
        if whole:
            self._day = today
        for part in wanted:
            yield from self._parts.each(part, self._part(part))
        self._parts.over()

    def _part(self, part: Part) -> Generator[None, None, bool]:
        """The steps of a part."""
        if part == "operations":
            return self._listed(part, "report/operationlogs", "operation_logs", _plain("operation", _OPERATION))
        if part == "sign-ins":
            return self._listed(part, "report/activities", "activity_logs", _plain("activity", _ACTIVITY))
        asks = {"settings": self._settings, "views": self._views, "participants": self._participants}
        return self._each(part, asks[part])

    def _listed(
        self, part: str, path: str, member: str, item: Callable[[dict[str, Any]], Item], *, least: date | None = None
    ) -> Generator[None, None, bool]:
        """A list of the account is read up to today, from `least` on if that is earlier than its place."""
        today = self._post.clock.now().date()
        begin = min(self._begin(part, today), least or today, today)
        while begin <= today:
            end = min(begin + _LONGEST, today)
            try:
                for page in self._zoom.pages(path, {"from": str(begin), "to": str(end)}):
                    self._post.deliver([item(each) for each in objects(page, member)])
                    yield
            except Missing as error:  # the account has no such list
                raise FeedRefused(str(error), advice=error.advice()) from error
            # What Zoom is still making is listed later, under the day of its meeting
            self._post.deliver([], place=str(end), part=part)
            begin = end + timedelta(days=1)
        return True

    def _begin(self, part: str, today: date) -> date:
        place = self._post.place(part)
        if not place:
            return today - timedelta(days=self._options.since)
        return date.fromisoformat(place) - timedelta(days=self._options.days)

    def _recording(self, each: dict[str, Any]) -> Item:
        """How a recording is kept: without links, passcode and topic. It is noted for what asks for each by itself."""
        kept = only(each, _RECORDING)
        kept["recording_files"] = [only(file, _FILE) for file in objects(each, "recording_files")]
        if uuid := text(each, "uuid"):
            self._known[uuid] = text(each, "host_id")
        return record_item("zoom", "recording", kept)

    def _each(self, part: Part, ask: Callable[[str, str], None]) -> Generator[None, None, bool]:
        """Each recording that was listed is asked for by itself, once a day; one that is gone by now is passed over.

        Raises `FeedRefused` at the end when one was refused, and at once when nothing but refusals came.
        """
        refused: dict[str, FeedRefused] = {}
        answered: set[tuple[Part, str]] = set()
        for uuid, host in list(self._known.items()):
            if (part, uuid) in self._asked:
                continue
            try:
                ask(uuid, host)
            except FeedRefused as error:
                refused[uuid] = error
                if not answered and len(refused) == _REFUSALS:
                    raise
            except Missing:
                pass
            if uuid not in refused:
                answered.add((part, uuid))
                self._asked.add((part, uuid))
            yield
        if answered:  # what is refused beside what is not will be so today
            self._asked |= {(part, uuid) for uuid in refused}
        if refused:
            raise next(iter(refused.values()))
        return bool(answered)

    def _settings(self, uuid: str, host: str) -> None:
        """A recording that is open to whoever has its link is told, each day that it is."""
        found = self._zoom.get(f"meetings/{_named(uuid)}/recordings/settings")
        if text(found, "share_recording") != "publicly":
            return
        seen = iso(self._post.clock.now())
        kept = {
            "uuid": uuid,
            "host_id": host,
            **only(found, _SHARED),
            "passcode": bool(found.get("password")),
        }
        item = record_item("zoom", "settings", {**kept, "day": seen[:10]})
        self._post.deliver([msgspec.structs.replace(item, body=msgspec.json.encode({**kept, "seen_at": seen}))])

    def _views(self, uuid: str, _: str) -> None:
        """Who saw or downloaded a recording is on disk."""
        today = self._post.clock.now().date()
        for kind in ("by_view", "by_download"):
            query = {"from": str(today - _LONGEST), "to": str(today), "type": kind}
            for page in self._zoom.pages(f"meetings/{_named(uuid)}/recordings/analytics_details", query):
                found = [{"uuid": uuid, "type": kind, **only(each, _VIEW)} for each in objects(page, "analytics_details")]
                self._post.deliver([record_item("zoom", "view", each) for each in found])

    def _participants(self, uuid: str, _: str) -> None:
        """Who joined the meeting that was recorded is on disk, without names and addresses."""
        for page in self._zoom.pages(f"report/meetings/{_named(uuid)}/participants", {}):
            found = [{"uuid": uuid, **only(each, _PARTICIPANT)} for each in objects(page, "participants")]
            self._post.deliver([record_item("zoom", "participant", each) for each in found])


class _Zoom:
    """The interface, with a token that is not over."""

    def __init__(self, post: Post, options: Options, key: _Key) -> None:
        advice = f"Check the key `feed.{post.name}` and the scopes of the app; docs/how-to/connect-telehealth.md lists them."
        self._rest = Rest(post, advice=advice)
        self._post = post
        self._options = options
        self._key = key
        self._token = ""
        self._over = post.clock.now()

    def close(self) -> None:
        """Connections are closed."""
        self._rest.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What is there. Raises `CannotRead`, `FeedRefused`, `Missing`."""
        address = f"{self._options.base.rstrip('/')}/{path}"
        had = self._token
        try:
            return self._rest.get(address, {"authorization": f"Bearer {self._proof()}"}, query)
        except FeedRefused:
            if not had or had != self._token:
                raise
        self._token = ""  # it may have been called back: a new one shows whether we are refused
        return self._rest.get(address, {"authorization": f"Bearer {self._proof()}"}, query)

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """All pages of a list. Raises as `get` does."""
        token = ""
        for _ in range(_PAGES):
            more = {"next_page_token": token} if token else {}
            page = self.get(path, {**query, "page_size": _PAGE, **more})
            yield page
            before, token = token, text(page, "next_page_token")
            if token in {"", before}:
                return

    def _proof(self) -> str:
        now = self._post.clock.now()
        if not self._token or now >= self._over:
            pair = b64encode(f"{self._key.client_id}:{self._key.client_secret}".encode()).decode()
            form = {"grant_type": "account_credentials", "account_id": self._key.account_id}
            found = self._rest.post(self._options.token, {"authorization": f"Basic {pair}"}, form)
            self._token = text(found, "access_token")
            seconds = inner(found, "expires_in")
            self._over = now + timedelta(seconds=max(0, min(seconds, 3600) - _EARLY) if isinstance(seconds, int) else 0)
        return self._token


def _key(post: Post) -> _Key:
    name = f"feed.{post.name}"
    try:
        return msgspec.json.decode(post.keyring.secret(name), type=_Key)
    except (msgspec.DecodeError, UnicodeDecodeError):
        advice = 'Put {"account_id": "...", "client_id": "...", "client_secret": "..."} there with `hemostat key set`.'
        raise BadSettings(f"The key {name!r} is no app of Zoom's.", advice=advice) from None


def _plain(kind: str, names: tuple[str, ...]) -> Callable[[dict[str, Any]], Item]:
    return lambda each: record_item("zoom", kind, only(each, names))


def _named(uuid: str) -> str:
    """A meeting's name within a path; one with slashes in certain places must be escaped twice."""
    once = quote(uuid, safe="")
    return quote(once, safe="") if uuid.startswith("/") or "//" in uuid else once
