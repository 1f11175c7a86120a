"""Dtype policies: the dtype weights are stored in and the one layers compute in."""

from typing import Any

_policy = "float32"
_COMPUTE = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}
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
    if name not in KNOWN:
        raise ValueError(f"dtype: {dtype!r} is no dtype or policy; known are {', '.join(KNOWN)}.")
    return name


def policy_config(name: str) -> dict[str, Any]:
    """The policy as Keras 3 writes it."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def compute_dtype(name: str) -> str:
    return _COMPUTE.get(name, name)


def variable_dtype(name: str) -> str:
    return "float32" if name in _COMPUTE else name


def floatx() -> str:
    """The dtype of new weights by default."""
    return variable_dtype(_policy)
