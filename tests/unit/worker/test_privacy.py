"""A privacy webhook is a request with a clock as soon as the worker has seen it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.incidents.models import PrivacyRequest
from hemostat.kernel import Home
from hemostat.lake.spool import Incoming, Spool
from hemostat.people.ledger import chain_verify
from hemostat.worker.loop import Worker

pytestmark = pytest.mark.django_db
CAME = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def _incoming(topic: str, key: str, source: str = "shopify.fernhollow") -> Incoming:
    body = msgspec.json.encode({"shop_id": 1, "customer": {"id": 191_167, "email": "p@example.org"}})
    headers = {"x-shopify-topic": topic}
    return Incoming(source=source, key=key, received_at=CAME, content_type="application/json", headers=headers, body=body)


def _work(worker: Worker) -> None:
    worker.drain()
    while worker.detect():
        pass


def test_each_privacy_topic_becomes_one_request(home: Home, spool: Spool, worker: Worker) -> None:
    """Other topics make none; a worker that starts anew makes none twice; the row names nobody."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, shopify_stores={"fernhollow": "fernhollow.myshopify.example"}))
    topics = ("customers/data_request", "customers/redact", "shop/redact", "customers/update")
    spool.append([_incoming(topic, topic) for topic in topics])

    _work(worker)
    _work(worker)
    worker.forget()

    found = list(PrivacyRequest.objects.order_by("id"))
    assert ["access", "erasure", "shop_erasure"] == [one.asked for one in found]
    assert {CAME + timedelta(days=30)} == {one.due_at for one in found}
    assert {"fernhollow"} == {one.store for one in found}
    assert found[0].subject.startswith("person_")
    assert "191167" not in str([vars(one) for one in found])
    assert 3 == chain_verify().seq


def test_other_sources_are_not_read_for_it(spool: Spool, worker: Worker) -> None:
    """A batch without a message from Shopify is not opened a second time, and makes no request."""
    spool.append([_incoming("customers/redact", "x", source="edge")])

    _work(worker)

    assert 0 == PrivacyRequest.objects.count()
