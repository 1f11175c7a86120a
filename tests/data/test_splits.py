"""Sets are told from classes, under every name that people give them."""

import os

import pytest
from PIL import Image

from lanthorn import data
from lanthorn.data import FolderError, find_layout, folder_datasets, scan_folder

CLASSES = ("cat", "dog")


def put(root, *folders, count=3):
    """Drawn pictures in each of the folders; every one of another grey."""
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            value = (sum(folder.encode()) + 37 * k) % 256
            Image.new("RGB", (12, 12), (value, 40 * k % 256, 90)).save(root / folder / f"{k}.png")
    return root


def sets(root, *names):
    return put(root, *(f"{name}/{each}" for name in names for each in CLASSES))


PAIRS = [
    ("Training", "Testing"), ("training_set", "test_set"), ("seg_train", "seg_test"), ("train", "dev"),
    ("train", "eval"), ("train", "validation_set"), ("TRAIN", "VAL"), ("train_images", "valid_images"),
    ("data-train", "data-holdout"), ("Train 80", "Test 20"), ("trainset", "testset"), ("trainData", "validData"),
    ("1_train", "2_valid"), ("cats_dogs_train", "cats_dogs_val"),
]  # fmt: skip


@pytest.mark.parametrize(("train", "validation"), PAIRS)
def test_a_split_never_becomes_the_classes(tmp_path, train, validation):
    sets(tmp_path, train, validation)
    (tmp_path / "README.txt").write_text("")
    found = find_layout(tmp_path)
    assert (found.train, found.validation) == (str(tmp_path / train), str(tmp_path / validation))
    mine, held = folder_datasets(tmp_path, size=(12, 12))
    assert mine.class_names == list(CLASSES) and held.folder.root == str(tmp_path / validation)


def test_three_sets_keep_the_test_set_for_later(tmp_path):
    sets(tmp_path, "train", "val", "test")
    found = find_layout(tmp_path)
    assert found.validation == str(tmp_path / "val") and found.test == str(tmp_path / "test") and not found.aside
    assert any("left for later" in note for note in found.notes())


def test_an_unlabelled_test_set_is_left_aside(tmp_path):
    put(sets(tmp_path, "train"), "test", "seg_pred")
    found = find_layout(tmp_path)
    assert found.train == str(tmp_path / "train") and found.validation is None and found.test is None
    assert found.aside == (str(tmp_path / "seg_pred"), str(tmp_path / "test"))
    mine, held = folder_datasets(tmp_path, size=(12, 12))
    assert mine.samples + held.samples == 6 and mine.class_names == list(CLASSES)


@pytest.mark.parametrize("wrapping", ["photos", "images", "data/images", "my photos/New Folder"])
def test_a_single_wrapping_folder_is_looked_through(tmp_path, wrapping):
    sets(tmp_path / wrapping, "train", "test")
    (tmp_path / "licence.md").write_text("")
    (tmp_path / ".cache").mkdir()
    found = find_layout(tmp_path)
    assert found.train == str(tmp_path / wrapping / "train") and found.wrapped
    assert f"{tmp_path / wrapping} is the folder that holds the photos." in found.notes()
    put(tmp_path / "b" / wrapping, *CLASSES)
    assert find_layout(tmp_path / "b").train == str(tmp_path / "b" / wrapping)
    assert folder_datasets(tmp_path / "b", size=(12, 12))[0].class_names == list(CLASSES)


@pytest.mark.parametrize("names", [("A", "B"), ("fold1", "fold2", "fold3"), ("2019", "2020"), ("indoor", "outdoor")])
def test_folders_that_hold_the_same_sub_folders_are_refused(tmp_path, names):
    sets(tmp_path, *names)
    with pytest.raises(FolderError, match=r"hold the same sub-folders \(cat, dog\).*Name them train and validation"):
        folder_datasets(tmp_path)
    with pytest.raises(FolderError, match="hold the same sub-folders"):
        scan_folder(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ("train", "car", "bus"),  # vehicles
        ("train station", "bus station"),
        ("test tube", "flask"),
        ("steam train", "electric train"),
        ("val", "vel"),
        ("training shoe", "testing kit", "dev board"),
    ],
)
def test_classes_may_bear_such_names(tmp_path, names):
    put(tmp_path, *names)
    found = find_layout(tmp_path)
    assert found.train == str(tmp_path) and found.validation is None
    assert folder_datasets(tmp_path, size=(12, 12))[0].class_names == sorted(names)


