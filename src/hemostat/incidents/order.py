"""The object that owns the order of a response, and refuses the wrong one.

Rules of order:
 * a step is done only after all the steps that it needs;
 * a step that destroys something waits until the evidence that it would destroy is in the vault;
 * a step for two persons is run only after somebody else than the one who asked has confirmed it;
 * a step that is done stays done: a mistake is corrected by a new entry.
"""

from collections.abc import Collection, Mapping

import msgspec

from hemostat.kernel import HemostatError

from .vocabulary import StepState


class StepOutOfOrder(HemostatError):
    """A step was tried before what it waits for. `steps` and `items` name what is missing. Nothing was done."""

    def __init__(self, name: str, *, steps: tuple[str, ...], items: tuple[str, ...]) -> None:
        wanted = [*(f"the step {step!r}" for step in steps), *(f"sealed evidence {item!r}" for item in items)]
        super().__init__(f"{name!r} waits for {' and '.join(wanted)}.", advice="Do these first; nothing was changed.")
        self.steps = steps
        self.items = items


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What the order knows of one step."""

    slug: str
    name: str
    state: StepState
    needs: tuple[str, ...] = ()
    needs_sealed: tuple[str, ...] = ()


class Order:
    """All steps of one incident and the items in its vault, as they stand."""

    def __init__(self, steps: Collection[Planned], *, sealed: Collection[str]) -> None:
        self._steps: Mapping[str, Planned] = {step.slug: step for step in steps}
        self._sealed = frozenset(sealed)

    def missing_steps(self, slug: str) -> tuple[str, ...]:
        """The names of the steps that this one still waits for."""
        needed = (self._steps[need] for need in self._steps[slug].needs)
        return tuple(step.name for step in needed if step.state is not StepState.DONE)

    def missing_items(self, slug: str) -> tuple[str, ...]:
        """The items that must be sealed before this step and are not."""
        return tuple(item for item in self._steps[slug].needs_sealed if item not in self._sealed)

    def demand(self, slug: str) -> None:
        """Nothing, when the step's turn has come. Raises `StepOutOfOrder`, which names what is missing."""
        steps, items = self.missing_steps(slug), self.missing_items(slug)
        if steps or items:
            raise StepOutOfOrder(self._steps[slug].name, steps=steps, items=items)

    def newly_ready(self) -> list[str]:
        """The waiting steps whose turn has come."""
        return [
            slug
            for slug, step in self._steps.items()
            if step.state is StepState.WAITING and not self.missing_steps(slug) and not self.missing_items(slug)
        ]
