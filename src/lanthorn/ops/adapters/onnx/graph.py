"""Symbolic arrays of ONNX and the graph that they note: what `lanthorn.ops` does to them becomes its nodes.

Nothing is computed, except where all inputs are constants. The `onnx` package is needed only to write the graph down.
"""

from typing import Any

import numpy as np

from .... import ops

NCHW, NHWC = (0, 3, 1, 2), (0, 2, 3, 1)


class OnnxArray:
    """An array in an ONNX graph: shape (None where unknown), dtype, and its name there, or its value if constant.

    A picture (batch, height, width, channels) may be held channels first, as ONNX's convolutions want it; it is
    turned round only where an op needs the axes in their places (`plain`), so that a convolutional network has one
    transposition at its start and none inside.
    """

    __slots__ = ("graph", "shape", "dtype", "constant", "_plain", "_first")

    def __init__(self, graph, shape, dtype, plain=None, first=None, constant=None):
        self.graph, self.shape, self.dtype = graph, tuple(shape), str(dtype)
        self._plain, self._first, self.constant = plain, first, constant

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def plain(self) -> str:
        """Name of the array with its axes in their places."""
        if self._plain is None:
            if self.constant is not None:
                self._plain = self.graph.initializer(self.constant)
            else:
                self._plain = self.graph.node("Transpose", [self._first], perm=NHWC)
        return self._plain

    @property
    def first(self) -> str:
        """Name of the array channels first (rank 4)."""
        if self._first is None:
            if self.constant is not None:
                self._first = self.graph.initializer(self.constant.transpose(NCHW))
            else:
                self._first = self.graph.node("Transpose", [self._plain], perm=NCHW)
        return self._first

    @property
    def is_first(self) -> bool:
        """Whether it is held channels first only."""
        return self._first is not None and self._plain is None

    def __repr__(self) -> str:
        return f"<OnnxArray shape={self.shape} dtype={self.dtype}>"

    def __getitem__(self, key):
        return ops.get_item(self, key)


def _operator(method: str, op: str) -> None:
    setattr(OnnxArray, f"__{method}__", lambda self, other: getattr(ops, op)(self, other))
    setattr(OnnxArray, f"__r{method}__", lambda self, other: getattr(ops, op)(other, self))


for _method, _op in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "pow": "power", "matmul": "matmul",
}.items():  # fmt: skip
    _operator(_method, _op)
OnnxArray.__array_ufunc__ = None  # type: ignore[attr-defined]


class Graph:
    """An ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self.constants: dict[str, np.ndarray] = {}
        self.inputs: list[tuple[str, tuple, str]] = []
        self._count = 0

    def name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Add a node; the name of its output."""
        output = self.name(kind)
        self.nodes.append((kind, inputs, [output], attributes))
        return output

    def initializer(self, value: np.ndarray) -> str:
        name = self.name("constant")
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def constant(self, value: Any, dtype: str | None = None) -> OnnxArray:
        value = np.asarray(value)
        if dtype is None and value.dtype == np.float64:
            dtype = "float32"
        value = value if dtype is None else value.astype(dtype)
        return OnnxArray(self, value.shape, value.dtype, constant=value)

    def input(self, shape: tuple, dtype: str, name: str) -> OnnxArray:
        self.inputs.append((name, tuple(shape), dtype))
        return OnnxArray(self, shape, dtype, plain=name)

    def model(self, outputs: list[OnnxArray], names: list[str] | None = None) -> Any:
        """The finished `onnx.ModelProto`. Needs the `onnx` package."""
        from onnx import helper, numpy_helper

        from .... import __version__

        def described(name, shape, dtype):
            kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
            sizes = [s if s is not None else ("batch" if i == 0 else f"size_{i}") for i, s in enumerate(shape)]
            return helper.make_tensor_value_info(name, kind, sizes)

        ends = [out.plain for out in outputs]
        names = names or [f"output_{i}" for i in range(len(ends))]
        nodes = [helper.make_node(kind, ins, outs, **attributes) for kind, ins, outs, attributes in self.nodes]
        nodes += [helper.make_node("Identity", [end], [name]) for end, name in zip(ends, names, strict=True)]
        graph = helper.make_graph(
            nodes,
            "lanthorn",
            [described(*given) for given in self.inputs],
            [described(name, out.shape, out.dtype) for name, out in zip(names, outputs, strict=True)],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opset = helper.make_opsetid("", 17)
        model = helper.make_model(graph, opset_imports=[opset], producer_name="lanthorn", producer_version=__version__)
        model.ir_version = min(model.ir_version, 9)
        return model
