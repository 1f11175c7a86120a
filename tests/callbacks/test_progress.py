"""The progress bar: redrawn on a terminal, never flooding a log."""

import io
import os
import re
import subprocess
import sys

import pytest

from lanthorn.callbacks import progress
from lanthorn.callbacks.progress import Progbar, choose_verbose, format_logs, format_rate, format_span, format_value


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Time that stands still until it is told to move."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    return Terminal()


@pytest.mark.parametrize(
    "call, expected",
    [
        (lambda: format_value(0.12345), "0.1235"),
        (lambda: format_value(0.0), "0.0000"),
        (lambda: format_value(0.000123), "1.2300e-04"),
        (lambda: format_value(-2.5), "-2.5000"),
        (lambda: format_value(float("nan")), "nan"),
        (lambda: format_value([0.5, 1.0]), "[0.5000, 1.0000]"),
        (lambda: format_span(7.2), "7s"),
        (lambda: format_span(67), "1:07"),
        (lambda: format_span(3667), "1:01:07"),
        (lambda: format_rate(2.4, "step"), "2s/step"),
        (lambda: format_rate(0.0124, "step"), "12ms/step"),
        (lambda: format_rate(0.000012, "sample"), "12us/sample"),
        (
            lambda: format_logs({"val_loss": 1.0, "loss": 2.0, "learning_rate": 0.5, "accuracy": 0.25}),
            " - accuracy: 0.2500 - loss: 2.0000 - learning_rate: 0.5000 - val_loss: 1.0000",
        ),
    ],
)
def test_formats(call, expected):
    assert call() == expected


def test_at_most_ten_drawings_a_second(clock, terminal):
    bar = Progbar(10_000, stream=terminal)
    for i in range(1, 10_000):
        clock[0] = i * 0.001  # ten seconds in all
        bar.update(i, {"loss": 1.0})
    assert 90 <= terminal.getvalue().count("\r") <= 101


def test_one_line_that_fits_the_terminal(clock, terminal):
    bar = Progbar(100, stream=terminal)
    for i in range(1, 101):
        clock[0] += 0.2
        bar.update(
            i, {"loss": 1.0, "a_rather_long_metric_name": 2.0, "another_long_metric_name": 3.0}, finalize=i == 100
        )
    drawn = terminal.getvalue().split("\r")[1:]
    assert all(len(line.rstrip("\n")) < 60 for line in drawn[:-1])
    assert "\n" not in "".join(drawn[:-1])
    assert drawn[-1].endswith("another_long_metric_name 3.000 loss 1.000\n")  # the last one is whole


def test_shorter_line_wipes_the_longer_one(clock, terminal):
    bar = Progbar(3, stream=terminal)
    clock[0] = 1.0
    bar.update(1, {"loss": 123456.0})
    clock[0] = 2.0
    bar.update(2, {"loss": 1.0})
    first, second = terminal.getvalue().split("\r")[1:]
    assert len(second) >= len(first)


def test_rate_leaves_out_the_first_step_and_the_rest_is_estimated(clock, terminal):
    bar = Progbar(11, stream=terminal)
    clock[0] = 60.0  # something is compiled
    bar.update(1, {})
    clock[0] = 65.0
    bar.update(6, {})
    assert "1s/step" in terminal.getvalue() and " 5s " in terminal.getvalue().split("\r")[-1]


def test_colours_only_on_a_terminal_that_wants_them(clock, terminal, monkeypatch):
    Progbar(2, stream=terminal).update(2, {"loss": 1.0})
    assert "\x1b" not in terminal.getvalue()
    monkeypatch.delenv("NO_COLOR")
    Progbar(2, stream=terminal).update(2, {"loss": 1.0})
    assert "\x1b[32m" in terminal.getvalue()


def test_old_encodings(clock, terminal):
    terminal.encoding = "ascii"
    Progbar(2, stream=terminal).update(2, {"loss": 1.0})
    terminal.getvalue().encode("ascii")


def test_unknown_length(clock, terminal):
    bar = Progbar(None, stream=terminal)
    clock[0] = 1.0
    bar.update(7, {"loss": 1.0})
    assert "7/?" in terminal.getvalue()
    bar.update(8, {"loss": 1.0}, finalize=True)
    assert terminal.getvalue().endswith("\n")


def test_log_gets_one_line(clock):
    log = io.StringIO()
    bar = Progbar(500, verbose=2, stream=log)
    for i in range(1, 501):
        clock[0] = i
        bar.update(i, {"loss": 1.0})
    assert log.getvalue() == "500/500 - 8:20 - 1s/step - loss: 1.0000\n"


def test_silent(clock, terminal):
    Progbar(1, verbose=0, stream=terminal).update(1, {"loss": 1.0})
    assert terminal.getvalue() == ""


def test_interrupted_line_is_ended_once(clock, terminal):
    bar = Progbar(10, stream=terminal)
    clock[0] = 1.0
    bar.update(3, {})
    bar.interrupt()
    bar.interrupt()
    assert terminal.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    "verbose, on_terminal, expected",
    [("auto", True, 1), ("auto", False, 2), (1, True, 1), (1, False, 2), (True, True, 1), (2, True, 2), (0, True, 0)],
)
def test_choose_verbose(verbose, on_terminal, expected, monkeypatch):
    monkeypatch.setattr(progress, "is_terminal", lambda stream=None: on_terminal)
    assert choose_verbose(verbose) == expected


def test_bad_verbose():
    with pytest.raises(ValueError, match="got 7"):
        choose_verbose(7)


SCRIPT = """
import time
from lanthorn.callbacks.progress import Progbar, choose_verbose
bar = Progbar(50, choose_verbose("auto"))
for i in range(1, 51):
    time.sleep(0.01)
    bar.update(i, {"loss": 1 / i})
print("done")
"""


def test_in_a_pipe():
    made = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    assert re.fullmatch(r"50/50 - \ds - \d+ms/step - loss: 0.0200\ndone\n", made.stdout)
    assert made.stderr == ""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_on_a_real_terminal():
    ours, theirs = os.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert process.wait(30) == 0
    lines = seen.decode().replace("\r\n", "\n").split("\n")
    assert lines[1:] == ["done", ""]
    assert 2 <= lines[0].count("\r") <= 12  # about half a second
    assert "50/50" in lines[0].split("\r")[-1] and "━" * 20 in lines[0].split("\r")[-1]
