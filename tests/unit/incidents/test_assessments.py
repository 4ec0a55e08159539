"""The assessment of a breach: what it must show, who decides on it, and what it changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hemostat.incidents.history import history_of
from hemostat.incidents.models import Assessment, Duty, Incident, Recomputation
from hemostat.incidents.record import incident_record
from hemostat.incidents.reliance import new_facts, reliance_warnings, standings
from hemostat.incidents.services import (
    Targets,
    answer_record,
    assessment_decide,
    assessment_submit,
    discovery_report,
    event_record,
    event_withdraw,
    evidence_seal,
    facts_of,
    incident_close,
    local_day,
    path_probe,
    report_withdraw,
    scope_record,
    step_complete,
)
from hemostat.kernel import BadInput, DamagedSeal, Home
from hemostat.law.assessment import questions
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
Submit = Callable[..., Assessment]

ITEM = "edge-log"
LOW = {
    factor.id: {"risk": "low", "why": "The log is whole and shows no read.", "evidence": [ITEM]} for factor in questions().factors
}
STATE = {"risk": "low", "why": "Nothing was taken.", "evidence": [ITEM]}


def claim(name: str) -> dict[str, dict[str, Any]]:
    """Every element of an exception, shown."""
    found = questions().exception(name)
    assert found is not None
    return {one.id: {"holds": True, "why": "Interviewed one by one.", "evidence": [ITEM]} for one in found.elements}


@pytest.fixture
def sealed(incident: Incident, person: People, now: datetime) -> Incident:
    """The incident with one sealed item."""
    evidence_seal(incident=incident, item=ITEM, content=b"lines", how="GET /log", by=person(Role.ENGINEER), now=now)
    return incident


@pytest.fixture
def count(sealed: Incident, person: People, now: datetime) -> Callable[..., None]:
    """Records how many people, by where they live."""

    def put(people: dict[str, int], at: datetime = now) -> None:
        by = person(Role.COMPLIANCE)
        scope_record(incident=sealed, by=by, now=at, people=people, unknown=0, query="q", query_sha256="0" * 64)

    return put


@pytest.fixture
def submit(sealed: Incident, person: People, now: datetime) -> Submit:
    """Submits an assessment by the compliance officer."""

    def put(conclusion: str = "low_probability", **given: Any) -> Assessment:
        fields: dict[str, Any] = {"reasons": "All reads are on record and none is theirs.", "factors": LOW, "now": now}
        return assessment_submit(incident=sealed, by=person(Role.COMPLIANCE), conclusion=conclusion, **(fields | given))

    return put


@pytest.fixture
def approve(person: People, now: datetime) -> Callable[..., Assessment]:
    """Counsel approves."""

    def put(row: Assessment, **given: Any) -> Assessment:
        fields: dict[str, Any] = {"approve": True, "by": person(Role.COUNSEL), "now": now, "why": "The log convinces me."}
        return assessment_decide(assessment=row, **(fields | given))

    return put


def owed() -> set[str]:
    """The duties that are owed now."""
    return set(Duty.objects.filter(owed=True).values_list("duty", flat=True))


def test_an_approved_low_probability_lifts_hipaa_and_leaves_california(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], now: datetime
) -> None:
    """Nothing falls while it waits; with the second person the HIPAA notices fall, and the states keep their own law."""
    count({"US-CA": 600, "US-FL": 10})
    before = owed()

    row = submit()
    assert before == owed()
    decided = approve(row)

    assert {"HIPAA-IND", "HIPAA-HHS-500", "HIPAA-MEDIA"} <= before
    assert not {duty for duty in owed() if duty.startswith("HIPAA")}
    assert {"CA-IND-2026", "CA-AG-2026", "FL-IND"} <= owed()
    assert ("approved", "The log convinces me.", now) == (decided.state, decided.decided_why, decided.decided_at)
    lifted = Duty.objects.get(duty="HIPAA-IND")
    assert any("four-factor" in reason for reason in lifted.because)


def test_a_breach_brings_the_duties_back(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], sealed: Incident
) -> None:
    """The latest approved assessment of everybody counts; a breach takes no factor, and its approval no reason."""
    count({"US-CA": 600})
    before = owed()
    approve(submit())

    approve(submit("breach", factors={}), why="")

    assert before == owed()
    assert {"US": True} == facts_of(sealed)["harm_in"]
    assert "2026-03-10" == facts_of(sealed)["discovery"]["determined_at"]


@pytest.mark.parametrize("factor", [factor.id for factor in questions().factors])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "needs an answer to the factor"),
        ({"risk": "", "why": "x", "evidence": [ITEM]}, "needs an answer to the factor"),
        ({"risk": "high", "why": "x", "evidence": [ITEM]}, "high risk in the factor"),
        ({"risk": "low", "why": "  ", "evidence": [ITEM]}, "lacks its reasons"),
        ({"risk": "medium", "why": "x", "evidence": []}, "cites no evidence"),
        ({"risk": "medium", "why": "x"}, "cites no evidence"),
    ],
)
def test_a_low_probability_takes_all_four_factors(submit: Submit, factor: str, given: dict[str, Any] | None, said: str) -> None:
    """One factor open, high, without reasons or without evidence leaves the presumption standing, and the error names it."""
    factors = {name: answer for name, answer in LOW.items() if name != factor} | ({factor: given} if given else {})

    with pytest.raises(BadInput, match=said) as error:
        submit(factors=factors)

    assert factor in str(error.value)
    assert not Assessment.objects.exists()


def test_medium_risks_can_be_a_low_probability(submit: Submit) -> None:
    """The law weighs the factors together; only a high one cannot be weighed away here."""
    assert "submitted" == submit(factors=LOW | {"nature": LOW["nature"] | {"risk": "medium"}}).state


def test_cited_evidence_is_sealed_in_this_incident(submit: Submit, home: Home, sealed: Incident) -> None:
    """An item that nobody sealed is named; so is one whose file was changed since."""
    with pytest.raises(BadInput, match=r"INC-0001: no-such-item\."):
        submit(factors=LOW | {"nature": LOW["nature"] | {"evidence": [ITEM, "no-such-item"]}})
    with pytest.raises(BadInput, match="no-such-item"):
        submit("breach", factors={"nature": {"evidence": ["no-such-item"]}})
    path = home.vault / sealed.ref / f"{ITEM}.sealed"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DamagedSeal, match=ITEM):
        submit()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"conclusion": "maybe"}, "Not a conclusion: 'maybe'"),
        ({"reasons": "  "}, "gives the reasons"),
        ({"place": "US-ZZ"}, "No law is known of 'US-ZZ'"),
        ({"place": "US-OH"}, "Ohio asks for no notice"),
        ({"place": "US-CA"}, "California has no harm test"),
        ({"place": "US-NY"}, "New York a finding of no harm alone lifts nothing"),
        ({"whole": False}, "names the part"),
        ({"whole": False, "group": " Everybody "}, "names the part"),
        ({"people": -1}, "Not a number of people: -1"),
        ({"people": 0}, "Not a number of people: 0"),
        ({"people": 2**31}, "Not a number of people"),
        ({"factors": {"nature": {"risk": "tiny"}}}, "risk of nature: 'tiny'"),
        ({"factors": {"nature": {"evidence": ITEM}}}, "list of names"),
        ({"factors": {"nature": {"evidence": [7]}}}, "list of names"),
        ({"factors": {"nature": {"colour": 1}}}, "unknown part: colour"),
        ({"factors": {"weather": {}}}, "Nobody asks for weather"),
        ({"factors": {"state_test": STATE}}, "Nobody asks for state_test"),
        ({"exception": "curious"}, "Not an exception: 'curious'"),
        ({"conclusion": "exception"}, "exception is not named"),
        ({"conclusion": "exception", "place": "US-FL", "factors": {}}, "belong to HIPAA; Florida has a harm test"),
    ],
)
def test_bad_input_is_named(count: Callable[..., None], submit: Submit, given: dict[str, Any], said: str) -> None:
    """Each fault is an error that names the input, and nothing is kept."""
    count({"US-CA": 600, "US-NY": 1, "US-FL": 9})

    with pytest.raises(BadInput, match=said):
        submit(**given)

    assert not Assessment.objects.exists()


@pytest.mark.parametrize("name", ["good_faith_access", "inadvertent_disclosure", "unable_to_retain"])
def test_an_exception_takes_each_of_its_elements(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], name: str
) -> None:
    """With all elements shown it lifts the federal duties once approved; without one it does not apply."""
    count({"US-CA": 600})
    full = claim(name)
    for left_out in full:
        for bad in (None, full[left_out] | {"holds": False}, full[left_out] | {"why": ""}, full[left_out] | {"evidence": []}):
            factors = {one: answer for one, answer in full.items() if one != left_out} | ({left_out: bad} if bad else {})
            with pytest.raises(BadInput):
                submit("exception", exception=name, factors=factors)

    approve(submit("exception", exception=name, exception_why="Nine interviews.", factors=full))

    assert not {duty for duty in owed() if duty.startswith("HIPAA")}
    assert "CA-IND-2026" in owed()


@pytest.mark.parametrize("name", ["good_faith_access", "inadvertent_disclosure"])
def test_snooping_is_never_in_good_faith(submit: Submit, name: str) -> None:
    """Who looked out of curiosity has no exception, whatever else is true."""
    factors = claim(name) | {"no_curiosity": {"holds": False, "why": "She knew the patient.", "evidence": [ITEM]}}

    with pytest.raises(BadInput, match=r"(?i)curiosity"):
        submit("exception", exception=name, factors=factors)


def test_a_part_lifts_nothing_and_is_on_record(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], sealed: Incident
) -> None:
    """Nine of the staff acted in good faith beside the people of an export: the duties towards these stay."""
    count({"US-CA": 600})
    before = owed()

    row = approve(
        submit(
            "exception", exception="good_faith_access", whole=False, group="nine staff members", people=9,
            factors=claim("good_faith_access"),
        )
    )  # fmt: skip

    assert before == owed()
    assert "harm_in" not in facts_of(sealed)
    assert ("nine staff members", 9, False) == (row.group, row.people, row.whole)
    (standing,) = standings(sealed)
    assert (True, False, False) == (standing.is_latest, standing.decides, standing.lifts)


def test_a_part_is_the_same_part_however_it_is_spelled(submit: Submit, approve: Callable[..., Assessment]) -> None:
    """A capital letter or a second space does not leave an old breach standing beside the new word."""
    approve(submit("breach", whole=False, group="The  export ", factors={}))

    again = submit(whole=False, group="the export")

    assert "The export" == again.group
    approve(again)
    assert "approved" == approve(submit()).state


def test_everybody_is_not_cleared_while_a_part_is_a_breach(submit: Submit, approve: Callable[..., Assessment]) -> None:
    """A breach of a part stands until that part is assessed again; it also stops an approval that was waiting."""
    waiting = submit()
    approve(submit("breach", whole=False, group="the export", factors={}))
    for attempt in (submit, lambda: approve(waiting)):
        with pytest.raises(BadInput, match="Everybody includes “the export”"):
            attempt()

    approve(submit(whole=False, group="the export"))

    assert "approved" == approve(waiting).state


def test_a_state_with_a_test_gets_its_own_finding(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment]
) -> None:
    """Florida asks who was consulted; without that there is no finding, with it and a second person Florida's duties fall."""
    count({"US-FL": 600, "US-CA": 600})
    before = owed()
    with pytest.raises(BadInput, match="Florida asks for more") as error:
        submit(place="US-FL", factors={"state_test": STATE})
    assert "law-enforcement" in error.value.advice()
    for bad in ({}, STATE | {"risk": "high"}, STATE | {"why": ""}, STATE | {"evidence": []}):
        with pytest.raises(BadInput, match="test of Florida"):
            submit(place="US-FL", factors={"state_test": bad})

    told = STATE | {"told": "FDLE, 11 March, Sgt. on duty: no objection."}
    approve(submit(place="US-FL", factors={"state_test": told}))

    assert {"FL-IND", "FL-AG"} == {duty for duty in before - owed() if duty.startswith("FL")} - {"FL-CRA"}
    assert {"HIPAA-IND", "CA-IND-2026"} <= owed()


