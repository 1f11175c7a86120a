"""By what are photos of other things told best? Rules that say "none of these", on photos that no model was trained on.

    python benchmarks/none_of_these.py AVP CALTECH [--weights FILE …] [--seeds 3] [--csv FILE]

Four questions: Alien vs Predator against Caltech-101; the 20 classes of it that Wick has never seen, 25 photos of each,
against the other classes; three flowers against faces; and the hardest, 10 of those 20 against the other 10. Each rule
is a number per photo, larger for what is known. Its threshold lets 95 % of one half of the held-out photos pass. Told
are: the share of the other half that passes, the share of the photos of other things that is refused, and the area
under the ROC curve. The backbone is Wick, and each network of --weights.
"""

import argparse
import csv
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lanthorn
from lanthorn.photos.loading import answering
from lanthorn.photos.reading import batches
from lanthorn.photos.unknown import cut, feature_layer, unit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes" / "wick"))

KEPT, OTHERS, NEIGHBOURS = 0.95, 500, 5
FLOWERS = ("lotus", "sunflower", "water_lilly")


class Seen(NamedTuple):
    """What a network makes of photos: (photos, …) each."""

    features: np.ndarray  # of the backbone
    hidden: np.ndarray
    logits: np.ndarray


class Task(NamedTuple):
    """Photos to train on, and those of other things."""

    title: str
    photos: Path
    others: list[Path]


def tasks(avp: Path, caltech: Path, work: Path, seed: int) -> list[Task]:
    from pictures import HELD_OUT

    rng = np.random.default_rng(seed)
    unseen = sorted(HELD_OUT)
    names = sorted(path.name for path in caltech.iterdir() if path.is_dir() and path.name != "BACKGROUND_Google")
    ten = list(rng.permutation(unseen))

    def some(classes: Any) -> list[Path]:
        files = [file for name in classes for file in sorted((caltech / name).iterdir())]
        return [files[i] for i in rng.permutation(len(files))[:OTHERS]]

    def folder(title: str, classes: Any, photos: int) -> Path:
        for name in classes:
            files = sorted((caltech / name).iterdir())
            order = rng.permutation(len(files))
            for part, chosen in (("train", order[:photos]), ("validation", order[photos : photos + 60])):
                (work / title / part / name).mkdir(parents=True)
                for i in chosen:
                    (work / title / part / name / files[i].name).symlink_to(files[i].resolve())
        return work / title

    return [
        Task("Alien vs Predator / Caltech", avp, some(names)),
        Task("20 classes / 81 others", folder("20", unseen, 25), some(set(names) - set(unseen))),
        Task("flowers / faces", folder("flowers", FLOWERS, 25), some(n for n in names if n.startswith("Faces"))),
        Task("10 unseen / 10 unseen", folder("10", ten[:10], 25), some(ten[10:])),
    ]


