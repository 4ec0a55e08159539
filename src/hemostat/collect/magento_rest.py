"""The feed `magento-rest`: what a Magento store is configured to be, looked at over and over, kept as a snapshot when it changed.

Asked are the routes of REST, signed with the four credentials of an integration (the key `magento.<store>`), the read-only
account of the store's source `magento-tables`, if there is one, and the files of an installation, if one is named.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings
from hemostat.phi import Pseudonyms
from hemostat.sources import options_of
from hemostat.stores.magento import Files, MagentoClient, StoreRefused, credentials_of, files_read, snapshot_take
from hemostat.stores.magento_database import Database
from hemostat.stores.snapshot import Snapshot, snapshot_latest

from .base import Post
from .magento_tables import database_of
from .setting_changes import keep
from .standing import FeedRefused, Standing

_CONNECT, _READ = 10.0, 60.0  # seconds
_REFUSALS = frozenset({400, 401, 403, 404})
_TABLES = "magento-tables"
_TOLD_BY_TABLES = frozenset({"integration", "token", "staff", "role", "setting"})
"""What the source `magento-tables` tells of row by row, with the moment of each change."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a store is looked at.

    url: address of the site; "" for that which the settings name under `magento_stores`.
    tables: name of the source whose read-only account shows what REST does not; "" for the store's own, if there is one.
    directory: folder of the installation, or of a copy of its files, on this machine; "" for none.
    every: seconds from one look to the next.
    """

    url: str = ""
    tables: str = ""
    directory: str = ""
    every: Annotated[float, Meta(ge=1, le=86_400)] = 900.0


def collector(post: Post, options: Mapping[str, Any]) -> "MagentoRest":
    """What looks at this store. Raises `BadSettings` when an option is wrong, or the credentials are missing."""
    return MagentoRest(post, options_of(post.name, options, Options))


class MagentoRest:
    """One store that is looked at. `sleep` waits between two tries of a call."""

    def __init__(self, post: Post, options: Options, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.every = options.every
        self._post = post
        self._options = options
        self._http = httpx.Client(timeout=httpx.Timeout(_READ, connect=_CONNECT), follow_redirects=False)
        self._sleep = sleep
        try:
            self._client()
        except BaseException:
            self._http.close()
            raise
        self._pseudonyms = Pseudonyms(post.keyring.secret("pseudonym"))
        self._standing = Standing(post)

    def poll(self) -> bool:
        """The store was looked at. Raises `FeedRefused`, `StoreRefused`, `Unreachable`, `BadSettings`, `BadInput`."""
        self.snapshot()
        return False

    def snapshot(self, directory: Path | None = None) -> Snapshot:
        """The configuration as it is now: what changed is in the spool, and the snapshot is on disk. Raises as `poll`.

        directory: the installation's files; None for those of the options, or for what was known of them before.
        """
        place = directory or (Path(self._options.directory) if self._options.directory else None)
        files = files_read(place) if place else None
        with self._standing.told():
            try:
                return self._looked(files)
            except StoreRefused as error:
                if error.status in _REFUSALS:
                    raise FeedRefused(str(error), advice=error.advice()) from None
                raise

    def close(self) -> None:
        """The connections are closed."""
        self._http.close()

    def _client(self) -> MagentoClient:
        """The store, asked with the credentials that are in the keyring now. Raises `BadSettings`."""
        keys = credentials_of(self._post.keyring, self._post.source.store)
        return MagentoClient.of(_url(self._post, self._options), keys, http=self._http, sleep=self._sleep)

    def _looked(self, files: Files | None) -> Snapshot:
        before = snapshot_latest(self._post.home, self._post.source.store)
        with self._database() as database:
            after = snapshot_take(
                self._client(),
                store=self._post.source.store,
                pseudonyms=self._pseudonyms,
                now=self._post.clock.now(),
                database=database,
                files=files,
                before=before,
            )
        elsewhere = _TOLD_BY_TABLES if database else frozenset()
        keep(self._post, before, after, denied=(_denied(before), _denied(after)), told_elsewhere=elsewhere)
        return after

    @contextmanager
    def _database(self) -> Iterator[Database | None]:
        """The read-only account of the store's tables, until the end of the block; None when there is none."""
        sources = self._post.home.settings().sources
        own = [name for name, each in sources.items() if each.store == self._post.source.store and each.kind == _TABLES]
        name = self._options.tables or next(iter(own), "")
        feed = sources[name].feed if name in sources else None
        if name and (feed is None or feed.kind != _TABLES):
            raise BadSettings(
                f"The option `tables` of {self._post.name!r} names no source that reads tables.",
                advice="Name one whose feed is of the kind magento-tables, or leave the option out.",
            )
        if feed is None:
            yield None
            return
        database = database_of(name, feed.options, self._post.keyring)
        try:
            yield database
        finally:
            database.close()


def _url(post: Post, options: Options) -> str:
    """The address of the site. Raises `BadSettings` when nobody named it."""
    url = options.url or post.home.settings().magento_stores.get(post.source.store, "")
    if not url:
        raise BadSettings(
            f"Nobody named the address of the store {post.source.store!r}.",
            advice="Write it into the feed's option `url`, or under `magento_stores`, like https://shop.example.",
        )
    return url


def _denied(snapshot: Snapshot | None) -> set[str]:
    """Kinds of settings of which something could not be read."""
    return {part.kind for part in snapshot.unseen} if snapshot else set()
