"""What a start costs, and one sample: processes from beginning to end, and single predictions against Keras.

    python benchmarks/startup.py [--repeats 5] [--engines torch jax tensorflow] [--json FILE]

Processes are timed in turns from their start to their end: `import lanthorn`, `lanthorn --help`, `lanthorn predict` of
one photo (MobileNetV2 with a head, random weights, a drawn picture), beside the import of torch and of Keras. Each has
its byte code at hand, as installed packages have. One sample goes through a small dense and a small convolutional
network by `predict` (with verbose=0, and as it comes, written to a pipe) and by `model(x)`, ours and Keras on each
engine, a process per engine. What counts is the best of the repeats; "again" tells how noisy the machine was.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rows import append, environment

ENGINES = ("torch", "jax", "tensorflow")
PREDICT = "start-up: lanthorn predict, one photo"
TURN = 0.05  # seconds of calls in one turn
NETWORKS = {"MLP 20-32-10": (20,), "CNN 28x28": (28, 28, 1)}


def row(what: str, engine: str | None, who: str, value: float) -> dict:
    return {"what": what, "engine": engine, "who": who, "value": value, "unit": "s"}


# -- processes -------------------------------------------------------------------------------------------------------
def model_and_photo(folder: Path) -> tuple[Path, Path]:
    """A classifier of photos as `lanthorn train` saves it, and a photo."""
    import numpy as np
    from PIL import Image

    import lanthorn

    base = lanthorn.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(224, 224, 3), pooling="avg", engine="numpy"
    )
    x = lanthorn.layers.Dense(128, activation="relu")(base.output)
    model = lanthorn.Model(base.input, lanthorn.layers.Dense(2, activation="softmax")(x))
    model.preprocessing, model.class_names = base.preprocessing, ["boat", "fish"]
    model.save(folder / "model.keras")
    waves = np.sin(np.linspace(0, 20, 480))[:, None, None] * np.cos(np.linspace(0, 30, 640))[:, None] * [100, 60, 30]
    Image.fromarray((waves + 128).astype("uint8")).save(folder / "photo.jpg")
    return folder / "model.keras", folder / "photo.jpg"


def processes(repeats: int) -> list[dict]:
    """Start-ups, in turns."""
    python, none = [sys.executable, "-c"], [sys.executable, "-m", "lanthorn.cli"]
    with tempfile.TemporaryDirectory() as name:
        predict = [*none, "predict", *map(str, model_and_photo(Path(name)))]
        commands: dict[tuple[str, str], list[str]] = {
            ("start-up: import", "lanthorn"): [*python, "import lanthorn"],
            ("start-up: lanthorn --help", "lanthorn"): [*none, "--help"],
            (PREDICT, "lanthorn"): predict,
            (PREDICT, "lanthorn again"): predict,
        }
        for module in ("torch", "keras"):
            if importlib.util.find_spec(module):
                commands["start-up: import", f"import {module}"] = [*python, f"import {module}"]
        if importlib.util.find_spec("torch"):
            commands[PREDICT, "import torch"] = [*python, "import torch"]
            commands[PREDICT, "lanthorn --engine torch"] = [*predict, "--engine", "torch"]
        around = environment(Path(name))
        best = dict.fromkeys(commands, float("inf"))
        for turn in range(repeats + 1):
            for key, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, env=around, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                if turn:  # the first makes the byte code
                    best[key] = min(best[key], time.perf_counter() - start)
    return [row(what, None, who, value) for (what, who), value in best.items()]


# -- one sample ------------------------------------------------------------------------------------------------------
def network(library: Any, what: str) -> Any:
    """A small network in Keras's words, for Lanthorn and for Keras."""
    L = library.layers  # noqa: N806
    parts = {
        "MLP 20-32-10": lambda: [L.Dense(32, activation="relu"), L.Dense(10)],
        "CNN 28x28": lambda: [
            L.Conv2D(16, 3, activation="relu"), L.MaxPooling2D(2), L.Conv2D(32, 3, activation="relu"),
            L.MaxPooling2D(2), L.Flatten(), L.Dense(10, activation="softmax"),
        ],
    }  # fmt: skip
    return library.Sequential([library.Input(NETWORKS[what]), *parts[what]()])


def seconds(call: Callable[[], Any]) -> float:
    """Of one call, the mean over a turn."""
    start = time.perf_counter()
    call()
    count = max(1, min(500, int(TURN / max(time.perf_counter() - start, 1e-6))))
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def single(engine: str, repeats: int) -> list[dict]:
    """Single predictions on one engine, in this process, which has not loaded Keras before."""
    os.environ |= {"KERAS_BACKEND": engine, "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras
    import numpy as np

    import lanthorn

    lanthorn.set_engine(engine)
    first: dict[tuple[str, str], float] = {}
    turns: dict[tuple[str, str], Callable] = {}
    for what, shape in NETWORKS.items():
        x = np.random.default_rng(0).normal(size=(1, *shape)).astype("float32")
        for who, library in (("lanthorn", lanthorn), ("keras", keras)):
            model, start = network(library, what), time.perf_counter()
            model.predict(x, verbose=0)
            first[f"predict one sample, {what}: the first time", who] = time.perf_counter() - start
            calls = {
                "predict(x, verbose=0)": partial(model.predict, x, verbose=0),
                "predict(x)": partial(model.predict, x),
                "model(x)": partial(model, x),
            }
            for name, call in calls.items():
                call()
                turns[f"predict one sample, {what}: {name}", who] = call
                if who == "lanthorn":
                    turns[f"predict one sample, {what}: {name}", "lanthorn again"] = call
    best = dict.fromkeys(turns, float("inf"))
    for _ in range(repeats):
        for key, call in turns.items():
            best[key] = min(best[key], seconds(call))
    return [row(what, engine, who, value) for (what, who), value in (first | best).items()]


def measure(repeats: int = 5, engines: Any = ENGINES) -> list[dict]:
    """All rows; single predictions run in a process per engine, whose output goes to a pipe."""
    rows = processes(repeats)
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.json"
            command = [sys.executable, __file__, "--single", engine, "--repeats", str(repeats), "--json", str(path)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                print(f"{engine}: left out. {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            else:
                rows += [json.loads(line) for line in path.read_text().splitlines()]
    return rows


def shown(rows: list[dict]) -> str:
    """A table: ours, and how many times as long the others take."""
    lines, firsts = [], {(r["what"], r["engine"]): r["value"] for r in rows if r["who"] == "lanthorn"}
    for r in rows:
        times = r["value"] / firsts[r["what"], r["engine"]]
        value = f"{1e6 * r['value']:10.0f} us" if r["engine"] else f"{r['value']:10.3f} s "
        lines.append(f"{r['what']:56} {r['engine'] or '':11} {r['who']:24} {value} {times:8.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--engines", nargs="*", choices=ENGINES, default=ENGINES)
    parser.add_argument("--single", choices=ENGINES, help="only single predictions, on this engine, in this process")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append the rows to a file")
    given = parser.parse_args()
    rows = single(given.single, given.repeats) if given.single else measure(given.repeats, given.engines)
    append(given.json, rows)
    print(shown(rows))


if __name__ == "__main__":
    main()
