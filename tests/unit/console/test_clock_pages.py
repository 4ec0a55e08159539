"""Clocks from the page: points and alarms in the room, the page beside each clock, what needs whom today."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings as DjangoSettings

from hemostat.incidents.models import ClockAlarm, ContractTerm, Duty, Incident
from hemostat.incidents.services import clocks_refresh, incident_close, scope_record
from hemostat.kernel import ExerciseClock, Paging
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import BEGINS
from unit.console.story import Story
from unit.incidents.turns import alarms_told

LATER = datetime(2026, 3, 26, 16, tzinfo=UTC)  # the limits of 30 days warn


@pytest.fixture
def incident(story: Story) -> Incident:
    """The incident at work, two weeks on, with the alarms of those two weeks."""
    made = story.incident_at_work()
    alarms_told(now=LATER)
    ExerciseClock(story.home.path / "clock.json").set(LATER, factor=0)
    return made


def page(visit: Visit, role: Role, path: str) -> str:
    """A page as a role sees it."""
    response = visit(role).get(path)
    assert response.status_code == 200
    return response.content.decode()


def california() -> Duty:
    """The duty to tell residents of California."""
    return Duty.objects.get(duty="CA-IND-2026")


def test_the_room_shows_the_points_that_were_reached(incident: Incident, visit: Visit) -> None:
    """How many clocks are where, in one sentence above the table; each row has its point, and both clocks of its limit."""
    html = page(visit, Role.COMPLIANCE, f"/incidents/{incident.ref}/")

    for words in (
        "and nobody has them",
        "at their warning point",
        "In an exercise nobody is paged",
        "23:59:59 = 10 Apr 03:59:59 UTC",
        "days of New York",
        "Changed last",
        "UTC: People counted: 4,430.",
        "I have all of them",
    ):
        assert words in html


def test_one_alarm_is_acknowledged_in_the_room(incident: Incident, visit: Visit) -> None:
    """The page then says who has it; the clock is as red as before."""
    alarm = ClockAlarm.objects.get(duty=california())
    client = visit(Role.COMPLIANCE)
    response = client.post(f"/incidents/{incident.ref}/alarms/{alarm.pk}/acknowledge/", follow=True)

    html = response.content.decode()
    assert "You have California: affected residents. The clock runs on until it is told." in html
    assert "Colin Brandt has it since" in html
    alarm.refresh_from_db()
    assert "colin" == str(alarm.acknowledged_by)
    again = client.post(f"/incidents/{incident.ref}/alarms/{alarm.pk}/acknowledge/", follow=True).content.decode()
    assert "Colin Brandt acknowledged this alarm." in again


def test_all_alarms_are_acknowledged_at_once(incident: Incident, visit: Visit) -> None:
    """One click for many; a second one says that somebody was quicker."""
    client = visit(Role.ENGINEER)
    html = client.post(f"/incidents/{incident.ref}/alarms/acknowledge/", follow=True).content.decode()

    assert "They run on until the notices are sent." in html
    assert "and nobody has" not in html
    html = client.post(f"/incidents/{incident.ref}/alarms/acknowledge/", follow=True).content.decode()
    assert "No alarm waits for anybody." in html


@pytest.mark.parametrize("path", ["alarms/{}/acknowledge/", "alarms/acknowledge/"])
def test_who_may_not_acknowledge_is_told_so(incident: Incident, visit: Visit, path: str) -> None:
    """An auditor sees the alarm without a button, and the act is refused."""
    alarm = ClockAlarm.objects.get(duty=california())
    html = page(visit, Role.AUDITOR, f"/incidents/{incident.ref}/")
    assert "nobody has them" in html
    assert "I have all of them" not in html

    said = visit(Role.AUDITOR).post(f"/incidents/{incident.ref}/{path.format(alarm.pk)}", follow=True).content.decode()
    assert "needs the right" in said
    assert not ClockAlarm.objects.exclude(acknowledged_at=None).exists()


def test_a_clock_of_another_incident_has_no_page_here(incident: Incident, visit: Visit) -> None:
    """A wrong number and a stranger get the same answer."""
    duty = california()
    wrong = (
        visit(Role.COMPLIANCE).get(f"/incidents/{incident.ref}/clocks/999999/"),
        visit(Role.COMPLIANCE).post(f"/incidents/{incident.ref}/alarms/999999/acknowledge/"),
        visit(Role.ADMIN).get(f"/incidents/{incident.ref}/clocks/{duty.pk}/"),
        visit(Role.ADMIN).get(f"/incidents/{incident.ref}/what-if/"),
    )
    assert [404] * 4 == [response.status_code for response in wrong]


def test_today_calls_for_alarms_that_nobody_has(incident: Incident, visit: Visit) -> None:
    """It stands there for those who may take it, and goes when somebody did."""
    html = page(visit, Role.COMMANDER, "/")
    assert "clock alarm" in html
    assert f"{incident.ref} · nobody has acknowledged them" in html
    assert "clock alarm" not in page(visit, Role.AUDITOR, "/")

    visit(Role.COMMANDER).post(f"/incidents/{incident.ref}/alarms/acknowledge/")
    assert "clock alarm" not in page(visit, Role.COMMANDER, "/")


def test_channels_that_did_not_take_a_page_are_named(incident: Incident, visit: Visit) -> None:
    """Not told is said beside the alarm, with the name of the channel."""
    ClockAlarm.objects.update(told=[])
    html = page(visit, Role.COMPLIANCE, f"/incidents/{incident.ref}/")

    assert "not told: exercise" in html


def test_the_page_of_a_clock_gives_every_reason_with_its_clause(incident: Incident, visit: Visit) -> None:
    """The day first; then the points on a line, the chain, what would change it, the thresholds, where to check."""
    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/clocks/{california().pk}/")

    order = [
        html.index(words)
        for words in (
            "California: affected residents",
            "Thursday, 9 April 2026",
            "Ends 23:59:59 = 10 Apr 03:59:59 UTC, on the wall of New York",
            "Owed by the entity, on 2026-04-09 at the latest",
            'class="clockline"',
            "25 Mar 2026, 08:00 = 12:00 UTC",
            "day 30 is 2026-04-09",
            "What would change it",
            "Where to check",
            "Just under, at, just over",
            "What changed of it",
        )
    ]
    assert sorted(order) == order
    for words in (
        "Cal. Civ. Code 1798.82",
        "HIPAA-MEDIA",
        "499:",
        "500:",
        "501:",
        "At no number:",
        "People counted",
        "It is owed",
    ):
        assert words in html


def test_the_page_of_a_duty_that_was_lifted_says_why(story: Story, visit: Visit) -> None:
    """It stays reachable: why a notice was not sent is asked later."""
    incident = story.incident_at_work()
    compliance = story.person(Role.COMPLIANCE)
    scope_record(incident=incident, by=compliance, now=LATER, people={"US-CA": 400}, unknown=0, query="q", query_sha256="0" * 64)
    duty = Duty.objects.get(duty="CA-AG-2026")
    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/clocks/{duty.pk}/")

    for words in (
        "not owed any more",
        "Residents of California affected: 400; it takes more than 500.",
        "against it",
        "It is no longer owed",
    ):
        assert words in html


def test_a_row_that_left_the_table_keeps_its_last_reasons(incident: Incident, visit: Visit) -> None:
    """The law's table moves on; what was computed with it stands."""
    Duty.objects.filter(pk=california().pk).update(duty="CA-IND-1999", because=["It was law then."])
    duty = Duty.objects.get(duty="CA-IND-1999")
    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/clocks/{duty.pk}/")

    assert "This row is no longer in the law" in html
    assert "It was law then." in html
    assert "Nothing changed since it was first computed." in html


