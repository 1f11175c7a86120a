"""The photos of a training: found, split, checked, and told about."""

from collections.abc import Callable
from typing import Any

from .. import data
from .loading import local
from .options import TrainOptions


def training_sets(
    photos: Any, settings: TrainOptions, preprocessing: Any, tell: Callable[[str], None]
) -> tuple[data.Dataset, data.Dataset | None, Any]:
    """The training photos, the validation photos (None where all are trained on), and what the check found."""
    train, validation = data.folder_datasets(
        local(photos),
        settings.validation,
        preprocessing=preprocessing,
        augment=settings.transforms() or None,
        batch_size=settings.batch_size,
        seed=settings.seed,
        on_error=settings.on_error,
    )
    held = f"{validation.samples} for validation" if validation is not None else "none for validation"
    for note in train.folder.notes:
        tell(note)
    tell(f"Photos: {train.samples} for training, {held}.")
    report = data.check_photos(train.folder, validation.folder if validation is not None else None)
    tell(str(report))
    return train, validation, report
