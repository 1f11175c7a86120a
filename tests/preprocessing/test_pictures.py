"""load_img, img_to_array, array_to_img, save_img, smart_resize; pad_sequences; lazy names."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn.data import PictureError
from lanthorn.preprocessing.image import array_to_img, img_to_array, load_img, save_img, smart_resize
from lanthorn.preprocessing.sequence import pad_sequences


@pytest.mark.parametrize("color", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize("size", [None, (20, 33)])
def test_load_img_is_keras(keras, photos, color, size):
    for settings in ({}, {"interpolation": "lanczos"}, {"keep_aspect_ratio": True}):
        how = {"color_mode": color, "target_size": size, **settings}
        theirs = keras.utils.load_img(photos / "cat" / "1.jpg", **how)
        ours = load_img(photos / "cat" / "1.jpg", **how)
        assert ours.mode == theirs.mode
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
        np.testing.assert_array_equal(img_to_array(ours), keras.utils.img_to_array(theirs))


def test_load_img_shows_what_the_eye_sees(tmp_path, photo, cut):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(photo(1, 20, 40)).save(tmp_path / "turned.jpg", exif=exif)
    assert load_img(tmp_path / "turned.jpg").size == (20, 40)
    clear = Image.new("RGBA", (2, 2), (255, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    assert load_img(tmp_path / "clear.png").getpixel((0, 0)) == (255, 255, 255)
    assert load_img(tmp_path / "clear.png", color_mode="rgba").getpixel((0, 0)) == (255, 0, 0, 0)
    Image.fromarray(np.full((2, 2), 65535, np.uint16)).save(tmp_path / "deep.png")
    assert load_img(tmp_path / "deep.png", color_mode="grayscale").getpixel((0, 0)) == 255
    data = (tmp_path / "clear.png").read_bytes()
    assert load_img(io.BytesIO(data)).size == load_img(data).size == (2, 2)
    cut(tmp_path / "turned.jpg", 0.7)
    with pytest.raises(PictureError, match=r"turned\.jpg: is truncated"):
        load_img(tmp_path / "turned.jpg")
    with pytest.raises(TypeError, match="expected a path"):
        load_img(5)
    with pytest.raises(ValueError, match="color_mode must be one of"):
        load_img(tmp_path / "clear.png", color_mode="bgr")


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_arrays_and_images(keras, tmp_path, data_format, channels):
    x = np.random.default_rng(0).uniform(-3, 5, (6, 7, channels)).astype(np.float32)
    x = x if data_format == "channels_last" else x.transpose(2, 0, 1)
    for scale in (True, False):
        pixels = x if scale else np.abs(x) * 10
        theirs = keras.utils.array_to_img(pixels, data_format=data_format, scale=scale)
        ours = array_to_img(pixels, data_format=data_format, scale=scale)
        assert ours.mode == theirs.mode
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
        np.testing.assert_array_equal(
            img_to_array(ours, data_format, "float64"), keras.utils.img_to_array(theirs, data_format, "float64")
        )
    save_img(tmp_path / "a.png", x, data_format)
    with Image.open(tmp_path / "a.png") as saved:
        np.testing.assert_array_equal(np.asarray(saved), np.asarray(array_to_img(x, data_format)))
    before = x.copy()
    array_to_img(x, data_format)
    np.testing.assert_array_equal(x, before)


def test_saving_transparency_as_jpeg(tmp_path):
    with pytest.warns(UserWarning, match="no transparency"):
        save_img(tmp_path / "a.jpg", np.ones((4, 4, 4)))
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.mode == "RGB"
    save_img(tmp_path / "b.tif", np.ones((4, 4, 3)))
    with pytest.raises(ValueError, match="1, 3 or 4 channels, got 2"):
        array_to_img(np.zeros((4, 4, 2)))
    with pytest.raises(ValueError, match="one picture with 3 axes"):
        array_to_img(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="2 or 3 axes"):
        img_to_array(np.zeros((1, 2, 3, 4)))


def test_smart_resize_keeps_the_proportions():
    x = np.zeros((40, 80, 3), np.float32)
    x[:, 20:60] = 200
    assert np.abs(smart_resize(x, (10, 10))[:, 1:-1] - 200).max() < 1e-3
    assert smart_resize(np.stack([x, x]), (10, 20)).shape == (2, 10, 20, 3)
    assert smart_resize(x.transpose(2, 0, 1), (10, 20), data_format="channels_first").shape == (3, 10, 20)
    with pytest.raises(ValueError, match="expected a picture or a batch"):
        smart_resize(x[0], (3, 3))


SEQUENCES = [[1, 2, 3, 4], [5], [], [6, 7]]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 1, 3, 6])
def test_pad_sequences_is_keras(keras, padding, truncating, maxlen):
    how = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 9}
    theirs = keras.utils.pad_sequences(SEQUENCES, **how)
    ours = pad_sequences(SEQUENCES, **how)
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)


def test_pad_sequences_of_vectors_words_and_mistakes():
    vectors = pad_sequences([np.ones((2, 3)), np.ones((1, 3))], dtype="float32")
    assert vectors.shape == (2, 2, 3) and vectors[1, 0].tolist() == [0, 0, 0]
    assert pad_sequences([["a"], ["b", "c"]], dtype=object, value="-").tolist() == [["-", "a"], ["b", "c"]]
    assert pad_sequences([]).shape == (0, 0)
    cases = [
        (lambda: pad_sequences(5), "list of sequences"),
        (lambda: pad_sequences([[1], 2]), "item 1 must be a sequence"),
        (lambda: pad_sequences([[1]], padding="both"), "'pre' or 'post'"),
        (lambda: pad_sequences([[1]], value="x"), "a string"),
        (lambda: pad_sequences([[[1, 2]], [[1]]]), "item 1 holds values of shape"),
    ]
    for call, text in cases:
        with pytest.raises(ValueError, match=text):
            call()


def test_names_are_found_and_importing_them_loads_little():
    assert lanthorn.preprocessing.image.ImageDataGenerator and lanthorn.preprocessing.sequence.pad_sequences
    assert lanthorn.preprocessing.image_dataset_from_directory is lanthorn.data.image_dataset_from_directory
    assert lanthorn.utils.load_img is load_img and lanthorn.utils.pad_sequences is pad_sequences
    assert set(lanthorn.data.__all__) == set(dir(lanthorn.data))
    for module in (lanthorn.data, lanthorn.preprocessing):
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            _ = module.nothing
    code = (
        "import sys, lanthorn.data, lanthorn.preprocessing\n"
        "assert not {'numpy', 'PIL', 'cv2'} & set(sys.modules), set(sys.modules)\n"
        "import lanthorn.preprocessing.image; [getattr(lanthorn.data, n) for n in lanthorn.data.__all__]\n"
        "assert not {'PIL', 'cv2', 'scipy', 'torch', 'jax', 'tensorflow', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
