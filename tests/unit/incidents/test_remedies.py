"""Remedies follow the facts of an incident; none is ever deleted, and a done one names its proof."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from hemostat.incidents.models import Incident, LegalEvent, RemedyTask
from hemostat.incidents.remedies import (
    contacts_named,
    cure_answer,
    exposure_seen,
    remedies_refresh,
    remedies_standing,
    remedy_for,
    script_text,
)
from hemostat.incidents.services import event_record, event_withdraw, incident_close, remedy_done, scope_record
from hemostat.kernel import BadInput, NotFound
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
Count = Callable[..., None]


@pytest.fixture
def count(incident: Incident, person: People, now: datetime) -> Count:
    """Social Security numbers leaked; records how many people, by where they live."""
    Incident.objects.filter(pk=incident.pk).update(elements=["name", "ssn"])

    def put(**people: int) -> None:
        scope_record(
            incident=incident,
            by=person(Role.COMPLIANCE),
            now=now,
            people={f"US-{place}": number for place, number in people.items()},
            unknown=0,
            query="q",
            query_sha256="0" * 64,
        )
        incident.refresh_from_db()

    return put


@pytest.fixture
def letter(incident: Incident, person: People, now: datetime) -> Callable[..., LegalEvent]:
    """Records a consumer's cure letter that arrived on a day."""

    def put(on: date) -> LegalEvent:
        by = person(Role.COUNSEL)
        return event_record(incident=incident, kind="consumer_cure_notice", on=on, how="Letter by mail", by=by, now=now)

    return put


def task(remedy: str) -> RemedyTask:
    """The task of a remedy."""
    return RemedyTask.objects.get(remedy=remedy)


def test_nothing_is_owed_before_people_are_counted(incident: Incident, now: datetime) -> None:
    """Without a count and without a letter there is no task, and no range."""
    assert [] == remedies_refresh(incident=incident, now=now)
    assert exposure_seen(incident, now=now) is None


def test_counting_people_writes_the_tasks(count: Count) -> None:
    """The offer of California stands with its day, people, months, reasons and citation."""
    count(CA=501, TX=40)

    offer = task("CA-IDENTITY")
    assert (date(2026, 4, 9), 501, 12, True, True) == (offer.due, offer.people, offer.months, offer.owed, offer.verified)
    assert "1798.82" in offer.citation
    assert "It follows from CA-IND-2026, which is owed." in offer.because
    assert {"CA-IDENTITY", "HIPAA-TOLL-FREE"} == set(RemedyTask.objects.values_list("remedy", flat=True))


def test_a_remedy_that_is_no_longer_owed_stays_with_the_reason(count: Count) -> None:
    """Counted again without Californians, the task is lifted; counted with them again, it is owed again. One row all along."""
    count(CA=501)
    first = task("CA-IDENTITY")

    count(TX=40)
    lifted = task("CA-IDENTITY")
    assert (first.pk, False) == (lifted.pk, lifted.owed)
    assert ["It follows the duty to tell the individuals, which is not owed."] == lifted.because

    count(CA=7)
    again = task("CA-IDENTITY")
    assert (first.pk, True, 7) == (again.pk, again.owed, again.people)


def test_a_done_remedy_names_its_proof(incident: Incident, count: Count, person: People, now: datetime) -> None:
    """It stands with who and when, in the ledger too, and patient data in the proof is masked before it is kept."""
    count(CA=501)

    done = remedy_done(
        task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="Contract 7 with a bureau, jane@example.com"
    )

    assert (now, person(Role.COMPLIANCE)) == (done.done_at, done.done_by)
    assert "Contract 7" in done.proof
    assert "jane@example.com" not in done.proof
    entry = entries(incident.ref).filter(act=LedgerAct.REMEDY_DONE).get()
    assert ("CA-IDENTITY", "US-CA", 501) == tuple(entry.payload[name] for name in ("remedy", "jurisdiction", "people"))


def test_a_remedy_is_done_once(count: Count, person: People, now: datetime) -> None:
    """The second person hears who was first."""
    count(CA=501)
    remedy_done(task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="Contract 7")

    with pytest.raises(BadInput, match=person(Role.COMPLIANCE).full_name):
        remedy_done(task=task("CA-IDENTITY"), by=person(Role.COUNSEL), now=now, proof="Contract 8")


def test_a_remedy_without_a_proof_is_not_done(count: Count, person: People, now: datetime) -> None:
    """Blanks are no proof."""
    count(CA=501)

    with pytest.raises(BadInput, match="names its proof"):
        remedy_done(task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="  ")


def test_what_is_not_owed_cannot_be_done(count: Count, person: People, now: datetime) -> None:
    """The reason why it is not owed is repeated."""
    count(CA=501)
    count(TX=40)

    with pytest.raises(BadInput, match="is not owed: It follows the duty"):
        remedy_done(task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="Contract 7")


def test_an_engineer_may_not(count: Count, person: People, now: datetime) -> None:
    """It needs the right to mark duties."""
    count(CA=501)

    with pytest.raises(Refused):
        remedy_done(task=task("CA-IDENTITY"), by=person(Role.ENGINEER), now=now, proof="Contract 7")
    assert task("CA-IDENTITY").done_at is None


def test_nothing_is_done_in_a_closed_incident(incident: Incident, count: Count, person: People, now: datetime) -> None:
    """The closed incident stays as it is."""
    count(CA=501)
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="false_alarm")

    with pytest.raises(BadInput, match="was closed"):
        remedy_done(task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="Contract 7")


