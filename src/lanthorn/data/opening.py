"""Bytes to a PIL image that is not decoded yet, with the reader that their first bytes call for.

Pillow's readers are asked one by one, not through `Image.open`: its limit of pixels is one number for the whole
process and warns first, ours refuses. Readers that run other programs are not asked.
"""

import contextlib
import importlib
import io
import os
import sys
import threading
from typing import Any

from .formats import other_kind, raw_maker, sniff
from .refusals import JPEG_TIMES, PROGRESSIVE_TIMES, PictureError, check_size, failed, max_pixels

_READERS = {
    "jpeg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "ppm": "PPM", "webp": "WEBP",
    "avif": "AVIF", "heic": "HEIF", "jpeg 2000": "JPEG2000", "jpeg xl": "JXL", "psd": "PSD", "qoi": "QOI", "dds": "DDS",
}  # fmt: skip
# EPS runs Ghostscript; the others are no pictures, or only Windows draws them.
_NEVER = {"EPS", "WMF", "MPEG", "PDF", "BUFR", "GRIB", "HDF5"}
# What makes Pillow read a format, and how to get it.
_PLUGINS = {
    "heic": ("pillow_heif", "pip install 'lanthorn[heif]', or pillow-heif by itself"),
    "avif": ("pillow_avif", "pip install -U pillow, 11.3 or later"),
    "jpeg xl": ("pillow_jxl", "pip install pillow-jxl-plugin"),
}
_registering = threading.Lock()


def open_pillow(data: bytes, name: str) -> Any:
    """The PIL image of these bytes, not decoded yet; a PictureError that says what they are instead."""
    if not data:
        raise PictureError(name, "is empty (0 bytes)", "Delete it or fetch it again.")
    kind = sniff(data)
    maker = "" if kind == "raw" else raw_maker(data) if kind == "tiff" else None
    if maker is not None:
        what = f"is a camera's raw file{maker and f' ({maker})'}, of which only a small preview could be read"
        raise PictureError(name, what, "Save the photo as JPEG or PNG with the camera's program.")
    try:
        with pillows_limit_lifted():
            image = _opened(data, kind, name)
    except Exception as error:
        if isinstance(error, (MemoryError, PictureError)):
            raise
        if isinstance(error, (SyntaxError, TypeError, KeyError)) and kind:  # what a reader says that does not know it
            advice = "Remove it from the folder or fetch it again."
            raise PictureError(name, f"is a damaged {kind.upper()} picture", advice) from None
        raise failed(name, error) from error
    if image is None:
        raise PictureError(
            name, f"is not a picture (it is {other_kind(data)})", "Remove it from the folder or fetch it again."
        )
    times = 1
    if image.format in ("JPEG", "MPO"):
        times = PROGRESSIVE_TIMES if "progressive" in image.info else JPEG_TIMES
    check_size(name, image.height, image.width, times)
    return image


_lifting = threading.Lock()
_lifted: dict[str, Any] = {"users": 0, "limit": None}


@contextlib.contextmanager
def pillows_limit_lifted():
    """While our limit is higher than Pillow's, keeps Pillow from refusing what ours allows (WebP and TIFF ask it in
    their readers); Pillow's is put back once no thread reads."""
    from PIL import Image

    with _lifting:
        own = Image.MAX_IMAGE_PIXELS
        lift = _lifted["users"] > 0 or own is not None and max_pixels() > own
        if lift and not _lifted["users"]:
            _lifted["limit"], Image.MAX_IMAGE_PIXELS = own, None
        _lifted["users"] += lift
    if not lift:
        yield
        return
    try:
        yield
    finally:
        with _lifting:
            _lifted["users"] -= 1
            if not _lifted["users"]:
                Image.MAX_IMAGE_PIXELS = _lifted["limit"]


def _opened(data: bytes, kind: str | None, name: str):
    from PIL import Image

    if kind is not None:
        return _reader(kind, name)(io.BytesIO(data), "")
    Image.init()
    suffix = Image.EXTENSION.get(os.path.splitext(name)[1].lower())
    for each in Image.ID:
        factory, accept = Image.OPEN[each]
        if each in _NEVER or each in _READERS.values() or (accept(data[:16]) if accept else each == suffix) is not True:
            continue
        try:
            return factory(io.BytesIO(data), "")
        except (SyntaxError, IndexError, TypeError, ValueError, OSError):
            continue
    return None


def _reader(kind: str, name: str):
    """Pillow's reader of this kind of picture; a package that brings one is asked when the first such picture comes."""
    from PIL import Image

    reader = _READERS[kind]
    if not _has(reader):
        with _registering:
            Image.preinit()
            if not _has(reader):
                Image.init()
            if kind in _PLUGINS and not _has(reader):
                _register(_PLUGINS[kind][0])
    if not _has(reader):
        cure = (
            f"its reader is not installed ({_PLUGINS[kind][1]})" if kind in _PLUGINS else "this Pillow cannot read it"
        )
        raise PictureError(name, f"is a {kind.upper()} picture, and {cure}", "Or save it as JPEG.")
    return Image.OPEN[reader][0]


def _has(reader: str) -> bool:
    """Whether Pillow can read it now. Built without AVIF, it lists the reader all the same."""
    from PIL import Image

    able = getattr(sys.modules.get("PIL.AvifImagePlugin"), "SUPPORTED", True) or "pillow_avif" in sys.modules
    return reader in Image.OPEN and (reader != "AVIF" or able)


def _register(package: str) -> None:
    try:
        plugin = importlib.import_module(package)
    except ImportError:
        return
    if package == "pillow_heif":
        plugin.register_heif_opener()
