"""The pages about notices: what is owed and not written, one notice from draft to record, and nobody's words lost."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from hemostat.incidents.models import Incident, Notice
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import HOSTILE, Story
from unit.incidents.letters import answers_for, approved, filled

SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR, Role.TRAINING_LEAD}


@pytest.fixture
def incident(story: Story) -> Incident:
    """The incident half an hour after it was opened, with its duties."""
    return story.incident_at_work()


@pytest.fixture
def base(incident: Incident) -> str:
    """Where its notices are."""
    return f"/incidents/{incident.ref}/notices/"


@pytest.fixture
def letter(incident: Incident, visit: Visit, base: str) -> Notice:
    """The letter to the people of California, drafted in the browser."""
    duty = incident.duties.get(duty="CA-IND-2026")
    visit(Role.COMPLIANCE).post(f"{base}draft/", {"duty": duty.pk, "template": "california-form", "language": "en"})
    return Notice.objects.get()


def ready(story: Story, notice: Notice) -> Notice:
    """The notice filled in and approved."""
    compliance, counsel = story.person(Role.COMPLIANCE), story.person(Role.COUNSEL)
    return approved(filled(notice, by=counsel, now=NOW), compliance=compliance, counsel=counsel, now=NOW, why="as drafted")


def test_the_board_of_an_empty_incident_teaches(story: Story, visit: Visit) -> None:
    """Nobody was counted: the page says what will appear."""
    incident = story.incident()

    html = visit(Role.COUNSEL).get(f"/incidents/{incident.ref}/notices/").content.decode()

    assert "Nobody must be told yet." in html


def test_one_click_drafts_all_that_are_owed(incident: Incident, visit: Visit, base: str) -> None:
    """Before it, each stands as not drafted with its limit; after it, as a draft that says how much is missing."""
    client = visit(Role.COMPLIANCE)
    before = client.get(base).content.decode()

    after = client.post(f"{base}draft/owed/", follow=True).content.decode()

    owed = set(incident.duties.filter(owed=True, met_by=""))
    assert "not drafted" in before
    assert "Draft all that are owed" in before
    assert "Draft all that are owed" not in after
    assert "drafts stand" in after
    assert "missing" in after
    assert owed == {duty for notice in Notice.objects.all() for duty in notice.duties.all()}
    assert "Nothing is left to draft" in client.post(f"{base}draft/owed/", follow=True).content.decode()


def test_a_draft_that_nobody_needs_any_more_is_not_called_met(visit: Visit, letter: Notice, base: str) -> None:
    """The facts lifted its duties: its row says so."""
    letter.duties.update(owed=False)

    html = visit(Role.COMPLIANCE).get(base).content.decode()

    assert "not owed now" in html
    assert 'chip ok">met' not in html


def test_what_is_late_stands_first(incident: Incident, visit: Visit, base: str) -> None:
    """The earliest limit leads, and a limit that passed says so in words."""
    incident.duties.filter(duty="CA-IND-2026").update(due=NOW.date().replace(day=1))

    html = visit(Role.COMPLIANCE).get(base).content.decode()
    table = html[html.index("<tbody") :]

    assert "late: 9 d over" in table
    assert table.index("CA-IND-2026") < min(table.index(duty) for duty in ("HIPAA-IND", "NY-IND-2025"))


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_and_who_writes(visit: Visit, letter: Notice, base: str, role: Role) -> None:
    """Who sees the incident sees its notices; only compliance and counsel are offered a form."""
    client = visit(role)

    for url in (base, f"{base}{letter.pk}/"):
        answer = client.get(url)
        assert (role in SEE) == (answer.status_code == HTTPStatus.OK)
        if role in SEE:
            html = answer.content.decode()
            assert (role in {Role.COMPLIANCE, Role.COUNSEL}) == ("/edit/" in html or "elsewhere/" in html)
    assert HTTPStatus.NOT_FOUND == client.get(f"{base}999/").status_code


def test_the_way_of_a_notice(story: Story, visit: Visit, letter: Notice, base: str, incident: Incident) -> None:
    """Filled in, approved by two people, taken out, put on record: each from the page, without script."""
    url, counsel, compliance = f"{base}{letter.pk}/", visit(Role.COUNSEL), visit(Role.COMPLIANCE)
    answers = answers_for(letter, by=story.person(Role.COUNSEL), now=NOW)
    counsel.post(f"{url}edit/", {"version": "1", **{f"answer-{name}": value for name, value in answers.items()}})

    page = counsel.get(url).content.decode()
    assert "records that were not theirs" in page
    assert "version 2" in page
    letter.refresh_from_db()
    form = {"text_sha256": letter.text_sha256, "why": "as drafted"}
    assert "The other is still missing" in compliance.post(f"{url}approve/", form, follow=True).content.decode()
    assert "Both approvals stand" in counsel.post(f"{url}approve/", form, follow=True).content.decode()

    pdf, word = (counsel.post(f"{url}{form}/") for form in ("pdf", "docx"))
    assert pdf.content.startswith(b"%PDF")
    assert f'attachment; filename="EXERCISE-{incident.ref}-notice-{letter.pk}-v2.docx"' == word.headers["Content-Disposition"]
    assert HTTPStatus.NOT_FOUND == counsel.post(f"{url}odt/").status_code

    sending = {"method": "mail", "on": "2026-03-10", "people": str(letter.people), "proof": "lot 12", "evidence": "edge-log"}
    said = counsel.post(f"{url}send/", sending, follow=True).content.decode()
    assert "On record" in said
    assert "exercise: nothing went out" in said
    assert "met" in compliance.get(base).content.decode()
    assert "sent" == incident.duties.get(duty="CA-IND-2026").state


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"on": "soon"}, "Not a day"),
        ({"people": "many"}, "Not a number"),
        ({"on": "2030-01-01"}, "lies ahead"),
        ({"people": "99999"}, "more than the"),
        ({"proof": ""}, "names its proof"),
    ],
)
def test_a_record_that_cannot_be_is_explained(
    story: Story, visit: Visit, letter: Notice, base: str, form: dict[str, str], words: str
) -> None:
    """What was wrong is said in a sentence; nothing is on record."""
    ready(story, letter)
    sending = {"method": "mail", "on": "2026-03-10", "people": "4", "proof": "lot 12", **form}

    html = visit(Role.COUNSEL).post(f"{base}{letter.pk}/send/", sending, follow=True).content.decode()

    assert words in html
    assert not letter.sendings.exists()


def test_two_who_edit_the_same_part_lose_nothing(visit: Visit, letter: Notice, base: str) -> None:
    """The second sees both texts, side by side, in a page that can be saved again; the first one's stays until then."""
    url, counsel = f"{base}{letter.pk}/", visit(Role.COUNSEL)
    part = {"version": "1", "section": "What Happened"}
    visit(Role.COMPLIANCE).post(f"{url}edit/", {**part, "lines": "The first account of the matter."})

    answer = counsel.post(f"{url}edit/", {**part, "lines": "The second account of the matter."})

    html = answer.content.decode()
    assert HTTPStatus.CONFLICT == answer.status_code
    assert "changed this notice in the meantime" in html
    assert 2 <= html.count("The second account of the matter.")
    assert 2 <= html.count("The first account of the matter.")
    letter.refresh_from_db()
    assert "The first account of the matter." in str(letter.sections)
    counsel.post(f"{url}edit/", {**part, "version": "2", "lines": "The second account of the matter."})
    letter.refresh_from_db()
    assert "The second account of the matter." in str(letter.sections)


