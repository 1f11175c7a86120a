"""Pictures with boxes and masks drawn on them, and galleries: the names of `keras.visualization`, drawn by `vision`.

The `draw_` functions give uint8 arrays, the `plot_` functions a Pillow image, which a notebook shows; `path` saves it.
"""

import functools
import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from . import ops
from .backend import image_data_format
from .layers.augmenting.boxes import convert_format
from .vision.canvas import save
from .vision.gallery import as_image, gallery
from .vision.lettering import write

__all__ = [
    "draw_bounding_boxes", "draw_segmentation_masks", "plot_bounding_box_gallery", "plot_image_gallery",
    "plot_segmentation_mask_gallery",
]  # fmt: skip

Colour = tuple[int, int, int]


def _pictures(images: Any, data_format: str | None, who: str) -> np.ndarray:
    """A batch as NumPy, channels last."""
    array = np.asarray(ops.convert_to_numpy(images))
    if array.ndim != 4:
        raise ValueError(f"{who}: `images` must be a batch of rank 4, got shape {array.shape}.")
    first = (data_format or image_data_format()) == "channels_first"
    return array.transpose(0, 2, 3, 1) if first else array


def _bytes(array: np.ndarray) -> np.ndarray:
    """uint8; floats up to 1 are taken for parts of 255."""
    if array.dtype.kind == "f" and array.size:
        array = np.clip(array, 0, 1) * 255 if array.max() <= 1 else np.clip(array, 0, 255)
    return array.astype("uint8")


