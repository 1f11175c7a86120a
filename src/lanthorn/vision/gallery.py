"""A gallery: pictures edge to edge in rows and columns, a line of words over each, and a legend at the foot."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from .canvas import INK, PAPER
from .lettering import shorten, width, write


def as_image(array: np.ndarray) -> Image.Image:
    """A picture of one, three or four channels as RGB."""
    array = array[..., 0] if array.shape[-1] == 1 else array
    return Image.fromarray(np.ascontiguousarray(array)).convert("RGB")


def gallery(
    pictures: Sequence[np.ndarray],
    said: Sequence[str],
    rows: int,
    cols: int,
    side: int,
    handles: Any,
    transparent: bool,
) -> Image.Image:
    """Pictures fitted into squares of `side` pixels; `handles`: pairs (words, colour) of the legend."""
    letter = max(8, side // 11)
    head, foot = round(letter * 1.6) if any(said) else 0, round(letter * 2.2) if handles else 0
    sheet = Image.new("RGB", (cols * side, rows * (side + head) + foot), PAPER)
    seen = Image.new("L", sheet.size, 255 if head or foot or not transparent else 0)  # words need their paper
    for i, picture in enumerate(pictures[: rows * cols]):
        left, top = (i % cols) * side, (i // cols) * (side + head)
        image = as_image(picture)
        factor = side / max(image.size)
        wide, high = (max(1, round(n * factor)) for n in image.size)
        image = image.resize((wide, high), Image.Resampling.LANCZOS)
        place = (left + (side - wide) // 2, top + head + (side - high) // 2)
        sheet.paste(image, place)
        seen.paste(255, (*place, place[0] + wide, place[1] + high))
        write(sheet, (left + side / 2, top + head / 2), shorten(said[i], side, letter), letter, INK, "mm")
    _legend(sheet, handles, foot, letter)
    if transparent:
        sheet.putalpha(seen)
    return sheet


def _legend(sheet: Image.Image, handles: Any, foot: int, letter: int) -> None:
    """Words with a spot of their colour before them, in the middle of the foot."""
    x = (sheet.width - sum(width(words, letter) + 3 * letter for words, _ in handles)) / 2
    y, draw = sheet.height - foot / 2, ImageDraw.Draw(sheet)
    for words, colour in handles:
        draw.rectangle((x, y - letter / 2, x + letter, y + letter / 2), fill=tuple(colour))
        write(sheet, (x + letter * 1.4, y), words, letter, INK, "lm")
        x += width(words, letter) + 3 * letter
