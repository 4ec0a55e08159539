"""The incident room from the page: what it shows, and each act with its answer."""

from datetime import timedelta

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings as DjangoSettings

from hemostat.incidents.models import Incident, Step
from hemostat.kernel import Target
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import BEGINS, NOW
from unit.console.story import Story


def text_of(visit: Visit, role: Role, incident: Incident) -> str:
    """The room as a role sees it."""
    return visit(role).get(f"/incidents/{incident.ref}/").content.decode()


def step(incident: Incident, slug: str) -> Step:
    """A step of the incident as it is now."""
    return incident.steps.get(slug=slug)


def test_the_room_answers_the_two_questions_first(story: Story, visit: Visit) -> None:
    """Is the way still open, and how many people? Then the next act, the clocks, the lanes."""
    html = text_of(visit, Role.ENGINEER, story.incident_at_work())

    order = [
        html.index(words)
        for words in (
            "People exposed",
            "1,124",
            "path unknown",
            "Next act that stops it",
            "Legal clocks",
            "lane-engineering",
            "Timeline",
        )
    ]
    assert sorted(order) == order


def test_a_fresh_room_teaches(story: Story, visit: Visit) -> None:
    """Before anybody counted, each empty place says what will stand there and what brings it."""
    html = text_of(visit, Role.ENGINEER, story.incident())

    for words in (
        "The curve appears with the first count",
        "The clocks start when people are counted",
        "Each question that was answered",
    ):
        assert words in html


def test_each_clock_shows_its_rule_reasons_and_whether_it_was_verified(story: Story, visit: Visit) -> None:
    """A date without its citation is not shown."""
    html = text_of(visit, Role.COUNSEL, story.incident_at_work())

    for words in (
        "Cal. Civ. Code 1798.82",
        "California: affected residents",
        "1,842 people",
        "verified",
        "Reasons",
        "Rule CA-IND",
        "d left",
    ):
        assert words in html


def test_the_timeline_has_both_clocks(story: Story, visit: Visit) -> None:
    """When it happened and when we learned of it stand side by side, with the entry of the ledger."""
    html = text_of(visit, Role.ENGINEER, story.incident_at_work())

    for words in (
        "The first event behind ALR-0001 happened",
        "learned",
        "4 min later",
        "acknowledged ALR-0001",
        "counted 4,430 people in 7 places",
        "machine",
    ):
        assert words in html


def test_the_timeline_tells_of_every_act(story: Story, visit: Visit) -> None:
    """No act of the ledger stands there as a bare word of ours."""
    incident = story.incident_at_work()
    commander, counsel = visit(Role.COMMANDER), visit(Role.COUNSEL)
    base = f"/incidents/{incident.ref}"
    counsel.post(f"{base}/evidence/verify/")
    counsel.post(f"{base}/evidence/edge-log/", {"why": "first calls"})
    counsel.post(f"{base}/report/", {"at": "2026-03-10T13:52:00Z", "how": "ticket 5521"})
    counsel.post(f"{base}/report/", {"at": "2026-03-10T14:20", "how": "ticket 5522"})
    duty = incident.duties.filter(owed=True).first()
    assert duty is not None
    counsel.post(f"{base}/notices/draft/", {"duty": duty.pk, "template": "plain-notice", "language": "en"})
    visit(Role.ENGINEER).post(f"{base}/steps/seal-logs/run/")
    commander.post(f"{base}/close/", {"outcome": "exercise"})

    html = text_of(visit, Role.COUNSEL, incident)

    told = (
        "verified 2 items of evidence: no fault",
        "opened edge-log",
        "recorded an earlier report; discovery moves to it",
        "recorded a report",
        "reported: ticket 5521",
        "drafted “EXERCISE: Notice of a data breach”",
        f"marked {duty.duty} draft",
        "tried “Seal edge and app logs”",
        "closed the incident: exercise",
        "Priya Nair",
        "decided: The day",
    )
    for words in told:
        assert words in html


