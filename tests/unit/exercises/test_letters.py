"""What a drill's notices say is read and held against the leak as it really was; the scripted people write good ones."""

from collections.abc import Callable
from typing import Any

import pytest

from hemostat.exercises.models import Drill
from hemostat.exercises.results import drill_result
from hemostat.exercises.scribe import notices_approved, notices_written
from hemostat.incidents.models import Incident, Notice, Sending
from hemostat.incidents.services import clocks_refresh, evidence_seal, notice_draft, notice_edit, notice_withdraw
from hemostat.people.rights import Role
from unit.console.home import NOW
from unit.console.story import Story
from unit.exercises.conftest import PACK

End = Callable[..., Drill]


@pytest.fixture
def incident(drill: Drill, story: Story) -> Incident:  # noqa: ARG001  # the leak has begun
    """The incident at work; what leaked is recorded as the pack has it."""
    incident = story.incident_at_work()
    Incident.objects.update(elements=PACK.ground_truth.elements, affected_unknown=0)
    incident.refresh_from_db()
    clocks_refresh(incident=incident, now=NOW, cause="The facts of the pack.")
    return incident


@pytest.fixture
def write(incident: Incident, story: Story) -> Callable[..., None]:
    """Writes every notice that is owed, with the words of the pack or with others."""

    def act(**answers: str) -> None:
        told = {**PACK.autopilot.answers, **answers}
        notices_written(incident=incident, answers=told, by=story.person(Role.COMPLIANCE), now=NOW)

    return act


def score(drill: Drill) -> dict[str, Any]:
    """The score of the legal answer."""
    return dict(drill_result(drill=drill, pack=PACK)["notices"])


def test_the_scripted_people_leave_nothing_out(write: Callable[..., None], ended: End) -> None:
    """Every duty that no other notice meets has a notice with all that its rule asks for."""
    write()

    found = score(ended())

    assert (1.0, ()) == (found["score"]["content"], found["score"]["incomplete"])
    assert {1.0} == set(found["letters"].values())
    assert [] == [notice.missing for notice in Notice.objects.all() if notice.missing]


def test_without_a_notice_its_fifth_is_lost(incident: Incident, ended: End) -> None:
    """Nobody wrote anything: every notice is named as missing."""
    assert incident.duties.exists()

    found = score(ended())

    assert 0.0 == found["score"]["content"]
    assert "CA-IND-2026@US-CA" in found["score"]["incomplete"]
    assert {0.0} == set(found["letters"].values())


def test_a_federal_duty_is_written_when_all_people_have_a_letter(
    write: Callable[..., None], incident: Incident, story: Story, ended: End
) -> None:
    """Without the letter to California, HIPAA's share is that of the people whose letters are there."""
    write()
    drill = ended()
    letter = Notice.objects.get(template="california-form")
    notice_withdraw(notice=letter, why="Wrong.", by=story.person(Role.COUNSEL), now=NOW)

    assert 0 < letter.people < incident.people
    assert pytest.approx(1 - letter.people / incident.people, abs=1e-3) == score(drill)["letters"]["HIPAA-IND@US"]
    assert "HIPAA-IND@US" in score(drill)["score"]["incomplete"]


def test_a_letter_that_hides_a_kind_of_data_is_incomplete(write: Callable[..., None], incident: Incident, ended: End) -> None:
    """Drafted from too few elements, it is complete for those who wrote it, and not against the truth."""
    write()
    drill = ended()
    whole = score(drill)["letters"]["CA-IND-2026@US-CA"]
    for notice in Notice.objects.filter(template="california-form"):
        notice_edit(
            notice=notice,
            version=notice.version,
            by=notice.by,
            now=NOW,
            sections={"What Information Was Involved": "- full name"},
        )
    assert incident.notices.exists()

    assert score(drill)["letters"]["CA-IND-2026@US-CA"] < whole == 1.0


def test_an_empty_answer_costs_its_item(write: Callable[..., None], ended: End) -> None:
    """A letter that does not say what happened loses a part of its share, not all of it."""
    write(how="")

    assert 0.0 < score(ended())["letters"]["CA-IND-2026@US-CA"] < 1.0


def test_what_was_withdrawn_or_cannot_be_read_earns_nothing(
    write: Callable[..., None], incident: Incident, story: Story, ended: End
) -> None:
    """A sealed letter may be perfect; nobody can see it."""
    write()
    counsel = story.person(Role.COUNSEL)
    drill = ended()
    for notice in Notice.objects.filter(duties__duty="CA-IND-2026"):
        notice_withdraw(notice=notice, why="Wrong.", by=counsel, now=NOW)
    withdrawn = score(drill)["letters"]["CA-IND-2026@US-CA"]
    item = evidence_seal(
        incident=incident, item="outside-letter", content=b"x", how="by mail", by=story.person(Role.COMPLIANCE), now=NOW
    )
    duty = incident.duties.get(duty="CA-IND-2026")
    notice_draft(
        incident=incident, duties=[duty], template="written-elsewhere", language="en", by=counsel, now=NOW, evidence=item
    )

    assert (0.0, 0.0) == (withdrawn, score(drill)["letters"]["CA-IND-2026@US-CA"])


def test_the_scripted_record_meets_every_duty(write: Callable[..., None], incident: Incident, story: Story) -> None:
    """Two people approved each, offices come before people, and every record says that nothing went out."""
    write()
    notices_approved(incident=incident, by=story.person(Role.COUNSEL), now=NOW)

    assert {"sent"} == set(Notice.objects.values_list("state", flat=True))
    assert {True} == set(Sending.objects.values_list("is_exercise", flat=True))
    assert {2} == {len(set(notice.approvals.values_list("by", flat=True))) for notice in Notice.objects.all()}
    told = [sending.notice.duties.filter(recipient="individuals").exists() for sending in Sending.objects.order_by("pk")]
    assert told == sorted(told)
    assert not incident.duties.filter(owed=True, met_by="").exclude(state="sent").exists()
