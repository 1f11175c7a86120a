"""What a functional graph does beside computing its outputs: gradients, losses, values for somebody else to read."""

import dis
from typing import Any

from .. import ops
from ..core import tree
from ..core.context import in_training
from ..core.functional_call import swapped
from ..core.layer import Layer
from ..core.plan import Plan
from ..core.symbolic import Node, SymbolicTensor, is_symbolic


class Gradient(Layer):
    """The gradient of a symbolic tensor for others in the same graph, as a node of that graph.

    Args:
        plan: from the tensors that are asked about, then what else it hangs on, to the tensor that is differentiated.
        count: how many tensors are asked about.
        variables: Variables that are asked about as well.
    """

    autocast = False

    def __init__(self, plan: Plan, count: int, variables: list):
        super().__init__()
        self._plan, self._count, self._wanted, self.built = plan, count, variables, True

    def _held_layers(self):
        yield from self._plan.layers

    def call(self, inputs: list, training: Any = None) -> list:
        wanted, rest = list(inputs[: self._count]), list(inputs[self._count :])
        values = [ops.copy(v.value) for v in self._wanted]
        training = in_training(training)

        def total(arrays: list) -> Any:
            with swapped(self._wanted, arrays[self._count :]):
                (found,) = self._plan.run([*arrays[: self._count], *rest], training)
            return ops.sum(found)

        return self.engine.gradients(total, [*wanted, *values])


def gradients(of: SymbolicTensor, wanted: list) -> list:
    """Symbolic gradients of (the sum of) a symbolic tensor; None for those that it does not hang on.

    Args:
        of: what is differentiated.
        wanted: symbolic tensors of the same graph, and Variables of its layers.
    """
    found = [_gradient(of, [x], [])[0] if is_symbolic(x) else None for x in wanted]
    variables = [x for x in wanted if not is_symbolic(x)]
    for_them = iter(_gradient(of, [], variables) if variables else ())
    return [g if is_symbolic(x) else next(for_them) for x, g in zip(wanted, found, strict=True)]


def _gradient(of: SymbolicTensor, tensors: list, variables: list) -> list:
    """The gradients for one symbolic tensor, or for Variables."""
    leaves, met = _reached(of, {id(x): x for x in tensors})
    held = {id(v) for layer in met.values() if layer is not None for v in layer.variables}
    asked = [x for x in tensors if id(x) in met]
    known = [v for v in variables if id(v) in held]
    found = []
    if asked or known:
        layer = Gradient(Plan([*asked, *leaves], of, part=True), len(asked), known)
        layer._engine = of.engine
        found = [SymbolicTensor(x.shape, x.dtype, name=layer.name, engine=of.engine) for x in [*asked, *known]]
        Node(layer, ([*asked, *leaves],), {}, found)
    place = {id(x): g for x, g in zip([*asked, *known], found, strict=True)}
    return [place.get(id(x)) for x in [*tensors, *variables]]


def _reached(of: SymbolicTensor, stops: dict[int, SymbolicTensor]) -> tuple[list, dict[int, Any]]:
    """Where a tensor's graph begins, not looking behind `stops`; and what was met: stops, and layers by their ids."""
    leaves: list[SymbolicTensor] = []
    met: dict[int, Any] = {}
    seen: set[int] = set()
    stack = [of]
    while stack:
        x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if id(x) in stops:
            met[id(x)] = None
        elif not x.node.inputs:
            leaves.append(x)
        else:
            met[id(x.node.layer)] = x.node.layer
            stack.extend(x.node.inputs)
    return leaves, met


class AddLoss(Layer):
    """Adds (the mean of) its input to what training minimises: `model.add_loss` of a symbolic tensor."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(ops.mean(inputs))
        return inputs


class Held(Layer):
    """Keeps its input until `take` is called in the same step: what a loss reads of the middle of the graph."""

    def call(self, inputs: Any) -> Any:
        self.__dict__["_held"] = inputs
        return inputs

    def take(self) -> Any:
        return self.__dict__.pop("_held")


class ClosedLoss:
    """A loss function that reads symbolic tensors of its model, as losses of Keras 1 and 2 do.

    It is called once, symbolically, with the model's output; what comes of it is a graph from labels, output and the
    tensors that it reads to the loss.
    """

    def __init__(self, function: Any, output: SymbolicTensor, held: list[SymbolicTensor]):
        labels = SymbolicTensor(output.shape, output.dtype, name="labels", engine=output.engine)
        loss = function(labels, output)
        if not is_symbolic(loss):
            raise TypeError(f"the loss {function!r} gave {type(loss).__name__} for symbolic labels and outputs.")
        known = {id(x): x for x in [labels, output, *held]}
        more, _ = _reached(loss, known)
        held = [*held, *more]
        self.taps = [Held() for _ in held]
        self.ends = [tap(x) for tap, x in zip(self.taps, held, strict=True)]  # for the model's plan
        self.plan = Plan([labels, output, *held], loss, part=True)
        self.__name__ = getattr(function, "__name__", type(function).__name__)

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        (loss,) = self.plan.run([y_true, y_pred, *(tap.take() for tap in self.taps)], in_training(None))
        return loss


def closed_over(function: Any) -> list[SymbolicTensor]:
    """The symbolic tensors that a function reads besides its arguments: globals, closures, defaults, `partial`s."""
    found: dict[int, SymbolicTensor] = {}
    seen: set[int] = set()

    def look(x: Any) -> None:
        if is_symbolic(x):
            found[id(x)] = x
        elif isinstance(x, (list, tuple, dict)):
            for each in tree.leaves(x):
                look(each)
        elif hasattr(x, "func") and hasattr(x, "keywords"):  # functools.partial
            look([x.func, *x.args, *x.keywords.values()])
        elif hasattr(x, "__code__") and id(x) not in seen and not x.__module__.startswith("lanthorn."):
            seen.add(id(x))
            look([cell.cell_contents for cell in x.__closure__ or () if cell is not None])
            look([*(x.__defaults__ or ()), *(x.__kwdefaults__ or {}).values()])
            for name in _names_in(x.__code__):
                if is_symbolic(value := x.__globals__.get(name)) or hasattr(value, "__code__"):
                    look(value)

    look(function)
    return list(found.values())


def _names_in(code: Any) -> set[str]:
    """The global names that a function's code reads."""
    inner = [c for c in code.co_consts if hasattr(c, "co_code")]
    own = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return own.union(*map(_names_in, inner))