def test_alaskas_finding_brings_the_filing_that_comes_with_it(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment]
) -> None:
    """Who relies on want of harm in Alaska owes its Attorney General a filing."""
    Incident.objects.update(elements=["name", "ssn"])
    count({"US-AK": 4})

    approve(submit(place="US-AK", factors={"state_test": STATE | {"told": "Written on 11 March by counsel."}}))

    assert "AK-AG" in owed()
    assert "AK-IND" not in owed()


def test_without_hipaa_the_four_factors_lift_nothing(submit: Submit, home: Home) -> None:
    """A shop that is no covered entity is told to look at the states."""
    text = home.settings_file
    text.write_text(text.read_text().replace("hipaa_covered_entity", "phr_vendor"))

    with pytest.raises(BadInput, match="HIPAA does not bind"):
        submit()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_assess_and_decide(submit: Submit, sealed: Incident, person: People, now: datetime, role: Role) -> None:
    """Compliance and counsel; the engineer, the auditor, the commander and everybody else are refused both."""
    allowed = role in {Role.COMPLIANCE, Role.COUNSEL}
    by = person(role, username=f"second-{role}")
    row = submit()

    for act in (
        lambda: assessment_decide(assessment=row, approve=True, by=by, now=now, why="x"),
        lambda: assessment_submit(incident=sealed, by=by, now=now, conclusion="breach", reasons="x"),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(Refused, match="decide_law"):
                act()


def test_nobody_approves_their_own_assessment(submit: Submit, person: People, now: datetime) -> None:
    """A second person decides, whatever rights the author has."""
    row = submit()

    for approve in (True, False):
        with pytest.raises(BadInput, match="another person decides"):
            assessment_decide(assessment=row, approve=approve, by=person(Role.COMPLIANCE), now=now, why="x")


def test_a_returned_assessment_keeps_its_reason(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment]
) -> None:
    """What is missing stands beside it; nothing is lifted, and it is not decided twice."""
    count({"US-CA": 600})
    before, row = owed(), submit()
    for given in ({"approve": False}, {}):
        with pytest.raises(BadInput, match="gives its reason"):
            approve(row, why=" ", **given)

    returned = approve(row, approve=False, why="The log has a gap at noon.")

    assert ("returned", "The log has a gap at noon.") == (returned.state, returned.decided_why)
    assert before == owed()
    with pytest.raises(BadInput, match="already returned by Counsel"):
        approve(row)


