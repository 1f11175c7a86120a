"""Pictures as PIL images and as arrays: Keras's load_img, img_to_array, array_to_img, save_img, smart_resize."""

import os
import warnings
from typing import Any

import numpy as np

from ..core.settings import floatx, image_data_format
from ..data.decode import failed, from_pillow, open_pillow, shrink, upright
from ..data.resize import check_interpolation

COLOR_MODES = {"rgb": 3, "rgba": 4, "grayscale": 1}


def standard_format(data_format: str | None) -> str:
    """'channels_last' or 'channels_first'; None is the setting of `lanthorn.backend`."""
    if data_format is None:
        return image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format: expected 'channels_last' or 'channels_first', got {data_format!r}.")
    return data_format


def standard_dtype(dtype: Any) -> np.dtype:
    """The NumPy dtype meant; None is the setting of `lanthorn.backend`."""
    if dtype is None:
        dtype = floatx()
    return np.dtype("float32" if dtype == "bfloat16" else dtype)


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """The picture in a file, as a PIL image of mode RGB, RGBA or L.

    `path`: a path, bytes or a file object. `target_size` is (height, width); with `keep_aspect_ratio` the longer side
    is cut first, centred. Shown as the eye sees it: turned by EXIF, transparency over white ('rgba' keeps it), 16
    bits scaled to 8. Raises PictureError (a ValueError), which names the file.

        >>> load_img("photo.jpg", target_size=(224, 224)).size  # doctest: +SKIP
        (224, 224)
    """
    if color_mode not in COLOR_MODES:
        raise ValueError(
            f"load_img: color_mode must be one of {', '.join(map(repr, COLOR_MODES))}, got {color_mode!r}."
        )
    check_interpolation(interpolation)
    image = _open(path, color_mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    from PIL import Image

    height, width = target_size
    box = None
    if keep_aspect_ratio:
        w, h = image.size
        cut_h, cut_w = min(h, w * height // width), min(w, h * width // height)
        left, top = (w - cut_w) // 2, (h - cut_h) // 2
        box = (left, top, left + cut_w, top + cut_h)
    return image.resize((width, height), getattr(Image.Resampling, interpolation.upper()), box)


def _open(path: Any, color_mode: str) -> Any:
    from PIL import Image

    if isinstance(path, (bytes, bytearray)) and path[:1] not in (b"/", b"."):
        data, name = bytes(path), "the picture given as bytes"
    elif hasattr(path, "read"):
        data, name = path.read(), "the picture given as a file object"
    elif isinstance(path, (str, bytes, os.PathLike)):
        with open(path, "rb") as file:
            data, name = file.read(), os.fsdecode(path)
    else:
        raise TypeError(f"load_img: expected a path, bytes or a file object, got a {type(path).__name__}.")
    image = open_pillow(data, name)
    shrink(image, name)
    if color_mode == "rgba":
        try:
            image = upright(image)
        except Exception as error:
            raise failed(name, error) from error
        if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
            return image.convert("RGBA")
        return Image.fromarray(from_pillow(image, name)).convert("RGBA")
    if color_mode == "grayscale" and image.mode == "L" and "transparency" not in image.info:
        image = Image.fromarray(from_pillow(image, name)[..., 0])  # grey stays as it is
        return image
    picture = Image.fromarray(from_pillow(image, name))
    return picture.convert("L") if color_mode == "grayscale" else picture


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A PIL image as an array (height, width, channels), or (channels, height, width) for 'channels_first'.

    >>> img_to_array(np.zeros((4, 5))).shape
    (4, 5, 1)
    """
    data_format = standard_format(data_format)
    x = np.array(img, dtype=standard_dtype(dtype))
    if x.ndim == 2:
        x = x[..., None] if data_format == "channels_last" else x[None]
    elif x.ndim != 3:
        raise ValueError(f"img_to_array: expected a picture with 2 or 3 axes, got the shape {x.shape}.")
    elif data_format == "channels_first":
        x = x.transpose(2, 0, 1)
    return x


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array (one picture, 1, 3 or 4 channels) as a PIL image. `scale` stretches its values to 0 … 255."""
    from PIL import Image

    data_format = standard_format(data_format)
    x = np.array(x, dtype=standard_dtype(dtype))
    if x.ndim != 3:
        raise ValueError(f"array_to_img: expected one picture with 3 axes, got the shape {x.shape}.")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    if x.shape[2] not in (1, 3, 4):
        raise ValueError(
            f"array_to_img: expected 1, 3 or 4 channels, got {x.shape[2]} (shape {x.shape}, {data_format})."
        )
    if scale:
        x = x - x.min()
        top = x.max()
        x = (x / top if top != 0 else x) * 255
    if x.shape[2] == 1:
        return Image.fromarray(x[..., 0].astype("int32" if x.max() > 255 else "uint8"))
    return Image.fromarray(np.ascontiguousarray(x.astype("uint8")))


def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Writes an array as a picture; the format from the suffix, or `file_format`. `kwargs` go to PIL's save."""
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = os.path.splitext(os.fspath(path))[1][1:]
    file_format = {"jpg": "jpeg", "tif": "tiff"}.get((file_format or "").lower(), file_format) or None
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and (file_format or "").lower() == "jpeg":
        warnings.warn("save_img: JPEG has no transparency; the picture is saved as RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


def smart_resize(
    x: Any, size: tuple[int, int], interpolation: str = "bilinear", data_format: str = "channels_last"
) -> np.ndarray:
    """A picture (or a batch) at `size` (height, width) without distortion: the longer side is cut, centred.

    Every channel goes through Pillow as float32, with antialiasing where it shrinks.
    """
    from PIL import Image

    check_interpolation(interpolation)
    x = np.asarray(x)
    if x.ndim not in (3, 4) or len(size) != 2:
        raise ValueError(
            f"smart_resize: expected a picture or a batch and size=(height, width), got {x.shape} and {size!r}."
        )
    if x.ndim == 4:
        return np.stack([smart_resize(one, size, interpolation, data_format) for one in x])
    x = x if standard_format(data_format) == "channels_last" else x.transpose(1, 2, 0)
    (h, w), (height, width) = x.shape[:2], size
    cut_h, cut_w = max(1, min(h, int(w * height / width))), max(1, min(w, int(h * width / height)))
    top, left = (h - cut_h) // 2, (w - cut_w) // 2
    box, how = (left, top, left + cut_w, top + cut_h), getattr(Image.Resampling, interpolation.upper())
    planes = [
        Image.fromarray(x[..., k].astype(np.float32)).resize((width, height), how, box) for k in range(x.shape[2])
    ]
    out = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    out = (np.rint(out) if x.dtype.kind in "iu" else out).astype(x.dtype)
    return out if data_format == "channels_last" else out.transpose(2, 0, 1)
