"""What people say about the facts moves the clocks; nothing said is ever erased, and what nobody said is assumed aloud."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.incidents.fact_sheet import fact_sheet
from hemostat.incidents.history import change_sentences, history_of
from hemostat.incidents.models import Assessment, Duty, Incident, LegalAnswer, LegalEvent, Notice, Recomputation, Report, Sending
from hemostat.incidents.questions import EVENT_KINDS, QUESTIONS
from hemostat.incidents.record import incident_record
from hemostat.incidents.services import (
    answer_record,
    clocks_refresh,
    count_by_hand,
    decision_record,
    discovery_report,
    event_record,
    event_withdraw,
    evidence_seal,
    facts_of,
    hold_end,
    incident_close,
    report_withdraw,
    scope_record,
)
from hemostat.incidents.vocabulary import LegalQuestion
from hemostat.kernel import BadInput
from hemostat.law.facts import EVENTS
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
DECIDERS = {Role.COMPLIANCE, Role.COUNSEL}


@pytest.fixture
def counsel(person: People) -> Person:
    """Who decides about the law."""
    return person(Role.COUNSEL)


@pytest.fixture
def counted(incident: Incident, counsel: Person, person: People, now: datetime) -> Incident:
    """The incident with 600 people of California, 300 of Maryland, and one sealed item."""
    people = {"US-CA": 600, "US-MD": 300}
    by = person(Role.COMPLIANCE)
    scope_record(incident=incident, by=by, now=now, people=people, unknown=0, query="q", query_sha256="0" * 64)
    evidence_seal(incident=incident, item="token-ledger", content=b"tokens", how="by hand", by=by, now=now)
    assert counsel.pk
    return incident


@pytest.fixture
def answer(counted: Incident, counsel: Person, now: datetime) -> Callable[..., LegalAnswer]:
    """Records an answer of counsel."""

    def put(question: str, value: Any, **changes: Any) -> LegalAnswer:
        given = {"why": "The key never left the vault.", "evidence": ["token-ledger"], "by": counsel, "now": now} | changes
        return answer_record(incident=counted, question=question, value=value, **given)

    return put


@pytest.fixture
def event(counted: Incident, counsel: Person, now: datetime) -> Callable[..., LegalEvent]:
    """Records an event of counsel."""

    def put(kind: str, on: date, **changes: Any) -> LegalEvent:
        return event_record(incident=counted, kind=kind, on=on, **({"how": "Their letter.", "by": counsel, "now": now} | changes))

    return put


def due(duty: str) -> date | None:
    """The last day of a duty that is owed."""
    return Duty.objects.get(duty=duty, owed=True).due


def test_what_nobody_answered_is_open_and_the_law_says_what_it_assumes(counted: Incident) -> None:
    """No silent default: the facts carry no answer, and the computation keeps the warnings."""
    facts = facts_of(counted)

    assert {None} == {facts[name] for name in ("encrypted", "key_acquired", "accessed", "acquired")}
    warnings = counted.recomputations.get().warnings
    assert any("`encrypted` is missing" in warning for warning in warnings)
    assert any("`acquired` is missing" in warning for warning in warnings)


def test_every_question_and_event_has_its_words() -> None:
    """The page can ask every question; every kind of event but the notices that went out can be recorded."""
    assert set(LegalQuestion) == set(QUESTIONS)
    assert {kind for kind in EVENTS if not kind.endswith("_sent")} | {"consumer_cure_notice"} == set(EVENT_KINDS)


def test_encrypted_data_lift_the_duties_and_the_history_says_why(counted: Incident, answer: Callable[..., LegalAnswer]) -> None:
    """Encrypted, with the key safe: nothing is owed under statutes with a safe harbor, and the rows stay with their reason."""
    assert Duty.objects.filter(duty="CA-IND-2026", owed=True).exists()
    answer("encrypted", True)
    answer("key_acquired", False)

    assert (True, False) == (facts_of(counted)["encrypted"], facts_of(counted)["key_acquired"])
    lifted = Duty.objects.get(duty="CA-IND-2026")
    assert not lifted.owed
    assert "encrypted" in " ".join(lifted.because)
    turns = history_of(counted)
    assert "If they were encrypted, was the key taken too? no." == turns[0].cause
    assert "CA-IND-2026 (affected residents) is owed no more." in turns[0].sentences
    assert not any("encrypted" in warning for warning in turns[0].warnings)


def test_the_latest_answer_counts_and_the_earlier_ones_stay(counted: Incident, answer: Callable[..., LegalAnswer]) -> None:
    """An answer is never changed; nobody knows is an answer too."""
    answer("acquired", False)
    answer("acquired", None, evidence=[])

    assert facts_of(counted)["acquired"] is None
    assert [False, None] == list(counted.legal_answers.values_list("value", flat=True))
    told = [entry.payload["value"] for entry in entries(counted.ref).filter(act=LedgerAct.FACT_ANSWER)]
    assert [False, None] == told


@pytest.mark.parametrize(
    ("question", "value", "where"),
    [
        ("kinds", ["merchant", "hipaa_business_associate"], ("entity", "kinds")),
        ("agent_of_covered_entity", True, ("entity", "agent_of_covered_entity")),
        ("dfs_licensee", True, ("entity", "dfs_licensee")),
        ("listed_company", False, ("entity", "listed_company")),
        ("should_have_known_at", "2026-03-02", ("discovery", "should_have_known_at")),
        ("elements", ["ssn", "name"], ("elements",)),
        ("accessed", False, ("accessed",)),
    ],
)
def test_each_answer_stands_in_the_facts(
    counted: Incident, answer: Callable[..., LegalAnswer], question: str, value: Any, where: tuple[str, ...]
) -> None:
    """Whatever was answered is what the law reads."""
    answer(question, value)
    found: Any = facts_of(counted)
    for name in where:
        found = found[name]

    assert (sorted(value) == sorted(found)) if isinstance(value, list) else (value == found)


def test_an_earlier_day_of_diligence_moves_the_clocks(answer: Callable[..., LegalAnswer]) -> None:
    """Discovered on 10 March, knowable on the 2nd: California counts its 30 days from the 2nd."""
    assert date(2026, 4, 9) == due("CA-IND-2026")
    answer("should_have_known_at", "2026-03-02")
    assert date(2026, 4, 1) == due("CA-IND-2026")


@pytest.mark.parametrize(
    ("question", "value", "named"),
    [
        ("shoe_size", True, "shoe_size"),
        ("encrypted", "yes", "encrypted"),
        ("should_have_known_at", "2026-02-30", "should_have_known_at"),
        ("should_have_known_at", True, "should_have_known_at"),
        ("should_have_known_at", "2026-03-11", "future"),
        ("should_have_known_at", "2016-03-02", "more than six years ago"),
        ("kinds", [], "kinds"),
        ("kinds", "merchant", "kinds"),
        ("kinds", ["bank"], "'bank'"),
        ("elements", ["shoe_size"], "'shoe_size'"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_its_name(
    counted: Incident, answer: Callable[..., LegalAnswer], question: str, value: Any, named: str
) -> None:
    """The error names the question or the word, and nothing is kept."""
    with pytest.raises(BadInput) as refused:
        answer(question, value)

    assert named in str(refused.value)
    assert refused.value.advice()
    assert not counted.legal_answers.exists()


@pytest.mark.parametrize(
    ("question", "value"), [("encrypted", True), ("key_acquired", False), ("accessed", False), ("acquired", False)]
)
def test_an_answer_that_can_lift_duties_names_its_evidence(
    answer: Callable[..., LegalAnswer],
    question: str,
    value: bool,  # noqa: FBT001  # the answer
) -> None:
    """The burden of proof is ours: no evidence, no such answer. The other answer needs none."""
    with pytest.raises(BadInput, match="can lift duties"):
        answer(question, value, evidence=[])
    assert answer(question, not value, evidence=[]).pk


@pytest.mark.parametrize(
    ("question", "more", "less"),
    [
        ("kinds", ["hipaa_covered_entity", "merchant", "licensed_ca_clinic"], ["phr_vendor", "merchant", "licensed_ca_clinic"]),
        ("elements", ["name", "email", "diagnosis", "medication", "ssn"], ["name", "email", "medication", "ssn"]),
    ],
)
def test_what_is_left_out_can_lift_duties(
    answer: Callable[..., LegalAnswer], question: str, more: list[str], less: list[str]
) -> None:
    """A role or a kind of data that counted up to now goes with evidence only; one more needs none."""
    assert answer(question, more, evidence=[]).pk
    with pytest.raises(BadInput, match="can lift duties"):
        answer(question, less, evidence=[])
    assert answer(question, less).pk


def test_the_same_words_twice_are_kept_once(
    counted: Incident, answer: Callable[..., LegalAnswer], event: Callable[..., LegalEvent]
) -> None:
    """Who sends a form twice hears that it is done; another reason, or an event that was withdrawn, is news."""
    answer("encrypted", False)
    with pytest.raises(BadInput, match="Counsel gave this answer before"):
        answer("encrypted", False)
    assert answer("encrypted", False, why="The second interview says so too.").pk
    first = event("agent_knew", date(2026, 3, 9))
    with pytest.raises(BadInput, match="Counsel put the same event on record before"):
        event("agent_knew", date(2026, 3, 9))
    event_withdraw(event=first, why="Another agent.", by=first.by, now=first.at)
    assert event("agent_knew", date(2026, 3, 9)).pk
    assert {event("consumer_cure_notice", date(2026, 3, 9), how=how).pk for how in ("A letter.", "Another letter.")}

    assert (2, 4) == (counted.legal_answers.count(), counted.legal_events.count())


def test_nobody_left_in_a_place_is_the_reason(counted: Incident, counsel: Person, person: People, now: datetime) -> None:
    """The count without Maryland lifts its duties, and each says why."""
    scope_record(
        incident=counted, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 600}, unknown=0, query="q", query_sha256="0" * 64
    )

    assert counsel.pk
    lifted = Duty.objects.get(duty="MD-IND")
    assert (False, ["By the latest count nobody who lives there is affected."]) == (lifted.owed, lifted.because)


def test_the_earlier_determination_is_named(counted: Incident, counsel: Person, now: datetime) -> None:
    """An assessment found the breach, a decision of the playbook said it a day later: the page names the first."""
    row = {"conclusion": "breach", "reasons": "r", "state": "approved", "decided_at": now, "decided_by": counsel, "by": counsel}
    Assessment.objects.create(incident=counted, at=now, recorded_at=now, **row)
    step = counted.steps.get(slug="four-factor-assessment")
    choice = next(option["text"] for option in step.options if option["key"] == "breach")
    given = {"question": step.question, "choice": choice, "rationale": "r", "facts": [], "step": step}
    decision_record(incident=counted, by=counsel, now=now + timedelta(days=1), **given)

    sheet = fact_sheet(counted)

    assert (now, "by an approved assessment") == (sheet.determined, sheet.determined_how)


def test_an_answer_says_why_and_cites_what_is_sealed(answer: Callable[..., LegalAnswer]) -> None:
    """No reason, or evidence that is not in the vault of this incident: refused."""
    with pytest.raises(BadInput, match="says why"):
        answer("encrypted", False, why=" ")
    with pytest.raises(BadInput, match="'edge-log-copy' is not sealed in INC-0001"):
        answer("encrypted", False, evidence=["edge-log-copy"])


def test_what_people_type_is_masked(answer: Callable[..., LegalAnswer], event: Callable[..., LegalEvent]) -> None:
    """A social security number in a reason is masked before it is kept."""
    assert "123-45-6780" not in answer("encrypted", False, why="The row of 123-45-6780 was readable.").why
    assert "123-45-6780" not in event("agent_knew", date(2026, 3, 9), how="Mail about 123-45-6780.").how


@pytest.mark.parametrize("role", list(Role))
def test_who_may_say_what_the_facts_are(counted: Incident, person: People, now: datetime, role: Role) -> None:
    """Compliance and counsel; everybody else is refused on all four doors, and nothing is kept."""
    by = person(role)
    report = discovery_report(incident=counted, by="support", at=now - timedelta(days=2), how="a ticket", now=now)
    hold = event_record(
        incident=counted,
        kind="law_enforcement_hold",
        on=date(2026, 3, 10),
        form="oral",
        how="A call.",
        by=person(Role.COUNSEL),
        now=now,
    )
    acts: list[Callable[[], Any]] = [
        lambda: answer_record(incident=counted, question="encrypted", value=False, why="w", evidence=[], by=by, now=now),
        lambda: event_record(incident=counted, kind="agent_knew", on=date(2026, 3, 9), how="h", by=by, now=now),
        lambda: hold_end(event=hold, until=date(2026, 3, 10), how="h", by=by, now=now),
        lambda: event_withdraw(event=LegalEvent.objects.latest("id"), why="w", by=by, now=now),
        lambda: report_withdraw(report=report, why="w", by=by, now=now),
    ]
    for act in acts:
        if role in DECIDERS:
            act()
        else:
            with pytest.raises(Refused):
                act()
    kept = LegalAnswer.objects.exists(), Report.objects.filter(withdrawn_at__isnull=False).exists()
    assert (role in DECIDERS, role in DECIDERS) == kept


def test_a_hold_moves_the_limit_and_its_end_replaces_it(event: Callable[..., LegalEvent], counsel: Person, now: datetime) -> None:
    """A written hold of 90 days moves Maryland's limit; when it ends sooner the old record stays, and counts no more."""
    before = due("MD-IND")
    assert before
    hold = event("law_enforcement_hold", date(2026, 3, 10), form="written", requested_days=90)
    moved = due("MD-IND")
    assert moved
    assert moved > before

    later = now + timedelta(days=30)
    ended = hold_end(event=hold, until=date(2026, 4, 8), how="A call of the agent.", by=counsel, now=later)

    hold.refresh_from_db()
    assert (counsel, "Replaced: it ends on 2026-04-08.") == (hold.withdrawn_by, hold.withdrawn_why)
    assert (hold.on, hold.form, None, date(2026, 4, 8)) == (ended.on, ended.form, ended.requested_days, ended.until)
    holds = [one for one in facts_of(hold.incident)["events"] if one["kind"] == "law_enforcement_hold"]
    assert [
        {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-10", "until": "2026-04-08", "requested_days": None}
    ] == holds
    now_due = due("MD-IND")
    assert now_due
    assert now_due < moved
    later_yet = hold_end(event=ended, until=date(2026, 7, 8), how="A second letter.", by=counsel, now=later)
    extended = due("MD-IND")
    assert later_yet.pk
    assert extended
    assert extended > moved


def test_only_a_hold_ends(event: Callable[..., LegalEvent], counsel: Person, now: datetime) -> None:
    """Other events are withdrawn."""
    with pytest.raises(BadInput, match="only a hold"):
        hold_end(event=event("agent_knew", date(2026, 3, 9)), until=date(2026, 3, 9), how="h", by=counsel, now=now)


def test_an_event_of_one_place_holds_there_alone(event: Callable[..., LegalEvent], counted: Incident) -> None:
    """An agent who knew of Californians moves California's clock and no other."""
    maryland = due("MD-IND")
    event("agent_knew", date(2026, 3, 2), jurisdiction="US-CA")

    assert (date(2026, 4, 1), maryland) == (due("CA-IND-2026"), due("MD-IND"))
    assert {"kind": "agent_knew", "on": "2026-03-02", "jurisdiction": "US-CA"} in facts_of(counted)["events"]


def test_a_letter_to_cure_stays_in_the_room(event: Callable[..., LegalEvent], counted: Incident) -> None:
    """The engine has no word for it: it is on record for the task, and the facts can still be assessed."""
    event("consumer_cure_notice", date(2026, 3, 10))
    known = {one["kind"] for one in facts_of(counted)["events"]}

    assert known <= set(EVENTS)
    assert clocks_refresh(incident=counted, now=counted.opened_at, cause="Looked again.")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": "hhs_notice_sent"}, "hhs_notice_sent"),
        ({"on": date(2026, 3, 11)}, "future"),
        ({"on": date(2016, 3, 11)}, "more than six years ago"),
        ({"kind": "law_enforcement_hold", "form": "written", "until": date(9999, 12, 31)}, "after 2099"),
        ({"jurisdiction": "US-XX"}, "'US-XX'"),
        ({"how": " "}, "how"),
        ({"form": "oral"}, "form"),
        ({"until": date(2026, 3, 10)}, "until"),
        ({"requested_days": 0}, "requested_days"),
        ({"kind": "law_enforcement_hold"}, "form"),
        ({"kind": "law_enforcement_hold", "form": "sung"}, "'sung'"),
        ({"kind": "law_enforcement_hold", "form": "oral", "until": date(2026, 3, 8)}, "before it begins"),
        ({"kind": "law_enforcement_hold", "form": "oral", "requested_days": 0}, "requested_days"),
        ({"kind": "law_enforcement_hold", "form": "oral", "requested_days": 3651}, "requested_days"),
    ],
)
def test_an_event_that_cannot_be_is_refused_by_its_field(
    event: Callable[..., LegalEvent], changes: dict[str, Any], named: str
) -> None:
    """The error names the field and the way out, and nothing is kept."""
    with pytest.raises(BadInput) as refused:
        event(**({"kind": "agent_knew", "on": date(2026, 3, 9)} | changes))

    assert named in str(refused.value)
    assert refused.value.advice()
    assert not LegalEvent.objects.exists()


