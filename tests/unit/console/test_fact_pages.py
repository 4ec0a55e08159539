"""The pages of facts and of contracts: what is known and assumed, who may say more, and forms that come back filled."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hemostat.incidents.models import Assessment, ContractTerm, Incident, LegalAnswer, LegalEvent, Report
from hemostat.incidents.services import discovery_report, event_record, scope_record
from hemostat.law.rules import rules_load
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import BEGINS
from unit.console.story import HOSTILE, Story

DECIDERS = {Role.COMPLIANCE, Role.COUNSEL}
FACTS = "/incidents/INC-0001/facts/"
TERM = {
    "kind": "insurer",
    "counterparty": "Stonebridge Cyber",
    "clause": "condition 4",
    "value": "72",
    "unit": "hours",
    "trigger": "discovery",
}


@pytest.fixture
def incident(story: Story) -> Incident:
    """The incident at work, as it is now."""
    made = story.incident_at_work()
    made.refresh_from_db()
    return made


def text(html: str) -> str:
    """The words of a page without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_page_says_what_is_known_and_what_is_assumed(incident: Incident, visit: Visit) -> None:
    """Each question with its value and source, the assumptions in plain words, the count behind the places, the history."""
    assert incident.pk
    words = text(visit(Role.AUDITOR).get(FACTS).content.decode())

    assert "0 of 8 questions are answered." in words
    assert "Encryption is not known: the data are taken as readable." in words
    assert "`" not in words
    assert "Who are we for this data? from the settings HIPAA covered entity" in words
    assert "If they were encrypted, was the key taken too? no effect now" in words
    assert "California US-CA 1,842" in words
    assert "table totals only 3" in words
    assert "UTC = 10:21 New York: people_by_state" in words
    assert "People counted: 4,430." in words
    assert "UTC = 10:0" in words
    assert "Record the answer" not in words


def test_before_the_count_the_page_says_what_would_be_assumed(story: Story, visit: Visit) -> None:
    """Nothing was computed yet, and the page says so; the questions are there all the same."""
    story.incident()
    words = text(visit(Role.COUNSEL).get(FACTS).content.decode())

    assert "Nobody was counted yet, so no law has a clock" in words
    assert "Encryption is not known" in words
    assert "No clock was computed yet." in words


@pytest.mark.parametrize("role", sorted(Role))
def test_who_answers_a_question(incident: Incident, visit: Visit, role: Role) -> None:
    """Compliance and counsel answer; others have no form, hear whom to ask when they send one, and strangers find no page."""
    client = visit(role)
    page = client.get(FACTS)
    sees = page.status_code == HTTPStatus.OK
    assert (role in DECIDERS) == (sees and "Record the answer" in page.content.decode())

    answer = client.post(f"{FACTS}acquired/", {"value": "yes", "why": "Downloads in the log."})

    assert (role in DECIDERS) == LegalAnswer.objects.filter(incident=incident, value=True).exists()
    assert (role == Role.ADMIN) == (answer.status_code == HTTPStatus.NOT_FOUND)
    if role in DECIDERS:
        assert (HTTPStatus.FOUND, f"{FACTS}#fact-acquired") == (answer.status_code, answer.headers["Location"])
        assert "Downloads in the log." in client.get(FACTS).content.decode()
    elif sees:
        assert "Ask: compliance officer, counsel" in answer.content.decode()


@pytest.mark.parametrize(
    ("question", "posted", "words", "kept"),
    [
        (
            "encrypted",
            {"value": "yes", "why": "At rest."},
            "names the evidence",
            ['value="yes" required checked', "At rest.</textarea>"],
        ),
        ("encrypted", {"value": "perhaps", "why": "W."}, "yes, no, or that nobody knows (value)", ["W.</textarea>"]),
        ("should_have_known_at", {"value": "2026-02-30", "why": "W."}, "answered with a day", ['value="2026-02-30"']),
        ("kinds", {"why": "The letter."}, "names at least one", ["The letter.</textarea>"]),
        ("elements", {"value": ["ssn", "shoe_size"], "why": "W."}, "&#x27;shoe_size&#x27;", ['value="ssn" checked']),
        ("shoe_size", {"value": "yes", "why": "W."}, "no question &#x27;shoe_size&#x27;", []),
    ],
)
def test_a_refused_answer_comes_back_filled(
    incident: Incident, visit: Visit, question: str, posted: dict[str, Any], words: str, kept: list[str]
) -> None:
    """The page says what is wrong, beside the form too, which stands open as it was typed; nothing is recorded."""
    answer = visit(Role.COUNSEL).post(f"{FACTS}{question}/", posted)
    html = answer.content.decode()

    assert HTTPStatus.OK == answer.status_code
    assert words in html
    for piece in kept:
        assert piece in html
    assert bool(kept) == (f'id="answer-{question}" open' in html)
    assert not LegalAnswer.objects.filter(incident=incident).exists()


