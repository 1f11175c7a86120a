"""The confusion matrix: counted, its worst pairs, and as a picture."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from .canvas import BAR, FAINT, INK, LINE, PAPER, WRONG, write_upwards
from .lettering import shorten_all, tell_missing, width, write

NUMBERS_UP_TO = 30  # classes whose matrix has room for numbers; beyond, a heat map and the worst pairs
_MAP = 1060  # pixels that a heat map's side may take


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


class Pair(NamedTuple):
    """`count` of the `of` photos of class `true` were taken for `predicted`. Prints as such a sentence."""

    true: str
    predicted: str
    count: int
    of: int

    def __str__(self):
        return f"{self.true} taken for {self.predicted}: {self.count} of {self.of}"


def worst_pairs(matrix: Any, class_names: Sequence[str], most: int = 10) -> list[Pair]:
    """The classes that were most often taken for others: at most `most` pairs, the most frequent mistake first.

    `matrix` is that of `confusion_matrix`. Among equal counts the one with the larger share of its class comes first.
    Raises ValueError where matrix and names do not fit.

        >>> for pair in lanthorn.vision.worst_pairs([[8, 2, 0], [1, 9, 0], [0, 0, 3]], ["cat", "dog", "owl"]):
        ...     print(pair)
        cat taken for dog: 2 of 10
        dog taken for cat: 1 of 10
    """
    table = _checked("worst_pairs", matrix, class_names)
    sums = table.sum(1)
    true, predicted = np.nonzero(table * ~np.eye(len(table), dtype=bool))
    counts = table[true, predicted]
    order = np.lexsort((-counts / np.maximum(sums[true], 1), -counts))[:most]
    names = [str(name) for name in class_names]
    return [Pair(names[true[k]], names[predicted[k]], int(counts[k]), int(sums[true[k]])) for k in order]


def _checked(who: str, matrix: Any, class_names: Sequence[str]) -> np.ndarray:
    table, n = np.asarray(matrix), len(class_names)
    if table.shape != (n, n) or n == 0:
        raise ValueError(f"{who}: expected a matrix of shape ({n}, {n}) for {n} class names, got {table.shape}.")
    return table


def confusion(matrix: Any, class_names: Sequence[str], cell: int | None = None) -> Image.Image:
    """A confusion matrix as a picture: a row per true class, a column per predicted one.

    `matrix` is square, (classes, classes); a cell is the darker the larger its share of its row. `cell` is a cell's
    side in pixels (not given: what suits the number of classes). More than 30 classes become a heat map with the worst
    pairs beside it, at most about 1600 pixels wide and high. Returns a Pillow image. Raises ValueError where matrix and
    names do not fit.

        >>> matrix = lanthorn.vision.confusion_matrix([0, 0, 1], [0, 1, 1])
        >>> lanthorn.vision.confusion(matrix, ["alien", "predator"]).save("confusion.png")
    """
    table = _checked("confusion", matrix, class_names)
    names = [" ".join(str(name).split()) or "(no name)" for name in class_names]
    draw = _with_numbers if len(names) <= NUMBERS_UP_TO else _as_heat
    picture = draw(table, names, cell)
    tell_missing()
    return picture


def _summary(table: np.ndarray) -> str:
    total = int(table.sum())
    return f"{100 * np.trace(table) / total:.1f} % of {total:,} photos right" if total else "no photos"


def _colour(share: float, right: bool) -> tuple[int, ...]:
    return tuple(round(p + (b - p) * share) for p, b in zip(PAPER, BAR if right else WRONG))


class _Frame(NamedTuple):
    """Where the grid of a matrix is on its picture, with the labels around it already drawn."""

    sheet: Image.Image
    left: int
    top: int


def _framed(table, names, step: float, letter: int, every: int, beside: int = 0) -> _Frame:
    """The picture with the names of rows and columns, every so many of them, and which is which."""
    n, room = len(names), (13 if beside else 17) * letter
    title = max(14, round(letter * 1.1))
    grid = round(n * step)
    rows = dict(zip(range(0, n, every), shorten_all(names[::every], room, letter)))
    flat = every == 1 and max(width(name, letter) for name in names) <= step - 8
    side = int(max(width(name, letter) for name in rows.values())) + letter
    left, high = round(title * 2.2) + side, round(letter * 1.8) if flat else side
    top = round(title * 2) + high
    foot = int(width(_summary(table), title))
    total_high = top + grid + round(title * 2.6)
    sheet = Image.new("RGB", (left + max(grid + 2 * letter + beside, foot + letter), total_high), PAPER)
    write(sheet, (left + grid / 2, title * 1.2), "predicted", title, FAINT, "mm")
    write_upwards(sheet, (title * 1.2, top + grid / 2), "true", title, FAINT, "m")
    for i, name in rows.items():
        middle = (i + 0.5) * step
        write(sheet, (left - letter / 2, top + middle), name, letter, INK, "rm")
        if flat:
            write(sheet, (left + middle, top - letter * 0.9), names[i], letter, INK, "mm")
        else:
            write_upwards(sheet, (left + middle, top - letter / 2), name, letter, INK, "s")
    write(sheet, (left, top + grid + title * 0.7), _summary(table), title, FAINT)
    return _Frame(sheet, left, top)


def _with_numbers(table, names, cell) -> Image.Image:
    n = len(names)
    cell = cell or min(140, max(44, 1000 // n))
    letter = min(20, max(12, cell // 6))
    sheet, left, top = _framed(table, names, cell, letter, 1)
    draw = ImageDraw.Draw(sheet)
    share = table / np.maximum(table.sum(1, keepdims=True), 1)
    percents = cell >= 5 * letter
    for i in range(n):
        for j in range(n):
            x, y, count = left + j * cell, top + i * cell, table[i, j]
            draw.rectangle((x, y, x + cell - 2, y + cell - 2), fill=_colour(share[i, j], i == j), outline=LINE)
            if not count:
                continue
            ink = PAPER if i != j and share[i, j] > 0.6 else INK
            lift = letter * 0.6 if percents else 0
            size = letter if width(f"{count}", letter) < cell - 6 else max(8, letter * 2 // 3)
            write(
                sheet,
                (x + cell / 2, y + cell / 2 - lift),
                f"{count}",
                round(size * (1.2 if percents else 1)),
                ink,
                "mm",
            )
            if percents:
                text = f"{100 * share[i, j]:.0f} %"
                write(sheet, (x + cell / 2, y + cell / 2 + letter * 0.9), text, round(letter * 0.75), ink, "mm")
    return sheet


def _as_heat(table, names, cell) -> Image.Image:
    n = len(names)
    step = cell or min(24, _MAP // n) or _MAP / n
    letter = int(min(13, max(10, step)))
    every = int(np.ceil(letter / step))
    beside = 350
    sheet, left, top = _framed(table, names, step, letter, every, beside)
    share = table / np.maximum(table.sum(1, keepdims=True), 1)
    least = 0.15 if step >= 6 else 0.4  # a single pixel must be strong to be seen
    strength = np.where(share > 0, np.maximum(share, 0) ** 0.6 * (1 - least) + least, 0)[..., None]
    full = np.where(np.eye(n, dtype=bool)[..., None], BAR, WRONG)
    colours = (np.array(PAPER) + (full - PAPER) * strength).astype(np.uint8)
    if step < 1:  # several classes to a pixel: the strongest of them is seen
        colours = _strongest(colours, int(np.ceil(1 / step)))
    grid = round(n * step)
    heat = Image.fromarray(colours).resize((grid, grid), Image.Resampling.NEAREST)
    sheet.paste(heat, (left, top))
    ImageDraw.Draw(sheet).rectangle((left - 1, top - 1, left + grid, top + grid), outline=FAINT)
    _list_pairs(sheet, left + grid + 30, top, beside - 20, grid, table, names)
    return sheet


def _strongest(colours: np.ndarray, block: int) -> np.ndarray:
    """The darkest pixel of each block of `block` x `block`."""
    n = -(-len(colours) // block)
    padded = np.full((n * block, n * block, 3), 255, np.uint8)
    padded[: len(colours), : len(colours)] = colours
    blocks = padded.reshape(n, block, n, block, 3).swapaxes(1, 2).reshape(n, n, block * block, 3)
    darkest = blocks.astype(int).sum(-1).argmin(-1)
    return np.take_along_axis(blocks, darkest[..., None, None], 2)[:, :, 0]


def _list_pairs(sheet, x: int, y: int, wide: int, high: int, table, names) -> None:
    letter, row = 13, 40
    pairs = worst_pairs(table, names, max(1, min(25, high // row - 1)))
    write(sheet, (x, y), "Most often taken for others" if pairs else "No mistakes", 15, INK)
    draw = ImageDraw.Draw(sheet)
    counts = [f"{pair.count} of {pair.of}" for pair in pairs]
    room = wide - 22 - max((width(count, letter) for count in counts), default=0)
    names = list(dict.fromkeys(name for pair in pairs for name in pair[:2]))
    short = dict(zip(names, shorten_all(names, room, letter)))
    for k, (pair, count) in enumerate(zip(pairs, counts)):
        at = y + 32 + k * row
        share = pair.count / max(1, pair.of)
        draw.rectangle((x, at + 1, x + 4, at + row - 8), fill=_colour(0.3 + 0.7 * share, False))
        write(sheet, (x + 12, at), short[pair.true], letter, INK)
        write(sheet, (x + 12, at + letter * 1.25), f"as {short[pair.predicted]}", letter, FAINT)
        write(sheet, (x + wide, at), count, letter, INK, "ra")
