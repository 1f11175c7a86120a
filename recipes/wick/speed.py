"""Pictures per second of Wick and of MobileNetV2 at the same size, taking turns in one process: python speed.py

The networks have no classifier and end in pooled features. "by hand" is the model's own `nn.Module`, the others are the
runners that `fit` behind frozen layers and `predict` choose from. The best of the repeats counts.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from lanthorn import applications
from lanthorn.engines import openvino, processor, torch_runner

BATCH = 32


def sides(name: str, size: int, x: np.ndarray) -> dict[str, Callable]:
    """By way, functions of a batch."""

    def made():
        network = getattr(applications, name)
        return network(include_top=False, weights=None, pooling="avg", input_shape=(size, size, 3), engine="torch")

    model, module, found = made(), made().torch().eval(), {}
    for maker in (openvino, torch_runner):
        if maker.available():
            found[f"{maker.NAME}, float32"] = maker.float32(model.plan, model.variables)
            if processor.has_bfloat16():
                found[f"{maker.NAME}, bfloat16"] = maker.bfloat16(model.plan, model.variables, x[:8])

    def by_hand(x):
        with torch.inference_mode():
            return module(torch.from_numpy(x)).numpy()

    return found | {"torch by hand": by_hand}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    x = np.random.default_rng(0).standard_normal((BATCH, given.size, given.size, 3)).astype(np.float32)
    runs = {(way, name): run for name in ("Wick", "MobileNetV2") for way, run in sides(name, given.size, x).items()}
    best = dict.fromkeys(runs, float("inf"))
    for repeat in range(given.repeats + 1):
        for side, run in runs.items():
            start = time.perf_counter()
            run(x)
            if repeat:
                best[side] = min(best[side], time.perf_counter() - start)
    for way in dict.fromkeys(way for way, _ in best):
        ours, theirs = (BATCH / best[way, name] for name in ("Wick", "MobileNetV2"))
        print(f"{way:22} Wick {ours:6.0f} pictures/s, MobileNetV2 {theirs:6.0f}: {ours / theirs:.2f} x")


if __name__ == "__main__":
    main()
