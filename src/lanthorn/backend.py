"""`from lanthorn import backend as K`: what code of 2018 calls, forwarded to `lanthorn.ops`.

New code uses `lanthorn.ops`, and `lanthorn.config` for settings.
"""

import functools
import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from .core.naming import clear_names
from .core.old_names import find
from .core.settings import epsilon as epsilon
from .core.settings import floatx, image_data_format, set_image_data_format
from .core.settings import set_epsilon as set_epsilon
from .core.settings import set_floatx as set_floatx
from .core.symbolic import SymbolicTensor
from .core.variable import Variable
from .ops.dtypes import result_type as _result_type
from .ops.dtypes import result_with_number, standardize_dtype

_counters: dict[str, int] = {}
__path__: list[str] = []  # old programs import keras.backend.tensorflow_backend

# Where K's names live today: "name", or "name=another name" there. Their arguments are the same.
_SAME = """
    ops: abs all any arange argmax argmin cast clip cos cumprod cumsum elu equal exp eye greater
    greater_equal hard_sigmoid less less_equal log logsumexp max maximum mean min minimum not_equal ones_like prod relu
    reshape round sigmoid sign sin softmax softplus softsign sqrt square squeeze stack std stop_gradient sum tanh
    tile transpose var zeros_like one_hot constant=convert_to_tensor permute_dimensions=transpose pow=power
    reverse=flip repeat_elements=repeat binary_crossentropy bias_add=add conv1d=conv conv2d=conv conv3d=conv
    depthwise_conv2d=depthwise_conv in_top_k map_fn=map
    random: random_uniform=uniform truncated_normal
    core.dtypes: set_dtype_policy dtype_policy
    core.variable: Variable
    core.naming: name_scope
    ops.dtypes: is_float_dtype is_int_dtype
    core.symbolic: KerasTensor=SymbolicTensor
    losses: categorical_crossentropy sparse_categorical_crossentropy
    utils.backend_calls: batch_dot batch_flatten concatenate ctc_batch_cost ctc_decode dot dropout expand_dims flatten
    function gather gradients in_train_phase l2_normalize placeholder pool2d random_normal shape
    spatial_2d_padding switch
"""


def _forwarded() -> dict[str, tuple[str, str]]:
    found, module = {}, ""
    for word in _SAME.split():
        if word.endswith(":"):
            module = word[:-1]
        else:
            name, _, target = word.partition("=")
            found[name] = (module, target or name)
    return found


_FORWARDED = _forwarded()


def __getattr__(name: str) -> Any:
    if name not in _FORWARDED:
        return find(__name__, name)
    module, target = _FORWARDED[name]
    value = getattr(import_module(f".{module}", __package__), target)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_FORWARDED, *(name for name in globals() if not name.startswith("_"))])


# Settings


def image_dim_ordering() -> str:
    """`image_data_format()` in the words of Keras 1: 'tf' (channels last) or 'th' (channels first)."""
    return "tf" if image_data_format() == "channels_last" else "th"


def set_image_dim_ordering(dim_ordering: str) -> None:
    """`set_image_data_format` in the words of Keras 1: 'tf' (channels last) or 'th' (channels first)."""
    formats = {"tf": "channels_last", "th": "channels_first"}
    set_image_data_format(formats.get(dim_ordering, dim_ordering))


def backend() -> str:
    """The name of the default engine."""
    from . import engines

    return engines.get(None).name


def result_type(*dtypes: Any) -> str:
    """The dtype that arrays of these make together; Python's numbers go with any array. None: `floatx()`.

    As in Keras 64 bits count as 32, apart from TensorFlow.

    Example:
        >>> lanthorn.backend.result_type("bfloat16", int), lanthorn.backend.result_type("int32", "float16")
        ('bfloat16', 'float16')
    """
    weak = [kind for kind in (bool, int, float) if kind in dtypes]
    strong = [standardize_dtype(dtype) for dtype in dtypes if dtype not in (bool, int, float)]
    if strong:
        found = functools.reduce(_result_type, strong)
        for kind in weak:
            found = result_with_number(found, kind(1))
    else:
        found = standardize_dtype(weak[-1]) if weak else floatx()
    narrow = {"float64": "float32", "int64": "int32", "uint64": "uint32", "complex128": "complex64"}
    return found if backend() == "tensorflow" else narrow.get(found, found)


