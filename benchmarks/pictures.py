"""Pictures per second: decoded, sheared, zoomed, flipped and scaled at 224 x 224, ours beside Keras's legacy
ImageDataGenerator and a torch DataLoader over Pillow with two workers. The sides take turns in one run after a round
that does not count, the best of several counts, and our first side is timed twice: read the ratios.

    python benchmarks/pictures.py [folder of classes] [--rounds 5] [--large]

Without a folder it takes ../shared/data/avp/train, else it draws pictures of 290 x 190 pixels. `--large` adds JPEGs of
4000 x 3000 pixels, 2 to 5 MB each, which it makes itself. Where Keras or torch is not installed, that side is left out.
What a picture costs apart from the clock: `pictures_costs.py`.
"""

import argparse
import contextlib
import io
import os
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from rows import append

SHEAR, ZOOM, SIZE, BATCH, WORKERS = 10, 0.2, 224, 32, 2
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "avp" / "train"
AUGMENTED = "decode, shear, zoom, flip, 224x224"
PLAIN = "decode, resize, 224x224"
LARGE = "12-megapixel JPEGs: decode, shear, zoom, flip, 224x224"


# The sides: each takes a folder and gives a function `batches(epoch)` ----------------------------------------------


def lanthorn_dataset(folder, augmented=True, cache=0):
    from lanthorn.data import Affine, Flip, folder_dataset

    augment = [Affine(shear=SHEAR, zoom=ZOOM), Flip()] if augmented else None
    dataset = folder_dataset(folder, SIZE, BATCH, augment=augment, scale="tf", cache=cache, workers=WORKERS)
    return dataset.epoch_batches


def _flow(module, folder, preprocess, augmented, **settings):
    changes = {"shear_range": SHEAR, "zoom_range": ZOOM, "horizontal_flip": True} if augmented else {}
    with contextlib.redirect_stdout(io.StringIO()):
        generator = module.ImageDataGenerator(**changes, preprocessing_function=preprocess)
        return generator.flow_from_directory(
            folder, target_size=(SIZE, SIZE), batch_size=BATCH, class_mode="binary", seed=0, **settings
        )


def lanthorn_generator(folder, augmented=True):
    from lanthorn.applications.imagenet_utils import preprocessor
    from lanthorn.preprocessing import image

    preprocess = preprocessor("tf", __name__)  # MobileNetV2's preprocess_input
    return _flow(image, folder, preprocess, augmented, cache=0, workers=WORKERS).epoch_batches


def keras_generator(folder, augmented=True):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from keras.applications.mobilenet_v2 import preprocess_input
    from keras.src.legacy.preprocessing import image

    flow = _flow(image, folder, preprocess_input, augmented)
    return lambda epoch: (flow[k] for k in range(len(flow)))


