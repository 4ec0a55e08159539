"""A calendar of limits that says nothing of an incident, follows what changes, and ends with the rights of its person.

It is read here by a small reader of our own that knows RFC 5545 and nothing of the library that writes it.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hemostat.incidents.calendar_feed import (
    KEPT,
    MOST_EVENTS,
    duty_referred,
    feed_found,
    feed_make,
    feed_of,
    feed_revoke,
    feed_text,
    reference_of,
)
from hemostat.incidents.models import CalendarFeed, ContractTerm, Duty, Incident
from hemostat.incidents.services import discovery_report, incident_close, scope_record
from hemostat.incidents.vocabulary import DutyState
from hemostat.kernel import BadInput, Home, NotFound
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerEntry, Person, RoleGrant
from hemostat.people.rights import Refused, Role
from hemostat.people.services import role_revoke

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
People = Callable[..., Person]
CONSOLE = "https://console.example"
Block = dict[str, Any]


def read(content: bytes) -> Block:
    """A calendar as nested blocks: properties by name to (parameters, value), inner blocks under `inside`.

    Lines end with CRLF, are no longer than 75 octets, and continue after a line break and one space (RFC 5545, 3.1).
    """
    lines = content.split(b"\r\n")
    assert b"" == lines[-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    stack: list[Block] = [{"name": "", "inside": []}]
    for line in content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]:
        match = re.fullmatch(r"([A-Z0-9-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", line)
        assert match, line
        name, parameters, value = match.groups()
        if name == "BEGIN":
            stack.append({"name": value, "inside": []})
        elif name == "END":
            block = stack.pop()
            assert block["name"] == value
            stack[-1]["inside"].append(block)
        else:
            assert name not in stack[-1], f"{name} twice"
            stack[-1][name] = (parameters.removeprefix(";"), value)
    assert 1 == len(stack)
    (calendar,) = stack[0]["inside"]
    return dict(calendar)


@pytest.fixture
def count(incident: Incident, person: People) -> Callable[..., None]:
    """Records how many people, by where they live, at a moment."""

    def put(people: dict[str, int], at: datetime) -> None:
        scope_record(
            incident=incident, by=person(Role.COMPLIANCE), now=at, people=people, unknown=0, query="q", query_sha256="0" * 64
        )

    return put


@pytest.fixture
def events(person: People, now: datetime) -> Callable[..., dict[str, Block]]:
    """The events that the compliance officer's calendar shows, by UID."""

    def show(by: Role = Role.COMPLIANCE, at: datetime = now) -> dict[str, Block]:
        calendar = read(feed_text(person(by), now=at, console=CONSOLE))
        return {event["UID"][1]: event for event in calendar["inside"]}

    return show


def of(events: dict[str, Block], duty: Duty) -> Block:
    """The event of a duty."""
    (found,) = [event for event in events.values() if reference_of(duty) in event["DESCRIPTION"][1]]
    return found


def california() -> Duty:
    """The duty to tell residents of California."""
    return Duty.objects.get(duty="CA-IND-2026")


