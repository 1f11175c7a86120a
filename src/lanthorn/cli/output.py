"""What a command says, so that no name of a file or class can end a run."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def safe() -> None:
    """Characters that the terminal's or the file's encoding lacks are written as escapes, such as \\xd7."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".svg", ".pdf", ".bmp", ".tif", ".tiff", ".gif")


def refuse_output(option: str, path: Path | None, suffixes: Sequence[str], inputs: Iterable[object]) -> None:
    """A ValueError where a result would be written over what the command reads, or under a name of another kind.

    `inputs`: files and folders that are read (what is no path, such as a model, is left aside).
    """
    if path is None or str(path) == "-":
        return
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"{option}: expected a name that ends in {' or '.join(suffixes)}, got {str(path)!r}.")
    there = path.resolve()
    for place in (Path(each).resolve() for each in inputs if isinstance(each, (str, Path))):
        if path.exists() and (place == there or place in there.parents):
            raise ValueError(f"{option}: {path} is there already, among what is read. Name another file.")
    if path.exists() and path.suffix.lower() in (".jpg", ".jpeg"):
        raise ValueError(f"{option}: {path} is there already, and may be a photo. Name another file.")


def say(text: str) -> None:
    """A remark that is no result: on standard error, so that a table or JSON stays clean."""
    print(f"lanthorn: {text}", file=sys.stderr)
