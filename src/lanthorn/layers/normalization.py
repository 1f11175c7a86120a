"""Normalization: numbers to mean 0 and variance 1, by the mean and variance of data seen before."""

from typing import Any, ClassVar

import numpy as np

from .. import ops
from ..core.layer import Layer
from ..core.old_names import finder
from .texts import batches

__getattr__ = finder(__name__)  # names of Keras 1 and 2


class Normalization(Layer):
    """`(x - mean) / sqrt(variance)`, with the mean and variance of each place along `axis`.

    They are given, or found by `adapt(data)` before training; training never changes them. `axis=None` takes one mean
    for everything; `invert=True` goes the other way. A standard deviation below 1e-7 counts as that.

    Shapes: any, unchanged. Weights, unless they are given: mean, variance (sizes along `axis`) and count (), which
    Keras keeps for old files.

    Example:
        >>> layer = lanthorn.layers.Normalization()
        >>> layer.adapt(np.array([[1.0], [3.0]], "float32"))
        >>> layer(np.array([[1.0]], "float32"))  # [[-1]]
    """

    wide = True  # what is normalised may be years, which a half cannot tell apart

    _legacy: ClassVar[dict[str, str | None]] = {"mean": "input_mean", "variance": "input_variance"}

    axis: Any = -1
    input_mean: Any = None
    input_variance: Any = None
    invert: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        axis = self.axis
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        mean, variance = self.input_mean, self.input_variance = _plain(self.input_mean), _plain(self.input_variance)
        self.supports_masking = True
        if (mean is None) != (variance is None):
            raise ValueError("Normalization: both `mean` and `variance` must be set, or neither.")
        if mean is not None and np.shape(mean) != np.shape(variance):
            raise ValueError(
                f"Normalization: `mean` and `variance` must have one shape, got {np.shape(mean)} and "
                f"{np.shape(variance)}."
            )

    def build(self, input_shape) -> None:
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"Normalization: All `axis` values must be in the range [-{rank}, {rank}), got {self.axis} for an "
                f"input of shape {tuple(input_shape)}."
            )
        self._kept = tuple(sorted(axis % rank for axis in self.axis))
        shape = tuple(input_shape[axis] for axis in self._kept)
        if None in shape:
            raise ValueError(
                f"Normalization: All `axis` values to be kept must have a known size; axis is {self.axis}, the input's "
                f"shape {tuple(input_shape)}."
            )
        self._shape = shape
        self._along = tuple(size if i in self._kept else 1 for i, size in enumerate(input_shape))
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight(name="variance", shape=shape, initializer="ones", trainable=False)
            self.count = self.add_weight(name="count", shape=(), initializer="zeros", dtype="int32", trainable=False)
        else:
            given = np.asarray(self.input_mean, "float32"), np.asarray(self.input_variance, "float32")
            self._fixed = [np.broadcast_to(value, shape).reshape(self._along).copy() for value in given]

    @property
    def mean(self) -> Any:
        """The mean in use, with an axis of size 1 for each that is averaged over; None before it is known."""
        return self._in_use(0)

    @property
    def variance(self) -> Any:
        """The variance in use, in the form of `mean`."""
        return self._in_use(1)

    def _in_use(self, which: int) -> Any:
        if not self.built:
            return None
        if self.input_mean is not None:
            return self.engine.array(self._fixed[which])
        return ops.reshape((self.adapt_mean, self.adapt_variance)[which], self._along)

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find mean and variance of `data`: an array, or an iterable of batches (arrays, or tuples with one first).

        Args:
            data: an array, or a list, tf.data.Dataset, DataLoader or generator of batches.
            steps: how many batches are read; all if None.

        Raises:
            ValueError: for no data, or batches of another shape than the layer was built for.
        """
        total, count, shape = None, 0, None
        for batch in batches(data, steps, lists=False):
            if np.ndim(batch) == 0:
                raise TypeError(f"{self.describe()}: adapt expected arrays, which have a `.shape`, got {batch!r}.")
            batch = np.asarray(ops.convert_to_numpy(batch), np.float64)
            if not self.built:
                self.ensure_built((np.zeros((0, *batch.shape[1:]), "float32"),), {}, None)
            if tuple(batch.shape[axis] for axis in self._kept) != self._shape:
                raise ValueError(
                    f"{self.describe()}: adapt got data of an incompatible shape: {batch.shape}; expected "
                    f"{self._shape} along its axes."
                )
            others = tuple(i for i in range(batch.ndim) if i not in self._kept)
            n = int(np.prod([batch.shape[i] for i in others])) if others else 1
            if n == 0:
                continue
            mean, square = batch.mean(axis=others), batch.var(axis=others) * n
            if total is None:
                total, count, shape = [mean, square], n, batch.shape
            else:  # Chan et al. 1979: the spread of two parts and of their means
                gap = mean - total[0]
                total[1] = total[1] + square + gap * gap * count * n / (count + n)
                total[0] = total[0] + gap * n / (count + n)
                count += n
        if total is None or shape is None:
            raise ValueError(f"{self.describe()}: adapt got no data (an empty iterable); pass at least one batch.")
        if self.input_mean is not None:
            raise ValueError(f"{self.describe()}: has a given `mean` and `variance`; adapt would not change them.")
        self.adapt_mean.assign(total[0].astype(np.float32))
        self.adapt_variance.assign((total[1] / count).astype(np.float32))

    def call(self, inputs):
        inputs = ops.cast(inputs, self.dtype)
        if self.input_mean is not None:
            mean, variance = self._fixed
            spread = np.maximum(np.sqrt(variance), 1e-7)
        else:
            mean = ops.reshape(self.adapt_mean, self._along)
            spread = ops.maximum(ops.sqrt(ops.reshape(self.adapt_variance, self._along)), 1e-7)
        if self.invert:
            return ops.add(ops.multiply(inputs, spread), mean)
        return ops.divide(ops.subtract(inputs, mean), spread)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        given = {"mean": config.pop("input_mean"), "variance": config.pop("input_variance")}
        return config | given


def _plain(value: Any) -> Any:
    return value if value is None else np.asarray(value).tolist()
