"""The page of remedies and exposure: who sees what, what it says, and what can be done on it."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest

from hemostat.console.ranges import dollars, ranges_drawn, span
from hemostat.incidents.models import Incident, RemedyTask
from hemostat.incidents.services import event_record, scope_record
from hemostat.law.exposure import ExposureRange
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import Story

SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR, Role.TRAINING_LEAD}
LAW = {Role.COMPLIANCE, Role.COUNSEL}
PAGE = "/incidents/INC-0001/remedies/"


@pytest.fixture
def counted(story: Story) -> Incident:
    """An incident in which Social Security numbers leaked, counted, with a consumer's cure letter."""
    incident = story.incident()
    Incident.objects.filter(pk=incident.pk).update(elements=["name", "ssn", "diagnosis"])
    scope_record(
        incident=incident, by=story.person(Role.COMPLIANCE), now=NOW, people={"US-CA": 501, "US-FL": 9}, unknown=0, query="q",
        query_sha256="0" * 64,
    )  # fmt: skip
    on = (NOW - timedelta(days=1)).date()
    incident.refresh_from_db()
    event_record(
        incident=incident, kind="consumer_cure_notice", on=on, how="Letter by mail", by=story.person(Role.COUNSEL), now=NOW
    )
    return incident


def test_who_sees_the_page(story: Story, visit: Visit) -> None:
    """Those who see incidents; for others there is no such page."""
    story.incident()

    assert SEE == {role for role in Role if visit(role).get(PAGE).status_code == HTTPStatus.OK}


def test_only_those_who_decide_on_law_see_the_ranges(counted: Incident, visit: Visit) -> None:
    """Estimates are work product: compliance and counsel see them, nobody else learns of them."""
    assert counted.ref in PAGE

    seen = {role for role in SEE if "What could each law ask for?" in visit(role).get(PAGE).content.decode()}

    assert LAW == seen


def test_what_is_owed_stands_with_day_reason_and_citation(counted: Incident, visit: Visit) -> None:
    """Each remedy has its day, its citation, and whether it was verified."""
    html = visit(Role.ENGINEER).get(PAGE).content.decode()

    assert counted.ref in html
    for words in ("Identity-theft prevention", "12 months", "up to 501 people", "9 Apr 2026", "1798.82(d)(2)(G)", "verified"):
        assert words in html
    assert "It follows from CA-IND-2026, which is owed." in html
    assert "Mark done" not in html


def test_the_ranges_say_what_they_are(counted: Incident, visit: Visit) -> None:
    """Amounts with inputs, no sum, an estimate and not a prediction, drawn for wide and for narrow screens."""
    assert counted.people

    html = visit(Role.COUNSEL).get(PAGE).content.decode()

    assert "an estimate, not a prediction" in html
    assert "are not added up" in html
    assert "$0 to $400,299" in html  # 501 people at up to USD 799; HIPAA governs the health part
    assert 'id="ranges-wide-title"' in html
    assert 'id="ranges-narrow-title"' in html
    assert "total exposure" not in html.lower()
    assert "1 more, only if letters are late" in html


def test_an_empty_page_teaches(story: Story, visit: Visit) -> None:
    """Before people are counted it says what will stand here and why nothing does."""
    story.incident()

    html = visit(Role.COUNSEL).get(PAGE).content.decode()

    assert "Remedies follow the duties" in html
    assert "Ranges follow the count of people." in html
    assert "<svg" not in html.partition("<main")[2].partition("</main>")[0].replace('<svg class="logo', "")


def test_a_remedy_is_marked_done_with_its_proof(counted: Incident, visit: Visit) -> None:
    """The form works without script, the page then shows who, when and the proof."""
    task = RemedyTask.objects.get(incident=counted, remedy="CA-IDENTITY")

    html = visit(Role.COMPLIANCE).post(f"{PAGE}{task.pk}/done/", {"proof": "Contract 7"}, follow=True).content.decode()

    task.refresh_from_db()
    assert "Contract 7" == task.proof
    assert "Contract 7" in html
    assert "done." in html


def test_an_engineer_is_told_whom_to_ask(counted: Incident, visit: Visit) -> None:
    """Nothing is done without the right."""
    task = RemedyTask.objects.get(incident=counted, remedy="CA-IDENTITY")

    html = visit(Role.ENGINEER).post(f"{PAGE}{task.pk}/done/", {"proof": "Contract 7"}, follow=True).content.decode()

    task.refresh_from_db()
    assert task.done_at is None
    assert "Ask: " in html


def test_a_proof_is_inert(counted: Incident, visit: Visit) -> None:
    """Markup in a proof is text."""
    task = RemedyTask.objects.get(incident=counted, remedy="CA-IDENTITY")

    html = visit(Role.COMPLIANCE).post(f"{PAGE}{task.pk}/done/", {"proof": "<script>1</script>"}, follow=True).content.decode()

    assert "&lt;script&gt;1" in html
    assert "<script>1" not in html


