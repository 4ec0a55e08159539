"""The yearly log for HHS."""

from datetime import date

from hemostat.incidents.answers import answer_record
from hemostat.incidents.legal_facts import facts_of
from hemostat.incidents.models import Incident
from hemostat.incidents.services import discovery_report, scope_record
from hemostat.incidents.vocabulary import LegalQuestion
from hemostat.incidents.yearly_log import log_csv, log_of, log_years
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import Story


def counted(story: Story, people: int) -> Incident:
    """The incident of the story, with health data of so many people of Georgia."""
    incident, by = story.incident(), story.person(Role.COMPLIANCE)
    answer_record(
        incident=incident, question=LegalQuestion.ELEMENTS, value=["name", "condition"], why="Seen.", evidence=[], by=by, now=NOW
    )
    return scope_record(incident=incident, by=by, now=NOW, people={"US-GA": people}, unknown=0, query="q", query_sha256="0" * 64)


def test_a_breach_of_fewer_than_500_stands_in_the_log_of_its_year(story: Story, visit: Visit) -> None:
    """With the day on which it was discovered, its people, and the last day to tell HHS; another year's log is empty."""
    counted(story, 499)
    browser = visit(Role.COMPLIANCE)

    html = browser.get("/law/yearly-log/").content.decode()
    for words in ("INC-0001", "10 Mar 2026", "499", "1 Mar 2027", "not told yet"):
        assert words in html
    assert "No breach of fewer than 500 people was discovered in 2025" in browser.get("/law/yearly-log/2025/").content.decode()
    assert [2026] == log_years(story.person(Role.COMPLIANCE))


def test_a_breach_of_500_does_not(story: Story) -> None:
    """HHS is told of it together with the people."""
    counted(story, 500)

    assert [] == log_of(story.person(Role.COMPLIANCE))


def test_an_earlier_discovery_moves_the_entry(story: Story) -> None:
    """A report of last year puts the breach into the log of last year, due 60 days after that year."""
    incident, by = counted(story, 3), story.person(Role.COMPLIANCE)
    discovery_report(incident=incident, by=by, at=NOW.replace(year=2025, month=12), how="a ticket", now=NOW)
    incident.refresh_from_db()

    [entry] = log_of(by, 2025)
    assert facts_of(incident)["discovery"]["known_at"] == entry.discovered.isoformat()
    assert date(2026, 3, 1) == entry.due
    assert entry.sent is None


def test_the_file_holds_one_line_a_breach(story: Story, visit: Visit) -> None:
    """Words and numbers, with the marks of an exercise; who may not see incidents gets no file."""
    counted(story, 12)

    page = visit(Role.AUDITOR).get("/law/yearly-log/2026/?as=csv")
    lines = page.content.decode().splitlines()
    assert 'attachment; filename="hhs-log-2026.csv"' == page.headers["Content-Disposition"]
    assert lines[0].startswith("incident,exercise,discovered,people")
    assert lines[1].startswith("INC-0001,yes,2026-03-10,12,storefront,")
    assert log_csv([]).count("\n") == 1
    assert 404 == visit(Role.TRAINING_LEAD).get("/law/yearly-log/").status_code
