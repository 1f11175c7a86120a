"""How `fit` trains behind a frozen prefix: the model is cut, a runner is chosen, the data become features.

Nothing here changes what is learned: the head that is trained is the model's own layers, on the features that the
frozen layers would have given them.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np

from ..core.symbolic import is_symbolic
from ..engines import runners
from . import features, frozen
from .progress import say
from .sources import Source

OWN_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")


class Cut(NamedTuple):
    """A model cut in two, and the runner of its frozen part."""

    split: frozen.Split
    runner: runners.Runner

    @property
    def head(self) -> Any:
        return self.split.head

    def features_of(self, data: Any, source: Source, again: bool, views: int | None) -> Source:
        """The source of features for a source of inputs (see `features.features_of`); exact ones to validate on."""
        shape = tuple(self.split.head.inputs[0].shape[1:])
        run = self.runner.exact if again else self.runner.run
        return features.features_of(data, source, run, shape, self.head.engine, again=again, views=views)


def cut(model: Any, x: Any, passes: float, setting: str, loud: bool) -> Cut | None:
    """The cut model, or None where it is trained whole.

    Args:
        x: the first batch of inputs.
        passes: about how many batches will go through the prefix.
        setting: `frozen` of fit: "auto", "exact" (nothing but float32) or "off".
        loud: whether to say what was done.
    """
    if setting not in ("auto", "exact", "off"):
        raise ValueError(f"{model.describe()}: `frozen` must be 'auto', 'exact' or 'off', got {setting!r}.")
    if setting == "off" or model.run_eagerly:
        return None
    if not isinstance(x, np.ndarray) or getattr(model, "_plan", None) is None or not is_symbolic(model._plan.inputs):
        return None
    key = (*model.training_key(), setting)
    made_for, before, made_of = model._made.get("cut", (None, None, None))
    if made_for != key:
        before, split = None, frozen.split(model)
    else:
        split = before.split if before else None
    if split is None:
        model._made["cut"] = (key, None, None)
        return None
    weights = _fingerprint(split.variables)
    if before is not None and made_of == weights:
        return before
    tolerance = 0.0 if setting == "exact" else runners.TOLERANCE
    found = Cut(split, runners.choose(split.prefix, split.variables, model.engine, x, passes, tolerance))
    model._made["cut"] = (key, found, weights)
    if loud and found.runner.rate and passes * len(x) / found.runner.rate > 2.0:
        say(_told(model, found))
    return found


def _fingerprint(variables: list) -> int:
    """A number that changes when a weight does: a compiled runner has them inside."""
    found = 0
    for variable in variables:
        found = zlib.adler32(variable.numpy().tobytes(), found)
    return found


def _told(model: Any, found: Cut) -> str:
    runner, layers = found.runner, len(model.plan.nodes)
    apart = f", features within {runner.error:.0%} of float32" if runner.error > 1e-4 else ""
    return (
        f"{found.split.layers} frozen layers run ahead as one ({runner.name}{apart}, {runner.rate:.0f} per second); "
        f"{max(len(found.head.plan.nodes), 1)} of {layers} are trained. fit(..., frozen='off') trains the whole."
    )
