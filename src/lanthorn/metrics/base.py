"""What a metric is: a state on the engine, updated batch by batch, and a result read from it."""

import functools
from typing import Any, ClassVar

import numpy as np

from .. import engines, initializers, ops
from ..core import autocast
from ..core.config import Configurable
from ..core.dtypes import compute_dtype, policy_name
from ..core.moving import move_variable
from ..core.naming import snake_case
from ..core.variable import Variable
from ..losses.base import tensor
from .stateless import StatelessMetric


def _settled_first(update_state: Any) -> Any:
    """The first batch says which engine the state is on, unless `build` said it before; NumPy arrays go there."""

    @functools.wraps(update_state)
    def update(self, *args, **kwargs):
        if self._engine is None:
            self._settle([*args, *kwargs.values()])
        args = autocast.widened(args)
        if any(type(a) is np.ndarray for a in args):
            args = [self._engine.array(a) if type(a) is np.ndarray else a for a in args]
        for name, a in kwargs.items():
            if type(a) is np.ndarray:
                kwargs[name] = self._engine.array(a)
        if self._engine.replicated():  # in a loop of the user's own under a strategy
            with self._engine.added_up(self.variables):
                return update_state(self, *args, **kwargs)
        return update_state(self, *args, **kwargs)

    return update


class Metric(StatelessMetric, Configurable):
    """Base of the metrics. Override `update_state(y_true, y_pred, sample_weight=None)` and `result()`, in ops.

    State is made by `add_variable` in `__init__` (or in `build`, where it depends on the shapes). Neither method
    waits for the device: a result is a scalar of the engine, `float(metric.result())` reads it.

    Args:
        name: in logs; made from the class's name if None.
        dtype: of the state; 'float32' if None.

    Example:
        >>> class Positives(lanthorn.metrics.Metric):
        ...     def __init__(self, name="positives", **kwargs):
        ...         super().__init__(name=name, **kwargs)
        ...         self.total = self.add_variable(shape=(), initializer="zeros", name="total")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.total.assign_add(ops.sum(ops.cast(y_pred > 0.5, "float32")))
        ...     def result(self):
        ...         return self.total
    """

    _own_first: ClassVar[bool] = True
    _engine: Any = None
    _state_dtype: ClassVar[str] = "float32"

    name: str | None = None
    dtype: Any = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "update_state" in cls.__dict__:
            cls.update_state = _settled_first(cls.__dict__["update_state"])

    def _set_fields(self, args, kwargs):
        self._own: list[Variable] = []
        super()._set_fields(args, kwargs)
        self.name = self.name or self._default_name()
        self.dtype = self._state_dtype if self.dtype is None else compute_dtype(policy_name(self.dtype))
        self.make_state()

    def _default_name(self) -> str:
        return snake_case(type(self).__name__)

    def make_state(self) -> None:
        """Make the variables whose shape is known from the settings."""
        return None  # a body, for AutoGraph

    # -- state -----------------------------------------------------------------------------------------------------
    def add_variable(
        self, shape: Any = (), initializer: Any = "zeros", dtype: str | None = None, aggregation: Any = None,
        name: str | None = None,
    ) -> Variable:  # fmt: skip
        """A variable of the metric's state."""
        dtype = dtype or (self.dtype if isinstance(self.dtype, str) else "float32")
        value = initializers.get(initializer or "zeros")(tuple(shape), dtype)
        engine = self._engine or "numpy"
        path = f"{self.name}/{name or 'variable'}"
        made = Variable(value, trainable=False, dtype=dtype, name=name or "variable", path=path, engine=engine)
        self._own.append(made)
        return made

    def add_weight(self, *args: Any, **kwargs: Any) -> Variable:
        """`add_variable` by its older name; as in Keras 2 the name may come first."""
        if args and isinstance(args[0], str):
            return self.add_variable(
                **dict(zip(("name", "shape", "initializer", "dtype"), args, strict=False)), **kwargs
            )
        return self.add_variable(*args, **kwargs)

    @property
    def variables(self) -> list[Variable]:
        """The state, that of metrics held in attributes included."""
        return [*self._own, *(v for metric in self._parts() for v in metric.variables)]

    def _parts(self) -> list["Metric"]:
        return [value for value in vars(self).values() if isinstance(value, Metric)]

    @property
    def engine(self) -> Any:
        """The engine that the state is on; None before `build` or the first batch."""
        return self._engine

    def build(self, engine: Any, y_true: Any = None, y_pred: Any = None) -> None:
        """Put the state on an engine and make what depends on the shapes of labels and predictions.

        Args:
            engine: an Engine or its name.
            y_true, y_pred: anything with a `shape`, None if the metric takes something else.
        """
        self._engine = engines.get(engine)
        for part in self._parts():
            part.build(self._engine, y_true, y_pred)
        if y_pred is not None:
            self.make_state_for(tuple(getattr(y_true, "shape", ())), tuple(y_pred.shape))
        for variable in self._own:
            move_variable(variable, self._engine)

    def make_state_for(self, y_true_shape: tuple, y_pred_shape: tuple) -> None:
        """Make the variables whose shape follows from the data, if there are such."""
        return None

    def _settle(self, args: list) -> None:
        data = [a for a in args[:2] if a is not None]
        found = [engines.of(a) for a in data if not isinstance(a, (np.ndarray, np.generic, list, tuple, float, int))]
        shaped = [a if hasattr(a, "shape") else np.asarray(a) for a in data]
        pair = shaped if len(shaped) == 2 else [None, None]
        self.build(found[-1] if found else None, pair[0], pair[1])  # None: the default engine

    # -- use -------------------------------------------------------------------------------------------------------
    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f"{type(self).__name__}: a metric must define update_state(y_true, y_pred, sample_weight=None)."
        )

    def result(self) -> Any:
        """What the metric stands at: a scalar (or array) of the engine."""
        raise TypeError(f"{type(self).__name__}: a metric must define result().")

    def reset_state(self) -> None:
        """Forget every batch: the state becomes zeros."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, "float32"))

    def reset_states(self) -> None:
        """`reset_state` by its name in Keras 2."""
        self.reset_state()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Update with one batch, then give the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return super().__repr__().replace(", dtype='float32'", "")


def as_floats(y_true: Any, y_pred: Any, dtype: str = "float32") -> tuple[Any, Any]:
    """Labels and predictions as arrays of the predictions' engine in this dtype."""
    y_pred = tensor(y_pred, dtype)
    return tensor(y_true, dtype, y_pred), y_pred


def ratio(a: Any, b: Any) -> Any:
    """a / b, and 0 where b is 0."""
    return ops.divide_no_nan(a, b)
