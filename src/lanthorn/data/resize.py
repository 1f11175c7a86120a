"""Pictures to a wanted size. Pillow does it everywhere, so that the same picture comes out on every machine.

Pillow's filters widen when they shrink (antialiasing), as torchvision's do with antialias=True.
"""

import numpy as np

from .decode import opencv

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")
FITS = ("stretch", "crop", "pad")


def check_interpolation(name: str) -> None:
    if name not in INTERPOLATIONS:
        raise ValueError(f"interpolation: expected one of {', '.join(INTERPOLATIONS)}, got {name!r}.")


def resize(
    picture: np.ndarray,
    size: tuple[int, int],
    fit: str = "stretch",
    interpolation: str = "bilinear",
    crop_fraction: float = 1.0,
    fill: int = 0,
) -> np.ndarray:
    """A uint8 picture (h, w, 3) at `size` (height, width).

    `fit`: 'stretch' changes the proportions; 'crop' keeps them and cuts the longer side, centred; 'pad' keeps
    them and fills the rest with `fill`. With 'crop', `crop_fraction` below 1 cuts closer: 224/256 is
    torchvision's "resize to 256, crop 224".
    """
    check_interpolation(interpolation)
    if fit not in FITS:
        raise ValueError(f"fit: expected one of {', '.join(FITS)}, got {fit!r}.")
    (h, w), (height, width) = picture.shape[:2], size
    if fit == "stretch":
        return _to(picture, height, width, interpolation)
    if fit == "crop":
        scale = min(h / height, w / width) * crop_fraction
        ch, cw = height * scale, width * scale
        top, left = (h - ch) / 2, (w - cw) / 2
        return _to(picture, height, width, interpolation, (left, top, left + cw, top + ch))
    scale = min(height / h, width / w)
    nh, nw = max(1, round(h * scale)), max(1, round(w * scale))
    out = np.full((height, width, 3), fill, np.uint8)
    top, left = (height - nh) // 2, (width - nw) // 2
    out[top : top + nh, left : left + nw] = _to(picture, nh, nw, interpolation)
    return out


def _to(picture, height, width, interpolation, box=None):
    if picture.shape[:2] == (height, width) and box in (None, (0, 0, width, height)):
        return picture
    cv2 = opencv()
    if interpolation == "nearest" and box is None and cv2 is not None and max(picture.shape) < 32767:
        return cv2.resize(
            picture, (width, height), interpolation=cv2.INTER_NEAREST_EXACT
        )  # the same pixels as Pillow's
    from PIL import Image

    filters = getattr(Image, "Resampling", Image)
    image = Image.fromarray(picture).resize((width, height), getattr(filters, interpolation.upper()), box)
    return np.asarray(image)
