"""Train a classifier on a folder of photos.

PHOTOS holds one sub-folder per class, or train/ and validation/ that hold those. A pretrained network is frozen and
gets a new head: Wick, which comes with Lanthorn, or a larger one whose weights are on this machine. The saved file
carries the class names and how to prepare a picture, so `lanthorn predict` needs nothing else.
"""

import argparse
import time
from pathlib import Path

from . import head, networks, quiet
from .options import at_least_one

HELP = "train a classifier on a folder of photos"


def _share_or_folder(text: str) -> float | Path:
    try:
        share = float(text)
    except ValueError:
        return Path(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"a share must lie between 0 and 1, got {text}")
    return share


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", type=Path, metavar="PHOTOS", help="folder of photos, one sub-folder per class")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("model.keras"),
        metavar="FILE",
        help="the model (default: model.keras)",
    )
    network = parser.add_argument_group("the network")
    network.add_argument(
        "--backbone",
        default="auto",
        choices=["auto", *networks.BACKBONES, "none"],
        help="auto (the default): mobilenet_v2, mobilenet or a resnet if its weights are on this machine, else wick, "
        "which comes with Lanthorn; none: a small network from scratch",
    )
    network.add_argument(
        "--weights",
        metavar="FILE",
        help="weights of the backbone: a file, imagenet or none (random); default: those published for it, which are "
        "fetched where they are not here",
    )
    network.add_argument(
        "--image-size",
        type=at_least_one,
        metavar="PIXELS",
        help="side (default: 192 for wick, 224 for others, 64 without backbone)",
    )
    network.add_argument("--engine", metavar="ENGINE", help="default: the first one installed; see `lanthorn engines`")

    head.add_arguments(parser)

    photos = parser.add_argument_group("the photos")
    photos.add_argument(
        "--validation",
        type=_share_or_folder,
        metavar="FOLDER|SHARE",
        help="photos to check with: a folder, or a share of PHOTOS to split off, class by class "
        "(default: PHOTOS/validation if there is one, else 0.2)",
    )
    photos.add_argument(
        "--on-error", choices=["skip", "raise"], default="skip", help="what to do with a broken photo (default: skip)"
    )

    augment = parser.add_argument_group("augmentation (training photos are seen a little different in each view)")
    yes_no = argparse.BooleanOptionalAction
    augment.add_argument("--augment", action=yes_no, default=True, help="switch all of it on or off (default: on)")
    augment.add_argument("--shear", type=float, default=10.0, metavar="DEGREES", help="default: 10")
    augment.add_argument("--zoom", type=float, default=0.2, metavar="SHARE", help="default: 0.2, from 0.8 to 1.2")
    augment.add_argument("--rotate", type=float, default=0.0, metavar="DEGREES", help="default: 0")
    augment.add_argument("--shift", type=float, default=0.0, metavar="SHARE", help="default: 0")
    augment.add_argument("--brightness", type=float, default=0.0, metavar="SHARE", help="default: 0")
    augment.add_argument("--flip", action=yes_no, default=True, help="mirror half of the photos (default: on)")


def transforms(given: argparse.Namespace) -> list:
    """The augmentation that the options describe, in the order in which it is done."""
    from .. import data

    if not given.augment:
        return []
    found: list = []
    if given.shear or given.zoom or given.rotate or given.shift:
        found.append(data.Affine(shear=given.shear, zoom=given.zoom, rotate=given.rotate, shift=given.shift))
    if given.flip:
        found.append(data.Flip())
    if given.brightness:
        found.append(data.Brightness(given.brightness))
    return found


