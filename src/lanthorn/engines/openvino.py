"""OpenVINO as a runner: it reads what the `onnx` engine writes, whatever engine the model lives on, and needs none.

A batch is cut into chunks that several requests work on side by side: what a few pictures leave behind in a layer fits
into the cache, what 32 leave does not (MobileNetV2 on two cores in bfloat16: 393 pictures/s in one batch of 32 on both
cores, 476 in chunks of 4 on one core each).
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from . import kept_means, signal_stack
from .onnx import trace

CHUNK = 4  # samples; 1 to 8 are alike for MobileNetV2, fewer than 4 read the weights of a ResNet too often
NAME = "OpenVINO"
LIBRARY, LOADING = "openvino", 0.3  # what is imported, and the seconds that takes


def available() -> bool:
    """Whether the packages are installed; they are not loaded to find out."""
    return find_spec("openvino") is not None and find_spec("onnx") is not None


def float32(plan: Any, variables: list) -> Callable[[np.ndarray], np.ndarray]:
    """A plan of one input and one output as a function of a batch, in float32.

    Raises NotImplementedError for an op that has no ONNX form.
    """
    return _Compiled(trace(plan, variables), "f32")


def bfloat16(plan: Any, variables: list, calibrate: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The same in bfloat16, with the means of the layers' outputs on the inputs `calibrate` kept (`kept_means.py`)."""
    shifts = kept_means.shifts(plan, variables, calibrate, load)
    return _Compiled(trace(plan, variables, kept_means.Correcting(shifts)), "bf16")


def load(model: Any) -> Callable[[np.ndarray], list[np.ndarray]]:
    """A traced model in float32, as a function of one batch with all its outputs."""
    core = _openvino().Core()
    with signal_stack.kept():
        request = core.compile_model(
            core.read_model(model.SerializeToString()), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
        )
    return lambda x: [np.array(out) for out in request([x]).values()]


def write(model: Any, path: str) -> None:
    """Write a traced model as OpenVINO's own files: `path`, which ends in .xml, and the weights beside it as .bin."""
    openvino = _openvino()
    openvino.save_model(openvino.Core().read_model(model.SerializeToString()), path, compress_to_fp16=False)


class _Compiled:
    """A traced model as a function of batches of any size; compiled for one chunk, for fixed shapes run faster."""

    def __init__(self, model: Any, precision: str):
        self.core = _openvino().Core()
        self.model = self.core.read_model(model.SerializeToString())
        self.precision = precision
        self.queues: dict[tuple[int, ...], Any] = {}

    def __call__(self, x: np.ndarray) -> np.ndarray:
        x = np.ascontiguousarray(x, np.float32)
        size = CHUNK if len(x) >= CHUNK else 1  # so that a single photo pays for no chunk
        if len(x) % size:
            x, given = np.concatenate([x, np.zeros((-len(x) % size, *x.shape[1:]), np.float32)]), len(x)
        else:
            given = len(x)
        queue, shape = self._queue(size, x.shape[1:])
        out = np.empty((len(x), *shape), np.float32)

        def fetch(request: Any, start: int) -> None:
            out[start : start + size] = request.get_output_tensor(0).data

        queue.set_callback(fetch)
        for start in range(0, len(x), size):
            queue.start_async([x[start : start + size]], start, share_inputs=True)
        queue.wait_all()
        return out[:given]

    def _queue(self, size: int, shape: tuple[int, ...]) -> Any:
        """Requests for chunks of one size of samples of one shape, and the shape of one output."""
        key = size, *shape
        if key not in self.queues:
            self.model.reshape(list(key))
            hint = "THROUGHPUT" if size > 1 else "LATENCY"
            settings = {"INFERENCE_PRECISION_HINT": self.precision, "PERFORMANCE_HINT": hint}
            with signal_stack.kept():
                compiled = self.core.compile_model(self.model, "CPU", settings)
            self.queues[key] = _openvino().AsyncInferQueue(compiled), tuple(compiled.output(0).shape)[1:]
        return self.queues[key]


def _openvino() -> Any:
    """The package, without the part of it that reports its use over the network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # its importers then do without
    import openvino

    return openvino
