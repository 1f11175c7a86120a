"""Variable: a thin handle on the engine's own storage of a weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import autocast
from .context import context
from .dtypes import policy_name
from .naming import scoped
from .symbolic import is_symbolic


class Variable:
    """A weight: path, shape, dtype, trainable, and `.value`, the engine's own object.

    `value` is a `torch.nn.Parameter` (or a plain tensor for a statistic), a `jax.Array`, a `tf.Variable` or a
    `numpy.ndarray`. Ops take a Variable wherever they take an array; so do Python's operators and the engine's
    own functions. What else is asked of it (`.detach()`, `.grad`, `.device`) is asked of the value.

    Once there is a torch module of its layer, the module keeps the value (`home`, under the name `key`) and the
    Variable keeps none: it reads there, so that whatever a tool of torch does to the entry is what it holds.

    Args:
        initializer: initial value, anything NumPy reads; or a name or function that makes one of `shape`.
        shape: its shape, where `initializer` makes the value.
        dtype: float32 if None and the value is float64.
        trainable: whether training changes it. False makes it a statistic (a buffer on torch) for good;
            freezing a layer is `layer.trainable = False`.
        autocast: False: layers read it in its own dtype, whatever they compute in.
        aggregation: kept for Keras's signature.
        name: last part of the path.
        engine: name of the engine that stores it; the default engine if None.
        path: name in files and messages; `name` if None.
        seed: True for the state of a random generator, which is no weight of the model.

    Example:
        >>> v = lanthorn.Variable([1.0, 2.0], name="scale", engine="numpy")
        >>> v.shape, v.dtype
        ((2,), 'float32')
    """

    __slots__ = (
        "_value", "_shape", "_dtype", "_trainable", "home", "key", "name", "path", "is_statistic", "is_seed",
        "regularizer", "constraint", "engine", "autocast", "master", "users", "__weakref__",
    )  # fmt: skip

    def __init__(
        self, initializer: Any, shape: Any = None, dtype: Any = None, trainable: bool = True, autocast: bool = True,
        aggregation: Any = None, name: str | None = None, *, engine: Any = None, path: str | None = None,
        seed: bool = False,
    ):  # fmt: skip
        from .. import engines

        self.name = name or "variable"
        self.path = path or scoped(self.name)
        self.engine, self.home, self.key = engines.get(engine), None, ""
        self._trainable, self.is_statistic, self.is_seed = trainable, not trainable, seed
        self.regularizer: Any = None
        self.constraint: Any = None
        # while a layer computes in another dtype: `value` is a copy, `master` the weight (see `core/autocast.py`)
        self.autocast, self.master, self.users = autocast, None, 0
        dtype = policy_name(dtype) if dtype is not None else None
        array = np.asarray(_made(initializer, shape, dtype))
        if dtype is None and array.dtype == np.float64:
            dtype = "float32"
        self._shape, self._dtype = array.shape, dtype or str(array.dtype)
        with self.engine.outside():
            self._value = self.engine.variable(array, self._dtype, trainable)

    @classmethod
    def around(
        cls, value: Any, engine: Any, *, home: Any = None, key: str = "", name: str = "variable",
        path: str | None = None, trainable: bool = True,
    ) -> Variable:  # fmt: skip
        """A Variable of what is there already: an object of the engine's own, or an entry of a module."""
        self = cls.__new__(cls)
        self.name, self.path, self.engine = name, path or name, engine
        self._trainable, self.is_statistic, self.is_seed = trainable, not trainable, False
        self.regularizer = self.constraint = self.master = None
        self.autocast, self.users = True, 0
        self.home, self.key, self._value = None, "", value
        self._shape, self._dtype = tuple(value.shape), engine.dtype_of(value)
        if home is not None:
            self.move_into(home, key)
        return self

    # -- where the value is ---------------------------------------------------------------------------------------
    @property
    def value(self) -> Any:
        """The engine's own object, where it is now."""
        if self.home is None:
            return self._value
        found = self.home._parameters.get(self.key)  # mostly there, at a third of the cost
        return getattr(self.home, self.key) if found is None else found

    @value.setter
    def value(self, new: Any) -> None:
        if self.home is None:
            self._value = new
        else:
            setattr(self.home, self.key, new)

    def move_into(self, home: Any, key: str) -> None:
        """From now on the value is the entry `key` of the module `home`."""
        self.home, self.key, self._value = home, key, None

    def put(self, value: Any) -> tuple:
        """Let another value stand in until `restore` is given what this returns."""
        kept = self.home, self._value
        if self.home is not None:
            self._dtype, self._shape, self._trainable = self.dtype, self.shape, self.trainable
        self.home, self._value = None, value
        return kept

    def restore(self, kept: tuple) -> None:
        """Undo `put`."""
        self.home, self._value = kept

    @property
    def shape(self) -> tuple:
        return self._shape if self.home is None else tuple(self.value.shape)

    @property
    def dtype(self) -> str:
        return self._dtype if self.home is None else self.engine.dtype_of(self.value)

    @property
    def trainable(self) -> bool:
        return self._trainable if self.home is None or self.is_statistic else self.engine.trains(self.value)

    @trainable.setter
    def trainable(self, flag: bool) -> None:
        self.set_trainable(flag)

    def assign(self, value: Any) -> None:
        """Store a new value of the same shape (an array, a number, another Variable)."""
        value = value.value if type(value) is Variable else value
        if context.scope is not None:
            context.scope.adopt(self)
        if self.master is None:
            self.engine.assign(self, value)
        else:
            autocast.assign(self, value)

    def assign_add(self, value: Any) -> None:
        self._add(value.value if type(value) is Variable else value)

    def assign_sub(self, value: Any) -> None:
        self._add(-(value.value if type(value) is Variable else value))

    def _add(self, value: Any) -> None:
        if context.scope is not None:
            context.scope.adopt(self)
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
            self._trainable = flag
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

    def __getattr__(self, name: str) -> Any:
        # only what a Variable has not itself; private names are questions of libraries, which the value answers when
        # it is handed over
        if name.startswith("_") or name in Variable.__slots__:
            raise AttributeError(f"'Variable' object has no attribute {name!r}")
        return getattr(self.value, name)

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
        if is_symbolic(other):
            return NotImplemented  # the graph keeps the Variable, not its value of now
        return run(self.value, other.value if type(other) is Variable else other)

    def backward(self, other):
        return run(other, self.value)

    setattr(Variable, f"__{name}__", forward)
    if name not in ("lt", "le", "gt", "ge"):
        setattr(Variable, f"__r{name}__", backward)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lt", "le", "gt", "ge"):
    _operator(_name)


def _made(initializer: Any, shape: Any, dtype: str | None) -> Any:
    """The first value: as it is given, or made by an initializer, as Keras's Variable takes one."""
    if not callable(initializer) and not isinstance(initializer, str):
        return initializer.value if type(initializer) is Variable else initializer
    from .. import initializers

    if shape is None:
        raise ValueError("Variable: an initializer needs `shape`, the shape of the value it is to make.")
    return initializers.get(initializer)(tuple(shape), dtype or "float32")
