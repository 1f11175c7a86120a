"""What MobileNetV2 answers to every view of every photo: computed once, kept in files, one per view."""

from pathlib import Path

import numpy as np
from pictures import VIEWS, Epoch, Views

import lanthorn
from lanthorn import data, layers

SIZE = 192  # pixels: 6 x 6 places of features, 3 x 3 in each of the four windows


def teacher(weights: Path) -> lanthorn.Model:
    """Pictures (n, 192, 192, 3) to the features of their four quarters, (n, 2, 2, 1280)."""
    base = lanthorn.applications.MobileNetV2(include_top=False, weights=weights, input_shape=(SIZE, SIZE, 3))
    return lanthorn.Model(base.input, layers.AveragePooling2D(3)(base.output))


def classifier(weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """The kernel (1280, 1000) and bias of the teacher's last layer: from features to ImageNet's classes."""
    kernel, bias = lanthorn.applications.MobileNetV2(weights=weights).get_layer("predictions").get_weights()
    return kernel, bias


def answers(folder: data.Folder, weights: Path, work: Path) -> list[np.ndarray]:
    """By view, the teacher's features of all photos, float16 (photos, 2, 2, 1280), read from disk as they are needed.

    What has been computed before is not computed again.
    """
    pictures, model = Views(folder, SIZE), None
    for view in range(VIEWS):
        file = work / f"answers-{view:02}.npy"
        if file.exists():
            continue
        model = model or teacher(weights)
        print(f"teacher: view {view + 1} of {VIEWS} of {pictures.samples} photos", flush=True)
        seen = model.predict(Epoch(pictures, view), verbose=0)
        with open(file.with_suffix(".tmp"), "wb") as out:
            np.save(out, seen.astype(np.float16))
        file.with_suffix(".tmp").rename(file)
    return [np.load(work / f"answers-{view:02}.npy", mmap_mode="r") for view in range(VIEWS)]
