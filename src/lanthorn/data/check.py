"""Looking through photos before training: what is broken, what is odd, what is in both training and validation.

Near duplicates are found by difference hashes (Krawetz, "Kind of like that", 2013) of the picture and of its
mirror image, and confirmed by the correlation of the fine structure of small grey copies, a little shifted if need be.
"""

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

SIDE = 24  # pixels, of the small grey copies; the hash is made of their blocks of 3 x 3: 8 x 8, 2 * 8 * 7 = 112 bits
MOST_BITS = 18  # of 112 may differ in a candidate
CANDIDATES = 3  # per validation picture are looked at closely
LEAST_CORRELATION = 0.5  # unrelated studio shots on white reach 0.42, re-cropped copies of one photo 0.55 and more
HEAD = 16_384  # bytes at the start of a file in which its declared size is looked for
_SHOWN = 5
_AT_A_TIME = 2_000_000  # pairs compared in one go


class PictureWarning(UserWarning):
    """Pictures were left out."""


@dataclass(frozen=True)
class Duplicate:
    """A validation picture that is in the training set too; `kind` is 'same file', 'near' or 'mirrored'."""

    validation: str
    train: str
    kind: str
    same_class: bool


@dataclass
class CheckReport:
    """What `check_photos` found. Prints well."""

    pictures: int
    broken: dict[str, str] = field(default_factory=dict)  # path: reason
    odd: dict[str, list[str]] = field(default_factory=dict)  # what is odd: paths
    stray: list[str] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
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
    report = CheckReport(0)
    seen = []
    for folder in (train, validation) if validation is not None else (train,):
        found = for_each(lambda i, folder=folder: _look_at(folder.path(i)), len(folder.filenames), workers)
        seen.append(found)
        report.pictures += len(found)
        report.stray += [os.path.join(folder.root, name) for name in folder.stray]
        for name, n in folder.counts().items():
            report.counts[name] = report.counts.get(name, 0) + n
        for look in found:
            if isinstance(look, PictureError):
                report.broken[look.path] = look.reason
            elif look.odd:
                report.odd.setdefault(look.odd, []).append(look.path)
    if duplicates and validation is not None:
        report.duplicates, report.compared = _duplicates(train, validation, *seen), True
    return report


@dataclass
class _Look:
    path: str
    odd: str
    digest: bytes
    grey: np.ndarray  # (SIDE, SIDE) uint8


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


def _look_at(path: str) -> "_Look | PictureError":
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
    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return _Look(path, odd, hashlib.sha256(data).digest(), np.asarray(grey))


def _bits(grey: np.ndarray) -> np.ndarray:
    """(n, SIDE, SIDE) greys as (n, 112) bits: is a block brighter than the one to its left, than the one above?"""
    n, m = len(grey), SIDE // 3
    blocks = grey.reshape(n, m, 3, m, 3).mean(axis=(2, 4))
    across, down = blocks[:, :, 1:] > blocks[:, :, :-1], blocks[:, 1:] > blocks[:, :-1]
    return np.concatenate([across.reshape(n, -1), down.reshape(n, -1)], axis=1)


def _fine(grey: np.ndarray) -> np.ndarray:
    """A grey copy without its large shapes: less the mean of the 5 x 5 pixels around each."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(grey.astype(np.float32), 2, mode="edge"), (5, 5))
    return grey - around.mean(axis=(-1, -2))


def alike(a: np.ndarray, b: np.ndarray, shift: int = 2) -> float:
    """The correlation of the fine structure of two small grey copies, the best over shifts by up to `shift` pixels."""
    a, b = _fine(a), _fine(b)
    n, best = len(a), -1.0
    inner = _unit(b[shift : n - shift, shift : n - shift])
    for down in range(2 * shift + 1):
        for across in range(2 * shift + 1):
            best = max(best, float(inner @ _unit(a[down : n - 2 * shift + down, across : n - 2 * shift + across])))
    return best


def _unit(x: np.ndarray) -> np.ndarray:
    flat = x.ravel() - x.mean()
    return flat / max(float(np.linalg.norm(flat)), 1e-6)


def _duplicates(train, validation, seen_train, seen_validation) -> list[Duplicate]:
    """Every validation picture that is in the training set, with its nearest training picture."""
    here = [i for i, look in enumerate(seen_validation) if isinstance(look, _Look)]
    there = [i for i, look in enumerate(seen_train) if isinstance(look, _Look)]
    if not here or not there:
        return []
    digests = {seen_train[i].digest: i for i in reversed(there)}
    greys = np.stack([seen_train[i].grey for i in there])
    ours = np.stack([seen_validation[i].grey for i in here])
    near, kinds = _nearest(ours, greys)
    found = []
    for k, i in enumerate(here):
        j = digests.get(seen_validation[i].digest)
        kind = "same file" if j is not None else kinds[k]
        j = there[near[k]] if j is None else j
        if kind:
            same = validation.class_names[validation.labels[i]] == train.class_names[train.labels[j]]
            found.append(Duplicate(seen_validation[i].path, seen_train[j].path, kind, bool(same)))
    return found


def _nearest(ours: np.ndarray, greys: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Per picture of ours the place of the most alike in `greys`, and 'near', 'mirrored' or '' (none is)."""
    signs = _bits(greys).astype(np.float32) * 2 - 1
    best, kinds = np.zeros(len(ours), np.int64), [""] * len(ours)
    step = max(1, _AT_A_TIME // len(greys))
    for start in range(0, len(ours), step):
        some = ours[start : start + step]
        ways = np.stack([some, some[:, :, ::-1]])
        differ = np.stack([(signs.shape[1] - (_bits(way).astype(np.float32) * 2 - 1) @ signs.T) / 2 for way in ways])
        for k in range(len(some)):
            close = np.argwhere(differ[:, k] <= MOST_BITS)
            close = close[np.argsort(differ[close[:, 0], k, close[:, 1]], kind="stable")[:CANDIDATES]]
            judged = [(alike(greys[j], ways[way, k]), int(way), int(j)) for way, j in close]
            score, way, j = max(judged, default=(-1.0, 0, 0))
            if score >= LEAST_CORRELATION:
                best[start + k], kinds[start + k] = j, ("near", "mirrored")[way]
    return best, kinds


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