def test_a_mistaken_event_is_withdrawn_once(event: Callable[..., LegalEvent], counsel: Person, now: datetime) -> None:
    """The clocks go back, the event stays with who withdrew it and why, and nobody withdraws it again."""
    before = due("CA-IND-2026")
    mistaken = event("workforce_member_knew", date(2026, 3, 2))
    assert before != due("CA-IND-2026")
    with pytest.raises(BadInput, match="says why"):
        event_withdraw(event=mistaken, why=" ", by=counsel, now=now)
    event_withdraw(event=mistaken, why="It was another incident.", by=counsel, now=now)

    assert before == due("CA-IND-2026")
    mistaken.refresh_from_db()
    assert ("It was another incident.", counsel, now) == (mistaken.withdrawn_why, mistaken.withdrawn_by, mistaken.withdrawn_at)
    with pytest.raises(BadInput, match="withdrawn by Counsel before"):
        event_withdraw(event=mistaken, why="Again.", by=counsel, now=now)
    turn = history_of(mistaken.incident)[0]
    assert turn.cause.startswith("Withdrawn: Somebody of our workforce knew, 2026-03-02")
    assert "CA-IND-2026 (affected residents) moves from 2026-04-01 to 2026-04-09." in turn.sentences


def test_a_withdrawn_report_gives_discovery_back(counted: Incident, counsel: Person, now: datetime) -> None:
    """A report put discovery too early; withdrawn, the next earliest word counts: another report, then the alert."""
    alert_at = counted.discovered_at
    mistaken = discovery_report(incident=counted, by="support", at=now - timedelta(days=8), how="ticket 5521", now=now)
    other = discovery_report(incident=counted, by="support", at=now - timedelta(days=2), how="a call", now=now)
    assert date(2026, 4, 1) == due("CA-IND-2026")
    with pytest.raises(BadInput, match="says why"):
        report_withdraw(report=mistaken, why="", by=counsel, now=now)

    incident = report_withdraw(report=mistaken, why="The ticket was about something else.", by=counsel, now=now)

    assert (other.at, "a call") == (incident.discovered_at, incident.discovered_how)
    assert date(2026, 4, 7) == due("CA-IND-2026")
    with pytest.raises(BadInput, match="withdrawn by Counsel before"):
        report_withdraw(report=mistaken, why="Again.", by=counsel, now=now)
    incident = report_withdraw(report=other, why="No such call.", by=counsel, now=now)
    assert (alert_at, "alert ALR-0001") == (incident.discovered_at, incident.discovered_how)
    assert date(2026, 4, 9) == due("CA-IND-2026")
    told = entries(counted.ref).filter(act=LedgerAct.DISCOVERY_WITHDRAW)
    assert [True, True] == [entry.payload["moves_discovery"] for entry in told]


