"""Every kind of picture comes out as the eye sees it, whichever decoder is at work."""

import io
import pickle
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import PictureError, decode, read_picture
from lanthorn.data.jpeg import exif_orientation, jpeg_head

pytestmark = pytest.mark.usefixtures("decoder")


def as_bytes(image, kind, **settings):
    out = io.BytesIO()
    image.save(out, kind, **settings)
    return out.getvalue()


@pytest.mark.parametrize("settings", [{"quality": 90}, {"progressive": True}, {"subsampling": 0}, {"subsampling": 2}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_has_the_pixels_that_pillow_gives(mode, settings, photo):
    data = as_bytes(Image.fromarray(photo(1, 31, 47)).convert(mode), "JPEG", **settings)
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    np.testing.assert_array_equal(read_picture(data), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["little", "big"])
def test_exif_turns_a_picture(orientation, order, photo):
    image = Image.fromarray(photo(2, 20, 40))
    exif = Image.Exif()
    exif.endian = "<" if order == "little" else ">"
    exif[0x0112] = orientation
    data = as_bytes(image, "JPEG", exif=exif, quality=95, subsampling=0)
    upright = np.asarray(image).astype(int)
    stored = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    ways = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: lambda x: x.swapaxes(0, 1),
        6: lambda x: np.rot90(x, -1),
        7: lambda x: np.rot90(x, 2).swapaxes(0, 1),
        8: np.rot90,
    }
    seen = read_picture(data)
    np.testing.assert_array_equal(seen, ways[orientation](stored))
    assert seen.shape == ((40, 20, 3) if orientation > 4 else (20, 40, 3))
    assert np.abs(ways[orientation](upright) - seen).mean() < 6


def test_palette_png_named_jpg(tmp_path, photo):
    path = tmp_path / "192.jpg"
    image = Image.fromarray(photo(3)).quantize(16)
    path.write_bytes(as_bytes(image, "PNG"))
    np.testing.assert_array_equal(read_picture(path), np.asarray(image.convert("RGB")))


def test_transparency_is_composed_over_white():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0] = 255, 0, 0, 255  # red
    rgba[0, 1] = 255, 0, 0, 0  # nothing
    rgba[1, 0] = 0, 0, 0, 128  # half black
    seen = read_picture(as_bytes(Image.fromarray(rgba), "PNG"))
    assert seen[0, 0].tolist() == [255, 0, 0]
    assert seen[0, 1].tolist() == [255, 255, 255]
    assert seen[1, 0].tolist() == [127, 127, 127]
    np.testing.assert_array_equal(decode.from_array(rgba), seen)
    grey = Image.fromarray(np.array([[0, 0]], np.uint8)).convert("LA")
    grey.putalpha(Image.fromarray(np.array([[0, 255]], np.uint8)))
    assert read_picture(as_bytes(grey, "PNG"))[0].tolist() == [[255] * 3, [0] * 3]


def test_transparent_palette_and_transparent_colour():
    image = Image.fromarray(np.array([[0, 1]], np.uint8), mode=None).convert("P")
    image.putpalette([10, 20, 30, 200, 100, 50])
    seen = read_picture(as_bytes(image, "PNG", transparency=0))
    assert seen[0].tolist() == [[255, 255, 255], [200, 100, 50]]
    rgb = Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8))
    assert read_picture(as_bytes(rgb, "PNG", transparency=(1, 2, 3)))[0].tolist() == [[255] * 3, [4, 5, 6]]


def test_cmyk_becomes_rgb(photo):
    image = Image.fromarray(photo(4)).convert("CMYK")
    seen = read_picture(as_bytes(image, "JPEG", quality=95))
    assert seen.shape == (30, 40, 3)
    assert np.abs(seen.astype(int) - photo(4)).mean() < 6


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    seen = read_picture(as_bytes(Image.fromarray(ramp), "PNG"))
    np.testing.assert_array_equal(seen[..., 0], np.rint(ramp / 257).astype(np.uint8))
    assert len(np.unique(seen)) == 256
    np.testing.assert_array_equal(read_picture(as_bytes(Image.fromarray(ramp), "TIFF")), seen)
    np.testing.assert_array_equal(read_picture(ramp), seen)


def test_one_bit_and_one_pixel():
    assert read_picture(as_bytes(Image.new("1", (3, 2), 1), "PNG")).tolist() == [[[255] * 3] * 3] * 2
    assert read_picture(as_bytes(Image.new("RGB", (1, 1), (9, 8, 7)), "PNG")).tolist() == [[[9, 8, 7]]]
    assert read_picture(as_bytes(Image.new("RGB", (1, 1), (90, 80, 70)), "JPEG")).shape == (1, 1, 3)


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF", "PPM", "WEBP"])
def test_other_formats(kind, photo):
    data = as_bytes(Image.fromarray(photo(5)), kind, **({"lossless": True} if kind == "WEBP" else {}))
    assert decode.sniff(data) == kind.lower()
    assert np.abs(read_picture(data).astype(int) - photo(5)).mean() < (8 if kind == "GIF" else 1e-9)


def test_sources(tmp_path, photo):
    Image.fromarray(photo(6)).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), data, io.BytesIO(data), Image.open(tmp_path / "a.png")):
        np.testing.assert_array_equal(read_picture(source), photo(6))
    np.testing.assert_array_equal(read_picture(photo(6)), photo(6))
    np.testing.assert_array_equal(read_picture(photo(6)[..., :1])[..., 2], photo(6)[..., 0])
    with pytest.raises(ValueError, match=r"expected an array of shape .* got \(2, 3, 5\)"):
        read_picture(np.zeros((2, 3, 5), np.uint8))


