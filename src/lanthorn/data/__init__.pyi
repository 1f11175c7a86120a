# Written by tools/make_stubs.py: names that are loaded when they are used. Do not edit.

from typing import Any

from .augment import Augment as Augment
from .batches import Dataset as Dataset
from .check import check_photos as check_photos
from .checking.look import Looks as Looks
from .checking.look import look as look
from .checking.report import CheckReport as CheckReport
from .checking.suspects import label_suspects as label_suspects
from .checking.suspects import out_of_fold as out_of_fold
from .checking.twins import twin_groups as twin_groups
from .datasets import folder_dataset as folder_dataset
from .datasets import folder_datasets as folder_datasets
from .datasets import image_dataset_from_directory as image_dataset_from_directory
from .decode import read_picture as read_picture
from .folder import Folder as Folder
from .folder import scan_folder as scan_folder
from .halves import split_dataset as split_dataset
from .listing import FolderError as FolderError
from .preprocessing import Preprocessing as Preprocessing
from .refusals import PictureError as PictureError
from .refusals import max_pixels as max_pixels
from .refusals import set_max_pixels as set_max_pixels
from .sounds import audio_dataset_from_directory as audio_dataset_from_directory
from .sources import Photos as Photos
from .sources import find_photos as find_photos
from .splits import Layout as Layout
from .splits import find_layout as find_layout
from .splits import find_splits as find_splits
from .stratify import stratified_split as stratified_split
from .text_files import text_dataset_from_directory as text_dataset_from_directory
from .transforms import Affine as Affine
from .transforms import Brightness as Brightness
from .transforms import Contrast as Contrast
from .transforms import Flip as Flip
from .transforms import RandomCrop as RandomCrop
from .transforms import RandomResizedCrop as RandomResizedCrop
from .transforms import Resize as Resize
from .transforms import Saturation as Saturation
from .transforms import Transform as Transform
from .windows import timeseries_dataset_from_array as timeseries_dataset_from_array


__all__ = [
    "Affine",
    "Augment",
    "Brightness",
    "CheckReport",
    "Contrast",
    "Dataset",
    "Flip",
    "Folder",
    "FolderError",
    "Layout",
    "Looks",
    "Photos",
    "PictureError",
    "Preprocessing",
    "RandomCrop",
    "RandomResizedCrop",
    "Resize",
    "Saturation",
    "Transform",
    "audio_dataset_from_directory",
    "check_photos",
    "find_layout",
    "find_photos",
    "find_splits",
    "folder_dataset",
    "folder_datasets",
    "image_dataset_from_directory",
    "label_suspects",
    "look",
    "max_pixels",
    "out_of_fold",
    "read_picture",
    "scan_folder",
    "set_max_pixels",
    "split_dataset",
    "stratified_split",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "twin_groups",
]
