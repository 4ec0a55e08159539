"""What may be missing is an alert, once for each gap, and its end is on record."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert, AlertState
from hemostat.alerts.services import alert_dismiss, alerts_take, gaps_raise, gaps_settled
from hemostat.kernel import Source, iso
from hemostat.lake.health import Gap
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person

pytestmark = pytest.mark.django_db
SOURCES = {"edge": Source(kind="access-log", store="fernhollow", environment="staging", surface="checkout")}


def gap(now: datetime, kind: str = "silence", detail: str = "patient-portal") -> Gap:
    """A gap of the edge log that was found now."""
    return Gap(source="edge", kind=kind, detail=detail, since=now - timedelta(hours=2), found_at=now)


def closed(gap: Gap, at: datetime) -> Gap:
    """The same gap when it is over."""
    return msgspec.structs.replace(gap, closed_at=at)


def test_an_open_gap_raises_one_alert(now: datetime) -> None:
    """With the source, the surface that fell silent, since when, and words for people; looking again raises no other."""
    (alert,) = gaps_raise(gaps=[gap(now)], sources=SOURCES, now=now)

    assert [] == gaps_raise(gaps=[gap(now)], sources=SOURCES, now=now)
    assert ("monitoring-gap", "high", AlertState.NEW) == (alert.rule, alert.level, alert.state)
    assert ("patient-portal", "fernhollow", "staging") == (alert.surface, alert.store, alert.environment)
    assert "Source fell silent: edge" == alert.title
    assert "nothing about patient-portal" in alert.summary
    assert now - timedelta(hours=2) == alert.first_event_at


@pytest.mark.parametrize(
    ("kind", "level", "title"),
    [("skew", "medium", "Clock runs ahead: edge"), ("subscription", "high", "Events may be missing: edge")],
)
def test_other_kinds_belong_to_the_surface_of_their_source(now: datetime, kind: str, level: str, title: str) -> None:
    """Only a silence names its surface itself."""
    (alert,) = gaps_raise(gaps=[gap(now, kind)], sources=SOURCES, now=now)
    assert ("checkout", level, title) == (alert.surface, alert.level, alert.title)


def test_a_source_that_is_silent_as_a_whole_belongs_to_its_surface(now: datetime) -> None:
    """There is no surface of that name."""
    (alert,) = gaps_raise(gaps=[gap(now, detail="any surface")], sources=SOURCES, now=now)
    assert ("checkout", "edge has said nothing about any surface, where at these hours it always did.") == (
        alert.surface,
        alert.summary,
    )


def test_a_settled_gap_is_not_raised_again_and_a_new_one_is(now: datetime, person: Callable[[str], Person]) -> None:
    """Who dismissed a silence hears of it no more; the next silence is another one."""
    (alert,) = gaps_raise(gaps=[gap(now)], sources=SOURCES, now=now)
    assert [] == gaps_settled([gap(now)])
    alert_dismiss(alert=alert, by=person("engineer"), now=now, outcome="expected_activity", note="Holiday.")

    assert [] == gaps_raise(gaps=[gap(now)], sources=SOURCES, now=now)
    assert [gap(now)] == gaps_settled([gap(now), closed(gap(now), now)])
    later = now + timedelta(days=1)
    assert 1 == len(gaps_raise(gaps=[gap(later), gap(now)], sources=SOURCES, now=later))


@pytest.mark.parametrize("taken", [False, True])
def test_the_end_of_a_gap_stands_in_its_alert_and_in_the_ledger(
    now: datetime, person: Callable[[str], Person], *, taken: bool
) -> None:
    """Once; that closes the alert, unless an incident has it, which is for people to close."""
    (alert,) = gaps_raise(gaps=[gap(now)], sources=SOURCES, now=now)
    if taken:
        alerts_take(alerts=[alert], by=person("engineer"), now=now)
    over = now + timedelta(minutes=9)

    for _ in range(2):
        assert [] == gaps_raise(gaps=[closed(gap(now), over)], sources=SOURCES, now=over)

    again = Alert.objects.get()
    state = AlertState.INCIDENT if taken else AlertState.CLOSED
    assert (iso(over), over, state) == (again.group["over"], again.last_event_at, again.state)
    assert 1 == [entry.act for entry in entries(alert.ref)].count(LedgerAct.GAP_CLOSE)


@pytest.mark.parametrize(
    ("kind", "detail", "environment", "wakes"),
    [
        ("silence", "patient-portal", "production", True),
        ("silence", "product-catalog", "production", False),
        ("silence", "patient-portal", "staging", False),
        ("heartbeat", "sqs", "production", True),
        ("path", "the door answered 502", "production", True),
        ("sequence", "rows 4 to 9", "production", True),
        ("subscription", "audit_events/admin_api_activity", "production", True),
        ("skew", "events from the future", "production", False),
        ("version", "webhooks do not come in version 2026-10", "production", False),
    ],
)
def test_people_are_woken_for_what_may_be_missing(
    now: datetime, kind: str, detail: str, environment: str, *, wakes: bool
) -> None:
    """Not for what still comes, nor for a shop window without visitors, nor for a system that has nobody's data."""
    source = Source(kind="shopify-audit", store="fernhollow", environment=environment)
    (alert,) = gaps_raise(gaps=[gap(now, kind, detail)], sources={"edge": source}, now=now)
    assert wakes is alert.wakes


def test_that_no_door_works_wakes_somebody(now: datetime) -> None:
    """It is about no source in particular, and its alert says so."""
    down = msgspec.structs.replace(gap(now, "path", "the door cannot be reached"), source="every door")
    (alert,) = gaps_raise(gaps=[down], sources={}, now=now)
    assert (True, "Way to the lake is broken: every door", "") == (alert.wakes, alert.title, alert.surface)
    assert "No canary comes from any door" in alert.summary


def test_a_sink_wakes_nobody(now: datetime) -> None:
    """What it lacks is in the lake."""
    stopped = msgspec.structs.replace(gap(now, "stopped", "The token is wrong."), source="sink.siem")
    (alert,) = gaps_raise(gaps=[stopped], sources={}, sinks={"sink.siem"}, now=now)
    assert alert.wakes is False


def test_a_source_that_is_no_longer_named_raises_nothing(now: datetime) -> None:
    """What was found before the settings dropped it is nobody's alert."""
    assert [] == gaps_raise(gaps=[gap(now), gap(now, "skew")], sources={}, now=now)
