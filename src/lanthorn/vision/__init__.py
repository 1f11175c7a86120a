"""Pictures to look at: photos and what a model sees in them, where it looks, how it learnt, where it errs."""

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
    "curves": "learning_curves",
    "curves_svg": "learning_curves",
    "calibration": "reliability",
    "Calibration": "reliability",
    "top_losses": "worst",
    "show_top_losses": "worst",
    "TopLoss": "worst",
    "show_batch": "showing",
    "show_predictions": "showing",
    "show_saliency": "showing",
    "replay": "augmented",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}.")


def __dir__():
    return __all__
