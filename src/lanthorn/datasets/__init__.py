"""Small data sets by name, with Keras's calls: `(x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()`.

They are fetched once, into the folder in which Keras keeps them too, whole or not at all. `digits` and `drawn` need no
network.
"""

from importlib import import_module
from typing import Any

_MODULES = (
    "boston_housing", "california_housing", "cifar10", "cifar100", "digits", "fashion_mnist", "imdb", "mnist",
    "reuters",
)  # fmt: skip

__all__ = [*_MODULES, "drawn"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name == "drawn":
        from .pictures import drawn

        return drawn
    raise AttributeError(f"lanthorn.datasets has no {name!r}; it has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
