"""What a plan's layers become where torch runs them without training: `torch_program.py` puts them in a row.

All take and give channels last, as the layers do; for oneDNN that is a view.
"""

import copy
from typing import Any

import numpy as np
import torch

from .. import engines
from ..core import tree
from ..core.symbolic import is_symbolic
from ..core.variable import Variable
from ..ops.padding import amounts
from .folding import Piece
from .kept_means import rounded

# oneDNN's convolution with what follows it, as torch's own compiler calls it
oneDNN = torch.ops.mkldnn  # noqa: N816 (its name)
RELUS = {"relu": ("relu", []), "relu6": ("hardtanh", [0.0, 6.0])}  # oneDNN's names and settings


def relu_of(what: Any) -> tuple[str, list] | None:
    """oneDNN's name and settings of a layer or activation that is ReLU or ReLU6; None if it is neither."""
    kind = getattr(what, "__name__", type(what).__name__)
    if kind == "Activation":
        return relu_of(what.activation)
    if kind == "ReLU" and what.negative_slope == what.threshold == 0 and what.max_value in (None, 6):
        return RELUS["relu" if what.max_value is None else "relu6"]
    return RELUS.get(kind) if getattr(what, "__module__", "") == "lanthorn.activations" else None


class Step:
    """A layer as a function of torch tensors."""

    sources: list[int]  # where its inputs lie, where its output goes, and what may be forgotten after it
    target: int
    forget: list[int]

    def __init__(self, piece: Piece, dtype: torch.dtype):
        self.layer, self.dtype = piece.layer, dtype
        for part in self.layer.flat_layers():
            activation = getattr(part, "activation", None)
            ours = all(_is_ours(code) for code in (type(part), activation) if code is not None)
            if not ours or type(part).__name__ == "Lambda" or part.activity_regularizer is not None:
                raise NotImplementedError(f"{part.describe()}: code that may be meant for another engine")

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class Linear(Step):
    """A product with a kernel, which may be rounded to bfloat16, and a bias, which is not."""

    def __init__(self, piece: Piece, dtype: torch.dtype, shift: np.ndarray | None):
        super().__init__(piece, dtype)
        self.kernel = _tensor(piece.layer.kernel)
        self.bias = None if piece.layer.bias is None else _tensor(piece.layer.bias)
        if shift is not None:
            self.bias = torch.from_numpy(shift) + (0.0 if self.bias is None else self.bias)

    def product(self, x: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """What it computes but for bias and activation, with another kernel."""
        raise NotImplementedError

    def lost_by_rounding(self) -> torch.Tensor:
        return self.kernel - torch.from_numpy(rounded(self.kernel.numpy()))


class Dense(Linear):
    """A matrix product. Its activation is computed in float32: it is often a softmax."""

    def __init__(self, piece: Piece, dtype: torch.dtype, shift: np.ndarray | None):
        super().__init__(piece, dtype, shift)
        self.weight = self.kernel.T.contiguous().to(dtype)

    @staticmethod
    def serves(piece: Piece) -> bool:
        return type(piece.layer).__name__ == "Dense"

    def product(self, x, kernel):
        return x @ kernel

    def __call__(self, x):
        out = torch.nn.functional.linear(x, self.weight).float()
        return self.layer.activation(out if self.bias is None else out + self.bias).to(self.dtype)


class Convolution(Linear):
    """A convolution of pictures, with what is added to it and a ReLU.

    Args:
        relu: as `relu_of` gives it.
    """

    def __init__(self, piece: Piece, dtype: torch.dtype, shift: np.ndarray | None, relu: Any):
        super().__init__(piece, dtype, shift)
        layer, shape = self.layer, piece.inputs[0].shape
        self.strides, self.dilations = list(layer.strides), list(layer.dilation_rate)
        pads = amounts(layer.padding, shape[1:3], layer.kernel_size, self.strides, self.dilations)
        even = all(before == after for before, after in pads)
        self.padding = [before for before, _ in pads] if even else [0, 0]
        self.pads = None if even else [0, 0, *pads[1], *pads[0]]  # the last axis first
        self.depthwise = type(layer).__name__ == "DepthwiseConv2D"
        weight = self._as_weight(self.kernel)
        self.groups = shape[-1] // weight.shape[1]
        self.relu, self.settings = relu or ("none", [])
        self.apply = None if relu or layer.activation.__name__ == "linear" else layer.activation
        settings = self.padding, self.strides, self.dilations, self.groups
        size = [4, shape[-1], *(n + sum(p) * (not even) for n, p in zip(shape[1:3], pads, strict=True))]
        self.weight = oneDNN._reorder_convolution_weight(weight.to(dtype), *settings, size)

    @staticmethod
    def serves(piece: Piece) -> bool:
        ours = type(piece.layer).__name__ in ("Conv2D", "DepthwiseConv2D")
        return ours and piece.layer.data_format == "channels_last" and len(piece.inputs[0].shape) == 4

    def _as_weight(self, kernel: torch.Tensor) -> torch.Tensor:
        if self.depthwise:  # (height, width, channels, multiplier)
            kernel = kernel.flatten(2)[:, :, None]
        return kernel.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)

    def _first(self, x: torch.Tensor) -> torch.Tensor:
        """Padded where both sides differ, and seen channels first."""
        return (x if self.pads is None else torch.nn.functional.pad(x, self.pads)).permute(0, 3, 1, 2)

    def product(self, x, kernel):
        settings = self.strides, self.padding, self.dilations, self.groups
        return torch.conv2d(self._first(x), self._as_weight(kernel), None, *settings).permute(0, 2, 3, 1)

    def __call__(self, x, other=None):
        settings = self.padding, self.strides, self.dilations, self.groups
        if other is None:
            out = oneDNN._convolution_pointwise(
                self._first(x), self.weight, self.bias, *settings, self.relu, self.settings, ""
            )
        else:
            relu, other = None if self.relu == "none" else self.relu, other.permute(0, 3, 1, 2)
            bias = None if self.bias is None else self.bias.to(self.dtype)  # it refuses a wider one, the other does not
            out = oneDNN._convolution_pointwise.binary(
                self._first(x), other, self.weight, bias, *settings, "add", 1.0, relu, self.settings, ""
            )
        out = out.permute(0, 2, 3, 1)
        return out if self.apply is None else self.apply(out)


