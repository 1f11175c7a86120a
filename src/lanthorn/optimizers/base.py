"""What an optimizer is: slots per weight, a step counter, a learning rate, and one formula.

`apply(grads)` goes: gradients that are None out, loss scale, clipping, then either the engine's own kernel
(`engine.fused_update`) or weight decay and the formula written here in ops, then the moving average of the weights
and the constraints. All of it is `assign` on Variables, so that it runs as it stands in eager mode, under `jax.jit`
with swapped values, and in a `tf.function`.
"""

import warnings
from collections.abc import Iterable
from typing import Any, ClassVar

from .. import ops
from ..core.config import Configurable
from ..core.naming import snake_case
from ..core.variable import Variable
from ..ops.dispatch import kind
from .adopting import as_variable
from .averaging import Averaging, in_dtype
from .clipping import clip
from .rate import LearningRate
from .state import same
from .stateless import StatelessApply

LEGACY = ("jit_compile", "is_legacy_optimizer", "exclude_from_weight_decay", "loss_scale", "lr_multiplier")


class Optimizer(LearningRate, Averaging, StatelessApply, Configurable):
    """Base of the optimizers. Override `update_step(gradient, variable, learning_rate)`, and `slots()` or `build`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments that gives one. `lr` is its old name.
        weight_decay: each step takes this share (times the learning rate) from the weights first.
        clipnorm: longest gradient of one weight. clipvalue: largest entry. global_clipnorm: longest gradient of all
            weights together. Only one of the three.
        use_ema: keep a moving average of the weights (`ema_momentum`), and put it into them every
            `ema_overwrite_frequency` steps, and when training ends.
        loss_scale_factor: the loss was multiplied by it (`scale_loss`), the gradients are divided by it.
        gradient_accumulation_steps: weights move once in so many steps, by the mean gradient.
        decay: of Keras 2: the learning rate is divided by 1 + decay * iterations.

    Example:
        >>> weight = lanthorn.Variable([1.0, 2.0], engine="numpy")
        >>> optimizer = lanthorn.optimizers.SGD(0.1)
        >>> optimizer.apply([np.array([1.0, 10.0], "float32")], [weight])
        >>> weight.numpy()
        array([0.9, 1. ], dtype=float32)
    """

    _own_first: ClassVar[bool] = True
    _root: ClassVar[bool] = True
    _rate: ClassVar[float] = 0.001  # learning rate if none is given
    _by_formula: ClassVar[bool] = False  # True while the engine's kernel, which keeps state of its own, is left aside

    weight_decay: float | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    use_ema: bool = False
    ema_momentum: float = 0.99
    ema_overwrite_frequency: int | None = None
    loss_scale_factor: float | None = None
    gradient_accumulation_steps: int | None = None
    name: str | None = None
    decay: float = 0.0

    def __init__(self, *args: Any, **kwargs: Any):
        rate = kwargs.pop("lr", None)
        if args:
            rate, args = args[0], args[1:]
        rate = kwargs.pop("learning_rate", rate)
        rate = type(self)._rate if rate is None else rate
        if "epsilon" in kwargs and kwargs["epsilon"] is None:  # Keras 2: the global epsilon
            del kwargs["epsilon"]
        for name in [k for k in kwargs if k in LEGACY]:
            del kwargs[name]
        self._start()
        self._learning_rate = self._read_rate(rate)
        self._set_fields(args, kwargs)

    def _set_fields(self, args, kwargs):
        super()._set_fields(args, kwargs)
        who = type(self).__name__
        self.name = self.name or snake_case(who)
        if sum(c is not None for c in (self.clipnorm, self.clipvalue, self.global_clipnorm)) > 1:
            raise ValueError(f"{who}: only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set.")
        if self.gradient_accumulation_steps is not None and self.gradient_accumulation_steps < 2:
            raise ValueError(
                f"{who}: `gradient_accumulation_steps` must be 2 or more (None for no accumulation), "
                f"got {self.gradient_accumulation_steps}."
            )
        if not 0.0 <= self.ema_momentum <= 1.0:
            raise ValueError(f"{who}: `ema_momentum` must be between 0 and 1, got {self.ema_momentum}.")
        if self.ema_overwrite_frequency is not None and self.ema_overwrite_frequency < 1:
            raise ValueError(f"{who}: `ema_overwrite_frequency` must be 1 or more, got {self.ema_overwrite_frequency}.")

    # -- one step --------------------------------------------------------------------------------------------------
    def apply(self, grads: Iterable, trainable_variables: Iterable[Variable] | None = None) -> None:
        """Move the weights by these gradients, one per weight (None: that weight stays, with a warning).

        Args:
            grads: arrays of the engine.
            trainable_variables: Variables, `tf.Variable`s or torch's Parameters; those it was built for if None.

        Raises:
            ValueError: a weight is not one the optimizer was built for, or no gradient is left.
            TypeError: a weight that cannot be changed in place, such as an array of JAX.
        """
        grads = list(grads)
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if not self.built:
            if trainable_variables is None:
                raise ValueError(
                    f"{type(self).__name__}: it has no weights yet. Call build(model.trainable_variables) first, "
                    "or apply(gradients, weights)."
                )
            self.build(variables)
        if len(grads) != len(variables):
            raise ValueError(
                f"{type(self).__name__}: expected one gradient for each of {len(variables)} weights, got {len(grads)}."
            )
        if not same(variables, self._trainable_variables):
            variables = [self._known(v) for v in variables]
        if any(g is None for g in grads):
            grads, variables = self._without_missing(grads, variables)
        for i, g in enumerate(grads):
            if kind(g) in (None, "numpy"):  # only the looked-up rows of a table, or not on the engine
                grads[i] = ops.convert_to_tensor(g, like=variables[i].value)
        if variables:
            engine = variables[0].engine
            with engine.updating():
                self._apply(engine.summed(grads), variables)

    def _apply(self, grads: list, variables: list[Variable]) -> None:
        if self.loss_scale_factor is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
            counted = False
        else:
            counted = self._update(grads, variables)
        if self.use_ema:
            self._average()
        for variable, constraint in self._constrained:
            variable.assign(constraint(variable.value))
        if counted:
            self._step = self.step_count() + 1
        else:
            self._iterations.assign_add(1)

    def _update(self, grads: list, variables: list[Variable]) -> bool:
        """Clip and update; True if the engine's kernel did it and counts in Python."""
        limits = {"norm": self.clipnorm, "global norm": self.global_clipnorm, "value": self.clipvalue}
        for kind_of_clip, limit in limits.items():
            if limit:
                grads = clip(kind_of_clip, grads, limit, variables[0].engine)
        whole = same(variables, self._trainable_variables) and not self.gradient_accumulation_steps
        whole = whole and not self._by_formula
        if whole and variables[0].engine.fused_update(self, grads, variables):
            return self._step is not None
        self._sync()
        self._step = None
        rate = self.current_rate()
        for v in variables:
            decay = self.decay_of(v)
            if decay is not None:
                v.assign_sub(v.value * (decay * in_dtype(rate, v)))
        self.update_all(grads, variables, rate)
        return False

    def step_count(self) -> int:
        """For an engine's kernel: updates made so far, as a Python int (reads the device the first time only)."""
        if self._step is None:
            self._step = int(self._iterations.numpy())
        return self._step

    def update_all(self, grads: list, variables: list[Variable], learning_rate: Any) -> None:
        """Update every weight. `step_size` is asked once, then `update_step` for each weight."""
        size = self.step_size(learning_rate)
        for g, v in zip(grads, variables, strict=True):
            if v.dtype != "float32":
                g = ops.cast(g, v.dtype)
            self.update_step(g, v, in_dtype(size, v))

    def decay_of(self, variable: Variable) -> float | None:
        """The weight decay of a weight."""
        return self.weight_decay if self.weight_decay is not None and self._decays(variable) else None

    def step_size(self, learning_rate: Any) -> Any:
        """What `update_step` gets as its third argument, computed once per step."""
        return learning_rate

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """The formula: move one weight."""
        raise TypeError(f"{type(self).__name__}: an optimizer must define update_step(gradient, variable, rate).")

    def assign(self, variable: Variable, value: Any) -> None:
        """Store a value: what update formulas written for Keras call."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(value)

    def next_step(self) -> Any:
        """Number of this update, from 1, as the engine's float32 scalar."""
        return ops.cast(self._iterations_now(), "float32") + 1.0

    def _iterations_now(self) -> Any:
        steps = self.gradient_accumulation_steps
        return ops.floor_divide(self._iterations, steps) if steps else self._iterations

    def apply_gradients(self, grads_and_vars: Iterable, name: str | None = None, **_: Any) -> Variable:
        """`apply` for pairs (gradient, weight), as in Keras 2; gives the step counter."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.iterations

    def _known(self, variable: Any) -> Variable:
        """The weight itself, given it or the engine's array that it holds."""
        i = self._index.get(id(variable), self._by_value.get(id(variable)))
        if i is None:
            as_variable(variable, type(self).__name__)
            raise ValueError(
                f"{type(self).__name__} '{self.name}': {variable!r} is not one of the {len(self._index)} weights that "
                "the optimizer was built for. Call build() with all the weights that are to train."
            )
        return self._trainable_variables[i]

    def _without_missing(self, grads: list, variables: list[Variable]) -> tuple[list, list]:
        missing = tuple(v.path for g, v in zip(grads, variables, strict=True) if g is None)
        if len(missing) == len(grads):
            raise ValueError(
                f"{type(self).__name__}: there is no gradient for any weight. Does the loss depend on the model's "
                "weights, and are they trainable?"
            )
        if self.__dict__.get("_warned") != missing:
            self._warned = missing
            warnings.warn(
                f"{type(self).__name__}: no gradient for {', '.join(missing)}: the loss does not depend on them, "
                "and they are not trained.",
                stacklevel=4,
            )
        both = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        return [g for g, _ in both], [v for _, v in both]

    def get_config(self):
        config = super().get_config()
        if not self.decay:
            del config["decay"]  # Keras 3 does not know it
        return {**config, "learning_rate": self._rate_config()}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """An optimizer with these settings, those of Keras 2 included."""
        return cls(**config)

    def __repr__(self) -> str:
        inner = super().__repr__()[len(type(self).__name__) + 1 : -1]
        shown = [f for f in inner.split(", ") if f and not f.startswith("name=")]
        rate = self._rate_config() if isinstance(self._learning_rate, Variable) else self._learning_rate
        return f"{type(self).__name__}({', '.join([f'learning_rate={rate!r}', *shown])})"
