"""A twin of Shopify's Admin GraphQL interface: checks documents against a schema, prices them, and forgets webhooks.

It refuses what the platform refuses: a wrong token, a retired version (which it answers with the oldest that it serves, as the
platform does), a field that is not in the schema, a page without a size, a scope that was not granted, an empty bucket. The
schema is handed to it: a trimmed copy of the published one lies with the tests, under its own license, and not in the product.
The price of a document is only like Shopify's, whose formula is not published in full; texts of its errors are made up.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Undefined,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from .loopback import Asked, Said

_PATH = re.compile(r"/admin/api/([0-9]{4}-[0-9]{2}|unstable)/graphql\.json")
_URI = re.compile(r"https://[^\s/?#]+(/\S*)?|pubsub://[a-z0-9-]+:[A-Za-z0-9_.~+%-]+|arn:aws:events:[a-z0-9-]+::event-source/\S+")
_LARGEST_PAGE = 250
_MOST_COST = 1000.0
_FIELD_COST, _CONNECTION_COST, _NODES_A_POINT = 1.0, 2.0, 10.0
_NAMED = re.compile(r"created_at:>='([0-9TZ:-]+)'")


class Shop(msgspec.Struct, kw_only=True):
    """A store as the platform knows it: lists of nodes as the schema names their fields. It changes as a test goes on.

    scopes: what was granted to the app. staff, tokens, scripts, themes, files, fields, publications, events, bulk: nodes; files
    by the id of their theme, fields by their owner type. subscriptions: nodes, made and dropped.
    """

    domain: str
    scopes: set[str] = msgspec.field(default_factory=set)
    staff: list[dict[str, Any]] = []
    tokens: list[dict[str, Any]] = []
    scripts: list[dict[str, Any]] = []
    themes: list[dict[str, Any]] = []
    files: dict[str, list[dict[str, Any]]] = {}
    fields: dict[str, list[dict[str, Any]]] = {}
    publications: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    bulk: list[dict[str, Any]] = []
    consent: list[dict[str, Any]] = []
    web_pixel: dict[str, Any] | None = None
    server_pixel: dict[str, Any] | None = None
    locked: bool = False
    subscriptions: list[dict[str, Any]] = []
    made: int = 0

    def drop(self, topic: str) -> None:
        """The platform has deleted the subscriptions to a topic, a word like `ORDERS_CREATE`, since their deliveries failed."""
        self.subscriptions[:] = [one for one in self.subscriptions if one["topic"] != topic]


class App:
    """The app as the Dev Dashboard knows it: with its id and secret it gets tokens of a day, if it is installed.

    client_id: "" for an app of before, which has a lasting token only. The words of refusals are those that libraries know.
    """

    LIVES = 86_399.0

    def __init__(self) -> None:
        self.client_id = ""
        self.secret = ""
        self.installed = True
        self.granted: dict[str, float] = {}

    def grant(self, asked: Asked, *, now: float) -> Said:
        """The answer to who asks for a token."""
        form = dict(parse_qsl(asked.body.decode("utf-8", "replace")))
        is_form = asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if asked.method != "POST" or not is_form or form.get("grant_type") != "client_credentials":
            return _said(400, {"error": "invalid_request"})
        if not self.client_id or form.get("client_id") != self.client_id:
            return _said(400, {"error": "application_cannot_be_found"})
        if form.get("client_secret") != self.secret:
            return _said(400, {"error": "invalid_client"})
        if not self.installed:
            return _said(400, {"error": "app_not_installed"})
        token = f"shpat_{len(self.granted):08d}_of_a_day"
        self.granted[token] = now + self.LIVES
        return _said(200, {"access_token": token, "scope": "", "expires_in": int(self.LIVES)})

    def knows(self, token: str, *, now: float) -> bool:
        """Is it a token that was given, and still counts?"""
        return now < self.granted.get(token, 0.0)


class AdminTwin:
    """Answers for one store. `schema` is the text of the schema; `tick` tells seconds that only go up, for the bucket."""

    def __init__(
        self,
        shop: Shop,
        *,
        token: str,
        schema: str,
        tick: Callable[[], float],
        versions: Sequence[str] = ("2026-01", "2026-04", "2026-07", "2026-10"),
        most: float = 2000.0,
        flow: float = 100.0,
    ) -> None:
        self.shop = shop
        self.app = App()
        self.versions = list(versions)
        self.asked: list[str] = []
        self.instead: list[Said] = []
        """What is answered to the next requests instead, as when the platform is down."""

        self._token = token
        self._schema = _schema(schema)
        self._tick = tick
        self._most, self._flow, self._points, self._at = most, flow, most, tick()

    def answer(self, asked: Asked) -> Said:
        """The platform's answer to one request."""
        if asked.target == "/admin/oauth/access_token":
            return self.app.grant(asked, now=self._tick())
        found = _PATH.fullmatch(asked.target)
        if found is None:
            return _said(404, {"errors": "Not Found"})
        given = asked.headers.get("x-shopify-access-token", "")
        if given != self._token and not self.app.knows(given, now=self._tick()):
            return _said(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
        if self.instead:
            return self.instead.pop(0)
        return self._asked(asked, self._served(found[1]))

    def _asked(self, asked: Asked, served: str) -> Said:
        """The answer to somebody who was let in; `served` is the version that answers, "" when there is none."""
        if not served:
            return _said(404, {"errors": "Not Found"})
        question = _question(asked)
        if question is None:
            return _said(400, {"errors": "Bad Request"})
        return _said(200, self._execute(*question), {"x-shopify-api-version": served})

    def _served(self, version: str) -> str:
        """The version that answers a request for `version`: a retired one is answered by the oldest that is left."""
        if version in self.versions or version == "unstable":
            return version
        return min(self.versions) if version < min(self.versions) else ""

    def _execute(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            document = parse(text)
        except GraphQLError as error:
            return {"errors": [{"message": error.message}]}
        if errors := validate(self._schema, document):
            return {"errors": [{"message": error.message, "extensions": {"code": "undefinedField"}} for error in errors]}
        cost = _cost(document)
        self._flow_in()
        if cost > _MOST_COST:
            return {"errors": [{"message": "Query cost is too high", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
        if cost > self._points:
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return {"errors": [throttled], "extensions": self._extensions(cost, None)}
        self._points -= cost
        self.asked.append(text)
        result = execute_sync(self._schema, document, root_value=_roots(self.shop), variable_values=variables)
        answer: dict[str, Any] = {"data": result.data, "extensions": self._extensions(cost, cost)}
        if result.errors:
            answer["errors"] = [{"message": error.message, "extensions": error.extensions or {}} for error in result.errors]
        return answer

    def _flow_in(self) -> None:
        now = self._tick()
        self._points = min(self._most, self._points + (now - self._at) * self._flow)
        self._at = now

    def _extensions(self, requested: float, actual: float | None) -> dict[str, Any]:
        status = {"maximumAvailable": self._most, "currentlyAvailable": int(self._points), "restoreRate": self._flow}
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}


@cache
def _schema(text: str) -> GraphQLSchema:
    """The schema as published: it breaks a rule that says nothing about documents, and is taken as valid."""
    return build_schema(text, assume_valid=True)


def _question(asked: Asked) -> tuple[str, dict[str, Any]] | None:
    if asked.method != "POST" or not asked.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        body = msgspec.json.decode(asked.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    text = body.get("query")
    return (text, body.get("variables") or {}) if isinstance(text, str) else None


def _said(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Said:
    return Said(status=status, body=msgspec.json.encode(body), headers=headers or {})


def _cost(document: DocumentNode) -> float:
    """Points: one for each object, two for each connection, and more with the size of its page."""
    return sum(_price(node) for node in document.definitions if getattr(node, "selection_set", None))


def _price(node: Any) -> float:
    inner = sum(_price(selection) for selection in node.selection_set.selections) if node.selection_set else 0.0
    if not isinstance(node, FieldNode):
        return inner
    sizes = [argument.value.value for argument in node.arguments or () if argument.name.value in ("first", "last")]
    if sizes and node.selection_set:
        return _CONNECTION_COST + (inner + _FIELD_COST) * int(sizes[0]) / _NODES_A_POINT
    return inner + _FIELD_COST if node.selection_set else 0.0


def _roots(shop: Shop) -> dict[str, Any]:
    """The root fields, each of which asks for its scope."""
    return {
        "shop": {
            "id": "gid://shopify/Shop/1",
            "myshopifyDomain": shop.domain,
            "storefrontAccessTokens": _page(shop, lambda **_: shop.tokens),
        },
        "currentAppInstallation": _installation(shop),
        "staffMembers": _page(shop, lambda **_: shop.staff, scope="read_users"),
        "scriptTags": _page(shop, lambda **_: shop.scripts, scope="read_script_tags"),
        "webPixel": _one(shop, lambda **_: shop.web_pixel, scope="read_pixels"),
        "serverPixel": _one(shop, lambda **_: shop.server_pixel, scope="read_pixels"),
        "webhookSubscriptions": _page(shop, lambda **_: shop.subscriptions),
        "webhookSubscriptionCreate": lambda _info, **given: _subscribe(shop, **given),
        "metafieldDefinitions": _page(shop, lambda **given: shop.fields.get(given["ownerType"], [])),
        "themes": _page(shop, lambda **_: shop.themes, scope="read_themes"),
        "theme": _one(
            shop, lambda **given: {"files": _page(shop, lambda **_: shop.files.get(given["id"], []))}, scope="read_themes"
        ),
        "onlineStore": {"passwordProtection": {"enabled": shop.locked}},
        "privacySettings": _one(
            shop,
            lambda **_: {"banner": {"enabled": True}, "dataSaleOptOutPage": {"autoManaged": True}},
            scope="read_privacy_settings",
        ),
        "consentPolicy": shop.consent,
        "publications": _page(shop, lambda **_: shop.publications, scope="read_publications"),
        "events": _page(shop, lambda **given: _since(shop.events, given.get("query"))),
        "bulkOperations": _page(shop, lambda **given: _since(shop.bulk, given.get("query"))),
        "publicApiVersions": [{"handle": "2026-10", "supported": True}],
    }


def _one(shop: Shop, find: Callable[..., Any], *, scope: str = "") -> Callable[..., Any]:
    """A field that needs a scope."""

    def resolve(info: Any, **given: Any) -> Any:
        if scope and scope not in shop.scopes:
            text = f"Access denied for {info.field_name} field. Required access: `{scope}` access scope."
            raise GraphQLError(text, extensions={"code": "ACCESS_DENIED", "requiredAccess": scope})
        return find(**given)

    return resolve


def _page(shop: Shop, find: Callable[..., list[dict[str, Any]]], *, scope: str = "") -> Callable[..., Any]:
    """A connection: one page of nodes, and where the next begins."""

    def paged(**given: Any) -> dict[str, Any]:
        size, after = given.get("first") or given.get("last"), given.get("after")
        if not size or not 0 < size <= _LARGEST_PAGE:
            raise GraphQLError("you must provide one of first or last, at most 250", extensions={"code": "BAD_REQUEST"})
        nodes, begin = find(**given), int(after) if after else 0
        end = begin + size
        return {
            "nodes": nodes[begin:end],
            "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(min(end, len(nodes)))},
        }

    return _one(shop, paged, scope=scope)


def _since(nodes: list[dict[str, Any]], query: str | None) -> list[dict[str, Any]]:
    """The nodes that a search for `created_at` finds, the oldest first."""
    found = _NAMED.fullmatch(query or "")
    return sorted((node for node in nodes if not found or node["createdAt"] >= found[1]), key=lambda node: node["createdAt"])


def _installation(shop: Shop) -> dict[str, Any]:
    handles = [{"handle": scope} for scope in sorted(shop.scopes)]
    app: dict[str, Any] = {"id": "gid://shopify/App/77", "title": "Hemostat", "handle": "hemostat"}
    app |= {"optionalAccessScopes": [], "requestedAccessScopes": handles}
    return {"id": "gid://shopify/AppInstallation/5", "accessScopes": handles, "app": app}


def _subscribe(shop: Shop, topic: str, **given: Any) -> dict[str, Any]:
    wanted = given["webhookSubscription"]
    uri = wanted.get("uri", Undefined)
    refused = _refusal(shop, topic, uri)
    if refused:
        return {"webhookSubscription": None, "userErrors": [{"field": ["webhookSubscription"], "message": refused}]}
    shop.made += 1
    node = {
        "id": f"gid://shopify/WebhookSubscription/{shop.made}",
        "topic": topic,
        "uri": uri,
        "includeFields": wanted.get("includeFields") or [],
        "filter": wanted.get("filter"),
        "format": "JSON",
        "name": None,
        "apiVersion": {"handle": "2026-10"},
    }
    shop.subscriptions.append(node)
    return {"webhookSubscription": node, "userErrors": []}


_FREE = frozenset({"CUSTOMER_ACCOUNT_SETTINGS_UPDATE"})
_NEEDED = {
    "ORDERS": "read_orders", "DRAFT": "read_draft_orders", "CUSTOMERS": "read_customers", "CUSTOMER": "read_customers",
    "SEGMENTS": "read_customers", "THEMES": "read_themes", "AUDIT": "read_audit_events",
}  # fmt: skip
"""The scope that a topic needs, by the first word of its name; of topics that are not here the twin asks for none."""


def _refusal(shop: Shop, topic: str, uri: Any) -> str:
    if not isinstance(uri, str) or not _URI.fullmatch(uri):
        return "Address is invalid"
    if topic == "AUDIT_EVENTS_ADMIN_API_ACTIVITY" and uri.startswith("https://"):
        return "Address protocol is not supported for this topic"
    if any((one["topic"], one["uri"]) == (topic, uri) for one in shop.subscriptions):
        return "Address for this topic has already been taken"
    scope = None if topic in _FREE else _NEEDED.get(topic.partition("_")[0])
    return "" if scope is None or scope in shop.scopes else "You cannot create a webhook subscription with the specified topic"
