# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from . import data_utils as data_utils
from . import generic_utils as generic_utils
from . import layer_utils as layer_utils
from . import legacy as legacy
from . import np_utils as np_utils
from ..backend import clear_session as clear_session
from ..backend import is_keras_tensor as is_keras_tensor
from ..callbacks.progress import Progbar as Progbar
from ..core.custom_objects import custom_object_scope as CustomObjectScope
from ..core.custom_objects import custom_object_scope as custom_object_scope
from ..core.custom_objects import get_custom_objects as get_custom_objects
from ..core.custom_objects import get_registered_name as get_registered_name
from ..core.custom_objects import get_registered_object as get_registered_object
from ..core.custom_objects import register_keras_serializable as register_keras_serializable
from ..core.function import get_source_inputs as get_source_inputs
from ..core.seeds import set_random_seed as set_random_seed
from ..core.settings import disable_interactive_logging as disable_interactive_logging
from ..core.settings import enable_interactive_logging as enable_interactive_logging
from ..core.settings import is_interactive_logging_enabled as is_interactive_logging_enabled
from ..data.datasets import image_dataset_from_directory as image_dataset_from_directory
from ..data.halves import split_dataset as split_dataset
from ..data.sounds import audio_dataset_from_directory as audio_dataset_from_directory
from ..data.text_files import text_dataset_from_directory as text_dataset_from_directory
from ..data.windows import timeseries_dataset_from_array as timeseries_dataset_from_array
from ..ops.dtypes import standardize_dtype as standardize_dtype
from ..preprocessing.pictures import array_to_img as array_to_img
from ..preprocessing.pictures import img_to_array as img_to_array
from ..preprocessing.pictures import load_img as load_img
from ..preprocessing.pictures import save_img as save_img
from ..preprocessing.sequence import pad_sequences as pad_sequences
from ..saving.serialize import deserialize_keras_object as deserialize_keras_object
from ..saving.serialize import serialize_keras_object as serialize_keras_object
from ..vision.model_graph import model_to_dot as model_to_dot
from ..vision.model_graph import plot_model as plot_model
from .config import Config as Config
from .data_utils import get_file as get_file
from .data_utils import pack_x_y_sample_weight as pack_x_y_sample_weight
from .data_utils import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from .feature_space import FeatureSpace as FeatureSpace
from .numerical import normalize as normalize
from .numerical import to_categorical as to_categorical
from .py_dataset import PyDataset as PyDataset
from .py_dataset import PyDataset as Sequence


__all__ = [
    "Config",
    "CustomObjectScope",
    "FeatureSpace",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "clear_session",
    "custom_object_scope",
    "data_utils",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "generic_utils",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "layer_utils",
    "legacy",
    "load_img",
    "model_to_dot",
    "normalize",
    "np_utils",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
