"""Sheets of photos, each with the classes the model sees in it, their percentages and the photo's name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from ..data.decode import PictureError
from ..data.workers import default_workers, in_order
from .canvas import BAR, FAINT, INK, LINE, PANEL, PAPER, RIGHT, WRONG, names_of, percentages, thumbnail
from .lettering import shorten, tell_missing, width, write

MANY = 100  # photos beyond which a sheet's are drawn smaller


def pictures(
    photos: Sequence[Any],
    probabilities: Any,
    class_names: Sequence[str],
    truth: Any = None,
    columns: int | None = None,
    size: int | None = None,
    top: int = 2,
    captions: bool | Sequence[str] = True,
    unknown: Any = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Image.Image:
    """The photos on one sheet, over each the `top` likeliest classes with percentages and bars, under it its name.

    `photos` are what `data.read_picture` takes: paths, Pillow images, arrays (h, w, 3); one that cannot be read leaves
    a grey tile. `probabilities` has the shape (photos, classes), or (photos, 1) for two classes. `truth` holds the
    right labels: the first line is then green or red, and the true class is named where it is another. `captions`:
    True for the names of the files, False for none, or texts. Where `unknown` is true, the first line is "none of
    these", and the likeliest class comes after it. Each photo is fitted into a square of `size` pixels (not given: 224,
    less for more than 100 photos); where `columns` is not given, rows are as full as can be.
    `progress(done, all)` is called after each photo. Returns a Pillow image: write it with `vision.save`, or look at it
    in a notebook. For many photos see `sheets`. Raises ValueError where the shapes do not fit each other.

        >>> photos = [np.zeros((40, 60, 3), "uint8"), np.full((40, 60, 3), 255, "uint8")]
        >>> sheet = lanthorn.vision.pictures(photos, [[0.2, 0.8], [0.9, 0.1]], ["alien", "predator"], truth=[1, 0])
        >>> sheet.save("pictures.png")
    """
    sheet = _sheet(photos, probabilities, class_names, truth, columns, size, top, captions, unknown, progress)
    tell_missing()
    return sheet


def sheets(
    photos: Sequence[Any],
    probabilities: Any,
    class_names: Sequence[str],
    truth: Any = None,
    per_page: int = 96,
    columns: int = 12,
    size: int = 192,
    top: int = 2,
    captions: bool | Sequence[str] = True,
    unknown: Any = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Iterator[Image.Image]:
    """As `pictures`, on pages of `per_page` photos: an iterator of Pillow images, each drawn when it is asked for.

    Fewer than `columns` photos make a narrower page. `progress(done, all)` counts over all pages.

        >>> photos = [np.zeros((40, 60, 3), "uint8")] * 5
        >>> pages = lanthorn.vision.sheets(photos, [[0.2, 0.8]] * 5, ["alien", "predator"], per_page=3)
        >>> for number, page in enumerate(pages, 1):
        ...     path = lanthorn.vision.save(page, f"sheet-{number}.jpg")
        >>> path.name
        'sheet-2.jpg'
    """
    if per_page < 1:
        raise ValueError(f"vision.sheets: per_page must be 1 or more, got {per_page!r}.")
    table = percentages(probabilities, len(photos), class_names)
    if not isinstance(captions, bool):
        _check_captions(captions, len(photos))
    names = names_of(photos) if captions is True else list(captions) if captions is not False else False
    several = len(photos) > columns
    for start in range(0, len(photos), per_page):
        part = slice(start, start + per_page)
        told = progress and (lambda done, _, before=start: progress(before + done, len(photos)))
        yield _sheet(
            photos[part], table[part], class_names, None if truth is None else truth[part],
            columns if several else None, size, top, names and names[part],
            None if unknown is None else unknown[part], told,
        )  # fmt: skip
    tell_missing()


def _sheet(photos, probabilities, class_names, truth, columns, size, top, captions, unknown, progress) -> Image.Image:
    count = len(photos)
    if count == 0:
        raise ValueError("vision.pictures: there are no photos to draw.")
    table = percentages(probabilities, count, class_names)
    size = size or (224 if count <= MANY else max(96, int(224 * (MANY / count) ** 0.5)))
    others = np.zeros(count, bool) if unknown is None else np.asarray(unknown, bool)
    top, columns = max(1, min(top, len(class_names))), max(1, min(columns or _even(count), count))
    names = _captions(photos, captions)
    letter = max(11, size // 15)
    small = max(10, round(letter * 0.86))
    row, gap = int(letter * 1.65), size // 14
    head, foot = row * top + row // 3, int(small * 1.7) if any(names) or truth is not None else 0
    rows = -(-count // columns)
    sheet = Image.new("RGB", (columns * (size + gap) + gap, rows * (size + head + foot + gap) + gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    tiles: dict[int, Image.Image] = {}
    jobs = (([lambda k=k: tiles.update({k: thumbnail(photos[k], size)})], lambda k=k: k) for k in range(count))
    workers = min(default_workers(), count)
    for i in in_order(jobs, workers if workers > 1 else 0, ahead=4 * workers):
        left, up = gap + (i % columns) * (size + gap), gap + (i // columns) * (size + head + foot + gap)
        order = np.argsort(-table[i], kind="stable")[:top]
        wrong = truth is not None and order[0] != truth[i]
        told = [("none of these", np.nan)] * bool(others[i]) + [(class_names[k], table[i, k]) for k in order]
        for line, (name, share) in enumerate(told[:top]):
            colour = INK if line == 0 else FAINT
            if truth is not None and line == 0:
                colour = WRONG if wrong else RIGHT
            _line(sheet, draw, left, up + line * row, size, row, letter, name, share, colour)
        draw.rectangle((left, up + head, left + size - 1, up + head + size - 1), fill=PANEL)
        image = tiles.pop(i)
        sheet.paste(image, (left + (size - image.width) // 2, up + head + (size - image.height) // 2))
        under, room = up + head + size + int(small * 0.35), size
        if wrong:
            text = shorten(f"true: {class_names[truth[i]]}", size * 0.6 if names[i] else size, small)
            room -= write(sheet, (left + size, under), text, small, INK, "ra") + small
        if names[i]:
            write(sheet, (left, under), shorten(names[i], room, small), small, FAINT)
        if progress:
            progress(i + 1, count)
    return sheet


def _captions(photos, captions) -> list[str]:
    if isinstance(captions, bool):
        return names_of(photos) if captions else [""] * len(photos)
    _check_captions(captions, len(photos))
    return [str(text) for text in captions]


def _check_captions(captions, count: int) -> None:
    if isinstance(captions, str) or len(captions) != count:
        raise ValueError(f"vision.pictures: expected {count} captions, one per photo, got {captions!r:.80}.")


def _even(count: int) -> int:
    """The number of columns that leaves the fewest gaps in the last row."""
    near = int((1.2 * count) ** 0.5)
    choice = (4, 5, 6, 3) if count <= 20 else (6, 7, 5, 4) if count <= 60 else range(near, near + 4)
    return min(choice, key=lambda columns: -count % columns)


def _line(sheet, draw, x, y, wide, row, letter, name, share, colour):
    """`98 % alien`, over a bar as long as the share."""
    known = not np.isnan(share)
    share = float(np.clip(share, 0, 1)) if known else 0.0
    draw.rectangle((x, y + row - 4, x + wide - 1, y + row - 2), fill=LINE)
    if share * wide >= 1:
        draw.rectangle((x, y + row - 4, x + share * wide - 1, y + row - 2), fill=BAR if colour == INK else colour)
    write(sheet, (x, y), f"{100 * share:.0f} %" if known else "–", letter, colour)
    start = width("100 %", letter) + letter / 2
    write(sheet, (x + start, y), shorten(str(name), wide - start, letter), letter, colour)


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
    photos, read = list(photos), {}
    for k, each in enumerate(photos):
        try:
            read[k] = model.preprocessing(each)
        except PictureError:
            continue  # a grey tile on the sheet, without percentages
    seen = np.asarray(model.predict(np.stack(list(read.values())), verbose=0)) if read else np.empty((0, 2))
    table = np.full((len(photos), seen.shape[-1]), np.nan)
    table[list(read)] = seen
    wide = 2 if table.shape[-1] == 1 else table.shape[-1]
    names = model.class_names or [f"class {i}" for i in range(wide)]
    if not read:
        table = np.full((len(photos), len(names)), np.nan)
    return pictures(photos, table, names, truth, **options)
