"""What a training step is, said once: forward, loss with penalties, gradients, update, metrics.

The engine differentiates `loss`, compiles the whole and stores what changed (see `compile_train` in `engines`);
nothing here waits for the device, asks which engine it is, or knows of batches and epochs.
"""

from contextlib import nullcontext
from typing import Any

from .. import ops
from ..core.masking import get_mask, keep_masks
from ..losses.base import to_rank


class Step:
    """The parts of a step of one model, and the variables it reads and changes.

    Args:
        model: built.
        objectives: its losses and metrics, built for the data at hand.
        optimizer: None if the step only evaluates.
        run_eagerly: whether the engine shall not compile it.
        jit_compile: whether the engine shall compile it by all means, however long that takes.
        precision: entered while the model is called, where it computes in another dtype than its policies say.

    Attributes:
        trainable: what gradients are taken for; rest: every other variable that a step reads or changes.
        state: what an evaluation changes; weights: what it reads.
    """

    def __init__(
        self, model: Any, objectives: Any, optimizer: Any = None, run_eagerly: bool = False, precision: Any = None,
        jit_compile: bool = False,
    ):  # fmt: skip
        self.precision, self.jit_compile = precision or nullcontext(), jit_compile and not run_eagerly
        self.model, self.objectives, self.optimizer, self.run_eagerly = model, objectives, optimizer, run_eagerly
        self.trainable = model.trainable_variables if optimizer is not None else []
        chosen = {id(v) for v in self.trainable}
        self.weights = model.variables
        self.state = objectives.variables
        if optimizer is not None:
            optimizer.build(self.trainable)
            self.rest = [v for v in self.weights if id(v) not in chosen] + self.state + list(optimizer.variables)
        self.penalised = model.penalised_variables
        self.own_loss = model.compute_loss if model.overrides("compute_loss") else None
        self.layers = model.flat_layers()  # gathered once: looking for them costs more than a small step

    def loss(self, x: Any, y: Any, sample_weight: Any, training: bool, real: Any = None) -> tuple[Any, Any]:
        """The scalar to minimise, and what `measure` needs of this pass: outputs, losses one by one, masks.

        `real`: which samples of a padded batch count, (n,) of booleans (see `padding.py`); None: all.
        """
        for layer in self.layers:
            if layer._losses:
                layer._losses.clear()
        with keep_masks(), self.precision:
            outputs = self.model(x, training=training)
            masks = [get_mask(out) for out in self.objectives.flat(outputs)]
        if real is not None:
            masks = [both(real, mask) for mask in masks]
        if self.own_loss:
            self.objectives.noted = parts = []
            total = self.own_loss(x=x, y=y, y_pred=outputs, sample_weight=sample_weight)
            self.objectives.noted = None
            return total, (outputs, parts, masks)
        total, parts = self.objectives.loss(y, outputs, sample_weight, masks)
        for layer in self.layers:
            for value in layer._losses:
                total = value if total is None else total + value
        for variable in self.penalised:
            penalty = variable.regularizer(variable.value)
            total = penalty if total is None else total + penalty
        if total is None:
            raise ValueError(
                f"{self.model.describe()}: there is nothing to minimise: "
                "pass compile(loss=...), or call add_loss in a layer."
            )
        return total, (outputs, parts, masks)

    def scaled(self, total: Any) -> Any:
        """What gradients are taken of: the loss, as the optimizer wants it scaled; it divides the gradients again."""
        return self.optimizer.scale_loss(total)

    def update(self, grads: Any) -> None:
        """Change the trainable variables by their gradients."""
        self.optimizer.apply(list(grads), self.trainable)

    def measure(self, y: Any, passed: Any, sample_weight: Any, total: Any, count: Any = None) -> None:
        """Update the metrics with what `loss` returned; `count`: how many samples there were, if not all are real."""
        outputs, parts, masks = passed
        if count is None:
            count = self.objectives.flat(outputs)[0].shape[0]
        self.objectives.measure(y, outputs, sample_weight, total, parts, self._count(count, outputs), masks)

    def _count(self, count: Any, outputs: Any) -> Any:
        """The number of samples; where a graph leaves it open, as an array."""
        if count is not None:
            return count
        return ops.shape(self.objectives.flat(outputs)[0])[0]


def both(real: Any, mask: Any) -> Any:
    """The mask of the samples that are no padding, (n,), and that of an output, (n, ...), as one."""
    return real if mask is None else ops.logical_and(to_rank(real, mask), mask)
