"""Feed `adobe-journal`: the events that Adobe keeps for a registration, read from where we were, also while its webhook is off.

Contract: https://developer.adobe.com/events/docs/guides/api/journaling-api and, for the token,
https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/ims. Adobe keeps an event
for up to seven days. The key `feed.<source>` holds the client secret of the project. An event that came by the webhook of the
same source is the same message here: it has the same name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings, iso, parse_iso
from hemostat.sources import options_of
from hemostat.sources.adobe_events import Options as SourceOptions
from hemostat.sources.adobe_events import message_key, number_in
from hemostat.sources.mending import UNREADABLE

from .base import Collector, Item, Post
from .standing import CannotRead, FeedRefused, Standing

_CONNECT, _READ = 10.0, 60.0  # seconds
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_MOST_BYTES = 64_000_000  # of one answer
_LONGEST_REST = 3600  # seconds
_EARLY = 300  # seconds before its end after which a token is not used any more
_KEPT = timedelta(days=7)  # that Adobe keeps an event, at most
_SAFE = timedelta(days=6)  # what is younger than this is in the journal for certain
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a journal needs; the client ID is that of the source.

    url: the registration's own endpoint, as the Developer Console shows it. organization: like 0123456789ABCDEF@AdobeOrg.
    scopes: those of the project's OAuth Server-to-Server credential. batch: events of an answer, at most.
    every: seconds between two looks, unless Adobe asks for more. ims: where tokens come from.
    """

    url: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")]
    organization: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,64}@AdobeOrg\Z")]
    scopes: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.,]{1,500}\Z")] = "openid,AdobeID,adobeio_api"
    batch: Annotated[int, Meta(ge=1, le=1000)] = 200
    every: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    ims: str = "https://ims-na1.adobelogin.com"


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a journal was read: `query` asks for what comes next, "" for the oldest; up to `read_at` it was read to its end."""

    url: str = ""
    query: str = ""
    read_at: str = ""


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    event: msgspec.Raw
    position: str = ""


class _Last(msgspec.Struct, frozen=True, kw_only=True):
    last: str = ""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    events: list[_Entry] = []
    page: _Last = msgspec.field(default_factory=_Last, name="_page")


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    expires_in: Annotated[float, Meta(ge=0)] = 3600


class _Expired(CannotRead):
    """The journal no longer holds what comes after our place."""


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    body: bytes
    again: int
    link: str


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads a journal. Raises `BadSettings` when an option, the source or the key is not what it should be."""
    return Journal(post, options_of(post.name, options, Options))


