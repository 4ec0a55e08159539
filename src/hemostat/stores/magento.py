"""What a Magento or Adobe Commerce store is configured to be: by REST what it shows, from database and files the rest.

Magento has no REST route that lists integrations, admin users, roles, tokens or settings: they come from the read-only account
of the database. Routes, permissions and jobs of modules, versions and patches stand in its files. What nobody showed us is named
as unseen, with the reason and what a person can do.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hemostat.phi import Pseudonyms
from hemostat.sources.magento_content import content_of
from hemostat.sources.magento_schema import CONFIG_PATHS

from .magento_database import Database, Row, text_of
from .magento_files import FILE_KINDS, Files, files_read, is_own
from .magento_rest import Credentials, MagentoClient, StoreRefused, credentials_of, key_name
from .snapshot import Fact, Item, Snapshot, Unseen

__all__ = [
    "FILE_KINDS",
    "RESOURCES",
    "Credentials",
    "Files",
    "MagentoClient",
    "Resource",
    "StoreRefused",
    "credentials_of",
    "files_read",
    "key_name",
    "snapshot_take",
]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One box to tick for the integration under Resource Access: its name in the code, and why Hemostat asks for it."""

    acl: str
    reason: str


RESOURCES: tuple[Resource, ...] = (
    Resource(acl="Magento_Backend::store", reason="Names of the store views and the addresses that they answer at."),
    Resource(acl="Magento_Backend::admin", reason="The list of modules: code of others runs in each of them."),
    Resource(acl="Magento_Cms::block", reason="Hashes of the blocks: where scripts that skim payment pages are put."),
    Resource(acl="Magento_Cms::page", reason="Hashes of the pages, for the same reason."),
    Resource(
        acl="Magento_AdobeCommerceWebhooks::webhooks_list",
        reason="Adobe Commerce 2.4.8 on: to which hosts the store sends data while it works.",
    ),
    Resource(
        acl="Magento_AdobeCommerceEventsClient::event_subscriptions",
        reason="Adobe Commerce: which events, with which fields, the store tells to Adobe I/O.",
    ),
)
"""The least that a snapshot needs: nothing that reads a customer or an order, and nothing that writes."""

_NO_ROUTE = (
    ("integration", "integrations", "compare System > Extensions > Integrations with the list of those that you know"),
    ("token", "tokens", "count them with the integrations: each has its own"),
    ("staff", "admin users", "go through System > Permissions > All Users"),
    ("role", "roles", "go through System > Permissions > User Roles"),
    ("setting", "settings", "read what guards the data under Stores > Configuration"),
)
_BY_TABLE = "the source `magento-tables` shows them, and there is none. Until then somebody has to"
_NO_FILE = (
    ("package", "versions of packages"),
    ("patch", "patches"),
    ("rest_route", "routes of modules"),
    ("permission", "permissions of modules"),
    ("cron", "jobs of modules"),
)
_FILES = "files"
"""The word under which a snapshot says of which day the files are that it is made from."""

_BY_FILE = "Run `hemostat source snapshot` with --files after each deployment."
_DENIED = "The integration may not read it: its resource is not ticked, or was not authorized again."
# Magento answers 401 for a resource that is not ticked as for credentials that it does not know; some fronts answer 403.
_PART_ONLY = {
    401: _DENIED,
    403: _DENIED,
    404: "This edition or version of the store has no such route, or its module is off.",
}
_NOT_GRANTED = "The account of the database may not read the table, or this version of the store has none."
_MOST_ROWS = 20_000
Part = Callable[[], Iterator[Item]]


def snapshot_take(
    client: MagentoClient,
    *,
    store: str,
    pseudonyms: Pseudonyms,
    now: datetime,
    database: Database | None = None,
    files: Files | None = None,
    before: Snapshot | None = None,
) -> Snapshot:
    """The store's configuration at `now`; what could not be read is named as unseen, with its reason.

    database: the read-only account, for what REST does not show; None when there is none. Staff are pseudonyms, as in events.
    files: what the installation's files say; None when nobody showed them: what `before` holds of them still stands then.
    Raises `StoreRefused` when the store does not answer, or does not know the credentials: then nothing could be seen at all.
    """
    items, unseen = _by_rest(client)
    if database is None:
        unseen += [
            Unseen(kind=kind, reason=f"Magento has no REST route that lists {what}; {_BY_TABLE} {task}.")
            for kind, what, task in _NO_ROUTE
        ]
    else:
        _Tables(database, pseudonyms).read(items, unseen)
    version = _by_files(files, before, now, items, unseen)
    ordered = tuple(sorted(items, key=lambda item: (item.kind, item.id)))
    return Snapshot(store=store, platform="magento", taken_at=now, version=version, items=ordered, unseen=tuple(unseen))