def get_uid(prefix: str = "") -> int:
    """1, 2, 3, … for each prefix, from the start again after `clear_session()`."""
    _counters[prefix] = _counters.get(prefix, 0) + 1
    return _counters[prefix]


def clear_session(free_memory: bool = True) -> None:
    """Count names of layers from the start again, and collect models that nobody holds any more."""
    import gc

    _counters.clear()
    clear_names()
    if free_memory:
        gc.collect()


def learning_phase() -> int:
    """0: a call says itself whether it trains, `model(x, training=True)`."""
    return 0


def set_learning_phase(value: int | bool) -> None:
    """Accepts 0, which is how everything behaves; to train is said per call: `model(x, training=True)`."""
    if value not in (0, 1):
        raise ValueError(f"set_learning_phase: expected 0 (test) or 1 (train), got {value!r}.")
    if value:
        import warnings

        warnings.warn(
            "set_learning_phase(1) has no effect: there is no global phase. Pass training=True to the call, or "
            "`fit`, which does so.",
            stacklevel=2,
        )


# Variables and values


def variable(value: Any, dtype: str | None = None, name: str | None = None, constraint: Any = None) -> Any:
    """A `lanthorn.Variable` that holds `value`."""
    made = Variable(value, dtype=dtype or floatx(), name=name or "variable")
    if constraint is not None:
        made.constraint = constraint
    return made


def get_value(x: Any) -> Any:
    """The values of a variable or array, in NumPy."""
    from . import ops

    return ops.convert_to_numpy(x)


eval = get_value  # noqa: A001 - K.eval is the name that code of 2018 calls


def set_value(x: Any, value: Any) -> None:
    """Put `value` into a variable."""
    x.assign(value)


def batch_get_value(variables: Sequence[Any]) -> list[Any]:
    """The values of variables, in NumPy."""
    return [get_value(v) for v in variables]


def batch_set_value(pairs: Sequence[tuple[Any, Any]]) -> None:
    """Put values into variables: [(variable, value), …]."""
    for target, value in pairs:
        target.assign(value)


def update(x: Any, new_x: Any) -> Any:
    """x = new_x, for a variable."""
    return x.assign(new_x)


def update_add(x: Any, increment: Any) -> Any:
    """x += increment, for a variable."""
    from . import ops

    return x.assign(ops.add(x, increment))


def update_sub(x: Any, decrement: Any) -> Any:
    """x -= decrement, for a variable."""
    from . import ops

    return x.assign(ops.subtract(x, decrement))


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """x = x momentum + value (1 - momentum), for a variable."""
    from . import ops

    return x.assign(ops.add(ops.multiply(x, momentum), ops.multiply(value, 1 - momentum)))


def int_shape(x: Any) -> tuple[int | None, ...]:
    """The shape, None where it is not known."""
    return tuple(x.shape)


def ndim(x: Any) -> int:
    """How many axes."""
    return len(x.shape)


def dtype(x: Any) -> str:
    """The dtype by name, 'float32'."""
    return str(x.dtype).rpartition(".")[2].strip("<>' ")


def count_params(x: Any) -> int:
    """How many numbers an array or variable holds."""
    return math.prod(x.shape)


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a place in a functional model, as `Input` and layers called on it return."""
    return isinstance(x, SymbolicTensor)


def zeros(shape: Sequence[int], dtype: str | None = None, name: str | None = None) -> Any:
    """A variable full of zeros."""
    return _filled(0, shape, dtype, name)


def ones(shape: Sequence[int], dtype: str | None = None, name: str | None = None) -> Any:
    """A variable full of ones."""
    return _filled(1, shape, dtype, name)


def _filled(number: float, shape: Sequence[int], dtype: str | None, name: str | None) -> Any:
    import numpy as np

    dtype = dtype or floatx()
    return variable(np.full(tuple(shape), number, "float32" if dtype == "bfloat16" else dtype), dtype, name)


def cast_to_floatx(x: Any) -> Any:
    """`x` in the default float dtype."""
    import numpy as np

    from . import ops

    return x.astype(floatx()) if isinstance(x, np.ndarray) else ops.cast(x, floatx())
