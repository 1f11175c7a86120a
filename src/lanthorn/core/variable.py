"""Variable: a thin handle on the engine's own storage of a weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import autocast


class Variable:
    """A weight: path, shape, dtype, trainable, and `.value`, the engine's own object.

    `value` is a `torch.nn.Parameter` (or a plain tensor for a statistic), a `jax.Array`, a `tf.Variable` or a
    `numpy.ndarray`. Ops take a Variable wherever they take an array; so do Python's operators and the engine's
    own functions.

    Args:
        value: initial value, anything NumPy reads. Its shape and dtype are the variable's.
        engine: name of the engine that stores it; the default engine if None.
        trainable: whether training changes it. False makes it a statistic (a buffer on torch) for good;
            freezing a layer is `layer.trainable = False`.
        name: last part of the path.
        seed: True for the state of a random generator, which is no weight of the model.

    Example:
        >>> v = lanthorn.Variable([1.0, 2.0], name="scale", engine="numpy")
        >>> v.shape, v.dtype
        ((2,), 'float32')
    """

    __slots__ = (
        "value", "name", "path", "trainable", "is_statistic", "is_seed", "regularizer", "constraint",
        "shape", "dtype", "engine", "autocast", "master", "users", "__weakref__",
    )  # fmt: skip

    def __init__(
        self, value: Any, trainable: bool = True, dtype: str | None = None, name: str = "variable",
        engine: str | None = None, path: str | None = None, seed: bool = False,
    ):  # fmt: skip
        from .. import engines

        array = np.asarray(value)
        if dtype is None and array.dtype == np.float64:
            dtype = "float32"
        self.engine = engines.get(engine)
        self.name, self.path = name, path or name
        self.trainable, self.is_statistic, self.is_seed = trainable, not trainable, seed
        self.regularizer = self.constraint = None
        # while a layer computes in another dtype: `value` is a copy, `master` the weight (see `core/autocast.py`)
        self.autocast, self.master, self.users = True, None, 0
        self.shape, self.dtype = array.shape, dtype or str(array.dtype)
        with self.engine.outside():
            self.value = self.engine.variable(array, self.dtype, trainable)

    def assign(self, value: Any) -> None:
        """Store a new value of the same shape (an array, a number, another Variable)."""
        value = value.value if type(value) is Variable else value
        if self.master is None:
            self.engine.assign(self, value)
        else:
            autocast.assign(self, value)

    def assign_add(self, value: Any) -> None:
        self._add(value.value if type(value) is Variable else value)

    def assign_sub(self, value: Any) -> None:
        self._add(-(value.value if type(value) is Variable else value))

    def _add(self, value: Any) -> None:
        if self.master is None:
            self.engine.assign_add(self, value)
        else:
            autocast.assign(self, value, add=True)

    def numpy(self) -> np.ndarray:
        """A copy of the value as a NumPy array."""
        return self.engine.to_numpy(self.value)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def set_trainable(self, flag: bool) -> None:
        """Freeze or thaw: what `layer.trainable` does to each of its weights. Statistics stay as they are."""
        if not self.is_statistic:
            self.trainable = flag
            self.engine.set_trainable(self, flag)

    def __repr__(self) -> str:
        return f"<Variable {self.path} shape={self.shape} dtype={self.dtype} engine={self.engine.name}>"

    # -- a source that tf.GradientTape.gradient takes ------------------------------------------------------------
    _should_act_as_resource_variable = True

    @property
    def handle(self) -> Any:
        return self.value.handle

    # -- seen as an array ----------------------------------------------------------------------------------------
    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.numpy(), dtype=dtype)

    def __jax_array__(self):
        return self.value

    def __tf_tensor__(self, dtype=None, name=None):
        # what stands here may be a tf.Variable, which TensorFlow's operators want read, or an array swapped in
        value = self.value.read_value() if hasattr(self.value, "read_value") else self.value
        return value if dtype is None else self.engine.array(value, dtype.name)

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        def plain(x):
            if type(x) in (list, tuple):
                return type(x)(map(plain, x))
            return x.value if type(x) is Variable else x

        return func(*plain(args), **{k: plain(v) for k, v in (kwargs or {}).items()})

    __array_ufunc__ = None  # NumPy leaves `array + variable` to us
    __array_priority__ = 1000

    def __getitem__(self, key):
        return self.value[key]

    def __len__(self) -> int:
        return self.shape[0]

    def __neg__(self):
        return -self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __float__(self) -> float:
        return float(self.numpy())

    def __int__(self) -> int:
        return int(self.numpy())


def _operator(name: str) -> None:
    """`variable + x` and `x + variable` are the engine's own operators on the value."""
    import operator

    run = getattr(operator, name)

    def forward(self, other):
        return run(self.value, other.value if type(other) is Variable else other)

    def backward(self, other):
        return run(other, self.value)

    setattr(Variable, f"__{name}__", forward)
    if name not in ("lt", "le", "gt", "ge"):
        setattr(Variable, f"__r{name}__", backward)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lt", "le", "gt", "ge"):
    _operator(_name)
