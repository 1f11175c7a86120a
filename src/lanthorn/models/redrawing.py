"""What programs of Keras 1 and 2 do to a model after it is drawn: losses and outputs from the middle of its graph."""

from typing import Any

from ..core import tree
from ..core.layer import Layer
from ..core.old_names import say
from ..core.plan import Plan
from ..core.symbolic import SymbolicTensor, is_symbolic
from .side_steps import AddLoss, ClosedLoss, closed_over


class LayerList(list):
    """The layers of a model. In Keras 1 and 2 it was the model's own list, and programs took layers from its end."""

    def __init__(self, model: Any, layers: Any):
        super().__init__(layers)
        self._model = model

    def pop(self, index: Any = -1) -> Layer:
        """Take a layer from the list: a Sequential loses its last one, another model only hides it from `layers`."""
        layer = super().pop(index)
        say("model.layers.pop() is an old idiom: it is lanthorn.Model(model.input, model.layers[-2].output) today.")
        self._model.forget_layer(layer)
        return layer

    def __reduce__(self) -> Any:
        return list, (list(self),)


class Redrawing:
    """The part of a functional `Model` that sets its graph, and changes it."""

    def _set_plan(self, inputs: Any, outputs: Any, also: Any = ()) -> None:
        self._plan = Plan(inputs, outputs, also=also)
        self._engine, self.built = tree.flatten(inputs)[0].engine, True

    @property
    def outputs(self) -> list[SymbolicTensor]:
        return tree.flatten(self.plan.outputs)

    @outputs.setter
    def outputs(self, outputs: Any) -> None:  # model.outputs = [model.layers[-1].output], of Keras 1 and 2
        self.redraw(outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs)

    @property
    def output_names(self) -> list[str]:
        """Names of the layers the outputs come from: what dicts of losses and metrics are keyed by."""
        if self._plan is None:
            return []
        if isinstance(self.plan.outputs, dict):
            return list(self.plan.outputs)
        names = [x.node.layer.name for x in self.outputs]
        again = [names[:i].count(name) for i, name in enumerate(names)]  # one layer may give several outputs
        return [f"{name}_{n}" if n else name for name, n in zip(names, again, strict=True)]

    def redraw(self, outputs: Any = None, also: Any = ()) -> None:
        """The same inputs with other outputs, or with more that is computed beside them."""
        plan = self.plan
        self._set_plan(plan.inputs, plan.outputs if outputs is None else outputs, [*plan.also, *also])

    def forget_layer(self, layer: Layer) -> None:
        """`layers` does not list it any more."""
        self.__dict__["_hidden"] = (*self.__dict__.get("_hidden", ()), layer)

    def add_loss(self, loss: Any, inputs: Any = None) -> None:
        """Add to what training minimises: a scalar inside `call`, or symbolic tensors of this model's graph.

        Example:
            >>> x = lanthorn.Input((4,))
            >>> code = lanthorn.layers.Dense(2)(x)
            >>> model = lanthorn.Model(x, lanthorn.layers.Dense(4)(code))
            >>> model.add_loss(lanthorn.ops.mean(code**2))
        """
        drawn = [x for x in tree.leaves(loss) if is_symbolic(x)]
        if not drawn:
            return super().add_loss(loss)  # pyright: ignore[reportAttributeAccessIssue]
        self.redraw(also=[AddLoss()(x) for x in drawn])

    def closed_losses(self, loss: Any) -> Any:
        """`loss` of compile, where functions that read tensors of this model's graph are made to do so in a step."""
        if self.__dict__.get("_plan") is None:
            return loss
        outputs = self.outputs

        def closed(function: Any, output: Any) -> Any:
            held = closed_over(function) if callable(function) else []
            if not held:
                return function
            made = ClosedLoss(function, output, held)
            self.redraw(also=made.ends)
            return made

        if isinstance(loss, dict):
            if len(self.output_names) != len(outputs):  # outputs that are nested: their losses are, too
                return loss
            places = dict(zip(self.output_names, outputs, strict=True))
            return {name: closed(each, places[name]) if name in places else each for name, each in loss.items()}
        if isinstance(loss, (list, tuple)):
            return [closed(each, outputs[i]) if i < len(outputs) else each for i, each in enumerate(loss)]
        return closed(loss, outputs[0])
