"""`lanthorn.report`: measure, look closer, write the page."""

import os
import warnings
from pathlib import Path
from typing import Any, NamedTuple

from ...data import CheckReport, FolderError
from ...data.check import PictureWarning
from ...data.words import counted
from ...saving.atomic import replacing
from .. import reading
from ..checking import check as check_photos
from ..evaluation import Evaluation
from ..loading import load, pixel_limit
from . import classes, course, findings, matrix, mistakes
from .maps import saliency_maps
from .measured import Measured, measure
from .page import page, skipped
from .thumbnails import thumbnails

MOST_BYTES = 9_500_000  # of the page; what words and numbers take is left free of it
ROOM_CARDS, ROOM_CHECK = 3_000_000, 1_000_000


class Report(NamedTuple):
    """What `lanthorn.report` wrote.

    Attributes:
        path: the page.
        evaluation: accuracy, class by class, and the photos that are named wrong.
        check: what was found in the photos; None where they were not checked.
        note: a sentence on which photos were measured.
        skipped: what could not be read, with the reason.
        maps: how many photos have a picture of where the network looked.
    """

    path: Path
    evaluation: Evaluation
    check: CheckReport | None
    note: str
    skipped: dict[str, str]
    maps: int

    def __str__(self) -> str:
        found = [*self.evaluation.summary(), self.note]
        found.append(f"The report is in {self.path} ({self.path.stat().st_size / 1e6:.1f} MB); open it in a browser.")
        return "\n".join(each for each in found if each)


def report(
    model: Any,
    photos: Any,
    output: str | os.PathLike = "report.html",
    *,
    maps: int = 60,
    doubtful: float = 0.6,
    check: bool = True,
    title: str = "",
    batch_size: int = 32,
    flip: bool = False,
    on_error: str = "skip",
    threshold: float | str | None = "auto",
    engine: str | None = None,
    max_pixels: int | None = None,
    verbose: Any = "auto",
) -> Report:
    """Write one HTML page on how good a model is and where it errs: `lanthorn report` as a function.

    The page needs no other file and no network, and stays under 10 MB: the photos that are named wrong, or right with
    little certainty, by name, with where the network looked; accuracy with its interval; the confusion matrix, whose
    cells lead to their photos; precision, recall and calibration; curves of the training; what augmentation shows;
    twins and suspicious labels; settings, versions, and the command that makes the model again. What a model's file
    does not tell is left out.

    Args:
        model: a model that knows its class names and preprocessing, or the file of one.
        photos: what `lanthorn.evaluate` takes: a folder with one sub-folder per class, or with train/ and validation/
            that hold those (measured is the latter). Where the training split its validation photos off from this very
            folder, they are found again and measured.
        output: the page, .html.
        maps: for how many photos it is drawn where the network looked (Grad-CAM), the wrong ones first.
        doubtful: below this probability a right answer is doubtful.
        check: whether to look for twins and suspicious labels, as `lanthorn.check` does.
        title: what stands at the top; not given: the names of the model and the photos.
        batch_size, flip, on_error, threshold, engine, max_pixels, verbose: as for `lanthorn.predict`.

    Returns:
        The path of the page, the Evaluation and what the check found.

    Raises:
        ValueError: the photos have classes that the model does not know, or several labels each; `output` is not
            named .html.
        FolderError: there are no such photos.

    Example:
        >>> print(lanthorn.report("model.keras", "photos", "report.html"))  # doctest: +SKIP
    """
    target = _target(output)
    file = model if isinstance(model, (str, os.PathLike)) else None
    loaded = load(model, engine)
    options = {
        "batch_size": batch_size, "flip": flip, "on_error": on_error, "threshold": threshold, "max_pixels": max_pixels,
        "verbose": verbose,
    }  # fmt: skip
    with warnings.catch_warnings(), pixel_limit(max_pixels):
        warnings.simplefilter("ignore", PictureWarning)  # the page lists what cannot be read
        measured = measure(loaded, photos, doubtful, options)
        found = _checked(photos, max_pixels, verbose) if check else None
    wanted = mistakes.carded(measured)[: max(0, maps)]
    bar = reading.progress(len(wanted), "map", verbose if len(wanted) > 4 else 0)
    with pixel_limit(max_pixels):
        seen, why_not = saliency_maps(loaded, measured, wanted, bar)
        extra = _said(maps, doubtful, check, title, batch_size, flip, threshold, engine, max_pixels)
        text = _written(loaded, file, photos, target, measured, found, seen, why_not, doubtful, title, extra)
    with replacing(target) as temporary:
        Path(temporary).write_text(text, "utf-8", newline="\n")
    return Report(target, measured.evaluation, found, measured.note, measured.broken, len(seen))


