"""Forty apps and services: what each asks, how often, and from where."""

import heapq
from collections.abc import Iterator
from operator import attrgetter

import msgspec

from .chance import chance
from .crowd import PATIENTS
from .networks import SCRIPT, Caller, server
from .rhythm import DAY, HOUR, MINUTE, SECOND, Quirk, begins
from .wires import LOGS, RECORDINGS, Line, audited, chart, logged, refill, request_id, stored
from .world import World

CUSTOMER_BY_ID = "query($id: ID!) { customer(id: $id) { id displayName email phone orders(first: 5) { nodes { name } } } }"
SEGMENT_MEMBERS = "query($first: Int!) { customerSegmentMembers(first: $first) { edges { node { id displayName } } } }"
ORDERS = "query($first: Int!, $after: String) { orders(first: $first, after: $after) "
ORDERS += "{ nodes { id name email shippingAddress { zip } } } }"
CUSTOMERS = "query($first: Int!, $after: String) { customers(first: $first, after: $after) { nodes { id email phone tags } } }"
PRODUCTS = "query($first: Int!, $after: String) { products(first: $first, after: $after) { nodes { id title } } }"
STOCK = "query($first: Int!) { inventoryItems(first: $first) { nodes { id sku } } }"
REVIEWED = (
    'query($first: Int!) { orders(first: $first, query: "fulfillment_status:shipped") { nodes { id customer { firstName } } } }'
)
BULK = 'mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id totalPriceSet { shopMoney { amount } } } } } }") '
BULK += "{ bulkOperation { id status } } }"

CARE_DESK = (4100, "care-desk")
"""The app through which staff ask the Admin API."""

ERP, MAIL, REVIEWS, ANALYTICS = 0, 1, 2, 3
VENDOR = 12
"""The maker of telehealth rooms, who reads charts for the visits that it hosts."""

_NAMES = (
    "erp-sync", "spring-mail", "kind-reviews", "calm-analytics", "refill-subscriptions", "swift-search", "loyalty-points",
    "label-printer", "fraud-check", "tax-lines", "help-widget", "page-builder", "clearroom-video",
)  # fmt: skip
APPS = 40
_ERP_PAGES, _ERP_PAGE = 90, 250
_BACKUP_OBJECTS = 160
_PLAIN_SCRIPTS = frozenset({15, 23, 31})
_BURSTS, _FLAKY_TRIES = 14, 6


class App(msgspec.Struct, frozen=True, kw_only=True):
    """One app. every: minutes between two calls, on average; page: records that it asks for at once."""

    number: int
    name: str
    caller: Caller
    query: str
    page: int
    every: float

    @property
    def who(self) -> tuple[int, str]:
        """Number and name, as the audit feed has them."""
        return 4200 + self.number, self.name


def app(number: int) -> App:
    """The app with this number, from 0."""
    name = _NAMES[number] if number < len(_NAMES) else f"helper-{number}"
    query, page, every = {
        MAIL: (CUSTOMERS, 50, 20.0), REVIEWS: (REVIEWED, 30, 30.0), 4: (CUSTOMERS, 5, 4.0), 5: (PRODUCTS, 100, 10.0),
        6: (CUSTOMERS, 10, 15.0), 7: (ORDERS, 10, 6.0), 8: (ORDERS, 1, 4.0), 9: (ORDERS, 10, 30.0),
    }.get(number, (STOCK if number % 2 else PRODUCTS, 20 + number, 5.0 + number))  # fmt: skip
    caller = server(number, SCRIPT if number in _PLAIN_SCRIPTS else f"{name}/{1 + number % 4}.{number % 10}")
    return App(number=number, name=name, caller=caller, query=query, page=page, every=every)


def machines(world: World, day: int) -> Iterator[Line]:
    """All lines of all apps and services on this day, by time."""
    lanes = [_calls(world, app(number), day) for number in range(1, APPS) if number != VENDOR]
    lanes += [_sentences(world, day), _analytics(world, day), _rooms(world, day)]
    lanes += [_erp(world, day)] if world.has(Quirk.ERP_SYNC, day) else []
    lanes += [_backups(world, day)] if world.has(Quirk.BACKUPS, day) else []
    lanes += [_flaky(world, day)] if world.has(Quirk.FLAKY_APP, day) else []
    return heapq.merge(*lanes, key=attrgetter("time"))