def test_the_page_of_a_contract_gives_its_clause_and_its_minute(incident: Incident, story: Story, visit: Visit) -> None:
    """A contract is not law: its page says so, and names clause, period, whom to tell and the hour in both clocks."""
    ContractTerm.objects.create(
        kind="insurer", counterparty="Harbor Mutual", clause="Section 4.1", value=72, unit="hours", at=BEGINS,
        contact="claims desk", note="By telephone first.", by=story.person(Role.COUNSEL),
    )  # fmt: skip
    clocks_refresh(incident=incident, now=BEGINS + timedelta(hours=1), cause="A contract was entered.")
    duty = Duty.objects.get(regime="contract")
    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/clocks/{duty.pk}/")

    for words in (
        "a contract, not law", "Harbor Mutual", "Section 4.1", "72 hours after discovery", "claims desk", "By telephone first.",
        "10:04:02 = 14:04:02 UTC", "11 Mar 2026, 22:04:02 = 12 Mar 02:04:02 UTC", "Last hour", "A contract was entered.",
    ):  # fmt: skip
        assert words in html
    assert "Just under, at, just over" not in html
    assert "a contract, not law" in page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")


def test_a_duty_of_somebody_else_says_whose_it_is(incident: Incident, visit: Visit) -> None:
    """An associate sees what the covered entity owes, and is not told that it is his."""
    Duty.objects.filter(pk=california().pk).update(obligor="business_associate")

    assert "owed by the business associate" in page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")
    assert "the business associate, not by you" in page(
        visit, Role.COUNSEL, f"/incidents/{incident.ref}/clocks/{california().pk}/"
    )


def test_the_rooms_questions_do_not_grow_with_the_clocks(story: Story, visit: Visit) -> None:
    """Three states or ten: the room and the page of a clock ask the database as often."""
    incident = story.incident_at_work()
    client, compliance = visit(Role.COMPLIANCE), story.person(Role.COMPLIANCE)
    numbers = []
    ten = ("CA", "TX", "NY", "FL", "WA", "CO", "VT", "MD", "OR", "IL")
    for places in (ten[:3], ten):
        people = {f"US-{code}": 600 for code in places}
        scope_record(incident=incident, by=compliance, now=LATER, people=people, unknown=0, query="q", query_sha256="0" * 64)
        alarms_told(now=LATER)
        counts = []
        for path in (f"/incidents/{incident.ref}/", f"/incidents/{incident.ref}/clocks/{california().pk}/"):
            client.get(path)
            with CaptureQueriesContext(connection) as found:
                client.get(path)
            counts.append(len(found))
        numbers.append(counts)

    assert numbers[0] == numbers[1]