def test_classes_may_have_sub_folders(tmp_path):
    put(tmp_path, "cat/indoor", "cat/outdoor", "dog/garden", "bird")
    assert find_layout(tmp_path).train == str(tmp_path)
    assert folder_datasets(tmp_path, size=(12, 12))[0].class_names == ["bird", "cat", "dog"]


def test_one_folder_is_not_taken_for_classes_where_it_holds_sets(tmp_path):
    sets(tmp_path, "Training", "Testing")
    with pytest.raises(FolderError, match="holds a training and a validation set"):
        data.folder_dataset(tmp_path)


def test_keras_own_call_keeps_its_meaning_and_warns(tmp_path):
    sets(tmp_path, "Training", "Testing")
    with pytest.warns(UserWarning, match="Training and Testing.* look like sets"):
        found = data.image_dataset_from_directory(tmp_path, verbose=False)
    assert found.class_names == ["Testing", "Training"]
    from lanthorn.preprocessing.image import ImageDataGenerator

    with pytest.warns(UserWarning, match="flow_from_directory.*look like sets"):
        flow = ImageDataGenerator().flow_from_directory(tmp_path)
    assert flow.class_indices == {"Testing": 0, "Training": 1}


def test_a_class_that_only_one_set_has(tmp_path):
    put(sets(tmp_path, "train", "val"), "train/owl")
    with pytest.warns(UserWarning, match="no validation photos of owl"):
        mine, held = folder_datasets(tmp_path, size=(12, 12))
    assert held.class_names == mine.class_names == ["cat", "dog", "owl"]
    assert held.folder.counts() == {"cat": 3, "dog": 3, "owl": 0}
    put(tmp_path, "val/wolf")
    with pytest.raises(FolderError, match="wolf.*no training photos"):
        folder_datasets(tmp_path, size=(12, 12))


def test_no_validation_at_all(tmp_path):
    put(tmp_path, *CLASSES)
    mine, held = folder_datasets(tmp_path, 0, size=(12, 12))
    assert held is None and mine.samples == 6


def test_one_photo_in_a_class_is_trained_on(tmp_path):
    put(tmp_path, *CLASSES)
    put(tmp_path, "owl", count=1)
    with pytest.warns(UserWarning, match="owl has one picture only"):
        mine, held = folder_datasets(tmp_path, 0.4, size=(12, 12))
    assert mine.folder.counts()["owl"] == 1 and held.folder.counts() == {"cat": 1, "dog": 1, "owl": 0}


def test_an_empty_class_folder_is_left_out_with_a_word(tmp_path):
    put(tmp_path, *CLASSES)
    (tmp_path / "owl").mkdir()
    (tmp_path / "owl" / "list.txt").write_text("")
    with pytest.warns(UserWarning, match=r"no pictures in 'owl' \(1 other file, such as list.txt\): it is left out"):
        mine, _ = folder_datasets(tmp_path, size=(12, 12))
    assert mine.class_names == list(CLASSES)


def test_counts_are_right(tmp_path):
    sets(tmp_path, "train", "val")
    put(tmp_path, "train", count=2)  # beside the class folders
    (tmp_path / "train" / "cat" / "notes.txt").write_text("")
    os.rename(tmp_path / "train" / "0.png", tmp_path / "train" / "a.png")
    folder = scan_folder(tmp_path / "train")
    assert folder.stray == (os.path.join("cat", "notes.txt"),)
    assert folder.loose == ("1.png", "a.png")
    assert "2 pictures lie beside the class folders" in str(folder) and "1 other file" in str(folder)


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("seg_train/seg_train", "seg_test/seg_test", "seg_pred/seg_pred"),  # as Kaggle packs them
        ("train/images", "val/images", "extra"),
        ("imagesTr", "imagesTs", "unlabelled"),
        ("train", "test", "test1/test1"),
    ],
)
def test_wrapping_folders_within_the_sets(tmp_path, train, validation, test):
    put(sets(tmp_path, train, validation), test)
    found = find_layout(tmp_path)
    assert (found.train, found.validation) == (str(tmp_path / train), str(tmp_path / validation))
    assert found.aside == (str(tmp_path / test.partition("/")[0]),) and found.test is None


