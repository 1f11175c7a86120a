"""What is wrong with a folder of photos, found out before anything is trained on them."""

from typing import Any

from .. import data


def check(photos: Any, validation: Any = None) -> data.CheckReport:
    """Look through photos: `lanthorn check` as a function.

    Args:
        photos: a folder with one sub-folder per class, or with train/ and validation/ that hold those.
        validation: another folder of validation photos.

    Returns:
        A report that prints as a summary.

    Raises:
        FolderError: there is no such folder, or nothing in it that could be trained on.

    Example:
        >>> print(lanthorn.check("photos"))  # doctest: +SKIP
    """
    train, found = data.find_splits(photos)
    held = validation or found
    return data.check_photos(data.scan_folder(train), data.scan_folder(held) if held else None)
