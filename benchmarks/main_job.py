"""The main job from process start to saved model: `lanthorn train` on each engine, Keras on each, the PyTorch loop.

    python benchmarks/main_job.py [PHOTOS WEIGHTS] [--network MobileNetV2|ResNet50] [--repeats 5]

The head and its three epochs are those of the article, as on the other sides, not today's defaults of `lanthorn train`.
Every run is a process of its own; the sides take turns, repeat k with seed k. Time is the best, accuracy the mean.
Keras on TensorFlow runs --keras-repeats times, the slow peers (Keras on torch and on JAX, the loop) --slow-repeats.
ResNet50 has random weights: there both sides run `article.py`, and only the time means something.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import append, environment

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
PHOTOS, WEIGHTS = DATA / "avp", DATA / "weights" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
ENGINES = ("torch", "jax", "tensorflow")
SLOW = [("by hand", "torch"), ("keras", "torch"), ("keras", "jax")]


def command(who: str, engine: str, network: str, photos: Path, weights: Path, seed: int, out: Path) -> list[str]:
    """What a user would type for one training."""
    if who == "lanthorn" and network == "MobileNetV2":
        train = [sys.executable, "-m", "lanthorn", "train", photos, "--backbone", "mobilenet_v2", "--weights", weights]
        train += "--epochs 3 --augment-views 3 --dropout 0 --schedule constant --learning-rate 0.001".split()
        return [*map(str, train), "--engine", engine, "--seed", str(seed), "-o", str(out)]
    name = {"lanthorn": engine, "keras": f"keras-{engine}", "by hand": f"{engine}-by-hand"}[who]
    given = weights if network == "MobileNetV2" else "none"
    script = [sys.executable, HERE / "article.py", photos, given, "--who", name, "--network", network]
    return [*map(str, script), "--seeds", "1", "--first-seed", str(seed), "--save", str(out)]


def timed(words: list[str], around: dict) -> tuple[float, float | None]:
    """Seconds of a whole process, or until it said that the model was saved, and the accuracy that it printed."""
    start = time.time()
    done = subprocess.run(words, capture_output=True, text=True, env=around)
    said = re.search(r"saved at ([\d.]+)", done.stdout)
    seconds = (float(said.group(1)) if said else time.time()) - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}\n{done.stderr[-2000:]}")
    found = re.search(r"^(?:validation )?accuracy +([\d.]+)|seed \d+: ([\d.]+) of", done.stdout, re.M)
    return seconds, float(found.group(1) or found.group(2)) if found else None


def measure(
    network: str = "MobileNetV2",
    repeats: int = 5,
    keras_repeats: int = 5,
    slow_repeats: int = 1,
    photos: Path = PHOTOS,
    weights: Path = WEIGHTS,
) -> list[dict]:
    """Rows of time and accuracy for every side."""
    sides = [("lanthorn", engine) for engine in ENGINES] + [("lanthorn again", "torch")]
    sides += [("keras", "tensorflow"), *SLOW]
    limits = {("keras", "tensorflow"): keras_repeats, **dict.fromkeys(SLOW, slow_repeats)}
    found: dict = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        around = environment(Path(folder))
        timed([sys.executable, "-c", "import lanthorn.cli, lanthorn.training"], around)  # makes the byte code
        for seed in range(repeats):
            for who, engine in sides:
                if seed >= limits.get((who, engine), repeats):
                    continue
                words = command(
                    who.removesuffix(" again"), engine, network, photos, weights, seed, Path(folder) / "m.keras"
                )
                found[who, engine].append(timed(words, around))
                print(
                    f"{network}, seed {seed}: {who} on {engine} {found[who, engine][-1]}", file=sys.stderr, flush=True
                )
    rows = []
    for (who, engine), runs in found.items():
        what = f"main job, {network}, start to saved model"
        common = {"engine": engine, "who": who, "runs": len(runs)}
        if runs:
            rows.append({"what": what, **common, "value": min(seconds for seconds, _ in runs), "unit": "s"})
        right = [accuracy for _, accuracy in runs if accuracy is not None]
        if right and network == "MobileNetV2":
            mean = sum(right) / len(right)
            rows.append({"what": f"{what}: validation accuracy", **common, "value": mean, "unit": "share"})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, nargs="?", default=PHOTOS)
    parser.add_argument("weights", type=Path, nargs="?", default=WEIGHTS)
    parser.add_argument("--network", choices=["MobileNetV2", "ResNet50"], default="MobileNetV2")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--keras-repeats", type=int, default=5)
    parser.add_argument("--slow-repeats", type=int, default=1)
    parser.add_argument("--json", type=Path, help="append the rows to this file")
    given = parser.parse_args()
    if not given.photos.is_dir() or not given.weights.is_file():
        print(f"main job: left out: there are no photos in {given.photos} or no weights in {given.weights}")
        return
    rows = measure(given.network, given.repeats, given.keras_repeats, given.slow_repeats, given.photos, given.weights)
    for row in rows:
        value = f"{row['value']:8.3f} {row['unit']} ({row['runs']} runs)"
        print(f"  {row['what']:66} {row['who']:15} {row['engine']:11} {value}")
    append(given.json, rows)


if __name__ == "__main__":
    main()
