"""Config: settings as attributes of an object, which can be frozen and written as JSON."""

import difflib
import json
from collections.abc import Iterator, MutableMapping
from typing import Any


class Config(MutableMapping):
    """A dict of settings whose items are attributes too.

    Args:
        kwargs: settings to begin with.

    Raises:
        ValueError: on changing anything once it is frozen.
        AttributeError: on asking for what it has not.

    Example:
        >>> config = lanthorn.utils.Config(rate=0.1)
        >>> config.layers = 3
        >>> config.freeze()
        >>> config.to_json()
        '{"rate": 0.1, "layers": 3}'
    """

    def __init__(self, **kwargs: Any):
        self.__dict__.update(_config=dict(kwargs), _frozen=False)

    @property
    def frozen(self) -> bool:
        """Whether nothing can be changed any more."""
        return self._frozen

    def freeze(self) -> None:
        """Let nothing be changed any more."""
        self.__dict__["_frozen"] = True

    def unfreeze(self) -> None:
        """Let it be changed again."""
        self.__dict__["_frozen"] = False

    def as_dict(self) -> dict[str, Any]:
        """A copy as a dict."""
        return dict(self._config)

    def to_json(self) -> str:
        """As JSON."""
        return json.dumps(self._config)

    def _may_change(self) -> None:
        if self._frozen:
            raise ValueError("Config: cannot mutate attribute(s) because the config is frozen; see `unfreeze`.")

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._may_change()
        self._config.update(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        config = self.__dict__.get("_config", {})
        if name in config:
            return config[name]
        near = difflib.get_close_matches(name, map(str, config), n=1, cutoff=0.7)
        raise AttributeError(f"Unknown attribute: '{name}'." + "".join(f" Did you mean '{n}'?" for n in near))

    def __getitem__(self, key: str) -> Any:
        return self._config[key]

    def __setitem__(self, key: str, item: Any) -> None:
        self._may_change()
        self._config[key] = item

    __setattr__ = __setitem__

    def __delitem__(self, key: str) -> None:
        self._may_change()
        del self._config[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._config))

    def __len__(self) -> int:
        return len(self._config)

    def __repr__(self) -> str:
        return f"<Config {self._config}>"
