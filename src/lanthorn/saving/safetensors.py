"""Weights as `.safetensors`: a flat dictionary of names and arrays."""

import os
from typing import Any

import numpy as np

from .atomic import replacing
from .matching import Plan, Stored


def _package() -> Any:
    try:
        import safetensors
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "`.safetensors` files need the package safetensors, which belongs to Lanthorn and is missing: "
            "pip install safetensors."
        ) from None
    return safetensors


def names(model: Any) -> dict[str, Any]:
    """A name for each weight: its path, with the model's place for layers inside models."""
    found: dict[str, Any] = {}
    for variable in model.weights:
        name, number = str(variable.path), 1
        while name in found:
            name, number = f"{variable.path}_{number}", number + 1
        found[name] = variable
    return found


def save(model: Any, path: str | os.PathLike, overwrite: bool = True, dtype: str | None = None) -> None:
    """Write the weights by name; those of floats as `dtype`, if one is given."""
    arrays = {name: _stored_as(dtype, name, variable.numpy()) for name, variable in names(model).items()}
    with replacing(path, overwrite) as temporary:
        _package().numpy.save_file(arrays, temporary, metadata={"format": "lanthorn"})


def _stored_as(dtype: str | None, name: str, values: Any) -> np.ndarray:
    values = np.asarray(values, order="C")
    if dtype is None or values.dtype.kind != "f":
        return values
    with np.errstate(over="ignore"):
        cast = values.astype(dtype)
    if np.isfinite(values).all() and not np.isfinite(cast).all():
        raise ValueError(
            f"save_weights: {name!r} has values up to {np.abs(values).max():.3g}, and {dtype} ends at "
            f"{np.finfo(dtype).max:.3g}. Save it without dtype=."
        )
    return cast


def load(path: str | os.PathLike, model: Any, by_name: bool = False, skip_mismatch: bool = False) -> int:
    """Load weights by name. Every weight of the model must be there, unless `by_name`."""
    package = _package()
    plan = Plan(os.fspath(path), skip_mismatch)
    try:
        with package.safe_open(path, framework="numpy") as file:
            there = set(file.keys())
            for name, variable in names(model).items():
                if name not in there:
                    if by_name:
                        continue
                    raise ValueError(
                        f"{os.fspath(path)}: has no weight {name!r} (it has {', '.join(sorted(there)[:4])}, …). "
                        "Pass by_name=True to load only the weights whose names agree."
                    )
                shape = tuple(file.get_slice(name).get_shape())
                plan.add(model, [variable], [Stored(name, shape, lambda name=name: file.get_tensor(name))])
            return plan.carry_out()
    except package.SafetensorError as error:
        raise ValueError(f"{os.fspath(path)}: damaged safetensors file ({error}).") from None