def test_an_earlier_report_moves_the_discovery(story: Story, visit: Visit) -> None:
    """A ticket from before the alert is the discovery; one from the future or in no form is refused with advice."""
    incident, client = story.incident_at_work(), visit(Role.COUNSEL)
    url = f"/incidents/{incident.ref}/report/"

    assert "clocks with it" in client.post(url, {"at": "2026-03-10T13:52:00", "how": "ticket 5521"}, follow=True).content.decode()
    assert (
        "cannot lie in the future" in client.post(url, {"at": "2026-03-11T13:52:00Z", "how": "x"}, follow=True).content.decode()
    )
    assert "Not a moment" in client.post(url, {"at": "yesterday", "how": "x"}, follow=True).content.decode()
    assert "on record" in client.post(url, {"at": "2026-03-10T09:00-05:00", "how": "x"}, follow=True).content.decode()

    incident.refresh_from_db()
    assert BEGINS - timedelta(minutes=8) == incident.discovered_at


def test_a_decision_is_kept_with_its_reasons(story: Story, visit: Visit) -> None:
    """Counsel decides; the choice, the reasons and the facts stand in the record, once."""
    incident, client = story.incident(), visit(Role.COUNSEL)
    decision = incident.steps.filter(kind="decision", lane="counsel", state="ready").first()
    assert decision is not None
    url = f"/incidents/{incident.ref}/steps/{decision.slug}/complete/"

    assert "Not an answer" in client.post(url, {"choice": "nothing"}, follow=True).content.decode()
    form = {"choice": decision.options[0]["key"], "rationale": "Because of the ticket.", "facts": "ticket 5521\n\n"}
    html = client.post(url, form, follow=True).content.decode()
    again = client.post(url, form, follow=True).content.decode()

    assert f"{decision.name}: done." in html
    assert ["ticket 5521"] == incident.decisions.get().facts
    assert "was already done by Priya Nair" in again


def test_a_step_of_another_role_is_refused_in_words(story: Story, visit: Visit) -> None:
    """An engineer who tries counsel's step hears whom to ask, on the same page."""
    incident = story.incident()
    slug = incident.steps.filter(lane="counsel", state="ready").first()
    assert slug is not None

    html = (
        visit(Role.ENGINEER)
        .post(f"/incidents/{incident.ref}/steps/{slug.slug}/complete/", {"note": "x"}, follow=True)
        .content.decode()
    )

    assert "Not done." in html
    assert "Ask: counsel." in html


def test_a_step_before_its_turn_names_what_it_waits_for(story: Story, visit: Visit) -> None:
    """Containment before preservation is refused, and nothing was called."""
    incident = story.incident()

    html = visit(Role.ENGINEER).post(f"/incidents/{incident.ref}/steps/block-direct-host/run/", follow=True).content.decode()

    assert "waits for the step &#x27;Seal edge and app logs&#x27;" in html


def test_a_dry_run_shows_the_calls_and_makes_none(story: Story, visit: Visit) -> None:
    """The requests are shown as they would be sent."""
    incident = story.incident()

    html = visit(Role.ENGINEER).post(f"/incidents/{incident.ref}/steps/seal-logs/rehearse/", follow=True).content.decode()

    assert "Nothing was sent." in html
    assert "GET http://127.0.0.1:9/admin/edge-log" in html
    assert "ready" == step(incident, "seal-logs").state


def test_a_step_whose_system_is_down_failed_and_can_be_tried_again(story: Story, visit: Visit) -> None:
    """The page says what did not answer; the step offers another try."""
    incident = story.incident()

    html = visit(Role.ENGINEER).post(f"/incidents/{incident.ref}/steps/seal-logs/run/", follow=True).content.decode()

    assert "failed" == step(incident, "seal-logs").state
    assert "did not answer" in html
    assert "Try again" in html


@pytest.fixture
def living(story: Story, settings: DjangoSettings, twin: str) -> Story:
    """The story, with a twin that answers."""
    targets = {name: Target(url=twin) for name in ("twin", "direct", "storefront")}
    story.home.write(msgspec.structs.replace(story.home.settings(), targets=targets))
    settings.HEMOSTAT = story.home.settings()
    return story


