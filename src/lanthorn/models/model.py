"""Model: a layer that is trained, saved, and made of a graph or of Python."""

from typing import Any

import numpy as np

from .. import engines
from ..core import tree
from ..core.context import call_begins, call_ends, context, forget_losses
from ..core.inputs import flat_inputs
from ..core.layer import Layer
from ..core.masking import keep_masks
from ..core.moving import check_unchanged
from ..core.old_names import takes_old_arguments
from ..core.plan import Plan
from ..core.symbolic import SymbolicTensor, is_symbolic
from ..core.texts import TextStart, drawn, takes_texts
from ..training.trainer import Trainer
from . import compiled_call
from .redrawing import LayerList, Redrawing
from .summary import summary as table
from .summary import title
from .views import Views


class Model(Redrawing, Views, Trainer):
    """A network: what `fit`, `save`, `summary` and the native views belong to.

    Functional, from a graph of symbolic tensors:

        x = lanthorn.Input((784,))
        model = lanthorn.Model(x, lanthorn.layers.Dense(10)(x))

    or by subclassing, with layers made in `__init__` and Python in `call`:

        class Net(lanthorn.Model):
            def __init__(self):
                super().__init__()
                self.dense = lanthorn.layers.Dense(10)

            def call(self, x, training=None):
                return self.dense(x)

    Args:
        inputs, outputs: symbolic tensors, or lists or dicts of them.
        name: its name.
        engine: moves the model to that engine; that of its inputs if None.
    """

    _root = True

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        made_under = engines.made_under()
        if made_under is not None:
            self.__dict__["_made_under"] = made_under
        return self

    @takes_old_arguments
    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, engine: Any = None, **kwargs):
        if (inputs is None) != (outputs is None):
            raise TypeError(f"{type(self).__name__}: pass both `inputs` and `outputs`, or neither to subclass it.")
        if inputs is None and type(self) is Model:
            raise TypeError("Model: pass `inputs` and `outputs`, or subclass Model and write `call`.")
        super().__init__(name=name, **kwargs)
        self._plan: Plan | None = None
        if inputs is not None:
            self._set_plan(inputs, outputs)
        if engine is not None:
            self._engine = self._engine or engines.get(engine)
            if self._plan is not None:
                self.to(engine)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_made_under", None)  # a strategy belongs to its process
        state.pop("_trained", None)  # see `training/frozen_later.py`
        state.pop("_text_start", None)  # made again where it is needed
        return state

    @classmethod
    def default_name_stem(cls, args: tuple, kwargs: dict[str, Any]) -> str:
        return "functional" if cls is Model else super().default_name_stem(args, kwargs)

    # -- structure ------------------------------------------------------------------------------------------------
    @property
    def plan(self) -> Plan:
        """The flat list of steps of a functional model. Raises ValueError for a subclassed one."""
        if self._plan is None:
            raise ValueError(f"{self.describe()}: has no graph: it is subclassed, or a Sequential not built yet.")
        return self._plan

    @property
    def layers(self) -> list[Layer]:
        """Its layers, one level deep: in the order of the graph, or in which they were set as attributes."""
        hidden = self.__dict__.get("_hidden", ())
        return LayerList(self, {id(each): each for each in self.children() if each not in hidden}.values())

    def _held_layers(self):
        if self._plan is not None:
            yield from self._plan.layers
        yield from super()._held_layers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name or at that index."""
        if (name is None) == (index is None):
            raise ValueError(f"{self.describe()}: get_layer takes either a name or an index.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"{self.describe()}: has {len(layers)} layers, there is no index {index}.")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        import difflib

        near = difflib.get_close_matches(str(name), [layer.name for layer in layers], n=3)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(f"{self.describe()}: has no layer named {name!r}.{hint}")

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return tree.flatten(self.plan.inputs)

    @property
    def input(self) -> Any:
        return self.plan.inputs

    @property
    def output(self) -> Any:
        return self.plan.outputs

    @property
    def input_names(self) -> list[str]:
        return [x.name for x in self.inputs]

    @property
    def text_start(self) -> Any:
        """The layers that texts reach, where the graph begins with texts (see `core/texts.py`); else None."""
        if self._plan is None or not self._plan.texts:
            return None
        found = self.__dict__.get("_text_start")
        if found is None or found.plan is not self._plan:
            found = self.__dict__["_text_start"] = TextStart(self)
        return found

    # -- calling ------------------------------------------------------------------------------------------------
    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Runs the graph; subclasses write their own."""
        if self._plan is None:
            return Layer.call(self, inputs)
        return self.run_plan(inputs, bool(training))

    metrics, metrics_variables = Trainer.metrics, Trainer.metrics_variables  # and not those of a layer

    graph_call = call  # who has another `call` does more than to run a graph (see `core/flatten.py`)

    def run_plan(self, inputs: Any, training: bool | None) -> Any:
        """The graph on a structure of arrays."""
        plan, view = self._plan, self._view
        if plan.texts:
            start = self.text_start
            arrays, plan = list(self._arrays(tuple(start.numbers(inputs)))), start.rest
        else:
            arrays = flat_inputs(self, inputs)
        outputs = plan.run(arrays, training) if view is None else view.run(plan, arrays, training)
        packed = outputs[0] if is_symbolic(self._plan.outputs) else tree.pack(self._plan.outputs, outputs)
        return packed[0] if type(packed) in (list, tuple) and len(packed) == 1 else packed  # as in Keras

    def call_plainly(self, *args: Any, **kwargs: Any) -> Any:
        if self._plan is not None and type(self).call is Model.call and self.activity_regularizer is None:
            before = context.training
            if before is None and context.noted:
                forget_losses(self)
            training = call_begins(kwargs.get("training"))
            try:
                return self.run_plan(args[0] if args else kwargs["inputs"], training)
            finally:
                call_ends(before)
        return super().call_plainly(*args, **kwargs)

    def call_natively(self, training: bool, /, *args: Any, **kwargs: Any) -> Any:
        if self._plan is not None and type(self).call is Model.call:
            return self.run_plan(args[0] if args else kwargs["inputs"], None)
        return super().call_natively(training, *args, **kwargs)

    def makes_mask(self, masked_inputs: bool) -> bool:
        return any(x.masked for x in self.outputs) if self._plan is not None else super().makes_mask(masked_inputs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with keep_masks():
            if args and takes_texts(self):
                if any(map(is_symbolic, tree.leaves(args[0]))):
                    return drawn(self, args, kwargs)
                args = (self.numbers_of(args[0]), *args[1:])
            if self._plan is not None and self.engine.compiles_calls:
                found = compiled_call.outputs(self, args, kwargs)
                if found is not None:
                    return found
            return super().__call__(*args, **kwargs)

    def numbers_of(self, texts: Any) -> Any:
        """What the rest of a model that begins with texts is called with."""
        if not self.built:
            self.ensure_built((np.asarray(texts) if isinstance(texts, (list, tuple)) else texts,), {}, None)
        return self.text_start.numbers(texts)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of this shape (with the batch axis), without data.

        A subclassed model is run once on zeros; a layer called only under some condition stays unbuilt.
        """
        if self.built or input_shape is None:
            return
        if type(self).call is Model.call:
            return
        self._adopt_engine_default()
        shapes = [input_shape] if _is_shape(input_shape) else input_shape
        zeros = tree.map(lambda s: s, [np.zeros([1 if n is None else n for n in s], "float32") for s in shapes])
        self.built = True
        with self.engine.no_grad():
            self.call_plainly(*self._arrays((zeros[0] if _is_shape(input_shape) else zeros,)), training=False)

    def _adopt_engine_default(self) -> None:
        self._engine = self._engine or engines.get(None)
        self._adopt_engine()

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        """A subclassed model has no `build` of its own: its layers build themselves when it is called."""
        if not self.built and type(self).build is Model.build:
            arrays = [x for x in tree.leaves((args, kwargs)) if not isinstance(x, (np.ndarray, float, int))]
            self._engine = self._engine or engine or (engines.of(arrays[0]) if arrays else engines.get(None))
            self._adopt_engine()
            self.built = True
            first = args[0] if args else next(iter(kwargs.values()), None)
            # for files: the shape to build it for again, with any batch
            self.__dict__["_build_shape"] = tree.map(lambda x: (None, *np.shape(x)[1:]), first)
            return
        super().ensure_built(args, kwargs, engine)

    def summary(
        self, line_length: int | None = None, positions: Any = None, print_fn: Any = None, expand_nested: bool = False,
        show_trainable: bool = False, layer_range: Any = None,
    ) -> None:  # fmt: skip
        """Print the layers (of `layer_range`: from a name to a name), their output shapes and numbers of weights."""
        (print_fn or print)(table(self, line_length, show_trainable, expand_nested, layer_range))

    def __repr__(self) -> str:
        return title(self)

    # -- files (see `saving`) -----------------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        check_unchanged(self, "be written as a configuration")
        if self._plan is not None and type(self).__init__ is Model.__init__:
            from ..saving.graph import graph_config

            return graph_config(self)
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Model":
        if cls is Model or "layers" in config and "input_layers" in config and cls.__init__ is Model.__init__:
            from ..saving.graph import model_from_graph

            return model_from_graph(config, custom_objects, None if cls is Model else cls)
        return super().from_config(config)

    def save(self, filepath: Any, overwrite: bool = True, include_optimizer: bool = True, **kwargs: Any) -> None:
        """Save architecture, weights, compile settings, class names and preprocessing in one file (.keras or .h5)."""
        from ..saving.api import save_model

        save_model(self, filepath, overwrite=overwrite, include_optimizer=include_optimizer, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, dtype: str | None = None) -> None:
        """Save the weights alone (.weights.h5, .h5 or .safetensors; the last as float16 too: dtype="float16")."""
        from ..saving.api import save_weights

        save_weights(self, filepath, overwrite=overwrite, dtype=dtype)

    def load_weights(
        self, filepath: Any, by_name: bool = False, skip_mismatch: bool = False, objects_to_skip: Any = None
    ) -> None:
        """Load weights from a file of any known layout, told by its first bytes; layers in `objects_to_skip` stay."""
        from ..saving.api import load_weights

        load_weights(self, filepath, by_name=by_name, skip_mismatch=skip_mismatch, objects_to_skip=objects_to_skip)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as JSON."""
        from ..saving.api import to_json

        return to_json(self, **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        """Refused, as in Keras since 2.6."""
        raise RuntimeError(f"{self.describe()}: YAML is not offered, because reading YAML can run code; use to_json.")


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, (tuple, list)) and all(n is None or isinstance(n, int) for n in shape)