def test_every_limit_is_a_day_with_its_reminders(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:
    """The whole day where the legal entity is, reminders when the clock warns and escalates, in UTC."""
    count({"US-CA": 600}, now)
    shown = events()
    event = of(shown, california())

    assert Duty.objects.exclude(due=None).count() == len(shown)
    assert (("VALUE=DATE", "20260409"), ("VALUE=DATE", "20260410")) == (event["DTSTART"], event["DTEND"])
    assert ("CONFIRMED", "TRANSPARENT", "PRIVATE", "0") == tuple(
        event[name][1] for name in ("STATUS", "TRANSP", "CLASS", "SEQUENCE")
    )
    assert [("VALUE=DATE-TIME", "20260325T120000Z"), ("VALUE=DATE-TIME", "20260401T120000Z")] == [
        alarm["TRIGGER"] for alarm in event["inside"]
    ]
    assert {"DISPLAY"} == {alarm["ACTION"][1] for alarm in event["inside"]}


def test_the_calendar_names_itself_and_when_to_ask_again(person: People, now: datetime) -> None:
    """What RFC 5545 and RFC 7986 ask of a feed, also while there is no limit."""
    calendar = read(feed_text(person(Role.COMPLIANCE), now=now, console=CONSOLE))

    assert ("VCALENDAR", "2.0", "Legal limits (Hemostat)") == (calendar["name"], calendar["VERSION"][1], calendar["NAME"][1])
    assert calendar["PRODID"][1]
    assert ("VALUE=DURATION", "PT1H") == calendar["REFRESH-INTERVAL"]


def test_nothing_of_the_incident_is_in_it(
    count: Callable[..., None], incident: Incident, person: People, now: datetime
) -> None:  # fmt: skip
    """Not the reference, title, place, recipient, citation, rule or a number of people."""
    count({"US-CA": 623_417, "US-VT": 170_205}, now)  # too long to stand in a keyed reference by chance
    text = feed_text(person(Role.COMPLIANCE), now=now, console=CONSOLE).replace(b"\r\n ", b"").decode()

    words = {incident.ref, incident.title, incident.store, incident.surface}
    words |= {form for people in (623_417, 170_205, 793_622) for form in (str(people), f"{people:,}")}
    for duty in Duty.objects.all():
        words |= {duty.duty, duty.recipient_name, duty.citation, duty.jurisdiction, duty.regime.replace("_", " ")}
    assert [] == [word for word in words if word.lower() in text.lower() and word != "US"]
    for word in ("California", "Vermont", "Attorney", "HHS", "patient", "breach"):
        assert word.lower() not in text.lower()


def test_an_exercise_says_so(count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime) -> None:
    """A limit of a drill never passes for a real one."""
    count({"US-CA": 600}, now)
    assert {"EXERCISE: Legal limit (Hemostat)"} == {event["SUMMARY"][1] for event in events().values()}
    Incident.objects.update(is_exercise=False)
    assert {"Legal limit (Hemostat)"} == {event["SUMMARY"][1] for event in events().values()}


def test_a_moved_limit_is_the_same_event_again(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], incident: Incident, person: People, now: datetime
) -> None:
    """Same UID, the new day, a higher SEQUENCE, a later stamp: calendars move what they have."""
    count({"US-CA": 600}, now)
    before = of(events(), california())
    later = now + timedelta(days=1)
    at = now - timedelta(days=4)
    discovery_report(incident=incident, by=person(Role.COUNSEL), at=at, how="ticket", now=later)
    after = of(events(), california())

    assert before["UID"] == after["UID"]
    assert ("20260409", "20260405") == (before["DTSTART"][1], after["DTSTART"][1])
    assert (0, 1) == (int(before["SEQUENCE"][1]), int(after["SEQUENCE"][1]))
    assert before["LAST-MODIFIED"][1] < after["LAST-MODIFIED"][1] == later.strftime("%Y%m%dT%H%M%SZ") == after["DTSTAMP"][1]


def test_a_lifted_duty_is_canceled_and_may_come_back(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:
    """Its event stays in the feed, canceled and without reminders, so that calendars take it out."""
    count({"US-CA": 600, "US-TX": 4}, now)
    texas = Duty.objects.get(duty="TX-IND")
    states = [(of(events(), texas)["STATUS"][1], int(of(events(), texas)["SEQUENCE"][1]))]
    for hours, people in ((1, {"US-CA": 600}), (2, {"US-CA": 600, "US-TX": 9})):
        count(people, now + timedelta(hours=hours))
        event = of(events(), texas)
        states.append((event["STATUS"][1], int(event["SEQUENCE"][1])))
        assert event["STATUS"][1] == "CONFIRMED" or not event["inside"]

    assert [("CONFIRMED", 0), ("CANCELLED", 1), ("CONFIRMED", 2)] == states


def test_a_sent_notice_ends_its_event(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:  # fmt: skip
    """What has been told needs no reminder."""
    count({"US-CA": 600}, now)
    sent = now + timedelta(days=2)
    Duty.objects.filter(duty="CA-IND-2026").update(state=DutyState.SENT, marked_at=sent)
    event = of(events(), california())

    assert ("CANCELLED", "1", []) == (event["STATUS"][1], event["SEQUENCE"][1], event["inside"])
    assert sent.strftime("%Y%m%dT%H%M%SZ") == event["LAST-MODIFIED"][1]


def test_a_closed_incident_leaves_the_calendar(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], incident: Incident, person: People, now: datetime
) -> None:
    """Its events are canceled for a while, then they are gone from the feed."""
    count({"US-CA": 600}, now)
    open_ones = events()
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="exercise")
    closed = events(at=now + KEPT)

    assert set(open_ones) == set(closed)
    assert {"CANCELLED"} == {event["STATUS"][1] for event in closed.values()}
    assert {} == events(at=now + KEPT + timedelta(seconds=1))


