"""Layer: settings, weights made in `build`, and a `call` written in ops."""

import inspect
import re
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ClassVar

import numpy as np

from . import dtypes, seeds, tree
from .config import Configurable, fields_of
from .errors import check, explain
from .input_spec import InputSpec
from .masking import get_mask, set_mask
from .naming import unique_name
from .symbolic import apply, is_symbolic
from .variable import Variable

__all__ = ["InputSpec", "Layer"]


class _Context(threading.local):
    """What the outermost call said of `training`: what layers inside a subclassed model's `call` go by."""

    training: bool | None = None


_context = _Context()

# arguments that 2018 code gives to the first layer of a Sequential, and what they mean as a shape with batch axis
_SHAPE_ARGUMENTS: dict[str, Callable[[Any], tuple]] = {
    "batch_input_shape": lambda shape: tuple(shape),
    "batch_shape": lambda shape: tuple(shape),
    "input_shape": lambda shape: (None, *shape),
    "input_dim": lambda size: (None, size),
}


class Layer(Configurable):
    """A piece of a network: settings, weights, and what it computes.

    Subclass it with annotated fields, or with an `__init__` of your own as in Keras:

        class Scale(lanthorn.layers.Layer):
            start: float = 1.0

            def build(self, input_shape):
                self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")

            def call(self, x):
                return x * self.scale * self.start

    Args:
        name: its name in the model; made from the class name if None.
        trainable: False freezes its weights (and, for BatchNormalization, its statistics).
        dtype: a dtype or policy ("float32", "mixed_bfloat16"); the global policy if None.
        input_shape: shape of one input without the batch, for the first layer of a Sequential.
    """

    _root: ClassVar[bool] = True
    # settings of old files and of Keras's: {name there: name here, or None where it changes no result}
    _legacy: ClassVar[dict[str, str | None]] = {"quantization_config": None, "lora_rank": None, "lora_alpha": None}
    supports_masking = False  # without annotations: class attributes as in Keras, no settings
    input_spec = None
    takes: ClassVar[frozenset[str]] = frozenset()  # which of training and mask its `call` asks for

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _marks_built(cls.__dict__["build"])
        if "call" in cls.__dict__:
            cls.takes = frozenset(inspect.signature(cls.__dict__["call"]).parameters) & {"training", "mask"}

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.__dict__.update(
            name=None, built=False, _trainable=True, _variables=[], _losses=[], _nodes=[], _engine=None, _view=None,
            _first_shape=None, _initial_weights=None, activity_regularizer=None, _policy="float32",
        )  # fmt: skip
        return self

    def __init__(self, *args, name=None, trainable=True, dtype=None, activity_regularizer=None, **kwargs):
        from .. import regularizers

        self.name = name or unique_name(self.default_name_stem(args, kwargs))
        if "/" in self.name:
            raise ValueError(f"{type(self).__name__}: a name cannot hold '/', got {name!r}.")
        self._trainable = bool(trainable)
        self._policy = dtypes.policy_name(dtype)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._translate(kwargs)
        fields = {field.name for field in fields_of(type(self))}
        if activity_regularizer is not None and "activity_regularizer" in fields:
            kwargs["activity_regularizer"] = self.activity_regularizer
        for key, as_shape in _SHAPE_ARGUMENTS.items():
            if key in kwargs and key not in fields:
                given = kwargs.pop(key)
                self._first_shape = as_shape(given) if given is not None else self._first_shape
        if kwargs.get("input_length") is not None and self._first_shape is None:
            self._first_shape = (None, kwargs["input_length"])
        self._initial_weights = kwargs.pop("weights", None)
        for key in ("input_length", "autocast", "input_dtype", "batch_size"):
            kwargs.pop(key, None)
        self._set_fields(args, kwargs)

    def _translate(self, kwargs: dict[str, Any]) -> None:
        """Settings under names of old or of Keras's files: under today's name, or gone where they change nothing."""
        for cls in type(self).__mro__:
            for old, new in cls.__dict__.get("_legacy", {}).items():
                if old in kwargs:
                    value = kwargs.pop(old)
                    if new is not None:
                        kwargs.setdefault(new, value)

    @classmethod
    def default_name_stem(cls, args: tuple, kwargs: dict[str, Any]) -> str:
        """What its default name starts with: the class name in snake case."""
        name = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", cls.__name__))
        return name.lower().lstrip("_")

    # -- to be written by subclasses ------------------------------------------------------------------------------
    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of this shape (None where unknown; a list or dict for several inputs)."""
        self.built = True

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the layer computes, in ops, on the engine's arrays."""
        raise NotImplementedError(f"{self.describe()}: the class {type(self).__name__} has no `call` method.")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the outputs; by default the inputs' own where `supports_masking`."""
        return previous_mask if self.supports_masking else None

    # -- weights ------------------------------------------------------------------------------------------------
    def add_weight(
        self, shape: Any = None, initializer: Any = None, dtype: str | None = None, trainable: bool = True,
        regularizer: Any = None, constraint: Any = None, name: str | None = None, **ignored: Any,
    ) -> Variable:  # fmt: skip
        """A new weight of this layer (Keras 2's order `add_weight(name, shape, ...)` works too).

        Args:
            shape: its shape; `()` for a number.
            initializer: a name, a config, an `Initializer` or a function of (shape, dtype); glorot_uniform for
                floats, zeros for others, if None.
            trainable: False for a statistic, which training never touches.
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
        value = make(shape, dtype=dtype, rng=rng) if isinstance(make, initializers.Initializer) else make(shape, dtype)
        name = name or f"variable_{len(self._variables)}"
        variable = Variable(value, trainable, dtype, name, self.engine, path=f"{self.name}/{name}")
        variable.regularizer, variable.constraint = regularizers.get(regularizer), constraints.get(constraint)
        self._variables.append(variable)
        if not self._trainable:
            variable.set_trainable(False)
        return variable

    add_variable = add_weight

    def _own_variables(self) -> Iterator[Variable]:
        """Weights first, then statistics, then the states of random generators."""
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

    def children(self) -> Iterator["Layer"]:
        """The layers this one holds, in attributes, lists and dicts, in the order in which they were set."""
        for key, value in vars(self).items():
            if isinstance(value, Layer):
                yield value
            elif isinstance(value, (list, tuple, dict)) and key not in ("_nodes", "_arguments"):
                yield from (item for item in tree.leaves(value) if isinstance(item, Layer))

    def flat_layers(self) -> list["Layer"]:
        """This layer and every layer inside it, each once."""
        found: dict[int, Layer] = {}

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
        return list({id(v): v for layer in self.flat_layers() for v in layer._own_variables()}.values())

    @property
    def weights(self) -> list[Variable]:
        """What is saved and loaded: all variables but random states."""
        return [v for v in self.variables if not v.is_seed]

    @property
    def trainable_variables(self) -> list[Variable]:
        """What training changes: none if this layer is frozen."""
        frozen = self._frozen_variables()
        return [v for v in self.variables if v.trainable and not v.is_statistic and id(v) not in frozen]

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

    # -- calling ------------------------------------------------------------------------------------------------
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        view = self._view  # once there is a torch module of this layer, calls go through it, so that its hooks fire
        return self.invoke(*args, **kwargs) if view is None else view(*args, **kwargs)

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """`__call__` past the torch module: build if needed, settle training and mask, call, explain errors."""
        for x in args:
            if is_symbolic(x) or type(x) in (list, tuple, dict) and any(map(is_symbolic, tree.leaves(x))):
                return apply(self, args, kwargs)
        for x in kwargs.values():
            if x is not None and any(map(is_symbolic, tree.leaves(x))):
                return apply(self, args, kwargs)
        if not self.built:
            self.ensure_built(args, kwargs, None)
        return self.call_plainly(*self._arrays(args), **kwargs)

    def call_plainly(self, *args: Any, **kwargs: Any) -> Any:
        """`call` on the engine's arrays, with training and mask settled."""
        before = _context.training
        training = kwargs.pop("training", None)
        if training is None:
            training = bool(before)
        _context.training = training
        try:
            return self.call_natively(training, *args, **kwargs)
        finally:
            _context.training = before

    def call_natively(self, training: bool, /, *args: Any, **kwargs: Any) -> Any:
        """`call` with this `training`, saying nothing to the layers inside: a torch module's children know theirs."""
        takes = self.takes
        if "training" in takes:
            kwargs["training"] = training
        mask = None
        if self.handles_masks():
            mask = kwargs.pop("mask", None)
            if mask is None and args:
                mask = tree.map(get_mask, args[0])
                mask = mask if any(True for _ in tree.leaves(mask)) else None
            if "mask" in takes:
                kwargs["mask"] = mask
        try:
            outputs = self.call(*args, **kwargs)
        except Exception as error:
            raise explain(self, error, args) from error
        if mask is not None or type(self).compute_mask is not Layer.compute_mask:
            self._pass_mask(args, mask, outputs)
        if self.activity_regularizer is not None:
            for x in tree.leaves(outputs):
                self.add_loss(self.activity_regularizer(x) / x.shape[0])
        return outputs

    def _pass_mask(self, args: tuple, mask: Any, outputs: Any) -> None:
        made = self.compute_mask(args[0] if args else None, mask)
        if made is not None:
            for x, m in zip(tree.leaves(outputs), made if isinstance(made, list) else tree.leaves(made), strict=False):
                if m is not None:
                    set_mask(x, m)

    def handles_masks(self) -> bool:
        """Whether masks mean anything to this layer."""
        return "mask" in self.takes or self.supports_masking or type(self).compute_mask is not Layer.compute_mask

    def makes_mask(self, masked_inputs: bool) -> bool:
        """Whether outputs carry a mask, given whether inputs do (asked when a graph is drawn)."""
        return masked_inputs and (self.supports_masking or type(self).compute_mask is not Layer.compute_mask)

    def _arrays(self, args: tuple) -> tuple:
        """Arguments as this layer's engine's arrays; NumPy and lists of numbers are converted."""
        from ..ops.dispatch import kind

        own = self.engine.name
        if all(kind(x) == own for x in args):
            return args
        return tree.map(lambda x: self.engine.array(x) if _is_foreign(kind(x), own) else x, args)

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        """Make the weights, if that was not done, for what the layer is about to be called with."""
        if self.built:
            return
        from .. import engines

        first = args[0] if args else next(iter(kwargs.values()), None)
        if self._engine is None:
            known = [engines.of(x) for x in tree.leaves(first) if not isinstance(x, (np.ndarray, float, int))]
            self._engine = engine or (known[0] if known else engines.get(None))
        shape = tree.map(_shape_of, first)
        self._adopt_engine()
        check(self, args)
        try:
            self.build(shape, **self._further_shapes(args, kwargs))
        except Exception as error:
            raise explain(self, error, args, doing="built") from error
        self.built = True
        self._adopt_engine()
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    def _further_shapes(self, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        """What a `build(query_shape, value_shape)` asks for: the shapes of further arguments of `call`, by name."""
        wanted = list(inspect.signature(self.build).parameters)[1:]
        if not any(name.endswith("_shape") for name in wanted):
            return {}
        given = inspect.signature(self.call).bind_partial(*args, **kwargs).arguments
        found = {name: given.get(name.removesuffix("_shape")) for name in wanted if name.endswith("_shape")}
        return {name: tree.map(_shape_of, x) for name, x in found.items() if x is not None}

    def _adopt_engine(self) -> None:
        """Layers inside that have no engine yet get this one's; random generators get a state on it."""
        for layer in self.flat_layers():
            layer._engine = layer._engine or self._engine
            for value in vars(layer).values():
                if type(value).__name__ == "SeedGenerator":
                    value.build(self._engine)

    @property
    def engine(self) -> Any:
        """The engine its weights live on: chosen when it is built."""
        from .. import engines

        return self._engine or engines.get(None)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output shape for an input shape (both with the batch axis), found by evaluating `call` on shapes."""
        from .symbolic import SymbolicTensor

        dtype = dtypes.compute_dtype(self._policy)
        if isinstance(input_shape, dict):
            x = {k: SymbolicTensor(s, dtype, self.engine) for k, s in input_shape.items()}
        elif len(input_shape) and isinstance(input_shape[0], (tuple, list)):
            x = [SymbolicTensor(s, dtype, self.engine) for s in input_shape]
        else:
            x = SymbolicTensor(input_shape, dtype, self.engine)
        nodes = len(self._nodes)
        outputs = apply(self, (x,), {})
        del self._nodes[nodes:]
        return tree.map(lambda out: out.shape, outputs)

    # -- losses -------------------------------------------------------------------------------------------------
    def add_loss(self, loss: Any) -> None:
        """Add a scalar to what training minimises; call it inside `call`."""
        if not self.engine.abstract:
            self._losses.extend(loss if isinstance(loss, (list, tuple)) else [loss])

    @property
    def losses(self) -> list:
        """What `add_loss` collected in the last call, and the penalties of the weights' regularizers."""
        layers = self.flat_layers()
        penalties = [v.regularizer(v.value) for v in self.trainable_variables if v.regularizer is not None]
        return [loss for layer in layers for loss in layer._losses] + penalties

    # -- describing -----------------------------------------------------------------------------------------------
    def describe(self) -> str:
        """How errors name it: `Dense 'dense_2'`."""
        return f"{type(self).__name__} '{self.name}'"

    def get_config(self) -> dict[str, Any]:
        """Name, trainable, dtype and the settings, as plain data."""
        config = {"name": self.name, "trainable": self._trainable, "dtype": dtypes.policy_config(self._policy)}
        if self.activity_regularizer is not None:
            from .. import regularizers

            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config | super().get_config()

    @property
    def dtype(self) -> str:
        return dtypes.variable_dtype(self._policy)

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        return dtypes.compute_dtype(self._policy)

    @property
    def path(self) -> str:
        return self.name

    @property
    def input(self) -> Any:
        """The symbolic input(s) of its first call in a functional graph."""
        return self._first_node("input").input_structure

    @property
    def output(self) -> Any:
        """The symbolic output(s) of its first call in a functional graph."""
        return self._first_node("output").outputs

    @property
    def input_shape(self) -> Any:
        return tree.map(lambda x: x.shape, self.input)

    @property
    def output_shape(self) -> Any:
        return tree.map(lambda x: x.shape, self.output)

    def _first_node(self, what: str) -> Any:
        if not self._nodes:
            raise AttributeError(f"{self.describe()} has no `{what}`: it was not called on a symbolic input.")
        return self._nodes[0]

    def __getstate__(self) -> dict[str, Any]:
        # graphs are chains of nodes, too deep for pickle to follow: a Plan writes its own down flat and remakes it
        return {**self.__dict__, "_nodes": []}

    def to(self, engine: str) -> "Layer":
        """Move all weights to another engine, in place, and return the layer."""
        from .. import engines
        from .moving import move

        move(self, engines.get(engine))
        return self


def _marks_built(build: Callable) -> Callable:
    """A subclass's `build`, which also marks the layer as built and remembers for which shape."""

    @wraps(build)
    def build_and_mark(self, *args, **kwargs):
        result = build(self, *args, **kwargs)
        self.built = True
        if args:
            self.__dict__["_build_shape"] = args[0]
        return result

    return build_and_mark


def _shape_of(x: Any) -> tuple | None:
    if is_symbolic(x):
        return x.shape
    shape = getattr(x, "shape", None)
    if shape is None:
        shape = np.shape(x)
    return tuple(None if s is None else int(s) for s in shape)


def _is_foreign(kind: str | None, own: str) -> bool:
    return kind == "numpy" and own != "numpy" or kind is None
