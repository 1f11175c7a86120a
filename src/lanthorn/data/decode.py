"""Any picture to what the eye sees: uint8 RGB, upright.

EXIF orientation is applied. Palettes are looked up. Transparency is composed over white. CMYK becomes RGB.
16 bits are scaled to 8, not clipped. Of an animation the first frame counts. Colour profiles are not applied.
The format is told by the first bytes, never by the file's name (`formats.py`).

JPEGs are decoded by OpenCV where it is installed (twice as fast), everything else by Pillow; both carry
libjpeg-turbo and give the same pixels. What looks odd (no end marker, four components) goes to Pillow,
which is the stricter judge.
"""

import functools
import os
from typing import Any

import numpy as np

from .formats import sniff as sniff
from .jpeg import jpeg_head
from .opening import open_pillow as open_pillow
from .opening import pillows_limit_lifted
from .refusals import MAX_PIXELS as MAX_PIXELS
from .refusals import PictureError as PictureError
from .refusals import check_size as check_size
from .refusals import failed as failed
from .refusals import jpeg_scale
from .refusals import max_pixels as max_pixels
from .refusals import set_max_pixels as set_max_pixels

GAP = 1.5  # a reduced decode keeps at least this many times the pixels wanted per axis: 12 megapixels to 224 x 224 are
# decoded at 1/8 (with 2.0 at 1/4: 1.3 times the time, and four times the memory to keep them). Resized, photos are
# within 0.3 grey levels of a whole decode on average (0.2 with 2.0), a mosaic of thumbnails within 1.3 (0.3).


@functools.cache
def opencv() -> Any:
    """The cv2 module, or None where it is not installed."""
    try:
        import cv2
    except ImportError:
        return None
    return cv2


def read_picture(source: Any, at_least: tuple[int, int] | None = None) -> np.ndarray:
    """A picture as uint8 of shape (height, width, 3), RGB, upright, as the eye sees it.

    `source`: a path, bytes, a file object, a PIL image, or an array of shape (h, w), (h, w, 1), (h, w, 3) or
    (h, w, 4) (uint8, uint16, or floats in 0 … 1). `at_least` (height, width): a JPEG much larger than this may
    be decoded at 1/2, 1/4 or 1/8 of its scale; it keeps at least one and a half times as many pixels per axis.
    So is, without `at_least` too, a JPEG of more pixels than `max_pixels()`: a phone's 108 megapixels.

    Raises PictureError, which names the file, where it is empty, truncated, no picture, too large, or of a kind for
    which no reader is installed; FileNotFoundError where there is no such file.

        >>> picture = read_picture("photo.jpg")  # doctest: +SKIP
    """
    if isinstance(source, np.ndarray):
        return from_array(source)
    if hasattr(source, "getpixel"):
        return from_pillow(source, getattr(source, "filename", "") or "a PIL image")
    data, name = _read(source)
    if data[:3] == b"\xff\xd8\xff":
        found = _fast_jpeg(data, name, at_least)
        if found is not None:
            return found
    return _with_pillow(data, name, at_least)


def _read(source) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "the picture given as bytes"
    if hasattr(source, "read"):
        return source.read(), str(getattr(source, "name", "the picture given as a file object"))
    path = os.fspath(source)
    try:
        with open(path, "rb", buffering=0) as file:  # one read of it all: a buffer would be one more copy
            return file.readall(), os.fsdecode(path)
    except OSError:
        if not os.path.isdir(path):
            raise
    raise PictureError(
        os.fsdecode(path), "is a folder, expected a picture", "Pass a file, or read the folder with folder_dataset."
    )


def reduction(height: int, width: int, at_least: tuple[int, int] | None) -> int:
    """1, 2, 4 or 8: how much smaller a JPEG may be decoded and still hold GAP times `at_least`."""
    if at_least is None:
        return 1
    ratio = min(height / (at_least[0] * GAP), width / (at_least[1] * GAP))
    return next((s for s in (8, 4, 2) if ratio >= s), 1)


