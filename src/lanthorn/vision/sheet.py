"""A sheet of photos, each with the classes the model sees in it and their percentages."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from .canvas import BAR, FAINT, INK, PAPER, RIGHT, WRONG, font, percentages, photo, shorten


def pictures(
    photos: Sequence[Any],
    probabilities: Any,
    class_names: Sequence[str],
    truth: Any = None,
    columns: int | None = None,
    size: int = 224,
    top: int = 2,
) -> Image.Image:
    """The photos on one sheet, over each the `top` likeliest classes with percentages and bars.

    `photos` are paths, Pillow images or arrays (h, w, 3); `probabilities` has the shape (photos, classes), or
    (photos, 1) for two classes; `truth` holds the right labels: the first line is then green or red. Each photo is
    fitted into a square of `size` pixels; where `columns` is not given, rows are as full as can be. Returns a Pillow
    image: `.save("pictures.png")`, or look at it in a notebook. Raises ValueError where the shapes do not fit each
    other.

        >>> photos = [np.zeros((40, 60, 3), "uint8"), np.full((40, 60, 3), 255, "uint8")]
        >>> sheet = lanthorn.vision.pictures(photos, [[0.2, 0.8], [0.9, 0.1]], ["alien", "predator"], truth=[1, 0])
        >>> sheet.save("pictures.png")
    """
    if len(photos) == 0:
        raise ValueError("vision.pictures: there are no photos to draw.")
    table = percentages(probabilities, len(photos), class_names)
    top, columns = max(1, min(top, len(class_names))), max(1, min(columns or _even(len(photos)), len(photos)))
    letter = max(11, size // 15)
    row, gap = int(letter * 1.5), size // 14
    head = row * top + row // 3
    rows = -(-len(photos) // columns)
    sheet = Image.new("RGB", (columns * (size + gap) + gap, rows * (size + head + gap) + gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    for i, source in enumerate(photos):
        left, up = gap + (i % columns) * (size + gap), gap + (i // columns) * (size + head + gap)
        order = np.argsort(-table[i], kind="stable")[:top]
        for line, label in enumerate(order):
            colour = INK if line == 0 else FAINT
            if truth is not None and line == 0:
                colour = RIGHT if label == truth[i] else WRONG
            _line(draw, left, up + line * row, size, row, letter, class_names[label], table[i, label], colour)
        image = photo(source)
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
        if max(image.size) < size:  # small pictures are enlarged, their pixels kept visible
            factor = size / max(image.size)
            wide, high = (max(1, round(side * factor)) for side in image.size)
            image = image.resize((wide, high), Image.Resampling.BICUBIC)
        sheet.paste(image, (left + (size - image.width) // 2, up + head + (size - image.height) // 2))
    return sheet


def _even(count: int) -> int:
    """The number of columns that leaves the fewest gaps in the last row."""
    return min((4, 5, 6, 3) if count <= 20 else (6, 7, 5, 4), key=lambda columns: -count % columns)


def _line(draw, x, y, width, row, letter, name, share, colour):
    """`98 % alien`, over a bar as long as the share."""
    share = 0.0 if np.isnan(share) else float(np.clip(share, 0, 1))
    draw.rectangle((x, y + row - 4, x + width - 1, y + row - 2), fill=(236, 238, 241))
    if share * width >= 1:
        draw.rectangle((x, y + row - 4, x + share * width - 1, y + row - 2), fill=BAR if colour == INK else colour)
    text = f"{100 * share:.0f} %"
    draw.text((x, y), text, fill=colour, font=font(letter))
    start = font(letter).getlength("100 %") + letter / 2
    draw.text((x + start, y), shorten(str(name), width - start, letter), fill=colour, font=font(letter))


def show(model, photos: Sequence[Any], truth: Any = None, **options) -> Image.Image:
    """`pictures` for a model that knows its class names and preprocessing, as one from `lanthorn train` does.

    `photos` are paths or uint8 pictures; `truth` and `options` are those of `pictures`. Raises ValueError where the
    model carries no preprocessing.

        lanthorn.vision.show(keras.models.load_model("model.keras"), ["a.jpg", "b.jpg"]).save("pictures.png")
    """
    if getattr(model, "preprocessing", None) is None:
        raise ValueError(
            f"vision.show: the model {model.name!r} does not say how its pictures are prepared. Set "
            "model.preprocessing = lanthorn.data.Preprocessing(size=…, scale=…), or use vision.pictures."
        )
    photos = list(photos)
    batch = np.stack([model.preprocessing(each) for each in photos])
    table = np.asarray(model.predict(batch, verbose=0))
    wide = 2 if table.shape[-1] == 1 else table.shape[-1]
    names = model.class_names or [f"class {i}" for i in range(wide)]
    return pictures(photos, table, names, truth, **options)
