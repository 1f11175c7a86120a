"""What lies in a folder: pictures, other files, sub-folders.

Hidden files and folders are ignored, and so is what systems leave behind (`__MACOSX`, `Thumbs.db`).
"""

import os
import stat
from collections.abc import Callable

from .formats import SUFFIXES as SUFFIXES
from .formats import is_picture as is_picture
from .paths import PathList

_LEFT_BEHIND = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found"}


class FolderError(ValueError):
    """A folder that cannot be trained on; the message says what was found and what to do."""


class MissingFolderError(FolderError, FileNotFoundError):
    """There is no such folder."""

    def __str__(self):
        return str(self.args[0])


def hidden(name: str) -> bool:
    """Whether people do not see it, or a system left it behind."""
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def entries(root: str) -> tuple[list[str], list[str]]:
    """Visible sub-folders and files of `root`, sorted; an error where it is no folder."""
    if not os.path.exists(root):
        parent = os.path.dirname(os.path.abspath(root))
        near = f"{parent} exists" if os.path.isdir(parent) else f"nor is there {parent}"
        raise MissingFolderError(
            f"{root}: there is no such folder ({near}; the working directory is {os.getcwd()}). Check the spelling."
        )
    if not os.path.isdir(root):
        raise FolderError(
            f"{root}: expected a folder with one sub-folder per class, a .zip or .tar of one, or a .csv of file names "
            "and labels; got a file that is none of these."
        )
    with os.scandir(root) as found:
        seen = sorted((e.name, e.is_dir()) for e in found if not hidden(e.name))
    return [name for name, is_folder in seen if is_folder], [name for name, is_folder in seen if not is_folder]


def pictures_under(
    root: str, start: str = "", follow_links: bool = False, accept: Callable[[str], bool] = is_picture
) -> tuple[PathList, list[str]]:
    """Pictures (what `accept` takes) and other visible files below `root/start`, as sorted paths relative to `root`.

    Never more names in memory at a time than one folder has.
    """
    other = []

    def pictures():
        for at, folders, files in os.walk(os.path.join(root, start), followlinks=follow_links):
            folders[:] = sorted(f for f in folders if not hidden(f))
            below = os.path.relpath(at, root)
            below = "" if below == "." else below + os.sep
            for name in sorted(files):
                if hidden(name):
                    continue
                path = os.path.join(at, name)
                if stat.S_ISFIFO(os.lstat(path).st_mode):  # to open one waits for ever
                    other.append(below + name)
                elif accept(path):
                    yield below + name
                else:
                    other.append(below + name)

    return PathList(pictures()), other
