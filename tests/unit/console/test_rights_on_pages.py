"""Who sees which page and may do which act: each case with its counterpart, from one set-up."""

from http import HTTPStatus

import pytest

from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import Story

SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR}
TRIAGE = SEE - {Role.AUDITOR}
PAGES = {
    "/": set(Role),
    "/alerts/": SEE,
    "/alerts/ALR-0001/": SEE,
    "/incidents/": SEE | {Role.TRAINING_LEAD},
    "/incidents/INC-0001/": SEE | {Role.TRAINING_LEAD},
    "/incidents/INC-0001/facts/": SEE | {Role.TRAINING_LEAD},
    "/contracts/": SEE,
    "/hunt/": {Role.ENGINEER, Role.COMPLIANCE, Role.COMMANDER},
    "/rules/back-tests/": SEE,
    "/law/": SEE,
    "/law/US-CA/": SEE,
    "/law/changes/": SEE,
    "/law/yearly-log/": SEE,
    "/law/rows/CA-IND-2026/": SEE,
    "/rules/": SEE,
    "/rules/9ce9c725-3339-450d-a3ec-cba96da5b4b8/": SEE,
    "/drills/": set(Role) - {Role.ADMIN},
    "/lessons/": set(Role) - {Role.ADMIN},
    "/lessons/forty-five-days/": set(Role) - {Role.ADMIN},
    "/settings/": {Role.ENGINEER, Role.AUDITOR, Role.ADMIN},
}


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_a_page(story: Story, visit: Visit, page: str) -> None:
    """A page opens for those whose roles hold its right, and does not exist for others."""
    story.incident()

    assert PAGES[page] == {role for role in Role if visit(role).get(page).status_code == HTTPStatus.OK}


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_shows_only_doors_that_open(visit: Visit, role: Role) -> None:
    """Everybody is offered the pages that he gets, and no others."""
    html = visit(role).get("/").content.decode()

    menu = html.partition("<nav")[2].partition("</nav>")[0]
    for page in ("/alerts/", "/incidents/", "/law/", "/rules/", "/hunt/", "/drills/", "/settings/"):
        opens = visit(role).get(page).status_code == HTTPStatus.OK
        assert opens == (f'href="{page}"' in menu)


@pytest.mark.parametrize("role", list(Role))
def test_who_acknowledges_an_alert(story: Story, visit: Visit, role: Role) -> None:
    """Those who triage take an alert; others find no such address."""
    alert = story.alert()

    answer = visit(role).post(f"/alerts/{alert.ref}/acknowledge/")

    alert.refresh_from_db()
    assert (role in TRIAGE) == (alert.acknowledged_at is not None)
    assert (HTTPStatus.FOUND if role in TRIAGE else HTTPStatus.NOT_FOUND) == answer.status_code


@pytest.mark.parametrize(
    ("role", "allowed"), [(Role.COUNSEL, True), (Role.COMPLIANCE, True), (Role.ENGINEER, False), (Role.COMMANDER, False)]
)
def test_who_drafts_a_notice(story: Story, visit: Visit, role: Role, allowed: bool) -> None:  # noqa: FBT001  # a case
    """Only counsel and the compliance officer move a notice; others are told whom to ask."""
    incident = story.incident_at_work()
    duty = incident.duties.filter(owed=True).first()
    assert duty is not None

    form = {"duty": duty.pk, "template": "plain-notice", "language": "en"}
    page = visit(role).post(f"/incidents/{incident.ref}/notices/draft/", form, follow=True).content.decode()

    duty.refresh_from_db()
    assert allowed == (duty.state == "draft")
    assert allowed == ("Ask: " not in page)


@pytest.mark.parametrize(
    ("role", "reads"), [(Role.COUNSEL, True), (Role.ENGINEER, False), (Role.AUDITOR, False), (Role.COMMANDER, False)]
)
def test_who_reads_what_is_privileged(story: Story, visit: Visit, role: Role, reads: bool) -> None:  # noqa: FBT001  # a case
    """Advice of counsel stands in nobody else's timeline, neither its text nor that it exists."""
    incident = story.incident_at_work()

    for page in (f"/incidents/{incident.ref}/", f"/incidents/{incident.ref}/pulse/"):
        assert reads == ("Advice of counsel about the letter" in visit(role).get(page).content.decode())


@pytest.mark.parametrize(
    ("role", "allowed"), [(Role.COUNSEL, True), (Role.COMPLIANCE, True), (Role.ENGINEER, False), (Role.AUDITOR, False)]
)
def test_who_takes_a_copy_of_evidence(story: Story, visit: Visit, role: Role, allowed: bool) -> None:  # noqa: FBT001  # a case
    """What an item holds goes to those who may open it, as a file, and into its custody; others find no such address."""
    incident = story.incident_at_work()

    answer = visit(role).post(f"/incidents/{incident.ref}/evidence/edge-log/", {"why": "to read the first calls"})

    item = incident.evidence.get(item="edge-log")
    assert allowed == (item.custody.filter(act="opened").count() == 1)
    if allowed:
        assert (b"sealed lines\n", f'attachment; filename="{incident.ref}-edge-log"') == (
            answer.content,
            answer.headers["Content-Disposition"],
        )
    else:
        assert HTTPStatus.NOT_FOUND == answer.status_code


@pytest.mark.parametrize(("role", "allowed"), [(Role.COMMANDER, True), (Role.ENGINEER, False), (Role.COUNSEL, False)])
def test_who_closes_an_incident(story: Story, visit: Visit, role: Role, allowed: bool) -> None:  # noqa: FBT001  # a case
    """The commander closes."""
    incident = story.incident()

    visit(role).post(f"/incidents/{incident.ref}/close/", {"outcome": "exercise"})

    incident.refresh_from_db()
    assert allowed == (incident.state == "closed")


@pytest.mark.parametrize(("role", "allowed"), [(Role.AUDITOR, True), (Role.ENGINEER, True), (Role.ADMIN, False)])
def test_who_verifies_the_ledger(visit: Visit, role: Role, allowed: bool) -> None:  # noqa: FBT001  # a case
    """Who may verify gets an answer from the chain itself; others hear whom to ask."""
    page = visit(role).post("/settings/ledger/verify/", follow=True).content.decode()

    assert allowed == ("The ledger holds" in page)
    assert allowed == ("Ask: " not in page)