def test_a_later_assessment_replaces_the_one_that_waits(submit: Submit, approve: Callable[..., Assessment]) -> None:
    """Only the latest of the same people is decided on; none is deleted."""
    first, second = submit(), submit(reasons="All reads are on record, the last too.")

    with pytest.raises(BadInput, match="later assessment replaced"):
        approve(first)

    approve(second)
    assert 2 == Assessment.objects.count()


def warnings(incident: Incident) -> list[str]:
    """What the clocks warn of assessments that facts came after."""
    return reliance_warnings(standings(incident))


def test_new_evidence_warns_and_lifts_on(
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    sealed: Incident,
    person: People,
    now: datetime,
) -> None:
    """Evidence alone changes no fact: what was lifted stays lifted, with a warning. The same count again is no news either."""
    count({"US-CA": 600})
    row = submit()
    evidence_seal(incident=sealed, item="app-log", content=b"x", how="x", by=person(Role.ENGINEER), now=now)
    assert ["New evidence was sealed: app-log."] == new_facts(row)
    approve(row)
    weighed = entries(sealed.ref).filter(act=LedgerAct.ASSESSMENT_DECIDE).get().payload["weighed"]
    assert ["New evidence was sealed: app-log."] == weighed
    count({"US-CA": 600})
    assert [] == warnings(sealed)

    evidence_seal(incident=sealed, item="db-log", content=b"x", how="x", by=person(Role.ENGINEER), now=now)

    (standing,) = standings(sealed)
    assert (True, False, True) == (standing.is_stale, standing.is_outdated, standing.lifts)
    (warning,) = warnings(sealed)
    assert "db-log" in warning
    assert "rests on less" in warning
    assert "HIPAA-IND" not in owed()


