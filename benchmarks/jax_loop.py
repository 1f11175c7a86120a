"""What a step of `fit` costs on JAX: ours, a plain `jit` loop with optax, and Keras on JAX, taking turns.

    python benchmarks/jax_loop.py [--repeats 5] [--no-keras] [--only mlp]

Keras runs in a process of its own (its engine is chosen at import) and answers one turn at a time; the other process
waits meanwhile. "jit loop" is the loop one writes: batches cut from a shuffled array, one compiled step with donated
state, optax.adam. Each time is the best of the repeats, in microseconds per step (per call for `predict`).
"""

import argparse
import os
import subprocess
import sys
import time
from functools import partial
from typing import Any

CASES = {  # kind, sizes, batch, steps
    "MLP 20-32-10, batch 32": ("mlp", (20, 32, 10), 32, 1000),
    "MLP 784-512-512-10, batch 128": ("mlp", (784, 512, 512, 10), 128, 40),
    "CNN 28x28, batch 64": ("cnn", (28, 28, 1), 64, 12),
    "LSTM 100 steps, 128 units, batch 32": ("lstm", (100, 16), 32, 4),
}


def data(title):
    """Inputs and class numbers of a case."""
    import numpy as np

    kind, sizes, batch, steps = CASES[title]
    rng = np.random.default_rng(0)
    shape = sizes[:1] if kind == "mlp" else sizes
    return rng.normal(size=(batch * steps, *shape)).astype("float32"), rng.integers(0, 10, batch * steps)


def by_fit(library, title):
    """Functions that train one epoch, with `fit`, and that predict one sample, of Lanthorn or Keras."""
    kind, sizes, batch, _ = CASES[title]
    x, y = data(title)
    layers = library.layers
    inside = {
        "mlp": lambda: [layers.Dense(n, activation="relu") for n in sizes[1:-1]],
        "cnn": lambda: [
            layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(), layers.Flatten(),
        ],
        "lstm": lambda: [layers.LSTM(128)],
    }[kind]()  # fmt: skip
    model = library.Sequential([library.Input(x.shape[1:]), *inside, layers.Dense(10)])
    model.compile(library.optimizers.Adam(), library.losses.SparseCategoricalCrossentropy(from_logits=True))

    def one_sample():
        for _ in range(20):
            model.predict(x[:1], verbose=0)

    return lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0), one_sample


def by_hand(title):
    """The same two with a plain `jit` loop; the LSTM is left out: by hand it is a page."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    import optax

    kind, sizes, batch, steps = CASES[title]
    if kind == "lstm":
        return None, None
    x, y = data(title)
    rng = np.random.default_rng(1)

    def weight(*shape):
        return jnp.asarray(rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1])), "float32"), jnp.zeros(shape[-1])

    if kind == "mlp":
        weights = [weight(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    else:
        weights = [weight(3, 3, 1, 32), weight(3, 3, 32, 64), weight(5 * 5 * 64, 10)]

    def forward(weights, x):
        if kind == "cnn":
            for w, b in weights[:2]:
                x = jax.lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                x = jax.lax.reduce_window(
                    jax.nn.relu(x + b), -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"
                )
            x = x.reshape(len(x), -1)
        else:
            for w, b in weights[:-1]:
                x = jax.nn.relu(x @ w + b)
        return x @ weights[-1][0] + weights[-1][1]

    optimizer = optax.adam(1e-3)

    def step(weights, state, total, x, y):
        def loss(weights):
            return optax.softmax_cross_entropy_with_integer_labels(forward(weights, x), y).mean()

        value, grads = jax.value_and_grad(loss)(weights)
        updates, state = optimizer.update(grads, state, weights)
        return optax.apply_updates(weights, updates), state, total + value

    step, answer = jax.jit(step, donate_argnums=(0, 1, 2)), jax.jit(forward)
    kept: list = [weights, optimizer.init(weights)]

    def epoch():
        order, total = np.random.permutation(len(x)), jnp.zeros(())
        for start in range(0, len(x), batch):
            where = order[start : start + batch]
            kept[0], kept[1], total = step(kept[0], kept[1], total, x[where], y[where].astype("int32"))
        return float(total)

    def one_sample():
        for _ in range(20):
            np.asarray(answer(kept[0], x[:1]))

    return epoch, one_sample


def timed(run) -> float:
    """Seconds of one turn."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def answer_turns() -> None:
    """The process with Keras: for each line on standard input, a case and which of its runs, the seconds it took."""
    import keras

    runs = {}
    print("ready", keras.__version__, flush=True)
    for line in sys.stdin:
        title, which = line.rstrip("\n").rsplit("|", 1)
        if title not in runs:
            runs = {title: by_fit(keras, title)}
        print(timed(runs[title][int(which)]), flush=True)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--no-keras", action="store_true")
    parser.add_argument("--only", default="", help="cases whose title has this in it")
    parser.add_argument("--answer-turns", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.answer_turns:
        return answer_turns()

    import jax

    import lanthorn

    lanthorn.set_engine("jax")
    other: Any = None
    version = "without Keras"
    if not chosen.no_keras:
        command = [sys.executable, os.path.abspath(__file__), "--answer-turns"]
        environment = os.environ | {"KERAS_BACKEND": "jax"}
        other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        version = "Keras " + other.stdout.readline().split()[-1]
    print(f"jax {jax.__version__} on {jax.devices()[0].device_kind}, lanthorn {lanthorn.__version__}, {version}\n")

    def by_keras(title, which) -> float:
        other.stdin.write(f"{title}|{which}\n")
        other.stdin.flush()
        return float(other.stdout.readline())

    for title in [title for title in CASES if chosen.only.lower() in title.lower()]:
        hand, ours = by_hand(title), by_fit(lanthorn, title)
        for which, unit, count in ((0, "step of fit", CASES[title][3]), (1, "predict of one", 20)):
            runs = {"jit loop": hand[which], "lanthorn": ours[which], "lanthorn again": ours[which]}
            sides = {name: partial(timed, run) for name, run in runs.items() if run}
            if other:
                sides["Keras"] = partial(by_keras, title, which)
            for side in sides.values():
                side()  # warm up: compiled here
            best = dict.fromkeys(sides, float("inf"))
            for _ in range(chosen.repeats):
                for name, side in sides.items():
                    best[name] = min(best[name], side() / count * 1e6)
            print(f"{title}: {unit}")
            for name, micros in best.items():
                print(f"  {name:<16}{micros:>10.1f} us   {micros / best['lanthorn']:>6.2f} x lanthorn")
        print(flush=True)
    if other:
        other.stdin.close()
        other.wait()


if __name__ == "__main__":
    main()
