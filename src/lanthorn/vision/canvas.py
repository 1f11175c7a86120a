"""What every drawing here shares: type, colours, and bringing photos and probabilities into one form."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFont, ImageOps

PAPER, INK, FAINT = (255, 255, 255), (28, 32, 38), (138, 146, 156)
RIGHT, WRONG, BAR = (34, 139, 84), (203, 60, 51), (222, 150, 36)  # amber: the light in the lantern


@cache
def font(size: int):
    return ImageFont.load_default(size)


def shorten(text: str, room: float, size: int) -> str:
    """`text`, cut with an ellipsis where it is wider than `room` pixels."""
    if font(size).getlength(text) <= room:
        return text
    while text and font(size).getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


def photo(source: Any) -> Image.Image:
    """An RGB picture from a path, a Pillow image, or an array (h, w, 3) of uint8 or of floats in 0..1 or -1..1."""
    if isinstance(source, Image.Image):
        return source.convert("RGB")
    if isinstance(source, (str, Path)):
        with Image.open(source) as file:
            upright = ImageOps.exif_transpose(file)
            return upright.convert("RGBA").convert("RGB") if upright.mode == "P" else upright.convert("RGB")
    array = np.asarray(source)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[-1] not in (1, 3):
        raise ValueError(
            f"vision: expected a picture of shape (height, width, 3), got an array of shape {array.shape}. "
            "Pass the pictures one by one in a list."
        )
    if array.dtype != np.uint8:
        array = array.astype("float32")
        if array.min() < 0:
            array = (array + 1) / 2
        array = np.clip(array * (255 if array.max() <= 1 else 1), 0, 255).astype("uint8")
    return Image.fromarray(np.repeat(array, 4 - array.shape[-1], -1) if array.shape[-1] == 1 else array)


def percentages(probabilities: Any, count: int, class_names) -> np.ndarray:
    """Probabilities as (photos, classes); a column of one (a sigmoid's) becomes two."""
    table = np.asarray(probabilities, dtype="float64")
    if table.ndim == 1:
        table = table[:, None]
    if table.shape[-1] == 1 and len(class_names) == 2:
        table = np.concatenate([1 - table, table], axis=-1)
    if table.shape != (count, len(class_names)):
        raise ValueError(
            f"vision: expected probabilities of shape ({count}, {len(class_names)}) for {count} photos and "
            f"{len(class_names)} class names, got {table.shape}."
        )
    return table
