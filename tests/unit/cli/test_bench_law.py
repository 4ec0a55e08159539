"""`hemostat bench law` measures what it promises. No figure is asserted: machines are shared."""

import pytest

from hemostat.cli.bench_law import law


@pytest.mark.slow
def test_it_measures_the_country_and_each_page() -> None:
    """An assessment of all jurisdictions and each page of the room has a time and its share of the limit."""
    figures = law()

    assert 100 < figures["duties of all jurisdictions"]
    assert 100 < figures["clocks in the room"]
    for name in ("room", "facts", "what-if", "one clock"):
        time, share = figures[f"median milliseconds of the page {name}"], figures[f"share of the limit of 150 ms, page {name}"]
        assert time / 150 == pytest.approx(share)
    assert figures["least milliseconds of an assessment"] <= figures["median milliseconds of an assessment"]
