"""Plan: a functional graph as a flat list of steps, ready to run."""

from collections.abc import Callable
from typing import Any

from . import autocast, tree
from .errors import explain
from .graph_order import layers as graph_layers
from .layer import Layer
from .symbolic import Node, SymbolicTensor, is_symbolic

_NOTHING: dict[str, Any] = {}


class Step:
    """One call of one layer: where its inputs lie, where its outputs go, and what may be forgotten afterwards.

    Everything that can be settled beforehand is: whether the layer wants `training`, whether masks are about, whether
    something must be cast (then it is not `direct`).
    """

    __slots__ = ("layer", "node", "source", "target", "takes_training", "masked", "plain", "direct", "last_use")

    def __init__(self, node: Node, slots: dict[int, int], exact: bool = False):
        self.layer, self.node = node.layer, node
        args, kwargs = node.args, node.kwargs
        self.masked = any(x.masked for x in [*node.inputs, *node.flat_outputs])
        self.plain = len(args) == 1 and is_symbolic(args[0]) and not kwargs and is_symbolic(node.outputs)
        self.plain = self.plain and not self.masked and node.layer.activity_regularizer is None
        self.direct = self.plain and (exact or autocast.is_plain(node.layer, args))
        self.source = slots[id(args[0])] if self.plain else tree.map(
            lambda x: _Slot(slots[id(x)]) if is_symbolic(x) else x, (args, kwargs)
        )  # fmt: skip
        self.target = [slots[id(x)] for x in node.flat_outputs]
        self.takes_training = "training" in node.layer.takes
        self.last_use: tuple[int, ...] = ()


class _Slot:
    __slots__ = ("index",)
    dtype = None  # a leaf for `tree`

    def __init__(self, index: int):
        self.index = index


