"""Everybody gets one letter, and each duty is met when everybody whom it looks at was told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings

from hemostat.incidents.mailing import notices_standing, people_of, people_told
from hemostat.incidents.models import Duty, Incident, Notice
from hemostat.incidents.notice_board import Board, notice_board, notice_page
from hemostat.incidents.notice_standing import people_reached
from hemostat.incidents.services import (
    notice_approve,
    notice_draft,
    notice_send,
    notice_withdraw,
    notices_draft_owed,
    scope_record,
)
from hemostat.people.models import Person
from hemostat.people.rights import Role

People = Callable[..., Person]
AFFECTED = {"US-CA": 604, "US-NY": 300}
FEDERAL, CALIFORNIA = "HIPAA-IND", "CA-IND-2026"


def duty(place: str, people: int, recipient: str = "individuals", number: int = 0) -> Duty:
    """A duty that looks at so many people of a place."""
    return Duty(pk=number or hash(place), jurisdiction=place, people=people, recipient=recipient)


CA, NY, US = duty("US-CA", 604, number=1), duty("US-NY", 300, number=2), duty("US", 1217, number=3)


@pytest.mark.parametrize(
    ("duties", "others", "people"),
    [
        ([CA], [], 604),
        ([CA, duty("US-CA", 604, number=9)], [], 604),
        ([CA, NY], [], 904),
        ([CA, US], [], 604),
        ([US], [], 1217),
        ([US], [[CA]], 1217),
        ([US], [[CA, US]], 613),
        ([US], [[CA, US], [NY, US], [CA, US]], 313),
        ([US], [[US]], 1217),
        ([duty("US-CA", 604, "attorney_general")], [[CA, US]], 604),
        ([duty("US", 1217, "hhs"), duty("US-CA", 604, "attorney_general")], [], 1217),
        ([], [], 0),
    ],
)
def test_whom_a_notice_is_about(duties: list[Duty], others: list[list[Duty]], people: int) -> None:
    """A letter goes to the people of its places, the federal one to everybody whom no other reaches that serves its duty."""
    assert people == people_of(duties, others, affected=AFFECTED)


@dataclass
class Rows:
    """Rows of a table, as the count reads them."""

    rows: Sequence[object]

    def all(self) -> Sequence[object]:
        """All of them."""
        return self.rows


@dataclass
class Sent:
    """One record of sending."""

    people: int


@dataclass
class Letter:
    """A notice with its duties and records."""

    serves: list[Duty]
    records: list[int]
    duties: Any = field(init=False)
    sendings: Any = field(init=False)

    def __post_init__(self) -> None:
        self.duties, self.sendings = Rows(self.serves), Rows([Sent(people) for people in self.records])


@pytest.mark.parametrize(
    ("of", "letters", "told"),
    [
        (CA, [([CA], [])], 0),
        (CA, [([CA], [590])], 590),
        (CA, [([CA], [590]), ([CA], [14])], 604),
        (CA, [([CA], [700])], 604),
        (CA, [([CA, NY], [904])], 604),
        (CA, [([CA, NY], [604])], 304),
        (CA, [([CA, NY], [800]), ([CA, NY], [104])], 604),
        (CA, [([CA, US], [604])], 604),
        (US, [([CA, US], [604])], 604),
        (US, [([US], [1217])], 1217),
        (US, [([US], [1217]), ([CA, US], [])], 613),
        (US, [([US], [613]), ([CA, US], [604])], 1217),
        (US, [([US], [613]), ([CA, US], [600]), ([CA, US], [3])], 1216),
    ],
)
def test_who_was_told_for_certain(of: Duty, letters: list[tuple[list[Duty], list[int]]], told: int) -> None:
    """A letter to two places that lacks 100 may lack them in either; those of two languages share their people."""
    rows: Any = [Letter(*letter) for letter in letters]  # counted like rows

    assert told == people_told(of, rows, affected=AFFECTED)


@pytest.fixture
def count(incident: Incident, person: People, now: datetime) -> Callable[..., None]:
    """Records how many people live in these states, and how many more nobody knows where."""

    def put(unknown: int = 0, **people: int) -> None:
        places = {f"US-{place}": number for place, number in people.items()}
        scope_record(
            incident=incident, by=person(Role.COMPLIANCE), now=now, people=places, unknown=unknown, query="q", query_sha256="0"
        )
        incident.refresh_from_db()

    return put


@pytest.fixture
def send(person: People, now: datetime) -> Callable[[Notice, int], None]:
    """Two people approve a notice as it is, and it is on record that it went to so many."""

    def act(notice: Notice, people: int) -> None:
        notice.refresh_from_db()
        for role in (Role.COMPLIANCE, Role.COUNSEL) if notice.state == "draft" else ():
            notice = notice_approve(notice=notice, text_sha256=notice.text_sha256, by=person(role), now=now, why="as it is")
        notice_send(
            notice=notice, method="mail", on=now.date(), people=people, proof="lot 4", by=person(Role.COUNSEL), now=now, why="so"
        )

    return act


@pytest.fixture
def letters(incident: Incident, person: People, now: datetime) -> Callable[[], dict[str, Notice]]:
    """Drafts all that is owed; the letters to people by place."""

    def draft() -> dict[str, Notice]:
        notices_draft_owed(incident=incident, by=person(Role.COMPLIANCE), now=now)
        standing = incident.notices.filter(duties__recipient="individuals").exclude(state="withdrawn").distinct()
        return {notice.jurisdiction: notice for notice in standing}

    return draft


def board(incident: Incident, now: datetime) -> Board:
    """The board as it is now."""
    return notice_board(incident, now=now)


def names(notice: Notice) -> set[str]:
    """The duties of a notice."""
    return set(notice.duties.values_list("duty", flat=True))


def state(incident: Incident, name: str) -> str:
    """How far a duty is."""
    return str(incident.duties.get(duty=name).state)


pytestmark = pytest.mark.django_db


def test_nobody_gets_two_letters(
    incident: Incident, count: Callable[..., None], letters: Callable[[], dict[str, Notice]], now: datetime
) -> None:
    """A state's letter serves HIPAA for its residents, and the HIPAA letter goes to those who get no other."""
    count(CA=604, NY=300, unknown=96)
    planned = board(incident, now).mail

    made = letters()

    assert {CALIFORNIA, FEDERAL} == names(made["US-CA"])
    assert {"NY-IND-2025", FEDERAL} == names(made["US-NY"])
    assert {FEDERAL} == names(made["US"])
    assert (604, 300, 96) == (made["US-CA"].people, made["US-NY"].people, made["US"].people)
    mail = board(incident, now).mail
    assert (
        [("California", 604, 1), ("New York", 300, 1), ("", 96, 1)]
        == [(one.place, one.people, len(one.letters)) for one in mail]
        == [(one.place, one.people, len(one.letters)) for one in planned]
    )


