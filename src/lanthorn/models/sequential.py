"""Sequential: a model that is a chain of layers."""

from typing import Any

from .. import engines
from ..core import tree
from ..core.foreign import as_layer, engine_of_module
from ..core.layer import Layer
from ..core.moving import check_unchanged
from ..core.symbolic import SymbolicTensor, is_symbolic
from .input_layer import Input, InputLayer
from .model import Model
from .redrawing import LayerList


class Sequential(Model):
    """Layers one after the other.

    Args:
        layers: the layers; an `Input` or a first layer with `input_shape` makes the weights at once, else the
            first call does.
        name: its name.
        engine: "torch", "jax", "tensorflow" or "numpy"; the default engine if None.

    Example:
        >>> model = lanthorn.Sequential([lanthorn.layers.Dense(32, "relu"), lanthorn.layers.Dense(10)])
        >>> model(np.zeros((2, 20), "float32")).shape
        (2, 10)
    """

    _root = True

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None, engine: Any = None):
        Layer.__init__(self, name=name, trainable=trainable)
        self._plan = None
        self._engine = engines.get(engine) if engine is not None else None
        self._asked_engine = self._engine
        self._layers: list[Layer] = []
        if isinstance(layers, Layer) or engine_of_module(layers) is not None:
            layers = [layers]
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Append a layer."""
        if is_symbolic(layer):
            layer = layer.node.layer
        given, layer = layer, as_layer(layer)
        if layer is None:
            raise TypeError(f"{self.describe()}: expected a layer, got {given!r} ({type(given).__name__}).")
        if isinstance(layer, InputLayer) and self._layers:
            raise ValueError(f"{self.describe()}: an Input can only come first, it has {len(self._layers)} layers.")
        if not self._layers and layer._first_shape is not None and not isinstance(layer, InputLayer):
            self._layers.append(self._input(layer._first_shape, layer.dtype))
        self._layers.append(layer)
        if rebuild:
            self._rebuild()

    def pop(self, rebuild: bool = True) -> Layer:
        """Remove the last layer and return it."""
        if not self.layers:
            raise ValueError(f"{self.describe()}: has no layer to pop.")
        layer = self._layers.pop()
        if rebuild:
            self._rebuild()
        return layer

    def _input(self, shape: tuple, dtype: str | None = None) -> InputLayer:
        return Input(batch_shape=shape, dtype=dtype, engine=self._asked_engine).node.layer

    def _rebuild(self) -> None:
        """Draw the graph, if the input's shape is known."""
        if self._view is not None:
            raise ValueError(
                f"{self.describe()}: its torch module is there already, and says what it consists of: change that "
                "one, as a torch.nn.Sequential (net.append(...), net[-1] = ..., del net[-1])."
            )
        self._plan, self.built = None, False
        first = self._layers[0] if self._layers else None
        if isinstance(first, InputLayer):
            self._draw(first.output)
        elif isinstance(first, Model) and first._plan is not None:
            x = tree.map(lambda x: self._input(x.shape, x.dtype).output, first.plan.inputs)
            self._draw(x)

    def _draw(self, x: Any) -> None:
        start = x
        if self._asked_engine is not None and isinstance(x, SymbolicTensor) and x.engine is not self._asked_engine:
            x.engine = x.node.layer._engine = self._asked_engine
        for layer in self._layers:
            if not isinstance(layer, InputLayer):
                x = layer(x)
        if x is not start:
            self._set_plan(start, x)

    @property
    def anywhere(self) -> bool:
        """A chain of layers that prepare pictures may run in a tf.data pipeline while its model is elsewhere."""
        return bool(self._layers) and all(layer.anywhere for layer in self.layers)

    @property
    def layers(self) -> list[Layer]:
        """Its layers, without the input layer."""
        listed = self._layers if self._view is None else self.children()
        return LayerList(self, [layer for layer in listed if not isinstance(layer, InputLayer)])

    def forget_layer(self, layer: Layer) -> None:
        self._layers.remove(layer)
        self._rebuild()

    def _held_layers(self):
        yield from self._layers

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of this shape, with the batch axis."""
        if self.built or input_shape is None:
            return
        if not self._layers:
            raise ValueError(f"{self.describe()}: has no layers; add one before it is called.")
        shape = (None, *input_shape[1:]) if input_shape else input_shape
        dtype = next((layer.dtype for layer in self._layers), None)
        if self._asked_engine is None:
            self._asked_engine = self._engine
        self._draw(self._input(shape, dtype).output)

    def ensure_built(self, args: tuple, kwargs: dict[str, Any], engine: Any) -> None:
        if not self.built:
            Layer.ensure_built(self, args, kwargs, self._asked_engine or engine)

    def get_config(self) -> dict[str, Any]:
        check_unchanged(self, "be written as a configuration")
        from ..saving.graph import sequential_config

        if type(self).__init__ is not Sequential.__init__:  # made from settings of its own
            return super().get_config()
        return sequential_config(self)

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> "Sequential":
        from ..saving.graph import sequential_from_config

        if cls.__init__ is not Sequential.__init__:
            return super().from_config(config)  # pyright: ignore[reportReturnType]
        return sequential_from_config(config, custom_objects, None if cls is Sequential else cls)