def test_an_answer_with_its_evidence_and_the_one_before_it(incident: Incident, visit: Visit) -> None:
    """The page shows who said it, why, on which evidence, and what was said earlier; a cleared day is an answer too."""
    client = visit(Role.COUNSEL)
    client.post(f"{FACTS}acquired/", {"value": "no", "why": "Views alone.", "evidence": ["edge-log", "app-log"]})
    client.post(f"{FACTS}acquired/", {"value": "unknown", "why": "The log has a gap."})
    client.post(f"{FACTS}should_have_known_at/", {"value": "2026-03-02", "why": "The scanner's mail."})
    client.post(f"{FACTS}should_have_known_at/", {"value": "", "why": "It was another shop."})
    words = text(client.get(FACTS).content.decode())

    assert [False, None, "2026-03-02", None] == list(incident.legal_answers.values_list("value", flat=True))
    assert "Did anybody take the data? assumed Nobody knows. Taken for now: yes" in words
    assert "The log has a gap. 1 earlier answer" in words
    assert "no . Views alone." in words
    assert ["app-log", "edge-log"] == incident.legal_answers.first().evidence  # type: ignore[union-attr]  # there are four


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.ENGINEER])
def test_who_records_and_withdraws_events(story: Story, incident: Incident, visit: Visit, role: Role) -> None:
    """A hold is recorded, ended and withdrawn by those who decide about the law; others change nothing."""
    client, decides = visit(role), role in DECIDERS
    hold = {"kind": "law_enforcement_hold", "on": "2026-03-10", "form": "oral", "how": "A call."}
    client.post(f"{FACTS}events/", hold)
    assert decides == LegalEvent.objects.exists()
    known = {"on": BEGINS.date(), "how": "h", "by": story.person(Role.COUNSEL), "now": BEGINS}
    event = event_record(incident=incident, kind="law_enforcement_hold", form="written", **known)

    client.post(f"{FACTS}events/{event.pk}/end/", {"until": "2026-03-20", "how": "Their letter."})
    event.refresh_from_db()
    assert decides == (event.withdrawn_at is not None)
    last = LegalEvent.objects.latest("pk")
    client.post(f"{FACTS}events/{last.pk}/withdraw/", {"why": "No such letter."})
    last.refresh_from_db()

    assert decides == (last.withdrawn_why == "No such letter.")
    assert decides == ("No such letter." in client.get(FACTS).content.decode())


def test_a_refused_end_of_a_hold_comes_back_filled(story: Story, incident: Incident, visit: Visit) -> None:
    """An end before the beginning: the form of that hold stands open with what was typed, and the hold stands."""
    known = {"on": BEGINS.date(), "how": "h", "by": story.person(Role.COUNSEL), "now": BEGINS}
    event = event_record(incident=incident, kind="law_enforcement_hold", form="written", **known)
    posted = {"until": "2026-03-01", "how": "Their second letter."}
    html = visit(Role.COUNSEL).post(f"{FACTS}events/{event.pk}/end/", posted).content.decode()

    assert f'id="end-{event.pk}" open' in html
    assert 'value="2026-03-01" autofocus' in html
    assert 'value="Their second letter."' in html
    assert html.count("before it begins on 2026-03-10 (on)") == 2
    event.refresh_from_db()
    assert event.withdrawn_at is None


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"on": ""}, "Its day is missing (on)"),
        ({"on": "10 March"}, "Its day is no day (on)"),
        ({"requested_days": "many"}, "no whole number (requested_days)"),
        ({"form": "oral"}, "Only a hold"),
        ({"jurisdiction": "US-XX"}, "US-XX"),
    ],
)
def test_a_refused_event_comes_back_filled(incident: Incident, visit: Visit, posted: dict[str, str], words: str) -> None:
    """The form stands open with what was typed and says which field is wrong."""
    given = {"kind": "agent_knew", "on": "2026-03-09", "how": "Mail of the agency."} | posted
    html = visit(Role.COUNSEL).post(f"{FACTS}events/", given).content.decode()

    assert words in html
    assert 'id="add-event" open' in html
    assert 'value="Mail of the agency."' in html
    assert '<option value="agent_knew" selected>' in html
    assert not incident.legal_events.exists()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.ENGINEER, Role.COUNSEL])
