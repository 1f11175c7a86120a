"""Which photos the report is about, how the model names them, and which of them are wrong or doubtful."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..evaluation import Evaluation, evaluate


@dataclass(frozen=True)
class Measured:
    """The answers for the photos. Photos are numbered as in `evaluation`.

    Attributes:
        evaluation: the answers and the right classes.
        note: a sentence on which photos these are.
        wrong, doubtful, right: the numbers of the photos named wrong, the most confident mistake first; named right
            with a probability below the limit, the least certain first; and of the others, in the order of their names.
        broken: what cannot be read, with the reason.
    """

    evaluation: Evaluation
    note: str
    wrong: list[int]
    doubtful: list[int]
    right: list[int]
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def table(self) -> np.ndarray:
        """The probabilities (photos, classes)."""
        return self.evaluation.predictions.table

    @cached_property
    def answers(self) -> np.ndarray:
        """The likeliest class of each photo, int (photos,)."""
        return self.table.argmax(axis=1)

    @cached_property
    def names(self) -> list[str]:
        """The photos as the page names them: relative to the folder that was measured."""
        return [short_name(title, self.evaluation.where) for title in self.evaluation.predictions.titles()]


def short_name(title: str, root: str) -> str:
    """A path below `root` without it, anything else as it is."""
    try:
        return Path(title).relative_to(root).as_posix() if root else title
    except ValueError:
        return title


def measure(model: Any, photos: Any, below: float, options: dict[str, Any]) -> Measured:
    """Name the photos: those of a validation folder; those that the training held back, if PHOTOS is what was trained
    on; else all of them."""
    evaluation = evaluate(model, photos, **options)
    if not isinstance(evaluation, Evaluation):
        raise ValueError(
            "report: these photos have several labels each, for which there is no page. `lanthorn evaluate` (in Python "
            "lanthorn.evaluate) measures them."
        )
    table = evaluation.predictions.table
    best, top = table.argmax(axis=1), table.max(axis=1)
    right = best == evaluation.labels
    numbers = np.argsort(-top, kind="stable")
    wrong = [int(i) for i in numbers if not right[i]]
    doubtful = [int(i) for i in np.argsort(top, kind="stable") if right[i] and top[i] < below]
    rest = [int(i) for i in np.flatnonzero(right & (top >= below))]
    note = evaluation.note or (
        f"Measured on all photos in {evaluation.where}. Those that the model was trained on, if there are such among "
        "them, make it look better than it is."
    )
    return Measured(evaluation, note, wrong, doubtful, rest, dict(evaluation.broken))
