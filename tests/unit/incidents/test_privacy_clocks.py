"""A privacy request is told a week before its limit, two days before it, and behind it: each once, while it is open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents.models import Incident, PrivacyAlarm, PrivacyRequest
from hemostat.incidents.privacy import Arrived, privacy_done, privacy_record
from hemostat.incidents.privacy_clocks import page_words, privacy_alarms, privacy_points
from hemostat.incidents.vocabulary import PrivacyState
from hemostat.kernel import Home
from hemostat.oncall.paging import Pager
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Role

NEW_YORK = ZoneInfo("America/New_York")
CAME = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
DUE = CAME + timedelta(days=30)
HOW = "Erased in the admin of the store, and in the mail tool."


@pytest.fixture
def request_(home: Home, incident: Incident) -> PrivacyRequest:
    """A patient's claim that came on the first of March."""
    assert home.exists()
    assert incident.pk
    one = Arrived(event_id="000000000007-00000", store="s", topic="customers/data_request", subject="p", received_at=CAME)
    (made,) = privacy_record(arrived=[one], now=CAME)
    return made


def told(home: Home, at: datetime) -> list[str]:
    """The points that a turn at this moment tells."""
    return [alarm.point for alarm in privacy_alarms(now=at, pager=Pager(home))]


@pytest.mark.django_db
def test_each_point_is_told_once_in_the_morning(home: Home, request_: PrivacyRequest) -> None:
    """Where the organization is; it is in the ledger, and so is its page."""
    found = []
    at = CAME
    while at < DUE + timedelta(days=5):
        found += [(point, at.astimezone(NEW_YORK).strftime("%d %H")) for point in told(home, at)]
        at += timedelta(hours=1)

    assert [("week", "24 08"), ("days", "29 08"), ("overdue", "01 08")] == found
    acts = [entry.act for entry in entries(f"privacy/{request_.pk}")]
    assert ["privacy:receive", *["privacy:due", "page:send"] * 3] == acts
    assert {"exercise"} == {channel for alarm in PrivacyAlarm.objects.all() for channel in alarm.told}
    assert f"privacy/{request_.pk} week" == str(PrivacyAlarm.objects.first())


@pytest.mark.django_db
def test_only_an_open_request_is_told(home: Home, request_: PrivacyRequest, person: Callable[..., Person]) -> None:
    """While it is put off its clock tells nothing; resumed, it tells where it stands and not what it passed. Done is done."""
    PrivacyRequest.objects.update(state=PrivacyState.DEFERRED, basis="x", hold=Incident.objects.get())
    assert [] == told(home, DUE - timedelta(days=1))
    PrivacyRequest.objects.update(state=PrivacyState.OPEN)
    assert ["days"] == told(home, DUE - timedelta(hours=20))
    privacy_done(request=request_, how=HOW, by=person(Role.COUNSEL), now=DUE)
    assert [] == told(home, DUE + timedelta(days=2))


@pytest.mark.django_db
def test_a_page_counts_and_names_nobody(request_: PrivacyRequest) -> None:
    """Neither the store nor the person leaves the house."""
    alarms = [PrivacyAlarm(request=request_, point=point) for point in ("week", "overdue", "week")]
    assert "Hemostat: privacy requests: 1 past its limit, 2 due within a week. Open the console." == page_words(alarms)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds of aware ones
def test_points_come_in_order_before_and_behind_the_limit(due: datetime) -> None:
    """On any day, also when clocks change: two points before the limit, and one behind it within a day, all at eight."""
    (_, week), (_, days), (_, behind) = privacy_points(due, NEW_YORK)
    assert week < days < due < behind <= due + timedelta(days=1, hours=1)
    assert timedelta(days=6) < due - week <= timedelta(days=8)
    assert {8} == {moment.hour for moment in (week, days, behind)}
