"""The page of the checks of posture is drawn from their content."""

from pathlib import Path

from hemostat.readiness.posture.book import Check, checks, lists

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "posture.md"


def row(check: Check) -> str:
    """One check as the page shows it."""
    about = ", ".join([*check.surfaces, *([f"*{check.case}*"] if check.case else [])])
    watched = ", ".join(f"`{rule}`" for rule in check.watched_by)
    cells = (f"`{check.id}`", check.title, check.asks, about, check.level, check.remedy, watched)
    return f"| {' | '.join(cells)} |"


def test_every_check_stands_on_its_page() -> None:
    """As the content has it, and no other; so do the networks that are looked for."""
    page = PAGE.read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]

    assert [row(check) for check in checks().values()] == rows
    assert ", ".join(sorted(set(lists().trackers.values()))) in " ".join(page.split())
