"""Calls without side effects, with Keras 3's names: values go in, values come out, and nothing is stored.

They are what `jax.jit` and `jax.grad` want, and run on every engine.
"""

from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from typing import Any

from .context import context
from .functional_call import swapped
from .variable import Variable


def taken(variables: list, values: Iterable, who: str, what: str) -> list:
    """One array per variable, from arrays or Variables; copies where the engine stores in place.

    Raises:
        ValueError: another number of values, or one of another shape.
    """
    values = list(values)
    if len(values) != len(variables):
        raise ValueError(
            f"{who}: `{what}` must hold one array for each of its {len(variables)} variables, got {len(values)}."
        )
    found = []
    for variable, value in zip(variables, values, strict=True):
        value = value.value if isinstance(value, Variable) else value
        shape = getattr(value, "shape", None)
        if shape is not None and tuple(shape) != tuple(variable.shape):
            raise ValueError(
                f"{who}: `{what}` has an array of shape {tuple(shape)} for '{variable.path}', "
                f"whose shape is {tuple(variable.shape)}."
            )
        found.append(variable.engine.swappable(value, variable.dtype))
    return found


@contextmanager
def losses_apart(layer: Any):
    """What `add_loss` collects inside is forgotten outside, where the losses of the last real call still stand."""
    parts = layer.flat_layers()
    kept = [part._losses for part in parts]
    for part in parts:
        part._losses = []
    try:
        yield
    finally:
        for part, losses in zip(parts, kept, strict=True):
            part._losses = losses


class Stateless:
    """The part of `Layer` that is called without side effects."""

    def stateless_call(
        self, trainable_variables: Iterable, non_trainable_variables: Iterable, *args: Any,
        return_losses: bool = False, **kwargs: Any,
    ) -> tuple:  # fmt: skip
        """The layer called on other values than its own, which stay as they are.

        Args:
            trainable_variables: one array (or Variable) for each of `layer.trainable_variables`.
            non_trainable_variables: the same for `layer.non_trainable_variables`: statistics, random states, and
                what is frozen.
            args, kwargs: what the layer is called with.
            return_losses: whether to give the losses of this call too: of `add_loss`, and of regularizers.

        Returns:
            (outputs, non_trainable_variables), the latter as they are after the call; with `return_losses`
            (outputs, non_trainable_variables, losses).

        Raises:
            ValueError: the layer is not built, or the values do not match its variables.

        Example:
            >>> layer = lanthorn.layers.Dense(3)
            >>> layer.build((None, 2))
            >>> outputs, state = layer.stateless_call(
            ...     layer.trainable_variables, layer.non_trainable_variables, np.ones((1, 2), "float32")
            ... )
        """
        if not self.built:
            raise ValueError(
                f"{self.describe()}: stateless_call needs its weights, and it has none yet: "
                "call it once on some data, or build it."
            )
        trainable, rest = self.trainable_variables, self.non_trainable_variables
        values = taken(trainable, trainable_variables, self.describe(), "trainable_variables")
        values += taken(rest, non_trainable_variables, self.describe(), "non_trainable_variables")
        with losses_apart(self), swapped(trainable + rest, values):
            outputs = self(*args, **kwargs)  # pyright: ignore[reportCallIssue]
            after = [v.value for v in rest]
            return (outputs, after, list(self.losses)) if return_losses else (outputs, after)


class StatelessScope:
    """While it is entered, variables hold the values given here; what is assigned to any stays in the scope.

    Args:
        state_mapping: pairs (Variable, value).
        collect_losses: whether what `add_loss` adds inside is kept, in `losses`.
        initialize_variables: kept for Keras's signature.

    Example:
        >>> v = lanthorn.Variable([1.0], engine="numpy")
        >>> with lanthorn.StatelessScope([(v, np.array([5.0], "float32"))]) as scope:
        ...     v.assign([7.0])
        >>> scope.get_current_value(v), v.numpy()
        (array([7.], dtype=float32), array([1.], dtype=float32))
    """

    def __init__(
        self, state_mapping: Iterable | None = None, collect_losses: bool = False, initialize_variables: bool = True
    ):
        pairs = list(state_mapping or [])
        self._variables = [v for v, _ in pairs]
        for v in self._variables:
            if not isinstance(v, Variable):
                raise ValueError(
                    "StatelessScope: all keys in argument `mapping` must be Variables, of pairs (Variable, value); "
                    f"got {type(v).__name__} for a Variable."
                )
        who = "StatelessScope: all values in argument `mapping` must be tensors with their Variable's shape"
        self._given = taken(self._variables, [x for _, x in pairs], who, "state_mapping")
        self._values: dict[int, Any] = {id(v): x for v, x in zip(self._variables, self._given, strict=True)}
        self._stack = ExitStack()
        self._open = False
        self.collect_losses, self.losses, self._around = collect_losses, [], None

    def __enter__(self) -> "StatelessScope":
        self._stack.enter_context(swapped(self._variables, self._given))
        self._around, context.scope, self._open = context.scope, self, True
        return self

    def __exit__(self, *exc: Any) -> None:
        self._values = {id(v): v.value for v in self._variables}
        context.scope, self._open = self._around, False
        if not self.collect_losses:
            self.losses = []
        self._stack.close()

    def adopt(self, variable: Variable) -> None:
        """Asked before something is assigned inside: the variable gets a value that ends with the scope."""
        if id(variable) not in self._values and not variable.engine.abstract:
            value = variable.engine.swappable(variable.value, variable.dtype)
            self._stack.enter_context(swapped([variable], [value]))
            self._variables.append(variable)
            self._values[id(variable)] = value

    def get_current_value(self, variable: Variable) -> Any:
        """What the variable holds, or held last, inside; None for one that it does not know of."""
        if id(variable) not in self._values:
            return None
        return variable.value if self._open else self._values[id(variable)]

    def add_update(self, update: tuple) -> None:
        """Give a variable of the scope another value: the pair (Variable, value)."""
        variable, value = update
        self.adopt(variable)
        variable.value = variable.engine.swappable(value, variable.dtype)
