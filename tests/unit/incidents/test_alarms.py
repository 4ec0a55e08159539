"""Each point of a clock is told once, by one page, until somebody has it; and the clock runs on."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hemostat.incidents.alarms import alarms_current, page_words, points_of
from hemostat.incidents.models import ClockAlarm, ContractTerm, Duty, Incident
from hemostat.incidents.services import alarm_acknowledge, alarms_acknowledge, alarms_raise, incident_close, pages_record
from hemostat.incidents.vocabulary import ClockPoint, DutyState
from hemostat.kernel import BadInput, Home, Paging, log
from hemostat.oncall.paging import Pager
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerEntry, Person
from hemostat.people.rights import Refused, Role
from unit.incidents.turns import alarms_told
from unit.oncall.receiver import Receiver

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
NEW_YORK = ZoneInfo("America/New_York")
START, DUE = date(2026, 3, 10), date(2026, 5, 9)  # 60 days: warn on 9 April, escalate on 24 April


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of 2026 on the wall clock of New York."""
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


@pytest.fixture
def duty(incident: Incident, now: datetime) -> Callable[..., Duty]:
    """Makes a duty of 60 days, or what is given instead."""

    def make(name: str = "HIPAA-IND", **fields: object) -> Duty:
        given: dict[str, object] = {
            "incident": incident, "duty": name, "jurisdiction": "US", "regime": "hipaa", "recipient": "individuals",
            "recipient_name": "each affected individual", "obligor": "entity", "due": DUE, "trigger_on": START,
            "citation": "45 CFR 164.404", "computed_at": now,
        }  # fmt: skip
        return Duty.objects.create(**(given | fields))

    return make


