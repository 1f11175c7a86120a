"""One look at a picture tells what it is, and what is poor about it."""

import builtins
import os
from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageFilter

from lanthorn.data import check_photos, look, scan_folder


def textured(seed=0, height=200, width=260):
    """A picture with edges at every scale."""
    rng = np.random.default_rng(seed)
    x = sum(
        np.asarray(
            Image.fromarray(rng.integers(0, 256, (size, size, 3), dtype=np.uint8)).resize((width, height), 0), float
        )
        for size in (3, 9, 30)
    )
    return Image.fromarray((x / 3).astype(np.uint8))


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for k in range(3):
            textured(k + 10 * (name == "b")).save(tmp_path / name / f"{k}.jpg")
    return tmp_path


POOR = {
    "blank": ("are of one colour", lambda: Image.new("RGB", (200, 200), (255, 254, 255))),
    "tiny": ("are under 32 pixels", lambda: textured(5).resize((31, 40))),
    "long": ("are longer than 3:1", lambda: textured(6, 100, 400)),
    "high": ("are longer than 3:1", lambda: textured(7, 400, 100)),
    "blurred": ("look blurred", lambda: textured(8).filter(ImageFilter.GaussianBlur(8))),
    "enlarged": ("look blurred", lambda: textured(9).resize((26, 20)).resize((2000, 1500), Image.Resampling.BICUBIC)),
}


@pytest.mark.parametrize("name", POOR)
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_poor_pictures(folder, name, suffix):
    said, make = POOR[name]
    make().save(folder / "a" / f"{name}.{suffix}")
    report = check_photos(scan_folder(folder))
    assert {what: [os.path.basename(p) for p in paths] for what, paths in report.poor.items()} == {
        said: [f"{name}.{suffix}"]
    }
    assert report.severity == 0 and said.split(" ", 1)[1] in str(report)


def test_a_blur_that_a_network_does_not_see_is_none(folder):
    textured(3, 1200, 1600).filter(ImageFilter.GaussianBlur(2)).save(folder / "a" / "soft.jpg")
    assert check_photos(scan_folder(folder)).poor == {}


def test_names_that_say_another_format(folder):
    textured(4).save(folder / "a" / "p.jpg", "PNG")
    textured(5).save(folder / "a" / "j.PNG", "JPEG")
    textured(6).save(folder / "a" / "fine.jpeg")
    textured(7).save(folder / "a" / "bare", "PNG")
    found = check_photos(scan_folder(folder)).misnamed
    assert found == {
        "PNG named .jpg": [str(folder / "a" / "p.jpg")],
        "JPEG named .png": [str(folder / "a" / "j.PNG")],
    }


def test_each_file_is_read_once(folder, monkeypatch):
    found, opened, really = scan_folder(folder), Counter(), builtins.open
    monkeypatch.setattr(builtins, "open", lambda path, *a, **k: (opened.update([str(path)]), really(path, *a, **k))[1])
    looks = look(found, workers=0)
    check_photos(found.select([0, 1, 3, 4]), found.select([2, 5]), looks=looks, workers=0)
    assert set(opened.values()) == {1} and len(opened) == 6


def test_looks_are_chosen_as_folders_are(folder, cut):
    cut(folder / "b" / "1.jpg")
    found = scan_folder(folder)
    whole = look(found)
    some = whole.select([4, 0, 5])
    assert (
        list(some.errors) == [0] and some.errors[0].path == found.path(4) and some.read.tolist() == [False, True, True]
    )
    again = look(found.select([4, 0, 5]))
    for name in ("greys", "digests", "sizes", "edges", "spread", "odd", "formats"):
        np.testing.assert_array_equal(getattr(some, name), getattr(again, name))
    np.testing.assert_array_equal(whole.of(found.select([4, 0, 5])).digests, some.digests)
    (folder / "c").mkdir()
    textured(99).save(folder / "c" / "new.jpg")
    with pytest.raises(KeyError, match=r"new\.jpg"):
        whole.of(scan_folder(folder))


def test_size_is_that_of_the_upright_picture(folder):
    exif = Image.Exif()
    exif[0x0112] = 6
    textured(1, 300, 1000).save(folder / "a" / "turned.jpg", exif=exif)
    textured(1, 300, 1000).save(folder / "a" / "turned.png", exif=exif)
    looks = look(scan_folder(folder))
    assert looks.sizes[3:5].tolist() == [[1000, 300], [1000, 300]]


def test_a_look_takes_little_memory(folder):
    looks = look(scan_folder(folder))
    arrays = [value for value in vars(looks).values() if isinstance(value, np.ndarray)]
    assert sum(x.nbytes for x in arrays) / len(looks) < 700


def test_no_false_alarm_on_avp(shared_data):
    report = check_photos(scan_folder(shared_data / "avp" / "train"), scan_folder(shared_data / "avp" / "validation"))
    assert "look blurred" not in report.poor and set(report.poor) == {"are longer than 3:1"}
    assert [len(paths) for paths in report.misnamed.values()] == [5]
    assert report.two_labels == [] and len(report.copies) == 35
