"""What a user's own `train_step` calls: written as for Keras 3, on torch's or TensorFlow's way of taking gradients."""

from typing import Any

from .. import losses, metrics, optimizers
from ..core import autocast
from .stateless_steps import StatelessSteps
from .work import unpack


class UserSteps(StatelessSteps):
    """Steps that a subclass may override, and the parts to write them with.

    A class that overrides `train_step(self, data)` gets (x, y) or (x, y, sample_weight) as arrays of the engine and
    returns a dict of logs:

        class MyModel(lanthorn.Model):
            def train_step(self, data):                      # the torch way
                x, y = data
                self.zero_grad()
                loss = self.compute_loss(y=y, y_pred=self(x, training=True))
                loss.backward()
                weights = self.trainable_weights
                self.optimizer.apply([w.value.grad for w in weights], weights)
                for metric in self.metrics:
                    metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
                return {m.name: m.result() for m in self.metrics}

    On JAX it is `train_step(self, state, data)`, a pure function that returns the logs and the state after it (see
    `stateless_steps.py`); `fit` compiles it.
    """

    def overrides(self, name: str) -> bool:
        """Whether the user's class has this method of its own."""
        return getattr(type(self), name) is not getattr(UserSteps, name)

    def train_step(self, data: Any, batch: Any = None) -> Any:
        """One training step; what a subclass may override or extend. On JAX also as `train_step(state, data)`."""
        if batch is not None:
            return self._stateless_train_step(data, batch)
        x, y, sample_weight = unpack(data)
        self._compiled_run("train", x, y)(x, y, sample_weight)
        return self.get_metrics_result()

    def test_step(self, data: Any, batch: Any = None) -> Any:
        """One step of an evaluation. On JAX also as `test_step(state, data)`."""
        if batch is not None:
            return self._stateless_test_step(data, batch)
        x, y, sample_weight = unpack(data)
        self._compiled_run("test", x, y)(x, y, sample_weight)
        return self.get_metrics_result()

    def predict_step(self, data: Any, batch: Any = None) -> Any:
        """The outputs for one batch. On JAX also as `predict_step(state, data)`."""
        if batch is not None:
            return self._stateless_predict_step(data, batch)
        return self(unpack(data)[0], training=False)  # pyright: ignore[reportCallIssue]

    def _compiled_run(self, kind: str, x: Any, y: Any) -> Any:
        from .step import Step

        self._ready(x, y)
        entered = autocast.override()
        key = f"own {kind} {entered.dtype if entered else ''}"
        if key not in self._made:
            training = kind == "train"
            step = Step(self, self._objectives, self.optimizer if training else None, self.run_eagerly)
            self._made[key] = self.engine.compile_train(step) if training else self.engine.compile_eval(step)
        return self._made[key]

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The loss of outputs `y_pred` for labels `y`, with what `add_loss` and regularizers add."""
        objectives = self._objectives
        if objectives is not None and not objectives.built and y_pred is not None:
            objectives.build(self.engine, y, y_pred, self._held_metrics())
        total = objectives.loss(y, y_pred, sample_weight)[0] if objectives is not None and y_pred is not None else None
        for value in self.losses:
            total = value if total is None else total + value
        if total is None:
            raise ValueError(
                f"{self.describe()}: there is no loss: pass compile(loss=...), or call add_loss in a layer."
            )
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the metrics given to `compile` and return what they stand at."""
        self._objectives.update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """What the metrics stand at, by name, as scalars of the engine."""
        if type(self).metrics is not UserSteps.metrics:
            return {metric.name: metric.result() for metric in self.metrics}
        return self._objectives.results() if self._objectives is not None else {}

    @property
    def metrics(self) -> list:
        """The metric objects: the mean of the loss, then those of `compile`, then those held as attributes."""
        found = self._objectives.metrics if self._objectives is not None and self._objectives.built else []
        known = {id(m) for m in found}
        return found + [m for m in self._held_metrics() if id(m) not in known]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order; known once the model has seen data."""
        if self._objectives is None or not self._objectives.built:
            return [metric.name for metric in self.metrics]
        return list(self._objectives.named())

    def reset_metrics(self) -> None:
        """Forget what the metrics measured."""
        for metric in self.metrics:
            metric.reset_state()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of the last `loss.backward()`, as a torch module does."""
        for variable in self.trainable_variables:
            if getattr(variable.value, "grad", None) is not None:
                variable.value.grad = None

    # -- for files -------------------------------------------------------------------------------------------------
    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was called with, as plain data; None if it was not."""
        if not self.compiled:
            return None
        asked = self._objectives.asked
        return {
            "optimizer": optimizers.serialize(self.optimizer),
            "loss": _serialized(asked["loss"], losses.serialize),
            "loss_weights": asked["loss_weights"],
            "metrics": _serialized(asked["metrics"], metrics.serialize),
            "weighted_metrics": _serialized(asked["weighted_metrics"], metrics.serialize),
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` says."""
        config = dict(config)
        config["optimizer"] = optimizers.deserialize(config.get("optimizer"))
        self.compile(**config)  # losses and metrics are read from their configs by name


def _serialized(asked: Any, serialize: Any) -> Any:
    if isinstance(asked, dict):
        return {name: _serialized(item, serialize) for name, item in asked.items()}
    if isinstance(asked, (list, tuple)):
        return [_serialized(item, serialize) for item in asked]
    return serialize(asked) if asked is not None else None
