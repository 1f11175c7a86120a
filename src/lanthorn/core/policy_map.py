"""DTypePolicyMap: a policy for each layer by its name."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from .dtypes import DTypePolicy, policy_config, policy_name


def policy_of(identifier: Any) -> DTypePolicy:
    """The policy meant by None, a name, a dtype of any engine, a config, or the policy itself."""
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict) and identifier.get("class_name") == "DTypePolicyMap":
        return DTypePolicyMap.from_config(identifier["config"])
    return DTypePolicy(policy_name(identifier))


class DTypePolicyMap(DTypePolicy, MutableMapping):
    """Policies by the paths of layers: a path, or a pattern (regular expression) that matches the whole path.

    Given as a layer's `dtype`, it is asked for the policy of the layer's name.

    Args:
        default_policy: for paths that are not in it; the global policy if None.
        policy_map: {path or pattern: policy}.

    Raises:
        ValueError: `default_policy` is a map itself; on asking, a path that several patterns match; on setting, a path
            that is there already.
        TypeError: `policy_map` is no dict.

    Example:
        >>> policies = lanthorn.dtype_policies.DTypePolicyMap("float32", {"encoder/.*": "mixed_bfloat16"})
        >>> policies["encoder/dense"], policies["decoder"]
        (<DTypePolicy "mixed_bfloat16">, <DTypePolicy "float32">)
    """

    def __init__(self, default_policy: Any = None, policy_map: dict[str, Any] | None = None):
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("DTypePolicyMap: `default_policy` cannot be a DTypePolicyMap.")
        if not isinstance(policy_map, (dict, type(None))):
            raise TypeError(
                "DTypePolicyMap: If specified, `policy_map` must be a dict. "
                f"Received: {policy_map!r} ({type(policy_map).__name__})."
            )
        self._default = None if default_policy is None else policy_of(default_policy)
        self._policies: dict[str, DTypePolicy] = {}
        for path, policy in (policy_map or {}).items():
            self[path] = policy

    @property
    def default_policy(self) -> DTypePolicy:
        return DTypePolicy() if self._default is None else self._default

    @property
    def name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    def __getitem__(self, path: str) -> DTypePolicy:
        if path in self._policies:
            return self._policies[path]
        matching = [pattern for pattern in self._policies if re.fullmatch(pattern, path)]
        if len(matching) > 1:
            raise ValueError(
                f"DTypePolicyMap: path '{path}' matches multiple dtype policy specification keys: {matching}; "
                "let only one match each path."
            )
        return self._policies[matching[0]] if matching else self.default_policy

    def __setitem__(self, path: str, policy: Any) -> None:
        if path in self._policies:
            raise ValueError(
                f"DTypePolicyMap: {path} already exist in it with value {self._policies[path]}; delete it first."
            )
        try:
            self._policies[path] = policy_of(policy)
        except Exception as error:
            raise ValueError(f"DTypePolicyMap: cannot interpret the assigned value {policy!r} as a policy.") from error

    def __delitem__(self, path: str) -> None:
        del self._policies[path]

    def __contains__(self, path: object) -> bool:
        return path in self._policies

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)

    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> bool:
        return type(other) is DTypePolicyMap and other.get_config() == self.get_config()

    def get_config(self) -> dict[str, Any]:
        return {
            "default_policy": None if self._default is None else policy_config(self._default.name),
            "policy_map": {path: policy_config(policy.name) for path, policy in self._policies.items()},
        }

    def __repr__(self) -> str:
        default = None if self._default is None else self._default.name
        return f"<DTypePolicyMap default_policy={default}, mapping={[(k, v.name) for k, v in self._policies.items()]}>"
