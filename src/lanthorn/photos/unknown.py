"""When to answer "none of these": a photo that is like none of the classes, in what the network sees of it.

A softmax is sure of what it has never seen. How close a photo lies to the mean of a class, by the angle between their
features, tells better: the figures are in docs/decisions/none-of-these.md.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import models
from .loading import answering
from .reading import batches

KEPT = 0.95  # of the held-out photos are named, or more
SLACK = 1e-4  # what rounding and another engine may change


class Known(NamedTuple):
    """What the classes look like: `means` (classes, features) of length 1, and how like one a photo must be at least.

    `layer` names the layer whose output the features are. Of `held` held-out photos, `passed` get a name; of photos of
    a class that is left out, the share `left_out` gets none (None: not known, as the network itself learnt from them).
    """

    layer: str
    means: np.ndarray
    least: float
    held: int = 0
    passed: int = 0
    left_out: float | None = None

    def likeness(self, features: np.ndarray) -> np.ndarray:
        """How like the nearest class each row is: the cosine of the angle, (photos,)."""
        return (unit(features) @ self.means.T).max(axis=1)

    def to_config(self) -> dict[str, Any]:
        """Plain data for a model's metadata."""
        rounded = [[round(float(x), 4) for x in row] for row in self.means]
        told = self._asdict() | {"least": round(float(self.least), 5), "means": rounded}
        return {name: value for name, value in told.items() if value is not None}

    def lines(self) -> list[str]:
        """What it costs, and what it may be worth."""
        lost = self.held - self.passed
        told = [f"refuses {lost} of {self.held} validation photos ({100 * lost / max(1, self.held):.1f} %)"]
        if self.left_out is not None:
            told.append(f"and {100 * self.left_out:.0f} % of the photos of a class that it was not shown")
        return told


def unit(rows: np.ndarray) -> np.ndarray:
    """The rows, each of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)


def known(model: Any) -> Known | None:
    """What a model's metadata say of its classes; None if it was not trained to know."""
    found = (getattr(model, "metadata", None) or {}).get("known")
    if not found:
        return None
    given: dict[str, Any] = {name: found[name] for name in Known._fields if name in found}
    given["means"] = np.asarray(found["means"], np.float32)
    return Known(**given)


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


def learn(model: Any, train: Any, validation: Any, verbose: Any = 0) -> Known:
    """The classes' means in the training photos, and the likeness that all but 5 % of the validation photos have."""
    layer = feature_layer(model)
    front = cut(model, layer)[0]
    answer = answering(front, train.samples + validation.samples)
    means = class_means(*_features(answer, train, verbose), train.num_classes)
    held, labels = _features(answer, validation, verbose)
    table = unit(held) @ means.T
    top = table.max(axis=1)
    least = threshold(top)
    # Features of a network that was trained on all classes are no measure of what it makes of others
    apart = left_out(table, labels) if not front.trainable_variables and labels.ndim == 1 else None
    return Known(layer, means, least, len(top), int((top >= least).sum()), apart)


def class_means(features: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The mean direction of each class, (classes, features), as it is stored; zeros where a class has no photos."""
    rows = unit(features)
    shown = labels > 0 if labels.ndim == 2 else labels[:, None] == np.arange(classes)
    return np.round(unit(shown.T.astype(np.float32) @ rows), 4).astype(np.float32)


def threshold(likeness: np.ndarray) -> float:
    """What all but 5 % of the photos reach; with fewer than 21, all of them."""
    return float(np.quantile(likeness, 1 - KEPT, method="lower")) - SLACK


def left_out(table: np.ndarray, labels: np.ndarray) -> float | None:
    """The share of held-out photos that is refused by the means of the other classes: each class left out in turn.

    `table` holds how like each class each photo is, (photos, classes).
    """
    refused = []
    for each in np.unique(labels):
        others, own = np.delete(table, each, axis=1), labels == each
        if own.all() or not others.shape[1]:
            continue
        likeness = others.max(axis=1)
        refused.append(likeness[own] < threshold(likeness[~own]))
    return float(np.concatenate(refused).mean()) if refused else None


def _features(answer: Callable, dataset: Any, verbose: Any) -> tuple[np.ndarray, np.ndarray]:
    """Features of a data set's photos as they are, not augmented, and their labels."""
    folder = dataset.folder
    paths: Sequence[str] = [folder.path(i) for i in range(len(folder.filenames))]
    rows, kept = [], []
    for numbers, pictures, _ in batches(paths, dataset.preprocessing, 32, verbose):
        if numbers:
            rows.append(answer(pictures))
            kept += numbers
    return np.concatenate(rows), np.asarray(folder.labels)[kept]
