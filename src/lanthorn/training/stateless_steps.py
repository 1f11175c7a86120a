"""Steps of the form `train_step(self, state, data) -> (logs, state)`: Keras 3's way on JAX.

The state is lists of arrays: (trainable, non-trainable, optimizer, metrics) in training, without the optimizer's in a
test, the first two in a prediction. Between two steps they lie in the Variables, so that callbacks see them.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from ..core import tree
from ..core.functional_call import swapped
from ..core.stateless import losses_apart, taken
from .work import UserWork, pack, unpack

KINDS = {"train_step": "trainable rest optimizer metrics", "test_step": "trainable rest metrics",
         "predict_step": "trainable rest"}  # fmt: skip


def wants_state(step: Callable) -> bool:
    """Whether a bound step is written for (state, data)."""
    try:
        found = inspect.signature(step).parameters.values()
    except (TypeError, ValueError):
        return False
    return sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in found) == 2


class StatelessWork(UserWork):
    """A user's step on values, compiled by the engine unless `run_eagerly`."""

    def __init__(self, step: Callable, model: Any, kind: str, precision: Any = None):
        super().__init__(step, model, precision)
        self.kind, self.groups = kind, None
        self.call = model.engine.compile_stateless(step, renews=kind == "train_step")
        if model.run_eagerly:
            self.call = step

    def variables(self) -> list[list]:
        model = self.model
        found = {"trainable": model.trainable_variables, "rest": model.non_trainable_variables}
        if "optimizer" in KINDS[self.kind]:
            model.optimizer.build(found["trainable"])  # anew, with its state, where another part is frozen now
            found["optimizer"] = model.optimizer.variables
        if "metrics" in KINDS[self.kind]:
            for metric in model.metrics:
                if metric.engine is None:
                    metric.build(self.engine)
            found["metrics"] = model.metrics_variables
        return [found[name] for name in KINDS[self.kind].split()]

    def once(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """What the step returned beside the state, which is stored."""
        data = pack(*(tree.map(self.engine.array, part) for part in (x, y, sample_weight)))
        if self.groups is None:
            self.groups = self.variables()
        groups = self.groups
        state = tuple([v.value for v in group] for group in groups)
        with self.precision:
            result = self.call(state, data)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"{self.model.describe()}: {self.kind}(state, data) must return a pair of logs and state, "
                f"got {type(result).__name__}."
            )
        outputs, state = result
        if self.kind == "predict_step":
            groups, state = groups[1:], (state,)
        if len(state) != len(groups):
            raise ValueError(
                f"{self.model.describe()}: {self.kind} was given a state of {len(groups)} lists of arrays "
                f"and returned one of {len(state)}."
            )
        for group, values in zip(groups, state, strict=True):
            for variable, value in zip(group, taken(group, values, self.model.describe(), self.kind), strict=True):
                variable.value = value
        return outputs

    def reset(self):
        super().reset()
        self.groups = None  # looked up once an epoch

    def run(self, x, y, sample_weight):
        logs = self.once(x, y, sample_weight)
        if not isinstance(logs, dict):
            raise TypeError(
                f"{self.model.describe()}: {self.kind} must return a dict of numbers such as {{'loss': loss}} "
                f"and the state, got {type(logs).__name__}."
            )
        self.logs = logs


