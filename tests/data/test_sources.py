"""Archives are taken where a folder is: unpacked once, whole or not at all, and nothing outside their folder."""

import io
import os
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import FolderError, find_photos, folder_dataset, folder_datasets
from lanthorn.data.archives import is_archive

CLASSES = ("cat", "dog")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "photos"


def png(k=0):
    found = io.BytesIO()
    Image.fromarray(np.full((10, 12, 3), 20 * k % 256, np.uint8)).save(found, "PNG")
    return found.getvalue()


def members(*folders, count=5):
    return {f"{folder}/{k}.png": png(k) for folder in folders for k in range(count)}


def packed(path, files, mode=None):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, mode or "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


PACKED = [("a.zip", None), ("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz"),
          ("a.tar.bz2", "w:bz2"), ("without_suffix", "w:gz")]  # fmt: skip


@pytest.mark.parametrize(("name", "mode"), PACKED)
def test_an_archive_is_taken_where_a_folder_is(tmp_path, cache, name, mode):
    path = packed(tmp_path / name, members("flowers/rose one", "flowers/tulip"), mode)
    train, validation = folder_datasets(path, size=(8, 8))
    assert train.class_names == ["rose one", "tulip"] and (train.samples, validation.samples) == (8, 2)
    assert next(iter(train))[0].shape == (8, 8, 8, 3)
    assert any("is unpacked in" in note for note in train.folder.notes)
    (unpacked,) = cache.iterdir()
    marked = unpacked / "mark"
    marked.write_text("")
    assert folder_dataset(str(path), size=(8, 8)).samples == 10 and marked.exists()  # not unpacked again
    packed(path, members("flowers/rose one", "flowers/iris"), mode)
    assert folder_dataset(path, size=(8, 8)).class_names == ["iris", "rose one"]  # another content


def test_sets_in_an_archive_and_an_archive_for_validation(tmp_path):
    both = packed(tmp_path / "both.zip", members(*(f"x/{s}/{c}" for s in ("Training", "Testing") for c in CLASSES)))
    train, validation = folder_datasets(both, size=(8, 8))
    assert (train.samples, validation.samples, train.class_names) == (10, 10, ["cat", "dog"])
    one, two = packed(tmp_path / "1.zip", members(*CLASSES)), packed(tmp_path / "2.zip", members("dog", count=2))
    with pytest.warns(UserWarning, match="no validation photos of cat"):
        train, validation = folder_datasets(one, two, size=(8, 8))
    assert (train.samples, validation.samples) == (10, 2) and validation.labels.tolist() == [1, 1]


def test_names_that_macos_writes_without_saying_so(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members("Löwe", "猫").items():
            archive.writestr(name, data)
    data = bytearray(path.read_bytes())
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says UTF-8
        at = -1
        while (at := data.find(start, at + 1)) >= 0:
            data[at + offset + 1] &= 0xF7
    path.write_bytes(data)
    assert find_photos(path).train.class_names == ("Löwe", "猫")
    assert find_photos(packed(tmp_path / "b.tar", members("a", "12:30", "Löwe"))).train.class_names == (
        "12:30",
        "Löwe",
        "a",
    )


def linked():
    info = tarfile.TarInfo("cat/link.png")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


def zip_link():
    info = zipfile.ZipInfo("cat/link.png")
    info.external_attr = 0o120777 << 16
    return info


def locked(path):
    """A .zip whose members say that they need a password."""
    data = bytearray(packed(path, members(*CLASSES)).read_bytes())
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(start, at + 1)) >= 0:
            data[at + offset] |= 1
    path.write_bytes(data)


def hostile(what, tmp_path):
    path = tmp_path / ("a.tar.gz" if what.startswith("tar") else "a.zip")
    good = members(*CLASSES)
    if what == "zip slip":
        packed(path, good | {"../../out.png": png()})
    elif what == "tar slip":
        packed(path, good | {"../../out.png": png()}, "w:gz")
    elif what == "tar absolute":
        packed(path, good | {f"{tmp_path}/out.png": png()}, "w:gz")
    elif what == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("cat/0.png", bytes(60 << 20))
    elif what == "twice":
        packed(path, good)
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
            archive.writestr("cat/0.png", png(9))
    elif what == "zip link":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zip_link(), "/etc/passwd")
    elif what == "tar link":
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(linked())
    elif what == "password":
        locked(path)
    else:
        packed(path, good, "w:gz")
        path.write_bytes(path.read_bytes()[: -200 if what == "tar cut" else 40])
    return path


@pytest.mark.parametrize(
    ("what", "match"),
    [
        ("zip slip", "refused, its member .* leads outside"),
        ("tar slip", "refused, its member .* leads outside"),
        ("tar absolute", "refused, its member .* leads outside"),
        ("bomb", "a decompression bomb"),
        ("twice", "twice in one place"),
        ("zip link", "is a link or a device"),
        ("tar link", "is a link or a device"),
        ("password", "cannot be unpacked .*password"),
        ("tar cut", r"cannot be unpacked .*Is it whole\?"),
    ],
)
def test_hostile_and_broken_archives_are_refused_whole(tmp_path, cache, what, match):
    path = hostile(what, tmp_path)
    before = {p for p in tmp_path.rglob("*") if "cache" not in p.parts}
    with pytest.raises(FolderError, match=match):
        folder_datasets(path)
    assert not cache.exists() or not list(cache.iterdir())
    assert {p for p in tmp_path.rglob("*") if "cache" not in p.parts} == before


def test_the_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "file"))
    with pytest.raises(FolderError, match="LANTHORN_CACHE, or unpack it yourself"):
        find_photos(packed(tmp_path / "a.zip", members(*CLASSES)))


@pytest.mark.parametrize(
    ("name", "match"),
    [("a.7z", "kind of archive is not read. Unpack it"), ("a.xlsx", "Save it as .csv"),
     ("a.png", "expected a folder .* a .zip or .tar of one, or a .csv"), ("none.zip", "there is no such folder")],
)  # fmt: skip
def test_files_of_other_kinds(tmp_path, name, match):
    if name != "none.zip":
        (tmp_path / name).write_bytes(png())
    with pytest.raises(FolderError, match=match):
        find_photos(tmp_path / name).train  # noqa: B018


def test_what_is_an_archive(tmp_path):
    (tmp_path / "empty.tar").write_bytes(b"")
    (tmp_path / "a.csv").write_text("file,label\n" * 100)
    assert not is_archive(tmp_path / "empty.tar") and not is_archive(tmp_path / "a.csv") and not is_archive(tmp_path)
    assert os.path.isfile(packed(tmp_path / "x", members("a"), "w:xz")) and is_archive(tmp_path / "x")