def test_who_enters_a_count_by_hand(incident: Incident, visit: Visit, role: Role) -> None:
    """Those who count people do, from a sealed list; the page shows the list, the form holds the present count."""
    client, counts = visit(role), role is not Role.COUNSEL
    html = client.get(FACTS).content.decode()
    assert counts == ("Enter a count by hand" in html)
    assert counts == ("US-CA 1,842\nUS-TX 811" in html)
    posted = {"people": "US-CA 1,900\n\ntx\t40\nUS-NY: 3", "unknown": "7", "item": "edge-log", "how": "Ids told apart."}
    client.post(f"{FACTS}count/", posted)

    incident.refresh_from_db()
    assert counts == ({"US-CA": 1900, "US-NY": 3, "US-TX": 40} == incident.affected)
    assert (7 if counts else 3) == incident.affected_unknown
    assert counts == ("by hand from edge-log: Ids told apart." in client.get(FACTS).content.decode())


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"people": "US-CA 5\nfive Texans"}, "Line 2 is no place with a number (people)"),
        ({"people": "US-CA 5\nCA 6"}, "Line 2 names US-CA again (people)"),
        ({"people": "US-CA -5"}, "Line 1 is no place with a number"),
        ({"people": "US-XX 5"}, "No place of the law&#x27;s table: &#x27;US-XX&#x27; (people)"),
        ({"unknown": "-1"}, "no whole number (unknown)"),
        ({"item": "nothing"}, "&#x27;nothing&#x27; is not sealed in INC-0001 (item)"),
        ({"how": " "}, "A count says how it was made (how)"),
    ],
)
def test_a_refused_count_comes_back_filled(incident: Incident, visit: Visit, posted: dict[str, str], words: str) -> None:
    """The form stands open with what was typed, says what is wrong, and the count before stands."""
    before = dict(incident.affected)
    given = {"people": "US-CA 5", "unknown": "", "item": "edge-log", "how": "By eye."} | posted
    html = visit(Role.COMPLIANCE).post(f"{FACTS}count/", given).content.decode()

    assert words in html
    assert 'id="count-by-hand" open' in html
    assert f"autofocus>{given['people']}</textarea>" in html
    incident.refresh_from_db()
    assert before == incident.affected


def test_a_count_that_came_meanwhile_is_not_replaced_unseen(story: Story, incident: Incident, visit: Visit) -> None:
    """Two people count at once: the second hears of the first, sees that count, and may send the form once more."""
    client = visit(Role.COMPLIANCE)
    shown = re.findall(r'name="seen" value="(\d+)"', client.get(FACTS).content.decode())
    given = {"people": "US-CA 7", "item": "edge-log", "how": "By hand.", "seen": shown[0]}
    by = story.person(Role.ENGINEER)
    scope_record(incident=incident, by=by, now=BEGINS, people={"US-CA": 9}, unknown=0, query="q", query_sha256="0" * 64)

    html = client.post(f"{FACTS}count/", given).content.decode()
    assert "counted 9 people meanwhile" in html
    assert ">US-CA 7</textarea>" in html
    again = re.findall(r'name="seen" value="(\d+)"', html)
    assert HTTPStatus.FOUND == client.post(f"{FACTS}count/", given | {"seen": again[0]}).status_code
    incident.refresh_from_db()
    assert {"US-CA": 7} == incident.affected


