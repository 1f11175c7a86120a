"""How good Wick is on two classes it was not made for, beside MobileNetV2 with the same head.

    python recipes/wick/evaluate.py AVP --weights MOBILENET_V2.h5 [--seeds 5] [--options="--epochs 3"]

AVP holds train/ and validation/ of the photos of the 2018 article. Each run is `lanthorn train` with nothing but a
seed, and `lanthorn evaluate`. The other comparisons: benchmarks/heads.py (classes that Wick has never seen) and
benchmarks/wick_speed.py (pictures per second).
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

# Validation photos that have a twin in train/ (the same photo, scaled or mirrored).
TWINS = {"alien": (16, 26, 49, 58, 92), "predator": (1, 39, 42, 58)}


def lanthorn(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lanthorn.cli", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def without_twins(validation: Path, place: Path) -> Path:
    """Links to the photos that have no twin in the training set."""
    for photo in sorted(validation.glob("*/*")):
        name = photo.parent.name
        if not photo.stem.isdigit() or int(photo.stem) not in TWINS.get(name, ()):
            (place / name).mkdir(parents=True, exist_ok=True)
            (place / name / photo.name).symlink_to(photo.resolve())
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("avp", type=Path)
    parser.add_argument("--weights", type=Path, required=True, help="MobileNetV2's")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--options", default="", help="more options of lanthorn train")
    given = parser.parse_args()
    networks = {"wick": [], "mobilenet_v2": ["--weights", given.weights]}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sets = {"200": given.avp / "validation", "191": without_twins(given.avp / "validation", place / "191")}
        for network, weights in networks.items():
            found = []
            for seed in range(given.seeds):
                options = ["--backbone", network, *weights, "--seed", seed, *shlex.split(given.options)]
                said = lanthorn("train", given.avp, "-o", place / "model.keras", *options)
                for flip in ([], ["--flip"]):
                    for photos in sets.values():
                        result = json.loads(lanthorn("evaluate", place / "model.keras", photos, "--json", *flip))
                        found.append(result["accuracy"])
                seconds = next(line.split()[-2] for line in said.splitlines() if line.startswith("time"))
                print(network, f"seed {seed}:", *(f"{x:.3f}" for x in found[-4:]), f" {seconds} s", flush=True)
            table = np.reshape(found, (-1, 4))
            print(f"{network:13} mean of 200 / 191 photos: {table[:, 0].mean():.4f} / {table[:, 1].mean():.4f}, "
                  f"with --flip {table[:, 2].mean():.4f} / {table[:, 3].mean():.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
