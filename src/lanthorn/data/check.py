"""Looking through photos before training: `check_photos`, and leaving out what cannot be read."""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from . import decode
from .checking.classes import class_name, few, imbalance, spellings
from .checking.look import Looks, look
from .checking.quality import misnamed, odd, quality
from .checking.report import CheckReport, WrongLabel
from .checking.suspects import label_suspects, out_of_fold
from .checking.twins import KINDS, Duplicate, Twin, Twins
from .decode import PictureError, read_picture
from .folder import Folder
from .jpeg import jpeg_head
from .workers import default_workers, for_each

HEAD = 16_384  # bytes at the start of a file in which its declared size is looked for
MOST_WRONG = 0.2  # of all labels may look wrong
_SHOWN = 5

Features = np.ndarray | Callable[[list[str]], np.ndarray]


class PictureWarning(UserWarning):
    """Pictures were left out."""


def check_photos(
    train: Folder,
    validation: Folder | None = None,
    duplicates: bool = True,
    workers: int | None = None,
    *,
    looks: Looks | None = None,
    features: Features | None = None,
    broken: Iterable[PictureError] = (),
) -> CheckReport:
    """Reads every picture once and reports what is broken, poor, twice there, unevenly spread or probably mislabelled.

    `duplicates=False` looks for no twins. `looks` are those already made of a folder that holds all these pictures (see
    `look`): then nothing is read again. `features` are what suspicious labels are told by: an array with a row per
    picture (training, then validation), or a function that is given the paths of the pictures that can be read and
    returns such rows (n, d), those of a frozen network. `broken` are pictures that were left out of the folders before.

        >>> print(check_photos(scan_folder("photos/train"), scan_folder("photos/validation")))  # doctest: +SKIP
    """
    sets = [train] if validation is None else [train, validation]
    seen = [look(some, workers) if looks is None else looks.of(some) for some in sets]
    report = CheckReport(0, compared=duplicates and validation is not None, sets=tuple(sets))
    report.broken.update((error.path, error.reason) for error in broken)
    report.pictures = sum(map(len, seen)) + len(report.broken)
    report.stray = list(
        dict.fromkeys(os.path.join(some.root, name) for some in sets for name in (*some.stray, *some.loose))
    )
    for some in seen:
        report.broken.update((error.path, error.reason) for error in some.errors.values())
        for name, n in some.folder.counts().items():
            report.counts[name] = report.counts.get(name, 0) + n
        for into, found in ((report.odd, odd(some)), (report.poor, quality(some)), (report.misnamed, misnamed(some))):
            for what, places in found.items():
                into.setdefault(what, []).extend(some.folder.path(i) for i in places)
    report.weights_help = train.labels.ndim == 1
    report.imbalance, report.few = imbalance(report.counts), few(report.counts)
    report.spellings = spellings(report.counts)
    groups = None
    if duplicates:
        twins = Twins(seen, workers)
        groups = twins.groups()
        _note_twins(report, twins, sets)
    if features is not None:
        _note_suspects(report, seen, features, groups)
    return report


def _note_twins(report: CheckReport, twins: Twins, sets: Sequence[Folder]) -> None:
    train = len(sets[0].filenames)
    names = [class_name(some, i) for some in sets for i in range(len(some.filenames))]
    if report.compared:
        report.duplicates = [
            Duplicate(twins.path(here), twins.path(there), KINDS[kind], names[here] == names[there])
            for here, there, kind in twins.leaks()
        ]
    for a, b, kind in zip(twins.first.tolist(), twins.second.tolist(), twins.kind.tolist(), strict=True):
        twin = Twin(twins.path(a), twins.path(b), KINDS[kind], (names[a], names[b]))
        if not twin.same_class:
            report.two_labels.append(twin)
        elif (a < train) == (b < train):
            report.copies.append(twin)
        if a < train <= b and report.compared:
            report.leaking.append(Duplicate(twin.second, twin.first, twin.kind, twin.same_class))
    report.copies.sort(key=lambda twin: KINDS.index(twin.kind))