def test_the_script_comes_as_a_file(counted: Incident, visit: Visit) -> None:
    """In both languages, as plain text, with the mark of an exercise; another language is not found."""
    client = visit(Role.COMMANDER)

    english, spanish = client.get(f"{PAGE}call-center/en/"), client.get(f"{PAGE}call-center/es/")

    assert 'attachment; filename="INC-0001-call-center-en.txt"' == english.headers["Content-Disposition"]
    assert "text/plain; charset=utf-8" == spanish.headers["Content-Type"]
    assert "EXERCISE" in english.content.decode()
    assert "número de Seguro Social" in spanish.content.decode()
    assert counted.ref in english.content.decode()
    assert HTTPStatus.NOT_FOUND == client.get(f"{PAGE}call-center/fr/").status_code


def test_the_draft_of_an_answer_is_for_those_who_decide(counted: Incident, visit: Visit) -> None:
    """Counsel takes the draft with its clock; for an engineer there is no such page, nor for another kind of task."""
    task = RemedyTask.objects.get(incident=counted, remedy__startswith="CA-CURE")
    other = RemedyTask.objects.get(incident=counted, remedy="CA-IDENTITY")

    draft = visit(Role.COUNSEL).get(f"{PAGE}{task.pk}/answer/")

    assert "The answer is due on 2026-04-08." in draft.content.decode()
    assert HTTPStatus.NOT_FOUND == visit(Role.ENGINEER).get(f"{PAGE}{task.pk}/answer/").status_code
    assert HTTPStatus.NOT_FOUND == visit(Role.COUNSEL).get(f"{PAGE}{other.pk}/answer/").status_code


def test_a_remedy_that_is_due_stands_on_the_overview(counted: Incident, visit: Visit) -> None:
    """Near its day and after it, for those who mark it done, with a link to it; not for others, and not when it is done."""
    tasks = RemedyTask.objects.filter(incident=counted)
    tasks.update(due=(NOW + timedelta(days=30)).date())
    tasks.filter(remedy="CA-IDENTITY").update(due=(NOW - timedelta(days=1)).date())
    late, near = tasks.get(remedy="CA-IDENTITY"), tasks.get(remedy="HIPAA-TOLL-FREE")
    tasks.filter(pk=near.pk).update(due=(NOW + timedelta(days=7)).date())

    html = visit(Role.COUNSEL).get("/").content.decode()

    assert "remedy late" in html
    assert "remedy due" in html
    assert f'href="{PAGE}#remedy-{late.pk}"' in html
    assert "remedy late" not in visit(Role.ENGINEER).get("/").content.decode()
    tasks.update(done_at=NOW)
    assert "remedy" not in visit(Role.COUNSEL).get("/").content.decode()


def test_what_is_lifted_stays_with_its_reason(counted: Incident, story: Story, visit: Visit) -> None:
    """Nothing disappears from the page."""
    scope_record(
        incident=counted, by=story.person(Role.COMPLIANCE), now=NOW, people={"US-TX": 4}, unknown=0, query="q",
        query_sha256="0" * 64,
    )  # fmt: skip

    html = visit(Role.ENGINEER).get(PAGE).content.decode()

    assert "1 no longer owed" in html
    assert "which is not owed." in html


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "$0"),
        (999, "$999"),
        (1_000, "$1k"),
        (53_500, "$53.5k"),
        (999_499, "$999k"),
        (2_190_294, "$2.19M"),
        (4 * 10**12, "$4,000B"),
    ],
)
def test_amounts_in_few_characters(amount: int, words: str) -> None:
    """Three digits and a letter."""
    assert words == dollars(amount)


def made(low: int, high: int, ceiling: int | None = None, title: str = "A law") -> ExposureRange:
    """A range of one law."""
    return ExposureRange(
        id="X", jurisdiction="US", title=title, payee="", citation="", low=low, high=high, ceiling=ceiling, measure="per_person",
        inputs=[], because=[], effective=None, watch="", verified=True, sources=[],
    )  # fmt: skip


def test_a_range_in_words() -> None:
    """Nothing, one amount, or two."""
    assert ["nothing now", "$5", "$5 to $6"] == [span(made(0, 0)), span(made(5, 5)), span(made(5, 6))]


def test_the_picture_says_its_ranges_aloud() -> None:
    """Each law with its amounts, and what it can become only when that is more."""
    picture = ranges_drawn([made(0, 0, 500_000), made(5, 50, 50)], width=860, key="k")

    assert "A law: nothing now, can become $500k. A law: $5 to $50." in picture
    assert 1 == picture.count('class="more"')
    assert 1 == picture.count('class="none"')


def test_a_longer_range_is_drawn_longer() -> None:
    """The right end of a bar lies further right for more money, and inside the picture."""
    drawn = [ranges_drawn([made(0, high), made(0, 10**9)], width=860, key="k") for high in (50, 5_000, 10**6, 10**9)]

    ends = [float(re.findall(r'class="band" d="M[\d.]+ \d+H([\d.]+)"', picture)[0]) for picture in drawn]
    assert sorted(set(ends)) == ends
    assert ends[-1] <= 860


def test_a_narrow_picture_cuts_long_titles() -> None:
    """A title never leaves the picture; the words aloud keep it whole."""
    long = "A title that is far too long for a narrow telephone, which cuts it at its right edge"

    narrow = ranges_drawn([made(5, 50, title=long)], width=400, key="k")

    assert "…</text>" in narrow
    assert f"{long}: $5 to $50." in narrow
    assert "" == ranges_drawn([], width=400, key="k")
