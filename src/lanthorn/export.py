"""Models for servers: `ExportArchive`, on TensorFlow, which is loaded when it is used. See also `model.export`."""

from importlib import import_module
from typing import Any

from .engines import get

__all__ = ["ExportArchive"]  # noqa: F822


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'lanthorn.export' has no attribute {name!r}")
    get("tensorflow")  # or an error that says how to install it
    return import_module(".engines.tensorflow_archive", __package__).ExportArchive


def __dir__() -> list[str]:
    return __all__
