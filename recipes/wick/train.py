"""Train Wick: a small network learns to see photos as MobileNetV2 sees them.

    python recipes/wick/train.py PHOTOS WEIGHTS [--epochs 120] [--work FOLDER] [--engine torch]

PHOTOS is a folder of photos, WEIGHTS a file of MobileNetV2's with its classifier. After an interruption the same line
goes on where it stopped. In the work folder (recipes/wick/work) lie the teacher's answers, training.csv, curves.png,
seconds.csv and, in the end, wick.safetensors, which the package carries in `applications/`.
"""

import argparse
import csv
import time
from pathlib import Path

import curves
import numpy as np
from lessons import LESSONS, Lessons, LikeTheTeacher, pupil
from pictures import SCALE, folders
from teacher import SIZE, answers, classifier, teacher

import lanthorn
from lanthorn import callbacks, data, optimizers

EPOCHS, RATE, DECAY = 120, 2e-3, 0.05


def note(work: Path, what: str, started: float) -> float:
    """Write into seconds.csv how long something took that began at `started`; returns what the clock says now."""
    now = time.perf_counter()
    with open(work / "seconds.csv", "a", newline="") as file:
        csv.writer(file).writerow([what, round(now - started, 1)])
    return now


class Clock(callbacks.Callback):
    """Notes the seconds of every epoch, so that what an interrupted run took counts as well."""

    def __init__(self, work: Path):
        super().__init__()
        self.work, self.started = work, 0.0

    def on_train_begin(self, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.started = note(self.work, f"epoch {epoch + 1}", self.started)


def hours(work: Path) -> float:
    with open(work / "seconds.csv", newline="") as file:
        return sum(float(seconds) for _, seconds in csv.reader(file)) / 3600


def validation(folder: data.Folder, weights: Path, work: Path) -> tuple[np.ndarray, np.ndarray]:
    """Unchanged pictures of 160 x 160, and the teacher's features of them (which saw them at its own size)."""
    small, large = (
        data.Dataset(folder, data.Preprocessing(size, scale=SCALE), labels=None, shuffle=False) for size in (160, SIZE)
    )
    file = work / "answers-validation.npy"
    if not file.exists():
        np.save(file, teacher(weights).predict(large, verbose=0))
    return np.concatenate(list(small)), np.load(file)


def train(photos: Path, weights: Path, work: Path, epochs: int, engine: str) -> lanthorn.Model:
    """Wick, trained; what is on the way lies in `work`."""
    known, apart = folders(photos)
    print(f"{len(known.filenames)} photos to learn from, {len(apart.filenames)} to validate with", flush=True)
    started = time.perf_counter()
    kept, kept_apart = answers(known, weights, work), validation(apart, weights, work)
    started = note(work, "teacher", started)
    lessons = Lessons(known, kept, epochs, work)
    note(work, "pictures", started)

    lanthorn.utils.set_random_seed(0)
    wick = lanthorn.applications.Wick(weights=None, engine=engine)
    model = pupil(wick)
    rate = optimizers.schedules.CosineDecay(
        RATE / 50, (epochs - 2) * len(lessons), warmup_target=RATE, warmup_steps=2 * len(lessons)
    )
    optimizer = optimizers.AdamW(rate, weight_decay=DECAY)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    deviation = np.maximum(kept[0][:4000].astype(np.float32).std((0, 1, 2)), 1e-3)
    model.compile(optimizer, LikeTheTeacher(deviation, *classifier(weights)), metrics=["cosine_similarity"])
    watching = [
        callbacks.BackupAndRestore(work / "backup", delete_checkpoint=False),
        callbacks.CSVLogger(work / "training.csv", append=True),
        Clock(work),
    ]
    model.fit(
        lessons, epochs=epochs, validation_data=kept_apart, validation_freq=LESSONS, verbose=2,
        precision="mixed_bfloat16", callbacks=watching,
    )  # fmt: skip
    return wick


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, help="a folder of photos, with caltech101/<class>/ in it")
    parser.add_argument("weights", type=Path, help="MobileNetV2's, with its classifier")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"default: {EPOCHS}")
    parser.add_argument("--work", type=Path, default=Path(__file__).parent / "work", help="default: recipes/wick/work")
    parser.add_argument("--engine", default="torch", help="default: torch")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    wick = train(given.photos, given.weights, given.work, given.epochs, given.engine)
    wick.save_weights(given.work / "wick.safetensors", dtype="float16")
    curves.draw(given.work / "training.csv", given.work / "curves.png")
    print(f"Wick is in {given.work}; all of it took {hours(given.work):.1f} hours on this machine.")


if __name__ == "__main__":
    main()
