"""BackupAndRestore: go on where a run was cut off."""

import json
import os
import shutil
from typing import Any

import numpy as np

from .callback import Callback


class BackupAndRestore(Callback):
    """Saves weights, optimizer and epoch to a folder; the next `fit` with the same folder goes on after that epoch.

    Run the same script again after a crash, a power cut or Ctrl-C, and it trains the epochs that are missing.

    Args:
        backup_dir: the folder. It is made, and removed again when a training has come to its end.
        save_freq: "epoch", or a number of batches. Training always resumes at the beginning of an epoch.
        double_checkpoint: taken as Keras takes it: the backup before is kept until the next is whole, always.
        delete_checkpoint: whether the folder is removed at the end.

    Example:
        >>> model.fit(x, y, epochs=50, callbacks=[lanthorn.callbacks.BackupAndRestore("backup")])
    """

    def __init__(
        self, backup_dir: Any, save_freq: str | int = "epoch", double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ):  # fmt: skip
        super().__init__()
        if not backup_dir:
            raise ValueError(f"BackupAndRestore: `backup_dir` must name a folder, got {backup_dir!r}.")
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                f"BackupAndRestore: `save_freq` must be 'epoch' or a number of batches, got {save_freq!r}."
            )
        self.backup_dir, self.save_freq, self.delete_checkpoint = os.fspath(backup_dir), save_freq, delete_checkpoint
        self.double_checkpoint = double_checkpoint
        self._epoch = self._batches = 0

    @property
    def _note(self) -> str:
        return os.path.join(self.backup_dir, "training_metadata.json")

    def on_train_begin(self, logs: Any = None) -> None:
        self._epoch = self._batches = 0
        if os.path.exists(self._note):
            with open(self._note, encoding="utf-8") as file:
                note = json.load(file)
            self._load(os.path.join(self.backup_dir, note["file"]))
            self._epoch = self.model._initial_epoch = note["epoch"]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq != "epoch":
            self._batches += 1
            if self._batches % int(self.save_freq) == 0:
                self._save()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch + 1
        if self.save_freq == "epoch":
            self._save()

    def on_train_interrupted(self, epoch: int, batch: int) -> None:
        self._save()

    def _variables(self) -> list:
        """Weights, statistics and random states of the model, then the state of its optimizer."""
        return [*self.model.variables, *(getattr(self.model.optimizer, "variables", None) or [])]

    def _load(self, path: str) -> None:
        variables = self._variables()
        with np.load(path) as file:
            arrays = [file[f"arr_{i}"] for i in range(len(file.files))]
        if [a.shape for a in arrays] != [tuple(v.shape) for v in variables]:
            raise ValueError(
                f"BackupAndRestore: the backup in {self.backup_dir!r} is of another model or optimizer "
                f"({len(arrays)} arrays, this one has {len(variables)} or other shapes). "
                "Remove the folder to begin anew."
            )
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    def _save(self) -> None:
        os.makedirs(self.backup_dir, exist_ok=True)
        before = None
        if os.path.exists(self._note):
            with open(self._note, encoding="utf-8") as file:
                before = json.load(file)["file"]
        name = "state_b.npz" if before == "state_a.npz" else "state_a.npz"
        np.savez(os.path.join(self.backup_dir, name), *(v.numpy() for v in self._variables()))
        with open(self._note + ".tmp", "w", encoding="utf-8") as file:  # the note changes last: it is always true
            json.dump({"epoch": self._epoch, "file": name}, file)
        os.replace(self._note + ".tmp", self._note)

    def on_train_end(self, logs: Any = None) -> None:
        if self.delete_checkpoint and self.params.get("outcome") == "complete":
            shutil.rmtree(self.backup_dir, ignore_errors=True)