def test_what_was_typed_is_kept_when_it_is_refused(visit: Visit, letter: Notice, base: str) -> None:
    """A wrong answer comes back in its field with the reason, and so does one for an old version."""
    url, counsel = f"{base}{letter.pk}/edit/", visit(Role.COUNSEL)

    wrong = counsel.post(url, {"version": "1", "answer-delayed": "perhaps", "answer-how": "My own account."}).content.decode()
    old = counsel.post(url, {"version": "7", "answer-how": "My own account."}).content.decode()
    odd = counsel.post(url, {"version": "x", "answer-how": "My own account."}).content.decode()

    for html in (wrong, old, odd):
        assert "Not saved." in html
        assert "My own account." in html
    assert "stands in the fields below" in old
    assert "stands in the fields below" not in wrong


def test_a_part_written_over_can_be_taken_back(visit: Visit, letter: Notice, base: str) -> None:
    """The button stands at the part that was written over, and nowhere else."""
    url, counsel = f"{base}{letter.pk}/", visit(Role.COUNSEL)
    part = {"section": "What Happened"}
    assert "Take the drafted text back" not in counsel.get(url).content.decode()
    counsel.post(f"{url}edit/", {**part, "version": "1", "lines": "By hand."})
    assert 1 == counsel.get(url).content.decode().count("Take the drafted text back")

    counsel.post(f"{url}edit/", {**part, "version": "2", "lines": "By hand.", "take_back": "1"})

    letter.refresh_from_db()
    assert ({}, 3) == (letter.edits, letter.version)


