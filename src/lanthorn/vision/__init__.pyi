# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from .augmented import replay as replay
from .canvas import save as save
from .heat import overlay as overlay
from .integrated import integrated_gradients as integrated_gradients
from .learning_curves import curves as curves
from .learning_curves import curves_svg as curves_svg
from .matrix import confusion as confusion
from .matrix import confusion_matrix as confusion_matrix
from .matrix import worst_pairs as worst_pairs
from .reliability import Calibration as Calibration
from .reliability import calibration as calibration
from .saliency_map import saliency as saliency
from .sheet import pictures as pictures
from .sheet import sheets as sheets
from .sheet import show as show
from .showing import show_batch as show_batch
from .showing import show_predictions as show_predictions
from .showing import show_saliency as show_saliency
from .worst import TopLoss as TopLoss
from .worst import show_top_losses as show_top_losses
from .worst import top_losses as top_losses


__all__ = [
    "Calibration",
    "TopLoss",
    "calibration",
    "confusion",
    "confusion_matrix",
    "curves",
    "curves_svg",
    "integrated_gradients",
    "overlay",
    "pictures",
    "replay",
    "saliency",
    "save",
    "sheets",
    "show",
    "show_batch",
    "show_predictions",
    "show_saliency",
    "show_top_losses",
    "top_losses",
    "worst_pairs",
]