def _note_suspects(report: CheckReport, seen: Sequence[Looks], features: Features, groups: Any) -> None:
    labels = np.concatenate([some.folder.labels for some in seen])
    if labels.ndim != 1:  # several labels per picture: what is said here does not hold for them
        return
    read = np.flatnonzero(np.concatenate([some.read for some in seen]))
    paths = [some.folder.path(i) for some in seen for i in range(len(some))]
    rows = np.asarray(features([paths[i] for i in read]) if callable(features) else features)
    rows = rows[read] if len(rows) == len(paths) else rows
    if len(rows) != len(read):
        raise ValueError(
            f"check_photos: features must have a row for each of the {len(paths)} pictures (or of the {len(read)} that "
            f"can be read), got {len(rows)}."
        )
    names = seen[0].folder.class_names
    table = out_of_fold(rows, labels[read], len(names), None if groups is None else groups[read])
    found = label_suspects(labels[read], table)
    if len(found) > MOST_WRONG * len(read):  # the features cannot tell these classes apart: nothing can be said
        return
    report.suspects_sought = True
    report.suspects = [WrongLabel(paths[read[s.place]], names[s.given], names[s.proposed], s.score) for s in found]


def looks_whole(path: str) -> bool:
    """Whether a file ends as its format says and declares a size that a photo has: a look at its ends.

    False means "decode it to be sure".
    """
    try:
        with open(path, "rb", buffering=0) as file:
            start = file.read(HEAD)
            size = os.fstat(file.fileno()).st_size
            if size > len(start):
                file.seek(size - 64)
            end = file.read() if size > len(start) else start[-64:]
    except OSError:
        return False
    if start[:3] == b"\xff\xd8\xff":
        head = jpeg_head(start)
        if head is not None and head.height * head.width > decode.max_pixels():
            return False
        return end.rstrip(b"\0").endswith(b"\xff\xd9")
    if not start.startswith(b"\x89PNG") or b"IEND" not in end[-16:]:
        return False
    return int.from_bytes(start[16:20]) * int.from_bytes(start[20:24]) <= decode.max_pixels()


def find_broken(folder: Folder, workers: int | None = None) -> dict[int, PictureError]:
    """Places of the pictures that cannot be read, with their errors. Files that end as they should are believed."""

    def judge(i):
        path = folder.path(i)
        if looks_whole(path):
            return None
        try:
            read_picture(path)
        except PictureError as error:
            return error
        except OSError as error:
            return PictureError(path, f"cannot be opened ({error.strerror or error})")
        return None

    found = for_each(judge, len(folder.filenames), default_workers() if workers is None else workers)
    return {i: error for i, error in enumerate(found) if error is not None}


def check_on_error(who: str, on_error: str) -> None:
    if on_error not in ("skip", "raise"):
        raise ValueError(f"{who}: on_error must be 'skip' or 'raise', got {on_error!r}.")


def without_broken(
    folder: Folder, on_error: str = "skip", workers: int | None = None, into: list[PictureError] | None = None
) -> Folder:
    """The folder without its broken pictures, which one warning counts and names; on_error='raise' raises the first.

    The errors are added to `into`.
    """
    broken = find_broken(folder, workers)
    if not broken:
        return folder
    if on_error == "raise":
        raise next(iter(broken.values()))
    warn_skipped(folder.root, list(broken.values()))
    if into is not None:
        into += broken.values()
    return folder.select(np.setdiff1d(np.arange(len(folder.filenames)), list(broken)))


def warn_skipped(where: str, errors: list[PictureError]) -> None:
    """One warning for all of them."""
    named = "; ".join(f"{e.path}: {e.reason}" for e in errors[:_SHOWN])
    more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
    many = "1 picture cannot be read and was" if len(errors) == 1 else f"{len(errors)} pictures cannot be read and were"
    warnings.warn(
        f"{where}: {many} skipped ({named}{more}). To stop at the first instead: --on-error raise on the command line, "
        "on_error='raise' in Python.",
        PictureWarning,
        stacklevel=3,
    )
