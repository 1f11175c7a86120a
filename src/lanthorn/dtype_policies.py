"""Dtype policies as `keras.dtype_policies` has them; those for quantization are not here."""

from typing import Any

from .core.custom_objects import custom_object_scope, find_custom
from .core.dtypes import DTypePolicy, FloatDTypePolicy, policy_config
from .core.policy_map import DTypePolicyMap, policy_of

__all__ = ["DTypePolicy", "DTypePolicyMap", "FloatDTypePolicy", "deserialize", "get", "serialize"]

_CLASSES = {cls.__name__: cls for cls in (DTypePolicy, DTypePolicyMap, FloatDTypePolicy)}


def get(identifier: Any) -> DTypePolicy:
    """The policy meant by None (the global one), a name, a dtype of any engine, a config, or the policy itself.

    Raises:
        ValueError: none of these.

    Example:
        >>> lanthorn.dtype_policies.get("mixed_bfloat16").compute_dtype
        'bfloat16'
    """
    return deserialize(identifier) if isinstance(identifier, dict) else policy_of(identifier)


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """The policy as plain data, in Keras's words.

    Example:
        >>> lanthorn.dtype_policies.serialize(lanthorn.DTypePolicy("float32"))["config"]
        {'name': 'float32'}
    """
    name = type(dtype_policy).__name__
    module = "keras.dtype_policies" if name == "DTypePolicyMap" else "keras"
    return policy_config("") | {"module": module, "class_name": name, "config": dtype_policy.get_config()}


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> DTypePolicy:
    """The policy that `serialize` wrote.

    Raises:
        ValueError: a class that is no policy of this library, nor one of yours.
    """
    name = str(config["class_name"])
    with custom_object_scope(custom_objects):
        cls = find_custom(name) or _CLASSES.get(name)
    if cls is None:
        raise ValueError(f"dtype_policies: there is no policy class {name!r}; there are {', '.join(_CLASSES)}.")
    return cls.from_config(dict(config["config"]))
