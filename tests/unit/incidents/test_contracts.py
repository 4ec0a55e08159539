"""Contract clocks stand beside the law's: entered once, applied at once, never called law."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hemostat.incidents.contracts import contract_period, contracts_kept
from hemostat.incidents.history import history_of
from hemostat.incidents.models import ContractTerm, Duty, Incident
from hemostat.incidents.services import (
    contract_retire,
    contract_write,
    discovery_report,
    event_record,
    incident_close,
    incident_open,
    scope_record,
)
from hemostat.kernel import BadInput
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
Write = Callable[..., ContractTerm]


@pytest.fixture
def write(person: People, now: datetime) -> Write:
    """Writes down the term of a telehealth vendor: 48 hours from discovery."""

    def put(**changes: Any) -> ContractTerm:
        given: dict[str, Any] = {
            "kind": "business_associate", "counterparty": "Larkmoor Telehealth", "clause": "BAA, section 9.2", "value": 48,
            "unit": "hours", "by": person(Role.COUNSEL), "now": now,
        }  # fmt: skip
        return contract_write(**(given | changes))

    return put


def clock(term: ContractTerm) -> Duty:
    """The clock that a term set."""
    return Duty.objects.get(duty=f"CONTRACT-{term.pk}")


def test_a_term_entered_during_an_incident_applies_at_once(incident: Incident, write: Write, now: datetime) -> None:
    """Nobody was counted yet: the contract counts its 48 hours from the moment of discovery all the same, and the law nothing."""
    term = write(note="Call the hotline.", contact="privacy desk, (212) 555-0147, not 123-45-6780")
    duty = clock(term)

    assert (now - timedelta(minutes=6) + timedelta(hours=48), date(2026, 3, 12)) == (duty.due_at, duty.due)
    assert ("contract", "US", "entity", "business_associate", "Larkmoor Telehealth") == (
        duty.regime,
        duty.jurisdiction,
        duty.obligor,
        duty.recipient,
        duty.recipient_name,
    )
    assert (False, term, "Larkmoor Telehealth: BAA, section 9.2") == (duty.verified, duty.contract, duty.citation)
    assert "privacy desk, (212) 555-0147, not [SSN]" == term.contact
    assert "Within 48 hours of discovery. Call the hotline." == duty.wording
    assert "A contract, as entered by Counsel on 2026-03-10; it is not law." == duty.because[-1]
    assert [duty] == list(Duty.objects.all())
    turn = history_of(incident)[0]
    assert ("Contract entered: Larkmoor Telehealth, BAA, section 9.2.", "counsel") == (turn.cause, turn.by)
    assert ["Word to Larkmoor Telehealth is owed, by 2026-03-12."] == turn.sentences


def test_a_term_that_was_sent_twice_sets_one_clock(incident: Incident, write: Write, person: People, now: datetime) -> None:
    """The second form is refused with who entered the first; once that is retired the term may be entered again."""
    first = write()
    with pytest.raises(BadInput, match=r"Larkmoor Telehealth, BAA, section 9\.2, was entered by Counsel before"):
        write(note="Sent again.")
    assert 1 == Duty.objects.filter(incident=incident, owed=True).count()

    contract_retire(term=first, by=person(Role.COUNSEL), now=now)
    assert clock(write()).owed


def test_hours_over_the_change_to_summer_time_are_hours(incident: Incident, write: Write, person: People, now: datetime) -> None:
    """Known on 5 March, 23:30 in New York: 72 hours later it is 9 March, 00:30 there, for the clocks moved on the 8th."""
    at = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)
    discovery_report(incident=incident, by=person(Role.COUNSEL), at=at, how="a call at night", now=now)

    duty = clock(write(value=72))

    assert (at + timedelta(hours=72), date(2026, 3, 9), date(2026, 3, 5)) == (duty.due_at, duty.due, duty.trigger_on)
    assert "2026-03-09 00:30 in America/New_York" in " ".join(duty.because)


def test_a_new_incident_starts_the_clocks_of_terms(
    write: Write, alert: Callable[..., Any], person: People, home: Any, now: datetime
) -> None:
    """Entered before the leak: the clock stands as soon as the incident is opened, and counting people adds the law's."""
    assert home
    term = write()
    commander = person(Role.COMMANDER)
    incident = incident_open(alerts=[alert()], by=commander, now=now, severity=1, commander=commander)

    assert clock(term).owed
    by = person(Role.COMPLIANCE)
    scope_record(incident=incident, by=by, now=now, people={"US-CA": 3}, unknown=0, query="q", query_sha256="0" * 64)
    assert clock(term).owed
    assert 3 == clock(term).people
    assert Duty.objects.filter(duty="CA-IND-2026", owed=True).exists()


