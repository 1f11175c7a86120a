"""Functions of `keras.backend` that Keras 3 has no more, made of today's ops."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import layers, ops, random
from ..backend import image_data_format, is_keras_tensor, ndim, variable
from ..core.naming import clear_names
from ..core.variable import Variable
from .said import say


def _no_graph(what: str) -> str:
    return f"K.{what} speaks of TensorFlow's sessions, which are not there: arrays have their values at once."


def get_session(*_: Any) -> Any:
    """Raises: there is no session."""
    raise RuntimeError(_no_graph("get_session") + " Use K.function, K.get_value, or the model itself.")


def set_session(session: Any) -> None:
    """Changes nothing: there is no session."""
    say(_no_graph("set_session"))


def manual_variable_initialization(value: bool) -> None:
    """Changes nothing: a variable has its value from the beginning."""
    say(_no_graph("manual_variable_initialization"))


@contextmanager
def control_dependencies(inputs: Any):
    """Changes nothing: operations run in the order in which they are written."""
    yield


@contextmanager
def name_scope(name: str):
    """Changes nothing that is computed."""
    yield


def symbolic(function: Callable) -> Callable:
    """The function itself."""
    return function


def reset_uids() -> None:
    """Names are counted from the start again."""
    clear_names()


def is_variable(x: Any) -> bool:
    return isinstance(x, Variable)


def is_tensor(x: Any) -> bool:
    return is_keras_tensor(x) or ops.is_tensor(x)


def is_placeholder(x: Any) -> bool:
    """Whether this is an input of a functional model."""
    return is_keras_tensor(x) and not x.node.inputs


is_symbolic = is_keras_tensor


def is_sparse(tensor: Any) -> bool:
    """False: arrays are dense."""
    return False


def to_dense(tensor: Any) -> Any:
    return tensor


def get_variable_shape(x: Any) -> tuple:
    return tuple(x.shape)


def random_normal_variable(
    shape: Sequence[int], mean: float, scale: float, dtype: Any = None, name: Any = None, seed: int | None = None
) -> Any:
    """A variable with normal numbers."""
    return variable(np.random.default_rng(seed).normal(mean, scale, tuple(shape)), dtype, name)


def random_uniform_variable(
    shape: Sequence[int], low: float, high: float, dtype: Any = None, name: Any = None, seed: int | None = None
) -> Any:
    """A variable with numbers between `low` and `high`."""
    return variable(np.random.default_rng(seed).uniform(low, high, tuple(shape)), dtype, name)


def random_binomial(shape: Sequence[int], p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """1 with probability `p`, else 0."""
    return ops.cast(random.uniform(tuple(shape), seed=seed) < p, dtype or "float32")


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` when `training`, else `x`."""
    chosen = alt if training else x
    return chosen() if callable(chosen) else chosen


def print_tensor(x: Any, message: str = "") -> Any:
    """Prints and returns `x`."""
    print(message, x)
    return x


def repeat(x: Any, n: int) -> Any:
    """(batch, size) → (batch, n, size)."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def slice(x: Any, start: Sequence[int], size: Sequence[int]) -> Any:  # noqa: A001 (its name)
    """The block of this size that begins at `start`; -1: up to the end."""
    return x[tuple(np.s_[a : None if n == -1 else a + n] for a, n in zip(start, size, strict=True))]


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    return ops.batch_normalization(x, mean, var, axis, offset=beta, scale=gamma, epsilon=epsilon)


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> Any:
    """The normalised batch, its mean and its variance."""
    mean, var = ops.moments(x, tuple(reduction_axes))
    (axis,) = set(range(ndim(x))) - set(reduction_axes)
    return batch_normalization(x, mean, var, beta, gamma, axis, epsilon), mean, var


def pool3d(
    x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: Any = None,
    pool_mode: str = "max",
) -> Any:  # fmt: skip
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, data_format or image_data_format())


def conv2d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """The kernel is (rows, columns, output channels, input channels); the output's shape follows from the rest."""
    return ops.conv_transpose(x, kernel, strides, padding, None, data_format or image_data_format(), dilation_rate)


conv3d_transpose = conv2d_transpose


def separable_conv2d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: Any = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    form = data_format or image_data_format()
    return ops.separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, form, dilation_rate)


separable_conv1d = separable_conv2d


def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: Any = None, interpolation: str = "nearest"
) -> Any:
    """Pictures made larger by whole factors."""
    return layers.UpSampling2D((height_factor, width_factor), data_format, interpolation)(x)


def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: Any = None) -> Any:
    """Volumes made larger by whole factors."""
    return layers.UpSampling3D((depth_factor, height_factor, width_factor), data_format)(x)


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Zeros before and after the steps of sequences."""
    return layers.ZeroPadding1D(padding)(x)


asymmetric_temporal_padding = temporal_padding


def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Zeros around volumes."""
    return layers.ZeroPadding3D(padding, data_format=data_format)(x)


def foldl(fn: Callable, elems: Any, initializer: Any = None, name: Any = None) -> Any:
    """`fn(so far, element)` over the first axis."""
    start = 0 if initializer is not None else 1
    total = elems[0] if initializer is None else initializer
    for i in range(start, elems.shape[0]):
        total = fn(total, elems[i])
    return total


def foldr(fn: Callable, elems: Any, initializer: Any = None, name: Any = None) -> Any:
    """`foldl` from the end."""
    return foldl(fn, ops.flip(elems, axis=0), initializer)


def rnn(
    step_function: Callable, inputs: Any, initial_states: Sequence[Any], go_backwards: bool = False, mask: Any = None,
    constants: Any = None, unroll: bool = False, input_length: Any = None,
) -> tuple:  # fmt: skip
    """`step_function(input, states) -> output, states` over time: the last output, all outputs, the last states."""
    states, outputs, last = list(initial_states), [], None
    times = range(inputs.shape[1])
    for t in reversed(times) if go_backwards else times:
        output, new = step_function(inputs[:, t], [*states, *(constants or [])])
        if mask is not None:
            keep = ops.expand_dims(mask[:, t], -1)
            output = ops.where(keep, output, ops.zeros_like(output) if last is None else last)
            new = [ops.where(keep, a, b) for a, b in zip(new, states, strict=True)]
        states, last = list(new), output
        outputs.append(output)
    return last, ops.stack(outputs, axis=1), states
