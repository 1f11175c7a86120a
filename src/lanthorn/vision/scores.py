"""What a saliency map explains: the score of one class, before the last softmax or sigmoid where there is one."""

import difflib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core.operation import Operation
from .probing import Heard, Probe

KINDS = {"softmax": "softmax", "log_softmax": "softmax", "sigmoid": "sigmoid"}


class Scores:
    """The scores of a model's classes for a batch.

    Args:
        probe: the model.
        outputs, heard: what a run of it gave: `Probe.record`.

    Attributes:
        kind: "softmax" or "sigmoid" where the last layer is one (scores are what it is given), else "" (scores are
            the model's outputs).
        width: how many outputs there are.
    """

    def __init__(self, probe: Probe, outputs: Any, heard: list[Heard]):
        shape = tuple(getattr(outputs, "shape", ()))
        if len(shape) != 2:
            what = f"shape {shape}" if shape else f"a {type(outputs).__name__} of several"
            raise ValueError(
                f"saliency: expected {probe.model.describe()} to give one row of scores per picture, (n, classes), got "
                f"{what}. Make a model of the one output in question: lanthorn.Model(model.inputs, output)."
            )
        self.probe, self.outputs, self.width, self.kind = probe, outputs, int(shape[-1]), ""
        self.changes: dict[tuple[int, int], Callable] = {}
        last = next((each for each in heard if each.outputs is outputs), None)
        if last is not None:
            self.kind, change = _without_activation(last.layer)
            if change is not None:
                self.changes[(id(last.layer), last.number)] = change

    def run(self, x: Any, changes: dict[tuple[int, int], Callable] | None = None) -> Any:
        """The scores of a batch, (n, classes), as the engine's array."""
        return self.probe.run_with(x, self.changes | (changes or {}))

    def numbers(self, x: np.ndarray) -> np.ndarray:
        """The scores of a batch as float64 (n, classes)."""
        with self.probe.engine.no_grad():
            return self.probe.engine.to_numpy(self.run(x)).astype("float64")

    def probabilities(self, scores: np.ndarray, target: "Target") -> np.ndarray:
        """The probability of the class in each row of scores; the outputs themselves where nothing makes shares."""
        chosen = target.of(scores)
        if self.kind == "softmax":
            shifted = scores - scores.max(axis=-1, keepdims=True)
            return np.exp(target.of(shifted)) / np.exp(shifted).sum(axis=-1)
        if self.kind == "sigmoid":
            return 1 / (1 + np.exp(np.clip(-chosen, -700, 700)))
        return chosen


class Target(NamedTuple):
    """One class: its column in the scores, and -1 where the score speaks for the other of two classes."""

    column: int
    sign: int = 1

    def of(self, scores: Any) -> Any:
        """The score of this class in each row: (n,)."""
        return scores[:, self.column] * self.sign


def choose(asked: Any, scores: Scores, class_names: Sequence[str] | None) -> Target:
    """The class that was asked for by number or name; None: the one that the model saw when it was listened to.

    Raises:
        ValueError: the model has no such class.
    """
    names = list(class_names or [])
    two = scores.width == 1 and (scores.kind == "sigmoid" or len(names) == 2)
    count = 2 if two else scores.width
    if asked is None:
        row = scores.probe.engine.to_numpy(scores.outputs)[0]
        asked = int(row[0] > 0.5) if two else int(row.argmax())
    if isinstance(asked, str):
        if asked not in names:
            near = difflib.get_close_matches(asked, names, n=3)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            known = ", ".join(names) if names else "none; set model.class_names, or give the number of the class"
            raise ValueError(f"saliency: the model has no class {asked!r}; its classes: {known}.{hint}")
        asked = names.index(asked)
    number = int(asked)
    if not 0 <= number < count:
        raise ValueError(
            f"saliency: the model has {count} classes, expected `target` from 0 to {count - 1}, got {asked}."
        )
    return Target(0, 1 if number else -1) if two else Target(number)


def _without_activation(layer: Any) -> tuple[str, Callable | None]:
    """The kind of a last layer, and what computes it without its softmax or sigmoid."""
    if isinstance(layer, Operation) or type(layer).__name__ == "Softmax":
        kind = KINDS.get(getattr(layer, "op", "softmax"), "")
        return kind, (lambda compute, args: args[0]) if kind else None
    activation = getattr(layer, "activation", None) if not layer.is_foreign else None
    name = getattr(activation, "__name__", None) or type(activation).__name__.lower()
    if name not in KINDS:
        return "", None
    plain = object.__new__(type(layer))  # the same weights, without the activation; the layer itself stays as it is
    plain.__dict__.update({k: v for k, v in vars(layer).items() if k != "call"}, activation=lambda x: x)
    return KINDS[name], lambda compute, args: type(layer).call(plain, *args)
