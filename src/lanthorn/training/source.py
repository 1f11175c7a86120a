"""A source of batches, and what may be put around one: steps, weights, a function of its inputs, a look at labels."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import arrays


class Source:
    """Batches, epoch by epoch.

    `steps`: how many an epoch has, None until that is known. `exact`: whether fewer than that mean that the data is
    used up (a folder may give fewer, where pictures cannot be read).
    """

    steps: int | None = None
    exact: bool = False

    def epoch(self, number: int) -> Iterator[tuple[Any, Any, Any]]:
        """The batches of one epoch."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop what runs in the background."""


class Around(Source):
    """Another source, of which each batch is changed or looked at."""

    def __init__(self, source: Source):
        self.source, self.steps, self.exact = source, source.steps, source.exact

    def close(self):
        self.source.close()


class Stepped(Around):
    """Epochs of a given number of batches, cut from a source that goes on where the last epoch ended."""

    exact = True

    def __init__(self, source: Source, steps: int):
        if int(steps) < 1:
            raise ValueError(f"fit: the steps of an epoch must be at least 1, got {steps}.")
        self.source, self.steps = source, int(steps)
        self.rounds, self.stream = 0, None

    def epoch(self, number):
        if self.stream is None:  # a resumed run begins with the round that its first epoch would have had
            self.rounds = number * (self.steps or 1) // (self.source.steps or 1) if self.source.steps else number
        given = 0
        while given < self.steps:  # pyright: ignore[reportOperatorIssue]
            fresh = self.stream is None
            if self.stream is None:
                self.stream = self.source.epoch(self.rounds)
                self.rounds += 1
            batch = next(self.stream, None)
            if batch is not None:
                given += 1
                yield batch
                continue
            self.stream = None
            if fresh:
                return  # nothing more will come

    def around(self, source: Source) -> Source:
        """The same epochs cut from another source."""
        return Stepped(source, self.steps or 1)


class Weighted(Around):
    """A source with the weights of the classes as sample weights."""

    def __init__(self, source: Source, class_weight: dict):
        super().__init__(source)
        self.class_weight = class_weight

    def epoch(self, number):
        for x, y, w in self.source.epoch(number):
            weights = arrays.class_weights(y, self.class_weight)
            yield x, y, weights if w is None else weights * np.asarray(w)

    def around(self, source: Source) -> Source:
        """The same weights on another source."""
        return Weighted(source, self.class_weight)


class Mapped(Around):
    """A source whose inputs something is done to on the host: texts become numbers, pictures features."""

    def __init__(self, source: Source, function: Callable[[Any], Any]):
        super().__init__(source)
        self.function = function

    def epoch(self, number):
        for x, y, w in self.source.epoch(number):
            yield self.function(x), y, w


class Checked(Around):
    """A source whose labels are looked at before they go to the device."""

    def __init__(self, source: Source, check: Callable[[Any], None]):
        super().__init__(source)
        self.check = check

    def epoch(self, number):
        for batch in self.source.epoch(number):
            self.check(batch[1])
            yield batch