def draw_bounding_boxes(
    images: Any,
    bounding_boxes: dict,
    bounding_box_format: str,
    class_mapping: dict | None = None,
    color: Colour = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> np.ndarray:
    """Boxes, and the names of their classes, drawn on a batch of pictures.

    Args:
        images: (batch, height, width, 3); values to 255, or to 1.
        bounding_boxes: {"boxes": (batch, n, 4), "labels": (batch, n)} and, if known, "confidences"; label -1 is none.
        bounding_box_format: such as "xyxy" (see `layers.augmenting.boxes.convert_format`).
        class_mapping: names by label; without a name there is no text.

    Returns:
        uint8 pictures, channels last.

    Example:
        >>> boxes = {"boxes": np.array([[[2, 2, 12, 9]]]), "labels": np.array([[0]])}
        >>> lanthorn.visualization.draw_bounding_boxes(np.zeros((1, 16, 16, 3)), boxes, "xyxy").max()
        128
    """
    pictures = _bytes(_pictures(images, data_format, "draw_bounding_boxes"))
    if not isinstance(bounding_boxes, dict):
        raise TypeError(f"draw_bounding_boxes: `bounding_boxes` must be a dict, got {type(bounding_boxes).__name__}.")
    if not {"boxes", "labels"} <= set(bounding_boxes):
        raise ValueError(
            f"draw_bounding_boxes: `bounding_boxes` must have 'boxes' and 'labels', got {sorted(bounding_boxes)}."
        )
    boxes, labels = (np.asarray(ops.convert_to_numpy(bounding_boxes[key])) for key in ("boxes", "labels"))
    sure = bounding_boxes.get("confidences")
    boxes = convert_format(boxes, bounding_box_format, "xyxy", *pictures.shape[1:3]).astype(int)
    size, drawn = max(8, round(20 * font_scale)), []
    for i, picture in enumerate(pictures):
        image = as_image(picture)
        draw = ImageDraw.Draw(image)
        for k, (left, top, right, bottom) in enumerate(boxes[i].tolist()):
            label = int(labels[i][k])
            if label == -1:
                continue
            (left, right), (top, bottom) = sorted((left, right)), sorted((top, bottom))
            draw.rectangle((left, top, right, bottom), outline=tuple(color), width=line_thickness)
            if label in (class_mapping or {}):
                words = str(class_mapping[label])  # pyright: ignore[reportOptionalSubscript]
                words += "" if sure is None else f" | {float(sure[i][k]):.2f}"
                above = top - 3 - size * 1.2 > 0
                place = (left, top - 3 - size * 1.2) if above else (left + line_thickness + 3, top + line_thickness + 3)
                for step in range(max(1, text_thickness)):  # thicker letters: side by side
                    write(image, (place[0] + step, place[1]), words, size, tuple(color))
        drawn.append(np.asarray(image))
    return np.stack(drawn)


def draw_segmentation_masks(
    images: Any,
    segmentation_masks: Any,
    num_classes: int | None = None,
    color_mapping: dict | None = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> np.ndarray:
    """Classes of pixels drawn as colours over a batch of pictures.

    Args:
        images: (batch, height, width, 3), values to 255.
        segmentation_masks: (batch, height, width, 1), whole numbers.
        num_classes: numbers from here on are not drawn; the largest one if None.
        color_mapping: colours by class.
        alpha: how much of a pixel is its class's colour; `blend=False`: all of it, as float32.
        ignore_index: a number that is left as it is.

    Raises:
        TypeError: masks that are no whole numbers.

    Example:
        >>> masks, colours = np.ones((1, 2, 2, 1), "int32"), {0: (0, 0, 0), 1: (100, 0, 0)}
        >>> lanthorn.visualization.draw_segmentation_masks(np.zeros((1, 2, 2, 3)), masks, 2, colours).max()
        80
    """
    pictures = _pictures(images, data_format, "draw_segmentation_masks").astype("float32")
    masks = _pictures(segmentation_masks, data_format, "draw_segmentation_masks")[..., 0]
    if masks.dtype.kind not in "iu":
        raise TypeError(f"draw_segmentation_masks: `segmentation_masks` must be whole numbers, got {masks.dtype}.")
    count = int(masks.max()) if num_classes is None else num_classes
    palette = np.array([2**25 - 1, 2**15 - 1, 2**21 - 1])  # the bits of a class number spread over red, green, blue
    colours = [color_mapping[i] if color_mapping else i * palette % 255 for i in range(count)]
    painted = pictures.copy()
    for i, colour in enumerate(colours):
        painted[masks == i] = colour
    if not blend:
        return painted
    mixed = pictures * (1 - alpha) + painted * alpha
    return np.where((masks != ignore_index)[..., None], mixed, pictures).astype("uint8")


def plot_image_gallery(
    images: Any,
    y_true: Any = None,
    y_pred: Any = None,
    label_map: dict | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: tuple = (0, 255),
    scale: float = 2,
    path: Any = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: int = 60,
    legend_handles: Any = None,
    data_format: str | None = None,
) -> Image.Image:
    """Pictures in rows and columns, with their labels over them.

    Args:
        images: (batch, height, width, channels) with values in `value_range`.
        y_true, y_pred: labels, named by `label_map`.
        rows, cols: how many; as many of each, about, if None.
        scale, dpi: the side of a picture is `scale * dpi` pixels.
        path: where to save it (.png, .jpg, .webp). show: not with `path`; a notebook shows what is returned.
        transparent: whether a PNG has no paper.
        legend_handles: pairs (words, colour) for a line at the foot.

    Returns:
        A Pillow image.

    Example:
        >>> lanthorn.visualization.plot_image_gallery(np.zeros((4, 8, 8, 3)), scale=1, dpi=50).size
        (100, 100)
    """
    if path is not None and show:
        raise ValueError("plot_image_gallery: give `path` or `show`, not both.")
    if (y_true is not None or y_pred is not None) and label_map is None:
        raise ValueError("plot_image_gallery: `y_true` and `y_pred` need `label_map`, the names of the labels.")
    low, high = value_range
    pictures = _pictures(images, data_format, "plot_image_gallery").astype("float32")
    pictures = np.clip((pictures - low) * (255 / (high - low)), 0, 255).astype("uint8")
    rows = rows or math.ceil(math.sqrt(len(pictures)))
    cols = cols or math.ceil(len(pictures) / rows)
    said = [
        "  ".join(
            f"{what}: {label_map.get(np.asarray(y)[i].item(), 'Unknown')}"  # pyright: ignore[reportOptionalMemberAccess]
            for what, y in (("Label", y_true), ("Pred", y_pred))
            if y is not None and i < len(y)
        )
        for i in range(len(pictures))
    ]
    sheet = gallery(pictures, said, rows, cols, max(8, round(scale * dpi)), legend_handles or (), transparent)
    if path is not None:
        save(sheet if str(path).lower().endswith(".png") else sheet.convert("RGB"), path)
    return sheet


def plot_bounding_box_gallery(
    images: Any,
    bounding_box_format: str,
    y_true: dict | None = None,
    y_pred: dict | None = None,
    value_range: tuple = (0, 255),
    true_color: Colour = (0, 188, 212),
    pred_color: Colour = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: dict | None = None,
    ground_truth_mapping: dict | None = None,
    prediction_mapping: dict | None = None,
    legend: bool = False,
    legend_handles: Any = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    **kwargs: Any,
) -> Image.Image:
    """A gallery of pictures with true and predicted boxes; further settings are those of `plot_image_gallery`.

    Example:
        >>> boxes = {"boxes": np.array([[[2, 2, 12, 9]]]), "labels": np.array([[0]])}
        >>> lanthorn.visualization.plot_bounding_box_gallery(np.zeros((1, 16, 16, 3)), "xyxy", boxes, legend=True).size
        (120, 142)
    """
    if legend and legend_handles:
        raise ValueError("plot_bounding_box_gallery: give `legend` or `legend_handles`, not both.")
    low, high = value_range
    pictures = _pictures(images, data_format, "plot_bounding_box_gallery").astype("float32")
    pictures = ((pictures - low) * (255 / (high - low))).clip(0, 255).astype("uint8")
    draw = functools.partial(
        draw_bounding_boxes, bounding_box_format=bounding_box_format, line_thickness=line_thickness,
        text_thickness=text_thickness or 1, font_scale=font_scale, data_format="channels_last",
    )  # fmt: skip
    if y_true is not None:
        pictures = draw(pictures, y_true, color=true_color, class_mapping=ground_truth_mapping or class_mapping)
    if y_pred is not None:
        pictures = draw(pictures, y_pred, color=pred_color, class_mapping=prediction_mapping or class_mapping)
    if legend:
        legend_handles = [("Ground Truth", true_color), ("Prediction", pred_color)]
    return plot_image_gallery(
        pictures, legend_handles=legend_handles, rows=rows, cols=cols, data_format="channels_last", **kwargs
    )


def plot_segmentation_mask_gallery(
    images: Any,
    num_classes: int,
    value_range: tuple = (0, 255),
    y_true: Any = None,
    y_pred: Any = None,
    color_mapping: dict | None = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> Image.Image:
    """A row for each picture: it, and with true and with predicted masks; further settings: `plot_image_gallery`.

    Example:
        >>> masks = np.ones((2, 8, 8, 1), "int32")
        >>> lanthorn.visualization.plot_segmentation_mask_gallery(np.zeros((2, 8, 8, 3)), 2, y_true=masks).size
        (240, 240)
    """
    low, high = value_range
    pictures = _pictures(images, data_format, "plot_segmentation_mask_gallery").astype("float32")
    columns = [(pictures - low) * (255 / (high - low))]
    for masks in (y_true, y_pred):
        if masks is not None:
            masks = _pictures(masks, data_format, "plot_segmentation_mask_gallery").astype("int32")
            columns.append(
                draw_segmentation_masks(
                    columns[0], masks, num_classes, color_mapping, alpha, blend, ignore_index, "channels_last"
                )
            )
    gallery = np.stack(columns, axis=1).reshape(-1, *pictures.shape[1:])
    return plot_image_gallery(gallery, rows=len(pictures), cols=len(columns), data_format="channels_last", **kwargs)
