"""Looking through photos before training: what is broken, what is odd, what is in both training and validation."""

import hashlib
import os
import warnings
from dataclasses import dataclass, field

import numpy as np

from . import decode
from .decode import PictureError, from_pillow, open_pillow, read_picture


from .folder import Folder
from .jpeg import jpeg_head
from .workers import default_workers, for_each

HEAD = 16_384  # bytes at the start of a file in which its declared size is looked for
_SHOWN = 5


class PictureWarning(UserWarning):
    """Pictures were left out."""


@dataclass
class CheckReport:
    """What `check_photos` found. Prints well."""

    pictures: int
    broken: dict[str, str] = field(default_factory=dict)  # path: reason
    odd: dict[str, list[str]] = field(default_factory=dict)  # what is odd: paths
    stray: list[str] = field(default_factory=list)
    duplicates: list = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    compared: bool = False  # whether duplicates were looked for

    @property
    def ok(self) -> bool:
        """Nothing broken, nothing in both sets."""
        return not self.broken and not self.duplicates

    def __str__(self):
        lines = [f"{self.pictures} pictures: " + ", ".join(f"{name} {n}" for name, n in self.counts.items())]
        lines += _listing("cannot be read and will be skipped", [f"{p}: {r}" for p, r in self.broken.items()])
        for what, paths in self.odd.items():
            lines += _listing(what, paths)
        lines += _listing("are no pictures and were ignored", self.stray)
        pairs = [
            f"{d.validation} = {d.train} ({d.kind}{'' if d.same_class else ', OTHER CLASS'})" for d in self.duplicates
        ]
        lines += _listing("validation pictures are in the training set too (accuracy on them says little)", pairs, 20)
        if self.ok:
            lines.append("  nothing is broken" + (" and nothing is in both sets" if self.compared else ""))
        return "\n".join(lines)


def _listing(what: str, items: list[str], most: int = _SHOWN) -> list[str]:
    if not items:
        return []
    rest = [f"      … and {len(items) - most} more"] if len(items) > most else []
    return [f"  {len(items)} {what}:", *(f"      {item}" for item in items[:most]), *rest]


def check_photos(
    train: Folder, validation: Folder | None = None, duplicates: bool = True, workers: int | None = None
) -> CheckReport:
    """Reads every picture once and reports what is broken, odd, or in both sets.

    >>> print(check_photos(scan_folder("photos/train"), scan_folder("photos/validation")))  # doctest: +SKIP
    """
    workers = default_workers() if workers is None else workers
    report = CheckReport(0, compared=duplicates and validation is not None)
    seen = []
    for folder in (train, validation) if validation is not None else (train,):
        copies = Copies(len(folder.filenames)) if report.compared else None
        found = for_each(lambda i, f=folder, c=copies: _look_at(f.path(i), i, c), len(folder.filenames), workers)
        seen.append(copies)
        report.pictures += len(found)
        report.stray += [os.path.join(folder.root, name) for name in folder.stray]
        for name, n in folder.counts().items():
            report.counts[name] = report.counts.get(name, 0) + n
        for i, odd in enumerate(found):
            if isinstance(odd, PictureError):
                report.broken[odd.path] = odd.reason
            elif odd:
                report.odd.setdefault(odd, []).append(folder.path(i))
    if validation is not None and report.compared:
        report.duplicates = find_duplicates(train, validation, *seen)
    return report


_ODD_MODES = {
    "P": "have a palette (colours are looked up)",
    "CMYK": "are CMYK (converted to RGB)",
    "YCCK": "are CMYK (converted to RGB)",
    "RGBA": "are transparent (shown over white)",
    "LA": "are transparent (shown over white)",
    "PA": "are transparent (shown over white)",
    "I": "have 16 bits (scaled to 8)",
    "F": "hold floats (scaled to 8 bits)",
    "L": "are grey (repeated in three channels)",
    "1": "are black and white (repeated in three channels)",
}


def _look_at(path: str, number: int, copies) -> "str | PictureError":
    """What is odd about a picture ('' if nothing), or why it cannot be read; notes a small copy of it."""
    from PIL import Image

    try:
        with open(path, "rb") as file:
            data = file.read()
        image = open_pillow(data, path)
        odd = _ODD_MODES.get(image.mode.partition(";")[0], "")
        if image.format == "JPEG":
            image.draft(image.mode, (2 * SIDE, 2 * SIDE))
        if not odd and image.getexif().get(0x0112, 1) > 1:
            odd = "are turned by their EXIF orientation"
        pixels = from_pillow(image, path)
    except PictureError as error:
        return error
    except OSError as error:
        return PictureError(path, f"cannot be opened ({error.strerror or error})")
    if copies is not None:
        grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
        copies.greys[number], copies.read[number] = np.asarray(grey), True
        copies.digests[number] = np.frombuffer(hashlib.sha256(data).digest(), np.uint8)
    return odd


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
        if head is not None and head.height * head.width > decode.MAX_PIXELS:
            return False
        return end.rstrip(b"\0").endswith(b"\xff\xd9")
    if not start.startswith(b"\x89PNG") or b"IEND" not in end[-16:]:
        return False
    return int.from_bytes(start[16:20]) * int.from_bytes(start[20:24]) <= decode.MAX_PIXELS


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


def without_broken(folder: Folder, on_error: str = "skip", workers: int | None = None) -> Folder:
    """The folder without its broken pictures, which one warning counts and names; on_error='raise' raises the first."""
    broken = find_broken(folder, workers)
    if not broken:
        return folder
    if on_error == "raise":
        raise next(iter(broken.values()))
    warn_skipped(folder.root, list(broken.values()))
    return folder.select(np.setdiff1d(np.arange(len(folder.filenames)), list(broken)))


def warn_skipped(where: str, errors: list[PictureError]) -> None:
    """One warning for all of them."""
    named = "; ".join(f"{e.path}: {e.reason}" for e in errors[:_SHOWN])
    more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
    many = "1 picture cannot be read and was" if len(errors) == 1 else f"{len(errors)} pictures cannot be read and were"
    warnings.warn(
        f"{where}: {many} skipped ({named}{more}). Pass on_error='raise' to stop instead.", PictureWarning, stacklevel=3
    )
