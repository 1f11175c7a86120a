"""A model as a pure function and two pytrees."""

import jax

from ..core.functional_call import swapped
from ..core.paths import named_variables


class JaxFunctions:
    """What `model.jax()` returns.

    Attributes:
        params: nested dict, by layer name, of what training changes.
        state: nested dict of the rest: frozen weights, running statistics, random states.
        apply: `apply(params, state, *inputs, training=False) -> (outputs, new_state)`, pure: it may be jitted,
            differentiated and mapped.

    Example:
        >>> net = model.jax()
        >>> def loss(params, state, x, y):
        ...     logits, state = net.apply(params, state, x, training=True)
        ...     return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), state
        >>> grads, state = jax.jit(jax.grad(loss, has_aux=True))(net.params, net.state, x, y)
    """

    def __init__(self, model):
        self.model = model
        trains = {id(v) for v in model.trainable_variables}
        paths = named_variables(model)
        self._params = {path: v for path, v in paths.items() if id(v) in trains}
        self._state = {path: v for path, v in paths.items() if id(v) not in trains}
        self._variables = [*self._params.values(), *self._state.values()]

    @property
    def params(self) -> dict:
        """The model's trainable values as they are now."""
        return _nest({path: _own(v.value) for path, v in self._params.items()})

    @property
    def state(self) -> dict:
        """The model's other values as they are now."""
        return _nest({path: _own(v.value) for path, v in self._state.items()})

    def apply(self, params: dict, state: dict, *inputs, training: bool = False):
        """The model's outputs for these values, and the state after the call; the model itself is not touched."""
        values = [_at(params, path) for path in self._params] + [_at(state, path) for path in self._state]
        with swapped(self._variables, values):
            outputs = self.model(*inputs, training=training)
            return outputs, _nest({path: v.value for path, v in self._state.items()})

    def load(self, params: dict | None = None, state: dict | None = None) -> None:
        """Write trained values back into the model, so that it can be saved and used the Keras way."""
        for tree_of_values, variables in ((params, self._params), (state, self._state)):
            for path, variable in variables.items() if tree_of_values is not None else ():
                variable.assign(_own(_at(tree_of_values, path)))


def _own(value):
    """A copy: a jitted step that is given the arrays to overwrite must not take them from the model."""
    return value.copy() if isinstance(value, jax.Array) else value


def _nest(flat: dict) -> dict:
    nested: dict = {}
    for path, value in flat.items():
        place = nested
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return nested


def _at(nested: dict, path: tuple):
    for part in path:
        nested = nested[part]
    return nested


def view(model) -> JaxFunctions:
    return JaxFunctions(model)
