"""Models as estimators of scikit-learn, which is loaded when one of the names is used."""

from importlib import import_module
from typing import Any

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'lanthorn.wrappers' has no attribute {name!r}")
    try:
        return getattr(import_module(".estimators", __name__), name)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("sklearn"):
            raise
        raise ImportError(
            f"{name} needs scikit-learn, which is not installed: pip install 'scikit-learn>=1.6'."
        ) from error


def __dir__() -> list[str]:
    return __all__
