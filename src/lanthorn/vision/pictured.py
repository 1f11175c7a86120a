"""A picture as what a model is given: prepared where it is a photo, taken as it is where it is prepared already."""

import os
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

LUMA = np.array([19595, 38470, 7471], np.uint32)  # of 65536: as Pillow and `Dataset(grayscale=True)` round it


class Pictured(NamedTuple):
    """`batch`: float32 (1, height, width, channels), or channels first; `black`: what a black picture becomes."""

    batch: np.ndarray
    black: np.ndarray
    channels_first: bool

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)"""
        shape = self.batch.shape[2:] if self.channels_first else self.batch.shape[1:3]
        return int(shape[0]), int(shape[1])


def pictured(model: Any, image: Any, who: str = "saliency") -> Pictured:
    """The picture as a batch of one.

    A path, a Pillow image, the bytes of a file, or an array of uint8 is a photo: `model.preprocessing` prepares it. An
    array of floats, (height, width, channels) or with a batch axis of one, is taken as prepared.

    Raises:
        ValueError: a photo, and the model does not say how to prepare it; or a size that the model does not take.
    """
    shape = _input_shape(model)
    front = shape is not None and shape[0] in (1, 3, 4) and shape[-1] not in (1, 3, 4)
    channels = None if shape is None else shape[0] if front else shape[-1]
    prepare = getattr(model, "preprocessing", None)
    is_file = isinstance(image, (str, os.PathLike, bytes, Image.Image))
    array = None if is_file else np.asarray(image if not hasattr(image, "detach") else image.detach().cpu())
    if is_file or (array.dtype == np.uint8 and prepare is not None):  # pyright: ignore[reportOptionalMemberAccess]
        if prepare is None:
            raise ValueError(
                f"{who}: the model {model.name!r} does not say how its pictures are prepared. Set model.preprocessing "
                "= lanthorn.data.Preprocessing(size=…, scale=…), or pass an array of floats that is prepared already."
            )
        x = _prepared(prepare, image if is_file else array, channels)
        black = _prepared(prepare, np.zeros((8, 8, 3), np.uint8), channels)
        x, black = (np.moveaxis(part, -1, 0) if front else part for part in (x, black))
    else:
        x = np.asarray(array, "float32")
        if x.ndim == 4 and len(x) == 1:
            x = x[0]
        if x.ndim == 2:
            x = x[None] if front else x[..., None]
        black = np.zeros_like(x)
        if prepare is not None and x.shape[0 if front else -1] == 3 and hasattr(prepare, "scale_pixels"):
            black = prepare.scale_pixels(np.zeros((*(x.shape[1:] if front else x.shape[:2]), 3), np.uint8))
            black = np.moveaxis(black, -1, 0) if front else black
    if x.ndim != 3 or shape is not None and any(n not in (None, m) for n, m in zip(shape, x.shape)):
        raise ValueError(
            f"{who}: the model {model.name!r} takes pictures of shape {shape or '(height, width, channels)'}, got an "
            f"array of shape {np.shape(array if array is not None else x)}. Pass one photo (a path, a Pillow image or "
            "an array of uint8), which is then prepared as the model needs it, or resize the array."
        )
    return Pictured(np.ascontiguousarray(x[None], dtype="float32"), np.asarray(black, "float32")[None], front)


def _input_shape(model: Any) -> tuple | None:
    """The shape of one picture, without the batch; None where the model does not say."""
    if getattr(model, "_plan", None) is None:
        return None
    inputs = model.inputs
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        found = ", ".join(str(x.shape) for x in inputs)
        raise ValueError(
            f"saliency: expected a model with one input of pictures, (n, height, width, channels), got {found}."
        )
    return tuple(inputs[0].shape[1:])


def _prepared(prepare: Any, photo: Any, channels: int | None) -> np.ndarray:
    if channels == 1 and hasattr(prepare, "read"):  # as Dataset(grayscale=True) gives them
        return (((prepare.read(photo) @ LUMA + 32768) >> 16)[..., None]).astype("float32")
    return np.asarray(prepare(photo), "float32")
