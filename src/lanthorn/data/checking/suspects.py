"""Labels that are probably wrong: confident learning (Northcutt, Jiang, Chuang, arXiv 1911.00068).

Each photo is judged by a small classifier that has not seen it, on features of a frozen network. A label is suspicious
where another class is as likely as it usually is for photos of that class.
"""

from typing import Any, NamedTuple

import numpy as np

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # on the squared weights of features whose rows have length 1


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
    that was not trained on the photo itself. The confident joint (Northcutt et al., equations 1 to 3) tells how many
    labels are wrong, the margin which. A row with a NaN is left out. Raises ValueError where the shapes do not fit.

        >>> sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05], [0.2, 0.8], [0.1, 0.9]])
        >>> [(found.place, found.proposed) for found in label_suspects([0, 0, 0, 0, 1, 1], sure)]
        [(2, 1)]
    """
    labels, table = np.asarray(labels), np.asarray(probabilities, np.float64)
    if labels.ndim != 1 or table.ndim != 2 or len(table) != len(labels):
        raise ValueError(
            f"label_suspects: expected labels (n,) and probabilities (n, classes), got the shapes {labels.shape} "
            f"and {table.shape}."
        )
    if len(labels) and (labels.min() < 0 or labels.max() >= table.shape[1]):
        raise ValueError(
            f"label_suspects: labels must lie between 0 and {table.shape[1] - 1}, got {labels.min()} to {labels.max()}."
        )
    good = np.flatnonzero(np.isfinite(table).all(axis=1))
    labels, table = labels[good].astype(np.int64), table[good]
    rows, counts = np.arange(len(labels)), np.bincount(labels, minlength=table.shape[1])
    others = table.copy()
    others[rows, labels] = -1
    proposed = others.argmax(axis=1) if len(labels) else labels
    score = table[rows, labels] - table[rows, proposed]
    order = np.argsort(score, kind="stable")[: _how_many(labels, table, counts)]
    order = order[score[order] < 0]
    return [Suspect(int(good[i]), int(labels[i]), int(proposed[i]), float(score[i])) for i in order]


def _how_many(labels: np.ndarray, table: np.ndarray, counts: np.ndarray) -> int:
    """How many labels are wrong: the confident joint off its diagonal, each row brought to the count of its label."""
    if not len(labels):
        return 0
    own = np.bincount(labels, table[np.arange(len(labels)), labels], minlength=len(counts))
    usual = np.where(counts > 0, own / np.maximum(counts, 1), np.inf)  # how sure one is of a class, on average
    confident = np.where(table >= usual, table, -1.0)
    sure = confident.max(axis=1) >= 0
    joint = np.zeros((len(counts), len(counts)))
    np.add.at(joint, (labels[sure], confident[sure].argmax(axis=1)), 1)
    joint *= (counts / np.maximum(joint.sum(axis=1), 1))[:, None]
    return round(float(joint.sum() - np.trace(joint)))


def out_of_fold(features: Any, labels: Any, classes: int, groups: Any = None) -> np.ndarray:
    """Probabilities (n, classes), each row by a classifier that was trained on all the other photos: float64.

    A ridge regression on standardised `features` (n, d), whose leave-one-out answers have a closed form (Hastie,
    Tibshirani, Friedman, The Elements of Statistical Learning, equation 7.64); the penalty is the one that errs least
    so, and a softmax whose sharpness is the likeliest makes probabilities of them. Photos with the same number in
    `groups` (twins) are left out together. Deterministic. Raises ValueError where the shapes do not fit.

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
    if len(y) < 2:
        return np.full((len(y), classes), 1.0 / max(classes, 1))
    truth = np.zeros((len(y), classes), np.float32)
    truth[np.arange(len(y)), y] = 1
    basis, sizes = _principal(_standardised(x))
    together = _members(groups, len(y))
    answers = [_left_out(basis, sizes / (sizes + penalty), truth, together) for penalty in PENALTIES]
    best = min(answers, key=lambda answer: float(((answer - truth) ** 2).sum()))
    return _likeliest(best.astype(np.float64), y)


def _standardised(x: np.ndarray) -> np.ndarray:
    """Features of mean 0 and spread 1, each row brought to length 1: a photo that is unlike all others does not weigh
    more than they do."""
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) * np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-6)
    return x - x.mean(axis=0)


def _principal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left singular vectors (n, r) of x (n, d) and squares of its singular values, by way of the smaller product."""
    wide = x.shape[0] <= x.shape[1]
    sizes, vectors = np.linalg.eigh((x @ x.T if wide else x.T @ x).astype(np.float64))
    keep = sizes > 1e-6 * max(float(sizes[-1]), 1e-12)
    sizes, vectors = sizes[keep], vectors[:, keep].astype(np.float32)
    return (vectors if wide else x @ (vectors / np.sqrt(sizes).astype(np.float32))), sizes


def _members(groups: Any, n: int) -> list[np.ndarray]:
    """The places of each group that has two members or more."""
    if groups is None:
        return []
    which = np.unique(np.asarray(groups), return_inverse=True)[1].ravel()
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(which[order])) + 1)
    return [part for part in parts if 1 < len(part) < n]


def _left_out(basis: np.ndarray, shrunk: np.ndarray, truth: np.ndarray, together: list[np.ndarray]) -> np.ndarray:
    """What the ridge regression answers for each row (and the rows of its group) when trained without it."""
    weighted = basis * shrunk.astype(np.float32)
    residual = truth - truth.mean(axis=0) - weighted @ (basis.T @ truth)
    own = 1 - (weighted * basis).sum(axis=1) - 1 / len(truth)
    out = residual / np.maximum(own, 1e-3)[:, None]
    for part in together:
        inner = np.eye(len(part)) - weighted[part] @ basis[part].T - 1 / len(truth)
        out[part] = np.linalg.lstsq(inner, residual[part], rcond=1e-3)[0]
    return truth - out


def _likeliest(answers: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Softmax of the answers, made as sharp as fits the labels best."""
    tables = []
    for sharpness in np.geomspace(0.5, 64, 29):
        powers = np.exp(sharpness * (answers - answers.max(axis=1, keepdims=True)))
        table = powers / powers.sum(axis=1, keepdims=True)
        tables.append((float(-np.log(np.maximum(table[np.arange(len(y)), y], 1e-12)).mean()), len(tables), table))
    return min(tables)[2]
