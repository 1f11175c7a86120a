"""The photos of a training: found, split, checked, and told about."""

from collections.abc import Callable
from typing import Any

from .. import data
from .loading import local
from .options import TrainOptions


def transforms(options: TrainOptions) -> list:
    """The augmentation that the options describe, in the order in which it is done."""
    if not options.augment:
        return []
    found: list = []
    if options.shear or options.zoom or options.rotate or options.shift:
        found.append(data.Affine(shear=options.shear, zoom=options.zoom, rotate=options.rotate, shift=options.shift))
    if options.flip:
        found.append(data.Flip())
    if options.brightness:
        found.append(data.Brightness(options.brightness))
    return found


def training_sets(
    photos: Any, settings: TrainOptions, preprocessing: Any, tell: Callable[[str], None]
) -> tuple[data.Dataset, data.Dataset | None, Any]:
    """The training photos, the validation photos (None where all are trained on), and what the check found."""
    train, validation = data.folder_datasets(
        local(photos),
        settings.validation,
        preprocessing=preprocessing,
        augment=transforms(settings) or None,
        batch_size=settings.batch_size,
        seed=settings.seed,
        on_error=settings.on_error,
    )
    held = f"{validation.samples} for validation" if validation is not None else "none for validation"
    for note in train.folder.notes:
        tell(note)
    tell(f"Photos: {train.samples} for training, {held}.")
    sets = [train] if validation is None else [train, validation]
    report = data.check_photos(
        train.folder,
        validation.folder if validation is not None else None,
        looks=train.looks,
        broken=[error for each in sets for error in each.left_out],
    )
    report.weights_help &= settings.class_weight is None
    shown = [name for name, count in report.counts.items() if count]
    if len(shown) < 2:
        raise data.FolderError(
            f"{photos}: there are photos of one class only ({', '.join(shown) or 'none'}). Two are needed at least."
        )
    tell(str(report))
    return train, validation, report
