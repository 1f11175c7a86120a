"""When to answer "none of these": a photo that is like none of the classes, in what the network sees of it.

A softmax is sure of what it has never seen: at a threshold that lets 95 % of the known photos pass, the largest
probability refuses a tenth of the photos of other things; how close a photo lies to the mean of a class, by the angle
between their features, refuses half to all of them (docs/decisions/none-of-these.md).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import models
from .loading import answering
from .reading import batches

KEPT = 0.95  # of the held-out photos are named


class Known(NamedTuple):
    """What the classes look like: `means` (classes, features) of length 1, and how like one a photo must be at least.

    `layer` names the layer whose output the features are.
    """

    layer: str
    means: np.ndarray
    least: float

    def likeness(self, features: np.ndarray) -> np.ndarray:
        """How like the nearest class each row is: the cosine of the angle, (photos,)."""
        return (unit(features) @ self.means.T).max(axis=1)

    def to_config(self) -> dict[str, Any]:
        """Plain data for a model's metadata."""
        rounded = [[round(float(x), 5) for x in row] for row in self.means]
        return {"layer": self.layer, "least": round(float(self.least), 5), "means": rounded}


def unit(rows: np.ndarray) -> np.ndarray:
    """The rows, each of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)


def known(model: Any) -> Known | None:
    """What a model's metadata say of its classes; None if it was not trained to know."""
    found = (getattr(model, "metadata", None) or {}).get("known")
    if not found:
        return None
    return Known(str(found["layer"]), np.asarray(found["means"], np.float32), float(found["least"]))


def feature_layer(model: Any) -> str:
    """The first layer that gives one vector per photo.

    Raises:
        ValueError: there is none before the last.
    """
    for layer in model.layers[:-1]:
        if len(layer.output.shape) == 2:
            return layer.name
    raise ValueError(
        f"unknown: the model {model.name!r} has no layer that gives one vector per photo, by which 'none of these' is "
        "told."
    )


def cut(model: Any, layer: str) -> tuple[Any, Any]:
    """The model in two: photos to features, and features to probabilities."""
    features = model.get_layer(layer).output
    return models.Model(model.input, features), models.Model(features, model.output)


def learn(model: Any, train: Any, validation: Any) -> Known:
    """The classes' means in the training photos, and the likeness that all but 5 % of the validation photos have."""
    layer = feature_layer(model)
    front = cut(model, layer)[0]
    answer = answering(front, train.samples + validation.samples)
    seen, labels = _features(answer, train)
    rows = unit(seen)
    means = unit(np.stack([rows[labels == c].mean(axis=0) for c in range(train.num_classes)]))
    found = Known(layer, means, -1.0)
    held = found.likeness(_features(answer, validation)[0])
    return found._replace(least=float(np.quantile(held, 1 - KEPT)))


def _features(answer: Callable, dataset: Any) -> tuple[np.ndarray, np.ndarray]:
    """Features of a data set's photos as they are, not augmented, and their labels."""
    folder = dataset.folder
    paths: Sequence[str] = [folder.path(i) for i in range(len(folder.filenames))]
    rows, kept = [], []
    for numbers, pictures, _ in batches(paths, dataset.preprocessing, 32, 0):
        if numbers:
            rows.append(answer(pictures))
            kept += numbers
    return np.concatenate(rows), folder.labels[kept]