def test_a_picture_beside_the_classes_of_a_set_changes_nothing(tmp_path):
    put(sets(tmp_path, "Training", "Testing"), "Training", count=1)
    put(tmp_path, ".", count=1)
    mine, _ = folder_datasets(tmp_path, size=(12, 12))
    assert mine.class_names == list(CLASSES) and mine.folder.loose == ("0.png",)


@pytest.mark.parametrize(
    "names",
    [("train", "test"), ("Train", "test", "car"), ("trainA", "trainB", "testA", "testB"), ("train_cat", "test_cat"),
     ("train", "pred"), ("images/train", "images/val")],
)  # fmt: skip
def test_sets_of_unsorted_photos_are_refused(tmp_path, names):
    put(tmp_path, *names)
    at = tmp_path / "images" if "/" in names[0] else tmp_path
    (at / "sample_submission.csv").write_text("id,label")
    (at / "labels.csv").write_text("id,label")
    with pytest.raises(FolderError, match=r"not sorted into classes.*Or, if labels.csv says what they show"):
        folder_datasets(tmp_path)


def test_a_split_within_every_class_is_refused(tmp_path):
    put(tmp_path, *(f"{name}/{part}" for name in CLASSES for part in ("train", "val")))
    with pytest.raises(FolderError, match=r"holds sets \(train, val\). Turn it round"):
        folder_datasets(tmp_path)


def test_only_photos_to_measure_on(tmp_path):
    sets(tmp_path, "test")
    with pytest.raises(FolderError, match="holds 'test' but no 'train' folder"):
        find_layout(tmp_path)
    with pytest.raises(FolderError, match="no 'train' photos"):
        folder_datasets(tmp_path)
    assert data.find_photos(tmp_path).measured.counts() == {"cat": 3, "dog": 3}


def test_links_lead_to_classes_and_round_in_circles_to_none(tmp_path):
    put(tmp_path / "store", *CLASSES)
    root = tmp_path / "photos"
    root.mkdir()
    for name in CLASSES:
        (root / name.upper()).symlink_to(tmp_path / "store" / name)
    (root / "again").symlink_to(root)
    with pytest.warns(UserWarning, match="no pictures in 'again'"):
        mine, _ = folder_datasets(root, size=(12, 12))
    assert mine.class_names == ["CAT", "DOG"]


def test_keras_call_keeps_the_label_of_an_empty_class(tmp_path):
    put(tmp_path, *CLASSES)
    (tmp_path / "cow").mkdir()
    with pytest.warns(UserWarning, match="no pictures in 'cow'; the class keeps its label"):
        found = data.image_dataset_from_directory(tmp_path, verbose=False, image_size=(12, 12))
    assert found.class_names == ["cat", "cow", "dog"] and set(found.labels) == {0, 2}


def test_what_is_told_is_told_once(tmp_path):
    put(tmp_path, *CLASSES, count=4)
    (tmp_path / "notes.txt").write_text("")
    mine, held = folder_datasets(tmp_path, size=(12, 12))
    assert mine.folder.stray == ("notes.txt",) and held.folder.stray == ()


@pytest.mark.parametrize(
    ("pack", "match"),
    [(["a.zip"], "holds 1 archive .*give .*a.zip itself"), (["a.zip", "b.tar.gz"], "holds 2 archives .*unpack them")],
)
def test_a_folder_of_archives(tmp_path, pack, match):
    for name in pack:
        (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(FolderError, match=match):
        folder_datasets(tmp_path)
