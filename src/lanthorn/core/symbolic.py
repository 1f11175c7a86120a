"""Symbolic tensors and the nodes between them: what the functional API draws its graph with."""

from __future__ import annotations

from typing import Any

from . import tree
from .dtypes import policy_name


class SymbolicTensor:
    """The place of an array in a functional graph: a shape (None where unknown) and a dtype, no data.

    Layers and `lanthorn.ops` called on one make a node and return the next; so do Python's operators. Keras's name for
    it is KerasTensor.

    Args:
        shape: with the batch axis; None for sizes that vary.
        dtype: its dtype.
        sparse, ragged: only False: sparse and ragged tensors are not offered.
        record_history: kept for Keras's signature.
        name: its name.
        engine: the engine it stands for an array of; the default engine if None.

    Raises:
        ValueError: `sparse` or `ragged`, or a dtype that there is not.

    Example:
        >>> x = lanthorn.KerasTensor((None, 3), "float32")
        >>> lanthorn.layers.Dense(2)(x).shape
        (None, 2)
    """

    __slots__ = ("shape", "dtype", "engine", "name", "node", "masked")

    def __init__(
        self, shape: Any, dtype: Any = "float32", sparse: bool = False, ragged: bool = False,
        record_history: bool = True, name: str | None = None, *, engine: Any = None,
    ):  # fmt: skip
        if sparse or ragged:
            raise ValueError("KerasTensor: sparse and ragged tensors are not offered; use dense ones and a mask.")
        if engine is None:
            from .. import engines

            engine = engines.get(None)
        self.shape, self.dtype = tuple(shape), dtype if type(dtype) is str else policy_name(dtype)
        self.engine, self.name = engine, name or ""
        self.node: Node | None = None
        self.masked = False

    @property
    def ndim(self) -> int:
        return len(self.shape)

    rank = ndim

    @property
    def index(self) -> int:
        """Which of its node's outputs this is."""
        return next(i for i, out in enumerate(self.node.flat_outputs) if out is self)

    @property
    def _keras_history(self) -> tuple:
        return self.node.layer, self.node.index, self.index

    def __repr__(self) -> str:
        return f"<SymbolicTensor {self.name or ''} shape={self.shape} dtype={self.dtype} engine={self.engine.name}>"

    def __bool__(self) -> bool:
        raise TypeError(
            "A SymbolicTensor has no value to test: Python's `if`, `and`, `while` cannot depend on one. "
            "Use lanthorn.ops.where, or subclass Model and write the condition in `call`."
        )

    def __iter__(self):
        raise TypeError("A SymbolicTensor cannot be iterated over; index it, or use lanthorn.ops.unstack.")

    def __len__(self) -> int:
        raise TypeError("A SymbolicTensor has no length; see its `.shape`.")

    def __array__(self, *args, **kwargs):
        raise TypeError("A SymbolicTensor has no data for NumPy; use lanthorn.ops in place of NumPy's functions.")

    def __jax_array__(self):
        raise TypeError(
            "A SymbolicTensor has no data for JAX; use lanthorn.ops in place of jax.numpy. A module or function of "
            "JAX's own becomes a layer by lanthorn.layers.FlaxLayer(module)(x) or JaxLayer(function)(x)."
        )

    __array_ufunc__ = None
    __hash__ = object.__hash__

    def __getitem__(self, key):
        return apply_op("get_item", (self, key), {})


def _operator(method: str, op: str) -> None:
    setattr(SymbolicTensor, f"__{method}__", lambda self, other: apply_op(op, (self, other), {}))
    setattr(SymbolicTensor, f"__r{method}__", lambda self, other: apply_op(op, (other, self), {}))


for _method, _op in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "floordiv": "floor_divide",
    "mod": "mod", "pow": "power", "matmul": "matmul",
}.items():  # fmt: skip
    _operator(_method, _op)
for _method, _op in {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}.items():
    setattr(SymbolicTensor, f"__{_method}__", lambda self, other, op=_op: apply_op(op, (self, other), {}))
for _method, _op in {"neg": "negative", "abs": "absolute"}.items():
    setattr(SymbolicTensor, f"__{_method}__", lambda self, op=_op: apply_op(op, (self,), {}))


def is_symbolic(x: Any) -> bool:
    return type(x) is SymbolicTensor


class Node:
    """One call of a layer in a functional graph: what it was called with and what came out."""

    def __init__(self, layer: Any, args: tuple, kwargs: dict[str, Any], outputs: Any):
        self.layer, self.args, self.kwargs, self.outputs = layer, args, kwargs, outputs
        self.index = len(layer._nodes)
        layer._nodes.append(self)
        self.flat_outputs = tree.flatten(outputs)
        for out in self.flat_outputs:
            out.node = self

    @property
    def inputs(self) -> list[SymbolicTensor]:
        return [x for x in tree.leaves((self.args, self.kwargs)) if is_symbolic(x)]

    @property
    def input_structure(self) -> Any:
        """The first argument: what `layer.input` shows."""
        return self.args[0] if self.args else next(iter(self.kwargs.values()), None)


def apply(layer: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Call `layer` on symbolic tensors: build it, find the output shapes, remember the node."""
    from ..engines.base import Spec

    inputs = [x for x in tree.leaves((args, kwargs)) if is_symbolic(x)]
    engine = inputs[0].engine
    for other in inputs[1:]:
        if other.engine is not engine:
            raise ValueError(
                f"{layer.describe()}: its inputs live on two engines ({engine.name} and {other.engine.name}); "
                "make them with one: Input(..., engine=...)."
            )
    layer.ensure_built(args, kwargs, engine)

    def run(*arrays):
        values = iter(arrays)

        def fill(x):
            return next(values) if is_symbolic(x) else x

        return layer.call_plainly(*tree.map(fill, args), **tree.map(fill, kwargs))

    specs = engine.eval_shape(run, [Spec(x.shape, x.dtype) for x in inputs], layer.keeps_batch())
    outputs = tree.map(lambda s: SymbolicTensor(s.shape, s.dtype, name=layer.name, engine=engine), specs)
    masked = layer.makes_mask(any(x.masked for x in inputs))
    for out in tree.leaves(outputs):
        out.masked = masked
    Node(layer, args, kwargs, outputs)
    return outputs


def apply_op(op: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Call an op (by name or as the function in `lanthorn.ops`) on symbolic tensors: a node of its own."""
    from .operation import Operation

    name = op if isinstance(op, str) else op.__name__
    if name == "shape":
        return args[0].shape
    if hasattr(kwargs.get("axis"), "tolist"):  # axis=np.arange(1, 4)
        kwargs = kwargs | {"axis": tuple(kwargs["axis"].tolist())}
    return Operation(name)(*args, **kwargs)
