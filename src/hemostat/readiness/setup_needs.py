"""What each kind of source gives, and the least that it is allowed, each with its reason: `content/setup/needs.yaml`."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from hemostat.events import Surface
from hemostat.sources.magento_schema import grants
from hemostat.stores.shopify_scopes import SCOPES

Group = Literal["storefront", "commerce", "telehealth", "cloud", "standards"]

GROUPS: dict[Group, str] = {
    "storefront": "Storefront",
    "commerce": "Commerce back office",
    "telehealth": "Telehealth and records",
    "cloud": "Cloud storage",
    "standards": "Standards and software of your own",
}
"""The groups of kinds, in the order in which people look for them."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One permission as the vendor writes it, on what it is given, and why. Without an optional one something is not seen."""

    grant: str
    what: str
    reason: str
    optional: bool = False


class Ready(msgspec.Struct, frozen=True, kw_only=True, rename={"made": "from"}):
    """A text to copy; `made` names the code that makes it."""

    title: str
    text: str = ""
    made: str = ""

    @property
    def whole(self) -> str:
        """The text."""
        if self.made != "magento-grants":
            return self.text
        account = "'hemostat'@'10.0.0.5'"
        made = f"CREATE USER {account} IDENTIFIED BY 'a long password' REQUIRE SSL;"
        return "\n".join([made, *grants("magento", account)])


class WayNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of coming in needs, texts to copy for it, and what to look at when nothing comes."""

    needs: tuple[Need, ...]
    quiet: tuple[str, ...]
    ready: tuple[Ready, ...] = ()


class KindNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind gives and needs. scopes: of Shopify's Admin API; their reasons stand with the client."""

    group: Group
    gives: str
    surfaces: tuple[str, ...]
    quiet: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def all(self) -> tuple[Need, ...]:
        """What the kind needs however it comes in, scopes among it."""
        scopes = tuple(
            Need(grant=scope.handle, what="the app's Admin API scopes", reason=scope.reason, optional=scope.optional)
            for scope in SCOPES
            if scope.handle in self.scopes
        )
        return (*scopes, *self.needs)


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """All ways and kinds."""

    ways: dict[str, WayNeeds]
    kinds: dict[str, KindNeeds]

    def of(self, kind: str, way: str) -> tuple[Need, ...]:
        """The least that a kind needs when it comes in this way."""
        return (*self.kinds[kind].all, *self.ways[way].needs)

    def faults(self) -> Iterator[str]:
        """Words that no other room knows."""
        scopes, surfaces = {scope.handle for scope in SCOPES}, set(Surface)
        for name, kind in self.kinds.items():
            if unknown := sorted(set(kind.scopes) - scopes):
                yield f"{name!r} names {unknown[0]!r}, which is no scope of ours."
            if unknown := sorted(set(kind.surfaces) - surfaces):
                yield f"{name!r} names {unknown[0]!r}, which is no surface."
