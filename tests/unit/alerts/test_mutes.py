"""A mute keeps new alerts back, for a reason and until a day, and counts what it kept back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hemostat.alerts.models import Alert, Kept, Mute
from hemostat.alerts.mutes import mute_end, mute_for, mute_make, mutes_expire, mutes_in_force, mutes_of
from hemostat.alerts.services import alert_dismiss, alerts_raise
from hemostat.detect import Finding
from hemostat.detect.budget import budgets
from hemostat.kernel import BadInput, NotFound
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import RIGHTS, Refused, Right, Role

pytestmark = pytest.mark.django_db

Make = Callable[..., Finding]
DAY = timedelta(days=1)


@pytest.fixture
def muted(person: Callable[[str], Person], now: datetime) -> Callable[..., Mute]:
    """Makes a mute of the rule for a day."""
    engineer = person("engineer")

    def make(**given: Any) -> Mute:
        told = {"rule": "rule", "by": engineer, "now": now, "until": now + DAY, "reason": "The yearly audit reads all records."}
        return mute_make(**(told | given))

    return make


def test_a_mute_keeps_back_and_counts(finding: Make, muted: Callable[..., Mute], now: datetime) -> None:
    """No alert is raised; what was found stands in one row for its key and day, and is counted on the mute."""
    mute = muted()

    raised = alerts_raise(findings=[finding(), finding(at=2, events=4, people=5, event_ids=("e2", "e3"))], batch=1, now=now)
    alerts_raise(findings=[finding(events=1, at=9)], batch=2, now=now + timedelta(hours=1))

    mute.refresh_from_db()
    (row,) = Kept.objects.all()
    assert [] == raised
    assert (3, 25) == (mute.findings, mute.events)
    assert (mute, 3, 25, 5, ["e1", "e2", "e3"]) == (row.mute, row.findings, row.events, row.people, row.event_ids)
    assert (now - timedelta(minutes=9), now - timedelta(minutes=2)) == (row.first_event_at, row.last_event_at)
    assert (now + timedelta(hours=1), "20 events", {"ip": "ip_a"}) == (row.found_at, row.summary, row.group)
    assert str(row.day) in str(row)


def test_each_day_and_key_has_a_row_of_its_own(finding: Make, muted: Callable[..., Mute], now: datetime) -> None:
    """By UTC, when it was found."""
    muted(until=now + 3 * DAY)

    for batch, day in enumerate((0, 1, 1), start=1):
        alerts_raise(findings=[finding(), finding("rule|other")], batch=batch, now=now + day * DAY)

    assert [1, 1, 2, 2] == [row.findings for row in Kept.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ({}, True),
        ({"rule": "another"}, False),
        ({"store": "fernhollow"}, True),
        ({"store": "elsewhere"}, False),
        ({"environment": "sandbox"}, True),
        ({"environment": "production"}, False),
        ({"group": {"ip": "ip_a"}}, True),
        ({"group": {"ip": "ip_b"}}, False),
        ({"group": {"ip": "ip_a", "asn": "64500"}}, False),
        ({"store": "fernhollow", "environment": "sandbox", "group": {"ip": "ip_a"}}, True),
    ],
)
def test_what_a_mute_is_about(
    finding: Make, muted: Callable[..., Mute], now: datetime, given: dict[str, Any], *, holds: bool
) -> None:
    """Whatever it names has to fit; what it does not name is not looked at."""
    muted(**given)

    assert holds == ([] == alerts_raise(findings=[finding()], batch=1, now=now))


def test_a_mute_ends_by_itself(finding: Make, muted: Callable[..., Mute], now: datetime) -> None:
    """At its end the next finding alerts, though nobody did anything; then the ledger says that it ended."""
    mute = muted(until=now + DAY)
    before, end = now + DAY - timedelta(seconds=1), now + DAY

    held = alerts_raise(findings=[finding()], batch=1, now=before)
    assert [] == mutes_expire(now=before)
    raised = alerts_raise(findings=[finding()], batch=2, now=end)
    ended = mutes_expire(now=end + timedelta(minutes=1))

    assert ([], 1) == (held, len(raised))
    assert [(mute.pk, end, "worker")] == [(one.pk, one.ended_at, one.ended_by) for one in ended]
    assert [] == mutes_expire(now=end + DAY)
    acts = [(entry.act, entry.actor, entry.at) for entry in entries("rule/rule")]
    assert [("mute:make", "engineer", now), ("mute:end", "worker", end)] == acts


def test_a_mute_is_ended_by_a_person(
    finding: Make, muted: Callable[..., Mute], now: datetime, person: Callable[[str], Person]
) -> None:
    """The next finding alerts; ended once, it stays so."""
    mute, commander = muted(), person("commander")

    ended = mute_end(mute=mute, by=commander, now=now)
    mute_end(mute=mute, by=commander, now=now + timedelta(hours=1))

    assert (now, "commander") == (ended.ended_at, ended.ended_by)
    assert [] == mutes_in_force(now)
    assert 1 == len(alerts_raise(findings=[finding()], batch=1, now=now))
    assert ["mute:make", "mute:end"] == [entry.act for entry in entries("rule/rule")]


def test_a_mute_whose_end_has_come_is_not_ended_by_a_person(
    muted: Callable[..., Mute], now: datetime, person: Callable[[str], Person]
) -> None:
    """It is over already, and the worker says so in a moment."""
    mute = mute_end(mute=muted(), by=person("commander"), now=now + DAY)

    assert (None, "") == (mute.ended_at, mute.ended_by)


def test_an_open_alert_goes_on(finding: Make, muted: Callable[..., Mute], now: datetime, person: Callable[[str], Person]) -> None:
    """What somebody is at work on counts on; a mute keeps new alerts back only."""
    (alert,) = alerts_raise(findings=[finding()], batch=1, now=now)
    mute = muted()

    (joined,) = alerts_raise(findings=[finding(events=2)], batch=2, now=now)
    alert_dismiss(alert=joined, by=person("commander"), now=now, outcome="test", note="Ours.")
    assert [] == alerts_raise(findings=[finding(events=3)], batch=3, now=now)

    mute.refresh_from_db()
    joined.refresh_from_db()
    assert (alert.pk, 22, 1, 3) == (joined.pk, joined.events, mute.findings, mute.events)


def test_the_first_mute_that_fits_counts(finding: Make, muted: Callable[..., Mute], now: datetime) -> None:
    """A finding is counted once, on the oldest mute; another one has a row of its own for the same key and day."""
    first, second = muted(), muted()
    alerts_raise(findings=[finding()], batch=1, now=now)
    mute_end(mute=first, by=Person.objects.get(), now=now)
    alerts_raise(findings=[finding()], batch=2, now=now)

    assert [first.pk, second.pk] == [row.mute_id for row in Kept.objects.order_by("pk")]
    assert [1, 1] == [mute.findings for mute in Mute.objects.order_by("pk")]


def test_a_batch_is_kept_back_once(finding: Make, muted: Callable[..., Mute], now: datetime) -> None:
    """A worker that repeats a batch after a crash changes nothing."""
    muted()

    for _ in range(2):
        alerts_raise(findings=[finding()], batch=1, now=now)

    assert (1, 1) == (Kept.objects.get().findings, Mute.objects.get().findings)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"until": timedelta(0)}, "not in the past"),
        ({"until": timedelta(days=90, seconds=1)}, "within 90 days"),
    ],
)
def test_a_mute_without_reason_or_end_is_refused(
    muted: Callable[..., Mute], now: datetime, given: dict[str, Any], reason: str
) -> None:
    """Nothing is made, and the answer says what is missing."""
    until = given.get("until")
    with pytest.raises(BadInput, match=reason):
        muted(**(given | {"until": now + until} if until is not None else given))

    assert not Mute.objects.exists()
    assert not entries("rule/rule").exists()


def test_the_longest_mute(muted: Callable[..., Mute], now: datetime) -> None:
    """Ninety days to the second."""
    assert 90 == budgets().mute_days_most
    assert now + timedelta(days=90) == muted(until=now + timedelta(days=90)).until


@pytest.mark.parametrize("role", list(Role))
def test_who_may_mute(person: Callable[[str], Person], now: datetime, role: Role) -> None:
    """Those who may tune rules, the engineer on call among them."""
    somebody = person(role.value)
    if Right.TUNE in RIGHTS[role]:
        mute = mute_make(rule="rule", by=somebody, now=now, until=now + DAY, reason="A load test.")
        assert mute_end(mute=mute, by=somebody, now=now).ended_at == now
    else:
        with pytest.raises(Refused):
            mute_make(rule="rule", by=somebody, now=now, until=now + DAY, reason="A load test.")
    assert {Role.ENGINEER, Role.COMMANDER} == {one for one in Role if Right.TUNE in RIGHTS[one]}


def test_mutes_are_found_by_their_rule(muted: Callable[..., Mute]) -> None:
    """The newest first; one of another rule does not exist here."""
    first, second, other = muted(), muted(), muted(rule="another")

    assert [second, first] == mutes_of("rule")
    assert first == mute_for("rule", first.pk)
    assert "rule until 2026-03-03" in str(first)
    with pytest.raises(NotFound):
        mute_for("rule", other.pk)


def test_what_only_watches_alerts_nobody(finding: Make, now: datetime, muted: Callable[..., Mute]) -> None:
    """What a watched rule finds is kept, once for a key and day, and no mute is charged with it."""
    mute = muted()

    for batch in (1, 2):
        assert [] == alerts_raise(findings=[finding()], batch=batch, now=now, watched={"rule"})
    assert 1 == len(alerts_raise(findings=[finding("b|x", rule="b")], batch=3, now=now, watched={"rule"}))

    mute.refresh_from_db()
    row = Kept.objects.get()
    assert (None, 2, 40, 0) == (row.mute, row.findings, row.events, mute.findings)
    assert 1 == Alert.objects.count()