@pytest.fixture
def pager() -> Iterator[Receiver]:
    """A pager service that works."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def paged(home: Home, pager: Receiver) -> Receiver:
    """The home is one of production, and pages by two channels: the service, and one of which nobody knows the address."""
    settings = msgspec.structs.replace(home.settings(), kind="production", paging=Paging(channels=["duty", "spare"]))
    home.write(settings)
    for file in (home.path / "keys").glob("*.json"):
        file.write_bytes(file.read_bytes().replace(b'"sandbox"', b'"production"'))
    home.keyring(settings).put("paging.duty", [pager.address.encode()])
    return pager


def told() -> list[tuple[str, str]]:
    """Every alarm so far: duty and point, in the order in which they were raised."""
    return list(ClockAlarm.objects.order_by("id").values_list("duty__duty", "point"))


def test_each_point_is_told_once_when_it_is_reached(duty: Callable[..., Duty]) -> None:
    """Nothing before the warning; then one alarm a point, however often the worker looks."""
    duty()
    for moment in (at(3, 10), at(4, 9, 7, 59)):
        assert [] == alarms_told(now=moment)
    for moment, point in ((at(4, 9, 8), "warn"), (at(4, 24, 8), "escalate"), (at(5, 9, 8), "limit"), (at(5, 10, 8), "passed")):
        assert [point] == [alarm.point for alarm in alarms_told(now=moment)]
        assert [] == alarms_told(now=moment + timedelta(minutes=1))

    assert [("HIPAA-IND", point) for point in ("warn", "escalate", "limit", "passed")] == told()


def test_a_worker_that_slept_tells_of_every_point_and_pages_by_the_last(duty: Callable[..., Duty], incident: Incident) -> None:
    """All points that were passed over stand on record; the page is about where the clock is now."""
    duty()
    alarms_told(now=at(5, 11))

    assert 4 == len(told())
    assert f"Hemostat: {incident.ref} has 1 clock past its limit. Open the console." == page_words(alarms_current())


def test_the_ledger_holds_each_alarm(duty: Callable[..., Duty], incident: Incident) -> None:
    """One entry a moment and incident names all clocks, their point and their limit."""
    duty()
    duty("HIPAA-HHS-500", recipient="hhs")
    alarms_told(now=at(4, 9))

    (entry,) = entries(incident.ref).filter(act=LedgerAct.CLOCK_ALARM)
    assert at(4, 9) == entry.at
    assert [
        {"duty": name, "jurisdiction": "US", "point": "warn", "limit_at": "2026-05-10T03:59:59.000000Z"}
        for name in ("HIPAA-IND", "HIPAA-HHS-500")
    ] == entry.payload["reached"]


@pytest.mark.parametrize(
    "fields",
    [
        {"owed": False},
        {"state": DutyState.SENT},
        {"met_by": "HIPAA-IND"},
        {"due": None},
    ],
)
def test_a_clock_that_does_not_run_tells_nothing(duty: Callable[..., Duty], fields: dict[str, object]) -> None:
    """Lifted, sent, met by another, or without a number: no points, no alarm."""
    made = duty(**fields)

    assert points_of(made, zone=NEW_YORK) is None
    assert [] == alarms_told(now=at(5, 30))


def test_a_closed_incident_tells_nothing(duty: Callable[..., Duty], incident: Incident, person: People) -> None:
    """What is closed pages nobody."""
    duty()
    incident_close(incident=incident, by=person(Role.COMMANDER), now=at(3, 11), outcome="false_alarm")

    assert [] == alarms_told(now=at(5, 30))


def test_a_moved_limit_has_points_of_its_own(duty: Callable[..., Duty]) -> None:
    """A limit that a hold moved is warned of again; moved back, its old alarms count again and nobody is told twice."""
    made = duty()
    alarms_told(now=at(4, 9))
    Duty.objects.filter(pk=made.pk).update(due=DUE + timedelta(days=30))
    assert [] == alarms_told(now=at(4, 10))
    assert [] == alarms_current()
    (again,) = alarms_told(now=at(4, 25))

    assert ("warn", datetime(2026, 6, 9, 3, 59, 59, tzinfo=UTC)) == (again.point, again.limit_at)
    Duty.objects.filter(pk=made.pk).update(due=DUE)
    assert ["escalate"] == [alarm.point for alarm in alarms_told(now=at(4, 26))]


def test_a_clock_of_hours_is_told_to_the_minute(duty: Callable[..., Duty], person: People, now: datetime) -> None:
    """A contract of 48 hours escalates after 36, on whatever day and hour that is."""
    term = ContractTerm.objects.create(
        kind="business_associate", counterparty="Cedar Labs", clause="7.2", value=48, unit="hours", at=now,
        by=person(Role.COUNSEL),
    )  # fmt: skip
    duty("CONTRACT-1", regime="contract", contract=term, due=date(2026, 3, 12), due_at=now + timedelta(hours=48))

    raised = [
        (hours, alarm.point)
        for hours in (0, 23.9, 24, 35.9, 36, 46.9, 47, 48, 48.1)
        for alarm in alarms_told(now=now + timedelta(hours=hours))
    ]
    assert [(24, "warn"), (36, "escalate"), (47, "limit"), (48.1, "passed")] == raised


def test_a_clock_without_a_trigger_day_stays_where_it_is(duty: Callable[..., Duty]) -> None:
    """Its limit hangs on another notice: it has the points of that one, however often the clocks are computed again."""
    other = points_of(duty(), zone=NEW_YORK)
    made = duty("US-VT-AG", trigger_on=None, trigger="consumer_notice_sent")

    for days in (0, 20, 50):
        made.computed_at += timedelta(days=days)
        assert other == points_of(made, zone=NEW_YORK)
    assert other is not None
    assert START == other.starts.date()


def test_many_points_at_one_moment_make_one_page(
    duty: Callable[..., Duty], incident: Incident, paged: Receiver
) -> None:  # fmt: skip
    """However many clocks, one message: the reference, the points and the counts; nothing else of the incident."""
    for number in range(3):
        duty(f"STATE-{number}", due=DUE)
    duty("US-VT-AG", due=date(2026, 3, 30))
    alarms_told(now=at(3, 25))
    alarms_told(now=at(4, 9))

    assert [
        f"Hemostat: {incident.ref} has 1 clock at its escalation point. Open the console.",
        f"Hemostat: {incident.ref} has 1 clock past its limit and 3 clocks at their warning point. Open the console.",
    ] == paged.messages
    for word in (incident.title, "storefront", "US-", "HIPAA", "individual"):
        assert word.lower() not in " ".join(paged.messages).lower()


def test_a_channel_that_failed_is_tried_again_and_counts_as_not_told(duty: Callable[..., Duty], paged: Receiver) -> None:
    """The one that works is not paged twice; the other gets its page as soon as it can take one."""
    duty()
    paged.status = 503
    alarms_told(now=at(4, 9))
    alarm = ClockAlarm.objects.get()
    assert ([], None) == (alarm.told, alarm.paged_at)

    paged.status = 200
    alarms_told(now=at(4, 9, 12, 1))
    alarms_told(now=at(4, 9, 12, 2))
    alarm.refresh_from_db()
    assert (["duty"], at(4, 9, 12, 1), 1) == (alarm.told, alarm.paged_at, len(paged.messages))


def test_the_ledger_tells_who_was_paged(duty: Callable[..., Duty], incident: Incident, paged: Receiver) -> None:
    """The channels that took it, and about how many clocks at which point; never the address of a channel."""
    duty()
    alarms_told(now=at(4, 9))

    (entry,) = entries(incident.ref).filter(act=LedgerAct.PAGE_SEND)
    assert {"channels": ["duty"], "points": {"warn": 1}} == entry.payload
    assert not LedgerEntry.objects.filter(payload__icontains=paged.address)


def test_an_escalation_is_paged_again_until_somebody_has_it(duty: Callable[..., Duty], paged: Receiver, person: People) -> None:
    """After an hour, and another; not a warning; and not once it was acknowledged."""
    duty()
    for moment in (at(4, 9), at(4, 9, 14), at(4, 9, 16)):
        alarms_told(now=moment)
    assert 1 == len(paged.messages)
    for moment in (at(4, 24, 9), at(4, 24, 9, 59), at(4, 24, 10), at(4, 24, 10, 30), at(4, 24, 11)):
        alarms_told(now=moment)
    assert 4 == len(paged.messages)
    alarm = alarms_current()[0]

    alarm_acknowledge(alarm=alarm, by=person(Role.ENGINEER), now=at(4, 24, 11, 5))
    alarms_told(now=at(4, 24, 15))
    assert 4 == len(paged.messages)
    assert 2 == ClockAlarm.objects.count()


def test_acknowledged_is_not_done(duty: Callable[..., Duty], paged: Receiver, person: People) -> None:
    """The next point of the same clock pages again, though somebody had the one before."""
    duty()
    alarms_told(now=at(4, 24))
    alarm_acknowledge(alarm=alarms_current()[0], by=person(Role.ENGINEER), now=at(4, 24))
    alarms_told(now=at(5, 9))

    assert paged.messages[-1].endswith("has 1 clock on its last day. Open the console.")
    assert alarms_current()[0].acknowledged_at is None


def test_a_sandbox_pages_nobody(duty: Callable[..., Duty], home: Home, pager: Receiver, incident: Incident) -> None:
    """Even with channels set nothing is sent; what would have been is recorded as exercise."""
    home.write(msgspec.structs.replace(home.settings(), paging=Paging(channels=["duty"])))
    home.keyring(home.settings()).put("paging.duty", [pager.address.encode()])
    duty()
    alarms_told(now=at(4, 9))

    assert ([], ["exercise"]) == (pager.messages, ClockAlarm.objects.get().told)
    assert ["exercise"] == entries(incident.ref).get(act=LedgerAct.PAGE_SEND).payload["channels"]


def test_without_channels_nobody_is_told(duty: Callable[..., Duty], paged: Receiver, home: Home) -> None:
    """The alarm stands in the room, and says of itself that nobody was paged."""
    home.write(msgspec.structs.replace(home.settings(), paging=Paging()))
    duty()
    alarms_told(now=at(4, 24))

    assert ({"[]"}, []) == ({str(alarm.told) for alarm in ClockAlarm.objects.all()}, paged.messages)


def test_one_person_acknowledges_one_alarm_once(duty: Callable[..., Duty], person: People, incident: Incident) -> None:
    """Who has it and since when is on record; a second person learns who was quicker."""
    duty()
    (alarm,) = alarms_told(now=at(4, 9))
    first, second = person(Role.ENGINEER), person(Role.COMPLIANCE)
    done = alarm_acknowledge(alarm=alarm, by=first, now=at(4, 9, 13))
    assert (first, at(4, 9, 13)) == (done.acknowledged_by, done.acknowledged_at)

    with pytest.raises(BadInput, match="Engineer acknowledged"):
        alarm_acknowledge(alarm=alarm, by=second, now=at(4, 9, 14))
    entry = entries(incident.ref).get(act=LedgerAct.CLOCK_ACKNOWLEDGE)
    assert (first.username, "warn") == (entry.actor, entry.payload["alarms"][0]["point"])


def test_all_alarms_of_an_incident_are_acknowledged_at_once(
    duty: Callable[..., Duty], person: People, incident: Incident
) -> None:
    """A hundred clocks that reach a point together are one click; what waits for nobody cannot be acknowledged."""
    for number in range(3):
        duty(f"STATE-{number}")
    alarms_told(now=at(4, 9))
    by = person(Role.COMPLIANCE)

    assert 3 == len(alarms_acknowledge(incident=incident, by=by, now=at(4, 9)))
    assert not ClockAlarm.objects.filter(acknowledged_at=None).exists()
    assert 1 == entries(incident.ref).filter(act=LedgerAct.CLOCK_ACKNOWLEDGE).count()
    with pytest.raises(BadInput, match="No alarm waits"):
        alarms_acknowledge(incident=incident, by=by, now=at(4, 9))


def test_only_responders_acknowledge(duty: Callable[..., Duty], person: People, incident: Incident) -> None:
    """An auditor sees an alarm and may not take it."""
    duty()
    (alarm,) = alarms_told(now=at(4, 9))

    with pytest.raises(Refused):
        alarm_acknowledge(alarm=alarm, by=person(Role.AUDITOR), now=at(4, 9))
    with pytest.raises(Refused):
        alarms_acknowledge(incident=incident, by=person(Role.AUDITOR), now=at(4, 9))
    alarm.refresh_from_db()
    assert alarm.acknowledged_by is None


def test_the_round_of_the_worker_does_not_grow_with_the_clocks(duty: Callable[..., Duty]) -> None:
    """A hundred clocks take as many questions to the database as one, when they are told and when there is nothing to tell."""
    counts = []
    duty()
    for moment, more in ((at(4, 9), 0), (at(4, 24), 100)):
        for number in range(more):
            duty(f"STATE-{number}")
        with CaptureQueriesContext(connection) as loud:
            alarms_told(now=moment)
        with CaptureQueriesContext(connection) as quiet:
            alarms_told(now=moment + timedelta(minutes=1))
        counts.append((len(loud), len(quiet)))

    (one, quiet), (hundred, still_quiet) = counts
    assert quiet == still_quiet < 10
    assert hundred <= one + 2  # SQLite takes so many rows in one statement, and no more


def test_the_words_of_a_page_name_the_gravest_first(duty: Callable[..., Duty], incident: Incident) -> None:
    """Whoever reads only the beginning has read the worst."""
    alarms = [
        ClockAlarm(duty=duty(f"D{number}"), point=point)
        for number, point in enumerate((ClockPoint.WARN, ClockPoint.WARN, ClockPoint.LIMIT, ClockPoint.ESCALATE))
    ]

    assert (
        f"Hemostat: {incident.ref} has 1 clock on its last day, 1 clock at its escalation point "
        "and 2 clocks at their warning point. Open the console."
    ) == page_words(alarms)


def test_a_closed_incident_takes_no_acknowledgment(duty: Callable[..., Duty], incident: Incident, person: People) -> None:
    """Its record is closed."""
    duty()
    (alarm,) = alarms_told(now=at(4, 9))
    incident_close(incident=incident, by=person(Role.COMMANDER), now=at(4, 10), outcome="exercise")

    with pytest.raises(BadInput, match="was closed"):
        alarm_acknowledge(alarm=alarm, by=person(Role.ENGINEER), now=at(4, 11))
    with pytest.raises(BadInput, match="was closed"):
        alarms_acknowledge(incident=incident, by=person(Role.ENGINEER), now=at(4, 11))


def test_a_turn_does_not_wait_for_a_channel_that_hangs(
    duty: Callable[..., Duty], paged: Receiver, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alarm is on record while its page is still on its way; the other channel gets its page, and none is sent twice."""
    log.configure("worker")
    hanging = Receiver()
    hanging.hangs = True
    home.keyring(home.settings()).put("paging.spare", [hanging.address.encode()])
    duty()
    pager = Pager(home)
    try:
        assert 1 == len(alarms_raise(now=at(4, 9), pager=pager))
        assert hanging.asked.acquire(timeout=20)  # it was asked, and answers nothing
        while "spare" in pager.sending() and len(pager.sending()) > 1:
            pages_record(now=at(4, 9), pager=pager)
            time.sleep(0.01)
        alarms_raise(now=at(4, 9, 12, 1), pager=pager)
        assert {"spare"} == pager.sending()
        assert (1, ["duty"]) == (len(paged.messages), ClockAlarm.objects.get().told)
    finally:
        hanging.close()
    while pager.sending():
        pages_record(now=at(4, 9, 12, 2), pager=pager)
        time.sleep(0.01)
    errors = capsys.readouterr().err
    assert "It has not answered the page before." in errors
    assert "The channel did not take it" in errors
    assert str(hanging.server.server_port) not in errors


