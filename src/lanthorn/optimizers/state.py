"""The state of an optimizer: its step counter and learning rate, and for each weight its slots."""

from collections.abc import Iterable
from operator import is_not
from typing import Any

import numpy as np

from .. import initializers
from ..core.variable import Variable
from ..initializers import Constant
from .adopting import as_variable


class State:
    """What an optimizer remembers: how it is made for a list of weights, listed, read and set."""

    name: str
    use_ema: bool
    gradient_accumulation_steps: int | None

    def _start(self) -> None:
        self.built = False
        self._step: int | None = None  # the counter as a Python int, while the engine's kernel does the updates
        self._trainable_variables: list[Variable] = []
        self._adopted: list[Variable] = []  # handles on weights that are the engine's own
        self._shapes: list[tuple] = []
        self._index: dict[int, int] = {}
        self._slots: list[Variable] = []
        self._iterations = Variable(np.int32(0), trainable=False, name="iteration", engine="numpy")
        self._learning_rate: Any = None

    # -- slots -----------------------------------------------------------------------------------------------------
    def slots(self) -> list[dict[str, tuple]]:
        """Groups of slots to make: attribute -> (name in the path, first value), weight by weight in each group.

        The first value None is the weight's own. A third entry is a function of the weight that gives the slot's shape,
        or None for a weight that has no such slot.
        """
        return []

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the slots for these weights, on their engine. State for weights known from before is kept.

        Weights that are the engine's own get a handle each, which they keep.
        """
        given, handles = list(variables), {id(v.value): v for v in self._adopted}
        variables = [handles[id(v)] if id(v) in handles else as_variable(v, type(self).__name__) for v in given]
        shapes = [tuple(v.shape) for v in variables]
        known = self.built and same(variables, self._trainable_variables)
        if known and shapes == self._shapes:  # a tool may have put a weight of another shape in its place
            self._index = {id(v): i for i, v in enumerate(variables)}  # in a copy or a pickle they are other objects
            return
        kept = self._state() if self.built else {}
        for v in variables:  # the handle's state goes to the model's own Variable
            handle = handles.get(id(v.value), v)
            kept |= {(id(v), name): value for (owner, name), value in kept.items() if owner == id(handle) != id(v)}
        self._adopted = [v for v, own in zip(variables, given, strict=True) if v is not own]
        self._trainable_variables, self._shapes = variables, shapes
        self._index = {id(v): i for i, v in enumerate(variables)}
        self._by_value = {id(v.value): i for i, v in enumerate(variables)}
        self._constrained = [(v, v.constraint) for v in variables if v.constraint is not None]
        self._slots = []
        engine = variables[0].engine if variables else self._iterations.engine
        with engine.beside(variables):
            self._make(variables, engine, kept)
        self.built = True

    def _make(self, variables: list[Variable], engine: Any, kept: dict) -> None:
        self._sync()
        self._step = None
        self._iterations = _moved(self._iterations, engine, f"{self.name}/iteration")
        if isinstance(self._learning_rate, Variable):
            self._learning_rate = _moved(self._learning_rate, engine, f"{self.name}/learning_rate")
        groups = list(self.slots())
        if self.gradient_accumulation_steps:
            groups.insert(0, {"_accumulated_gradients": ("gradient_accumulator", 0.0)})
        if self.use_ema:
            groups.insert(0, {"_averages": ("average", 0.0)})
        for group in groups:
            made: dict[str, list] = {attribute: [] for attribute in group}
            for variable in variables:
                for attribute, spec in group.items():
                    made[attribute].append(self._slot(variable, *spec))
            for attribute, slots in made.items():
                setattr(self, attribute, slots)
                for variable, slot in zip(variables, slots, strict=True):
                    old = kept.get((id(variable), attribute))
                    if old is not None and slot is not None and old.shape == tuple(slot.shape):
                        slot.assign(old)

    def _slot(self, variable: Any, name: str, first: float | None, shape_of: Any = None) -> Any:
        shape = variable.shape if shape_of is None else shape_of(variable)
        if shape is None:
            return None
        path = f"{variable.path.replace('/', '_')}_{name}"
        slot = self.add_variable(shape, Constant(0.0 if first is None else first), variable.dtype, path)
        if first is None:
            slot.assign(variable.numpy())  # a copy, on JAX too
        return slot

    def _state(self) -> dict[tuple[int, str], np.ndarray]:
        """Values of all slots by weight and attribute."""
        names = [attribute for attribute, value in vars(self).items() if _is_slots(value, self._slots)]
        known = self._trainable_variables
        pairs = ((v, n, s) for n in names for v, s in zip(known, getattr(self, n), strict=True))
        return {(id(v), n): s.numpy() for v, n, s in pairs if s is not None}

    def add_variable(
        self, shape: tuple, initializer: Any = "zeros", dtype: str | None = None, name: str = "variable", **_: Any
    ) -> Variable:
        """A state variable of the optimizer, on the engine of the weights."""
        value = initializers.get(initializer)(tuple(shape), dtype or "float32")
        engine: Any = self._trainable_variables[0].engine if self._trainable_variables else self._iterations.engine
        slot = Variable(value, trainable=False, dtype=dtype, name=name, path=f"{self.name}/{name}", engine=engine)
        self._slots.append(slot)
        return slot

    def add_variable_from_reference(self, reference_variable: Any, name: str = "var", initializer: Any = "zeros"):
        """A state variable with the shape and dtype of a weight."""
        path = f"{reference_variable.path.replace('/', '_')}_{name}"
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype, path)

    def add_optimizer_variables(self, trainable_variables: Iterable, name: Any, initializer: Any = "zeros") -> Any:
        """One state variable per weight and name, weight by weight: a list, or a list of lists for several names."""
        names = [name] if isinstance(name, str) else list(name)
        firsts = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        firsts = [Constant(f) if isinstance(f, float) else f for f in firsts]
        made: list[list[Variable]] = [[] for _ in names]
        for variable in trainable_variables:
            for slots, each, first in zip(made, names, firsts, strict=True):
                slots.append(self.add_variable_from_reference(variable, each, first))
        return made[0] if isinstance(name, str) else made

    def _get_variable_index(self, variable: Variable) -> int:
        return self._index[id(variable)]

    @property
    def variables(self) -> list[Variable]:
        """Step counter, learning rate (unless a schedule or function gives it), then the slots: Keras's order."""
        self._sync()
        self._step = None
        rate = [self._learning_rate] if isinstance(self._learning_rate, Variable) else []
        return [self._iterations, *rate, *self._slots]

    # -- reading and setting ------------------------------------------------------------------------------------------
    def get_weights(self) -> list[np.ndarray]:
        """The state as NumPy arrays, in the order of `variables`."""
        return [v.numpy() for v in self.variables]

    def set_weights(self, weights: Iterable) -> None:
        """Load the state that `get_weights` gave. Raises ValueError where number or shapes differ."""
        variables, weights = self.variables, list(weights)
        if len(variables) != len(weights):
            raise ValueError(
                f"{type(self).__name__} '{self.name}': expected {len(variables)} arrays of state, got {len(weights)}."
                + ("" if self.built else " Build the optimizer first: optimizer.build(model.trainable_variables).")
            )
        for variable, weight in zip(variables, weights, strict=True):
            weight = np.asarray(weight)
            if weight.shape != tuple(variable.shape):
                raise ValueError(
                    f"{type(self).__name__} '{self.name}': {variable.path} has shape {tuple(variable.shape)}, "
                    f"got an array of shape {weight.shape}."
                )
            variable.assign(weight.astype(np.float32 if variable.dtype == "bfloat16" else variable.dtype))

    def save_own_variables(self, store: Any) -> None:
        """Put the state into a mapping, under "0", "1", … in the order of `variables`."""
        for i, value in enumerate(self.get_weights()):
            store[str(i)] = value

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote."""
        self.set_weights([store[str(i)] for i in range(len(store.keys()))])


def same(some: list, others: list) -> bool:
    """Whether two lists hold the very same objects; `==` would compare weights of engines by value."""
    return len(some) == len(others) and not any(map(is_not, some, others))


def _moved(variable: Variable, engine: Any, path: str) -> Variable:
    return Variable(
        variable.numpy(), trainable=False, dtype=variable.dtype, name=variable.name, path=path, engine=engine
    )


def _is_slots(value: Any, slots: list) -> bool:
    if not isinstance(value, list) or value is slots:
        return False
    first = next((v for v in value if v is not None), None)
    return first is not None and any(first is s for s in slots)
