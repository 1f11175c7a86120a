"""By what a photo of something else is told from photos of the classes: ten scores, on photos that nobody trained on.

    python benchmarks/none_of_these.py AVP CALTECH [--seeds 3]

AVP is the folder of Alien vs Predator, CALTECH Caltech-101. A head is trained on features of Wick, as `lanthorn
train` does it. Known: validation photos of the classes. Other: photos of other classes of Caltech. Printed, as means
over draws: the area under the ROC curve; the share of the others that is refused where the threshold lets 95 % of one
half of the known pass; and the share of the other half that passes. Why the choice fell as it did:
docs/decisions/none-of-these.md.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import lanthorn as keras
from lanthorn import data
from lanthorn.photos.loading import answering
from lanthorn.photos.reading import batches
from lanthorn.photos.unknown import unit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes" / "wick"))

Photos = list[tuple[Path, int]]


class Features:
    """What Wick sees in photos."""

    def __init__(self):
        base = keras.applications.Wick(pooling="avg", engine="numpy")
        self.prepare, self.run = data.Preprocessing((192, 192), scale="tf"), answering(base, 1000)
        self.kept: dict[Path, np.ndarray] = {}

    def __call__(self, paths: list[Path]) -> np.ndarray:
        new = [path for path in dict.fromkeys(paths) if path not in self.kept]
        for places, pictures, _ in batches(new, self.prepare, 32, 0):
            self.kept.update(zip([new[i] for i in places], self.run(pictures), strict=True))
        return np.stack([self.kept[path] for path in paths])


def head(x: np.ndarray, y: np.ndarray, seed: int) -> list[np.ndarray]:
    """The weights of a head trained as `lanthorn train` trains it."""
    keras.set_random_seed(seed)
    layers = [keras.layers.Dense(128, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(int(y.max()) + 1)]
    model = keras.Sequential([keras.Input((x.shape[1],)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(3e-3, weight_decay=0.0), loss)
    model.fit(x, y, epochs=30, verbose=0)
    return model.get_weights()


def mahalanobis(x: np.ndarray, y: np.ndarray, share: float = 0.1) -> Callable[[np.ndarray], np.ndarray]:
    """The distance to the nearest class mean, one covariance for all (Lee et al., 2018), shrunk to a multiple of 1."""
    means = np.stack([x[y == c].mean(0) for c in range(y.max() + 1)])
    rest = x - means[y]
    spread = rest.T @ rest / len(x)
    spread = (1 - share) * spread + share * np.trace(spread) / len(spread) * np.eye(len(spread))
    inverse = np.linalg.inv(spread)
    return lambda f: -np.stack([np.einsum("ij,ij->i", (f - m) @ inverse, f - m) for m in means]).min(0)


def scores(x: np.ndarray, y: np.ndarray, seed: int) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """The larger, the more a photo is like a class."""
    w1, b1, w2, b2 = head(x, y, seed)

    def logits(f):
        return np.maximum(f @ w1 + b1, 0) @ w2 + b2

    def shares(f):
        e = np.exp(logits(f) - logits(f).max(1, keepdims=True))
        return np.sort(e / e.sum(1, keepdims=True), axis=1)

    def probability(f):
        return shares(f)[:, -1]

    def angle(f):
        return (unit(f) @ means.T).max(1)

    means, rows = unit(np.stack([unit(x)[y == c].mean(0) for c in range(y.max() + 1)])), unit(x)
    hidden, whole = mahalanobis(np.maximum(x @ w1 + b1, 0), y), mahalanobis(x, y)
    all_photos = mahalanobis(x, 0 * y)
    return {
        "largest probability": probability,
        "margin of two": lambda f: shares(f)[:, -1] - shares(f)[:, -2],
        "largest logit": lambda f: logits(f).max(1),
        "energy": lambda f: np.log(np.exp(logits(f)).sum(1)),
        "Mahalanobis, hidden layer": lambda f: hidden(np.maximum(f @ w1 + b1, 0)),
        "Mahalanobis, features": whole,
        "Mahalanobis, relative": lambda f: whole(f) - all_photos(f),  # Ren et al., 2021
        "5th nearest photo, angle": lambda f: np.sort(unit(f) @ rows.T, axis=1)[:, -5],
        "nearest class mean, angle": angle,
        "the same × probability": lambda f: angle(f) * probability(f),
    }


def compare(found: dict, title: str, see: Features, seed: int, train: Photos, known: Photos, other: list[Path]) -> None:
    """Adds to `found`, by title and score: area, share refused, share that passes."""
    x, y = see([path for path, _ in train]), np.array([label for _, label in train])
    mine, others = see([path for path, _ in known]), see(other)
    half = np.random.default_rng(seed).permutation(len(mine)) % 2 == 0
    for name, score in scores(x, y, seed).items():
        a, b = score(mine), score(others)
        ranks = np.concatenate([a, b]).argsort().argsort() + 1
        area = (ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2) / (len(a) * len(b))
        least = np.quantile(a[half], 0.05)
        found.setdefault((title, name), []).append((area, np.mean(b < least), np.mean(a[~half] >= least)))


def main() -> None:
    from pictures import HELD_OUT

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("avp", type=Path)
    parser.add_argument("caltech", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    found, see = {}, Features()
    for seed in range(given.seeds):
        draw(found, see, given, seed, HELD_OUT)
    for (title, name), rows in found.items():
        area, refused, passed = np.mean(rows, axis=0)
        print(f"{title:<36} {name:<26} area {area:.3f}   refused {refused:.3f}   known that pass {passed:.3f}")


def draw(found: dict, see: Features, given: argparse.Namespace, seed: int, unseen: tuple[str, ...]) -> None:
    """One draw of photos of each set-up."""
    rng = np.random.default_rng(seed)
    all_names = sorted(each.name for each in given.caltech.iterdir() if each.name != "BACKGROUND_Google")

    def some(name: str, most: int | None = None) -> list[Path]:
        files = sorted((given.caltech / name).iterdir())
        return [files[i] for i in rng.permutation(len(files))[:most]]

    def split(names: list[str], photos: int, most: int) -> tuple[Photos, Photos]:
        parts = [(label, some(name, photos + most)) for label, name in enumerate(names)]
        train = [(path, label) for label, files in parts for path in files[:photos]]
        return train, [(path, label) for label, files in parts for path in files[photos:]]

    sets = [
        [(p, i) for i, c in enumerate(("alien", "predator")) for p in sorted((given.avp / part / c).iterdir())]
        for part in ("train", "validation")
    ]
    compare(found, "Alien vs Predator", see, seed, *sets, [p for name in all_names for p in some(name, 4)])
    others = [p for name in all_names if name not in unseen for p in some(name, 5)]
    compare(found, "20 classes of 25", see, seed, *split(sorted(unseen), 25, 35), others)
    flowers = split(["lotus", "sunflower", "water_lilly"], 24, 60)
    other = some("Faces", 100) + some("airplanes", 50)
    compare(found, "3 flowers of 24; faces, aeroplanes", see, seed, *flowers, other)
    names = list(rng.permutation(sorted(unseen)))
    compare(found, "10 unseen of 25; 10 unseen", see, seed, *split(names[:10], 25, 35),
            [p for name in names[10:] for p in some(name, 35)])  # fmt: skip


if __name__ == "__main__":
    main()
