"""Shopify's webhooks at the door, delivered as the platform delivers them."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hemostat.kernel import Source
from hemostat.lake.health import gaps
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sandbox.wires.shopify_courier import PAUSES, Courier, Delivery
from unit.intake.door import SECRETS, SHOP, Door

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRIVACY = ["customers/data_request", "customers/redact", "shop/redact"]


def delivery(topic: str = "customers/update", number: int = 1, version: str = "2026-10") -> Delivery:
    """One webhook."""
    body = json.dumps({"shop_id": 1, "customer": {"id": 191_167, "email": "p@example.org"}, "n": number}).encode()
    return Delivery(id=f"w-{topic}-{number}", event=f"e-{number}", topic=topic, body=body, at=AT, version=version)


@pytest.fixture
def courier(door: Door) -> Iterator[Callable[..., Courier]]:
    """Makes a platform that delivers to the door without waiting between tries."""
    made: list[Courier] = []

    def make(*, secret: bytes = SECRETS[0], family: str = "x-shopify-", uri: str = "") -> Courier:
        there = uri or f"http://127.0.0.1:{door.port}/in/shopify/fernhollow"
        made.append(Courier(there, shop=SHOP, secret=secret, lost=lost.append, family=family, sleep=pauses.append))
        return made[-1]

    lost: list[str] = []
    pauses: list[float] = []
    make.lost, make.pauses = lost, pauses  # type: ignore[attr-defined]  # what the courier told
    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("topic", PRIVACY)
def test_a_privacy_topic_with_a_wrong_signature_is_answered_401(courier: Callable[..., Courier], topic: str) -> None:
    """Shopify's review asks for exactly that; nothing is kept."""
    assert {401} == set(courier(secret=b"somebody else's").deliver(delivery(topic)))


@pytest.mark.parametrize("topic", PRIVACY)
@pytest.mark.parametrize("family", ["x-shopify-", "shopify-"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_privacy_topic_is_kept(courier: Callable[..., Courier], topic: str, family: str, secret: bytes) -> None:
    """In both families of headers, and under the old secret while it rotates; a second try is the same message."""
    asked = delivery(topic, number=hash((family, secret)) % 10**9)

    assert [200] == courier(secret=secret, family=family).deliver(asked)
    assert [200] == courier(secret=secret, family=family).deliver(asked)


def test_a_door_that_fails_is_tried_eight_times_more_and_then_given_up(courier: Callable[..., Courier]) -> None:
    """Over four hours; afterwards the subscription is gone, and one good answer is enough before that."""
    answers = [503, 503, 200]

    def tired(_: Asked) -> Said:
        return Said(status=answers.pop(0) if answers else 500)

    with served(tired) as address:
        assert [503, 503, 200] == courier(uri=address).deliver(delivery())
        assert [500] * 9 == courier(uri=address).deliver(delivery("orders/create"))
    assert [0] * 9 == courier(uri="http://127.0.0.1:9").deliver(delivery("carts/create"))

    assert ["orders/create", "carts/create"] == courier.lost  # type: ignore[attr-defined]  # what the courier told
    assert sum(PAUSES) == pytest.approx(timedelta(hours=4).total_seconds())


def test_webhooks_of_another_version_are_a_gap(tmp_path: Path) -> None:
    """Told once an hour at most; a source may pin a version of its own; what is no version says nothing."""
    fresh = Door(tmp_path, sources={"fern": Source(kind="shopify", store="fernhollow", options={"api_version": "2026-07"})})
    fresh.start()
    try:
        uri = f"http://127.0.0.1:{fresh.port}/in/shopify/fernhollow"
        sender = Courier(uri, shop=SHOP, secret=SECRETS[0], lost=lambda _: None)
        for number, version in enumerate(("2026-07", "odd", "2026-07")):
            assert [200] == sender.deliver(delivery(number=number, version=version))
        assert [] == gaps(fresh.home)
        for number, version in enumerate(("2027-01", "2027-04", "2026-07"), start=10):
            assert [200] == sender.deliver(delivery(number=number, version=version))
        sender.close()
    finally:
        fresh.stop()

    (gap,) = gaps(fresh.home)
    assert ("fern", "version", "webhooks do not come in version 2026-07", None) == (
        gap.source, gap.kind, gap.detail, gap.closed_at,
    )  # fmt: skip
