"""One look at every picture: each file is read once, and what the checks need of it is kept in some 660 bytes.

Pictures are decoded as training decodes them, large JPEGs at a reduced scale, by threads.
"""

import hashlib
import io
import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..decode import PictureError, read_picture, sniff
from ..folder import Folder
from ..jpeg import jpeg_head
from ..workers import default_workers, for_each

SIDE = 24  # pixels, of the small grey copies in which twins are looked for
SCALE = 96  # pixels of the shorter side at which sharpness is measured: a network sees little more
_DECODED = (64, 64)  # read_picture keeps one and a half times as many: SCALE

ODD = (
    "",
    "have a palette (colours are looked up)",
    "are CMYK (converted to RGB)",
    "are transparent (shown over white)",
    "have 16 bits (scaled to 8)",
    "hold floats (scaled to 8 bits)",
    "are grey (repeated in three channels)",
    "are black and white (repeated in three channels)",
    "are turned by their EXIF orientation",
)
_ODD_MODES = {"P": 1, "CMYK": 2, "YCCK": 2, "RGBA": 3, "LA": 3, "PA": 3, "I": 4, "F": 5, "L": 6, "1": 7}
_TURNED = 8
FORMATS = ("?", "JPEG", "PNG", "GIF", "BMP", "TIFF", "PPM", "WEBP", "HEIC", "AVIF")
_FORMAT = {name: k for k, name in enumerate(FORMATS)} | {"MPO": 1, "HEIF": 8}
_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "WEBP": (".webp",),
    "HEIC": (".heic", ".heif", ".hif"),
    "AVIF": (".avif", ".avifs"),
}
_KNOWN = {suffix for suffixes in _SUFFIXES.values() for suffix in suffixes}


@dataclass
class Looks:
    """What was seen of the `n` pictures of a folder, in the folder's order.

    `greys` uint8 (n, 24, 24) and `digests` uint8 (n, 32) find twins; `sizes` int32 (n, 2) are height and width in
    pixels, upright; `edges` and `spread` float32 (n,) are the variance of the Laplacian and of the grey levels at a
    shorter side of 96 pixels; `odd` and `formats` uint8 (n,) are places in ODD and FORMATS. `errors` says why a picture
    could not be read; its place in `read` is False.
    """

    folder: Folder
    read: np.ndarray
    greys: np.ndarray
    digests: np.ndarray
    sizes: np.ndarray
    edges: np.ndarray
    spread: np.ndarray
    odd: np.ndarray
    formats: np.ndarray
    errors: dict[int, PictureError] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.read)

    def select(self, places: Any) -> "Looks":
        """The looks at these pictures only, as `Folder.select` chooses them."""
        places = np.arange(len(self))[places]
        arrays = {name: getattr(self, name)[places] for name in _ARRAYS}
        errors = {k: self.errors[i] for k, i in enumerate(places.tolist()) if i in self.errors}
        return Looks(self.folder.select(places), **arrays, errors=errors)

    def of(self, folder: Folder) -> "Looks":
        """The looks at the pictures of another folder that are all among these, such as one side of a split.

        Raises KeyError, which names the first picture that was not looked at.
        """
        if folder.filenames is self.folder.filenames:
            return self
        place = {self.folder.path(i): i for i in range(len(self))}
        chosen = self.select(np.array([place[folder.path(i)] for i in range(len(folder.filenames))], np.int64))
        chosen.folder = folder
        return chosen

    def misnamed(self, i: int) -> str:
        """'PNG pictures are named .jpg' where the suffix of picture `i` says another format than its bytes, else ''."""
        suffix, name = os.path.splitext(self.folder.filenames[i])[1].lower(), FORMATS[self.formats[i]]
        if suffix not in _KNOWN or name not in _SUFFIXES or suffix in _SUFFIXES[name]:
            return ""
        return f"{name} named {suffix}"


_ARRAYS = ("read", "greys", "digests", "sizes", "edges", "spread", "odd", "formats")


