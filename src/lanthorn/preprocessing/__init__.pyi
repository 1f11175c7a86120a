# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from . import image as image
from . import sequence as sequence
from . import text as text
from ..data.datasets import image_dataset_from_directory as image_dataset_from_directory


__all__ = [
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text",
]
