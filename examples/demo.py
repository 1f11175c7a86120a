"""The whole job in one go (`make demo`): train on photos, save a model, name photos it has not seen, draw pictures.

Takes the photos and the pretrained weights it finds: LANTHORN_DATA and LANTHORN_WEIGHTS, or those next to this
checkout. Without photos it draws a small picture set of its own; without weights it trains a small one from scratch.
Everything it makes lands in demo/.
"""

import os
import sys
from pathlib import Path

import draw_pictures
import settings
from lanthorn import data
from lanthorn.cli import main

OUT = Path(os.path.relpath(settings.DEMO))


def lanthorn(*arguments) -> None:
    """Run a command as if it had been typed, and show it."""
    words = [str(argument) for argument in arguments]
    print(f"\n$ lanthorn {' '.join(words)}", flush=True)
    code = main(words)
    if code:
        sys.exit(code)


def demo() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    photos = settings.find_photos()
    if photos:
        print(f"Photos: those in {photos}")
    else:
        print("Photos: none found (LANTHORN_DATA names a folder of them), so a small set is drawn", flush=True)
        photos = draw_pictures.folder(OUT / "photos")
    weights = settings.find_weights("mobilenet_v2")
    if weights:
        print(f"Network: MobileNetV2 with the weights in {weights}, frozen, with a new head")
        network = ["--backbone", "mobilenet_v2", "--weights", weights]
    else:
        print("Network: no pretrained weights found (LANTHORN_WEIGHTS names a file), so a small one is trained")
        network = ["--backbone", "none"]

    lanthorn("train", photos, "-o", OUT / "model.keras", *network)
    unseen = data.find_splits(photos)[1] or photos
    lanthorn("evaluate", OUT / "model.keras", unseen, "--confusion", OUT / "confusion.png")
    some = [
        path for folder in sorted(Path(unseen).iterdir()) if folder.is_dir() for path in sorted(folder.iterdir())[:4]
    ]
    lanthorn("predict", OUT / "model.keras", *some, "-o", OUT / "pictures")


if __name__ == "__main__":
    demo()