def look(folder: Folder, workers: int | None = None) -> Looks:
    """Reads every picture of a folder once; what cannot be read is noted, nothing is raised.

    >>> looks = look(scan_folder("photos"))  # doctest: +SKIP
    """
    n = len(folder.filenames)
    looks = Looks(
        folder,
        read=np.zeros(n, bool),
        greys=np.zeros((n, SIDE, SIDE), np.uint8),
        digests=np.zeros((n, 32), np.uint8),
        sizes=np.zeros((n, 2), np.int32),
        edges=np.zeros(n, np.float32),
        spread=np.zeros(n, np.float32),
        odd=np.zeros(n, np.uint8),
        formats=np.zeros(n, np.uint8),
    )
    found = for_each(lambda i: _look_at(looks, i), n, default_workers() if workers is None else workers)
    looks.errors = {i: error for i, error in enumerate(found) if error is not None}
    return looks


def _look_at(looks: Looks, i: int) -> PictureError | None:
    """Notes what is seen of picture `i`; why it cannot be read, if so."""
    from PIL import Image

    path = looks.folder.path(i)
    try:
        with open(path, "rb", buffering=0) as file:
            data = file.readall()
        pixels = read_picture(data, _DECODED) if data else _refuse_empty(path)
    except PictureError as error:
        return PictureError(path, error.reason)
    except OSError as error:
        return PictureError(path, f"cannot be opened ({error.strerror or error})")
    looks.formats[i], looks.odd[i], height, width, orientation = _head(data, pixels)
    looks.sizes[i] = (width, height) if orientation >= 5 else (height, width)
    grey = _at_scale(Image.fromarray(pixels).convert("L"))
    looks.greys[i] = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX))
    looks.digests[i] = np.frombuffer(hashlib.sha256(data).digest(), np.uint8)
    looks.edges[i], looks.spread[i] = _sharpness(np.asarray(grey))
    looks.read[i] = True
    return None


def _refuse_empty(path: str):
    raise PictureError(path, "is empty (0 bytes)")


def _head(data: bytes, pixels: np.ndarray) -> tuple[int, int, int, int, int]:
    """Format and oddity (places in FORMATS and ODD), height, width, orientation, without decoding once more."""
    head = jpeg_head(data) if data[:3] == b"\xff\xd8\xff" else None
    if head is not None and head.plain and head.bits == 8 and head.components in (1, 3):
        odd = 6 if head.components == 1 else _TURNED if head.orientation > 1 else 0
        return 1, odd, head.height, head.width, head.orientation
    from PIL import Image

    name = (sniff(data) or "?").upper()
    try:
        with Image.open(io.BytesIO(data)) as image:
            name, mode, (width, height) = image.format or name, image.mode, image.size
            orientation = int(image.getexif().get(0x0112, 1) or 1)
            if mode == "RGB" and "transparency" in image.info:
                mode = "RGBA"
    except Exception:  # a format that the decoder knows and Pillow does not: what was decoded is all there is to say
        return _FORMAT.get(name, 0), 0, *pixels.shape[:2], 1
    odd = _ODD_MODES.get(mode.partition(";")[0], 0) or (_TURNED if 1 < orientation <= 8 else 0)
    return _FORMAT.get(name, 0), odd, height, width, orientation if 1 <= orientation <= 8 else 1


def _at_scale(grey: Any) -> Any:
    """A Pillow image in L with a shorter side of SCALE pixels at most."""
    from PIL import Image

    factor = SCALE / min(grey.size)
    if factor >= 1:
        return grey
    size = (max(3, round(grey.width * factor)), max(3, round(grey.height * factor)))
    return grey.resize(size, Image.Resampling.BOX)


def _sharpness(grey: np.ndarray) -> tuple[float, float]:
    """The variance of the Laplacian, and of the grey levels, of uint8 (h, w)."""
    x = grey.astype(np.float32)
    if min(x.shape) < 3:
        return 0.0, _variance(x)
    edges = x[:-2, 1:-1] + x[2:, 1:-1]
    edges += x[1:-1, :-2]
    edges += x[1:-1, 2:]
    edges -= 4 * x[1:-1, 1:-1]
    return _variance(edges), _variance(x)


def _variance(x: np.ndarray) -> float:
    flat = x.ravel()  # numpy's var takes four times as long
    return max(0.0, float(flat @ flat) / flat.size - (float(flat.sum()) / flat.size) ** 2)