def test_a_text_that_moved_on_asks_to_be_drawn_again(story: Story, visit: Visit, incident: Incident, base: str) -> None:
    """New facts are said beside the text, with the button that draws it again."""
    duty = incident.duties.get(duty="HIPAA-IND")
    counsel = visit(Role.COUNSEL)
    counsel.post(f"{base}draft/", {"duty": duty.pk, "template": "hipaa-individual", "language": "en"})
    notice = Notice.objects.get()
    Incident.objects.update(elements=["name", "diagnosis", "ssn"])
    assert story.home.exists()

    html = counsel.get(f"{base}{notice.pk}/").content.decode()
    assert "Draft again from the facts as they are now" in html
    counsel.post(f"{base}{notice.pk}/edit/", {"version": "1"})
    assert "Draft again from the facts as they are now" not in counsel.get(f"{base}{notice.pk}/").content.decode()


def test_the_spanish_twin(visit: Visit, letter: Notice, base: str) -> None:
    """Drafted from the page of the English one; each names the other, and the text is marked as Spanish."""
    counsel = visit(Role.COUNSEL)
    form = {"template": letter.template, "language": "es", "duty": [duty.pk for duty in letter.duties.all()]}

    answer = counsel.post(f"{base}draft/", form, follow=True)

    twin = Notice.objects.exclude(pk=letter.pk).get()
    html = answer.content.decode()
    assert "do both say the same?" not in html
    counsel.post(f"{base}{letter.pk}/edit/", {"version": "1", "answer-how": "Written in English alone."})
    assert "do both say the same?" in counsel.get(f"{base}{twin.pk}/").content.decode()
    assert 'lang="es"' in html
    assert f'href="{base}{letter.pk}/"' in html
    assert f'href="{base}{twin.pk}/"' in counsel.get(f"{base}{letter.pk}/").content.decode()
    assert "Draft it in Spanish" not in html


def test_written_elsewhere_and_withdrawn(visit: Visit, incident: Incident, base: str) -> None:
    """A sealed item stands as the notice, without fields; withdrawn, it stays with its reason and serves nothing."""
    counsel = visit(Role.COUNSEL)
    duty = incident.duties.get(duty="CA-IND-2026")
    counsel.post(f"{base}elsewhere/", {"duty": duty.pk, "evidence": "app-log", "language": "en"})
    notice = Notice.objects.get()
    page = counsel.get(f"{base}{notice.pk}/").content.decode()
    assert "written elsewhere" in page
    assert "What only you know" not in page

    counsel.post(f"{base}{notice.pk}/withdraw/", {"why": "Not the signed one."})

    assert "Not the signed one." in counsel.get(f"{base}{notice.pk}/").content.decode()
    assert "1 withdrawn" in counsel.get(base).content.decode()
    duty.refresh_from_db()
    assert "not_started" == duty.state