class Other(Step):
    """Any other layer: a copy of it with torch tensors in the place of its variables; in float32 if it has weights."""

    def __init__(self, piece: Piece, dtype: torch.dtype):
        super().__init__(piece, dtype)
        own = {name: v for name, v in vars(self.layer).items() if type(v) in (Variable, np.ndarray)}
        weights = [v for v in self.layer.variables if not v.is_seed]
        if any(all(v is not held for held in own.values()) for v in weights):
            raise NotImplementedError(f"{self.layer.describe()}: weights inside of layers inside of it")
        self.layer = copy.copy(self.layer)
        self.layer.__dict__.update({name: _tensor(v) for name, v in own.items()}, _engine=engines.get("torch"))
        self.args, self.kwargs = piece.args, {**piece.kwargs}
        self.kwargs.pop("training", None)
        if "training" in self.layer.takes:
            self.kwargs["training"] = False
        self.exact = bool(own)

    def __call__(self, *inputs):
        arrays = iter(x.float() if self.exact and x.is_floating_point() else x for x in inputs)
        args, kwargs = tree.map(lambda x: next(arrays) if is_symbolic(x) else x, (self.args, self.kwargs))
        out = self.layer.call(*args, **kwargs)
        return out.to(self.dtype) if out.is_floating_point() else out


def _is_ours(code: Any) -> bool:
    return (getattr(code, "__module__", None) or type(code).__module__).startswith("lanthorn.")


def _tensor(value: Any) -> torch.Tensor:
    """A variable's or a folded layer's values as float32 on torch."""
    array = value if isinstance(value, np.ndarray) else value.numpy()
    if array.dtype != np.float32:
        raise NotImplementedError(f"weights of dtype {array.dtype}")
    return torch.from_numpy(np.array(array))
