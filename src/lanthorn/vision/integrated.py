"""Integrated gradients: how much each number of the input adds to a class's score."""

from typing import Any, NamedTuple

import numpy as np

from .pictured import pictured
from .probing import Probe
from .scores import Scores, Target, choose

TOGETHER = 16  # points of the way that go through the network at once


class Attributions(NamedTuple):
    """What each number of the input adds to the score, and the score at both ends.

    `values`: float32, of the input's shape without the batch; their sum is `score` - `baseline`, but for the error of
    the quadrature.
    """

    values: np.ndarray
    score: float
    baseline: float


def integrated_gradients(
    model: Any, image: Any, target: Any = None, baseline: Any = None, steps: int = 48
) -> Attributions:
    """Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365, eq. 1).

    (x - baseline) times the mean of the gradient of the score along the straight way from `baseline` to x, by
    Gauss-Legendre quadrature with `steps` points. `image` and `target` are those of `saliency`; `baseline` is a number
    or an array of the input's shape, as the network gets it; None is a black picture. The score is that before the
    last softmax or sigmoid. Raises ValueError where model and picture do not fit.

        >>> model = lanthorn.Sequential([
        ...     lanthorn.Input((4, 4, 1)), lanthorn.layers.Flatten(), lanthorn.layers.Dense(2, activation="softmax")
        ... ])
        >>> found = lanthorn.vision.integrated_gradients(model, np.ones((4, 4, 1), "float32"), target=1)
        >>> bool(abs(found.values.sum() - (found.score - found.baseline)) < 1e-5)
        True
    """
    picture = pictured(model, image, "integrated_gradients")
    probe = Probe(model, picture.channels_first)
    scores = Scores(probe, *probe.record(picture.batch))
    chosen = choose(target, scores, getattr(model, "class_names", None))
    start = picture.black if baseline is None else np.broadcast_to(np.asarray(baseline, "float32"), picture.batch.shape)
    return along_the_way(scores, picture.batch, start, chosen, steps)


def along_the_way(scores: Scores, x: np.ndarray, start: np.ndarray, target: Target, steps: int) -> Attributions:
    """`integrated_gradients` for what is prepared and chosen already."""
    if steps < 1:
        raise ValueError(f"integrated_gradients: `steps` must be 1 or more, got {steps}.")
    engine = scores.probe.engine
    places, weights = np.polynomial.legendre.leggauss(steps)
    if steps > TOGETHER:  # filled up with points of no weight: an engine that compiles for a size does so once
        places, weights = (np.pad(part, (0, -steps % TOGETHER)) for part in (places, weights))
    total = np.zeros(x.shape[1:], "float64")
    for first in range(0, len(places), TOGETHER):
        some = ((places[first : first + TOGETHER] + 1) / 2).astype("float32").reshape(-1, 1, 1, 1)
        _, gradient = engine.gradient_of(lambda batch: target.of(scores.run(batch)), start + some * (x - start))
        share = weights[first : first + TOGETHER].reshape(-1, 1, 1, 1) / 2
        total += (engine.to_numpy(gradient).astype("float64") * share).sum(axis=0)
    values = (total * (x - start)[0]).astype("float32")
    score, baseline = (float(target.of(scores.numbers(part))[0]) for part in (x, start))
    return Attributions(values, score, baseline)
