"""What a student's outputs, or those of its layers, are compared with a teacher's by."""

from typing import Any

from .. import losses, ops, tree
from ..core.config import Configurable


def _get(loss: Any) -> Any:
    return losses.get(loss) if loss is not None else None


class DistillationLoss:
    """What is to be subclassed: `compute_loss` gives a scalar from the teacher's and the student's outputs."""

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """The loss, a scalar."""
        raise NotImplementedError(f"{type(self).__name__}: the class has no `compute_loss` method.")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """ValueError where the two cannot be compared: they have not the same structure."""
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """ValueError where the two models cannot be compared by this loss."""


class _PerOutput(Configurable, DistillationLoss):
    """A loss, or a structure of losses, one for each output; None leaves an output out."""

    loss: Any

    def __post_init__(self) -> None:
        self.loss = tree.map_structure(_get, self.loss)
        if all(loss is None for loss in tree.flatten(self.loss)):
            raise ValueError(
                f"{type(self).__name__}: the `loss` argument must contain at least one non-`None` value, "
                "that is: At least one loss must be non-`None`."
            )

    def _of(self, loss: Any, teacher: Any, student: Any) -> Any:
        return ops.mean(loss(teacher, student))

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        values = tree.map_structure(
            lambda loss, teacher, student: None if loss is None else self._of(loss, teacher, student),
            self.loss, teacher_outputs, student_outputs,
        )  # fmt: skip
        return sum(value for value in tree.flatten(values) if value is not None)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"loss": tree.map_structure(losses.serialize, self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config | {"loss": _read(config["loss"])})


def _read(loss: Any) -> Any:
    """A structure of losses that `get_config` wrote, where a dict may be one of them."""
    if isinstance(loss, dict) and "class_name" in loss:
        return losses.deserialize(loss)
    if isinstance(loss, dict):
        return {key: _read(part) for key, part in loss.items()}
    return [_read(part) for part in loss] if isinstance(loss, (list, tuple)) else loss


class FeatureDistillation(_PerOutput):
    """The student's features are to be like the teacher's: the mean of `loss(teacher's, student's)`.

    Args:
        loss: a name, a `Loss` or a function; or a structure of these, as the outputs have it, with None for those that
            are left out.
        teacher_layer_name: the layer whose output is taken; the model's outputs if None.
        student_layer_name: the same of the student.

    Raises:
        ValueError: no loss at all; a layer that there is not, or is asked of a model without a graph.

    Example:
        >>> float(lanthorn.distillation.FeatureDistillation("mse").compute_loss(np.zeros((1, 2)), np.ones((1, 2))))
        1.0
    """

    loss: Any = "mse"
    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        for model, name, what in (
            (teacher, self.teacher_layer_name, "teacher"),
            (student, self.student_layer_name, "student"),
        ):
            if name is None:
                continue
            if model._plan is None:
                raise ValueError(
                    f"FeatureDistillation with specific layer names requires Functional or Sequential models; "
                    f"the {what} is subclassed. Leave the layer names out, or use LogitsDistillation."
                )
            try:
                model.get_layer(name=name)
            except ValueError as error:
                raise ValueError(f"In {what} model: {error}") from error

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        super().validate_outputs(teacher_outputs, student_outputs)
        try:
            tree.assert_same_structure(self.loss, teacher_outputs)
        except ValueError as error:
            raise ValueError(
                f"Loss structure mismatch: `loss` must have the structure of the outputs. {error}"
            ) from None


class LogitsDistillation(_PerOutput):
    """The student's logits are to be like the teacher's, both divided by a temperature (Hinton et al., 2015).

    With the Kullback-Leibler divergence, of the softmax of both, the loss is multiplied by the temperature squared.

    Args:
        temperature: above 0; the higher, the more the small probabilities count.
        loss: as for `FeatureDistillation`.

    Raises:
        ValueError: a temperature that is no number above 0, or no loss at all.

    Example:
        >>> loss = lanthorn.distillation.LogitsDistillation(temperature=2.0)
        >>> float(loss.compute_loss(np.array([[1.0, 2.0]], "float32"), np.array([[1.0, 2.0]], "float32")))
        0.0
    """

    temperature: Any = 3.0
    loss: Any = "kl_divergence"
    _own_first = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.temperature, (int, float)):
            raise ValueError(f"LogitsDistillation: temperature must be a number, got {self.temperature!r}.")
        if self.temperature <= 0:
            raise ValueError(f"LogitsDistillation: temperature must be positive, got {self.temperature}.")

    def _of(self, loss: Any, teacher: Any, student: Any) -> Any:
        teacher, student = teacher / self.temperature, student / self.temperature
        if not isinstance(loss, losses.KLDivergence) and loss is not losses.kl_divergence:
            return super()._of(loss, teacher, student)
        return super()._of(loss, ops.softmax(teacher), ops.softmax(student)) * self.temperature**2
