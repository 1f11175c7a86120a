"""Bounding boxes beside pictures: their formats, and what a warp does to them."""

from typing import Any

import numpy as np

from ... import ops
from ...ops.dispatch import find

FORMATS = "xyxy yxyx xywh center_xywh center_yxhw rel_xyxy rel_yxyx rel_xywh rel_center_xywh".split()


def corners(boxes: Any) -> list:
    """The four numbers of each box, (…, 1) each."""
    return [boxes[..., i : i + 1] for i in range(4)]


def joined(*numbers: Any) -> Any:
    return ops.concatenate(list(numbers), axis=-1)


def convert_format(
    boxes: Any, source: Any, target: Any, height: Any = None, width: Any = None, dtype: str = "float32"
) -> Any:
    """Boxes (…, 4), or a dict with "boxes", from one format to another.

    Formats: xyxy (left, top, right, bottom), yxyx, xywh, center_xywh, center_yxhw; with `rel_` as parts of the picture.

    Raises:
        ValueError: another format, a last axis that is not 4, or a relative format without `height` and `width`.

    Example:
        >>> from lanthorn.layers.augmenting.boxes import convert_format
        >>> convert_format(np.array([[1.0, 2.0, 3.0, 4.0]], "float32"), "xyxy", "xywh")
        array([[1., 2., 2., 2.]], dtype=float32)
    """
    if isinstance(boxes, dict):
        return boxes | {"boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    source, target = source.lower(), target.lower()
    if source not in FORMATS or target not in FORMATS:
        raise ValueError(f"convert_format: a format must be one of {', '.join(FORMATS)}, got {source!r}, {target!r}.")
    if boxes.shape[-1] != 4:
        raise ValueError(f"convert_format: `boxes` must have 4 numbers on the last axis, got shape {boxes.shape}.")
    relative = source.startswith("rel_"), target.startswith("rel_")
    if any(relative) and (height is None or width is None):
        raise ValueError(f"convert_format: from {source!r} to {target!r} needs `height` and `width`.")
    boxes = ops.cast(boxes, dtype)
    if source == target:
        return boxes
    boxes = _to_corners(source.removeprefix("rel_"), *corners(boxes))
    if relative[0] != relative[1]:
        a, b, c, d = boxes
        w, h = (n if isinstance(n, (int, float)) else ops.cast(n, dtype) for n in (width, height))
        boxes = (a * w, b * h, c * w, d * h) if relative[0] else (a / w, b / h, c / w, d / h)
    return joined(*_from_corners(target.removeprefix("rel_"), *boxes))


def _to_corners(name: str, a: Any, b: Any, c: Any, d: Any) -> tuple:
    if name.endswith(("yxyx", "yxhw")):
        a, b, c, d = b, a, d, c
    if name.startswith("center"):
        return a - c / 2, b - d / 2, a + c / 2, b + d / 2
    return (a, b, a + c, b + d) if name == "xywh" else (a, b, c, d)


def _from_corners(name: str, a: Any, b: Any, c: Any, d: Any) -> tuple:
    w, h = c - a, d - b
    if name.startswith("center"):
        a, b, c, d = a + w / 2, b + h / 2, w, h
    elif name == "xywh":
        c, d = w, h
    return (b, a, d, c) if name.endswith(("yxyx", "yxhw")) else (a, b, c, d)


def clip_to_image_size(
    bounding_boxes: dict, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> dict:
    """Boxes cut off at the edges of the picture; what has no area left gets the label -1."""
    if bounding_box_format not in ("xyxy", "rel_xyxy"):
        raise NotImplementedError(
            f"clip_to_image_size: the format must be 'xyxy' or 'rel_xyxy', got {bounding_box_format!r}."
        )
    if bounding_box_format == "xyxy" and (height is None or width is None):
        raise ValueError("clip_to_image_size: the format 'xyxy' needs `height` and `width`.")
    w, h = (1.0, 1.0) if bounding_box_format == "rel_xyxy" else (width, height)
    a, b, c, d = corners(bounding_boxes["boxes"])
    a, b, c, d = ops.clip(a, 0, w), ops.clip(b, 0, h), ops.clip(c, 0, w), ops.clip(d, 0, h)
    result = bounding_boxes | {"boxes": joined(a, b, c, d)}
    if bounding_boxes.get("labels") is not None:
        labels = bounding_boxes["labels"]
        area = ops.squeeze((c - a) * (d - b), -1)
        result["labels"] = ops.where(area > 0, labels, ops.full_like(labels, -1))
    return result


def changed(layer: Any, bounding_boxes: dict, height: Any, width: Any, change: Any) -> dict:
    """A dict of boxes in the layer's format, changed as corners in pixels, `change(x1, y1, x2, y2)`, and cut off."""
    boxes = convert_format(bounding_boxes, layer.bounding_box_format, "xyxy", height, width)
    boxes = boxes | {"boxes": joined(*change(*corners(boxes["boxes"])))}
    boxes = clip_to_image_size(boxes, height, width)
    return convert_format(boxes, "xyxy", layer.bounding_box_format, height, width)


def around(x1: Any, y1: Any, x2: Any, y2: Any, move: Any) -> tuple:
    """The smallest box that holds the four corners after `move(x, y)`."""
    moved = [move(x, y) for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))]
    x, y = (joined(*part) for part in zip(*moved, strict=True))
    return tuple(end(v, axis=-1, keepdims=True) for end in (ops.min, ops.max) for v in (x, y))


def together(*arrays: Any) -> list:
    """Arrays on the engine of the first that is on one; NumPy's alone stay."""
    like = find(arrays)
    return [ops.convert_to_tensor(x, like=like) for x in arrays]


def per_sample(x: Any, boxes: Any) -> Any:
    """Numbers (batch,) so that they meet boxes of shape (batch, count, 4) or (count, 4)."""
    return ops.reshape(x, (-1,) + (1,) * (len(boxes.shape) - 1))


def dense(bounding_boxes: Any, engine: Any) -> dict:
    """Boxes and labels as arrays; lists of different lengths, and ragged tensors, are filled up with 0 and -1."""
    if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= set(bounding_boxes):
        raise ValueError(f"bounding_boxes must be a dict with 'boxes' and 'labels', got {bounding_boxes!r}.")
    boxes, labels = bounding_boxes["boxes"], bounding_boxes["labels"]
    if hasattr(boxes, "to_tensor"):
        boxes, labels = boxes.to_tensor(0.0), labels.to_tensor(-1)
    elif isinstance(boxes, list):
        boxes, labels = _filled(boxes, 0.0, "float32"), _filled(labels, -1, "int32")
    return bounding_boxes | {"boxes": engine.array(boxes, "float32"), "labels": engine.array(labels)}


def _filled(rows: list, value: float, dtype: str) -> np.ndarray:
    most = max((np.shape(row)[0] if np.ndim(row) else 0 for row in rows), default=0)
    if not most or all(np.shape(row)[:1] == (most,) for row in rows):
        return np.asarray(rows, dtype)
    inner = next(np.shape(row)[1:] for row in rows if np.shape(row)[0])
    made = np.full((len(rows), most, *inner), value, dtype)
    for i, row in enumerate(rows):
        made[i, : len(row)] = np.asarray(row, dtype).reshape(-1, *inner)
    return made
