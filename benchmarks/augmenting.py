"""RandomFlip, RandomRotation and RandomZoom on 64 pictures of 224 x 224 x 3: ours beside Keras's, on each engine.

    python benchmarks/augmenting.py [--engines torch jax tensorflow] [--repeats 7] [--json FILE]

Each engine is measured in a process of its own (KERAS_BACKEND chooses Keras's), both sides in turns, the fastest run of
each; ours runs a second time as "again", which tells the noise. "layers" are called one by one on an array;
"compiled" is the same in one tf.function, as in a step or a tf.data pipeline.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from rows import append, best, in_turns

SHAPE = (64, 224, 224, 3)
SETTINGS = {"RandomFlip": (), "RandomRotation": (0.1,), "RandomZoom": (0.2,)}


def chain(layers, names):
    made = [getattr(layers, name)(*SETTINGS[name], seed=1) for name in names]

    def run(x):
        for layer in made:
            x = layer(x, training=True)
        return x

    return run


def compiled(run):
    """`run` as one tf.function."""
    import tensorflow as tf

    return tf.function(run, autograph=False)


def measure(engine: str, repeats: int) -> list[dict]:
    import keras

    import lanthorn

    lanthorn.set_engine(engine)
    x = lanthorn.engines.get(engine).array(np.random.default_rng(0).random(SHAPE, np.float32) * 255)

    def wait(y):
        (y.block_until_ready if engine == "jax" else lambda: y.shape if engine == "torch" else y.numpy()[:1, :1])()

    rows = []
    for names in [*([name] for name in SETTINGS), list(SETTINGS)]:
        sides = {"lanthorn": chain(lanthorn.layers, names), "keras": chain(keras.layers, names)}
        for way in ("layers", "compiled"):
            if way == "compiled" and engine != "tensorflow":
                continue
            runs = sides if way == "layers" else {who: compiled(run) for who, run in sides.items()}
            calls = {who: lambda run=run: wait(run(x)) for who, run in runs.items()}
            calls["again"] = calls["lanthorn"]
            slow = best(calls["keras"], 1) > 2  # Keras's warps on torch and JAX take 20 s
            seconds, noise = in_turns(calls, 1 if slow else repeats, "lanthorn")
            what = f"{' + '.join(names)} ({way})"
            rows += [
                {"what": what, "engine": engine, "who": who, "value": 1000 * s, "unit": "ms"}
                for who, s in seconds.items()
            ]
            ratio = seconds["keras"] / seconds["lanthorn"]
            print(
                f"{engine:11}{what:55}lanthorn {1000 * seconds['lanthorn']:7.1f} ms   keras "
                f"{1000 * seconds['keras']:7.1f} ms   {ratio:5.2f} times as fast   noise {100 * noise:.0f} %",
                flush=True,
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", nargs="+", default=["torch", "jax", "tensorflow"])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        append(args.json, measure(args.one, args.repeats))
        return
    for engine in args.engines:
        command = [sys.executable, __file__, "--one", engine, "--repeats", str(args.repeats)]
        command += ["--json", str(args.json)] if args.json else []
        subprocess.run(command, env={**os.environ, "KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3"}, check=True)


if __name__ == "__main__":
    main()
