"""Pictures to look at: photos with what the model thinks of them, and the confusion matrix. Drawn with Pillow."""

import importlib

_HOMES = {
    "pictures": "sheet",
    "sheets": "sheet",
    "show": "sheet",
    "save": "canvas",
    "confusion": "matrix",
    "confusion_matrix": "matrix",
    "worst_pairs": "matrix",
    "saliency": "saliency_map",
    "integrated_gradients": "integrated",
    "overlay": "heat",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}.")


def __dir__():
    return __all__
