"""The whole job in one go (`make demo`): train on photos, save a model, name photos it has not seen, draw pictures.

Nothing but the package is needed: the pretrained network, Wick, is in it, and without photos a small picture set is
drawn. Photos (LANTHORN_DATA) and weights of a larger network (LANTHORN_WEIGHTS) are used where there are any, or those
next to this checkout. Everything it makes lands in demo/.
"""

import os
import sys
import time
from pathlib import Path

import lanthorn as keras
import settings
from lanthorn import data
from lanthorn.cli import main
from lanthorn.datasets import pictures as draw_pictures
from lanthorn.photos import networks

OUT = Path(os.path.relpath(settings.DEMO))


def lanthorn(*arguments) -> None:
    """Run a command as if it had been typed, and show it."""
    words = [word for argument in arguments for word in (argument if isinstance(argument, list) else [argument])]
    shown = [f"{a[0]} … {a[-1]}" if isinstance(a, list) else str(a) for a in arguments]
    print(f"\n$ lanthorn {' '.join(shown)}", flush=True)
    code = main([str(word) for word in words])
    if code:
        sys.exit(code)


def demo() -> None:
    started = time.perf_counter()
    OUT.mkdir(parents=True, exist_ok=True)
    photos = settings.find_photos()
    if photos:
        of_photos = f"those in {photos}"
        print(f"Photos: {of_photos}")
    else:
        print("Photos: none found (LANTHORN_DATA names a folder of them), so a small set is drawn", flush=True)
        photos = draw_pictures.folder(OUT / "photos")
        of_photos = f"none found, so these were drawn: {photos}"
    network = networks.plan("auto", None, None).why

    model, pictures = OUT / "model.keras", OUT / "pictures"
    lanthorn("train", photos, "-o", model)
    unseen = Path(data.find_splits(photos)[1] or photos)
    lanthorn("evaluate", model, unseen, "--confusion", OUT / "confusion.png")
    folders = sorted(folder for folder in unseen.iterdir() if folder.is_dir())
    some = [path for folder in folders for path in sorted(folder.iterdir())[: max(2, 12 // len(folders))]]
    lanthorn("predict", model, some, "-o", pictures)

    result = keras.evaluate(model, unseen)
    print(f"\nphotos    {of_photos}")
    print(f"network   {network.removeprefix('backbone: ')}")
    print(f"accuracy  {result.accuracy:.3f} on {len(result)} validation pictures")
    print(f"time      {time.perf_counter() - started:.0f} s for everything")
    print(f"model     {model}")
    print(f"pictures  {pictures / 'sheet.png'} and {OUT / 'confusion.png'}")


if __name__ == "__main__":
    demo()
