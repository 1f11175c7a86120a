"""Dtype policies: the dtype weights are stored in and the one layers compute in."""

from typing import Any

HALVES = ("bfloat16", "float16")
FLOATS = (*HALVES, "float32", "float64")
_MIXED = {f"mixed_{half}": half for half in HALVES}  # float32 weights, and what layers compute in
KNOWN = (
    *FLOATS, *_MIXED, "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool", "string",
)  # fmt: skip
_policy = "float32"


class DTypePolicy:
    """What a layer stores its weights in and what it computes in.

    Args:
        name: a dtype ("float32", "bfloat16"), for both; "mixed_bfloat16" or "mixed_float16": float32 weights, and
            computation in the half.

    Raises:
        ValueError: a name that is no dtype or policy.

    Example:
        >>> policy = lanthorn.DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None):
        self.name = policy_name(name)

    @property
    def compute_dtype(self) -> str:
        return compute_dtype(self.name)

    @property
    def variable_dtype(self) -> str:
        return variable_dtype(self.name)

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
        return f"DTypePolicy({self.name!r})"


def set_dtype_policy(policy: Any) -> None:
    """The policy of layers made from now on that are given none.

    Args:
        policy: a name such as "float32" or "mixed_bfloat16", or a `DTypePolicy`.

    Raises:
        ValueError: a name that is no dtype or policy.

    Example:
        >>> lanthorn.set_dtype_policy("mixed_bfloat16")
        >>> lanthorn.layers.Dense(4).compute_dtype
        'bfloat16'
        >>> lanthorn.set_dtype_policy("float32")
    """
    global _policy
    _policy = policy_name(policy)


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none."""
    return DTypePolicy(_policy)


def policy_name(dtype: Any) -> str:
    """The policy meant by None, a name, a dtype of any engine, or Keras's config of a DTypePolicy."""
    if dtype is None:
        return _policy
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


def floatx() -> str:
    """The dtype of new weights by default."""
    return variable_dtype(_policy)
