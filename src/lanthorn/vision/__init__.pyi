# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from .canvas import save as save
from .heat import overlay as overlay
from .integrated import integrated_gradients as integrated_gradients
from .matrix import confusion as confusion
from .matrix import confusion_matrix as confusion_matrix
from .matrix import worst_pairs as worst_pairs
from .saliency_map import saliency as saliency
from .sheet import pictures as pictures
from .sheet import sheets as sheets
from .sheet import show as show


__all__ = [
    "confusion",
    "confusion_matrix",
    "integrated_gradients",
    "overlay",
    "pictures",
    "saliency",
    "save",
    "sheets",
    "show",
    "worst_pairs",
]
