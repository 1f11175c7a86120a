"""What a functional model is called with, in the order of its graph's inputs."""

from typing import Any

from . import tree
from .errors import explained
from .symbolic import SymbolicTensor, is_symbolic


def flat_inputs(model: Any, inputs: Any) -> list:
    """Arrays in the order of the graph's inputs, their shapes checked."""
    expected = model._plan.inputs
    if is_symbolic(expected):
        if type(inputs) in (list, tuple) and len(inputs) == 1:
            inputs = inputs[0]
        if isinstance(inputs, dict):
            inputs = _by_names(model, inputs, [expected.name])[0]
        flat, wanted = [inputs], [expected]
    else:
        wanted = tree.flatten(expected)
        if isinstance(inputs, dict):
            names = list(expected) if isinstance(expected, dict) else [x.name for x in wanted]
            flat = _by_names(model, inputs, names)
        else:
            flat = tree.flatten(inputs)
        if len(flat) != len(wanted):
            raise ValueError(f"{model.describe()}: expected {len(wanted)} inputs, got {len(flat)}.")
    for x, spec in zip(flat, wanted, strict=True):
        if len(x.shape) != len(spec.shape) or any(
            n is not None and s is not None and s != n for s, n in zip(x.shape, spec.shape, strict=True)
        ):
            raise _wrong_input(model, spec, tuple(x.shape))
    return flat


def _by_names(model: Any, inputs: dict, names: list[str]) -> list:
    missing = [name for name in names if name not in inputs]
    if missing:
        raise ValueError(f"{model.describe()}: the input {missing[0]!r} is missing; got {sorted(inputs)}.")
    return [inputs[name] for name in names]


def _wrong_input(model: Any, spec: SymbolicTensor, shape: tuple) -> Exception:
    hint = ""
    if len(shape) == len(spec.shape) - 1:
        hint = " The batch axis seems to be missing: x[None] adds one."
    return explained(
        ValueError(
            f"{model.describe()}: expected the input '{spec.name}' to have shape {spec.shape}, got {shape}.{hint}"
        )
    )
