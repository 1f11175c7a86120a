"""Dtype policies: the dtype weights are stored in and the one layers compute in."""

from typing import Any

from . import settings

HALVES = ("bfloat16", "float16")
FLOATS = (*HALVES, "float32", "float64")
_MIXED = {f"mixed_{half}": half for half in HALVES}  # float32 weights, and what layers compute in
KNOWN = (
    *FLOATS, *_MIXED, "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool", "string",
)  # fmt: skip
_policy: str | None = None  # what `set_dtype_policy` was given; until then `floatx()`


class DTypePolicy:
    """What a layer stores its weights in and what it computes in.

    Args:
        name: a dtype ("float32", "bfloat16"), for both; "mixed_bfloat16" or "mixed_float16": float32 weights, and
            computation in the half.

    Raises:
        TypeError: a name that is no string.
        ValueError: a name that is no dtype or policy.

    Example:
        >>> policy = lanthorn.DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    quantization_mode: str | None = None

    def __init__(self, name: str | None = None):
        if not isinstance(name, (str, type(None))):
            raise TypeError(
                f"DTypePolicy: 'name' must be a string such as 'mixed_float16', got {name!r} ({type(name).__name__})."
            )
        self.name = policy_name(name)

    @property
    def compute_dtype(self) -> str:
        return compute_dtype(self.name)

    @property
    def variable_dtype(self) -> str:
        return variable_dtype(self.name)

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """`x` as an array, floats in `dtype` if `autocast`; what is no array stays as it is."""
        from .. import ops

        if not hasattr(x, "dtype") and not hasattr(x, "__array__"):
            return x
        x = x if ops.is_tensor(x) or hasattr(x, "node") else ops.convert_to_tensor(x)
        dtypes = policy_name(x.dtype), policy_name(dtype)
        return ops.cast(x, dtypes[1]) if autocast and dtypes[0] in FLOATS and dtypes[0] != dtypes[1] else x

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "DTypePolicy":
        return cls(**config)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


class FloatDTypePolicy(DTypePolicy):
    """Keras's other name for DTypePolicy."""


def set_dtype_policy(policy: Any) -> None:
    """The policy of layers made from now on that are given none.

    Args:
        policy: a name such as "float32" or "mixed_bfloat16", or a `DTypePolicy`. None: `floatx()` again.

    Raises:
        ValueError: a name that is no dtype or policy.

    Example:
        >>> lanthorn.set_dtype_policy("mixed_bfloat16")
        >>> lanthorn.layers.Dense(4).compute_dtype
        'bfloat16'
        >>> lanthorn.set_dtype_policy("float32")
    """
    global _policy
    _policy = None if policy is None else policy_name(policy)


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none."""
    return DTypePolicy()


def policy_name(dtype: Any) -> str:
    """The policy meant by None, a name, a dtype of any engine, or Keras's config of a DTypePolicy."""
    if dtype is None:
        return _policy or settings.floatx()
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or getattr(dtype, "__name__", str(dtype))
    name = str(name).removeprefix("torch.")
    if name not in KNOWN:
        raise ValueError(f"dtype: {dtype!r} is no dtype or policy; known are {', '.join(KNOWN)}.")
    return name


def policy_config(name: str) -> dict[str, Any]:
    """The policy as Keras 3 writes it."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def variable_dtype(name: str) -> str:
    return "float32" if name in _MIXED else name


def compute_dtype(name: str) -> str:
    return _MIXED.get(name, name)
