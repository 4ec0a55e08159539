"""Every target of the fuzzer by name: what reads the bytes of strangers, and what it promises whatever they are.

A target is handed bytes and raises nothing: errors that are promised are part of the promise, and taken.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"

_ROOMS = ("phi", "sources", "doors", "rules", "content")
"""The files of this folder that have targets, loaded one by one: the fuzzer looks into all that it sees loaded."""

Target = Callable[[bytes], None]


def targets() -> dict[str, Target]:
    """All targets."""
    return {name: target for room in _rooms() for name, target in room.items()}


def target_of(name: str) -> Target:
    """The target of this name. Raises `KeyError` when there is none."""
    for room in _rooms():
        if name in room:
            return room[name]
    raise KeyError(name)


def seeds(name: str) -> list[Path]:
    """The inputs that are kept for a target: samples of what it reads, and all on which it once failed."""
    return sorted((SEEDS / name).iterdir())


def _rooms() -> Iterator[Mapping[str, Target]]:
    return (import_module(f"fuzz.{room}").TARGETS for room in _ROOMS)
