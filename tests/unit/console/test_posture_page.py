"""The page of posture: who sees it, what it says with words and marks, and what never acts on it."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from hemostat.alerts.models import Mute
from hemostat.alerts.postures import postures_raise
from hemostat.kernel import Home
from hemostat.people.rights import Role
from hemostat.readiness.posture import kept, remember
from hemostat.readiness.posture.alarms import fallen
from hemostat.readiness.posture.verdicts import Verdict
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.postures import results

TUNE = {Role.ENGINEER, Role.COMMANDER}
SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR}


@pytest.mark.parametrize("page", ["/posture/", "/api/posture/"])
def test_who_sees_the_page(visit: Visit, page: str) -> None:
    """Those who see alerts; for others there is no such page, also as JSON."""
    assert SEE == {role for role in Role if visit(role).get(page).status_code == HTTPStatus.OK}


def test_before_the_first_look(visit: Visit) -> None:
    """The page says that nobody has looked, and how one does; the door to it stands in the menu."""
    html = visit(Role.COMPLIANCE).get("/posture/").content.decode()
    assert "Nobody has looked yet." in html
    assert 'href="/posture/" aria-current="page"' in html


def test_what_fails_says_where_why_and_what_to_do(visit: Visit, home: Home) -> None:
    """In words beside each mark; text from stores and sites is made inert; what holds and what is unknown stand apart."""
    remember(home, results(Verdict.FAILS), now=NOW - timedelta(minutes=4))
    html = visit(Role.ENGINEER).get("/posture/").content.decode()

    assert "1 fails, 1 unknown, 1 holds" in html
    assert '<span aria-hidden="true">✗</span> fails' in html
    assert '<span aria-hidden="true">?</span> unknown' in html
    assert '<span aria-hidden="true">✓</span> holds' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<code>answers</code>" in html
    assert "Block the route at the edge" in html
    assert "<code>anonymous-person-data</code>" in html
    assert "No address is named." in html
    assert "Name a page of this surface under <code>posture.probes</code>" in html
    assert "Looked at 4 min ago" in html
    assert "<h3>Not so: Routes about people refuse whoever shows nothing</h3>" in html
    assert "\u202e" not in html


def test_one_surface_alone(visit: Visit, home: Home) -> None:
    """The list shows what is about it; the matrix stays whole."""
    remember(home, results(Verdict.FAILS), now=NOW)
    html = visit(Role.COUNSEL).get("/posture/", {"surface": "checkout"}).content.decode()
    assert "12 settings were read." in html
    assert "alert(1)" not in html
    assert "Routes about people refuse whoever shows nothing" in html


def test_what_changed_stands_there(visit: Visit, home: Home) -> None:
    """With the moment, and what it was before."""
    remember(home, results(Verdict.HOLDS), now=NOW - timedelta(days=1))
    remember(home, results(Verdict.FAILS), now=NOW)
    html = visit(Role.AUDITOR).get("/posture/").content.decode()
    assert "refuse whoever shows nothing: holds, then <b>fails</b>" in html
    assert "not looked at, then <b>unknown</b>" in html


def test_the_same_as_json(visit: Visit, home: Home) -> None:
    """As the command prints it."""
    remember(home, results(Verdict.FAILS), now=NOW)
    found = visit(Role.COMPLIANCE).get("/api/posture/").json()
    assert ["fails", "unknown", "holds"] == [one["verdict"] for one in found["checks"]]
    assert 1 == len(visit(Role.COMPLIANCE).get("/api/posture/", {"surface": "checkout"}).json()["checks"])


def test_an_alert_about_posture_says_how_it_ended(visit: Visit, home: Home) -> None:
    """That the check holds again, and where it stands; not that something is seen again."""
    remember(home, results(Verdict.HOLDS), now=NOW - timedelta(days=1))
    remember(home, results(Verdict.FAILS), now=NOW)
    (alert,) = postures_raise(fallen=fallen(kept(home), environment="sandbox"), now=NOW)
    client = visit(Role.ENGINEER)
    assert "It `answers` a stranger." in client.get(f"/alerts/{alert.ref}/").content.decode()
    postures_raise(fallen=[], now=NOW)

    html = client.get(f"/alerts/{alert.ref}/").content.decode()
    assert "The check holds again" in html
    assert 'href="/posture/"' in html
    assert "is seen again" not in html


def _given(
    key: str = "closed-routes||patient-portal", *, days: float = 30, reason: str = "The edge blocks it by Friday."
) -> dict[str, str]:
    return {"key": key, "until": f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M}", "reason": reason}


@pytest.mark.parametrize("role", list(Role))
def test_who_accepts_what_fails(visit: Visit, home: Home, role: Role) -> None:
    """Engineers and commanders; for others there is no such address, and no form."""
    remember(home, results(Verdict.FAILS), now=NOW)
    client = visit(role)
    client.post("/posture/accept/", _given())

    assert (role in TUNE) == Mute.objects.exists()
    page = client.get("/posture/")
    if page.status_code == HTTPStatus.OK:
        assert (role in TUNE) == ('method="post"' in page.content.decode().partition("<main")[2])


def test_what_is_accepted_says_until_when_by_whom_and_why(visit: Visit, home: Home) -> None:
    """It still fails, is counted apart, and one button ends the acceptance."""
    remember(home, results(Verdict.FAILS), now=NOW)
    client = visit(Role.ENGINEER)
    assert "Accept it until a day" in client.get("/posture/").content.decode()

    html = client.post("/posture/accept/", _given(), follow=True).content.decode()

    mute = Mute.objects.get()
    assert ("posture-closed-routes", "", {"surface": "patient-portal"}) == (mute.rule, mute.store, mute.group)
    assert "Accepted until 9 Apr 2026" in html
    assert "1 fails (1 of them accepted)" in html
    assert "fails, accepted" in html
    assert f"by {mute.made_by}: The edge blocks it by Friday." in html
    assert "Accept it until a day" not in html
    ended = client.post(f"/posture/closed-routes/accepted/{mute.pk}/end/", follow=True).content.decode()
    assert "It is accepted no longer." in ended
    assert "of them accepted" not in ended


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (_given(reason=" "), "needs a reason"),
        (_given(days=91), "within 90 days"),
        (_given(days=-1), "not in the past"),
        (_given() | {"until": "soon"}, "not given as a date"),
        (_given("debug-off|oak|"), "does not fail"),
        (_given("nothing"), "does not fail"),
    ],
)
def test_an_acceptance_that_cannot_be_is_refused(visit: Visit, home: Home, given: dict[str, str], words: str) -> None:
    """In words, and nothing is made: it needs a reason, an end within ninety days, and a check that fails."""
    remember(home, results(Verdict.FAILS), now=NOW)

    assert words in visit(Role.ENGINEER).post("/posture/accept/", given, follow=True).content.decode()
    assert not Mute.objects.exists()


def test_an_acceptance_that_is_not_there_cannot_be_ended(visit: Visit) -> None:
    """A wrong number gets the answer for an address that does not exist."""
    assert HTTPStatus.NOT_FOUND == visit(Role.ENGINEER).post("/posture/closed-routes/accepted/7/end/").status_code
