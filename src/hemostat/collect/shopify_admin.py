"""The feed `shopify-admin`: a store's timeline, bulk operations and settings, asked for over and over; its webhooks, mended.

The app's client secret, or its access token, is the key `feed.<source>`. Shopify deletes webhook subscriptions whose deliveries
fail: each is looked for, made again, and a gap of kind `subscription` stays open until the store lists it. Subscriptions of the
app's TOML file, the privacy topics among them, are seen by no interface and are not mended.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec

from hemostat.kernel import BadSettings, iso, log, parse_iso
from hemostat.phi import Pseudonyms
from hemostat.sources import options_of
from hemostat.sources.shopify_admin import observed
from hemostat.stores import shopify_documents as ask
from hemostat.stores.shopify import (
    API_VERSION,
    AUDIT_TOPIC,
    TOPICS,
    ShopifyClient,
    ShopifyDenied,
    ShopifyRefused,
    missing,
    snapshot_take,
    subscribe,
    subscriptions,
)
from hemostat.stores.shopify_snapshot import HIDDEN
from hemostat.stores.snapshot import Snapshot, snapshot_latest

from .base import Item, Post
from .setting_changes import keep
from .standing import FeedRefused, Standing

T = TypeVar("T")

_OVERLAP = timedelta(minutes=10)  # entries may show up a little after their time
_FIRST = timedelta(days=1)  # how far back the first reading goes
_BULK_LIVES = timedelta(days=11)  # a job runs ten days at most
_BATCH = 100


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a store is asked.

    domain: like name.myshopify.com. version: the pinned one.
    client_id: of an app of the Dev Dashboard, whose client secret the key is; "" when the key is a lasting access token.
    every, settings_every: seconds from one look at the timeline, or the settings, to the next.
    webhooks: the address of our intake for this store, to which missing webhooks are subscribed again; "" to subscribe to none.
    topics: the webhooks that must be there. audit: ARN or pubsub:// address of the audit feed, if this app owns it.
    address: that of a twin on this machine.
    """

    domain: str
    client_id: str = ""
    version: str = API_VERSION
    every: Annotated[float, msgspec.Meta(ge=0.05)] = 60.0
    settings_every: Annotated[float, msgspec.Meta(ge=0)] = 900.0
    webhooks: str = ""
    topics: list[str] = msgspec.field(default_factory=lambda: [topic.name for topic in TOPICS])
    audit: str = ""
    address: str = ""


def collector(post: Post, options: Mapping[str, Any]) -> "ShopifyAdmin":
    """What reads this store. Raises `BadSettings` when an option is wrong, or the key is missing."""
    return ShopifyAdmin(post, options_of(post.name, options, Options))


