"""Calls of `K.…` whose arguments differ from those of `lanthorn.ops`; reached as `lanthorn.backend.dot` and so on."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ops, random
from ..backend import floatx, get_value, image_data_format, is_keras_tensor
from ..layers import Dot, Lambda, ZeroPadding2D
from ..models import Input, Model, side_steps


def concatenate(tensors: Sequence[Any], axis: int = -1) -> Any:
    """Join arrays along an axis; the last one by default, unlike `ops.concatenate`."""
    return ops.concatenate(tensors, axis=axis)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """`x` with another axis of size 1; the last one by default, unlike `ops.expand_dims`."""
    return ops.expand_dims(x, axis)


def dot(x: Any, y: Any) -> Any:
    """The last axis of `x` with the last but one of `y`."""
    if len(x.shape) > 2 or len(y.shape) > 2:
        return ops.tensordot(x, y, axes=[[len(x.shape) - 1], [max(len(y.shape) - 2, 0)]])
    return ops.matmul(x, y)


def batch_dot(x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
    """The product of `x[i]` and `y[i]` along `axes`, for each sample of a batch."""
    if axes is None:
        axes = (len(x.shape) - 1, max(len(y.shape) - 2, 1))
    return Dot(axes=axes)([x, y])


def flatten(x: Any) -> Any:
    """All numbers along one axis."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """All axes but the first made one."""
    return ops.reshape(x, (-1, math.prod(x.shape[1:])))


def shape(x: Any) -> Any:
    """The shape as numbers; of a place in a functional model as such a place."""
    if is_keras_tensor(x):
        return Lambda(lambda x: ops.convert_to_tensor(ops.shape(x), dtype="int32", like=x))(x)
    return ops.shape(x)


def gather(reference: Any, indices: Any) -> Any:
    """The rows of `reference` with these numbers."""
    return ops.take(reference, indices, axis=0)


def l2_normalize(x: Any, axis: int | None = None) -> Any:
    """`x` divided by its Euclidean length along `axis`."""
    length = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(length, 1e-12))


def placeholder(
    shape: Sequence[int | None], ndim: int | None = None, dtype: str | None = None, name: Any = None
) -> Any:
    """An input of a functional model; `shape` counts the batch."""
    if shape is None:
        raise ValueError(f"K.placeholder: pass shape=(None, …), with the batch; ndim={ndim} alone says too little.")
    return Input(batch_shape=tuple(shape), dtype=dtype or floatx(), name=name)


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None, std: float | None = None
) -> Any:
    """Normal numbers; Keras 1 called the standard deviation `std`."""
    return random.normal(tuple(shape), mean, stddev if std is None else std, dtype=dtype, seed=seed)


def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:
    """Largest ('max') or mean ('avg') number of each window of a picture."""
    pools = {"max": ops.max_pool, "avg": ops.average_pool}
    if pool_mode not in pools:
        raise ValueError(f"K.pool2d: `pool_mode` must be 'max' or 'avg', got {pool_mode!r}.")
    return pools[pool_mode](x, pool_size, strides, padding, data_format or image_data_format())


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around pictures: ((above, below), (left, right))."""
    return ZeroPadding2D(padding, data_format=data_format)(x)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """`then` where the condition holds, else `else`; either may be a function without arguments."""
    then = then_expression() if callable(then_expression) else then_expression
    other = else_expression() if callable(else_expression) else else_expression
    missing = len(then.shape) - len(condition.shape)
    for _ in range(missing):
        condition = ops.expand_dims(condition, -1)
    return ops.where(condition, then, other)


def in_train_phase(x: Any, alt: Any, training: bool | None = None) -> Any:
    """`x` when `training`, else `alt`; either may be a function without arguments."""
    chosen = x if training else alt
    return chosen() if callable(chosen) else chosen


def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Zero a share `level` of the numbers, scale the others up."""
    return random.dropout(x, level, noise_shape=noise_shape, seed=seed)


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """The CTC loss of each sample, (batch, 1), of probabilities (batch, steps, classes); the last is the blank."""
    lengths = [ops.cast(ops.reshape(n, (-1,)), "int32") for n in (label_length, input_length)]
    loss = ops.ctc_loss(y_true, ops.log(y_pred + 1e-7), *lengths, mask_index=y_pred.shape[-1] - 1)
    return ops.expand_dims(loss, 1)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list, Any]:
    """The best readings, a list of (batch, steps) with -1 behind their ends, and how good they are; blank as above."""
    strategy = "greedy" if greedy else "beam_search"
    lengths = ops.reshape(input_length, (-1,))
    paths, scores = ops.ctc_decode(ops.log(y_pred + 1e-7), lengths, strategy, beam_width, top_paths, mask_index=None)
    return [paths[i] for i in range(1 if greedy else top_paths)], scores


def function(inputs: Sequence[Any], outputs: Any, updates: Any = None, name: str | None = None) -> Callable[..., Any]:
    """A function from lists of arrays to NumPy arrays, as `K.function([model.input], [layer.output])` made it.

    Places in a functional model only. `K.learning_phase()` may stand among `inputs` as it did in 2018: what is given
    for it says whether the call trains.

    Args:
        inputs, outputs: lists of symbolic tensors, `K.gradients` among the outputs; Variables and arrays stay.
        updates: pairs (Variable, symbolic value to assign after the call).
    """
    inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    pairs = [pair for pair in updates or () if isinstance(pair, (list, tuple))]
    wanted = [*(outputs if isinstance(outputs, (list, tuple)) else [outputs]), *(value for _, value in pairs)]
    places = [i for i, x in enumerate(inputs) if is_keras_tensor(x)]
    phase = next((i for i, x in enumerate(inputs) if not is_keras_tensor(x)), None)
    drawn = [x for x in wanted if is_keras_tensor(x)]
    model = Model([inputs[i] for i in places], drawn, name=name) if drawn else None

    def run(values: Sequence[Any]) -> Any:
        values = values if isinstance(values, (list, tuple)) else [values]
        training = phase is not None and phase < len(values) and bool(values[phase])
        found = model([values[i] for i in places], training=training) if model is not None else []
        drawn = iter(found if isinstance(found, (list, tuple)) else [found])
        found = [np.array(get_value(next(drawn) if is_keras_tensor(x) else x)) for x in wanted]
        kept = len(found) - len(pairs)
        for (variable, _), value in zip(pairs, found[kept:], strict=True):
            variable.assign(value)
        return found[:kept] if isinstance(outputs, (list, tuple)) else found[0]

    return run


def gradients(loss: Any, variables: Any) -> Any:
    """The gradients of (the sum of) a symbolic tensor: symbolic tensors, for `K.function` or a model.

    Args:
        loss: a place in a functional model; a list of them is added up.
        variables: places in the same model that it hangs on, and weights of its layers.

    Returns:
        A list, with None for what the loss does not hang on.

    Raises:
        RuntimeError: `loss` is an array: it has been computed, and no graph of it is left.
    """
    losses = list(loss) if isinstance(loss, (list, tuple)) else [loss]
    if not losses or not all(map(is_keras_tensor, losses)):
        raise RuntimeError(
            "K.gradients works on places in a functional model (Input, and layers called on it). For arrays, use "
            "the engine's own gradient: loss.backward() on torch, jax.grad on jax, tf.GradientTape on tensorflow; or "
            "lanthorn.vision for saliency."
        )
    total = losses[0]
    for more in losses[1:]:
        total = ops.sum(total) + ops.sum(more)
    return side_steps.gradients(total, list(variables) if isinstance(variables, (list, tuple)) else [variables])
