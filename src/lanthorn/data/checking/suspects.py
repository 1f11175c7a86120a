"""Labels that are probably wrong: confident learning (Northcutt, Jiang, Chuang, arXiv 1911.00068).

Each photo is judged by a small classifier that has not seen it, on features of a frozen network. A label is suspicious
where another class is as likely as it usually is for photos of that class.
"""

from typing import Any, NamedTuple

import numpy as np

STRENGTH = 0.3  # of the penalty on the weights, per feature: see benchmarks/suspects.py
_STEPS, _MEMORY = 60, 8


class Suspect(NamedTuple):
    """Photo `place` bears the label `given`; `proposed` is likelier. `score` is the probability of `given` less that of
    `proposed`: the lower, the more suspicious."""

    place: int
    given: int
    proposed: int
    score: float


def label_suspects(labels: Any, probabilities: Any) -> list[Suspect]:
    """The photos whose label is suspicious, the worst first.

    `labels` int (n,) are places in the classes; `probabilities` (n, classes) must be out of fold: given by a classifier
    that was not trained on the photo itself. After Northcutt et al., equations 1 and 2 (the confident joint), ranked
    by normalised margin. A row with a NaN is left out. Raises ValueError where the shapes do not fit.

        >>> sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05], [0.2, 0.8], [0.1, 0.9]])
        >>> [(found.place, found.proposed) for found in label_suspects([0, 0, 0, 0, 1, 1], sure)]
        [(2, 1)]
    """
    labels, table = np.asarray(labels), np.asarray(probabilities, np.float64)
    if labels.ndim != 1 or table.ndim != 2 or len(table) != len(labels):
        raise ValueError(
            f"label_suspects: expected labels of shape (n,) and probabilities of shape (n, classes), got {labels.shape} "
            f"and {table.shape}."
        )
    if len(labels) and (labels.min() < 0 or labels.max() >= table.shape[1]):
        raise ValueError(
            f"label_suspects: labels must lie between 0 and {table.shape[1] - 1}, got {labels.min()} to {labels.max()}."
        )
    good = np.flatnonzero(np.isfinite(table).all(axis=1))
    labels, table = labels[good].astype(np.int64), table[good]
    sums, counts = np.zeros(table.shape[1]), np.bincount(labels, minlength=table.shape[1])
    own = table[np.arange(len(labels)), labels]
    np.add.at(sums, labels, own)
    usual = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)  # how sure one is of a class, on average
    confident = np.where(table >= usual, table, -1.0)
    proposed = confident.argmax(axis=1)
    likely = (confident.max(axis=1) >= 0) & (proposed != labels)
    score = own - table[np.arange(len(labels)), proposed]
    order = np.flatnonzero(likely & (score < 0))
    order = order[np.argsort(score[order], kind="stable")]
    return [Suspect(int(good[i]), int(labels[i]), int(proposed[i]), float(score[i])) for i in order]


def out_of_fold(
    features: Any, labels: Any, classes: int, folds: int = 5, seed: int = 0, groups: Any = None
) -> np.ndarray:
    """Probabilities (n, classes), each row by a logistic regression that was not trained on it: float64.

    `features` (n, d) are standardised and the weights penalised (L2). Each of `folds` parts holds the same share of
    every class, chosen by `seed`; photos with the same number in `groups` (twins) are in the same part. Deterministic.

        >>> x = np.random.default_rng(0).normal(size=(40, 3)) + 3 * np.arange(40)[:, None] // 20
        >>> table = out_of_fold(x, np.arange(40) // 20, 2)
        >>> table.shape, bool((table.argmax(1) == np.arange(40) // 20).mean() > 0.9)
        ((40, 2), True)
    """
    x, y = np.asarray(features, np.float32), np.asarray(labels, np.int64)
    if x.ndim != 2 or len(x) != len(y):
        raise ValueError(
            f"out_of_fold: expected features of shape (n, d), one row per label, got {x.shape} for {len(y)} labels."
        )
    part = _parts(y, max(2, min(folds, len(y))), seed, groups)
    table = np.full((len(x), classes), 1.0 / max(classes, 1))
    for k in np.unique(part):
        held, rest = part == k, part != k
        if rest.any():
            table[held] = _fitted(x[rest], y[rest], classes)(x[held])
    return table