def test_a_cure_letter_starts_its_thirty_days(letter: Callable[..., LegalEvent]) -> None:
    """Before anybody was counted, too: the letter alone makes the task."""
    event = letter(date(2026, 3, 9))

    answer = task(f"CA-CURE-{event.pk}")
    assert (date(2026, 4, 8), 1, "US-CA") == (answer.due, answer.people, answer.jurisdiction)
    assert "1798.150(b)" in answer.citation


def test_each_cure_letter_has_its_task(letter: Callable[..., LegalEvent], person: People, now: datetime) -> None:
    """A letter that was recorded by mistake lifts only its own answer."""
    first, second = letter(date(2026, 3, 8)), letter(date(2026, 3, 9))

    event_withdraw(event=first, why="It was for another shop.", by=person(Role.COUNSEL), now=now)

    assert [False, True] == [task(f"CA-CURE-{event.pk}").owed for event in (first, second)]
    assert ["The letter that it answers was withdrawn from the record."] == task(f"CA-CURE-{first.pk}").because


def test_the_draft_of_an_answer_is_a_draft(letter: Callable[..., LegalEvent], count: Count, now: datetime) -> None:
    """It says that it is one, by when it is due, what must not be said, and marks what nobody has filled in."""
    event = letter(date(2026, 3, 9))
    count(CA=501)

    text = cure_answer(task(f"CA-CURE-{event.pk}"), now=now)

    assert text.startswith("DRAFT for counsel, not sent. The answer is due on 2026-04-08.")
    assert "does not cure that breach" in text
    assert "fill in" in text
    with pytest.raises(NotFound):
        cure_answer(task("CA-IDENTITY"), now=now)


def test_how_the_tasks_stand(incident: Incident, count: Count, person: People, now: datetime) -> None:
    """By day, with days left; late after its day, near within a week, done when done, and without a day never late."""
    count(CA=501, MA=3, DE=2)
    due = task("CA-IDENTITY").due
    assert due is not None
    midnight = datetime(due.year, due.month, due.day, 17, tzinfo=now.tzinfo)

    def seen(days: int) -> dict[str, tuple[int | None, str]]:
        owed, _ = remedies_standing(incident, now=midnight + timedelta(days=days))
        return {one.task.remedy: (one.days_left, one.urgency) for one in owed}

    assert [(8, "ok"), (7, "near"), (0, "near"), (-1, "late")] == [seen(days)["CA-IDENTITY"] for days in (-8, -7, 0, 1)]
    remedy_done(task=task("CA-IDENTITY"), by=person(Role.COMPLIANCE), now=now, proof="Contract 7")
    assert (-1, "done") == seen(1)["CA-IDENTITY"]
    RemedyTask.objects.filter(remedy="DE-IDENTITY").update(due=None)
    assert (None, "ok") == seen(900)["DE-IDENTITY"]
    assert "DE-IDENTITY" == list(seen(0))[-1]


def test_whose_remedy_it_is(incident: Incident, count: Count, letter: Callable[..., LegalEvent], now: datetime) -> None:
    """Places go by name, the federal rows are for everybody, and answers to letters are known as such."""
    letter(date(2026, 3, 9))
    count(CA=501)

    owed, lifted = remedies_standing(incident, now=now)

    assert {("California", False), ("California", True), ("Everybody", False)} == {(one.place, one.is_cure) for one in owed}
    assert [] == lifted


def test_the_ranges_go_by_the_first_event(incident: Incident, count: Count, now: datetime) -> None:
    """The day of the violation is that of the first event behind the alerts; without alerts it is that of discovery."""
    count(CA=501)

    with_alerts = exposure_seen(incident, now=now)
    assert with_alerts is not None
    ccpa = next(one for one in with_alerts.ranges if one.id == "CA-CCPA-150")
    assert 799 * 501 == ccpa.high
    assert any("the day of the violation, 2026-03-10" in sentence for sentence in ccpa.because)

    incident.alerts.clear()
    without = exposure_seen(incident, now=now)
    assert without is not None
    assert any("the day of discovery" in sentence for one in without.ranges for sentence in one.because)


def test_a_task_of_another_incident_is_not_found(incident: Incident, count: Count) -> None:
    """A wrong number and another's number get the same answer."""
    count(CA=501)

    assert task("CA-IDENTITY") == remedy_for(incident, task("CA-IDENTITY").pk)
    with pytest.raises(NotFound):
        remedy_for(Incident(pk=incident.pk + 1, ref="INC-9999"), task("CA-IDENTITY").pk)


def test_whom_the_letters_name(incident: Incident, count: Count) -> None:
    """Only places whose residents are owed a letter, each with the contacts that its law asks for."""
    count(CA=501, TX=40, MD=2)

    found = {one.place: {contact.id for contact in one.contacts} for one in contacts_named(incident)}

    assert {"equifax", "experian", "transunion"} == found["California"]
    assert {"ftc", "ag_md"} < found["Maryland"]
    assert "Texas" not in found


@pytest.mark.parametrize(("language", "word"), [("en", "WHAT YOU MUST NOT SAY"), ("es", "LO QUE NO DEBE DECIR")])
def test_the_script_of_an_incident(incident: Incident, count: Count, now: datetime, language: str, word: str) -> None:
    """It holds what leaked and what is offered, in the language asked for."""
    count(MA=3)

    text = script_text(incident, language=language, now=now)

    assert word in text
    assert "Massachusetts" in text
    assert "18 m" in text
    assert incident.ref in text
