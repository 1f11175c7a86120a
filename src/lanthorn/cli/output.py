"""What a command says, so that no name of a file or class can end a run."""

import sys


def safe() -> None:
    """Characters that the terminal's or the file's encoding lacks are written as escapes, such as \\xd7."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """A remark that is no result: on standard error, so that a table or JSON stays clean."""
    print(f"lanthorn: {text}", file=sys.stderr)
