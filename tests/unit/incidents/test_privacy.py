"""Privacy requests: each has its clock, none is carried out or put off but by a person, on the record."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from hemostat.incidents.models import Incident, PrivacyRequest
from hemostat.incidents.privacy import (
    Arrived,
    holds_for,
    privacy_defer,
    privacy_done,
    privacy_record,
    privacy_request_for,
    privacy_requests,
    privacy_resume,
)
from hemostat.incidents.services import evidence_seal, incident_close
from hemostat.kernel import BadInput, Home, NotFound
from hemostat.lake.holds import Reach, hold_place, hold_release
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
BASIS = "45 CFR 164.316(b)(2): documentation of this breach is kept for six years."


def arrived(now: datetime, *, topic: str = "customers/redact", number: int = 7, store: str = "fernhollow") -> Arrived:
    """A request as the lake tells it."""
    return Arrived(
        event_id=f"{number:012d}-00000", store=store, topic=topic, subject="person_abc", received_at=now - timedelta(hours=1)
    )


@pytest.fixture
def erasure(now: datetime) -> PrivacyRequest:
    """A patient's claim to be erased."""
    (made,) = privacy_record(arrived=[arrived(now)], now=now)
    return made


@pytest.fixture
def preserving(incident: Incident, person: People, now: datetime) -> Incident:
    """An open incident of the store with something sealed."""
    evidence_seal(incident=incident, item="log", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now)
    return incident


def test_a_request_has_its_clock_once(now: datetime, incident: Incident) -> None:
    """Told twice, as after a restart, it is one request, due 30 days after it came, with one entry in the ledger."""
    assert incident.pk
    told = [arrived(now), arrived(now, topic="shop/redact", number=8), arrived(now, topic="customers/data_request", number=9)]

    assert 3 == len(privacy_record(arrived=told, now=now))
    assert [] == privacy_record(arrived=told, now=now + timedelta(hours=1))

    first = PrivacyRequest.objects.get(event_id=told[0].event_id)
    assert ("erasure", "open", now + timedelta(days=30, hours=-1)) == (first.asked, first.state, first.due_at)
    assert (7, f"privacy/{first.pk} erasure") == (first.message_number, str(first))
    assert ["privacy:receive"] == [entry.act for entry in entries(f"privacy/{first.pk}")]


def test_evidence_puts_an_erasure_off(erasure: PrivacyRequest, preserving: Incident, person: People, now: datetime) -> None:
    """With its legal basis, by counsel, on record; resumed it is open again under its old clock."""
    due = erasure.due_at

    put_off = privacy_defer(request=erasure, hold=preserving, basis=BASIS, by=person(Role.COUNSEL), now=now)
    assert ("deferred", preserving.ref, BASIS) == (put_off.state, put_off.hold.ref if put_off.hold else "", put_off.basis)
    with pytest.raises(BadInput, match="deferred by now"):
        privacy_done(request=put_off, how="Erased in the shop's admin.", by=person(Role.COUNSEL), now=now)

    again = privacy_resume(request=put_off, by=person(Role.COMPLIANCE), now=now)
    assert ("open", None, "", due) == (again.state, again.hold, again.basis, again.due_at)
    with pytest.raises(BadInput, match=f"Evidence is preserved for {preserving.ref}"):
        privacy_done(request=again, how="Erased in the shop's admin by Ms Roe.", by=person(Role.COMPLIANCE), now=now)
    done = privacy_done(
        request=again, how="Erased in the shop's admin by Ms Roe.", by=person(Role.COMPLIANCE), now=now, knowing=True
    )
    assert "done" == done.state
    assert preserving.ref == entries(f"privacy/{erasure.pk}").last().payload["despite"]  # type: ignore[union-attr]  # there are some
    acts = [entry.act for entry in entries(f"privacy/{erasure.pk}")]
    assert ["privacy:receive", "privacy:defer", "privacy:resume", "privacy:done"] == acts


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.COMMANDER, Role.AUDITOR])
def test_only_those_who_decide_law_decide(
    erasure: PrivacyRequest, preserving: Incident, person: People, now: datetime, role: Role
) -> None:
    """Others see the request, and change nothing."""
    by = person(role)

    with pytest.raises(Refused):
        privacy_defer(request=erasure, hold=preserving, basis=BASIS, by=by, now=now)
    with pytest.raises(Refused):
        privacy_done(request=erasure, how="Erased in the shop's admin.", by=by, now=now)
    with pytest.raises(Refused):
        privacy_resume(request=erasure, by=by, now=now)
    assert [erasure] == list(privacy_requests(by))
    assert "open" == privacy_request_for(by, erasure.pk).state


def test_nothing_is_put_off_without_a_reason_that_holds(
    erasure: PrivacyRequest, incident: Incident, person: People, now: datetime
) -> None:
    """An incident without evidence, one of another store, a closed one and an empty basis put nothing off."""
    counsel = person(Role.COUNSEL)
    with pytest.raises(BadInput, match="preserves no evidence"):
        privacy_defer(request=erasure, hold=incident, basis=BASIS, by=counsel, now=now)
    evidence_seal(incident=incident, item="log", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now)
    with pytest.raises(BadInput, match="legal basis is missing"):
        privacy_defer(request=erasure, hold=incident, basis=" yes ", by=counsel, now=now)
    (other,) = privacy_record(arrived=[arrived(now, number=11, store="elsewhere")], now=now)
    with pytest.raises(BadInput, match="preserves no evidence of elsewhere"):
        privacy_defer(request=other, hold=incident, basis=BASIS, by=counsel, now=now)
    assert [incident] == list(holds_for(erasure))
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="false_alarm")
    assert [] == list(holds_for(erasure))
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyRequest.objects.filter(pk=erasure.pk).update(state="deferred")


def test_a_legal_hold_counts_as_evidence(erasure: PrivacyRequest, incident: Incident, home: Home, now: datetime) -> None:
    """Events that are held for an incident are preserved as sealed items are, until the hold is let go."""
    hold = hold_place(home, Reach(store="fernhollow"), reason="litigation", by="counsel", now=now, incident=incident.ref)
    assert [incident] == list(holds_for(erasure))

    hold_release(home, hold.number, reason="settled", by="counsel", now=now)
    assert [] == list(holds_for(erasure))


def test_a_copy_destroys_nothing(preserving: Incident, person: People, now: datetime) -> None:
    """It is never put off for evidence, and is carried out without more ado."""
    (copy,) = privacy_record(arrived=[arrived(now, topic="customers/data_request")], now=now)

    with pytest.raises(BadInput, match="preserves no evidence"):
        privacy_defer(request=copy, hold=preserving, basis=BASIS, by=person(Role.COUNSEL), now=now)
    assert "done" == privacy_done(request=copy, how="The merchant has the copy.", by=person(Role.COUNSEL), now=now).state


def test_a_stranger_and_a_wrong_number_get_the_same_answer(erasure: PrivacyRequest, person: People) -> None:
    """Who may not see incidents learns nothing of requests."""
    for by, number in ((person(Role.TRAINING_LEAD), erasure.pk), (person(Role.COUNSEL), erasure.pk + 1)):
        with pytest.raises(NotFound, match="no such request"):
            privacy_request_for(by, number)
    with pytest.raises(Refused):
        privacy_requests(person(Role.TRAINING_LEAD))
