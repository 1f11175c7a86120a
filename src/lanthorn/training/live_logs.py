"""The logs of a batch, read from the device only when somebody looks into them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class LiveLogs(Mapping):
    """A mapping from names to numbers that calls `read` on first access and then stays as it is."""

    __slots__ = ("_read", "_values", "__weakref__")

    def __init__(self, read: Callable[[], dict[str, Any]]):
        self._read = read
        self._values: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        """The numbers; waits for the device the first time."""
        if self._values is None:
            self._values = self._read()
        return self._values

    @property
    def values_read(self) -> bool:
        return self._values is not None

    @property
    def __class__(self) -> type:  # a program may ask whether the logs are a dict
        return dict

    def __getitem__(self, name: str) -> Any:
        return self.read()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.read()[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())

    def __bool__(self) -> bool:
        return True

    def copy(self) -> dict[str, Any]:
        return dict(self.read())

    def __repr__(self) -> str:
        return repr(self.read())
