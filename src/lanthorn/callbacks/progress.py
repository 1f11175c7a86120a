"""The progress bar: one line redrawn on a terminal, one line per epoch in a log."""

import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from ..core import settings

INTERVAL = 0.1  # seconds between two drawings
WIDTH = 20  # characters of the bar itself


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a line written to `stream` (standard output if None) can be drawn over."""
    stream = stream or sys.stdout
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):  # no such method, or a closed stream
        return False


def is_notebook() -> bool:
    """Whether this runs in a notebook, whose output cell can redraw a line too."""
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def choose_verbose(verbose: Any) -> int:
    """0: silent, 1: a bar, 2: a line per epoch. 'auto' and 1 mean a bar where one can be drawn, else lines."""
    if verbose in ("auto", 1, True, None):
        return 1 if settings.is_interactive_logging_enabled() and (is_terminal() or is_notebook()) else 2
    if verbose in (0, 2):
        return int(verbose)
    raise ValueError(f"fit: `verbose` must be 'auto', 0 (silent), 1 (a bar) or 2 (a line per epoch), got {verbose!r}.")


def format_value(value: Any) -> str:
    """A number in four digits; several as a list."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        items = getattr(value, "tolist", lambda: value)()
        if isinstance(items, (list, tuple)):
            return "[" + ", ".join(map(format_value, items)) + "]"
        return str(value)
    return f"{number:.4f}" if abs(number) > 1e-3 or number == 0 else f"{number:.4e}"


def format_logs(logs: Mapping[str, Any]) -> str:
    """`accuracy: 0.9123 - loss: 0.2345`, the names in alphabetical order, training before validation."""
    names = sorted(logs, key=lambda name: (name.startswith("val_"), name == "learning_rate", name))
    return "".join(f" - {name}: {format_value(logs[name])}" for name in names)


def shorter(numbers: str) -> str:
    """What `format_logs` gave, with fewer letters and digits: `acc 0.912 loss 0.234 val_acc 0.900`."""
    words = re.sub(r" - (\w+): ", lambda found: f" {found[1].replace('accuracy', 'acc')} ", numbers)
    return re.sub(r"\d\.\d{4}\b", lambda found: f"{float(found[0]):.3f}", words)


