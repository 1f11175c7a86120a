"""The same photos by the command line, by `lanthorn.train`, by the README's lines in Keras: the same accuracy?

    python benchmarks/three_ways.py AVP CALTECH [--seeds 5] [--csv FILE]

AVP is the folder of Alien vs Predator (train/ and validation/), CALTECH Caltech-101. Three set-ups: AvP; 20 classes
that Wick has never seen, 25 photos of each; 3 of them, 24 photos of each. Validation is AvP's, else all other photos
of the classes, at most 60 of each. The backbone is Wick, so that nothing else is needed.
"""

import argparse
import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import lanthorn as keras
from lanthorn import data, layers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recipes" / "wick"))


def drawn(caltech: Path, classes: int, photos: int, seed: int, into: Path) -> Path:
    """train/ and validation/ with `photos` and up to 60 photos of each of so many classes."""
    from pictures import HELD_OUT

    rng = np.random.default_rng(seed)
    for name in sorted(HELD_OUT)[:classes]:
        files = sorted((caltech / name).iterdir())
        order = rng.permutation(len(files))
        for part, chosen in (("train", order[:photos]), ("validation", order[photos : photos + 60])):
            (into / part / name).mkdir(parents=True)
            for i in chosen:
                shutil.copy(files[i], into / part / name)
    return into


def by_command(photos: Path, seed: int, work: Path) -> float:
    words = ["train", photos, "-o", work / f"c{seed}.keras", "--backbone", "wick", "--seed", str(seed)]
    subprocess.run([sys.executable, "-m", "lanthorn", *words], check=True, capture_output=True)
    return keras.load_model(work / f"c{seed}.keras").metadata["validation"]["accuracy"]


def by_function(photos: Path, seed: int, work: Path) -> float:
    found = keras.train(photos, backbone="wick", seed=seed, verbose=0).accuracy
    assert found is not None
    return found


def by_hand(photos: Path, seed: int, work: Path) -> float:
    """The lines of the README's "In Keras, step by step"."""
    keras.set_random_seed(seed)
    augment = [data.Affine(shear=10), data.Flip()]
    train, validation = data.folder_datasets(photos, size=(192, 192), scale="tf", augment=augment, seed=seed)
    base = keras.applications.Wick(pooling="avg")
    base.trainable = False
    head = [layers.Dense(128, "relu"), layers.Dropout(0.5), layers.Dense(train.num_classes, "softmax")]
    model = keras.Sequential([base, *head])
    model.compile(keras.optimizers.AdamW(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, epochs=30, augment_views=3, verbose=0)
    return keras.evaluate(model, validation, verbose=0).accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("avp", type=Path)
    parser.add_argument("caltech", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for title, classes, photos in (("Alien vs Predator", 0, 0), ("20 x 25", 20, 25), ("3 x 24", 3, 24)):
            for way in (by_command, by_function, by_hand):
                found, started = [], time.perf_counter()
                for seed in range(given.seeds):
                    root = work / f"{classes}-{photos}-{seed}"
                    if classes and not root.exists():
                        drawn(given.caltech, classes, photos, seed, root)
                    found.append(way(root if classes else given.avp, seed, work))
                seconds = (time.perf_counter() - started) / given.seeds
                mean, spread = statistics.mean(found), statistics.pstdev(found)
                row = [title, way.__name__, f"{mean:.3f}", f"{spread:.3f}", f"{seconds:.1f}"]
                rows.append([*row, *(f"{each:.3f}" for each in found)])
                print(f"{title:<18} {way.__name__:<12} {mean:.3f} ± {spread:.3f}  {seconds:.1f} s a run", flush=True)
    if given.csv:
        with open(given.csv, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["photos", "way", "mean", "deviation", "seconds"], *rows])


if __name__ == "__main__":
    main()
