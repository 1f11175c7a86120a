"""Runners: the fastest way at hand to run a plan that is not being trained.

A runner takes a batch as NumPy and gives the outputs as NumPy. Float32 as NumPy computes it is the measure; a faster
runner than the engine's own is taken only after it has been tried on real data and agrees with that.

A *maker* is a module with `NAME`, `available()`, `float32(plan, variables)` and `bfloat16(plan, variables, calibrate)`,
each giving a function of a batch; it raises NotImplementedError for what it cannot run. `LIBRARY` is what it imports,
and `LOADING` the seconds that takes.
"""

import math
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..core import tree
from ..core.flatten import flattened
from ..core.functional_call import swapped
from ..ops import dispatch
from . import openvino, processor, torch_runner

TOLERANCE = 0.1  # see docs/decisions/bfloat16-features.md
WORTH_A_TRIAL = 2.0  # seconds of work by NumPy below which the engine's own is good enough
NUMPY_SPEED = (
    2e9  # about its multiply-adds in a second on two cores: counted, so that the same job is done the same way
)
TRIED = 24  # samples that a trial is made with: half of them to calibrate, half to compare
MAKERS = (openvino, torch_runner)  # the fastest first


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


def choose(plan: Any, variables: list, engine: Any, x: Any, batches: float, tolerance: float = TOLERANCE) -> Runner:
    """Try what there is on one batch; the fastest that agrees with float32 as NumPy computes it.

    The engine's own is not tried against the makers': it was slower wherever it was measured (torch 72, TensorFlow 39,
    JAX 7 pictures/s of MobileNetV2 where OpenVINO does 175), and JAX takes ten seconds to compile for a trial.

    Args:
        x: a batch of real inputs.
        batches: about how many such batches are to be run; trials that cannot pay are left out.
        tolerance: largest relative distance of the outputs, in the Euclidean norm, accepted of bfloat16.
    """
    first = own(plan, variables, engine)
    makers = [maker for maker in MAKERS if maker.available()]
    if not isinstance(x, np.ndarray) or len(x) < 4 or not makers or not on_processor(engine):
        return first
    start = time.perf_counter()
    reference = by_numpy(plan, variables, x[:2])  # no engine has to compile for it
    each = multiply_adds(plan) / NUMPY_SPEED or (time.perf_counter() - start) / 2
    work, x = each * len(x) * batches, x[:TRIED]
    for maker in makers:
        if work < WORTH_A_TRIAL + (0.0 if maker.LIBRARY in sys.modules else maker.LOADING):
            continue
        try:
            found = _best_of(maker, plan, variables, x, reference, tolerance)
        except Exception:  # an op that it has no form for, a library that will not: the next one, or the engine's own
            continue
        if found is not None:
            return found
    return first


def multiply_adds(plan: Any) -> int:
    """Those of a plan's convolutions for one sample; 0 where sizes are unknown."""
    return sum(map(_of_convolution, flattened(plan).nodes))


def _of_convolution(node: Any) -> int:
    shape = node.flat_outputs[0].shape[1:-1]
    kernels = [v for v in node.layer._own_variables() if len(v.shape) == 4]
    return sum(math.prod(v.shape) for v in kernels) * math.prod(size or 0 for size in shape)


def on_processor(engine: Any) -> bool:
    """Whether an engine computes on a processor, as the makers' runners do; a GPU is faster than they are."""
    return "cpu" in engine.devices()[0].lower()


def _best_of(maker: Any, plan: Any, variables: list, x: np.ndarray, reference: np.ndarray, tolerance: float) -> Any:
    """The maker's fastest runner that is near enough; None where even its float32 is not."""
    exact = maker.float32(plan, variables)
    best = measured(Runner(f"{maker.NAME}, float32", exact), x)
    if _apart(best.outputs[:2], reference) > 1e-4:
        return None
    if processor.has_bfloat16() and tolerance > 0:
        half = len(x) // 2
        near = maker.bfloat16(plan, variables, x[:half])
        quick = measured(Runner(f"{maker.NAME}, bfloat16", near), x)
        error = _apart(quick.outputs[half:], best.outputs[half:])  # not on what it was calibrated on
        if error <= tolerance and quick.runner.rate > 1.2 * best.runner.rate:
            return quick.runner._replace(error=error, float32=exact)
    return best.runner


def without_engine(plan: Any, variables: list) -> Runner | None:
    """What runs a plan in float32 where no engine is loaded, from weights on NumPy; None where nothing can.

    It has one input and one output, both float32. It is not tried against NumPy: one picture of a VGG takes that 1.8 s.
    """
    dtypes = [x.dtype for x in (*tree.leaves(plan.inputs), *tree.leaves(plan.outputs))]
    if dtypes != ["float32", "float32"] or not openvino.available():
        return None
    try:
        return Runner(f"{openvino.NAME}, float32", openvino.float32(plan, variables))
    except (ImportError, NotImplementedError, RuntimeError):
        return None  # an op that it has no form for, or a library that will not


def by_numpy(plan: Any, variables: list, x: np.ndarray) -> np.ndarray:
    """The plan's output by the reference engine."""
    dispatch.load("numpy")
    with swapped(variables, [v.numpy() for v in variables]):
        return plan.run([np.asarray(x, np.float32)], False)[0]


def _apart(outputs: np.ndarray, reference: np.ndarray) -> float:
    """Relative distance in the Euclidean norm."""
    return float(np.linalg.norm(outputs - reference) / max(float(np.linalg.norm(reference)), 1e-30))


class measured:  # noqa: N801 (reads as a verb where it is used)
    """A runner, run twice on a batch: the first time it compiles, the second time is taken."""

    def __init__(self, runner: Runner, x: Any):
        self.outputs = runner.run(x)
        start = time.perf_counter()
        runner.run(x)
        self.runner = runner._replace(rate=len(self.outputs) / (time.perf_counter() - start))
