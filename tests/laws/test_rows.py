"""What the rows say beside dates is what the fact base says: entered twice, and compared."""

from hemostat.law import rules_load
from laws.doubled import differences, table


def test_every_row_says_what_the_fact_base_says() -> None:
    """Recipients, triggers, standards, remedies and how far a row was verified agree with the second entry, row by row."""
    assert [] == list(differences(rules_load().rows.values()))


def test_no_entry_is_left_over() -> None:
    """Both tables name rows that exist."""
    assert set(table("rows.csv")) == set(rules_load().rows)
    assert set(table("silent_rows.csv")) <= set(rules_load().rows)
