"""What a functional model is called with, in the order of its graph's inputs, and of their dtypes."""

from collections import defaultdict
from typing import Any

from . import tree
from .autocast import WHOLE, kind_of
from .dtypes import FLOATS
from .errors import explained
from .symbolic import SymbolicTensor, is_symbolic


def flat_inputs(model: Any, inputs: Any) -> list:
    """Arrays in the order of the graph's inputs, their shapes checked, as the kind of numbers that the inputs say."""
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
    for i, (x, spec) in enumerate(zip(flat, wanted, strict=True)):
        if x.dtype not in _as_it_comes[type(x.dtype)][spec.dtype]:
            flat[i] = _of_the_dtype(model, x, spec.dtype)
        given = x
        if len(x.shape) != len(spec.shape):
            flat[i] = x = _of_the_rank(flat[i], spec.shape)
        if len(x.shape) != len(spec.shape) or any(
            n is not None and s is not None and s != n for s, n in zip(x.shape, spec.shape, strict=True)
        ):
            raise _wrong_input(model, spec, tuple(given.shape))
    return flat


# by the dtype of an input: dtypes of arrays that need no cast, as they are met. By the kind of dtype first: torch's
# compiler cannot look into a set that has TensorFlow's in it
_as_it_comes: dict[type, dict[str, set]] = defaultdict(lambda: defaultdict(set))


def _of_the_dtype(model: Any, x: Any, wanted: str) -> Any:
    """An array as what its input says: whole numbers as floats, and the reverse; other floats as float32.

    Whole numbers of another size stay, as do floats that a model with a torch module is given: its weights may have
    become those; and floats of the kind that weights are swapped for (`jax.tree.map` over `model.jax().params`).
    """
    if is_symbolic(x):
        return x
    given, asked = kind_of(x), wanted if wanted in FLOATS else WHOLE if wanted.startswith(("int", "uint")) else None
    if given is None or asked is None or given == asked:
        _as_it_comes[type(x.dtype)][wanted].add(x.dtype)
        return x
    if given != WHOLE and asked != WHOLE and (model._view is not None or _weights_are(model, given)):
        return x
    from .. import ops

    return ops.cast(x, wanted)


def _of_the_rank(x: Any, shape: tuple) -> Any:
    """An array with a last axis of 1 more or less, where the input's shape has it so; else as it is."""
    rank, wanted = len(x.shape), len(shape)
    if rank == wanted + 1 and x.shape[-1] == 1:
        return x[..., 0]
    return x[..., None] if rank == wanted - 1 and shape[-1] == 1 else x


def _weights_are(model: Any, kind: str) -> bool:
    """Whether the values that stand in the model's weights just now are floats of this kind."""
    return next((kind_of(v.value) for v in model.variables if v.dtype in FLOATS), None) == kind


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
