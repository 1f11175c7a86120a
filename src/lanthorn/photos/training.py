"""`lanthorn.train`: from a folder of photos to a model that names new ones, in one call."""

import os
import time
from collections.abc import Callable
from typing import Any

from .. import utils
from ..callbacks import History
from ..callbacks.progress import say
from ..metrics import BalancedCrossentropy
from . import fine_tuning, head, networks, quiet
from .checkpoint import Checkpoint, output_file, settings_of, stopped
from .evaluation import measured
from .gathering import training_sets
from .loading import pixel_limit
from .metadata import metadata
from .options import TrainOptions
from .trained import Trained
from .unknown import learn


def train(photos: Any, output: str | os.PathLike | None = None, *, verbose: Any = "auto", **options: Any) -> Trained:
    """Train a classifier on a folder of photos: `lanthorn train` as a function.

    A pretrained network is frozen and gets a new head: Wick, which comes with Lanthorn, or a larger one whose weights
    are on this machine.

    Args:
        photos: a folder with one sub-folder per class, or with train/ and validation/ that hold those; a .zip or .tar
            of such a folder; a .csv of file names and labels.
        output: the file to save the model to, .keras or .h5; None: it is not saved. A model that is there already is
            kept under another name.
        verbose: 0 prints nothing; "auto" and 1 what is found and done, with a progress bar where one can be drawn.
        options: the fields of `TrainOptions`, the options of `lanthorn train` with the same defaults: backbone,
            weights, image_size, engine, hidden, dropout, augment_views, epochs, batch_size, learning_rate, schedule,
            weight_decay, early_stopping, class_weight, fine_tune, seed, resume, validation, on_error, max_pixels,
            unknown, augment, shear, zoom, rotate, shift, brightness, flip.

    Returns:
        The model, its History, the photos, what the check found, and an Evaluation on the validation photos.

    Raises:
        FolderError: the folder cannot be trained on; the message says what was found and what to do.
        ValueError, TypeError: an option that does not exist, is out of range, or has no meaning for the network.
        KeyboardInterrupt: on Ctrl-C, after what was trained so far was saved to `output`.

    Example:
        >>> result = lanthorn.train("photos", "model.keras", epochs=10)  # doctest: +SKIP
        >>> print(result.model.predict("new.jpg"))  # doctest: +SKIP
        new.jpg   98.2 % alien      1.8 % predator
    """
    with pixel_limit(options.get("max_pixels")):
        return _train(photos, output, verbose, options)


def _train(photos: Any, output: str | os.PathLike | None, verbose: Any, options: dict[str, Any]) -> Trained:
    started = time.perf_counter()
    tell: Callable[[str], None] = say if verbose else _nothing
    file = output_file(output, tell) if output is not None else None
    settings, before = TrainOptions.of(options), None
    if settings.resume:
        before = stopped(file)
        settings = settings_of(before, settings)
    engine = _engine(settings.engine)
    utils.set_random_seed(settings.seed)
    plan = networks.plan(settings.backbone, settings.weights, settings.image_size)
    head.settle(settings, plan)
    train, validation, check = training_sets(photos, settings, networks.preprocessing(plan), tell)
    head.refuse_what_the_photos_lack(settings, train, validation)
    tell(_what_will_be_done(plan, settings, engine))

    model = before or _new_model(plan, train, settings)
    if train.label_mode == "multi":
        model.metadata = {**(model.metadata or {}), "several": True}
    checkpoint = Checkpoint(model, file, settings, train)
    try:
        if checkpoint.first is None:
            _fit(model, train, validation, settings, checkpoint, verbose)
            checkpoint.first_stage_ended()
        if settings.fine_tune:
            evaluation = fine_tuning.run(model, train, validation, settings, checkpoint, verbose, tell)
        else:
            evaluation = measured(model, validation)
        if evaluation is not None and not evaluation.predictions.finite:
            tell(
                "The network answers with what is no number: it has learned nothing. Train it anew with a lower rate, "
                f"such as {(settings.learning_rate or 1e-3) / 10:g}."
            )
        rule = learn(model, train, validation) if settings.unknown and validation is not None else None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(checkpoint.interrupted()) from None
    history = model.history or History()
    history.history = checkpoint.history
    found = metadata(photos, train, file, plan, settings, engine, checkpoint.history, check, evaluation)
    model.metadata = found | ({"several": True} if train.label_mode == "multi" else {})
    if rule is not None:
        model.metadata["known"] = rule.to_config()
    checkpoint.finish()
    return Trained(model, history, train, validation, check, evaluation, settings, time.perf_counter() - started)


def _nothing(text: str) -> None:
    pass


def _engine(name: str | None) -> str:
    chosen = quiet.engine(name)
    if not chosen.differentiable:
        raise ImportError(
            f"the engine {chosen.name!r} cannot train. Install one that can, such as pip install 'lanthorn[torch]', or "
            "choose another with the option engine; `lanthorn engines` lists what there is."
        )
    return chosen.name


def _what_will_be_done(plan: networks.Plan, settings: TrainOptions, engine: str) -> str:
    if plan.backbone == "none":
        what = "a small network from scratch"
    elif plan.pretrained:
        weights = "" if plan.why or plan.weights == plan.backbone else f"weights: {plan.weights}; "
        what = f"a new head on {plan.backbone} ({weights}frozen)"
    else:
        what = f"{plan.backbone} from random weights"
    count = "1 epoch" if settings.epochs == 1 else f"{settings.epochs} epochs"
    line = f"Training {what}, {count}, pictures of {plan.size} × {plan.size}, on {engine}."
    return f"{plan.why}\n{line}" if plan.why else line


def _new_model(plan: networks.Plan, train: Any, settings: TrainOptions) -> Any:
    """The network with its compile settings, class names and preprocessing."""
    several = train.label_mode == "multi"
    model = networks.make(
        plan, train.num_classes, settings.engine, settings.hidden or 0, settings.dropout or 0.0, several
    )
    model.class_names, model.preprocessing = list(train.class_names), networks.preprocessing(plan)
    optimizer = head.optimizer(settings, plan, (settings.epochs or 1) * len(train))
    metrics: list = ["binary_accuracy" if several else "accuracy"]
    if not several and (settings.early_stopping or settings.fine_tune):
        metrics.append(BalancedCrossentropy(name="balanced_loss"))
    loss = "binary_crossentropy" if several else "sparse_categorical_crossentropy"
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    return model


def _fit(model: Any, train: Any, validation: Any, settings: TrainOptions, checkpoint: Checkpoint, verbose: Any) -> None:
    epochs = settings.epochs or 1
    model.fit(
        train, validation_data=validation, epochs=epochs, initial_epoch=min(checkpoint.done, epochs),
        augment_views=settings.augment_views, class_weight=head.class_weights(settings.class_weight, train),
        verbose=verbose, callbacks=[checkpoint.callback(), *head.callbacks(settings)],
    )  # fmt: skip
