"""A field with an axis below and one at its left: round numbers, thin lines, from data to pixels."""

import math

from .plot import Plot


class Axes:
    """A field of a plot.

    Args:
        plot: what is drawn on.
        left, top, right, bottom: the field, in pixels.
        x, y: (lowest, highest) value along each axis; y is widened to round numbers.
        whole: whether values along x are whole numbers, as epochs are.
        percent: whether values are shares, shown as percentages.
    """

    def __init__(
        self, plot: Plot, left: float, top: float, right: float, bottom: float, x: tuple, y: tuple,
        whole: bool = False, percent: bool = False,
    ):  # fmt: skip
        self.plot, self.left, self.top, self.right, self.bottom = plot, left, top, right, bottom
        self.x_ticks = ticks(x[0], x[1], 5 if right - left < 300 else 8, whole)
        self.y_ticks = ticks(y[0], y[1], 5)
        self.x = x if x[1] > x[0] else (x[0] - 0.5, x[1] + 0.5)
        self.y = (min(y[0], self.y_ticks[0]), max(y[1], self.y_ticks[-1]))
        for value in self.y_ticks:
            at = self.place(self.x[0], value)[1]
            plot.line([(left, at), (right, at)], "grid", 1)
            plot.text(left - 8, at, label(value, self.y_ticks, percent), "faint", 12, "rm")
        for value in self.x_ticks:
            at = self.place(value, self.y[0])[0]
            plot.line([(at, bottom), (at, bottom + 4)], "faint", 1)
            plot.text(at, bottom + 8, label(value, self.x_ticks, percent), "faint", 12, "ma")
        plot.line([(left, bottom), (right, bottom)], "faint", 1)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a value lies, in pixels."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def curve(self, xs, ys, colour: str, dashed: bool = False) -> None:
        """A line through the values, broken where one is no number; a value with no neighbour is a dot."""
        run: list = []
        for x, y in zip([*xs, 0], [*ys, math.nan], strict=True):  # the last ends the last piece
            if math.isfinite(y):
                run.append(self.place(x, y))
                continue
            if len(run) == 1:
                self.plot.circle(run[0][0], run[0][1], 3.5, colour)
            elif run:
                self.plot.line(run, colour, 2, dashed)
            run = []


def ticks(low: float, high: float, most: int = 6, whole: bool = False) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, at most about `most`; whole ones lie between.

    >>> ticks(0.13, 0.87), ticks(1, 30, 6, whole=True), ticks(2, 2, whole=True)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [5, 10, 15, 20, 25, 30], [2])
    """
    if whole:
        step = next(s for s in _steps(1) if (high - low) / s <= most)
        return list(range(math.ceil(low / step) * int(step), math.floor(high) + 1, int(step)))
    span = high - low if high > low else max(abs(high), 1e-9) * 0.2
    start = low if high > low else low - span / 2
    step = next(s for s in _steps(10 ** math.floor(math.log10(span / most))) if span / s <= most)
    first, last = math.floor(start / step + 1e-9), math.ceil((start + span) / step - 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def _steps(smallest: float):
    while True:
        yield from (smallest, 2 * smallest, 5 * smallest)
        smallest *= 10


def label(value: float, among: list, percent: bool = False) -> str:
    """A tick's number, with as many digits as its neighbours need."""
    if percent:
        return f"{100 * value:.0f} %"
    if all(isinstance(n, int) for n in among):
        return str(value)
    largest = max(abs(n) for n in among)
    step = min((abs(b - a) for a, b in zip(among, among[1:], strict=False)), default=largest) or 1
    if largest >= 1e5 or largest < 1e-3:
        return f"{value:.1e}" if value else "0"
    return f"{value:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
