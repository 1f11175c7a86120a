"""OrbaxCheckpoint: save the model's state with Orbax while it trains."""

import os
from typing import Any

from ..core.optional import imported
from .monitor import MonitorCallback


class OrbaxCheckpoint(MonitorCallback):
    """Saves weights and states of optimizer and metrics as steps of an Orbax checkpoint, beside the training.

    `model.load_weights(directory)` and `load_model(directory)` read the last one. On every engine; needs Orbax.

    Args:
        directory: where to. Each step has a folder, named after the epoch or the number of batches.
        monitor, mode: the number that tells the best model, and whether it should be small or large.
        verbose: taken as Keras takes it; nothing is said.
        save_best_only: save only when the number is better than ever before.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: the value to beat at first.
        max_to_keep: how many of the last steps stay; None: all.
        save_on_background: write while training goes on.
        save_weights_only: save the weights alone.

    Raises:
        ImportError: where Orbax is not installed.

    Example:
        >>> keeper = lanthorn.callbacks.OrbaxCheckpoint("checkpoints", max_to_keep=3)  # doctest: +SKIP
        >>> model.fit(x, y, callbacks=[keeper])  # doctest: +SKIP
    """

    def __init__(
        self, directory: Any, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False,
        mode: str = "auto", save_freq: str | int = "epoch", initial_value_threshold: float | None = None,
        max_to_keep: int | None = 1, save_on_background: bool = True, save_weights_only: bool = False,
    ):  # fmt: skip
        super().__init__(monitor, mode, initial_value_threshold)
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"OrbaxCheckpoint: unrecognized save_freq, expected 'epoch' or integer values, got {save_freq!r}."
            )
        training = imported("orbax.checkpoint", "OrbaxCheckpoint", "orbax-checkpoint").v1.training
        self.directory, self.verbose, self.save_best_only = os.path.abspath(directory), verbose, save_best_only
        self.save_freq, self.max_to_keep = save_freq, max_to_keep
        self.save_on_background, self.save_weights_only = save_on_background, save_weights_only
        self._batches = 0
        self.checkpointer: Any = training.Checkpointer(
            directory=self.directory,
            preservation_policy=None if max_to_keep is None else training.preservation_policies.LatestN(max_to_keep),
            save_decision_policy=training.save_decision_policies.FixedIntervalPolicy(1),
        )

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        if getattr(model, "optimizer", None) is not None:
            self._batches = int(model.optimizer.iterations)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self.save_freq != "epoch" and self._batches % int(self.save_freq) == 0:
            self._save_if_better(self._batches, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save_if_better(epoch, logs)

    def on_train_end(self, logs: Any = None) -> None:
        self.checkpointer.close()

    def wait_until_finished(self) -> None:
        """Wait until what was begun is written."""
        self.checkpointer.wait()

    def _save_if_better(self, step: int, logs: Any) -> None:
        if self.save_best_only:
            value = self.read(logs)
            if value is None or not self.improved(value, self.best):
                return
            self.best = value
        save = "save_checkpointables_async" if self.save_on_background else "save_checkpointables"
        getattr(self.checkpointer, save)(step, self.model._orbax(self.save_weights_only))