class StatelessSteps:
    """The part of a model that such steps are written with, and the steps as they are if nobody writes one."""

    @property
    def metrics_variables(self) -> list:
        """The variables of all `metrics`."""
        return [v for metric in self.metrics for v in metric.variables]

    def stateless_compute_loss(
        self, trainable_variables: Iterable, non_trainable_variables: Iterable, metrics_variables: Iterable,
        x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True,
    ) -> tuple:  # fmt: skip
        """`compute_loss` on other values than the model's own, which stay as they are.

        Args:
            trainable_variables, non_trainable_variables, metrics_variables: one array (or Variable) for each of the
                model's.
            x, y, y_pred, sample_weight, training: as in `compute_loss`.

        Returns:
            The loss, and (trainable_variables, non_trainable_variables, metrics_variables) after it.

        Raises:
            ValueError: the values do not match the model's variables, or there is no loss.

        Example:
            >>> loss, _ = model.stateless_compute_loss(
            ...     model.trainable_variables, model.non_trainable_variables, [], y=y, y_pred=model(x)
            ... )
        """
        own = [self.trainable_variables, self.non_trainable_variables, self.metrics_variables]
        names = ("trainable_variables", "non_trainable_variables", "metrics_variables")
        given = [list(v) for v in (trainable_variables, non_trainable_variables, metrics_variables)]
        if not given[2]:
            own[2] = []
        values = [taken(v, g, self.describe(), name) for v, g, name in zip(own, given, names, strict=True)]
        with losses_apart(self), swapped([v for part in own for v in part], [v for part in values for v in part]):
            takes = inspect.signature(self.compute_loss).parameters
            more = {"training": training} if "training" in takes else {}
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **more)
            return loss, (given[0], [v.value for v in own[1]], [v.value for v in own[2]])

    def compute_loss_and_updates(
        self, trainable_variables: list, non_trainable_variables: list, metrics_variables: list, x: Any, y: Any,
        sample_weight: Any = None, training: bool = False, optimizer_variables: Any = None,
    ) -> tuple:  # fmt: skip
        """What a step of the form (state, data) differentiates: a pure function of the first argument.

        Returns:
            The loss, scaled as the optimizer wants it, and (loss, outputs, non_trainable_variables,
            metrics_variables).
        """
        outputs, rest, collected = self.stateless_call(
            trainable_variables, non_trainable_variables, x, return_losses=True, training=training
        )
        loss, (_, rest, metrics) = self.stateless_compute_loss(
            trainable_variables, rest, metrics_variables, x, y, outputs, sample_weight, training
        )
        # the penalties of weights are in both; what `add_loss` collected is in the call alone
        for value in collected[: len(collected) - sum(v.regularizer is not None for v in self.trainable_variables)]:
            loss = loss + value
        return self.optimizer.scale_loss(loss) if training and self.optimizer else loss, (loss, outputs, rest, metrics)

    def _stateless_train_step(self, state: tuple, data: Any) -> tuple[dict, tuple]:
        trainable, rest, optimizer, metrics = state
        x, y, sample_weight = unpack(data)
        (_, (loss, outputs, rest, metrics)), grads = self.engine.value_and_grad(self.compute_loss_and_updates)(
            trainable, rest, metrics, x, y, sample_weight, training=True, optimizer_variables=optimizer
        )
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
        logs, metrics = self._measured(metrics, x, y, outputs, sample_weight, loss)
        return logs, (trainable, rest, optimizer, metrics)

    def _stateless_test_step(self, state: tuple, data: Any) -> tuple[dict, tuple]:
        trainable, rest, metrics = state
        x, y, sample_weight = unpack(data)
        _, (loss, outputs, rest, metrics) = self.compute_loss_and_updates(
            trainable, rest, metrics, x, y, sample_weight, training=False
        )
        logs, metrics = self._measured(metrics, x, y, outputs, sample_weight, loss)
        return logs, (trainable, rest, metrics)

    def _stateless_predict_step(self, state: tuple, data: Any) -> tuple[Any, list]:
        return self.stateless_call(*state, unpack(data)[0], training=False)

    def _measured(self, metrics: list, x: Any, y: Any, outputs: Any, sample_weight: Any, loss: Any) -> tuple:
        """Logs, and the metrics' values after one batch."""
        variables, objectives = self.metrics_variables, self._objectives
        with swapped(variables, taken(variables, metrics, self.describe(), "metrics_variables")):
            if objectives is not None and objectives.built:
                parts = objectives.loss(y, outputs, sample_weight)[1]
                count = objectives.flat(outputs)[0].shape[0]
                for mean, value in zip(objectives.means(), [loss, *parts], strict=False):
                    mean.update_state(value, sample_weight=count)
            logs = self.compute_metrics(x, y, outputs, sample_weight)
            return logs, [v.value for v in variables]