Change = Callable[[], object]


@pytest.fixture
def changes(
    sealed: Incident,
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    person: People,
    now: datetime,
    consoles: Any,
    targets: Targets,
) -> dict[str, Change]:
    """Every fact that ends what an assessment lifts, by its name."""
    counsel = person(Role.COUNSEL)

    def answer(question: str, value: object) -> None:
        given: dict[str, Any] = {"question": question, "value": value, "why": "The app log.", "evidence": [ITEM]}
        answer_record(incident=sealed, by=counsel, now=now, **given)

    def withdraw() -> None:
        report = sealed.reports.get()
        report_withdraw(report=report, why="It was about another shop.", by=counsel, now=now)

    def knew() -> None:
        day = local_day(now) - timedelta(days=9)
        event_record(incident=sealed, kind="agent_knew", on=day, how="Their ticket.", by=counsel, now=now)

    def reopen() -> None:
        for consoles.release, consoles.token_key in (("2.13", 1), ("2.14", 0)):
            path_probe(incident=sealed, now=now, targets=targets)

    return {
        "People were counted again: 601 now, 600 before.": lambda: count({"US-CA": 601}),
        "Another answer was given to the law: acquired.": lambda: answer("acquired", value=True),
        "Another answer was given to the law: elements.": lambda: answer("elements", ["name", "ssn"]),
        "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-05 14:10 UTC.": lambda: discovery_report(
            incident=sealed, by=counsel, at=now - timedelta(days=5), how="a ticket", now=now
        ),
        "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-10 14:04 UTC.": withdraw,
        "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-01.": knew,
        "A way out was found open again.": reopen,
        "A breach was found for a part of the people.": lambda: approve(
            submit("breach", whole=False, group="the export", factors={})
        ),
    }


