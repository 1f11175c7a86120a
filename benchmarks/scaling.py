"""How time grows: from 1,000 to 100,000 pictures, from 1 to 1,000 classes, from 2 to 200 layers. It should be linear.

    python benchmarks/scaling.py [--engine torch] [--quick]

Pictures: the same few files under so many names, scanned, read, decoded, augmented and batched at 64 x 64. Classes: a
folder with so many sub-folders, scanned and split; a step of a head of so many outputs on so many features. Layers: a
chain of dense layers, 64 wide: built, and a step of `fit`.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from rows import append, best

SIDE = 64


def drawn(folder: Path, classes: int, each: int) -> Path:
    """A folder of small JPEGs: the same few files linked under many names."""
    from PIL import Image

    rng = np.random.default_rng(0)
    source = folder / "source"
    source.mkdir(parents=True)
    for k in range(8):
        small = Image.fromarray(rng.integers(0, 256, (12, 18, 3), dtype=np.uint8))
        small.resize((96, 64), Image.Resampling.BICUBIC).save(source / f"{k}.jpg", quality=90)
    for c in range(classes):
        place = folder / "photos" / f"class_{c:04}"
        place.mkdir(parents=True)
        for k in range(each):
            (place / f"{k:06}.jpg").hardlink_to(source / f"{k % 8}.jpg")
    return folder / "photos"


def pictures(counts, row) -> None:
    from lanthorn.data import Affine, Flip, folder_dataset

    for n in counts:
        with tempfile.TemporaryDirectory() as made:
            photos = drawn(Path(made), 2, n // 2)
            row(f"scan of {n:,} pictures", best(lambda: folder_dataset(photos, SIDE)), "s")  # noqa: B023
            dataset = folder_dataset(photos, SIDE, 32, augment=[Affine(shear=10, zoom=0.2), Flip()])
            row(f"first batch of {n:,}", best(lambda: next(iter(dataset.epoch_batches(0)))), "s")  # noqa: B023
            row(f"an epoch of {n:,} pictures", best(lambda: sum(1 for _ in dataset.epoch_batches(0)), 1), "s")  # noqa: B023


def classes(counts, row) -> None:
    from lanthorn.data import folder_datasets

    for n in counts:
        with tempfile.TemporaryDirectory() as made:
            photos = drawn(Path(made), max(n, 2), max(4, 2000 // n))
            split = best(lambda: folder_datasets(photos))  # noqa: B023
            row(f"scan and split of {n:,} classes, 2,000 pictures and more", split, "s")
        row(f"step of a head of {n:,} outputs", step([n], 1280, n), "s/step")


def layers(counts, row) -> None:
    for n in counts:
        row(f"building {n} layers", best(lambda: chain([64] * n, 64)), "s")  # noqa: B023
        row(f"step of {n} layers", step([64] * n, 64, 64), "s/step")


def chain(sizes: list[int], inputs: int):
    import lanthorn as keras

    inner = [keras.layers.Dense(size, activation="relu") for size in sizes[:-1]]
    model = keras.Sequential([keras.Input((inputs,)), *inner, keras.layers.Dense(sizes[-1])])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def step(sizes: list[int], inputs: int, labels: int, steps: int = 50) -> float:
    """Seconds of a step of `fit` of a chain of dense layers."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32 * steps, inputs)).astype("float32"), rng.integers(0, labels, 32 * steps)
    model = chain(sizes, inputs)
    model.fit(x, y, verbose=0)
    return best(lambda: model.fit(x, y, verbose=0)) / steps


def measure(engine: str = "torch", quick: bool = False) -> list[dict]:
    import lanthorn as keras

    keras.set_engine(engine)
    rows: list[dict] = []

    def row(what, value, unit):
        who = {"engine": engine if "step" in what or "building" in what else None, "who": "lanthorn"}
        rows.append({"what": f"growth: {what}", **who, "value": value, "unit": unit})
        print(f"  {what:62} {value * 1e3:12.2f} ms", flush=True)

    pictures((1_000, 10_000) if quick else (1_000, 10_000, 100_000), row)
    classes((1, 10, 100) if quick else (1, 10, 100, 1_000), row)
    layers((2, 20) if quick else (2, 20, 200), row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="torch")
    parser.add_argument("--quick", action="store_true", help="without the largest")
    parser.add_argument("--json", type=Path, help="append the rows to this file")
    given = parser.parse_args()
    rows = measure(given.engine, given.quick)
    append(given.json, rows)


if __name__ == "__main__":
    main()
