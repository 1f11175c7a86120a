"""Modules and names of Keras 1 and 2, and where what they name lives today.

Paths are below the library: "layers.core" is what was imported as `keras.layers.core`, and here as
`lanthorn.layers.core` (or as `keras.layers.core`, in a program that `lanthorn run` runs).
"""

import importlib
import importlib.machinery
import types
from typing import Any

from .said import renamed, say

ROOT = __name__.partition(".")[0]

# An old module: the modules of today (or of this folder) that hold what it held.
MODULES = {
    **dict.fromkeys(
        (
            "layers.advanced_activations", "layers.convolutional", "layers.convolutional_recurrent", "layers.core",
            "layers.cudnn_recurrent", "layers.embeddings", "layers.local", "layers.noise", "layers.normalization",
            "layers.pooling", "layers.recurrent", "layers.wrappers", "layers.experimental",
            "layers.experimental.preprocessing",
        ),
        "layers",
    ),
    "layers.merge": "layers",
    "layers.preprocessing": "layers",
    "objectives": "losses",
    "initializations": "old.initializations initializers",
    "engine": "models layers old.merge old.small",
    **dict.fromkeys(
        ("engine.base_layer", "engine.input_layer", "engine.network", "engine.topology", "engine.training"),
        "models layers old.merge old.small",
    ),
    "engine.saving": "saving models",
    "engine.sequential": "models",
    "engine.data_adapter": "old.small",
    "legacy": "layers",
    "legacy.layers": "layers old.merge",
    "utils.visualize_util": "old.small",
    "utils.vis_utils": "utils",
    "utils.io_utils": "utils",
    "utils.conv_utils": "old.small",
    "utils.tf_utils": "utils",
    "utils.test_utils": "old.small",
    "utils.training_utils": "old.small",
    "utils.multi_gpu_utils": "old.small",
    "backend.common": "backend",
    "backend.tensorflow_backend": "backend",
    "wrappers.scikit_learn": "old.scikit_learn",
    "optimizers.legacy": "optimizers",
    "optimizers.experimental": "optimizers",
    "optimizers.learning_rate_schedule": "optimizers.schedules",
    "mixed_precision.experimental": "mixed_precision",
    "experimental": "layers optimizers models",
    "premade": "models",
}  # fmt: skip

# Old names in modules that are there today: "name", in the file after the colon, or "name=today's name" there.
NAMES = {
    "layers": "old.layers: MaxoutDense Highway ThresholdedReLU LocallyConnected1D LocallyConnected2D "
    "TimeDistributedDense layers: CuDNNLSTM=LSTM CuDNNGRU=GRU "
    "old.convolutions: Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D "
    "AtrousConv1D=AtrousConvolution1D AtrousConv2D=AtrousConvolution2D "
    "Deconvolution2D Deconvolution3D Deconv2D=Deconvolution2D Deconv3D=Deconvolution3D "
    "SeparableConvolution2D old.merge: Merge _Merge",
    "regularizers": "old.small: l1l2 regularizers: activity_l1=L1 activity_l2=L2 activity_l1l2=L1L2 "
    "WeightRegularizer=L1L2 ActivityRegularizer=L1L2",
    "constraints": "constraints: maxnorm=MaxNorm nonneg=NonNeg unitnorm=UnitNorm",
    "losses": "old.small: Reduction",
    "models": "old.small: Container Network old.merge: merge",
    "mixed_precision": "core.dtypes: set_policy=set_dtype_policy",
    "utils": "old.small: multi_gpu_model",
    "backend": "old.backend: batch_normalization control_dependencies conv2d_transpose conv3d_transpose foldl foldr "
    "get_session get_variable_shape in_test_phase is_placeholder is_sparse is_tensor is_variable "
    "manual_variable_initialization name_scope normalize_batch_in_training pool3d print_tensor random_binomial "
    "random_normal_variable random_uniform_variable repeat reset_uids resize_images resize_volumes rnn "
    "separable_conv1d separable_conv2d set_session slice spatial_3d_padding symbolic temporal_padding to_dense "
    "is_symbolic asymmetric_temporal_padding "
    "ops: identity=copy",
}


def _table(words: str) -> dict[str, tuple[str, str]]:
    found, module = {}, ""
    for word in words.split():
        if word.endswith(":"):
            module = word[:-1]
        else:
            name, _, today = word.partition("=")
            found[name] = (module, today or name)
    return found


_FOUND = {module: _table(words) for module, words in NAMES.items()}


def load(path: str) -> Any:
    """A module of the library by its path below it."""
    return importlib.import_module(f"{ROOT}.{path}" if path else ROOT)


def find(module: str, name: str) -> Any:
    """What `module.name` meant in Keras 1 or 2. Raises AttributeError where there was no such thing."""
    path = module.removeprefix(ROOT).removeprefix(".")
    if name in _FOUND.get(path, ()):
        home, today = _FOUND[path][name]
        if not home.startswith("old."):
            renamed(f"{module}.{name}", f"{ROOT}.{home}.{today}")
        return getattr(load(home), today)
    if path in MODULES and not name.startswith("_"):  # an old module that is one of ours too
        for home in MODULES[path].split():
            if (found := getattr(load(home), name, None)) is not None:
                return found
    below = f"{path}.{name}".strip(".")
    if below in MODULES or any(each.startswith(f"{below}.") for each in MODULES):
        return load(below)
    hint = " See lanthorn.ops, which has the names of keras.ops." if path == "backend" else ""
    raise AttributeError(f"{module} has no {name!r}.{hint}")


class OldModule(types.ModuleType):
    """A module that only Keras 1 or 2 had: every name is looked up where it lives today."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            for home in self.__dict__.get("homes", ()):
                try:
                    return getattr(load(home), name)
                except AttributeError:
                    continue
            if f"{self.__name__}.{name}".removeprefix(f"{ROOT}.") in MODULES:
                return importlib.import_module(f"{self.__name__}.{name}")
        elif name == "__all__":
            return dir(self)
        raise AttributeError(f"{self.__name__}, a module of Keras 1 and 2, has no {name!r}.")

    def __dir__(self) -> list[str]:
        homes = [load(home) for home in self.__dict__.get("homes", ())]
        return sorted({n for home in homes for n in getattr(home, "__all__", dir(home)) if not n.startswith("_")})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`from keras.layers import merge` was a module in Keras 2 and a function in Keras 1."""
        if self.__name__ != f"{ROOT}.layers.merge":
            raise TypeError(f"{self.__name__} is a module.")
        return load("old.merge").merge(*args, **kwargs)


class _Loader:
    def create_module(self, spec: Any) -> types.ModuleType:
        return OldModule(spec.name)

    def exec_module(self, module: Any) -> None:
        path = module.__name__.removeprefix(f"{ROOT}.")
        module.homes = MODULES.get(path, "").split()
        module.__path__ = []
        module.__doc__ = f"A module of Keras 1 and 2. Today: {', '.join(module.homes)}."
        today = [f"{ROOT}.{home}" for home in module.homes if not home.startswith("old.")]
        if today:
            say(f"{module.__name__} is an old module: its names are in {' and '.join(today)} today.")


def spec(name: str) -> Any:
    """For the import system: how an old module is made, None for what never was one."""
    path = name.removeprefix(f"{ROOT}.")
    if path in MODULES or any(each.startswith(f"{path}.") for each in MODULES):
        return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)  # pyright: ignore[reportArgumentType]
    return None