NEWS = [
    "People were counted again: 601 now, 600 before.",
    "Another answer was given to the law: acquired.",
    "Another answer was given to the law: elements.",
    "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-05 14:10 UTC.",
    "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-10 14:04 UTC.",
    "The discovery moved from 2026-03-08 14:10 UTC to 2026-03-01.",
    "A way out was found open again.",
    "A breach was found for a part of the people.",
]


@pytest.fixture
def cleared(
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    sealed: Incident,
    person: People,
    now: datetime,
) -> Incident:
    """600 people of California, known for two days, and an approved assessment that lifts the federal duties."""
    count({"US-CA": 600})
    discovery_report(incident=sealed, by=person(Role.COUNSEL), at=now - timedelta(days=2), how="a ticket", now=now)
    approve(submit())
    assert "HIPAA-IND" not in owed()
    return sealed


@pytest.mark.parametrize("news", NEWS)
def test_other_facts_end_what_an_assessment_lifts(cleared: Incident, changes: dict[str, Change], news: str) -> None:
    """The presumption of a breach returns: the duties are back, each with the reason, and history and warnings say so."""
    changes[news]()

    standing = next(one for one in standings(cleared) if one.assessment.whole)
    assert (True, False, False, [news]) == (standing.is_outdated, standing.lifts, standing.decides, standing.since)
    duty = Duty.objects.get(duty="HIPAA-IND")
    assert duty.owed
    reason = f"The HIPAA assessment approved on 2026-03-10 was made before: {news} It lifts nothing until it is renewed."
    assert reason == duty.because[-1]
    assert reason not in Duty.objects.get(duty="CA-IND-2026").because
    assert "harm_in" not in facts_of(cleared)
    last = Recomputation.objects.filter(incident=cleared).last()
    assert last is not None
    assert reason == last.warnings[0]
    assert last.cause.endswith("The HIPAA assessment was made before this and lifts nothing until it is renewed.")
    assert {"duty": "HIPAA-IND", "jurisdiction": "US", "field": "owed", "before": None, "after": True} in last.changes
    assert f"HIPAA-IND (each affected individual) is owed, by {duty.due}." in history_of(cleared)[0].sentences


@pytest.mark.parametrize("news", [one for one in NEWS if "part" not in one])
def test_a_renewed_approval_lifts_again(
    cleared: Incident, changes: dict[str, Change], submit: Submit, approve: Callable[..., Assessment], news: str
) -> None:
    """Whoever approves anew has weighed what came after the first, and no warning is left."""
    changes[news]()

    approve(submit())

    assert "HIPAA-IND" not in owed()
    assert [] == warnings(cleared)