def test_an_earlier_discovery_moves_the_hours(incident: Incident, write: Write, now: datetime) -> None:
    """A report of two days before: the hours run from its moment; a day without an hour runs from its start in New York."""
    term = write()
    discovery_report(incident=incident, by="support", at=now - timedelta(days=2), how="a ticket", now=now)
    assert now == clock(term).due_at
    person = Person.objects.get(username="counsel")
    event_record(incident=incident, kind="agent_knew", on=date(2026, 3, 6), how="Their log.", by=person, now=now)

    assert datetime.fromisoformat("2026-03-08T05:00:00+00:00") == clock(term).due_at


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"surfaces": ["checkout"]}, "It covers checkout; the leak is in storefront."),
        ({"elements": ["ssn"]}, "It binds when ssn leaks; none did."),
        ({"ends": date(2026, 3, 9)}, "It ended on 2026-03-09, before the discovery on 2026-03-10."),
    ],
)
def test_a_term_that_does_not_cover_the_leak_sets_no_clock(
    incident: Incident, write: Write, changes: dict[str, Any], reason: str
) -> None:
    """Another surface, other data, another time; a clock that stood before is lifted with that reason."""
    write(**changes)
    assert not Duty.objects.filter(incident=incident).exists()
    stood = write()
    ContractTerm.objects.filter(pk=stood.pk).update(**changes)
    write(counterparty="Somebody else")

    assert (False, [reason]) == (clock(stood).owed, clock(stood).because)


def test_a_retired_term_lifts_its_clock_and_stays_on_record(
    incident: Incident, write: Write, person: People, now: datetime
) -> None:
    """The row says who retired it; retiring it again is refused by name."""
    term = write()
    contract_retire(term=term, by=person(Role.COMPLIANCE), now=now)

    assert not clock(term).owed
    assert ["The term was retired by Compliance on 2026-03-10."] == clock(term).because
    assert "is owed no more" in history_of(incident)[0].sentences[0]
    with pytest.raises(BadInput, match="retired by Compliance before"):
        contract_retire(term=term, by=person(Role.COUNSEL), now=now)
    assert [term, write()] != list(contracts_kept())
    assert term == list(contracts_kept())[-1]


def test_a_closed_incident_is_left_alone(incident: Incident, write: Write, person: People, now: datetime) -> None:
    """A term that is written afterwards says nothing about it."""
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="exercise")
    write()

    assert not Duty.objects.filter(incident=incident).exists()


def test_a_contract_without_a_number_has_no_date(incident: Incident, write: Write) -> None:
    """The clock stands without a day and says so; the period is a sentence."""
    term = write(kind="card_brand", counterparty="Northfield Acquiring", value=None, unit="")

    assert incident.pk
    assert (True, None, None) == (clock(term).owed, clock(term).due, clock(term).due_at)
    assert "Without delay after discovery; the contract gives no number." == contract_period(term)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": "friend"}, "'friend'"),
        ({"counterparty": " "}, "counterparty"),
        ({"clause": ""}, "clause"),
        ({"value": None}, "value, unit"),
        ({"unit": ""}, "value, unit"),
        ({"unit": "moons"}, "'moons'"),
        ({"value": 0}, "value"),
        ({"value": 8785}, "1 to 8,784"),
        ({"value": 3651, "unit": "calendar_days"}, "1 to 3,650"),
        ({"trigger": "gossip"}, "'gossip'"),
        ({"surfaces": ["moon"]}, "'moon'"),
        ({"elements": ["shoe_size"]}, "'shoe_size'"),
        ({"begins": date(2026, 3, 2), "ends": date(2026, 3, 1)}, "begins"),
    ],
)
def test_a_term_that_cannot_be_is_refused_by_its_field(
    incident: Incident, write: Write, changes: dict[str, Any], named: str
) -> None:
    """The error names the field or the word and the way out, and nothing is kept."""
    with pytest.raises(BadInput) as refused:
        write(**changes)

    assert named in str(refused.value)
    assert refused.value.advice()
    assert incident.pk
    assert not ContractTerm.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_write_and_retire_terms(write: Write, person: People, now: datetime, home: Any, role: Role) -> None:
    """Compliance and counsel; the ledger has both acts, and what others tried changed nothing."""
    assert home
    term = write()
    by = person(role)
    acts: list[Callable[[], Any]] = [lambda: write(by=by, clause="9.3"), lambda: contract_retire(term=term, by=by, now=now)]
    for act in acts:
        if role in {Role.COMPLIANCE, Role.COUNSEL}:
            act()
        else:
            with pytest.raises(Refused):
                act()
    told = [entry.act for entry in entries() if entry.subject.startswith("CONTRACT-")]
    more = [LedgerAct.CONTRACT_WRITE, LedgerAct.CONTRACT_RETIRE] if role in {Role.COMPLIANCE, Role.COUNSEL} else []
    assert [LedgerAct.CONTRACT_WRITE, *more] == told
