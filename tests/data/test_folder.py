"""Folders of classes, and each way in which they can be wrong."""

import os
import shutil

import numpy as np
import pytest

from lanthorn.data import Folder, FolderError, find_splits, scan_folder, stratified_split
from lanthorn.data.folder import with_classes_of
from lanthorn.data.paths import PathList


def test_classes_are_sorted_and_hidden_things_ignored(photos):
    folder = scan_folder(photos)
    assert folder.class_names == ("cat", "dog")
    assert list(folder.filenames) == [os.path.join("cat", f"{k}.jpg") for k in range(7)] + [
        os.path.join("dog", f"{k}.jpg") for k in range(5)
    ]
    assert folder.labels.tolist() == [0] * 7 + [1] * 5 and folder.labels.dtype == np.int32
    assert folder.stray == ("notes.txt",)
    assert str(folder).endswith("12 pictures in 2 classes (cat 7, dog 5); 1 other file ignored (notes.txt)")
    assert os.path.isfile(folder.path(11))


def test_class_names_choose_and_order(photos):
    folder = scan_folder(photos, class_names=["dog", "cat"])
    assert folder.class_names == ("dog", "cat") and folder.labels[:5].tolist() == [0] * 5
    with pytest.raises(FolderError, match="no sub-folder 'wolf'. It holds: cat, dog"):
        scan_folder(photos, class_names=["cat", "wolf"])


def test_pictures_in_deeper_folders_and_without_a_suffix(photos):
    (photos / "cat" / "more" / "deep").mkdir(parents=True)
    shutil.copy(photos / "cat" / "0.jpg", photos / "cat" / "more" / "deep" / "x.JPEG")
    shutil.copy(photos / "cat" / "0.jpg", photos / "cat" / "no_suffix")
    (photos / "dog" / "README").write_text("no picture")
    folder = scan_folder(photos)
    assert os.path.join("cat", "more", "deep", "x.JPEG") in list(folder.filenames)
    assert os.path.join("cat", "no_suffix") in list(folder.filenames)
    assert os.path.join("dog", "README") in folder.stray


def test_missing_folder(tmp_path):
    with pytest.raises(FolderError, match=r"nowhere: there is no such folder .* Check the spelling"):
        scan_folder(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        scan_folder(tmp_path / "nowhere" / "deeper")


def test_wrong_folders(tmp_path, photos):
    with pytest.raises(FolderError, match="got a file"):
        scan_folder(photos / "notes.txt")
    with pytest.raises(FolderError, match="is empty. Expected one sub-folder per class"):
        (tmp_path / "empty").mkdir()
        scan_folder(tmp_path / "empty")
    with pytest.raises(FolderError, match="found 7 pictures but no class folders. Make one sub-folder per class"):
        scan_folder(photos / "cat")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("")
    with pytest.raises(FolderError, match="1 file but no pictures"):
        scan_folder(tmp_path / "texts")


def test_one_class(photos):
    shutil.rmtree(photos / "dog")
    with pytest.raises(FolderError, match=r"one class only \('cat'\)"):
        scan_folder(photos)
    assert scan_folder(photos, min_classes=1).class_names == ("cat",)


def test_empty_classes(photos):
    (photos / "owl").mkdir()
    (photos / "owl" / "list.txt").write_text("")
    with pytest.warns(UserWarning, match=r"no pictures in 'owl' \(1 other file, such as list.txt\): it is left out"):
        assert scan_folder(photos).class_names == ("cat", "dog")
    with pytest.raises(FolderError, match="no pictures in 'owl' .*Put pictures in"):
        scan_folder(photos, ["cat", "owl"])


@pytest.mark.parametrize("train", ["train", "Training"])
@pytest.mark.parametrize("validation", ["validation", "val", "VALID", "test"])
def test_splits_are_found(tmp_path, photos, train, validation):
    root = tmp_path / "both"
    shutil.copytree(photos, root / train)
    assert find_splits(root) == (str(root / train), None)
    shutil.copytree(photos, root / validation)
    assert find_splits(root) == (str(root / train), str(root / validation))
    assert find_splits(photos) == (str(photos), None)


def test_validation_goes_before_test_and_classes_may_bear_such_names(tmp_path):
    for name in ("train", "test", "val"):
        (tmp_path / "a" / name).mkdir(parents=True)
    assert find_splits(tmp_path / "a")[1] == str(tmp_path / "a" / "val")
    for name in ("train", "car", "plane"):
        (tmp_path / "vehicles" / name).mkdir(parents=True)
    assert find_splits(tmp_path / "vehicles") == (str(tmp_path / "vehicles"), None)
    (tmp_path / "b" / "validation").mkdir(parents=True)
    with pytest.raises(FolderError, match="no 'train' folder"):
        find_splits(tmp_path / "b")


def test_different_classes(photos, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(photos, other)
    (other / "dog").rename(other / "Dog")
    with pytest.raises(FolderError, match="photos of Dog, .* no training photos .* Are 'Dog' and 'dog' the same"):
        with_classes_of(scan_folder(photos), scan_folder(other))
    same = with_classes_of(scan_folder(photos), scan_folder(photos, ["dog", "cat"]))
    assert same.class_names == ("cat", "dog") and same.labels.tolist() == [1] * 5 + [0] * 7


def test_a_stratified_split():
    labels = np.repeat([0, 1, 2, 3], [100, 10, 2, 1])
    train, validation = stratified_split(labels, 0.2, seed=3)
    assert np.bincount(labels[validation], minlength=4).tolist() == [20, 2, 1, 0]
    assert sorted([*train, *validation]) == list(range(113))
    again = stratified_split(labels, 0.2, seed=3)
    np.testing.assert_array_equal(again[1], validation)
    assert not np.array_equal(stratified_split(labels, 0.2, seed=4)[1], validation)
    with pytest.raises(ValueError, match="between 0 and 1"):
        stratified_split(labels, 20)


def test_paths_are_one_array():
    names = [f"class_{k % 7}/picture_é_{k}.jpg" for k in range(1000)]
    paths = PathList(names)
    assert list(paths) == names and paths == names and paths != names[1:]
    assert paths[-1] == names[-1] and paths.index(names[5]) == 5
    some = paths[np.array([3, 1])][::-1]
    assert list(some) == [names[1], names[3]] and len(paths[10:20]) == 10
    assert paths._bytes.nbytes + paths._ends.nbytes < 1000 * 40
    with pytest.raises(IndexError):
        paths[1000]
    with pytest.raises(ValueError, match="not among the 1000 files"):
        paths.index("x")
    assert "(1000 files)" in repr(paths)
    assert isinstance(scan_of(paths), Folder)


def scan_of(paths):
    return Folder("root", ("a",), paths, np.zeros(len(paths), np.int32)).select([1, 2])


def test_lists_of_paths_are_joined():
    lists = [["a/1.jpg", "a/é.jpg"], [], ["b/22.jpg"]]
    whole = PathList.joined(PathList(some) for some in lists)
    assert list(whole) == ["a/1.jpg", "a/é.jpg", "b/22.jpg"] and len(PathList.joined([])) == 0
    assert list(PathList.joined([whole[:1], whole])) == [whole[0], *whole]
    assert list(PathList.joined([whole, whole])[3:]) == ["a/1.jpg", "a/é.jpg", "b/22.jpg"]