def run(given: argparse.Namespace) -> int:
    import lanthorn

    from . import photos

    started = time.perf_counter()
    _check_output(given.output)
    engine = _engine(given.engine)
    lanthorn.utils.set_random_seed(given.seed)
    plan = networks.plan(given.backbone, given.weights, given.image_size)
    head.settle(given, plan)
    train, validation = photos.training_sets(given, networks.preprocessing(plan), transforms(given))
    _say_what_will_be_done(plan, engine, given.epochs)

    model = networks.make(plan, train.num_classes, given.engine, given.hidden, given.dropout)
    model.class_names, model.preprocessing = list(train.class_names), networks.preprocessing(plan)
    optimizer = head.optimizer(given, plan, given.epochs * len(train))
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    counter = _Epochs(given.epochs)
    try:
        history = model.fit(
            train, validation_data=validation, epochs=given.epochs, augment_views=given.augment_views,
            callbacks=[counter.callback(), *head.callbacks(given)],
        )  # fmt: skip
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_save_what_there_is(model, given.output, counter)) from None
    model.save(given.output)
    if (
        counter.done < given.epochs
        and getattr(model, "stop_training", False)
        and not history.history.get("val_accuracy")
    ):
        return 1
    _say_how_it_went(history.history, given, time.perf_counter() - started, validation)
    return 0


class _Epochs:
    """How many epochs have been finished, and, after Ctrl-C, whether there was a step at all."""

    def __init__(self, wanted: int):
        self.wanted, self.done, self.begun = wanted, 0, False

    def callback(self):
        from ..callbacks import LambdaCallback

        def ended(epoch, logs=None):
            self.done = epoch + 1

        def interrupted(epoch, batch):
            self.begun = epoch + batch > 0

        return LambdaCallback(on_epoch_end=ended, on_train_interrupted=interrupted)  # no hook on batches: they cost


def _check_output(path: Path) -> None:
    """Find out before the training, not after it, that the model cannot be written."""
    if path.is_dir():
        raise IsADirectoryError(f"-o: {path} is a folder. Name a file in it, such as {path / 'model.keras'}.")
    if path.suffix not in (".keras", ".h5"):
        raise ValueError(f"-o: expected a file name that ends in .keras or .h5, got {str(path)!r}.")
    path.parent.mkdir(parents=True, exist_ok=True)


def _engine(name: str | None) -> str:
    chosen = quiet.engine(name)
    if not chosen.differentiable:
        raise ImportError(
            f"the engine {chosen.name!r} cannot train. Install one that can, such as pip install 'lanthorn[torch]', or "
            "choose another with --engine; `lanthorn engines` lists what there is."
        )
    return chosen.name


def _say_what_will_be_done(plan: networks.Plan, engine: str, epochs: int) -> None:
    if plan.why:
        print(plan.why)
    if plan.backbone == "none":
        what = "a small network from scratch"
    elif plan.pretrained:
        weights = "" if plan.why or plan.weights == plan.backbone else f"weights: {plan.weights}; "
        what = f"a new head on {plan.backbone} ({weights}frozen)"
    else:
        what = f"{plan.backbone} from random weights"
    count = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    print(f"Training {what}, {count}, pictures of {plan.size} × {plan.size}, on {engine}.", flush=True)


def _save_what_there_is(model, path: Path, counter: _Epochs) -> str:
    """Ctrl-C: keep what was trained, and say so. An untrained model takes no good one's place."""
    if not counter.begun:
        return "stopped before the first step: nothing was trained and nothing saved."
    model.save(path)
    return f"stopped in epoch {counter.done + 1} of {counter.wanted}; what was trained so far is in {path}."


def _say_how_it_went(history: dict, given: argparse.Namespace, seconds: float, validation) -> None:
    name = "val_accuracy" if history.get("val_accuracy") else "accuracy"
    where = "validation" if name == "val_accuracy" else "training"
    losses = history.get("val_loss") if given.early_stopping else None
    kept = losses.index(min(losses)) if losses else -1
    print(f"\n{where} accuracy  {history[name][kept]:.3f}" + (f" ({validation.samples} photos)" if validation else ""))
    print(f"time                 {seconds:.1f} s")
    print(f"model                {given.output}")
    print(f"\nName new photos with:  lanthorn predict {given.output} PHOTO|FOLDER …")
