"""Pictures per second: decode, shear, zoom and flip to 224 x 224, ours against Keras's legacy ImageDataGenerator and a
torch DataLoader over Pillow. Both sides in one run, taking turns, best of several: read the ratios.

    python benchmarks/pictures.py [folder of classes] [--rounds 3] [--pictures 400]

Without a folder it takes ../shared/data/avp/train, else it draws pictures of 290 x 190 pixels.
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

SHEAR, ZOOM, SIZE, BATCH = 10, 0.2, 224, 32


def drawn(folder: Path, n: int) -> Path:
    """A folder of made photos: smooth colours with some noise, as JPEG."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for k in range(n):
        place = folder / "ab"[k % 2]
        place.mkdir(exist_ok=True)
        small = Image.fromarray(rng.integers(0, 256, (12, 18, 3), dtype=np.uint8)).resize(
            (290, 190), Image.Resampling.BICUBIC
        )
        noisy = np.clip(np.asarray(small) + rng.normal(0, 6, (190, 290, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(place / f"{k}.jpg", quality=88)
    return folder


def lanthorn_dataset(folder):
    from lanthorn.data import Affine, Flip, folder_dataset

    dataset = folder_dataset(folder, SIZE, BATCH, augment=[Affine(shear=SHEAR, zoom=ZOOM), Flip()], scale="tf")
    return lambda epoch: dataset.epoch_batches(epoch)


def _generator(module, folder, preprocess):
    settings = {"shear_range": SHEAR, "zoom_range": ZOOM, "horizontal_flip": True}
    with contextlib.redirect_stdout(io.StringIO()):
        generator = module.ImageDataGenerator(**settings, preprocessing_function=preprocess)
        return generator.flow_from_directory(
            folder, target_size=(SIZE, SIZE), batch_size=BATCH, class_mode="binary", seed=0
        )


def lanthorn_generator(folder):
    from lanthorn.applications.imagenet_utils import preprocessor
    from lanthorn.preprocessing import image

    flow = _generator(image, folder, preprocessor("tf", __name__))  # MobileNetV2's preprocess_input
    return lambda epoch: flow.epoch_batches(epoch)


def keras_generator(folder):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from keras.applications.mobilenet_v2 import preprocess_input
    from keras.src.legacy.preprocessing import image

    flow = _generator(image, folder, preprocess_input)
    return lambda epoch: (flow[k] for k in range(len(flow)))


def torch_loader(folder, workers=2):
    """What a user of PyTorch without torchvision writes: Pillow decodes, resizes and warps, processes help."""
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset

    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())

    class Photos(Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, k):
            image = Image.open(files[k]).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
            s, (zx, zy) = np.deg2rad(np.random.uniform(-SHEAR, SHEAR)), np.random.uniform(1 - ZOOM, 1 + ZOOM, 2)
            a, b, d, e = zx, -np.sin(s) * zy, 0.0, np.cos(s) * zy
            c = SIZE / 2
            matrix = (a, b, c - a * c - b * c, d, e, c - d * c - e * c)
            image = image.transform((SIZE, SIZE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
            x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 127.5 - 1
            return x.flip(-1) if np.random.rand() < 0.5 else x

    loader = DataLoader(Photos(), BATCH, shuffle=True, num_workers=workers)
    return lambda epoch: loader


def speed(epoch_batches, epoch: int) -> float:
    n, start = 0, time.perf_counter()
    for batch in epoch_batches(epoch):
        n += len(batch[0] if isinstance(batch, tuple) else batch)
    return n / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=400, help="how many to draw where there is no folder")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "avp" / "train"
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or (shared if shared.is_dir() else drawn(Path(made), given.pictures))
        makers = {
            "lanthorn Dataset": lanthorn_dataset,
            "lanthorn ImageDataGenerator": lanthorn_generator,
            "Keras ImageDataGenerator": keras_generator,
            "torch DataLoader, Pillow": torch_loader,
        }
        sides, best = {}, {}
        for name, make in makers.items():
            try:
                sides[name] = make(folder)
            except ImportError as error:
                print(f"{name}: left out ({error})")
        for number in range(given.rounds):
            for name, side in sides.items():
                best[name] = max(best.get(name, 0), speed(side, number))
    print(f"{folder}: decode, shear {SHEAR} degrees, zoom {ZOOM}, flip, {SIZE} x {SIZE}; best of {given.rounds}")
    base = best.get("Keras ImageDataGenerator")
    for name, value in best.items():
        ratio = f"{value / base:6.1f} x Keras" if base else ""
        print(f"  {name:28} {value:7.0f} pictures/s {ratio}")


if __name__ == "__main__":
    main()
