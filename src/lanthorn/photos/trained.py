"""What `lanthorn.train` gives back: the model, how it went, and on which photos."""

import os
from typing import Any, NamedTuple

from .evaluation import Evaluation
from .naming import predict
from .options import TrainOptions
from .predictions import Predictions
from .unknown import known


class Trained(NamedTuple):
    """A model with what is known of its training.

    Attributes:
        model: the model; it carries the class names and how to prepare a picture.
        history: the History of `fit`: losses and metrics per epoch.
        train, validation: the photos (`lanthorn.data.Dataset`); `validation` is None where all were trained on.
        check: what was found out about the photos beforehand.
        evaluation: accuracy, class by class, on the validation photos, and the photos that are named wrong; None
            where there are none.
        options: the settings, defaults filled in.
        seconds: what all of it took.
    """

    model: Any
    history: Any
    train: Any
    validation: Any
    check: Any
    evaluation: Evaluation | None
    options: TrainOptions
    seconds: float

    @property
    def class_names(self) -> list[str]:
        return self.model.class_names

    @property
    def accuracy(self) -> float | None:
        """On the validation photos."""
        return self.evaluation.accuracy if self.evaluation else None

    def predict(self, photos: Any, **options: Any) -> Predictions:
        """Name photos; the options are those of `lanthorn.predict`."""
        return predict(self.model, photos, **options)

    def save(self, path: str | os.PathLike) -> None:
        """Write the model with all it carries to a .keras or .h5 file."""
        self.model.save(path)

    def __str__(self) -> str:
        if self.evaluation:
            rule = known(self.model)
            told = [f"{'none of these' * (k == 0):<18} {line}" for k, line in enumerate(rule.lines() if rule else [])]
            lines = [*self.evaluation.summary(), *told, "", *self.evaluation.table(), ""]
        else:
            kept = self.history.history.get("accuracy") or self.history.history.get("binary_accuracy") or [float("nan")]
            lines = [f"accuracy           {kept[-1]:.3f}  (on the training photos: none were held out)"]
        return "\n".join([*lines, f"time               {self.seconds:.1f} s"])

    def __repr__(self) -> str:
        measured = f", accuracy {self.accuracy:.3f} on {self.validation.samples} photos" if self.evaluation else ""
        return f"<Trained {self.model.name!r}: {len(self.class_names)} classes, {self.train.samples} photos{measured}>"
