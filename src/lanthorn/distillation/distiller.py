"""Distiller: a model that trains a student beside a teacher."""

from typing import Any

from .. import ops, tree
from ..core.layer import Layer
from ..losses import get as get_loss
from ..losses import serialize
from ..metrics import Mean
from ..models import Model
from ..saving.serialize import deserialize_keras_object, serialize_keras_object


class Distiller(Model):
    """Trains a student on the labels and on what a frozen teacher says.

    The loss is `student_loss_weight` times that of the labels plus the rest of 1 times the sum of the distillation
    losses. Outputs are the student's. The trained model is `distiller.student`.

    Args:
        teacher: a trained model; it is frozen.
        student: the model to train, of the same inputs and outputs.
        distillation_losses: one or several.
        distillation_loss_weights: a number for each; 1 if None.
        student_loss_weight: 0 to 1.
        name: its name.

    Raises:
        ValueError: models that do not go together, a weight out of range, another number of weights than losses.

    Example:
        >>> from lanthorn.layers import Dense
        >>> def net(units):
        ...     return lanthorn.Sequential([lanthorn.Input((8,)), Dense(units), Dense(3)])
        >>> logits = lanthorn.distillation.LogitsDistillation(temperature=3.0)
        >>> distiller = lanthorn.distillation.Distiller(net(16), net(2), logits, student_loss_weight=0.3)
        >>> distiller.compile("adam", lanthorn.losses.SparseCategoricalCrossentropy(from_logits=True))
        >>> history = distiller.fit(x, y, verbose=0)
    """

    def __init__(
        self, teacher: Any, student: Any, distillation_losses: Any, distillation_loss_weights: Any = None,
        student_loss_weight: float = 0.5, name: str | None = "distiller", **kwargs: Any,
    ):  # fmt: skip
        super().__init__(name=name, **kwargs)
        _check_models(teacher, student)
        if not isinstance(student_loss_weight, (int, float)):
            raise ValueError(f"Distiller: student_loss_weight must be a number, got {student_loss_weight!r}.")
        if not 0 <= student_loss_weight <= 1:
            raise ValueError(f"Distiller: student_loss_weight must be between 0.0 and 1.0, got {student_loss_weight}.")
        if distillation_losses is None:
            raise ValueError("Distiller: 'distillation_losses' cannot be `None`; give one, or a list of them.")
        single = not isinstance(distillation_losses, (list, tuple))
        found = [distillation_losses] if single else list(distillation_losses)
        weights = None if single else distillation_loss_weights
        if weights is not None and len(weights) != len(found):
            raise ValueError(
                f"Distiller: Number of distillation_loss_weights ({len(weights)}) must match number of "
                f"distillation_losses ({len(found)})."
            )
        for loss in found:
            loss.validate_model_compatibility(teacher, student)
        self.teacher, self.student, self.student_loss_weight = teacher, student, student_loss_weight
        self.distillation_losses, self.distillation_loss_weights = found, list(weights or [1.0] * len(found))
        self._extracting = {
            "teacher": _extracting(teacher, [getattr(loss, "teacher_layer_name", None) for loss in found]),
            "student": _extracting(student, [getattr(loss, "student_layer_name", None) for loss in found]),
        }
        teacher.trainable = False
        self.student_loss_tracker = Mean(name="student_loss")
        self.distillation_loss_tracker = Mean(name="distillation_loss")
        self.total_loss_tracker = Mean(name="total_loss")

    def compile(self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """As `Model.compile`; `loss` is that of the student for the labels, or a structure of them.

        Raises:
            ValueError: no loss, or metrics that are no list.
        """
        if loss is None:
            raise ValueError("Distiller: 'loss' cannot be `None`.")
        if not isinstance(metrics, (list, tuple, type(None))):
            raise ValueError(f"Distiller: metrics must be a list or tuple, got {type(metrics)}.")
        self._student_loss = tree.map_structure(lambda each: None if each is None else get_loss(each), loss)
        super().compile(optimizer=optimizer, loss=None, metrics=metrics, **kwargs)

    def get_compile_config(self) -> dict[str, Any] | None:
        found = super().get_compile_config()
        return found and found | {"loss": tree.map_structure(serialize, self._student_loss)}

    def call(self, inputs: Any, training: Any = None, **kwargs: Any) -> Any:
        """The student's outputs."""
        return self.student(inputs, training=training, **kwargs)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The loss of the labels and of the distillation together."""
        y_pred = self(x, training=training) if y_pred is None else y_pred
        student = distilled = 0.0
        if self.student_loss_weight > 0 and y is not None:
            parts = tree.map_structure(lambda loss, *pair: loss(*pair), self._student_loss, y, y_pred)
            student = sum(ops.mean(part) for part in tree.flatten(parts))
        if self.student_loss_weight < 1:
            distilled = self._distilled(x, y_pred)
        total = student * self.student_loss_weight + distilled * (1 - self.student_loss_weight)
        trackers = (self.student_loss_tracker, self.distillation_loss_tracker, self.total_loss_tracker)
        for tracker, value in zip(trackers, (student, distilled, total), strict=True):
            tracker.update_state(ops.stop_gradient(value) if hasattr(value, "shape") else value)
        return total

    def _distilled(self, x: Any, y_pred: Any) -> Any:
        """The weighted sum of the distillation losses; each model is run once more at most."""
        teacher = self._outputs("teacher", x, None)
        student = self._outputs("student", x, y_pred)
        total = 0.0
        for loss, weight in zip(self.distillation_losses, self.distillation_loss_weights, strict=True):
            ends = (
                teacher[getattr(loss, "teacher_layer_name", None)],
                student[getattr(loss, "student_layer_name", None)],
            )
            loss.validate_outputs(*ends)
            value = loss.compute_loss(*ends)
            if len(getattr(value, "shape", ())):
                raise ValueError(
                    f"Distillation loss {type(loss).__name__} returned a non-scalar loss with shape "
                    f"{tuple(value.shape)}. The compute_loss method must return a scalar tensor."
                )
            total = value * weight + total
        return total

    def _outputs(self, which: str, x: Any, outputs: Any) -> dict:
        """What layers of a model give for x, by name; under None what the model gives."""
        if (extracting := self._extracting[which]) is not None:
            model, names = extracting
            found = model(x, training=which == "student")
            return dict(zip(names, found, strict=True)) | ({} if outputs is None else {None: outputs})
        return {None: self.teacher(x, training=False) if outputs is None else outputs}

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype_policy.name,
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": self.distillation_loss_weights,
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Distiller":
        made = {name: deserialize_keras_object(config[name]) for name in ("teacher", "student")}
        made["distillation_losses"] = [deserialize_keras_object(loss) for loss in config["distillation_losses"]]
        return cls(**config | made)


def _check_models(teacher: Any, student: Any) -> None:
    for model, what in ((teacher, "Teacher"), (student, "Student")):
        if not isinstance(model, Model):
            raise ValueError(f"{what} must be a model, got {type(model)}.")
    if teacher._plan is None or student._plan is None:
        return
    for what in ("input", "output"):
        ours, theirs = getattr(teacher, f"{what}s"), getattr(student, f"{what}s")
        if len(ours) != len(theirs):
            raise ValueError(f"Teacher and student have not the same number of {what}s: {len(ours)}, {len(theirs)}.")
        for a, b in zip(ours, theirs, strict=True):
            told = f"Teacher: {a.shape}, Student: {b.shape}."
            if len(a.shape) != len(b.shape):
                raise ValueError(f"Teacher and student {what} shapes have different dimensions. {told}")
            if any(m != n and None not in (m, n) for m, n in zip(a.shape, b.shape, strict=True)):
                raise ValueError(
                    f"Teacher and student {what} shapes are incompatible. {told} All dimensions must match."
                )
            if a.dtype != b.dtype:
                raise ValueError(
                    f"Teacher and student {what} dtypes must match. Teacher: {a.dtype}, Student: {b.dtype}."
                )


def _extracting(model: Any, names: list[str | None]) -> tuple[Model, list] | None:
    """A model of the outputs of these layers, and of the model's own; None where no layer is named."""
    asked: list = list(dict.fromkeys(name for name in names if name is not None))
    if not asked:
        return None
    layers: list[Layer] = [model.get_layer(name=name) for name in asked]
    return Model(model.plan.inputs, [model.plan.outputs, *(layer.output for layer in layers)]), [None, *asked]
