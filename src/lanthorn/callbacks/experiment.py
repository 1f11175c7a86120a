"""Callbacks that tell a service for experiments what was set and what came out: MLflow, Weights & Biases, Trackio."""

import os
import tempfile
from collections.abc import Mapping
from typing import Any

from ..core.optional import imported
from .callback import Callback


class ExperimentCallback(Callback):
    """Base of them: what is told, and when.

    Args:
        log_freq: "epoch"; or "batch" or a number of batches, after which loss and metrics are told too.
        log_model: give the model's file to the service when training ends.
    """

    package = ""  # what is imported, and installed with pip

    def __init__(self, log_freq: str | int = "epoch", log_model: bool = False):
        super().__init__()
        every = 1 if log_freq == "batch" else log_freq
        if every != "epoch" and (not isinstance(every, int) or every < 1):
            raise ValueError(
                f"{type(self).__name__}: `log_freq` must be 'epoch', 'batch' or a number of batches, got {log_freq!r}."
            )
        self.service = imported(self.package, type(self).__name__)
        self.log_freq, self.log_model = every, log_model
        self._batches = 0

    @property
    def every_batch(self) -> bool:  # type: ignore[override]
        return self.log_freq != "epoch"

    # -- for the services ------------------------------------------------------------------------------------------
    def begin(self, settings: dict[str, Any]) -> None:
        """Begin a run where none is, and note how the model is trained."""
        raise NotImplementedError

    def tell(self, numbers: dict[str, float], step: int, kind: str) -> None:
        """Numbers of an "epoch" or a "batch"."""
        raise NotImplementedError

    def keep(self, path: str) -> None:
        """Store the model's file."""
        raise NotImplementedError

    def end(self) -> None:
        """End the run, if `begin` began it."""

    # -- the moments -----------------------------------------------------------------------------------------------
    def on_train_begin(self, logs: Any = None) -> None:
        self._batches = 0
        optimizer = self.model.optimizer
        settings = {f"optimizer_{name}": value for name, value in optimizer.get_config().items()}
        known = {name: self.params.get(name) for name in ("epochs", "steps")}
        self.begin({**known, "model": self.model.name, "weights": self.model.count_params(), **settings})

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.log_freq != "epoch":
            self._batches += 1
            if self._batches % int(self.log_freq) == 0:
                self.tell(_numbers(logs), self._batches, "batch")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        rate = getattr(self.model.optimizer, "learning_rate", None)
        numbers = {} if rate is None else {"learning_rate": float(rate)}
        self.tell(numbers | _numbers(logs), epoch, "epoch")

    def on_train_end(self, logs: Any = None) -> None:
        if self.log_model:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"{self.model.name}.keras")
                self.model.save(path)
                self.keep(path)
        self.end()


class MLflowLogger(ExperimentCallback):
    """Settings, metrics and, if asked for, the model to MLflow.

    They go to the run that is active; where none is, one is begun, and ended with the training. Numbers of batches are
    called `batch_loss` and so on.

    Args:
        log_freq: "epoch"; or "batch" or a number of batches, after which loss and metrics are told too.
        log_model: keep the model's file with the run, in the folder `model`.

    Raises:
        ImportError: where MLflow is not installed.

    Example:
        >>> model.fit(x, y, callbacks=[lanthorn.callbacks.MLflowLogger()])  # doctest: +SKIP
    """

    package = "mlflow"
    _own = False

    def begin(self, settings: dict[str, Any]) -> None:
        self._own = self.service.active_run() is None
        if self._own:
            self.service.start_run()
        self.service.log_params(settings)
        lines: list[str] = []
        self.model.summary(print_fn=lambda line, **_: lines.append(line))
        self.service.log_text("\n".join(lines), "model_summary.txt")

    def tell(self, numbers: dict[str, float], step: int, kind: str) -> None:
        prefix = "batch_" if kind == "batch" else ""
        self.service.log_metrics({prefix + name: value for name, value in numbers.items()}, step=step)

    def keep(self, path: str) -> None:
        self.service.log_artifact(path, "model")

    def end(self) -> None:
        if self._own:
            self.service.end_run()


class WandbLogger(ExperimentCallback):
    """Settings, metrics and, if asked for, the model to Weights & Biases.

    They go to the run that is active; where none is, `wandb.init()` begins one, and it ends with the training. The
    names are those of wandb's own integration: `epoch/loss` over `epoch/epoch`, `batch/loss` over `batch/batch_step`.

    Args:
        log_freq: "epoch"; or "batch" or a number of batches, after which loss and metrics are told too.
        log_model: keep the model's file as an artifact of the run.

    Raises:
        ImportError: where wandb is not installed.

    Example:
        >>> model.fit(x, y, callbacks=[lanthorn.callbacks.WandbLogger()])  # doctest: +SKIP
    """

    package = "wandb"
    _own = False

    def begin(self, settings: dict[str, Any]) -> None:
        self._own = self.service.run is None
        if self._own:
            self.service.init()
        self.service.config.update(settings, allow_val_change=True)
        for kind, step in (("epoch", "epoch/epoch"), ("batch", "batch/batch_step")):
            self.service.define_metric(step)
            self.service.define_metric(f"{kind}/*", step_metric=step)

    def tell(self, numbers: dict[str, float], step: int, kind: str) -> None:
        at = {"epoch": "epoch/epoch", "batch": "batch/batch_step"}[kind]
        self.service.log({f"{kind}/{name}": value for name, value in numbers.items()} | {at: step})

    def keep(self, path: str) -> None:
        artifact = self.service.Artifact(os.path.basename(path).removesuffix(".keras"), type="model")
        artifact.add_file(path)
        self.service.log_artifact(artifact)

    def end(self) -> None:
        if self._own:
            self.service.finish()


class TrackioLogger(ExperimentCallback):
    """Settings, metrics and, if asked for, the model to Trackio.

    They go to the run that is active; where none is, one is begun, and ended with the training. Numbers of batches are
    called `batch_loss` and so on.

    Args:
        project: the project of a run that is begun here.
        log_freq: "epoch"; or "batch" or a number of batches, after which loss and metrics are told too.
        log_model: keep the model's file as an artifact of the run.

    Raises:
        ImportError: where Trackio is not installed.

    Example:
        >>> model.fit(x, y, callbacks=[lanthorn.callbacks.TrackioLogger("digits")])  # doctest: +SKIP
    """

    package = "trackio"
    _own = False

    def __init__(self, project: str = "lanthorn", log_freq: str | int = "epoch", log_model: bool = False):
        super().__init__(log_freq, log_model)
        self.project = project

    def begin(self, settings: dict[str, Any]) -> None:
        run = self.service.context_vars.current_run.get()
        self._own = run is None
        if run is None:
            self.service.init(self.project, config=settings, embed=False)
        else:
            run.config.update(settings)

    def tell(self, numbers: dict[str, float], step: int, kind: str) -> None:
        if kind == "epoch":
            self.service.log(numbers | {"epoch": step})
        else:
            self.service.log({f"batch_{name}": value for name, value in numbers.items()} | {"batch": step})

    def keep(self, path: str) -> None:
        self.service.log_artifact(path, type="model")

    def end(self) -> None:
        if self._own:
            self.service.finish()


def _numbers(logs: Mapping[str, Any] | None) -> dict[str, float]:
    """Those of the logs that are one number."""
    return {name: float(value) for name, value in (logs or {}).items() if getattr(value, "ndim", 0) == 0}
