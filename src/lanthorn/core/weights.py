"""The weights of a layer, its own and those of the layers inside it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, seeds, tree, undrawn
from .naming import scoped
from .variable import Variable

if TYPE_CHECKING:
    from .layer import Layer


# attributes that are not searched for layers: the graph's records, and what training has made ready
_NO_PARTS = ("_nodes", "_arguments", "_made", "_compiled_functions", "_casts", "_seats", "_foreign", "_trained")


class Weights:
    """What `Layer` can do with weights: make them, find them, freeze them, get and set them."""

    if TYPE_CHECKING:  # what Layer brings
        name: str
        built: bool
        engine: Any
        _policy: str
        _trainable: bool
        _variables: list[Variable]
        _view: Any
        _initial_weights: Any

        def describe(self) -> str: ...

    def add_weight(
        self, shape: Any = None, initializer: Any = None, dtype: str | None = None, trainable: bool = True,
        regularizer: Any = None, constraint: Any = None, name: str | None = None, autocast: bool = True, **ignored: Any,
    ) -> Variable:  # fmt: skip
        """A new weight of this layer (Keras 2's order `add_weight(name, shape, ...)` works too).

        Args:
            shape: its shape; `()` for a number.
            initializer: a name, a config, an `Initializer` or a function of (shape, dtype); glorot_uniform for
                floats, zeros for others, if None.
            trainable: False for a statistic, which training never touches.
            autocast: False: `call` reads it in its own dtype, whatever the layer computes in.
        """
        from .. import constraints, initializers, regularizers

        if isinstance(shape, str):
            name, shape, initializer = shape, initializer, ignored.pop("initializer", None)
        dtype = dtype or dtypes.variable_dtype(self._policy)
        shape = tuple(shape) if isinstance(shape, (tuple, list)) else () if shape is None else (shape,)
        if any(not isinstance(s, (int, np.integer)) or s < 0 for s in shape):
            raise ValueError(
                f"{self.describe()}: cannot make the weight {name!r} of shape {shape}: each size must be known. "
                "Give the layer an input whose last axis is known."
            )
        make = initializers.get(initializer or ("glorot_uniform" if dtype.startswith(("float", "bfl")) else "zeros"))
        rng = seeds.next_rng()

        def draw():
            ours = isinstance(make, initializers.Initializer)
            return make(shape, dtype=dtype, rng=rng) if ours else make(shape, dtype)

        later = undrawn.expected() and self._ours() and initializers.draws_alone(make)
        name = name or f"variable_{len(self._variables)}"
        value = np.zeros(shape, initializers.numpy_dtype(dtype)) if later else draw()
        variable = Variable(
            value, dtype=dtype, trainable=trainable, autocast=autocast, name=name, engine=self.engine,
            path=scoped(name, self),
        )  # fmt: skip
        if later:
            undrawn.leave(variable, draw)
        variable.regularizer, variable.constraint = regularizers.get(regularizer), constraints.get(constraint)
        self._variables.append(variable)
        self._casts = None
        if not self._trainable:
            variable.set_trainable(False)
        return variable

    add_variable = add_weight

    def _ours(self) -> bool:
        """Whether it is a layer of the library, whose `build` does not look at the values, and none were given."""
        return type(self).__module__.startswith("lanthorn.layers.") and self._initial_weights is None

    def _own_variables(self) -> Iterator[Variable]:
        """Weights first, then statistics; once there is a torch module, what that holds."""
        found = self._declared_variables()
        if self._view is None:
            yield from found
        else:
            yield from self.engine.entries(self._view)
            yield from (v for v in found if v.is_seed)

    def _declared_variables(self) -> Iterator[Variable]:
        """The variables that the layer made or was given: in its list, attributes and generators."""
        found = list(self._variables)
        for key, value in vars(self).items():
            if isinstance(value, Variable):
                found.append(value)
            elif type(value).__name__ == "SeedGenerator":
                found += [v for v in vars(value).values() if isinstance(v, Variable)]
            elif isinstance(value, (list, tuple, dict)) and not key.startswith("_"):
                found += [v for v in tree.leaves(value) if isinstance(v, Variable)]
        found = list({id(v): v for v in found}.values())
        yield from (v for v in found if not v.is_statistic)
        yield from (v for v in found if v.is_statistic)

    def children(self) -> "Iterator[Layer]":
        """The layers inside, as they are called: on torch with a module, what stands in that."""
        found = self._held_layers()
        return found if self._view is None else self.engine.present_children(self._view, found)

    def _held_layers(self) -> "Iterator[Layer]":
        """The layers this one holds, in attributes, lists and dicts, in the order in which they were set."""
        for key, value in vars(self).items():
            if is_layer(value):
                yield value
            elif isinstance(value, (list, tuple, dict)) and key not in _NO_PARTS:
                yield from (item for item in tree.leaves(value) if is_layer(item))

    def flat_layers(self) -> "list[Layer]":
        """This layer and every layer inside it, each once."""
        found: dict[int, Any] = {}

        def visit(layer):
            if id(layer) not in found:
                found[id(layer)] = layer
                for child in layer.children():
                    visit(child)

        visit(self)
        return list(found.values())

    @property
    def variables(self) -> list[Variable]:
        """All variables, each once: weights, statistics, random states."""
        found = {id(v): v for layer in self.flat_layers() for v in layer._own_variables()}.values()
        if self._view is not None:  # two entries may be one tensor there: a tied weight counts once
            found = {id(v.value): v for v in reversed(found)}.values()
            return list(reversed(found))
        return list(found)

    @property
    def weights(self) -> list[Variable]:
        """What is saved and loaded: all variables but random states."""
        return [v for v in self.variables if not v.is_seed]

    @property
    def trainable_variables(self) -> list[Variable]:
        """What training changes: none if this layer is frozen."""
        frozen = self._frozen_variables() if self._view is None else ()  # there `requires_grad` tells
        return [v for v in self.variables if v.trainable and not v.is_statistic and id(v) not in frozen]

    @property
    def penalised_variables(self) -> list[Variable]:
        """Those that train and have a regularizer, computed ones too, as `torch.nn.utils.parametrize` makes them."""
        found = [v for v in self.trainable_variables if v.regularizer is not None]
        if self._view is not None:
            kept = {id(v) for v in self.variables}
            read = [v for layer in self.flat_layers() for v in layer._declared_variables() if v.regularizer is not None]
            found += [v for v in read if id(v) not in kept and v.home is not None and v.trainable]
        return found

    def _frozen_variables(self) -> set[int]:
        """Ids of the variables inside a layer that is frozen, at any level."""
        found: set[int] = set()
        free: set[int] = set()

        def visit(layer, frozen):
            frozen = frozen or not layer._trainable
            (found if frozen else free).update(id(v) for v in layer._own_variables())
            for child in layer.children():
                visit(child, frozen)

        visit(self, False)
        return found - free  # shared with a layer that is free: it trains

    @property
    def non_trainable_variables(self) -> list[Variable]:
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trainable]

    trainable_weights = trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        return [v for v in self.non_trainable_variables if not v.is_seed]

    @property
    def trainable(self) -> bool:
        """Whether training changes this layer; setting it sets it for everything inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, flag: bool) -> None:
        for layer in self.flat_layers():
            layer._trainable = bool(flag)
            for variable in layer._own_variables():
                variable.set_trainable(bool(flag))

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in the order of `weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: list) -> None:
        """Set all weights from arrays in the order of `weights`. Raises ValueError before anything is changed."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(f"{self.describe()}: set_weights expected {len(own)} arrays, got {len(weights)}.")
        for variable, value in zip(own, weights, strict=True):
            if tuple(np.shape(value)) != tuple(variable.shape):
                raise ValueError(
                    f"{self.describe()}: the weight '{variable.path}' has shape {variable.shape}, "
                    f"got an array of shape {tuple(np.shape(value))}. Nothing was changed."
                )
        for variable, value in zip(own, weights, strict=True):
            variable.assign(np.asarray(value))

    def count_params(self) -> int:
        """Number of values in all weights."""
        if not self.built and not self.weights:
            raise ValueError(f"{self.describe()}: is not built yet, so its weights cannot be counted: call it first.")
        return sum(int(np.prod(v.shape)) for v in self.weights)


def is_layer(x: Any) -> bool:
    return isinstance(x, Weights)