def torch_loader(folder, workers=WORKERS, labels=False, augmented=True):
    """What a user of PyTorch without torchvision writes: Pillow decodes, resizes and warps, processes help."""
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset

    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    classes = sorted({path.parent for path in files})

    class Photos(Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, k):
            image = Image.open(files[k]).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
            if augmented:
                image = changed(image)
            x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 127.5 - 1
            x = x.flip(-1) if augmented and np.random.rand() < 0.5 else x
            return (x, classes.index(files[k].parent)) if labels else x

    def changed(image):
        s, (zx, zy) = np.deg2rad(np.random.uniform(-SHEAR, SHEAR)), np.random.uniform(1 - ZOOM, 1 + ZOOM, 2)
        a, b, d, e = zx, -np.sin(s) * zy, 0.0, np.cos(s) * zy
        c = SIZE / 2
        matrix = (a, b, c - a * c - b * c, d, e, c - d * c - e * c)
        return image.transform((SIZE, SIZE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)

    loader = DataLoader(Photos(), BATCH, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
    return lambda epoch: loader


def _sides(augmented):
    return {
        "lanthorn Dataset": lambda folder: lanthorn_dataset(folder, augmented),
        "lanthorn Dataset again": lambda folder: lanthorn_dataset(folder, augmented),
        "lanthorn Dataset, pictures kept": lambda folder: lanthorn_dataset(folder, augmented, cache=256 << 20),
        "lanthorn ImageDataGenerator": lambda folder: lanthorn_generator(folder, augmented),
        "keras ImageDataGenerator": lambda folder: keras_generator(folder, augmented),
        "torch DataLoader, Pillow": lambda folder: torch_loader(folder, augmented=augmented),
    }


# Measuring ---------------------------------------------------------------------------------------------------------


def speed(batches, epoch: int) -> tuple[float, float]:
    """Pictures per second, and seconds of this process's processors per picture."""
    n, start, used = 0, time.perf_counter(), time.process_time()
    for batch in batches(epoch):
        n += len(batch[0] if isinstance(batch, tuple) else batch)
    return n / (time.perf_counter() - start), (time.process_time() - used) / n


def take_turns(what: str, folder, makers: dict, rounds: int) -> list[dict]:
    """One row per side: its best round."""
    sides, best, least = {}, {}, {}
    for name, make in makers.items():
        try:
            sides[name] = make(folder)
        except ImportError as error:
            print(f"{name}: left out ({error})")
    for epoch in range(rounds + 1):
        for name, batches in sides.items():
            value, used = speed(batches, epoch)
            if epoch:  # the first round starts processes, fills caches
                best[name], least[name] = max(best.get(name, 0), value), min(least.get(name, 1e9), used)
    print(f"{what}: {folder}; best of {rounds}")
    base = best.get("keras ImageDataGenerator")
    for name, value in best.items():
        ratio = f"{value / base:6.1f} x keras" if base else ""
        used = "" if name.startswith("torch") else f"{least[name] * 1e6:7.0f} µs of processor a picture"
        print(f"  {name:32} {value:7.0f} pictures/s {ratio:15} {used}", flush=True)
    return [{"what": what, "engine": None, "who": who, "value": v, "unit": "pictures/s"} for who, v in best.items()]


def measure(folder=None, rounds: int = 5, what=("thumbnails", "validation", "large")) -> list[dict]:
    """Rows of pictures per second; `what` are the parts. Without a folder: see the top of this file."""
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = folder or (SHARED if SHARED.is_dir() else drawn(Path(made, "drawn"), 400))
        if "thumbnails" in what:
            rows += take_turns(AUGMENTED, folder, _sides(True), rounds)
        if "validation" in what:
            rows += take_turns(PLAIN, folder, _sides(False), rounds)
        if "large" in what:
            photos = large_photos(Path(made, "large"), folder, 24)
            rows += take_turns(LARGE, photos, _sides(True), min(rounds, 3))
    return rows


# Photos that are made ----------------------------------------------------------------------------------------------


def drawn(folder: Path, n: int) -> Path:
    """A folder of two classes: smooth colours with some noise, as JPEGs of 290 x 190 pixels."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for k in range(n):
        small = Image.fromarray(rng.integers(0, 256, (12, 18, 3), dtype=np.uint8)).resize(
            (290, 190), Image.Resampling.BICUBIC
        )
        noisy = np.clip(np.asarray(small) + rng.normal(0, 6, (190, 290, 3)), 0, 255).astype(np.uint8)
        _save(noisy, folder / "ab"[k % 2] / f"{k}.jpg", 88)
    return folder


def large_photos(folder: Path, source, n: int) -> Path:
    """Pictures of `source` enlarged to 4000 x 3000 with a sensor's noise, as JPEGs of 2 to 5 MB."""
    from PIL import Image

    rng, files = np.random.default_rng(0), sorted(path for path in Path(source).rglob("*") if path.is_file())
    for k in range(n):
        image = Image.open(files[k * len(files) // n]).convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC)
        noise = rng.normal(0, 4 + k % 3, (3000, 4000, 1)).astype(np.float32)
        _save(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8), folder / "ab"[k % 2] / f"{k}.jpg", 90)
    sizes = [path.stat().st_size / 1e6 for path in folder.rglob("*.jpg")]
    print(
        f"made {n} photos of 4000 x 3000 pixels, {min(sizes):.1f} to {max(sizes):.1f} MB, {np.mean(sizes):.1f} the mean"
    )
    return folder


def _save(pixels, path: Path, quality: int) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=quality)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json", type=Path, help="file to which rows are appended, one JSON a line")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    what = ("thumbnails", "validation", "large") if given.large else ("thumbnails", "validation")
    append(given.json, measure(given.folder, given.rounds, what))


if __name__ == "__main__":
    main()