def test_a_page_whose_process_ended_is_sent_again(duty: Callable[..., Duty], paged: Receiver, home: Home) -> None:
    """What was on its way has no record, so the next process pages about it."""
    duty()
    paged.hangs = True  # or the page might be over, and on record, before this turn is
    alarms_raise(now=at(4, 9), pager=Pager(home))
    assert paged.asked.acquire(timeout=20)
    assert [] == ClockAlarm.objects.get().told
    paged.hangs = False
    alarms_told(now=at(4, 9, 12, 1))

    assert paged.asked.acquire(timeout=20)
    assert (1, ["duty"]) == (len(paged.messages), ClockAlarm.objects.get().told)


def test_an_alarm_acknowledged_while_its_page_was_on_its_way_stays_acknowledged(
    duty: Callable[..., Duty], paged: Receiver, home: Home, person: People
) -> None:
    """The record of the page changes nothing else of the alarm."""
    duty()
    pager = Pager(home)
    (alarm,) = alarms_raise(now=at(4, 9), pager=pager)
    assert paged.asked.acquire(timeout=20)
    alarm_acknowledge(alarm=alarm, by=person(Role.ENGINEER), now=at(4, 9))
    while pager.sending():
        pages_record(now=at(4, 9), pager=pager)
        time.sleep(0.01)
    alarm.refresh_from_db()

    assert (["duty"], at(4, 9)) == (alarm.told, alarm.acknowledged_at)


def test_a_page_about_many_incidents_stays_short() -> None:
    """The gravest are named, the rest counted: a carrier would cut a longer one, and what it cuts nobody reads."""
    points = [ClockPoint.WARN, ClockPoint.PASSED, ClockPoint.WARN, ClockPoint.LIMIT, ClockPoint.WARN]
    alarms = []
    for number, point in enumerate(points):
        other = Incident(pk=100 + number, ref=f"INC-{100 + number:04d}")
        alarms.append(ClockAlarm(duty=Duty(incident=other), point=point))

    assert (
        "Hemostat: INC-0101 has 1 clock past its limit; INC-0103 has 1 clock on its last day; "
        "INC-0100 has 1 clock at its warning point; 2 more incidents: 2 clocks at their warning point. Open the console."
    ) == page_words(alarms)
    many = [ClockAlarm(duty=Duty(incident=Incident(ref=f"INC-{n:04d}")), point=point) for n in range(900) for point in ClockPoint]
    assert len(page_words(many)) < 600
