"""Which head a frozen network should get, and which network: accuracy on photos that no head was trained on.

    python benchmarks/heads.py TWO TWENTY --weights MOBILENET_V2.h5 [--networks MobileNetV2,Wick] [--draws 5]
        [--only WORD] [--keep FOLDER] [--csv FILE]

TWO is a folder of photos of two classes (train/ of Alien vs Predator), TWENTY Caltech-101, of which the 20 classes that
Wick has never seen are taken (recipes/wick/pictures.py). Tasks: 30 and 200 photos of each of the two classes, and 20 of
each of the 20; what is not drawn for training is tested on, without and with its mirror image. Features of augmented
views of every photo are computed once, and a head is trained on them by `fit` as `lanthorn train` does it. The first
variant is its default; each other differs from that in what its name says. Networks: MobileNetV2, Wick, "random Wick"
and pixels (photos of 32 x 32 in the place of features); "--only default" compares networks.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import lanthorn
from lanthorn import callbacks, data, layers, optimizers
from lanthorn.photos import head

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes" / "wick"))

VIEWS = 8
BASE = {  # what `lanthorn train` does
    "hidden": head.HIDDEN, "dropout": head.DROPOUT, "decay": 0.0, "rate": head.ON_A_FROZEN_BACKBONE.rate,
    "falling": True, "epochs": head.ON_A_FROZEN_BACKBONE.epochs, "views": head.VIEWS,
    "norm": False, "smoothing": 0.0, "patience": 0,
}  # fmt: skip
VARIANTS = [
    {},
    {"rate": 1e-3, "dropout": 0.0, "epochs": 3, "falling": False},  # what `lanthorn train` did before
    *({"views": n} for n in (1, 8)),
    *({"epochs": n} for n in (15, 60)),
    *({"rate": r} for r in (1e-3, 1e-2)),
    {"falling": False},
    *({"decay": d} for d in (0.1, 1.0)),
    *({"dropout": d} for d in (0.0, 0.2)),
    {"hidden": 256},
    *({"hidden": 0, "dropout": 0.0, "rate": r} for r in (1e-3, 3e-3, 1e-2)),
    {"hidden": 0},
    {"norm": True},
    {"smoothing": 0.1},
    {"patience": 5},
]


def network(name: str, weights: Path) -> lanthorn.Model:
    """Pictures to features, frozen."""
    from lanthorn import applications

    if name == "pixels":
        return lanthorn.Sequential([lanthorn.Input((32, 32, 3)), layers.Flatten()])
    if name == "MobileNetV2":
        return applications.MobileNetV2(include_top=False, weights=weights, pooling="avg", input_shape=(224, 224, 3))
    own = None if name == "random Wick" else "wick"
    return applications.Wick(weights=own, pooling="avg", input_shape=(192, 192, 3))


class Seen:
    """Features of a folder's photos: `views` (V, n, f) augmented, `plain` and `mirrored` (n, f); `labels` (n,)."""

    def __init__(self, name: str, weights: Path, folder: data.Folder, keep: Path | None):
        self.labels = folder.labels
        self.targets = np.eye(len(folder.class_names), dtype=np.float32)[self.labels]  # (n, classes)
        if keep and keep.exists():
            with np.load(keep) as file:
                self.plain, self.mirrored, self.views = file["plain"], file["mirrored"], file["views"]
            return
        from pictures import Epoch

        base = network(name, weights)
        prep = data.Preprocessing(base.input_shape[1:3], scale="tf")
        plain, mirrored, views = (
            data.Dataset(folder, prep, augment=changes, labels=None, shuffle=False)
            for changes in (None, [data.Flip(p=1.0)], [data.Affine(shear=10, zoom=0.2), data.Flip()])
        )
        self.plain, self.mirrored = (base.predict(some, verbose=0) for some in (plain, mirrored))
        self.views = np.stack([base.predict(Epoch(views, v), verbose=0) for v in range(VIEWS)])
        if keep:
            np.savez(keep, plain=self.plain, mirrored=self.mirrored, views=self.views)