def test_the_assessment_that_counts_is_the_latest_approved_one_of_everybody(
    counted: Incident, counsel: Person, now: datetime
) -> None:
    """One of a part, one that waits and one that was returned say nothing; each place has its own finding."""

    def assessed(place: str, conclusion: str, **changes: Any) -> None:
        given: dict[str, Any] = {"state": "approved", "whole": True, "decided_at": now + timedelta(days=1), "decided_by": counsel}
        Assessment.objects.create(
            incident=counted,
            place=place,
            conclusion=conclusion,
            reasons="r",
            at=now,
            recorded_at=now,
            by=counsel,
            **(given | changes),
        )

    assert "harm_in" not in facts_of(counted)
    assessed("US", "low_probability", whole=False)
    assessed("US", "low_probability", state="submitted")
    assessed("US", "low_probability", state="returned")
    assert "harm_in" not in facts_of(counted)
    assessed("US", "low_probability")
    assessed("US-MD", "exception")
    assert {"US": False, "US-MD": False} == facts_of(counted)["harm_in"]
    assert facts_of(counted)["discovery"]["determined_at"] is None
    assessed("US", "breach")
    assert {"US": True, "US-MD": False} == facts_of(counted)["harm_in"]
    assert "2026-03-11" == facts_of(counted)["discovery"]["determined_at"]


