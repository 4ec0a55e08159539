"""People are paged about what is not seen: once for each gap, only while it lasts, and only when it matters."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings as DjangoSettings

from hemostat.alerts.models import Alert
from hemostat.alerts.services import alert_acknowledge, gaps_raise
from hemostat.kernel import Home, Paging, Settings, Source, log
from hemostat.lake.health import Gap
from hemostat.oncall.gap_pages import gap_pages_record, gaps_page, page_words
from hemostat.oncall.paging import CLOCKS, PRIVACY, Delivery, Pager, page
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person, RoleGrant
from unit.oncall.receiver import Receiver

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
SOURCES = {name: Source(kind="shopify-audit", store="fernhollow") for name in ("audit", "edge", "app", "net")}


@pytest.fixture
def service() -> Iterator[Receiver]:
    """A pager service that works."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, settings: DjangoSettings, service: Receiver) -> Home:
    """A production home that pages by the service, and by a channel whose address nobody gave."""
    home = Home(tmp_path / "home")
    home.create(Settings(sources=SOURCES, paging=Paging(channels=["duty", "spare"])))
    home.keyring(home.settings()).put("paging.duty", [service.address.encode()])
    settings.HOME = home
    return home


def raised(*names: str, kind: str = "subscription") -> list[Alert]:
    """Gaps of these sources are alerts since now."""
    gaps = [Gap(source=name, kind=kind, detail="audit_events", since=NOW, found_at=NOW) for name in names]
    return gaps_raise(gaps=gaps, sources=SOURCES, now=NOW)


def turn(pager: Pager, minutes: int, until: Callable[[], bool] = lambda: True) -> None:
    """The worker's turn so many minutes later; what came of its pages is on record."""
    now = NOW + timedelta(minutes=minutes)
    gaps_page(now=now, pager=pager)
    ends = time.monotonic() + 30
    while (pager.sending() or not until()) and time.monotonic() < ends:
        time.sleep(0.01)
        gap_pages_record(now=now, pager=pager)


def test_each_gap_is_paged_about_once(home: Home, service: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """When it has lasted for ten minutes; several make one page, which names alerts and nothing else. It is in the ledger."""
    assert home.exists()
    log.configure("worker")
    pager = Pager(home)
    raised("audit", "edge")
    turn(pager, 9)
    assert [] == service.messages

    for minutes in (10, 11, 12):
        turn(pager, minutes)
    assert ["Hemostat: something is not seen any more (ALR-0001, ALR-0002). Open the console."] == service.messages
    told = Alert.objects.get(ref="ALR-0001")
    assert (["duty"], NOW + timedelta(minutes=10)) == (told.told, told.paged_at)
    assert ["alert:raise", "page:send"] == [entry.act for entry in entries("ALR-0001")]
    failed = [line for line in map(json.loads, capsys.readouterr().err.splitlines()) if line["event"] == "paging.failed"]
    assert {("spare", "The key 'paging.spare' is missing.", 2)} == {
        (one["source"], one["reason"], one["count"]) for one in failed
    }


@pytest.mark.parametrize("why", ["over", "taken up", "mild"])
def test_nobody_is_paged_about_what_needs_nobody(home: Home, service: Receiver, why: str) -> None:
    """What closed itself before, what somebody has, and what still comes."""
    (alert,) = raised("audit", kind="skew" if why == "mild" else "subscription")
    if why == "over":
        over = NOW + timedelta(minutes=5)
        gap = Gap(source="audit", kind="subscription", detail="audit_events", since=NOW, found_at=NOW, closed_at=over)
        gaps_raise(gaps=[gap], sources=SOURCES, now=over)
    if why == "taken up":
        person = Person.objects.create_user(username="ada")
        RoleGrant.objects.create(person=person, role="engineer", granted_at=NOW, granted_by="test")
        alert_acknowledge(alert=alert, by=person, now=NOW)
    turn(Pager(home), 60)
    assert [] == service.messages
    assert LedgerAct.PAGE_SEND not in [entry.act for entry in entries(alert.ref)]


def test_a_page_names_three(home: Home) -> None:
    """However many doors a broken proxy closes, the page is short."""
    assert home.exists()
    assert "(ALR-0001, ALR-0002, ALR-0003 and 1 more)" in page_words(
        [alert.ref for alert in raised("audit", "edge", "app", "net")]
    )


def test_who_asks_for_the_end_of_pages_hears_of_his_own(home: Home, service: Receiver) -> None:
    """Numbers of one table are never taken for those of another."""
    pager = Pager(home)
    pager.send("clocks", to=["duty"], about=[7])
    while pager.sending():
        assert [] == pager.ended(within=5, topic=PRIVACY)
    assert [(Delivery(channel="duty", taken=True), [7])] == pager.ended(topic=CLOCKS)
    assert [] == pager.ended(topic=CLOCKS)
    assert [True, False] == [one.taken for one in page(home, "a test")]
    assert ["clocks", "a test"] == service.messages