def test_a_limit_without_a_day_is_no_event_until_it_had_one(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:
    """The Attorney General's copy has no day before residents are told; a day that was taken back is canceled on that day."""
    count({"US-CA": 600}, now)
    assert not [one for one in events().values() if reference_of(Duty.objects.get(duty="CA-AG-2026")) in one["DESCRIPTION"][1]]
    Duty.objects.filter(duty="CA-IND-2026").update(due=None)

    event = of(events(), california())
    assert ("20260409", "CANCELLED") == (event["DTSTART"][1], event["STATUS"][1])


def test_a_contract_of_hours_has_its_minute(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], incident: Incident, person: People, now: datetime
) -> None:
    """A whole day would hide that it ends at 14:04."""
    ContractTerm.objects.create(
        kind="insurer", counterparty="Harbor Mutual", clause="4.1", value=72, unit="hours", at=now, by=person(Role.COUNSEL)
    )
    count({"US-CA": 600}, now)
    event = of(events(), Duty.objects.get(regime="contract"))

    assert ("", (incident.discovered_at + timedelta(hours=72)).strftime("%Y%m%dT%H%M%SZ")) == event["DTSTART"]
    assert "DTEND" not in event


def test_reminders_of_one_moment_ring_once(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:  # fmt: skip
    """Forty limits on one day are forty entries and one bell."""
    count({"US-CA": 600, "US-CO": 600, "US-FL": 600, "US-WA": 600, "US-ME": 600}, now)
    bells = [alarm["TRIGGER"][1] for event in events().values() for alarm in event["inside"]]

    assert len(set(bells)) == len(bells)
    assert len(bells) < len(events())


def test_the_same_calendar_is_the_same_bytes(count: Callable[..., None], person: People, now: datetime) -> None:
    """However often and whenever it is asked for, until something changes: an entity tag can rest on it."""
    count({"US-CA": 600}, now)
    texts = {
        feed_text(person(Role.COMPLIANCE), now=now + timedelta(hours=hours), console=CONSOLE)
        for hours in (0, 1, 24 * 14, 24 * 40)
    }
    assert 1 == len(texts)


def test_a_feed_is_bounded(incident: Incident, events: Callable[..., dict[str, Block]], now: datetime) -> None:
    """However many duties, the feed has an end."""
    Duty.objects.bulk_create(
        Duty(
            incident=incident, duty=f"D{number}", jurisdiction="US", regime="x", recipient="x", recipient_name="x",
            obligor="entity", due=now.date(), citation="x", computed_at=now,
        )
        for number in range(MOST_EVENTS + 5)
    )  # fmt: skip
    assert MOST_EVENTS == len(events())


def test_the_questions_to_the_database_do_not_grow_with_the_clocks(
    count: Callable[..., None], person: People, now: datetime
) -> None:  # fmt: skip
    """Two duties or forty: as many questions."""
    numbers = []
    for people in ({"US-CA": 4}, {"US-CA": 4, "US-NY": 5, "US-TX": 6, "US-VT": 7, "US-FL": 8, "US-MD": 9}):
        count(people, now)
        with CaptureQueriesContext(connection) as found:
            feed_text(Person.objects.get(pk=person(Role.COMPLIANCE).pk), now=now, console=CONSOLE)
        numbers.append(len(found))

    assert numbers[0] == numbers[1] < 8


def test_who_may_see_an_exercise_only_sees_its_limits(
    count: Callable[..., None], events: Callable[..., dict[str, Block]], now: datetime
) -> None:
    """A training lead sees the limits of drills and none of a real incident."""
    count({"US-CA": 600}, now)
    assert events(Role.TRAINING_LEAD)
    Incident.objects.update(is_exercise=False)
    assert {} == events(Role.TRAINING_LEAD)


def test_a_feed_has_a_secret_that_is_kept_nowhere(home: Home, person: People, now: datetime) -> None:
    """Only its hash is in the database, and not even that in the ledger."""
    by = person(Role.COMPLIANCE)
    secret = feed_make(by=by, now=now)

    assert by == feed_found(secret, now=now).person
    assert len(secret) >= 43
    assert secret not in str(list(CalendarFeed.objects.values()))
    assert not LedgerEntry.objects.filter(payload__icontains=secret).exists()
    assert 1 == entries(f"person/{by.username}").filter(act=LedgerAct.CALENDAR_MAKE).count()
    assert secret.encode() not in b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())


