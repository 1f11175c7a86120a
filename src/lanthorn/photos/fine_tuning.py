"""The second stage: the whole network is trained on, a little, its early layers the least.

Batch normalisation keeps the statistics of the large set that the network was pretrained on: a few small batches would
spoil them. Rates fall from the head to the first layer (discriminative fine-tuning: Howard & Ruder, "Universal Language
Model Fine-tuning for Text Classification", 2018).
"""

from collections.abc import Callable
from typing import Any

from .. import optimizers
from ..callbacks import ProgbarLogger
from ..core.layer import Layer
from ..data.words import counted
from ..training.not_a_number import NonFiniteLoss
from .evaluation import Evaluation, measured
from .head import UNSHOWN, best_of, class_weights
from .options import TrainOptions

RATE, FIRST = 0.03, 0.1  # of the first stage's rate, at the head; and of that, at the first layer


def layers_of(model: Any) -> list[Layer]:
    """All layers of a model, those of nested models too."""
    found = []
    for layer in getattr(model, "layers", []):
        found += [layer, *layers_of(layer)]
    return found


def unfreeze(model: Any) -> None:
    """Everything is trained but batch normalisation."""
    model.trainable = True
    for layer in layers_of(model):
        layer.trainable = "BatchNormalization" not in type(layer).__name__


def _begin(model: Any, train: Any, settings: TrainOptions) -> None:
    """Unfrozen, with small rates that fall to nothing."""
    unfreeze(model)
    asked = model._objectives.asked
    steps = max(1, settings.fine_tune * len(train))
    rate = optimizers.schedules.CosineDecay(RATE * (settings.learning_rate or 1e-3), decay_steps=steps)
    optimizer = optimizers.LayerwiseAdamW(rate, weight_decay=settings.weight_decay, first=FIRST)
    model.compile(optimizer=optimizer, loss=asked["loss"], metrics=asked["metrics"])


def run(
    model: Any, train: Any, validation: Any, settings: TrainOptions, checkpoint: Any, verbose: Any,
    tell: Callable[[str], None],
) -> Evaluation | None:  # fmt: skip
    """Train the whole model for `settings.fine_tune` epochs more; keeps the first stage where it was better."""
    first = checkpoint.first
    tell(f"Fine-tuning the whole network, {counted(settings.fine_tune, 'epoch', 'epochs')}.")
    now, kept = model.get_weights(), checkpoint.kept
    if kept is not None:
        model.set_weights(kept)
    before = measured(model, validation) if kept is not None else None
    if checkpoint.done == first:
        _begin(model, train, settings)
    else:  # stopped in this stage: it goes on with its weights and its optimizer
        model.set_weights(now)
    watch: list = [ProgbarLogger(UNSHOWN), checkpoint.callback()]
    if validation is not None and train.label_mode != "multi":
        watch.append(best_of(settings.fine_tune))
    try:
        model.fit(
            train, validation_data=validation, epochs=first + settings.fine_tune, initial_epoch=checkpoint.done,
            class_weight=class_weights(settings.class_weight, train), verbose=verbose, callbacks=watch,
        )  # fmt: skip
    except NonFiniteLoss:
        if kept is None:
            raise
        why = "Fine-tuning came to a loss that is not a number"
    else:
        after = measured(model, validation)
        if after is None or before is None or after.balanced_accuracy >= before.balanced_accuracy:
            return after
        why = "Fine-tuning made it worse on the validation photos"
    tell(f"{why}: the model is that of the first stage.")
    model.set_weights(kept)
    return before
