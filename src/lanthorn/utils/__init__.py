"""`lanthorn.utils`: the small things of Keras's `utils`. Loads nothing until a name is asked for."""

from importlib import import_module
from typing import Any

from ..core.old_names import find

_WHERE = {
    "utils.data_utils": "get_file PyDataset Sequence pack_x_y_sample_weight unpack_x_y_sample_weight",
    "utils.numerical": "to_categorical normalize",
    "utils.feature_space": "FeatureSpace",
    "core.seeds": "set_random_seed",
    "core.function": "get_source_inputs",
    "core.settings": "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled",
    "ops.dtypes": "standardize_dtype",
    "utils.config": "Config",
    "vision.model_graph": "model_to_dot plot_model",
    "callbacks.progress": "Progbar",
    "data": (
        "image_dataset_from_directory text_dataset_from_directory audio_dataset_from_directory "
        "timeseries_dataset_from_array split_dataset"
    ),
    "backend": "is_keras_tensor clear_session",
    "preprocessing.image": "array_to_img img_to_array load_img save_img",
    "preprocessing.sequence": "pad_sequences",
    "saving": (
        "CustomObjectScope custom_object_scope get_custom_objects get_registered_name get_registered_object "
        "register_keras_serializable serialize_keras_object deserialize_keras_object"
    ),
}
_NAMES = {name: module for module, names in _WHERE.items() for name in names.split()}
# Modules that code of 2018 imports: `from keras.utils import np_utils`.
_MODULES = ("data_utils", "generic_utils", "layer_utils", "legacy", "np_utils")

__all__ = sorted([*_NAMES, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name not in _NAMES:
        return find(__name__, name)
    value = getattr(import_module(f"..{_NAMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
