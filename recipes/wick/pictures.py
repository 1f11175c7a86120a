"""Which photos Wick learns from, and the views of them that teacher and pupil both look at."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from lanthorn import data

# Classes of Caltech-101 that Wick never sees: what it has learned is tried on them (evaluate.py). None of them has a
# twin among the others, as cougar_face has in cougar_body.
HELD_OUT = (
    "accordion", "anchor", "ant", "bonsai", "butterfly", "camera", "chair", "cup", "dolphin", "elephant", "euphonium",
    "ferry", "helicopter", "kangaroo", "laptop", "lotus", "pizza", "scorpion", "sunflower", "umbrella",
)  # fmt: skip
APART = 40  # one photo in so many is only validated with
FOOD = 3  # one in so many photos of food, which are 64 pixels wide and would outnumber the others
VIEWS = 16  # of each photo; every second one is a mixture of two photos
SCALE = "tf"  # -1 … 1, as the teacher wants it


def folders(root: Path) -> tuple[data.Folder, data.Folder]:
    """The photos to train with and those to validate with: all under `root` but the classes held out."""
    found = data.image_dataset_from_directory(root, labels=None, shuffle=False, seed=0, verbose=False).folder
    names = [Path(name) for name in found.filenames]
    known = [i for i, name in enumerate(names) if name.parent.name not in HELD_OUT]
    known = np.array([i for i in known if not names[i].parts[0].startswith("food") or i % FOOD == 0])
    apart = np.arange(len(known)) % APART == 0
    return found.select(known[~apart]), found.select(known[apart])


class Views(data.Dataset):
    """A folder of photos, each in `VIEWS` views that never change: epoch v gives view v of every photo, in order."""

    def __init__(self, folder: data.Folder, size: int, batch_size: int = 64):
        changes = [
            data.RandomResizedCrop(size, area=(0.25, 1.0)),
            data.Affine(rotate=15, shear=10),
            data.Flip(),
            data.Brightness(0.4),
            data.Contrast(0.4),
            data.Saturation(0.6),
        ]
        prep = data.Preprocessing(size, scale=SCALE)
        super().__init__(folder, prep, batch_size, changes, shuffle=False, labels=None, on_error="raise", cache=2**31)

    def picture(self, which, epoch=0):
        number = int(which)
        seen = super().picture(number, epoch)
        if epoch % 2 == 0:
            return seen
        rng = np.random.default_rng([epoch, number])
        other, share = super().picture(int(rng.integers(self.samples)), epoch), rng.uniform(0.3, 0.7)
        return cv2.addWeighted(seen, share, other, 1 - share, 0)


class Epoch:
    """One epoch of a data set, as batches that `predict` takes."""

    def __init__(self, pictures: data.Dataset, number: int):
        self.pictures, self.number = pictures, number

    def __len__(self) -> int:
        return len(self.pictures)

    def epoch_batches(self, epoch: int):
        return self.pictures.epoch_batches(self.number)


def kept(folder: data.Folder, size: int, work: Path) -> list[np.ndarray]:
    """By view, the pictures (photos, size, size, 3) as they lie on disk: uint8, made where they are not there yet.

    Threads that make pictures hold up the two that train: 45 seconds an epoch, 30 with pictures made beforehand.
    """
    views = Views(folder, size)
    for view in range(VIEWS):
        file = work / f"views-{size}-{view:02}.npy"
        if not file.exists():
            print(f"pictures of {size}: view {view + 1} of {VIEWS}", flush=True)
            shape, draft = (views.samples, *views.shape), file.with_suffix(".tmp")
            table = np.lib.format.open_memmap(draft, "w+", np.uint8, shape)
            with ThreadPoolExecutor() as pool:
                for number, picture in enumerate(pool.map(partial(views.picture, epoch=view), range(views.samples))):
                    table[number] = picture
            draft.rename(file)
    return [np.load(work / f"views-{size}-{view:02}.npy", mmap_mode="r") for view in range(VIEWS)]
