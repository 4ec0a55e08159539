"""Chance that can be repeated: each part of the story draws from a stream of its own, which words name."""

import math
import random
from hashlib import blake2b

_SMALL = 30.0  # above this mean a Poisson number is as good as normal
_MOST = 2**64


def chance(*words: object) -> random.Random:
    """A stream of draws, the same one for the same words."""
    return random.Random(".".join(map(str, words)))  # noqa: S311  # a made-up merchant, no secret


def share(*words: object) -> float:
    """A number from 0 to 1, 1 excluded, the same one for the same words."""
    return number(*words) / _MOST


def number(*words: object) -> int:
    """A whole number of 64 bits, the same one for the same words."""
    return int.from_bytes(blake2b(".".join(map(str, words)).encode(), digest_size=8).digest(), "big")


def poisson(draw: random.Random, mean: float) -> int:
    """How many of many rare things happen when `mean` do on average."""
    if mean > _SMALL:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def overdispersed(draw: random.Random, mean: float, shape: float) -> int:
    """A negative binomial number: its variance is `mean + mean**2 / shape`, as days of work differ more than dice do."""
    return poisson(draw, draw.gammavariate(shape, mean / shape))