def _parts(y: np.ndarray, folds: int, seed: int, groups: Any) -> np.ndarray:
    """The part of each photo: class by class, groups in a random order, one after the other into the parts."""
    groups = np.arange(len(y)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].ravel()
    rng = np.random.default_rng(seed)
    heads = np.unique(groups, return_index=True)[1]  # the first photo of each group speaks for its class
    part_of = np.zeros(len(heads), np.int64)
    start = 0
    for label in np.unique(y[heads]):
        members = rng.permutation(np.flatnonzero(y[heads] == label))
        part_of[members] = (start + np.arange(len(members))) % folds
        start += len(members)  # so that classes of one photo do not all fall into the first part
    return part_of[groups]


def _fitted(x: np.ndarray, y: np.ndarray, classes: int):
    """A multinomial logistic regression as a function of features, fitted by L-BFGS (Nocedal & Wright, algorithm 7.5)."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0).astype(np.float32)
    z = (x - mean) * scale / np.float32(np.sqrt(max(1, x.shape[1])))  # the strength means the same for any width
    counts = np.bincount(y, minlength=classes)
    truth = np.zeros((len(y), classes), np.float32)
    truth[np.arange(len(y)), y] = 1
    bias = np.log((counts + 0.5) / (counts + 0.5).sum()).astype(np.float32)
    penalty = np.float32(STRENGTH / 100)

    def loss(flat):
        w = flat.reshape(-1, classes)
        p, log_sum = _softmax(z @ w[:-1] + w[-1] + bias)
        value = (log_sum.sum() - ((z @ w[:-1] + w[-1] + bias) * truth).sum()) / len(y)
        error = (p - truth) / len(y)
        gradient = np.concatenate([z.T @ error + penalty * w[:-1], error.sum(axis=0, keepdims=True)])
        return float(value + penalty / 2 * (w[:-1] ** 2).sum()), gradient.ravel()

    w = _minimise(loss, np.zeros((x.shape[1] + 1) * classes, np.float32)).reshape(-1, classes)
    root = np.float32(np.sqrt(max(1, x.shape[1])))
    return lambda new: _softmax(((new - mean) * scale / root) @ w[:-1] + w[-1] + bias)[0].astype(np.float64)


def _softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    top = logits.max(axis=1, keepdims=True)
    powers = np.exp(logits - top)
    total = powers.sum(axis=1, keepdims=True)
    return powers / total, (np.log(total) + top)[:, 0]


def _minimise(loss, w: np.ndarray) -> np.ndarray:
    value, gradient = loss(w)
    pairs: list[tuple[np.ndarray, np.ndarray, float]] = []
    for _ in range(_STEPS):
        direction, alphas = -gradient, []
        for s, g, rho in reversed(pairs):
            alphas.append(rho * float(s @ direction))
            direction = direction - alphas[-1] * g
        if pairs:
            s, g, rho = pairs[-1]
            direction = direction / (rho * float(g @ g))
        for (s, g, rho), alpha in zip(pairs, reversed(alphas), strict=True):
            direction = direction + (alpha - rho * float(g @ direction)) * s
        slope, step = float(gradient @ direction), 1.0
        if slope >= -1e-10:
            break
        while True:
            new = w + np.float32(step) * direction
            new_value, new_gradient = loss(new)
            if new_value <= value + 1e-4 * step * slope or step < 1e-6:
                break
            step /= 2
        s, g = new - w, new_gradient - gradient
        if float(s @ g) > 1e-12:
            pairs = [*pairs[-_MEMORY + 1 :], (s, g, 1 / float(s @ g))]
        done = abs(value - new_value) < 1e-7 * max(1.0, abs(value))
        w, value, gradient = new, new_value, new_gradient
        if done:
            break
    return w