def _by_rest(client: MagentoClient) -> tuple[list[Item], list[Unseen]]:
    """What REST shows, and what of it is not shown to us. Raises `StoreRefused` when that is everything."""
    items: list[Item] = []
    unseen: list[Unseen] = []
    parts: tuple[tuple[str, Part], ...] = (
        ("module", lambda: _modules(client)),
        ("store_view", lambda: _addresses(client)),
        ("script", lambda: _contents(client, "cmsBlock")),
        ("script", lambda: _contents(client, "cmsPage")),
        ("webhook", lambda: _webhooks(client)),
        ("webhook", lambda: _subscriptions(client)),
    )
    refused: StoreRefused | None = None
    seen = 0
    for kind, read in parts:
        try:
            items += list(read())
            seen += 1
        except StoreRefused as error:
            if error.status not in _PART_ONLY:
                raise
            refused = error
            unseen.append(Unseen(kind=kind, reason=_PART_ONLY[error.status]))
    if refused is not None and not seen:
        raise refused
    return items, unseen


def _by_files(files: Files | None, before: Snapshot | None, now: datetime, items: list[Item], unseen: list[Unseen]) -> str:
    """What files show is among the items, or among what was not seen; the version that they tell."""
    if files is not None:
        # What runs in the store counts, and not what the copy of a file says.
        shown = {"module"} & {item.kind for item in items}
        items += [item for item in files.items if item.kind not in shown]
        unseen += [*files.unseen, Unseen(kind=_FILES, reason=f"What files show is as it was on {now:%Y-%m-%d}. {_BY_FILE}")]
        return files.version
    if before is None or not any(part.kind == _FILES for part in before.unseen):
        unseen += [Unseen(kind=kind, reason=f"Only the files of the store show {what}. {_BY_FILE}") for kind, what in _NO_FILE]
        return ""
    # Modules that REST hides, now as before, were those of the files.
    hidden = {"module"} & {part.kind for part in unseen} & {part.kind for part in before.unseen}
    items += [item for item in before.items if item.kind in FILE_KINDS | hidden]
    unseen += [part for part in before.unseen if part.kind in {*FILE_KINDS, _FILES}]
    return before.version


def _modules(client: MagentoClient) -> Iterator[Item]:
    """The modules that run in the store, by name; code of Adobe itself is marked."""
    answer = client.get("/V1/modules", {"searchCriteria[pageSize]": "5000"})
    names = answer.get("items", []) if isinstance(answer, dict) else answer
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str):
            yield Item(kind="module", id=name[:200], title=name[:200], facts={"own": is_own(name)})


def _addresses(client: MagentoClient) -> Iterator[Item]:
    """The address of each store view."""
    for one in _objects(client.get("/V1/store/storeConfigs")):
        facts: dict[str, Fact] = {
            "base_url": _plain(one.get("base_url")),
            "secure_base_url": _plain(one.get("secure_base_url")),
        }
        yield Item(kind="store_view", id=str(one.get("id")), title=_plain(one.get("code")), facts=facts)


def _contents(client: MagentoClient, name: str) -> Iterator[Item]:
    """What the blocks or the pages are made of: a hash, whether they hold a script, and which hosts they name."""
    for one in client.pages(f"/V1/{name}/search"):
        text = one.get("content")
        made = content_of(text if isinstance(text, str) else "")
        facts: dict[str, Fact] = {
            "active": one.get("active") is True,
            "sha256": made.sha256,
            "code": made.code,
            "hosts": made.hosts,
        }
        yield Item(kind="script", id=f"{name}:{one.get('id')}", title=_plain(one.get("identifier")), facts=facts)


def _webhooks(client: MagentoClient) -> Iterator[Item]:
    """The hosts to which the store sends data while it works. Addresses may hold secrets: of each only host and hash stay."""
    for one in _objects(client.get("/V1/webhooks/list")):
        url = _plain(one.get("url"))
        facts: dict[str, Fact] = {
            "method": _plain(one.get("webhook_method")),
            "type": _plain(one.get("webhook_type")),
            "host": urlsplit(url).hostname or "",
            "url_sha256": hashlib.sha256(url.encode(errors="surrogatepass")).hexdigest(),
            "required": one.get("required") is True,
            "timeout_ms": one.get("timeout") if isinstance(one.get("timeout"), int) else 0,
            "fields": _names(one.get("fields")),
        }
        name = f"{_plain(one.get('webhook_method'))}/{_plain(one.get('batch_name'))}/{_plain(one.get('hook_name'))}"
        yield Item(kind="webhook", id=name, title=_plain(one.get("hook_name")), facts=facts)


def _subscriptions(client: MagentoClient) -> Iterator[Item]:
    """The events, with their fields, that the store tells to Adobe I/O."""
    for one in _objects(client.get("/V1/eventing/getEventSubscriptions")):
        facts: dict[str, Fact] = {
            "fields": _names(one.get("fields")),
            "hipaa_audit": one.get("hipaa_audit_required") is True,
            "destination": _plain(one.get("destination")),
            "provider": _plain(one.get("provider_id")),
        }
        yield Item(kind="webhook", id=f"event:{_plain(one.get('name'))}", title=_plain(one.get("name")), facts=facts)


