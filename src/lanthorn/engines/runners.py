"""Runners: the fastest way at hand to run a plan that is not being trained.

A runner takes a batch as NumPy and gives the outputs as NumPy. The engine's own in float32 is the measure; a faster one
is taken only after it has been tried on real data and agrees with it. OpenVINO (optional) reads what the `onnx` engine
writes, whatever engine the model lives on, and needs none of them.
"""

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from ..core import tree


class Runner(NamedTuple):
    """`run(x)` gives the plan's single output for a batch; `name` says how; `error` how far it is from float32."""

    name: str
    run: Callable[[Any], np.ndarray]
    error: float = 0.0
    rate: float = 0.0  # samples per second in the trial


class _Callable:
    """A plan, in the shape in which engines compile models for prediction."""

    def __init__(self, plan: Any, variables: list):
        self.plan, self.variables = plan, variables

    def __call__(self, x: Any, training: bool = False) -> Any:
        return self.plan.run(tree.flatten(x), training)[0]


def own(plan: Any, variables: list, engine: Any) -> Runner:
    """The engine's own prediction."""
    predict = engine.compile_predict(_Callable(plan, variables))
    return Runner(f"{engine.name}, float32", lambda x: engine.to_numpy(predict(x)))


def openvino(plan: Any, variables: list, precision: str = "f32") -> Runner:
    """OpenVINO on the processor. Raises ImportError or NotImplementedError where it cannot be."""
    from .onnx import trace

    ov = _import_openvino()

    model = ov.Core().read_model(trace(plan, variables).SerializeToString())
    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    kept: dict[int, Any] = {}  # compiled once for the batch size: fixed shapes run faster

    def compiled(size: int) -> Any:
        if size not in kept:
            model.reshape(_sized(model, size))
            kept[size] = ov.Core().compile_model(model, "CPU", settings).create_infer_request()
        return kept[size]

    def run(x: np.ndarray) -> np.ndarray:
        x = np.ascontiguousarray(x, np.float32)
        size = max(kept, default=0)
        if not size or len(x) > size:
            size = len(x)
        if len(x) < size:  # a short last batch goes through the same program, filled up
            full = np.zeros((size, *x.shape[1:]), np.float32)
            full[: len(x)] = x
            return np.array(compiled(size).infer([full], share_inputs=True)[0][: len(x)])
        return np.array(compiled(size).infer([x], share_inputs=True)[0])

    word = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}[precision]
    return Runner(f"OpenVINO, {word}", run)


def _import_openvino() -> Any:
    """The package, without the part of it that reports its use over the network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # its importers then do without
    import openvino

    return openvino


def _sized(model: Any, size: int) -> list:
    return [size, *(d.get_length() if d.is_static else -1 for d in list(model.input(0).get_partial_shape())[1:])]


def choose(plan: Any, variables: list, engine: Any, x: Any, batches: float, tolerance: float = 1e-2) -> Runner:
    """Try what there is on one batch; the fastest that agrees with the engine's own float32.

    Args:
        x: a batch of real inputs.
        batches: about how many such batches are to be run; trials that cannot pay are left out.
        tolerance: largest relative distance of the outputs, in the Euclidean norm, that is accepted.
    """
    best = measured(own(plan, variables, engine), x)
    if not isinstance(x, np.ndarray) or best.seconds * batches < 2.0 or not find_spec("openvino"):
        return best.runner
    for precision in ("bf16", "f32"):
        try:
            tried = measured(openvino(plan, variables, precision), x, reference=best.reference)
        except (ImportError, NotImplementedError, RuntimeError):
            break  # an op with no ONNX form, or an OpenVINO that will not: the engine's own does it
        if tried.runner.error <= (tolerance if precision != "f32" else 1e-4) and tried.seconds < best.seconds:
            return tried.runner
    return best.runner


class measured:  # noqa: N801 (reads as a verb where it is used)
    """A runner, run twice on a batch: the first time it compiles, the second time is taken."""

    def __init__(self, runner: Runner, x: Any, reference: np.ndarray | None = None):
        outputs = runner.run(x)
        start = time.perf_counter()
        outputs = runner.run(x)
        self.seconds = time.perf_counter() - start
        self.reference = outputs if reference is None else reference
        error = float(np.linalg.norm(outputs - self.reference) / max(float(np.linalg.norm(self.reference)), 1e-30))
        self.runner = runner._replace(error=error, rate=len(outputs) / self.seconds)
