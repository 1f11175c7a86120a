"""How `fit` trains behind a frozen prefix: the model is cut, a runner is chosen, the data become features.

Nothing here changes what is learned: the head that is trained is the model's own layers, on the features that the
frozen layers would have given them. For `predict` and `evaluate` all of a model is frozen: `whole`.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np

from ..callbacks.progress import say
from ..core.symbolic import is_symbolic
from ..engines import runners
from . import features, frozen, padding
from .sources import Source

OWN_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")
# about how many multiply-adds of convolutions an engine does in a second on two cores, and how many such seconds are
# worth making and trying a runner, which takes up to four: it is twice as fast as torch's own way, not ten times
OWN_SPEED = {"torch": 2e10, "tensorflow": 1e10, "jax": 2e9, "numpy": runners.NUMPY_SPEED}
LONG = 8.0


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

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The model's outputs for a batch."""
        found = self.runner.run(x)
        return self.head.predict_on_batch(found) if self.head.plan.nodes else found


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
    if x.ndim != len(model._plan.inputs.shape):  # an axis of 1 more or less is a matter of the whole model
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


def _left_by_fit(model: Any) -> Cut | None:
    """The cut of the last `fit`, in float32, if the model is still frozen as it was: it has been tried already."""
    key, found, weights = model._made.get("cut", (None, None, None))
    if found is None or not found.runner.rate or key[:-1] != model.training_key():
        return None
    if weights != _fingerprint(found.split.variables):
        return None
    before, ready = model._made.get("left by fit", (None, None))
    if before is not found:
        ready = found._replace(runner=found.runner._replace(run=found.runner.exact))
        model._made["left by fit"] = (found, ready)
    return ready


def whole(model: Any, steps: int, x: Any) -> Cut | None:
    """The model as an evaluation runs it ahead, in float32; None where its own way will do.

    Mostly all of it is run ahead, with nothing left for its head; after a `fit` behind a frozen prefix, that prefix.
    The outputs are those of the model's own way to 1e-4, in the Euclidean norm; mostly to 1e-6.

    Args:
        steps: about how many batches are to come.
        x: the first of them, to try on.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float32 or model.run_eagerly:
        return None
    plan = getattr(model, "_plan", None)
    if plan is not None and is_symbolic(plan.inputs) and x.ndim != len(plan.inputs.shape):
        return None
    if steps > 1 and (ready := _left_by_fit(model)) is not None:
        return ready
    if not takes_long(model, steps * len(x)):
        return None
    if not _only_its_outputs_count(model):
        return None
    key = (model.engine.name, model._structure())
    made_for, before, made_of = model._made.get("whole", (None, None, None))
    if made_for == key and before is None:
        return None
    weights = _fingerprint(model.variables)
    if made_for == key and made_of == weights:
        return before
    runner = runners.choose(model.plan, model.variables, model.engine, x, steps, tolerance=0.0)
    split = frozen.Split(model.plan, frozen.head(model.plan.outputs, model.plan.outputs, model), 0)
    found = Cut(split, runner) if runner.rate else None  # untried: it is the engine's own
    model._made["whole"] = (key, found, weights)
    return found


def takes_long(model: Any, samples: int) -> bool:
    """Whether about so many samples are worth a runner: what one gains, it gains in convolutions."""
    plan = model.__dict__.get("_plan")
    if plan is None or model.run_eagerly:
        return False
    made_for, products = model._made.get("products", (None, 0))
    if made_for is not plan:
        products = runners.multiply_adds(plan)
        model._made["products"] = (plan, products)
    return products > 0 and samples * products > LONG * OWN_SPEED[model.engine.name]


def _only_its_outputs_count(model: Any) -> bool:
    """Whether a model is all in its graph, of the library's layers, in float32, and no weight is penalised."""
    plan = model.plan
    if not is_symbolic(plan.inputs) or not is_symbolic(plan.outputs) or plan.outputs.masked:
        return False
    layers = model.flat_layers()
    if any(layer._view is not None or layer._policy != "float32" for layer in layers):
        return False
    return padding.allowed(model) and all(v.regularizer is None for v in model.variables)


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
        f"{max(len(found.head.plan.nodes), 1)} of {layers} are trained."
    )
