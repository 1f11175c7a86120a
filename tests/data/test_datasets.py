"""The ways to a Dataset: a pair for training and validation, and Keras's call."""

import shutil

import numpy as np
import pytest

from lanthorn.data import Affine, Flip, FolderError, folder_datasets, image_dataset_from_directory


def names(data):
    return set(data.filenames)


def test_a_share_is_split_off(photos):
    train, validation = folder_datasets(photos, 0.25, size=16, augment=[Affine(shear=5), Flip()], seed=1)
    assert train.samples == 9 and validation.samples == 3 and not names(train) & names(validation)
    assert validation.augment is None and not validation.shuffled and train.augment is not None and train.shuffled
    assert set(validation.labels) == {0, 1}
    again = folder_datasets(photos, 0.25, size=16, seed=1)
    assert names(again[1]) == names(validation)
    assert folder_datasets(photos, size=16)[1].samples == 2  # a fifth where nothing is said


def test_a_folder_that_holds_both(photos, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(photos, root / "train")
    shutil.copytree(photos, root / "val")
    train, validation = folder_datasets(root, size=16)
    assert train.folder.root.endswith("train") and validation.folder.root.endswith("val")
    train, validation = folder_datasets(photos, root / "val", size=16)
    assert (train.samples, validation.samples) == (12, 12)
    (root / "val" / "dog").rename(root / "val" / "wolf")
    with pytest.raises(FolderError, match="photos of wolf, and there are no training photos of that"):
        folder_datasets(root, size=16)


def test_keras_call(photos, capsys):
    ours = image_dataset_from_directory(photos, image_size=(24, 32), shuffle=False, batch_size=4)
    assert "Found 12 files belonging to 2 classes." in capsys.readouterr().out
    x, y = next(iter(ours))
    assert x.shape == (4, 24, 32, 3) and x.dtype == np.float32 and y.dtype == np.int32 and x.max() > 1
    assert ours.class_names == ["cat", "dog"]


@pytest.mark.parametrize("mode", ["int", "categorical", "binary", None])
def test_label_modes(photos, mode):
    data = image_dataset_from_directory(photos, label_mode=mode, image_size=(8, 8), verbose=False, seed=0)
    batch = next(iter(data))
    assert (batch if mode is None else batch[0]).shape == (12, 8, 8, 3)


def test_subsets(photos):
    both = image_dataset_from_directory(
        photos, validation_split=0.25, subset="both", seed=5, image_size=(8, 8), verbose=False
    )
    train = image_dataset_from_directory(
        photos, validation_split=0.25, subset="training", seed=5, image_size=(8, 8), verbose=False
    )
    held = image_dataset_from_directory(
        photos, validation_split=0.25, subset="validation", seed=5, image_size=(8, 8), verbose=False
    )
    assert names(both[0]) == names(train) and names(both[1]) == names(held) and not names(train) & names(held)


def test_given_labels_and_none(photos):
    data = image_dataset_from_directory(photos, labels=list(range(12)), image_size=(8, 8), shuffle=False, verbose=False)
    assert data.num_classes == 12 and next(iter(data))[1].tolist() == list(range(12))
    alone = image_dataset_from_directory(photos / "cat", labels=None, image_size=(8, 8), verbose=False)
    assert next(iter(alone)).shape == (7, 8, 8, 3)
    with pytest.raises(ValueError, match="holds 12 pictures .* got 2 labels"):
        image_dataset_from_directory(photos, labels=[0, 1], verbose=False)


def test_wrong_calls(photos):
    for settings, text in (
        ({"color_mode": "rgba"}, "'rgb' or 'grayscale'"),
        ({"subset": "training"}, "go together"),
        ({"validation_split": 0.2, "subset": "training"}, "give a seed"),
        ({"labels": "guess"}, "'inferred'"),
        ({"data_format": "channels_first"}, "channels_last"),
    ):
        with pytest.raises(ValueError, match=text):
            image_dataset_from_directory(photos, verbose=False, **settings)
