"""Preprocessing as data: sizes, fits, scales, config."""

import json

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import Preprocessing
from lanthorn.data.preprocessing import SCALES, scale_pixels
from lanthorn.data.resize import INTERPOLATIONS, resize


@pytest.mark.parametrize("scale", ["tf", "torch", "caffe"])
def test_scales_are_keras_applications(keras, scale):
    from keras.src.applications.imagenet_utils import preprocess_input

    x = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), dtype=np.uint8)
    theirs = preprocess_input(x.astype(np.float32), data_format="channels_last", mode=scale)
    np.testing.assert_allclose(scale_pixels(x, scale), theirs, atol=2e-5)
    np.testing.assert_allclose(scale_pixels(x.astype(np.float32), scale), theirs, atol=2e-5)
    np.testing.assert_allclose(scale_pixels(x[0], scale, out=np.empty(x.shape[1:], np.float32)), theirs[0], atol=2e-5)


def test_plain_scales_and_back():
    x = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    np.testing.assert_array_equal(scale_pixels(x, "none"), x.astype(np.float32))
    np.testing.assert_allclose(scale_pixels(x, "0-1"), x / 255, atol=1e-7)
    for scale in SCALES:
        np.testing.assert_array_equal(Preprocessing((16, 16), scale=scale).pixels(scale_pixels(x, scale)), x)
    with pytest.raises(ValueError, match="RGB pixels with the channels last"):
        scale_pixels(np.zeros((3, 4, 4), np.uint8), "tf")
    with pytest.raises(ValueError, match="'caffe'.*got 'imagenet'"):
        scale_pixels(x, "imagenet")


def test_in_place_scaling_of_floats():
    x = np.random.default_rng(0).uniform(0, 255, (6, 5, 3)).astype(np.float32)
    for scale in SCALES:
        expected, y = scale_pixels(x, scale), x.copy()
        assert scale_pixels(y, scale, out=y) is y
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", [(20, 31), (7, 9), (64, 50), (1, 1)])
def test_stretching_is_pillows(decoder, photo, interpolation, size):
    picture = photo(1, 33, 47)
    theirs = Image.fromarray(picture).resize(size[::-1], getattr(Image.Resampling, interpolation.upper()))
    np.testing.assert_array_equal(resize(picture, size, "stretch", interpolation), np.asarray(theirs))


def test_crop_keeps_the_middle_and_pad_keeps_all():
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 20:60] = 200
    assert (resize(picture, (10, 10), "crop")[:, 1:-1] == 200).all()  # the filter reaches beyond the cut
    padded = resize(picture, (20, 20), "pad", fill=9)
    assert (padded[:5] == 9).all() and (padded[15:] == 9).all() and (padded[7:13, 7:13] == 200).all()
    closer = resize(photo_of_columns(), (8, 8), "crop", crop_fraction=0.5)
    assert closer[:, 0].mean() > 50 and closer[:, -1].mean() < 200


def photo_of_columns():
    return np.repeat(np.linspace(0, 255, 32).astype(np.uint8)[None, :, None], 32, 0).repeat(3, 2)


def test_config_round_trip_through_json():
    made = Preprocessing((160, 128), fit="crop", interpolation="bicubic", scale="torch", crop_fraction=0.875)
    again = Preprocessing.from_config(json.loads(json.dumps(made.to_config())))
    assert again.get_config() == made.get_config() and again.size == (160, 128) and again.at_least == (183, 146)
    assert repr(again) == repr(made) and "torch" in repr(made)
    assert Preprocessing(96).size == (96, 96)


def test_wrong_settings():
    for settings, text in (
        ({"size": (224,)}, "height, width"),
        ({"size": (0, 5)}, "height, width"),
        ({"fit": "squeeze"}, "stretch, crop, pad"),
        ({"interpolation": "cubic"}, "bicubic"),
        ({"scale": "vgg"}, "tf, torch, caffe"),
        ({"crop_fraction": 2}, "at most 1"),
    ):
        with pytest.raises(ValueError, match=text):
            Preprocessing(**settings)


def test_call_and_batch(photos):
    prep = Preprocessing((24, 32), scale="tf")
    one = prep(photos / "cat" / "0.jpg")
    assert one.shape == prep.shape == (24, 32, 3) and one.dtype == np.float32 and -1 <= one.min() < one.max() <= 1
    both = prep.batch([photos / "cat" / "0.jpg", Image.open(photos / "dog" / "0.jpg")])
    np.testing.assert_array_equal(both[0], one)
    assert prep.batch([]).shape == (0, 24, 32, 3)