class _Tables:
    """What only the database shows."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._columns = database.columns()

    def read(self, items: list[Item], unseen: list[Unseen]) -> None:
        """Integrations, staff, roles, tokens and settings are among the items, or among what was not seen."""
        roles = self._rows("authorization_role", ("role_id", "parent_id", "role_type", "user_id", "user_type", "role_name"))
        rules = self._rows("authorization_rule", ("role_id", "resource_id", "permission")) or []
        allowed: dict[int, list[str]] = {}
        for rule in rules:
            if rule["permission"] == "allow":
                allowed.setdefault(int(rule["role_id"]), []).append(str(rule["resource_id"]))
        parts: tuple[tuple[str, list[Item] | None], ...] = (
            ("integration", self._integrations(roles or [], allowed)),
            ("staff", self._staff(roles or [])),
            ("role", None if roles is None else [_role(row, allowed) for row in roles if row["role_type"] == "G"]),
            ("token", self._tokens()),
            ("setting", self._settings()),
        )
        for kind, found in parts:
            if found is None:
                unseen.append(Unseen(kind=kind, reason=_NOT_GRANTED))
            else:
                items += found

    def _rows(self, table: str, columns: Sequence[str], where: str = "") -> list[Row] | None:
        """The rows of a table; None when the account may not read it."""
        if not set(columns) <= self._columns.get(table, frozenset()):
            return None
        names = ", ".join(f"`{column}`" for column in columns)
        sql = f"SELECT {names} FROM {self._database.table(table)}{where} LIMIT {_MOST_ROWS}"  # noqa: S608  # names of our own
        return self._database.rows(sql)

    def _integrations(self, roles: Sequence[Row], allowed: dict[int, list[str]]) -> list[Item] | None:
        rows = self._rows("integration", ("integration_id", "name", "status", "consumer_id", "endpoint"))
        if rows is None:
            return None
        # user type 1 is an integration: each has one role of its own
        own = {int(role["user_id"]): int(role["role_id"]) for role in roles if str(role["user_type"]) == "1"}
        items = []
        for row in rows:
            facts: dict[str, Fact] = {
                "active": row["status"] == 1,
                "consumer": row["consumer_id"],
                "host": urlsplit(_plain(row["endpoint"])).hostname or "",
                "resources": sorted(allowed.get(own.get(int(row["integration_id"]), 0), [])),
            }
            items.append(Item(kind="integration", id=str(row["integration_id"]), title=_plain(row["name"]), facts=facts))
        return items

    def _staff(self, roles: Sequence[Row]) -> list[Item] | None:
        rows = self._rows("admin_user", ("user_id", "username", "is_active", "created", "lock_expires"))
        if rows is None:
            return None
        # user type 2 is an admin user: his role's parent is the group whose rules he has
        group = {int(role["user_id"]): str(role["parent_id"]) for role in roles if str(role["user_type"]) == "2"}
        items = []
        for row in rows:
            facts: dict[str, Fact] = {
                "active": row["is_active"] == 1,
                "created": str(text_of(row["created"]) or ""),
                "locked": row["lock_expires"] is not None,
                "role": group.get(int(row["user_id"]), ""),
            }
            items.append(Item(kind="staff", id=self._pseudonyms.of("actor", str(row["username"])), facts=facts))
        return items

    def _tokens(self) -> list[Item] | None:
        columns = ("entity_id", "consumer_id", "admin_id", "type", "revoked", "user_type", "created_at")
        rows = self._rows("oauth_token", columns, " WHERE `customer_id` IS NULL")
        if rows is None:
            return None
        return [
            Item(
                kind="token",
                id=str(row["entity_id"]),
                title=_plain(row["type"]),
                facts={
                    "revoked": row["revoked"] == 1,
                    "consumer": row["consumer_id"],
                    "of_staff": row["admin_id"] is not None,
                    "created": str(text_of(row["created_at"]) or ""),
                },
            )
            for row in rows
        ]

    def _settings(self) -> list[Item] | None:
        holes = ", ".join(f"'{path}'" for path in CONFIG_PATHS)
        # The pattern's sign is doubled: the driver puts arguments in place of single ones.
        where = f" WHERE `path` IN ({holes}) OR `path` LIKE 'payment/%%/debug'"
        rows = self._rows("core_config_data", ("config_id", "scope", "scope_id", "path", "value"), where)
        if rows is None:
            return None
        return [
            Item(
                kind="setting",
                id=f"{row['path']}@{row['scope']}:{row['scope_id']}",
                title=_plain(row["path"]),
                facts={"value": _plain(row["value"])},
            )
            for row in rows
        ]


def _role(row: Row, allowed: dict[int, list[str]]) -> Item:
    facts: dict[str, Fact] = {"resources": sorted(allowed.get(int(row["role_id"]), []))}
    return Item(kind="role", id=str(row["role_id"]), title=_plain(row["role_name"]), facts=facts)


def _objects(answer: object) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing of what is none."""
    for one in answer if isinstance(answer, list) else []:
        if isinstance(one, dict):
            yield one


def _names(fields: object) -> list[str]:
    return sorted(_plain(one.get("name")) for one in _objects(fields))


def _plain(value: object) -> str:
    """A text of the store's configuration, of a length that a page can show."""
    return value[:200] if isinstance(value, str) else ""