def test_sealing_from_the_page(living: Story, visit: Visit) -> None:
    """One click fetches, hashes and seals both logs; the next act is marked, and a colleague's second click learns who did it."""
    incident = living.incident()
    url = f"/incidents/{incident.ref}/steps/seal-logs/run/"

    html = visit(Role.ENGINEER).post(url, follow=True).content.decode()
    late = visit(Role.COMPLIANCE).post(url, follow=True).content.decode()

    assert {"edge-log", "app-log"} == set(incident.evidence.values_list("item", flat=True))
    assert "sealed edge-log into the vault" in html
    assert "was already done by Mara Reyes" in late
    assert "ready" == step(incident, "block-direct-host").state


def test_two_persons_for_what_cannot_be_undone(living: Story, visit: Visit) -> None:
    """One asks, another confirms, the first runs it; nobody confirms himself."""
    incident = living.incident()
    Step.objects.filter(incident=incident, slug="rotate-token-key").update(needs=[], needs_sealed=[], state="ready")
    url = f"/incidents/{incident.ref}/steps/rotate-token-key"
    engineer, commander = visit(Role.ENGINEER), visit(Role.COMMANDER)

    asked = engineer.post(f"{url}/run/", follow=True).content.decode()
    own = engineer.post(f"{url}/second/", follow=True).content.decode()
    assert "Approve as second person" in commander.get(f"/incidents/{incident.ref}/").content.decode()
    confirmed = commander.post(f"{url}/second/", follow=True).content.decode()
    done = engineer.post(f"{url}/run/", follow=True).content.decode()

    assert "Somebody else must confirm it first" in asked
    assert "The second person is somebody else" in own
    assert "Mara Reyes runs it now" in confirmed
    assert "confirmed by Ada Okafor" in done
    assert "confirmed “Rotate the token key” as the second person" in done


def test_an_open_path_is_shown_as_such(story: Story, visit: Visit) -> None:
    """While one way is open the page says so, in words, with each way and the moment of the probe."""
    incident = story.incident_at_work()
    ways = [{"path": "unsigned-call", "state": "open"}, {"path": "old-token", "state": "closed"}]
    Incident.objects.filter(pk=incident.pk).update(path_state="open", path_results=ways, path_checked_at=NOW)

    html = text_of(visit, Role.ENGINEER, incident)

    for words in ("path open", "probed", "2 ways out", "unsigned call"):
        assert words in html


def test_a_contained_incident_is_calm(story: Story, visit: Visit) -> None:
    """When the way is closed nothing is forecast and no act is urged."""
    incident = story.incident_at_work()
    Incident.objects.filter(pk=incident.pk).update(path_state="closed", state="contained", contained_at=NOW)

    html = text_of(visit, Role.ENGINEER, incident)

    assert "path closed" in html
    assert "if nothing is done" not in html
    assert "Next act that stops it" not in html


def test_a_file_is_sealed_by_hand(story: Story, visit: Visit) -> None:
    """A screenshot becomes evidence; no name, no file, or a name in use is refused with advice."""
    incident, client = story.incident(), visit(Role.COMPLIANCE)
    url = f"/incidents/{incident.ref}/evidence/"

    def send(item: str, content: bytes) -> str:
        form = {"item": item, "how": "exported from the mailbox", "content": SimpleUploadedFile("x.txt", content)}
        return client.post(url, form, follow=True).content.decode()

    assert "small letters" in send("../x", b"a")
    assert "No file came" in send("ticket-5521", b"")
    assert "No file came" in client.post(url, {"item": "ticket-5521"}, follow=True).content.decode()
    assert "ticket-5521 is sealed: 4 bytes" in send("ticket-5521", b"text")
    assert "already sealed by Colin Brandt" in send("ticket-5521", b"other")