def test_a_count_of_nobody_is_a_count(incident: Incident, visit: Visit) -> None:
    """Whoever finds that nobody is affected reads so, and not that nobody counted."""
    visit(Role.COMPLIANCE).post(f"{FACTS}count/", {"people": "", "item": "edge-log", "how": "The list is empty."})

    assert incident.duties.filter(owed=True).count() == 0
    assert "By the latest count nobody is affected." in visit(Role.COUNSEL).get(FACTS).content.decode()


def test_a_mistaken_report_is_withdrawn_and_marked(incident: Incident, visit: Visit) -> None:
    """Discovery goes back to the alert, and page and timeline say that the report was withdrawn and why."""
    before = incident.discovered_at
    now = BEGINS + timedelta(minutes=30)
    report = discovery_report(incident=incident, by="support", at=BEGINS - timedelta(days=1), how="ticket 5521", now=now)
    client = visit(Role.COMPLIANCE)
    refused = client.post(f"{FACTS}reports/{report.pk}/withdraw/", {"why": ""}, follow=True).content.decode()
    assert "A withdrawal says why." in refused
    client.post(f"{FACTS}reports/{report.pk}/withdraw/", {"why": "Of another year."})

    incident.refresh_from_db()
    assert before == incident.discovered_at
    assert Report.objects.get().withdrawn_why == "Of another year."
    assert "Of another year." in client.get(FACTS).content.decode()
    room = text(client.get("/incidents/INC-0001/").content.decode())
    assert "reported: ticket 5521 (withdrawn: Of another year.)" in room
    assert "withdrew a report; discovery moves" in room


def test_what_belongs_to_another_incident_is_not_found(incident: Incident, visit: Visit) -> None:
    """A wrong number and a wrong reference have the same answer."""
    client = visit(Role.COUNSEL)
    for place in ("events/99/withdraw/", "events/99/end/", "reports/99/withdraw/"):
        assert HTTPStatus.NOT_FOUND == client.post(f"/incidents/{incident.ref}/facts/{place}", {"why": "w"}).status_code
    assert HTTPStatus.NOT_FOUND == client.get("/incidents/INC-9999/facts/").status_code


def test_the_timeline_says_what_was_said(incident: Incident, visit: Visit) -> None:
    """Answers, events and withdrawals are sentences of the room's timeline."""
    client = visit(Role.COUNSEL)
    client.post(f"{FACTS}accessed/", {"value": "yes", "why": "The log."})
    client.post(f"{FACTS}events/", {"kind": "agent_knew", "on": "2026-03-09", "how": "Mail."})
    client.post(f"{FACTS}events/{LegalEvent.objects.get().pk}/withdraw/", {"why": "Another shop."})
    words = text(client.get(f"/incidents/{incident.ref}/").content.decode())

    assert "answered: Did anybody get at the data? yes" in words
    assert "recorded an event: An agent of ours knew, 2026-03-09" in words
    assert "withdrew an event: An agent of ours knew, 2026-03-09" in words


def test_the_page_names_what_assessments_found(story: Story, incident: Incident, visit: Visit) -> None:
    """Each place with its finding; a breach under HIPAA is the determination."""
    now, by = BEGINS + timedelta(minutes=30), story.person(Role.COUNSEL)
    for place, conclusion in (("US", "breach"), ("US-FL", "low_probability"), ("US-TX", "exception")):
        Assessment.objects.create(
            incident=incident, place=place, conclusion=conclusion, reasons="r", state="approved", at=now, recorded_at=now, by=by,
            decided_at=now, decided_by=by,
        )  # fmt: skip
    words = text(visit(Role.AUDITOR).get(FACTS).content.decode())

    assert "UTC = 10:30 New York by an approved assessment" in words
    assert "Under HIPAA: a breach." in words
    assert "In US-FL: no likely harm: duties that ask for it are lifted." in words
    assert "In US-TX: an exception: duties that ask for a breach are lifted." in words


