"""A saved classifier of photos, ready to name new ones, with or without an engine."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import data, engines, saving
from ..engines import runners
from . import quiet

FEW = 3  # photos that NumPy names (a ResNet-50: 0.6 s each) before an engine is imported and warm (torch: 2.3 s)


def load(model: Any, engine: str | None = None) -> Any:
    """A classifier of photos from its file, on NumPy if no engine was asked for; a model is given back as it is.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the model does not say how its pictures are prepared, or its class names do not fit its outputs.
    """
    if not isinstance(model, (str, os.PathLike)):
        return described(model, f"the model {getattr(model, 'name', model)!r}")
    path = Path(local(model))
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such model.")
    asked = engine or engines.chosen_name()
    if asked:
        quiet.engine(engine)
    return described(saving.load_model(path, compile=False, engine=None if asked else "numpy"), str(path))


def local(place: str | os.PathLike) -> str:
    """The path as it was given; a ValueError where it is an address on the web."""
    text = os.fspath(place)
    if "://" in text:
        raise ValueError(f"{text}: expected a file or a folder on this machine, got an address. Fetch it first.")
    return text


@contextlib.contextmanager
def pixel_limit(most: int | None) -> Iterator[None]:
    """Photos that declare up to `most` pixels are read inside; None: the usual limit."""
    if most is None:
        yield
        return
    before = data.set_max_pixels(most)
    try:
        yield
    finally:
        data.set_max_pixels(before)


def described(model: Any, who: str) -> Any:
    """The model, with a name for every output; a ValueError where it does not know how its pictures are prepared."""
    if getattr(model, "preprocessing", None) is None:
        raise ValueError(
            f"{who}: this model does not say how its pictures are prepared, so it was not made by `lanthorn train` or "
            "`lanthorn.train`. In Python, set model.preprocessing = lanthorn.data.Preprocessing(size=…, scale=…) and "
            "model.class_names; then save it."
        )
    outputs = int(model.output_shape[-1])
    wanted = max(2, outputs)
    names = getattr(model, "class_names", None)
    if not names:
        model.class_names = names = [f"class {i}" for i in range(wanted)]
    if len(names) != wanted and not (len(names) == 1 and outputs == 1):
        raise ValueError(f"{who}: the model has {outputs} outputs and {len(names)} class names.")
    return model


def answering(model: Any, count: int) -> Callable[[np.ndarray], np.ndarray]:
    """What names `count` photos soonest from a standing start, as a function from a batch to the outputs.

    A model that `load` put on NumPy, because no engine was asked for: a runner that needs no engine (MobileNetV2 with
    OpenVINO: a process that names one photo takes 0.6 to 0.7 of the time of `import torch` alone); else NumPy for a
    few photos; else the default engine. Any other model: its own engine, or a runner where the work is worth one.
    """
    if model.engine.name == "numpy" and not engines.chosen_name():
        runner = runners.without_engine(model.plan, model.variables) if model.__dict__.get("_plan") else None
        if runner is not None:
            return runner.run
        if count > FEW and engines.default_name() != "numpy":
            model.to(quiet.engine(None).name)
    chosen: list = []

    def run(x):
        if not chosen:
            ahead = model.outputs_ahead(x, -(-count // len(x)))
            chosen.append(ahead or (lambda x: np.asarray(model.predict(x, verbose=0))))
        return chosen[0](x)

    return run
