"""`lanthorn.preprocessing`: Keras's names for pictures, sequences and texts. Loads nothing until one is asked for."""

from importlib import import_module

_MODULES = ("image", "sequence", "text")
_NAMES = dict.fromkeys(
    ("image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array"), "..data"
)
__all__ = [*_MODULES, *_NAMES]


def __getattr__(name):
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _NAMES:
        return getattr(import_module(_NAMES[name], __name__), name)
    raise AttributeError(f"module 'lanthorn.preprocessing' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