class Journal:
    """The journal of one registration."""

    def __init__(self, post: Post, options: Options) -> None:
        self.every = options.every
        self._post = post
        self._options = options
        self._client_id = options_of(post.name, post.source.options, SourceOptions).client_id
        _secret(post)  # it is read anew for each token, since it may be changed; that there is none is told at once
        _require_adobes(post, options.url, ".adobe.io")
        _require_adobes(post, options.ims, ".adobelogin.com")
        self._standing = Standing(post)
        self._http = httpx.Client(timeout=httpx.Timeout(_READ, connect=_CONNECT), follow_redirects=False)
        self._bearer, self._bearer_ends = "", post.clock.now()
        self._rests_until = post.clock.now()

    def poll(self) -> bool:
        """The events of one answer are on disk; do more wait? Raises `CannotRead`, `FeedRefused`, `SpoolFull`."""
        if self._post.clock.now() < self._rests_until:
            return False
        with self._standing.told():
            place = self._place()
            try:
                answer = self._asked(place)
            except _Expired:
                self._begin_anew(place)
                return True
            return self._kept(answer, place)

    def close(self) -> None:
        """The connections are closed."""
        self._http.close()

    def _place(self) -> _Place:
        """Our place in this journal; that in another one, which a registration made anew has, is none here."""
        text = self._post.place()
        place = msgspec.json.decode(text, type=_Place) if text else _Place()
        return place if place.url == self._options.url else _Place(url=self._options.url)

    def _begin_anew(self, place: _Place) -> None:
        """The oldest that the journal has comes next. Positions expire also where nothing was missed: in a week of silence."""
        self._post.deliver([], place=_text(_Place(url=place.url, read_at=place.read_at)))

    def _tell_lost(self, place: _Place, now: datetime) -> None:
        """A gap names the time of which nothing is there any more.

        What came since the journal was read to its end, and is younger than six days, is among the oldest that it has.
        """
        since, until = parse_iso(place.read_at), now - _SAFE
        if since < until:
            lost = f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}"
            self._post.gap("sequence", f"the journal no longer holds the events of {lost} UTC", since=since)

    def _kept(self, answer: _Answer, place: _Place) -> bool:
        """The answer's events are on disk together with the place after them; were there any?"""
        now = self._post.clock.now()
        page = self._page(answer) if answer.status == httpx.codes.OK else _Page()
        query = self._next(answer, page, place)
        if place.read_at and not place.query:
            self._tell_lost(place, now)
        items = [_item(bytes(entry.event)) for entry in page.events]
        # More may wait behind what came: only an empty answer is the end
        read_at = (place.read_at or iso(now - _KEPT)) if items else iso(now)
        self._post.deliver(items, place=_text(_Place(url=place.url, query=query, read_at=read_at)))
        if not items:
            self._rests_until = now + timedelta(seconds=answer.again)
        return bool(items)

    def _page(self, answer: _Answer) -> _Page:
        try:
            return msgspec.json.decode(answer.body, type=_Page)
        except UNREADABLE:
            raise CannotRead(
                f"What answers for {self._post.name!r} is no journal.", advice="Check `url`: it is that of the registration."
            ) from None

    def _next(self, answer: _Answer, page: _Page, place: _Place) -> str:
        """What to ask next: the answer's own link, of which only the query counts, else from the last position on.

        Raises `FeedRefused` when the link leads to another place: our token goes to this journal alone.
        """
        if not answer.link:
            return _asking(since=page.page.last, limit=self._options.batch) if page.page.last else place.query
        link = urlsplit(urljoin(self._options.url, answer.link))
        if link._replace(query="").geturl() != self._options.url or "since" not in parse_qs(link.query):
            raise FeedRefused(
                f"The journal of {self._post.name!r} sends us to another address.", advice="Copy `url` anew from the Console."
            )
        return link.query

    def _asked(self, place: _Place) -> _Answer:
        """The journal's answer, 200 or 204. Raises `_Expired`, `CannotRead`, `FeedRefused`."""
        query = place.query or _asking(limit=self._options.batch)
        answer = self._call(query)
        if answer.status == httpx.codes.UNAUTHORIZED:
            # A token may end before its time: a new one is tried once
            self._bearer = ""
            answer = self._call(query)
        if answer.status in {httpx.codes.OK, httpx.codes.NO_CONTENT}:
            return answer
        if answer.status == httpx.codes.GONE and place.query:
            raise _Expired("The place in the journal has expired.")
        if answer.status in _BUSY:
            self._rests_until = self._post.clock.now() + timedelta(seconds=answer.again)
            reason = f"Adobe has no room for {self._post.name!r} now: {answer.status}."
            raise CannotRead(reason, advice="It is asked again by itself.")
        raise FeedRefused(
            f"Adobe refuses the journal of {self._post.name!r}: {answer.status}.",
            advice="Check `url` and `organization`, and that the project has the I/O Management API.",
        )

    def _call(self, query: str) -> _Answer:
        headers = {
            "authorization": f"Bearer {self._token()}",
            "x-api-key": self._client_id,
            "x-ims-org-id": self._options.organization,
            "accept": "application/json",
        }
        return self._sent("GET", f"{self._options.url}?{query}", headers=headers)

    def _token(self) -> str:
        """A token of Adobe's IMS that is good for some minutes more. Raises `CannotRead`, `FeedRefused`, `BadSettings`."""
        now = self._post.clock.now()
        if self._bearer and now < self._bearer_ends:
            return self._bearer
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": _secret(self._post),
            "scope": self._options.scopes,
        }
        answer = self._sent("POST", f"{self._options.ims.rstrip('/')}/ims/token/v3", form=form)
        if answer.status in _BUSY:
            raise CannotRead("Adobe gives no token now.", advice="It is asked again by itself.")
        try:
            token = msgspec.json.decode(answer.body, type=_Token) if answer.status == httpx.codes.OK else None
        except UNREADABLE:
            token = None
        if token is None or not token.access_token.isascii() or not token.access_token.isprintable():
            raise FeedRefused(
                f"Adobe gives no token for {self._post.name!r}: {answer.status}.",
                advice=f"Check client ID, `scopes`, and the client secret in the key `feed.{self._post.name}`.",
            )
        self._bearer, self._bearer_ends = token.access_token, _ends(now, token.expires_in)
        return self._bearer

    def _sent(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> _Answer:
        try:
            with self._http.stream(method, url, headers=headers, data=form) as answer:
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise CannotRead(f"An answer for {self._post.name!r} is too large.", advice="Make `batch` smaller.")
                link = answer.links.get("next", {}).get("url", "")
                again = _seconds(answer.headers.get("retry-after", ""))
                return _Answer(status=answer.status_code, body=bytes(body), again=again, link=link)
        except httpx.HTTPError as error:
            # Only the kind of the fault: its text may hold what was sent
            reason = f"Adobe is not reached for {self._post.name!r}: {type(error).__name__}."
            raise CannotRead(reason, advice="Let this machine reach adobe.io and adobelogin.com by https.") from None


def _item(body: bytes) -> Item:
    """The event under the name that the door gives it: that of Adobe, else the hash of its bytes."""
    return Item(key=message_key(number_in(body), body), body=body)


def _text(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _asking(*, limit: int, since: str = "") -> str:
    return urlencode({**({"since": since} if since else {}), "limit": limit})


def _seconds(text: str) -> int:
    return min(int(text), _LONGEST_REST) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004  # digits enough for years


def _ends(now: datetime, seconds: float) -> datetime:
    """Until when a token is used: some minutes less than it lives, and at least one look."""
    return now + timedelta(seconds=max(min(seconds, 86_400) - _EARLY, 1))


def _secret(post: Post) -> str:
    """The client secret. Raises `BadSettings` when there is none, or it is no text."""
    name = f"feed.{post.name}"
    try:
        return post.keyring.secret(name).decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise BadSettings(
            f"The key {name!r} is no client secret.", advice="Store it as the Developer Console shows it."
        ) from error


def _require_adobes(post: Post, url: str, domain: str) -> None:
    """The address is one of Adobe's by https, or on this machine. Raises `BadSettings`: secrets are sent there."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not ((parts.scheme == "https" and host.endswith(domain)) or (parts.scheme in {"http", "https"} and host in _LOOPBACK)):
        raise BadSettings(
            f"An address in the options of {post.name!r} is not Adobe's.", advice=f"It is https, and ends in {domain}."
        )
