"""Which of a folder's photos a model may be measured on: those that its training did not see."""

from typing import Any, NamedTuple

from .. import data
from .checkpoint import fingerprint
from .loading import local
from .options import TrainOptions


class Sorted(NamedTuple):
    """Sorted photos to measure on, a sentence on which they are, and what cannot be read, with the reason."""

    folder: data.Folder
    note: str = ""
    broken: dict[str, str] = {}  # noqa: RUF012 (never changed)


def sorted_photos(photos: Any) -> data.Folder:
    """The photos of a sorted folder, an archive or a table; of its `validation/` if it has one."""
    if isinstance(photos, data.Dataset):
        return photos.folder
    return photos if isinstance(photos, data.Folder) else data.find_photos(local(photos), min_classes=1).measured


def unseen(model: Any, photos: Any) -> Sorted:
    """Those of a validation folder; those that the training held back, if PHOTOS is what it was given; else all.

    The training's split is made again from the settings in the model's file. It is believed where its training photos
    have the names that the training noted.
    """
    if isinstance(photos, (data.Dataset, data.Folder)):
        return Sorted(sorted_photos(photos))
    found = data.find_photos(local(photos), min_classes=1)
    if found.validation is not None:
        return Sorted(found.measured, f"Measured on the photos in {found.validation.root}.")
    noted = getattr(model, "metadata", None) or {}
    trained, held_out = noted.get("trained_on") or {}, (noted.get("validation") or {}).get("photos", 0)
    if not held_out or len(found.train.filenames) < trained.get("photos", 0) + held_out:
        return Sorted(found.measured)
    try:
        settings = TrainOptions.of(noted.get("options") or {})
        if not isinstance(settings.validation, str):
            train, held = data.folder_datasets(
                local(photos), settings.validation, preprocessing=model.preprocessing, seed=settings.seed,
                on_error="skip",
            )  # fmt: skip
            if held is not None and fingerprint(train) == trained.get("names"):
                broken = {error.path: error.reason for each in (train, held) for error in each.left_out}
                said = "Measured on the photos that the training held back; the network never saw them."
                return Sorted(held.folder, said, broken)
    except (ValueError, TypeError):  # settings of another version, a folder that cannot be split
        pass
    return Sorted(found.measured)
