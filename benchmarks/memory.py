"""Peak memory of training: ours, a loop by hand and Keras, one process each, on one engine.

    python benchmarks/memory.py [--engine torch] [--quick]

What is counted is how far the process's peak lies above what it held when all was imported: data, model, activations,
gradients, the optimizer's state, and what a compiler takes. The best of three processes.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import loop
from rows import append

CASES = [case for case in loop.CASES if case.startswith(("CNN", "ResNet", "MLP 784"))]
SIDES = ("lanthorn", "by hand", "keras")


def held() -> float:
    """Bytes of memory that this process has now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def child(engine: str, who: str, what: str) -> None:
    """Train two epochs of a case and print how far memory rose."""
    import os

    os.environ |= {"KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if who == "lanthorn":
        import lanthorn as library

        library.set_engine(engine)
    else:
        import keras as library
    if who == "by hand":
        import by_hand

        before, (shape, batch) = held(), loop.CASES[what][:2]
        make = getattr(by_hand, engine)
        run = make(shape, batch, loop.parts(what), *loop.data(what), lambda: loop.network(library, what))
    else:
        before = held()
        run = loop.by_fit(library, what)
    run(), run()
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before))


def measure(engine: str = "torch", repeats: int = 3, cases=CASES) -> list[dict]:
    rows = []
    for what in cases:
        for who in SIDES:
            words = [sys.executable, __file__, "--engine", engine, "--child", who, "--case", what]
            rises = []
            for _ in range(repeats):
                done = subprocess.run(words, capture_output=True, text=True, check=True)
                rises.append(json.loads(done.stdout.splitlines()[-1]) / 1e6)
            row = {
                "what": f"memory of training, {what}",
                "engine": engine,
                "who": who,
                "value": min(rises),
                "unit": "MB",
            }
            rows.append(row)
            print(f"  {row['what']:55} {who:10} {row['value']:8.0f} MB", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("torch", "jax", "tensorflow"), default="torch")
    parser.add_argument("--quick", action="store_true", help="one process for each side")
    parser.add_argument("--child", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="append the rows to this file")
    given = parser.parse_args()
    if given.child:
        child(given.engine, given.child, given.case)
        return
    rows = measure(given.engine, 1 if given.quick else 3)
    append(given.json, rows)


if __name__ == "__main__":
    main()
