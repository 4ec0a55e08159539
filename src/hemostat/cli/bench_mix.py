"""The bench mix: what the log of a busy store is made of, event after event, the same for the same seed.

60 % of the events are lines of the store's JSON access log, 20 % events of its app in our own words, 10 % Shopify webhooks, one
message each, and 10 % audit events of staff and apps with a message. People, addresses, tokens, agents and pages are drawn by
Zipf's law with exponent 1; each request has an identifier of its own. One event in a hundred carries patient data where it must
not be. Events happen at 2,000 a second and arrive in batches, as forwarders send them.
"""

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from hemostat.kernel import Route, Settings, Source
from hemostat.lake.spool import Incoming

SHARES = {"edge": 0.6, "app": 0.2, "shopify.clinic": 0.1, "audit": 0.1}
"""Share of the events of each source."""

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the first event happens."""

_LINES = {"edge": 500, "app": 200, "shopify.clinic": 1, "audit": 50}
"""Events of one message."""

_RATE = 2000  # events a second
_LATE = 4.0  # seconds at most from an event to its receipt
_PEOPLE, _ADDRESSES, _TOKENS, _PAGES, _AGENTS = 400_000, 60_000, 100_000, 3_000, 400
_PARAMETER = "t"  # that holds a token
_STAFF, _APPS = 300, 20
_SHARE_OF_PATIENT_DATA, _SHARE_OF_POSTS, _SHARE_OF_APPS = 0.01, 0.1, 0.3
_TARGETS = {"page": 65, "cart": 15, "portal": 10, "session": 7, "visit": 3}  # of a hundred requests
_STATES = ("CA", "TX", "NY", "FL", "IL", "WA", "MA", "CO", "GA", "OH")
_FIRST = ("Ada", "Benito", "Carmen", "Dmitri", "Esther", "Farid", "Grace", "Hugo", "Ines", "Jonas")
_LAST = ("Adeyemi", "Brandt", "Castillo", "Dufour", "Eriksen", "Fontana", "Grigoryan", "Holm", "Ibarra", "Jovanovic")
_QUERIES = ("", "", "", "", "ref=newsletter", "utm_source=mail&utm_campaign=spring", "page={small}", "variant={long}")
_ACTIONS = (
    ("order:read", "Order {long} opened in the admin"), ("customer:read", "Customer {long} opened in the admin"),
    ("customer:update", "Note of customer {long} changed"), ("order:read", "GraphQL orders, page of {small}"),
    ("customer:read", "GraphQL customers, page of {small}"), ("export:run", "Export of orders begun"),
    ("document:read", "Document {long} opened"), ("app:change", "Scopes of an app changed"),
)  # fmt: skip


def settings() -> Settings:
    """The settings of a sandbox home that reads the mix."""
    routes = [
        Route(prefix="/products/", surface="product-catalog", act="page:read"),
        Route(prefix="/cart", surface="checkout", act="page:read"),
        Route(prefix="/portal/", surface="patient-portal", act="record:read", subject="patient", exposes=["name", "dob"]),
        Route(
            prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"], token=_PARAMETER
        ),
        Route(prefix="/visits/", surface="telehealth-session", act="document:read", token=_PARAMETER),
    ]
    return Settings(
        kind="sandbox",
        sources={
            "edge": Source(kind="access-log", store="clinic", environment="sandbox", routes=routes),
            "app": Source(kind="events", store="clinic", environment="sandbox", surface="patient-portal"),
            "audit": Source(kind="events", store="clinic", environment="sandbox"),
        },
        shopify_stores={"clinic": "clinic.myshopify.com"},
    )


def messages(events: int, *, seed: int, after: int = 0, rate: float = _RATE) -> Iterator[Incoming]:
    """Messages with at least so many events, in the order of their receipt.

    after: how many events happened before, in messages of the same seed. rate: events that happen in a second.
    """
    mix = _Mix(seed, after=after, rate=rate)
    made = dict.fromkeys(SHARES, 0)
    while sum(made.values()) < events:
        # The source that is furthest behind its share sends next.
        source = min(SHARES, key=lambda name: (made[name] + _LINES[name]) / SHARES[name])
        made[source] += _LINES[source]
        yield mix.message(source, after + sum(made.values()))


class _Mix:
    """Draws the events of the mix."""

    def __init__(self, seed: int, *, after: int, rate: float) -> None:
        self._rate = rate
        self._chance = random.Random(seed)  # noqa: S311  # a made-up log, no secret
        self._agents = [self._agent() for _ in range(_AGENTS)]
        self._pages = [f"/products/{self._word()}-{self._word()}-{number}" for number in range(_PAGES)]
        if after:
            self._chance.seed(seed + after)

    def message(self, source: str, number: int) -> Incoming:
        """A message of `source`, received when `number` events had happened."""
        received = BEGIN + timedelta(seconds=number / self._rate)
        span = min(_LATE, _LINES[source] / SHARES[source] / self._rate)
        times = sorted(received - timedelta(seconds=0.2 + self._chance.random() * span) for _ in range(_LINES[source]))
        headers: dict[str, str] = {}
        if source == "shopify.clinic":
            headers = {
                "x-shopify-topic": self._chance.choice(("orders/create", "orders/updated", "customers/update", "carts/update")),
                "x-shopify-shop-domain": "clinic.myshopify.com",
                "x-shopify-webhook-id": self._uuid(),
                "x-shopify-triggered-at": times[0].isoformat().replace("+00:00", "Z"),
            }
            body = json.dumps(self._webhook(times[0]), separators=(",", ":")).encode()
        else:
            make = {"edge": self._request, "app": self._visit, "audit": self._audit}[source]
            body = "\n".join(json.dumps(make(time), separators=(",", ":")) for time in times).encode()
        return Incoming(
            source=source,
            key=f"{source}-{number}",
            received_at=received,
            content_type="application/x-ndjson",
            headers=headers,
            body=body,
        )

    def _request(self, time: datetime) -> dict[str, Any]:
        path, query = self._target()
        return {
            "time": time.isoformat(timespec="milliseconds"),
            "remote_addr": self._address(),
            "asn": 64500 + self._rank(200),
            "host": "www.clinic.example",
            "method": "POST" if self._chance.random() < _SHARE_OF_POSTS else "GET",
            "request_uri": f"{path}?{query}" if query else path,
            "protocol": "HTTP/2.0",
            "status": self._chance.choices((200, 304, 404, 302, 500), (88, 5, 4, 2, 1))[0],
            "body_bytes_sent": int(self._chance.lognormvariate(8.5, 1.2)),
            "request_time": round(self._chance.expovariate(8), 3),
            "http_referer": "https://www.clinic.example/",
            "http_user_agent": self._agents[self._rank(_AGENTS)],
            "request_id": f"{self._chance.getrandbits(128):032x}",
        }

    def _target(self) -> tuple[str, str]:
        """Most requests are for pages of products; one in five shows somebody's data."""
        (kind,) = self._chance.choices(tuple(_TARGETS), tuple(_TARGETS.values()))
        found = self._patient_data()
        if kind == "page":
            query = self._filled(self._chance.choice(_QUERIES))
            return self._pages[self._rank(_PAGES)], f"email={found}" if found else query
        if kind == "cart":
            return f"/cart/{self._chance.choice(('add', 'change', 'update'))}.js", ""
        if kind == "portal":
            return f"/portal/{self._chance.choice(('chart', 'visits', 'messages', 'orders'))}", f"patient={self._person()}"
        if kind == "session":
            return "/api/session", f"cid={self._person()}&shop=clinic.myshopify.com&{_PARAMETER}={self._token()}"
        return f"/visits/{self._chance.randrange(10**9, 10**10)}", f"{_PARAMETER}={self._token()}"

    def _visit(self, time: datetime) -> dict[str, Any]:
        person = self._person()
        acts = ("record:read", "session:read", "document:read", "order:read", "page:read")
        return {
            "time": time.isoformat(),
            "act": acts[self._rank(len(acts))],
            "actor": person,
            "actor_type": "person",
            "auth": "login",
            "ip": self._address(),
            "user_agent": self._agents[self._rank(_AGENTS)],
            "method": "GET",
            "path": self._chance.choice((f"/portal/records/{self._chance.randrange(10**6, 10**7)}", f"/portal/people/{person}")),
            "status": 200,
            "bytes": int(self._chance.lognormvariate(8, 1)),
            "subject": person,
            "token": self._token(),
            "request_id": self._uuid(),
            "elements": ["name", "dob", "condition"],
            "message": f"Chart opened, contact {found}" if (found := self._patient_data()) else "",
        }

    def _audit(self, time: datetime) -> dict[str, Any]:
        act, words = self._chance.choice(_ACTIONS)
        is_app = self._chance.random() < _SHARE_OF_APPS
        found = self._patient_data()
        return {
            "time": time.isoformat(timespec="milliseconds"),
            "act": act,
            "actor": f"app-{self._rank(_APPS)}" if is_app else f"staff-{self._rank(_STAFF)}@clinic",
            "actor_type": "app" if is_app else "staff",
            "auth": "token" if is_app else "login",
            "ip": self._address(),
            "subject": self._person() if act.startswith("customer") else "",
            "message": self._filled(words) + (f" for {found}" if found else ""),
        }

    def _webhook(self, time: datetime) -> dict[str, Any]:
        """About two kilobytes, as orders and customers are."""
        person, number = self._person(), self._chance.randrange(10**12, 10**13)
        state = _STATES[self._rank(len(_STATES))]
        name = {"first_name": self._chance.choice(_FIRST), "last_name": self._chance.choice(_LAST)}
        home = {**name, "address1": f"{number % 9999} Elm Street", "country_code": "US", "province_code": state, "zip": "94100"}
        line = {"title": "Consultation", "sku": "C-1", "quantity": 1, "price": "49.00", "taxable": False, "vendor": "Clinic"}
        return {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "created_at": time.isoformat(),
            "currency": "USD",
            "email": f"{name['first_name']}.{name['last_name']}.{person}@mail.example",
            "phone": "+14155550123",
            "total_price": "147.00",
            "customer": {"id": int(person), **name, "default_address": home, "tags": "vip, newsletter", "verified_email": True},
            "billing_address": home,
            "shipping_address": home,
            "line_items": [line | {"id": number + place, "variant_id": number % 997} for place in range(6)],
            "note_attributes": [{"name": "consent", "value": "yes"}, {"name": "source", "value": "web"}],
        }

    def _patient_data(self) -> str:
        """An address of mail, in one event of a hundred."""
        if self._chance.random() >= _SHARE_OF_PATIENT_DATA:
            return ""
        return f"{self._chance.choice(_FIRST)}.{self._chance.choice(_LAST)}{self._chance.randrange(1000)}@mail.example"

    def _rank(self, most: int) -> int:
        """A rank from 0, by Zipf's law with exponent 1."""
        return int(math.exp(self._chance.random() * math.log(most + 1))) - 1

    def _person(self) -> str:
        return str(7_000_000_000 + self._rank(_PEOPLE) * 7919 % _PEOPLE)

    def _address(self) -> str:
        number = self._rank(_ADDRESSES) * 7919 % _ADDRESSES
        return f"198.{18 + number % 2}.{number // 2 % 250}.{number // 500 % 250 + 1}"

    def _token(self) -> str:
        return f"tok_{random.Random(self._rank(_TOKENS)).getrandbits(96):024x}"  # noqa: S311  # a made-up token

    def _uuid(self) -> str:
        digits = f"{self._chance.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _filled(self, text: str) -> str:
        small, long = self._chance.randrange(1, 250), self._chance.randrange(10**9, 10**10)
        return text.replace("{small}", str(small)).replace("{long}", str(long))

    def _word(self) -> str:
        return self._chance.choice(("calm", "clear", "daily", "derma", "focus", "gentle", "night", "relief", "sleep", "vital"))

    def _agent(self) -> str:
        system = self._chance.choice(
            ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "iPhone; CPU iPhone OS 18_1")
        )
        version, build = self._chance.randrange(118, 146), self._chance.randrange(1000, 7000)
        return f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.{build}.0 Safari/537.36"
