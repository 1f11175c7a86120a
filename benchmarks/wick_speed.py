"""Pictures per second of Wick and of MobileNetV2 at the same size, taking turns in one process.

    python benchmarks/wick_speed.py [--size 160] [--repeats 9]

The networks have random weights, no classifier, and end in pooled features. The ways are those of runners.py. The best
of the repeats counts.
"""

import argparse
from collections.abc import Callable
from functools import partial

import numpy as np
from runners import by_hand, by_makers, turns

from lanthorn import applications

BATCH = 32


def ways(name: str, size: int, x: np.ndarray) -> dict[str, Callable]:
    """By way, functions that run the batch."""

    def made():
        network = getattr(applications, name)
        return network(include_top=False, weights=None, pooling="avg", input_shape=(size, size, 3), engine="torch")

    found = by_makers(name, made(), x) | {"torch by hand": by_hand(made())}
    return {way: partial(run, x) for way, run in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    x = np.random.default_rng(0).standard_normal((BATCH, given.size, given.size, 3)).astype(np.float32)
    sides = {(way, name): run for name in ("Wick", "MobileNetV2") for way, run in ways(name, given.size, x).items()}
    best = turns(sides, given.repeats)
    for way in dict.fromkeys(way for way, _ in best):
        ours, theirs = (BATCH / best[way, name] for name in ("Wick", "MobileNetV2"))
        print(f"{way:26} Wick {ours:6.0f} pictures/s, MobileNetV2 {theirs:6.0f}: {ours / theirs:.2f} x")


if __name__ == "__main__":
    main()
