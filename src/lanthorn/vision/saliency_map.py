"""Saliency maps: where in a picture a model sees a class, by four methods, through nested models, on every engine."""

from typing import Any

import numpy as np
from PIL import Image

from .gradcam import find_place, gradcam, gradcam_plus_plus
from .integrated import along_the_way
from .occlusion import occlusion
from .pictured import pictured
from .probing import Probe
from .scores import Scores, choose

METHODS = ("gradcam", "gradcam++", "integrated", "occlusion")


def saliency(
    model: Any,
    image: Any,
    method: str = "gradcam",
    layer: Any = None,
    target: Any = None,
    *,
    baseline: Any = None,
    steps: int = 48,
    patch: Any = None,
    stride: Any = None,
    fill: Any = None,
) -> np.ndarray:
    """Where in a picture a model sees a class: float32 (height, width) of the model's input, 0 … 1.

    Args:
        model: a classifier of pictures, on any engine, however nested. It stays as it is; dropout is off.
        image: a path, a Pillow image or a uint8 array, which `model.preprocessing` prepares; or a float array
            (height, width, channels), which is taken as prepared.
        method: "gradcam" (Selvaraju et al. 2017) and "gradcam++" (Chattopadhay et al. 2018): coarse, the places of a
            feature map that speak for the class. "integrated" (Sundararajan et al. 2017): pixel by pixel, the size of
            what a pixel adds to the score, 1 from the 99th percentile on. "occlusion" (Zeiler and Fergus 2014): how
            far the probability drops where the picture is covered; slow, and needs no gradients.
        layer: for Grad-CAM, which layer's feature map: a name, also of a layer in a nested model ("base/conv5"), or
            the layer; None: the last that the convolutions make, before the pooling.
        target: number or name of the class; None: the one that the model sees. Of a model with one sigmoid output, 1
            is what the output speaks for and 0 the other class.
        baseline, steps: for "integrated", see `integrated_gradients`.
        patch, stride, fill: for "occlusion": size and step of the patch in pixels (a sixth of the picture, and half of
            that), and what covers, as the network gets it (the picture's mean colour).

    Gradients are those of the score before the last softmax or sigmoid (Selvaraju's y^c), where there is one, else of
    the output. A map in which nothing speaks for the class is 0 everywhere.

    Raises:
        ValueError: there is no such method, layer or class; picture and model do not fit; no convolution for Grad-CAM.
        RuntimeError: the model is on NumPy, which has no gradients: only "occlusion" works there.

    Example:
        >>> base = lanthorn.Sequential([lanthorn.Input((32, 32, 3)), lanthorn.layers.Conv2D(4, 3)], name="base")
        >>> model = lanthorn.Sequential([
        ...     base, lanthorn.layers.GlobalAveragePooling2D(), lanthorn.layers.Dense(2, activation="softmax")
        ... ])
        >>> photo = np.random.default_rng(0).random((32, 32, 3), "float32")
        >>> found = lanthorn.vision.saliency(model, photo, target=1)
        >>> found.shape, found.dtype
        ((32, 32), dtype('float32'))
        >>> lanthorn.vision.overlay(photo, found).save("where.png")
    """
    if method not in METHODS:
        raise ValueError(f"saliency: expected `method` to be one of {', '.join(map(repr, METHODS))}, got {method!r}.")
    if method != "occlusion" and not model.engine.differentiable:
        raise RuntimeError(
            f"saliency: {model.describe()} is on {model.engine.name}, which has no gradients. Move it to another "
            "engine first (model.to('torch'), 'jax' or 'tensorflow'), or take method=\"occlusion\"."
        )
    picture = pictured(model, image)
    x, probe = picture.batch, Probe(model, picture.channels_first)
    outputs, heard = probe.record(x)
    scores = Scores(probe, outputs, heard)
    chosen = choose(target, scores, getattr(model, "class_names", None))
    if method == "occlusion":
        drops = occlusion(scores, x, chosen, picture.channels_first, patch, stride, fill)
        return _shares(np.maximum(drops, 0))
    if method == "integrated":
        start = picture.black if baseline is None else np.broadcast_to(np.asarray(baseline, "float32"), x.shape)
        values = along_the_way(scores, x, start, chosen, steps).values
        sizes = np.abs(values.sum(axis=0 if picture.channels_first else -1, dtype="float64"))
        return _shares(sizes, np.percentile(sizes, 99))
    made = gradcam if method == "gradcam" else gradcam_plus_plus
    coarse = made(scores, x, chosen, find_place(scores, heard, layer))
    return _shares(enlarged(coarse, picture.size))


def _shares(values: np.ndarray, most: float | None = None) -> np.ndarray:
    """As shares of the largest, or of `most`: float32, 0 … 1."""
    most = float(most or values.max())
    return np.clip(values / most if most > 0 else np.zeros_like(values), 0, 1).astype("float32")


def enlarged(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A map at another size (height, width), in straight lines between the places: float32."""
    picture = Image.fromarray((values / max(values.max(), 1e-30)).astype("float32"))
    return np.asarray(picture.resize((size[1], size[0]), Image.Resampling.BILINEAR))
