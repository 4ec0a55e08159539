"""The merchant's traffic as messages, day by day, and what really leaked in it."""

import heapq
from collections.abc import Iterator, Sequence
from operator import attrgetter

from hemostat.kernel import Route, Settings, Source, to_micros
from hemostat.lake.spool import Incoming

from .apps import machines
from .forwarder import Sent, forwarded
from .leaks import Leak
from .peculiar import CANARY, peculiarities
from .rhythm import ALL, DAY, Quirk, begins, date_of
from .shifts import workforce
from .truth import Truth, leaking, truth_of
from .visits import visits
from .wires import SHOP, Line
from .world import World

STORE = "fernhollow"
_SESSION = ["customer_id", "name", "email", "phone", "order", "condition", "medication", "intake_answers", "session_token"]


def merchant(
    seed: int, days: range, *, volume: float = 1.0, leaks: Sequence[Leak] = (), quirks: frozenset[Quirk] = ALL
) -> Iterator[Incoming]:
    """The messages of these days, by receipt, the same bytes for the same arguments, in constant memory.

    days: numbers from `BEGIN` on; a day's messages do not depend on the days before it. volume: about a million records a day
    at 1; what staff, apps and leaks do is the same at any volume.
    """
    return (message for message, _ in marked(seed, days, volume=volume, leaks=leaks, quirks=quirks))


def marked(
    seed: int, days: range, *, volume: float = 1.0, leaks: Sequence[Leak] = (), quirks: frozenset[Quirk] = ALL
) -> Iterator[Sent]:
    """The messages of `merchant`, each with the marks of those of its lines that belong to a leak or to a peculiarity."""
    world = World(seed, volume=volume, quirks=quirks)
    late: list[Sent] = []
    for day in days:
        end = begins(day) + DAY
        waiting, late = late, []
        sent = forwarded(_lines(world, leaks, day), f"{seed}.{date_of(day):%Y%m%d}")
        for one in heapq.merge(waiting, sent, key=_received):
            if _received(one) < end:
                yield one
            else:
                late.append(one)
    yield from late


def truth(seed: int, leaks: Sequence[Leak], *, quirks: frozenset[Quirk] = ALL) -> list[Truth]:
    """What each of the leaks really exposes, in their order; it does not depend on the volume."""
    world = World(seed, quirks=quirks)
    return [truth_of(world, leak) for leak in leaks]


def _lines(world: World, leaks: Sequence[Leak], day: int) -> Iterator[Line]:
    lanes = (visits(world, day), workforce(world, day), machines(world, day), peculiarities(world, day))
    start, end = begins(day), begins(day) + DAY
    merged = heapq.merge(*lanes, leaking(world, leaks, day), key=attrgetter("time"))
    return (line for line in merged if start <= line.time < end)


def _received(sent: Sent) -> int:
    return to_micros(sent[0].received_at)


def settings(*, environment: str = "sandbox") -> Settings:
    """The settings of a sandbox home that reads the merchant; staging is staging whatever the environment of the others.

    The secret of its store, `shopify.fernhollow`, is `hemostat.sandbox.signing.client_secret(seed, 0)`.
    """
    kinds = {
        "care-app": ("events", "patient-portal"), "workforce": ("events", "storefront"), "egress": ("events", "storefront"),
        "admin-audit": ("shopify-audit", "checkout"), "clinic": ("fhir-audit", "telehealth-session"),
        "recordings": ("s3-access-log", "telehealth-session"), "log-bucket": ("s3-access-log", "appointment-flow"),
        STORE: ("shopify", "checkout"),
    }  # fmt: skip
    sources = {
        name: Source(kind=kind, store=STORE, environment=environment, surface=surface) for name, (kind, surface) in kinds.items()
    }
    sources["edge"] = Source(kind="access-log", store=STORE, environment=environment, routes=_routes())
    sources["staging-edge"] = Source(kind="access-log", store=STORE, environment="staging", routes=_staging_routes())
    sources["refill-shop"] = Source(
        kind="magento-access", store=STORE, environment=environment, surface="product-catalog", routes=_refill_routes()
    )
    sources["app-log"] = Source(
        kind="syslog", store=STORE, environment=environment, surface="checkout", options={"format": "log"}
    )
    return Settings(kind="sandbox", sources=sources, shopify_stores={STORE: SHOP}, canaries=[str(CANARY)])


def _routes() -> list[Route]:
    session = {"surface": "storefront", "act": "session:read", "subject": "cid", "signed_by": "signature"}
    return [
        Route(prefix="/api/session", exposes=_SESSION, **session),
        Route(prefix="/apps/care/session", exposes=_SESSION, **session),
        Route(prefix="/products/", surface="product-catalog", act="page:read"),
        Route(prefix="/checkout", surface="checkout", act="page:read"),
        Route(prefix="/booking/", surface="appointment-flow", act="page:read"),
        Route(prefix="/portal", surface="patient-portal", act="page:read"),
    ]


def _staging_routes() -> list[Route]:
    shown = ["customer_id", "name", "email", "phone", "address", "order"]
    return [Route(prefix="/admin_test/customers", surface="patient-portal", act="customer:read", subject="id", exposes=shown)]


def _refill_routes() -> list[Route]:
    shown = ["name", "dob", "phone", "prescription", "medication"]
    return [
        Route(prefix="/rest/V1/refill/lookup/", surface="product-catalog", act="record:read", exposes=shown),
        Route(prefix="/media/refill/", surface="product-catalog", act="document:read", exposes=shown),
    ]