def test_the_timeline_tells_of_alarms_and_pages(incident: Incident, visit: Visit) -> None:
    """Points, pages that an exercise did not send, and who has the clocks, in words."""
    visit(Role.COMPLIANCE).post(f"/incidents/{incident.ref}/alarms/acknowledge/")
    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")

    for words in ("points of clocks", "would have paged about", "in an exercise nothing leaves", "clock alarms"):
        assert words in html
    record(
        act=LedgerAct.PAGE_SEND, by="clocks", at=LATER, subject=incident.ref, channels=["duty", "spare"], points={"limit": 1}
    )  # fmt: skip
    assert "paged about 1 clock, by duty, spare" in page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")


def test_settings_show_whether_channels_have_an_address(story: Story, visit: Visit, settings: DjangoSettings) -> None:
    """Never the address itself."""
    assert "none leaves a sandbox" in page(visit, Role.ENGINEER, "/settings/")
    production = msgspec.structs.replace(story.home.settings(), kind="production", paging=Paging(channels=["duty", "spare"]))
    story.home.write(production)
    for file in (story.home.path / "keys").glob("*.json"):
        file.write_bytes(file.read_bytes().replace(b'"sandbox"', b'"production"'))
    story.home.keyring(production).put("paging.duty", [b"json://127.0.0.1:1/secret"])
    settings.HEMOSTAT = production
    html = page(visit, Role.ENGINEER, "/settings/")
    assert "spare: no address" in html
    assert "duty: no address" not in html
    assert "127.0.0.1:1" not in html
    settings.HEMOSTAT = msgspec.structs.replace(production, paging=Paging())
    assert "no channel: nobody is paged" in page(visit, Role.ENGINEER, "/settings/")


def test_the_rest_of_the_clocks_stand_in_short_and_whole_on_a_page_of_their_own(incident: Incident, visit: Visit) -> None:
    """Six with their reasons, each other one with its day, citation and state, linked to its page; and all of them to print."""
    room, whole = (page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/{path}") for path in ("", "clocks/"))
    owed = list(Duty.objects.filter(owed=True))

    assert len(owed) > 6
    assert 6 == room.count('<details id="why-')
    assert len(owed) == whole.count('<details id="why-')
    assert f'href="/incidents/{incident.ref}/clocks/"' in room
    for duty in owed:
        for html in (room, whole):
            assert f'id="duty-{duty.pk}"' in html
            assert f'href="/incidents/{incident.ref}/clocks/{duty.pk}/"' in html


def test_the_room_shows_the_latest_moments_and_the_rest_on_a_page(story: Story, visit: Visit) -> None:
    """A long incident does not make a long room; the whole timeline hides from a colleague what the room hides."""
    incident = story.incident_at_work()
    for number in range(110):
        record(
            act=LedgerAct.PROBE_RESULT, by="probe", at=LATER + timedelta(seconds=number), subject=incident.ref, state="open",
            number=number,
        )  # fmt: skip
    room, whole = (page(visit, Role.ENGINEER, f"/incidents/{incident.ref}/{path}") for path in ("", "timeline/"))

    assert (100, 110) == (room.count("finds the path open"), whole.count("finds the path open"))
    assert "opened the incident" not in room
    assert "opened the incident" in whole
    assert (1, 2) == (room.count('<li class="day">'), whole.count('<li class="day">'))  # the hour alone would not say which day
    assert f'href="/incidents/{incident.ref}/timeline/"' in room
    assert "Advice of counsel" not in whole
    assert "Advice of counsel" in page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/timeline/")


@pytest.mark.parametrize("path", ["clocks/", "timeline/"])
def test_strangers_get_no_whole_page(incident: Incident, visit: Visit, path: str) -> None:
    """A wrong reference and a person who may see no incident get the same answer."""
    assert 404 == visit(Role.ADMIN).get(f"/incidents/{incident.ref}/{path}").status_code
    assert 404 == visit(Role.COUNSEL).get(f"/incidents/INC-9999/{path}").status_code


def test_a_closed_incident_waits_for_nobody(incident: Incident, story: Story, visit: Visit) -> None:
    """Its record stands, and no alarm asks for somebody or says that a page will be tried again."""
    ClockAlarm.objects.update(told=[])
    assert "nobody has" in page(visit, Role.COMPLIANCE, f"/incidents/{incident.ref}/")
    incident_close(incident=incident, by=story.person(Role.COMMANDER), now=LATER, outcome="exercise")
    html = page(visit, Role.COMPLIANCE, f"/incidents/{incident.ref}/")

    for words in ("nobody has", "not told", "Acknowledge<"):
        assert words not in html
