"""Runners: the fastest way at hand to run a plan that is not being trained.

A runner takes a batch as NumPy and gives the outputs as NumPy. Float32 as NumPy computes it is the measure; a faster
runner than the engine's own is taken only after it has been tried on real data and agrees with that. OpenVINO
(optional) reads what the `onnx` engine writes, whatever engine the model lives on, and needs none of them.
"""

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from ..core import tree
from ..core.functional_call import swapped
from ..ops import dispatch
from . import kept_means
from .onnx import trace

TOLERANCE = 0.1  # see docs/decisions/bfloat16-features.md
WORTH_A_TRIAL = 2.0  # seconds of work below which the engine's own is good enough


class Runner(NamedTuple):
    """`run(x)` gives the plan's single output for a batch; `name` says how; `error` how far it is from float32."""

    name: str
    run: Callable[[Any], np.ndarray]
    error: float = 0.0
    rate: float = 0.0  # samples per second in the trial
    float32: Callable[[Any], np.ndarray] | None = None  # the same without the error, where there is one

    @property
    def exact(self) -> Callable[[Any], np.ndarray]:
        """What to measure with: what `evaluate` and `predict` will find."""
        return self.float32 or self.run


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


def openvino(plan: Any, variables: list, precision: str = "f32", calibrate: np.ndarray | None = None) -> Runner:
    """OpenVINO on the processor. Raises ImportError or NotImplementedError where it cannot be.

    Args:
        precision: "f32" or "bf16".
        calibrate: for bf16, inputs on which the means of the layers' outputs are kept (see `kept_means.py`).
    """
    ov = _import_openvino()
    watch = None
    if calibrate is not None:
        watch = kept_means.Correcting(kept_means.shifts(plan, variables, calibrate, lambda model: _load(ov, model)))
    model = ov.Core().read_model(trace(plan, variables, watch).SerializeToString())
    kept: dict[int, Any] = {}  # compiled once for the batch size: fixed shapes run faster

    def run(x: np.ndarray) -> np.ndarray:
        x = np.ascontiguousarray(x, np.float32)
        size = max(len(x), *kept, 0)
        if size not in kept:
            model.reshape(_sized(model, size))
            kept[size] = ov.Core().compile_model(model, "CPU", _settings(precision)).create_infer_request()
        if len(x) < size:  # a short last batch goes through the same program, filled up
            full = np.concatenate([x, np.zeros((size - len(x), *x.shape[1:]), np.float32)])
            return np.array(kept[size].infer([full], share_inputs=True)[0][: len(x)])
        return np.array(kept[size].infer([x], share_inputs=True)[0])

    word = {"f32": "float32", "bf16": "bfloat16"}[precision]
    return Runner(f"OpenVINO, {word}", run)


def _settings(precision: str) -> dict[str, str]:
    return {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}


def _load(ov: Any, model: Any) -> Callable[[np.ndarray], list[np.ndarray]]:
    """A traced model in float32, as a function of one batch with all its outputs."""
    request = ov.Core().compile_model(ov.Core().read_model(model.SerializeToString()), "CPU", _settings("f32"))
    return lambda x: [np.array(out) for out in request([x]).values()]


def _import_openvino() -> Any:
    """The package, without the part of it that reports its use over the network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # its importers then do without
    import openvino

    return openvino


def _sized(model: Any, size: int) -> list:
    return [size, *(d.get_length() if d.is_static else -1 for d in list(model.input(0).get_partial_shape())[1:])]


def choose(plan: Any, variables: list, engine: Any, x: Any, batches: float, tolerance: float = TOLERANCE) -> Runner:
    """Try what there is on one batch; the fastest that agrees with float32 as NumPy computes it.

    The engine's own is not tried against OpenVINO: it was slower wherever it was measured (torch 72, TensorFlow 39,
    JAX 7 pictures/s of MobileNetV2 where OpenVINO does 175), and JAX takes ten seconds to compile for a trial.

    Args:
        x: a batch of real inputs.
        batches: about how many such batches are to be run; trials that cannot pay are left out.
        tolerance: largest relative distance of the outputs, in the Euclidean norm, accepted of bfloat16.
    """
    first = own(plan, variables, engine)
    if not isinstance(x, np.ndarray) or len(x) < 4 or not find_spec("openvino") or not find_spec("onnx"):
        return first
    start = time.perf_counter()
    reference = by_numpy(plan, variables, x[:2])  # no engine has to compile for it
    if (time.perf_counter() - start) / 2 * len(x) * batches < WORTH_A_TRIAL:
        return first
    try:
        best = measured(openvino(plan, variables), x)
        if _apart(best.outputs[:2], reference) > 1e-4:
            return first
        if _has_bfloat16() and tolerance > 0:
            half = len(x) // 2
            quick = measured(openvino(plan, variables, "bf16", x[: min(half, 8)]), x)
            error = _apart(quick.outputs[half:], best.outputs[half:])  # not on what it was calibrated on
            if error <= tolerance and quick.runner.rate > 1.2 * best.runner.rate:
                return quick.runner._replace(error=error, float32=best.runner.run)
        return best.runner
    except (ImportError, NotImplementedError, RuntimeError):
        return first  # an op with no ONNX form, or an OpenVINO that will not


def by_numpy(plan: Any, variables: list, x: np.ndarray) -> np.ndarray:
    """The plan's output by the reference engine."""
    dispatch.load("numpy")
    with swapped(variables, [v.numpy() for v in variables]):
        return plan.run([np.asarray(x, np.float32)], False)[0]


def _apart(outputs: np.ndarray, reference: np.ndarray) -> float:
    """Relative distance in the Euclidean norm."""
    return float(np.linalg.norm(outputs - reference) / max(float(np.linalg.norm(reference)), 1e-30))


def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices (AMX or AVX-512)."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


class measured:  # noqa: N801 (reads as a verb where it is used)
    """A runner, run twice on a batch: the first time it compiles, the second time is taken."""

    def __init__(self, runner: Runner, x: Any):
        self.outputs = runner.run(x)
        start = time.perf_counter()
        runner.run(x)
        self.runner = runner._replace(rate=len(self.outputs) / (time.perf_counter() - start))
