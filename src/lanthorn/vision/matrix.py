"""The confusion matrix, as numbers and as a picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from .canvas import BAR, FAINT, INK, PAPER, font, shorten


def confusion_matrix(y_true: Any, y_pred: Any, num_classes: int | None = None) -> np.ndarray:
    """How often each class (row) was taken for each class (column): integers of shape (classes, classes).

    `y_true` holds labels, shape (n,); `y_pred` labels, or probabilities of shape (n, classes). Raises ValueError
    where the two differ in length or a label is out of range.

        >>> from lanthorn.vision import confusion_matrix
        >>> confusion_matrix([0, 0, 1], [0, 1, 1]).tolist()
        [[1, 1], [0, 1]]
    """
    true, pred = np.asarray(y_true), np.asarray(y_pred)
    if pred.ndim == 2:
        num_classes = num_classes or max(2, pred.shape[1])
        pred = pred.argmax(1) if pred.shape[1] > 1 else (pred[:, 0] > 0.5)
    true, pred = true.reshape(-1).astype(int), pred.astype(int)
    if true.shape != pred.shape:
        raise ValueError(f"confusion_matrix: got {true.size} labels and {pred.size} predictions.")
    n = num_classes or (int(max(true.max(), pred.max())) + 1 if true.size else 0)
    for name, labels in (("y_true", true), ("y_pred", pred)):
        if labels.size and not 0 <= labels.min() <= labels.max() < n:
            raise ValueError(
                f"confusion_matrix: `{name}` holds labels from {labels.min()} to {labels.max()}, "
                f"expected 0 to {n - 1} for {n} classes."
            )
    return np.bincount(true * n + pred, minlength=n * n).reshape(n, n)


def confusion(matrix: Any, class_names: Sequence[str], cell: int = 72) -> Image.Image:
    """A confusion matrix as a picture: a row per true class, a column per predicted one.

    `matrix` is square, (classes, classes); a cell is the darker the larger its share of its row. `cell` is a
    cell's side in pixels. Returns a Pillow image. Raises ValueError where matrix and names do not fit.

        >>> matrix = lanthorn.vision.confusion_matrix([0, 0, 1], [0, 1, 1])
        >>> lanthorn.vision.confusion(matrix, ["alien", "predator"]).save("confusion.png")
    """
    table, n = np.asarray(matrix), len(class_names)
    if table.shape != (n, n):
        raise ValueError(f"confusion: expected a matrix of shape ({n}, {n}) for {n} class names, got {table.shape}.")
    letter = max(11, cell // 5)
    side = int(min(max(font(letter).getlength(str(name)) for name in class_names), 3 * cell)) + letter
    head = 3 * letter
    sheet = Image.new("RGB", (side + n * cell + letter, head + n * cell + letter), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((side, letter // 4), "predicted", fill=FAINT, font=font(letter))
    for i, name in enumerate(class_names):
        label = shorten(str(name), side - letter, letter)
        draw.text((side - letter / 2, head + (i + 0.5) * cell), label, fill=INK, font=font(letter), anchor="rm")
        label = shorten(str(name), cell - 4, letter)
        draw.text((side + (i + 0.5) * cell, head - letter * 0.8), label, fill=INK, font=font(letter), anchor="mm")
    share = table / np.maximum(table.sum(1, keepdims=True), 1)
    for i in range(n):
        for j in range(n):
            x, y = side + j * cell, head + i * cell
            colour = tuple(round(p + (b - p) * share[i, j]) for p, b in zip(PAPER, BAR if i == j else (203, 60, 51)))
            draw.rectangle((x, y, x + cell - 2, y + cell - 2), fill=colour, outline=(236, 238, 241))
            ink = INK if table[i, j] else FAINT
            draw.text((x + cell / 2, y + cell / 2), str(table[i, j]), fill=ink, font=font(letter), anchor="mm")
    return sheet
