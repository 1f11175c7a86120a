"""Short batches padded to the size of the others, for engines that compile anew for every shape (`engine.pads`).

A new trace of a step costs JAX 0.5 to 5 s, a padded batch some microseconds. The samples added are copies of a real
one, so that labels stay valid and numbers finite, and a mask says that they do not count: losses and metrics treat
them as they treat what a mask hides, so every result is what the short batch alone would have given.

The rule. A step may see padding only where it is known that no sample has a say in another's output, and that loss
and metrics heed a mask. Known are the layers, losses and metrics of this library that work sample by sample.
Everything else gets the short batch as it is, compiled for its size: code of the user's (layers, losses, metrics,
`compute_loss`, subclassed models), batch statistics in training, ops and axes that reach across samples,
states and losses kept by layers.
"""

from typing import Any

import numpy as np

from .. import losses, metrics
from ..core import tree
from ..core.flatten import runs_graph
from ..losses.base import REDUCTIONS
from ..metrics.mean import FunctionMetric
from .sources import Arrays

SAMPLE_WISE_OPS = frozenset(
    "add subtract multiply divide true_divide negative abs square sqrt rsqrt power exp log maximum minimum clip cast "
    "relu relu6 sigmoid tanh silu gelu elu selu softplus softsign leaky_relu hard_sigmoid hard_silu".split()
)
OWN_METRICS = (
    metrics.MeanMetricWrapper, FunctionMetric, metrics.RootMeanSquaredError, metrics.TruePositives,
    metrics.FalsePositives, metrics.TrueNegatives, metrics.FalseNegatives, metrics.Precision, metrics.Recall,
    metrics.AUC,
)  # fmt: skip


def allowed(model: Any, objectives: Any = None, training: bool = False) -> bool:
    """Whether padding changes nothing for this model (and, if given, its losses and metrics); see the rule above."""
    plan = getattr(model, "_plan", None)
    if plan is None or plan.also or not runs_graph(model) or model.overrides("compute_loss"):
        return False
    if any(len(x.shape) < 2 for x in tree.leaves(plan.outputs)):
        return False  # a loss takes the last axis for what belongs to one sample
    if not all(_sample_wise(part, training) for part in model.flat_layers()):
        return False
    return objectives is None or all(map(_heeds_a_mask, objectives.outputs))


def needed(source: Any) -> bool:
    """Whether a source may give batches of several sizes."""
    if isinstance(source, Arrays):
        return source.size > source.batch_size and source.size % source.batch_size != 0
    return True


def _sample_wise(layer: Any, training: bool) -> bool:
    if (
        not _ours(type(layer))
        or layer.is_foreign
        or type(layer).__name__ in ("Lambda", "Gradient")
        or getattr(layer, "stateful", False)
    ):
        return False
    if training and getattr(layer, "mixes_samples", False):
        return False
    if type(layer).__name__ == "Operation":
        return layer.op in SAMPLE_WISE_OPS
    if any(node.kwargs.get("training") for node in getattr(getattr(layer, "_plan", None), "nodes", ())):
        return False  # a layer that is always in training mode
    if layer.activity_regularizer is not None or not _within_sample(getattr(layer, "axis", -1)):
        return False
    if (activation := getattr(layer, "activation", None)) is not None and not _ours(activation):
        return False
    moving = any(v.is_statistic and not v.is_seed for v in layer._own_variables())
    return not (training and layer._trainable and moving)


def _heeds_a_mask(output: Any) -> bool:
    loss = output.loss
    if loss is not None:
        function = loss.fn if type(loss) is losses.LossFunctionWrapper else type(loss)
        settings = getattr(loss, "_settings", {})
        if not _ours(function) or "overlap" in function.__module__ or loss.reduction not in REDUCTIONS[:-2]:
            return False
        if settings.get("ignore_class") is not None or not _within_sample(settings.get("axis", -1)):
            return False
    for metric in (*output.metrics, *output.weighted_metrics):
        function = metric._fn if type(metric) is metrics.MeanMetricWrapper else type(metric)
        if not isinstance(metric, OWN_METRICS) or not _ours(function) or "overlap" in function.__module__:
            return False
        if not _within_sample(getattr(metric, "_settings", {}).get("axis", -1)):
            return False
    return True


def _ours(code: Any) -> bool:
    return (getattr(code, "__module__", None) or "").startswith("lanthorn.")


def _within_sample(axis: Any) -> bool:
    """Whether an axis, or several, certainly leave out the first: negative ones count from the end, so -1 only."""
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    return all(isinstance(a, int) and (a == -1 or a > 0) for a in axes)


class PaddedPredict:
    """The function that predicts a batch, for one `predict`: batches shorter than the first are padded.

    Args:
        run: the engine's function.
        model: whose outputs it gives.
    """

    def __init__(self, run: Any, model: Any):
        self.run, self.model = run, model
        self.size = 0
        self.allowed: bool | None = None  # known when there is a short batch

    def __call__(self, x: Any) -> Any:
        size = size_of(x)
        if size >= self.size:
            self.size = size
            return self.run(x)
        if self.allowed is None:
            self.allowed = allowed(self.model)
        if not self.allowed:
            return self.run(x)
        engine = self.model.engine  # cut on the host: on the device each cut would be compiled
        return tree.map(lambda y: engine.array(engine.to_numpy(y)[:size]), self.run(pad(x, self.size)))


def size_of(structure: Any) -> int:
    """How many samples a batch has."""
    return int(next(tree.leaves(structure)).shape[0])


def pad(structure: Any, size: int) -> Any:
    """The arrays with copies of their first sample behind, until there are `size`."""

    def one(array):
        array = np.asarray(array)
        return np.concatenate([array, np.repeat(array[:1], size - len(array), axis=0)])

    return tree.map(one, structure)
