"""One seed for everything random: initial weights, dropout, shuffling, splits, pictures.

Initial weights are drawn in NumPy from (seed, how many were drawn before), so that a model starts out identical on
every engine, and identical again after the same `set_random_seed`.
"""

import os

import numpy as np

_seed: int = int.from_bytes(os.urandom(4), "little")
_draws: int = 0
_explicit: bool = False


def set_random_seed(seed: int) -> None:
    """Seed everything random: weights made from now on, dropout, shuffling, Python's and NumPy's generators.

    Args:
        seed: a whole number from 0 to 2**32 - 1.

    Example:
        >>> lanthorn.set_random_seed(0)
    """
    global _seed, _draws, _explicit
    if isinstance(seed, bool) or int(seed) != seed or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: `seed` must be a whole number from 0 to 2**32 - 1, got {seed!r}.")
    import random

    from .. import engines

    _seed, _draws, _explicit = int(seed), 0, True
    random.seed(_seed)
    np.random.seed(_seed)
    for name in engines.loaded():
        engines.get(name).seed(_seed)


def explicit_seed() -> int | None:
    """The seed the user set, if any: an engine that is loaded later starts from it."""
    return _seed if _explicit else None


def next_rng() -> np.random.Generator:
    """A generator of its own for the next thing that is drawn."""
    global _draws
    _draws += 1
    return np.random.Generator(np.random.Philox(key=[_seed, _draws]))


def draw_seed() -> int:
    """A seed for something that keeps its own state, such as a dropout layer or a shuffle."""
    return int(next_rng().integers(2**31))
