"""Dtype policies: the dtype weights are stored in and the one layers compute in."""

import warnings
from typing import Any

_policy = "float32"
_MIXED = ("mixed_bfloat16", "mixed_float16")  # read and kept, for files that have them; computed in float32
KNOWN = (
    "float32", "float64", "float16", "bfloat16", "mixed_bfloat16", "mixed_float16",
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool", "string",
)  # fmt: skip


def policy_name(dtype: Any) -> str:
    """The policy meant by None, a name, a dtype of any engine, or Keras's config of a DTypePolicy."""
    if dtype is None:
        return _policy
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or getattr(dtype, "__name__", str(dtype))
    name = str(name).removeprefix("torch.")
    if name in _MIXED:
        words = f"dtype {name!r}: mixed precision is not offered yet; the layer computes in float32."
        warnings.warn(words, stacklevel=4)
    if name not in KNOWN:
        raise ValueError(f"dtype: {dtype!r} is no dtype or policy; known are {', '.join(KNOWN)}.")
    return name


def policy_config(name: str) -> dict[str, Any]:
    """The policy as Keras 3 writes it."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def variable_dtype(name: str) -> str:
    return "float32" if name in _MIXED else name


compute_dtype = variable_dtype  # until mixed precision tells them apart


def floatx() -> str:
    """The dtype of new weights by default."""
    return variable_dtype(_policy)
