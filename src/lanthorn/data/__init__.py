"""Photos in, batches out: NumPy arrays made by threads, no engine needed.

Everything here loads on first use, so that `import lanthorn.data` costs nothing.
"""

import importlib

_HOMES = {
    "read_picture": "decode",
    "PictureError": "refusals",
    "max_pixels": "refusals",
    "set_max_pixels": "refusals",
    "Folder": "folder",
    "FolderError": "listing",
    "scan_folder": "folder",
    "find_splits": "splits",
    "find_layout": "splits",
    "Layout": "splits",
    "stratified_split": "stratify",
    "find_photos": "sources",
    "Photos": "sources",
    "check_photos": "check",
    "CheckReport": "checking.report",
    "look": "checking.look",
    "Looks": "checking.look",
    "twin_groups": "checking.twins",
    "label_suspects": "checking.suspects",
    "out_of_fold": "checking.suspects",
    "Augment": "augment",
    "Transform": "transforms",
    "Affine": "transforms",
    "Flip": "transforms",
    "Brightness": "transforms",
    "Contrast": "transforms",
    "Saturation": "transforms",
    "RandomCrop": "transforms",
    "RandomResizedCrop": "transforms",
    "Resize": "transforms",
    "Dataset": "batches",
    "folder_dataset": "datasets",
    "folder_datasets": "datasets",
    "image_dataset_from_directory": "datasets",
    "Preprocessing": "preprocessing",
    "text_dataset_from_directory": "text_files",
    "audio_dataset_from_directory": "sounds",
    "timeseries_dataset_from_array": "windows",
    "split_dataset": "halves",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'lanthorn.data' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__():
    return sorted(_HOMES)
