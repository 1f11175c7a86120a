"""Activation functions: plain functions of one array, by Keras's names.

    >>> y = lanthorn.activations.relu([-1.0, 2.0])
    >>> f = lanthorn.activations.get("gelu")

Each keeps the shape of `x`. Formulas not given here are those of `lanthorn.ops`.
"""

from typing import Annotated, Any

from . import ops
from .core.config import Configurable, Registry, Setting
from .core.custom_objects import custom_object_scope


def linear(x: Any) -> Any:
    """x itself: a layer with no activation."""
    return x


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """max(x, 0), or with settings: slope below `threshold`, 0 up to it, at most `max_value`.

    f(x) = max_value for x >= max_value, x for threshold <= x < max_value,
    negative_slope * (x - threshold) below. (Nair & Hinton, 2010)

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.relu(np.array([-1.0, 0.0, 2.0]))]
        [0.0, 0.0, 2.0]
    """
    if max_value is None and threshold == 0.0:
        return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    if max_value == 6 and threshold == 0.0 and not negative_slope:
        return ops.relu6(x)
    above = x * ops.cast(x > threshold, x.dtype) if threshold else ops.relu(x)
    if max_value is not None:
        above = ops.clip(above, 0.0, max_value)
    if not negative_slope:
        return above
    return above - negative_slope * ops.relu(threshold - x)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x where positive, negative_slope * x elsewhere (Maas et al., 2013).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.leaky_relu(np.array([-1.0, 0.0, 2.0]))]
        [-0.2, 0.0, 2.0]
    """
    return ops.leaky_relu(x, negative_slope)


def relu6(x: Any) -> Any:
    """min(max(x, 0), 6) (MobileNet; Howard et al., 2017)."""
    return ops.relu6(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where positive, alpha * (exp(x) - 1) elsewhere (Clevert et al., 2015).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.elu(np.array([-1.0, 0.0, 2.0]))]
        [-0.632, 0.0, 2.0]
    """
    return ops.elu(x, alpha)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0) (Barron, 2017)."""
    return ops.celu(x, alpha)


def selu(x: Any) -> Any:
    """1.0507 * elu(x, 1.67326), which keeps mean and variance (Klambauer et al., 2017).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.selu(np.array([-1.0, 0.0, 2.0]))]
        [-1.111, 0.0, 2.101]
    """
    return ops.selu(x)


def gelu(x: Any, approximate: bool = False) -> Any:
    """x * P(X <= x), X standard normal; `approximate` takes the tanh form (Hendrycks & Gimpel, 2016).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.gelu(np.array([-1.0, 0.0, 2.0]))]
        [-0.159, 0.0, 1.954]
    """
    return ops.gelu(x, approximate)


def silu(x: Any) -> Any:
    """x * sigmoid(x), also called swish (Ramachandran et al., 2017).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.silu(np.array([-1.0, 0.0, 2.0]))]
        [-0.269, 0.0, 1.762]
    """
    return ops.silu(x)


def mish(x: Any) -> Any:
    """x * tanh(softplus(x)) (Misra, 2019).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.mish(np.array([-1.0, 0.0, 2.0]))]
        [-0.303, 0.0, 1.944]
    """
    return x * ops.tanh(ops.softplus(x))


def glu(x: Any, axis: int = -1) -> Any:
    """Halves `axis`: first half * sigmoid(second half) (Dauphin et al., 2016)."""
    return ops.glu(x, axis=axis)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.sigmoid(np.array([-1.0, 0.0, 2.0]))]
        [0.269, 0.5, 0.881]
    """
    return ops.sigmoid(x)