class Plan:
    """The steps from inputs to outputs, in an order in which each finds its inputs ready.

    Args:
        inputs, outputs: structures of symbolic tensors.
        part: it is a piece of another plan: it may begin anywhere, and what nests may share names.
        exact: it computes in float32, whatever the layers' policies say.
        also: more symbolic tensors that are computed, and kept by nobody: what `models/side_steps.py` hangs on a graph.

    Raises:
        ValueError: outputs that do not hang on the inputs, two layers of one name.
    """

    def __init__(self, inputs: Any, outputs: Any, part: bool = False, exact: bool = False, also: Any = ()):
        self.inputs, self.outputs, self.exact, self.also = inputs, outputs, exact, list(also)
        flat_inputs, flat_outputs = tree.flatten(inputs), tree.flatten(outputs)
        for x in [*flat_inputs, *flat_outputs]:
            if not is_symbolic(x):
                raise TypeError(
                    f"Model: inputs and outputs must be symbolic tensors (from Input and layers called on it), "
                    f"got {type(x).__name__}."
                )
        self.nodes = _sorted_nodes(flat_inputs, [*flat_outputs, *self.also])
        slots: dict[int, int] = {}
        for x in [*flat_inputs, *_made_by(self.nodes)]:
            slots.setdefault(id(x), len(slots))
        self.size = len(slots)
        self.texts = any(x.dtype == "string" for x in flat_inputs)  # then only a part of it runs (see `core/texts.py`)
        self.first = [slots[id(x)] for x in flat_inputs]
        self.last = [slots[id(x)] for x in flat_outputs]
        self.steps = [Step(node, slots, exact) for node in self.nodes]
        self._plan_forgetting(slots)
        if part:
            self.layers = list({id(node.layer): node.layer for node in self.nodes}.values())
        else:
            self.layers = graph_layers(inputs, outputs)
            if also:
                self.layers += {id(n.layer): n.layer for n in self.nodes if n.layer not in self.layers}.values()
            _check_names(self.layers)

    def _plan_forgetting(self, slots: dict[int, int]) -> None:
        """An array is let go after its last use, so that memory holds no more than is needed."""
        needed = set(self.last)
        for step in reversed(self.steps):
            used = {slots[id(x)] for x in step.node.inputs} | set(step.target)
            step.last_use = tuple(used - needed)
            needed |= used

    def run(
        self, arrays: list, training: bool | None, watch: Callable | None = None, call: Callable | None = None
    ) -> list:
        """Outputs for one array per input; `training` None leaves it to the layers' own torch modules.

        `watch(layer, input, output)`, if given, sees every layer of one input and gives the output to go on with.
        `call(layer, args, kwargs)` calls what stands in a layer's place, where the model has a torch module.
        """
        if self.exact:
            with autocast.Override("float32"):
                return self._run(arrays, training, watch, call, True)
        return self._run(arrays, training, watch, call, autocast.override() is None)

    def _run(self, arrays: list, training: bool | None, watch: Any, call: Any, direct: bool) -> list:
        slots: list[Any] = [None] * self.size
        for index, array in zip(self.first, arrays, strict=True):
            slots[index] = array
        for step in self.steps:
            layer = step.layer
            if direct and step.direct and layer._view is None:
                x = slots[step.source]
                try:
                    out = layer.call(x, training=training) if step.takes_training else layer.call(x)
                except Exception as error:
                    explain(layer, error, (x,))
                    raise
                slots[step.target[0]] = out if watch is None else watch(layer, x, out)
            elif training is None and step.plain and call is not None and layer._view is not None:
                slots[step.target[0]] = call(layer, (slots[step.source],), _NOTHING)
            else:
                self._run_general(step, slots, training, call)
            for index in step.last_use:
                slots[index] = None
        return [slots[index] for index in self.last]

    def _run_general(self, step: Step, slots: list, training: bool | None, call: Callable | None) -> None:
        """A step with several inputs or outputs, masks, or a module in front of its layer."""
        if step.plain:
            args, kwargs = (slots[step.source],), {}
        else:
            args, kwargs = tree.map(lambda x: slots[x.index] if type(x) is _Slot else x, step.source)
        if training is not None:
            kwargs = {"training": training, **kwargs}
        if step.layer._view is None:
            outputs = step.layer.call_plainly(*args, **kwargs)
        elif call is None:
            outputs = step.layer(*args, **kwargs)
        else:
            outputs = call(step.layer, args, kwargs)
        for index, x in zip(step.target, tree.leaves(outputs), strict=True):
            slots[index] = x

    # -- written down flat: the chain of nodes is too deep for pickle and deepcopy to follow ---------------------------
    def __getstate__(self) -> dict[str, Any]:
        tensors = list({id(x): x for x in [*tree.leaves(self.inputs), *_made_by(self.nodes)]}.values())
        numbers = {id(x): _Slot(i) for i, x in enumerate(tensors)}

        def number(x):
            return numbers[id(x)] if is_symbolic(x) else x

        return {
            "tensors": [(x.shape, x.dtype, x.engine, x.name, x.masked) for x in tensors],
            "inputs": [(x.node.layer if not x.node.inputs else None) for x in tree.leaves(self.inputs)],
            "nodes": [
                (n.layer, *(tree.map(number, part) for part in (n.args, n.kwargs, n.outputs))) for n in self.nodes
            ],
            "ends": tuple(tree.map(number, end) for end in (self.inputs, self.outputs, self.also)),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        tensors = [
            SymbolicTensor(shape, dtype, name=name, engine=engine) for shape, dtype, engine, name, _ in state["tensors"]
        ]
        for tensor, described in zip(tensors, state["tensors"], strict=True):
            tensor.masked = described[4]

        def tensor_of(x):
            return tensors[x.index] if type(x) is _Slot else x

        inputs, outputs, also = (tree.map(tensor_of, end) for end in state["ends"])
        for layer, x in zip(state["inputs"], tree.leaves(inputs), strict=True):
            if layer is not None:
                Node(layer, (), {}, x)
        for layer, *parts in state["nodes"]:
            Node(layer, *(tree.map(tensor_of, part) for part in parts))
        self.__init__(inputs, outputs, also=also)


def _made_by(nodes: list[Node]) -> list[SymbolicTensor]:
    return [x for node in nodes for x in node.flat_outputs]


def _sorted_nodes(inputs: list[SymbolicTensor], outputs: list[SymbolicTensor]) -> list[Node]:
    """The nodes that outputs hang on, each after those it needs, in the order in which they were made."""
    known = {id(x) for x in inputs}
    order: list[Node] = []
    state: dict[int, int] = {}  # node -> 1 while its inputs are looked at, 2 when done
    stack = list(reversed(outputs))
    while stack:  # no recursion: networks may have thousands of layers
        x = stack[-1]
        node = x.node
        if id(x) in known or (node is not None and state.get(id(node)) == 2):
            stack.pop()
            continue
        if node is None or not node.inputs:
            raise ValueError(
                f"Model: the output hangs on the input {x.name!r} (shape {x.shape}), which is not among the model's "
                f"inputs ({', '.join(repr(i.name) for i in inputs)}). Add it to `inputs`."
            )
        if state.get(id(node)) == 1:
            state[id(node)] = 2
            order.append(node)
            stack.pop()
            continue
        state[id(node)] = 1
        stack.extend(reversed(node.inputs))
    return order


def _check_names(layers: list[Layer]) -> None:
    seen: dict[str, Layer] = {}
    for layer in layers:
        if layer.name in seen:
            raise ValueError(
                f"Model: two of its layers are named '{layer.name}' ({type(seen[layer.name]).__name__} and "
                f"{type(layer).__name__}). Give each a name of its own: {type(layer).__name__}(..., name=...)."
            )
        seen[layer.name] = layer