class ShopifyAdmin:
    """One store that is asked."""

    def __init__(self, post: Post, options: Options, *, client: ShopifyClient | None = None) -> None:
        self.every = options.every
        self._post = post
        self._options = options
        self._client = client or _client(post, options)
        self._pseudonyms = Pseudonyms(post.keyring.secret("pseudonym"))
        self._standing = Standing(post)
        self._looked_at: datetime | None = None
        self._drifted: bool | None = None
        self._denied_parts = {"timeline", "bulk operations"}  # a gap of before may be open

    def poll(self) -> bool:
        """What is new in timeline, bulk operations and settings is in the spool. Raises `ShopifyDown`, `FeedRefused`."""
        with self._standing.told():
            try:
                self._part("timeline", self._timeline)
                self._part("bulk operations", self._bulk_operations)
                self._settings()
            except ShopifyRefused as error:
                raise FeedRefused(str(error), advice=error.advice()) from None
            finally:
                self._compare_versions()
        return False

    def close(self) -> None:
        """The connections are closed."""
        self._client.close()

    def _part(self, name: str, read: Callable[[], None]) -> None:
        """A part was read; one that the token may not read is a gap, and hides no other."""
        try:
            read()
        except ShopifyDenied:
            self._denied_parts.add(name)
            self._post.gap("refused", name)
        else:
            if name in self._denied_parts:
                self._post.closed("refused", name)
                self._denied_parts.discard(name)

    def _timeline(self) -> None:
        place = self._post.place("events")
        now = self._post.clock.now()
        since = parse_iso(place) - _OVERLAP if place else now - _FIRST
        nodes = self._client.pages(ask.EVENTS, "events", {"since": _since(since)})
        for some in _batched(nodes, _BATCH):
            items = [Item(key=f"event:{node.get('id')}", body=observed("event", at=now, node=node)) for node in some]
            self._post.deliver(items, place=_latest(some, place), part="events")

    def _bulk_operations(self) -> None:
        now = self._post.clock.now()
        nodes = self._client.pages(ask.BULK, "bulkOperations", {"since": _since(now - _BULK_LIVES)})
        for some in _batched(nodes, _BATCH):
            self._post.deliver(
                [
                    Item(key=f"bulk:{node.get('id')}:{node.get('status')}", body=observed("bulk", at=now, node=node))
                    for node in some
                ]
            )

    def _settings(self) -> None:
        """The settings were compared with what they were, and the webhooks with what they should be, if it was time."""
        now = self._post.clock.now()
        if self._looked_at and now - self._looked_at < timedelta(seconds=self._options.settings_every):
            return
        self._mend_webhooks(now)
        self.snapshot()

    def snapshot(self) -> Snapshot:
        """The settings as they are now: what is another than before is in the spool, and the snapshot is on disk.

        Raises `ShopifyDown`, `ShopifyRefused`.
        """
        now = self._post.clock.now()
        store = self._post.source.store
        before = snapshot_latest(self._post.home, store)
        after = snapshot_take(self._client, store=store, pseudonyms=self._pseudonyms, now=now)
        keep(self._post, before, after, denied=(_denied(before) if before else set(), _denied(after)))
        self._looked_at = now
        return after

    def _mend_webhooks(self, now: datetime) -> None:
        """Webhooks that are missing were asked for again; a gap is open for each until the store lists it."""
        wanted = [(self._options.webhooks, topic) for topic in self._options.topics] if self._options.webhooks else []
        wanted += [(self._options.audit, AUDIT_TOPIC)] if self._options.audit else []
        if not wanted:
            return
        listed = subscriptions(self._client)
        seen = self._post.place("webhooks")
        for uri, topic in wanted:
            if not missing(listed, [topic], uri):
                self._post.closed("subscription", topic)
                continue
            if seen:
                self._post.gap("subscription", topic, since=parse_iso(seen))
            try:
                subscribe(self._client, topic, uri)
            except ShopifyRefused as error:
                # The scope is missing, or the address is refused: the gap says which topic, the log says why.
                self._post.gap("subscription", topic, since=parse_iso(seen) if seen else now)
                log.get().warning("collect.subscription", source=self._post.name, reason=str(error))
        self._post.deliver([], place=iso(now), part="webhooks")

    def _compare_versions(self) -> None:
        """A gap is open while Shopify answers with another version than the pinned one."""
        drifted = self._client.drifted
        if drifted is not self._drifted:
            tell = self._post.gap if drifted else self._post.closed
            tell("version", f"the interface is not answered in version {self._client.version}")
            self._drifted = drifted


def _client(post: Post, options: Options) -> ShopifyClient:
    try:
        token = post.keyring.secret(f"feed.{post.name}").decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise BadSettings(f"The key `feed.{post.name}` is no token or secret.", advice="Store it as Shopify shows it.") from error
    return ShopifyClient(options.domain, token, client_id=options.client_id, version=options.version, address=options.address)


def _batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def _since(moment: datetime) -> str:
    """A search for what was made at a moment or later; Shopify counts in whole seconds."""
    return f"created_at:>='{moment:%Y-%m-%dT%H:%M:%SZ}'"


def _latest(nodes: Sequence[dict[str, Any]], place: str) -> str:
    """The latest time of these entries, or the place as it is."""
    times = [iso(parse_iso(text)) for node in nodes if isinstance(text := node.get("createdAt"), str)]
    return max([*times, place])


def _denied(snapshot: Snapshot) -> set[str]:
    """Kinds of settings that this token may not read, beside what no token can."""
    return {unseen.kind for unseen in snapshot.unseen if unseen not in HIDDEN}