def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x)), without overflow."""
    return ops.log_sigmoid(x)


def hard_sigmoid(x: Any) -> Any:
    """relu6(x + 3) / 6: 0 below -3, 1 above 3. (Keras 2 had 0.2 * x + 0.5.)

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.hard_sigmoid(np.array([-1.0, 0.0, 2.0]))]
        [0.333, 0.5, 0.833]
    """
    return ops.hard_sigmoid(x)


def hard_silu(x: Any) -> Any:
    """x * hard_sigmoid(x), also called hard_swish (Howard et al., 2019)."""
    return ops.hard_silu(x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return ops.tanh(x)


def hard_tanh(x: Any) -> Any:
    """x held between -1 and 1."""
    return ops.clip(x, -1.0, 1.0)


def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    return x - ops.tanh(x)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where |x| > threshold, 0 elsewhere."""
    return ops.where(ops.abs(x) > threshold, x, 0.0 * x)


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x moved towards 0 by `threshold`, 0 within it."""
    return ops.relu(x - threshold) - ops.relu(-x - threshold)


def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where x > threshold, `default_value` elsewhere."""
    return ops.where(x > threshold, x, 0.0 * x + default_value)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow.

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.softplus(np.array([-1.0, 0.0, 2.0]))]
        [0.313, 0.693, 2.127]
    """
    return ops.softplus(x)


def softsign(x: Any) -> Any:
    """x / (1 + |x|).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.softsign(np.array([-1.0, 0.0, 2.0]))]
        [-0.5, 0.0, 0.667]
    """
    return x / (ops.abs(x) + 1.0)


def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x**2 + b)) / 2 (Barron, 2021)."""
    return (x + ops.sqrt(ops.square(x) + b)) / 2.0


def sparse_plus(x: Any) -> Any:
    """0 below -1, (x + 1)**2 / 4 up to 1, x above."""
    return ops.where(x <= -1.0, 0.0 * x, ops.where(x < 1.0, ops.square(x + 1.0) / 4.0, x))


def sparse_sigmoid(x: Any) -> Any:
    """0 below -1, (x + 1) / 2 up to 1, 1 above."""
    return ops.clip(0.5 * (x + 1.0), 0.0, 1.0)


def sparsemax(x: Any, axis: int = -1) -> Any:
    """Projection of x on the simplex: like softmax, with exact zeros (Martins & Astudillo, 2016)."""
    return ops.sparsemax(x, axis=axis)


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along `axis`.

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.softmax(np.array([-1.0, 0.0, 2.0]))]
        [0.042, 0.114, 0.844]
    """
    return ops.softmax(x, axis=axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """log(softmax(x)) along `axis`, without overflow.

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.log_softmax(np.array([-1.0, 0.0, 2.0]))]
        [-3.17, -2.17, -0.17]
    """
    return ops.log_softmax(x, axis=axis)


def exponential(x: Any) -> Any:
    """exp(x).

    Example:
        >>> [round(float(y), 3) for y in lanthorn.activations.exponential(np.array([-1.0, 0.0, 2.0]))]
        [0.368, 1.0, 7.389]
    """
    return ops.exp(x)


swish, hard_swish = silu, hard_silu

_registry = Registry(
    "activation",
    "activations",
    {
        f.__name__: f
        for f in (
            linear, relu, leaky_relu, relu6, elu, celu, selu, gelu, silu, mish, glu, sigmoid, log_sigmoid,
            hard_sigmoid, hard_silu, tanh, hard_tanh, tanh_shrink, hard_shrink, soft_shrink, threshold, softplus,
            softsign, squareplus, sparse_plus, sparse_sigmoid, sparsemax, softmax, log_softmax, exponential,
        )
    },
    {"swish": "silu", "hard_swish": "hard_silu"},
)  # fmt: skip


def get(identifier: Any) -> Any:
    """The function meant by a name, a callable, a config or None (`linear`).

    Raises:
        ValueError: no activation has that name.

    Example:
        >>> get("relu") is relu
        True
    """
    if identifier is None:
        return linear
    if isinstance(identifier, dict) and identifier.get("class_name") not in ("function", None):
        from . import layers  # a layer such as LeakyReLU() may stand as an activation

        return layers.deserialize(identifier)  # pyright: ignore[reportCallIssue]
    return _registry.get(identifier)


def serialize(activation: Any) -> Any:
    """The name of a function, or the config of a layer that stands as an activation."""
    if isinstance(activation, Configurable):
        from . import layers

        return layers.serialize(activation)  # pyright: ignore[reportCallIssue]
    return _registry.serialize(activation)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The function that `serialize` wrote."""
    with custom_object_scope(custom_objects):
        return get(config)


ActivationLike = Annotated[Any, Setting(get, serialize)]