def test_a_new_address_ends_the_old_one(person: People, now: datetime) -> None:
    """A person has one feed at most."""
    by = person(Role.COMPLIANCE)
    old, new = feed_make(by=by, now=now), feed_make(by=by, now=now)

    assert feed_found(new, now=now) == feed_of(by)
    with pytest.raises(NotFound):
        feed_found(old, now=now)


def test_an_address_that_was_taken_back_never_answers_again(person: People, now: datetime) -> None:
    """It is on record that it was; a second time there is nothing to take back."""
    by = person(Role.COMPLIANCE)
    secret = feed_make(by=by, now=now)
    feed_revoke(by=by, now=now)

    assert feed_of(by) is None
    with pytest.raises(NotFound):
        feed_found(secret, now=now)
    with pytest.raises(BadInput, match="no calendar feed"):
        feed_revoke(by=by, now=now)
    assert 1 == entries(f"person/{by.username}").filter(act=LedgerAct.CALENDAR_REVOKE).count()


@pytest.mark.parametrize("ending", ["off", "rights", "unknown", "long"])
def test_strangers_and_former_colleagues_get_one_answer(person: People, now: datetime, ending: str) -> None:
    """A secret that never was, a person who was switched off, one whose rights were taken: the same words."""
    by = person(Role.COMPLIANCE)
    secret = feed_make(by=by, now=now)
    if ending == "off":
        Person.objects.filter(pk=by.pk).update(is_active=False)
    elif ending == "rights":
        role_revoke(person=by, role=Role.COMPLIANCE, by="root", now=now)
        RoleGrant.objects.create(person=by, role=Role.ADMIN, granted_at=now, granted_by="root")
    else:
        secret = "x" * (43 if ending == "unknown" else 5000)

    with pytest.raises(NotFound, match=r"^There is no such page for you\.$"):
        feed_found(secret, now=now)


def test_who_sees_no_incident_gets_no_feed(person: People, now: datetime) -> None:
    """An administrator runs the system and reads no case."""
    with pytest.raises(Refused):
        feed_make(by=person(Role.ADMIN), now=now)
    assert not CalendarFeed.objects.exists()


def test_a_read_is_noted_at_most_once_an_hour(person: People, now: datetime) -> None:
    """The page says when the calendar last came; asking often does not write often."""
    by = person(Role.COMPLIANCE)
    secret = feed_make(by=by, now=now)
    noted = []
    for minutes in (0, 30, 59, 60, 61):
        feed_found(secret, now=now + timedelta(minutes=minutes))
        feed = feed_of(by)
        assert feed is not None
        assert feed.read_at is not None
        noted.append((feed.read_at - now) // timedelta(minutes=1))

    assert [0, 0, 0, 60, 60] == noted


def test_a_reference_leads_to_its_duty_for_those_who_may_see_it(
    count: Callable[..., None], person: People, now: datetime
) -> None:  # fmt: skip
    """Nobody else can tell which duty it is, nor whether there is one."""
    count({"US-CA": 600}, now)
    duty = california()

    assert duty == duty_referred(person(Role.COMPLIANCE), reference_of(duty))
    for who, reference in ((Role.ADMIN, reference_of(duty)), (Role.COMPLIANCE, "0" * 12), (Role.COMPLIANCE, "é")):
        with pytest.raises(NotFound, match=r"^There is no such page for you\.$"):
            duty_referred(person(who), reference)


def test_two_homes_call_the_same_duty_otherwise(
    count: Callable[..., None], home: Home, now: datetime
) -> None:  # fmt: skip
    """The reference hangs on a key of the home: without it nobody can count duties by guessing."""
    count({"US-CA": 600}, now)
    duty = california()
    before = reference_of(duty)
    home.keyring(home.settings()).put("pseudonym", [b"another key of thirty-two bytes!!"])

    assert before != reference_of(duty)
