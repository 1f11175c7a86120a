"""A sheet of pictures with a few words under each: what batches, replays and top losses are drawn with."""

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw

from .canvas import INK, PANEL, PAPER, thumbnail
from .lettering import shorten, write

Words = tuple[str, tuple[int, int, int]]  # a line and its colour


def tiles(
    photos: Sequence[Any], lines: Sequence[Sequence[Words | str]], columns: int | None = None, size: int = 200
) -> Image.Image:
    """Pictures in rows, each fitted into a square of `size` pixels, with its lines of words under it."""
    count, most = len(photos), max((len(each) for each in lines), default=0)
    columns = max(1, min(columns or _columns(count), count))
    letter, gap = max(11, size // 15), max(6, size // 16)
    foot = int(letter * 1.45) * most + (letter // 3 if most else 0)
    rows = -(-count // columns)
    sheet = Image.new("RGB", (columns * (size + gap) + gap, rows * (size + foot + gap) + gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    for i, (source, said) in enumerate(zip(photos, lines, strict=True)):
        left, top = gap + (i % columns) * (size + gap), gap + (i // columns) * (size + foot + gap)
        draw.rectangle((left, top, left + size - 1, top + size - 1), fill=PANEL)
        image = thumbnail(source, size)
        sheet.paste(image, (left + (size - image.width) // 2, top + (size - image.height) // 2))
        for k, line in enumerate(said):
            words, colour = (line, INK) if isinstance(line, str) else line
            at = (left, top + size + letter // 3 + k * int(letter * 1.45))
            write(sheet, at, shorten(words, size, letter), letter, colour)
    return sheet


def _columns(count: int) -> int:
    """As many as there are rows, about, and with few gaps in the last one."""
    near = max(1, round(count**0.5))
    return min(range(near, near + 3), key=lambda columns: (-count % columns, -columns))