def test_pages_ask_the_database_no_more_for_more_places(story: Story, incident: Incident, visit: Visit) -> None:
    """Fifty states with a hundred duties cost as many questions as one."""
    client = visit(Role.COMPLIANCE)
    pages = (FACTS, "/incidents/INC-0001/assessment/", "/incidents/INC-0001/", "/contracts/")
    everywhere = dict.fromkeys(rules_load().names.keys() - {"US"}, 700)
    by, costs = story.person(Role.COMPLIANCE), []
    for people in ({"US-CA": 5}, everywhere):
        scope_record(incident=incident, by=by, now=BEGINS, people=people, unknown=0, query="q", query_sha256="0" * 64)
        costs.append([questions(client, page) for page in pages])

    assert costs[0] == costs[1]


def questions(client: Client, page: str) -> int:
    """How many questions to the database a page costs that was shown before."""
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert HTTPStatus.OK == client.get(page).status_code
    return len(asked.captured_queries)


def test_a_closed_incident_offers_no_form(incident: Incident, visit: Visit) -> None:
    """What was known stays readable."""
    visit(Role.COMMANDER).post(f"/incidents/{incident.ref}/close/", {"outcome": "exercise"})
    html = visit(Role.COUNSEL).get(FACTS).content.decode()

    assert "Record the" not in html
    assert "What changed the clocks?" in html


@pytest.mark.parametrize("role", sorted(Role))
def test_who_sees_and_changes_contracts(incident: Incident, visit: Visit, role: Role) -> None:
    """Those who see incidents see the terms; compliance and counsel enter and retire them, and clocks follow at once."""
    client = visit(role)
    sees = client.get("/contracts/").status_code == HTTPStatus.OK
    assert sees == (role in {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR})

    answer = client.post("/contracts/write/", TERM, follow=True)
    assert (role in DECIDERS) == ContractTerm.objects.exists() == incident.duties.filter(regime="contract", owed=True).exists()
    assert sees == (answer.status_code == HTTPStatus.OK)
    if role in DECIDERS:
        assert "Within 72 hours of discovery." in answer.content.decode()
        assert "Stonebridge Cyber" in text(client.get(FACTS).content.decode())
    else:
        visit(Role.COUNSEL).post("/contracts/write/", TERM)
    client.post(f"/contracts/{ContractTerm.objects.get().pk}/retire/")
    assert (role in DECIDERS) == (ContractTerm.objects.get().retired_at is not None)
    if role in DECIDERS:
        assert "1 retired" in client.get("/contracts/").content.decode()
        assert "retired by" in text(client.get(FACTS).content.decode())


def test_a_refused_term_comes_back_filled(visit: Visit) -> None:
    """The form stands open with what was typed, and says which field is wrong; a wrong number of a term is not found."""
    client = visit(Role.COUNSEL)
    posted = TERM | {"value": "soon", "surfaces": ["checkout"], "elements": ["ssn"], "begins": "2026-01-01"}
    html = client.post("/contracts/write/", posted).content.decode()

    assert "The period is no whole number (value)" in html
    for piece in (
        'value="Stonebridge Cyber"',
        'value="soon"',
        'value="checkout" checked',
        'value="ssn" checked',
        'value="2026-01-01"',
    ):
        assert piece in html
    assert not ContractTerm.objects.exists()
    assert HTTPStatus.NOT_FOUND == client.post("/contracts/99/retire/").status_code


def test_text_from_people_is_inert(incident: Incident, visit: Visit) -> None:
    """Markup and controls in what people typed are shown, never acted on."""
    client = visit(Role.COUNSEL)
    client.post(f"{FACTS}accessed/", {"value": "yes", "why": HOSTILE})
    client.post(f"{FACTS}events/", {"kind": "agent_knew", "on": "2026-03-09", "how": HOSTILE})
    client.post("/contracts/write/", TERM | {"counterparty": HOSTILE, "clause": HOSTILE, "note": HOSTILE, "contact": HOSTILE})

    assert incident.legal_answers.exists()
    duty = incident.duties.get(regime="contract")
    for page in (FACTS, "/contracts/", f"/incidents/{incident.ref}/", f"/incidents/{incident.ref}/clocks/{duty.pk}/"):
        html = client.get(page).content.decode()
        assert "<script>alert" not in html
        assert "\u202e" not in html
        assert "&lt;script&gt;alert(1)" in html
