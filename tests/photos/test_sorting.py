"""Photos sorted into folders by their names: all of them, none overwritten, none moved."""

import io
import os
import shutil
import unicodedata

import numpy as np
import pytest
from PIL import Image

from lanthorn.photos import Predictions, sort_photos
from lanthorn.photos.sorting import safe_names


@pytest.fixture
def seen(tmp_path):
    """Two photos of one name, one of another, in two folders; the last is named with little certainty."""
    photos = []
    for place, text in (("a/1.jpg", b"first"), ("b/1.jpg", b"second"), ("b/2.jpg", b"third")):
        path = tmp_path / "new" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        photos.append(str(path))
    return Predictions([[0.9, 0.1], [0.8, 0.2], [0.45, 0.55]], photos, ["cat", "dog/wolf"])


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("link", [False, True])
def test_each_goes_to_the_folder_of_its_class(seen, tmp_path, link):
    before = files(tmp_path / "new")
    assert sort_photos(seen, tmp_path / "out", link=link) == {"cat": 2, "dog_wolf": 1}
    wanted = {
        os.path.join("cat", "1.jpg"): b"first",
        os.path.join("cat", "1-2.jpg"): b"second",
        os.path.join("dog_wolf", "2.jpg"): b"third",
    }
    assert files(tmp_path / "out") == wanted
    assert os.path.samefile(seen.photos[0], tmp_path / "out" / "cat" / "1.jpg") is link
    (tmp_path / "out" / "cat" / "1.jpg").unlink()
    (tmp_path / "out" / "cat" / "1.jpg").write_bytes(b"somebody's own")
    assert sort_photos(seen, tmp_path / "out", link=link) == {"cat": 2, "dog_wolf": 1}  # once more: nothing is lost
    again = files(tmp_path / "out")
    theirs = {os.path.join("cat", "1.jpg"): b"somebody's own", os.path.join("cat", "1-3.jpg"): b"first"}
    assert again == wanted | theirs and files(tmp_path / "new") == before
    assert sort_photos(seen, tmp_path / "out", link=link) and files(tmp_path / "out") == again  # nothing comes twice


def test_equal_photos_of_one_name_are_all_kept(seen, tmp_path):
    (tmp_path / "new" / "b" / "1.jpg").write_bytes(b"first")
    sort_photos(seen, tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out" / "cat")) == ["1-2.jpg", "1.jpg"]


def test_the_unsure_have_a_folder_of_their_own(seen, tmp_path):
    assert sort_photos(seen, tmp_path / "a", below=0.6) == {"cat": 2, "unsure": 1}
    seen.unknown = np.array([True, False, False])
    assert sort_photos(seen, tmp_path / "b") == {"cat": 1, "dog_wolf": 1, "unsure": 1}


def test_a_folder_that_holds_the_photos_is_refused(seen, tmp_path):
    for place in (tmp_path, tmp_path / "new", tmp_path / "new" / "b"):
        with pytest.raises(ValueError, match="photos to be sorted lie in it"):
            sort_photos(seen, place)
    seen.searched = [str(tmp_path / "new")]
    with pytest.raises(ValueError, match="outside .*new, whose photos are named: what is written there"):
        sort_photos(seen, tmp_path / "new" / "sorted")
    assert not (tmp_path / "new" / "sorted").exists()
    with pytest.raises(ValueError, match="not on disk"):
        sort_photos(Predictions([[1.0, 0.0]], [np.zeros((2, 2, 3))], ["a", "b"]), tmp_path / "out")


def test_names_of_classes_are_made_safe_and_stay_apart():
    names = ["../up", "a/b", "a\\b", "CON", "con", "unsure", "dot.", "", "猫", "nul.txt", "..", "猫" * 200]
    names += ["é", "e\u0301", "com¹", "x:y\n"]
    found = safe_names(names)
    on_a_mac = {unicodedata.normalize("NFC", name).casefold() for name in found.values()}
    assert len(on_a_mac | {"unsure"}) == len(names) + 1
    for name in found.values():
        assert len(name.encode()) <= 203
        assert not set(name) & set('<>:"/\\|?*') and name not in (".", "..") and not name.endswith((".", " "))
    assert found["猫"] == "猫" and found["CON"] != "CON" and found["com¹"] != "com¹"


def test_half_a_photo_is_none(seen, tmp_path, monkeypatch):
    def full(source, target):
        target.write(b"fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        sort_photos(seen, tmp_path / "out")
    assert files(tmp_path / "out") == {}


def test_where_a_disk_knows_no_links_photos_are_copied(seen, tmp_path, monkeypatch):
    def none(*_, **__):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    sort_photos(seen, tmp_path / "soft", link=True)
    assert (tmp_path / "soft" / "cat" / "1.jpg").is_symlink()
    assert (tmp_path / "soft" / "cat" / "1.jpg").read_bytes() == b"first"
    monkeypatch.setattr(os, "symlink", none)
    sort_photos(seen, tmp_path / "hard", link=True)
    copied = tmp_path / "hard" / "cat" / "1.jpg"
    assert copied.read_bytes() == b"first" and not copied.is_symlink()


def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_path):
    seen = Predictions([[0.9, 0.1]], ["=HYPERLINK(1).jpg"], ["-cat", "Löwe"])
    seen.to_csv(tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    seen.to_csv(plain := io.StringIO())
    assert plain.getvalue().splitlines() == [
        "photo,class,probability,-cat,Löwe",
        "=HYPERLINK(1).jpg,-cat,0.900000,0.900000,0.100000",
    ]
    assert raw.startswith(b"\xef\xbb\xbf") and b"'=HYPERLINK" in raw and b"'-cat" in raw and "Löwe".encode() in raw


def test_pictures_of_one_photo_are_asked_for_once(photos, tmp_path):
    """The same boat as it is, saved anew, and mirrored; the network is least certain of these."""
    with (
        Image.open(photos / "validation" / "boat" / "000.jpg") as boat,
        Image.open(photos / "validation" / "fish" / "000.jpg") as fish,
    ):
        boat.save(tmp_path / "a.png")
        boat.save(tmp_path / "b.jpg", quality=70)
        boat.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "c.png")
        fish.save(tmp_path / "d.png")
    files = [str(tmp_path / name) for name in ("a.png", "b.jpg", "c.png", "d.png")]
    seen = Predictions([[0.5, 0.5], [0.51, 0.49], [0.52, 0.48], [0.9, 0.1]], files, ["x", "y"])
    assert seen.least_certain(3).photos == [files[0], files[3]]


def test_copies_of_a_photo_are_asked_for_once():
    table = [[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.9, 0.1]]
    seen = Predictions(table, ["a", "b", "c", "d"], ["x", "y"])
    assert seen.least_certain(2).photos == ["a", "c"]
