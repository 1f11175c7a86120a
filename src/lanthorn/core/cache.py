"""Where files that were fetched or unpacked are kept, and how they are told apart."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path


def cache_folder(*parts: str) -> Path:
    """Where downloads are kept: `LANTHORN_CACHE`, else `lanthorn` in the system's cache folder. Makes nothing."""
    given = os.environ.get("LANTHORN_CACHE")
    if given:
        return Path(given).expanduser().joinpath(*parts)
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base.joinpath("lanthorn", *parts)


def keras_folder(*parts: str) -> Path:
    """Where Keras keeps what it fetched: `KERAS_HOME`, else `~/.keras`, else one for temporary files. Makes nothing."""
    given = os.environ.get("KERAS_HOME")
    base = Path(given).expanduser() if given else Path("~").expanduser() / ".keras"
    nearest = next(folder for folder in (base, *base.absolute().parents) if folder.exists())
    return (base if os.access(nearest, os.W_OK) else Path(tempfile.gettempdir()) / ".keras").joinpath(*parts)


def hash_file(path: str | os.PathLike, algorithm: str = "sha256") -> str:
    """The hash of a file in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
