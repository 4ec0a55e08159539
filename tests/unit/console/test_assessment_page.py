"""The page of the assessment: the question, the form, the second person, what it would change, the burden-of-proof file."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse

from hemostat.incidents.models import Assessment, Incident
from hemostat.incidents.services import evidence_seal, incident_close, scope_record
from hemostat.law.assessment import questions
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import HOSTILE, Story

FACTORS = [factor.id for factor in questions().factors]
LOW = {
    "place": "US", "whole": "everybody", "conclusion": "low_probability", "reasons": "Every read is on record.",
    **{f"{name}-risk": "low" for name in FACTORS}, **{f"{name}-why": "The log is whole." for name in FACTORS},
    **{f"{name}-evidence": ["edge-log", "app-log"] for name in FACTORS},
}  # fmt: skip


def url(incident: Incident, rest: str = "") -> str:
    """An address beneath the page."""
    return f"/incidents/{incident.ref}/assessment/{rest}"


def page(visit: Visit, role: Role, incident: Incident, query: str = "") -> str:
    """The page as a role sees it, its white space made single."""
    return " ".join(visit(role).get(url(incident, query)).content.decode().split())


def submitted(visit: Visit, incident: Incident, **given: Any) -> Assessment:
    """An assessment that the compliance officer wrote on the page."""
    answer = visit(Role.COMPLIANCE).post(url(incident, "submit/"), LOW | given)
    assert HTTPStatus.FOUND == answer.status_code, answer.content.decode()
    found = incident.assessments.last()
    assert found is not None
    return found


def test_the_page_asks_and_explains_before_anything_was_assessed(story: Story, visit: Visit) -> None:
    """The question, the presumption in plain words, all four factors with guidance, and where to go next."""
    html = page(visit, Role.COMPLIANCE, story.incident_at_work())

    for words in (
        "Is this a breach that must be notified?",
        "The law presumes so, and no approved assessment says otherwise.",
        "HIPAA presumes a breach",
        "45 CFR 164.402, 164.414(b)",
        *(factor.question for factor in questions().factors),
        "never for snooping",
        "nine members of staff who searched in good faith",
        "Burden-of-proof file",
        "six years",
    ):
        assert words in html
    assert html.count('value="edge-log"') >= len(FACTORS)
    assert 'aria-current="page">Assessment</a>' in html


def test_what_would_fall_and_what_would_stay(story: Story, visit: Visit) -> None:
    """The engine says it before anybody decides: HIPAA's notices fall, California's stay, Florida has its own test."""
    html = page(visit, Role.COUNSEL, story.incident_at_work())

    outlook = html.partition('id="outlook"')[2].partition('id="groups"')[0]
    falls, _, rest = outlook.partition("These stay")
    for words in ("duties fall away", "45 CFR 164.404", "45 CFR 164.406"):
        assert words in falls
    assert "California (2)" in rest
    assert "1798.82" not in falls
    assert "Only after consulting law enforcement" in rest
    assert "California has no harm test" in rest
    assert "Write a finding" in rest


def test_nothing_is_foretold_before_people_are_counted(story: Story, visit: Visit) -> None:
    """An empty place says what brings it, and nothing to cite is said before anybody types."""
    html = page(visit, Role.COMPLIANCE, story.incident())

    assert "Nobody was counted yet" in html
    assert "Nothing is sealed yet" in html


def test_two_persons_settle_it(story: Story, visit: Visit) -> None:
    """The author waits; counsel sees what would fall, and approves; the clocks and the page follow."""
    incident = story.incident_at_work()
    row = submitted(visit, incident)
    mine, others, engineers = (page(visit, role, incident) for role in (Role.COMPLIANCE, Role.COUNSEL, Role.ENGINEER))
    assert "You wrote it. Counsel, or another compliance officer, decides." in mine
    assert "Counsel or a compliance officer who did not write it decides." in engineers
    for words in ("Waits for a second person", "If it is approved", "45 CFR 164.404", "Evidence: edge-log, app-log"):
        assert words in others
    assert incident.duties.filter(duty="HIPAA-IND", owed=True).exists()

    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "The log convinces me."})

    assert not incident.duties.filter(duty="HIPAA-IND", owed=True).exists()
    html = page(visit, Role.AUDITOR, incident)
    for words in (
        "Not under HIPAA: a low probability of compromise.",
        "Assessed by Colin Brandt, approved by Priya Nair on 10 Mar 2026.",
        "in force",
        "The log convinces me.",
        "kept until 10 Mar 2032 at least",
    ):
        assert words in html
    room = visit(Role.ENGINEER).get(f"/incidents/{incident.ref}/").content.decode()
    assert "wrote an assessment: low probability for everybody under HIPAA" in room
    assert "approved the assessment: low probability for everybody under HIPAA" in room


def test_today_tells_who_has_to_decide(story: Story, visit: Visit) -> None:
    """The second person is called and the author is not; both are called to renew what new evidence came after."""
    incident = story.incident_at_work()
    row = submitted(visit, incident)
    wanted = "Decide on the HIPAA assessment of everybody"
    assert [True, False, False] == [
        wanted in visit(role).get("/").content.decode() for role in (Role.COUNSEL, Role.COMPLIANCE, Role.ENGINEER)
    ]

    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "Agreed."})
    assert "HIPAA assessment" not in visit(Role.COUNSEL).get("/").content.decode()
    evidence_seal(incident=incident, item="db-log", content=b"x", how="by hand", by=story.person(Role.ENGINEER), now=NOW)

    assert "Renew the HIPAA assessment of everybody" in visit(Role.COMPLIANCE).get("/").content.decode()


def test_a_breach_is_said_plainly(story: Story, visit: Visit) -> None:
    """A breach takes reasons alone."""
    incident = story.incident_at_work()
    row = submitted(visit, incident, conclusion="breach")

    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve"})

    html = page(visit, Role.COUNSEL, incident)
    assert "Yes, it is a breach." in html
    assert "Assessed by Colin Brandt, approved by Priya Nair on 10 Mar 2026." in html


def test_it_is_returned_with_a_reason_and_written_anew(story: Story, visit: Visit) -> None:
    """What is missing stands beside it, and the new one starts from the old."""
    incident = story.incident_at_work()
    row = submitted(visit, incident)
    counsel = visit(Role.COUNSEL)
    answer = counsel.post(url(incident, f"{row.pk}/"), {"decision": "return", "why": ""}, follow=True)
    assert "This decision gives its reason." in answer.content.decode()

    counsel.post(url(incident, f"{row.pk}/"), {"decision": "return", "why": "The log has a gap at noon."})

    assert "The log has a gap at noon." in page(visit, Role.COMPLIANCE, incident)
    html = page(visit, Role.COMPLIANCE, incident, f"?again={row.pk}")
    assert "Every read is on record.</textarea>" in html
    assert 'name="nature-risk" value="low" checked' in html
    assert '<details class="card act" id="write" open>' in html


def test_what_was_typed_stays_when_something_is_missing(story: Story, visit: Visit) -> None:
    """The fault is named on top, and no word is lost."""
    incident = story.incident_at_work()
    fields = {name: value for name, value in LOW.items() if name != "recipient-evidence"} | {"people": "many"}

    html = " ".join(visit(Role.COMPLIANCE).post(url(incident, "submit/"), fields).content.decode().split())
    assert "Not a number of people: &#x27;many&#x27;" in html
    html = " ".join(visit(Role.COMPLIANCE).post(url(incident, "submit/"), fields | {"people": ""}).content.decode().split())

    assert "cites no evidence" in html
    assert html.count("The log is whole.</textarea>") == len(FACTORS)
    assert 'name="nature-evidence" value="app-log" checked' in html
    assert not incident.assessments.exists()


def test_an_exception_for_nine_of_the_staff(story: Story, visit: Visit) -> None:
    """The statements of the chosen exception go along, those of others do not; a part says that nothing falls."""
    incident = story.incident_at_work()
    elements = next(one for one in questions().exceptions if one.id == "good_faith_access").elements
    typed: dict[str, Any] = {
        "conclusion": "exception", "exception": "good_faith_access", "exception_why": "Nine interviews.", "whole": "part",
        "group": "nine staff members", "people": "9", "unable_to_retain.could_not_retain-why": "not this one",
    }  # fmt: skip
    for element in elements:
        name = f"good_faith_access.{element.id}"
        typed |= {f"{name}-holds": "on", f"{name}-why": "Asked each.", f"{name}-evidence": ["app-log"]}

    row = submitted(visit, incident, **typed)

    assert ("exception", "good_faith_access", "nine staff members", 9) == (row.conclusion, row.exception, row.group, row.people)
    assert {element.id for element in elements} | set(FACTORS) == set(row.factors)
    html = page(visit, Role.COUNSEL, incident)
    for words in ("It is about a part, so no duty falls.", "nine staff members", "Stands.", "Nine interviews."):
        assert words in html
    again = page(visit, Role.COMPLIANCE, incident, f"?again={row.pk}")
    assert '<details id="exception-good_faith_access" open>' in again
    assert 'name="good_faith_access.no_curiosity-holds" checked' in again
    assert 'id="group" name="group" maxlength="120" value="nine staff members"' in again


def test_a_finding_for_florida(story: Story, visit: Visit) -> None:
    """The form of a state shows its test and what it asks beside it; its duties fall once approved."""
    incident = story.incident_at_work()
    html = page(visit, Role.COMPLIANCE, incident, "?place=US-FL")
    for words in ("Write an assessment: Florida", "Which law-enforcement agency was consulted", "Department of Legal Affairs"):
        assert words in html
    assert "The four factors" not in html
    row = submitted(
        visit, incident, place="US-FL", **{
            "state_test-risk": "low", "state_test-why": "Nothing was taken.", "state_test-evidence": ["edge-log"],
            "state_test-told": "FDLE on 11 March.", **{f"{name}-{part}": "" for name in FACTORS for part in ("risk", "why")},
            **{f"{name}-evidence": [] for name in FACTORS},
        },
    )  # fmt: skip

    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "Agreed."})

    assert "Send the written finding to the Department of Legal Affairs within 30 days." in page(visit, Role.AUDITOR, incident)
    assert not incident.duties.filter(duty="FL-IND", owed=True).exists()
    assert incident.duties.filter(duty="HIPAA-IND", owed=True).exists()


@pytest.mark.parametrize("place", ["US-CA", "US-ZZ", "US-OH"])
def test_a_place_without_a_test_says_why(story: Story, visit: Visit, place: str) -> None:
    """The reason stands on the page, and no form that could lift nothing."""
    html = page(visit, Role.COMPLIANCE, story.incident_at_work(), f"?place={place}")

    assert 'id="write"' not in html
    assert any(words in html for words in ("California has no harm test", "No law is known of", "Ohio asks for no notice"))


def test_a_finding_for_a_place_without_a_test_is_refused(story: Story, visit: Visit) -> None:
    """Whoever sends the form of California anyway is told once why nothing is kept."""
    incident = story.incident_at_work()

    html = visit(Role.COMPLIANCE).post(url(incident, "submit/"), LOW | {"place": "US-CA"}).content.decode()

    assert 1 == html.partition('id="outlook"')[0].count("California has no harm test")
    assert not incident.assessments.exists()


def test_what_came_after_it_is_shown_at_the_top(story: Story, visit: Visit) -> None:
    """New evidence asks to renew what lifts; another count says that it lifts nothing any more; who may not write gets no way."""
    incident = story.incident_at_work()
    row = submitted(visit, incident)
    engineer = story.person(Role.ENGINEER)
    evidence_seal(incident=incident, item="db-log", content=b"x", how="by hand", by=engineer, now=NOW)
    assert "New evidence was sealed: db-log." in page(visit, Role.COUNSEL, incident).partition("Since it was written:")[2]
    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "Agreed."})
    assert "made before" not in page(visit, Role.COUNSEL, incident)

    evidence_seal(incident=incident, item="mail-log", content=b"x", how="by hand", by=engineer, now=NOW)
    html = page(visit, Role.COMPLIANCE, incident)
    for words in (
        "It still lifts duties",
        "new evidence",
        "made before new evidence",
        "in force",
        f'href="?again={row.pk}#write"',
    ):
        assert words in html

    scope_record(
        incident=incident, by=engineer, now=NOW, people={"US-CA": 9000}, unknown=0, query="people_by_state", query_sha256="0" * 64
    )
    html = page(visit, Role.COMPLIANCE, incident)
    for words in ("9,000 now, 4,430 before", "presumed again", "It lifts nothing any more", f'href="?again={row.pk}#write"'):
        assert words in html
    assert "in force" not in html.partition('id="history"')[2].partition("</section>")[0]
    assert "Renew it from the old one" not in page(visit, Role.AUDITOR, incident)


def test_the_room_says_why_lifted_duties_are_back(story: Story, visit: Visit) -> None:
    """The reasons of the clock, the page of facts and the calls of today tell of the assessment that other facts came after."""
    incident = story.incident_at_work()
    row = submitted(visit, incident)
    visit(Role.COUNSEL).post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "Agreed."})
    scope_record(
        incident=incident, by=story.person(Role.ENGINEER), now=NOW, people={"US-CA": 9000}, unknown=0, query="people_by_state",
        query_sha256="0" * 64,
    )  # fmt: skip
    duty = incident.duties.get(duty="HIPAA-IND")
    said = "It lifts nothing until it is renewed."

    assert said in visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/").content.decode()
    ended = "The HIPAA assessment was made before this and lifts nothing until it is renewed."
    assert ended in visit(Role.COUNSEL).get(reverse("clock", args=[incident.ref, duty.pk])).content.decode()
    facts = visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/facts/").content.decode()
    assert said in facts
    assert ended in facts
    assert "so its duties are back" in visit(Role.COMPLIANCE).get("/").content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_do_what(story: Story, visit: Visit, role: Role) -> None:
    """Who sees the incident sees the page; compliance and counsel write and decide; a stranger finds nothing."""
    incident = story.incident_at_work()
    sees = role in {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR, Role.TRAINING_LEAD}
    decides = role in {Role.COMPLIANCE, Role.COUNSEL}
    row = submitted(visit, incident)
    browser = visit(role)

    assert (HTTPStatus.OK if sees else HTTPStatus.NOT_FOUND) == browser.get(url(incident)).status_code
    assert decides == (sees and 'id="write"' in browser.get(url(incident)).content.decode())
    browser.post(url(incident, "submit/"), LOW | {"conclusion": "breach"})
    assert decides == (incident.assessments.count() == 2)
    Assessment.objects.exclude(pk=row.pk).delete()
    browser.post(url(incident, f"{row.pk}/"), {"decision": "approve", "why": "x"})
    row.refresh_from_db()
    assert (role is Role.COUNSEL) == (row.state == "approved")
    taken = browser.post(url(incident, "burden/"), {"form": "json"})
    assert (HTTPStatus.OK if decides else HTTPStatus.NOT_FOUND) == taken.status_code


def test_wrong_addresses_are_nothing(story: Story, visit: Visit) -> None:
    """A wrong incident, a wrong number, and an assessment of another incident are not there."""
    incident = story.incident_at_work()
    counsel = visit(Role.COUNSEL)

    for address in ("/incidents/INC-0999/assessment/", url(incident, "?again=77")):
        assert HTTPStatus.NOT_FOUND == counsel.get(address).status_code
    assert HTTPStatus.NOT_FOUND == counsel.post(url(incident, "77/"), {"decision": "approve"}).status_code
    assert HTTPStatus.OK == counsel.get(url(incident, "?again=x&place=")).status_code
    assert HTTPStatus.METHOD_NOT_ALLOWED == counsel.get(url(incident, "submit/")).status_code


@pytest.mark.parametrize(("form", "kind"), [("pdf", "application/pdf"), ("json", "application/json")])
def test_the_burden_of_proof_file_is_a_download(story: Story, visit: Visit, form: str, kind: str) -> None:
    """As PDF and as JSON; the ledger and the timeline tell that it was taken out."""
    incident = story.incident_at_work()

    answer = visit(Role.COMPLIANCE).post(url(incident, "burden/"), {"form": form})

    assert (kind, f'attachment; filename="{incident.ref}-burden-of-proof.{form}"') == (
        answer.headers["Content-Type"],
        answer.headers["Content-Disposition"],
    )
    assert incident.ref == json.loads(answer.content)["incident"]["ref"] if form == "json" else b"%PDF" == answer.content[:4]
    assert entries(incident.ref).filter(act=LedgerAct.INCIDENT_EXPORT).exists()
    assert "exported the burden-of-proof file" in visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/").content.decode()


def test_hostile_words_are_words(story: Story, visit: Visit) -> None:
    """What people type is escaped and made inert, also in the form that comes back."""
    incident = story.incident_at_work()
    row = submitted(visit, incident, reasons=HOSTILE, whole="part", group=HOSTILE)
    broken = LOW | {"reasons": HOSTILE, "nature-why": HOSTILE, "group": HOSTILE, "conclusion": "", "people": HOSTILE[:11]}

    for html in (
        page(visit, Role.COUNSEL, incident),
        page(visit, Role.COUNSEL, incident, f"?again={row.pk}"),
        visit(Role.COMPLIANCE).post(url(incident, "submit/"), broken).content.decode(),
    ):
        assert "<script>alert" not in html
        assert "\x1b" not in html


def test_a_closed_incident_shows_what_was_assessed(story: Story, visit: Visit) -> None:
    """Nothing can be written any more, and the file can still be taken out."""
    incident = story.incident_at_work()
    submitted(visit, incident)
    incident_close(incident=incident, by=story.person(Role.COMMANDER), now=NOW, outcome="exercise")

    html = page(visit, Role.COUNSEL, incident)

    assert "The incident is closed." in html
    assert 'id="write"' not in html
    assert HTTPStatus.OK == visit(Role.COUNSEL).post(url(incident, "burden/"), {"form": "json"}).status_code


def test_outside_hipaa_the_states_decide(story: Story, visit: Visit) -> None:
    """A shop that HIPAA does not bind is sent to the states that have a test; no form about HIPAA stands there."""
    path = story.home.settings_file
    kinds = story.home.settings().organization.kinds
    assert kinds
    text = path.read_text()
    for kind in kinds:
        text = text.replace(f'"{kind}"', '"merchant"')
    path.write_text(text)
    html = page(visit, Role.COMPLIANCE, story.incident_at_work())

    assert "HIPAA does not bind the organization for this data." in html
    assert "Write an assessment: HIPAA" not in html


def test_facts_that_nobody_can_assess_are_named(story: Story, visit: Visit) -> None:
    """The page stands and says what is wrong with the facts."""
    incident = story.incident_at_work()
    Incident.objects.filter(pk=incident.pk).update(discovered_at=NOW.replace(year=1980))

    assert "lies outside 1990 to 2099" in page(visit, Role.COUNSEL, incident)


def test_the_step_of_the_playbook_leads_here(story: Story, visit: Visit) -> None:
    """Whoever answers the step in the room is told where the assessment is written and that the answer lifts nothing."""
    incident = story.incident_at_work()
    incident.steps.filter(slug="four-factor-assessment").update(state="ready", ready_at=NOW)

    html = " ".join(visit(Role.COMPLIANCE).get(f"/incidents/{incident.ref}/").content.decode().split())

    step = html.partition('id="step-four-factor-assessment"')[2]
    assert f'href="/incidents/{incident.ref}/assessment/"' in step
    assert "lifts no duty by itself" in step
