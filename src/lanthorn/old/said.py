"""Saying once, at the line of the user's program, what an old name is called today."""

import sys
import warnings

_said: set[str] = set()
_ROOT = __name__.partition(".")[0]


def say(text: str, category: type[Warning] = DeprecationWarning) -> None:
    """A warning where the program stands that used the name; the second time nothing."""
    if text in _said:
        return
    _said.add(text)
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in (_ROOT, "importlib"):
        frame = frame.f_back
    warnings.warn_explicit(
        text, category, frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__", "__main__")
    )


def renamed(old: str, new: str) -> None:
    """`old` is an old name of `new`."""
    say(f"{old} is an old name: it is {new} today.")
