"""The quality of evidence is arithmetic over what was collected, when, and what was destroyed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents.evidence_quality import WEIGHTS, EvidenceQuality, evidence_quality

T = datetime(2026, 3, 10, 14, tzinfo=UTC)
ITEMS = ["edge-log", "app-log", "token-ledger", "app-artifact"]


def minutes(number: int) -> datetime:
    """A moment of the story."""
    return T + timedelta(minutes=number)


def test_whole_evidence_scores_one() -> None:
    """All items, unchanged, without a gap, before they were destroyed: full marks."""
    quality = evidence_quality(
        required=ITEMS, sealed=dict.fromkeys(ITEMS, T), broken=(), gaps=(), destroyed=[("token-ledger", minutes(5))]
    )

    assert EvidenceQuality(completeness=1, integrity=1, custody=1, order=1, score=1, missing=(), late=()) == quality


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({"required": [*ITEMS, "tickets"]}, 1 - 0.35 / 5),
        ({"broken": ["edge-log"]}, 1 - 0.20 / 4),
        ({"gaps": ["edge-log", "app-log"]}, 1 - 0.20 / 2),
        ({"destroyed": [("app-log", minutes(-1)), ("edge-log", minutes(1))]}, 1 - 0.25 / 2),
        ({"destroyed": [("tickets", minutes(1))]}, 1 - 0.25),
        ({"sealed": {}}, 0.25),
    ],
)
def test_each_fault_costs_its_share(change: dict[str, object], score: float) -> None:
    """0.35 for completeness, 0.20 for integrity, 0.20 for custody, 0.25 for order, each by its share."""
    given_: dict[str, object] = {
        "required": ITEMS, "sealed": dict.fromkeys(ITEMS, T), "broken": (), "gaps": (), "destroyed": []
    }  # fmt: skip

    assert pytest.approx(score) == evidence_quality(**(given_ | change)).score  # type: ignore[arg-type]


def test_nothing_wanted_and_nothing_at_risk_is_complete_and_in_order() -> None:
    """Without required items and destructive acts only what was collected counts."""
    assert (1, 1) == (
        (quality := evidence_quality(required=(), sealed={}, broken=(), gaps=(), destroyed=())).completeness,
        quality.order,
    )


@given(
    sealed=st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 60).map(minutes)),
    broken=st.sets(st.sampled_from(ITEMS)),
    gaps=st.sets(st.sampled_from(ITEMS)),
    destroyed=st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 60).map(minutes))),
    item=st.sampled_from(ITEMS),
)
def test_sealing_one_more_item_in_time_never_lowers_completeness_or_order(
    sealed: dict[str, datetime], broken: set[str], gaps: set[str], destroyed: list[tuple[str, datetime]], item: str
) -> None:
    """Scores stay within 0 and 1, and an item sealed at once only helps."""
    before = evidence_quality(required=ITEMS, sealed=sealed, broken=broken, gaps=gaps, destroyed=destroyed)
    after = evidence_quality(required=ITEMS, sealed=sealed | {item: T}, broken=broken, gaps=gaps, destroyed=destroyed)

    assert 0 <= before.score <= 1
    assert before.completeness <= after.completeness
    assert before.order <= after.order
    assert 1 == pytest.approx(sum(WEIGHTS.values()))
