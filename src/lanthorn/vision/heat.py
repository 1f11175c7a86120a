"""A saliency map laid over its picture."""

from typing import Any

import numpy as np
from PIL import Image

from .canvas import photo

# from cold to hot: blue, violet, red, amber, pale yellow; each is brighter than the one before, so that the order is
# seen without telling colours apart
_HEAT = np.array([(20, 24, 82), (106, 24, 110), (196, 48, 74), (240, 134, 32), (252, 240, 140)], "float64")


def heat(values: np.ndarray) -> np.ndarray:
    """Colours for values 0 … 1: uint8, the shape of the values and an axis of 3."""
    place = np.clip(np.asarray(values, "float64"), 0, 1) * (len(_HEAT) - 1)
    below = np.minimum(place.astype(int), len(_HEAT) - 2)
    share = (place - below)[..., None]
    return np.rint(_HEAT[below] * (1 - share) + _HEAT[below + 1] * share).astype("uint8")


def overlay(image: Any, map: Any, strength: float = 0.65, preprocessing: Any = None) -> Image.Image:
    """A picture with a saliency map over it, in heat colours: the hotter, the more it counts.

    `image` is a path, a Pillow image, or an array of pixels (uint8, or floats in 0..1 or -1..1); `map` an array (rows,
    columns) with values 0 … 1, which is stretched over it. `strength`, 0 … 1, is how far the hottest place covers
    the picture. A network that crops or pads sees another cut of the photo: with `preprocessing` (as
    `model.preprocessing`) that cut is drawn. Returns a Pillow image. Raises ValueError where `map` is no map.

        >>> lanthorn.vision.overlay(np.zeros((40, 60, 3), "uint8"), np.eye(3)).size
        (60, 40)
    """
    table = np.asarray(map, "float32")
    if table.ndim != 2:
        raise ValueError(f"overlay: expected a map of shape (rows, columns), got {table.shape}.")
    if preprocessing is not None and not (isinstance(image, np.ndarray) and image.dtype != np.uint8):
        image = preprocessing.read(image)
    picture = photo(image)
    if table.shape != (picture.height, picture.width):
        table = np.asarray(Image.fromarray(table).resize(picture.size, Image.Resampling.BILINEAR))
    pixels = np.asarray(picture, "float64")
    grey = pixels.mean(axis=-1, keepdims=True)
    cover = strength * np.clip(table, 0, 1)[..., None] ** 0.7  # so that what counts half as much is still seen
    under = grey * 0.35 + pixels * 0.65
    return Image.fromarray(np.rint(under * (1 - cover) + heat(table) * cover).astype("uint8"))