def test_facts_put_right_again_are_those_that_were_weighed(
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    sealed: Incident,
    person: People,
    now: datetime,
) -> None:
    """A slip that was put right within the hour leaves the assessment as good as it was; so does an answer that nobody knows."""
    counsel = person(Role.COUNSEL)
    count({"US-CA": 600})
    approve(submit())
    answer_record(incident=sealed, question="accessed", value=None, why="No log.", evidence=[], by=counsel, now=now)
    late = discovery_report(incident=sealed, by=counsel, at=now, how="a later call", now=now)
    report_withdraw(report=late, why="Another shop.", by=counsel, now=now)
    event_record(incident=sealed, kind="agent_knew", on=local_day(now), how="On the same day.", by=counsel, now=now)
    knew = {"kind": "agent_knew", "on": local_day(now) - timedelta(days=9), "jurisdiction": "US-CA", "how": "Of Californians."}
    event_record(incident=sealed, by=counsel, now=now, **knew)
    assert [] == warnings(sealed)

    count({"US-CA": 6000})
    early = discovery_report(incident=sealed, by=counsel, at=now - timedelta(days=2), how="a ticket", now=now)
    assert "HIPAA-IND" in owed()
    count({"US-CA": 600})
    assert "HIPAA-IND" in owed()
    report_withdraw(report=early, why="It was about another shop.", by=counsel, now=now)
    event = event_record(incident=sealed, by=counsel, now=now, **knew | {"jurisdiction": ""})
    assert "HIPAA-IND" in owed()
    event_withdraw(event=event, why="Of Californians alone.", by=counsel, now=now)

    assert "HIPAA-IND" not in owed()
    assert [] == warnings(sealed)


def test_a_state_finding_ends_alone(
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    sealed: Incident,
) -> None:
    """A breach of a part under one law leaves what was found under another."""
    count({"US-CA": 600, "US-FL": 10})
    told = STATE | {"told": "FDLE, 11 March, Sgt. on duty: no objection."}
    approve(submit())
    approve(submit(place="US-FL", factors={"state_test": told}))
    assert "FL-IND" not in owed()

    approve(submit("breach", place="US-FL", whole=False, group="the export", factors={}))

    assert "FL-IND" in owed()
    assert "HIPAA-IND" not in owed()
    assert "The Florida assessment approved on 2026-03-10" in Duty.objects.get(duty="FL-IND").because[-1]
    assert {"US": False} == facts_of(sealed)["harm_in"]
    last = Recomputation.objects.filter(incident=sealed).last()
    assert last is not None
    assert last.cause.startswith("Assessment of INC-0001 under US-FL approved: it is a breach for the export. The Florida")


def test_where_no_law_asks_any_more_nothing_is_outdated(
    count: Callable[..., None],
    submit: Submit,
    approve: Callable[..., Assessment],
    sealed: Incident,
    person: People,
    now: datetime,
) -> None:
    """The organization turns out to be a health app, and nobody of Florida is left: there is nothing to renew, and no way to."""
    count({"US-CA": 600, "US-FL": 10})
    approve(submit())
    approve(submit(place="US-FL", factors={"state_test": STATE | {"told": "FDLE, 11 March."}}))
    given: dict[str, Any] = {"question": "kinds", "value": ["phr_vendor"], "why": "The app.", "evidence": [ITEM]}
    answer_record(incident=sealed, by=person(Role.COUNSEL), now=now, **given)
    count({"US-CA": 600})

    assert [False, False] == [one.is_outdated or one.lifts or one.decides for one in standings(sealed)]
    assert [] == warnings(sealed)
    assert "harm_in" not in facts_of(sealed)


def test_the_same_assessment_sent_twice_is_kept_once(
    submit: Submit, approve: Callable[..., Assessment], sealed: Incident
) -> None:
    """The second form changes nothing; once somebody decided, the same words are an assessment of what is known now."""
    first = submit()
    with pytest.raises(BadInput, match="You wrote the same assessment before, and it waits"):
        submit()
    approve(first)

    assert submit().pk != first.pk
    assert 2 == sealed.assessments.count()


def test_a_part_that_is_cleared_changes_nothing(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], sealed: Incident
) -> None:
    """Only the breach of a part is news for everybody."""
    count({"US-CA": 600})
    approve(submit())

    approve(submit(whole=False, group="the staff"))

    assert [] == warnings(sealed)
    assert "HIPAA-IND" not in owed()


