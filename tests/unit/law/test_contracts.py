"""Contract clocks: hours from the moment, days as statutes count them, and the leaks that a term covers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.law.contracts import Leak, Term, contract_clock, contract_excuses, contract_wording

NEW_YORK = ZoneInfo("America/New_York")
TERM = Term(counterparty="Larkmoor Telehealth", clause="section 9.2", value=48, unit="hours")
LEAK = Leak(
    surface="storefront",
    elements=["name", "diagnosis"],
    discovered_at=datetime(2026, 3, 10, 3, 30, tzinfo=UTC),
    zone=NEW_YORK,
)
"""Discovered on the evening of the 9th, where the organization is."""


def term(**changes: object) -> Term:
    """The term with changes."""
    return msgspec.structs.replace(TERM, **changes)


def leak(**changes: object) -> Leak:
    """The leak with changes."""
    return msgspec.structs.replace(LEAK, **changes)


def test_hours_run_from_the_moment_of_discovery() -> None:
    """48 hours after 03:30 UTC end at 03:30 UTC; the last day is the one that it is then in New York."""
    clock = contract_clock(TERM, LEAK)

    assert (datetime(2026, 3, 12, 3, 30, tzinfo=UTC), date(2026, 3, 11)) == (clock.due_at, clock.due)
    assert (date(2026, 3, 9), date(2026, 3, 11)) == (clock.trigger_on, clock.advised)
    assert "48 hours after 2026-03-10 03:30 UTC end at 2026-03-12 03:30 UTC" in clock.because[-1]
    assert "2026-03-11 23:30 in America/New_York" in clock.because[-1]


def test_hours_are_elapsed_hours_when_the_clocks_change() -> None:
    """The night of 8 March 2026 has 23 hours in New York: 24 hours after midnight end at 01:00 on the wall."""
    midnight = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    clock = contract_clock(term(value=24), leak(discovered_at=midnight))

    assert clock.due_at == midnight.astimezone(UTC) + timedelta(hours=24)
    assert clock.because[-1].endswith("2026-03-09 01:00 in America/New_York.")


@pytest.mark.parametrize(
    ("value", "unit", "due", "advised"),
    [
        (10, "calendar_days", date(2026, 3, 19), date(2026, 3, 19)),
        (5, "calendar_days", date(2026, 3, 14), date(2026, 3, 13)),
        (1, "calendar_days", date(2026, 3, 10), date(2026, 3, 10)),
        (5, "business_days", date(2026, 3, 16), date(2026, 3, 16)),
        (1, "business_days", date(2026, 3, 10), date(2026, 3, 10)),
    ],
)
def test_days_count_from_the_day_after(value: int, unit: str, due: date, advised: date) -> None:
    """Days are local days; business days leave out weekends; a limit on a Saturday is planned for Friday."""
    clock = contract_clock(term(value=value, unit=unit), LEAK)

    assert (due, None, advised) == (clock.due, clock.due_at, clock.advised)


def test_the_day_to_plan_for_is_never_before_the_discovery() -> None:
    """One day after a Saturday is Sunday: there is no working day between them."""
    saturday = leak(discovered_at=datetime(2026, 3, 7, 15, tzinfo=UTC))
    clock = contract_clock(term(value=1, unit="calendar_days"), saturday)

    assert (date(2026, 3, 8), date(2026, 3, 7)) == (clock.due, clock.advised)


def test_a_contract_without_a_number_gives_no_date() -> None:
    """Nobody invents a day: the clock says that there is no number."""
    clock = contract_clock(term(value=None, unit=None), LEAK)

    assert (None, None, None) == (clock.due, clock.due_at, clock.advised)
    assert "gives no number" in clock.wording
    assert "gives no number" in clock.because[-1]


def test_a_determination_starts_the_clocks_that_count_from_it() -> None:
    """From the determination when there is one; until then the earlier discovery stands in, and the clock says so."""
    counted = term(trigger="determination")
    determined = datetime(2026, 3, 12, 15, tzinfo=UTC)

    assert datetime(2026, 3, 14, 15, tzinfo=UTC) == contract_clock(counted, leak(determined_at=determined)).due_at
    open_yet = contract_clock(counted, LEAK)
    assert contract_clock(TERM, LEAK).due_at == open_yet.due_at
    assert "not recorded" in open_yet.because[0]


def test_an_earlier_day_of_knowledge_counts_from_its_start() -> None:
    """An agent knew on the 5th, nobody wrote down when: the hours run from midnight in New York, the safe side."""
    known = leak(known_on=date(2026, 3, 5))
    clock = contract_clock(TERM, known)

    assert (datetime(2026, 3, 7, 5, tzinfo=UTC), date(2026, 3, 5)) == (clock.due_at, clock.trigger_on)
    assert "the hour is not recorded" in clock.because[0]
    assert contract_clock(TERM, LEAK) == contract_clock(TERM, leak(known_on=date(2026, 3, 9)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"surfaces": ("storefront",), "elements": ("diagnosis",)}, ""),
        ({"surfaces": ("checkout", "telehealth-session")}, "covers checkout and telehealth-session; the leak is in storefront"),
        ({"elements": ("payment_card_number", "card_security_code")}, "payment card number or card security code leaks"),
        ({"begins": date(2026, 3, 9), "ends": date(2026, 3, 9)}, ""),
        ({"begins": date(2026, 3, 10)}, "begins on 2026-03-10"),
        ({"ends": date(2026, 3, 8)}, "ended on 2026-03-08"),
    ],
)
def test_a_term_binds_for_the_leaks_that_it_covers(changes: dict[str, object], reason: str) -> None:
    """Surface, elements and days are those of the contract; what does not fit says which and why."""
    excuses = contract_excuses(term(**changes), LEAK)

    assert bool(reason) == bool(excuses)
    assert reason in " ".join(excuses)


def test_every_excuse_is_named() -> None:
    """A term that fits in no way says all of them at once."""
    assert 3 == len(contract_excuses(term(surfaces=("checkout",), elements=("ssn",), begins=date(2027, 1, 1)), LEAK))


@pytest.mark.parametrize(
    ("value", "unit", "sentence"),
    [
        (1, "hours", "Within 1 hour of discovery."),
        (3, "business_days", "Within 3 business days of discovery."),
        (None, None, "Without delay after discovery; the contract gives no number."),
    ],
)
def test_the_wording_says_the_period(value: int | None, unit: str | None, sentence: str) -> None:
    """One is one hour, more are hours."""
    assert sentence == contract_wording(term(value=value, unit=unit))


@given(
    value=st.integers(1, 400),
    unit=st.sampled_from(["hours", "calendar_days", "business_days"]),
    later=st.integers(0, 5000),
)
def test_a_later_discovery_never_gives_an_earlier_limit(value: int, unit: str, later: int) -> None:
    """Whatever the unit: whoever learns later may tell later, and nobody has to tell before learning."""
    first = contract_clock(term(value=value, unit=unit), LEAK)
    second = contract_clock(term(value=value, unit=unit), leak(discovered_at=LEAK.discovered_at + timedelta(hours=later)))

    assert first.due is not None
    assert second.due is not None
    assert first.due <= second.due
    assert first.trigger_on <= (first.advised or first.trigger_on) <= first.due