def test_what_people_type_is_inert(visit: Visit, letter: Notice, base: str, story: Story) -> None:
    """In the text, in the fields, in the page of a conflict, in reasons and proofs."""
    url, counsel = f"{base}{letter.pk}/", visit(Role.COUNSEL)
    counsel.post(f"{url}edit/", {"version": "1", "answer-how": HOSTILE, "answer-investigated": HOSTILE})
    conflict = counsel.post(f"{url}edit/", {"version": "1", "section": "What Happened", "lines": HOSTILE})
    letter.refresh_from_db()
    made = approved(letter, compliance=story.person(Role.COMPLIANCE), counsel=story.person(Role.COUNSEL), now=NOW, why=HOSTILE)
    counsel.post(f"{url}send/", {"method": "mail", "on": "2026-03-10", "people": "1", "proof": HOSTILE, "why": HOSTILE})
    shown = counsel.get(url).content.decode()
    counsel.post(f"{url}withdraw/", {"why": HOSTILE})

    assert made.sendings.exists()
    for html in (conflict.content.decode(), shown, counsel.get(url).content.decode(), counsel.get(base).content.decode()):
        assert "<script>alert" not in html
        assert not {"\x1b", "\x00", "\u202e"} & set(html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_today_says_what_notices_ask_of_whom(story: Story, visit: Visit, incident: Incident, base: str) -> None:
    """Those who write hear of duties without a notice, each profession of texts that lack its word, others of neither."""
    compliance, counsel, engineer = (visit(role) for role in (Role.COMPLIANCE, Role.COUNSEL, Role.ENGINEER))
    owed = incident.duties.filter(owed=True, met_by="").count()
    assert f"Draft the notices of {owed} duties" in compliance.get("/").content.decode()
    assert "Draft the notices" not in engineer.get("/").content.decode()

    compliance.post(f"{base}draft/owed/")
    notice = Notice.objects.filter(template="hipaa-individual").get()
    assert "Approve" not in counsel.get("/").content.decode()
    notice = filled(notice, by=story.person(Role.COMPLIANCE), now=NOW)
    assert [] == notice.missing
    form = {"text_sha256": notice.text_sha256, "why": "x"}
    compliance.post(f"{base}{notice.pk}/approve/", form)

    assert "Approve 1 notice" in counsel.get("/").content.decode()
    for other in (compliance, engineer):
        assert "Approve 1 notice" not in other.get("/").content.decode()
    counsel.post(f"{base}{notice.pk}/approve/", form)
    assert "Approve 1 notice" not in counsel.get("/").content.decode()


def test_a_late_notice_is_late_today(visit: Visit, incident: Incident) -> None:
    """A limit that passed without a draft is said in the tone of what is late."""
    incident.duties.filter(duty="CA-IND-2026").update(due=NOW.date().replace(day=1))

    html = visit(Role.COUNSEL).get("/").content.decode()

    assert 'chip late">not drafted' in html


def test_one_account_of_what_happened_for_all_drafts(visit: Visit, incident: Incident, base: str) -> None:
    """The form offers it, says how many drafts it concerns, and fills them; unticked, only this one has it."""
    counsel = visit(Role.COUNSEL)
    counsel.post(f"{base}draft/owed/")
    letter = Notice.objects.get(template="california-form")
    form = {"version": "1", "answer-how": "A door stood open.", "others": "1"}
    others = Notice.objects.exclude(pk=letter.pk)
    assert f"Fill it into {others.count()} other drafts too" in counsel.get(f"{base}{letter.pk}/").content.decode()

    said = counsel.post(f"{base}{letter.pk}/edit/", form, follow=True).content.decode()

    filled_in = [notice for notice in others if notice.answers.get("how")]
    assert f"filled into {len(filled_in)} other drafts" in said
    assert "hipaa-individual" in {notice.template for notice in filled_in}
    counsel.post(f"{base}{letter.pk}/edit/", {"version": "2", "answer-investigated": "We read the logs."})
    assert not [notice for notice in others.all() if notice.answers.get("investigated")]
    assert incident.notices.exists()


@pytest.mark.usefixtures("incident")
def test_who_gets_which_letter_stands_on_the_board(visit: Visit, base: str) -> None:
    """Each place with its people and its one letter, before and after the drafts; a second letter is said in words."""
    counsel = visit(Role.COUNSEL)
    before = counsel.get(base).content.decode()
    counsel.post(f"{base}draft/owed/")
    after = counsel.get(base).content.decode()
    served = Notice.objects.get(template="california-form").duties
    served.remove(served.get(duty="HIPAA-IND"))
    two = counsel.get(base).content.decode()

    assert all("one for each person" in html and "all other places" in html for html in (before, after))
    assert "some get two" not in before + after
    assert [1, 1] == [html.count("those who get no other letter") for html in (before, after)]
    assert "some get two" in two
    assert "2 letters" in two


def test_a_complete_draft_says_whose_word_it_waits_for(story: Story, visit: Visit, letter: Notice, base: str) -> None:
    """Nothing is missing: the board names both professions, then the one that is left."""
    counsel = visit(Role.COUNSEL)
    assert "waits for" not in counsel.get(base).content.decode()
    notice = filled(letter, by=story.person(Role.COUNSEL), now=NOW)
    assert [] == notice.missing

    assert "waits for compliance officer and counsel" in counsel.get(base).content.decode()
    counsel.post(f"{base}{notice.pk}/approve/", {"text_sha256": notice.text_sha256, "why": "x"})
    assert "waits for compliance officer<" in counsel.get(base).content.decode()


def test_the_board_asks_the_database_no_more_for_more_notices(
    visit: Visit, incident: Incident, base: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    """Ten notices cost what one costs, and so does the page of one among them."""
    counsel = visit(Role.COUNSEL)
    duty = incident.duties.get(duty="CA-IND-2026")
    counsel.post(f"{base}draft/", {"duty": duty.pk, "template": "california-form", "language": "en"})
    letter = Notice.objects.get()
    urls = (base, f"{base}{letter.pk}/")

    def queries() -> list[int]:
        counts = []
        for url in urls:
            with django_assert_max_num_queries(60) as seen:
                assert len(counsel.get(url).content) < 150_000
            counts.append(len(seen))
        return counts

    few = queries()
    counsel.post(f"{base}draft/owed/")
    assert Notice.objects.count() > 9
    assert all(more <= before for before, more in zip(few, queries(), strict=True))
