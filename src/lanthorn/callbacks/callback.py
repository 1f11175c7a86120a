"""Callback: what is called while a model trains, evaluates and predicts."""

from collections.abc import Mapping
from typing import Any


class Callback:
    """Base of all callbacks: override the moments you need.

    `self.model` is the model; `self.params` holds "epochs", "steps" (None if unknown) and "verbose".
    `logs` is a mapping from names ("loss", "accuracy", "val_loss") to numbers. After a batch it is read from the device
    only when you look into it, and holds the means since the epoch began; take `dict(logs)` to keep it.
    Setting `self.model.stop_training = True` ends the training after this batch.

    Example:
        >>> class Say(lanthorn.callbacks.Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, logs["loss"])
    """

    every_batch = True  # False: the moments after batches may come once for several, with the number of the last

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self._model: Any = None

    @property
    def model(self) -> Any:
        return self.__dict__.get("_model")

    @model.setter
    def model(self, model: Any) -> None:
        self._model = model

    def set_model(self, model: Any) -> None:
        """Called once, before anything else."""
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called once with what is known about the run."""
        self.params = params

    # -- training --------------------------------------------------------------------------------------------------
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Before the first epoch; the model is built."""

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """After the last epoch, also when training was stopped, interrupted or failed on a loss that is no number."""

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """`epoch` counts from 0."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """`logs` holds the epoch's means, and those of the validation as "val_…"."""

    def on_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Before a training step; `batch` counts from 0 in each epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """After a training step."""
        self.on_batch_end(batch, logs=logs)

    def on_train_interrupted(self, epoch: int, batch: int) -> None:
        """Ctrl-C came in this epoch, after this many of its batches: save what is worth it. `on_train_end` follows."""

    # -- evaluation and prediction -----------------------------------------------------------------------------------
    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Before an evaluation, that of `fit` too."""

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Before a batch is evaluated."""

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """After a batch was evaluated."""

    def on_predict_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Before a batch is predicted."""

    def on_predict_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """After a batch was predicted; `logs["outputs"]` are its outputs, arrays of NumPy."""
