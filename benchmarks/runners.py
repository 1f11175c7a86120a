"""What runs a network that is not being trained, and how fast: pictures per second, taking turns in one process.

    python benchmarks/runners.py [--engine torch|jax|tensorflow] [--networks MobileNetV2,ResNet50] [--repeats 5]
        [--pictures 32] [--weights FILE] [--json FILE]

Each side gets the same pictures as a NumPy array and gives NumPy. "lanthorn engine's own" is layer by layer, the way of
every model where there is little to do; the others are the runners that `fit` behind frozen layers and `predict` choose
from (`engines/runners.py`). "torch by hand" is the model's own `nn.Module` in eval and inference mode, given the whole
batch: what one would write. "keras" is `predict_on_batch` of the same network in Keras on the engine. Weights are
random, or MobileNetV2's from a file that both read. "predict" and "evaluate" have twice the pictures.
"""

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rows import append

SIZE = (224, 224, 3)


def runs(name: str, engine: str, weights: Path | None, x: Any, keras: bool) -> dict[str, Callable]:
    """By who, functions of a batch."""
    import lanthorn
    from lanthorn.engines import runners

    given = weights if name == "MobileNetV2" else None

    def made():
        return getattr(lanthorn.applications, name)(weights=given, engine=engine)

    model = made()
    found = {"lanthorn engine's own": runners.own(model.plan, model.variables, model.engine).run}
    found |= by_makers(name, model, x)
    if engine == "torch":
        found["torch by hand"] = by_hand(made())  # a second model: a view changes the first
    if keras:
        found["keras"] = in_keras(name, engine, given)
    return found


def by_makers(name: str, model: Any, x: Any) -> dict[str, Callable]:
    """The runners that there are for a model, in float32 and in bfloat16 where the processor has it."""
    from lanthorn.engines import openvino, processor, torch_runner

    plan, variables, found = model.plan, model.variables, {}
    for maker, who in ((openvino, "OpenVINO"), (torch_runner, "torch")):
        if not maker.available():
            continue
        start = time.perf_counter()
        found[f"lanthorn {who} float32"] = maker.float32(plan, variables)
        print(f"{name}: {who} float32 made in {time.perf_counter() - start:.1f} s")
        if processor.has_bfloat16():
            start = time.perf_counter()
            found[f"lanthorn {who} bfloat16"] = maker.bfloat16(plan, variables, x[:8])
            print(f"{name}: {who} bfloat16 made in {time.perf_counter() - start:.1f} s")
    return found


def by_hand(model: Any) -> Callable:
    """The model's plain `nn.Module` in the form that is usual for prediction."""
    import torch

    module = model.torch().eval()

    def run(x):
        with torch.inference_mode():
            return module(torch.from_numpy(x)).numpy()

    return run


def in_keras(name: str, engine: str, weights: Path | None) -> Callable:
    """The same network in Keras, which is on the engine that KERAS_BACKEND named when it was imported."""
    import keras

    model = getattr(keras.applications, name)(weights=None)
    if weights is not None:
        model.load_weights(str(weights))
    return model.predict_on_batch


def turns(sides: dict[str, Callable], repeats: int) -> dict[str, float]:
    """Each side's shortest time in seconds; all take turns, after one round that does not count."""
    best = dict.fromkeys(sides, float("inf"))
    for number in range(repeats + 1):
        for who, run in sides.items():
            start = time.perf_counter()
            run()
            if number:
                best[who] = min(best[who], time.perf_counter() - start)
    return best


def measure(
    repeats: int, networks: tuple[str, ...] = ("MobileNetV2", "ResNet50"), engine: str = "torch",
    pictures: int = 32, weights: Path | None = None, keras: bool = True,
) -> list[dict]:  # fmt: skip
    """Rows of what was measured."""
    import numpy as np

    rows = []
    for name in networks:
        x = np.random.default_rng(0).standard_normal((pictures, *SIZE)).astype("float32")
        sides = runs(name, engine, weights, x, keras)
        outputs = {who: np.asarray(run(x)) for who, run in sides.items()}
        reference = outputs["lanthorn engine's own"]
        best = turns({who: partial(run, x) for who, run in sides.items()}, repeats)
        for who, seconds in best.items():
            apart = np.linalg.norm(outputs[who] - reference) / np.linalg.norm(reference)
            comparable = who != "keras" or (weights is not None and name == "MobileNetV2")
            print(
                f"{name}, frozen, forward: {who:26} {pictures / seconds:8.1f} pictures/s"
                + (f", {apart:.1e} from the engine's own" if comparable else "")
            )
            what = f"{name}, frozen, forward"
            rows.append(row(what, engine, who, pictures / seconds, repeats))
        rows += predicting(name, engine, repeats, 2 * pictures, weights)
    return rows


def predicting(name: str, engine: str, repeats: int, pictures: int, weights: Path | None) -> list[dict]:
    """`predict` and `evaluate` of many pictures, and both where nothing goes through a runner."""
    import numpy as np

    import lanthorn
    from lanthorn.training import prefixed

    model = getattr(lanthorn.applications, name)(weights=weights if name == "MobileNetV2" else None, engine=engine)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).standard_normal((pictures, *SIZE)).astype("float32")
    y = np.zeros(pictures, "int32")
    long = prefixed.LONG

    def set_to(value: float, run: Callable) -> Any:
        prefixed.LONG = value
        try:
            return run()
        finally:
            prefixed.LONG = long

    sides = {
        ("predict", "lanthorn"): lambda: set_to(0.0, lambda: model.predict(x, verbose=0)),
        ("predict", "lanthorn without runners"): lambda: set_to(1e9, lambda: model.predict(x, verbose=0)),
        ("evaluate", "lanthorn"): lambda: set_to(0.0, lambda: model.evaluate(x, y, verbose=0)),
        ("evaluate", "lanthorn without runners"): lambda: set_to(1e9, lambda: model.evaluate(x, y, verbose=0)),
    }
    found = []
    for (what, who), seconds in turns(sides, repeats).items():
        print(f"{name}, {what} {pictures} pictures: {who:26} {pictures / seconds:8.1f} pictures/s")
        found.append(row(f"{name}, {what} {pictures} pictures", engine, who, pictures / seconds, repeats))
    return found


def row(what: str, engine: str, who: str, value: float, repeats: int) -> dict:
    return {"what": what, "engine": engine, "who": who, "value": value, "unit": "pictures/s", "runs": repeats}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["torch", "jax", "tensorflow"], default="torch")
    parser.add_argument("--networks", default="MobileNetV2,ResNet50")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=32)
    parser.add_argument("--weights", type=Path, help="a file of MobileNetV2 with its top; random weights without")
    parser.add_argument("--json", type=Path, help="append the rows to this file, one JSON a line")
    asked = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = asked.engine  # before anything imports it
    there = find_spec("keras") is not None
    networks = tuple(asked.networks.split(","))
    append(asked.json, measure(asked.repeats, networks, asked.engine, asked.pictures, asked.weights, there))
