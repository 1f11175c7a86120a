# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from . import image as image
from . import sequence as sequence
from . import text as text
from ..data.datasets import image_dataset_from_directory as image_dataset_from_directory
from ..data.text_files import text_dataset_from_directory as text_dataset_from_directory
from ..data.windows import timeseries_dataset_from_array as timeseries_dataset_from_array


__all__ = [
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]