def _target(output: str | os.PathLike) -> Path:
    path = Path(output)
    if path.is_dir():
        raise IsADirectoryError(f"report: {path} is a folder. Name a file in it, such as {path / 'report.html'}.")
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"report: expected the name of a page that ends in .html, got {str(path)!r}.")
    return path


def _checked(photos: Any, max_pixels: int | None, verbose: Any) -> CheckReport | None:
    """The check of the photos; None where it cannot be made of them."""
    if not isinstance(photos, (str, os.PathLike)):
        return None
    try:
        return check_photos(photos, max_pixels=max_pixels, verbose=verbose)
    except (FolderError, ImportError):
        return None


def _written(
    model: Any, file: Any, photos: Any, target: Path, measured: Measured, found: Any, seen: dict, why_not: str,
    below: float, title: str, extra: list[str],
) -> str:  # fmt: skip
    noted = model.metadata or {}
    sources, cards = measured.evaluation.predictions.photos, mistakes.carded(measured)
    made = _numbered(sources, cards, ROOM_CARDS)
    checked = findings.findings(found, noted.get("check"), ROOM_CHECK)
    replayed = course.replay(model, photos, measured)
    used = sum(len(each.data) for each in [*made.values(), *seen.values()]) + len(checked) + len(replayed)
    others = [i for i in sorted([*measured.right, *measured.doubtful]) if i not in made and i not in set(cards)]
    room = MOST_BYTES - used - 400 * len(measured.evaluation) - 250_000
    made |= _numbered(sources, others, max(0, room))
    album = mistakes.Album(measured, made, seen)
    doubtful = mistakes.doubtful(album, below) if measured.doubtful else ""
    broken = {**(found.broken if found else {}), **measured.broken}
    parts = [
        ("wrong", f"Named wrong: {counted(len(measured.wrong), 'photo')}", mistakes.wrong(album, why_not)),
        ("doubtful", f"Right, but doubtful: {counted(len(measured.doubtful), 'photo')}", doubtful),
        ("matrix", "What was taken for what", matrix.matrix(measured)),
        ("classes", "Class by class", classes.classes(measured)),
        ("calibration", "Can its percentages be believed?", classes.calibration(measured)),
        ("curves", "How it learnt", course.curves(noted.get("history") or {})),
        ("replay", "What augmentation showed the network", replayed),
        ("check", "Twins and suspicious labels", checked),
        ("unreadable", f"Not read: {counted(len(broken), 'photo')}", skipped(measured, broken)),
        ("right", "All photos that were named right", mistakes.right(album)),
        ("settings", "Settings, and how to make it again",
         course.settings(model, file, photos, target, measured, extra)),
    ]  # fmt: skip
    title = title or f"{Path(file).name if file else model.name}: {_place(photos)}"
    return page(title, measured, below, findings.without_leaks(found, measured.evaluation), parts)


def _numbered(sources: list, numbers: list[int], room: int) -> dict[int, Any]:
    made = thumbnails([sources[i] for i in numbers], room)
    return {i: made[sources[i]] for i in numbers if sources[i] in made}


def _place(photos: Any) -> str:
    folder = getattr(photos, "folder", photos)
    return Path(getattr(folder, "root", folder)).name or str(photos)


def _said(maps, doubtful, check, title, batch_size, flip, threshold, engine, max_pixels) -> list[str]:
    """What was asked for and is not so by default, as words of the command line."""
    given = [
        ("--maps", maps, 60), ("--doubtful", doubtful, 0.6), ("--title", title, ""), ("--batch-size", batch_size, 32),
        ("--threshold", "none" if threshold is None else threshold, "auto"), ("--engine", engine, None),
        ("--max-pixels", max_pixels, None),
    ]  # fmt: skip
    words = [word for flag, value, usual in given if value != usual for word in (flag, str(value))]
    return words + ["--no-check"] * (not check) + ["--flip"] * flip
