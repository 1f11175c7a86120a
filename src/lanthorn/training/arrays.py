"""Arrays of any make, cut into batches: NumPy, lists, pandas, SciPy's sparse, HDF5, the engine's own."""

import os
from typing import Any

import numpy as np

from .. import engines, ops
from ..core import tree


def is_array(x: Any) -> bool:
    """Whether `x` is one array of samples: it has a shape and can be cut along the first axis."""
    return hasattr(x, "shape") and hasattr(x, "__getitem__") and not isinstance(x, (dict, list, tuple))


def is_arrays(x: Any) -> bool:
    """Whether `x` is an array, or a list, tuple or dict of them, or a list of numbers."""
    if isinstance(x, dict):
        return bool(x) and all(is_arrays(v) for v in x.values())
    if isinstance(x, (list, tuple)):
        return bool(x) and not (isinstance(x, list) and isinstance(x[0], tuple) and any(map(is_array, x[0])))
    return is_array(x) and len(x.shape) > 0


def prepare(x: Any, what: str, engine: Any, who: str = "fit", texts: bool = False) -> Any:
    """A structure of arrays that `take` can cut: lists of numbers become arrays, 64-bit floats become 32-bit ones.

    `texts`: they may hold texts.
    """
    if x is None:
        return None
    if isinstance(x, dict):
        return {k: prepare(v, f"{what}[{k!r}]", engine, who, texts) for k, v in x.items()}
    if isinstance(x, (list, tuple)) and any(is_array(v) and len(v.shape) > 0 for v in x):
        return type(x)(prepare(v, f"{what}[{i}]", engine, who, texts) for i, v in enumerate(x))
    return _prepare_one(x, what, engine, who, texts)


def _prepare_one(x: Any, what: str, engine: Any, who: str, texts: bool) -> Any:
    if hasattr(x, "iloc") and texts and x.to_numpy().dtype == object:
        x = x.to_numpy()
    elif hasattr(x, "iloc"):  # pandas: a column is an array with one number per sample
        x = x.to_numpy()
        x = x.reshape(-1, 1) if x.ndim == 1 else x
        x = x.astype("float32") if x.dtype == object else x
    elif isinstance(x, (list, tuple)):
        x = np.asarray(x)
    if type(x) is np.ndarray:
        if x.dtype.kind not in "biuf" and not (texts and x.dtype.kind in "USOT"):
            raise ValueError(f"{who}: `{what}` holds {_called(x)}, expected numbers. {_advice(x, what)}")
        if x.dtype.kind == "f" and x.dtype != np.float32:
            x = x.astype("float32")
    elif not hasattr(x, "tocsr") and not isinstance(x, np.ndarray) and type(x).__module__.split(".")[0] != "h5py":
        owner = engines.of(x)
        if owner is not engine:
            x = owner.to_numpy(x)
    if not is_array(x) or len(x.shape) == 0:
        raise ValueError(f"{who}: `{what}` must have one entry per sample, got a single value: {x!r}.")
    return x


def _called(x: np.ndarray) -> str:
    return "texts" if x.dtype.kind in "US" else f"{x.dtype.name} values"


def _advice(x: np.ndarray, what: str) -> str:
    if what == "x" and x.dtype.kind in "US":
        return (
            "Paths of photos are taken by `predict` of a model that knows how they are prepared (model.preprocessing), "
            "as one from lanthorn.train does."
        )
    return "Turn text labels into class numbers first: classes, y = np.unique(labels, return_inverse=True)."


def plain_array(x: Any) -> np.ndarray | None:
    """What `prepare` makes of a NumPy array or nested lists of numbers, two axes at least; None for anything else."""
    if type(x) is list and x and type(x[0]) is list:
        try:
            x = np.asarray(x)
        except ValueError:  # rows of different lengths: `prepare` will say so
            return None
    if type(x) is not np.ndarray or x.ndim < 2 or x.dtype.kind not in "biuf":
        return None
    return x if x.dtype.kind != "f" or x.dtype == np.float32 else x.astype("float32")


