"""Where the examples find photos and weights, and the few settings they share."""

import argparse
import os
from pathlib import Path
from types import SimpleNamespace

from lanthorn.datasets import pictures as draw_pictures

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared" / "data"
DEMO = Path(os.environ.get("LANTHORN_OUT") or HERE.parent / "demo")

if (SHARED / "weights").is_dir():  # where weights="imagenet" looks first
    os.environ.setdefault("LANTHORN_WEIGHTS", str(SHARED / "weights"))

# By network: the names its weight files go by, the preferred one first.
WEIGHT_FILES = {
    "mobilenet_v2": (
        "mobilenet_v2_1.0_224_imagenet.weights.h5",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    ),
    "resnet50": (
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
    ),
}


def find_photos() -> Path | None:
    """The folder that LANTHORN_DATA names, else the photos next to this checkout, else None."""
    named = os.environ.get("LANTHORN_DATA")
    if named is not None:
        return Path(named) if named else None  # set to nothing: no photos, draw some
    return SHARED / "avp" if (SHARED / "avp").is_dir() else None


def find_weights(network: str) -> Path | None:
    """The file for `network`: LANTHORN_WEIGHTS (a file, or a folder of them), else the shared one, else None."""
    named = os.environ.get("LANTHORN_WEIGHTS")
    if named and Path(named).is_file():
        return Path(named)
    folder = Path(named) if named else SHARED / "weights"
    return next((folder / name for name in WEIGHT_FILES.get(network, ()) if (folder / name).is_file()), None)


def photos_or_drawn() -> Path:
    """Photos where there are some, else pictures of two things, drawn on the spot (once) into demo/two."""
    return find_photos() or draw_pictures.folder(DEMO / "two", names=("boat", "fish"))


def network_or_resnet() -> str:
    """MobileNetV2 where its weights are at hand, else ResNet50, as in the article (then with random weights)."""
    return "mobilenet_v2" if find_weights("mobilenet_v2") else "resnet50"


def read(description: str | None) -> SimpleNamespace:
    """The settings of an example, from its command line."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder with train/ and validation/, one sub-folder per class")
    parser.add_argument(
        "--network", choices=sorted(WEIGHT_FILES), help="default: mobilenet_v2 if its weights are found"
    )
    parser.add_argument("--weights", type=Path, help="file of ImageNet weights for the network (default: looked for)")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=224, help="side of the pictures in pixels")
    parser.add_argument("--out", type=Path, default=DEMO, help="folder for models and pictures (default: demo/)")
    given = parser.parse_args()
    given.network = given.network or network_or_resnet()
    given.weights = given.weights or find_weights(given.network)
    given.photos = given.photos or photos_or_drawn()
    given.out.mkdir(parents=True, exist_ok=True)
    print(f"photos: {given.photos}")
    print(f"network: {given.network}, weights: {given.weights or 'random (none found)'}")
    return SimpleNamespace(**vars(given))