def test_the_ledger_and_the_history_tell_of_it(
    count: Callable[..., None], submit: Submit, approve: Callable[..., Assessment], sealed: Incident
) -> None:
    """Who concluded what on which evidence, who approved it, and what that changed."""
    count({"US-CA": 600})
    row = approve(submit())

    wrote, decided = entries(sealed.ref).filter(act__startswith="assessment:")
    assert (["compliance", "counsel"], {ITEM: sealed.evidence.get().sha256}) == (
        [wrote.actor, decided.actor],
        wrote.payload["evidence"],
    )
    assert wrote.payload["papers"] == decided.payload["papers"]
    assert ("approved", row.pk, True) == (decided.payload["state"], decided.payload["assessment"], decided.payload["has_reason"])
    last = Recomputation.objects.filter(incident=sealed).last()
    assert last is not None
    assert "under HIPAA approved: a low probability of harm" in last.cause
    assert "HIPAA-IND" in {change["duty"] for change in last.changes}


def test_the_record_of_the_incident_holds_it(submit: Submit, sealed: Incident, person: People, now: datetime) -> None:
    """Whoever exports the record gets the assessments with it."""
    submit()

    (kept,) = incident_record(incident=sealed, by=person(Role.AUDITOR), now=now)["assessments"]

    assert ("low_probability", "compliance", [ITEM]) == (kept["conclusion"], kept["by"], kept["factors"]["nature"]["evidence"])


def test_records_are_kept_for_six_years(submit: Submit, approve: Callable[..., Assessment], sealed: Incident) -> None:
    """45 CFR 164.530(j) counts from the decision; the 29th of February ends on the 1st of March."""
    row = submit()
    assert standings(sealed)[0].kept_until is None
    approve(row, now=datetime.fromisoformat("2028-02-29T12:00:00Z"))

    assert "2034-03-01" == str(standings(sealed)[0].kept_until)


def test_patient_data_that_is_typed_is_masked(submit: Submit) -> None:
    """No text of an assessment keeps a value that our scanner can see."""
    typed = "Her number is 219-09-9998."
    factors = LOW | {"nature": LOW["nature"] | {"why": typed}}

    row = submit("low_probability", factors=factors, reasons=typed, group=typed, whole=False)

    assert "219-09-9998" not in f"{row.reasons} {row.factors} {row.group}"


def test_a_closed_incident_takes_no_assessment(submit: Submit, sealed: Incident, person: People, now: datetime) -> None:
    """A closed matter is not reopened by an opinion."""
    incident_close(incident=sealed, by=person(Role.COMMANDER), now=now, outcome="exercise")

    with pytest.raises(BadInput, match="was closed"):
        submit()


def test_a_low_probability_is_an_outcome_only_with_its_assessment(
    submit: Submit, approve: Callable[..., Assessment], sealed: Incident, person: People, now: datetime
) -> None:
    """Nobody closes an incident as no breach on a word: it takes an approved assessment that is as new as the facts."""
    Incident.objects.update(path_state="closed")
    commander = person(Role.COMMANDER)
    row = submit()
    with pytest.raises(BadInput, match="No approved assessment shows"):
        incident_close(incident=sealed, by=commander, now=now, outcome="low_probability")
    approve(row)
    evidence_seal(incident=sealed, item="app-log", content=b"x", how="x", by=person(Role.ENGINEER), now=now)
    with pytest.raises(BadInput, match=r"made before new facts: New evidence was sealed: app-log\."):
        incident_close(incident=sealed, by=commander, now=now, outcome="low_probability")
    approve(submit())

    assert "low_probability" == incident_close(incident=sealed, by=commander, now=now, outcome="low_probability").outcome


def test_the_answer_of_the_playbook_lifts_nothing(
    count: Callable[..., None], sealed: Incident, person: People, now: datetime
) -> None:
    """To choose “low probability” in the step is an opinion; only an approved assessment lifts a duty."""
    count({"US-CA": 600})
    before = owed()
    sealed.steps.filter(slug="count-people").update(state="done", done_at=now)

    step = sealed.steps.get(slug="four-factor-assessment")
    step_complete(step=step, by=person(Role.COMPLIANCE), now=now, answer={"choice": "low"})

    assert before == owed()
