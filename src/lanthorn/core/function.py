"""A graph of ops as a function, and what users write ops of their own as."""

from typing import Any

from . import tree
from .context import context
from .layer import Layer
from .plan import Plan
from .symbolic import SymbolicTensor, is_symbolic


class Operation(Layer):
    """A function of arrays as a node of a graph: a layer without weights, which takes its arrays as they come.

    Subclass it and write `call` in ops.

    Args:
        name: its name; made from the class name if None.

    Example:
        >>> class Twice(lanthorn.Operation):
        ...     def call(self, x):
        ...         return x * 2
        >>> Twice()(lanthorn.KerasTensor((None, 3))).shape
        (None, 3)
    """

    autocast = False

    def __init__(self, name: str | None = None):
        super().__init__(name=name)


class Function(Operation):
    """The graph from some symbolic tensors to others, to be computed on arrays or to be drawn again on other tensors.

    Args:
        inputs, outputs: symbolic tensors, or lists or dicts of them.
        name: its name.

    Raises:
        ValueError: no inputs or outputs, or outputs that do not hang on the inputs; on a call, inputs of another
            structure or shape.

    Example:
        >>> x = lanthorn.KerasTensor((None, 2))
        >>> double = lanthorn.Function(x, x + x)
        >>> lanthorn.ops.convert_to_numpy(double(np.array([[1.0, 2.0]], "float32")))
        array([[2., 4.]], dtype=float32)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None):
        super().__init__(name=name)
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            if not tree.flatten(structure):
                raise ValueError(f"{self.describe()}: `{what}` argument cannot be empty, got {structure!r}.")
        try:
            self._graph = Plan(inputs, outputs, part=True)
        except ValueError as error:
            raise ValueError(f"{self.describe()}: Output of it is not connected to `inputs`. {error}") from None
        self._engine = self.inputs[0].engine

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return tree.flatten(self._graph.inputs)

    @property
    def outputs(self) -> list[SymbolicTensor]:
        return tree.flatten(self._graph.outputs)

    @property
    def operations(self) -> list[Layer]:
        """The layers and ops of the graph."""
        return list(self._graph.layers)

    def call(self, inputs: Any) -> Any:
        arrays = self._checked(inputs)
        if not any(map(is_symbolic, arrays)):
            outputs = self._graph.run([self.engine.array(x) for x in arrays], context.training or False)
            return outputs[0] if is_symbolic(self._graph.outputs) else tree.pack(self._graph.outputs, outputs)
        known = {id(place): x for place, x in zip(self.inputs, arrays, strict=True)}

        def found(x):
            return known[id(x)] if is_symbolic(x) else x

        for node in self._graph.nodes:
            made = node.layer(*tree.map(found, node.args), **tree.map(found, node.kwargs))
            known.update(zip(map(id, node.flat_outputs), tree.leaves(made), strict=True))
        return tree.map(found, self._graph.outputs)

    def _checked(self, inputs: Any) -> list:
        arrays = tree.flatten(inputs)
        if len(arrays) != len(self.inputs):
            raise ValueError(
                f"{self.describe()}: Function was called with an invalid input structure: it has {len(self.inputs)} "
                f"inputs, got {len(arrays)}."
            )
        for place, x in zip(self.inputs, arrays, strict=True):
            fits = len(x.shape) == len(place.shape) and all(
                a is None or b is None or a == b for a, b in zip(x.shape, place.shape, strict=True)
            )
            if not fits:
                raise ValueError(
                    f"{self.describe()}: it was passed incompatible inputs: for input '{place.name}', expected shape "
                    f"{place.shape}, but received instead a tensor with shape {tuple(x.shape)}."
                )
        return arrays


def get_source_inputs(tensor: Any) -> Any:
    """The symbolic inputs that a symbolic tensor hangs on, each once.

    Example:
        >>> x = lanthorn.Input((3,))
        >>> lanthorn.utils.get_source_inputs(lanthorn.layers.Dense(1)(x))[0] is x
        True
    """
    if not is_symbolic(tensor):
        return tensor
    found, seen, waiting = [], set(), [tensor]
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if x.node is None or not x.node.inputs:
            found.append(x)
        else:
            waiting.extend(reversed(x.node.inputs))
    return found
