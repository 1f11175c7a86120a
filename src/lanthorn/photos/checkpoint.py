"""Where a trained model goes: nothing good is overwritten, and a training that was stopped can go on."""

import hashlib
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..callbacks import LambdaCallback
from ..saving import load_model
from .options import TrainOptions

EVERY = 60.0  # seconds between two checkpoints; a power cut costs no more than that and the epoch that runs


def output_file(path: str | os.PathLike, tell: Callable[[str], None]) -> Path:
    """The file for a model. What cannot be written is found out before the training, not after it.

    Raises:
        IsADirectoryError: it is a folder.
        ValueError: it is not named .keras or .h5.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"output: {path} is a folder. Name a file in it, such as {path / 'model.keras'}.")
    if path.suffix not in (".keras", ".h5"):
        raise ValueError(f"output: expected a file name that ends in .keras or .h5, got {str(path)!r}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise type(error)(
            f"output: {path.parent} cannot be written to ({error.strerror}). Name another folder."
        ) from error
    if path.exists():
        tell(f"{path} exists already: when the new model is saved, the old one is kept as {_previous(path)}.")
    return path


def _previous(path: Path) -> Path:
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def _part(path: Path) -> Path:
    return path.with_name(f"{path.stem}.unfinished{path.suffix}")


def _first_stage(path: Path) -> Path:
    return path.with_name(f"{path.stem}.first-stage{path.suffix}")


def stopped(file: Path | None) -> Any:
    """The model of a training that was stopped, with its optimizer and `metadata["unfinished"]`.

    Raises:
        ValueError: there is none.
    """
    if file is None:
        raise ValueError("train: resume goes on with a file: give output, the file that the stopped training wrote to.")
    for path in (_part(file), file, _first_stage(file)):
        if path.exists():
            model = load_model(path)
            if (model.metadata or {}).get("unfinished"):
                return model
    raise ValueError(
        f"train: there is no stopped training to resume in {file}"
        + (": it holds a finished model." if file.exists() else ": there is no such file.")
    )


def settings_of(model: Any, given: TrainOptions) -> TrainOptions:
    """The settings of the stopped training, which cannot be changed on the way.

    Raises:
        ValueError: another setting was asked for.
    """
    noted = model.metadata["unfinished"]["options"]
    settings = TrainOptions.of({**noted, "resume": True})
    for name, value in given.said().items():
        if getattr(settings, name) != value:
            raise ValueError(
                f"train: resume goes on with the settings of the stopped training, where {name} is "
                f"{getattr(settings, name)!r}; got {value!r}. Leave it out, or train anew without resume."
            )
    return settings


def fingerprint(train: Any) -> str:
    """Tells one set of training photos from another, by their names."""
    return hashlib.sha256("\n".join(train.filenames).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class Checkpoint:
    """Keeps what has been trained, so that Ctrl-C, a crash or a power cut loses little, and a later run goes on."""

    def __init__(self, model: Any, file: Path | None, settings: TrainOptions, train: Any):
        self.model, self.file, self.settings = model, file, settings
        self.photos = fingerprint(train)
        before = (model.metadata or {}).get("unfinished") or {}
        self.done: int = before.get("epochs", 0)
        self.first: int | None = before.get("first")  # epochs of the first stage, once that is over
        self.kept: list | None = None  # and its weights, where a second one follows
        if self.first is not None and file is not None and _first_stage(file).exists():
            self.kept = load_model(_first_stage(file)).get_weights()
        self.history: dict[str, list] = before.get("history", {})
        self.begun = False
        self.wanted = (settings.epochs or 0 if self.first is None else self.first) + settings.fine_tune
        self._saved = time.monotonic()
        if before and before.get("photos") != self.photos:
            warnings.warn("the training photos are not those of the stopped training.", stacklevel=3)

    def callback(self) -> LambdaCallback:
        """What `fit` tells of its epochs; no hook on batches: those cost."""

        def ended(epoch, logs=None):
            self.done = epoch + 1
            for name, value in (logs or {}).items():
                self.history.setdefault(name, []).append(float(value))
            if self.file is not None and self.done < self.wanted and time.monotonic() - self._saved > EVERY:
                self._save(_part(self.file))
                self._saved = time.monotonic()

        def interrupted(epoch, batch):
            self.begun = epoch + batch > 0

        watching = LambdaCallback(on_epoch_end=ended, on_train_interrupted=interrupted)
        watching.tells_of_interrupt = True  # `interrupted` does, in words that a command line has
        return watching

    def first_stage_ended(self) -> None:
        """Early stopping may end it before its last epoch: it is over all the same, for a later run too."""
        self.first = self.done
        self.wanted = self.first + self.settings.fine_tune
        self.kept = self.model.get_weights() if self.settings.fine_tune else None
        if self.file is not None and self.settings.fine_tune:
            self._save(_first_stage(self.file))

    def _save(self, path: Path) -> None:
        noted = {"epochs": self.done, "first": self.first, "history": self.history, "photos": self.photos}
        noted["options"] = self.settings.said()
        several = (self.model.metadata or {}).get("several")
        self.model.metadata = {"unfinished": noted} | ({"several": True} if several else {})
        self.model.save(path)

    def interrupted(self) -> str:
        """Ctrl-C: keep what was trained, and say so. An untrained model takes no good one's place."""
        if not self.begun and not self.done:
            return "stopped before the first step: nothing was trained and nothing saved."
        where = f"stopped in epoch {min(self.done + 1, self.wanted)} of {self.wanted}; "
        if self.file is None:
            return where + "no file was named to save to."
        self._put_aside()
        self._save(self.file)
        return where + f"what was trained so far is in {self.file}. To go on: the same again with --resume."

    def finish(self) -> None:
        """The training came to its end: the model goes to its file."""
        if self.file is None:
            return
        self._put_aside()
        self.model.save(self.file)
        for path in (_part(self.file), _first_stage(self.file)):
            path.unlink(missing_ok=True)

    def _put_aside(self) -> None:
        """The model that is there gets another name, unless it is the beginning of this one."""
        assert self.file is not None
        if self.file.exists() and not (self.settings.resume and not _part(self.file).exists()):
            os.replace(self.file, _previous(self.file))
