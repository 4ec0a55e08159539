"""The pages of coverage, holds and saved questions: who sees them, what they show, and what never stands there."""

from http import HTTPStatus

import pytest

from hemostat.kernel import Home
from hemostat.lake.holds import holds
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from hemostat.stores.snapshot import Item, Snapshot, snapshot_save
from unit.console.conftest import Visit
from unit.lake.made import NOON

SEE = {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER, Role.AUDITOR}


@pytest.mark.parametrize("page", ["/coverage/", "/api/coverage/", "/holds/"])
def test_who_sees_the_pages(visit: Visit, page: str) -> None:
    """Those who see alerts; for others there is no such page, also as JSON."""
    assert SEE == {role for role in Role if visit(role).get(page).status_code == HTTPStatus.OK}


def test_the_map_on_the_page_and_as_json(visit: Visit, home: Home) -> None:
    """A path of the snapshot stands on both, made inert; the filters let through what they name; a stranger's store is none."""
    store = next(iter(home.settings().sources.values())).store
    hostile = Item(kind="pixel", id="web-1", title="<script>alert(1)</script>\u202e")
    snapshot_save(home, Snapshot(store=store, platform="shopify", taken_at=NOON, items=(hostile,)))
    client = visit(Role.COMPLIANCE)

    html = client.get("/coverage/", {"store": store}).content.decode()
    (found,) = client.get("/api/coverage/", {"store": store}).json()["maps"]

    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert found["whole"]["of"] + found["whole"]["cannot"] == len(found["paths"])
    only = client.get("/coverage/", {"store": store, "state": "silent", "surface": "checkout"}).content.decode()
    assert "No path fits these filters" in only or "silent</span>" in only
    assert HTTPStatus.NOT_FOUND == client.get("/coverage/", {"store": "another"}).status_code
    assert HTTPStatus.NOT_FOUND == client.get("/api/coverage/", {"store": "another"}).status_code


def test_a_hold_is_placed_and_let_go_on_record(visit: Visit, home: Home) -> None:
    """An identifier that was typed is a pseudonym in the hold, on the page and in the ledger; only some may let it go."""
    given = {"reason": "Case 7", "actor": "nurse@clinic.example", "actor_is": "identifier", "since": "2026-03-02T14:00"}
    visit(Role.ENGINEER).post("/holds/place/", given)

    (hold,) = holds(home, in_force=True)
    html = visit(Role.COUNSEL).get("/holds/").content.decode()
    assert hold.reach.actor.startswith("actor_")
    assert hold.reach.actor in html
    assert "nurse@clinic.example" not in html + repr([entry.payload for entry in entries()])
    for role in (Role.ENGINEER, Role.AUDITOR):
        assert HTTPStatus.NOT_FOUND == visit(role).post(f"/holds/{hold.number}/release/", {"reason": "x"}).status_code
    visit(Role.COUNSEL).post(f"/holds/{hold.number}/release/", {"reason": " "})
    assert holds(home, in_force=True)
    visit(Role.COUNSEL).post(f"/holds/{hold.number}/release/", {"reason": "Settled"})
    assert [] == holds(home, in_force=True)


@pytest.mark.parametrize("given", [{"reason": ""}, {"reason": "Case 7", "since": "soon"}])
def test_a_hold_that_is_wrong_is_not_placed(visit: Visit, home: Home, given: dict[str, str]) -> None:
    """Neither hold nor entry in the ledger; who may not place one finds no such address."""
    before = len(entries())
    visit(Role.COMPLIANCE).post("/holds/place/", given)

    assert [] == holds(home)
    assert before == len([entry for entry in entries() if not entry.act.startswith("login")])
    assert HTTPStatus.NOT_FOUND == visit(Role.AUDITOR).post("/holds/place/", {"reason": "Case 7"}).status_code
