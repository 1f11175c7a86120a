"""Ops as nodes of a graph (`x + 1`, `ops.mean(x)`) in Keras's terms.

Keras has a class per op: settings are its config, arrays are what it is called with. Here an op is one function;
this file sorts a call's arguments into the two, and back.
"""

import inspect
import re
from typing import Any

from ..core.custom_objects import find_custom
from ..core.operation import Operation

_CALLED_WITH = {
    "x", "x1", "x2", "xs", "y", "a", "b", "condition", "key", "inputs", "indices", "operands", "arrays", "fill_value",
    "x_min", "x_max", "start", "values", "logits", "target", "output",
}  # fmt: skip
_NN = """
relu relu6 sigmoid softplus softsign silu swish log_sigmoid leaky_relu hard_sigmoid hard_silu elu selu gelu celu glu
softmax log_softmax max_pool average_pool conv depthwise_conv separable_conv conv_transpose one_hot multi_hot
binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy moments batch_normalization normalize
dot_product_attention tanh_shrink soft_shrink hard_shrink squareplus threshold sparse_plus layer_normalization
""".split()
_MATH = "segment_sum segment_max top_k in_top_k logsumexp erf erfinv rsqrt extract_sequences fft ifft logdet".split()
_CORE = "cast stop_gradient scatter scatter_update slice slice_update unstack shape map scan cond".split()
_ALIASES = {"abs": "absolute", "swish": "silu", "truedivide": "true_divide"}
_SETTING_NAMES = {"reshape": {"newshape": "newshape", "shape": "newshape"}}


def _module(op: str) -> str:
    for name, ops in (("nn", _NN), ("math", _MATH), ("core", _CORE)):
        if op in ops:
            return name
    return "numpy"


def class_of(op: str) -> str:
    """`not_equal` → `NotEqual`."""
    op = _ALIASES.get(op, op)
    return "".join(part.capitalize() for part in op.split("_"))


def op_of(class_name: str) -> str | None:
    """`NotEqual` → `not_equal`; None if lanthorn has no such op."""
    from .. import ops

    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", class_name):
        return None
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", class_name).lower()
    for candidate in (name, _ALIASES.get(name, name), name.replace("_", "")):
        found = getattr(ops, candidate, None)
        if callable(found) and not inspect.isclass(found):
            return candidate
    return None


def is_operation(config: dict[str, Any]) -> bool:
    """Whether a config of a graph's layer tells an op: by its module, or, in `.h5` files, by having no layer's keys."""
    module, inner, name = config.get("module"), config.get("config"), config.get("class_name")
    if isinstance(module, str) and module:
        return ".ops" in module
    if "inbound_nodes" not in config or not isinstance(inner, dict) or not isinstance(name, str):
        return False
    if name in ("InputLayer", "Operation") or {"trainable", "dtype", "layers"} & set(inner):
        return False
    return find_custom(name) is None and op_of(name) is not None


def _signature(op: str) -> inspect.Signature | None:
    from .. import ops

    try:
        return inspect.signature(getattr(ops, op))
    except (TypeError, ValueError):
        return None


def operation_config(layer: Any, args: tuple = (), kwargs: dict[str, Any] | None = None) -> Any:
    """Keras's config of an op's node, and the arguments that stay arguments."""
    from .serialize import serialize_keras_object

    signature = _signature(layer.op)
    settings: dict[str, Any] = {}
    kept, named = list(args), dict(kwargs or {})
    if signature is not None and not any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()):
        bound = signature.bind(*args, **named).arguments
        kept, named = [], {}
        for name, value in bound.items():
            if name in _CALLED_WITH and not settings:
                kept.append(value)
            elif name in _CALLED_WITH:
                named[name] = value
            else:
                settings[name] = value
    data = {
        "module": f"keras.src.ops.{_module(layer.op)}",
        "class_name": class_of(layer.op),
        "config": {"name": layer.name, **serialize_keras_object(settings)},
        "registered_name": class_of(layer.op),
    }
    return data, kept, named


def make_operation(config: dict[str, Any]) -> Any:
    """The op's layer for a config of any Keras."""
    op = op_of(str(config.get("class_name")))
    if op is None:
        raise ValueError(
            f"load: the model uses Keras's op {config.get('class_name')!r} ({config.get('module')}), which lanthorn "
            "does not have."
        )
    return Operation(op, name=(config.get("config") or {}).get("name"))


def call_operation(layer: Any, config: dict[str, Any], args: list, kwargs: dict[str, Any]) -> Any:
    """Call an op's layer on symbolic tensors with its config's settings as arguments."""
    from .serialize import deserialize_keras_object

    settings = {k: v for k, v in (config.get("config") or {}).items() if k not in ("name", "dtype_policy")}
    settings = {k: deserialize_keras_object(v) for k, v in settings.items()}
    if layer.op == "einsum":
        return layer(settings["subscripts"], *args)
    signature = _signature(layer.op)
    names = set(signature.parameters) if signature is not None else set(settings)
    for key in list(settings):
        if key not in names:
            if settings[key] is not None and key not in ("dtype", "trainable"):
                raise ValueError(
                    f"load: the op {layer.op!r} ('{layer.name}') has the setting {key}={settings[key]!r} in the file, "
                    "which lanthorn's does not have."
                )
            del settings[key]
    settings = {k: tuple(v) if isinstance(v, list) and k in ("axis", "newshape", "shape", "axes") else v
                for k, v in settings.items()}  # fmt: skip
    if layer.op == "get_item" and len(args) > 1 and isinstance(args[1], list):
        args = [args[0], tuple(args[1])]
    return layer(*args, **kwargs, **{k: v for k, v in settings.items() if k not in kwargs})