def test_a_notice_counts_from_the_day_that_its_record_of_sending_names(counted: Incident, counsel: Person, now: datetime) -> None:
    """The first batch went out on 12 March; that it was marked on the 20th moves nothing."""
    duty = Duty.objects.get(duty="HIPAA-IND")
    Duty.objects.filter(pk=duty.pk).update(state="sent", marked_at=now + timedelta(days=10), marked_by=counsel)
    marked = {"kind": "hipaa_individual_notice_sent", "on": "2026-03-20"}
    assert [marked] == facts_of(counted)["events"]
    notice = Notice.objects.create(
        incident=counted, template="t", title="t", state="sent", text_sha256="0" * 64, at=now, recorded_at=now, by=counsel
    )
    notice.duties.add(duty)
    for day in (14, 12):
        Sending.objects.create(
            notice=notice, method="mail", on=date(2026, 3, day), people=1, proof="p", at=now, recorded_at=now, by=counsel
        )

    assert [marked | {"on": "2026-03-12"}] == facts_of(counted)["events"]


def test_telling_the_covered_entity_is_its_discovery(
    counted: Incident, answer: Callable[..., LegalAnswer], now: datetime
) -> None:
    """As a business associate: the notice to the covered entity, once sent, starts the entity's own clocks."""
    answer("kinds", ["hipaa_business_associate"])
    Duty.objects.filter(recipient="covered_entity", owed=True).update(state="sent", marked_at=now)

    assert {"kind": "covered_entity_told", "on": "2026-03-10"} in facts_of(counted)["events"]
    assert Duty.objects.filter(recipient="covered_entity", owed=True).exists()


