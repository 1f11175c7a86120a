"""What a step of `fit` costs on one engine: ours, a loop written by hand, and Keras, in one process, taking turns.

    python benchmarks/loop.py --engine torch|jax|tensorflow [--repeats 5] [--only CNN] [--threads N] [--json FILE]

"by hand" is the loop of the tutorials. torch: modules of torch.nn, batches cut from shuffled tensors, Adam with its
defaults, `total += loss.item()`. JAX: one `jax.jit` step with donated weights, and optax. TensorFlow: a tf.function
around a Keras model, a tape and an optimizer. A turn is one epoch of `fit`, or of that loop, on arrays in memory;
what counts is the best of the repeats. Lanthorn's turn comes twice: how far the two are apart is the noise.
"""

import argparse
import importlib.util
import os
from functools import partial
from pathlib import Path
from typing import Any

from rows import append, in_turns

CASES = {  # what: (shape of a sample, batch, steps of an epoch, layers)
    "MLP 20-32-10, batch 32": ((20,), 32, 500, "dense 32, dense 10"),
    "MLP 784-512-512-10, batch 128": ((784,), 128, 40, "dense 512, dense 512, dense 10"),
    "CNN 28x28, batch 64": ((28, 28, 1), 64, 8, "conv 32, conv 64, pool, flatten, dense 128, dense 10"),
    "LSTM 100 steps, 128 units, batch 32": ((100, 32), 32, 6, "lstm 128, dense 10"),
    "ResNet-18 on 64x64, batch 32": (
        (64, 64, 3), 32, 2, "stem 64, block 64 1, block 64 1, block 128 2, block 128 1, block 256 2, block 256 1, "
        "block 512 2, block 512 1, mean, dense 10",
    ),
}  # fmt: skip


def parts(what: str) -> list[tuple[str, list[int]]]:
    """The layers of a case: kind and numbers."""
    words = [part.split() for part in CASES[what][3].split(", ")]
    return [(kind, [int(n) for n in numbers]) for kind, *numbers in words]


def data(what: str) -> tuple[Any, Any]:
    """Inputs, and numbers of ten classes."""
    import numpy as np

    shape, batch, steps, _ = CASES[what]
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch * steps, *shape)).astype("float32"), rng.integers(0, 10, batch * steps)


def network(library: Any, what: str) -> Any:
    """The network in Keras's words, for Lanthorn and for Keras."""
    L = library.layers  # noqa: N806

    def normed(x, filters, size, stride):
        return L.BatchNormalization()(L.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x))

    def block(x, filters, stride):
        y = L.Activation("relu")(normed(x, filters, 3, stride))
        side = x if stride == 1 and x.shape[-1] == filters else normed(x, filters, 1, stride)
        return L.Activation("relu")(L.Add()([normed(y, filters, 3, 1), side]))

    def neck(x, filters, stride):
        y = L.Activation("relu")(normed(x, filters, 1, 1))
        y = L.Activation("relu")(normed(y, filters, 3, stride))
        side = x if stride == 1 and x.shape[-1] == 4 * filters else normed(x, 4 * filters, 1, stride)
        return L.Activation("relu")(L.Add()([normed(y, 4 * filters, 1, 1), side]))

    make = {
        "dense": lambda x, n: L.Dense(n, activation=None if n == 10 else "relu")(x),
        "conv": lambda x, n: L.Conv2D(n, 3, activation="relu")(x),
        "stem": lambda x, n: L.MaxPooling2D(3, 2, padding="same")(L.Activation("relu")(normed(x, n, 7, 2))),
        "pool": lambda x: L.MaxPooling2D()(x),
        "flatten": lambda x: L.Flatten()(x),
        "lstm": lambda x, n: L.LSTM(n)(x),
        "mean": lambda x: L.GlobalAveragePooling2D()(x),
        "block": block,
        "neck": neck,
    }
    x = inputs = library.Input(CASES[what][0])
    for kind, numbers in parts(what):
        x = make[kind](x, *numbers)
    return library.Model(inputs, x)


def by_fit(library: Any, what: str, compiled: Any = None, **more: Any) -> Any:
    """A function that trains one epoch with `fit` of Lanthorn or Keras; `more` goes to `fit`."""
    model, (x, y) = network(library, what), data(what)
    settings = {} if compiled is None else {"jit_compile": compiled}
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(library.optimizers.Adam(), loss, **settings)
    return lambda: model.fit(x, y, batch_size=CASES[what][1], epochs=1, verbose=0, **more)


def sides(engine: str, what: str) -> dict[str, Any]:
    """Functions that train one epoch of a case by "lanthorn", "by hand" and "keras": those whose libraries are there.

    Once per process: Keras keeps its engine.
    """
    os.environ |= {"KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3"}
    import by_hand

    import lanthorn

    keras = importlib.import_module("keras") if importlib.util.find_spec("keras") else None
    lanthorn.set_engine(engine)
    found = {"lanthorn": by_fit(lanthorn, what)}
    try:
        hand = getattr(by_hand, engine)
        found["by hand"] = hand(*CASES[what][:2], parts(what), *data(what), partial(network, keras, what))
    except ImportError as error:
        print(f"by hand: left out ({error})")
    if keras is not None:
        found["keras"] = by_fit(keras, what)
    return found


def measure(engine: str, repeats: int = 5, cases: Any = None, say: Any = print) -> list[dict]:
    """One row per case and runner, and one for the noise of the case.

    Returns:
        Dicts of "what", "engine", "who" ("lanthorn", "by hand", "keras"), "value" and "unit".
    """
    rows = []
    for what in cases or CASES:
        runs = sides(engine, what)
        seconds, noise = in_turns({**runs, "again": runs["lanthorn"]}, repeats, "lanthorn")
        best = {who: value / CASES[what][2] for who, value in seconds.items()}
        row = {"what": f"step of fit, {what}", "engine": engine}
        rows += [row | {"who": who, "value": value, "unit": "s/step"} for who, value in best.items()]
        rows.append(row | {"what": f"noise of {row['what']}", "who": "lanthorn", "value": noise, "unit": "share"})
        theirs = "".join(
            f"   {who} {best[who] * 1e6:>9.0f} ({best[who] / best['lanthorn']:.2f} times)" for who in list(runs)[1:]
        )
        say(f"{what:<37}{best['lanthorn'] * 1e6:>9.0f} us{theirs}   noise {noise:.0%}")
    return rows


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("torch", "jax", "tensorflow"), required=True)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves them alone")
    parser.add_argument("--json", type=Path, help="append the rows to this file, one JSON per line")
    chosen = parser.parse_args()
    if chosen.threads:
        import torch

        torch.set_num_threads(chosen.threads)
    cases = [what for what in CASES if chosen.only.lower() in what.lower()]
    rows = measure(chosen.engine, chosen.repeats, cases, lambda line: print(line, flush=True))
    append(chosen.json, rows)


if __name__ == "__main__":
    main()
