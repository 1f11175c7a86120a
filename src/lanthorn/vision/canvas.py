"""What every drawing here shares: type, colours, photos as the network sees them, and saving."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageChops

from ..data.decode import PictureError, from_array, read_picture
from .fonts import base, loaded
from .lettering import shorten as shorten
from .lettering import width, write

PAPER, INK, FAINT = (255, 255, 255), (28, 32, 38), (106, 114, 124)
PANEL, LINE = (244, 245, 247), (230, 233, 236)  # behind a photo; grid lines and the track of a bar
RIGHT, WRONG, BAR = (34, 139, 84), (203, 60, 51), (222, 150, 36)  # amber: the light in the lantern
_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def font(size: int):
    """The face of Latin text as a Pillow font, for measuring. Names are written with `lettering.write`."""
    return loaded(base(), size)


def photo(source: Any, at_least: tuple[int, int] | None = None) -> Image.Image:
    """An RGB picture from whatever `data.read_picture` takes, upright and as the network sees it.

    Floats of an array may also be in -1 … 1. `at_least`: see `data.read_picture`. Raises PictureError where a file
    cannot be read, and ValueError for an array that is no picture.
    """
    if isinstance(source, (str, os.PathLike, bytes, Image.Image)) or hasattr(source, "read"):
        return Image.fromarray(read_picture(source, at_least))
    array = np.asarray(source)
    if array.ndim not in (2, 3) or array.ndim == 3 and array.shape[-1] not in (1, 2, 3, 4) or 0 in array.shape:
        raise ValueError(
            f"vision: expected a picture of shape (height, width, 3), got an array of shape {array.shape}. "
            "Pass the pictures one by one in a list."
        )
    if array.dtype.kind == "f":
        array = array.astype("float32")
        if np.nanmin(array) < 0:
            array = (np.clip(array, -1, 1) + 1) / 2
        elif np.nanmax(array) > 1:
            array = np.clip(array, 0, 255)
    return Image.fromarray(from_array(array))


def thumbnail(source: Any, size: int) -> Image.Image:
    """A photo fitted into a square of `size` pixels; where it cannot be read, a grey tile that says so."""
    try:
        image = photo(source, (size, size))
    except (PictureError, OSError):
        return unreadable(source, size)
    if image.width > size or image.height > size:
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
    if max(image.size) < size:  # small pictures are enlarged, their pixels kept visible
        factor = size / max(image.size)
        wide, high = (max(1, round(side * factor)) for side in image.size)
        image = image.resize((wide, high), Image.Resampling.BICUBIC)
    return image


def unreadable(source: Any, size: int) -> Image.Image:
    """The tile in the place of a photo that cannot be read, with its name."""
    tile, letter = Image.new("RGB", (size, size * 3 // 4), (218, 221, 225)), max(10, size // 15)
    for line, text, colour in ((-0.8, "cannot be read", INK), (0.8, name_of(source), FAINT)):
        short = shorten(text, size - letter, letter)
        write(tile, (size / 2, tile.height / 2 + line * letter), short, letter, colour, "mm")
    return tile


def name_of(source: Any) -> str:
    """The name of a photo's file, '' where it is not from one."""
    if isinstance(source, (str, os.PathLike)):
        return os.path.basename(os.fsdecode(source))
    name = getattr(source, "filename", "") or getattr(source, "name", "")
    return os.path.basename(name) if isinstance(name, str) else ""


def names_of(sources: Any) -> list[str]:
    """The names of photos' files; those that are alike with their folder in front."""
    names = [name_of(source) for source in sources]
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    for k, (source, name) in enumerate(zip(sources, names)):
        if found[name] > 1 and isinstance(source, (str, os.PathLike)):
            names[k] = "/".join(Path(os.fsdecode(source)).parts[-2:])
    return names


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


def write_upwards(image: Image.Image, xy: tuple[float, float], text: str, size: int, fill: Any, anchor: str) -> None:
    """Writes `text` from the bottom to the top, the middle of its letters at x; `anchor` s or m: where y is."""
    wide, high = int(width(text, size)) + 2, round(size * 1.6)
    strip = Image.new("RGB", (wide, high), PAPER)
    write(strip, (1, high / 2), text, size, fill, "lm")
    turned = strip.transpose(Image.Transpose.ROTATE_90)
    left, top = round(xy[0] - high / 2), round(xy[1] - (wide if anchor == "s" else wide / 2))
    behind = image.crop((left, top, left + turned.width, top + turned.height))
    image.paste(ImageChops.darker(behind, turned), (left, top))  # its paper hides no neighbour


def save(image: Image.Image, path: str | os.PathLike, quality: int = 88) -> Path:
    """Writes a picture as PNG, JPEG or WebP, as the suffix of `path` says, and returns the path.

    Folders that are not there are made; a file that is there is replaced once the new one is whole. JPEG suits photos
    (a tenth of a PNG), PNG drawings. Raises ValueError for another suffix.

        >>> drawn = lanthorn.vision.confusion([[9, 1], [0, 5]], ["cat", "dog"])
        >>> lanthorn.vision.save(drawn, "drawn/confusion.png").name
        'confusion.png'
    """
    path = Path(path)
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"{path}: a picture is saved as {', '.join(_FORMATS)}; got the suffix {path.suffix!r}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    settings = {"PNG": {}, "JPEG": {"quality": quality, "subsampling": 0}, "WEBP": {"quality": quality}}[kind]
    try:
        image.save(partial, kind, **settings)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path