def test_the_history_keeps_one_row_for_each_computation_that_mattered(counted: Incident, now: datetime) -> None:
    """The first one lists what is owed; looking again adds nothing; a further count says who appeared and who is left."""
    first = history_of(counted)[0]
    assert ("People counted: 900.", "compliance") == (first.cause, first.by)
    assert "CA-IND-2026 (affected residents) is owed, by 2026-04-09." in first.sentences
    assert "CA-AG-2026 (State Attorney General) is owed, without a date yet." in first.sentences
    clocks_refresh(incident=counted, now=now, cause="Looked again.")
    assert 1 == Recomputation.objects.count()

    by = Person.objects.get(username="compliance")
    scope_record(incident=counted, by=by, now=now, people={"US-CA": 400}, unknown=0, query="q", query_sha256="0" * 64)

    sentences = history_of(counted)[0].sentences
    assert {"CA-AG-2026", "MD-IND"} <= {
        sentence.split(" (")[0] for sentence in sentences if sentence.endswith("is owed no more.")
    }
    assert not any(sentence.startswith("CA-IND") for sentence in sentences)


@pytest.mark.parametrize("role", list(Role))
def test_who_counts_by_hand(counted: Incident, person: People, now: datetime, role: Role) -> None:
    """Those who count people, and only from a list that is sealed here: its hash stands for the query, and the clocks follow."""
    given: dict[str, Any] = {"people": {"US-CA": 400}, "unknown": 5, "item": "token-ledger", "how": "Ids told apart."}
    if role not in {Role.ENGINEER, Role.COMPLIANCE}:
        with pytest.raises(Refused):
            count_by_hand(incident=counted, by=person(role), now=now, **given)
        return
    counted = count_by_hand(incident=counted, by=person(role), now=now, **given)

    assert ({"US-CA": 400}, 5) == (counted.affected, counted.affected_unknown)
    told = entries(counted.ref).filter(act=LedgerAct.SCOPE_RECORD).last()
    assert told
    sealed = counted.evidence.get(item="token-ledger")
    assert ("by hand from token-ledger: Ids told apart.", sealed.sha256) == (told.payload["query"], told.payload["query_sha256"])
    assert not Duty.objects.get(duty="CA-AG-2026").owed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("owed", None, True), ("due", None, "2026-04-09")], "is owed, by 2026-04-09"),
        ([("owed", None, True)], "is owed, without a date yet"),
        ([("owed", True, None)], "is owed no more"),
        ([("due", "2026-04-09", "2026-04-01")], "moves from 2026-04-09 to 2026-04-01"),
        ([("due", None, "2026-04-04")], "has a date now, 2026-04-04"),
        ([("due", "2026-04-04", None)], "has no date any more; it was 2026-04-04"),
        ([("due_at", "2026-03-12T14:00Z", "2026-03-12T15:00Z")], "moves within its last day"),
        ([("met_by", None, "HIPAA-IND")], "is met by HIPAA-IND"),
        ([("met_by", "HIPAA-IND", None)], "is met by HIPAA-IND no more"),
        ([("due", "a", "b"), ("met_by", None, "HIPAA-IND")], "moves from a to b and is met by HIPAA-IND"),
    ],
)
def test_each_change_is_a_sentence(changes: list[tuple[str, Any, Any]], sentence: str) -> None:
    """Whatever the history watches has words, under the name of the duty or its id."""
    rows = [
        {"duty": "X-1", "jurisdiction": "US-CA", "field": field, "before": was, "after": now_is} for field, was, now_is in changes
    ]

    assert [f"X-1 {sentence}."] == change_sentences(rows, {})
    assert [f"Word to X {sentence}."] == change_sentences(rows, {("X-1", "US-CA"): "Word to X"})