def length(what_and_arrays: dict[str, Any]) -> int:
    """The number of samples, which must be the same everywhere; a ValueError that lists the arrays if not."""
    sizes = {}
    for what, structure in what_and_arrays.items():
        arrays = tree.flatten(structure)
        for i, array in enumerate(arrays):
            sizes[what if len(arrays) == 1 else f"{what}[{i}]"] = int(array.shape[0])
    if len(set(sizes.values())) != 1:
        listed = ", ".join(f"{name}: {n}" for name, n in list(sizes.items())[:8])
        hint = ""
        if len(tree.flatten(what_and_arrays.get("x"))) > 8:
            hint = " A list is read as one array per input of the model: for a list of samples pass np.stack(x)."
        raise ValueError(f"fit: all arrays must have the same number of samples, got {listed}.{hint}")
    count = next(iter(sizes.values()))
    if count == 0:
        raise ValueError("fit: there is nothing to work on: the arrays hold 0 samples.")
    return count


def take(structure: Any, where: Any) -> Any:
    """The samples at `where` (a slice, or an array of positions) of each array."""
    return tree.map(lambda array: _take_one(array, where), structure)


def _take_one(array: Any, where: Any) -> Any:
    if isinstance(where, slice):
        found = array[where]
        return found.toarray() if hasattr(found, "toarray") else found
    if isinstance(array, np.ndarray):
        return array.take(where, axis=0)
    if hasattr(array, "tocsr"):
        return array[where].toarray()
    if type(array).__module__.split(".")[0] == "h5py":  # reads positions in rising order only
        order = np.argsort(where)
        return array[where[order]][np.argsort(order)]
    return ops.take(array, where, axis=0)


def split_tail(x: Any, y: Any, sample_weight: Any, share: float) -> tuple[tuple, tuple]:
    """The arrays without their last `share`, and that last share, as Keras's `validation_split` cuts them."""
    if not 0 < share < 1:
        raise ValueError(f"fit: `validation_split` must lie between 0 and 1, got {share}.")
    parts = {"x": x, "y": y, "sample_weight": sample_weight}
    count = length({k: v for k, v in parts.items() if v is not None})
    at = int(np.floor(count * (1 - share)))
    if at in (0, count):
        raise ValueError(
            f"fit: validation_split={share} of {count} samples leaves nothing to "
            f"{'train' if at == 0 else 'validate'} on. Choose another share or pass validation_data."
        )
    first, last = slice(0, at), slice(at, None)
    return tuple(take(p, first) for p in parts.values()), tuple(take(p, last) for p in parts.values())


def class_weights(y: Any, class_weight: dict) -> np.ndarray:
    """One weight per sample, looked up by its class; classes that are not named count 1.

    Args:
        y: class numbers of shape (n,) or (n, 1), or one-hot rows of shape (n, classes).
    """
    if y is None or isinstance(y, (list, tuple, dict)):
        raise ValueError(
            "fit: `class_weight` works for models with one output and labels. "
            "Give `sample_weight` per output instead (a list, or a dict by output name)."
        )
    y = y if isinstance(y, np.ndarray) else engines.of(y).to_numpy(y)
    y = y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), *y.shape[1:-1])
    numbers = np.round(y).astype("int64")
    size = int(max(numbers.max(initial=0), max(class_weight, default=0))) + 1
    table = np.ones(size, "float32")
    for number, weight in class_weight.items():
        table[int(number)] = weight
    return table[numbers]


def are_photos(x: Any) -> bool:
    """Whether it is a path, a picture of Pillow, the bytes of a file, or a list of these or of arrays of pixels."""
    if isinstance(x, (str, os.PathLike, bytes)) or hasattr(x, "getpixel"):
        return True
    return isinstance(x, (list, tuple)) and bool(x) and all(are_photos(each) or _are_pixels(each) for each in x)


def _are_pixels(x: Any) -> bool:
    """Whether it is one picture as `numpy.asarray` makes it of one: in a list, of any size."""
    return isinstance(x, np.ndarray) and x.dtype == np.uint8 and x.ndim in (2, 3)