def _fast_jpeg(data: bytes, name: str, at_least) -> np.ndarray | None:
    """A plain, complete JPEG by OpenCV; None where Pillow should have a look."""
    cv2, head = opencv(), jpeg_head(data)
    if head is None:
        return None
    scale = jpeg_scale(name, head.height, head.width, head.progressive)  # refuses a bomb
    if cv2 is None or not (head.plain and head.complete and head.bits == 8 and head.components in (1, 3)):
        return None
    wanted = at_least if head.orientation < 5 or at_least is None else at_least[::-1]
    scale = max(scale, reduction(head.height, head.width, wanted))
    # The codec writes RGB as readily as BGR where OpenCV asks it to (4.11 and later); swapping took 14 of 170 µs.
    colour = getattr(cv2, "IMREAD_COLOR_RGB", cv2.IMREAD_COLOR)
    reduced = {1: 0, 2: 16, 4: 32, 8: 64}[scale]  # the bits of IMREAD_REDUCED_COLOR_2, 4 and 8 beside the colour's
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), colour | reduced | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None
    if picture is None:
        return None
    if colour == cv2.IMREAD_COLOR:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=picture)
    return turn(picture, head.orientation)


def turn(picture: np.ndarray, orientation: int) -> np.ndarray:
    """The picture upright, given its EXIF orientation (1 to 8)."""
    if orientation == 1:
        return picture
    if orientation >= 5:
        picture = picture.swapaxes(0, 1)
    rows = slice(None, None, -1) if orientation in (3, 4, 7, 8) else slice(None)
    cols = slice(None, None, -1) if orientation in (2, 3, 6, 7) else slice(None)
    return np.ascontiguousarray(picture[rows, cols])


def _with_pillow(data: bytes, name: str, at_least) -> np.ndarray:
    image = open_pillow(data, name)
    shrink(image, name, at_least)
    return from_pillow(image, name)


def shrink(image: Any, name: str, at_least: tuple[int, int] | None = None) -> None:
    """Has a JPEG that is not decoded yet decoded at 1/2, 1/4 or 1/8: as `at_least` and the limit of pixels allow."""
    if image.format not in ("JPEG", "MPO"):
        return
    if at_least is not None and image.getexif().get(0x0112, 1) >= 5:
        at_least = at_least[1], at_least[0]
    scale = reduction(image.height, image.width, at_least)
    scale = jpeg_scale(name, image.height, image.width, "progressive" in image.info, scale)
    if scale > 1:
        image.draft(image.mode, (image.width // scale, image.height // scale))


def from_pillow(image, name: str = "a PIL image") -> np.ndarray:
    """A PIL image of any mode as uint8 RGB, upright."""
    try:
        with pillows_limit_lifted():
            return np.ascontiguousarray(np.asarray(_as_rgb(upright(image)), dtype=np.uint8))
    except Exception as error:
        if isinstance(error, (MemoryError, PictureError)):
            raise
        raise failed(name, error) from error


def upright(image):
    """The PIL image turned as its EXIF orientation says."""
    from PIL import ImageOps

    image.load()
    return ImageOps.exif_transpose(image)


def _as_rgb(image):
    from PIL import Image

    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(from_array(np.asarray(image)))
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if mode == "RGB" else image.convert("RGB")


def from_array(x: np.ndarray) -> np.ndarray:
    """An array of pixels as uint8 RGB. Integers beyond 8 bits are scaled; floats are 0 … 1, or 0 … 255."""
    if x.ndim == 2:
        x = x[..., None]
    if x.ndim != 3 or x.shape[-1] not in (1, 2, 3, 4) or 0 in x.shape:
        raise ValueError(
            f"picture: expected an array of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), got {x.shape}."
        )
    if x.dtype == bool:
        x = x.astype(np.uint8) * np.uint8(255)
    elif x.dtype != np.uint8:
        x = _eight_bits(x)
    if x.shape[-1] in (2, 4):  # compose over white, rounding to the nearest
        alpha = x[..., -1:].astype(np.uint32)
        x = ((x[..., :-1] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(x, (*x.shape[:2], 3)))


def _eight_bits(x: np.ndarray) -> np.ndarray:
    if x.dtype.kind == "f" and not np.isfinite(x).all():  # no measurement there: black
        x = np.where(np.isfinite(x), x, 0)
    top = x.max()
    if x.dtype.kind in "iu":
        if top <= 255 and x.dtype.itemsize > 2 and x.min() >= 0:
            return x.astype(np.uint8)
        full = 65535 if top <= 65535 else top
    else:
        full = 1.0 if top <= 1 else 255.0 if top <= 255 else top
    return np.rint(np.clip(x, 0, full) * (255.0 / full)).astype(np.uint8)
