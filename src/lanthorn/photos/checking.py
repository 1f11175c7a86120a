"""What is wrong with a folder of photos, found out before anything is trained on them."""

from typing import Any

import numpy as np

from .. import data
from . import networks
from .loading import answering, local, pixel_limit
from .reading import batches


def check(
    photos: Any,
    *,
    validation: Any = None,
    suspects: bool = True,
    backbone: str = "auto",
    weights: str | None = None,
    max_pixels: int | None = None,
    verbose: Any = "auto",
) -> data.CheckReport:
    """Look through photos: `lanthorn check` as a function.

    Found are: what cannot be read; what is tiny, blank, blurred or a panorama; photos that are there twice, mirrored or
    nearly so, in a class, in two, in both sets; classes that are small beside others, or spelled in two ways; and
    labels that a pretrained network finds suspicious (confident learning: Northcutt et al., arXiv 1911.00068).

    Args:
        photos: a folder with one sub-folder per class, or with train/ and validation/ that hold those.
        validation: another folder of validation photos.
        suspects: whether to look for suspicious labels, which runs the photos through the network.
        backbone, weights: the network for that, as for `lanthorn.train`.
        max_pixels: read photos that declare up to so many pixels.
        verbose: 0 shows no progress; "auto" does on a terminal.

    Returns:
        A report that prints as a summary; `page(path)` writes it with the pictures side by side, `fix(folder)` a
        cleaned copy, `severity` is 0 or 1.

    Raises:
        FolderError: there is no such folder, or nothing in it that could be trained on.

    Example:
        >>> report = lanthorn.check("photos")  # doctest: +SKIP
        >>> print(report)  # doctest: +SKIP
        >>> report.page("check.html")  # doctest: +SKIP
    """
    found = data.find_photos(local(photos), min_classes=1)
    with pixel_limit(max_pixels):
        train, other = found.train, found.validation
        if validation is not None:
            other = data.find_photos(local(validation), min_classes=1).measured
        features = _Features(backbone, weights, verbose) if suspects and len(train.class_names) > 1 else None
        return data.check_photos(train, other, features=features)


class _Features:
    """What a pretrained network sees in photos, each averaged with its mirror image, (photos, features)."""

    def __init__(self, backbone: str, weights: str | None, verbose: Any):
        self.plan, self.verbose = networks.plan(backbone, weights, None), verbose

    def __call__(self, paths: list[str]) -> np.ndarray:
        network = networks.base(self.plan, "numpy")
        answer = answering(network, 2 * len(paths))
        rows: list[Any] = [np.empty((0, int(network.output_shape[-1])), np.float32)]
        for _, pictures, errors in batches(paths, networks.preprocessing(self.plan), 32, self.verbose):
            if errors:
                raise errors[0][1]
            mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
            rows.append((answer(pictures) + answer(mirrored)) / 2)
        return np.concatenate(rows)