def test_the_letter_of_a_state_lacks_what_hipaa_asks_for_until_it_stands_there(
    count: Callable[..., None], letters: Callable[[], dict[str, Notice]]
) -> None:
    """It is held against both laws: what the organization did to protect people is asked for with HIPAA's citation."""
    count(CA=604)

    missing = " ".join(letters()["US-CA"].missing)

    assert "45 CFR 164.404(c)(1)(D)" in missing
    assert "1798.82" in missing


def test_without_others_there_is_no_federal_letter(
    incident: Incident,
    count: Callable[..., None],
    letters: Callable[[], dict[str, Notice]],
    send: Callable[..., None],
    now: datetime,
) -> None:
    """All live in California: one letter meets both duties, the HIPAA letter is not asked for; the last one told counts."""
    count(CA=604)
    made = letters()

    assert {"US-CA"} == set(made)
    assert [("California", 604, 1)] == [(one.place, one.people, len(one.letters)) for one in board(incident, now).mail]
    send(made["US-CA"], 603)
    assert ("approved", "approved") == (state(incident, CALIFORNIA), state(incident, FEDERAL))
    send(made["US-CA"], 1)
    assert ("sent", "sent") == (state(incident, CALIFORNIA), state(incident, FEDERAL))


def test_hipaa_is_met_when_everybody_in_all_places_was_told(
    incident: Incident, count: Callable[..., None], letters: Callable[[], dict[str, Notice]], send: Callable[..., None]
) -> None:
    """Not by the letters of California, not by those of the rest, but by both; each state's duty is met by its own."""
    count(CA=604, NY=300, unknown=96)
    made = letters()

    seen = []
    for place in ("US-CA", "US", "US-NY"):
        send(made[place], made[place].people)
        seen.append((state(incident, CALIFORNIA), state(incident, "NY-IND-2025"), state(incident, FEDERAL)))

    assert [("sent", "draft", "approved"), ("sent", "draft", "approved"), ("sent", "sent", "sent")] == seen


