"""What `lanthorn check` costs, and what it finds: twins among many photos, and wrong labels.

    python benchmarks/checking.py [--twins] [--suspects] [--photos FOLDER] [--json FILE]

`--twins` searches made-up grey copies of which one in fifty is there twice (10,000 to 100,000), and copies that are all
alike, which is the worst there can be. `--suspects` flips 5 % of the labels of ../shared/data/avp/train at
random (seeds 0 to 4) and counts how many of them are among as many suspects. `--photos` checks a folder of classes.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from rows import append

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WEIGHTS = SHARED / "weights" / "mobilenet_v2_1.0_224_imagenet.weights.h5"


def _row(what: str, value: float, unit: str) -> dict:
    print(f"  {what:72} {value:10,.3f} {unit}", flush=True)
    return {"what": what, "engine": None, "who": "lanthorn", "value": value, "unit": unit}


def _greys(n: int, seed: int = 0) -> np.ndarray:
    """Smooth made-up grey copies, (n, 24, 24), a few at a time."""
    rng, found = np.random.default_rng(seed), np.empty((n, 24, 24), np.uint8)
    for start in range(0, n, 4096):
        x = rng.normal(size=(min(4096, n - start), 24, 24)).astype(np.float32)
        for axis in (1, 2):
            for _ in range(3):
                x = (x + np.roll(x, 1, axis) + np.roll(x, -1, axis)) / 3
        x -= x.min((1, 2), keepdims=True)
        found[start : start + len(x)] = x / x.max((1, 2), keepdims=True) * 255
    return found


def _noisy(x: np.ndarray, seed: int = 1) -> np.ndarray:
    return np.clip(x + np.random.default_rng(seed).integers(-4, 5, x.shape, np.int16), 0, 255).astype(np.uint8)


def twins() -> list[dict]:
    """Seconds and memory of the search, and the share of the pairs that it finds."""
    from lanthorn.data.checking.likeness import near_pairs

    rows = []
    for n in (10_000, 20_000, 50_000, 100_000):
        greys, twice = _greys(n), n // 50
        greys[n // 2 : n // 2 + twice] = _noisy(greys[:twice])
        start = time.perf_counter()
        first, second, _, _ = near_pairs(greys, workers=2)
        rows.append(_row(f"twins: {n:,} photos, {twice:,} of them twice", time.perf_counter() - start, "s"))
        found = set(zip(first.tolist(), second.tolist(), strict=True))
        rows.append(_row("  of the pairs found", sum((k, n // 2 + k) in found for k in range(twice)) / twice, ""))
        rows.append(_row("  false pairs", len(found) - sum((k, n // 2 + k) in found for k in range(twice)), ""))
        rows.append(_row("  peak of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"))
    for n in (10_000, 20_000, 50_000):
        start = time.perf_counter()
        near_pairs(_noisy(np.repeat(_greys(1), n, axis=0)), workers=2)
        rows.append(_row(f"twins: {n:,} photos that are all nearly equal", time.perf_counter() - start, "s"))
    return rows


def suspects(share: float = 0.05) -> list[dict]:
    """Wrong labels among as many suspects, on features of Wick and of MobileNetV2."""
    import lanthorn
    from lanthorn.data import Preprocessing, label_suspects, out_of_fold, scan_folder

    folder, rows = scan_folder(SHARED / "avp" / "train"), []
    applications = lanthorn.applications
    for name, size, make in (
        ("Wick", 192, lambda s: applications.Wick(input_shape=(s, s, 3), pooling="avg")),
        ("Wick", 224, lambda s: applications.Wick(input_shape=(s, s, 3), pooling="avg")),
        (
            "MobileNetV2",
            224,
            lambda s: applications.MobileNetV2((s, s, 3), include_top=False, weights=str(WEIGHTS), pooling="avg"),
        ),
    ):
        prepare, network = Preprocessing(size, scale="tf"), make(size)
        pictures = np.stack([prepare(folder.path(i)) for i in range(len(folder.labels))])
        ways = [np.asarray(network.predict(x, verbose=0)) for x in (pictures, pictures[:, :, ::-1].copy())]
        for said, features in (("", ways[0]), (" and mirrored", ways[0] + ways[1])):
            found = []
            for seed in range(5):
                rng, labels = np.random.default_rng(seed), folder.labels.copy()
                flipped = rng.choice(len(labels), round(share * len(labels)), replace=False)
                labels[flipped] = 1 - labels[flipped]
                start = time.perf_counter()
                named = label_suspects(labels, out_of_fold(features, labels, 2))
                seconds = time.perf_counter() - start
                found.append(len({s.place for s in named[: len(flipped)]} & set(flipped.tolist())) / len(flipped))
            print("   ", np.round(found, 2))
            rows.append(_row(f"suspects: {name} at {size}{said}, mean of seeds 0 to 4", float(np.mean(found)), ""))
            rows.append(_row(f"suspects: {name} at {size}{said}, time without the features", seconds, "s"))
    rng = np.random.default_rng(0)
    for n, d, classes in ((700, 1280, 2), (10_000, 512, 20)):
        labels = rng.integers(0, classes, n)
        features = rng.normal(size=(n, d)).astype(np.float32) + np.eye(classes, d, dtype=np.float32)[labels] * 4
        start = time.perf_counter()
        out_of_fold(features, labels, classes)
        rows.append(_row(f"suspects: {n:,} x {d} features, {classes} classes", time.perf_counter() - start, "s"))
    return rows


def photos(folder: Path) -> list[dict]:
    """The check of a folder of classes, or of its train/ and validation/."""
    from lanthorn.data import check_photos, find_splits, scan_folder

    train, validation = find_splits(folder)
    sets = [scan_folder(part) for part in (train, validation) if part]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        report = check_photos(*sets)
        times.append(time.perf_counter() - start)
    print(report)
    return [_row(f"check of {report.pictures:,} photos", min(times), "s")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--twins", action="store_true")
    parser.add_argument("--suspects", action="store_true")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--json", type=Path, help="file to which rows are appended, one JSON a line")
    given = parser.parse_args()
    if given.twins:
        append(given.json, twins())
    if given.suspects:
        append(given.json, suspects())
    if given.photos:
        append(given.json, photos(given.photos))


if __name__ == "__main__":
    main()
