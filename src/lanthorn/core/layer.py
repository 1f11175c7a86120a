"""Layer: settings, weights made in `build`, and a `call` written in ops."""

import inspect
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from . import autocast, remat, tree
from .building import Building, marks_built
from .config import fields_of
from .context import call_begins, call_ends, context, forget_losses
from .described import Described
from .errors import WITH_TEXTS, explain, explained
from .foreign import as_layer, engine_of_module
from .input_spec import InputSpec
from .masking import get_mask, set_mask
from .naming import snake_case, unique_name
from .native import Native
from .policy_map import DTypePolicyMap, policy_of
from .stateless import Stateless
from .symbolic import apply, is_symbolic
from .weights import Weights

__all__ = ["InputSpec", "Layer"]


# arguments that 2018 code gives to the first layer of a Sequential, and what they mean as a shape with batch axis
_SHAPE_ARGUMENTS: dict[str, Callable[[Any], tuple]] = {
    "batch_input_shape": lambda shape: tuple(shape),
    "batch_shape": lambda shape: tuple(shape),
    "input_shape": lambda shape: (None, *shape),
    "input_dim": lambda size: (None, size),
}


class Layer(Building, Weights, Native, Stateless, Described):
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
    is_foreign = False  # True: it is made of a module of the engine's own, and knows no more than that of itself
    supports_masking = False  # without annotations: class attributes as in Keras, no settings
    input_spec = None
    autocast = True  # False: inputs and weights are taken as they are, whatever it computes in (see `core/autocast.py`)
    whole_numbers = True  # False: it computes with floats, and is given whole numbers and booleans as such
    reads_steps = False  # True: its inputs are sequences, and `input_dim` is the size of one step
    wide = False  # True: it computes in float32 where the policy says a half, and gives the half
    reads_halves = False  # True: what it is made of computes in float32 by itself what it reads in a half
    takes: ClassVar[frozenset[str]] = frozenset()  # which of training and mask its `call` asks for

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = marks_built(cls.__dict__["build"])
        if "call" in cls.__dict__:
            cls.takes = frozenset(inspect.signature(cls.__dict__["call"]).parameters) & {"training", "mask"}

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.__dict__.update(
            name=None, built=False, _trainable=True, _variables=[], _losses=[], _nodes=[], _engine=None, _view=None,
            _seats=(), _foreign=(), _first_shape=None, _initial_weights=None, activity_regularizer=None,
            _policy="float32", _casts=None,
        )  # fmt: skip
        remat.applied(self)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        # a module of the engine's own is a layer: `self.inner = torch.nn.Linear(...)` in a Model
        if engine_of_module(value) is not None and not name.startswith("_"):
            value = as_layer(value)
            self.__dict__["_foreign"] = (*self._foreign, value)
        super().__setattr__(name, value)

    def __init__(self, *args, name=None, trainable=True, dtype=None, activity_regularizer=None, **kwargs):
        from .. import regularizers

        self.name = name or unique_name(self.default_name_stem(args, kwargs))
        if "/" in self.name:
            raise ValueError(f"{type(self).__name__}: a name cannot hold '/', got {name!r}.")
        self._trainable = bool(trainable)
        policy = policy_of(dtype)
        self._policy = (policy[self.name] if isinstance(policy, DTypePolicyMap) else policy).name
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._translate(kwargs)
        fields = {field.name for field in fields_of(type(self))}
        if activity_regularizer is not None and "activity_regularizer" in fields:
            kwargs["activity_regularizer"] = self.activity_regularizer
        if self.reads_steps and "input_dim" in kwargs:  # of Keras 1: LSTM(32, input_dim=8, input_length=10)
            kwargs["input_shape"] = (kwargs.get("input_length"), kwargs.pop("input_dim"))
        for key, as_shape in _SHAPE_ARGUMENTS.items():
            if key in kwargs and key not in fields:
                given = kwargs.pop(key)
                self._first_shape = as_shape(given) if given is not None else self._first_shape
        if kwargs.get("input_length") is not None and self._first_shape is None:
            self._first_shape = (None, kwargs["input_length"])
        batch = kwargs.pop("batch_size", None) if "batch_size" not in fields else None
        if batch is not None and self._first_shape is not None:  # of Keras 2: LSTM(..., stateful=True, batch_size=2)
            self._first_shape = (int(batch), *self._first_shape[1:])
        self._initial_weights = kwargs.pop("weights", None)
        if "autocast" in kwargs:
            self.autocast = bool(kwargs.pop("autocast"))
        for key in ("input_length", "input_dtype"):
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
        return snake_case(cls.__name__)

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

    # -- calling ------------------------------------------------------------------------------------------------
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # once there is a torch module of this layer, calls go to what stands in that module's place
        if self._view is None or any(map(is_symbolic, tree.leaves((args, kwargs)))):
            return self.invoke(*args, **kwargs)
        return self.engine.call_module(self.present(), self._arrays(args), kwargs, asked=not context.natively)

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
        if context.unsaid and kwargs.get("training") is not None:
            context.unsaid = False
        return self.call_plainly(*self._arrays(args), **kwargs)

    def call_plainly(self, *args: Any, **kwargs: Any) -> Any:
        """`call` on the engine's arrays, with training and mask settled."""
        before = context.training
        if before is None and context.noted:
            forget_losses(self)
        training = call_begins(kwargs.pop("training", None))
        try:
            if self._foreign:  # a list of modules is called past its layer: all inside are told beforehand
                with self.engine.mode([part._view for part in self._foreign], training):
                    return self.call_natively(training, *args, **kwargs)
            return self.call_natively(training, *args, **kwargs)
        finally:
            call_ends(before)

    def call_natively(self, training: bool, /, *args: Any, **kwargs: Any) -> Any:
        """`call` with this `training`, saying nothing to the layers inside: a torch module's children know theirs."""
        takes = self.takes
        if "training" in takes:
            kwargs["training"] = training
        mask = None
        if self.handles_masks():
            mask = kwargs.pop("mask", None)
            if mask is None and args:
                mask = _masks(args[0])
            if "mask" in takes:
                kwargs["mask"] = mask
        try:
            plain = autocast.is_plain(self, args)
            outputs = self.call(*args, **kwargs) if plain else autocast.call(self, *args, **kwargs)
        except Exception as error:
            explain(self, error, args)
            raise
        if mask is not None or type(self).compute_mask is not Layer.compute_mask:
            self._pass_mask(args, mask, outputs)
        if self.activity_regularizer is not None:
            for x in tree.leaves(autocast.widened(outputs)):
                self.add_loss(self.activity_regularizer(x) / _batch_size(x))
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

    def keeps_batch(self) -> bool:
        """Whether the batch is sure to be the first axis of all outputs: so it is in every layer of the library."""
        return type(self).__name__ != "Lambda" and all(
            type(layer).__module__.startswith("lanthorn.layers.") for layer in self.flat_layers()
        )

    def _arrays(self, args: tuple) -> tuple:
        """Arguments as this layer's engine's arrays; NumPy and lists of numbers are converted."""
        from ..ops.dispatch import kind

        own = self.engine.name
        if all(kind(x) == own for x in args):
            return args
        return tree.map(lambda x: _array(self, x) if _is_foreign(kind(x), own) else x, args)

    # -- losses -------------------------------------------------------------------------------------------------
    def add_loss(self, loss: Any, inputs: Any = None) -> None:
        """Add a scalar to what training minimises; call it inside `call`. `inputs` is of Keras 2, without a meaning."""
        if not self.engine.abstract:
            context.noted[id(self)] = weakref.ref(self)
            losses = autocast.widened(loss if isinstance(loss, (list, tuple)) else [loss])
            self._losses.extend(losses)
            if context.scope is not None:
                context.scope.losses.extend(losses)

    @property
    def losses(self) -> list:
        """What `add_loss` collected in the last outermost call, and the penalties of the weights' regularizers."""
        layers = self.flat_layers()
        penalties = [v.regularizer(v.value) for v in self.penalised_variables]
        return [loss for layer in layers for loss in layer._losses] + penalties

    def __getstate__(self) -> dict[str, Any]:
        # graphs are chains of nodes, too deep for pickle to follow: a Plan writes its own down flat and remakes it
        return {**self.__dict__, "_nodes": []}


def _masks(x: Any) -> Any:
    """The masks that come with an input, in its structure; None if there is none."""
    if type(x) not in (list, tuple, dict):
        return get_mask(x)
    masks = tree.map(get_mask, x)
    return masks if any(True for _ in tree.leaves(masks)) else None


def _batch_size(x: Any) -> Any:
    """As a number, or a float of the engine where a graph does not know it."""
    from .. import ops

    return x.shape[0] if x.shape[0] is not None else ops.cast(ops.shape(x)[0], x.dtype)


def _array(layer: Any, x: Any) -> Any:
    """As an array of the layer's engine; a TypeError for texts, where it has none."""
    texts = isinstance(x, str) or getattr(getattr(x, "dtype", None), "kind", "") in ("U", "S")
    if texts and layer.engine.texts is None:
        raise explained(TypeError(f"{layer.describe()}: expected numbers, got texts; {WITH_TEXTS}"))
    return layer.engine.array(x)


def _is_foreign(kind: str | None, own: str) -> bool:
    return kind == "numpy" and own != "numpy" or kind is None