class Turns:
    """Batches of features: epoch e has view e % views of each photo, in an order of its own."""

    def __init__(self, seen: Seen, places: np.ndarray, views: int, seed: int):
        self.seen, self.places, self.views, self.seed = seen, places, views, seed

    def __len__(self) -> int:
        return -(-len(self.places) // 32)

    def epoch_batches(self, epoch: int) -> Iterator:
        order = np.random.default_rng([self.seed, epoch]).permutation(self.places)
        for start in range(0, len(order), 32):
            some = order[start : start + 32]
            yield self.seen.views[epoch % self.views, some], self.seen.targets[some]


def accuracy(seen: Seen, train: np.ndarray, test: np.ndarray, seed: int, variant: dict) -> tuple[float, float]:
    """Share of `test` named right by a head trained on `train`: of plain photos, and averaged with their mirror."""
    set_ = {**BASE, **variant}
    lanthorn.utils.set_random_seed(seed)
    steps = [lanthorn.Input(seen.plain.shape[1:])]
    if set_["norm"]:
        steps.append(layers.BatchNormalization(scale=False, center=False, momentum=0.9))
    if set_["hidden"]:
        steps.append(layers.Dense(set_["hidden"], activation="relu"))
    if set_["dropout"]:
        steps.append(layers.Dropout(set_["dropout"]))
    model = lanthorn.Sequential([*steps, layers.Dense(seen.targets.shape[-1])])
    watched, watched_on = [], None
    if set_["patience"]:  # a fifth of the photos is not trained on, but watched
        rest, apart = data.stratified_split(seen.labels[train], 0.2, seed)
        train, apart = train[rest], train[apart]
        watched_on = seen.plain[apart], seen.targets[apart]
        watched = [callbacks.EarlyStopping(patience=set_["patience"], restore_best_weights=True)]
    turns = Turns(seen, train, set_["views"], seed)
    rate = set_["rate"]
    if set_["falling"]:
        rate = optimizers.schedules.CosineDecay(rate, set_["epochs"] * len(turns))
    loss = lanthorn.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=set_["smoothing"])
    model.compile(optimizers.AdamW(rate, weight_decay=set_["decay"]), loss)
    model.fit(turns, epochs=set_["epochs"], validation_data=watched_on, callbacks=watched, verbose=0)
    plain, mirrored = (model.predict(x[test], verbose=0) for x in (seen.plain, seen.mirrored))
    truth = seen.labels[test]
    both = _softmax(plain) + _softmax(mirrored)
    return float((plain.argmax(-1) == truth).mean()), float((both.argmax(-1) == truth).mean())


def _softmax(x: np.ndarray) -> np.ndarray:
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def drawn(labels: np.ndarray, each: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`each` photos of every class to train with, and all others to test with."""
    rng = np.random.default_rng(seed)
    train = np.concatenate([rng.permutation(np.flatnonzero(labels == k))[:each] for k in np.unique(labels)])
    return train, np.setdiff1d(np.arange(len(labels)), train)


def main() -> None:
    from pictures import HELD_OUT

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("two", type=Path, help="a folder of photos of two classes")
    parser.add_argument("twenty", type=Path, help="Caltech-101")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--networks", default="MobileNetV2,Wick")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--only", default="", help="variants that have this in their name")
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for features, which are used again in the next run")
    given = parser.parse_args()
    rows = []
    for name in given.networks.split(","):
        files = [given.keep / f"{name}-{task}.npz" if given.keep else None for task in ("two", "twenty")]
        two = Seen(name, given.weights, data.scan_folder(given.two), files[0])
        twenty = Seen(name, given.weights, data.scan_folder(given.twenty, class_names=HELD_OUT), files[1])
        tasks = {"2 x 30": (two, 30), "2 x 200": (two, 200), "20 x 20": (twenty, 20)}
        for variant in VARIANTS:
            which = ", ".join(f"{k} {v}" for k, v in variant.items()) or "default"
            if given.only not in which:
                continue
            for task, (seen, each) in tasks.items():
                found = [accuracy(seen, *drawn(seen.labels, each, s), s, variant) for s in range(given.draws)]
                (mean, flipped), (spread, _) = np.mean(found, 0), np.std(found, 0)
                rows.append([name, task, which, round(mean, 4), round(spread, 4), round(flipped, 4)])
            shown = "".join(f"  {r[3]:.4f} ±{r[4]:.4f} {r[5]:.4f}" for r in rows[-3:])
            print(f"{name:12} {which:40}{shown}", flush=True)
    if given.csv:
        with open(given.csv, "w", newline="") as file:
            csv.writer(file).writerows([["network", "task", "variant", "accuracy", "spread", "with flips"], *rows])


if __name__ == "__main__":
    main()