def test_the_record_of_the_incident_has_what_was_said(
    counted: Incident, answer: Callable[..., LegalAnswer], event: Callable[..., LegalEvent], counsel: Person, now: datetime
) -> None:
    """Answers with their evidence, events with who withdrew them, and each computation with the whole digest of the law."""
    answer("acquired", False)
    event_withdraw(event=event("agent_knew", date(2026, 3, 9)), why="Another shop.", by=counsel, now=now)
    record = incident_record(incident=counted, by=counsel, now=now)

    assert ("acquired", False, ["token-ledger"], "counsel") == tuple(
        record["answers"][0][name] for name in ("question", "value", "evidence", "by")
    )
    assert ("agent_knew", "counsel", "Another shop.") == tuple(
        record["events"][0][name] for name in ("kind", "withdrawn_by", "withdrawn_why")
    )
    causes = [turn["cause"] for turn in record["clock_history"]]
    assert ["People counted: 900.", "Did anybody take the data? no."] == causes[:2]
    assert {64} == {len(turn["law"]) for turn in record["clock_history"]}
    assert msgspec.json.encode(record)


def test_a_closed_incident_takes_no_more_facts(
    counted: Incident, answer: Callable[..., LegalAnswer], event: Callable[..., LegalEvent], person: People, now: datetime
) -> None:
    """What was known when it was closed stays as it was."""
    incident_close(incident=counted, by=person(Role.COMMANDER), now=now, outcome="exercise")
    for act in (lambda: answer("encrypted", False), lambda: event("agent_knew", date(2026, 3, 9))):
        with pytest.raises(BadInput, match="was closed"):
            act()


def test_days_are_those_of_the_organization(counted: Incident, counsel: Person) -> None:
    """01:00 in UTC on the 11th is the 10th in New York: an event of the 11th lies in the future there."""
    late = datetime(2026, 3, 11, 1, tzinfo=UTC)
    with pytest.raises(BadInput, match="future") as refused:
        event_record(incident=counted, kind="agent_knew", on=date(2026, 3, 11), how="h", by=counsel, now=late)
    assert "Today is 2026-03-10" in refused.value.advice()
