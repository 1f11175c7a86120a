"""Grad-CAM and Grad-CAM++: which places of the last feature map speak for a class."""

import difflib
from typing import Any

import numpy as np

from ..core.flatten import is_graph
from ..core.paths import named_children
from .probing import Heard
from .scores import Scores, Target

# what makes another size or shape of a feature map adds nothing to it
_PASSED_OVER = ("Pooling", "Dropout", "Padding", "Cropping", "UpSampling", "Resizing", "Reshape", "Permute", "Flatten")


def gradcam(scores: Scores, x: np.ndarray, target: Target, place: Heard) -> np.ndarray:
    """Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391, eq. 1 and 2): float64 (rows, columns), 0 and up.

    The channels of the feature map A, weighted by the mean over all places of d score / d A, added up; what is
    negative speaks for other classes and is 0.
    """
    features, gradient = _features_and_gradient(scores, x, target, place)
    weights = gradient.mean(axis=(0, 1))
    return np.maximum((features * weights).sum(axis=-1), 0)


def gradcam_plus_plus(scores: Scores, x: np.ndarray, target: Target, place: Heard) -> np.ndarray:
    """Grad-CAM++ (Chattopadhay et al. 2018, arXiv:1710.11063, eq. 10 and 19): float64 (rows, columns), 0 and up.

    With Y = exp(score), the k-th derivatives of Y are Y g^k, g = d score / d A; so a place's share is
    a = g^2 / (2 g^2 + g^3 sum(A)), and a channel's weight is the sum over all places of a max(g, 0). The factor Y is
    the same for all and left out.
    """
    features, gradient = _features_and_gradient(scores, x, target, place)
    total = features.sum(axis=(0, 1))
    below = 2 * gradient**2 + total * gradient**3
    share = np.divide(gradient**2, below, out=np.zeros_like(gradient), where=np.abs(below) > 1e-30)
    weights = (share * np.maximum(gradient, 0)).sum(axis=(0, 1))
    return np.maximum((features * weights).sum(axis=-1), 0)


def _features_and_gradient(scores: Scores, x: np.ndarray, target: Target, place: Heard) -> tuple[np.ndarray, ...]:
    """The feature map and the gradient of the score for it, both float64 (rows, columns, channels)."""
    engine = scores.probe.engine
    features = engine.to_numpy(place.outputs)

    def score(change):
        added = {(id(place.layer), place.number): lambda compute, args: compute() + change}
        return target.of(scores.run(x, added))

    _, gradient = engine.gradient_of(score, np.zeros_like(features))
    parts = (part[0].astype("float64") for part in (features, engine.to_numpy(gradient)))
    return tuple(np.moveaxis(part, 0, -1) if place.channels_first else part for part in parts)


def find_place(scores: Scores, heard: list[Heard], layer: Any) -> Heard:
    """The call of the layer that was asked for; None: the last feature map that convolutions made.

    Raises:
        ValueError: there is no such layer, or none that gives a feature map.
    """
    model = scores.probe.model
    maps = [each for each in heard if len(each.outputs.shape) == 4]
    if layer is None:
        chosen = _last_map(maps)
        if chosen is None:
            raise ValueError(
                f"saliency: {model.describe()} has no convolution whose feature map Grad-CAM could look at. Take "
                'method="integrated" or "occlusion", which need none, or name a layer that gives one (layer=…).'
            )
        return chosen
    wanted = _end_of(_named(model, layer) if isinstance(layer, str) else _own(model, layer))
    chosen = next((each for each in reversed(maps) if each.layer is wanted), None)
    if chosen is None:
        other = next((each for each in reversed(heard) if each.layer is wanted), None)
        what = f"gives the shape {tuple(other.outputs.shape)}" if other else "was not called"
        names = ", ".join(dict.fromkeys(each.layer.name for each in maps[-5:]))
        raise ValueError(
            f"saliency: expected a layer that gives a feature map, (n, rows, columns, channels); {wanted.describe()} "
            f"{what}. The last that do: {names or 'none'}."
        )
    return chosen


def _last_map(maps: list[Heard]) -> Heard | None:
    """The last feature map with more than one place, of a convolution or of what works on its channels behind it."""
    convolved, chosen, small = False, None, None
    for each in maps:
        convolved = convolved or any(len(v.shape) == 4 for v in each.layer.variables)
        if convolved and not any(word in _kind(each.layer) for word in _PASSED_OVER):
            rows, columns = each.outputs.shape[2:] if each.channels_first else each.outputs.shape[1:3]
            chosen, small = (each, small) if rows * columns > 1 else (chosen, each)
    return chosen or small


def _kind(layer: Any) -> str:
    if not layer.is_foreign:
        return type(layer).__name__
    name = type(layer._view if layer._view is not None else layer).__name__
    return name.replace("Pool", "Pooling") if "Pooling" not in name else name


def _end_of(layer: Any) -> Any:
    """The layer whose output is that of a nested model."""
    while is_graph(layer) and hasattr(layer.plan.outputs, "node"):
        layer = layer.plan.outputs.node.layer
    return layer


def _own(model: Any, layer: Any) -> Any:
    """The model's layer that this object is, or is the module of."""
    for each in model.flat_layers():
        if each is layer or each._view is not None and each._view is layer:
            return each
    raise ValueError(f"saliency: the layer {getattr(layer, 'name', layer)!r} is not part of {model.describe()}.")


def _named(model: Any, name: str) -> Any:
    """The layer at a path such as "base/conv5"; a name alone is looked for in nested models as well."""
    found = _paths(model)
    ends = [path for path in found if path == name] or [path for path in found if f"/{path}".endswith(f"/{name}")]
    if not ends:
        near = difflib.get_close_matches(name, {*found, *(path.split("/")[-1] for path in found)}, n=3)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(f"saliency: {model.describe()} has no layer named {name!r}, nor has a model inside it.{hint}")
    layers = {id(found[path]) for path in ends}
    if len(layers) > 1:
        raise ValueError(f"saliency: several layers are named {name!r}; say which: {', '.join(map(repr, ends))}.")
    return found[ends[0]]


def _paths(model: Any) -> dict[str, Any]:
    """Every layer inside by its path: names of the layers, put together with slashes."""
    found: dict[str, Any] = {}

    def visit(layer, path, above):
        plan = getattr(layer, "_plan", None)
        inside = [(part.name, part) for part in plan.layers] if plan is not None else [] if layer.is_foreign else None
        for name, child in named_children(layer) if inside is None or layer._view is not None else inside:
            if id(child) not in above:
                key = f"{path}{name}"
                found.setdefault(key, child)
                visit(child, f"{key}/", above | {id(child)})

    visit(model, "", {id(model)})
    return found
