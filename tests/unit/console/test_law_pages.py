"""The pages of the law's table."""

from http import HTTPStatus

import pytest

from hemostat.law.rules import rules_load
from hemostat.people.rights import Role
from unit.console.conftest import Visit


def test_the_country_at_a_glance(visit: Visit) -> None:
    """Every jurisdiction is a tile with its days in words, and a row of the table; the way to the 45 days stands beside."""
    html = visit(Role.COUNSEL).get("/law/").content.decode()

    assert html.count('class="tile ') == len(rules_load().names) - 1
    for words in ("California: 30 days", "Ohio: 45 days", "Georgia: no number in the law", "/lessons/forty-five-days/"):
        assert words in html


def test_a_jurisdiction_shows_what_is_not_verified(visit: Visit) -> None:
    """California's rows in force stand there with their limits; the time to answer a request is marked as no breach deadline."""
    html = visit(Role.COMPLIANCE).get("/law/US-CA/").content.decode()

    for words in ("at most 30 calendar days after discovery", "more than 500", "no breach deadline", "not verified"):
        assert words in html
    assert "CA-IND-2025" not in html


def test_every_row_has_a_page(visit: Visit) -> None:
    """Each row shows its law, and whether somebody saw it in a source."""
    browser = visit(Role.AUDITOR)
    pages = {duty: browser.get(f"/law/rows/{duty}/") for duty in rules_load().rows}

    assert {page.status_code for page in pages.values()} == {HTTPStatus.OK}
    unseen = {duty for duty, page in pages.items() if "not verified" in page.content.decode()}
    assert unseen == {duty for duty, row in rules_load().rows.items() if not row.rule.verified.seen}


def test_what_changed_in_the_law(visit: Visit) -> None:
    """California's new limit stands there with the row that it closed and the one that it began, and at the row itself."""
    html = visit(Role.COUNSEL).get("/law/changes/").content.decode()

    for words in ("1 Jan 2026", "/law/rows/CA-IND-2025/", "/law/rows/CA-IND-2026/", "not verified"):
        assert words in html
    assert "1 Jan 2026:" in visit(Role.COUNSEL).get("/law/rows/CA-IND-2026/").content.decode()


@pytest.mark.parametrize("url", ["/law/US-ZZ/", "/law/rows/ZZ-IND/"])
def test_what_the_table_does_not_have(visit: Visit, url: str) -> None:
    """An unknown code is not found."""
    assert HTTPStatus.NOT_FOUND == visit(Role.COUNSEL).get(url).status_code