def test_a_file_that_is_too_large_is_refused(story: Story, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is said in bytes, with what helps."""
    monkeypatch.setattr("hemostat.console.views.casework.LARGEST_UPLOAD", 3)
    incident = story.incident()
    form = {"item": "big", "how": "x", "content": SimpleUploadedFile("x", b"four")}

    assert (
        "more than 3 bytes"
        in visit(Role.ENGINEER).post(f"/incidents/{incident.ref}/evidence/", form, follow=True).content.decode()
    )


def test_damaged_evidence_is_named(story: Story, visit: Visit) -> None:
    """A changed file in the vault is found by the button, and named."""
    incident = story.incident_at_work()
    url = f"/incidents/{incident.ref}/evidence/verify/"
    assert "All 2 items hold" in visit(Role.AUDITOR).post(url, follow=True).content.decode()

    sealed = min(path for path in story.home.vault.rglob("*") if path.is_file())
    sealed.chmod(0o600)
    sealed.write_bytes(b"x" + sealed.read_bytes())

    assert "Evidence does not hold" in visit(Role.AUDITOR).post(url, follow=True).content.decode()


def test_opening_evidence_needs_a_reason(story: Story, visit: Visit) -> None:
    """Without a reason nothing is handed out, and the page says so."""
    incident = story.incident_at_work()

    html = visit(Role.COUNSEL).post(f"/incidents/{incident.ref}/evidence/edge-log/", {"why": " "}, follow=True).content.decode()

    assert "needs a reason" in html


def test_privileged_notes_are_shared_by_name(story: Story, visit: Visit) -> None:
    """Counsel names who else may read a note; the others never see it."""
    incident = story.incident()
    form = {"text": "Only for two of us.", "privileged": "on", "named": ["colin"]}
    visit(Role.COUNSEL).post(f"/incidents/{incident.ref}/notes/", form)

    seen = {
        role for role in (Role.COUNSEL, Role.COMPLIANCE, Role.ENGINEER) if "Only for two of us." in text_of(visit, role, incident)
    }

    assert {Role.COUNSEL, Role.COMPLIANCE} == seen


def test_an_empty_note_is_refused(story: Story, visit: Visit) -> None:
    """A note has a text."""
    incident = story.incident()

    assert (
        "A note has a text"
        in visit(Role.ENGINEER).post(f"/incidents/{incident.ref}/notes/", {"text": " "}, follow=True).content.decode()
    )


def test_the_command_goes_to_somebody_who_may_command(story: Story, visit: Visit) -> None:
    """A hand over to somebody without the right, or to oneself, is refused in words."""
    incident, client = story.incident(), visit(Role.COMMANDER)
    url = f"/incidents/{incident.ref}/hand-over/"

    assert "Nobody of this name may command" in client.post(url, {"to": "mara"}, follow=True).content.decode()
    assert "already commands" in client.post(url, {"to": "ada"}, follow=True).content.decode()


def test_closing_is_refused_while_the_way_is_not_closed(story: Story, visit: Visit) -> None:
    """A breach is not closed with an open way; the page says what is missing."""
    incident, client = story.incident_at_work(), visit(Role.COMMANDER)

    html = client.post(f"/incidents/{incident.ref}/close/", {"outcome": "breach"}, follow=True).content.decode()

    assert "The path of INC-0001 is unknown" in html
    closed = client.post(f"/incidents/{incident.ref}/close/", {"outcome": "exercise"}, follow=True).content.decode()
    assert "INC-0001 is closed: exercise" in closed
    assert "Add entry" not in closed


def test_a_wrong_step_or_item_does_not_exist(story: Story, visit: Visit) -> None:
    """Addresses that name nothing are answered as such."""
    incident, client = story.incident(), visit(Role.COUNSEL)

    assert 404 == client.post(f"/incidents/{incident.ref}/steps/nothing/run/").status_code
    assert 404 == client.post(f"/incidents/{incident.ref}/evidence/nothing/", {"why": "x"}).status_code
    assert 405 == client.get(f"/incidents/{incident.ref}/close/").status_code
