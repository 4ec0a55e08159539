"""Feed `fhir`: the AuditEvents of a FHIR server, asked for by when they were last changed, page after page.

https://hl7.org/fhir/R4/http.html#search and #paging. A server may make an event visible after one with a later time: each turn
asks again from `overlap` seconds before the newest that came, and what came before is known by its identifier and version. The
key `feed.<source>` holds the bearer token; without it nothing is sent to prove who we are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings, iso
from hemostat.sources import options_of
from hemostat.sources.base import Unreadable
from hemostat.sources.mending import UNREADABLE
from hemostat.sources.request import rfc3339

from .base import Collector, Item, Post
from .standing import CannotRead, FeedRefused, Standing

_CONNECT, _READ = 5.0, 60.0  # seconds
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_NEXT = "next"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a server needs.

    base: its address, up to the resource types. count: events of a page. overlap: seconds that are asked for again.
    every: seconds between two turns. since: from when on, RFC 3339, when the feed is new; "" for the last day.
    """

    base: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")]
    count: Annotated[int, Meta(ge=1, le=1000)] = 200
    overlap: Annotated[int, Meta(ge=0, le=86_400)] = 300
    every: Annotated[int, Meta(ge=1, le=3600)] = 30
    since: str = ""


class _Meta(msgspec.Struct, frozen=True, kw_only=True):
    versionId: str = ""  # noqa: N815  # the name on the wire
    lastUpdated: str = ""  # noqa: N815  # the name on the wire


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at of a resource before it is kept."""

    resourceType: str  # noqa: N815  # the name on the wire
    id: str
    meta: _Meta = _Meta()


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    resource: msgspec.Raw


class _Link(msgspec.Struct, frozen=True, kw_only=True):
    relation: str
    url: str


class _Bundle(msgspec.Struct, frozen=True, kw_only=True):
    resourceType: Literal["Bundle"]  # noqa: N815  # the name on the wire
    entry: list[_Entry] = []
    link: list[_Link] = []


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads a server. Raises `BadSettings` when an option is not what it should be."""
    return Server(post, options_of(post.name, options, Options))


class Server:
    """One server. Its place is the moment up to which events came, and the page that is next within a turn."""

    def __init__(self, post: Post, options: Options) -> None:
        self.every = float(options.every)
        self._post = post
        self._options = options
        self._standing = Standing(post)
        self._since = _since(post, options)
        self._client = httpx.Client(timeout=httpx.Timeout(_READ, connect=_CONNECT), follow_redirects=False)

    def poll(self) -> bool:
        """The events of one page are on disk; does a page follow? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            page = self._post.place("page") or self._first()
            try:
                bundle = self._page(page)
            except _Expired:
                self._post.deliver([], place="", part="page")
                return True  # the server no longer knows the page: the turn begins again
            heads = [_head(entry) for entry in bundle.entry]
            items = [_item(entry, head) for entry, head in zip(bundle.entry, heads, strict=True) if _counts(head)]
            self._keep(items, newest=_newest(heads))
            following = self._next(bundle, page)
            # The place of the page moves after its events are on disk: at worst they come again
            self._post.deliver([], place=following, part="page")
            if not following and (newest := self._post.place("turn")):
                self._post.deliver([], place=newest)
            return bool(following)

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()

    def _first(self) -> str:
        """The address of the first page of a turn."""
        since = self._post.place()
        start = rfc3339(since).time - timedelta(seconds=self._options.overlap) if since else rfc3339(self._since).time
        query = {"_lastUpdated": f"ge{iso(start)}", "_sort": "_lastUpdated", "_count": self._options.count}
        return f"{self._options.base.rstrip('/')}/AuditEvent?{urlencode(query)}"

    def _keep(self, items: Sequence[Item], *, newest: str) -> None:
        """The events are on disk, and how new the newest of this turn is."""
        known = max(self._post.place("turn"), self._post.place())
        self._post.deliver(items, place=max(known, newest), part="turn")

    def _page(self, address: str) -> _Bundle:
        """One page. Raises `CannotRead`, `FeedRefused`, `_Expired`."""
        try:
            answer = self._client.get(address, headers=self._headers())
        except httpx.HTTPError as error:
            reason = f"The server of {self._post.name!r} is not reached: {type(error).__name__}."
            raise CannotRead(reason, advice="Check `base` and the network.") from error
        if answer.status_code in {404, 410} and self._post.place("page"):
            raise _Expired("The server no longer knows the page.")
        if answer.status_code != httpx.codes.OK:
            raise _refusal(self._post.name, answer.status_code)
        try:
            return msgspec.json.decode(answer.content, type=_Bundle)
        except UNREADABLE:
            advice = "Check `base`: it is the address before `/AuditEvent`."
            raise CannotRead(f"What answers for {self._post.name!r} is no Bundle of FHIR.", advice=advice) from None

    def _headers(self) -> dict[str, str]:
        name = f"feed.{self._post.name}"
        shown = (
            {"authorization": f"Bearer {self._post.keyring.secret(name).decode('latin-1')}"}
            if self._post.keyring.has(name)
            else {}
        )
        return {"accept": "application/fhir+json", **shown}

    def _next(self, bundle: _Bundle, page: str) -> str:
        """The address of the next page; "" when there is none. Our token goes to the server that we know, and to no other."""
        found = next((link.url for link in bundle.link if link.relation == _NEXT), "")
        if not found:
            return ""
        address = urljoin(page, found)
        if _origin(address) != _origin(self._options.base):
            reason = f"The server of {self._post.name!r} sends us to another host for its next page."
            raise FeedRefused(reason, advice="Set `base` to the address that the server calls itself by.")
        return address if address != page else ""


class _Expired(CannotRead):
    """The server no longer knows a page."""


def _since(post: Post, options: Options) -> str:
    """From when on a new feed is read. Raises `BadSettings` when that is no time."""
    if not options.since:
        return iso(post.clock.now() - timedelta(days=1))
    try:
        return iso(rfc3339(options.since).time)
    except Unreadable as error:
        advice = "Write it like 2026-03-02T00:00:00Z."
        raise BadSettings(f"The option `since` of {post.name!r} is no time.", advice=advice) from error


def _head(entry: _Entry) -> _Head | None:
    try:
        return msgspec.json.decode(entry.resource, type=_Head)
    except UNREADABLE:
        return None


def _counts(head: _Head | None) -> bool:
    """Is it a record? What a server says about the search itself is none; what cannot be read is for the reader to reject."""
    return head is None or head.resourceType != "OperationOutcome"


def _item(entry: _Entry, head: _Head | None) -> Item:
    body = bytes(entry.resource)
    name = f"{head.id}/{head.meta.versionId or head.meta.lastUpdated}" if head else hashlib.sha256(body).hexdigest()
    return Item(key=f"fhir:{name}", body=body, content_type="application/fhir+json")


def _newest(heads: Sequence[_Head | None]) -> str:
    """The latest of the times of a page, in our spelling, so that they compare as text; "" without any."""
    found = []
    for head in heads:
        try:
            found.append(iso(rfc3339(head.meta.lastUpdated if head else "").time))
        except Unreadable:
            continue
    return max(found, default="")


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port


def _refusal(name: str, status: int) -> CannotRead:
    if status in _BUSY:
        return CannotRead(f"The server of {name!r} is busy: {status}.", advice="It is asked again by itself.")
    return FeedRefused(
        f"The server of {name!r} refuses us: {status}.", advice=f"Check `base`, and the token in the key `feed.{name}`."
    )
