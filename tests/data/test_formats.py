"""Which files are pictures, told by content; and the kinds that need a reader of their own."""

import io
import os
import struct
import sys

import numpy as np
import pytest
from PIL import Image, features

from lanthorn.data import PictureError, formats, read_picture
from lanthorn.data.folder import is_picture, scan_folder


def as_bytes(kind="JPEG", size=(60, 40), exif=None, **settings):
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[: size[1] // 2, : size[0] // 2] = 255, 0, 0  # red above, on the left; blue below, on the right
    pixels[size[1] // 2 :, size[0] // 2 :] = 0, 0, 255
    image, out = Image.fromarray(pixels), io.BytesIO()
    if exif:
        tags = Image.Exif()
        tags[0x0112] = exif
        image.info["exif"] = settings["exif"] = tags.tobytes()
        if kind == "HEIF":
            del settings["exif"]  # pillow-heif makes the HEIC's own turn of the one in the picture
    image.save(out, kind, **settings)
    return out.getvalue()


def box(brand, *others, size=None):
    rest = b"\0\0\0\0" + b"".join(others)
    return struct.pack(">I", size or 12 + len(rest)) + b"ftyp" + brand + rest + b"\0\0\0\x08mdat" + b"\0" * 40


def tiff(tags):
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows + b"\0\0\0\0"


BRANDS = {
    "heic": [box(b"heic", b"mif1"), box(b"heix"), box(b"hevc", b"msf1"), box(b"heim"), box(b"heis"),
             box(b"mif1", b"heic"), box(b"msf1", b"hevc"), box(b"mif1", b"miaf")],
    "avif": [box(b"avif", b"mif1"), box(b"avis", b"msf1"), box(b"mif1", b"miaf", b"avif")],
    "raw": [box(b"crx ", b"isom")],
    None: [box(b"qt  "), box(b"mp42", b"isom", b"mp41"), box(b"isom", b"iso2", b"avc1"), box(b"M4V ", b"mp42"),
           box(b"3gp4"), box(b"M4A ", b"mp42", b"isom")],
}  # fmt: skip


@pytest.mark.parametrize("kind", BRANDS)
def test_a_heic_is_told_from_a_film(kind):
    assert [formats.sniff(data) for data in BRANDS[kind]] == [kind] * len(BRANDS[kind])


def test_what_is_a_picture_is_told_by_content(tmp_path):
    jpeg, heic, film = as_bytes(), box(b"heic", b"mif1"), box(b"mp42")
    cases = {
        "a.jpg": (b"", True), "a.JPG": (b"", True), "a.HEIC": (b"", True), "a.avif": (b"", True), "a.nef": (b"", True),
        "plain": (jpeg, True), "a.jpg_large": (jpeg, True), "a.dat": (jpeg, True), "a.jpg~": (jpeg, True),
        "IMG 2024.05.01": (jpeg, True), "b.orig": (heic, True), "c.orig": (film, False), "b.mov": (film, False),
        "d.dat": (as_bytes("PNG"), True), "e.dat": (as_bytes("WEBP"), True), "f.dat": (as_bytes("JPEG2000"), True),
        "g.dat": (as_bytes("BMP"), True), "h.dat": (as_bytes("PPM"), True), "i.dat": (as_bytes("GIF"), True),
        "README": (b"BMW, P1 and P6 are words", False), "notes": (b"P5 is a letter and a digit", False),
        "empty": (b"", False), "a.txt": (jpeg, False), "labels.csv": (jpeg, False), "x.pdf": (b"%PDF-1.4", False),
    }  # fmt: skip
    for name, (data, _) in cases.items():
        (tmp_path / name).write_bytes(data)
    assert {name: is_picture(str(tmp_path / name)) for name in cases} == {
        name: is_one for name, (_, is_one) in cases.items()
    }
    for name, (data, is_one) in cases.items():
        if data and is_one and data is not heic:
            assert read_picture(tmp_path / name).shape == (40, 60, 3)
    assert not is_picture(str(tmp_path / "missing.dat"))


def test_photos_and_texts_are_not_opened(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("was opened")

    monkeypatch.setattr(os, "stat", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    names = ("a.jpg", "a.JPEG", "a.heic", "a.cr2", "a.txt", "a.csv", "a.mp4", "a.MOV", "a.json", "a.zip", "a.py")
    assert [is_picture(f"/photos/{name}") for name in names] == [True] * 4 + [False] * 7


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not is_picture(str(tmp_path / "pipe"))


UPRIGHT = {1: "red ... ... blue", 6: "... red blue ...", 3: "blue ... ... red", 5: "red ... ... blue"}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind, package", [("HEIF", "pillow_heif"), ("AVIF", None), ("JPEG", None)])
def test_every_kind_is_turned_once(kind, package, orientation):
    if package:
        pytest.importorskip(package, reason=f"{package} is not installed").register_heif_opener()
    elif kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    seen = read_picture(as_bytes(kind, exif=orientation, quality=95))
    assert seen.shape == ((60, 40, 3) if orientation > 4 else (40, 60, 3))
    corners = [seen[6, 6], seen[6, -6], seen[-6, 6], seen[-6, -6]]
    assert " ".join("red" if r > 200 else "blue" if b > 200 else "..." for r, _, b in corners) == UPRIGHT[orientation]


def test_a_heic_is_read_as_soon_as_there_is_a_reader_whatever_its_name(tmp_path, monkeypatch):
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    pillow_heif.register_heif_opener()
    data = as_bytes("HEIF")
    for registry in ("OPEN", "EXTENSION", "MIME"):
        monkeypatch.setattr(Image, registry, {k: v for k, v in getattr(Image, registry).items() if k != "HEIF"})
    monkeypatch.setattr(Image, "ID", [each for each in Image.ID if each != "HEIF"])
    for name in ("a.heic", "b.jpg", "c"):
        (tmp_path / name).write_bytes(data)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as where it is not installed
    for name in ("a.heic", "b.jpg", "c"):
        with pytest.raises(PictureError, match="HEIC picture, and its reader is not installed .*lanthorn.heif"):
            read_picture(tmp_path / name)
    monkeypatch.setitem(sys.modules, "pillow_heif", pillow_heif)
    for name in ("a.heic", "b.jpg", "c"):
        assert read_picture(tmp_path / name).shape == (40, 60, 3)


def test_a_folder_counts_them(tmp_path):
    files = {
        "cat/a.heic": box(b"heic"), "cat/a.mov": box(b"qt  "), "cat/1": as_bytes(),
        "dog/a.jpg_large": as_bytes(), "dog/b.avif": box(b"avif"), "dog/notes.txt": b"x",
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    folder = scan_folder(tmp_path)
    assert folder.counts() == {"cat": 2, "dog": 2}
    assert sorted(os.path.basename(name) for name in folder.stray) == ["a.mov", "notes.txt"]


@pytest.mark.parametrize(
    "data",
    [
        tiff({0xFE: 1, 0x100: 160, 0x101: 120, 0x14A: 300}),  # NEF, ARW: a thumbnail first, the photo in a SubIFD
        tiff({0x100: 160, 0x101: 120, 0xC612: 0x0401}),  # DNG
        tiff({0x100: 160, 0x101: 120, 0x106: 32803}),  # PEF: the bare sensor
        b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 90,
        b"IIRO\x08\0\0\0" + b"\0" * 90,
        b"FUJIFILMCCD-RAW 0201" + b"\0" * 90,
        box(b"crx "),
    ],
)
def test_the_thumbnail_in_a_raw_file_is_not_taken_for_the_photo(data):
    with pytest.raises(PictureError, match="camera's raw file.*only a small preview.*Save the photo as JPEG"):
        read_picture(data)


def test_an_ordinary_tiff_is_no_raw_file():
    assert formats.raw_maker(as_bytes("TIFF")) is None
    assert formats.raw_maker(b"MM\0*\xff\xff\xff\xff") is None
    assert read_picture(as_bytes("TIFF")).shape == (40, 60, 3)


def test_no_program_is_run_to_read_a_picture():
    data = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
    with pytest.raises(PictureError, match="not a picture.*PostScript"):
        read_picture(data)


def test_floats_without_a_value_are_black():
    assert read_picture(np.array([[np.nan, 1.0], [0.5, np.inf]]))[..., 0].tolist() == [[0, 255], [128, 0]]
