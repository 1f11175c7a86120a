"""What a step of `fit` costs in float32 and in bfloat16 (`precision="mixed_bfloat16"`), in one process, taking turns.

    python benchmarks/precision.py --engine torch|jax|tensorflow [--repeats 5] [--only CNN] [--json FILE]

The networks are those of loop.py. A turn is one epoch of `fit` on arrays in memory; what counts is the best of the
repeats. float32's turn comes twice: how far the two are apart is the noise. `fit(precision="auto")` goes by what this
says (src/lanthorn/engines/halves.py); the figures it was settled by are in docs/decisions/mixed-precision.md.

    python benchmarks/precision.py --accuracy [--engine torch] [--seeds 5]

trains a small network on drawn pictures in both precisions and prints validation accuracies, seed by seed.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from loop import CASES, by_fit
from rows import append, in_turns

NETWORKS = ("CNN 28x28, batch 64", "ResNet-18 on 64x64, batch 32")
PRECISIONS = {"lanthorn float32": "float32", "lanthorn bfloat16": "mixed_bfloat16", "again": "float32"}


def measure(engine: str, repeats: int = 5, cases: Any = NETWORKS, say: Any = print) -> list[dict]:
    """One row per case and precision, and one for the noise of the case.

    Returns:
        Dicts of "what", "engine", "who", "value" and "unit".
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import lanthorn

    lanthorn.set_engine(engine)
    rows = []
    for what in cases:
        runs = {who: by_fit(lanthorn, what, precision=precision) for who, precision in PRECISIONS.items()}
        seconds, noise = in_turns(runs, repeats, "lanthorn float32")
        best = {who: value / CASES[what][2] for who, value in seconds.items()}
        row = {"what": f"step of fit, {what}", "engine": engine}
        rows += [{**row, "who": who, "value": value, "unit": "s/step"} for who, value in best.items()]
        rows.append({**row, "who": "noise", "value": noise, "unit": "relative"})
        ratio = best["lanthorn bfloat16"] / best["lanthorn float32"]
        say(
            f"{what}, {engine}: float32 {best['lanthorn float32'] * 1e3:.1f} ms, "
            f"bfloat16 {best['lanthorn bfloat16'] * 1e3:.1f} ms ({ratio:.2f} x), noise {noise:.1%}"
        )
    return rows


def accuracies(engine: str, seeds: int) -> list[dict]:
    """Validation accuracy of a small convolutional network on drawn pictures, by precision and seed."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import lanthorn
    from lanthorn import layers

    lanthorn.set_engine(engine)
    rows = []
    for seed in range(seeds):
        x, y = drawn(seed)
        for who, precision in list(PRECISIONS.items())[:2]:
            lanthorn.set_random_seed(seed)
            model = lanthorn.Sequential([lanthorn.Input(x.shape[1:])])
            for filters in (16, 32, 64):
                model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
                model.add(layers.BatchNormalization(momentum=0.9))
                model.add(layers.Activation("relu"))
                model.add(layers.MaxPooling2D())
            model.add(layers.Flatten())
            model.add(layers.Dense(5))
            loss = lanthorn.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(lanthorn.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
            # few epochs: in the end all would be right, however it was learned
            model.fit(x[:1600], y[:1600], batch_size=32, epochs=6, verbose=0, precision=precision)
            accuracy = model.evaluate(x[1600:], y[1600:], verbose=0)[1]
            rows.append({
                "what": f"accuracy, five shapes, seed {seed}", "engine": engine, "who": who,
                "value": accuracy, "unit": "share",
            })  # fmt: skip
            print(f"seed {seed}, {engine}, {who}: {accuracy:.4f}", flush=True)
    return rows


def drawn(seed: int, count: int = 2400, size: int = 32) -> tuple[Any, Any]:
    """Noisy pictures of five shapes in any place, size and colour, and which shape it is."""
    import numpy as np

    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, count)
    center, radius = rng.uniform(11, 21, (count, 2, 1, 1)), rng.uniform(5, 9, (count, 1, 1))
    dv, dh = np.moveaxis(np.abs(np.indices((size, size))[None] - center), 1, 0)
    far = np.hypot(dv, dh)
    shapes = [far < radius, np.maximum(dv, dh) < radius * 0.85, dv + dh < radius * 1.2,
              (far < radius) & (far > radius * 0.6), np.minimum(dv, dh) < radius * 0.3]  # fmt: skip
    shapes[4] = shapes[4] & (far < radius)
    inside = np.choose(y[:, None, None], shapes)[..., None]
    front, back = rng.uniform(0.6, 1, (count, 1, 1, 3)), rng.uniform(0, 0.4, (count, 1, 1, 3))
    pictures = np.where(inside, front, back) + rng.normal(0, 0.2, (count, size, size, 3))
    return pictures.astype("float32"), y


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("torch", "jax", "tensorflow"), default="torch")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="cases whose name has this in it; those of loop.py as well")
    parser.add_argument("--accuracy", action="store_true", help="accuracies in place of times")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="append the rows to this file, one JSON per line")
    chosen = parser.parse_args()
    if chosen.accuracy:
        rows = accuracies(chosen.engine, chosen.seeds)
    else:
        cases = [what for what in (CASES if chosen.only else NETWORKS) if chosen.only.lower() in what.lower()]
        rows = measure(chosen.engine, chosen.repeats, cases, lambda line: print(line, flush=True))
    append(chosen.json, rows)


if __name__ == "__main__":
    main()
