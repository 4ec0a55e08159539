"""The table as people read it."""

from datetime import date

from hemostat.law.table import place_read, places_read

ON = date(2026, 11, 27)
HEALTH = {
    "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "IL", "MD", "MO", "MT", "ND", "NY", "OR", "PR", "RI", "SD", "TX", "VT",
    "WA", "WY",
}  # fmt: skip


def test_where_a_number_of_days_binds() -> None:
    """Six jurisdictions give 30 days, eleven 45, five 60; all others give no number."""
    days: dict[int | None, set[str]] = {}
    for place in places_read(on=ON):
        days.setdefault(place.days, set()).add(place.code.removeprefix("US-"))

    assert days[30] == {"CA", "CO", "FL", "ME", "NY", "WA"}
    assert days[45] == {"AL", "AZ", "IN", "MD", "NM", "OH", "OR", "RI", "TN", "VT", "WI"}
    assert days[60] == {"CT", "DE", "LA", "SD", "TX"}
    assert len(days[None]) == 32
    assert days.keys() == {30, 45, 60, None}


def test_where_health_data_alone_count() -> None:
    """Twenty-three jurisdictions reach a leak of nothing but health data."""
    found = {place.code.removeprefix("US-") for place in places_read(on=ON) if place.health}

    assert HEALTH == found


def test_the_law_of_another_day() -> None:
    """On the last day of 2025 California gives no number yet."""
    california = place_read("US-CA", on=date(2025, 12, 31))

    assert california is not None
    assert california.days is None
    assert california.wording.endswith("no number.")


def test_federal_rules_have_no_residents() -> None:
    """The federal page has rows, and no number for residents of a State; a code that nobody knows has no page."""
    federal = place_read("US", on=ON)

    assert federal is not None
    assert (federal.days, federal.wording, federal.health) == (None, "", False)
    assert federal.unchecked > 0
    assert place_read("US-ZZ", on=ON) is None
