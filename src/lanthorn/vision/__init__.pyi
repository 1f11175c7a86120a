# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from .canvas import save as save
from .matrix import confusion as confusion
from .matrix import confusion_matrix as confusion_matrix
from .matrix import worst_pairs as worst_pairs
from .sheet import pictures as pictures
from .sheet import sheets as sheets
from .sheet import show as show


__all__ = [
    "confusion",
    "confusion_matrix",
    "pictures",
    "save",
    "sheets",
    "show",
    "worst_pairs",
]