def test_a_letter_that_all_its_people_got_is_done_on_the_board(
    incident: Incident,
    count: Callable[..., None],
    letters: Callable[[], dict[str, Notice]],
    send: Callable[..., None],
    now: datetime,
) -> None:
    """Though HIPAA's duty waits for the letters of others; one that lacks some of its people is not."""
    count(CA=604, NY=300)
    made = letters()
    send(made["US-CA"], 604)
    send(made["US-NY"], 299)

    rows = {row.notice.jurisdiction: row for row in board(incident, now).rows if row.notice and row.stage == "sent"}
    assert [("met", 604), ("ok", 299)] == [(rows[place].urgency, rows[place].told) for place in ("US-CA", "US-NY")]
    pages = [notice_page(row.notice, person=row.notice.by, now=now) for row in rows.values() if row.notice]
    assert {"US-CA": False, "US-NY": True} == {page.notice.jurisdiction: page.is_partly_sent for page in pages}


def test_a_new_count_after_the_letters_reopens_what_it_must(
    incident: Incident,
    count: Callable[..., None],
    letters: Callable[[], dict[str, Notice]],
    send: Callable[..., None],
    now: datetime,
) -> None:
    """100 more in New York were not told: its duty and HIPAA's are open again, California's is not."""
    count(CA=604, NY=300)
    for notice in letters().values():
        send(notice, notice.people)

    count(CA=604, NY=400)

    assert ("sent", "approved", "approved") == (
        state(incident, CALIFORNIA),
        state(incident, "NY-IND-2025"),
        state(incident, FEDERAL),
    )
    count(CA=604, NY=300, unknown=20)
    assert "approved" == state(incident, FEDERAL)
    rest = next(row for row in board(incident, now).rows if row.stage == "not_drafted" and row.duties[0].duty == FEDERAL)
    assert 20 == rest.people


def test_a_letter_withdrawn_leaves_its_people_to_the_others(
    incident: Incident,
    count: Callable[..., None],
    letters: Callable[[], dict[str, Notice]],
    send: Callable[..., None],
    person: People,
    now: datetime,
) -> None:
    """California's people count for nobody until they have a letter again."""
    count(CA=604, NY=300, unknown=96)
    made = letters()
    for notice in made.values():
        send(notice, notice.people)

    notice_withdraw(notice=made["US-CA"], why="Never posted.", by=person(Role.COUNSEL), now=now)

    assert ("not_started", "approved") == (state(incident, CALIFORNIA), state(incident, FEDERAL))
    assert 700 == people_reached(made["US"], notices_standing(incident))
    send(letters()["US-CA"], 604)
    assert ("sent", "sent") == (state(incident, CALIFORNIA), state(incident, FEDERAL))


def test_who_had_the_federal_letter_already_is_said_to_get_two(
    incident: Incident,
    count: Callable[..., None],
    letters: Callable[[], dict[str, Notice]],
    send: Callable[..., None],
    person: People,
    now: datetime,
) -> None:
    """It went to everybody; the letter of California that comes later is a second one, and moves no duty back."""
    count(CA=604, NY=300)
    federal = notice_draft(
        incident=incident,
        duties=[incident.duties.get(duty=FEDERAL)],
        template="hipaa-individual",
        language="en",
        by=person(Role.COUNSEL),
        now=now,
    )
    send(federal, 904)
    assert "sent" == state(incident, FEDERAL)

    made = letters()

    assert {CALIFORNIA} == names(made["US-CA"])
    assert "sent" == state(incident, FEDERAL)
    assert [("California", 2)] == [(one.place, len(one.letters)) for one in board(incident, now).mail if one.place]


def test_a_clinic_writes_one_letter_for_both_laws_of_california(
    incident: Incident, count: Callable[..., None], letters: Callable[[], dict[str, Notice]], now: datetime
) -> None:
    """A licensed clinic owes its patients a letter of its own law; it holds what the breach statute and HIPAA ask for."""
    home = settings.HOME.settings()
    kinds = [*home.organization.kinds, "licensed_ca_clinic"]
    settings.HOME.write(home.__replace__(organization=home.organization.__replace__(kinds=kinds)))  # type: ignore[attr-defined]  # msgspec
    count(CA=604)

    letter = letters()["US-CA"]

    assert ("ca-facility-letter", {CALIFORNIA, FEDERAL, "CA-1280-PAT"}) == (letter.template, names(letter))
    assert [1] == [len(one.letters) for one in board(incident, now).mail]
