"""Lanthorn: you write Keras, and your model is native on PyTorch, JAX and TensorFlow.

`import lanthorn as keras` and your Keras code runs. Nothing is loaded before it is used: no engine, no picture
library, not even NumPy.
"""

import importlib
import sys

__version__ = "0.1.0"

_MODULES = (
    "activations", "applications", "backend", "callbacks", "config", "constraints", "data", "datasets", "distillation",
    "dtype_policies", "engines", "export", "initializers", "layers", "losses", "metrics", "mixed_precision", "models",
    "ops", "optimizers", "photos", "preprocessing", "random", "regularizers", "saving", "training", "tree", "utils",
    "vision", "visualization", "wrappers",
)  # fmt: skip

_NAMES = {
    "Input": "models",
    "Model": "models",
    "Sequential": "models",
    "Functional": "models",
    "Layer": "core.layer",
    "InputSpec": "core.input_spec",
    "Variable": "core.variable",
    "SymbolicTensor": "core.symbolic",
    "KerasTensor": "core.symbolic:SymbolicTensor",
    "Loss": "losses",
    "Metric": "metrics",
    "Optimizer": "optimizers",
    "Initializer": "initializers",
    "Regularizer": "regularizers",
    "StatelessScope": "core.stateless",
    "functional_call": "core.functional_call",
    "set_random_seed": "core.seeds",
    "DTypePolicy": "core.dtypes",
    "FloatDTypePolicy": "core.dtypes",
    "Function": "core.function",
    "Operation": "core.function",
    "RematScope": "core.remat",
    "SymbolicScope": "engines",
    "device": "engines",
    "name_scope": "core.naming",
    "remat": "engines",
    "set_dtype_policy": "core.dtypes",
    "dtype_policy": "core.dtypes",
    "set_engine": "engines",
    "get_engine": "engines",
    "load_model": "saving",
    "train": "photos",
    "predict": "photos",
    "evaluate": "photos",
    "check": "photos",
    "report": "photos",
}

__all__ = sorted([*_MODULES, *_NAMES, "__version__", "version"])


def version() -> str:
    """The version of the library."""
    return __version__


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _NAMES:
        path, _, attribute = _NAMES[name].partition(":")
        module = importlib.import_module(f".{path}", __name__)
        found = getattr(module, attribute or name)
        globals()[name] = found
        return found
    if name in ("objectives", "initializations", "engine", "legacy", "experimental"):  # of Keras 1 and 2
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"lanthorn has no {name!r}; it has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__


class _OldModules:
    """Finds, after everybody else, modules that only Keras 1 and 2 had: `lanthorn.layers.core` (see `lanthorn.old`)."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(f"{__name__}."):
            return importlib.import_module(".old.names", __name__).spec(name)


sys.meta_path.append(_OldModules)
