"""NumPy: the forward-only reference. What it computes, the others must compute."""

import warnings
from contextlib import contextmanager

import numpy as np

from ..core import tree
from .base import Engine, Spec

FORWARD_ONLY = (
    "engine 'numpy' runs models but cannot train them: it has no gradients. "
    "Move the model with model.to('torch'), 'jax' or 'tensorflow' first."
)


class NumpyEngine(Engine):
    name = "numpy"
    differentiable = False
    computes_shapes = True
    trial_sizes = (32, 48)  # small for that reason

    def array(self, x, dtype=None):
        x = np.asarray(x)
        if dtype is None and x.dtype == np.float64:
            dtype = "float32"
        return x if dtype is None else x.astype(dtype, copy=False)

    def to_numpy(self, x):
        return np.array(x)

    def variable(self, array, dtype, trainable):
        return np.array(array, dtype=dtype)

    def assign(self, variable, value):
        if self.abstract:
            return
        value = np.array(value, dtype=variable.dtype)
        if value.shape != tuple(variable.shape):
            raise ValueError(
                f"Variable '{variable.path}': expected a value of shape {variable.shape}, got {value.shape}."
            )
        variable.value = value

    def version(self):
        return np.__version__

    def _eval_concrete(self, fn, args):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mean of an empty batch
            result = fn(*tree.map(lambda s: np.zeros(s.shape, s.dtype), args))
        return tree.map(lambda x: Spec(np.shape(x), np.asarray(x).dtype.name), result)

    def compile_train(self, step):
        raise RuntimeError(f"fit: {FORWARD_ONLY}")

    def compile_eval(self, step):
        def evaluate(x, y, w):
            x, y, w = tree.map(self.array, x), tree.map(self.array, y), tree.map(self.array, w)
            with _as_default():
                loss, outputs = step.loss(x, y, w, training=False)
                step.measure(y, outputs, w, loss)

        return evaluate

    def compile_predict(self, model):
        return lambda x: model(tree.map(self.array, x), training=False)

    def native(self, model):
        return lambda x: model(x, training=False)


@contextmanager
def _as_default():
    """Where NumPy arrays would be taken to the default engine, this one is it."""
    from .. import engines

    before, engines._default = engines._default, "numpy"
    try:
        yield
    finally:
        engines._default = before


ENGINE = NumpyEngine()
