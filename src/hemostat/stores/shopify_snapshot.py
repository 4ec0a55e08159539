"""The configuration of a Shopify store as an app's token sees it, section by section; what it does not see, with the reason.

A member of staff is the pseudonym of his address, as in events of the audit feed. No customer is asked for, and no token's value.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from hemostat.phi import Pseudonyms

from . import shopify_documents as ask
from .shopify_admin import ShopifyClient
from .shopify_errors import ShopifyRefused
from .snapshot import Fact, Item, Snapshot, Unseen

OWNERS = ("CUSTOMER", "ORDER", "DRAFTORDER", "COMPANY")
"""Owner types whose metafields hold data of people."""

HIDDEN = (
    Unseen(
        kind="app",
        reason="Shopify shows an app only itself. Other apps stand in the admin under Settings > Apps and sales channels; what "
        "they read comes with the audit feed, on Plus.",
    ),
    Unseen(
        kind="pixel",
        reason="Shopify shows an app only its own pixels. Custom pixels, and those of other apps, stand under Settings > "
        "Customer events.",
    ),
    Unseen(
        kind="token",
        reason="Shopify shows an app only its own storefront tokens. Those of other apps stand with each app in the admin.",
    ),
    Unseen(
        kind="webhook",
        reason="Shopify shows an app only its own subscriptions, and of these not those of its TOML file: the privacy topics are "
        "always among them.",
    ),
    Unseen(
        kind="role",
        reason="Roles and permissions of staff, and who may export, are in no interface: Settings > Users > Roles.",
    ),
)
"""What no token of an app can see, whatever its scopes."""

Section = Callable[[ShopifyClient, Pseudonyms], Iterator[Item]]


def snapshot_take(client: ShopifyClient, *, store: str, pseudonyms: Pseudonyms, now: datetime) -> Snapshot:
    """The store's configuration now. A section that the token may not read is in `unseen`, with the platform's reason.

    Raises `ShopifyDown` when the store does not answer, `ShopifyRefused` when it refuses the token altogether.
    """
    installation = _mapping(client.ask(ask.INSTALLATION).get("currentAppInstallation"))
    items, unseen = list(_installation(installation)), list(HIDDEN)
    for kind, section in SECTIONS:
        try:
            items += section(client, pseudonyms)
        except ShopifyRefused as error:
            unseen.append(Unseen(kind=kind, reason=str(error)))
    ordered = tuple(sorted(items, key=lambda item: (item.kind, item.id)))
    return Snapshot(
        store=store,
        platform="shopify",
        taken_at=now,
        version=client.served or client.version,
        items=ordered,
        unseen=tuple(unseen),
    )


def number_of(gid: object) -> str:
    """The last part of a global id: `7` of `gid://shopify/App/7`."""
    return str(gid).rpartition("/")[2].partition("?")[0]


def staff_pseudonym(pseudonyms: Pseudonyms, address: str) -> str:
    """The word under which events name a member of staff by his address."""
    return pseudonyms.of("actor", address.strip().lower())


def _installation(installation: dict[str, Any]) -> Iterator[Item]:
    app = _mapping(installation.get("app"))
    own = f"app-{number_of(app.get('id', ''))}"
    granted = sorted(_handles(installation.get("accessScopes")))
    optional = set(_handles(app.get("optionalAccessScopes")))
    yield Item(kind="app", id=own, title=str(app.get("title", "")), facts={"own": True, "scopes": granted})
    for handle in granted:
        facts: dict[str, Fact] = {"app": own, "optional": handle in optional, "writes": handle.startswith("write_")}
        yield Item(kind="scope", id=handle, title=handle, facts=facts)


def _staff(client: ShopifyClient, pseudonyms: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.STAFF, "staffMembers"):
        address, number = str(node.get("email", "")), number_of(node.get("id", ""))
        account = str(node.get("accountType") or "REGULAR").lower()
        facts: dict[str, Fact] = {
            "account_type": account,
            "active": bool(node.get("active")),
            "exists": bool(node.get("exists")),
            "owner": bool(node.get("isShopOwner")),
            "also": [pseudonyms.of("actor", number)],
        }
        name = staff_pseudonym(pseudonyms, address) or pseudonyms.of("actor", number)
        yield Item(kind="staff", id=name, title=f"Member of staff, {account.replace('_', ' ')}", facts=facts)


def _tokens(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.STOREFRONT_TOKENS, "shop.storefrontAccessTokens"):
        facts: dict[str, Fact] = {"scopes": sorted(_handles(node.get("accessScopes"))), "created": _text(node, "createdAt")}
        yield Item(kind="token", id=number_of(node.get("id")), title=_text(node, "title"), facts=facts)


def _scripts(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.SCRIPT_TAGS, "scriptTags"):
        address = _address(_text(node, "src"))
        facts: dict[str, Fact] = {"address": address, "shown": _text(node, "displayScope").lower()}
        yield Item(kind="script", id=number_of(node.get("id")), title=urlsplit(address).netloc, facts=facts)


def _web_pixel(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    if node := _mapping(client.ask(ask.WEB_PIXEL).get("webPixel")):
        yield Item(kind="pixel", id=f"web-{number_of(node.get('id'))}", title="Web pixel of this app")


def _server_pixel(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    if node := _mapping(client.ask(ask.SERVER_PIXEL).get("serverPixel")):
        facts: dict[str, Fact] = {
            "status": _text(node, "status").lower(),
            "address": _address(_text(node, "webhookEndpointAddress")),
        }
        yield Item(kind="pixel", id=f"server-{number_of(node.get('id'))}", title="Server pixel of this app", facts=facts)


def _webhooks(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.SUBSCRIPTIONS, "webhookSubscriptions"):
        facts: dict[str, Fact] = {
            "address": _address(_text(node, "uri")),
            "fields": sorted(str(name) for name in node.get("includeFields") or []),
            "filtered": bool(node.get("filter")),
            "version": _text(_mapping(node.get("apiVersion")), "handle"),
        }
        yield Item(kind="webhook", id=number_of(node.get("id")), title=_text(node, "topic").lower(), facts=facts)


def _fields(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for owner in OWNERS:
        for node in client.pages(ask.FIELDS, "metafieldDefinitions", {"owner": owner}):
            access = _mapping(node.get("access"))
            facts: dict[str, Fact] = {
                "owner": owner.lower(),
                "type": _text(_mapping(node.get("type")), "name"),
                "admin": _text(access, "admin").lower(),
                "storefront": _text(access, "storefront").lower(),
                "customer_account": _text(access, "customerAccount").lower(),
            }
            name = f"{owner.lower()}.{node.get('namespace')}.{node.get('key')}"
            yield Item(kind="field", id=name, title=_text(node, "name"), facts=facts)


def _themes(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.THEMES, "themes"):
        number, role = number_of(node.get("id")), _text(node, "role").lower()
        yield Item(kind="theme", id=number, title=_text(node, "name"), facts={"role": role})
        if role == "main":
            for file in client.pages(ask.THEME_FILES, "theme.files", {"theme": node.get("id")}):
                facts: dict[str, Fact] = {"md5": _text(file, "checksumMd5"), "size": _text(file, "size")}
                yield Item(kind="theme_file", id=f"{number}/{file.get('filename')}", title=_text(file, "filename"), facts=facts)


def _password(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    protection = _mapping(_mapping(client.ask(ask.PASSWORD).get("onlineStore")).get("passwordProtection"))
    facts: dict[str, Fact] = {"enabled": bool(protection.get("enabled"))}
    yield Item(kind="policy", id="storefront-password", title="Password of the online store", facts=facts)


def _privacy(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    found = _mapping(client.ask(ask.PRIVACY).get("privacySettings"))
    facts: dict[str, Fact] = {
        "banner": bool(_mapping(found.get("banner")).get("enabled")),
        "opt_out_page": bool(found.get("dataSaleOptOutPage")),
    }
    yield Item(kind="policy", id="privacy-settings", title="Consent banner and opt-out page", facts=facts)


def _consent(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    rules = [_mapping(rule) for rule in client.ask(ask.CONSENT).get("consentPolicy") or []]
    facts: dict[str, Fact] = {"consent": _regions(rules, "consentRequired"), "opt_out": _regions(rules, "dataSaleOptOutRequired")}
    yield Item(kind="policy", id="consent-policy", title="Where consent, or an opt-out, is asked for", facts=facts)


def _channels(client: ShopifyClient, _: Pseudonyms) -> Iterator[Item]:
    for node in client.pages(ask.PUBLICATIONS, "publications"):
        channels = [_mapping(channel) for channel in _mapping(node.get("channels")).get("nodes") or []]
        names = sorted(_text(channel, "name") for channel in channels)
        facts: dict[str, Fact] = {"channels": names, "publishes_alone": bool(node.get("autoPublish"))}
        yield Item(kind="integration", id=f"publication-{number_of(node.get('id'))}", title=", ".join(names), facts=facts)


SECTIONS: tuple[tuple[str, Section], ...] = (
    ("staff", _staff),
    ("token", _tokens),
    ("script", _scripts),
    ("pixel", _web_pixel),
    ("pixel", _server_pixel),
    ("webhook", _webhooks),
    ("field", _fields),
    ("theme", _themes),
    ("policy", _password),
    ("policy", _privacy),
    ("policy", _consent),
    ("integration", _channels),
)
"""The kind of item that each section gives. Each is asked on its own: one that is denied hides no other."""


def _regions(rules: Iterable[dict[str, Any]], name: str) -> list[str]:
    found = {"-".join(filter(None, (_text(rule, "countryCode"), _text(rule, "regionCode")))) for rule in rules if rule.get(name)}
    return sorted(found)


def _handles(scopes: object) -> list[str]:
    return [_text(_mapping(scope), "handle") for scope in scopes] if isinstance(scopes, list) else []


def _address(uri: str) -> str:
    """An address without user, query and fragment, in which keys are often found."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else uri.partition("?")[0]


def _text(node: dict[str, Any], name: str) -> str:
    value = node.get(name)
    return "" if value is None else str(value)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