def looked_at(model: Any, paths: list[Any]) -> Seen:
    """Features by the backbone; the head by hand, which is two matrices."""
    run = answering(cut(model, feature_layer(model))[0], len(paths))
    rows = [run(pictures) for _, pictures, _ in batches(paths, model.preprocessing, 32, 0) if len(pictures)]
    features = np.concatenate(rows).astype(np.float64)
    (w, b), (v, c) = (model.get_layer(name).get_weights() for name in ("hidden", "classes"))
    hidden = np.maximum(features @ w + b, 0)
    return Seen(features, hidden, hidden @ v + c)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def means(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.stack([rows[labels == c].mean(axis=0) for c in range(labels.max() + 1)])


def precision(rows: np.ndarray) -> np.ndarray:
    """The inverse of the covariance, shrunk by Ledoit and Wolf's rule (2004): there are fewer photos than features."""
    count, size = rows.shape
    table = rows.T @ rows / count
    scale = np.trace(table) / size
    spread = ((table - scale * np.eye(size)) ** 2).sum()
    noise = ((rows**2).sum(axis=1) ** 2).sum() / count**2 - (table**2).sum() / count
    share = float(np.clip(noise / spread, 0.01, 1))
    return np.linalg.inv((1 - share) * table + share * scale * np.eye(size))


def mahalanobis(train: np.ndarray, labels: np.ndarray, rows: np.ndarray, relative: bool = False) -> np.ndarray:
    """To the nearest class, one covariance for all (Lee et al. 2018); relative: less that to all (Ren et al. 2021)."""
    centres = means(train, labels)

    def distances(points: np.ndarray, centre: np.ndarray, inverse: np.ndarray) -> np.ndarray:
        return np.einsum("ij,jk,ik->i", points - centre, inverse, points - centre)

    inside = precision(train - centres[labels])
    near = np.min([distances(rows, centre, inside) for centre in centres], axis=0)
    if relative:
        near = near - distances(rows, train.mean(axis=0), precision(train - train.mean(axis=0)))
    return -near


def cosine(train: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return (unit(rows) @ unit(means(unit(train), labels)).T).max(axis=1)


def neighbours(train: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The angle to the fifth nearest training photo (Sun et al. 2022)."""
    return np.sort(unit(rows) @ unit(train).T, axis=1)[:, -NEIGHBOURS]


def rules(train: Seen, labels: np.ndarray, seen: Seen) -> dict[str, np.ndarray]:
    """A number per photo by each rule, larger for what is known."""
    shares = softmax(seen.logits)
    two = np.sort(shares, axis=1)
    top = seen.logits.max(axis=1)
    near = cosine(train.features, labels, seen.features)
    own = unit(means(unit(train.features), labels))[shares.argmax(axis=1)]
    return {
        "largest probability": two[:, -1],
        "margin of two probabilities": two[:, -1] - two[:, -2],
        "largest logit": top,
        "energy": top + np.log(np.exp(seen.logits - top[:, None]).sum(axis=1)),
        "cosine to a class mean, hidden layer": cosine(train.hidden, labels, seen.hidden),
        "cosine to a class mean": near,
        "cosine to the mean of the class named": (unit(seen.features) * own).sum(axis=1),
        "cosine to the fifth neighbour": neighbours(train.features, seen.features),
        "Mahalanobis, hidden layer": mahalanobis(train.hidden, labels, seen.hidden),
        "Mahalanobis": mahalanobis(train.features, labels, seen.features),
        "Mahalanobis, relative": mahalanobis(train.features, labels, seen.features, True),
        "cosine × largest probability": near * two[:, -1],
        "cosine × log of energy": near * np.log1p(np.maximum(top, 0)),
    }


def area(known: np.ndarray, other: np.ndarray) -> float:
    """Of all pairs, in how many the known photo has the larger number (AUROC)."""
    both = np.concatenate([known, other])
    _, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place][: len(known)]
    return float((ranks.sum() - len(known) * (len(known) + 1) / 2) / (len(known) * len(other)))


def measured(task: Task, weights: str | None, seed: int) -> dict[str, tuple[float, float, float]]:
    backbone = {"backbone": "wick"} if weights is None else {"weights": weights}
    result = lanthorn.train(task.photos, seed=seed, verbose=0, **backbone)
    folders = result.train.folder, result.validation.folder
    train, held = (looked_at(result.model, [f.path(i) for i in range(len(f.filenames))]) for f in folders)
    other = looked_at(result.model, list(task.others))
    labels = np.asarray(folders[0].labels)
    ours, theirs = rules(train, labels, held), rules(train, labels, other)
    half = np.random.default_rng(seed).permutation(len(held.logits)) % 2 == 0
    found = {}
    for name, known in ours.items():
        least = np.quantile(known[half], 1 - KEPT)
        found[name] = area(known, theirs[name]), float((theirs[name] < least).mean()), float((known[~half] >= least).mean())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("avp", type=Path)
    parser.add_argument("caltech", type=Path)
    parser.add_argument("--weights", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    runs: dict[tuple[str, str, str], list] = {}
    for seed in range(given.seeds):
        with tempfile.TemporaryDirectory() as work:
            for task in tasks(given.avp, given.caltech, Path(work), seed):
                for weights in [None, *given.weights]:
                    started = time.perf_counter()
                    backbone = "wick" if weights is None else Path(weights).name[:20]
                    for name, row in measured(task, weights, seed).items():
                        runs.setdefault((backbone, task.title, name), []).append(row)
                    print(f"seed {seed}, {backbone}, {task.title}: {time.perf_counter() - started:.0f} s", flush=True)
    rows = []
    for (backbone, title, name), each in runs.items():
        numbers = [statistics.mean(column) for column in zip(*each, strict=True)]
        rows.append([backbone, title, name, *(f"{number:.3f}" for number in numbers)])
        print(f"{backbone:<20} {title:<28} {name:<38} AUROC {numbers[0]:.3f}  refused {numbers[1]:.3f}  kept {numbers[2]:.3f}")
    if given.csv:
        with open(given.csv, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["backbone", "photos / others", "rule", "auroc", "refused", "kept"], *rows])


if __name__ == "__main__":
    main()
