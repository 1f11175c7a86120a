"""Pictures as ImageNet networks expect them, and their answers in words."""

import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from ..core.settings import image_data_format

__all__ = ["decode_predictions", "preprocess_input"]


class Scale(NamedTuple):
    """How colours 0 … 255 are turned into a network's numbers: (x / divisor - mean) / std."""

    bgr: bool
    divisor: float
    mean: tuple[float, float, float] | float
    std: tuple[float, float, float] | None


# Means and deviations of ImageNet's training pictures, as Caffe (BGR) and torchvision (RGB) publish them.
SCALES = {
    "tf": Scale(False, 127.5, 1.0, None),
    "torch": Scale(False, 255.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "caffe": Scale(True, 1.0, (103.939, 116.779, 123.68), None),
}


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """RGB pictures with values 0 … 255 as a network wants them. `x` itself stays as it is.

    Args:
        x: one picture or a batch: NumPy or an engine's array, (…, height, width, 3), or (…, 3, height, width) for
            'channels_first'.
        data_format: 'channels_last', 'channels_first', or None for `backend.image_data_format()`.
        mode: 'tf' (RGB, -1 … 1), 'torch' (RGB, 0 … 1, less mean, by deviation) or 'caffe' (BGR, less mean). Each
            network's own `preprocess_input` knows its mode; its name is the function's attribute `scale`.

    Returns:
        The same kind of array, of floats.

    Raises:
        ValueError: no such mode, or the colour axis has not three channels.

    Example:
        >>> float(lanthorn.applications.mobilenet_v2.preprocess_input(np.full((224, 224, 3), 255.0)).max())
        1.0
    """
    if mode not in SCALES:
        raise ValueError(f"preprocess_input: `mode` must be 'caffe', 'tf' or 'torch', got {mode!r}.")
    axis = _colour_axis(data_format)
    x = x if hasattr(x, "shape") and hasattr(x, "dtype") else np.asarray(x)
    scale = SCALES[mode]
    if scale.bgr or scale.std:
        if len(x.shape) not in (3, 4) or x.shape[axis] not in (3, None):
            raise ValueError(
                f"preprocess_input: expected RGB pictures, (height, width, 3) or a batch of them (3 channels on axis "
                f"{axis}), got the shape {tuple(x.shape)}. Convert grey pictures first, or pass data_format=."
            )
    return _scale_numpy(x, axis, scale) if isinstance(x, np.ndarray) else _scale_engine(x, axis, scale)


def preprocessor(mode: str, module: str) -> Callable[..., Any]:
    """The `preprocess_input` of a network, to live in `module`. Its `scale` names the mode."""

    def network_preprocess_input(x: Any, data_format: str | None = None) -> Any:
        return preprocess_input(x, data_format, mode)

    order, says = ("BGR" if SCALES[mode].bgr else "RGB"), {"tf": "-1 … 1", "caffe": "less the mean of ImageNet"}
    network_preprocess_input.__doc__ = (
        f"RGB pictures with values 0 … 255 as this network wants them ({order}, {says.get(mode, 'standardised')}).\n\n"
        "    One picture or a batch, NumPy or an engine's array; `x` itself stays as it is. See\n"
        "    `lanthorn.applications.imagenet_utils.preprocess_input`.\n    "
    )
    network_preprocess_input.__name__ = network_preprocess_input.__qualname__ = "preprocess_input"
    network_preprocess_input.__module__ = module  # where it is found by name when pickled
    network_preprocess_input.scale = mode  # type: ignore[attr-defined]
    return network_preprocess_input


def _colour_axis(data_format: str | None) -> int:
    if data_format is None:
        data_format = image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            f"preprocess_input: `data_format` must be 'channels_last' or 'channels_first', got {data_format!r}."
        )
    return -1 if data_format == "channels_last" else -3


def _along(values: Iterable[float] | float, axis: int, dtype: Any) -> np.ndarray:
    """Three numbers, shaped to broadcast over the axes after the colours."""
    return np.reshape(np.asarray(values, dtype), (-1,) + (1,) * (-axis - 1))


def _scale_numpy(x: np.ndarray, axis: int, scale: Scale) -> np.ndarray:
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype("float32")
    x = np.flip(x, axis) if scale.bgr else x
    result = np.divide(x, dtype.type(scale.divisor), dtype=dtype)
    result -= _along(scale.mean, axis, dtype)
    if scale.std:
        result /= _along(scale.std, axis, dtype)
    return result


def _scale_engine(x: Any, axis: int, scale: Scale) -> Any:
    from .. import ops

    if "float" not in str(x.dtype):
        x = ops.cast(x, "float32")
    x = ops.flip(x, axis=len(x.shape) + axis) if scale.bgr else x
    x = x / scale.divisor if scale.divisor != 1 else x
    x = ops.subtract(x, _along(scale.mean, axis, "float32"))
    return ops.divide(x, _along(scale.std, axis, "float32")) if scale.std else x


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, float]]]:
    """The `top` ImageNet classes of each sample: lists of (WordNet id, name, score), best first.

    The names come from `imagenet_classes.tsv` or `imagenet_class_index.json` in the folder `LANTHORN_WEIGHTS` (or next
    to it), else from the cache, else they are downloaded once (35 kB).

    Args:
        preds: (samples, 1000), what a network with its ImageNet classifier returned.

    Raises:
        ValueError: `preds` has another shape.
        FileNotFoundError: the names are neither on this machine nor can they be fetched.

    Example:
        >>> decode_predictions(model.predict(x), top=1)  # doctest: +SKIP
        [[('n02504458', 'African_elephant', 0.93)]]
    """
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError(
            f"decode_predictions: expected scores of shape (samples, 1000), one for each ImageNet class, got "
            f"{tuple(preds.shape)}. A network with other classes has its own names."
        )
    if isinstance(top, bool) or int(top) != top or top < 1:
        raise ValueError(f"decode_predictions: `top` must be a whole number of at least 1, got {top!r}.")
    if not isinstance(preds, np.ndarray):
        from .. import ops

        preds = ops.convert_to_numpy(preds)
    names = _class_names()
    best = np.argsort(-preds, axis=1, kind="stable")[:, :top]
    return [[(*names[i], float(scores[i])) for i in row] for scores, row in zip(preds, best)]


def _class_names() -> list[tuple[str, str]]:
    """The 1000 classes in the order of the networks' outputs: (WordNet id, name)."""
    from . import registry

    path = str(registry.find_class_names())
    if path not in _names_of:
        _names_of[path] = read_class_names(path)
    return _names_of[path]


_names_of: dict[str, list[tuple[str, str]]] = {}


def read_class_names(path: str | os.PathLike) -> list[tuple[str, str]]:
    """Read `index, id, name` lines (.tsv) or `{"0": [id, name], …}` (.json)."""
    import json

    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        if text.lstrip().startswith("{"):
            rows = [(int(index), *row) for index, row in json.loads(text).items()]
        else:
            rows = [(int(row[0]), row[1], row[2]) for row in (line.split("\t") for line in text.splitlines() if line)]
        found = [(str(wordnet), str(name)) for _, wordnet, name in sorted(rows)]
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{path}: expected lines of index, WordNet id and name, or Keras's JSON: {error}") from error
    if len(found) != 1000:
        raise ValueError(f"{path}: expected the names of 1000 classes, found {len(found)}.")
    return found
