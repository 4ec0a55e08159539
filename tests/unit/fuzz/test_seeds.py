"""What the fuzzer was given and what it found is tried again in every run, without the fuzzer."""

import random

import pytest

from fuzz.targets import SEEDS, seeds, target_of, targets

TARGETS = targets()
_LARGEST = 8_192


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_keeps_its_promise_on_its_seeds(name: str) -> None:
    """What a target promises holds for each input that is kept for it, for half of it, and for it twice."""
    target = target_of(name)
    kept = [path.read_bytes() for path in seeds(name)]

    assert kept
    for seed in kept:
        for tried in (seed, seed[: len(seed) // 2], seed + seed):
            target(tried)


@pytest.mark.parametrize("name", TARGETS)
def test_no_target_fails_on_noise(name: str) -> None:
    """Nothing, and bytes that are nothing, break no promise."""
    noise = random.Random(name)  # noqa: S311  # a repeatable test

    for size in (0, 1, 40, 400):
        TARGETS[name](noise.randbytes(size))


def test_seeds_are_small_and_each_has_its_target() -> None:
    """A seed is a few kilobytes at most, and none lies about that nobody tries."""
    assert sorted(TARGETS) == sorted(path.name for path in SEEDS.iterdir())
    assert [] == [path.name for path in SEEDS.rglob("*") if path.is_file() and path.stat().st_size > _LARGEST]