def _calls(world: World, one: App, day: int) -> Iterator[Line]:
    """The calls of an app through the day, like clockwork with a tremor."""
    draw = chance(world.seed, "app", one.number, day)
    time = begins(day) + int(draw.random() * one.every * MINUTE)
    while time < begins(day) + DAY:
        yield audited(time, one.who, one.caller, one.query, rid=request_id(draw), variables={"first": one.page})
        time += int(one.every * MINUTE * (0.7 + 0.6 * draw.random()))


def _erp(world: World, day: int) -> Iterator[Line]:
    """Each night the orders of the day before, page by page, from both stores."""
    draw = chance(world.seed, "erp", day)
    one, time = app(ERP), begins(day) + 2 * HOUR
    for page in range(_ERP_PAGES):
        time += int((8 + 6 * draw.random()) * SECOND)
        variables = {"first": _ERP_PAGE, "after": f"c{page}"}
        yield audited(time, one.who, one.caller, ORDERS, rid=request_id(draw), variables=variables)._replace(quirk=Quirk.ERP_SYNC)
        if page % 3 == 0:
            asked = f"/rest/V1/orders?searchCriteria%5BpageSize%5D=100&searchCriteria%5BcurrentPage%5D={page // 3 + 1}"
            line = refill(
                time + SECOND, one.caller, asked, rid=request_id(draw), size=600_120, more="credential_hash=5e1f0a77c2d4"
            )
            yield line._replace(quirk=Quirk.ERP_SYNC)


def _analytics(world: World, day: int) -> Iterator[Line]:
    """Each morning one bulk query, without anything about people."""
    draw = chance(world.seed, "analytics", day)
    one = app(ANALYTICS)
    yield audited(begins(day) + 4 * HOUR + draw.randrange(MINUTE), one.who, one.caller, BULK, rid=request_id(draw))


def _backups(world: World, day: int) -> Iterator[Line]:
    """Each night the recordings of the day before are copied, and the logs of apps read."""
    draw = chance(world.seed, "backup", day)
    caller, time = server(30, "aws-cli/2.17"), begins(day) + 5 * HOUR
    for index in range(_BACKUP_OBJECTS):
        time += int((4 + 8 * draw.random()) * SECOND)
        place = (
            f"{LOGS}/apps/{day}/{index // 4:02d}.gz" if index % 4 == 0 else f"{RECORDINGS}/clinic-{index % 3}/{day}-{index}.mp4"
        )
        requester = "arn:aws:sts::000000000000:assumed-role/backup/nightly"
        yield stored(time, place, caller, rid=request_id(draw).upper(), requester=requester)._replace(quirk=Quirk.BACKUPS)


def _flaky(world: World, day: int) -> Iterator[Line]:
    """The app of reviews is refused, and asks the same again and again within seconds."""
    draw = chance(world.seed, "flaky", day)
    one = app(REVIEWS)
    for burst in range(_BURSTS):
        start = begins(day) + 9 * HOUR + burst * 50 * MINUTE + draw.randrange(40 * MINUTE)
        for attempt in range(_FLAKY_TRIES):
            time, code = start + attempt * 2 * SECOND, 200 if attempt == _FLAKY_TRIES - 1 else 502
            line = audited(time, one.who, one.caller, one.query, rid=request_id(draw), variables={"first": one.page}, code=code)
            yield line._replace(quirk=Quirk.FLAKY_APP)


def _rooms(world: World, day: int) -> Iterator[Line]:
    """The maker of telehealth rooms reads an appointment before each visit."""
    draw = chance(world.seed, "rooms", day)
    one, time = app(VENDOR), begins(day) + 13 * HOUR
    while time < begins(day) + 23 * HOUR:
        patient = world.crowd.number(draw.randrange(PATIENTS))
        yield chart(time, ("Device", one.name), one.caller, rid=request_id(draw), patients=(patient,), thing="Appointment")
        time += int(draw.expovariate(1 / 3) * MINUTE) + SECOND


_SAID = ("payment gateway answered in 211 ms", "queue of webhooks is empty", "cache warmed", "retrying delivery of a label",
         "cron refill_reminder done", "rate limit of the Admin API: 38 of 40 left")  # fmt: skip


def _sentences(world: World, day: int) -> Iterator[Line]:
    """What apps say in their logs, without a word about anybody."""
    draw = chance(world.seed, "sentences", day)
    time = begins(day)
    while (time := time + int(draw.expovariate(1.5) * MINUTE) + 1) < begins(day) + DAY:
        yield logged(time, draw.choice(("checkout", "booking", "refill")), draw.choice(_SAID))
