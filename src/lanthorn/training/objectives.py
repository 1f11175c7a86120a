"""What `compile` was asked for, matched with a model's outputs: which loss and which metrics each output has."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import losses as losses_module
from .. import metrics as metrics_module
from .. import ops
from ..core import tree
from ..core.naming import snake_case
from ..losses.base import mask_weight
from .resolving import along, nested, resolve_loss, resolve_metric


class Output:
    """One output of the model: its loss (None: it has none), the weight of that loss, its metrics."""

    def __init__(self, name: str, loss: Any, weight: float | None, metrics: list, weighted_metrics: list):
        self.name, self.loss, self.weight = name, loss, weight
        self.metrics, self.weighted_metrics = metrics, weighted_metrics
        self.tracker: Any = None  # the mean of this loss, kept where there are several


class Objectives:
    """Losses and metrics of a model, by output. Made by `compile`, matched with the data by `build`.

    `metrics` and everything in them live on the model's engine; nothing here waits for the device.
    """

    def __init__(
        self, loss: Any = None, loss_weights: Any = None, metrics: Any = None, weighted_metrics: Any = None,
        output_names: Iterable[str] | None = None, who: str = "compile",
    ):  # fmt: skip
        self.asked = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self.names = list(output_names or [])
        self.who = who
        self.outputs: list[Output] = []
        self.held: list = []  # metrics that the model holds as attributes, and updates itself
        self.total: Any = None  # the mean of the loss
        self.built = False
        self.engine: Any = None
        self.nested: Any = None  # the structure of the outputs, if it is more than a list or a dict of arrays
        self.classes: list[int | None] = []  # size of the last axis of each output
        self.noted: list | None = None  # where a step that calls the user's `compute_loss` finds the losses one by one

    # -- matching --------------------------------------------------------------------------------------------------
    def build(self, engine: Any, y: Any, outputs: Any, held: Iterable = ()) -> None:
        """Match what was asked with these labels and outputs (arrays, or anything with a shape), on `engine`."""
        self.total = metrics_module.Mean(name="loss")
        self.nested = tree.map(lambda _: 0, outputs) if nested(outputs) else None
        if isinstance(outputs, dict) and self.nested is None:
            self.names = self.names if set(self.names) == set(outputs) else list(outputs)
        predictions = self.flat(outputs)
        single = len(predictions) == 1
        if len(set(self.names)) != len(predictions):
            self.names = [f"output_{i + 1}" for i in range(len(predictions))]
        losses = self._spread(self.asked["loss"], "loss")
        labels = self.targets(y, [loss is not None for loss in losses]) if y is not None else [None] * len(predictions)
        weights = self._spread(self.asked["loss_weights"], "loss_weights")
        metrics = self._spread(self.asked["metrics"], "metrics", many=True)
        weighted = self._spread(self.asked["weighted_metrics"], "weighted_metrics", many=True)
        self.outputs = []
        for i, name in enumerate(self.names):
            t, p = labels[i], predictions[i]
            self.outputs.append(
                Output(
                    name,
                    resolve_loss(losses[i], t, p),
                    weights[i],
                    [resolve_metric(m, t, p) for m in _listed(metrics[i])],
                    [resolve_metric(m, t, p) for m in _listed(weighted[i])],
                )
            )
        if not single and sum(o.loss is not None for o in self.outputs) > 1:
            for output in self.outputs:
                if output.loss is not None:
                    output.tracker = metrics_module.Mean(name=f"{output.name}_loss")
        for output, t, p in zip(self.outputs, labels, predictions, strict=True):
            for metric in (*output.metrics, *output.weighted_metrics):
                metric.build(engine, t, p)
        self.held = list(held)
        for metric in (*self.means(), *self.held):
            metric.build(engine, labels[0], predictions[0])
        self.classes = [int(p.shape[-1]) if len(p.shape) > 1 and p.shape[-1] else None for p in predictions]
        self.engine, self.built = engine, True

    def _spread(self, asked: Any, what: str, many: bool = False) -> list:
        """One entry per output from what the user wrote: one for all, a list, or a dict by output name."""
        count = len(self.names)
        if asked is None:
            return [None] * count
        if self.nested is not None and not (isinstance(asked, dict) and set(asked) <= set(self.names)):
            return along(self.nested, asked)
        if isinstance(asked, dict) and not ("class_name" in asked and "config" in asked):
            unknown = [name for name in asked if name not in self.names]
            if count == 1 and len(asked) == 1:
                return list(asked.values())
            if unknown:
                raise ValueError(
                    f"{self.who}: `{what}` names the output {unknown[0]!r}, which the model does not have. "
                    f"Its outputs are: {', '.join(map(repr, self.names))}."
                )
            return [asked.get(name) for name in self.names]
        if isinstance(asked, (list, tuple)):
            if count == 1:
                if many and len(asked) == 1 and isinstance(asked[0], (list, tuple)):  # [["mae"]]
                    return [list(asked[0])]
                return [list(asked)] if many else list(asked)[:1]
            if len(asked) == count:
                return list(asked)
            if many and not any(isinstance(m, (list, tuple)) for m in asked):
                return [list(asked)] * count
            raise ValueError(
                f"{self.who}: `{what}` has {len(asked)} entries, the model has {count} outputs "
                f"({', '.join(map(repr, self.names))}). Give one entry per output, or a dict by output name."
            )
        return [asked] * count

    # -- flattening ------------------------------------------------------------------------------------------------
    def flat(self, outputs: Any) -> list:
        """The model's outputs as a list, in the order of `names`."""
        if self.nested is not None:
            return tree.flatten(outputs)
        if isinstance(outputs, dict):
            return [outputs[name] for name in (self.names if set(self.names) == set(outputs) else outputs)]
        return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

    def targets(self, y: Any, wanted: list[bool] | None = None) -> list:
        """The labels as a list with one entry per output; None where an output has no loss and no label."""
        count = len(self.names)
        if self.nested is not None:
            return along(self.nested, y)
        if isinstance(y, dict):
            unknown = [name for name in y if name not in self.names]
            if unknown and not (count == 1 and len(y) == 1):
                raise ValueError(
                    f"{self.who}: the labels name the output {unknown[0]!r}, which the model does not have. "
                    f"Its outputs are: {', '.join(map(repr, self.names))}."
                )
            return list(y.values()) if unknown else [y.get(name) for name in self.names]
        if count == 1:
            return [y[0] if isinstance(y, (list, tuple)) and len(y) == 1 else y]
        if not isinstance(y, (list, tuple)):
            y = [y]
        if len(y) == count:
            return list(y)
        wanted = wanted or [output.loss is not None for output in self.outputs]
        if len(y) == sum(wanted):
            parts = iter(y)
            return [next(parts) if has_loss else None for has_loss in wanted]
        raise ValueError(
            f"{self.who}: expected labels for {count} outputs ({', '.join(map(repr, self.names))}), "
            f"got {len(y)}. Give y as a list with one array per output, or as a dict by output name."
        )

    def weights(self, sample_weight: Any) -> list:
        """The sample weights as a list with one entry per output; one array serves all outputs."""
        count = len(self.names)
        if self.nested is not None:
            return along(self.nested, sample_weight)
        if isinstance(sample_weight, dict):
            return [sample_weight.get(name) for name in self.names]
        if isinstance(sample_weight, (list, tuple)):
            return list(sample_weight) if len(sample_weight) == count else list(sample_weight) * count
        return [sample_weight] * count

    def label_check(self) -> Callable[[Any], None] | None:
        """A function that raises if labels on the host are no class numbers of the model; None if there are none."""
        checked = [
            (i, output, classes, getattr(output.loss, "ignore_class", None))
            for i, (output, classes) in enumerate(zip(self.outputs, self.classes, strict=True))
            if classes and output.loss is not None and "sparse_categorical_crossentropy" in _names_of(output.loss)
        ]
        if not checked:
            return None

        def check(y: Any) -> None:
            labels = self.targets(y) if y is not None else []
            for i, output, classes, ignored in checked:
                if labels and isinstance(labels[i], np.ndarray):
                    who = self.who if len(self.outputs) == 1 else f"{self.who}, output '{output.name}'"
                    losses_module.check_labels(labels[i], classes, f"{who}: labels", ignored)

        return check

    # -- in a step -------------------------------------------------------------------------------------------------
    def loss(self, y: Any, outputs: Any, sample_weight: Any = None, masks: Any = None) -> tuple[Any, list]:
        """The weighted sum of the outputs' losses (None: no output has one) and the losses one by one.

        Args:
            masks: one mask, or None, per output: positions that do not count.
        """
        labels, predictions, weights = self.targets(y), self.flat(outputs), self.weights(sample_weight)
        masks = masks or [None] * len(predictions)
        total, parts = None, []
        for output, t, p, w, mask in zip(self.outputs, labels, predictions, weights, masks, strict=True):
            if output.loss is None:
                continue
            value = output.loss(t, p, sample_weight=w, mask=mask)
            parts.append(value)
            if output.weight is not None:
                value = value * output.weight
            total = value if total is None else total + value
        if self.noted is not None:
            self.noted[:] = parts
        return total, parts

    def measure(
        self, y: Any, outputs: Any, sample_weight: Any, total: Any, parts: list, count: Any, masks: Any = None
    ) -> None:
        """Update every metric with one batch of `count` samples."""
        if hasattr(count, "dtype"):  # a graph that leaves the number of samples open
            count = ops.cast(count, "float32")
        self.total.update_state(total, sample_weight=count)
        trackers = [output.tracker for output in self.outputs if output.loss is not None]
        for tracker, part in zip(trackers, parts, strict=False):
            if tracker is not None:
                tracker.update_state(part, sample_weight=count)
        self.update_metrics(y, outputs, sample_weight, masks)

    def update_metrics(self, y: Any, outputs: Any, sample_weight: Any = None, masks: Any = None) -> None:
        """Update the metrics proper, not the means of the losses."""
        if not any(output.metrics or output.weighted_metrics for output in self.outputs):
            return
        labels, predictions, weights = self.targets(y), self.flat(outputs), self.weights(sample_weight)
        masks = masks or [None] * len(predictions)
        for output, t, p, w, mask in zip(self.outputs, labels, predictions, weights, masks, strict=True):
            for metric in output.metrics:
                if mask is None:
                    metric.update_state(t, p)  # a user's metric may take no weights
                else:
                    metric.update_state(t, p, sample_weight=mask)
            if output.weighted_metrics:
                w = w if mask is None else mask_weight(w, mask, spread=False, like=p)
                for metric in output.weighted_metrics:
                    metric.update_state(t, p, sample_weight=w)

    # -- results ---------------------------------------------------------------------------------------------------
    def means(self) -> list:
        """The mean of the loss, and of each output's loss where there are several."""
        return [self.total, *(o.tracker for o in self.outputs if o.tracker is not None)]

    def named(self) -> dict[str, Any]:
        """Every metric by the name it has in the logs: `loss`, `a_loss`, …, `a_accuracy`, …"""
        found = {mean.name: mean for mean in self.means()}
        several = len(self.outputs) > 1
        for kind in ("metrics", "weighted_metrics"):
            for output in self.outputs:
                prefix = f"{output.name}_" if several else ""
                for metric in getattr(output, kind):
                    name = prefix + metric.name
                    if name in found and kind == "weighted_metrics":
                        name = f"{prefix}weighted_{metric.name}"
                    base, again = name, 0
                    while name in found:
                        again += 1
                        name = f"{base}_{again}"
                    found[name] = metric
        if not self.held:
            return found
        known = {id(metric) for metric in found.values()}
        return found | {metric.name: metric for metric in self.held if id(metric) not in known}

    @property
    def metrics(self) -> list:
        """The metric objects, the mean of the loss first."""
        return list(self.named().values())

    @property
    def variables(self) -> list:
        """The metrics' variables, on the engine's device."""
        return [v for metric in self.metrics for v in metric.variables]

    def results(self) -> dict[str, Any]:
        """What the metrics stand at, as scalars of the engine."""
        return {name: metric.result() for name, metric in self.named().items()}

    def reset(self) -> None:
        """Forget what was measured."""
        for metric in self.metrics:
            metric.reset_state()


def _names_of(loss: Any) -> tuple[str, ...]:
    function = getattr(loss, "fn", None) or getattr(type(loss), "function", None)
    return getattr(function, "__name__", ""), snake_case(type(loss).__name__)


def _listed(entry: Any) -> list:
    if entry is None:
        return []
    return list(entry) if isinstance(entry, (list, tuple)) else [entry]