def format_span(seconds: float) -> str:
    """`7s`, `1:07`, `1:01:07`."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole}s"
    minutes, seconds_left = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{seconds_left:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds_left:02d}"


def format_rate(seconds: float, unit: str) -> str:
    """Time of one step: `12ms/step`."""
    if seconds >= 1:
        return f"{seconds:.0f}s/{unit}"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/{unit}"
    return f"{seconds * 1e6:.0f}us/{unit}"


class Progbar:
    """Shows how far a run of `target` steps has come.

    Args:
        target: number of steps, None if it is not known.
        verbose: 0 silent, 1 a bar that is redrawn, 2 one line at the end.
        unit_name: what one step is called.
        stream: where to write; standard output if None.

    Example:
        >>> bar = lanthorn.utils.Progbar(2, verbose=2)
        >>> bar.update(2, {"loss": 0.5})  # 2/2 - 0s - 12us/step - loss: 0.5000
    """

    def __init__(
        self, target: int | None, verbose: int = 1, unit_name: str = "step", stream: TextIO | None = None, **_: Any
    ):
        self.target, self.verbose, self.unit = target, verbose, unit_name
        self._stream = stream
        self._start = time.perf_counter()
        self._after_first: float | None = None
        self._last = self._start  # when the last step ended: a validation after it does not count as steps
        self._next = self._start  # when the line may be drawn again
        self._drawn = 0  # length of the line that stands there now
        self.current = 0
        self.finished = False

    @property
    def stream(self) -> TextIO:
        return self._stream or sys.stdout

    def due(self) -> bool:
        """Whether enough time has passed for the line to be drawn again."""
        return self.verbose == 1 and time.perf_counter() >= self._next

    def step(self, current: int) -> None:
        """Note that `current` steps are done; draws nothing."""
        self.current, self._last = current, time.perf_counter()
        if current == 1:
            self._after_first = self._last

    def add(self, n: int, values: Any = None) -> None:
        """`n` more steps are done."""
        self.update(self.current + n, values)

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """`current` steps are done. Draws if a tenth of a second has passed, or at the end.

        Args:
            values: what to show, as a dict or a list of (name, value).
            finalize: whether this is the last time; told from `target` if None.
        """
        if current != self.current:
            self.step(current)
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if self.verbose == 0 or self.finished or not (finalize or self.due()):
            return
        logs = dict(values or {})
        if self.verbose == 2:
            if finalize:
                self._write(self._head_plain() + format_logs(logs) + "\n")
        else:
            self._draw(logs, finalize)
        self.finished = finalize
        self._next = time.perf_counter() + INTERVAL

    def interrupt(self) -> None:
        """Leave the line as it stands, so that what is written next begins on a new one."""
        if self.verbose == 1 and self._drawn and not self.finished:
            self._write("\n")
        self._drawn, self.finished = 0, True

    # -- the line --------------------------------------------------------------------------------------------------
    def _seconds_per_step(self) -> float:
        if self.current > 1 and self._after_first is not None:  # the first step is slower: something is compiled
            return (self._last - self._after_first) / (self.current - 1)
        return (self._last - self._start) / max(self.current, 1)

    def _elapsed(self) -> float:
        return time.perf_counter() - self._start

    def _head_plain(self) -> str:
        count = f"{self.current}/{self.target}" if self.target else f"{self.current}"
        return f"{count} - {format_span(self._elapsed())} - {format_rate(self._seconds_per_step(), self.unit)}"

    def _draw(self, logs: dict, finalize: bool) -> None:
        full, empty = self._pens()
        if self.target:
            done = int(WIDTH * min(self.current / self.target, 1.0))
            count = f"{self.current:>{len(str(self.target))}}/{self.target}"
            bar = (full * done, empty * (WIDTH - done))
            left = self._seconds_per_step() * max(self.target - self.current, 0)
            span = format_span(self._elapsed() if finalize else left)
        else:
            count, bar, span = f"{self.current}/?", ("", ""), format_span(self._elapsed())
        head, rate, numbers = f"{count} ", format_rate(self._seconds_per_step(), self.unit), format_logs(logs)
        tail = f" {span} {rate}{numbers}"
        on_terminal = is_terminal(self.stream)
        columns = shutil.get_terminal_size((100, 24)).columns if on_terminal else 10**6
        # A line that wraps cannot be drawn over: first the rate goes, then the bar, then the words are shortened.
        if len(head) + WIDTH + len(tail) >= columns:
            tail = f" {span}{numbers}"
        if len(head) + WIDTH + len(tail) >= columns:
            bar = ("", "")
        if len(head) + len(tail) >= columns:
            tail = f"{span}{shorter(numbers)}"
        if finalize:  # what does not fit is left out as a whole, that of the training first
            for name in [name for name in logs if not name.startswith("val_") and name not in ("loss", "accuracy")]:
                if len(head) + len(tail) >= columns:
                    logs = {k: v for k, v in logs.items() if k not in (name, f"val_{name}")}
                    tail = f"{span}{shorter(format_logs(logs))}"
        room = columns - 1 - len(head) - len(bar[0]) - len(bar[1])
        if not finalize and len(tail) > room:
            tail = tail[: max(room - 1, 0)] + ("…" if full == "━" and room > 0 else "")
        length = len(head) + len(bar[0]) + len(bar[1]) + len(tail)
        if on_terminal and "NO_COLOR" not in os.environ:
            bar = (f"\x1b[32m{bar[0]}\x1b[0m" if bar[0] else "", f"\x1b[90m{bar[1]}\x1b[0m" if bar[1] else "")
            head = f"\x1b[1m{head}\x1b[0m"
        blank = " " * max(self._drawn - length, 0)
        self._write("\r" + head + bar[0] + bar[1] + tail + blank + ("\n" if finalize else ""))
        self._drawn = 0 if finalize else length

    def _pens(self) -> tuple[str, str]:
        try:
            "━…".encode(getattr(self.stream, "encoding", None) or "ascii")
        except (UnicodeEncodeError, LookupError):
            return "=", "."
        return ("━", "━") if is_terminal(self.stream) and "NO_COLOR" not in os.environ else ("━", "╌")

    def _write(self, text: str) -> None:
        write(self.stream, text)


def write(stream: TextIO, text: str) -> None:
    """Write to a stream whose encoding may lack some of the characters: they are written as escapes, such as \\xd7.

    What would go to standard output goes to the logger "lanthorn" where interactive logging is disabled.
    """
    if stream is sys.stdout and not settings.is_interactive_logging_enabled():
        logging.getLogger("lanthorn").info(text.strip())
        return
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = getattr(stream, "encoding", None) or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:  # `… | head`: nobody reads on, and what is being trained is not lost for that
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str) -> None:
    """One line to standard output."""
    write(sys.stdout, text + "\n")
