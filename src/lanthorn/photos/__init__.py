"""The whole job in one call each: train on a folder of photos, name new ones, measure, check, report.

The commands of `lanthorn` are these functions with a terminal around them. Everything loads on first use.
"""

import importlib

_HOMES = {
    "train": "training",
    "Trained": "trained",
    "TrainOptions": "options",
    "predict": "naming",
    "Predictions": "predictions",
    "evaluate": "evaluation",
    "Evaluation": "evaluation",
    "check": "checking",
    "sort_photos": "sorting",
    "report": "reporting",
    "Report": "reporting",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}.")


def __dir__():
    return __all__