def test_a_large_jpeg_is_decoded_at_a_reduced_scale(photo):
    data = as_bytes(Image.fromarray(photo(7, 803, 1001)), "JPEG")
    assert read_picture(data, at_least=(100, 100)).shape == (201, 251, 3)
    assert (
        read_picture(data, at_least=(400, 400)).shape == (402, 501, 3) or decode.reduction(803, 1001, (400, 400)) == 1
    )
    assert read_picture(data).shape == (803, 1001, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = as_bytes(Image.fromarray(photo(7, 400, 1000)), "JPEG", exif=exif)
    assert read_picture(turned, at_least=(200, 50)).shape == (500, 200, 3)


def _declaring(data, height, width):
    """A JPEG that says it is larger than it is."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


@pytest.fixture
def few_pixels():
    before = decode.set_max_pixels(200_000)
    yield
    decode.set_max_pixels(before)


def test_a_jpeg_beyond_the_limit_is_decoded_smaller_and_a_bomb_is_refused(few_pixels, photo):
    data = as_bytes(Image.fromarray(photo(7, 800, 1000)), "JPEG")
    assert read_picture(data).shape == (400, 500, 3)
    assert read_picture(data, at_least=(50, 50)).shape == (100, 125, 3)
    with pytest.raises(PictureError, match="declares 1000 x 800 pixels.*limit of 400,000.*--max-pixels 400000 "):
        read_picture(as_bytes(Image.fromarray(photo(7, 800, 1000)), "JPEG", progressive=True))
    with pytest.raises(PictureError, match="declares 2000 x 900 pixels.*limit of 1,600,000.*--max-pixels 225000 "):
        read_picture(_declaring(data, 900, 2000), at_least=(50, 50))
    with pytest.raises(PictureError, match="declares 1000 x 800 pixels.*limit of 200,000.*--max-pixels 800000 "):
        read_picture(as_bytes(Image.fromarray(photo(7, 800, 1000)), "PNG"))
    decode.set_max_pixels(800_000)
    assert read_picture(data).shape == (800, 1000, 3)


def test_the_limit_is_raised_without_touching_pillows(monkeypatch, photo):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # Pillow alone would refuse
    data = [as_bytes(Image.fromarray(photo(7, 300, 400)), kind) for kind in ("JPEG", "PNG", "TIFF", "WEBP")]
    assert [read_picture(each).shape for each in data] == [(300, 400, 3)] * 4
    assert Image.MAX_IMAGE_PIXELS == 1000
    before = decode.set_max_pixels(5)
    assert (before, decode.max_pixels(), decode.set_max_pixels(None)) == (decode.MAX_PIXELS, 5, 5)
    assert decode.max_pixels() == decode.MAX_PIXELS
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="max_pixels: expected a number of pixels"):
            decode.set_max_pixels(wrong)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_jpeg_is_named(tmp_path, share, cut):
    path = tmp_path / "half.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)).save(path)
    cut(path, share)
    with pytest.raises(PictureError, match=r"half\.jpg: (is truncated|is a damaged)") as caught:
        read_picture(path)
    assert caught.value.path == str(path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.path == str(path)


def test_what_is_no_picture(tmp_path):
    cases = {
        "empty.jpg": (b"", "is empty"),
        "text.jpg": (b"Hello, I am text", "is not a picture"),
        "film.heic": (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "a film"),
        "page.jpg": (b"<!DOCTYPE html><html>", "a web page"),
        "zeros.jpg": (b"\0" * 90, "nothing but zeros"),
        "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        "cut.png": (b"\x89PNG\r\n\x1a\n", "damaged PNG"),
    }
    for name, (data, reason) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(PictureError, match=reason) as caught:
            read_picture(tmp_path / name)
        assert name in str(caught.value)
    with pytest.raises(PictureError, match="is a folder"):
        read_picture(tmp_path)
    with pytest.raises(FileNotFoundError, match="missing"):
        read_picture(tmp_path / "missing.jpg")


def _bomb_png(side):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_decompression_bomb_is_refused(tmp_path, side, photo):
    (tmp_path / "bomb.png").write_bytes(_bomb_png(side))
    with pytest.raises(
        PictureError, match=rf"bomb\.png.*more .*than the limit.*--max-pixels {side * side} .*max_pixels="
    ):
        read_picture(tmp_path / "bomb.png")
    data = as_bytes(Image.fromarray(photo()), "JPEG")
    for at_least in (None, (32, 32)):
        with pytest.raises(PictureError, match="60000 x 60000"):
            read_picture(_declaring(data, 60_000, 60_000), at_least)


def test_heads_of_jpegs(photo):
    data = as_bytes(Image.fromarray(photo(8, 21, 34)), "JPEG")
    head = jpeg_head(data)
    assert (head.height, head.width, head.components, head.bits) == (21, 34, 3, 8)
    assert head.complete and head.plain and head.orientation == 1
    assert not jpeg_head(data[:-40]).complete
    assert jpeg_head(data[:4]) is None and jpeg_head(b"\xff\xd8\xff\xe0" + b"\0" * 30) is None
    assert exif_orientation(b"garbage") is None and exif_orientation(b"II*\0\xff\xff\xff\xff\0\0") is None


def test_the_five_palette_pictures_of_avp(shared_data):
    for name in ("train/alien/192", "validation/alien/18", "validation/alien/20", "validation/predator/53"):
        path = shared_data / "avp" / f"{name}.jpg"
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("PNG", "P")
            np.testing.assert_array_equal(read_picture(path), np.asarray(image.convert("RGB")))
