"""The order of a response holds whatever people try first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.order import Order, Planned, StepOutOfOrder
from hemostat.incidents.vocabulary import StepState

STEPS = playbooks.load("storefront-session-leak").steps
SLUGS = [step.slug for step in STEPS]


def order(done: set[str], sealed: set[str]) -> Order:
    """The playbook of S1 with these steps done and these items sealed."""
    return Order(
        [
            Planned(
                slug=step.slug, name=step.name, needs=step.needs, needs_sealed=step.part.needs_sealed,
                state=StepState.DONE if step.slug in done else StepState.WAITING,
            )
            for step in STEPS
        ],
        sealed=sealed,
    )  # fmt: skip


@given(st.lists(st.sampled_from(SLUGS), max_size=200))
def test_no_sequence_of_attempts_gets_around_the_order(attempts: list[str]) -> None:
    """Whatever is tried in whatever order: what is done had its needs done and its evidence sealed before."""
    done: list[str] = []
    sealed: set[str] = set()
    by_slug = {step.slug: step for step in STEPS}
    for slug in attempts:
        try:
            order(set(done), sealed).demand(slug)
        except StepOutOfOrder:
            continue
        assert set(by_slug[slug].needs) <= set(done)
        assert set(by_slug[slug].part.needs_sealed) <= sealed
        done.append(slug)
        sealed |= set(by_slug[slug].seals)


@given(st.randoms(use_true_random=False))
def test_every_way_through_ends_with_all_steps_done(random: object) -> None:
    """Who always takes a ready step, in any order, is never stuck."""
    done: set[str] = set()
    sealed: set[str] = set()
    while ready := order(done, sealed).newly_ready():
        slug = random.choice(ready)  # type: ignore[attr-defined]
        done.add(slug)
        sealed |= set(next(step for step in STEPS if step.slug == slug).seals)

    assert set(SLUGS) == done


@given(
    done=st.sets(st.sampled_from(SLUGS)),
    more=st.sets(st.sampled_from(SLUGS)),
    sealed=st.sets(st.sampled_from(["app-log", "edge-log"])),
)
def test_more_work_never_takes_a_turn_away(done: set[str], more: set[str], sealed: set[str]) -> None:
    """A step whose turn has come keeps it when more is done."""
    before = set(order(done, sealed).newly_ready())

    assert before - more <= set(order(done | more, sealed).newly_ready())


def test_what_is_missing_is_named() -> None:
    """The refusal names the steps and the items that are missing."""
    with pytest.raises(StepOutOfOrder, match="token-ledger") as refused:
        order(set(), set()).demand("rotate-token-key")

    assert (("Roll back to 2.13",), ("token-ledger",)) == (refused.value.steps, refused.value.items)
    assert "nothing was changed" in refused.value.advice()
