"""Dtypes by name, and which dtype two of them make: the same on every engine.

A whole number next to a float takes the float's dtype; where NumPy would go to float64 the result is float32.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..core.settings import floatx

FLOATS = ("bfloat16", "float16", "float32", "float64")
_ALIASES = {"float": "float32", "int": "int32", "bool_": "bool", "half": "float16", "double": "float64"}

# by the kind of dtype, then the dtype: torch's compiler cannot look into a table that has TensorFlow's among its keys
_NAMES: dict[type, dict[Any, str]] = {type: {float: "float32", int: "int32"}}


def standardize(dtype: Any) -> str:
    """The plain name ("float32") of a dtype of NumPy, torch, JAX, TensorFlow or Python; None: `floatx()`."""
    if dtype is None:
        return floatx()
    names = _NAMES.get(type(dtype))
    if names is None:
        names = _NAMES[type(dtype)] = {}
    found = names.get(dtype)
    if found is None:
        found = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
        if found is None:
            found = np.dtype(dtype).name if isinstance(dtype, type) else str(dtype).rpartition(".")[2]
        found = names[dtype] = _ALIASES.get(found, found)
    return found


@functools.cache
def result_type(a: str, b: str) -> str:
    """The dtype that arrays of these two dtypes make together."""
    if a == b:
        return a
    if a.startswith("complex") or b.startswith("complex"):
        return "complex128" if "complex128" in (a, b) or "float64" in (a, b) else "complex64"
    if a in FLOATS and b in FLOATS:
        return "float64" if "float64" in (a, b) else "float32"
    if a in FLOATS or b in FLOATS:
        return a if a in FLOATS else b
    found = np.promote_types(a, b).name
    return "float32" if found == "float64" else found


def result_with_number(dtype: str, number: Any) -> str:
    """The dtype that an array and a Python number make: the number is weak."""
    if isinstance(number, bool) or dtype in FLOATS or dtype.startswith("complex"):
        return dtype
    if isinstance(number, float):
        return "float32"
    return "int32" if dtype == "bool" else dtype


def standardize_dtype(dtype: Any) -> str:
    """The plain name ("float32") of a dtype of any engine, of NumPy, or of a Python type; None: `floatx()`.

    Raises:
        ValueError: it names no dtype.
    """
    try:
        found = standardize(dtype)
    except TypeError:
        found = str(dtype)
    if found != "string" and found not in _KNOWN:
        raise ValueError(f"Invalid dtype: {dtype}")
    return found


_KNOWN = {*FLOATS, "bool", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2"} | {
    f"{sign}int{bits}" for sign in ("", "u") for bits in (4, 8, 16, 32, 64)
}


def is_float_dtype(dtype: Any) -> bool:
    """Whether it is a dtype of floats, bfloat16 among them."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether it is a dtype of whole numbers; bool is none."""
    return standardize_dtype(dtype).startswith(("int", "uint"))
